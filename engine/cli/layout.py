"""Text for a terminal: lines that break where Chinese and English may break, and columns that meet.

Written by hand because the usual libraries break at blanks only, and Chinese has none.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest

_OPENING = "（【《“‘「『(["
_CLOSING = "，。；：、！？）】》”’」』…,.;:!?)]%"
# What is read as one: a time with its day, a number with what it counts.
_ONE = r"\d{4}-\d\d-\d\d \d\d:\d\d|(?:\d+ )?[A-Za-z-]+\(s\)"
# What stays together: a name in square brackets, one wide character or a run of narrow ones, with the punctuation that may not begin
# or end a line.
_PIECE = re.compile(
    rf"\s+|\[[^\[\]\s]{{1,40}}\]|[{re.escape(_OPENING)}]*(?:{_ONE}|[^\s\u2e80-\uffef{re.escape(_OPENING)}]+|[^\s])[{re.escape(_CLOSING)}]*"
)
# What somebody wrote must not be able to move the cursor, or turn the rest of the line around.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = ("Mn", "Me", "Cf")
_NARROWEST, _WIDEST = 40, 120
_GAP = 2


def terminal_width() -> int:
    """How many columns there are to write in; 80 where nobody knows."""
    return max(_NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, _WIDEST))


def width(text: str) -> int:
    """How many columns a terminal gives the text; a Chinese character takes two."""
    # Lists of a hundred thousand units are mostly plain; asking about every letter would take longer than finding them.
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=8192)
def _columns(character: str) -> int:
    if unicodedata.category(character) in _INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`; a blank line for an empty text. Nothing is cut."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += _paragraph(_UNSHOWN.sub("?", paragraph.replace("\t", " ")), max(columns, 2))
    return lines


def _paragraph(text: str, columns: int) -> list[str]:
    if width(text) <= columns:
        return [text.strip()]
    lines: list[str] = []
    line, used = "", 0
    for piece in _pieces(text, columns):
        size = width(piece)
        if used + size > columns and line.strip():
            lines.append(line.rstrip())
            line, used = "", 0
        if line or not piece.isspace():
            line, used = line + piece, used + size
    return [*lines, line.rstrip()]


def _pieces(text: str, columns: int) -> list[str]:
    """What may not be broken, but for what is longer than a whole line."""
    found: list[str] = []
    for piece in _PIECE.findall(text):
        found += list(piece) if width(piece) > columns else [piece]
    return found


def indented(text: str, indent: str, *, first: str | None = None, columns: int | None = None) -> str:
    """The text wrapped to the terminal, every line after `indent`, the first one after `first` where that is given."""
    limit = columns or terminal_width()
    lines = wrap(text, limit - max(width(indent), width(first or "")))
    starts = [indent if first is None else first] + [indent] * (len(lines) - 1)
    return "\n".join(f"{start}{line}".rstrip() for start, line in zip(starts, lines, strict=True))


def pad(text: str, columns: int) -> str:
    """The text filled up with blanks to so many columns."""
    return text + " " * (columns - width(text))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, columns: int | None = None) -> str:
    """A table of at most `columns`: where it does not fit, the widest columns give way and their cells go on in the next line."""
    everything = [headings, *rows]
    natural = [max(width(row[place]) for row in everything) for place in range(len(headings))]
    widths = _fitted(natural, (columns or terminal_width()) - _GAP * (len(headings) - 1))
    body = [line for row in rows for line in _row(row, widths)]
    return "\n".join([*_row(headings, widths), (" " * _GAP).join("-" * size for size in widths), *body])


def _fitted(natural: Sequence[int], room: int) -> list[int]:
    """The widths of columns: what is narrow keeps its width, the widest ones share what is left."""
    widths = list(natural)
    while sum(widths) > room and max(widths) > 4:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [wrap(cell, size) for cell, size in zip(cells, widths, strict=True)]
    lines = zip_longest(*wrapped, fillvalue="")
    return [(" " * _GAP).join(pad(cell, size) for cell, size in zip(line, widths, strict=True)).rstrip() for line in lines]


def definitions(pairs: Sequence[tuple[str, str]], *, indent: str = "  ", columns: int | None = None) -> str:
    """Words and what they mean, in two columns; a long word stands on a line of its own."""
    limit = columns or terminal_width()
    room = min(max((width(word) for word, _ in pairs), default=0), limit // 3)
    lines: list[str] = []
    for word, meaning in pairs:
        after = " " * (width(indent) + room + _GAP)
        if width(word) > room:
            lines += [f"{indent}{word}", indented(meaning, after, columns=limit)]
        else:
            lines.append(indented(meaning, after, first=f"{indent}{pad(word, room)}{' ' * _GAP}", columns=limit))
    return "\n".join(lines)
