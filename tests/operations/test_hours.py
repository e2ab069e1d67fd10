"""Sending hours: what is not urgent waits for them, unwritten; what is urgent does not; and everybody who asks is told so."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine.operations import hours
from engine.operations.campaigns import TaskRef
from engine.operations.explaining import explain
from engine.operations.foreseeing import foresee
from engine.operations.launching import switch_mail
from engine.operations.post import Nowhere, Post
from engine.operations.previewing import Wanted, preview_of
from engine.operations.supposing import Kind
from engine.progress import unwatched
from engine.scheduler import one_round
from engine.store import house as facts
from engine.store.codes import NoticeKind
from engine.wiring.house import move_clock
from notifiers.base import NotSent
from notifiers.fake import FakeNotifier
from tests.operations import world as w
from tests.operations.files import SPRING, URGENT, head
from tests.operations.world import World

# 20 May 2010 is a Thursday.
THURSDAY = w.at(5, 20, 9)
NIGHT = w.at(5, 20, 22)
MAY = w.at(5, 31)
# Nothing else is to be told in these days.
SECOND = timedelta(seconds=1)
HOURLY = (
    head("hourly")
    + """
tasks:
  快报: {owner: 党支部, due: 2010-06-10, ladder: [{at: -4h}]}
"""
)
# What is urgent falls due in the middle of the night.
BOTH = (
    head("both")
    + """
tasks:
  平件: {owner: 党支部, due: 6月30日前, review: superior, ladder: [{at: -1d}]}
  急件: {owner: 党支部, due: 6月10日前, urgent: true, ladder: [{at: -1h}]}
"""
)
# It opens when its reminder should have gone already.
SHORT = (
    head("short")
    + """
tasks:
  急报:
    owner: 党支部
    opens: 2010-06-10 10:00
    due: 2010-06-10 12:00
    urgent: true
    ladder: [{at: -4h}, {at: -30min, every: 10min, most: 2}]
"""
)


def name_hours(world: World, text: str | None, *, working_days: bool = False) -> hours.Changed:
    wanted = None if text is None else hours.hours_of(text, working_days=working_days)
    return hours.change_hours(world.house, wanted, by=w.ADMIN, now=w.BEFORE)


def send_back(world: World, now: datetime = THURSDAY) -> None:
    """The branch G2B1 has its plan returned, and need not be reminded of it yet."""
    world.hand_in("G2B1", "方案", now, world.paper(120))
    world.send_back("G2B1", "方案", now)


@pytest.mark.parametrize(
    ("now", "letters"),
    [
        (w.at(5, 20, 6, 59, 59), 0),
        (w.at(5, 20, 7), 1),
        (w.at(5, 20, 7, 0, 1), 1),
        (w.at(5, 20, 21, 59, 59), 1),
        (w.at(5, 20, 22), 0),
        (w.at(5, 20, 22, 0, 1), 0),
    ],
)
def test_what_is_told_at_once_is_not_told_at_night_though_nobody_has_named_hours(spring, now, letters):
    send_back(spring, w.at(5, 20, 1))
    spring.deliver(now)
    assert len(spring.letters("G2B1")) == letters


def test_it_is_told_when_the_hours_begin_as_things_stand_by_then(spring):
    send_back(spring)
    found = spring.deliver(NIGHT)
    assert (found.composed, found.sent, found.opens_at) == (0, 0, w.at(5, 21, 7))
    # The return, and the review, of which it will be seen in the morning that nobody need be told any more.
    assert found.quiet == 2
    spring.hand_in("G2B1", "方案", w.at(5, 21, 6), spring.paper(130, "b.txt"))
    spring.deliver(w.at(5, 21, 7))
    assert spring.letters("G2B1") == [] and len(spring.letters("G2")) == 1


def test_a_reminder_goes_when_its_ladder_says_so_where_nobody_has_named_hours(make_world):
    world = make_world(w.launched(HOURLY))
    world.go(w.at(6, 10, 19, 59, 59))
    assert world.letters("G1B1") == []
    world.go(w.at(6, 10, 20))
    assert len(world.letters("G1B1")) == 1


@pytest.mark.parametrize(
    ("now", "letters"),
    [
        (w.at(6, 10, 9, 59, 59), 0),
        (w.at(6, 10, 10), 1),
        (w.at(6, 10, 11, 29, 59), 1),
        (w.at(6, 10, 11, 30), 2),
        (w.at(6, 10, 11, 39, 59), 2),
        (w.at(6, 10, 11, 40), 3),
    ],
)
def test_a_reminder_by_the_hour_that_had_passed_at_the_opening_comes_with_it(make_world, now, letters):
    """At the office's next hour, on the morning after, it would have been too late."""
    world = make_world(w.launched(SHORT))
    for at in (w.at(6, 10, 8), w.at(6, 10, 9, 59, 59), w.at(6, 10, 10), w.at(6, 10, 11, 29, 59), w.at(6, 10, 11, 30), now):
        if at <= now:
            world.go(at)
    assert len(world.letters("G1B1")) == letters


@pytest.mark.parametrize(
    ("now", "heading"),
    [
        (w.at(6, 10, 11, 59, 59), "今天到期（1 项）"),
        (w.at(6, 10, 12), "今天到期（1 项）"),
        (w.at(6, 10, 12, 0, 1), "已经逾期，请尽快办理（1 项）"),
    ],
)
def test_what_is_due_at_a_time_of_day_says_so_and_is_overdue_after_it(make_world, now, heading):
    world = make_world(w.launched(SHORT))
    world.sweep(w.at(6, 10, 11, 30))
    world.deliver(now)
    [text] = world.letters("G1B1")
    assert heading in text and "2010年6月10日（周四）12:00" in text


def test_a_launch_after_all_its_hours_tells_of_it_at_once(make_world):
    launch = w.at(6, 10, 11, 45)
    world = make_world(w.launched(SHORT, now=launch))
    world.go(launch)
    assert len(world.letters("G1B1")) == 1 and "12:00" in world.letters("G1B1")[0]


LATE = (
    head("late")
    + """
tasks:
  夜报: {owner: 党支部, due: 2010-06-10, ladder: [{at: -30min}]}
"""
)


@pytest.mark.parametrize(
    ("now", "letters"),
    [
        (w.at(6, 10, 23, 30), 1),
        (w.at(6, 11, 0, 30), 1),
        (w.at(6, 11, 0, 30, 1), 0),
        (w.at(6, 11, 6, 59, 59), 0),
        (w.at(6, 11, 7), 1),
        (w.at(6, 11, 7, 0, 1), 1),
    ],
)
def test_a_reminder_goes_at_night_only_at_the_hour_that_its_ladder_names(make_world, now, letters):
    """After an outage it waits for the morning, though nobody has named hours."""
    world = make_world(w.launched(LATE, kind="live", who="full"))
    world.sweep(w.at(6, 10, 23, 30))
    found = world.deliver(now)
    assert len(world.letters("G1B1")) == letters
    assert found.opens_at == (None if letters else w.at(6, 11, 7))


@pytest.mark.parametrize("kept_from", ["the server", "the office"])
def test_what_is_left_over_does_not_go_at_midnight(make_world, kept_from):
    world = make_world(w.launched(SPRING, kind="live"))
    morning = w.at(5, 24, 9)
    if kept_from == "the server":
        world.channel.fail(NotSent("450 later", cause="recipient"), times=10, address="g1b1@example.org")
    if kept_from == "the office":
        switch_mail(world.house, None, on=False, by=w.ADMIN, now=morning)
    world.go(morning)
    assert world.letters("G1B1") == []
    world.channel = FakeNotifier()
    switch_mail(world.house, None, on=True, by=w.ADMIN, now=w.at(5, 24, 23))
    for now in (w.at(5, 25), w.at(5, 25, 0, 0, 30), w.at(5, 25, 6, 59, 59)):
        assert world.deliver(now).sent == 0
    world.deliver(w.at(5, 25, 7))
    assert len(world.letters("G1B1")) == 1


def test_in_a_rehearsal_a_day_to_which_one_moves_is_meant_whole(make_world):
    """Nobody says by `--now 2010-05-25` that it is midnight."""
    world = make_world(w.launched(SPRING))
    world.go(w.at(5, 25))
    assert len(world.letters("G1B1")) == 1


@pytest.mark.parametrize(("now", "letters"), [(w.at(6, 11, 8, 59, 59), 0), (w.at(6, 11, 9), 1), (w.at(6, 11, 9, 0, 1), 1)])
def test_a_reminder_too_waits_for_hours_that_the_office_has_named(make_world, now, letters):
    world = make_world(w.launched(HOURLY))
    name_hours(world, "09:00-18:00")
    assert world.go(w.at(6, 10, 20)).opens_at == w.at(6, 11, 9)
    world.go(now)
    assert len(world.letters("G1B1")) == letters


@pytest.mark.parametrize(("urgent", "letters"), [("urgent: true", 1), ("urgent: false", 0)])
def test_what_is_urgent_goes_at_any_hour_on_any_day(make_world, urgent, letters):
    world = make_world(w.launched(URGENT.replace("urgent: true", urgent)))
    name_hours(world, "09:00-18:00", working_days=True)
    # A Saturday night.
    world.act("G2B1", "乙", w.at(6, 5, 3))
    world.deliver(w.at(6, 5, 3))
    assert len(world.letters("G2")) == letters


@pytest.mark.parametrize(
    ("now", "letters"),
    [(w.at(5, 21, 17, 59, 59), 1), (w.at(5, 22, 10), 0), (w.at(5, 23, 12), 0), (w.at(5, 24, 7, 59, 59), 0), (w.at(5, 24, 8), 1)],
)
def test_on_working_days_only_what_happens_on_a_weekend_is_told_on_monday(spring, now, letters):
    name_hours(spring, "08:00-18:00", working_days=True)
    send_back(spring, w.at(5, 21, 17))
    spring.deliver(now)
    assert len(spring.letters("G2B1")) == letters


def test_whoever_is_written_to_at_night_all_the_same_is_told_the_rest_with_it(make_world):
    """A letter about one thing, and in the morning another about the other, would be twice the nuisance."""
    world = make_world(w.launched(BOTH))
    world.act("G2B1", "平件", w.at(6, 10, 21))
    world.send_back("G2B1", "平件", w.at(6, 10, 21))
    world.go(w.at(6, 10, 22) - SECOND)
    assert len(world.letters("G2B1")) == 1
    world.act("G2B2", "平件", w.at(6, 10, 22))
    world.send_back("G2B2", "平件", w.at(6, 10, 22))
    world.go(w.at(6, 10, 23) - SECOND)
    assert len(world.letters("G2B2")) == 0
    world.go(w.at(6, 10, 23))
    assert [len(world.letters(code)) for code in ("G2B1", "G2B2")] == [2, 1]
    assert "退回" in world.letters("G2B2")[0] and "急件" in world.letters("G2B2")[0]


def test_what_is_urgent_for_one_wakes_nobody_else(make_world):
    world = make_world(w.launched(BOTH))
    world.act("G2B2", "急件", w.at(6, 10, 9))
    world.act("G2B2", "平件", w.at(6, 10, 22))
    world.send_back("G2B2", "平件", w.at(6, 10, 22))
    told = world.go(w.at(6, 10, 23))
    # Nothing is written either that would not be so any more in the morning.
    assert told.composed == told.sent > 0
    assert len(world.letters("G2B1")) == 1 and world.letters("G2B2") == []


def test_a_reminder_that_is_not_urgent_waits_beside_one_that_is(make_world):
    world = make_world(w.launched(HOURLY + "  急报: {owner: 党总支, due: 2010-06-10, urgent: true, ladder: [{at: -4h}]}\n"))
    name_hours(world, "09:00-18:00")
    world.go(w.at(6, 10, 20))
    # G1 stands in for G1B3, which nobody leads, and is told of both.
    assert [len(world.letters(code)) for code in ("G1", "G2", "G1B1", "G2B1")] == [1, 1, 0, 0]
    assert "单位G1B3：快报" in world.letters("G1")[0]


def test_a_letter_that_could_not_go_in_time_is_not_tried_at_night_and_counts_no_attempt(spring):
    send_back(spring)
    evening = w.at(5, 20, 21, 57)
    spring.channel.fail(NotSent("unreachable", permanent=False))
    assert spring.deliver(evening).later == 1
    assert len(spring.channel.attempts) == 1
    for later in (w.at(5, 20, 22, 2), w.at(5, 21, 2), w.at(5, 21, 7) - SECOND):
        assert spring.deliver(later).sent == 0
    assert len(spring.channel.attempts) == 1
    spring.deliver(w.at(5, 21, 7))
    assert len(spring.letters("G2B1")) == 1


def test_a_letter_that_nobody_knows_to_have_come_waits_too_and_keeps_its_id(spring):
    send_back(spring)
    spring.channel.fail(NotSent("lost", permanent=False, unknown=True))
    spring.deliver(w.at(5, 20, 21, 57))
    found = spring.deliver(w.at(5, 20, 22, 30))
    assert (found.sent, found.waiting, found.next_try) == (0, 1, w.at(5, 21, 7))
    spring.deliver(w.at(5, 21, 7))
    one, other = (letter.message_id for letter in spring.channel.attempts)
    assert one == other and len(spring.letters("G2B1")) == 1


def test_whoever_keeps_going_looks_again_when_the_hours_begin(spring):
    send_back(spring)
    move_clock(spring.house, NIGHT)
    due = one_round(spring.house, spring.post, NIGHT, lambda _: None, lambda: None)
    assert due == w.at(5, 21, 7)


def test_what_waits_is_explained_and_until_when(spring):
    send_back(spring)
    spring.deliver(NIGHT)
    [number] = [one.id for one in spring.notices(NIGHT) if one.kind == NoticeKind.RETURNED]
    for now, waits, opens in (
        (w.at(5, 20, 21), "next-round", None),
        (NIGHT, "hours", w.at(5, 21, 7)),
        (w.at(5, 21, 7), "next-round", None),
    ):
        found = explain(spring.house, number, now)
        assert (found.waits_for, found.opens_at) == (waits, opens)


def test_a_return_waits_for_the_morning_and_not_for_another_day(spring):
    """Of most things whoever has had a letter hears tomorrow; of a return she hears as soon as letters go."""
    spring.go(w.at(5, 24, 9))
    spring.hand_in("G2B1", "方案", w.at(5, 24, 22), spring.paper(120))
    spring.send_back("G2B1", "方案", w.at(5, 24, 22))
    waits = {one.kind: explain(spring.house, one.id, w.at(5, 24, 23)).waits_for for one in spring.notices(MAY) if one.state == "decided"}
    assert waits == {NoticeKind.RETURNED: "hours", NoticeKind.TO_REVIEW: "letter-today"}


def test_what_is_foreseen_for_a_day_comes_within_the_hours_of_it(spring):
    name_hours(spring, "09:00-18:00", working_days=True)
    send_back(spring, w.at(5, 21, 19))
    post = Post(notifier=Nowhere(name="fake"), lang="zh", sender_name="活动办", sender_address=w.OFFICE)
    found = {}
    for day in (date(2010, 5, 21), date(2010, 5, 22), date(2010, 5, 23), date(2010, 5, 24)):
        with foresee(spring.house, post, None, day, w.at(5, 21, 19), unwatched) as foreseen:
            found[day.day] = [line.address for line in foreseen.lines()]
    assert [found[day] for day in (21, 22, 23)] == [[], [], []]
    assert "g2b1@example.org" in found[24] and len(found[24]) == 8
    spring.go(w.at(5, 24, 8, 30))
    assert spring.channel.sent == []
    spring.go(w.at(5, 24, 9))
    assert sorted(sent.letter.to_address for sent in spring.channel.sent) == sorted(found[24])


def test_what_is_held_back_by_the_office_is_foreseen_as_if_it_were_let_go(make_world):
    world = make_world(w.launched(SPRING, mail=False))
    send_back(world)
    post = Post(notifier=Nowhere(name="fake"), lang="zh", sender_name="活动办", sender_address=w.OFFICE)
    with foresee(world.house, post, None, None, THURSDAY, unwatched) as foreseen:
        assert [line.address for line in foreseen.lines()] == ["g2b1@example.org"]


def previewed(world: World, kind: Kind, now: datetime, on: date | None = None) -> datetime:
    wanted = Wanted(kind=kind, on=on)
    return preview_of(world.house, None, "G2B1", TaskRef.parse("方案"), wanted, world.post, now).at


def test_a_preview_is_of_the_instant_at_which_the_letter_would_go(spring):
    assert previewed(spring, "returned", w.at(5, 20, 23)) == w.at(5, 21, 7)
    assert previewed(spring, "returned", THURSDAY) == THURSDAY
    assert previewed(spring, "reminder", w.at(5, 20, 23)) == w.at(5, 24, 8, 30)
    name_hours(spring, "09:00-18:00", working_days=True)
    assert previewed(spring, "reminder", w.at(5, 20, 23)) == w.at(5, 24, 9)
    assert previewed(spring, "returned", THURSDAY, date(2010, 5, 21)) == w.at(5, 21, 9)
    # No letter goes on that Saturday: it is shown as of the day asked for all the same.
    assert previewed(spring, "returned", THURSDAY, date(2010, 5, 22)) == w.at(5, 22, 8, 30)


def test_a_preview_of_a_day_is_of_the_hour_at_which_its_reminder_fires(make_world):
    world = make_world(w.launched(HOURLY))
    days = {9: w.at(6, 9, 8, 30), 10: w.at(6, 10, 20), 11: w.at(6, 11, 8, 30)}
    for day, at in days.items():
        wanted = Wanted(on=date(2010, 6, day))
        assert preview_of(world.house, None, "G2B1", TaskRef.parse("快报"), wanted, world.post, THURSDAY).at == at


def test_hours_are_named_changed_and_forgotten_and_the_journal_says_by_whom(spring):
    assert not hours.SendingHours().by_office
    assert name_hours(spring, "08:00-20:00", working_days=True).changed
    assert not name_hours(spring, "8:00-20:00", working_days=True).changed
    found = name_hours(spring, None)
    assert found.changed and found.hours == hours.SendingHours()
    one, other = spring.journal("mail-hours")
    assert (one.actor, one.data) == (w.ADMIN, {"hours": "08:00-20:00", "working_days": True})
    assert other.data == {"hours": "07:00-22:00"}
    with spring.house.database.read() as connection:
        assert facts.read_setting(connection, hours.SENDING_HOURS) is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("22:00-06:00", hours.HoursBackwards),
        ("08:00-08:00", hours.HoursBackwards),
        ("08:00-24:01", hours.HoursUnreadable),
        ("早上到晚上", hours.HoursUnreadable),
    ],
)
def test_hours_that_are_none_are_refused_in_both_languages(text, error):
    with pytest.raises(error) as refused:
        hours.hours_of(text, working_days=False)
    assert text in refused.value.say("zh") and text in refused.value.say("en") and refused.value.exit_code == 2
    assert str(hours.hours_of("08:00-08:01", working_days=False)) == "08:00-08:01"
