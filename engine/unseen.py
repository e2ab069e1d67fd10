"""Characters that nobody sees, or that turn a text around: they would forge what others read in the journal, in lists and in letters."""

from __future__ import annotations

import re

# Control characters, the two line ends of Unicode, and halves of characters.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
# They turn the direction of a text, or stand in it without being seen.
_TURNING = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Code points that Unicode keeps free of characters for ever. Others without a character pass: people's names still get new ones.
_NEVER = "\ufdd0-\ufdef" + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_UNSEEN = re.compile(f"[{_CONTROLS}{_TURNING}{_NEVER}]")


def find_unseen(text: str, *, besides: str = "") -> int | None:
    """Where the first character stands that must not stand in what people read; None where none does.

    besides: those that are allowed here (the line break of a longer text).
    """
    return next((found.start() for found in _UNSEEN.finditer(text) if found.group() not in besides), None)


def has_unseen(text: str, *, besides: str = "") -> bool:
    """Whether any such character stands in the text."""
    return not text.isprintable() and find_unseen(text, besides=besides) is not None


def marked(text: str, mark: str = "·") -> str:
    """The text with a mark in the place of each."""
    return _UNSEEN.sub(mark, text)
