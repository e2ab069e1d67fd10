"""A stretch of days as a phrase yields it, and the arithmetic on days and moments. Needs no grammar."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from engine.sentences import Sentence
from engine.timing.calendars import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from engine.timing.errors import HoursNeedATime, SpanTooLong, YearOutOfRange
from engine.timing.spans import LONGEST, Span


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days from `first` to `last`, both included; None is an open beginning or end, or, with `pending_on`, not dated yet.

    at: a time of day at which the last day ends.  from_time: one at which the first day begins.
    vague: the wording leaves the day open.  grace: how much later is still on time (左右).
    pending_on: what it waits for: names of undated anchors, `issued`, `received`, `opens`, `undated`.
    provisional: it rests on days whose holidays are not published.  rolled_from: the last day before 顺延 or 提前 moved it.
    notes: how the wording was read, where that is not plain to see.
    """

    first: date | None = None
    last: date | None = None
    at: time | None = None
    from_time: time | None = None
    vague: bool = False
    grace: Span | None = None
    pending_on: tuple[str, ...] = ()
    provisional: bool = False
    rolled_from: date | None = None
    notes: tuple[Sentence, ...] = ()


def one_day(day: date) -> Stretch:
    """The stretch of a single day."""
    return Stretch(first=day, last=day)


def waiting(*names: str) -> Stretch:
    """A stretch that is not dated yet, with what it waits for."""
    return Stretch(pending_on=tuple(dict.fromkeys(names)))


def end_of(stretch: Stretch, zone: ZoneInfo) -> datetime | None:
    """The first instant that is too late, aware UTC: local midnight after the last day, or the second after its time. None: no end."""
    if stretch.last is None:
        return None
    if stretch.at is not None:
        # What comes twice, because the clocks go back, is over when it has come twice; what they leap over comes as an hour later.
        readings = [datetime.combine(stretch.last, stretch.at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]
        return max(readings) + timedelta(seconds=1)
    return datetime.combine(stretch.last + timedelta(days=1), time(), zone).astimezone(UTC)


def start_of(stretch: Stretch, zone: ZoneInfo) -> datetime | None:
    """The instant it opens, aware UTC: 00:00 local of the first day, or its time. None: no beginning."""
    if stretch.first is None:
        return None
    return datetime.combine(stretch.first, stretch.from_time or time(), zone).astimezone(UTC)


def add_days(day: date, count: int) -> date:
    """`count` days later. Raises YearOutOfRange outside 1900 to 2200."""
    if abs(count) > 2 * LONGEST["d"]:
        raise SpanTooLong(text=f"{count}d", position=1)
    return _inside(date.toordinal(day) + count)


def add_months(day: date, count: int) -> date:
    """`count` calendar months later, the day number kept and cut to the month's last day. Raises YearOutOfRange."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRange(text=f"{day.isoformat()} {count:+d}mo", position=1)
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def add_span(day: date, span: Span, calendar: WorkingCalendar) -> date:
    """The day that lies `span` from `day`, itself not counted. Raises HoursNeedATime for hours, SpanTooLong, YearOutOfRange."""
    if abs(span.count) > LONGEST[span.unit]:
        raise SpanTooLong(text=f"{span.count}{span.unit}", position=1)
    match span.unit:
        case "d":
            return add_days(day, span.count)
        case "w":
            return add_days(day, 7 * span.count)
        case "wd":
            return calendar.add_working_days(day, span.count)
        case "mo":
            return add_months(day, span.count)
        case "y":
            return add_months(day, 12 * span.count)
        case _:
            raise HoursNeedATime(text=f"{day.isoformat()} {span.count:+d}{span.unit}", position=1)


def add_span_to_moment(moment: datetime, span: Span, zone: ZoneInfo) -> datetime:
    """`moment` (aware) plus hours or minutes that really pass, shown in `zone`. Raises HoursNeedATime for other units, SpanTooLong."""
    if not span.is_clock:
        raise HoursNeedATime(text=f"{span.count:+d}{span.unit}", position=1)
    if abs(span.count) > LONGEST[span.unit]:
        raise SpanTooLong(text=f"{span.count}{span.unit}", position=1)
    passed = timedelta(hours=span.count) if span.unit == "h" else timedelta(minutes=span.count)
    moved = moment.astimezone(UTC) + passed
    _inside(moved.date().toordinal())
    return moved.astimezone(zone)


def roll(stretch: Stretch, direction: Literal["next", "previous"], calendar: WorkingCalendar) -> Stretch:
    """The stretch with its last day moved to the next or previous working day, when it is none. Its beginning never moves later."""
    if stretch.last is None:
        return stretch
    moved = calendar.next_or_same(stretch.last) if direction == "next" else calendar.previous_or_same(stretch.last)
    provisional = stretch.provisional or calendar.is_provisional(stretch.last) or calendar.is_provisional(moved)
    if moved == stretch.last:
        return replace(stretch, provisional=provisional)
    first = stretch.first and min(stretch.first, moved)
    origin = stretch.rolled_from or stretch.last
    note = Sentence("{origin}不是工作日，移到{moved}", "{origin} is no working day; moved to {moved}", {"origin": origin, "moved": moved})
    return replace(stretch, first=first, last=moved, rolled_from=origin, provisional=provisional, notes=(*stretch.notes, note))


def month_length(year: int, month: int) -> int:
    """How many days the month has."""
    return monthrange(year, month)[1]


def month_end(year: int, month: int) -> date:
    """The last day of the month."""
    return date(year, month, month_length(year, month))


def _inside(ordinal: int) -> date:
    if not date(FIRST_YEAR, 1, 1).toordinal() <= ordinal <= date(LAST_YEAR, 12, 31).toordinal():
        raise YearOutOfRange(text=str(ordinal), position=1)
    return date.fromordinal(ordinal)
