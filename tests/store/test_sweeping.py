"""What falls due is done once, in the order in which it fell due, in batches of any size."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from engine.machine.states import BEFORE, FINISHED, Modality, ObligationState
from engine.store import rungs, sweeping, walking
from engine.store import tables as t
from engine.store.codes import Bell, NoticeState, Upstream
from engine.store.database import Database
from engine.store.rungs import RungPlan
from tests.counts import wrong_counts
from tests.store.samples import (
    ALL,
    BRANCHES,
    START,
    Plan,
    all_finished,
    count,
    day,
    ids,
    launch,
    occurrence,
    positions,
    row,
    settle,
    stage,
    states,
    sweep,
)

_S = ObligationState
SECOND = 1 / 86400


def launched(database: Database, plan: Plan) -> int:
    with database.write() as connection:
        return launch(connection, plan)


def states_of(database: Database, campaign: int, task: str = "总结") -> dict[str, ObligationState]:
    with database.read() as connection:
        return states(connection, campaign, task)


def true_counts(connection: Connection, campaign: int) -> None:
    assert wrong_counts(connection, campaign) == []


# Openings.


@pytest.mark.parametrize(("when", "state"), [(1 - SECOND, _S.SCHEDULED), (1, _S.OPEN), (1 + SECOND, _S.OPEN)])
def test_an_occurrence_opens_at_its_opening(database: Database, when: float, state: ObligationState) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结")]))
    sweep(database, day(when))
    assert set(states_of(database, campaign).values()) == {state}


def test_what_opened_during_an_outage_says_when_it_fell_due_and_when_it_was_written(database: Database) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结")]))
    sweep(database, day(9))
    with database.read() as connection:
        line = connection.execute(select(t.event).where(t.event.c.kind == "opened")).one()
        assert (line.campaign_id, line.due_at, line.recorded_at, line.data["count"]) == (campaign, day(1), day(9), 5)
        assert connection.execute(select(t.obligation.c.changed_at).distinct()).scalar_one() == day(1)


def test_what_waits_for_something_else_does_not_open_by_the_calendar(database: Database) -> None:
    plan = Plan(
        occurrences=[occurrence("先"), occurrence("总结", scope=1)], scopes={0: ("A1",), 1: BRANCHES}, waits=((1, 0, Upstream.SAME),)
    )
    campaign = launched(database, plan)
    sweep(database, day(2))
    assert states_of(database, campaign) == {**dict.fromkeys(BRANCHES, _S.OPEN), "A1": _S.SCHEDULED}


def test_what_opens_on_entry_waits_for_its_stage(database: Database) -> None:
    plan = Plan(stages=(stage(0), stage(1)), occurrences=[occurrence("先"), occurrence("总结", stage=1, opens_at=day(5), on_entry=True)])
    campaign = launched(database, plan)
    sweep(database, day(20))
    assert set(states_of(database, campaign).values()) == {_S.SCHEDULED}
    with database.write() as connection:
        settle(connection, campaign, "A1", "先", _S.ACCEPTED, day(20))
    sweep(database, day(29))
    assert set(states_of(database, campaign).values()) == {_S.SCHEDULED}
    sweep(database, day(30))
    assert states_of(database, campaign)["A1"] == _S.OPEN
    assert {code for code, state in states_of(database, campaign).items() if state == _S.OPEN} == {"A1"}


# Locks and lateness.


@pytest.mark.parametrize(("when", "state"), [(12 - SECOND, _S.OPEN), (12, _S.LAPSED), (12 + SECOND, _S.LAPSED)])
def test_what_is_owed_lapses_at_its_lock(database: Database, when: float, state: ObligationState) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结", lock_at=day(12))]))
    sweep(database, day(when))
    assert set(states_of(database, campaign).values()) == {state}


def test_only_what_has_to_be_handed_in_lapses(database: Database) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结", lock_at=day(12))]))
    sweep(database, day(2))
    kept = {"A1": _S.SUBMITTED, "A2": _S.ACCEPTED, "A3": _S.WAIVED}
    with database.write() as connection:
        for code, state in {**kept, "B1": _S.RETURNED}.items():
            settle(connection, campaign, code, "总结", state, day(2))
    sweep(database, day(13))
    assert states_of(database, campaign) == {**kept, "B1": _S.LAPSED, "B2": _S.LAPSED}
    with database.read() as connection:
        assert connection.execute(select(t.obligation.c.settled).where(t.obligation.c.state == _S.LAPSED).distinct()).scalar_one() is True
        true_counts(connection, campaign)


def overdue(database: Database) -> dict[str, datetime]:
    with database.read() as connection:
        query = select(t.unit.c.code, t.overdue.c.since).join(t.cases, t.cases.c.unit_id == t.unit.c.id)
        return {found.code: found.since for found in connection.execute(query.join(t.overdue, t.overdue.c.case_id == t.cases.c.id))}


@pytest.mark.parametrize(("when", "late"), [(11 - SECOND, False), (11, True), (11 + SECOND, True)])
def test_it_is_overdue_from_the_instant_it_is_late(database: Database, when: float, late: bool) -> None:
    launched(database, Plan(occurrences=[occurrence("总结")]))
    sweep(database, day(when))
    assert overdue(database) == (dict.fromkeys(BRANCHES, day(11)) if late else {})


def test_only_what_the_owner_owes_is_overdue(database: Database) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结"), occurrence("典型", modality=Modality.MAY)]))
    sweep(database, day(2))
    with database.write() as connection:
        for code, state in {"A1": _S.SUBMITTED, "A2": _S.ACCEPTED, "A3": _S.RETURNED, "B1": _S.WAIVED}.items():
            settle(connection, campaign, code, "总结", state, day(2))
    sweep(database, day(12))
    assert overdue(database) == {"A3": day(11), "B2": day(11)}


def test_what_still_waits_for_others_is_overdue_like_everything_else(database: Database) -> None:
    plan = Plan(occurrences=[occurrence("先", due_at=None, late_at=None), occurrence("总结")], waits=((1, 0, Upstream.SAME),))
    launched(database, plan)
    sweep(database, day(12))
    assert overdue(database) == dict.fromkeys(BRANCHES, day(11))


@pytest.mark.parametrize(("lock", "since"), [(10, 10), (11, 11), (12, 11)])
def test_what_lapsed_is_overdue_since_the_first_of_lock_and_lateness(database: Database, lock: int, since: int) -> None:
    launched(database, Plan(occurrences=[occurrence("总结", lock_at=day(lock))]))
    sweep(database, day(20))
    assert overdue(database) == dict.fromkeys(BRANCHES, day(since))


# Rungs.


def told(database: Database) -> list[tuple[str, str | None, str, str, str]]:
    """(unit, told unit, role, state, reason) of every notice."""
    seat = t.unit.alias("seat")
    query = (
        select(t.unit.c.code, seat.c.code.label("seat"), t.notice.c.role, t.notice.c.state, t.notice.c.reason)
        .select_from(t.notice)
        .join(t.cases, t.cases.c.id == t.notice.c.case_id)
        .join(t.unit, t.unit.c.id == t.cases.c.unit_id)
        .outerjoin(seat, seat.c.id == t.notice.c.unit_id)
        .order_by(t.unit.c.path)
    )
    with database.read() as connection:
        return [(one.code, one.seat, one.role, NoticeState(one.state).name, one.reason) for one in connection.execute(query)]


def reminding(database: Database, **changes: Any) -> int:
    """A campaign with one rung on day 3, everybody's task open."""
    campaign = launched(database, Plan(occurrences=[occurrence("总结", rungs=((1, 0, day(3)),))], scopes={0: ALL}, **changes))
    sweep(database, day(2))
    return campaign


@pytest.mark.parametrize(("when", "number"), [(3 - SECOND, 0), (3, 8), (3 + SECOND, 8)])
def test_a_rung_is_decided_at_its_instant(database: Database, when: float, number: int) -> None:
    reminding(database)
    sweep(database, day(when))
    assert len(told(database)) == number


def test_a_rung_goes_to_whoever_holds_the_ball(database: Database) -> None:
    campaign = reminding(database)
    with database.write() as connection:
        settle(connection, campaign, "A1", "总结", _S.SUBMITTED, day(2))
        settle(connection, campaign, "A2", "总结", _S.RETURNED, day(2))
        for code, state in {"A3": _S.ACCEPTED, "B1": _S.WAIVED, "B2": _S.CANCELLED}.items():
            settle(connection, campaign, code, "总结", state, day(2))
    sweep(database, day(4))
    assert told(database) == [
        ("校", "校", "书记", "DECIDED", ""),
        ("A", "A", "书记", "DECIDED", ""),
        ("A1", "A", "审核人", "DECIDED", ""),
        ("A2", "A2", "书记", "DECIDED", ""),
        ("B", "B", "书记", "DECIDED", ""),
    ]


def test_nobody_is_reminded_of_what_has_not_opened(database: Database) -> None:
    plan = Plan(occurrences=[occurrence("先"), occurrence("总结", rungs=((1, 0, day(3)),))], waits=((1, 0, Upstream.SAME),))
    launched(database, plan)
    sweep(database, day(4))
    assert told(database) == []


def plan_of(database: Database, **changes: Any) -> RungPlan:
    with database.read() as connection:
        root = ids(connection)["校"]
    values = {"to_superior": True, "superior_role": "书记", "root_id": root, "top_is_told": False, "before_launch": False}
    return RungPlan(**{**values, **changes})


def test_a_rung_to_the_superior_spares_the_top_of_the_tree_and_tells_the_office(database: Database) -> None:
    reminding(database)
    sweep(database, day(4), plan=plan_of(database))
    assert [(code, seat) for code, seat, *_ in told(database)] == [
        ("校", None), ("A", None), ("A1", "A"), ("A2", "A"), ("A3", "A"), ("B", None), ("B1", "B"), ("B2", "B"),
    ]  # fmt: skip
    assert {role for _, _, role, *_ in told(database)} == {"书记"}


def test_the_top_of_the_tree_is_told_where_the_file_says_so(database: Database) -> None:
    reminding(database)
    sweep(database, day(4), plan=plan_of(database, top_is_told=True))
    assert [(code, seat) for code, seat, *_ in told(database)][:3] == [("校", None), ("A", "校"), ("A1", "A")]


def test_what_lies_with_the_reviewer_is_told_to_the_unit_above_the_reviewer(database: Database) -> None:
    campaign = reminding(database)
    with database.write() as connection:
        settle(connection, campaign, "A1", "总结", _S.SUBMITTED, day(2))
    sweep(database, day(4), plan=plan_of(database, top_is_told=True))
    assert ("A1", "校", "书记", "DECIDED", "") in told(database)


def test_rungs_from_before_the_launch_are_kept_and_not_sent(database: Database) -> None:
    reminding(database)
    sweep(database, day(4), plan=plan_of(database, to_superior=False, before_launch=True))
    assert {(state, reason) for *_, state, reason in told(database)} == {("SUPPRESSED", "before-launch")}
    assert len(told(database)) == 8


def test_a_rung_rewrites_no_obligation(database: Database) -> None:
    reminding(database)
    with database.read() as connection:
        before = connection.execute(select(t.obligation).order_by(t.obligation.c.case_id)).all()
    sweep(database, day(4))
    with database.read() as connection:
        assert connection.execute(select(t.obligation).order_by(t.obligation.c.case_id)).all() == before


def test_a_batch_is_one_line_of_the_journal_with_its_number(database: Database) -> None:
    reminding(database)
    sweep(database, day(12), size=3)
    with database.read() as connection:
        lines = connection.execute(select(t.event).order_by(t.event.c.id)).all()
    numbers = {kind: [line.data["count"] for line in lines if line.kind == kind] for kind in ("opened", "reminded", "late")}
    assert numbers == {"opened": [8], "reminded": [3, 3, 2], "late": [3, 3, 2]}


# The order of things, and sweeping again.


def test_what_falls_due_in_one_instant_goes_in_the_order_of_its_kind(database: Database) -> None:
    one = day(5)
    plan = Plan(
        stages=(stage(0, 5, 5), stage(1)),
        occurrences=[occurrence("总结", opens_at=one, due_at=one, late_at=one, lock_at=one, rungs=((1, 0, one),))],
    )
    launched(database, plan)
    seen = []
    with database.write() as connection:
        while (bell := sweeping.next_bell(connection, one)) is not None:
            seen.append(bell.kind)
            sweeping.finish_bell(connection, bell)
    assert seen == [Bell.STAGE_OPENS, Bell.OCCURRENCE_OPENS, Bell.RUNG, Bell.LOCK, Bell.LATE, Bell.STAGE_CLOSES]


def test_a_second_sweep_does_nothing(database: Database) -> None:
    launched(database, busy())
    assert sweep(database, day(100)) > 0
    with database.read() as connection:
        before = [count(connection, table) for table in t.metadata.sorted_tables]
    assert sweep(database, day(100)) == 0
    with database.read() as connection:
        assert [count(connection, table) for table in t.metadata.sorted_tables] == before
        assert sweeping.next_instant(connection) is None


def test_the_next_instant_is_that_of_the_next_bell(database: Database) -> None:
    launched(database, Plan(occurrences=[occurrence("总结")], stages=(stage(0),)))
    for now, following in ((START, day(1)), (day(1), day(11)), (day(11), day(30))):
        sweep(database, now)
        with database.read() as connection:
            assert sweeping.next_instant(connection) == following


# Moves from stage to stage.


def test_a_case_waits_for_its_gate_and_for_the_next_window(database: Database) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结"), occurrence("展示", stage=1)]))
    sweep(database, day(5))
    with database.write() as connection:
        assert set(positions(connection, campaign).values()) == {0}
        settle(connection, campaign, "A1", "总结", _S.ACCEPTED, day(5))
        settle(connection, campaign, "A2", "总结", _S.SUBMITTED, day(5))
    sweep(database, day(30 - SECOND))
    with database.read() as connection:
        assert set(positions(connection, campaign).values()) == {0}
    sweep(database, day(30))
    with database.read() as connection:
        assert positions(connection, campaign) == {**dict.fromkeys(BRANCHES, 0), "A1": 1}
        true_counts(connection, campaign)


def test_a_case_enters_when_it_could_not_when_somebody_noticed(database: Database) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结"), occurrence("展示", stage=1)]))
    sweep(database, day(5))
    with database.write() as connection:
        settle(connection, campaign, "A1", "总结", _S.ACCEPTED, day(5))
    sweep(database, day(40))
    with database.write() as connection:
        settle(connection, campaign, "A2", "总结", _S.ACCEPTED, day(42))
    sweep(database, day(50))
    with database.read() as connection:
        query = select(t.unit.c.code, t.cases.c.entered_at, t.cases.c.stage).join(t.cases, t.cases.c.unit_id == t.unit.c.id)
        entered = {found.code: (found.entered_at, found.stage) for found in connection.execute(query)}
        lines = select(t.event.c.due_at, t.event.c.recorded_at).where(t.event.c.kind == "moved", t.event.c.recorded_at > day(5))
        assert [tuple(line) for line in connection.execute(lines.order_by(t.event.c.id))] == [(day(30), day(40)), (day(42), day(50))]
    assert (entered["A1"], entered["A2"], entered["A3"]) == ((day(30), 1), (day(42), 1), (day(0), 0))


def test_who_owes_nothing_walks_through_to_the_end(database: Database) -> None:
    plan = Plan(occurrences=[occurrence("典型", modality=Modality.MAY)], stages=(stage(0), stage(1), stage(2)))
    campaign = launched(database, plan)
    sweep(database, day(59))
    with database.read() as connection:
        assert set(positions(connection, campaign).values()) == {1}
    sweep(database, day(60))
    with database.read() as connection:
        assert all_finished(connection, campaign)
        assert count(connection, t.ready) == 0
        true_counts(connection, campaign)


def test_a_stage_without_a_date_lets_nobody_in(database: Database) -> None:
    undated = stage(1)
    plan = Plan(
        occurrences=[occurrence("典型", modality=Modality.MAY)], stages=(stage(0), undated.__class__(**{**vars(undated), "opens_at": None}))
    )
    campaign = launched(database, plan)
    sweep(database, day(400))
    with database.read() as connection:
        assert set(positions(connection, campaign).values()) == {0}


def test_a_case_moved_by_hand_is_counted_where_it_stands(database: Database) -> None:
    plan = Plan(occurrences=[occurrence("总结"), occurrence("展示", stage=1, opens_at=day(2), on_entry=True)])
    campaign = launched(database, plan)
    sweep(database, day(5))
    with database.write() as connection:
        found = row(connection, campaign, "A1", "总结")
        walking.move_case(connection, campaign, found.case_id, found.path, 0, 1, day(6))
        true_counts(connection, campaign)
        assert positions(connection, campaign)["A1"] == 1
        assert row(connection, campaign, "A1", "展示").state is _S.OPEN
        assert row(connection, campaign, "A2", "展示").state is _S.SCHEDULED
        walking.move_case(connection, campaign, found.case_id, found.path, 1, FINISHED, day(6))
        true_counts(connection, campaign)


# Batches.


def busy() -> Plan:
    """A campaign in which everything happens."""
    return Plan(
        stages=(stage(0), stage(1), stage(2)),
        occurrences=[
            occurrence("总结", scope=1, lock_at=day(12), rungs=((1, 0, day(3)), (2, 1, day(9)))),
            occurrence("展示", stage=1, opens_at=day(20), due_at=day(40), late_at=day(41), on_entry=True, rungs=((1, 0, day(39)),)),
            occurrence("汇总", scope=2, opens_at=day(2), due_at=day(50), late_at=day(51)),
        ],
        scopes={0: ALL, 1: BRANCHES, 2: ("A", "B")},
        waits=((2, 0, Upstream.ALL_BELOW),),
    )


def outcome(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """What a sweep left, without the numbers of lines, which follow the batches."""
    chosen: dict[str, Any] = {
        table.name: select(table) for table in (t.obligation, t.cases, t.progress, t.tally, t.ready, t.overdue, t.agenda)
    }
    n, e = t.notice.c, t.event.c
    chosen["notice"] = select(n.case_id, n.occurrence_id, n.deadline_id, n.number, n.unit_id, n.role, n.due_at, n.decided_at, n.state)
    chosen["moved"] = select(e.case_id, e.due_at, e.recorded_at, e.data).where(e.kind == "moved")
    return {name: sorted((tuple(found) for found in connection.execute(query)), key=repr) for name, query in chosen.items()}


def lived(database: Database, size: int) -> dict[str, list[tuple[object, ...]]]:
    campaign = launched(database, busy())
    sweep(database, day(5), size)
    with database.write() as connection:
        for code in ("A1", "A2", "A3"):
            settle(connection, campaign, code, "总结", _S.ACCEPTED, day(6))
        settle(connection, campaign, "B1", "总结", _S.SUBMITTED, day(6))
    sweep(database, day(13), size)
    with database.write() as connection:
        true_counts(connection, campaign)
        settle(connection, campaign, "A", "汇总", _S.ACCEPTED, day(14))
    sweep(database, day(70), size)
    with database.read() as connection:
        true_counts(connection, campaign)
        assert positions(connection, campaign) == {
            "校": 1, "A": 1, "B": 0, "A1": 1, "A2": 1, "A3": 1, "B1": 0, "B2": 0,
        }  # fmt: skip
        return outcome(connection)


@pytest.fixture(scope="module")
def in_large_batches() -> dict[str, object]:
    """What came of it in one batch each, by database."""
    return {}


@pytest.mark.parametrize("size", [1000, 1, 2, 5])
def test_batches_of_any_size_come_to_the_same(database: Database, backend: str, size: int, in_large_batches: dict[str, object]) -> None:
    result = lived(database, size)
    assert in_large_batches.setdefault(backend, result) == result


def test_a_sweep_broken_off_between_batches_goes_on_where_it_stood(database: Database) -> None:
    launched(database, Plan(occurrences=[occurrence("总结", rungs=((1, 0, day(3)),))], scopes={0: ALL}, stages=()))
    with database.write() as connection:
        connection.execute(t.obligation.update().values(state=_S.OPEN))
        bell = sweeping.next_bell(connection, day(3))
        while bell is not None and bell.kind is not Bell.RUNG:
            sweeping.finish_bell(connection, bell)
            bell = sweeping.next_bell(connection, day(3))
        assert bell is not None
        first = rungs.fire_rung(connection, bell, day(3), 3, plan_of_nobody())
        assert first is not None
        sweeping.move_cursor(connection, bell, first)
    assert len(told(database)) == 3
    sweep(database, day(3))
    assert len({code for code, *_ in told(database)}) == len(told(database)) == 8


def plan_of_nobody() -> RungPlan:
    return RungPlan(to_superior=False, superior_role="", root_id=0, top_is_told=False, before_launch=False)


def test_two_campaigns_are_swept_each_for_itself(database: Database) -> None:
    with database.write() as connection:
        first = launch(connection, Plan(occurrences=[occurrence("总结")]), "一")
        second = launch(connection, Plan(occurrences=[occurrence("总结", modality=Modality.MAY)], stages=(stage(0),)), "二")
    sweep(database, day(12))
    with database.read() as connection:
        assert all_finished(connection, second)
        assert set(positions(connection, first).values()) == {0}
        assert count(connection, t.overdue, t.overdue.c.campaign_id == first) == 5
        assert count(connection, t.overdue, t.overdue.c.campaign_id == second) == 0
        true_counts(connection, first)
        true_counts(connection, second)


def test_before_its_first_window_nobody_moves(database: Database) -> None:
    campaign = launched(database, Plan(occurrences=[occurrence("总结")], stages=(stage(0, 5, 30),)))
    for when, position in ((5 - SECOND, BEFORE), (5, 0)):
        sweep(database, day(when))
        with database.read() as connection:
            assert set(positions(connection, campaign).values()) == {position}
