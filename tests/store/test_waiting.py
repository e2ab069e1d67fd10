"""What waits for what in three ways at once: the numbers kept, counted again and told agree whatever happens."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from engine.machine.states import ObligationState
from engine.store import awaited, obligations
from engine.store import tables as t
from engine.store.codes import Upstream
from engine.store.database import Database
from engine.store.waiting import count_waits
from tests.store.samples import ALL, Plan, day, launch, occurrence, row, settle, sweep

_S = ObligationState
THREE = tuple((1, 0, reading) for reading in (Upstream.SAME, Upstream.OWED, Upstream.ALL_BELOW))
# 先 is about A1, A2, B1 and B2; A owes that about A1 and A2, the others their own. Everybody has 后 to do after it.
PLAN = Plan(
    occurrences=[occurrence("先"), occurrence("后", scope=1)],
    scopes={0: ("A1", "A2", "B1", "B2"), 1: ALL},
    owners={(0, "A1"): "A", (0, "A2"): "A"},
    waits=THREE,
)


@pytest.fixture
def campaign(database: Database) -> int:
    """Everything has opened that can."""
    with database.write() as connection:
        number = launch(connection, PLAN)
    sweep(database, day(2))
    return number


def kept(connection: Connection, campaign: int) -> dict[str, int]:
    """What each unit waits for with 后."""
    return {code: row(connection, campaign, code, "后").waits for code in ALL}


def test_each_unit_waits_for_what_is_about_it_else_for_what_it_owes_else_for_all_below(database: Database, campaign: int) -> None:
    with database.read() as connection:
        assert kept(connection, campaign) == {"校": 4, "A": 2, "B": 2, "A1": 1, "A2": 1, "A3": 0, "B1": 1, "B2": 1}
        assert row(connection, campaign, "A3", "后").state is _S.OPEN


def test_what_has_lapsed_is_still_waited_for_by_whoever_owes_it(database: Database, campaign: int) -> None:
    with database.write() as connection:
        settle(connection, campaign, "A1", "先", _S.LAPSED, day(3))
        [told] = awaited.waits(connection, row(connection, campaign, "A", "后"))
        assert (told.reading, told.total, told.undone) == (Upstream.OWED, 2, 2)


def test_whoever_has_the_ball_is_told_with_what_is_waited_for(database: Database, campaign: int) -> None:
    with database.write() as connection:
        settle(connection, campaign, "A1", "先", _S.SUBMITTED, day(3))
        one, two = row(connection, campaign, "A1", "先"), row(connection, campaign, "A2", "先")
        [told] = awaited.waits(connection, row(connection, campaign, "A", "后"))
        assert told.holders == (obligations.ball(one), obligations.ball(two))
        assert told.keys == (one.key, two.key)
        assert {found.key for found in awaited.by_key(connection, told.keys)} == {one.key, two.key}


def test_only_dependents_that_read_it_so_keep_it_from_being_returned(database: Database, campaign: int) -> None:
    with database.write() as connection:
        settle(connection, campaign, "A2", "先", _S.ACCEPTED, day(3))
        connection.execute(update(t.obligation).where(*at(connection, campaign, "A1", "后")).values(version=1))
        assert obligations.dependents_used(connection, row(connection, campaign, "A2", "先")) == ()
        connection.execute(update(t.obligation).where(*at(connection, campaign, "校", "后")).values(version=1))
        assert obligations.dependents_used(connection, row(connection, campaign, "A2", "先")) == ("后一事",)


def at(connection: Connection, campaign: int, code: str, task: str) -> tuple[Any, ...]:
    found = row(connection, campaign, code, task)
    return t.obligation.c.case_id == found.case_id, t.obligation.c.occurrence_id == found.occurrence_id


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(("A1", "A2", "B1", "B2")), st.sampled_from((_S.ACCEPTED, _S.RETURNED, _S.SUBMITTED))), max_size=8)
)
def test_kept_told_and_counted_again_agree_after_any_steps(
    database: Database, campaign: int, steps: list[tuple[str, ObligationState]]
) -> None:
    with database.write() as connection:
        for code, state in steps:
            settle(connection, campaign, code, "先", state, day(3))
        rows = [
            found for case_id in connection.execute(select(t.cases.c.id)).scalars() for found in obligations.of_case(connection, case_id)
        ]
        told = {key: sum(one.undone for one in each) for key, each in awaited.waits_of(connection, rows).items()}
        assert told == {found.key: found.waits for found in rows if found.waits}
        for found in rows:
            if found.task == "后":
                assert (found.state is _S.SCHEDULED) == (found.waits > 0)
        before = kept(connection, campaign)
        count_waits(connection, campaign)
        assert kept(connection, campaign) == before
