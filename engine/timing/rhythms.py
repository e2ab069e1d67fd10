"""Rhythms: `every: quarter`, `每周二9:30`, lists of days. Reading one loads the grammar; computing periods (`periods`) does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from lark import Token, Tree

from engine.timing.clocks import read_clock
from engine.timing.errors import RhythmUnreadable, YearOutOfRange
from engine.timing.grammar import Source, parse
from engine.timing.marks import LAST_DAY, MarkRule
from engine.timing.periods import Every, Partial, Period, PeriodUnit, parse_period_name, periods
from engine.timing.spans import LONGEST, UNITS, read_number
from engine.timing.stretches import month_length

__all__ = ["Every", "Partial", "Period", "parse_period_name", "periods", "read_every"]

_WORDS: dict[str, tuple[int, PeriodUnit]] = {
    "day": (1, "d"), "week": (1, "w"), "month": (1, "mo"), "quarter": (3, "mo"), "half": (6, "mo"), "year": (1, "y"),
}  # fmt: skip
_COUNTED = re.compile(r"([0-9]{1,9})\s*(d|w|mo|y)")
_EACH: dict[str, tuple[int, PeriodUnit]] = {
    "each_day": (1, "d"), "each_week": (1, "w"), "each_month": (1, "mo"),
    "each_quarter": (3, "mo"), "each_half": (6, "mo"), "each_year": (1, "y"),
}  # fmt: skip
_WEEKDAYS = "一二三四五六日"


def read_every(text: str | Sequence[str | date], *, before: Literal["includes", "excludes"] = "includes") -> Every:
    """The rhythm an author wrote: `quarter`, `2w`, `每两个月`, `每月8日、18日`, or a list of ISO dates.

    before: what 前 means in `每季度第2个月10日前`. Raises RhythmUnreadable with the position, YearOutOfRange, NoSuchTime.
    """
    if not isinstance(text, str):
        return _listed([str(one) for one in text])
    word = text.strip()
    if word.startswith("[") and word.endswith("]"):
        return _listed([part.strip() for part in word[1:-1].split(",")])
    if word in _WORDS:
        return _calendar(text, *_WORDS[word])
    if (counted := _COUNTED.fullmatch(word)) is not None:
        return _counted(text, int(counted[1]), UNITS[counted[2]], text.find(counted[1]) + 1)
    tree, source = parse(text, "every")
    return _spoken(tree, source, before)


def _calendar(text: str, count: int, unit: PeriodUnit) -> Every:
    # Twelve months are a year and are named like one.
    return Every(text=text, count=count // 12, unit="y") if unit == "mo" and count % 12 == 0 else Every(text=text, count=count, unit=unit)


def _counted(text: str, count: int, unit: str, position: int) -> Every:
    for known in ("d", "w", "mo", "y"):
        if unit == known and 1 <= count <= LONGEST[known]:
            return _calendar(text, count, known)
    raise RhythmUnreadable(text=text, position=position)


def _listed(parts: Sequence[str]) -> Every:
    text = "[" + ", ".join(parts) + "]"
    days: list[date] = []
    position = 2
    for part in parts:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", part):
            raise RhythmUnreadable(text=text[:200], position=position)
        try:
            days.append(date.fromisoformat(part))
        except ValueError:
            raise RhythmUnreadable(text=text[:200], position=position) from None
        if not 1900 <= days[-1].year <= 2200:
            raise YearOutOfRange(text=text[:200], position=position)
        position += len(part) + 2
    return Every(text=text, days=tuple(sorted(set(days))))


def _spoken(tree: Tree[Token], source: Source, before: Literal["includes", "excludes"]) -> Every:
    kind = str(tree.data)
    if kind in _EACH:
        return _calendar(source.text, *_EACH[kind])
    if kind == "each_n":
        count, unit = tree.children
        return _counted(source.text, read_number(str(count)) or 0, UNITS[str(unit)], source.place_of(count))
    excludes = before == "excludes" and _subtree(tree, "before_mark") is not None
    clock = _subtree(tree, "clock")
    at = read_clock([str(token) for token in clock.children], source.text, source.place_of(clock)) if clock is not None else None
    return Every(text=source.text, rule=_rule(kind, tree, source, excludes), at=at)


def _rule(kind: str, tree: Tree[Token], source: Source, day_before: bool) -> MarkRule:
    numbers = _numbers(tree, source)
    match kind:
        case "weekly":
            weekday = next(str(token) for token in tree.children if isinstance(token, Token) and token.type == "WEEKDAY")
            return MarkRule(scope="week", weekday=_WEEKDAYS.index(weekday.replace("天", "日")), day_before=day_before)
        case "monthly_end":
            return MarkRule(scope="month", days=(LAST_DAY,), day_before=day_before)
        case "monthly":
            return MarkRule(scope="month", days=_days(numbers, source, 31), day_before=day_before)
        case "monthly_workday":
            return MarkRule(scope="month", workday=_days(numbers, source, 23)[0], day_before=day_before)
        case "quarterly" | "quarterly_end":
            nth = _days(numbers[:1], source, 3)[0]
            days = (LAST_DAY,) if kind == "quarterly_end" else _days(numbers[1:], source, 31)
            return MarkRule(scope="month", months=tuple(range(nth, 13, 3)), days=days, day_before=day_before)
        case _:
            month = _days(numbers[:1], source, 12)[0]
            days = (LAST_DAY,) if kind == "yearly_end" else _days(numbers[1:], source, month_length(2000, month))
            return MarkRule(scope="month", months=(month,), days=days, day_before=day_before)


def _numbers(tree: Tree[Token], source: Source) -> list[tuple[int, int]]:
    """The numbers before a unit, each with its place; those of a clock are not among them."""
    found = []
    for child in tree.children:
        token = child.children[0] if isinstance(child, Tree) and child.data == "number" else child
        if isinstance(token, Token) and token.type in ("INT", "CN"):
            found.append((read_number(str(token)) or 0, source.place_of(token)))
    return found


def _days(numbers: list[tuple[int, int]], source: Source, most: int) -> tuple[int, ...]:
    for number, place in numbers:
        if not 1 <= number <= most:
            raise RhythmUnreadable(text=source.text, position=place)
    return tuple(number for number, _ in numbers)


def _subtree(tree: Tree[Token], name: str) -> Tree[Token] | None:
    return next((child for child in tree.children if isinstance(child, Tree) and child.data == name), None)
