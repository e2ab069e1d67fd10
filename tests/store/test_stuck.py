"""Who is stuck, asked a part at a time, is who is stuck for whoever reads everything."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.store import obligations, walking
from engine.store import tables as t
from engine.store.asked import Asked
from engine.store.database import Database
from engine.store.held_otherwise import owing_in_time
from engine.store.missing import Missing
from engine.store.stuck import StuckCases, WalkingCases, parts, stuck_cases
from engine.store.sweeping import OWING
from tests.proof.watch import stuck_otherwise
from tests.store.samples import ALL, Plan, batch, day, launch, occurrence, positions, row, settle, stage, sweep

_S = ObligationState
DAYS = (9, 12, 31, 45, 61, 95)
TASKS = ("总结", "展示", "自选", "待定", "迟交", "锁定")
STATES = (_S.OPEN, _S.SUBMITTED, _S.RETURNED, _S.ACCEPTED, _S.LAPSED)
SECOND = timedelta(seconds=1)
Act = tuple[str, str, ObligationState]
ACTS = st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from(TASKS), st.sampled_from(STATES)), max_size=30)


class Undone(Exception):
    """Nothing of it is kept."""


@pytest.fixture
def campaign(database: Database) -> int:
    """Three stages of a month. In each something that all owe: reviewed, optional, without a date, due after its stage, locked early."""
    occurrences = [
        occurrence("总结"),
        occurrence("自选", modality=Modality.MAY),
        occurrence("迟交", due_at=day(40), due_text="2030-02-10", late_at=day(41)),
        occurrence("展示", stage=1, opens_at=day(31), due_at=day(50), due_text="2030-02-20", late_at=day(51)),
        occurrence("待定", stage=1, opens_at=None, due_at=None, due_text="", late_at=None, pending_on="通知"),
        occurrence("锁定", stage=2, opens_at=day(1), due_at=day(8), late_at=day(20), lock_at=day(9)),
    ]
    with database.write() as connection:
        return launch(connection, Plan(occurrences=occurrences, scopes={0: ALL}, stages=(stage(0), stage(1), stage(2))))


def apply(connection: Connection, campaign: int, acts: Sequence[Act], forced: Sequence[str], now: datetime) -> None:
    """What people did, and whom the office forced on."""
    for code, task, state in acts:
        settle(connection, campaign, code, task, state, now)
        found = row(connection, campaign, code, task)
        if state is _S.LAPSED or (state in OWING and found.late_at is not None and found.late_at <= now):
            obligations.mark_overdue(connection, found, now)
    for code in forced:
        found = row(connection, campaign, code, "总结")
        target = {2: FINISHED}.get(found.case_stage, found.case_stage + 1)
        if found.case_stage < FINISHED:
            walking.move_case(connection, campaign, found.case_id, found.path, found.case_stage, target, now)


def expect_same_whatever_is_asked(connection: Connection, campaign: int, now: datetime) -> None:
    """A filter, a page, a subtree leave out what is not meant, and nothing else."""
    everybody = {one.case.code: one for one in stuck_cases(connection, campaign, "", now)}
    for level in ("学校", "党总支", "党支部"):
        some = {one.case.code for one in stuck_cases(connection, campaign, "", now, level=level)}
        assert some == {code for code, one in everybody.items() if one.case.level == level}
    for position in (0, 1, 2, FINISHED):
        some = {one.case.code for one in stuck_cases(connection, campaign, "", now, stage=position)}
        assert some == {code for code, one in everybody.items() if one.case.stage == position}
    whole = StuckCases(connection, Asked(campaign_id=campaign, path="", now=now))
    missing = Missing(connection, whole)
    held: dict[str, set[str]] = {}
    for one in (one for part in missing.parts(3) for one in part):
        causes = [found for found in one.owed if missing.late_since(found) is not None] or one.owed
        held[one.case.code] = {missing.occurrences[found.occurrence_id].task for found in causes}
    for task in TASKS:
        asked = StuckCases(connection, Asked(campaign_id=campaign, path="", now=now, task=task))
        found = [case_id for part in parts(asked, size=1) for _, case_id in part]
        assert found == [everybody[code].case.case_id for code, tasks in held.items() if task in tasks]
        assert asked.count() == len(found)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=ACTS, then=ACTS, forced=st.lists(st.sampled_from(ALL), max_size=4), when=st.sampled_from(DAYS))
@example(first=[("A1", "总结", _S.SUBMITTED), ("A1", "迟交", _S.ACCEPTED)], then=[], forced=[], when=31)
@example(first=[], then=[("B", "展示", _S.SUBMITTED), ("校", "锁定", _S.OPEN)], forced=["校", "校", "校"], when=95)
def test_a_part_at_a_time_is_the_same_as_all_that_is_read(
    database: Database, campaign: int, first: Sequence[Act], then: Sequence[Act], forced: Sequence[str], when: int
) -> None:
    with suppress(Undone), database.write() as connection:
        for acts, whom, now in ((first, (), day(5)), (then, forced, day(when))):
            while batch(connection, now):
                pass
            apply(connection, campaign, acts, whom, now)
        assert stuck_otherwise(connection, day(when)) == []
        expect_same_whatever_is_asked(connection, campaign, day(when))
        raise Undone


def test_who_waits_for_a_review_is_stuck_once_the_day_has_passed_or_the_stage_has_closed_and_who_has_more_time_when_it_closes(
    database: Database, campaign: int
) -> None:
    """A1 and A3 wait for reviews, of what is late on the 11th and on the 41st day; A2 owes what is due on the 40th."""
    sweep(database, day(5))
    with database.write() as connection:
        for code in ALL:
            settle(connection, campaign, code, "总结", _S.SUBMITTED if code == "A1" else _S.ACCEPTED, day(5))
            if code != "A2":
                settle(connection, campaign, code, "迟交", _S.SUBMITTED if code == "A3" else _S.ACCEPTED, day(5))
            settle(connection, campaign, code, "锁定", _S.ACCEPTED, day(5))
    waiting = {"A1": day(11)}
    closed = {**waiting, "A2": day(30), "A3": day(30)}
    for instant, expected in (
        *((day(11) - SECOND, {}), (day(11), waiting), (day(11) + SECOND, waiting)),
        *((day(30) - SECOND, waiting), (day(30), closed), (day(30) + SECOND, closed)),
    ):
        sweep(database, instant)
        with database.read() as connection:
            assert {one.case.code: one.since for one in stuck_cases(connection, campaign, "", instant)} == expected
            assert StuckCases(connection, Asked(campaign_id=campaign, path="", now=instant)).count() == len(expected)


def test_the_index_alone_says_on_a_file_who_owes_what_is_not_overdue(database: Database, campaign: int) -> None:
    with database.read() as connection:
        if database.sqlite:
            asked = owing_in_time([1, 2, 3]).compile(connection, compile_kwargs={"literal_binds": True})
            plan = "\n".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}"))
            assert "obligation USING COVERING INDEX ix_obligation_deadline_settled" in plan, plan


@pytest.mark.parametrize("size", [1, 7, 8, 9])
def test_everybody_who_walks_comes_in_the_order_of_the_tree_whatever_stage_each_stands_in(
    database: Database, campaign: int, size: int
) -> None:
    sweep(database, day(5))
    with database.write() as connection:
        apply(connection, campaign, [], ["A", "A2", "B1", "B1", "B2", "B2", "B2"], day(5))
        walking_ones = WalkingCases(connection, Asked(campaign_id=campaign, path="", now=day(5)))
        codes = dict(connection.execute(select(t.cases.c.id, t.unit.c.code).join(t.unit)).all())
        found = [codes[case_id] for part in parts(walking_ones, size=size) for _, case_id in part]
        assert found == ["校", "A", "A1", "A2", "A3", "B", "B1"]
        assert walking_ones.count() == 7
        assert [codes[number] for part in parts(walking_ones, most=3, size=2) for _, number in part] == ["校", "A", "A1"]
        assert set(positions(connection, campaign).values()) == {0, 1, 2, FINISHED}
