"""What an expression comes to over known facts: exact numbers, three truth values, and never a failure for want of a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from engine.definition.expressions_tree import (
    UNKNOWN,
    And,
    Arithmetic,
    Call,
    Compare,
    Day,
    Expr,
    ExpressionError,
    Index,
    Negative,
    Not,
    Number,
    Or,
    Text,
    Unknown,
    Where,
    dotted,
)
from engine.sentences import Sentence

MOST_DIGITS = 12


@dataclass(frozen=True)
class Ref:
    """A unit or a person, by number. Two that are the same are equal; there is no greater or smaller."""

    kind: Literal["unit", "person"]
    number: int


@dataclass(frozen=True)
class SetMember:
    """One member of a set. value: itself, what `it` means.  names: what it has by name; None for a name that is not its own."""

    value: Value
    names: Callable[[str], Value | Many | None]


@dataclass(frozen=True)
class Many:
    """A set: units, persons, rows, the values of a field. What is not known to be whole is UNKNOWN instead."""

    members: tuple[SetMember, ...]


Value = Fraction | str | bool | date | Ref | Unknown
Names = Callable[[str], Value | Many]
SETS = ("count", "share", "sum", "avg", "all", "any")


def evaluate(expr: Expr, names: Names) -> Value:
    """The value of an expression.

    names: gives the value of a dotted path (`superior.level`), or the set that it names; UNKNOWN for what is not known there.
    Numbers are Fractions, yes and no are bools, days are dates, units and persons are Refs. What does not fit together (a text and a
    number, a division by zero, a set read as one) is UNKNOWN. ExpressionError for spans and functions that do not exist: the check
    refuses them at load.
    """
    found = _found(expr, names)
    return UNKNOWN if isinstance(found, Many) else found


def _found(expr: Expr, names: Names) -> Value | Many:
    match expr:
        case Number() | Text() | Day():
            return expr.value
        case Not():
            return _opposite(evaluate(expr.operand, names))
        case And():
            return _joined((evaluate(operand, names) for operand in expr.operands), decides=False)
        case Or():
            return _joined((evaluate(operand, names) for operand in expr.operands), decides=True)
        case Compare():
            return _compared(expr, names)
        case Arithmetic():
            return _calculated(expr, evaluate(expr.left, names), evaluate(expr.right, names))
        case Negative():
            value = evaluate(expr.operand, names)
            return -value if isinstance(value, Fraction) else UNKNOWN
        case Call():
            return _called(expr, names)
        case Where():
            return _chosen_of(expr, names)
        case Index():
            return _indexed(expr, names)
        case _:
            return _named(expr, names)


def _named(expr: Expr, names: Names) -> Value | Many:
    path = dotted(expr)
    if path is None:
        raise _cannot(expr)
    return names(path)


def _indexed(expr: Index, names: Names) -> Value | Many:
    """`rate['满意']`: the share under that label."""
    path, key = dotted(expr.of), evaluate(expr.key, names)
    if path is None:
        raise _cannot(expr)
    return names(f"{path}[{key}]") if isinstance(key, str) else UNKNOWN


def _cannot(expr: Expr) -> ExpressionError:
    reason = Sentence("这种写法目前还不能计算。", "this construct cannot be evaluated yet.")
    shown = expr.function if isinstance(expr, Call) else type(expr).__name__.lower()
    return ExpressionError(text=shown, position=expr.at, reason=reason)


def _inside(member: SetMember, outer: Names) -> Names:
    """The names as seen from a member of a set: `it` and its own first, then those around it."""

    def value_of(path: str) -> Value | Many:
        if path == "it":
            return member.value
        found = member.names(path.removeprefix("it.")) if path != "me" else None
        return outer(path) if found is None else found

    return value_of


def _members(expr: Expr, names: Names) -> tuple[SetMember, ...] | Unknown:
    """The members of a set; of what is one, that one."""
    found = _found(expr, names)
    if isinstance(found, Many):
        return found.members
    return UNKNOWN if found is UNKNOWN else (SetMember(found, lambda path: None),)


def _chosen_of(expr: Where, names: Names) -> Many | Unknown:
    """Those of a set for which a condition holds; one for which that is not known leaves open which they are."""
    members = _members(expr.of, names)
    if isinstance(members, Unknown):
        return UNKNOWN
    judged = [(member, evaluate(expr.condition, _inside(member, names))) for member in members]
    if any(not isinstance(truth, bool) for _, truth in judged):
        return UNKNOWN
    return Many(tuple(member for member, truth in judged if truth is True))


def _opposite(value: Value) -> Value:
    return (not value) if isinstance(value, bool) else UNKNOWN


def _joined(values: Iterable[Value], *, decides: bool) -> Value:
    """One value that decides settles it, whatever is unknown beside it; else one unknown leaves it open."""
    open_ = False
    for value in values:
        if value is decides:
            return decides
        open_ = open_ or not isinstance(value, bool)
    return UNKNOWN if open_ else not decides


def _compared(expr: Compare, names: Names) -> Value:
    if expr.operator == "in":
        return _is_in(evaluate(expr.left, names), _members(expr.right, names))
    left, right = evaluate(expr.left, names), evaluate(expr.right, names)
    if isinstance(left, Unknown) or isinstance(right, Unknown) or type(left) is not type(right):
        return UNKNOWN
    if expr.operator in ("==", "!="):
        return (left == right) is (expr.operator == "==")
    return _ordered(expr.operator, left, right)


def _is_in(value: Value, members: tuple[SetMember, ...] | Unknown) -> Value:
    """Found among those that are known it is in; not found, only where all of them are known."""
    if isinstance(value, Unknown) or isinstance(members, Unknown):
        return UNKNOWN
    return _joined((UNKNOWN if isinstance(one.value, Unknown) else one.value == value for one in members), decides=True)


def _ordered(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return _holds(operator, left > right, left == right)
    if isinstance(left, date) and isinstance(right, date):
        return _holds(operator, left > right, left == right)
    return UNKNOWN


def _holds(operator: str, above: bool, equal: bool) -> bool:
    return {"<": not above and not equal, "<=": not above, ">": above, ">=": above or equal}[operator]


def _calculated(expr: Arithmetic, left: Value, right: Value) -> Value:
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        return UNKNOWN
    match expr.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right if right else UNKNOWN


def _called(expr: Call, names: Names) -> Value:
    arguments = expr.arguments
    if expr.function in SETS or is_of_a_set(expr):
        return _of_set(expr, names)
    if expr.function == "if" and len(arguments) == 3:
        return _chosen(expr, names)
    if expr.function == "known" and len(arguments) == 1:
        return not isinstance(_found(arguments[0], names), Unknown)
    if expr.function in ("min", "max") and len(arguments) > 1:
        return _outermost(expr, names)
    if expr.function in ("floor", "ceil", "abs") and len(arguments) == 1:
        return _single(expr.function, evaluate(arguments[0], names))
    if expr.function == "round" and len(arguments) in (1, 2):
        digits = evaluate(arguments[1], names) if len(arguments) == 2 else Fraction(0)
        return rounded(evaluate(arguments[0], names), digits)
    raise _cannot(expr)


def is_of_a_set(expr: Call) -> bool:
    """Whether a `min` or `max` looks over a set: its first argument is one with a condition, or names rows or all."""
    if expr.function not in ("min", "max") or len(expr.arguments) != 2:
        return False
    first = expr.arguments[0]
    return isinstance(first, Where) or (dotted(first) or "").rpartition(".")[2] in ("rows", "all")


def _of_set(expr: Call, names: Names) -> Value:
    if not 1 <= len(expr.arguments) <= 2 or (len(expr.arguments) == 1) is not (expr.function == "count"):
        raise _cannot(expr)
    members = _members(expr.arguments[0], names)
    if isinstance(members, Unknown):
        return UNKNOWN
    if expr.function == "count":
        return Fraction(len(members))
    values = (evaluate(expr.arguments[1], _inside(member, names)) for member in members)
    match expr.function:
        case "all":
            return _joined(values, decides=False)
        case "any":
            return _joined(values, decides=True)
        case "share":
            return _share(values)
        case _:
            return _summed(expr.function, values)


def _share(values: Iterator[Value]) -> Value:
    """How many of a set, from 0 to 1; of none there is no share."""
    judged = list(values)
    if not judged or any(not isinstance(value, bool) for value in judged):
        return UNKNOWN
    return Fraction(sum(value is True for value in judged), len(judged))


def _summed(function: str, values: Iterator[Value]) -> Value:
    """The sum of none is nothing; an average, a least or a greatest of none there is not."""
    found = list(values)
    numbers = [value for value in found if isinstance(value, Fraction)]
    if len(numbers) < len(found):
        days = [value for value in found if isinstance(value, date)]
        if function in ("min", "max") and len(days) == len(found):
            return min(days) if function == "min" else max(days)
        return UNKNOWN
    if function == "sum":
        return sum(numbers, Fraction(0))
    if not numbers:
        return UNKNOWN
    if function == "avg":
        return sum(numbers, Fraction(0)) / len(numbers)
    return min(numbers) if function == "min" else max(numbers)


def _chosen(expr: Call, names: Names) -> Value:
    condition, then, otherwise = expr.arguments
    match evaluate(condition, names):
        case True:
            return evaluate(then, names)
        case False:
            return evaluate(otherwise, names)
        case _:
            return UNKNOWN


def _outermost(expr: Call, names: Names) -> Value:
    values = [evaluate(argument, names) for argument in expr.arguments]
    pick = min if expr.function == "min" else max
    numbers = [value for value in values if isinstance(value, Fraction)]
    if len(numbers) == len(values):
        return pick(numbers)
    days = [value for value in values if isinstance(value, date)]
    return pick(days) if len(days) == len(values) else UNKNOWN


def _single(function: str, value: Value) -> Value:
    if not isinstance(value, Fraction):
        return UNKNOWN
    if function == "abs":
        return abs(value)
    return Fraction(floor(value) if function == "floor" else ceil(value))


def rounded(value: Value, digits: Value) -> Value:
    """A number to so many digits (0 to MOST_DIGITS), a half away from zero; anything else is UNKNOWN."""
    if not isinstance(value, Fraction) or not isinstance(digits, Fraction):
        return UNKNOWN
    if digits.denominator != 1 or not 0 <= digits <= MOST_DIGITS:
        return UNKNOWN
    scale = 10 ** int(digits)
    whole = floor(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, scale)
