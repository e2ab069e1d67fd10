"""RANGE of the workflow language: how many characters, pages, days or votes are enough, and how many too many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from engine.errors import CampaignError
from engine.sentences import Sentence, plain

T = TypeVar("T")


class RangeError(CampaignError):
    """看不懂数量要求“{text}”：第 {position} 个字符处，{why}。请写成“800字以上”“不超过1000字”“800..1000字”“>= 3”或“4”这样的形式。

    Cannot read the range "{text}": at character {position}, {why}. Write it like ">= 800 chars", "<= 1000 chars",
    "800..1000 chars", ">= 3" or "4".
    """

    exit_code = 2

    def __init__(self, *, text: str, position: int, why: Sentence) -> None:
        super().__init__(text=text, position=position, why=why)
        self.text = text
        self.position = position


@dataclass(frozen=True, kw_only=True)
class Range:
    """A stretch of whole numbers.

    low, high: the ends, None where that end is open.  low_inclusive, high_inclusive: whether the end itself is enough.
    unit: '' (a bare count) or one of chars pages min h d wd w mo y %.
    """

    low: int | None = None
    high: int | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True
    unit: str = ""

    def contains(self, n: int | Fraction) -> bool:
        """Whether `n` (in this range's unit) is neither too little nor too much."""
        enough = self.low is None or n > self.low or (self.low_inclusive and n == self.low)
        return enough and (self.high is None or n < self.high or (self.high_inclusive and n == self.high))

    def shortfall(self, n: int) -> int:
        """How many are missing from `n` up to the least that is enough; 0 if none."""
        return 0 if self.least is None else max(0, self.least - n)

    def excess(self, n: int) -> int:
        """How many `n` has beyond the most that is allowed; 0 if none."""
        return 0 if self.most is None else max(0, n - self.most)

    @property
    def least(self) -> int | None:
        """The smallest whole number inside, None where there is no lower end."""
        return None if self.low is None else self.low + (not self.low_inclusive)

    @property
    def most(self) -> int | None:
        """The largest whole number inside, None where there is no upper end."""
        return None if self.high is None else self.high - (not self.high_inclusive)

    def within(self, other: Range) -> bool:
        """Whether everything inside this range is inside `other` too (a layer may only tighten); units must be the same."""
        low = other.least is None or (self.least is not None and self.least >= other.least)
        high = other.most is None or (self.most is not None and self.most <= other.most)
        return self.unit == other.unit and low and high

    @property
    def text(self) -> str:
        """One canonical spelling, which `parse_range` reads back as the same range."""
        unit = self.unit if self.unit in ("", "%") else f" {self.unit}"
        if self.low is not None and self.high is not None:
            return f"{self.low}{unit}" if self.low == self.high else f"{self.low}..{self.high}{unit}"
        if self.low is not None:
            return f"{'>=' if self.low_inclusive else '>'} {self.low}{unit}"
        return f"{'<=' if self.high_inclusive else '<'} {self.high}{unit}"

    @property
    def sentence(self) -> Sentence:
        """The range as a clerk would say it: `不少于 1000 字`, `at least 1000 characters`."""
        zh, en = _wording(self)
        unit = _SAID.get(self.unit, (self.unit, self.unit))
        return Sentence(f"{zh}{{unit}}", f"{en}{{unit}}", {"low": self.low, "high": self.high, "unit": Sentence(*unit)})


def parse_range(text: str) -> Range:
    """Read `>= 3`, `<= 5`, `> 3`, `< 5`, `2..6`, `4` or their Chinese wordings, with or without a unit.

    以上, 以下, 以内, 不少于, 至少, 不超过, 至多 include the number, 超过, 不足, 不满 do not: article 1259 of the Civil Code of the
    People's Republic of China. Full-width digits and signs are read like the half-width ones, spaces do not matter.
    Raises RangeError, with the position counted from 1.
    """
    return _Reader(text).range()


# One character for one, so that positions stay those of the author's text.
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)} | {ord("≥"): "≥", ord("⩾"): "≥", ord("≤"): "≤", ord("⩽"): "≤", 0x3000: " "}

_LOW, _HIGH = "low", "high"
_BEFORE = {
    (_LOW, True): ">= => ≥ 不少于 不低于 不小于 至少 最少",
    (_HIGH, True): "<= =< ≤ 不超过 不多于 不高于 不大于 至多 最多",
    (_LOW, False): "> 超过 多于 大于 高于",
    (_HIGH, False): "< 不足 不满 少于 小于 低于",
}
_AFTER = {(_LOW, True): "及以上 以上", (_HIGH, True): "及以下 以下 之内 以内"}
_UNITS = {
    "chars": "chars characters 个字 字",
    "pages": "pages 页",
    "min": "min 分钟",
    "h": "h 个小时 小时",
    "d": "d 天 日",
    "wd": "wd 个工作日 工作日",
    "w": "w 周",
    "mo": "mo 个月",
    "y": "y 年",
    "%": "%",
    "": "个 人 名 次 份 项 条 篇",
}
_SAID = {
    "": ("", ""),
    "chars": (" 字", " characters"),
    "pages": (" 页", " pages"),
    "min": (" 分钟", " min"),
    "h": (" 小时", " h"),
    "d": (" 天", " days"),
    "wd": (" 个工作日", " working days"),
    "w": (" 周", " weeks"),
    "mo": (" 个月", " months"),
    "y": (" 年", " years"),
}
_BETWEEN = ".. … —— — – ~ 至 到 -"


def _longest_first(table: Mapping[T, str]) -> list[tuple[str, T]]:
    words = [(word, meaning) for meaning, words in table.items() for word in words.split()]
    return sorted(words, key=lambda pair: -len(pair[0]))


def _wording(whole: Range) -> tuple[str, str]:
    if whole.low is not None and whole.high is not None:
        return ("{low}", "{low}") if whole.low == whole.high else ("{low} 至 {high}", "{low} to {high}")
    if whole.low is not None:
        return ("不少于 {low}", "at least {low}") if whole.low_inclusive else ("超过 {low}", "more than {low}")
    return ("不超过 {high}", "at most {high}") if whole.high_inclusive else ("不足 {high}", "fewer than {high}")


class _Reader:
    """Walks once over the text, from left to right."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = text.translate(_NARROW)
        self.at = 0

    def range(self) -> Range:
        before = self.word(_BEFORE_WORDS)
        low, unit = self.quantity()
        end = before or self.word(_AFTER_WORDS)
        if end:
            return self.finished(self.one_sided(end, low, unit))
        if self.word(_BETWEEN_WORDS) is None:
            return self.finished(Range(low=low, high=low, unit=unit or ""))
        return self.finished(self.two_sided(low, unit))

    def one_sided(self, end: tuple[str, bool], number: int, unit: str | None) -> Range:
        side, inclusive = end
        if side == _LOW:
            return Range(low=number, low_inclusive=inclusive, unit=unit or "")
        if number == 0 and not inclusive:
            raise self.error(Sentence("没有比 0 更少的数", "nothing is fewer than 0"), self.at - 1)
        return Range(high=number, high_inclusive=inclusive, unit=unit or "")

    def two_sided(self, low: int, low_unit: str | None) -> Range:
        place = self.skip()
        high, high_unit = self.quantity()
        if high < low:
            raise self.error(Sentence("后面的数比前面的小", "the second number is smaller than the first"), place)
        if low_unit is not None and high_unit is not None and low_unit != high_unit:
            raise self.error(Sentence("前后单位不一致", "the two units differ"), place)
        if low_unit is not None and high_unit is None:
            high_unit = low_unit
        return Range(low=low, high=high, unit=high_unit or "")

    def quantity(self) -> tuple[int, str | None]:
        """A whole number and its unit: None where none is written, '' for a measure word such as 个."""
        found = re.compile(r"[0-9]{1,12}(?![0-9])").match(self.text, self.skip())
        if not found:
            raise self.error(Sentence("这里应当是一个整数（用数字书写）", "a whole number in digits is expected here"))
        self.at = found.end()
        if re.compile(r"\.[0-9]").match(self.text, self.at):
            raise self.error(Sentence("只能用整数，不能带小数", "only whole numbers are taken, no decimals"))
        return int(found[0]), self.word(_UNIT_WORDS)

    def word(self, words: list[tuple[str, T]]) -> T | None:
        place = self.skip()
        for word, meaning in words:
            if self.text.startswith(word, place) and not self.cut(word, place):
                self.at = place + len(word)
                return meaning
        return None

    def cut(self, word: str, place: int) -> bool:
        """Whether a Latin word would end in the middle of a longer one (`d` in `days`)."""
        end = place + len(word)
        return word.isascii() and word.isalpha() and self.text[end : end + 1].isascii() and self.text[end : end + 1].isalpha()

    def skip(self) -> int:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.at

    def finished(self, whole: Range) -> Range:
        if self.skip() < len(self.text):
            rest = plain(self.original[self.at :])
            raise self.error(Sentence("“{rest}”不认识或多余", '"{rest}" is not known or too much', {"rest": rest}))
        return whole

    def error(self, why: Sentence, place: int | None = None) -> RangeError:
        return RangeError(text=self.original, position=(self.at if place is None else place) + 1, why=why)


_BEFORE_WORDS = _longest_first(_BEFORE)
_AFTER_WORDS = _longest_first(_AFTER)
_UNIT_WORDS = _longest_first(_UNITS)
_BETWEEN_WORDS = _longest_first({True: _BETWEEN})
