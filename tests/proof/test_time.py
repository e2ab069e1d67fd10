"""Clocks that jump, programs that were off, and days that are not like others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.operations import launching
from engine.operations.context import effective_now
from engine.store import tables as t
from engine.timing.calendars import working_calendar
from tests.operations import world as w
from tests.operations.world import World
from tests.proof import watch
from tests.proof.beside import expect_same
from tests.proof.walking import Makes

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
AROUND = (-SECOND, timedelta(), SECOND)
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ORGANISATION = "organisation: {levels: [学校, 党总支, 党支部], posts: {书记: {deputy: 副书记}, 副书记: {}}}"


def file(tasks: str, *, window: str, calendar: str = "timezone: Asia/Shanghai") -> str:
    """A file of a few tasks of the branches."""
    return f"workflow: time\nversion: 1\ncalendar: {{{calendar}}}\nwindow: {window}\n{ORGANISATION}\ntasks:\n{tasks}"


@contextmanager
def running(makes: Makes, text: str, launched: datetime) -> Iterator[World]:
    """A world in which that file was launched at that instant."""
    with makes() as world:
        w.load(world.house, text, world.folder, launched)
        world.zone = ZoneInfo(w.start(world.house, launched).zone)
        yield world


def shanghai(day: date, hour: int = 0) -> datetime:
    """That hour of a day."""
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


# --- a program that was off ------------------------------------------------------------------------------------------------------

# Over 29 February, over the end of a year, and from the last year whose holidays are published into the next.
LAST_PUBLISHED = next(year for year in range(2026, 2100) if working_calendar("CN").is_provisional(date(year + 1, 1, 1)))
SPECIAL_DAYS = (date(2032, 2, 29), date(2031, 12, 31), date(LAST_PUBLISHED, 12, 31))
OUTAGES = (HOUR, DAY, 40 * DAY)


def around(day: date) -> str:
    """Something due before, on and after a day, with reminders and locks on both sides of it."""
    before, after = day - 3 * DAY, day + 3 * DAY
    return file(
        f"  前: {{owner: 党支部, due: {before}, grace: 3d, lock: due + 4d, ladder: [{{at: -1d}}, {{at: +1wd, every: 1wd, most: 3}}]}}\n"
        f"  当: {{owner: 党支部, due: {day}, ladder: [{{at: -2d}}, {{at: 0d}}, {{at: +1d, to: superior}}]}}\n"
        f"  后: {{owner: 党总支, opens: {day}, due: {after}, after: below.当}}\n"
        "  周报: {for: 党支部, owner: superior, every: week, modality: should, ladder: [{at: 0d}]}\n",
        window=f"{day - 20 * DAY}—{day + 30 * DAY}",
        calendar="timezone: Asia/Shanghai, holidays: CN",
    )


@pytest.mark.parametrize("outage", OUTAGES, ids=["an hour", "a day", "forty days"])
@pytest.mark.parametrize("day", SPECIAL_DAYS, ids=["29 February", "the end of a year", "the last year with holidays"])
def test_an_outage_loses_nothing_and_repeats_nothing(files, day, outage):
    """Off from an hour before the day ends: in the end the same as where the program ran all the time."""
    off = shanghai(day, 23)
    back = off + outage
    with (
        running(files, around(day), shanghai(day - 12 * DAY)) as off_for_a_while,
        running(files, around(day), shanghai(day - 12 * DAY)) as always,
    ):
        for world in (off_for_a_while, always):
            world.sweep(off)
            world.act("G1B1", "当", off)
        now = off
        while now < back:
            now = min(now + max(outage / 7, HOUR), back)
            always.sweep(now)
        off_for_a_while.sweep(back)
        with always.house.database.read() as one, off_for_a_while.house.database.read() as other:
            expect_same(watch.outcome(other), watch.outcome(one))


def test_what_an_outage_passed_by_is_dated_when_it_fell_due(files):
    with running(files, around(date(2032, 2, 29)), shanghai(date(2032, 2, 20))) as world:
        world.sweep(shanghai(date(2032, 3, 30)))
        late = [line.due_at for line in world.journal("late") if line.due_at]
        assert shanghai(date(2032, 3, 1)) in late
        assert late == sorted(late)


# --- days that are not like others -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "end"),
    [
        ("2032年2月底前", date(2032, 3, 1)),
        ("2032年底前", date(2033, 1, 1)),
        ("2032-01-31 + 1mo", date(2032, 3, 1)),
        ("2032-02-29 + 1y", date(2033, 3, 1)),
    ],
)
@pytest.mark.parametrize("moment", AROUND)
def test_on_time_is_before_the_midnight_after_the_last_day(files, due, end, moment):
    text = file(f"  甲: {{owner: 党支部, due: {due}}}\n", window="2032年1月—2033年4月底")
    with running(files, text, shanghai(date(2032, 1, 5))) as world:
        now = shanghai(end) + moment
        world.sweep(now)
        assert bool(world.rows("overdue")["overdue"]) is (moment >= timedelta())
        world.act("G1B1", "甲", now)
        assert world.journal("handed_in")[0].data["late"] is (moment >= timedelta())


NATIONAL_DAY = (10, 1)


@pytest.mark.parametrize("year", [LAST_PUBLISHED - 1, LAST_PUBLISHED, LAST_PUBLISHED + 1])
def test_beyond_the_last_published_year_only_weekends_are_free(files, year):
    """A reminder for National Day goes out on the working day before it; of a year not yet published nobody knows that it is none."""
    day = date(year, *NATIONAL_DAY)
    text = file(
        f"  甲: {{owner: 党支部, due: {day}, ladder: [{{at: 0d}}]}}\n",
        window=f"{day - 30 * DAY}—{day + 30 * DAY}",
        calendar="timezone: Asia/Shanghai, holidays: CN",
    )
    with running(files, text, shanghai(day - 20 * DAY)) as world:
        world.sweep(shanghai(day + DAY))
        (told,) = {one.due_at for one in world.notices(shanghai(day + DAY))}
    worked = day if day.weekday() < 5 else day - (day.weekday() - 4) * DAY
    assert (told.astimezone(SHANGHAI).date() < day) is (year <= LAST_PUBLISHED or worked < day)
    assert working_calendar("CN").is_provisional(day) is (year > LAST_PUBLISHED)


# --- a zone that changes its clocks ----------------------------------------------------------------------------------------------


def berlin(*parts: int, fold: int = 0) -> datetime:
    """That time in Berlin."""
    return datetime(*parts, tzinfo=BERLIN, fold=fold).astimezone(UTC)  # type: ignore[misc,arg-type]


# In 2031 the clocks go forward on 30 March (02:00 to 03:00) and back on 26 October (03:00 to 02:00).
ENDS = {
    "2031-03-29": berlin(2031, 3, 30),
    "2031-03-30": berlin(2031, 3, 31),
    "2031-10-25": berlin(2031, 10, 26),
    "2031-10-26": berlin(2031, 10, 27),
    # A time that does not exist is what the clock would have shown: half past two is half past three.
    "2031-03-30 02:30": berlin(2031, 3, 30, 3, 30, 1),
    # A time that comes twice ends when it has come twice.
    "2031-10-26 02:30": berlin(2031, 10, 26, 2, 30, 1, fold=1),
    "2031-10-26 03:00": berlin(2031, 10, 26, 3, 0, 1),
}


@pytest.mark.parametrize("moment", AROUND)
@pytest.mark.parametrize("due", ENDS)
def test_a_deadline_on_the_day_the_clocks_change_ends_by_the_clock_on_the_wall(files, due, moment):
    text = file(
        f"  甲: {{owner: 党支部, due: {due}, ladder: [{{at: 0d}}]}}\n", window="2031年3月—11月底", calendar="timezone: Europe/Berlin"
    )
    with running(files, text, berlin(2031, 3, 3)) as world:
        now = ENDS[due] + moment
        world.sweep(now)
        assert bool(world.rows("overdue")["overdue"]) is (moment >= timedelta())
        world.act("G1B1", "甲", now)
        assert world.journal("handed_in")[0].data["late"] is (moment >= timedelta())


def test_the_two_days_of_change_are_an_hour_shorter_and_an_hour_longer():
    assert ENDS["2031-03-30"] - ENDS["2031-03-29"] == 23 * HOUR
    assert ENDS["2031-10-26"] - ENDS["2031-10-25"] == 25 * HOUR


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2031, 3, 28), 7), (date(2031, 3, 31), 6), (date(2031, 10, 24), 6), (date(2031, 10, 27), 7)]
)
@pytest.mark.parametrize("moment", AROUND)
def test_a_reminder_goes_out_at_half_past_eight_by_the_clock_on_the_wall(files, day, hour, moment):
    """The working days before and after a Sunday on which the clocks change."""
    text = file(
        f"  甲: {{owner: 党支部, due: {day}, ladder: [{{at: 0d}}]}}\n", window="2031年3月—11月底", calendar="timezone: Europe/Berlin"
    )
    now = datetime.combine(day, time(hour, 30), UTC) + moment
    with running(files, text, berlin(2031, 3, 3)) as world:
        world.sweep(now)
        assert bool(world.notices(now)) is (moment >= timedelta())


# --- a clock that jumps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jumps", [(40 * DAY, -40 * DAY, HOUR), (-SECOND, SECOND, SECOND), (-DAY, 2 * DAY, -DAY)])
def test_effective_time_never_goes_back(live, jumps):
    """However the clock jumps, what is written is dated in the order in which it was written."""
    world, clock = live
    for number, jump in enumerate(jumps):
        clock += jump
        now = effective_now(world.house, None, clock)
        assert now >= clock
        launching.switch_mail(world.house, None, on=number % 2 == 0, by=w.ADMIN, now=now)
    with world.house.database.read() as connection:
        written = list(connection.execute(select(t.event.c.recorded_at).order_by(t.event.c.id)).scalars())
    assert written == sorted(written)


@pytest.mark.parametrize("jump", [-40 * DAY, -HOUR, -SECOND, timedelta(), SECOND, HOUR])
def test_a_clock_that_jumps_undoes_nothing_and_does_nothing_twice(live, jump):
    """A live database goes by the clock, but never behind what was written."""
    world, launched = live
    reached = launched + 20 * DAY
    world.act("G1B1", "甲", reached)
    world.sweep(reached)
    before = world.rows("notice", "obligation", "cases", "overdue")
    clock = reached + jump
    now = effective_now(world.house, None, clock)
    assert now == max(clock, reached)
    world.sweep(now)
    assert world.rows("notice", "obligation", "cases", "overdue") == before
    assert world.act("G1B2", "甲", now).state == "accepted"


@pytest.fixture
def live(files) -> Iterator[tuple[World, datetime]]:
    """A live campaign, launched on 3 March."""
    launched = shanghai(date(2031, 3, 3))
    text = file("  甲: {owner: 党支部, due: 2031-03-20}\n", window="2031年3月—4月底")
    with running(files, text, launched) as world:
        with world.house.database.write() as connection:
            connection.exec_driver_sql("UPDATE setting SET value = 'live' WHERE key = 'kind'")
        yield world, launched
