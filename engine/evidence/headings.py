"""Headings of a document and how much stands under each, out of its lines in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.evidence.counting import count_han, count_words, visible
from engine.evidence.facts import Section, Sign

_MOST_SECTIONS = 2000
_LONGEST_STYLED, _LONGEST_NUMBERED, _LONGEST_LINE, _LONGEST_LATIN = 80, 40, 20, 6
_LONGEST_NUMBER = 24
_LINE_DEPTH, _LISTED_DEPTH = 20, 13

_CN = "[一二三四五六七八九十百零〇]{1,4}"
_NUMBERS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), depth)
    for pattern, depth in (
        (rf"第\s*(?:{_CN}|[0-9]{{1,3}})\s*(?:章|编|篇|部分)", 11),
        (r"(?:chapter|part)\s+(?:[0-9]{1,3}|[ivx]{1,5})\b[.:]?", 11),
        (rf"第\s*(?:{_CN}|[0-9]{{1,3}})\s*节", 12),
        (r"section\s+[0-9]{1,3}\b[.:]?", 12),
        (rf"{_CN}\s*[、.]", 13),
        (r"[IVX]{1,5}[.、]\s", 13),
        (rf"[（(]\s*{_CN}\s*[）)]\s*[、.]?", 14),
        (r"[0-9]{1,2}(?:\.[0-9]{1,2}){2,3}[.、]?\s+", 17),
        (r"[0-9]{1,2}\.[0-9]{1,2}[.、]?\s+", 16),
        (r"[0-9]{1,2}\s*[、.](?![0-9])", 15),
        (r"[（(]\s*[0-9]{1,2}\s*[）)]|[0-9]{1,2}[）)]|[①-⑳]", 18),
    )
)
# Full-width digits and signs of numbers, one for one, so that places in the text stay the same.
_NARROW = {ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９．", "0123456789.", strict=True)}
_CONTENTS_LINE = re.compile(r"(?:\.{3,}|…+|·{3,}|．{3,}|\t)\s*[0-9]{1,4}\s*$")
_HEAD_END = re.compile(r"[。：:！]")
_NOT_IN_A_LINE = re.compile(r"[。，；！？,;!?：:|]")
_FIGURE = re.compile(r"[0-9０-９]|[〇零一二三四五六七八九十]{2,4}\s*年")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One paragraph or line. level: 0 a title, 1-9 a heading, by style; standalone: may be a heading without a style or number;
    listed: the word processor numbers it; contents: a line of the table of contents."""

    text: str
    level: int | None = None
    standalone: bool = True
    listed: bool = False
    contents: bool = False


@dataclass(kw_only=True)
class _Open:
    heading: str
    depth: int
    sign: Sign
    words: int = 0
    han: int = 0


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """A heading found in a line; rest: what follows it in the same line and is body already."""

    heading: str
    depth: int
    sign: Sign
    rest: str = ""


@dataclass
class _Outline:
    found: list[_Open] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    begun: bool = False

    def take(self, line: Line) -> None:
        text = visible(line.text).strip()
        if not text:
            return
        mark = _mark(line, text, first=not self.begun) if len(self.found) < _MOST_SECTIONS else None
        self.begun = True
        if mark is None:
            self.count(text)
            return
        while self.open and self.open[-1].depth >= mark.depth:
            self.open.pop()
        self.count(text[: len(text) - len(mark.rest)])
        self.open.append(_Open(heading=mark.heading, depth=mark.depth, sign=mark.sign))
        self.found.append(self.open[-1])
        self.count(mark.rest)

    def count(self, text: str) -> None:
        words, han = count_words(text), count_han(text)
        for section in self.open:
            section.words += words
            section.han += han


def outline(lines: Iterable[Line]) -> tuple[Section, ...]:
    """The sections of a document, in order: by style, by number (一、 （一） 1. 第X章), and short lines that stand alone."""
    whole = _Outline()
    for line in lines:
        whole.take(line)
    return tuple(Section(heading=s.heading, depth=s.depth, sign=s.sign, words=s.words, han=s.han) for s in whole.found)


def unnumbered(heading: str) -> str:
    """The heading without the number before it."""
    number = _number(heading)
    return heading[number[0] :].strip() if number else heading


def _number(text: str) -> tuple[int, int] | None:
    """Where the number before a heading ends, and how deep such a number stands."""
    start = text[:_LONGEST_NUMBER].translate(_NARROW)
    for pattern, depth in _NUMBERS:
        found = pattern.match(start)
        if found:
            return found.end(), depth
    return None


def _mark(line: Line, text: str, *, first: bool) -> _Mark | None:
    if line.contents or _CONTENTS_LINE.search(text):
        return None
    if line.level is not None and count_words(text) <= _LONGEST_STYLED:
        return _Mark(heading=_one_line(text), depth=line.level, sign="styled" if line.level else "title")
    return _numbered(text) or _short(line, text, first=first)


def _numbered(text: str) -> _Mark | None:
    number = _number(text)
    return _after_number(text, *number) if number else None


def _after_number(text: str, start: int, depth: int) -> _Mark | None:
    """The heading after a number: the whole short line, or what stands before the first full stop or colon of a long one."""
    end = _HEAD_END.search(text, start)
    head, rest = (text[: end.start()], text[end.end() :]) if end else (text, "")
    if not head[start:].strip() or count_words(head) > _LONGEST_NUMBERED or head.endswith(("；", ";", "，", ",", "、")):
        return None
    return _Mark(heading=_one_line(head), depth=depth, sign="numbered", rest=rest)


def _short(line: Line, text: str, *, first: bool) -> _Mark | None:
    bare = text.rstrip("：:").rstrip()
    longest = _LONGEST_NUMBERED if line.listed else _LONGEST_LINE
    if not line.standalone or len(text.splitlines()) > 1 or not _looks_like_a_heading(bare, longest):
        return None
    if first:
        return _Mark(heading=bare, depth=0, sign="title")
    return _Mark(heading=bare, depth=_LISTED_DEPTH if line.listed else _LINE_DEPTH, sign="line")


def _looks_like_a_heading(text: str, longest: int) -> bool:
    if _NOT_IN_A_LINE.search(text) or _FIGURE.match(text) or not _LETTER.search(text):
        return False
    if count_han(text):
        return count_words(text) <= longest
    return text[0].isupper() and len(text.split()) <= _LONGEST_LATIN and not text.endswith(".")


def _one_line(text: str) -> str:
    return " ".join(text.split())
