"""Who knows whom: no circles, nothing fetched late, the core asks nobody, the names at the top are ours."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from itertools import count

import pytest

from tests.house.reading import HOUSE, Source, expect_nothing, imports, nodes, sources, uses

CORE = ("engine/timing", "engine/org", "engine/definition", "engine/machine")
OUTSIDE_THE_CORE = {"os", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "uuid"}
# A path can be taken apart without asking the machine for it.
MAY_BE_ASKED = "os.path."

# The command table loads a command's module when it is used, the registry a channel's, the child a reader's, in its own memory.
# The command table, the reader of expressions (its parser library is only for files being compiled), the child, the registry.
MAY_IMPORT_LATE = (
    "engine/cli/__init__.py",
    "engine/cli/table.py",
    "engine/definition/expressions.py",
    "engine/evidence/child.py",
    "notifiers/registry.py",
)


def graph(files: list[Source]) -> dict[str, set[str]]:
    """Which modules of ours each module imports while it is being imported itself."""
    names = {file.module for file in files}
    return {file.module: set(imported(file, names)) - {file.module} for file in files}


def imported(file: Source, names: set[str]) -> Iterator[str]:
    """The modules among `names` that a file imports at its outermost level; importing a module runs the packages above it only once."""
    late = {id(node) for function in functions(file.tree) for node, _, _ in imports(function)}
    for node, module, name in imports(file.tree):
        if id(node) not in late:
            yield from {f"{module}.{name}", module} & names if f"{module}.{name}" not in names else {f"{module}.{name}"}


def functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Every function below a node."""
    return (node for node in nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of more than one module that import each other (Tarjan 1972)."""
    numbers, lowest, stack, found, number = {}, {}, [], [], count()

    def visit(name: str) -> None:
        numbers[name] = lowest[name] = next(number)
        stack.append(name)
        for other in sorted(edges[name]):
            if other not in numbers:
                visit(other)
            if other in stack:
                lowest[name] = min(lowest[name], lowest[other])
        if lowest[name] == numbers[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            found.append(sorted(group))

    for name in sorted(edges):
        if name not in numbers:
            visit(name)
    return [group for group in found if len(group) > 1]


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}, "c": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": {"d"}}, [["d", "e"], ["a", "b", "c"]]),
    ],
)
def test_circles_are_found(edges: dict[str, set[str]], found: list[list[str]]) -> None:
    assert circles(edges) == found


def test_no_modules_import_each_other_in_a_circle() -> None:
    edges = graph(sources("engine", "notifiers", "tests"))
    assert edges["engine.errors"] == {"engine.sentences"}
    expect_nothing(" <-> ".join(group) for group in circles(edges))


def test_nothing_is_imported_inside_a_function_but_by_the_command_table_the_registry_and_the_child() -> None:
    files = [file for file in sources("engine", "notifiers") if file.place not in MAY_IMPORT_LATE]
    expect_nothing(file.at(node) for file in files for function in functions(file.tree) for node, _, _ in imports(function))


def test_the_core_asks_no_clock_no_environment_and_no_machine() -> None:
    asked = {
        f"{file.at(node)} {name}"
        for file in sources(*CORE)
        for node, name in uses(file.tree)
        if name.split(".")[0] in OUTSIDE_THE_CORE and not f"{name}.".startswith(MAY_BE_ASKED)
    }
    # `os` alone is the beginning of `os.path`, which stands in this list by its whole name where it is anything else.
    expect_nothing(place for place in asked if not place.endswith(" os"))


@pytest.mark.parametrize("name", ["engine", "notifiers", "workflows"])
def test_the_names_at_the_top_are_ours_alone(name: str) -> None:
    assert set(packages_distributions().get(name, ())) == {"campaign"}, "somebody else owns this name here, or `make setup` has not run"


def test_every_room_stands_in_the_order_of_the_rooms() -> None:
    settings = ConfigParser()
    settings.read(HOUSE / "setup.cfg", encoding="utf-8")
    order = settings["importlinter:contract:rooms"]["layers"].translate(str.maketrans("()|", "   ")).split()
    rooms = {".".join(file.module.split(".")[:2]) for file in sources("engine")} - {"engine"}
    expect_nothing(rooms - set(order))
    assert len(order) == len(set(order))
