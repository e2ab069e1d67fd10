"""Expressions (LANGUAGE section 15): read, and evaluated over static facts. Nothing is ever run as code."""

from __future__ import annotations

from functools import lru_cache

from engine.definition.expressions_evaluate import Names, Value, evaluate
from engine.definition.expressions_tree import UNKNOWN, Expr, ExpressionError, Unknown

__all__ = [
    "UNKNOWN",
    "Expr",
    "ExpressionError",
    "Names",
    "Unknown",
    "Value",
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
