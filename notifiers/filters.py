"""What a template may do with a text, beside what Jinja2 brings."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from notifiers.subjects import titled
from notifiers.wrap import glued


def filters(html: bool) -> dict[str, Callable[..., Any]]:
    """Every filter by its name, for plain text or for a page."""
    return {"hang": _hang, "unbroken": _unbroken_html if html else _unbroken_text, "inside": _inside, "titled": titled}


def _unbroken_text(text: str, *kept: str) -> str:
    """The text with these words of it, an address or a mark, made not to break at a line's end."""
    for words in filter(None, kept):
        text = text.replace(words, glued(words))
    return text


def _unbroken_html(text: str, *kept: str) -> str:
    """The same as markup, escaped: what does not fit goes to the next line whole, and breaks only where it is too long for one."""
    found = escape(text)
    for words in map(escape, filter(None, kept)):
        if words in found:
            found = _kept_whole(found, words)
    return found


def _kept_whole(text: str, words: str) -> str:
    """Together with the signs around it: none may be left behind alone. A pattern of every mark would be compiled anew each time."""
    found, *others = text.split(words)
    for other in others:
        before, after = _BEFORE.search(found), _AFTER.match(other)
        assert before is not None and after is not None
        kept = f"{before[0]}{words}{after[0]}"
        found = f'{found[: before.start()]}<span style="{_UNBROKEN}">{kept}</span>{other[after.end() :]}'
    return found


_BEFORE = re.compile(r"[“（(]?\Z")
_AFTER = re.compile("[”）)]?[，；。,;.]?")
_UNBROKEN = "display:inline-block;max-width:100%;overflow-wrap:anywhere;"


def _inside(text: str) -> str:
    """The text as it stands inside quotation marks."""
    return text.translate({ord("“"): "‘", ord("”"): "’"})


def _hang(text: str, spaces: int) -> str:
    return text.replace("\n", "\n" + " " * spaces)
