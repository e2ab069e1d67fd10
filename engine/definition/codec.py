"""Frozen dataclasses to plain JSON data and back, exactly. The types written in the classes are the schema; there is no other.

Every field is written out, defaults too: a stored version must keep its meaning when a default changes. A field that is
missing takes its default, so that versions stored by an older program still load.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from engine.errors import CampaignError
from engine.sentences import Sentence

T = TypeVar("T")
Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Reader = Callable[[object, str], Any]

_PLAIN = (str, int, bool)


class Undecodable(CampaignError):
    """存储的数据在 {place} 处读不出来：{reason} 请确认程序版本与数据版本一致，必要时先运行 campaign upgrade。

    The stored data cannot be read at {place}: {reason} See that program and data are of the same version; if need be run campaign upgrade.
    """

    def __init__(self, *, place: str, reason: Sentence) -> None:
        super().__init__(place=place or "/", reason=reason)
        self.place = place


def encode(value: object) -> Json:
    """A dataclass as JSON-able data: dataclasses and mappings as objects, tuples as lists, instants as ISO 8601 in UTC.

    TypeError for what has no such form, an instant without a zone among them.
    """
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, datetime):
        return _instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {_key(key): encode(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value) if _is_stored(field)}
    raise TypeError(f"{type(value).__name__} cannot be stored")


def decode(cls: type[T], data: object) -> T:
    """The dataclass that `encode` made the data from. Undecodable names the place of what does not fit, unknown keys among it."""
    reader: Reader = _reader(cast(Any, cls))
    return cast(T, reader(data, ""))


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a mapping is stored by texts, not by {type(key).__name__}")
    return key


def _instant_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("an instant is stored with its zone")
    return value.astimezone(UTC).isoformat()


@cache
def _reader(hint: Any) -> Reader:
    """What reads a value of one type. Made once for each type, so that a thousand occurrences cost one look at their class."""
    origin = get_origin(hint)
    if origin is Literal:
        return _literal_reader(get_args(hint))
    if origin is tuple:
        return _tuple_reader(get_args(hint)[0])
    if origin in (Union, types.UnionType):
        return _union_reader(get_args(hint))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(get_args(hint)[1])
    return _single_reader(hint)


def _single_reader(hint: Any) -> Reader:
    if hint is datetime:
        return _read_instant
    if hint is date:
        return _read_day
    if hint is object:
        return _read_anything
    if is_dataclass(hint):
        return _dataclass_reader(cast("type[Any]", hint))
    if hint in (*_PLAIN, types.NoneType):
        return _plain_reader(hint)
    raise TypeError(f"{hint!r} cannot be stored")


def _plain_reader(kind: type) -> Reader:
    def read(data: object, place: str) -> object:
        # A bool is an int to Python; stored data that mixes them up is damaged.
        if type(data) is not kind:
            raise _misfit(data, place)
        return data

    return read


def _read_instant(data: object, place: str) -> datetime:
    if isinstance(data, str):
        try:
            value = datetime.fromisoformat(data)
        except ValueError:
            raise _misfit(data, place) from None
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    raise _misfit(data, place)


def _read_day(data: object, place: str) -> date:
    if isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError:
            raise _misfit(data, place) from None
    raise _misfit(data, place)


def _read_anything(data: object, place: str) -> object:
    """A value inside a sentence: a plain one, or another sentence."""
    if isinstance(data, dict):
        return _reader(Sentence)(data, place)
    if data is None or isinstance(data, _PLAIN):
        return data
    raise _misfit(data, place)


def _literal_reader(allowed: tuple[object, ...]) -> Reader:
    def read(data: object, place: str) -> object:
        if not any(data == value and type(data) is type(value) for value in allowed):
            raise _misfit(data, place)
        return data

    return read


def _tuple_reader(item_hint: Any) -> Reader:
    def read(data: object, place: str) -> object:
        if not isinstance(data, list):
            raise _misfit(data, place)
        item = _reader(item_hint)
        return tuple(item(value, f"{place}/{index}") for index, value in enumerate(data))

    return read


def _mapping_reader(value_hint: Any) -> Reader:
    def read(data: object, place: str) -> object:
        if not isinstance(data, dict):
            raise _misfit(data, place)
        item = _reader(value_hint)
        return {key: item(value, f"{place}/{key}") for key, value in data.items()}

    return read


def _union_reader(hints: tuple[Any, ...]) -> Reader:
    """The members of a union are told apart by the kind of JSON value alone, so a failure inside one is told as it is."""
    by_kind = {_json_kind(hint): hint for hint in hints}
    if len(by_kind) < len(hints):
        raise TypeError(f"the types {hints!r} look alike when stored")

    def read(data: object, place: str) -> object:
        hint = by_kind.get(type(data))
        if hint is None:
            raise _misfit(data, place)
        return _reader(hint)(data, place)

    return read


def _json_kind(hint: Any) -> type:
    origin = get_origin(hint)
    if origin is tuple:
        return list
    if origin is Literal or hint in (datetime, date):
        return str
    if origin is not None or is_dataclass(hint):
        return dict
    return cast(type, hint)


def _dataclass_reader(cls: type[Any]) -> Reader:
    known = {field.name: field for field in fields(cls) if _is_stored(field)}
    hints = get_type_hints(cls)
    required = [name for name, field in known.items() if _has_no_default(field)]

    def read(data: object, place: str) -> object:
        if not isinstance(data, dict):
            raise _misfit(data, place)
        for name in data:
            if name not in known:
                raise Undecodable(place=place, reason=_unknown_key(str(name)))
        for name in required:
            if name not in data:
                raise Undecodable(place=place, reason=_missing_key(name))
        return cls(**{name: _reader(hints[name])(value, f"{place}/{name}") for name, value in data.items()})

    return read


def _is_stored(field: Field[Any]) -> bool:
    return bool(field.metadata.get("stored", True))


def _has_no_default(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _misfit(data: object, place: str) -> Undecodable:
    found = repr(data)[:60]
    return Undecodable(place=place, reason=Sentence("这里不能是 {found}。", "{found} does not fit here.", {"found": found}))


def _unknown_key(name: str) -> Sentence:
    return Sentence("不认识键“{name}”。", "the key `{name}` is unknown.", {"name": name})


def _missing_key(name: str) -> Sentence:
    return Sentence("缺少键“{name}”。", "the key `{name}` is missing.", {"name": name})
