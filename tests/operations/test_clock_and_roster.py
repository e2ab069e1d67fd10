"""Time that never goes back, and rosters that come in while a campaign runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import FileProblems
from engine.operations import viewing
from engine.operations.context import REHEARSAL_START, NowRefused, TimeGoesBack, effective_now
from engine.operations.people import WhichPerson
from tests.operations import world as w
from tests.operations.files import SPRING

CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def live(make_world):
    """A live database."""
    return make_world(w.empty(kind="live"))


@pytest.fixture
def rehearsal(make_world):
    """A rehearsal."""
    return make_world(w.empty())


def test_a_live_database_refuses_a_given_now(live):
    """So that a typing slip cannot mail a year."""
    with pytest.raises(NowRefused):
        effective_now(live.house, CLOCK, CLOCK)
    assert effective_now(live.house, None, CLOCK) == CLOCK


@pytest.mark.parametrize("behind", [-SECOND, timedelta(), SECOND])
def test_a_clock_that_was_set_back_does_not_take_time_along(live, behind):
    w.load(live.house, SPRING, live.folder, CLOCK)
    assert effective_now(live.house, None, CLOCK - behind) == max(CLOCK, CLOCK - behind)


def test_a_rehearsal_begins_before_anything_one_would_rehearse(rehearsal):
    assert effective_now(rehearsal.house, None, CLOCK) == REHEARSAL_START


@pytest.mark.parametrize(("step", "refused"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
def test_a_rehearsal_never_goes_back(spring, step, refused):
    spring.sweep(w.at(6, 1))
    asked = w.at(6, 1) + step
    if refused:
        with pytest.raises(TimeGoesBack):
            effective_now(spring.house, asked, CLOCK)
    else:
        assert effective_now(spring.house, asked, CLOCK) == asked


def test_a_rehearsal_stays_where_it_was_left(spring):
    spring.sweep(w.at(6, 1))
    assert effective_now(spring.house, None, CLOCK) == w.at(6, 1)


def test_what_somebody_did_moves_the_rehearsal_along_too(spring):
    spring.act("S", "动员会", w.at(5, 20, 10))
    assert effective_now(spring.house, None, CLOCK) == w.at(5, 20, 10)


NEW = "G3,新总支,党总支,S\nG3B1,新支部,党支部,G3\n"


def test_a_dry_run_tells_what_an_import_would_do_and_writes_nothing(rehearsal):
    before = rehearsal.rows()
    tried = rehearsal.bring_in(NEW, "G3,书记,李新,li@example.org,,\n", dry=True)
    assert not tried.done
    assert rehearsal.rows() == before
    done = rehearsal.bring_in(NEW, "G3,书记,李新,li@example.org,,\n")
    assert done.done and done.report == tried.report
    assert done.report.added == ("G3", "G3B1")


def test_an_import_deletes_nothing_and_lists_what_the_file_does_not_name(rehearsal):
    report = rehearsal.bring_in(NEW).report
    assert set(report.missing) == set(w.SMALL)
    assert len(rehearsal.rows("unit")["unit"]) == len(w.SMALL) + 2


def test_the_same_roster_again_changes_nothing(rehearsal):
    rehearsal.bring_in(NEW)
    before = rehearsal.rows("unit", "person", "tenure")
    report = rehearsal.bring_in(NEW).report
    assert (report.added, report.changed, report.unchanged) == ((), (), 2)
    assert rehearsal.rows("unit", "person", "tenure") == before


def test_a_roster_with_errors_is_refused_as_a_whole_with_every_row(rehearsal):
    before = rehearsal.rows()
    with pytest.raises(FileProblems) as caught:
        rehearsal.bring_in("G3,新总支,党总支,S\nG4,甲,党总支,X9\nG5,乙,党总支,X8\n")
    assert [problem.line for problem in caught.value.problems] == [3, 4]
    assert rehearsal.rows() == before


def test_a_level_no_loaded_workflow_knows_is_refused(spring):
    with pytest.raises(FileProblems):
        spring.bring_in("G3,新会,分会,S\n")


def test_units_that_come_while_a_campaign_runs_are_counted_as_not_in_it(spring):
    assert spring.bring_in(NEW, now=w.at(5, 20)).idle == 2
    spring.sweep(w.at(6, 2))
    assert "G3" not in spring.stuck(w.at(6, 2))


def test_a_unit_renamed_is_shown_under_its_new_name(spring):
    spring.bring_in("G2B1,更名支部,党支部,G2\n", now=w.at(5, 20))
    spring.sweep(w.at(6, 2))
    assert spring.stuck(w.at(6, 2))["G2B1"].name == "更名支部"


BEGUN = w.at(5, 20)


def test_whoever_gets_an_address_goes_on_as_before(spring):
    """G2B3 came without one."""
    spring.hand_in("G2B3", "方案", BEGUN, spring.paper(120))
    spring.bring_in("G2B3,单位G2B3,党支部,G2\n", "G2B3,书记,书记G2B3,g2b3@example.org,,\n", BEGUN)
    spring.take_back("G2B3", "方案", BEGUN)
    spring.hand_in("G2B3", "方案", BEGUN, spring.paper(130), by="G2B3/书记")
    assert [line.posts for line in viewing.read_tree(spring.house, BEGUN, "G2B3")] == [(("书记", "书记G2B3"),)]


def test_people_of_one_name_are_told_apart_by_address_or_post(spring):
    posts = "G2B1,委员,吴刚,,,\nG2B2,委员,吴刚,,2009-01-01,2009-12-31\nG2B2,书记,吴刚,,,\nG1B1,委员,吴刚,wu@example.org,,\n"
    spring.bring_in("S,单位S,学校,\n", posts, BEGUN)
    with pytest.raises(WhichPerson) as caught:
        spring.hand_in("G2B1", "方案", BEGUN, spring.paper(120), by="吴刚")
    assert "“吴刚”：G2B1/委员、G2B2/书记、wu@example.org。" in caught.value.say("zh")


def test_whoever_lost_all_posts_to_another_address_of_the_same_name_is_nobody_to_choose_from(spring):
    spring.bring_in("S,单位S,学校,\n", "G2B1,书记,吴刚,,,\nG2B2,书记,吴刚,wu@example.org,,\n", BEGUN)
    spring.bring_in("S,单位S,学校,\n", "G2B1,书记,吴刚,wu@example.org,,\nG2B2,书记,吴刚,wu@example.org,,\n", BEGUN)
    assert spring.hand_in("G2B1", "方案", BEGUN, spring.paper(120), by="吴刚").state == "submitted"
