"""The office's own mail templates: checked and kept with the workflow, and spoken in every letter of the campaign."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import FileProblems
from engine.operations.campaigns import TaskRef, running
from engine.operations.examining import examine
from engine.operations.launching import switch_mail
from engine.operations.loading import VersionTaken, check_file, load
from engine.operations.previewing import Wanted, preview_of
from engine.operations.wording import Wording
from engine.sentences import Problem
from notifiers.apart import spent
from notifiers.samples import samples
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import head
from tests.operations.world import World

TEXT = (
    head("words")
    + """
tasks:
  方案: {owner: 党支部, due: 6月18日前, ladder: [{at: -7d}, {at: -1d, say: final}]}
  总结: {owner: 党总支, due: 6月18日前, ladder: [{at: -7d}]}
"""
)
WORDS = {
    "zh/closing.j2": "请致电 0595-0000。\n",
    "tasks/方案/zh/line.j2": "表格见附件一。",
    "says/final/zh/subject.j2": "最后一次提醒：{{ title }}",
}


def write(folder: Path, words: dict[str, str] | None = None, text: str = TEXT) -> Path:
    """The workflow file, with these templates beside it."""
    for name, source in (WORDS if words is None else words).items():
        path = folder / "mail" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    (folder / "workflow.yaml").write_text(text, encoding="utf-8")
    return folder / "workflow.yaml"


def errors(file: Path) -> list[Problem]:
    """What is wrong with it."""
    return [problem for problem in check_file(file).problems if problem.severity == "error"]


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A roster, and nothing loaded."""
    return make_world(w.empty())


def test_the_words_that_were_loaded_are_spoken_though_the_folder_is_gone(world: World) -> None:
    load(world.house, write(world.folder), by=w.ADMIN, now=w.BEFORE)
    shutil.rmtree(world.folder / "mail")
    w.start(world.house)
    switch_mail(world.house, None, on=True, by=w.ADMIN, now=w.BEFORE)
    for day in (11, 17):
        world.go(w.at(6, day, 8, 30))
    first, last = [one.letter for one in world.channel.sent if one.letter.to_address == "g1b1@example.org"]
    assert "说明：表格见附件一。" in first.text and "请致电 0595-0000。" in first.text and "如有疑问" not in first.text
    assert "请致电 0595-0000。" in (first.html or "") and first.subject.startswith("还有 7 天到期")
    assert last.subject == "最后一次提醒：春季活动"
    [other] = [one.letter for one in world.channel.sent if one.letter.to_address == "g2@example.org"]
    assert "附件一" not in other.text and "请致电 0595-0000。" in other.text
    seen = preview_of(world.house, None, "G1B1", TaskRef.parse("方案"), Wanted(rung=2), world.post, w.at(6, 17))
    assert (seen.letters[0].letter.subject, seen.letters[0].letter.text) == (last.subject, last.text)


def launched_with(world: World, words: dict[str, str]) -> None:
    """A campaign with these templates, its mail on."""
    load(world.house, write(world.folder, {**WORDS, **words}), by=w.ADMIN, now=w.BEFORE)
    w.start(world.house)
    switch_mail(world.house, None, on=True, by=w.ADMIN, now=w.BEFORE)


# By whom a letter goes to: what its template does then.
FAULTS = {"G1B1": "1 / 0", "G1B2": "letter.nickname", "G2": "'\\ud800'", "G2B1": "letter.recipient_name * 10 ** 9"}
OF_SOME = "".join(f"{{% if letter.recipient_name == '书记{code}' %}}\n{{{{ {fault} }}}}\n{{% endif %}}" for code, fault in FAULTS.items())


def test_a_fault_that_comes_up_with_one_person_gives_her_the_houses_words_and_stops_nobody(world: World) -> None:
    launched_with(world, {"zh/closing.j2": OF_SOME + "请致电 0595-0000。\n"})
    found = world.go(w.at(6, 11, 8, 30))
    spoken = {one.letter.to_address.partition("@")[0] for one in world.channel.sent if "请致电" in one.letter.text}
    others = {one.letter.to_address.partition("@")[0] for one in world.channel.sent} - spoken
    assert {"g1b1", "g1b2", "g2b1"} == others and {"g1", "g2", "g2b2"} <= spoken
    places = [f"zh/closing.j2:{line}" for line in (2, 4, 8)]
    assert list(found.misworded) == places
    assert sum(line.data["count"] for line in world.journal("misworded")) == 3
    [finding] = [one for one in examine(world.house, w.BEFORE, files=False).findings if one.code == "mail-text"]
    assert [one.say("zh") for one in finding.examples] == [f"{place}：1 封" for place in places]


def test_what_takes_too_long_for_everybody_is_not_tried_with_everybody(world: World) -> None:
    endless = "{% for i in range(99999) %}" * 2 + "{% endfor %}" * 2
    words = {"zh/closing.j2": "{% if letter.recipient_name[:3] == '书记G' %}" + endless + "{% endif %}"}
    launched_with(world, words)
    with world.house.database.read() as connection:
        [campaign] = running(connection)
    wording, begun = Wording(seconds=0.5), spent()
    view = replace(samples("zh")["soon"], recipient_name="书记G1")
    assert all(wording.words(view, campaign)[1] for _ in range(40)) and wording.faults.total() == 40
    assert spent() - begun < 10 * 0.5


def test_words_that_are_meant_for_the_owner_are_not_said_to_whoever_reviews(world: World) -> None:
    words = {"says/final/zh/opening.j2": "您还没有交。", "says/final/zh/line.j2": "快交。"}
    text = TEXT.replace("say: final}]", "say: final}], review: superior")
    load(world.house, write(world.folder, words, text), by=w.ADMIN, now=w.BEFORE)
    w.start(world.house)
    switch_mail(world.house, None, on=True, by=w.ADMIN, now=w.BEFORE)
    world.act("G2B1", "方案", w.at(6, 16))
    world.go(w.at(6, 16, 9))
    world.go(w.at(6, 17, 8, 30))
    assert "您还没有交。" in world.letters("G1B2")[-1] and "快交。" in world.letters("G1B2")[-1]
    [_, review] = [text for text in world.letters("G2") if "等您审核" in text]
    assert "您还没有交" not in review and "快交" not in review


def test_with_other_words_it_is_another_version(world: World) -> None:
    file = write(world.folder)
    first = load(world.house, file, by=w.ADMIN, now=w.BEFORE)
    assert load(world.house, file, by=w.ADMIN, now=w.BEFORE).again
    write(world.folder, {"zh/closing.j2": "请致电 0595-1111。\n"})
    with pytest.raises(VersionTaken):
        load(world.house, file, by=w.ADMIN, now=w.BEFORE)
    write(world.folder, {}, TEXT.replace("version: 1", "version: 2"))
    second = load(world.house, file, by=w.ADMIN, now=w.BEFORE)
    assert second.digest != first.digest and not second.again


def test_without_own_words_the_digest_is_that_of_the_file_alone(tmp_path: Path, world: World) -> None:
    plain = TEXT.replace(", say: final", "")
    alone = load(world.house, write(tmp_path, {}, plain), by=w.ADMIN, now=w.BEFORE)
    (tmp_path / "mail").mkdir()
    assert load(world.house, tmp_path / "workflow.yaml", by=w.ADMIN, now=w.BEFORE).digest == alone.digest


MISTAKES = [
    ({"zh/closing.j2": "一\n{{ lettre.office_name }}"}, "zh/closing.j2", 2, "lettre"),
    ({"zh/closng.j2": "x"}, "zh/closng.j2", 0, "zh/closing.j2"),
    ({"tasks/方按/zh/line.j2": "x"}, "tasks/方按/zh/line.j2", 0, "tasks/方案/zh/line.j2"),
    ({"tasks/方案/zh/line.j2": "{{ line.who }}"}, "tasks/方案/zh/line.j2", 1, "who"),
    ({"text.j2": "{{ letter.__class__.__mro__ }}"}, "text.j2", 1, "unsafe"),
]


@pytest.mark.parametrize(("words", "name", "line", "said"), MISTAKES)
def test_a_mistake_is_told_at_load_with_file_and_line(tmp_path: Path, words: dict[str, str], name: str, line: int, said: str) -> None:
    [problem] = errors(write(tmp_path, {**WORDS, **words}))
    assert (problem.file, problem.line) == (str(tmp_path / "mail" / name), line)
    assert said in problem.message.say("en")


def test_what_is_wrong_with_the_words_is_not_loaded(world: World) -> None:
    with pytest.raises(FileProblems):
        load(world.house, write(world.folder, {**WORDS, "zh/subject.j2": "{{ nothing }}"}), by=w.ADMIN, now=w.BEFORE)
    assert world.rows("workflow") == {"workflow": []}


@pytest.mark.parametrize("make", [os.mkfifo, Path.touch, lambda path: path.symlink_to("mail")])
def test_what_bears_the_name_of_the_folder_and_is_none_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "mail")
    [problem] = errors(write(tmp_path, {}, TEXT.replace(", say: final", "")))
    assert (problem.file, problem.code) == (str(tmp_path / "mail"), "mail-text")


def test_words_that_a_reminder_asks_for_must_be_there(tmp_path: Path) -> None:
    [missing] = errors(write(tmp_path, {}))
    assert (missing.code, missing.line) == ("no-words", 12)
    assert missing.hint is not None and "mail/says/final" in missing.message.say("zh")
    assert errors(write(tmp_path, {"says/final/zh/line.j2": "x"})) == []
