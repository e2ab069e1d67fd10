"""The instants of a ladder's rungs, counted from the effective due. Rungs before it move back to a working day, later ones forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from engine.timing.calendars import WorkingCalendar
from engine.timing.spans import Span
from engine.timing.stretches import Stretch, add_months, add_span, add_span_to_moment, end_of

# Enough for a daily chase over the year after which a repetition without `most` ends.
MOST_REPEATS = 400


@dataclass(frozen=True, kw_only=True)
class RungTime:
    """When a rung is due: `at`, aware UTC; `moved_from`: the day it would have been, had that been a working day."""

    at: datetime
    moved_from: date | None = None


def rung_instants(
    due: Stretch, offset: Span, repeat: Span | None, most: int | None, calendar: WorkingCalendar, zone: ZoneInfo, sending: time
) -> tuple[RungTime, ...]:
    """The rungs of one line of a ladder, ascending, no instant twice; none for a due that is not dated.

    offset: from the last day of `due`.  repeat, most: `every 3wd most 3`; without `most` a repetition ends one year after the due.
    sending: the local hour at which the office sends.  Days are counted from the due, never from a moved rung.
    Offsets in hours and minutes count from the end of `due` and keep their own time, on whichever day; so do their repeats. Repeats
    in hours and minutes are counted from the rung that they repeat.
    """
    if due.last is None or due.pending_on:
        return ()
    times = 1 if repeat is None or repeat.count <= 0 else MOST_REPEATS if most is None else min(most, MOST_REPEATS)
    until = end_of(Stretch(first=due.last, last=add_months(due.last, 12)), zone) if repeat is not None and most is None else None
    first = _first(due, offset, calendar, zone, sending)
    kept: dict[datetime, RungTime] = {}
    for number in range(times):
        if offset.is_clock or (repeat is not None and repeat.is_clock):
            rung = first if number == 0 else RungTime(at=_repeated_moment(first.at.astimezone(zone), repeat, number, calendar, zone))
        else:
            rung = _on_a_day(due.last, _repeated(due.last, offset, repeat, number, calendar), calendar, zone, sending)
        if until is not None and rung.at >= until:
            break
        kept.setdefault(rung.at, rung)
    return tuple(kept.values())


def _first(due: Stretch, offset: Span, calendar: WorkingCalendar, zone: ZoneInfo, sending: time) -> RungTime:
    assert due.last is not None
    if offset.is_clock:
        return RungTime(at=add_span_to_moment(_moment_of(due, zone), offset, zone).astimezone(UTC))
    return _on_a_day(due.last, _raw_day(due.last, offset, calendar), calendar, zone, sending)


def _on_a_day(due: date, raw: date, calendar: WorkingCalendar, zone: ZoneInfo, sending: time) -> RungTime:
    day = _moved(raw, due, calendar)
    return RungTime(at=datetime.combine(day, sending, zone).astimezone(UTC), moved_from=raw if raw != day else None)


def _repeated_moment(first: datetime, repeat: Span | None, number: int, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """Hours and minutes are such as really pass; days, weeks and so on keep the time on the clock."""
    assert repeat is not None
    span = Span(count=repeat.count * number, unit=repeat.unit)
    if span.is_clock:
        return add_span_to_moment(first, span, zone).astimezone(UTC)
    return datetime.combine(add_span(first.date(), span, calendar), first.time(), zone).astimezone(UTC)


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
