"""The instants of a plan, counted on the fingers: plain days in Shanghai, whose clock never changes; every Saturday and Sunday is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from tests.proof.plan import DAY, LADDERS, Plan, Rung, Task

ZONE = timezone(timedelta(hours=8))
SENDING = time(8, 30)
Fired = tuple[datetime, int]


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When letters go, in minutes of the day. named: by the office, so that reminders too keep to them."""

    opens: int = 7 * 60
    closes: int = 22 * 60
    working: bool = False
    named: bool = False


def begin(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def end(day: date) -> datetime:
    """The first instant that is too late."""
    return begin(day + DAY)


def day_of(instant: datetime) -> date:
    """The day it is."""
    return instant.astimezone(ZONE).date()


def due_day(due: datetime) -> date:
    """The last day of what ends at that instant."""
    return day_of(due - timedelta(seconds=1))


def late(task: Task, due: date) -> datetime:
    """From when on it is late."""
    return end(due + task.grace * DAY)


def lock(task: Task, due: date) -> datetime | None:
    """From when on nothing is taken."""
    if not task.lock:
        return None
    if task.lock.startswith("due"):
        return end(due + int(task.lock.removeprefix("due").strip(" +d") or 0) * DAY)
    return end(date.fromisoformat(task.lock))


def opening(now: datetime, hours: Hours) -> datetime | None:
    """When letters may go again; None where they may now."""
    day = day_of(now)
    while True:
        opens, closes = (begin(day) + timedelta(minutes=minutes) for minutes in (hours.opens, hours.closes))
        if now < closes and (works(day) or not hours.working):
            return opens if now < opens else None
        day += DAY


def works(day: date) -> bool:
    """Whether it is no weekend."""
    return day.weekday() < 5


def rungs(task: Task, due: date) -> list[Fired]:
    """When each line of the ladder fires, in order: (instant, line)."""
    found = {(at, line) for line, rung in enumerate(LADDERS[task.ladder]) for at in _line(rung, due)}
    return sorted((at, line) for at, line in found if task.modality != "may" or at < end(due))


def _line(rung: Rung, due: date) -> list[datetime]:
    raw = [_counted(due, rung.days + number * rung.every, working=rung.working) for number in range(rung.most)]
    return [_sent(_worked(day, -1 if day <= due else 1)) for day in raw]


def _counted(day: date, days: int, *, working: bool) -> date:
    if not working:
        return day + days * DAY
    while days:
        day += DAY
        days -= works(day)
    return day


def _worked(day: date, step: int) -> date:
    while not works(day):
        day += step * DAY
    return day


def _sent(day: date) -> datetime:
    return datetime.combine(day, SENDING, ZONE).astimezone(UTC)


def next_sending(instant: datetime) -> datetime:
    """The first sending hour of a working day from that instant on."""
    day = day_of(instant)
    first = day if instant.astimezone(ZONE).time() <= SENDING else day + DAY
    return _sent(_worked(first, 1))


def first_told(task: Task, due: date) -> datetime | None:
    """When the ladder first speaks to whoever has to act."""
    return min((at for at, line in rungs(task, due) if not LADDERS[task.ladder][line].to), default=None)


def first_rungs(plan: Plan, task: Task, opens: datetime, due: date, launched: datetime) -> list[Fired]:
    """The rungs of the declared due: those already past when it opens become one, and so do all if the launch passed them by."""
    found = rungs(task, due)
    if not plan.enters(task):
        early = [rung for rung in found if rung[0] < opens]
        found = [(next_sending(opens), line) for _, line in early[-1:]] + found[len(early) :]
    own = [rung for rung in found if not LADDERS[task.ladder][rung[1]].to]
    if own and own[-1][0] < launched:
        again = (next_sending(launched), own[-1][1])
        # What may be left undone is not chased after its due.
        found += [again] if task.modality != "may" or again[0] < end(due) else []
    return found
