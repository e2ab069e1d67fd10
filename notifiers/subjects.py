"""The subject of a letter: the matter first, then the campaign, in as many columns as a list of mails shows."""

from __future__ import annotations

import re

from notifiers.base import Lang
from notifiers.wrap import columns, shorten

MOST = 60
# Less of a campaign's title than this says nothing.
_LEAST_TITLE = 12
_QUOTED = re.compile(r"[“《「『]([^“”《》「」『』]+)[”》」』]")
_OPENING, _CLOSING = "“《「『（(【[", "”》」』）)】]"
_ENDS = " ，、；：。,;:-—"


def titled(matter: str, title: str, lang: Lang) -> str:
    """`明天到期：总结【创先争优】` / `Due tomorrow: report [Safety Year]`, where possible within 60 columns; the matter is cut last."""
    brackets = ("【", "】") if lang == "zh" else (" [", "]")
    taken = columns("".join(brackets))
    least = min(columns(short_title(title, _LEAST_TITLE)), columns(title))
    room = MOST - taken - min(columns(matter), MOST - taken - least)
    return shorten(matter, MOST - taken - least) + short_title(title, room).join(brackets)


def short_title(title: str, most: int) -> str:
    """A campaign's title in so many columns: whole, else what is quoted in it, else its beginning up to a sensible place."""
    if columns(title) <= most:
        return title
    quoted = [words for words in _QUOTED.findall(title) if columns(words) <= most]
    return quoted[0] if quoted else _beginning(title, most)


def _beginning(title: str, most: int) -> str:
    """Cut with an ellipsis, before a bracket or quotation mark that it would leave open, and where words end, if that leaves enough."""
    kept = shorten(title, most).removesuffix("…")
    opened = _left_open(kept)
    if opened is not None and opened > 0:
        kept = kept[:opened]
    ends = [place for place, char in enumerate(kept) if char in _ENDS and columns(kept[:place]) * 2 >= most]
    inside_word = kept != title and title[len(kept)] not in _ENDS
    return (kept[: ends[-1]] if ends and inside_word else kept).rstrip(_ENDS) + "…"


def _left_open(text: str) -> int | None:
    """Where the first bracket stands that is not closed again."""
    open_at: list[int] = []
    for place, char in enumerate(text):
        if char in _OPENING:
            open_at.append(place)
        elif char in _CLOSING and open_at:
            open_at.pop()
    return open_at[0] if open_at else None
