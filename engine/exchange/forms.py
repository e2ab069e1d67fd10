"""Forms and ledgers as tables: an empty one to fill in, and what was filled in, every cell with its place.

A form has a field in each row: its name, what is asked, and from the third column on what is entered. A ledger has a field in each column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.definition.model import Field, Item
from engine.errors import FileProblems
from engine.evidence.field_words import asked_of
from engine.evidence.fields import Entry, field_title
from engine.exchange.cells import text_of
from engine.exchange.files import FileExists
from engine.exchange.grid import CellValue, Complaint, Grid, column_letters, is_blank
from engine.exchange.sources import first_grid
from engine.exchange.tables import write_table
from engine.names import nearest
from engine.sentences import Lang, Problem, Sentence, plain

_FIRST_VALUE = 2
_BETWEEN = re.compile(r"[、；;\n]")
_HEADINGS = {"zh": ("栏目", "要求", "填写"), "en": ("field", "asked", "entered")}
Rows = tuple[Mapping[str, Entry], ...]


def write_form(path: Path, item: Item, rows: Sequence[Mapping[str, Sequence[str]]], lang: Lang) -> None:
    """A table for an item (.xlsx or .csv by its name), with what was entered before: of a ledger its rows, of a form the first of `rows`.

    Raises FileExists, and what `write_table` does.
    """
    if path.exists():
        raise FileExists(file=str(path))
    fields = table_fields(item)
    if item.kind == "ledger":
        cells = [["；".join(row.get(field.name, ())) for field in fields] for row in rows]
        write_table(path, [field_title(field).say(lang) for field in fields], cells)
        return
    before = rows[0] if rows else {}
    widest = max((len(values) for values in before.values()), default=1)
    lines = [(field_title(field).say(lang), asked_of(field).say(lang), *_padded(before.get(field.name, ()), widest)) for field in fields]
    write_table(path, [*_HEADINGS[lang], *[""] * (widest - 1)], lines)


def _padded(values: Sequence[str], width: int) -> list[str]:
    return [*values, *[""] * (width - len(values))]


def table_fields(item: Item) -> tuple[Field, ...]:
    """What stands in a table: files are handed in beside it."""
    return tuple(field for field in item.fields if field.type != "file")


def read_form(path: Path, item: Item) -> Mapping[str, Entry]:
    """What was filled in, by field. Raises FileProblems with everything that is wrong with the table itself."""
    grid, known, problems = first_grid(path), _by_title(item), list[Problem]()
    found: dict[str, Entry] = {}
    for number, row in enumerate(grid.rows, 1):
        title = text_of(row[0]) if row else ""
        if not title or _is_heading(number, row):
            continue
        field = known.get(title)
        problems += _marked(grid, number, row)
        if field is None or field.name in found:
            complaint = _unknown(title, known) if field is None else _TWICE
            problems.append(grid.problem(number, 1, complaint))
            continue
        cells = [(column, value) for column, value in enumerate(row[_FIRST_VALUE:], _FIRST_VALUE + 1) if not is_blank(value)]
        texts = tuple(text for _, value in cells for text in _texts(field, value))
        found[field.name] = Entry(texts=texts, place=_place(grid, number, cells[0][0] if cells else _FIRST_VALUE + 1))
    _expect_sound(problems, grid)
    return found


def read_ledger(path: Path, item: Item) -> Rows:
    """The rows that are filled in. Raises FileProblems with everything that is wrong with the table itself."""
    grid, known = first_grid(path), _by_title(item)
    top = next((index for index, row in enumerate(grid.rows) if not all(map(is_blank, row))), 0)
    columns, problems = _columns(grid, top, known)
    rows: list[Mapping[str, Entry]] = []
    for number, row in enumerate(grid.rows[top + 1 :], top + 2):
        if all(map(is_blank, row)):
            continue
        problems += _marked(grid, number, row)
        rows.append(
            {
                field.name: Entry(texts=tuple(_texts(field, row[column - 1])), place=_place(grid, number, column))
                for column, field in columns.items()
                if column <= len(row)
            }
        )
    _expect_sound(problems, grid)
    return tuple(rows)


def _columns(grid: Grid, top: int, known: Mapping[str, Field]) -> tuple[dict[int, Field], list[Problem]]:
    found: dict[int, Field] = {}
    problems: list[Problem] = []
    for column, value in enumerate(grid.rows[top] if grid.rows else (), 1):
        title = text_of(value)
        field = known.get(title)
        if field is not None and field not in found.values():
            found[column] = field
        elif title:
            problems.append(grid.problem(top + 1, column, _unknown(title, known) if field is None else _TWICE))
    for field in {id(field): field for field in known.values()}.values():
        if field.must and field not in found.values():
            problems.append(grid.problem(top + 1, 0, _no_column(field)))
    return found, problems


def _by_title(item: Item) -> dict[str, Field]:
    """Every spelling under which a field is known in a table."""
    return {spelling: field for field in table_fields(item) for spelling in (field.name, field.title, field.zh, field.en) if spelling}


def _is_heading(number: int, row: Sequence[CellValue]) -> bool:
    return number == 1 and text_of(row[0]) in {headings[0] for headings in _HEADINGS.values()}


def _texts(field: Field, value: CellValue) -> list[str]:
    """The values in one cell: where several are asked for, or names are, a cell may hold several."""
    text = text_of(value)
    if not field.several:
        return [text] if text else []
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()] if field.type != "text" or field.choice else _lines(text)


def _lines(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[；;\n]", text) if part.strip()]


def _place(grid: Grid, row: int, column: int) -> str:
    return f"{grid.name}!{column_letters(column)}{row}"


def _marked(grid: Grid, number: int, row: Sequence[CellValue]) -> list[Problem]:
    places = ((number, column) for column in range(1, len(row) + 1))
    return [grid.problem(*place, grid.marked[place]) for place in places if place in grid.marked]


def _expect_sound(problems: Sequence[Problem], grid: Grid) -> None:
    """Raises FileProblems with all that was found."""
    if problems:
        raise FileProblems(tuple(problems), file=grid.file)


def _unknown(title: str, known: Mapping[str, Field]) -> Complaint:
    close = nearest(title, known)
    names = "、".join(dict.fromkeys(field.name for field in known.values()))
    values = {"title": plain(title[:60]), "close": plain(close or ""), "all": plain(names)}
    hint = Sentence("栏目有：{all}。", "The fields: {all}.", values)
    if close:
        hint = Sentence("是不是“{close}”？", "Did you mean “{close}”?", values)
    message = Sentence("没有“{title}”这个栏目。", "There is no field “{title}”.", values)
    return Complaint(code="unknown-field", message=message, hint=hint)


def _no_column(field: Field) -> Complaint:
    values = {"field": field_title(field)}
    return Complaint(
        code="missing-heading",
        message=Sentence("缺少“{field}”这一列。", "The column “{field}” is missing.", values),
        hint=Sentence("请用 campaign template 生成的表格填写。", "Fill in the table that `campaign template` writes."),
    )


_TWICE = Complaint(code="field-twice", message=Sentence("这个栏目出现了两次。", "This field is there twice."))
