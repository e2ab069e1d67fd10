"""Writing the keys of a workflow file in the other spelling; comments, layout and values stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from engine.definition.keys import ELEMENTS, Shape
from engine.definition.report import Report, Spot
from engine.definition.shapes import best_element, two_spellings
from engine.definition.source import Entry, Listing, Node, Scalar, Table, read_source
from engine.definition.words import chinese, english
from engine.errors import FileProblems


def rewrite_keys(text: str, to: Literal["zh", "en"], *, file: str = "") -> str:
    """The same file with its keys in Chinese or English; what names things, and what is not known, is left alone.

    Raises FileProblems where the text is no well-formed file or has a key in both spellings: then it could not be done safely.
    """
    report = Report(file=file)
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    root = read_source(body, report)
    if root is None or report.failed:
        raise FileProblems(report.problems, file=file)
    wanted = chinese if to == "zh" else english
    keys = sorted(_keys(root, report), key=lambda key: -key.start)
    if report.failed:
        raise FileProblems(report.problems, file=file)
    for key in keys:
        if wanted(english(key.text)) != key.text:
            # A quoted key keeps its quotes: `"tasks":{}` needs no blank after the colon, `tasks:{}` would.
            quote = body[key.start] if not key.plain else ""
            body = body[: key.start] + quote + wanted(english(key.text)) + quote + body[key.end :]
    return mark + body


def _keys(root: Table, report: Report) -> Iterator[Scalar]:
    """Every key that belongs to the language, as opposed to the names that authors give."""
    waiting: list[tuple[Node, Shape | None, str]] = [(root, None, "file")]
    while waiting:
        node, shape, kind = waiting.pop()
        if isinstance(node, Listing) and shape and shape.items:
            waiting.extend((item, shape.items, "") for item in node.items)
        elif isinstance(node, Table) and shape and shape.names:
            waiting.extend((entry.value, shape.names, "") for entry in node.entries)
        elif isinstance(node, Table) and any(entry.key.text == "per" for entry in node.entries):
            continue  # its other keys are the author's labels
        elif isinstance(node, Table) and (element := kind or best_element(node, shape.elements if shape else ())):
            table = ELEMENTS[element]
            known = [entry for entry in node.entries if english(entry.key.text) in table]
            _refuse_two_spellings(known, report)
            yield from (entry.key for entry in known)
            waiting.extend((entry.value, table[english(entry.key.text)].shape, "") for entry in known)


def _refuse_two_spellings(known: list[Entry], report: Report) -> None:
    seen: set[str] = set()
    for entry in known:
        name = english(entry.key.text)
        if name in seen:
            report.add("two-spellings", Spot(line=entry.key.line, column=entry.key.column, path=entry.key.text), *two_spellings(name))
        seen.add(name)
