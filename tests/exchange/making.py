"""Files for the tests, made by other programs than ours where that matters."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from engine.errors import FileProblems
from engine.exchange.roster import read_roster
from engine.org.model import Roster
from engine.sentences import Problem

UNIT_HEADINGS = ("code", "name", "level", "kind", "superior", "from", "until", "attributes")
POST_HEADINGS = ("unit", "post", "person", "e-mail", "telephone", "from", "until")

Rows = Sequence[Sequence[object]]


def workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An .xlsx with these sheets, written by openpyxl; a text that begins with = becomes a formula."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def with_shared_strings(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An .xlsx that keeps its texts in a table of shared strings, as Excel does."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def units_and_posts(path: Path, units: Rows = (("u", "Unit", "branch"),), posts: Rows = ()) -> Path:
    """An .xlsx with both sheets in English under the usual headings."""
    return workbook(path, {"units": [UNIT_HEADINGS, *units], "posts": [POST_HEADINGS, *posts]})


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same archive with one part changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    path.write_bytes(packed.getvalue())
    return path


def problems_of(path: Path, *, levels: frozenset[str] | None = None, existing: Roster | None = None) -> tuple[Problem, ...]:
    """What reading complains of; every complaint must be sayable in both languages."""
    with pytest.raises(FileProblems) as caught:
        read_roster(path, levels=levels, existing=existing)
    for problem in caught.value.problems:
        said = {problem.message.say("zh"), problem.message.say("en")}
        assert len(said) == 2 and all(said)
        assert problem.hint is not None and problem.hint.say("zh") != problem.hint.say("en")
    return caught.value.problems


def places_of(path: Path, *, levels: frozenset[str] | None = None, existing: Roster | None = None) -> list[tuple[int, int, str, str]]:
    """The problems as (row, column, path, code)."""
    return [(p.line, p.column, p.path, p.code) for p in problems_of(path, levels=levels, existing=existing)]
