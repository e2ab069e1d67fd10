"""What is asked of the store gives the same answer on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from engine.machine.states import FINISHED, WITHDRAWN, ObligationState
from engine.store import campaigns, house, journal, people, queries, roster
from engine.store import tables as t
from engine.store.codes import CampaignState
from engine.store.database import Database
from engine.store.stuck import stuck_cases
from tests.store.samples import ALL, BRANCHES, START, Plan, count, day, ids, launch, occurrence, row, settle, stage, sweep

_S = ObligationState
SECOND = 1 / 86400


@pytest.fixture
def campaign(database: Database) -> int:
    """Two stages; all owe a report in the first and, but for the top, a show in the second; A1 is done with the first."""
    with database.write() as connection:
        occurrences = [
            occurrence("总结", rungs=((1, 0, day(3)),)),
            occurrence("展示", scope=1, stage=1, opens_at=day(5), due_at=day(40), late_at=day(41), reviewed=False),
        ]
        number = launch(connection, Plan(occurrences=occurrences, scopes={0: ALL, 1: ALL[1:]}))
    sweep(database, day(5))
    with database.write() as connection:
        settle(connection, number, "A1", "总结", _S.ACCEPTED, day(6))
    sweep(database, day(9))
    return number


def path(connection: Connection, code: str) -> str:
    found = roster.by_code(connection, code)
    assert found is not None
    return found.path


def stuck(database: Database, campaign: int, now: float, under: str = "校", **only: str | int) -> dict[str, object]:
    sweep(database, day(now))
    with database.read() as connection:
        chosen = {"stage": None, "level": None, **only}
        found = stuck_cases(connection, campaign, path(connection, under), day(now), **chosen)  # type: ignore[arg-type]  # as named
        return {one.case.code: one.since for one in found}


@pytest.mark.parametrize(("when", "late"), [(11 - SECOND, False), (11, True), (11 + SECOND, True)])
def test_a_case_is_stuck_from_the_instant_its_debt_is_late(database: Database, campaign: int, when: float, late: bool) -> None:
    assert stuck(database, campaign, when) == ({code: day(11) for code in ALL if code != "A1"} if late else {})


def test_a_case_in_a_closed_window_is_stuck_since_the_earlier_of_closing_and_lateness(database: Database, campaign: int) -> None:
    with database.write() as connection:
        connection.execute(t.overdue.delete())
    sweep(database, day(12))
    with database.write() as connection:
        connection.execute(t.overdue.delete().where(t.overdue.c.case_id != row(connection, campaign, "B1", "总结").case_id))
    assert stuck(database, campaign, 30)["B1"] == day(11)
    assert stuck(database, campaign, 30)["B2"] == day(30)


@pytest.mark.parametrize(
    ("under", "only", "expected"),
    [
        ("B", {}, {"B", "B1", "B2"}),
        ("A2", {}, {"A2"}),
        ("校", {"level": "党总支"}, {"A", "B"}),
        ("校", {"stage": 0}, {"校", "A", "A2", "A3", "B", "B1", "B2"}),
        ("校", {"stage": 1}, set()),
    ],
)
def test_who_is_stuck_is_found_by_subtree_stage_and_level(
    database: Database, campaign: int, under: str, only: dict[str, str | int], expected: set[str]
) -> None:
    assert set(stuck(database, campaign, 12, under, **only)) == expected


@pytest.mark.parametrize(("under", "expected"), [("校", {0: 7, 1: 1}), ("A", {0: 3, 1: 1}), ("A1", {1: 1}), ("B", {0: 3})])
def test_cases_are_counted_where_they_stand_within_any_subtree(
    database: Database, campaign: int, under: str, expected: dict[int, int]
) -> None:
    sweep(database, day(30))
    with database.read() as connection:
        assert queries.stage_counts(connection, campaign, path(connection, under)) == expected


def test_what_blocks_a_case_is_all_of_its_stage_and_what_it_owes_of_earlier_ones(database: Database, campaign: int) -> None:
    sweep(database, day(30))
    with database.write() as connection:
        first, second = row(connection, campaign, "A1", "总结").case_id, row(connection, campaign, "A2", "总结").case_id
        found = queries.blocking(connection, [first, second], day(30))
        assert [one.task for one in found[first]] == ["展示"] and [one.task for one in found[second]] == ["总结"]
        settle(connection, campaign, "A1", "总结", _S.RETURNED, day(31))
        assert [one.task for one in queries.blocking(connection, [first], day(31))[first]] == ["总结", "展示"]


def test_cases_are_read_in_the_order_of_the_tree(database: Database, campaign: int) -> None:
    with database.write() as connection:
        order = ["校", "A", "A1", "A2", "A3", "B", "B1", "B2"]
        assert [one.code for one in queries.all_cases(connection, campaign, path(connection, "校"))] == order
        c = t.cases.c
        for code, where in (("A2", FINISHED), ("B", WITHDRAWN)):
            connection.execute(t.cases.update().where(c.unit_id == ids(connection)[code]).values(stage=where))
        assert [one.code for one in queries.unfinished_cases(connection, campaign, path(connection, "A"))] == ["A", "A1", "A3"]
        assert [one.code for one in queries.all_cases(connection, campaign, path(connection, "校"))] == [one for one in order if one != "B"]
        case = queries.find_case(connection, campaign, ids(connection)["A2"])
        assert case is not None and (case.code, case.stage) == ("A2", FINISHED)
        assert queries.find_case(connection, campaign + 1, ids(connection)["A2"]) is None
        assert set(queries.cases_by_id(connection, list(range(1, 2000)))) == set(range(1, 9))


def test_lines_of_the_journal_come_in_the_order_written_with_their_names(database: Database, campaign: int) -> None:
    with database.write() as connection:
        found = row(connection, campaign, "A1", "总结")
        person = house.operator_id(connection, "张三")
        line = journal.Line(
            kind="accepted", recorded_at=day(9), campaign_id=campaign, case_id=found.case_id, occurrence_id=found.occurrence_id,
            actor_id=person, behalf_id=1, forced=True, data={"理由": "“好”\n"},
        )  # fmt: skip
        journal.write(connection, line)
        journal.write(connection, journal.Line(kind="imported", recorded_at=day(10)))
        last = queries.event_lines(connection, campaign, case_id=None, since=None, limit=2)
        assert [one.kind for one in last] == ["accepted", "imported"]
        said = last[0]
        assert (said.code, said.task, said.actor, said.forced, said.data, said.due_at) == (
            "A1",
            "总结",
            "张三",
            True,
            {"理由": "“好”\n"},
            None,
        )
        assert said.behalf is not None
        mine = queries.event_lines(connection, campaign, case_id=found.case_id, since=day(9), limit=99)
        assert [one.kind for one in mine] == ["accepted"]
        assert [one.kind for one in queries.event_lines(connection, campaign, case_id=None, since=day(10), limit=99)] == ["imported"]
        assert journal.last_instant(connection) == day(10)


def test_notices_are_read_with_unit_seat_and_task(database: Database, campaign: int) -> None:
    with database.read() as connection:
        under = path(connection, "A")
        lines = queries.notice_lines(connection, campaign, path=under, state=None, limit=99)
        assert [(one.code, one.seat_code, one.task, one.person, one.due_at) for one in lines] == [
            (code, code, "总结", None, day(3)) for code in ("A", "A1", "A2", "A3")
        ]
        assert queries.notice_lines(connection, campaign, path=under, state=2, limit=99) == ()
        assert len(queries.notice_lines(connection, campaign, path=under, state=0, limit=3)) == 3


# Workflows, campaigns, settings, persons who act.


def test_the_newest_version_of_a_workflow_is_meant_unless_one_is_named(database: Database) -> None:
    with database.write() as connection:
        first = campaigns.find_workflow(connection, "strive")
        values = {"name": "strive", "version": 3, "digest": "3" * 64, "file": "x", "source": "", "compiled": {"名": [1]}}
        campaigns.add_workflow(connection, {**values, "loaded_at": START, "loaded_by": 1})
        assert campaigns.find_workflow(connection, "strive").version == 3
        assert campaigns.find_workflow(connection, "strive", 1) == first
        assert campaigns.find_workflow(connection, "strive", 2) is None and campaigns.find_workflow(connection, "other") is None
        assert campaigns.find_workflow(connection, "strive").compiled == {"名": [1]}
        assert [one.version for one in campaigns.workflows(connection)] == [1, 3]


def test_a_campaign_is_read_with_its_compiled_workflow_and_its_stages(database: Database, campaign: int) -> None:
    with database.write() as connection:
        [found] = campaigns.all_campaigns(connection)
        assert (found.id, found.name, found.root_path) == (campaign, "争创", path(connection, "校"))
        assert campaigns.compiled(connection, found.workflow_id) == {"名": "争创"}
        assert [(one.position, one.opens_at) for one in found.stages] == [(0, day(0)), (1, day(30))]
        campaigns.set_mail(connection, campaign, True)
        campaigns.end_campaign(connection, campaign, CampaignState.CLOSED, day(9))
        [found] = campaigns.all_campaigns(connection)
        assert (found.mail_on, found.state, found.ended_at) == (False, CampaignState.CLOSED, day(9))


def test_periods_come_in_the_order_of_time(database: Database) -> None:
    quarters = [occurrence("点评", period=f"2030-Q{number}", due_at=day(90 * number)) for number in (3, 1, 2)]
    with database.write() as connection:
        number = launch(connection, Plan(occurrences=quarters, scopes={0: BRANCHES}, stages=(stage(0),)))
        assert campaigns.periods(connection, number, "点评") == ("2030-Q1", "2030-Q2", "2030-Q3")


def test_whoever_acts_without_standing_in_the_roster_is_one_person(database: Database) -> None:
    with database.write() as connection:
        before = count(connection, t.person)
        assert house.operator_id(connection, "李四") == house.operator_id(connection, "李四")
        assert count(connection, t.person) == before + 1
        assert people.find_people(connection, "李四") == () and "李四" not in people.person_names(connection)


def test_a_setting_is_kept_until_it_is_changed(database: Database) -> None:
    with database.write() as connection:
        for value in ("一", "二"):
            house.write_setting(connection, "new", value)
            assert house.read_setting(connection, "new") == value
        assert house.read_setting(connection, "none") is None
