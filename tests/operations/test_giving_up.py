"""How "at least once" ends: nobody has ever answered, or the server has put it off day after day; the office hears of it, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from engine.operations import reconciling, unreachable
from engine.store import notices
from engine.store import tables as t
from engine.store.claims import claimant
from engine.store.codes import NoticeKind
from notifiers.base import NotSent
from tests.operations import world as w
from tests.operations.world import World

MORNING = w.at(5, 24, 9)
HER = "g1b1@example.org"
DAY = timedelta(days=1)
LOST = NotSent("lost", unknown=True, cause="lost")
BUSY = NotSent("450 4.2.1 busy", cause="recipient")


def tries(world: World) -> list[str]:
    """The Message-IDs under which letters to her were tried."""
    return [letter.message_id for letter in world.channel.attempts if letter.to_address == HER]


def keep_trying(world: World, now: datetime, until: datetime) -> None:
    """Whenever her letter may be tried again."""
    while now < until:
        world.deliver(now)
        with world.house.database.read() as connection:
            _, following = notices.to_try_again(connection)
        now = max(following or until, now + timedelta(minutes=1))


def every_morning(world: World, first: datetime, days: int) -> None:
    for day in range(days):
        world.deliver(first + day * DAY)


def failure(world: World, now: datetime) -> unreachable.Failure:
    [one] = unreachable.failures(world.house, now)
    return one


def unreached(world: World, now: datetime) -> list[tuple[str, str]]:
    """What the office was told, or is to be."""
    return [(one.unit, one.state) for one in world.notices(now) if one.kind == NoticeKind.UNREACHED and one.unit == "G1B1"]


def hers(world: World, now: datetime) -> set[tuple[str, str]]:
    return {(one.state, one.reason) for one in world.notices(now) if one.unit == "G1B1" and one.kind == NoticeKind.RUNG}


def test_a_letter_that_nobody_answers_is_tried_eight_times_less_and_less_often(spring: World) -> None:
    spring.channel.fail(LOST, times=100, address=HER)
    spring.go(MORNING)
    keep_trying(spring, MORNING, MORNING + 9 * DAY)
    with spring.house.database.read() as connection:
        query = select(t.attempt.c.at).join(t.message, t.message.c.id == t.attempt.c.message_id)
        at = connection.execute(query.where(t.message.c.address == HER).order_by(t.attempt.c.id)).scalars().all()
    # The last line says that it was given up. Where nobody writes at night the wait lasts until the morning.
    assert len(tries(spring)) == 8 == len(at) - 1 and len(set(tries(spring))) == 1
    assert [(after - before) // timedelta(minutes=1) for before, after in pairwise(at)][:5] == [5, 20, 80, 320, 1280]
    assert max(after - before for before, after in pairwise(at)) <= timedelta(days=1, hours=1)


def test_then_it_has_failed_and_everybody_who_asks_is_told_that_it_may_have_arrived(spring: World) -> None:
    spring.channel.fail(LOST, times=100, address=HER)
    spring.go(MORNING)
    end = MORNING + 9 * DAY
    keep_trying(spring, MORNING, end)
    assert ("failed", "unanswered") in hers(spring, end)
    one = failure(spring, end)
    assert (one.address, one.outcome, one.words, one.dead) == (HER, "unanswered", "unanswered", False)
    # The office has been told, once: it is not told again by what else happens.
    assert unreached(spring, end) == [("G1B1", "sent")]
    assert any("G1B1" in letter.text for letter in spring.channel.to(w.OFFICE))
    assert reconciling.reconcile(spring.house, None, end).agrees


def test_whoever_says_that_her_address_is_right_has_it_told_once_more(spring: World) -> None:
    spring.channel.fail(LOST, times=8, address=HER)
    spring.go(MORNING)
    end = MORNING + 6 * DAY
    keep_trying(spring, MORNING, end)
    assert unreachable.retry(spring.house, "书记G1B1", by=w.ADMIN, now=end).notices == 1
    spring.deliver(end)
    assert len(spring.letters("G1B1")) == 1


@pytest.mark.parametrize(("after", "tried"), [(5 * DAY - timedelta(seconds=1), 2), (5 * DAY, 1), (5 * DAY + timedelta(seconds=1), 1)])
def test_five_days_after_nobody_answered_it_is_not_tried_any_more(spring: World, after: timedelta, tried: int) -> None:
    spring.channel.fail(LOST, address=HER)
    spring.go(MORNING)
    spring.deliver(MORNING + after)
    assert len(tries(spring)) == tried
    assert (("failed", "unanswered") in hers(spring, MORNING + after)) is (tried == 1)


def dies(world: World, at: datetime) -> str:
    """Whoever has a letter to her in hand is killed; the Message-ID."""
    world.channel.fail(NotSent("busy"), address=HER)
    world.go(MORNING)
    with claimant(world.house.database) as dying, world.house.database.write() as connection:
        return str(notices.claim(connection, at, dying).token)


@pytest.mark.parametrize(("after", "same"), [(5 * DAY - timedelta(seconds=1), True), (5 * DAY, False), (6 * DAY, False)])
def test_what_our_own_program_broke_off_is_told_as_it_is_now_some_days_later(spring: World, after: timedelta, same: bool) -> None:
    """Until then it may have come, and nothing else may say the same."""
    later = MORNING + timedelta(minutes=5)
    token = dies(spring, later)
    spring.channel.fail(NotSent("away"), address=HER)
    # It is seen at once that somebody died with it.
    spring.deliver(later)
    spring.deliver(later + after)
    assert (tries(spring)[-1] == token) is same
    assert len(spring.letters("G1B1")) == 1


def test_a_program_that_dies_with_it_again_and_again_does_not_send_it_for_ever(spring: World) -> None:
    later = MORNING + timedelta(minutes=5)
    spring.channel.fail(NotSent("busy"), address=HER)
    spring.go(MORNING)
    for _ in range(8):
        with claimant(spring.house.database) as dying, spring.house.database.write() as connection:
            assert notices.claim(connection, later, dying) is not None
    spring.deliver(later)
    assert spring.letters("G1B1") == [] and ("failed", "unanswered") in hers(spring, later)


def test_what_a_server_puts_off_on_five_days_has_failed_in_its_own_words(spring: World) -> None:
    spring.channel.fail(BUSY, times=1000, address=HER)
    spring.sweep(MORNING)
    every_morning(spring, MORNING, 5)
    assert failures_of(spring, MORNING + 5 * DAY) == []
    assert unreached(spring, MORNING + 5 * DAY) == []
    spring.deliver(MORNING + 5 * DAY)
    one = failure(spring, MORNING + 5 * DAY)
    assert (one.address, one.outcome, one.words, one.dead) == (HER, "put-off", "450 4.2.1 busy", False)
    spring.deliver(MORNING + 6 * DAY)
    assert unreached(spring, MORNING + 6 * DAY) == [("G1B1", "sent")]
    assert reconciling.reconcile(spring.house, None, MORNING + 6 * DAY).agrees


def failures_of(world: World, now: datetime) -> list[str]:
    return [one.outcome for one in unreachable.failures(world.house, now)]


@pytest.mark.parametrize("day", [1, 3, 4])
def test_one_letter_that_is_taken_begins_the_count_anew(spring: World, day: int) -> None:
    spring.channel.fail(BUSY, times=day, address=HER)
    spring.sweep(MORNING)
    every_morning(spring, MORNING, day + 1)
    assert len(spring.letters("G1B1")) == 1
    spring.channel.fail(BUSY, times=1000, address=HER)
    spring.sweep(w.at(6, 1, 9))
    every_morning(spring, w.at(6, 1, 9), 5)
    assert failures_of(spring, w.at(6, 6, 9)) == []
    spring.deliver(w.at(6, 6, 9))
    assert failures_of(spring, w.at(6, 6, 9)) == ["put-off"]


def test_days_on_which_the_whole_channel_was_away_do_not_count(spring: World) -> None:
    spring.sweep(MORNING)
    for day in range(9):
        spring.channel.fail(NotSent("no route", cause="unreachable"), times=1)
        spring.deliver(MORNING + day * DAY)
    assert failures_of(spring, MORNING + 9 * DAY) == []
    spring.deliver(MORNING + 9 * DAY)
    assert len(spring.letters("G1B1")) == 1


def test_after_it_has_failed_a_later_reminder_is_tried_as_any_other(spring: World) -> None:
    spring.channel.fail(BUSY, times=5, address=HER)
    spring.sweep(MORNING)
    every_morning(spring, MORNING, 6)
    assert failures_of(spring, MORNING + 5 * DAY) == ["put-off"]
    spring.go(w.at(6, 1, 9))
    # What came through to the same address ends that.
    assert len(spring.letters("G1B1")) == 1
    spring.deliver(w.at(6, 1, 10))
    assert failures_of(spring, w.at(6, 1, 10)) == []
