"""A kept count that is wrong is found, by its kind and its unit; a true one never is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, update

from engine.machine.states import ObligationState
from engine.store import recounting
from engine.store import tables as t
from engine.store.codes import Upstream
from engine.store.database import Database
from tests.store.samples import ALL, BRANCHES, Plan, day, launch, occurrence, row, settle, sweep

_S = ObligationState


@pytest.fixture
def campaign(database: Database) -> int:
    """A report that all owe by day 11, and a show that branches owe once their report is done; A1 has done both, B2 is late."""
    plan = Plan(
        occurrences=[occurrence("总结"), occurrence("展示", scope=1, stage=1, opens_at=day(5), due_at=day(40), late_at=day(41))],
        scopes={0: ALL, 1: BRANCHES},
        waits=[(1, 0, Upstream.SAME)],
    )
    with database.write() as connection:
        number = launch(connection, plan)
    sweep(database, day(2))
    with database.write() as connection:
        for code in ALL[:-1]:
            settle(connection, number, code, "总结", _S.ACCEPTED, day(6))
    sweep(database, day(12))
    return number


def found(database: Database, campaign: int) -> dict[str, tuple[int, list[tuple[str, int, int]]]]:
    """Kind -> how many, and the first of them, where there are any."""
    with database.read() as connection:
        differ = recounting.differences(connection, campaign)
    return {one.kind: (one.count, [(d.unit, d.kept, d.counted) for d in one.first]) for one in differ if one.count}


def test_what_the_store_keeps_by_itself_is_true(database: Database, campaign: int) -> None:
    assert found(database, campaign) == {}


def case(connection: Connection, campaign: int, code: str) -> int:
    return row(connection, campaign, code, "总结").case_id


def test_a_wrong_count_of_what_a_case_misses_is_found_by_its_unit(database: Database, campaign: int) -> None:
    with database.write() as connection:
        mine = t.progress.c.case_id == case(connection, campaign, "A2")
        connection.execute(update(t.progress).where(mine, t.progress.c.stage == 0).values(missing=3))
        connection.execute(update(t.progress).where(mine, t.progress.c.stage == 1).values(missing=0))
    assert found(database, campaign)["progress"] == (2, [("A2", 3, 0), ("A2", 0, 1)])


def test_a_count_of_what_is_missing_that_is_gone_is_found(database: Database, campaign: int) -> None:
    with database.write() as connection:
        connection.execute(delete(t.progress).where(t.progress.c.case_id == case(connection, campaign, "B2")))
    assert found(database, campaign)["progress"] == (2, [("B2", 0, 1), ("B2", 0, 1)])


@pytest.mark.parametrize(("path", "unit"), [("", ""), ("0001.0001.", "A")])
def test_a_wrong_tally_is_found_by_the_unit_at_which_it_is_kept(database: Database, campaign: int, path: str, unit: str) -> None:
    with database.write() as connection:
        connection.execute(update(t.tally).where(t.tally.c.path == path, t.tally.c.n > 0).values(n=t.tally.c.n + 7))
        before = [row.n for row in connection.execute(t.tally.select().where(t.tally.c.path == path, t.tally.c.n > 0))]
    assert found(database, campaign) == {"tally": (1, [(unit, before[0], before[0] - 7)])}


def test_a_case_that_may_move_on_and_is_not_listed_is_found(database: Database, campaign: int) -> None:
    with database.write() as connection:
        number = case(connection, campaign, "A")
        assert connection.execute(delete(t.ready).where(t.ready.c.case_id == number)).rowcount == 1
    assert found(database, campaign) == {"ready": (1, [("A", 0, 1)])}


def test_a_case_that_owes_something_and_is_listed_all_the_same_is_found(database: Database, campaign: int) -> None:
    with database.write() as connection:
        values = {"case_id": case(connection, campaign, "B2"), "campaign_id": campaign, "stage": 0, "since": day(3)}
        connection.execute(insert(t.ready).values(**values))
    assert found(database, campaign) == {"ready": (1, [("B2", 1, 0)])}


def overdue(connection: Connection, campaign: int, code: str) -> dict[str, Any]:
    one = row(connection, campaign, code, "总结")
    key = {"case_id": one.case_id, "occurrence_id": one.occurrence_id, "subject": 0}
    return {**key, "campaign_id": campaign, "path": one.path, "since": day(11)}


def test_what_is_overdue_and_not_listed_is_found_and_so_is_what_is_listed_and_done(database: Database, campaign: int) -> None:
    with database.write() as connection:
        assert connection.execute(delete(t.overdue)).rowcount == 1
        connection.execute(insert(t.overdue).values(**overdue(connection, campaign, "A3")))
    assert found(database, campaign) == {"overdue": (2, [("A3", 1, 0), ("B2", 0, 1)])}


def test_what_is_late_but_has_not_been_rung_yet_is_no_difference(database: Database) -> None:
    with database.write() as connection:
        number = launch(connection, Plan(occurrences=[occurrence("总结")]))
    sweep(database, day(10))
    assert found(database, number) == {}


def test_a_wrong_count_of_what_is_waited_for_is_found_by_its_unit(database: Database, campaign: int) -> None:
    with database.write() as connection:
        for code, task in (("B2", "展示"), ("A1", "总结")):
            one = row(connection, campaign, code, task)
            mine = (t.obligation.c.case_id == one.case_id, t.obligation.c.occurrence_id == one.occurrence_id)
            connection.execute(update(t.obligation).where(*mine).values(waits=5))
    assert found(database, campaign) == {"waits": (2, [("A1", 5, 0), ("B2", 5, 1)])}


def test_only_the_first_few_are_named_and_all_are_counted(database: Database, campaign: int) -> None:
    with database.write() as connection:
        connection.execute(update(t.progress).values(missing=9))
    count, first = found(database, campaign)["progress"]
    assert (count, len(first)) == (len(ALL) + len(BRANCHES), recounting.SHOWN)
