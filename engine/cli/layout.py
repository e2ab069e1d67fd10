"""Text for a terminal: lines that break where Chinese and English may break, and columns that meet.

Written by hand because the usual libraries break at blanks only, and Chinese has none.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import zip_longest

_OPENING = "（【《“‘「『(["
_CLOSING = "，。；：、！？）】》”’」』…,.;:!?)]%"
# What is read as one: a time with its day, and a short Chinese word that stands alone (with its period).
_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d"
_HAN = r"[\u3400-\u9fff]"
_WORD = rf"(?<!{_HAN}){_HAN}{{2,6}}(?!{_HAN})(?:@[0-9A-Za-z.-]+)?"
_WHOLE = f"{_TIME}|{_WORD}"


@cache
def _pieces_with(ones: str) -> re.Pattern[str]:
    """What stays together: `ones`, a name in square brackets, one wide character or a run of narrow ones.

    With it stays the punctuation that may not begin or end a line.
    """
    opening, closing = re.escape(_OPENING), re.escape(_CLOSING)
    return re.compile(rf"\s+|\[[^\[\]\s]{{1,40}}\]|[{opening}]*(?:{ones}|[^\s\u2e80-\uffef{opening}]+|[^\s])[{closing}]*")


# What somebody wrote must not be able to move the cursor, or turn the rest of the line around.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = ("Mn", "Me", "Cf")
_NARROWEST, _WIDEST = 40, 120
_GAP = 2
_LONG_WORD = 24


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
    for piece in _pieces_with(_WHOLE).findall(text):
        fine = [piece] if width(piece) <= columns else _pieces_with(_TIME).findall(piece)
        for one in fine:
            found += [one] if width(one) <= columns else list(one)
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
    room = (columns or terminal_width()) - _GAP * (len(headings) - 1)
    widths = natural if sum(natural) <= room else _fitted(natural, list(map(_least, zip(*everything, strict=True))), room)
    body = [line for row in rows for line in _row(row, widths)]
    return "\n".join([*_row(headings, widths), (" " * _GAP).join("-" * size for size in widths), *body])


def _least(cells: Sequence[str]) -> int:
    """How wide a column has to be for nothing in it to be broken in its middle; of very long words no more is asked than of others."""
    pieces = (piece for cell in set(cells) for piece in _pieces_with(_WHOLE).findall(cell))
    return min(max(map(width, pieces), default=0), _LONG_WORD)


def _fitted(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """The widths of columns: what is narrow keeps its width, the widest ones share what is left, down to their words if they must."""
    widths = list(natural)
    while sum(widths) > room and max(widths) > 4:
        spare = [size if size > needed else 0 for size, needed in zip(widths, least, strict=True)]
        widest = spare if any(spare) else widths
        widths[widest.index(max(widest))] -= 1
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
