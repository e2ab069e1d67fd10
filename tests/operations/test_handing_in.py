"""Handing in and taking back."""

from __future__ import annotations

import os
from datetime import date

import pytest

from engine.operations import handing_in
from engine.operations.assigning import HandIn, UnknownItem, WantsFile
from engine.operations.campaigns import NotOwed, TaskRef, UnknownPeriod, UnknownTask, UnknownUnitCode, WhichPeriod
from engine.operations.folder import NoFilesInFolder, submit_folder
from engine.operations.papers import WantsStatement
from engine.operations.people import UnknownPerson
from tests.operations import world as w
from tests.operations.files import CHAIN, ENTRY, PACKAGE, STRICT, WALK

NOW = w.at(5, 20, 10)


@pytest.mark.parametrize(("characters", "codes"), [(99, ["length"]), (100, []), (101, [])])
def test_a_document_is_taken_from_the_length_asked_for_on(spring, characters, codes):
    paper = spring.paper(characters)
    if codes:
        assert w.codes(w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, paper))) == codes
    else:
        assert spring.hand_in("G1B1", "方案", NOW, paper).state == "submitted"


def test_what_is_too_short_is_refused_with_what_is_missing_remembered_and_shown_in_stuck(spring):
    (verdict,) = w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(86)))
    assert verdict.shortfall and verdict.shortfall.say("zh") == "86 字，还差 14 字"
    blocker = spring.blocker("G1B1", "方案", w.at(6, 1))
    assert "还差 14 字" in blocker.shortfall.say("zh") and "还差 14 字" in blocker.message.say("zh")
    assert spring.duty("G1B1", "方案", NOW).version == 0
    assert spring.journal("turned_away")[0].unit == "G1B1"
    assert "还差 14 字" not in spring.blocker("G1B2", "方案", w.at(6, 1)).message.say("zh")


def test_the_latest_shortfall_is_the_one_shown_and_a_good_hand_in_ends_it(spring):
    w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(86)))
    w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(97)))
    assert "还差 3 字" in spring.blocker("G1B1", "方案", w.at(6, 1)).shortfall.say("zh")
    spring.hand_in("G1B1", "方案", w.at(6, 1), spring.paper(120))
    assert spring.blocker("G1B1", "方案", w.at(6, 1)).code == "in-review"
    assert spring.rows("refusal")["refusal"] == []


def test_the_shortfall_stands_in_the_reminder_too(spring):
    w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(86)))
    spring.go(w.at(5, 24, 9))
    (text,) = spring.letters("G1B1")
    assert "还差 14 字" in text


def test_identical_bytes_handed_in_again_change_nothing(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    before = spring.rows()
    again = spring.hand_in("G1B1", "方案", w.at(5, 21), spring.paper(120, "renamed.txt"))
    assert (again.unchanged, again.version) == (True, 1)
    assert spring.rows() == before


def test_identical_bytes_after_acceptance_change_nothing_either(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    spring.accept("G1B1", "方案", NOW)
    before = spring.rows()
    assert spring.hand_in("G1B1", "方案", NOW, spring.paper(120)).unchanged
    assert spring.rows() == before


def test_other_bytes_while_it_is_being_reviewed_are_refused(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    assert w.codes(w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(121)))) == ["wrong-state"]


def test_a_new_version_after_a_return_stands_beside_the_old_one(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    spring.send_back("G1B1", "方案", NOW)
    assert spring.hand_in("G1B1", "方案", w.at(5, 21), spring.paper(130)).version == 2
    digests = {row[6] for row in spring.rows("artifact")["artifact"]}
    assert len(digests) == 2
    assert all(spring.house.vault.open(digest).is_file() for digest in digests)


def test_what_nobody_has_judged_can_be_taken_back_and_handed_in_anew(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    assert spring.take_back("G1B1", "方案", NOW).state == "open"
    assert spring.hand_in("G1B1", "方案", NOW, spring.paper(130)).version == 2


def test_what_was_judged_cannot_be_taken_back(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    spring.accept("G1B1", "方案", NOW)
    assert w.codes(w.refused(lambda: spring.take_back("G1B1", "方案", NOW))) == ["wrong-state"]


def test_what_was_late_and_is_taken_back_is_overdue_again(spring):
    spring.hand_in("G1B1", "方案", w.at(6, 3), spring.paper(120))
    assert not spring.duty("G1B1", "方案", w.at(6, 3)).overdue
    spring.take_back("G1B1", "方案", w.at(6, 4))
    assert spring.blocker("G1B1", "方案", w.at(6, 4)).code == "overdue"
    assert spring.stuck(w.at(6, 4))["G1B1"].since == w.at(6, 1)


@pytest.mark.parametrize("given", [["报告"], ["附表"]])
def test_a_package_is_complete_only_as_a_whole(make_world, given):
    world = make_world(w.launched(PACKAGE))
    verdicts = w.refused(lambda: world.hand_in("G1B1", "成套", NOW, {name: world.paper(60, f"{name}.txt") for name in given}))
    (missing,) = {"报告", "附表"} - set(given)
    assert [(v.code, v.shortfall.say("zh") if v.shortfall else "") for v in verdicts] == [("item-missing", f"缺“{missing}”")]
    assert world.state("G1B1", "成套", NOW) == "open"


def test_everything_that_is_wrong_with_a_package_is_said_at_once(make_world):
    world = make_world(w.launched(PACKAGE))
    verdicts = w.refused(lambda: world.hand_in("G1B1", "成套", NOW, {"报告": world.paper(49)}))
    assert sorted(w.codes(verdicts)) == ["item-missing", "length"]


def test_a_whole_package_is_one_version(make_world):
    world = make_world(w.launched(PACKAGE))
    files = {name: world.paper(60 + len(name), f"{name}.txt") for name in ("报告", "附表")}
    assert world.hand_in("G1B1", "成套", NOW, files).version == 1
    assert len(world.rows("artifact")["artifact"]) == 2


def test_an_item_nobody_knows_is_refused_with_the_nearest(make_world):
    world = make_world(w.launched(PACKAGE))
    with pytest.raises(UnknownItem) as caught:
        world.hand_in("G1B1", "成套", NOW, {"报靠": world.paper(60)})
    assert "报告" in caught.value.say("zh")
    with pytest.raises(WantsFile):
        world.hand_in("G1B1", "成套", NOW, world.paper(60))


@pytest.mark.parametrize(
    "given", [HandIn(), HandIn(on_day=date(2010, 5, 20)), HandIn(statement="开了会"), HandIn(on_day=date(2010, 5, 20), statement=" ")]
)
def test_an_act_needs_its_day_and_a_sentence(spring, given):
    with pytest.raises(WantsStatement):
        handing_in.submit(spring.house, None, "S", TaskRef.parse("动员会"), given, by="书记S", behalf=None, now=NOW)
    assert spring.act("S", "动员会", NOW).state == "accepted"


def test_a_document_is_asked_for_by_name_where_a_sentence_is_given(spring):
    with pytest.raises(WantsFile):
        spring.act("G1B1", "方案", NOW)


@pytest.mark.parametrize(("instant", "codes"), [(w.at(5, 10, 23, 59, 59), ["not-open"]), (w.at(5, 11), []), (w.at(5, 11, 0, 0, 1), [])])
def test_nothing_is_taken_before_it_opens(spring, instant, codes):
    if codes:
        assert w.codes(w.refused(lambda: spring.act("S", "动员会", instant))) == codes
    else:
        assert spring.act("S", "动员会", instant).state == "accepted"


def test_nothing_is_taken_before_what_it_waits_for_is_done(make_world):
    world = make_world(w.launched(CHAIN))
    (verdict,) = w.refused(lambda: world.act("G1B1", "实施", w.at(6, 10)))
    assert verdict.code == "waits-for" and "计划" in verdict.sentence.say("zh")
    world.act("G1B1", "计划", w.at(6, 10))
    assert world.act("G1B1", "实施", w.at(6, 10)).state == "submitted"


def test_nothing_is_taken_of_a_stage_that_is_not_entered_yet_where_the_file_says_so(make_world):
    world = make_world(w.launched(ENTRY))
    assert w.codes(w.refused(lambda: world.act("G1B1", "乙", w.at(6, 2)))) == ["not-open"]
    world.act("G1B1", "甲", w.at(6, 2))
    assert world.act("G1B1", "乙", w.at(6, 2)).state == "accepted"


@pytest.mark.parametrize(("instant", "late"), [(w.at(5, 31, 23, 59, 59), False), (w.at(6, 1), True), (w.at(6, 1, 0, 0, 1), True)])
def test_on_time_is_what_comes_before_the_end_of_the_due_day(make_world, instant, late):
    world = make_world(w.launched(WALK))
    world.act("G1B1", "甲", instant)
    assert world.duty("G1B1", "甲", instant).late is late
    assert world.journal("handed_in")[0].data["late"] is late


def test_what_was_done_late_stays_visibly_late(make_world):
    world = make_world(w.launched(WALK))
    world.act("G1B1", "甲", w.at(6, 1))
    duty = world.duty("G1B1", "甲", w.at(12, 1))
    assert (duty.code, duty.late, duty.overdue) == ("accepted", True, False)


@pytest.mark.parametrize(("instant", "late"), [(w.at(6, 12, 23, 59, 59), False), (w.at(6, 13), True), (w.at(6, 13, 0, 0, 1), True)])
def test_within_the_grace_it_is_not_late(make_world, instant, late):
    world = make_world(w.launched(STRICT))
    world.act("G1B1", "快报", instant)
    assert world.duty("G1B1", "快报", instant).late is late


@pytest.mark.parametrize(("instant", "taken"), [(w.at(6, 15, 23, 59, 59), True), (w.at(6, 16), False), (w.at(6, 16, 0, 0, 1), False)])
def test_from_the_lock_on_nothing_is_taken(make_world, instant, taken):
    world = make_world(w.launched(STRICT))
    if taken:
        assert world.act("G1B1", "快报", instant).state == "accepted"
    else:
        assert w.codes(w.refused(lambda: world.act("G1B1", "快报", instant))) == ["wrong-state"]
        assert world.state("G1B1", "快报", instant) == "lapsed"


@pytest.mark.parametrize("somebody", ["书记G1B2", "书记S", "书记G1"])
def test_somebody_else_is_told_whose_duty_it_is(spring, somebody):
    (verdict,) = w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(120), by=somebody))
    assert verdict.code == "not-owner"
    assert "书记G1B1" in verdict.sentence.say("zh")


def test_a_stranger_is_refused_with_the_nearest_name(spring):
    with pytest.raises(UnknownPerson) as caught:
        spring.hand_in("G1B1", "方案", NOW, spring.paper(120), by="书己G1B1")
    assert "书记G1B1" in caught.value.say("zh")


def test_on_behalf_counts_the_right_of_the_one_acted_for_and_both_are_journalled(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120), by="干事", behalf="书记G1B1")
    (line,) = spring.journal("handed_in")
    assert (line.actor, line.behalf) == ("干事", "书记G1B1")
    assert w.codes(w.refused(lambda: spring.hand_in("G1B2", "方案", NOW, spring.paper(120), by="干事", behalf="书记G1B1"))) == ["not-owner"]


@pytest.mark.parametrize("word", ["owner", "责任人"])
def test_for_owner_is_whoever_answers_for_the_duty(spring, word):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120), by="干事", behalf=word)
    assert spring.journal("handed_in")[0].behalf == "书记G1B1"


@pytest.mark.parametrize("name", ["g1b1@example.org", "G1B1@Example.org", "G1B1/书记"])
def test_people_are_known_by_address_and_by_post_too(spring, name):
    assert spring.hand_in("G1B1", "方案", NOW, spring.paper(120), by=name).version == 1


def test_the_deputy_may_act_for_the_post(spring):
    assert spring.hand_in("G1", "方案", NOW, spring.paper(120), by="副书记G1").state == "submitted"


def test_while_a_post_is_vacant_the_superior_answers_for_it(spring):
    assert spring.hand_in("G1B3", "方案", NOW, spring.paper(120), by="书记G1").state == "submitted"
    assert w.codes(w.refused(lambda: spring.hand_in("G1B2", "方案", NOW, spring.paper(120), by="书记G1"))) == ["not-owner"]


def test_what_is_wrong_with_the_reference_is_said_with_the_nearest_name(spring):
    paper = spring.paper(120)
    for code, task, error, hint in [
        ("G1B", "方案", UnknownUnitCode, "G1B1"),
        ("G1B1", "方按", UnknownTask, "方案"),
        ("G1B1", "点评", WhichPeriod, "2010-Q3"),
        ("G1B1", "点评@2010-Q1", UnknownPeriod, "2010-Q4"),
        ("G1B1", "汇总", NotOwed, "G1B1"),
    ]:
        with pytest.raises(error) as caught:
            spring.act(code, task, NOW) if task != "方案" and task != "方按" else spring.hand_in(code, task, NOW, paper)
        assert hint in caught.value.say("zh")


def test_a_folder_is_handed_in_file_by_file_and_one_that_is_refused_holds_up_no_other(spring):
    folder = spring.folder / "plans"
    folder.mkdir()
    for code, characters in [("G1B1", 120), ("G1B2", 50), ("G2B1", 130), ("G9", 140)]:
        (folder / f"{code}.txt").write_text("字" * characters, encoding="utf-8")
    (folder / ".hidden").write_text("", encoding="utf-8")
    lines = submit_folder(spring.house, None, folder, TaskRef.parse("方案"), by="干事", behalf="owner", now=NOW)
    answers = {line.unit: (line.answer.state if line.answer else None, w.codes(line.refusals)) for line in lines}
    assert answers == {"G1B1": ("submitted", []), "G1B2": (None, ["length"]), "G2B1": ("submitted", []), "G9": (None, [])}
    assert [line.error.code for line in lines if line.unit == "G9" and line.error] == ["unknown-unit-code"]


def test_what_is_no_file_in_a_folder_is_refused_by_name_and_not_waited_for(spring):
    folder = spring.folder / "plans"
    (folder / "G2B1.txt").mkdir(parents=True)
    (folder / "drafts").mkdir()
    os.mkfifo(folder / "G1B2.txt")
    (folder / "G1B3.txt").symlink_to("/dev/zero")
    (folder / "G1B1.txt").write_text("字" * 120, encoding="utf-8")
    lines = submit_folder(spring.house, None, folder, TaskRef.parse("方案"), by="干事", behalf="owner", now=NOW)
    assert [(line.unit, line.error.code if line.error else "") for line in lines] == [
        ("G1B1", ""),
        ("G1B2", "not-a-file"),
        ("G1B3", "not-a-file"),
        ("G2B1", "not-a-file"),
    ]


def test_a_folder_handed_in_twice_changes_nothing_the_second_time(spring):
    folder = spring.folder / "plans"
    folder.mkdir()
    (folder / "G1B1.txt").write_text("字" * 120, encoding="utf-8")
    submit_folder(spring.house, None, folder, TaskRef.parse("方案"), by="干事", behalf="owner", now=NOW)
    before = spring.rows()
    (line,) = submit_folder(spring.house, None, folder, TaskRef.parse("方案"), by="干事", behalf="owner", now=NOW)
    assert line.answer and line.answer.unchanged
    assert spring.rows() == before


def test_a_folder_without_a_file_named_by_a_unit_is_refused_as_a_whole(spring):
    folder = spring.folder / "plans"
    folder.mkdir()
    (folder / "方案.txt").write_text("字" * 120, encoding="utf-8")
    with pytest.raises(NoFilesInFolder):
        submit_folder(spring.house, None, folder, TaskRef.parse("方案"), by="干事", behalf="owner", now=NOW)
