"""How instants, days and small facts are kept: whole seconds UTC, ISO days, JSON as text (MEASURED: integers are three times smaller)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, LargeBinary, SmallInteger, String, Text
from sqlalchemy.types import TypeDecorator


class Unreadable(Exception):
    """A value stands in a column that nobody here ever wrote there."""


def _reading(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`read`, but None stays None, and what it cannot read is Unreadable."""

    def reading(value: Any) -> Any:
        if value is None:
            return None
        try:
            return read(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise Unreadable(repr(value)[:80]) from error

    return reading


# Nothing that is kept contains itself.
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, check_circular=False).encode


def _seconds(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"naive datetime: {value!r}")
    return int(value.timestamp())


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _text(value: Any) -> str | None:
    return None if value is None else _ENCODE(value)


def _packed(value: str | None) -> bytes | None:
    # What was read in a document may hold half a character; it is one sign, as it was.
    return None if value is None else zlib.compress(value.encode("utf-8", "replace"))


def _unpacked(value: bytes) -> str:
    try:
        return zlib.decompress(value).decode("utf-8")
    except zlib.error as error:
        raise ValueError(str(error)) from error


# The same few instants, days and members are read again and again, and remembering is cheaper than reading.
_remembering = lru_cache(maxsize=4096)
_instant = _remembering(_reading(lambda value: datetime.fromtimestamp(value, UTC)))
_day = _remembering(_reading(date.fromisoformat))
_facts = _reading(json.loads)
_text_again = _reading(_unpacked)


# What a decorator of SQLAlchemy puts around these functions costs several times what they do themselves: they are given as they are.
class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as seconds since 1970 UTC. Refuses naive ones with ValueError: a time without a zone is not an instant."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """To the seconds."""
        return _seconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The instant, in UTC."""
        return _instant


class Day(TypeDecorator[date]):
    """A calendar day, stored as ISO text, so that it sorts and can be read."""

    impl = String(10)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """To the ISO text."""
        return _iso

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The day."""
        return _day


class Coded(TypeDecorator[int]):
    """A small number that stands for a member of an enumeration; what is read is the member."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, members: type[IntEnum]) -> None:
        super().__init__()
        self.members = members

    def bind_processor(self, dialect: Dialect) -> None:
        """A member is its number."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The member."""
        return _remembering(_reading(self.members))


class Facts(TypeDecorator[Mapping[str, Any]]):
    """A JSON object or list as text; the same on both databases, readable by people."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """To JSON with Chinese left readable."""
        return _text

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The decoded value."""
        return _facts


class Packed(TypeDecorator[str]):
    """A long text, a third of its size."""

    impl = LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """To the packed bytes."""
        return _packed

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The text."""
        return _text_again


@dataclass(frozen=True, eq=False)
class KeptFacts(Mapping[str, Any]):
    """Facts as their text stands in the table: read when somebody looks at them, for most are passed by."""

    text: str

    @cached_property
    def _read(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = _facts(self.text)
        return found

    def __getitem__(self, name: str) -> Any:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)
