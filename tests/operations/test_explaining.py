"""Why somebody got a mail, or did not: read from what stands written, for every way in which that comes about."""

from __future__ import annotations

from datetime import date

import pytest

from engine.operations.chasing import Chase, chase_laggards
from engine.operations.explaining import NoNotices, UnknownNotice, explain
from engine.operations.launching import switch_mail
from engine.operations.unreached import OfficeTold
from engine.store.codes import NoticeKind
from notifiers.base import NotSent
from tests.operations import world as w
from tests.operations.files import LADDERS, STRICT, head

MORNING = w.at(5, 24, 9)


def asked(world, now, code, **chosen):
    """The explanation of the first notice about that unit of which all that is so."""
    [number, *_] = [
        one.id for one in world.notices(now) if one.unit == code and all(getattr(one, name) == value for name, value in chosen.items())
    ]
    return explain(world.house, number, now)


def test_a_reminder_says_which_rung_it_is_and_from_which_due_it_counts(spring):
    spring.go(MORNING)
    found = asked(spring, MORNING, "G1B1")
    assert (found.unit, found.task, found.state, found.due_text) == ("G1B1", "方案", "sent", "2010-05-31")
    assert (found.rung.place, found.rung.at, found.rung.house) == (1, "-7d", True)
    assert (found.addressed.because, found.addressed.person, found.addressed.stands_in) == ("owner", "书记G1B1", False)
    assert found.letter.to == "书记G1B1"
    assert [one.outcome for one in found.letter.attempts] == ["sent"]
    assert found.letter.message_id.startswith("<")


def test_a_rung_that_an_author_wrote_names_file_and_line(make_world):
    world = make_world(w.launched(LADDERS))
    now = w.at(7, 30)
    world.go(now)
    found = [explain(world.house, one.id, now) for one in world.notices(now) if one.task != "家常" and one.kind == NoticeKind.RUNG]
    assert found
    for rung in [one.rung for one in found]:
        assert rung is not None
        assert not rung.house
        assert f"at: {rung.at}" in LADDERS.splitlines()[rung.line - 1]
        assert (rung.file, rung.path.rpartition(".")[2]) == ("workflow.yaml", "at")
    assert {one.addressed.because for one in found} >= {"owner", "superior"}


@pytest.mark.parametrize("told", [False, True])
def test_a_review_of_what_the_reviewer_handed_in_herself_is_explained_by_whoever_gets_it(spring, told):
    """Nobody leads G1B3: the secretary of G1 hands in for it, and her deputy has to judge."""
    now = w.at(5, 20, 10)
    spring.hand_in("G1B3", "方案", now, spring.paper(120), by="书记G1")
    if told:
        spring.deliver(now)
        assert spring.channel.to("g1.deputy@example.org")
    found = asked(spring, now, "G1B3", kind=NoticeKind.TO_REVIEW)
    assert (found.addressed.person, found.addressed.stands_in, found.state) == ("副书记G1", False, "sent" if told else "decided")


def test_a_chase_names_on_whose_behalf_it_was(spring):
    now = w.at(6, 4, 10)
    spring.go(now)
    chase_laggards(spring.house, None, Chase(under="G1B1", ref=None, by=w.ADMIN, words="", behalf="书记G1"), now)
    found = asked(spring, now, "G1B1", kind=NoticeKind.CHASED)
    assert (found.deed.actor, found.deed.behalf) == (w.ADMIN, "书记G1")
    spring.chase("G1B2", now)
    assert asked(spring, now, "G1B2", kind=NoticeKind.CHASED).deed.behalf == ""


MOVED = (
    head("moved")
    + """
tasks:
  周五: {owner: 党支部, due: 2010-06-18, ladder: [{at: 0d}]}
  周六: {owner: 党支部, due: 2010-06-19, ladder: [{at: 0d}]}
"""
)


@pytest.mark.parametrize(("task", "moved_from"), [("周五", None), ("周六", date(2010, 6, 19))])
def test_a_reminder_moved_from_a_day_off_says_so(make_world, task, moved_from):
    world = make_world(w.launched(MOVED))
    world.sweep(w.at(6, 30))
    rung = asked(world, w.at(6, 30), "G1B1", task=task).rung
    assert (rung.moved_from, rung.off_ladder) == (moved_from, False)


def test_what_had_passed_when_it_was_launched_says_so(make_world):
    world = make_world(w.launched(STRICT, now=w.at(6, 8)))
    now = w.at(6, 8, 9)
    world.go(now)
    early = asked(world, now, "G1B1", state="suppressed", reason="before-launch")
    assert early.before_launch
    assert not early.letter


def test_a_vacant_post_is_answered_for_from_above_and_a_deputy_stands_in(spring):
    spring.go(MORNING)
    found = asked(spring, MORNING, "G1B3").addressed
    assert (found.unit, found.person, found.post, found.stands_in) == ("G1B3", "书记G1", "单位G1 书记", True)


def test_who_has_no_address_is_not_told_and_the_office_is(spring):
    spring.go(MORNING)
    silent = asked(spring, MORNING, "G2B3", kind=NoticeKind.RUNG)
    office = asked(spring, MORNING, "G2B3", kind=NoticeKind.UNREACHED)
    assert (silent.state, silent.reason, silent.addressed.nobody, silent.letter) == ("suppressed", "no-address", "no-address", None)
    assert (office.state, office.addressed.because, office.letter.address) == ("sent", "office-unreached", w.OFFICE)


def test_of_what_reached_nobody_it_is_said_what_the_office_was_told(spring):
    spring.go(MORNING)
    office = asked(spring, MORNING, "G2B3", kind=NoticeKind.UNREACHED)
    assert asked(spring, MORNING, "G2B3", kind=NoticeKind.RUNG).office == OfficeTold(
        id=office.id, state="sent", reason="", at=MORNING, before=False
    )
    assert [(one.person, one.role, one.reason) for one in office.unreached] == [("书记G2B3", "owner", "no-address")]
    assert asked(spring, MORNING, "G2B1").office is None


def test_the_office_that_was_told_of_a_duty_before_is_not_said_to_be_told_of_its_extension(spring):
    spring.go(w.at(10, 25, 9))
    spring.extend("G2B3", "总结", date(2010, 11, 10), w.at(10, 26, 9))
    spring.go(w.at(10, 26, 10))
    found = asked(spring, w.at(10, 26, 10), "G2B3", kind=NoticeKind.EXTENDED)
    assert (found.reason, found.office.before, found.office.state) == ("no-address", True, "sent")


def test_a_return_names_who_returned_it_and_why(spring):
    spring.hand_in("G1B1", "方案", w.at(5, 25, 9), spring.paper(200))
    spring.send_back("G1B1", "方案", w.at(5, 26, 9), reason="数据不全")
    spring.go(w.at(5, 26, 10))
    found = asked(spring, w.at(5, 26, 10), "G1B1", kind=NoticeKind.RETURNED)
    assert (found.deed.kind, found.deed.actor, found.deed.reason, found.deed.at) == ("returned", "书记G1", "数据不全", w.at(5, 26, 9))
    review = asked(spring, w.at(5, 26, 10), "G1B1", kind=NoticeKind.TO_REVIEW)
    assert (review.addressed.because, review.addressed.unit, review.deed.kind) == ("reviewer", "G1", "handed_in")


def test_after_an_extension_both_dates_are_said_and_the_old_reminder_says_why_it_is_void(spring):
    spring.sweep(w.at(10, 25, 9))
    spring.extend("G1B1", "总结", date(2010, 11, 10), w.at(10, 26, 9))
    spring.go(w.at(11, 4, 9))
    now = w.at(11, 4, 10)
    void = asked(spring, now, "G1B1", task="总结", kind=NoticeKind.RUNG, reason="extended")
    fresh = asked(spring, now, "G1B1", task="总结", kind=NoticeKind.RUNG, state="sent")
    assert (void.due_text, void.original_due) == ("2010-10-31", "")
    assert (fresh.due_text, fresh.original_due) == ("2010-11-10", "2010-10-31")


def test_what_waits_says_for_what(spring):
    switch_mail(spring.house, None, on=False, by=w.ADMIN, now=w.at(5, 20))
    spring.go(MORNING)
    assert asked(spring, MORNING, "G1B1").waits_for == "mail-off"
    switch_mail(spring.house, None, on=True, by=w.ADMIN, now=MORNING)
    assert asked(spring, MORNING, "G1B1").waits_for == "next-round"
    spring.channel.fail(NotSent("451 later"), address="g1b1@example.org")
    spring.deliver(MORNING)
    tried = asked(spring, MORNING, "G1B1")
    assert (tried.state, tried.waits_for, next(one.words for one in tried.letter.attempts)[-9:]) == ("composed", "next-try", "451 later")
    assert tried.letter.next_try_at > MORNING


def test_a_second_matter_of_the_day_waits_for_tomorrow(spring):
    spring.go(MORNING)
    spring.hand_in("G1B1", "方案", w.at(5, 24, 10), spring.paper(200))
    spring.go(w.at(5, 24, 11))
    assert asked(spring, w.at(5, 24, 11), "G1B1", kind=NoticeKind.TO_REVIEW).waits_for == "letter-today"


def test_a_number_that_no_notice_has_is_refused_with_those_there_are(spring):
    with pytest.raises(NoNotices):
        explain(spring.house, 1, w.BEFORE)
    spring.sweep(MORNING)
    last = max(one.id for one in spring.notices(MORNING))
    assert explain(spring.house, last, MORNING).id == last
    with pytest.raises(UnknownNotice) as refused:
        explain(spring.house, last + 1, MORNING)
    assert str(last) in refused.value.say("zh")
