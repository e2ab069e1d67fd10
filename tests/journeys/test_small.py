"""A small journey on both databases: everything that may happen to a unit, and what must be true throughout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.evidence.vault import Vault
from engine.exchange.roster import write_roster
from engine.operations.context import House
from engine.operations.journey_file import Expected, Journey, Refusal, read_journey
from engine.operations.journeys import Played, Unexpected, play
from engine.operations.post import Post
from engine.operations.reconciling import reconcile
from engine.operations.viewing import campaign_status, read_journal, unit_status
from engine.store import tables as t
from engine.store.codes import NoticeKind
from engine.store.schema import create_database
from notifiers.fake import FakeNotifier
from tests.journeys.invariants import broken
from tests.journeys.make_roster import make_roster

HERE = Path(__file__).parent


@pytest.fixture
def story(tmp_path: Path) -> Journey:
    """The small story with its roster of seventeen units."""
    write_roster(tmp_path / "roster.xlsx", make_roster(general=3, branches=4, direct=1), "zh")
    return replace(read_journey(HERE / "small.yaml"), roster=tmp_path / "roster.xlsx")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """An empty rehearsal, on SQLite and on PostgreSQL in turn."""
    database = create_database(database_url, {"kind": "rehearsal"})
    yield House(database=database, vault=Vault(tmp_path / "vault"))
    database.dispose()


@pytest.fixture
def mail() -> FakeNotifier:
    return FakeNotifier()


@pytest.fixture
def played(house: House, story: Journey, mail: FakeNotifier, tmp_path: Path) -> Played:
    """The story played to its end: every expectation written in it has held."""
    post = Post(notifier=mail, lang="zh", sender_name=story.office, sender_address=story.address)
    return play(house, post, story, tmp_path / "papers")


def test_the_story_comes_out_as_written_and_leaves_nothing_broken(house: House, played: Played, mail: FakeNotifier) -> None:
    assert (played.steps, played.letters) == (24, len(mail.sent))
    assert broken(house.database) == []
    told = reconcile(house, None, played.ended)
    assert told.agrees, told.differences
    assert told.messages == played.letters
    status = campaign_status(house, None, played.ended)
    assert (status.cases, status.stuck, [n for _, _, _, n in status.stages]) == (17, 0, [0, 17, 0])

    forced = [line for line in read_journal(house, None, limit=100_000) if line.forced]
    assert [(line.unit, line.kind, line.actor) for line in forced] == [("GB03-02", "moved", "党委工作部")]

    [extended] = [duty for duty in unit_status(house, None, "GB02-01", played.ended).duties if duty.task == "学习讲话"]
    assert (extended.due, extended.original_due, extended.late) == ("2010-06-15", "2010-05-31", False)
    [late] = [duty for duty in unit_status(house, None, "GB03-02", played.ended).duties if duty.task == "党员承诺"]
    assert (late.code, late.late) == ("accepted", True)

    returned = [sent.letter for sent in mail.sent if "目标不具体" in sent.letter.text]
    assert {letter.to_address for letter in returned} == {"secretary.gb01@example.org"}
    escalated = [sent.letter.to_address for sent in mail.sent if "GB03" not in sent.letter.text and "下级单位尚未完成" in sent.letter.text]
    assert "secretary.gb03@example.org" in escalated
    with house.database.read() as connection:
        codes = {row.id: row.code for row in connection.execute(select(t.unit))}
        judging = {codes[row.unit_id] for row in connection.execute(select(t.notice).where(t.notice.c.kind == NoticeKind.TO_REVIEW))}
    assert judging == {"OU", "GB01", "GB02", "GB03"}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (0, Expected(state="accepted")),
        (2, Expected(state="accepted")),
        (2, Expected(refused=Refusal(codes=("locked",)))),
        (5, Expected(refused=Refusal(codes=("parts",), short="还差 1 字"))),
    ],
)
def test_a_story_that_comes_out_otherwise_stops_and_says_where(
    house: House, story: Journey, tmp_path: Path, line: int, expected: Expected
) -> None:
    steps = list(story.steps[:6])
    steps[line] = replace(steps[line], expected=expected)
    wrong = replace(story, steps=tuple(steps), habits=(), ends=steps[-1].at)
    with pytest.raises(Unexpected) as told:
        play(house, Post(notifier=FakeNotifier(), lang="zh"), wrong, tmp_path / "papers")
    assert f"Line {steps[line].line} " in str(told.value)
