"""What an expression comes to over known facts: exact numbers, three truth values, and never a failure for want of a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from math import ceil, floor

from engine.definition.expressions_tree import (
    UNKNOWN,
    And,
    Arithmetic,
    Call,
    Compare,
    Day,
    Expr,
    ExpressionError,
    Negative,
    Not,
    Number,
    Or,
    Text,
    Unknown,
    dotted,
)
from engine.sentences import Sentence

Value = Fraction | str | bool | date | Unknown
Names = Callable[[str], Value]

MOST_DIGITS = 12


def evaluate(expr: Expr, names: Names) -> Value:
    """The value of an expression.

    names: gives the value of a dotted path (`superior.level`), UNKNOWN for what is not known there.
    Numbers are Fractions, yes and no are bools, days are dates. What does not fit together (a text and a number, a division
    by zero) is UNKNOWN. ExpressionError for sets, spans and functions that do not exist: the check refuses them at load.
    """
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
        case _:
            return _named(expr, names)


def _named(expr: Expr, names: Names) -> Value:
    path = dotted(expr)
    if path is None:
        raise _cannot(expr)
    return names(path)


def _cannot(expr: Expr) -> ExpressionError:
    reason = Sentence("这种写法目前还不能计算。", "this construct cannot be evaluated yet.")
    shown = expr.function if isinstance(expr, Call) else type(expr).__name__.lower()
    return ExpressionError(text=shown, position=expr.at, reason=reason)


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
        raise _cannot(expr)
    left, right = evaluate(expr.left, names), evaluate(expr.right, names)
    if isinstance(left, Unknown) or isinstance(right, Unknown) or type(left) is not type(right):
        return UNKNOWN
    if expr.operator in ("==", "!="):
        return (left == right) is (expr.operator == "==")
    return _ordered(expr.operator, left, right)


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
    if expr.function == "if" and len(arguments) == 3:
        return _chosen(expr, names)
    if expr.function == "known" and len(arguments) == 1:
        return not isinstance(evaluate(arguments[0], names), Unknown)
    if expr.function in ("min", "max") and len(arguments) > 1:
        return _outermost(expr, names)
    if expr.function in ("floor", "ceil", "abs") and len(arguments) == 1:
        return _single(expr.function, evaluate(arguments[0], names))
    if expr.function == "round" and len(arguments) in (1, 2):
        digits = evaluate(arguments[1], names) if len(arguments) == 2 else Fraction(0)
        return rounded(evaluate(arguments[0], names), digits)
    raise _cannot(expr)


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
