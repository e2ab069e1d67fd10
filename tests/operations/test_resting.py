"""A channel out of reach is left alone, for longer each time; the first letter taken, or whoever has mended it, ends that."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine.operations import resting, unreachable
from engine.operations.examining import examine
from engine.operations.foreseeing import foresee
from engine.operations.post import Nowhere, Post
from engine.progress import unwatched
from notifiers.base import Cause, NotSent
from tests.operations import world as w
from tests.operations.world import World

MORNING = w.at(5, 24, 9)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
AWAY = NotSent("connection refused", cause="unreachable")


def out_of_reach(world: World, times: int = 1000, cause: Cause = "unreachable") -> None:
    world.channel.fail(NotSent("connection refused", cause=cause), times=times)


def every_half_minute(world: World, now: datetime, until: datetime) -> list[int]:
    """What a running program does; after how many minutes it tried anything."""
    found = []
    begin = now
    while now < until:
        before = len(world.channel.attempts)
        world.deliver(now)
        found += [(now - begin) // MINUTE] if len(world.channel.attempts) > before else []
        now += 30 * SECOND
    return found


@pytest.mark.parametrize("cause", ["unreachable", "insecure", "login", "stranger", "busy", "sender"])
def test_a_server_that_refuses_everybody_is_asked_less_and_less_often(spring: World, cause: Cause) -> None:
    spring.sweep(MORNING)
    out_of_reach(spring, cause=cause)
    tried = every_half_minute(spring, MORNING, MORNING + timedelta(hours=4))
    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    # One letter each time, and not the whole house.
    assert len(spring.channel.attempts) == len(tried)


@pytest.mark.parametrize(("wait", "sent"), [(MINUTE - SECOND, 0), (MINUTE, 8), (MINUTE + SECOND, 8)])
def test_once_it_takes_a_letter_all_the_others_follow(spring: World, wait: timedelta, sent: int) -> None:
    out_of_reach(spring, times=1)
    spring.go(MORNING)
    told = spring.deliver(MORNING + wait)
    assert told.sent == sent
    assert (told.rests == ()) is bool(sent)


def test_the_next_time_it_begins_with_a_minute_again(spring: World) -> None:
    out_of_reach(spring, times=4)
    spring.sweep(MORNING)
    every_half_minute(spring, MORNING, MORNING + timedelta(hours=1))
    assert len(spring.channel.sent) == 8
    out_of_reach(spring)
    spring.sweep(w.at(6, 1, 9))
    assert every_half_minute(spring, w.at(6, 1, 9), w.at(6, 1, 9, 10)) == [0, 1, 3, 7]


def test_a_delivery_says_since_when_until_when_and_why(spring: World) -> None:
    out_of_reach(spring)
    spring.sweep(MORNING)
    spring.deliver(MORNING)
    told = spring.deliver(MORNING + MINUTE)
    [rest] = told.rests
    assert "网络" in rest.why.say("zh") and "network" in rest.why.say("en")
    assert (rest.since, rest.until, rest.tries) == (MORNING, MORNING + 3 * MINUTE, 2)
    quiet = spring.deliver(MORNING + 2 * MINUTE)
    assert (quiet.later, quiet.trouble, quiet.rests, quiet.next_try) == (0, None, (rest,), rest.until)


def test_the_doctor_sees_it_and_so_does_whoever_asks_what_does_not_arrive(spring: World) -> None:
    out_of_reach(spring)
    spring.go(MORNING)
    [finding] = [one for one in examine(spring.house, MORNING, files=False).findings if one.code == "channel-rests"]
    assert "fake" in finding.meaning.say("zh") and "campaign mail retry" in finding.advice.say("zh")
    assert [rest.channel for rest in unreachable.left_alone(spring.house)] == ["fake"]


def test_whoever_has_mended_it_has_all_of_them_tried_at_once(spring: World) -> None:
    out_of_reach(spring, times=3)
    spring.sweep(MORNING)
    every_half_minute(spring, MORNING, MORNING + 4 * MINUTE)
    now = MORNING + 4 * MINUTE
    assert spring.deliver(now).sent == 0
    done = unreachable.retry_all(spring.house, by=w.ADMIN, now=now)
    assert (done.channels, done.letters) == (("fake",), 8)
    assert spring.deliver(now).sent == 8
    assert unreachable.retry_all(spring.house, by=w.ADMIN, now=now).channels == ()
    assert [line.actor for line in spring.journal("mail-retried")] == [w.ADMIN]


@pytest.mark.parametrize(("letters", "rests"), [(resting.IN_A_ROW - 1, False), (resting.IN_A_ROW, True), (resting.IN_A_ROW + 1, True)])
def test_who_puts_off_everybody_is_left_alone_too(spring: World, letters: int, rests: bool) -> None:
    """Whatever it says of each: it is not about them."""
    row = resting.Resting("fake")
    said = [row.is_out_of_reach(NotSent("450 later", cause="recipient")) for _ in range(letters)]
    assert any(said) is rests
    with spring.house.database.write() as connection:
        row.end(connection)
    assert not row.is_out_of_reach(NotSent("450 later", cause="recipient"))


def test_one_that_is_refused_for_good_shows_that_somebody_is_there() -> None:
    row = resting.Resting("fake")
    for _ in range(resting.IN_A_ROW - 1):
        row.is_out_of_reach(NotSent("450 later", cause="recipient"))
    assert not row.is_out_of_reach(NotSent("550 no such user", permanent=True, cause="recipient"))
    assert not row.is_out_of_reach(NotSent("450 later", cause="recipient"))


def test_a_folder_that_is_full_may_be_tried_as_often_as_one_likes(spring: World) -> None:
    out_of_reach(spring, times=1, cause="storage")
    assert spring.go(MORNING).rests == ()
    assert spring.deliver(MORNING + SECOND).sent == 7


def test_of_two_programs_the_second_to_find_it_waits_no_longer(spring: World) -> None:
    one, other = resting.Resting("fake"), resting.Resting("fake")
    for each in (one, other):
        with spring.house.database.write() as connection:
            each.begin(connection, AWAY, MORNING)
    assert one.rest == other.rest is not None and other.rest.tries == 1


def test_what_a_day_brings_is_foreseen_as_if_every_channel_took_letters(spring: World) -> None:
    out_of_reach(spring)
    spring.go(MORNING)
    post = Post(notifier=Nowhere(name="fake"), lang="zh", sender_name="活动办", sender_address=w.OFFICE)
    with foresee(spring.house, post, None, date(2010, 5, 24), MORNING, unwatched) as foreseen:
        assert len(list(foreseen.lines())) == 8
