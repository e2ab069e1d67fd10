"""The files of the house, read the way its rules need them."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
MADE_HERE = {"__pycache__", ".git", ".venv"}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A Python file of the house. place: its path below the house, with slashes."""

    place: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The name it is imported by."""
        return self.place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def at(self, node: ast.stmt | ast.expr) -> str:
        """The place of a node, as an editor understands it."""
        return f"{self.place}:{node.lineno}"


@cache
def source(path: Path) -> Source:
    """One Python file, read and parsed once."""
    text = path.read_text(encoding="utf-8")
    return Source(place=path.relative_to(HOUSE).as_posix(), text=text, tree=ast.parse(text, str(path)))


def sources(*rooms: str) -> list[Source]:
    """Every Python file of the rooms named (`engine`, `tests/house`), in the order of their paths."""
    return [source(path) for room in rooms for path in sorted((HOUSE / room).rglob("*.py")) if not MADE_HERE & set(path.parts)]


def files() -> Iterator[Path]:
    """Every file of the house that is ours: the rooms, what checks them, and what lies at the top."""
    yield from (path for path in HOUSE.iterdir() if path.is_file())
    for room in ("engine", "notifiers", "workflows", "tests", ".ci"):
        yield from (path for path in sorted((HOUSE / room).rglob("*")) if path.is_file() and not MADE_HERE & set(path.parts))


def texts(path: Path) -> Iterator[str]:
    """What stands in a file, in pieces; a workbook or a document is opened and its parts are read."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                yield parts.read(name).decode("utf-8", errors="replace")
    else:
        yield path.read_bytes().decode("utf-8", errors="replace")


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """A node and all below it, found once: every rule goes through them."""
    return tuple(ast.walk(tree))


def dotted(node: ast.expr) -> str:
    """`datetime.now` for that expression, and an empty text where it is not a plain dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""


def imports(tree: ast.AST) -> Iterator[tuple[ast.Import | ast.ImportFrom, str, str]]:
    """Every import below a node: where, from which module, which name (empty for a whole module)."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, node.module or "", alias.name) for alias in node.names)


def meanings(tree: ast.Module) -> dict[str, str]:
    """What the imported names of a file stand for: `{"dt": "datetime", "sleep": "time.sleep"}`."""
    found: dict[str, str] = {}
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            # `import a.b` binds `a`; `import a.b as c` binds the inner module.
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
            found |= {(first := alias.name.split(".")[0]): first for alias in node.names if not alias.asname}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def uses(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Every name and dotted name in a file with its full meaning: `datetime.datetime.now`, however it was imported."""
    known = meanings(tree)
    for node in nodes(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)):
            first, _, rest = name.partition(".")
            if first in known:
                yield node, f"{known[first]}.{rest}" if rest else known[first]


def expect_nothing(found: Iterable[object]) -> None:
    """Fail with every place found, one a line: whoever broke a rule wants all of them at once."""
    lines = sorted({str(place) for place in found})
    assert not lines, "\n" + "\n".join(lines)
