"""What a selection looks at: units with their superiors, and the facts of a unit as an expression reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Protocol, runtime_checkable

from engine.definition.expressions import UNKNOWN, Names, Value, evaluate, parse_expression
from engine.definition.expressions_scope import english
from engine.definition.model import Organisation

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?%?")
_YES_NO = {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}


@runtime_checkable
class UnitView(Protocol):
    """A unit as it stands in the tree. attributes: as the roster words them. superior: None at the root."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def level(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def attributes(self) -> Mapping[str, str]: ...

    @property
    def superior(self) -> UnitView | None: ...


def upwards(unit: UnitView) -> Iterator[UnitView]:
    """The unit itself, its superior, and so on to the root."""
    above: UnitView | None = unit
    while above is not None:
        yield above
        above = above.superior


def facts_of(unit: UnitView, organisation: Organisation) -> Names:
    """The names an expression may use about a unit: its own, and those of `superior` and `unit` in a row.

    A relation by itself is the code of the unit it leads to. What is blank, not declared or not worded as its type is UNKNOWN.
    """

    def value_of(path: str) -> Value:
        words = path.split(".")
        at: UnitView | None = unit
        while words and english(words[0]) in ("unit", "superior"):
            if english(words.pop(0)) == "superior" and at is not None:
                at = at.superior
        if at is None or len(words) > 1:
            return UNKNOWN
        return _own(at, words[0], organisation) if words else at.code

    return value_of


def holds(condition: str | None, unit: UnitView, organisation: Organisation, besides: Mapping[str, Value] | None = None) -> bool:
    """Whether a condition is true of a unit; unknown is not true, and no condition always is. ExpressionError if it cannot be read.

    besides: names that are no unit's, with their values.
    """
    if condition is None:
        return True
    more, of_unit = besides or {}, facts_of(unit, organisation)
    return evaluate(parse_expression(condition), lambda path: more[path] if path in more else of_unit(path)) is True


def unreadable_attributes(unit: UnitView, organisation: Organisation) -> tuple[str, ...]:
    """The declared attributes that a condition cannot go by at a unit: blank, none of the labels, or not worded as their type."""
    declared = organisation.attributes.get(unit.level, {})
    return tuple(name for name, kind in declared.items() if not _is_readable(_own(unit, name, organisation), kind))


def _is_readable(value: Value, kind: tuple[str, ...] | str) -> bool:
    return value is not UNKNOWN and (not isinstance(kind, tuple) or value in kind)


def _own(unit: UnitView, word: str, organisation: Organisation) -> Value:
    match word:
        case "level":
            return unit.level or UNKNOWN
        case "code":
            return unit.code or UNKNOWN
        case "kind" if unit.kind:
            return unit.kind
    declared = organisation.attributes.get(unit.level, {}).get(word)
    if declared is None:
        return (unit.name or UNKNOWN) if word == "name" else UNKNOWN
    return _typed(unit.attributes.get(word, "").strip(), declared)


def _typed(wording: str, declared: tuple[str, ...] | str) -> Value:
    if not wording:
        return UNKNOWN
    match declared:
        case "number":
            return _number(wording)
        case "date":
            return _day(wording)
        case "yes_no":
            return _YES_NO.get(wording.casefold(), UNKNOWN)
        case _:
            return wording


def _number(wording: str) -> Value:
    if not _NUMBER.fullmatch(wording):
        return UNKNOWN
    return Fraction(wording[:-1]) / 100 if wording.endswith("%") else Fraction(wording)


def _day(wording: str) -> Value:
    try:
        return date.fromisoformat(wording)
    except ValueError:
        return UNKNOWN
