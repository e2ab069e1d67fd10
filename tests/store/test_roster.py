"""A roster comes in: what is new is added, what is known is updated, nothing is deleted, and whoever moves takes all along."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from engine.machine.states import ObligationState
from engine.org.model import Person, Roster, Tenure
from engine.org.tree import BrokenTree
from engine.store import paths, people, queries, roster
from engine.store import tables as t
from engine.store.codes import Upstream
from engine.store.database import Database
from engine.store.paths import TreeTooDeep
from engine.store.roster import ImportReport, import_roster
from engine.store.stuck import stuck_cases
from tests.counts import wrong_counts
from tests.store.samples import (
    ALL,
    BRANCHES,
    START,
    Plan,
    count,
    day,
    ids,
    launch,
    occurrence,
    row,
    sample_roster,
    secretary,
    settle,
    states,
    sweep,
    unit,
)

_S = ObligationState


def bring(database: Database, *units: object, tenures: Sequence[Tenure] = (), now: datetime = START) -> ImportReport:
    with database.write() as connection:
        return import_roster(connection, Roster(units=units, tenures=tuple(tenures)), now)  # type: ignore[arg-type]  # units, all of them


def expect_sound(connection: Connection) -> None:
    """Every path is its superior's and one label; cases stand where their units do; the kept counts are true."""
    by_id = {found.id: found for found in connection.execute(select(t.unit))}
    for found in by_id.values():
        above = "" if found.superior_id is None else by_id[found.superior_id].path
        assert paths.parent(found.path) == above
    for case in connection.execute(select(t.cases)):
        assert (case.path, case.parent_path) == (by_id[case.unit_id].path, paths.parent(by_id[case.unit_id].path))
    for late in connection.execute(select(t.overdue.c.path, t.cases.c.path.label("at")).join(t.cases, t.cases.c.id == t.overdue.c.case_id)):
        assert late.path == late.at
    for campaign in connection.execute(select(t.campaign)):
        assert campaign.root_path == by_id[campaign.root_id].path
        assert wrong_counts(connection, campaign.id) == []


def test_a_first_roster_is_all_new(database: Database) -> None:
    with database.read() as connection:
        stored = roster.read_roster(connection)
        assert sorted(stored.units, key=lambda one: one.code) == sorted(sample_roster().units, key=lambda one: one.code)
        assert sorted(stored.tenures, key=lambda one: one.unit) == sorted(sample_roster().tenures, key=lambda one: one.unit)
        assert count(connection, t.person) == 9 and count(connection, t.tenure) == 8
        expect_sound(connection)


def test_the_same_roster_again_changes_nothing(database: Database) -> None:
    with database.read() as connection:
        before = [connection.execute(select(table).order_by(*table.primary_key)).all() for table in (t.unit, t.person, t.tenure)]
    report = bring(database, *sample_roster().units, tenures=sample_roster().tenures)
    assert report == ImportReport(
        added=(), changed=(), unchanged=8, missing=(), posts_added=0, posts_changed=0, posts_missing=(), persons=8
    )
    with database.read() as connection:
        assert [connection.execute(select(table).order_by(*table.primary_key)).all() for table in (t.unit, t.person, t.tenure)] == before


@pytest.mark.parametrize(
    "change",
    [
        {"name": "新名"},
        {"level": "支部"},
        {"kind": "教工"},
        {"since": date(2029, 1, 1)},
        {"until": date(2031, 1, 1)},
        {"attributes": {"人数": "9"}},
    ],
)
def test_what_changed_is_written_and_named(database: Database, change: dict[str, object]) -> None:
    changed = replace(unit("A1", "A"), **change)  # type: ignore[arg-type]  # one field of a unit
    report = bring(database, changed)
    assert (report.added, report.changed, report.unchanged) == ((), ("A1",), 0)
    with database.read() as connection:
        assert changed in roster.read_roster_units(connection)


def test_what_a_file_does_not_name_stays_and_is_reported(database: Database) -> None:
    report = bring(database, unit("校", None), unit("A", "校"), tenures=[secretary("A")])
    assert set(report.missing) == {"B", *BRANCHES}
    assert len(report.posts_missing) == 7 and any("B1" in said and "书记" in said for said in report.posts_missing)
    with database.read() as connection:
        assert count(connection, t.unit) == 8 and count(connection, t.tenure) == 8


def test_a_file_without_posts_reports_no_post_as_missing(database: Database) -> None:
    assert bring(database, *sample_roster().units).posts_missing == ()


def test_a_new_unit_gets_a_place_of_its_own_below_its_superior(database: Database) -> None:
    report = bring(database, unit("A4", "A"), unit("C", "校"), unit("C1", "C"))
    assert report.added == ("A4", "C", "C1")
    with database.read() as connection:
        expect_sound(connection)


def test_a_person_is_known_by_the_address_whatever_its_case(database: Database) -> None:
    moved = Tenure(unit="A2", post="组长", person=Person(name="新名", email="A1@Example.org", telephone="010-55550123"))
    report = bring(database, tenures=[moved])
    assert (report.posts_added, report.posts_changed, report.persons) == (1, 0, 1)
    with database.read() as connection:
        assert count(connection, t.person) == 9
        [found] = people.find_people(connection, "a1@example.org")
        assert (found.name, found.telephone) == ("新名", "010-55550123")
        assert {post for _, post in people.posts_of(connection, found.id, date(2030, 1, 1))} == {"书记", "组长"}


def test_a_new_address_of_the_same_name_at_the_same_post_is_the_same_person(database: Database) -> None:
    new = replace(secretary("A1"), person=Person(name="书记A1", email="new@example.org"))
    moved = [new if one.unit == "A1" else one for one in sample_roster().tenures]
    report = bring(database, *sample_roster().units, tenures=moved)
    assert (report.posts_added, report.posts_missing) == (0, ())
    with database.read() as connection:
        assert [found.name for found in people.find_people(connection, "new@example.org")] == ["书记A1"]
        assert count(connection, t.person) == 9 and not people.find_people(connection, "a1@example.org")


def test_whose_address_or_telephone_was_corrected_is_named(database: Database) -> None:
    person = replace(secretary("A1").person, telephone="010-55550199")
    assert bring(database, tenures=[replace(secretary("A1"), person=person)]).corrected == ("书记A1",)
    person = replace(person, email="corrected@example.org")
    report = bring(database, tenures=[replace(secretary("A1"), person=person)])
    assert (report.corrected, report.posts_added, report.posts_changed) == (("书记A1",), 0, 0)
    assert bring(database, tenures=[replace(secretary("A1"), person=person)]).corrected == ()


def wu(code: str, email: str = "", **days: date) -> Tenure:
    """吴刚 leads that unit."""
    return Tenure(unit=code, post="负责人", person=Person(name="吴刚", email=email), **days)


def leaders(database: Database, *codes: str) -> list[tuple[str, str]]:
    """Who leads these units, and the address."""
    with database.read() as connection:
        units = tuple(ids(connection)[code] for code in codes)
        return [(one.name, one.email) for one in people.holders(connection, units, date(2030, 1, 1)) if one.post == "负责人"]


@pytest.mark.parametrize(("before", "after"), [("", "wu@example.org"), ("wu@example.org", ""), ("wu@example.org", "gang@example.org")])
def test_an_address_that_is_added_changed_or_taken_away_leaves_the_person_the_same(database: Database, before: str, after: str) -> None:
    bring(database, tenures=[wu("A1", before)])
    with database.read() as connection:
        [known] = people.find_people(connection, "吴刚")
    report = bring(database, tenures=[wu("A1", after, since=date(2029, 9, 1))])
    assert (report.posts_added, report.posts_changed) == (0, 1)
    assert not any("吴刚" in missing for missing in report.posts_missing)
    with database.read() as connection:
        assert [(one.id, one.email) for one in people.find_people(connection, "吴刚")] == [(known.id, after)]
    assert bring(database, tenures=[wu("A1", after, since=date(2029, 9, 1))]).posts_changed == 0


def test_an_address_that_another_post_of_the_same_person_had_already_joins_the_two(database: Database) -> None:
    bring(database, tenures=[wu("A1"), wu("B1", "wu@example.org")])
    report = bring(database, tenures=[wu("A1", "wu@example.org"), wu("B1", "wu@example.org")])
    assert report.posts_added == 0 and not any("吴刚" in missing for missing in report.posts_missing)
    assert leaders(database, "A1", "B1") == [("吴刚", "wu@example.org")] * 2
    with database.read() as connection:
        [found] = people.find_people(connection, "wu@example.org")
        assert len(people.posts_of(connection, found.id, date(2030, 1, 1))) == 2


@pytest.mark.parametrize("named", [("A1", "B1"), ("A1",)])
def test_an_address_taken_away_from_somebody_with_posts_at_two_units_doubles_nobody(database: Database, named: tuple[str, ...]) -> None:
    """Without an address a name stands for one person within its unit only; what the file does not name keeps its address."""
    bring(database, tenures=[wu("A1", "wu@example.org"), wu("B1", "wu@example.org")])
    bring(database, tenures=[wu(code) for code in named])
    assert leaders(database, "A1") == [("吴刚", "")]
    assert leaders(database, "B1") == [("吴刚", "" if "B1" in named else "wu@example.org")]


def test_where_two_of_one_name_come_nobody_guesses_which_one_was_there(database: Database) -> None:
    bring(database, tenures=[wu("A1")])
    report = bring(database, tenures=[wu("A1", "one@example.org"), wu("A1", "two@example.org")])
    assert report.posts_added == 2 and "A1 负责人 吴刚" in report.posts_missing


def test_an_old_address_that_the_file_still_names_stays_with_its_person(database: Database) -> None:
    old = replace(secretary("A2"), unit="A3", post="组长", person=Person(name="书记A1", email="a1@example.org"))
    new = replace(secretary("A1"), person=Person(name="书记A1", email="new@example.org"))
    assert bring(database, tenures=[old, new]).posts_added == 2


@pytest.mark.parametrize(
    ("on", "holds"), [(date(2030, 4, 30), False), (date(2030, 5, 1), True), (date(2030, 6, 30), True), (date(2030, 7, 1), False)]
)
def test_a_post_is_held_from_its_first_to_its_last_day(database: Database, on: date, holds: bool) -> None:
    tenure = replace(secretary("A1"), since=date(2030, 5, 1), until=date(2030, 6, 30))
    assert bring(database, tenures=[tenure]).posts_changed == 1
    with database.read() as connection:
        found = people.holders(connection, (ids(connection)["A1"],), on)
    assert [holder.name for holder in found] == (["书记A1"] if holds else [])


def test_a_unit_whose_superior_nobody_knows_breaks_the_tree_and_nothing_is_written(database: Database) -> None:
    with pytest.raises(BrokenTree):
        bring(database, unit("C", "校"), unit("D1", "D"))
    with database.read() as connection:
        assert count(connection, t.unit) == 8


def test_a_tree_that_would_close_on_itself_is_refused(database: Database) -> None:
    with pytest.raises(BrokenTree):
        bring(database, unit("A", "A1"))


# Moving.


def test_whoever_moves_takes_along_all_below_with_cases_and_counts(database: Database) -> None:
    with database.write() as connection:
        campaign = launch(connection, Plan(occurrences=[occurrence("总结")], scopes={0: ALL}))
    sweep(database, day(12))
    report = bring(database, unit("A", "B"))
    assert report.changed == ("A",)
    with database.read() as connection:
        expect_sound(connection)
        top = roster.by_code(connection, "B")
        assert top is not None
        assert {found.code for found in roster.walk(connection, top.path)} == {"A", "A1", "A2", "A3", "B", "B1", "B2"}
        assert queries.stage_counts(connection, campaign, top.path) == {0: 7}
        stuck = stuck_cases(connection, campaign, top.path, day(12), stage=None, level=None)
        assert {one.case.code for one in stuck} == {"A", "A1", "A2", "A3", "B", "B1", "B2"}


def test_a_unit_moves_below_one_that_came_in_with_the_same_file(database: Database) -> None:
    assert bring(database, unit("C", "校"), unit("A", "C")).added == ("C",)
    with database.read() as connection:
        expect_sound(connection)


def test_whoever_comes_in_below_a_moved_unit_does_not_take_the_place_of_one_that_moved_along(database: Database) -> None:
    report = bring(database, unit("A", "B"), unit("A4", "A"), unit("A5", "A"))
    assert (report.added, report.changed) == (("A4", "A5"), ("A",))
    with database.read() as connection:
        expect_sound(connection)


def test_superior_and_subordinate_change_places(database: Database) -> None:
    bring(database, unit("A1", "校"), unit("A", "A1"), unit("A2", "A1"))
    with database.read() as connection:
        expect_sound(connection)
        found = roster.by_code(connection, "A3")
        assert found is not None and found.superior is not None and found.superior.superior is not None
        assert (found.superior.code, found.superior.superior.code) == ("A", "A1")


def test_a_campaign_over_a_moved_unit_goes_on_there(database: Database) -> None:
    with database.write() as connection:
        launch(connection, Plan(occurrences=[occurrence("总结")]))
        connection.execute(t.campaign.update().values(root_id=ids(connection)["A"], root_path=roster.by_code(connection, "A").path))  # type: ignore[union-attr]  # A is there
    bring(database, unit("A", "B"))
    with database.read() as connection:
        expect_sound(connection)


def test_what_waits_for_those_below_waits_for_those_who_are_there_now(database: Database) -> None:
    plan = Plan(
        occurrences=[occurrence("总结"), occurrence("汇总", scope=1)],
        scopes={0: BRANCHES, 1: ("A", "B")},
        waits=((1, 0, Upstream.DIRECTLY_BELOW),),
    )
    with database.write() as connection:
        campaign = launch(connection, plan)
    sweep(database, day(2))
    with database.write() as connection:
        settle(connection, campaign, "B1", "总结", _S.ACCEPTED, day(3))
        assert [row(connection, campaign, code, "汇总").waits for code in "AB"] == [3, 1]
    bring(database, unit("B2", "A"))
    with database.write() as connection:
        assert [row(connection, campaign, code, "汇总").waits for code in "AB"] == [4, 0]
        assert states(connection, campaign, "汇总") == {"A": _S.SCHEDULED, "B": _S.OPEN}
    bring(database, unit("B2", "B"), unit("A1", "B"))
    with database.write() as connection:
        assert [row(connection, campaign, code, "汇总").waits for code in "AB"] == [2, 2]
        assert states(connection, campaign, "汇总") == {"A": _S.SCHEDULED, "B": _S.SCHEDULED}
        for code in ("A1", "A2", "A3", "B2"):
            settle(connection, campaign, code, "总结", _S.ACCEPTED, day(4))
        assert states(connection, campaign, "汇总") == {"A": _S.OPEN, "B": _S.OPEN}
        expect_sound(connection)


def test_a_tree_that_would_be_too_deep_is_refused_and_nothing_is_written(database: Database) -> None:
    deep = [unit("Z1", None), *(unit(f"Z{number}", f"Z{number - 1}") for number in range(2, 80))]
    bring(database, *deep)
    with pytest.raises(TreeTooDeep):
        bring(database, unit("A", "Z79"))
    with database.read() as connection:
        expect_sound(connection)
    bring(database, unit("B1", "Z79"))


codes = st.sampled_from(ALL[1:])


@given(moves=st.lists(st.tuples(codes, st.sampled_from((*ALL, "新"))), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_units_may_move_in_any_way_that_is_a_tree(database: Database, moves: list[tuple[str, str]]) -> None:
    newcomer = [unit("新", "校")] if any(superior == "新" for _, superior in moves) else []
    with suppress(BrokenTree):
        bring(database, *newcomer, *{code: unit(code, superior) for code, superior in moves}.values())
    with database.read() as connection:
        expect_sound(connection)


# Reading.


def test_a_unit_is_read_with_the_chain_above_it(database: Database) -> None:
    with database.read() as connection:
        found = roster.by_code(connection, "A1")
        assert found is not None and found.superior is not None and found.superior.superior is not None
        assert (found.superior.code, found.superior.superior.code, found.superior.superior.superior) == ("A", "校", None)
        assert roster.by_id(connection, found.id) == found
        assert roster.by_code(connection, "无") is None and roster.by_path(connection, "9999.") is None


def test_a_subtree_is_walked_superiors_first(database: Database) -> None:
    with database.read() as connection:
        assert [found.code for found in roster.walk(connection)] == ["校", "A", "A1", "A2", "A3", "B", "B1", "B2"]
        start = roster.by_code(connection, "B")
        assert start is not None
        walked = list(roster.walk(connection, start.path))
    assert [found.code for found in walked] == ["B", "B1", "B2"]
    assert walked[0].superior is not None and walked[0].superior.code == "校"


def test_after_a_walk_the_same_transaction_may_write(database: Database) -> None:
    with database.write() as connection:
        assert len(list(roster.walk(connection))) == 8
        connection.execute(t.setting.insert().values(key="a", value="b"))
        assert len(list(roster.walk(connection))) == 8
