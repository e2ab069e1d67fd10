"""What is longer than a page is not read."""

from __future__ import annotations

import ast
from statistics import median

from tests.house.reading import Source, expect_nothing, nodes, sources

LONGEST_FUNCTION = 50
LONGEST_FILE = 400

# Written by `alembic revision`, and never changed afterwards.
GENERATED = "engine/store/migrations/versions/"


def written() -> list[Source]:
    """The files somebody wrote by hand."""
    return [file for file in sources("engine", "notifiers") if not file.place.startswith(GENERATED)]


def lengths() -> dict[str, int]:
    """The lines of every function from `def` to its end, without its docstring: a table of words costs no thought."""
    return {
        f"{file.at(node)} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)
        for file in written()
        for node in nodes(file.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def test_every_function_is_short_enough_to_read_at_a_glance() -> None:
    expect_nothing(f"{place}: {lines} lines" for place, lines in lengths().items() if lines > LONGEST_FUNCTION)


def test_most_functions_are_much_shorter() -> None:
    assert median(lengths().values()) <= 10
    assert sum(lines <= 45 for lines in lengths().values()) >= 0.95 * len(lengths())


def test_every_file_is_short_enough_to_read_at_a_sitting() -> None:
    lengths = {file.place: len(file.text.splitlines()) for file in written()}
    expect_nothing(f"{place}: {lines} lines" for place, lines in lengths.items() if lines > LONGEST_FILE)
