"""From the tree of a date phrase to a stretch: what is said about dates (前, 后, 内, ranges), on top of `dates`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from lark import Token, Tree

from engine.timing.clocks import read_clock
from engine.timing.dates import DateReader, Node, crosses
from engine.timing.errors import DayMissing, NotOneDay, PhraseError, SayTheYear, WorkEndsUnset
from engine.timing.moving import moved_by
from engine.timing.spans import Span
from engine.timing.stretches import Stretch, add_days, one_day, roll, waiting


class Reader(DateReader):
    """Reads one whole tree of a phrase."""

    def read(self, node: Node) -> Stretch:
        """The stretch of a node. Raises PhraseError with the place in the author's text."""
        if isinstance(node, Token):
            self._refuse(PhraseError, node)
        return _RULES[str(node.data)](self, node)

    def moment(self, tree: Tree[Token]) -> Stretch:
        """A day with a time of day."""
        base, clock = self.read(tree.children[0]), tree.children[1]
        assert isinstance(clock, Tree)
        at = read_clock([str(token) for token in clock.children], self.source.text, self.source.place_of(clock))
        return replace(base, at=at, from_time=at)

    def rolled(self, tree: Tree[Token]) -> Stretch:
        """`X，遇节假日顺延` or 提前."""
        read = self.read(tree.children[0])
        return roll(read, "next" if str(tree.children[1]).endswith("顺延") else "previous", self.context.calendar)

    def open_range(self, tree: Tree[Token]) -> Stretch:
        """`A—`: from A on."""
        read = self.read(tree.children[0])
        return read if read.pending_on else replace(read, last=None, at=None)

    def between(self, tree: Tree[Token]) -> Stretch:
        """`A—B`: B takes year and month from A."""
        opening = self.read(tree.children[0])
        return self._until(opening, tree.children[1], names_month=_names_month(tree.children[0]))

    def _until(self, opening: Stretch, node: Node, *, names_month: bool) -> Stretch:
        if opening.pending_on or opening.first is None:
            return self._until_pending(opening, node)
        month = opening.first.month if names_month else None
        inner = Reader(source=self.source, context=self.context, year=opening.first.year, month=month)
        closing = inner.read(node)
        if closing.last is not None and closing.last < opening.first and inner.leaned_on_year and not inner.leaned_on_month:
            inner.year = self._year_after(opening.first.year, node)
            closing = inner.read(node)
            closing = replace(closing, notes=(*closing.notes, crosses(closing.last)))
        if closing.pending_on:
            return closing
        whole = replace(closing, first=opening.first, from_time=opening.from_time, vague=opening.vague or closing.vague)
        joined = replace(whole, provisional=opening.provisional or closing.provisional, notes=opening.notes + closing.notes)
        return self._ordered(joined, node)

    def _until_pending(self, opening: Stretch, node: Node) -> Stretch:
        try:
            closing = self.read(node)
        except SayTheYear:
            # Its year comes from the beginning, which is not dated yet.
            return opening
        return waiting(*opening.pending_on, *closing.pending_on)

    def before(self, tree: Tree[Token]) -> Stretch:
        """`X前`: festivals and anchors never include their day, others as the calendar says."""
        point, inclusion = tree.children[0], _optional(tree, 1)
        read = self.read(point)
        if read.pending_on or read.last is None or read.first is None:
            return read
        if read.at is not None:
            if inclusion is not None:
                self._refuse(PhraseError, inclusion)
            return replace(read, first=None, from_time=None)
        strict = isinstance(point, Tree) and point.data in ("festival", "anchor")
        includes = "不" not in str(inclusion) if inclusion is not None else not strict and self.context.before == "includes"
        return replace(read, first=None, last=read.last if includes else self._shifted(read.first, -1, tree))

    def before_leaving(self, tree: Tree[Token]) -> Stretch:
        """`X下班前`."""
        read = self.read(tree.children[0])
        if self.context.work_ends is None:
            self._refuse(WorkEndsUnset, tree.children[1])
        return read if read.pending_on else replace(read, first=None, at=self.context.work_ends)

    def after(self, tree: Tree[Token]) -> Stretch:
        """`X后`: opens the day after X."""
        read = self.read(tree.children[0])
        if read.pending_on or read.last is None:
            return read
        if read.at is not None:
            return replace(read, first=read.last, from_time=read.at, last=None, at=None)
        return replace(read, first=self._shifted(read.last, 1, tree), last=None)

    def _shifted(self, day: date, count: int, node: Node) -> date:
        try:
            return add_days(day, count)
        except PhraseError as error:
            raise error.placed(self.source.text, self.source.place_of(node)) from None

    def from_on(self, tree: Tree[Token]) -> Stretch:
        """`自X起`: opens with X."""
        return self.open_range(tree)

    def about(self, tree: Tree[Token]) -> Stretch:
        """`X左右`, `X前后`."""
        read = self.read(tree.children[0])
        return replace(read, vague=True, grace=self.context.about)

    def only_time(self, tree: Tree[Token]) -> Stretch:
        """A time without a day is refused."""
        self._refuse(DayMissing, tree)

    def earlier(self, tree: Tree[Token]) -> Stretch:
        """`X前3天`."""
        base, span = self._base_day(tree.children[0]), self._span(tree.children[1])
        return self._moved(base, Span(count=-span.count, unit=span.unit), tree.children[1])

    def within_after(self, tree: Tree[Token]) -> Stretch:
        """`X后3日内`."""
        return self._counted(self.read(tree.children[0]), tree, includes_base=False)

    def within_since(self, tree: Tree[Token]) -> Stretch:
        """`自X之日起3日内`."""
        return self._counted(self._base_day(tree.children[0]), tree, includes_base=True)

    def within(self, tree: Tree[Token]) -> Stretch:
        """`3日内`: from the opening."""
        return self._counted(_known(self.context.opens, "opens"), tree, includes_base=True)

    def within_receipt(self, tree: Tree[Token]) -> Stretch:
        """`接到通知后3日内`."""
        return self._counted(_known(self.context.received, "received"), tree, includes_base=True)

    def _counted(self, base: Stretch, tree: Tree[Token], *, includes_base: bool) -> Stretch:
        node = tree.children[-1]
        moved = self._moved(base, self._span(node), node)
        if moved.pending_on or base.last is None:
            return moved
        if base.at is not None and moved.at is not None:
            return replace(moved, first=base.last, from_time=base.at)
        first = base.last if includes_base else self._shifted(base.last, 1, tree)
        # 0日内 ends on the day of the base itself.
        return replace(moved, first=min(first, moved.last or first), from_time=None)

    def _base_day(self, node: Node) -> Stretch:
        read = self.read(node)
        if not read.pending_on and (read.first is None or read.first != read.last):
            self._refuse(NotOneDay, node)
        return read

    def from_issue(self, tree: Tree[Token]) -> Stretch:
        """`即日起`."""
        read = _known(self.context.issued, "issued")
        return replace(read, last=None)

    def from_issue_to(self, tree: Tree[Token]) -> Stretch:
        """`即日起至B`."""
        return self._until(_known(self.context.issued, "issued"), tree.children[1], names_month=False)

    def from_receipt(self, tree: Tree[Token]) -> Stretch:
        """`接到通知后`."""
        return replace(_known(self.context.received, "received"), last=None)

    def at_once(self, tree: Tree[Token]) -> Stretch:
        """`立即`: due on the day it opens."""
        return _known(self.context.opens, "opens")

    def undated(self, tree: Tree[Token]) -> Stretch:
        """适时, 另行通知 and the like: dated later by a named person."""
        return waiting("undated")

    def _moved(self, base: Stretch, span: Span, node: Node) -> Stretch:
        return moved_by(base, span, self.context.calendar, self.context.zone, self.source.text, self.source.place_of(node))


def _optional(tree: Tree[Token], index: int) -> Node | None:
    # An optional part that is absent stands as None, which the library's types do not say.
    return tree.children[index]


def _known(day: date | None, name: str) -> Stretch:
    return one_day(day) if day is not None else waiting(name)


def _names_month(node: Node) -> bool:
    inner = node.children[0] if isinstance(node, Tree) and node.data == "moment" else node
    written = ("iso", "day_of_month", "month_end", "month_part", "nth_workday", "day_alone")
    return isinstance(inner, Tree) and inner.data in written


_RULES: Final[Mapping[str, Callable[[Reader, Tree[Token]], Stretch]]] = {
    "iso": Reader.iso,
    "day_of_month": Reader.day_of_month,
    "day_alone": Reader.day_alone,
    "month_end": Reader.month_end,
    "nth_workday": Reader.nth_workday,
    "festival": Reader.festival,
    "year_end": Reader.year_end,
    "next_week": Reader.next_week,
    "anchor": Reader.anchor,
    "whole_year": Reader.whole_year,
    "years": Reader.years,
    "whole_month": Reader.whole_month,
    "months_listed": Reader.months_listed,
    "months_between": Reader.months_between,
    "days_between": Reader.days_between,
    "month_part": Reader.month_part,
    "year_beginning": Reader.year_beginning,
    "half": Reader.half,
    "quarter": Reader.quarter,
    "moment": Reader.moment,
    "rolled": Reader.rolled,
    "open_range": Reader.open_range,
    "between": Reader.between,
    "before": Reader.before,
    "before_leaving": Reader.before_leaving,
    "after": Reader.after,
    "from_on": Reader.from_on,
    "about": Reader.about,
    "only_time": Reader.only_time,
    "earlier": Reader.earlier,
    "within_after": Reader.within_after,
    "within_since": Reader.within_since,
    "within": Reader.within,
    "within_receipt": Reader.within_receipt,
    "from_issue": Reader.from_issue,
    "from_issue_to": Reader.from_issue_to,
    "from_receipt": Reader.from_receipt,
    "at_once": Reader.at_once,
    "undated": Reader.undated,
}
