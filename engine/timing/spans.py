"""Spans of time: a count and a unit, as `7d`, `-1wd`, `3个工作日` or `半个月`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.sentences import Sentence
from engine.timing.errors import SpanTooLong, SpanUnreadable

Unit = Literal["min", "h", "d", "wd", "w", "mo", "y"]

# A hundred years in each unit: whatever is longer is a slip of the pen, and arithmetic stays far from the ends of the calendar.
LONGEST: dict[Unit, int] = {"min": 52_596_000, "h": 876_600, "d": 36_525, "wd": 26_100, "w": 5_218, "mo": 1_200, "y": 100}
UNITS: dict[str, Unit] = {
    "min": "min", "h": "h", "d": "d", "wd": "wd", "w": "w", "mo": "mo", "y": "y",
    "分钟": "min", "小时": "h", "日": "d", "天": "d", "号": "d", "个工作日": "wd", "工作日": "wd", "周": "w", "个月": "mo", "年": "y",
}  # fmt: skip
_SPOKEN: dict[Unit, tuple[str, str]] = {
    "min": ("分钟", "minute"), "h": ("小时", "hour"), "d": ("天", "day"), "wd": ("个工作日", "working day"),
    "w": ("周", "week"), "mo": ("个月", "month"), "y": ("年", "year"),
}  # fmt: skip
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
_SPAN = re.compile(r"([+-]?)\s*([0-9]+|[一二两三四五六七八九十]{1,3})\s*(min|mo|wd|h|d|w|y|分钟|小时|个?\s*工作日|个\s*月|日|天|周|年)")

_HALF_MONTH = re.compile(r"\s*([+-]?)\s*半个月\s*")


@dataclass(frozen=True, kw_only=True)
class Span:
    """`count` units; negative looks back. `wd` are working days, `mo` and `y` calendar months and years."""

    count: int
    unit: Unit

    @property
    def is_clock(self) -> bool:
        """Whether it is counted in hours or minutes and so yields a moment, not a day."""
        return self.unit in ("min", "h")


@lru_cache(maxsize=1024)
def parse_span(text: str) -> Span:
    """`7d`, `-7d`, `+1wd`, `3个工作日`, `2周`, `-半个月` (15 days). Raises SpanUnreadable or SpanTooLong, both with the position."""
    plain = text.translate(_FULL_WIDTH)
    if (half := _HALF_MONTH.fullmatch(plain)) is not None:
        return Span(count=-15 if half[1] == "-" else 15, unit="d")
    start = len(plain) - len(plain.lstrip())
    found = _SPAN.match(plain, start)
    if found is None:
        raise SpanUnreadable(text=text[:80], position=_first_strange(plain, start))
    if plain[found.end() :].strip():
        raise SpanUnreadable(text=text[:80], position=found.end() + 1)
    count = read_number(found[2])
    unit = UNITS[re.sub(r"\s", "", found[3])]
    if count is None:
        raise SpanUnreadable(text=text[:80], position=found.start(2) + 1)
    if count > LONGEST[unit]:
        raise SpanTooLong(text=text[:80], position=found.start(2) + 1)
    return Span(count=-count if found[1] == "-" else count, unit=unit)


def describe_span(span: Span) -> Sentence:
    """`3个工作日` / `3 working days`; a negative one `提前7天` / `7 days before`."""
    zh, en = _SPOKEN[span.unit]
    count = abs(span.count)
    values = {"count": count, "zh": zh, "en": en if count == 1 else en + "s"}
    if span.count < 0:
        return Sentence("提前{count}{zh}", "{count} {en} before", values)
    return Sentence("{count}{zh}", "{count} {en}", values)


def read_number(text: str) -> int | None:
    """A whole number in digits (at most nine) or in Chinese up to 九十九; None when it is neither."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    if re.fullmatch(r"[0-9]+", text):
        return 10**9
    found = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)|(两)", text)
    if found is None or not text or (found[1] and found[3] and not found[2]):
        return None
    if found[4]:
        return 2
    tens = _DIGITS.get(found[1], 1) * 10 if found[2] else 0
    ones = _DIGITS.get(found[3], 0) if found[2] else _DIGITS.get(found[1] or found[3], 0)
    return tens + ones


def _first_strange(plain: str, start: int) -> int:
    head = re.match(r"[+-]?\s*(?:[0-9]+|[一二两三四五六七八九十]{1,3})?\s*", plain[start:])
    return start + (head.end() if head else 0) + 1
