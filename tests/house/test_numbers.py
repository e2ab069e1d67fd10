"""What is stored as a number is called by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.reading import expect_nothing, nodes, sources

NAMED = {"state", "modality", "kind", "reading"}
ROOMS = ("engine", "notifiers", "tests/operations", "tests/proof", "tests/journeys", "tests/crashes")


def is_number(node: ast.expr | None) -> bool:
    """Whether it is a whole number written out."""
    bare = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(bare, ast.Constant) and type(bare.value) is int


def compared(tree: ast.Module) -> Iterator[ast.expr]:
    """Every comparison of a state, a modality, a kind or a reading with a number."""
    for node in nodes(tree):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        if any(isinstance(side, ast.Attribute) and side.attr in NAMED for side in sides) and any(map(is_number, sides)):
            yield sides[0]


def worded(tree: ast.Module) -> Iterator[ast.expr]:
    """Every table that gives numbers their words."""
    for node in nodes(tree):
        if isinstance(node, ast.Dict) and any(map(is_number, node.keys)):
            words = [value.func.id for value in node.values if isinstance(value, ast.Call) and isinstance(value.func, ast.Name)]
            if "Sentence" in words:
                yield node


def test_states_and_kinds_are_compared_by_name() -> None:
    expect_nothing(file.at(node) for file in sources(*ROOMS) for node in compared(file.tree))


def test_what_has_words_is_looked_up_by_name() -> None:
    expect_nothing(file.at(node) for file in sources("engine") for node in worded(file.tree))
