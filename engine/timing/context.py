"""What a date phrase may lean on beyond its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal
from zoneinfo import ZoneInfo

from engine.timing.calendars import WorkingCalendar
from engine.timing.spans import Span


@dataclass(frozen=True, kw_only=True)
class PhraseContext:
    """What a phrase may lean on; whatever is not given is not known.

    calendar: working days and festivals.  window: the enclosing window, which gives the year to `9月14日`.
    issued, received: the day of issue; the day the case was told.  opens: the day the task opens (N日内 counts from it).
    before: whether “X前” includes X.  on_holiday: what becomes of a last day that is no working day (`keep` for windows and openings).
    about: the grace of 左右.  work_ends: the time meant by 下班前.  anchors: name to day, None while undated.
    period: the whole, uncut calendar period of the rhythm, for 当月 and 次月.
    occurrence: the period as cut to its window, for `period.start` and `period.end`.
    later: names that are declared but dated only unit by unit (attributes): refused as "not yet", not as unknown.
    zone: needed only to count hours exactly where the clocks change.
    """

    calendar: WorkingCalendar
    window: tuple[date | None, date | None] | None = None
    issued: date | None = None
    received: date | None = None
    opens: date | None = None
    before: Literal["includes", "excludes"] = "includes"
    on_holiday: Literal["keep", "next", "previous"] = "keep"
    about: Span | None = None
    work_ends: time | None = None
    anchors: Mapping[str, date | None] = field(default_factory=dict)
    period: tuple[date, date] | None = None
    occurrence: tuple[date, date] | None = None
    later: frozenset[str] = frozenset()
    zone: ZoneInfo | None = None
