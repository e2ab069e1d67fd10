"""INSTANT = BASE [+|- SPAN]... [HH:MM], a list of them (the latest counts), or `undated`: what can be dated without a running case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from engine.timing.clocks import read_clock
from engine.timing.context import PhraseContext
from engine.timing.errors import NeedsPeriod, NoDueHere, NotYetInstant, PhraseError, UnknownBase
from engine.timing.moving import moved_by
from engine.timing.phrases import read_unrolled, roll_placed
from engine.timing.spans import Span, parse_span
from engine.timing.stretches import Stretch, add_span, add_span_to_moment, end_of, one_day, start_of, waiting

__all__ = ["NotYetInstant", "add_span", "add_span_to_moment", "end_of", "read_instant", "start_of"]

_SIGNED = re.compile(r"\s*([+＋\-－−])\s*([0-9０-９]+\s*(?:min|mo|wd|h|d|w|y|分钟|小时|个?\s*工作日|个\s*月|日|天|周|年)|半个月)\s*$")
_NAMED_SPAN = re.compile(r"^(\S+?)\s*[+\-]\s*([^\W\d]\w*(?:\.\w+)*)\s*$")
_CLOCK = re.compile(r"\s+([0-9]{1,2})[:：]([0-9]{2})\s*$")
_NAME = re.compile(r"\w+(?:\.\w+)*")
_UNIT_OF_A_DATE = ("日", "年")
# Bases that only a running case can date.
_OF_A_CASE = ("start", "on_entry")


@dataclass(frozen=True, kw_only=True)
class _Parts:
    base: str
    start: int
    spans: tuple[tuple[Span, int], ...]
    clock: tuple[str, int] | None


def read_instant(text: str | Sequence[str], context: PhraseContext, names: Mapping[str, Stretch] | None = None) -> Stretch:
    """The stretch of an instant; of a list, the latest end and the latest beginning.

    names: what `due`, `period.end`, `TASK.due` and the like stand for; looked up before anything else.
    Raises NotYetInstant for what only a running case can date, UnknownBase for a name nobody declared, else a PhraseError.
    """
    if not isinstance(text, str):
        if not text:
            raise PhraseError(text="", position=1)
        return _latest([read_instant(one, context, names) for one in text])
    return roll_placed(text, _unrolled(text, context, names or {}), context)


def bases_of(text: str | Sequence[str], context: PhraseContext, names: Mapping[str, Stretch] | None = None) -> frozenset[str]:
    """What an instant, or each of a list, counts from, as it is written; nothing for what cannot be taken apart."""
    if not isinstance(text, str):
        return frozenset[str]().union(*(bases_of(one, context, names) for one in text))
    try:
        return frozenset({_split(text, context, names or {}).base})
    except PhraseError:
        return frozenset()


def _unrolled(text: str, context: PhraseContext, names: Mapping[str, Stretch]) -> Stretch:
    parts = _split(text, context, names)
    read = _base(parts, text, context, names)
    for span, position in parts.spans:
        read = moved_by(read, span, context.calendar, context.zone, text, position)
    if parts.clock is None or read.pending_on:
        return read
    at = read_clock([parts.clock[0]], text, parts.clock[1])
    return replace(read, at=at if read.last else None, from_time=at if read.first else None)


def _split(text: str, context: PhraseContext, names: Mapping[str, Stretch]) -> _Parts:
    """The text taken apart from its end. A date phrase keeps a time of its own, and its `-3日`, which ends a range there."""
    rest, clock = text, None
    found = _CLOCK.search(rest)
    if found is not None:
        clock, rest = (f"{found[1]}:{found[2]}", found.start(1) + 1), rest[: found.start()]
    spans: list[tuple[Span, int]] = []
    while (signed := _SIGNED.search(rest)) is not None:
        head = rest[: signed.start()]
        if signed[1] in "-－−" and signed[2].endswith(_UNIT_OF_A_DATE) and "工作" not in signed[2] and not _is_base(head, context, names):
            break
        sign = "-" if signed[1] in "-－−" else "+"
        spans.insert(0, (_span(sign + signed[2], text, signed.start(2)), signed.start(2) + 1))
        rest = head
    if clock is not None and not spans and not _is_base(rest, context, names):
        rest, clock = text, None
    base = rest.strip()
    return _Parts(base=base, start=len(rest) - len(rest.lstrip()), spans=tuple(spans), clock=clock)


def _span(signed: str, text: str, start: int) -> Span:
    try:
        return parse_span(signed)
    except PhraseError as error:
        raise error.placed(text, start + max(error.position - 1, 1)) from None


def _is_base(head: str, context: PhraseContext, names: Mapping[str, Stretch]) -> bool:
    while (signed := _SIGNED.search(head)) is not None:
        head = head[: signed.start()]
    name = head.strip()
    known = ("issued", "received", "opens", "due", "period.start", "period.end", *_OF_A_CASE)
    return name in names or name in context.anchors or name in known or (_NAME.fullmatch(name) is not None and "." in name)


def _base(parts: _Parts, text: str, context: PhraseContext, names: Mapping[str, Stretch]) -> Stretch:
    name, position = parts.base, parts.start + 1
    if name in names:
        return names[name]
    if name in ("undated", "未定"):
        return waiting("undated")
    if name in context.anchors:
        return _known(context.anchors[name], name)
    if name in ("issued", "received", "opens"):
        return _known({"issued": context.issued, "received": context.received, "opens": context.opens}[name], name)
    if name == "due":
        raise NoDueHere(text=text, position=position)
    if name in ("period.start", "period.end"):
        if context.occurrence is None:
            raise NeedsPeriod(text=text, position=position, term=name)
        return one_day(context.occurrence[0 if name == "period.start" else 1])
    _refuse_names(name, text, position, context.later)
    return _phrase(name, text, parts.start, context)


def _refuse_names(name: str, text: str, position: int, later: frozenset[str]) -> None:
    if name in _OF_A_CASE or name in later:
        raise NotYetInstant(text=text, position=position, base=name)
    if _NAME.fullmatch(name) and "." in name and not name[0].isdigit():
        if name.rsplit(".", 1)[1] == "due":
            raise UnknownBase(text=text, position=position, base=name)
        raise NotYetInstant(text=text, position=position, base=name)
    named = _NAMED_SPAN.match(name)
    if named is not None and (named[2] in later or (named[2].isascii() and not re.search("[0-9]", named[2]))):
        raise NotYetInstant(text=text, position=position + named.start(2), base=named[2])
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise UnknownBase(text=text, position=position, base=name)


def _phrase(name: str, text: str, start: int, context: PhraseContext) -> Stretch:
    try:
        return read_unrolled(name, context)
    except PhraseError as error:
        raise error.placed(text, error.position + start) from None


def _known(day: date | None, name: str) -> Stretch:
    return one_day(day) if day is not None else waiting(name)


def _latest(read: Sequence[Stretch]) -> Stretch:
    pending = [name for stretch in read for name in stretch.pending_on]
    if pending:
        return waiting(*pending)
    # An open end is later than any day; an open beginning earlier. A day without a time ends later than any time in it.
    last = max(read, key=lambda one: (one.last or date.max, one.at or time.max))
    first = max(read, key=lambda one: (one.first or date.min, one.from_time or time.min))
    joined = replace(last, first=first.first, from_time=first.from_time)
    provisional = any(one.provisional for one in read)
    return replace(joined, vague=last.vague, provisional=provisional)
