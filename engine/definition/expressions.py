"""Expressions (LANGUAGE section 15): read, evaluated over static facts, checked when a file is loaded. Nothing is ever run as code."""

from __future__ import annotations

from functools import lru_cache

from engine.definition.expressions_check import ExpressionIssue, check_tree, unreadable
from engine.definition.expressions_evaluate import Names, Value, evaluate
from engine.definition.expressions_tree import UNKNOWN, Expr, ExpressionError, Unknown
from engine.definition.model import Organisation

__all__ = [
    "UNKNOWN",
    "Expr",
    "ExpressionError",
    "ExpressionIssue",
    "Names",
    "Unknown",
    "Value",
    "check_expression",
    "evaluate",
    "parse_expression",
]


def parse_expression(text: str) -> Expr:
    """The tree of an expression as written. ExpressionError says from which character on (counted from 1) it cannot be read."""
    return _parsed(text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expr:
    # The parser library takes a tenth of a second to load; whoever has no expression to read need not wait for it.
    from engine.definition.expressions_grammar import read

    return read(text)


def check_expression(
    expression: Expr | str,
    organisation: Organisation,
    *,
    standpoint: tuple[str, ...] | None = None,
    elsewhere: frozenset[str] = frozenset(),
    condition: bool = True,
) -> tuple[ExpressionIssue, ...]:
    """What is wrong with an expression about a unit; nothing if all is well. Never raises for what an author wrote.

    standpoint: the levels the unit may be of (all of them when None).  elsewhere: names of tasks, stages and flows of the
    file, which are known but cannot be read yet.  condition: it has to come out true or false.
    """
    try:
        tree = parse_expression(expression) if isinstance(expression, str) else expression
    except ExpressionError as error:
        return (unreadable(error),)
    return check_tree(tree, organisation, standpoint=standpoint, elsewhere=elsewhere, condition=condition)
