"""Moving a stretch by a span: days stay days, hours need a time of day to start from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine.timing.calendars import WorkingCalendar
from engine.timing.errors import HoursNeedATime, PhraseError
from engine.timing.spans import Span
from engine.timing.stretches import Stretch, add_days, add_span, add_span_to_moment


def moved_by(base: Stretch, span: Span, calendar: WorkingCalendar, zone: ZoneInfo | None, text: str, position: int) -> Stretch:
    """Both ends of `base` moved by `span`; a day drops its time, a moment stays one. `text`, `position` place the error it may raise.

    Raises HoursNeedATime when hours are added to a day without a time, YearOutOfRange, SpanTooLong.
    """
    if base.pending_on:
        return base
    try:
        return _moment_moved(base, span, zone) if span.is_clock else _days_moved(base, span, calendar)
    except PhraseError as error:
        raise error.placed(text, position) from None


def _days_moved(base: Stretch, span: Span, calendar: WorkingCalendar) -> Stretch:
    first = add_span(base.first, span, calendar) if base.first else None
    last = add_span(base.last, span, calendar) if base.last else None
    provisional = base.provisional or (span.unit == "wd" and _any_provisional(calendar, base.first, base.last, first, last))
    return replace(base, first=first, last=last, at=None, from_time=None, rolled_from=None, provisional=provisional)


def _any_provisional(calendar: WorkingCalendar, *days: date | None) -> bool:
    return any(day is not None and calendar.is_provisional(day) for day in days)


def _moment_moved(base: Stretch, span: Span, zone: ZoneInfo | None) -> Stretch:
    first, from_time = _shift(base.first, base.from_time, span, zone)
    last, at = _shift(base.last, base.at, span, zone)
    return replace(base, first=first, from_time=from_time, last=last, at=at, rolled_from=None)


def _shift(day: date | None, at: time | None, span: Span, zone: ZoneInfo | None) -> tuple[date | None, time | None]:
    if day is None:
        return None, None
    if at is None:
        raise HoursNeedATime(text=day.isoformat(), position=1)
    if zone is not None:
        moved = add_span_to_moment(datetime.combine(day, at, zone), span, zone)
        return moved.date(), moved.time()
    minutes = span.count * (60 if span.unit == "h" else 1) + at.hour * 60 + at.minute
    days, rest = divmod(minutes, 24 * 60)
    return add_days(day, days), time(rest // 60, rest % 60)
