"""Writing the keys of a workflow file in the other spelling; comments, layout and values stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from engine.definition.possible_keys import known_keys
from engine.definition.report import Report, Spot
from engine.definition.shapes import two_spellings
from engine.definition.source import Entry, Scalar, Table, read_source
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
    keys = sorted(_keys(root, report), key=lambda found: -found[0].start)
    if report.failed:
        raise FileProblems(report.problems, file=file)
    for key, kind in keys:
        written = wanted(english(key.text, kind), kind)
        if written != key.text:
            # A quoted key keeps its quotes: `"tasks":{}` needs no blank after the colon, `tasks:{}` would.
            quote = body[key.start] if not key.plain else ""
            body = body[: key.start] + quote + written + quote + body[key.end :]
    return mark + body


def _keys(root: Table, report: Report) -> Iterator[tuple[Scalar, str]]:
    """Every key that belongs to the language, as opposed to the names that authors give, with its element."""
    for kind, known in known_keys(root):
        _refuse_two_spellings(known, kind, report)
        yield from ((entry.key, kind) for entry in known)


def _refuse_two_spellings(known: list[Entry], kind: str, report: Report) -> None:
    seen: set[str] = set()
    for entry in known:
        name = english(entry.key.text, kind)
        if name in seen:
            report.add("two-spellings", Spot(line=entry.key.line, column=entry.key.column, path=entry.key.text), *two_spellings(name, kind))
        seen.add(name)
