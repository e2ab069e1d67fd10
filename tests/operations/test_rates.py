"""Only so many letters in a span of time, in all and to one domain: the rest waits, what cannot wait goes first, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.operations import telling
from engine.store import notices
from engine.store.claims import claimant
from engine.store.rates import Limit, Throttle
from notifiers.base import NotSent
from notifiers.fake import FakeNotifier
from tests.operations import world as w
from tests.operations.files import URGENT

MORNING = w.at(5, 24, 9)
HOUR = timedelta(hours=1)


def limit(count, within=HOUR):
    return Limit(count=count, within=within)


def deliver(world, now, total=None, by_domain=None):
    """A delivery of whoever may send only so many."""
    return telling.deliver(world.house, replace(world.post, limit=total, limit_by_domain=by_domain), now)


def addresses(world):
    return [sent.letter.to_address for sent in world.channel.sent]


def test_without_a_limit_all_go(spring):
    spring.sweep(MORNING)
    assert deliver(spring, MORNING).sent == 8


def test_what_is_too_much_waits_and_is_said_to(spring):
    spring.sweep(MORNING)
    done = deliver(spring, MORNING, limit(3))
    assert (done.composed, done.sent, done.waiting, done.later, done.slowed) == (8, 3, 5, 0, True)
    assert done.next_try == MORNING + HOUR


@pytest.mark.parametrize(("seconds", "sent"), [(-1, 0), (0, 3), (1, 3)])
def test_the_next_go_when_the_span_is_over(spring, seconds, sent):
    spring.sweep(MORNING)
    deliver(spring, MORNING, limit(3))
    assert deliver(spring, MORNING + HOUR + timedelta(seconds=seconds), limit(3)).sent == sent


def test_all_of_them_go_in_the_end_and_each_once(spring):
    spring.sweep(MORNING)
    for hours in range(4):
        deliver(spring, MORNING + hours * HOUR, limit(3))
    assert len(addresses(spring)) == len(set(addresses(spring))) == 8
    assert deliver(spring, MORNING + 4 * HOUR, limit(3)).slowed is False


def test_one_domain_that_is_full_holds_up_no_other(spring):
    spring.bring_in("G2B1,单位G2B1,党支部,G2\n", "G2B1,书记,书记G2B1,li@Other.example.org,,\n", w.at(5, 20))
    spring.sweep(MORNING)
    done = deliver(spring, MORNING, by_domain=limit(2))
    assert [address.partition("@")[2].lower() for address in addresses(spring)].count("example.org") == 2
    assert "li@Other.example.org" in addresses(spring)
    assert (done.waiting, done.next_try) == (5, MORNING + HOUR)


def test_both_limits_count(spring):
    spring.sweep(MORNING)
    assert deliver(spring, MORNING, limit(2), limit(5)).sent == 2
    assert deliver(spring, MORNING + timedelta(minutes=59), limit(100), limit(5)).sent == 3


def test_a_letter_that_was_refused_for_now_counts_too(spring):
    spring.channel.fail(NotSent("451 try later", cause="recipient"), times=2)
    spring.sweep(MORNING)
    done = deliver(spring, MORNING, limit(3))
    assert (done.later, done.sent) == (2, 1)


def test_what_cannot_wait_goes_first_though_it_was_written_last(make_world):
    world = make_world(w.launched(URGENT))
    now = w.at(6, 9, 9)
    world.act("G1B1", "乙", w.at(6, 1))
    world.sweep(now)
    deliver(world, now, limit(1))
    [first] = world.channel.sent
    assert "乙" in first.letter.text


def test_what_cannot_wait_overtakes_what_waits(spring):
    spring.hand_in("G1B1", "方案", w.at(5, 21), spring.paper(120))
    spring.sweep(MORNING)
    deliver(spring, MORNING, limit(3))
    spring.send_back("G1B1", "方案", MORNING + HOUR / 2)
    deliver(spring, MORNING + HOUR, limit(1))
    assert "g1b1@example.org" not in addresses(spring)[:3]
    deliver(spring, MORNING + HOUR, limit(4))
    assert addresses(spring)[3] == "g1b1@example.org"


def test_what_another_process_has_in_hand_counts(spring):
    spring.sweep(MORNING)
    deliver(spring, MORNING, limit(1))
    database = spring.house.database
    with claimant(database) as one, claimant(database) as other:
        with database.write() as connection:
            assert notices.claim(connection, MORNING, one, Throttle(limit(2))) is not None
        with database.write() as connection:
            assert notices.claim(connection, MORNING, other, Throttle(limit(2))) is None
            assert notices.claim(connection, MORNING, other, Throttle(None, limit(2))) is None
            assert notices.claim(connection, MORNING, other, Throttle(limit(3), limit(3))) is not None


def test_a_letter_that_waited_past_midnight_is_written_anew(spring):
    spring.sweep(MORNING)
    deliver(spring, MORNING, limit(7))
    assert len(addresses(spring)) == 7
    done = deliver(spring, w.at(5, 25, 9), limit(7))
    assert (done.dropped, done.sent) == (1, 1)
    assert "5月25日" in spring.channel.sent[-1].letter.text
    assert {one.state for one in spring.notices(w.at(5, 25, 9))} <= {"sent", "suppressed"}


@pytest.mark.parametrize(("seconds", "same"), [(-1, True), (0, False), (1, False)])
def test_a_letter_that_was_tried_is_tried_again_as_it_is_on_the_same_day(spring, seconds, same):
    spring.channel.fail(NotSent("451 try later", cause="recipient"), address="g1b1@example.org")
    spring.go(MORNING)
    before = next(letter.message_id for letter in spring.channel.attempts if letter.to_address == "g1b1@example.org")
    spring.deliver(w.at(5, 25) + timedelta(seconds=seconds))
    (letter,) = spring.channel.to("g1b1@example.org")
    assert (letter.message_id == before, "5月24日" in letter.text) == (same, same)


def test_of_a_letter_whose_answer_was_lost_nobody_knows_whether_it_came_so_it_goes_again_as_it_is(spring):
    spring.channel.fail(NotSent("lost", unknown=True, cause="lost"), address="g1b1@example.org", taken=True)
    spring.go(MORNING)
    spring.deliver(w.at(5, 25, 9))
    first, second = spring.channel.to("g1b1@example.org")
    assert first.message_id == second.message_id


def test_a_server_that_was_away_for_days_gets_one_letter_with_the_truth_and_no_backlog(spring):
    """Reminders of the 24th, the 28th and the 31st, a letter each, none of which it took."""
    spring.channel.fail(NotSent("451 try later", cause="recipient"), times=100, address="g1b1@example.org")
    for day in (24, 28, 31):
        spring.go(w.at(5, day, 9))
    spring.channel = FakeNotifier()
    spring.go(w.at(6, 1, 9))
    (text,) = spring.letters("G1B1")
    assert "今天是2010年6月1日" in text and "逾期" in text
