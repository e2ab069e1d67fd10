"""Paths of the organisation tree: one fixed-width label a level, so that a subtree is a range of text.

`0001.000A.` lies below `0001.`: a path p is within q exactly if q <= p < q with its last dot replaced by a slash.
"""

from __future__ import annotations

from engine.errors import CampaignError

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WIDTH = 4
# A label and its dot.
STEP = _WIDTH + 1
_LONGEST = 400
DEEPEST = _LONGEST // STEP
# Within this is everything, wherever an import may have put it since a campaign began.
EVERYWHERE = ""


class TreeTooDeep(CampaignError):
    """组织层数太多：最多 80 层，每个单位最多 {width} 个直接下级。

    The tree is too large: at most 80 levels, and {width} units directly below one.
    """


def label(number: int) -> str:
    """The label of the n-th child, counted from 1."""
    text = ""
    rest = number
    for _ in range(_WIDTH):
        rest, digit = divmod(rest, 36)
        text = _DIGITS[digit] + text
    if rest:
        raise TreeTooDeep(width=36**_WIDTH - 1)
    return text + "."


def number_of(path: str) -> int:
    """Which child of its parent the last label of a path is."""
    return int(path[-STEP:-1], 36)


def child(parent: str, number: int) -> str:
    """The path of the n-th child below `parent` ('' for a root). Raises TreeTooDeep."""
    path = parent + label(number)
    expect_room(len(path))
    return path


def expect_room(length: int) -> None:
    """Raises TreeTooDeep where a path would be longer than its column."""
    if length > _LONGEST:
        raise TreeTooDeep(width=36**_WIDTH - 1)


def parent(path: str) -> str:
    """The path next above; '' above a root."""
    return path[:-STEP]


def end(path: str) -> str:
    """The first text that sorts after everything within `path`. The end of '' is after all."""
    return path[:-1] + "/" if path else "~"


def ancestors(path: str) -> tuple[str, ...]:
    """Every path above this one, the nearest first."""
    return tuple(path[:size] for size in range(len(path) - STEP, 0, -STEP))


def depth(path: str) -> int:
    """How many labels a path has: 1 for a root."""
    return len(path) // STEP
