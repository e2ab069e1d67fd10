"""Whoever acts on a live database finds done what is due for that case, and waits for nothing else; the sweep then finds it done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.operations import launching, moving
from engine.operations.campaigns import TaskRef, UnknownTask, UnknownUnitCode
from engine.operations.context import House, effective_now
from engine.operations.folder import submit_folder
from engine.operations.people import NoActor, UnknownPerson
from engine.store.database import open_database
from tests.operations.conftest import MakeWorld
from tests.operations.files import head
from tests.operations.world import ADMIN, BEFORE, World, at, codes, empty, launched, load, refused, start
from tests.templates import Upon

TEXT = (
    head("catching-up")
    + """
ladder: [{at: -7d}, {at: +1d, to: superior}, {at: -2d, to: S.书记}]
stages:
  一:
    window: 2010年5月中旬—5月底
    tasks:
      甲: {owner: 党支部, due: 5月20日前, lock: due + 3d}
      可: {owner: 党支部, modality: may, due: 5月20日前, lock: due + 3d}
  二:
    window: 2010年6月—6月底
    opens: on_entry
    tasks:
      乙: {owner: 党支部, due: 6月20日前}
""".replace("S.书记", "学校.书记")
)
MOVING = ("cases", "obligation", "progress", "tally", "ready", "overdue", "notice")
LONG_AFTER = at(3, 12, year=2035)
# What a batch and a step ahead of it number or write at different moments.
ELSEWHERE = ("notice.id", "notice.decided_at")


@pytest.fixture
def live(make_world: MakeWorld) -> World:
    """A live database in which the campaign runs."""
    return make_world(LIVE)


def _live(url: str) -> None:
    database = open_database(url)
    house = House(database=database, vault=Vault(Path("unused")))
    _launch(house)
    database.dispose()


LIVE = Upon(empty("full", "live"), _live)


def _launch(house: House) -> None:
    folder = Path(house.database.url.database or "x").parent if house.database.sqlite else Path("/tmp")
    load(house, TEXT, folder)
    start(house)
    launching.switch_mail(house, None, on=True, by=ADMIN, now=BEFORE)


def test_a_step_opens_its_own_obligation_and_no_other(live: World) -> None:
    live.act("G1B1", "甲", at(5, 12))
    assert live.state("G1B1", "甲", at(5, 12)) == "accepted"
    assert live.state("G1B2", "甲", at(5, 12)) == "scheduled"
    live.sweep(at(5, 12))
    assert live.state("G1B2", "甲", at(5, 12)) == "open"


@pytest.mark.parametrize(("when", "taken"), [(at(5, 23, 23, 59, 59), True), (at(5, 24), False), (at(5, 24, 0, 0, 1), False)])
def test_nothing_is_taken_from_the_lock_on_though_no_sweep_has_rung_it(live: World, when: datetime, taken: bool) -> None:
    if taken:
        assert live.act("G1B1", "甲", when).state == "accepted"
        return
    assert codes(refused(lambda: live.act("G1B1", "甲", when))) == ["wrong-state"]
    assert live.state("G1B1", "甲", at(5, 24, 0, 0, 1)) == "lapsed"
    assert live.state("G1B2", "甲", at(5, 24, 0, 0, 1)) == "scheduled"


def test_a_case_walks_on_before_its_next_step_and_what_opens_on_entry_is_open(live: World) -> None:
    live.act("G1B1", "甲", at(5, 12))
    live.act("G1B1", "乙", at(6, 3))
    assert live.stage("G1B1", at(6, 3)) == "二"
    assert live.state("G1B1", "乙", at(6, 3)) == "accepted"
    assert live.stage("G1B2", at(6, 3)) == "尚未开始"


def test_advance_brings_its_case_up_to_date_before_it_says_what_is_in_the_way(live: World) -> None:
    moved = moving.advance(live.house, None, "G1B1", by=ADMIN, now=at(5, 22))
    assert (moved.left.say("zh"), moved.entered.say("zh")) == ("尚未开始", "一")
    assert codes(refused(lambda: moving.advance(live.house, None, "G1B1", by=ADMIN, now=at(5, 22)))) == ["overdue"]
    assert live.stage("G1B1", at(5, 22)) == "一"


def test_the_reminders_due_before_a_step_are_decided_by_it_once(live: World) -> None:
    live.act("G1B1", "甲", at(5, 19, 12))
    mine = [notice.due_at for notice in live.notices(at(5, 19, 12))]
    assert len(mine) == 2
    live.sweep(at(5, 19, 12))
    again = [notice for notice in live.notices(at(5, 19, 12)) if notice.unit == "G1B1" and notice.task == "甲"]
    assert [notice.due_at for notice in again] == mine


def _ahead(world: World) -> None:
    """One branch acts, each time before anybody has swept."""
    world.act("G1B1", "甲", at(5, 19, 12))
    world.act("G1B2", "甲", at(5, 22))
    world.act("G1B1", "乙", at(6, 3))


def _after(world: World) -> None:
    """The same steps, each after a sweep."""
    for step in ((("G1B1", "甲", at(5, 19, 12))), ("G1B2", "甲", at(5, 22)), ("G1B1", "乙", at(6, 3))):
        world.sweep(step[2])
        world.act(*step)


@pytest.mark.parametrize("until", [at(6, 3), at(6, 30), at(7, 15)])
def test_steps_ahead_of_the_sweep_and_steps_after_it_come_to_the_same(tmp_path: Path, until: datetime) -> None:
    found = []
    for name, story in (("ahead", _ahead), ("after", _after)):
        found.append(_played(tmp_path / name, story, until))
    assert found[0] == found[1]


def _played(folder: Path, story: Callable[[World], None], until: datetime) -> object:
    folder.mkdir()
    url = f"sqlite:///{folder / 'campaign.db'}"
    LIVE(url)
    database = open_database(url)
    world = World(house=House(database=database, vault=Vault(folder / "files")), folder=folder)
    story(world)
    world.sweep(until)
    rows = world.rows(*MOVING, without=ELSEWHERE)
    database.dispose()
    return rows


def test_a_rehearsal_does_all_that_is_due_before_a_step(make_world: MakeWorld) -> None:
    world = make_world(launched(TEXT, who="full"))
    world.act("G1B1", "甲", at(5, 12))
    assert world.state("G1B2", "甲", at(5, 12)) == "open"


SLIPS: list[tuple[Callable[[World], object], type[CampaignError]]] = [
    (lambda world: world.accept("G1B1", "没有", LONG_AFTER), UnknownTask),
    (lambda world: world.accept("G9", "甲", LONG_AFTER, by="书记G1"), UnknownUnitCode),
    (lambda world: world.act("G1B1", "甲", LONG_AFTER, by="没有这人"), UnknownPerson),
    (lambda world: world.reopen("G1B1", "没有", LONG_AFTER), UnknownTask),
    (lambda world: world.override("G9", LONG_AFTER), UnknownUnitCode),
    (lambda world: moving.override(world.house, None, "G1B1", by=None, reason="特批", now=LONG_AFTER), NoActor),
    (lambda world: moving.advance(world.house, None, "G1B1", by=None, now=LONG_AFTER), NoActor),
]


@pytest.mark.parametrize("number", range(len(SLIPS)))
def test_a_slip_in_a_name_moves_no_clock_of_a_rehearsal(make_world: MakeWorld, number: int) -> None:
    world = make_world(launched(TEXT, who="full"))
    slip, error = SLIPS[number]
    before = world.rows()
    with pytest.raises(error):
        slip(world)
    assert world.rows() == before
    assert effective_now(world.house, at(5, 12), at(5, 12)) == at(5, 12)


def test_a_slip_in_the_name_of_who_hands_in_a_folder_moves_no_clock_of_a_rehearsal(make_world: MakeWorld) -> None:
    world = make_world(launched(TEXT, who="full"))
    folder = world.folder / "papers"
    folder.mkdir()
    (folder / "G1B1.txt").write_text("字", encoding="utf-8")
    before = world.rows()
    for by, behalf in (("没有这人", None), (ADMIN, "没有这人"), (None, "owner")):
        with pytest.raises((UnknownPerson, NoActor)):
            submit_folder(world.house, None, folder, TaskRef.parse("甲"), by=by, behalf=behalf, now=LONG_AFTER)
    assert world.rows() == before
