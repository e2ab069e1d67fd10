"""What may be too much to hold at once, some at a time. Python has it from 3.12 on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(of_them: Iterable[T], most: int) -> Iterator[list[T]]:
    """At most so many in turn, in their order; none of them is asked for before its turn."""
    each = iter(of_them)
    while some := list(islice(each, most)):
        yield some
