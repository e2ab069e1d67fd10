"""The instants of a ladder's rungs, counted from the effective due. Rungs before it move back to a working day, later ones forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from engine.timing.calendars import WorkingCalendar
from engine.timing.spans import Span
from engine.timing.stretches import Stretch, add_months, add_span, add_span_to_moment, end_of

# Enough for a daily chase over the year after which a repetition without `most` ends.
_MOST_REPEATS = 400


@dataclass(frozen=True, kw_only=True)
class RungTime:
    """When a rung is due: `at`, aware UTC; `moved_from`: the day it would have been, had that been a working day."""

    at: datetime
    moved_from: date | None = None


def rung_instants(
    due: Stretch, offset: Span, repeat: Span | None, most: int | None, calendar: WorkingCalendar, zone: ZoneInfo, sending: time
) -> tuple[RungTime, ...]:
    """The rungs of one line of a ladder, ascending, no instant twice; none for a due that is not dated.

    offset: from the last day of `due`.  repeat, most: `every 3wd most 3`, all counted from the due, never from a moved rung;
    without `most` a repetition ends one year after the due.  sending: the local hour at which the office sends.
    Offsets in hours and minutes count from the end of `due` and keep their own time; they do not repeat in days.
    """
    if due.last is None or due.pending_on:
        return ()
    times = 1 if repeat is None or repeat.count <= 0 else min(_MOST_REPEATS if most is None else most, _MOST_REPEATS)
    if offset.is_clock:
        found = _by_the_clock(due, offset, repeat, times, zone)
    else:
        found = _by_days(due.last, offset, repeat, times, calendar, zone, sending)
    until = end_of(Stretch(first=due.last, last=add_months(due.last, 12)), zone) if repeat is not None and most is None else None
    kept: dict[datetime, RungTime] = {}
    for rung in sorted(found, key=lambda rung: rung.at):
        if until is None or rung.at < until:
            kept.setdefault(rung.at, rung)
    return tuple(kept.values())


def _by_days(
    due: date, offset: Span, repeat: Span | None, times: int, calendar: WorkingCalendar, zone: ZoneInfo, sending: time
) -> list[RungTime]:
    found = []
    for number in range(times):
        raw = _repeated(due, offset, repeat, number, calendar)
        day = _moved(raw, due, calendar)
        at = datetime.combine(day, sending, zone).astimezone(UTC)
        found.append(RungTime(at=at, moved_from=raw if raw != day else None))
    return found


def _by_the_clock(due: Stretch, offset: Span, repeat: Span | None, times: int, zone: ZoneInfo) -> list[RungTime]:
    end = _moment_of(due, zone)
    step = repeat if repeat is not None and repeat.unit == offset.unit else None
    counts = [offset.count + (step.count * number if step else 0) for number in range(times if step else 1)]
    return [RungTime(at=add_span_to_moment(end, Span(count=count, unit=offset.unit), zone).astimezone(UTC)) for count in counts]


def _moment_of(due: Stretch, zone: ZoneInfo) -> datetime:
    if due.last is not None and due.at is not None:
        return datetime.combine(due.last, due.at, zone)
    end = end_of(due, zone)
    assert end is not None
    return end


def _repeated(due: date, offset: Span, repeat: Span | None, number: int, calendar: WorkingCalendar) -> date:
    if repeat is None or number == 0:
        return _raw_day(due, offset, calendar)
    if repeat.unit == offset.unit:
        return _raw_day(due, Span(count=offset.count + number * repeat.count, unit=offset.unit), calendar)
    return add_span(_raw_day(due, offset, calendar), Span(count=number * repeat.count, unit=repeat.unit), calendar)


def _raw_day(due: date, offset: Span, calendar: WorkingCalendar) -> date:
    return due if offset.count == 0 and not offset.is_clock else add_span(due, offset, calendar)


def _moved(raw: date, due: date, calendar: WorkingCalendar) -> date:
    return calendar.previous_or_same(raw) if raw <= due else calendar.next_or_same(raw)
