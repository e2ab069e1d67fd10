"""The subject of a letter: the matter first, then the campaign, in as many columns as a list of mails shows."""

from __future__ import annotations

import re

from notifiers.errors import Lang
from notifiers.wrap import columns, shorten

MOST = 60
# A long matter leaves a campaign's title no less than this.
_LEAST_TITLE = 8
_QUOTED = re.compile(r"[“《「『]([^“”《》「」『』]+)[”》」』]")
_OPENING, _CLOSING = "“《「『（(【[", "”》」』）)】]"
_ENDS = " ，、；：。,;:-—和与及"


def titled(matter: str, title: str, lang: Lang) -> str:
    """`明天到期：总结【创先争优】` / `Due tomorrow: report [Safety Year]`, where possible within 60 columns; the matter is cut last."""
    brackets = ("【", "】") if lang == "zh" else (" [", "]")
    taken = columns("".join(brackets))
    room = MOST - taken - columns(short_title(title, _LEAST_TITLE))
    kept = matter if columns(matter) <= room else _beginning(matter, room)
    return kept + short_title(title, MOST - taken - columns(kept)).join(brackets)


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
    ends = [place for place in range(1, len(kept)) if _is_end(kept, place) and columns(kept[:place]) * 3 >= most]
    inside_word = kept != title and title[len(kept)] not in _ENDS
    return (kept[: ends[-1]] if ends and inside_word else kept).rstrip(_ENDS) + "…"


def _is_end(text: str, place: int) -> bool:
    """Whether words end there; a number and what it counts are not parted."""
    return text[place] in _ENDS and not (text[place] == " " and text[place - 1].isdigit())


def _left_open(text: str) -> int | None:
    """Where the first bracket stands that is not closed again."""
    open_at: list[int] = []
    for place, char in enumerate(text):
        if char in _OPENING:
            open_at.append(place)
        elif char in _CLOSING and open_at:
            open_at.pop()
    return open_at[0] if open_at else None
