"""Dates out of the tree of a phrase: days, months, tens of days, halves, quarters, festivals, anchors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import NoReturn

from lark import Token, Tree

from engine.sentences import Sentence
from engine.timing.calendars import FIRST_YEAR, LAST_YEAR
from engine.timing.context import PhraseContext
from engine.timing.errors import (
    MonthsApart,
    NeedsPeriod,
    NoSuchDay,
    NotIssued,
    PhraseError,
    RangeBackwards,
    SayTheMonth,
    SayTheYear,
    SpanTooLong,
    YearOutOfRange,
)  # fmt: skip
from engine.timing.grammar import Source
from engine.timing.spans import LONGEST, UNITS, Span, read_number
from engine.timing.stretches import Stretch, add_days, add_months, month_end, month_length, one_day, waiting

Node = Tree[Token] | Token
_TENS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "上中旬": (1, 20), "中下旬": (11, 31), "中": (11, 20), "初": (1, 10)}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(kw_only=True)
class DateReader:
    """Reads what names days. `year`, `month`: assumed where the phrase gives none; None makes it raise SayTheYear or SayTheMonth.

    leaned_on_year, leaned_on_month: whether what was read so far used them.
    """

    source: Source
    context: PhraseContext
    year: int | None = None
    month: int | None = None
    leaned_on_year: bool = False
    leaned_on_month: bool = False

    def _refuse(self, error: type[PhraseError], node: Node, **values: object) -> NoReturn:
        raise error(text=self.source.text, position=self.source.place_of(node), **values)

    def _int(self, token: Node, low: int, high: int, unit: str = "日") -> int:
        value = read_number(str(token))
        if value is None or not low <= value <= high:
            self._refuse(NoSuchDay, token, day=f"{str(token)[:12]}{unit}")
        return value

    def _year(self, node: Node | None, where: Node) -> int:
        if node is None:
            self.leaned_on_year = True
            if self.year is None:
                self._refuse(SayTheYear, where)
            return self.year
        token = node.children[0] if isinstance(node, Tree) else node
        if isinstance(token, Token) and token.type == "RELATIVE_YEAR":
            return self._issued(token).year + int(str(token) == "明年")
        value = read_number(str(token))
        if value is None or not FIRST_YEAR <= value <= LAST_YEAR:
            self._refuse(YearOutOfRange, node)
        return value

    def _issued(self, token: Token) -> date:
        if self.context.issued is None:
            self._refuse(NotIssued, token, term=str(token))
        return self.context.issued

    def _year_month(self, year: Node | None, month: Node | None, where: Node) -> tuple[int, int]:
        token = month.children[0] if isinstance(month, Tree) else month
        if not isinstance(token, Token):
            return self._assumed_month(where)
        if token.type != "RELATIVE_MONTH":
            number = self._int(token, 1, 12, "月")
            return self._year(year, where), number
        if year is not None:
            self._refuse(PhraseError, token)
        if token == "本月":
            issued = self._issued(token)
            return issued.year, issued.month
        whole = self._period(token)
        base = date(whole[1].year, whole[1].month, 1)
        base = add_months(base, 1) if token == "次月" else base
        return base.year, base.month

    def _assumed_month(self, where: Node) -> tuple[int, int]:
        self.leaned_on_year = self.leaned_on_month = True
        if self.year is None or self.month is None:
            self._refuse(SayTheMonth, where)
        return self.year, self.month

    def _period(self, token: Token) -> tuple[date, date]:
        if self.context.period is None:
            self._refuse(NeedsPeriod, token, term=str(token))
        return self.context.period

    def _day(self, year: int, month: int, day: int, node: Node) -> date:
        if not 1 <= day <= month_length(year, month):
            self._refuse(NoSuchDay, node, day=f"{year}-{month:02}-{day:02}")
        return date(year, month, day)

    def _span(self, node: Node) -> Span:
        assert isinstance(node, Tree)
        tokens = [child for child in node.children if isinstance(child, Token)]
        if tokens[0].type == "HALF_MONTH":
            return Span(count=15, unit="d")
        count, unit = read_number(str(tokens[0])), UNITS[str(tokens[1])]
        if count is None:
            self._refuse(PhraseError, tokens[0])
        if count > LONGEST[unit]:
            self._refuse(SpanTooLong, tokens[0])
        return Span(count=count, unit=unit)

    def _ordered(self, read: Stretch, node: Node) -> Stretch:
        if read.first is None or read.last is None:
            return read
        if (read.last, read.at or time.max) < (read.first, read.from_time or time()):
            self._refuse(RangeBackwards, node, first=read.first, last=read.last)
        return read

    def iso(self, tree: Tree[Token]) -> Stretch:
        """`2012-09-14`."""
        year, month, day = (int(part) for part in str(tree.children[0]).split("-"))
        if not FIRST_YEAR <= year <= LAST_YEAR:
            self._refuse(YearOutOfRange, tree)
        if not 1 <= month <= 12:
            self._refuse(NoSuchDay, tree, day=str(tree.children[0]))
        return one_day(self._day(year, month, day, tree))

    def day_of_month(self, tree: Tree[Token]) -> Stretch:
        """`9月14日`; of 当月 and 次月 the day is cut to the month's end."""
        year_node, month_node, day_node, _ = tree.children
        assert isinstance(month_node, Tree)
        relative = str(month_node.children[0]) in ("当月", "次月")
        number = self._int(day_node, 1, 31)
        if not relative and len(month_node.children) == 2:
            self._refuse_never(month_node.children[0], number, day_node)
        year, month = self._year_month(year_node, month_node, tree)
        if relative:
            number = min(number, month_length(year, month))
        return one_day(self._day(year, month, number, day_node))

    def _refuse_never(self, month: Node, day: int, where: Node) -> None:
        number = self._int(month, 1, 12, "月")
        if day > month_length(2000, number):
            self._refuse(NoSuchDay, where, day=f"{number}月{day}日")

    def day_alone(self, tree: Tree[Token]) -> Stretch:
        """`15日`: the month comes from a range's beginning or the window."""
        number = self._int(tree.children[0], 1, 31)
        year, month = self._assumed_month(tree)
        return one_day(self._day(year, month, number, tree))

    def month_end(self, tree: Tree[Token]) -> Stretch:
        """`5月底`, `月底`."""
        year, month = (tree.children[0], tree.children[1]) if len(tree.children) == 3 else (None, None)
        return one_day(month_end(*self._year_month(year, month, tree)))

    def nth_workday(self, tree: Tree[Token]) -> Stretch:
        """`次月第3个工作日`."""
        year_node, month_node, number_node, _ = tree.children
        assert isinstance(number_node, Tree)
        count = self._int(number_node.children[0], 1, 31)
        year, month = self._year_month(year_node, month_node, tree)
        calendar = self.context.calendar
        first = date(year, month, 1)
        days = [day for n in range(month_length(year, month)) if calendar.is_working_day(day := first + timedelta(days=n))]
        if count > len(days):
            self._refuse(NoSuchDay, number_node, day=f"{year}年{month}月第{count}个工作日")
        return replace(one_day(days[count - 1]), provisional=calendar.is_provisional(first))

    def festival(self, tree: Tree[Token]) -> Stretch:
        """`七一`, `春节`."""
        name = str(tree.children[1])
        year = self._year(tree.children[0], tree)
        try:
            return one_day(self.context.calendar.festival(name, year))
        except PhraseError as error:
            raise error.placed(self.source.text, self.source.place_of(tree.children[1])) from None

    def year_end(self, tree: Tree[Token]) -> Stretch:
        """`年底`, `2010年底`."""
        return one_day(date(self._year(_tree_or_none(tree.children[0]), tree), 12, 31))

    def next_week(self, tree: Tree[Token]) -> Stretch:
        """`次周三`: of the week after the period's last day."""
        token = tree.children[0]
        assert isinstance(token, Token)
        last = self._period(token)[1]
        return one_day(add_days(last, 7 - last.weekday() + _WEEKDAYS[str(tree.children[1])]))

    def anchor(self, tree: Tree[Token]) -> Stretch:
        """The name of an anchor; pending while it is undated."""
        name = self.source.anchors[ord(str(tree.children[0])) - 0xE000]
        day = self.context.anchors[name]
        return one_day(day) if day is not None else waiting(name)

    def whole_year(self, tree: Tree[Token]) -> Stretch:
        """`2012年`, `今年`."""
        year = self._year(tree.children[0], tree)
        return Stretch(first=date(year, 1, 1), last=date(year, 12, 31))

    def years(self, tree: Tree[Token]) -> Stretch:
        """`2010—2012年`."""
        first, last = self._year(tree.children[0], tree), self._year(tree.children[1], tree)
        return self._ordered(Stretch(first=date(first, 1, 1), last=date(last, 12, 31)), tree)

    def whole_month(self, tree: Tree[Token]) -> Stretch:
        """`9月`, `8月份`, `本月`."""
        year, month = self._year_month(tree.children[0], tree.children[1], tree)
        return Stretch(first=date(year, month, 1), last=month_end(year, month))

    def months_listed(self, tree: Tree[Token]) -> Stretch:
        """`7、8月`: months that follow one another."""
        numbers = [self._int(token, 1, 12, "月") for token in tree.children[1:-1]]
        for before, after, token in zip(numbers, numbers[1:], tree.children[2:], strict=False):
            if after != before + 1:
                self._refuse(MonthsApart, token)
        year = self._year(tree.children[0], tree)
        return Stretch(first=date(year, numbers[0], 1), last=month_end(year, numbers[-1]))

    def months_between(self, tree: Tree[Token]) -> Stretch:
        """`7—9月`."""
        first, last = self._int(tree.children[1], 1, 12, "月"), self._int(tree.children[2], 1, 12, "月")
        year = self._year(tree.children[0], tree)
        # As in “11月—2月”: the end takes the next year where it would lie before the beginning.
        closing = self._year_after(year, tree) if last < first else year
        notes = (crosses(month_end(closing, last)),) if closing > year else ()
        return Stretch(first=date(year, first, 1), last=month_end(closing, last), notes=notes)

    def _year_after(self, year: int, where: Node) -> int:
        if year + 1 > LAST_YEAR:
            self._refuse(YearOutOfRange, where)
        return year + 1

    def days_between(self, tree: Tree[Token]) -> Stretch:
        """`6月3—5日`."""
        year, month = self._year_month(tree.children[0], tree.children[1], tree)
        first, last = (self._day(year, month, self._int(node, 1, 31), node) for node in tree.children[2:4])
        return self._ordered(Stretch(first=first, last=last), tree)

    def month_part(self, tree: Tree[Token]) -> Stretch:
        """上旬, 中旬, 下旬, 月初, 月中."""
        word = str(tree.children[-1])
        full = len(tree.children) == 3
        year, month = self._year_month(tree.children[0] if full else None, tree.children[1] if full else None, tree)
        first, last = _TENS[word]
        last = min(last, month_length(year, month))
        read = Stretch(first=date(year, month, first), last=date(year, month, last))
        if word != "初":
            return read
        note = Sentence("“月初”按1日至10日读", "月初 is read as the 1st to the 10th")
        return replace(read, vague=True, notes=(note,))

    def year_beginning(self, tree: Tree[Token]) -> Stretch:
        """`年初`: January, marked vague."""
        year = self._year(_tree_or_none(tree.children[0]), tree)
        note = Sentence("“年初”按1月1日至31日读", "年初 is read as 1 to 31 January")
        return Stretch(first=date(year, 1, 1), last=date(year, 1, 31), vague=True, notes=(note,))

    def half(self, tree: Tree[Token]) -> Stretch:
        """`上半年`."""
        year = self._year(tree.children[0], tree)
        return _months(year, 1, 6) if str(tree.children[1])[0] == "上" else _months(year, 7, 12)

    def quarter(self, tree: Tree[Token]) -> Stretch:
        """`第三季度`."""
        year, number = self._year(tree.children[0], tree), _QUARTERS[str(tree.children[1]).removeprefix("第")[0]]
        return _months(year, 3 * number - 2, 3 * number)


def crosses(last: date | None) -> Sentence:
    """The note of a range whose end took the year after its beginning's."""
    return Sentence("跨到 {crosses} 年", "runs on into {crosses}", {"crosses": last.year if last else ""})


def _tree_or_none(node: Node | None) -> Node | None:
    return node if isinstance(node, Tree) else None


def _months(year: int, first: int, last: int) -> Stretch:
    return Stretch(first=date(year, first, 1), last=month_end(year, last))
