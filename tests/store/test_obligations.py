"""One obligation written back with all that hangs on it: counters, what waits for it, what is overdue, who is told."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, String, cast, select

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.store import awaited, counters, handed_in, obligations, walking
from engine.store import tables as t
from engine.store.codes import NoticeKind, Upstream
from engine.store.database import Database
from engine.store.failures import DatabaseFailed
from engine.store.handed_in import NewArtifact
from engine.store.launching import insert_deadline
from engine.store.waiting import count_waits
from tests.counts import wrong_counts
from tests.store.samples import (
    ALL,
    BRANCHES,
    Plan,
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
DONE = (_S.ACCEPTED, _S.WAIVED, _S.CANCELLED)


def running(database: Database, plan: Plan, now: float = 2) -> int:
    with database.write() as connection:
        campaign = launch(connection, plan)
    sweep(database, day(now))
    return campaign


def expect_true(connection: Connection, campaign: int) -> None:
    """What is kept is what the obligations say: counters, who is ready, who waits for how many."""
    assert wrong_counts(connection, campaign) == []
    kept = {(found.case_id, found.occurrence_id): found.waits for found in connection.execute(select(t.obligation))}
    count_waits(connection, campaign)
    assert {(found.case_id, found.occurrence_id): found.waits for found in connection.execute(select(t.obligation))} == kept
    ready = {found.case_id: found.stage for found in connection.execute(select(t.ready).where(t.ready.c.campaign_id == campaign))}
    walking_ = connection.execute(select(t.cases).where(t.cases.c.campaign_id == campaign, t.cases.c.stage < FINISHED))
    assert ready == {case.id: case.stage for case in walking_ if counters.missing(connection, case.id, case.stage) == 0}


# Dependencies.

WAITING: dict[Upstream, tuple[dict[int, tuple[str, ...]], str, list[str]]] = {
    Upstream.SAME: ({0: BRANCHES, 1: BRANCHES}, "A1", ["A1"]),
    Upstream.OWED: ({0: BRANCHES, 1: ("A", "B")}, "A", ["A1", "A2", "A3"]),
    Upstream.DIRECTLY_BELOW: ({0: ALL, 1: ALL}, "A", ["A1", "A2", "A3"]),
    Upstream.ALL_BELOW: ({0: ALL, 1: ("校",)}, "校", ["A", "A1", "A2", "A3", "B", "B1", "B2"]),
}


@pytest.mark.parametrize("reading", Upstream)
@pytest.mark.parametrize("done", DONE)
def test_what_waits_opens_with_the_last_that_is_done_and_waits_again_when_one_is_undone(
    database: Database, reading: Upstream, done: ObligationState
) -> None:
    scopes, who, first = WAITING[reading]
    about = {(0, code): code[0] for code in BRANCHES} if reading is Upstream.OWED else None
    plan = Plan(occurrences=[occurrence("先"), occurrence("后", scope=1)], scopes=scopes, owners=about, waits=((1, 0, reading),))
    campaign = running(database, plan)
    with database.write() as connection:
        for left, code in zip(range(len(first), 0, -1), first, strict=True):
            waiting = row(connection, campaign, who, "后")
            assert (waiting.waits, waiting.state) == (left, _S.SCHEDULED)
            settle(connection, campaign, code, "先", _S.SUBMITTED, day(3))
            settle(connection, campaign, code, "先", done, day(3))
            expect_true(connection, campaign)
        waiting = row(connection, campaign, who, "后")
        assert (waiting.waits, waiting.state) == (0, _S.OPEN)
        settle(connection, campaign, first[0], "先", _S.RETURNED, day(4))
        waiting = row(connection, campaign, who, "后")
        assert (waiting.waits, waiting.state) == (1, _S.SCHEDULED)
        expect_true(connection, campaign)


def test_what_was_handed_in_already_does_not_close_again(database: Database) -> None:
    plan = Plan(occurrences=[occurrence("先"), occurrence("后")], waits=((1, 0, Upstream.SAME),))
    campaign = running(database, plan)
    with database.write() as connection:
        settle(connection, campaign, "A1", "先", _S.ACCEPTED, day(3))
        settle(connection, campaign, "A1", "后", _S.SUBMITTED, day(3), version=1)
        assert obligations.dependents_used(connection, row(connection, campaign, "A1", "先")) == ("后一事",)
        assert obligations.dependents_used(connection, row(connection, campaign, "A2", "先")) == ()
        settle(connection, campaign, "A1", "先", _S.RETURNED, day(4))
        assert row(connection, campaign, "A1", "后").state is _S.SUBMITTED


def test_what_waits_does_not_open_before_its_opening(database: Database) -> None:
    plan = Plan(occurrences=[occurrence("先"), occurrence("后", opens_at=day(9))], waits=((1, 0, Upstream.SAME),))
    campaign = running(database, plan)
    with database.write() as connection:
        settle(connection, campaign, "A1", "先", _S.ACCEPTED, day(3))
        assert row(connection, campaign, "A1", "后").state is _S.SCHEDULED
    sweep(database, day(9))
    with database.read() as connection:
        assert states(connection, campaign, "后") == {**dict.fromkeys(BRANCHES, _S.SCHEDULED), "A1": _S.OPEN}


def test_what_waits_and_opens_on_entry_does_not_open_before_its_case_is_there(database: Database) -> None:
    plan = Plan(occurrences=[occurrence("先"), occurrence("后", stage=1, on_entry=True)], waits=((1, 0, Upstream.SAME),))
    campaign = running(database, plan)
    with database.write() as connection:
        there = row(connection, campaign, "A1", "先")
        walking.move_case(connection, campaign, there.case_id, there.path, 0, 1, day(3))
        for code in ("A1", "B2"):
            settle(connection, campaign, code, "先", _S.ACCEPTED, day(3))
        assert states(connection, campaign, "后") == {**dict.fromkeys(BRANCHES, _S.SCHEDULED), "A1": _S.OPEN}
    sweep(database, day(30))
    with database.read() as connection:
        assert states(connection, campaign, "后") == {**dict.fromkeys(BRANCHES, _S.SCHEDULED), "A1": _S.OPEN, "B2": _S.OPEN}


def test_what_is_waited_for_is_told_with_its_numbers_and_some_names(database: Database) -> None:
    plan = Plan(
        occurrences=[occurrence("先"), occurrence("后", scope=1)], scopes={0: BRANCHES, 1: ("校",)}, waits=((1, 0, Upstream.ALL_BELOW),)
    )
    campaign = running(database, plan)
    with database.write() as connection:
        settle(connection, campaign, "A1", "先", _S.ACCEPTED, day(3))
        [told] = awaited.waits(connection, row(connection, campaign, "校", "后"))
        units = ids(connection)
        assert (told.task, told.total, told.undone, told.units[:2]) == ("先", 5, 4, (units["A2"], units["A3"]))
        assert awaited.waits(connection, row(connection, campaign, "A1", "先")) == ()


@pytest.mark.parametrize(
    ("reading", "waiting", "expected"), [(Upstream.DIRECTLY_BELOW, "校", 2), (Upstream.ALL_BELOW, "校", 7), (Upstream.ALL_BELOW, "A", 3)]
)
def test_only_those_below_are_counted_as_waited_for(database: Database, reading: Upstream, waiting: str, expected: int) -> None:
    plan = Plan(occurrences=[occurrence("先"), occurrence("后", scope=1)], scopes={0: ALL, 1: (waiting,)}, waits=((1, 0, reading),))
    campaign = running(database, plan)
    with database.read() as connection:
        found = row(connection, campaign, waiting, "后")
        [told] = awaited.waits(connection, found)
        assert (found.waits, told.undone, told.total) == (expected, expected, expected)


def test_two_campaigns_over_the_same_units_do_not_wait_for_each_other(database: Database) -> None:
    plan = Plan(
        occurrences=[occurrence("先"), occurrence("后", scope=1)], scopes={0: BRANCHES, 1: ("A",)}, waits=((1, 0, Upstream.DIRECTLY_BELOW),)
    )
    with database.write() as connection:
        first, second = launch(connection, plan, "一"), launch(connection, plan, "二")
        settle(connection, first, "A1", "先", _S.ACCEPTED, day(3))
        assert [row(connection, campaign, "A", "后").waits for campaign in (first, second)] == [2, 3]


# Counters, readiness and debts.


@pytest.mark.parametrize("modality", Modality)
def test_only_what_gates_is_counted(database: Database, modality: Modality) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结", modality=modality)], stages=(stage(0),)), now=0.5)
    with database.read() as connection:
        assert set(positions(connection, campaign).values()) == ({0} if modality.gates else {FINISHED})


def test_a_debt_that_comes_back_holds_the_next_gate(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结")], stages=(stage(0), stage(1), stage(2))))
    with database.write() as connection:
        settle(connection, campaign, "A1", "总结", _S.ACCEPTED, day(3))
    sweep(database, day(31))
    with database.write() as connection:
        assert positions(connection, campaign)["A1"] == 1
        settle(connection, campaign, "A1", "总结", _S.RETURNED, day(32))
        expect_true(connection, campaign)
    sweep(database, day(61))
    with database.write() as connection:
        assert positions(connection, campaign)["A1"] == 1
        settle(connection, campaign, "A1", "总结", _S.ACCEPTED, day(62))
    sweep(database, day(62))
    with database.read() as connection:
        assert positions(connection, campaign)["A1"] == FINISHED
        expect_true(connection, campaign)


def test_a_debt_that_comes_back_after_the_end_moves_nobody(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结")], stages=(stage(0),)))
    with database.write() as connection:
        settle(connection, campaign, "A1", "总结", _S.ACCEPTED, day(3))
    sweep(database, day(3))
    with database.write() as connection:
        moves = count(connection, t.event, t.event.c.kind == "moved")
        settle(connection, campaign, "A1", "总结", _S.RETURNED, day(4))
        settle(connection, campaign, "A1", "总结", _S.ACCEPTED, day(5))
        expect_true(connection, campaign)
    assert sweep(database, day(6)) == 0
    with database.read() as connection:
        assert (positions(connection, campaign)["A1"], count(connection, t.event, t.event.c.kind == "moved")) == (FINISHED, moves)


steps = st.lists(
    st.tuples(st.sampled_from(BRANCHES), st.sampled_from(["一", "二", "三"]), st.sampled_from([*ObligationState][1:]) | st.none()),
    min_size=1,
    max_size=12,
)


@given(steps=steps)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_stays_true_whatever_is_done_in_whatever_order(
    database: Database, steps: list[tuple[str, str, ObligationState | None]]
) -> None:
    plan = Plan(
        stages=(stage(0), stage(1)),
        occurrences=[occurrence("一"), occurrence("二", stage=1), occurrence("三", modality=Modality.MAY), occurrence("四", scope=1)],
        scopes={0: BRANCHES, 1: ("A", "B")},
        waits=((1, 0, Upstream.SAME), (3, 1, Upstream.DIRECTLY_BELOW)),
    )
    with database.write() as connection:
        connection.execute(t.campaign.update().values(name=cast(t.campaign.c.id, String)))
        campaign = launch(connection, plan)
    now = day(2)
    sweep(database, now)
    for number, (code, task, state) in enumerate(steps):
        now = day(2 + 3 * number)
        with database.write() as connection:
            found = row(connection, campaign, code, task)
            if state is not None:
                settle(connection, campaign, code, task, state, now)
            elif found.case_stage < FINISHED:
                target = FINISHED if found.case_stage == 1 else found.case_stage + 1
                walking.move_case(connection, campaign, found.case_id, found.path, found.case_stage, target, now)
                if target < FINISHED and counters.missing(connection, found.case_id, target) == 0:
                    counters.make_ready(connection, campaign, found.case_id, target, now)
            expect_true(connection, campaign)
        sweep(database, now, size=2)
        with database.write() as connection:
            expect_true(connection, campaign)


# What is handed in, overdue, told; other deadlines.


def test_versions_are_kept_beside_each_other(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结")]))
    with database.write() as connection:
        found = row(connection, campaign, "A1", "总结")
        for version in (1, 2):
            items = [NewArtifact(item=item, digest=str(version) * 64, name="总结.docx", size=3 * 2**31) for item in ("正文", "附表")]
            handed_in.add_artifacts(connection, found, version, items, day(3), 1)
        assert [kept.version for kept in handed_in.artifacts(connection, found)] == [1, 1, 2, 2]
        assert [(kept.item, kept.size) for kept in handed_in.artifacts(connection, found, 2)] == [
            ("正文", 3 * 2**31),
            ("附表", 3 * 2**31),
        ]


def test_what_the_checks_said_last_is_remembered_until_it_is_in_order(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结")]))
    with database.write() as connection:
        found = row(connection, campaign, "A1", "总结")
        for said in ("还差 14 字", "还差 2 字"):
            handed_in.set_refusal(connection, found, [{"shortfall": said}], day(3))
        assert handed_in.refusals(connection, [found.case_id]) == {found.key: [{"shortfall": "还差 2 字"}]}
        handed_in.clear_refusal(connection, found)
        assert handed_in.refusals(connection, [found.case_id]) == {}


def test_what_is_overdue_is_entered_once_with_its_first_instant(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结"), occurrence("典型", modality=Modality.MAY)]))
    with database.write() as connection:
        for when in (day(11), day(12)):
            obligations.mark_overdue(connection, row(connection, campaign, "A1", "总结"), when)
            obligations.mark_overdue(connection, row(connection, campaign, "A1", "典型"), when)
        assert connection.execute(select(t.overdue.c.since)).scalars().all() == [day(11)]
        obligations.clear_overdue(connection, row(connection, campaign, "A1", "总结"), day(13))
        assert count(connection, t.overdue) == 0


def test_the_same_thing_is_not_told_twice(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结")]))
    with database.write() as connection:
        found = row(connection, campaign, "A1", "总结")
        obligations.tell(connection, found, NoticeKind.TO_REVIEW, 1, found.reviewer_id, "审核人", day(3))
        obligations.tell(connection, found, NoticeKind.TO_REVIEW, 2, found.reviewer_id, "审核人", day(3))
    with pytest.raises(DatabaseFailed), database.write() as connection:
        obligations.tell(connection, found, NoticeKind.TO_REVIEW, 2, found.reviewer_id, "审核人", day(4))


def test_whoever_is_given_a_later_due_is_not_late_at_the_old_one(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结", lock_at=day(12))]))
    with database.write() as connection:
        found = row(connection, campaign, "A1", "总结")
        later = insert_deadline(
            connection, campaign, found.occurrence_id, due_at=day(20), due_text="2030-01-20", late_at=day(21), lock_at=day(22),
            original=False, rungs=[(1, 0, day(19))],
        )  # fmt: skip
        obligations.set_deadline(connection, found, later, day(3), counted=True)
        assert obligations.find_deadline(connection, found.occurrence_id, day(20), day(22)) == later
        assert obligations.find_deadline(connection, found.occurrence_id, day(20), None) is None
    sweep(database, day(15))
    with database.read() as connection:
        assert states(connection, campaign, "总结") == {**dict.fromkeys(BRANCHES, _S.LAPSED), "A1": _S.OPEN}
        found = row(connection, campaign, "A1", "总结")
        assert (found.due_at, found.original_due_at, found.extensions) == (day(20), day(10), 1)
    sweep(database, day(22))
    with database.read() as connection:
        assert row(connection, campaign, "A1", "总结").state is _S.LAPSED
        assert count(connection, t.notice) == 1 and count(connection, t.overdue) == 5


def test_who_is_reopened_keeps_its_due_and_loses_its_lock(database: Database) -> None:
    campaign = running(database, Plan(occurrences=[occurrence("总结", lock_at=day(12))]), now=13)
    with database.write() as connection:
        for code in ("A1", "A2"):
            found = row(connection, campaign, code, "总结")
            walking.unlock(connection, found, day(14))
            settle(connection, campaign, code, "总结", _S.OPEN, day(14))
        first, second = row(connection, campaign, "A1", "总结"), row(connection, campaign, "A2", "总结")
        assert (first.due_at, first.lock_at, first.deadline_id) == (day(10), None, second.deadline_id)
        expect_true(connection, campaign)
    assert sweep(database, day(29)) >= 0
    with database.read() as connection:
        assert states(connection, campaign, "总结")["A1"] is _S.OPEN
