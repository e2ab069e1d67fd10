"""A launch writes every row it should, by sets, the same on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from engine.machine.states import BEFORE, Modality, ObligationState
from engine.store import counters, launching
from engine.store import tables as t
from engine.store.codes import Bell, Upstream
from engine.store.database import Database
from tests.counts import wrong_counts
from tests.store.samples import ALL, BRANCHES, START, Plan, count, day, ids, launch, occurrence, row, stage

_S = ObligationState


def plan() -> Plan:
    return Plan(
        stages=(stage(0), stage(1)),
        occurrences=[
            occurrence("方案", scope=0, rungs=((1, 0, day(3)), (2, 1, day(9)))),
            occurrence("总结", scope=1, stage=1, opens_at=day(31), due_at=day(40), late_at=day(42), lock_at=day(50)),
            occurrence("典型", scope=1, modality=Modality.MAY, due_at=None, late_at=None, due_text=""),
        ],
        scopes={0: ALL, 1: BRANCHES},
        waits=((1, 0, Upstream.SAME),),
    )


def test_every_unit_that_owes_something_has_a_case_before_the_first_stage(database: Database) -> None:
    with database.write() as connection:
        campaign = launch(connection, plan())
        query = select(t.unit.c.code, t.cases.c.path, t.unit.c.path.label("at"), t.cases.c.parent_path, t.cases.c.stage)
        rows = connection.execute(query.join(t.cases, t.cases.c.unit_id == t.unit.c.id).where(t.cases.c.campaign_id == campaign)).all()
    assert sorted(found.code for found in rows) == sorted(ALL)
    assert all(found.path == found.at and found.parent_path == found.path[:-5] for found in rows)
    assert {found.stage for found in rows} == {BEFORE}


def test_every_unit_of_a_selection_owes_every_occurrence_of_it(database: Database) -> None:
    with database.write() as connection:
        campaign = launch(connection, plan())
        rows = connection.execute(select(t.obligation)).all()
        assert len(rows) == len(ALL) + 2 * len(BRANCHES)
        assert {(one.state, one.settled, one.subject, one.version, one.attempt, one.extensions) for one in rows} == {(0, False, 0, 0, 1, 0)}
        units = ids(connection)
        found = row(connection, campaign, "A1", "总结")
    assert (found.owner_id, found.reviewer_id) == (units["A1"], units["A"])
    assert (found.state, found.modality, found.waits, found.case_stage) == (_S.SCHEDULED, Modality.MUST, 1, BEFORE)
    assert (found.due_at, found.late_at, found.lock_at, found.original_due_at) == (day(40), day(42), day(50), day(40))


def test_every_instant_has_its_bell(database: Database) -> None:
    with database.write() as connection:
        launch(connection, plan())
        rows = connection.execute(select(t.agenda.c.kind, t.agenda.c.at)).all()
    assert sorted((Bell(kind).name, at) for kind, at in rows) == sorted(
        [
            ("STAGE_OPENS", day(0)), ("STAGE_CLOSES", day(30)), ("STAGE_OPENS", day(30)), ("STAGE_CLOSES", day(60)),
            ("OCCURRENCE_OPENS", day(1)), ("OCCURRENCE_OPENS", day(1)), ("OCCURRENCE_OPENS", day(31)),
            ("RUNG", day(3)), ("RUNG", day(9)), ("LATE", day(11)), ("LATE", day(42)), ("LOCK", day(50)),
        ]
    )  # fmt: skip


@pytest.mark.parametrize(("opens_at", "bells"), [(None, 0), (day(1), 1)])
def test_only_an_opening_that_is_pending_has_no_bell(database: Database, opens_at: datetime | None, bells: int) -> None:
    with database.write() as connection:
        undated = occurrence("方案", pending_on="党的十八大", opens_at=opens_at, due_at=None, late_at=None)
        launch(connection, Plan(occurrences=[undated], stages=()))
        assert count(connection, t.agenda) == bells


def test_the_kept_counts_begin_true_and_leave_out_what_never_gates(database: Database) -> None:
    with database.write() as connection:
        campaign = launch(connection, plan())
        assert wrong_counts(connection, campaign) == []
        assert connection.execute(select(func.sum(t.progress.c.missing))).scalar_one() == len(ALL) + len(BRANCHES)
        assert connection.execute(select(func.sum(t.tally.c.n))).scalar_one() == len(ALL)
        assert counters.missing(connection, row(connection, campaign, "A1", "典型").case_id, 0) == 1


def test_two_campaigns_over_the_same_units_do_not_touch(database: Database) -> None:
    with database.write() as connection:
        first = launch(connection, plan(), "一")
        second = launch(connection, Plan(occurrences=[occurrence("方案")]), "二")
        assert wrong_counts(connection, first) == wrong_counts(connection, second) == []
        assert row(connection, first, "A1", "总结").waits == 1
        assert row(connection, second, "A1", "方案").waits == 0


@pytest.mark.parametrize(
    ("reading", "upstream", "waiting", "expected"),
    [
        (Upstream.SAME, BRANCHES, BRANCHES, {"A1": 1, "B2": 1}),
        (Upstream.SAME, ("A1",), BRANCHES, {"A1": 1, "B2": 0}),
        (Upstream.DIRECTLY_BELOW, ALL, ALL, {"校": 2, "A": 3, "B": 2, "A1": 0}),
        (Upstream.ALL_BELOW, ALL, ALL, {"校": 7, "A": 3, "B": 2, "A1": 0}),
        (Upstream.ALL_BELOW, BRANCHES, ("校",), {"校": 5}),
    ],
)
def test_each_obligation_knows_how_many_it_waits_for(
    database: Database, reading: Upstream, upstream: tuple[str, ...], waiting: tuple[str, ...], expected: dict[str, int]
) -> None:
    chosen = Plan(occurrences=[occurrence("先"), occurrence("后", scope=1)], scopes={0: upstream, 1: waiting}, waits=((1, 0, reading),))
    with database.write() as connection:
        campaign = launch(connection, chosen)
        assert {code: row(connection, campaign, code, "后").waits for code in expected} == expected


def test_what_a_unit_owes_about_others_is_waited_for_by_itself(database: Database) -> None:
    about = {(0, code): code[0] for code in BRANCHES}
    chosen = Plan(
        occurrences=[occurrence("点评"), occurrence("汇总", scope=1)],
        scopes={0: BRANCHES, 1: ("A", "B")},
        owners=about,
        waits=((1, 0, Upstream.OWED),),
    )
    with database.write() as connection:
        campaign = launch(connection, chosen)
        assert {code: row(connection, campaign, code, "汇总").waits for code in ("A", "B")} == {"A": 3, "B": 2}


def test_a_campaign_is_answered_once_something_was_handed_in(database: Database) -> None:
    with database.write() as connection:
        campaign = launch(connection, plan())
        assert not launching.has_answers(connection, campaign)
        connection.execute(t.obligation.update().where(t.obligation.c.case_id == 1).values(version=1))
        assert launching.has_answers(connection, campaign)


def test_a_silenced_campaign_rings_no_bell(database: Database) -> None:
    with database.write() as connection:
        first, second = launch(connection, plan(), "一"), launch(connection, plan(), "二")
        launching.silence(connection, first)
        assert count(connection, t.agenda, t.agenda.c.campaign_id == first) == 0
        assert count(connection, t.agenda, t.agenda.c.campaign_id == second) == 12
        assert count(connection, t.ready) == len(ALL)


def test_every_case_is_ready_for_the_first_stage(database: Database) -> None:
    with database.write() as connection:
        launch(connection, plan())
        assert {tuple(found) for found in connection.execute(select(t.ready.c.stage, t.ready.c.since))} == {(BEFORE, START)}
