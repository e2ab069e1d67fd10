"""Review: accepting, and returning with a reason."""

from __future__ import annotations

import pytest

from engine.operations.judging import StillUsed
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import BY_POST, CHAIN, PACKAGE, SPRING

NOW = w.at(5, 20, 10)


@pytest.fixture
def handed_in(spring):
    """The plan of G1B1 lies with G1."""
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    return spring


def test_the_superior_accepts_and_the_gate_is_satisfied(handed_in):
    assert handed_in.accept("G1B1", "方案", NOW).state == "accepted"
    handed_in.sweep(w.at(6, 1))
    assert handed_in.stage("G1B1", w.at(6, 1)) == "推进"


@pytest.mark.parametrize("somebody", ["书记G2", "书记S", "书记G1B2"])
def test_nobody_else_reviews(handed_in, somebody):
    (verdict,) = w.refused(lambda: handed_in.accept("G1B1", "方案", NOW, by=somebody))
    assert verdict.code == "not-reviewer" and "书记G1" in verdict.sentence.say("zh")


@pytest.fixture
def direct(make_world):
    """One branch, D, stands directly below the top and is the last of the tree; G1 has somebody beside its secretary."""
    world = make_world(w.empty())
    world.bring_in("D,直属支部,党支部,S\n", "D,书记,书记D,d@example.org,,\nG1,组织委员,委员G1,wy@example.org,,\n")
    w.load(world.house, BY_POST, world.folder)
    w.start(world.house)
    return world


def test_a_post_named_by_the_file_reviews_whatever_unit_comes_last_in_the_tree(direct):
    direct.act("G1B1", "报告", NOW)
    assert w.codes(w.refused(lambda: direct.accept("G1B1", "报告", NOW, by="委员G1"))) == ["not-reviewer"]
    assert direct.accept("G1B1", "报告", NOW).state == "accepted"


def test_where_no_such_unit_stands_above_that_post_of_the_superior_reviews(direct):
    direct.act("D", "报告", NOW)
    assert w.codes(w.refused(lambda: direct.accept("D", "报告", NOW, by="书记G1"))) == ["not-reviewer"]
    assert direct.accept("D", "报告", NOW, by="书记S").state == "accepted"


def test_own_work_is_never_reviewed_by_who_handed_it_in(handed_in):
    assert "own-work" in w.codes(w.refused(lambda: handed_in.accept("G1B1", "方案", NOW, by="书记G1B1")))
    assert "own-work" in w.codes(w.refused(lambda: handed_in.send_back("G1B1", "方案", NOW, by="书记G1B1")))


def test_what_the_superior_handed_in_for_a_vacant_post_passes_to_the_next_above(make_world):
    """Nobody reviews their own work: here reviewer and stand-in are one person, so it goes up."""
    world = make_world(w.launched(SPRING, who="orphan"))
    world.hand_in("G2B3", "方案", NOW, world.paper(120), by="书记G2")
    assert [helper.person for helper in world.blocker("G2B3", "方案", NOW).can_unblock] == ["书记S"]
    assert "own-work" in w.codes(w.refused(lambda: world.accept("G2B3", "方案", NOW, by="书记G2")))
    assert world.accept("G2B3", "方案", NOW, by="书记S").state == "accepted"


def test_where_somebody_else_answers_for_the_reviewer_it_stays_there(spring):
    spring.hand_in("G1B3", "方案", NOW, spring.paper(121), by="书记G1")
    assert w.codes(w.refused(lambda: spring.accept("G1B3", "方案", NOW, by="书记G1"))) == ["own-work"]
    assert spring.accept("G1B3", "方案", NOW, by="副书记G1").state == "accepted"


def test_what_a_clerk_handed_in_for_her_is_her_own_work_too(make_world):
    world = make_world(w.launched(SPRING, who="orphan"))
    world.hand_in("G2B3", "方案", NOW, world.paper(120), by="干事", behalf="owner")
    assert "own-work" in w.codes(w.refused(lambda: world.accept("G2B3", "方案", NOW, by="书记G2")))
    assert world.accept("G2B3", "方案", NOW, by="干事", behalf="书记S").state == "accepted"


def test_once_the_post_is_filled_the_work_goes_to_the_reviewer_named_again(make_world):
    world = make_world(w.launched(SPRING, who="orphan"))
    world.hand_in("G2B3", "方案", NOW, world.paper(120), by="书记G2")
    world.send_back("G2B3", "方案", NOW, by="书记S")
    world.bring_in("G2B3,单位G2B3,党支部,G2\n", "G2B3,书记,新书记,new@example.org,,\n", NOW)
    world.hand_in("G2B3", "方案", w.at(5, 21), world.paper(130), by="新书记")
    assert world.accept("G2B3", "方案", w.at(5, 21), by="书记G2", version=2).state == "accepted"


def test_a_return_tells_the_owner_at_once_with_the_reason_and_by_whom(handed_in):
    handed_in.go(w.at(5, 24, 9))
    told = len(handed_in.letters("G1B1"))
    handed_in.send_back("G1B1", "方案", w.at(5, 24, 11), reason="请补充数据")
    handed_in.go(w.at(5, 24, 11))
    letters = handed_in.letters("G1B1")
    assert len(letters) == told + 1
    assert "请补充数据" in letters[-1] and "书记G1" in letters[-1]


def test_a_return_needs_a_reason(handed_in):
    assert w.codes(w.refused(lambda: handed_in.send_back("G1B1", "方案", NOW, reason=" "))) == ["no-reason"]


def test_what_is_returned_twice_is_told_twice(handed_in):
    """De-duplication by state would tell nobody the second time: the key needs the visit."""
    for attempt in (1, 2):
        handed_in.send_back("G1B1", "方案", w.at(5, 20 + attempt, 9), reason=f"理由{attempt}")
        handed_in.go(w.at(5, 20 + attempt, 9))
        handed_in.hand_in("G1B1", "方案", w.at(5, 20 + attempt, 10), handed_in.paper(120 + attempt))
    texts = handed_in.letters("G1B1")
    assert ["理由1" in texts[0], "理由2" in texts[1], len(texts)] == [True, True, 2]


def test_a_return_that_was_answered_before_the_mail_went_is_not_told(handed_in):
    handed_in.send_back("G1B1", "方案", w.at(5, 21, 9))
    handed_in.hand_in("G1B1", "方案", w.at(5, 21, 9), handed_in.paper(150))
    handed_in.go(w.at(5, 21, 9))
    assert handed_in.letters("G1B1") == []
    assert ("suppressed", "handed-in") in {(notice.state, notice.reason) for notice in handed_in.notices(w.at(5, 21, 9))}


def test_a_judgement_names_the_version_it_saw(handed_in):
    handed_in.send_back("G1B1", "方案", NOW, version=1)
    handed_in.hand_in("G1B1", "方案", w.at(5, 21), handed_in.paper(130))
    (verdict,) = w.refused(lambda: handed_in.accept("G1B1", "方案", w.at(5, 21), version=1))
    assert verdict.code == "newer-version"
    assert w.codes(w.refused(lambda: handed_in.accept("G1B1", "方案", w.at(5, 21), version=3))) == ["newer-version"]
    assert handed_in.accept("G1B1", "方案", w.at(5, 21), version=2).state == "accepted"
    assert handed_in.journal("accepted")[0].data["version"] == 2


def test_what_is_not_handed_in_cannot_be_judged(spring):
    assert w.codes(w.refused(lambda: spring.accept("G1B1", "方案", NOW))) == ["wrong-state"]
    assert w.codes(w.refused(lambda: spring.send_back("G1B1", "方案", NOW))) == ["wrong-state"]


def test_an_acceptance_can_be_taken_back_by_returning_and_holds_the_gate_again(handed_in):
    handed_in.accept("G1B1", "方案", NOW)
    handed_in.send_back("G1B1", "方案", NOW)
    handed_in.sweep(w.at(6, 1))
    assert handed_in.stage("G1B1", w.at(6, 1)) == "动员"
    assert handed_in.blocker("G1B1", "方案", w.at(5, 21)).code == "returned"


def test_what_was_late_and_is_returned_is_overdue_again(spring):
    spring.hand_in("G1B1", "方案", w.at(5, 31), spring.paper(120))
    assert "G1B2" in spring.stuck(w.at(6, 2)) and spring.blocker("G1B1", "方案", w.at(6, 2)).code == "in-review"
    spring.send_back("G1B1", "方案", w.at(6, 2))
    assert spring.duty("G1B1", "方案", w.at(6, 2)).overdue
    assert spring.stuck(w.at(6, 2))["G1B1"].since == w.at(6, 1)


@pytest.fixture
def built(make_world):
    """G1B1 has done its plan; what is built on it is open."""
    world = make_world(w.launched(CHAIN))
    world.act("G1B1", "计划", w.at(5, 20))
    world.act("G1B1", "实施", w.at(6, 2))
    world.accept("G1B1", "实施", w.at(6, 2))
    return world


def test_an_acceptance_on_which_nothing_rests_yet_can_be_returned(built):
    assert built.state("G1B1", "复盘", w.at(6, 3)) == "open"
    assert built.send_back("G1B1", "实施", w.at(6, 3)).state == "returned"
    assert built.state("G1B1", "复盘", w.at(6, 3)) == "scheduled"
    assert w.codes(w.refused(lambda: built.act("G1B1", "复盘", w.at(6, 3)))) == ["waits-for"]


def test_an_acceptance_on_which_something_rests_is_not_returned_under_it(built):
    built.act("G1B1", "复盘", w.at(6, 3))
    before = built.rows()
    with pytest.raises(StillUsed) as caught:
        built.send_back("G1B1", "实施", w.at(6, 3))
    assert "复盘" in caught.value.say("zh")
    assert built.rows() == before


def test_a_review_may_give_time_for_mending_but_never_less_than_there_was(make_world):
    world = make_world(w.launched(PACKAGE))
    for code, day, due in [("G1B1", w.at(6, 10), "2010-06-30"), ("G1B2", w.at(6, 20), "2010-06-30"), ("G2B1", w.at(6, 21), "2010-07-01")]:
        files = {name: world.paper(60, f"{name}.txt") for name in ("报告", "附表")}
        world.hand_in(code, "成套", day, files)
        assert world.send_back(code, "成套", day).due == due
    duty = world.duty("G2B1", "成套", w.at(7, 1))
    assert (duty.due, duty.original_due, duty.overdue) == ("2010-07-01", "2010-06-30", False)
    world.sweep(w.at(7, 2))
    assert world.duty("G2B1", "成套", w.at(7, 2)).overdue


def test_the_reviewer_is_told_what_waits_for_her(handed_in):
    handed_in.go(w.at(5, 20, 11))
    (text,) = handed_in.letters("G1")
    assert "单位G1B1" in text and "方案" in text


MENDING = """
workflow: 重做
version: 1
calendar: {timezone: Asia/Shanghai, holidays: CN, on_holiday: HOLIDAY}
window: 2010年6月—2010年8月底
organisation: {levels: [学校, 党总支, 党支部], posts: {书记: {acts: true, deputy: 副书记}, 副书记: {}}}
tasks:
  急报: {owner: 党支部, due: 6月10日前, artifact: document, review: {by: superior, rework: 10d}}
"""


@pytest.mark.parametrize(("told", "due"), [("keep", "2010-06-19"), ("next", "2010-06-21"), ("previous", "2010-06-18")])
def test_time_for_mending_that_ends_on_a_holiday_moves_as_every_due_day_does(make_world: MakeWorld, told: str, due: str) -> None:
    world = make_world(w.launched(MENDING.replace("HOLIDAY", told)))
    world.hand_in("G1B1", "急报", w.at(6, 8), world.paper(100))
    assert world.send_back("G1B1", "急报", w.at(6, 9, 9)).due == due
