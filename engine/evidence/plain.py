"""Reads .txt and .md: decoding, and markdown without its signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.evidence.headings import Line

_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x7f]")


def decode(content: bytes) -> str | None:
    """The text: UTF-8 with or without its mark, else GB18030, else UTF-16 by its mark; None where none of them fits.

    Guessing programs read short GBK texts as Big5, so nothing is guessed.
    """
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        if encoding == "utf-16" and not content.startswith(_MARKS_16):
            return None
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def text_lines(text: str) -> list[Line]:
    """The lines of a plain text."""
    return [Line(text=line) for line in text.splitlines()]


_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_ATX = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_SETEXT = re.compile(r"^\s{0,3}(=+|-+)\s*$")
_RULE = re.compile(r"^\s{0,3}(?:[-*_]\s*){3,}$")
_TABLE_RULE = re.compile(r"^[\s|:-]*\|[\s|:-]*$")
_BEFORE = re.compile(r"^\s*(?:>\s*)*(?:[-*+]\s+)?(?:\[[ xX]\]\s+)?")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^>]*>")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1(?!(?<=_)\w)")


def markdown_lines(text: str) -> list[Line]:
    """The lines of a markdown text without its signs; `#` lines and underlined lines are the headings, with their level."""
    lines: list[Line] = []
    for line, fenced in _outside_fences(text):
        heading = None if fenced else _ATX.match(line)
        under = None if fenced else _SETEXT.match(line)
        if heading:
            lines.append(Line(text=_bare(heading[2]), level=len(heading[1])))
        elif under and lines and lines[-1].text and lines[-1].level is None:
            lines[-1] = Line(text=lines[-1].text, level=1 if under[1].startswith("=") else 2)
        elif fenced:
            lines.append(Line(text=line, standalone=False))
        else:
            lines.append(_body(line))
    return lines


def _outside_fences(text: str) -> Iterator[tuple[str, bool]]:
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        else:
            yield line, fenced


def _body(line: str) -> Line:
    if _RULE.match(line) or _TABLE_RULE.match(line):
        return Line(text="")
    listed = bool(re.match(r"\s*(?:>|[-*+]\s|\|)", line))
    return Line(text=_bare(_BEFORE.sub("", line).replace("|", " ")), standalone=not listed)


def _bare(text: str) -> str:
    for pattern in (_IMAGE, _LINK):
        text = pattern.sub(r"\1", text)
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", _TAG.sub("", text))).strip()
