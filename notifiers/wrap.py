"""Plain text in lines of a given number of columns, a Chinese character taking two."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Punctuation that must not begin a line, and that which must not end one.
_NEVER_FIRST = frozenset("，。、；：？！）】》〉」』”’…—％%,.;:?!)]}")
_NEVER_LAST = frozenset("（【《〈「『“‘([{")
# The word joiner, of no width, and the space at which no line ends.
_GLUE = "\u2060"
_NO_BREAK = "\u00a0"
_GOES_ON = re.compile(r" \n *")
_MARKER = re.compile(r" *(?:\d+\. |- |· )?")


def columns(text: str) -> int:
    """How many columns the text takes. Of ambiguous width (“ ” — …) counts as two, as in Chinese fonts."""
    return sum(map(_width, text))


def shorten(text: str, most: int) -> str:
    """The text, cut to `most` columns with an ellipsis if it is longer."""
    if columns(text) <= most:
        return text
    taken = 0
    for place, char in enumerate(text):
        taken += _width(char)
        if taken > most - 2:
            return text[:place].rstrip() + "…"
    return text + "…"


def wrap(text: str, width: int = 78) -> str:
    """The text with every line at most `width` columns; what continues a line hangs under its first word.

    A line that goes on ends in a blank, as in RFC 3676 with DelSp: nobody sees it, and `unwrap` finds the line again.
    An address or a URL is never cut, even if it is longer than a line: it would no longer work.
    """
    wrapped = "\n".join(folded for line in text.split("\n") for folded in _fold(line.rstrip(), width))
    return wrapped.replace(_GLUE, "").replace(_NO_BREAK, " ")


def unwrap(text: str) -> str:
    """The lines as they were before `wrap`, for a screen that folds them itself."""
    return _GOES_ON.sub("", text)


def glued(text: str) -> str:
    """The text so that `wrap` puts no line end inside it, unless it is wider than a line."""
    return _GLUE.join(text.replace(" ", _NO_BREAK))


@lru_cache(maxsize=8192)
def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _fold(line: str, width: int) -> list[str]:
    if columns(line) <= width:
        return [line]
    match = _MARKER.match(line)
    marker = match[0] if match else ""
    hang = " " * len(marker)
    lines, current, taken = [], marker, columns(marker)
    for unit in _pieces(line[len(marker) :], width - len(marker)):
        # Blanks stay behind at the end of a line; of any other space, such as a wide one, none may be lost.
        if current.strip(" ") and taken + columns(unit.rstrip(" ")) > width:
            lines.append(_going_on(current))
            current, taken = hang, len(hang)
        current += unit
        taken += columns(unit)
    return [*lines, current.rstrip(" ")]


def _going_on(line: str) -> str:
    """The line with a blank more at its end than stand there between two words."""
    return f"{line} "


def _pieces(text: str, width: int) -> list[str]:
    """The text in pieces between which a line may break, each no wider than `width` if it can be cut at all."""
    return [piece for unit in _units(text) for piece in _cut(unit, width)]


def _units(text: str) -> list[str]:
    units: list[str] = []
    for char in text:
        if units and _together(units[-1][-1], char):
            units[-1] += char
        else:
            units.append(char)
    return units


def _together(before: str, char: str) -> bool:
    if _GLUE in (before, char) or _NO_BREAK in (before, char):
        return True
    if before == " " or char == " ":
        return before == char
    # A number stays with what it counts: `30日`, `14字`.
    narrow = _width(before) < 2 and (_width(char) < 2 or before.isdigit())
    return narrow or char in _NEVER_FIRST or before in _NEVER_LAST


def _cut(unit: str, width: int) -> list[str]:
    if columns(unit) <= width or "://" in unit or "@" in unit:
        return [unit]
    pieces = [""]
    for char in unit:
        if columns(pieces[-1]) + _width(char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
