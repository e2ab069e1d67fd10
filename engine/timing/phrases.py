"""Date phrases (上旬, “七一”前, 10个工作日内 ...): from an author's words to a stretch of days, or a refusal that says where and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lark import Token, Tree

from engine.sentences import Sentence
from engine.timing.calendars import FIRST_YEAR, LAST_YEAR
from engine.timing.context import PhraseContext
from engine.timing.errors import NeedsAnchor, NoSuchTime, PhraseError, SayTheMonth, SayTheYear
from engine.timing.grammar import Source, parse, prepare
from engine.timing.reading import Reader
from engine.timing.stretches import Stretch, roll

__all__ = ["PhraseContext", "PhraseError", "Stretch", "read_phrase"]


def read_phrase(text: str, context: PhraseContext) -> Stretch:
    """The stretch of days a phrase means. Raises PhraseError, or the subclass that names the cause, with the position in `text`."""
    read = read_unrolled(text, context)
    return read if context.on_holiday == "keep" else roll_placed(text, read, context)


def read_unrolled(text: str, context: PhraseContext) -> Stretch:
    """As `read_phrase`, but a last day on a holiday moves only where the phrase itself says so."""
    tree, source = _parsed(text, context)
    read = _settled(tree, source, context)
    if not read.provisional:
        return read
    note = Sentence("所涉年份的节假日安排尚未公布，暂按周末休息推算", "Holidays not published yet: computed as plain weekends")
    return replace(read, notes=(*read.notes, note))


def roll_placed(text: str, read: Stretch, context: PhraseContext) -> Stretch:
    """`read` rolled as the calendar says; a phrase that rolled by itself is not rolled again."""
    if context.on_holiday == "keep" or read.rolled_from is not None or read.pending_on:
        return read
    try:
        return roll(read, context.on_holiday, context.calendar)
    except PhraseError as error:
        raise error.placed(text, 1) from None


def _parsed(text: str, context: PhraseContext) -> tuple[Tree[Token], Source]:
    try:
        return parse(text, "phrase", context.anchors)
    except PhraseError as error:
        source = prepare(text, context.anchors)
        at = source.clean.find("届满")
        if type(error) is PhraseError and at >= 0 and error.position == source.place(at):
            raise NeedsAnchor(text=text, position=error.position, name="届满") from None
        raise


def _settled(tree: Tree[Token], source: Source, context: PhraseContext) -> Stretch:
    try:
        return _read(tree, source, context, None, None)
    except SayTheYear as missing:
        return _in_window(tree, source, context, missing) or _in_year_of_issue(tree, source, context, missing)


def _read(tree: Tree[Token], source: Source, context: PhraseContext, year: int | None, month: int | None) -> Stretch:
    try:
        return Reader(source=source, context=context, year=year, month=month).read(tree)
    except PhraseError as error:
        # Arithmetic on bare days knows no text; here it gets the author's.
        raise error if error.text == source.text else error.placed(source.text, 1) from None


def _in_window(tree: Tree[Token], source: Source, context: PhraseContext, missing: SayTheYear) -> Stretch | None:
    """The one reading that lies in the enclosing window; None where none or several do."""
    found: list[Stretch] = []
    for year, month in _candidates(context, missing):
        try:
            read = _read(tree, source, context, year, month)
        except NoSuchTime:
            raise
        except PhraseError:
            # A year without that day (29 February, a festival outside its table) is no candidate.
            continue
        if _meets(read, context) and read not in found:
            found.append(read)
    return found[0] if len(found) == 1 else None


def _candidates(context: PhraseContext, missing: SayTheYear) -> Iterator[tuple[int, int | None]]:
    if context.window is None or context.window[0] is None or context.window[1] is None:
        return
    for year in range(max(context.window[0].year - 1, FIRST_YEAR), min(context.window[1].year + 1, LAST_YEAR) + 1):
        if isinstance(missing, SayTheMonth):
            yield from ((year, month) for month in range(1, 13))
        else:
            yield year, None


def _meets(read: Stretch, context: PhraseContext) -> bool:
    if context.window is None or read.pending_on:
        return False
    opens, closes = context.window
    first, last = read.first or read.last, read.last or read.first
    return first is not None and last is not None and (closes is None or first <= closes) and (opens is None or last >= opens)


def _in_year_of_issue(tree: Tree[Token], source: Source, context: PhraseContext, missing: SayTheYear) -> Stretch:
    if context.issued is None or isinstance(missing, SayTheMonth):
        raise missing
    year = context.issued.year
    read = _read(tree, source, context, year, None)
    end = read.last or read.first
    if end is None or end < context.issued:
        raise missing
    note = Sentence("未写年份，按发文年份{year}年读", "No year is written; read in {year}, the year of issue", {"year": year})
    return replace(read, notes=(*read.notes, note))
