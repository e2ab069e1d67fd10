"""Extensions and waivers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.evidence.vault import Vault
from engine.operations.campaigns import TaskRef
from engine.operations.context import House
from engine.operations.granting import NothingUnder, Request, extend_under
from engine.operations.people import UnknownPerson
from engine.store.database import open_database
from tests.operations import world as w
from tests.operations.files import SPRING, STRICT

NOW = w.at(10, 20, 10)
DUE = date(2010, 10, 31)


def until_autumn(url):
    """The spring campaign in October, with its mail up to date; G1B1 has passed the first stage."""
    w.launched(SPRING)(url)
    with TemporaryDirectory() as folder:
        database = open_database(url)
        spring = w.World(house=House(database=database, vault=Vault(Path(folder) / "files")), folder=Path(folder))
        spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120))
        spring.accept("G1B1", "方案", w.at(5, 20))
        spring.go(NOW)
        database.dispose()


@pytest.fixture
def autumn(make_world):
    """The spring campaign as it stands in October."""
    return make_world(until_autumn)


def test_an_extension_gives_a_later_due_and_the_original_stays_visible(autumn):
    assert autumn.extend("G1B1", "总结", date(2010, 11, 10), NOW).due == "2010-11-10"
    duty = autumn.duty("G1B1", "总结", NOW)
    assert (duty.due, duty.original_due) == ("2010-11-10", "2010-10-31")
    message = autumn.blocker("G1B1", "总结", NOW).message.say("zh")
    assert "2010-11-10" in message and "原定 2010-10-31" in message
    other = autumn.duty("G1B2", "总结", NOW)
    assert (other.due, other.original_due) == ("2010-10-31", "")


@pytest.mark.parametrize(("day", "codes"), [(date(2010, 11, 19), []), (date(2010, 11, 20), []), (date(2010, 11, 21), ["too-far"])])
def test_an_extension_reaches_as_far_as_the_file_allows(autumn, day, codes):
    if codes:
        assert w.codes(w.refused(lambda: autumn.extend("G1B1", "总结", day, NOW))) == codes
    else:
        assert autumn.extend("G1B1", "总结", day, NOW).due == day.isoformat()


@pytest.mark.parametrize(("day", "codes"), [(date(2010, 10, 30), ["not-later"]), (DUE, ["not-later"]), (date(2010, 11, 1), [])])
def test_an_extension_must_be_later(autumn, day, codes):
    if codes:
        assert w.codes(w.refused(lambda: autumn.extend("G1B1", "总结", day, NOW))) == codes
    else:
        assert autumn.extend("G1B1", "总结", day, NOW).due == day.isoformat()


@pytest.mark.parametrize(
    ("now", "codes"), [(w.at(11, 5, 23, 59, 59), []), (w.at(11, 6), ["already-past"]), (w.at(11, 6, 0, 0, 1), ["already-past"])]
)
def test_an_extension_must_lie_ahead(spring, now, codes):
    spring.sweep(now)
    if codes:
        assert w.codes(w.refused(lambda: spring.extend("G1B1", "总结", date(2010, 11, 5), now))) == codes
    else:
        assert spring.duty("G1B1", "总结", now).overdue
        spring.extend("G1B1", "总结", date(2010, 11, 5), now)
        assert not spring.duty("G1B1", "总结", now).overdue


def test_an_extension_is_given_as_often_as_the_file_says(autumn):
    autumn.extend("G1B1", "总结", date(2010, 11, 5), NOW)
    assert w.codes(w.refused(lambda: autumn.extend("G1B1", "总结", date(2010, 11, 6), NOW))) == ["too-often"]


def test_an_extension_needs_somebody_entitled_a_reason_and_a_file_that_allows_it(autumn):
    day = date(2010, 11, 5)
    assert w.codes(w.refused(lambda: autumn.extend("G1B1", "总结", day, NOW, by="书记G1B1"))) == ["not-entitled"]
    assert w.codes(w.refused(lambda: autumn.extend("G1B1", "总结", day, NOW, by="书记G2"))) == ["not-entitled"]
    assert w.codes(w.refused(lambda: autumn.extend("G1B1", "总结", day, NOW, reason=""))) == ["no-reason"]
    assert w.codes(w.refused(lambda: autumn.extend("G1", "汇总", date(2011, 1, 5), NOW))) == ["not-allowed"]


def test_what_is_handed_in_needs_no_extension(autumn):
    autumn.act("G1B1", "总结", NOW)
    assert w.codes(w.refused(lambda: autumn.extend("G1B1", "总结", date(2010, 11, 5), NOW))) == ["wrong-state"]


def test_an_extension_of_what_is_overdue_ends_that_it_is_stuck_over_it(autumn):
    autumn.waive("G1B1", "点评@2010-Q3", NOW, by="书记S")
    now = w.at(11, 3)
    autumn.sweep(now)
    assert autumn.stuck(now)["G1B1"].since == w.at(11, 1)
    autumn.extend("G1B1", "总结", date(2010, 11, 12), now)
    assert "G1B1" not in autumn.stuck(now)
    autumn.sweep(w.at(11, 13))
    assert autumn.stuck(w.at(11, 13))["G1B1"].since == w.at(11, 13)


def test_the_reminder_after_an_extension_shows_the_new_date_and_the_old_one(autumn):
    """The wound of two well-known systems: the reminder that shows the old deadline."""
    autumn.extend("G1B1", "总结", date(2010, 11, 12), NOW)
    autumn.go(w.at(10, 20, 11))
    before = len(autumn.letters("G1B1"))
    autumn.go(w.at(11, 5, 9))
    text = autumn.letters("G1B1")[before:][-1]
    assert "2010年11月12日" in text and "2010年10月31日" in text


def test_the_rungs_follow_the_new_due_and_the_old_ones_are_silent(autumn):
    autumn.extend("G1B1", "总结", date(2010, 11, 12), NOW)
    autumn.sweep(w.at(11, 30))
    mine = [notice.due_at for notice in autumn.notices(w.at(11, 30)) if (notice.unit, notice.task, notice.kind) == ("G1B1", "总结", 1)]
    assert mine[:3] == [w.at(11, 5, 8, 30), w.at(11, 11, 8, 30), w.at(11, 12, 8, 30)]
    others = [notice.due_at for notice in autumn.notices(w.at(11, 30)) if (notice.unit, notice.task) == ("G1B2", "总结")]
    assert min(others) < w.at(11, 1)


def test_a_reminder_of_the_old_due_that_was_decided_already_is_suppressed_as_extended(spring):
    spring.go(w.at(10, 20))
    spring.sweep(w.at(10, 22, 9))
    decided = [
        notice for notice in spring.notices(w.at(10, 22, 9)) if (notice.unit, notice.task, notice.state) == ("G1B1", "总结", "decided")
    ]
    assert len(decided) == 1
    spring.extend("G1B1", "总结", date(2010, 11, 12), w.at(10, 22, 10))
    spring.deliver(w.at(10, 22, 11))
    (notice,) = [one for one in spring.notices(w.at(10, 22, 11)) if one.id == decided[0].id]
    assert (notice.state, notice.reason) == ("suppressed", "extended")


def test_the_owner_is_told_of_the_extension_by_whom_and_why(autumn):
    autumn.extend("G1B1", "总结", date(2010, 11, 12), NOW, reason="外出培训")
    autumn.go(w.at(10, 21, 9))
    text = autumn.letters("G1B1")[-1]
    assert "外出培训" in text and "书记G1" in text and "2010年11月12日" in text


def test_those_extended_to_the_same_day_share_one_deadline(autumn):
    before = len(autumn.rows("deadline")["deadline"])
    for code in ("G1B1", "G1B2", "G2B1"):
        autumn.extend(code, "总结", date(2010, 11, 12), NOW)
    assert len(autumn.rows("deadline")["deadline"]) == before + 1
    autumn.sweep(w.at(11, 13))
    told = [notice.unit for notice in autumn.notices(w.at(11, 13)) if notice.due_at == w.at(11, 11, 8, 30)]
    assert told == ["G1B1", "G1B2", "G2B1"]


def test_a_lock_that_hangs_on_the_due_moves_with_it_and_so_does_the_grace(make_world):
    world = make_world(w.launched(STRICT))
    world.sweep(w.at(6, 8))
    world.extend("G1B1", "快报", date(2010, 6, 14), w.at(6, 8))
    world.sweep(w.at(6, 16))
    assert (world.state("G1B1", "快报", w.at(6, 16)), world.duty("G1B1", "快报", w.at(6, 16)).overdue) == ("open", False)
    assert world.duty("G1B1", "快报", w.at(6, 17)).overdue
    world.sweep(w.at(6, 20))
    assert world.state("G1B1", "快报", w.at(6, 20)) == "lapsed"


def test_extending_under_a_node_gives_each_unit_the_same_by_the_same_rules(autumn):
    autumn.act("G1B1", "总结", NOW)
    autumn.accept("G1B1", "总结", NOW)
    autumn.extend("G1B2", "总结", date(2010, 11, 5), NOW)
    request = Request(by="书记G1", behalf=None, reason="停电")
    answers = extend_under(autumn.house, None, TaskRef.parse("总结"), "S", to=date(2010, 11, 10), request=request, now=NOW)
    found = {one.unit: one.answer.due if one.answer else w.codes(one.refusals)[0] for one in answers}
    assert found == {"G1B2": "too-often", "G1B3": "2010-11-10", "G2B1": "not-entitled", "G2B2": "not-entitled", "G2B3": "not-entitled"}


def test_a_vacant_post_in_the_midst_loses_nothing_of_what_became_of_the_others(make_world):
    world = make_world(w.launched(SPRING, who="half"))
    world.sweep(NOW)
    request = Request(by=w.ADMIN, behalf="owner", reason="停电")
    answers = extend_under(world.house, None, TaskRef.parse("总结"), "S", to=date(2010, 11, 10), request=request, now=NOW)
    found = {one.unit: one.error.code if one.error else "" for one in answers}
    assert found == {**dict.fromkeys(("G1B1", "G1B2", "G1B3"), "refused"), **dict.fromkeys(("G2B1", "G2B2", "G2B3"), "vacant-post")}


def test_whoever_is_not_known_is_told_once_before_anybody_is_extended(autumn):
    request = Request(by="没有这人", behalf=None, reason="停电")
    with pytest.raises(UnknownPerson):
        extend_under(autumn.house, None, TaskRef.parse("总结"), "S", to=date(2010, 11, 10), request=request, now=NOW)


def test_extending_under_a_node_where_nobody_owes_it_is_refused(autumn):
    request = Request(by="书记S", behalf=None, reason="停电")
    with pytest.raises(NothingUnder):
        extend_under(autumn.house, None, TaskRef.parse("汇总"), "G1B1", to=date(2011, 1, 10), request=request, now=NOW)


def test_a_waiver_ends_the_duty_and_is_told_and_journalled_with_its_reason(autumn):
    autumn.waive("G1B1", "总结", NOW, reason="与G1B2合并")
    autumn.go(w.at(10, 21, 9))
    assert autumn.state("G1B1", "总结", NOW) == "waived"
    assert "与G1B2合并" in autumn.letters("G1B1")[-1]
    (line,) = autumn.journal("waived")
    assert (line.actor, line.data["reason"]) == ("书记G1", "与G1B2合并")
    autumn.sweep(w.at(12, 1))
    assert all(
        notice.due_at < NOW for notice in autumn.notices(w.at(12, 1)) if (notice.unit, notice.task, notice.kind) == ("G1B1", "总结", 1)
    )


def test_what_is_done_cannot_be_waived(autumn):
    autumn.act("G1B1", "总结", NOW)
    autumn.accept("G1B1", "总结", NOW)
    assert w.codes(w.refused(lambda: autumn.waive("G1B1", "总结", NOW))) == ["wrong-state"]


def test_an_extension_does_not_use_up_the_waiver(autumn):
    autumn.extend("G1B1", "总结", date(2010, 11, 5), NOW)
    assert autumn.waive("G1B1", "总结", NOW).state == "waived"
