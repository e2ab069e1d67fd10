"""What an expression is once it has been read: a tree of frozen nodes, each knowing where it stood in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final, Literal

from engine.errors import CampaignError
from engine.sentences import Sentence

Comparison = Literal["==", "!=", "<", "<=", ">", ">=", "in"]
Operation = Literal["+", "-", "*", "/"]
SpanUnit = Literal["min", "h", "d", "wd", "w", "mo", "y"]

_SHOWN = 80


class Unknown(Enum):
    """The third truth value. It refuses to be taken for true or false: ask `is True`, `is False` or `is UNKNOWN`."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false; compare it with `is`")


UNKNOWN: Final = Unknown.UNKNOWN


class ExpressionError(CampaignError):
    """条件“{text}”从第 {position} 个字符起读不懂：{reason}

    The condition "{text}" cannot be read from character {position} on: {reason}
    """

    def __init__(self, *, text: str, position: int, reason: Sentence) -> None:
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        super().__init__(text=shown, position=position, reason=reason)
        self.text = text
        self.position = position
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Node:
    """`at`: where the node stands in the text, counted from 1; two nodes that say the same are equal wherever they stand."""

    at: int = field(default=1, compare=False)


@dataclass(frozen=True, kw_only=True)
class Number(Node):
    """`12`, `2.5` or `70%`, exact."""

    value: Fraction


@dataclass(frozen=True, kw_only=True)
class Text(Node):
    """`'text'`; a quotation mark inside is written twice."""

    value: str


@dataclass(frozen=True, kw_only=True)
class Day(Node):
    """`2031-09-01`."""

    value: date


@dataclass(frozen=True, kw_only=True)
class Span(Node):
    """`8mo`: so many of a unit of time."""

    count: int
    unit: SpanUnit


@dataclass(frozen=True, kw_only=True)
class Name(Node):
    """One name, in any script."""

    word: str


@dataclass(frozen=True, kw_only=True)
class Member(Node):
    """`of.word`."""

    of: Expr
    word: str


@dataclass(frozen=True, kw_only=True)
class Index(Node):
    """`of[key]`."""

    of: Expr
    key: Expr


@dataclass(frozen=True, kw_only=True)
class Call(Node):
    """`function(arguments)`. Whether there is such a function is for the check to say."""

    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, kw_only=True)
class Where(Node):
    """`set where condition`."""

    of: Expr
    condition: Expr


@dataclass(frozen=True, kw_only=True)
class Not(Node):
    """`not operand`."""

    operand: Expr


@dataclass(frozen=True, kw_only=True)
class And(Node):
    """All operands of one row of `and`."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, kw_only=True)
class Or(Node):
    """All operands of one row of `or`."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, kw_only=True)
class Compare(Node):
    """`left operator right`; `at` is the operator's place."""

    operator: Comparison
    left: Expr
    right: Expr


@dataclass(frozen=True, kw_only=True)
class Arithmetic(Node):
    """`left operator right`; `at` is the operator's place."""

    operator: Operation
    left: Expr
    right: Expr


@dataclass(frozen=True, kw_only=True)
class Negative(Node):
    """`-operand`."""

    operand: Expr


Expr = Number | Text | Day | Span | Name | Member | Index | Call | Where | Not | And | Or | Compare | Arithmetic | Negative


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """The nodes directly inside this one, from left to right."""
    match expr:
        case Not() | Negative():
            return (expr.operand,)
        case And() | Or():
            return expr.operands
        case Compare() | Arithmetic():
            return (expr.left, expr.right)
        case Member():
            return (expr.of,)
        case Index():
            return (expr.of, expr.key)
        case Where():
            return (expr.of, expr.condition)
        case Call():
            return expr.arguments
        case _:
            return ()


def dotted(expr: Expr) -> str | None:
    """`superior.level` for a name or a row of names joined by dots; None for anything else."""
    words: list[str] = []
    while isinstance(expr, Member):
        words.append(expr.word)
        expr = expr.of
    if not isinstance(expr, Name):
        return None
    return ".".join([expr.word, *reversed(words)])
