"""How far a long work has come: whoever does it says so, and whoever asked for it may show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from engine.sentences import Sentence

T = TypeVar("T")

# How many things go by before it is said again.
_EVERY = 1000


@dataclass(frozen=True, kw_only=True)
class Progress:
    """what: what is being done.  done: how many of `total`, which is None where nobody knows it yet."""

    what: Sentence
    done: int
    total: int | None = None


Watch = Callable[[Progress], None]


def unwatched(_: Progress) -> None:
    """Nobody looks."""


def counted(items: Iterable[T], what: Sentence, total: int, watch: Watch) -> Iterator[T]:
    """The items as they come; `watch` is told how many have gone by."""
    for done, item in enumerate(items):
        if done % _EVERY == 0:
            watch(Progress(what=what, done=done, total=total))
        yield item
