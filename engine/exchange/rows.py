"""From a grid to the rows of one roster sheet: headings matched, cells read, every complaint at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.exchange.cells import attributes_of, day_of, text_complaint, text_of
from engine.exchange.grid import CellValue, Complaint, Grid, is_blank, text_line
from engine.exchange.headings import Column, SheetShape
from engine.names import nearest
from engine.progress import Watch, counted, unwatched
from engine.sentences import Problem, Sentence

_READING = Sentence("读表格", "reading the sheet")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its number as Excel shows it, and what its cells say by field. A cell that holds no day leaves None."""

    number: int
    texts: dict[str, str]
    days: dict[str, date | None]
    attributes: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class SheetRows:
    """One sheet, read.

    columns: column number (from 1) and heading in the author's words, by field.  whole: whether all headings were right.
    """

    shape: SheetShape
    grid: Grid
    columns: Mapping[str, tuple[int, str]]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    whole: bool

    def problem(self, number: int, name: str, complaint: Complaint) -> Problem:
        """A complaint about a field of the row with that number."""
        column, heading = self.columns.get(name, (0, ""))
        return self.grid.problem(number, column, complaint, heading)


def read_rows(shape: SheetShape, grid: Grid, watch: Watch = unwatched) -> SheetRows:
    """Read one sheet. The first row that is not blank is the headings; blank rows are skipped. watch: told how far it has come."""
    top = next((index for index, row in enumerate(grid.rows) if not all(map(is_blank, row))), None)
    if top is None:
        problem = grid.problem(0, 0, _NO_HEADINGS)
        return SheetRows(shape=shape, grid=grid, columns={}, rows=(), problems=(problem,), whole=False)
    headings = text_line(grid.rows[top])
    columns, problems = _columns(shape, grid, top + 1, headings)
    whole = not problems
    rows: list[Row] = []
    below = grid.rows[top + 1 :]
    for number, cells in enumerate(counted(below, _READING, len(below), watch), top + 2):
        if not all(map(is_blank, cells)):
            rows.append(_row(shape, grid, columns, number, cells, problems))
    problems += _beyond(grid, headings, top + 1)
    return SheetRows(shape=shape, grid=grid, columns=columns, rows=tuple(rows), problems=tuple(problems), whole=whole)


def _columns(shape: SheetShape, grid: Grid, line: int, headings: Sequence[str]) -> tuple[dict[str, tuple[int, str]], list[Problem]]:
    found: dict[str, tuple[int, str]] = {}
    problems: list[Problem] = []
    for place, heading in enumerate(headings, 1):
        column = shape.column(heading)
        if column is not None and column.field not in found:
            found[column.field] = (place, heading)
        elif heading:
            complaint = _unknown_heading(shape, heading) if column is None else _heading_twice(heading, found[column.field][1])
            problems.append(grid.problem(line, place, complaint, heading))
    missing = [column for column in shape.columns if column.required and column.field not in found]
    problems += [grid.problem(line, 0, _missing_heading(column)) for column in missing]
    return found, problems


def _row(
    shape: SheetShape,
    grid: Grid,
    columns: Mapping[str, tuple[int, str]],
    number: int,
    cells: Sequence[CellValue],
    problems: list[Problem],
) -> Row:
    row = Row(number=number, texts={}, days={}, attributes={})
    for column in shape.columns:
        place, heading = columns.get(column.field, (0, ""))
        if 0 < place <= len(cells):
            complaint = _read(column, cells[place - 1], row) if cells[place - 1] != "" else None
            complaint = grid.marked.get((number, place), complaint)
            if complaint:
                problems.append(grid.problem(number, place, complaint, heading))
    return row


def _read(column: Column, value: CellValue, row: Row) -> Complaint | None:
    """Read one cell into the row; a cell that is wrong is read as well as it can be, so that other rows may refer to it."""
    if column.content == "day":
        day = day_of(value)
        row.days[column.field] = None if isinstance(day, Complaint) else day
        return day if isinstance(day, Complaint) else None
    if column.content == "attributes" and isinstance(value, str):
        attributes = attributes_of(value)
        row.attributes.update({} if isinstance(attributes, Complaint) else attributes)
        return attributes if isinstance(attributes, Complaint) else None
    row.texts[column.field] = text_of(value)
    return text_complaint(value, column.most)


def _beyond(grid: Grid, headings: Sequence[str], line: int) -> list[Problem]:
    """The first cell that holds something in each column without a heading."""
    bare = [place for place, heading in enumerate(headings) if not heading]
    found: dict[int, Problem] = {}
    for number, cells in enumerate(grid.rows[line:], line + 1):
        for place in (*bare, *range(len(headings), len(cells))):
            if place < len(cells) and place not in found and not is_blank(cells[place]):
                found[place] = grid.problem(number, place + 1, _NO_HEADING_ABOVE)
    return [found[place] for place in sorted(found)]


def _unknown_heading(shape: SheetShape, heading: str) -> Complaint:
    close = nearest(heading, shape.headings())
    return Complaint(
        code="unknown-heading",
        message=Sentence("不认识标题“{heading}”。", 'The heading "{heading}" is not known.', {"heading": heading}),
        hint=Sentence("是不是“{close}”？请改正。", 'Did you mean "{close}"? Correct it.', {"close": close})
        if close
        else Sentence(
            "可用的标题有：{zh}。其他内容请写进“属性”一列，或放到别的工作表。",
            "The headings are: {en}. Put anything else into attributes, or on another sheet.",
            {"zh": "、".join(column.zh for column in shape.columns), "en": ", ".join(column.en for column in shape.columns)},
        ),
    )


def _heading_twice(heading: str, first: str) -> Complaint:
    return Complaint(
        code="heading-twice",
        message=Sentence("标题“{a}”和“{b}”是同一列。", 'The headings "{a}" and "{b}" are the same column.', {"a": first, "b": heading}),
        hint=Sentence("请只保留一列。", "Keep one of the two columns."),
    )


def _missing_heading(column: Column) -> Complaint:
    return Complaint(
        code="missing-heading",
        message=Sentence("缺少“{zh}”一列。", 'The column "{en}" is missing.', {"zh": column.zh, "en": column.en}),
        hint=Sentence(
            "第一行应当是标题，其中要有“{zh}”。",
            'The first row must be the headings, "{en}" among them.',
            {"zh": column.zh, "en": column.en},
        ),
    )


_NO_HEADINGS = Complaint(
    code="empty-sheet",
    message=Sentence("这张表是空的，连标题也没有。", "This sheet is empty; it has not even headings."),
    hint=Sentence("第一行应当是标题。", "The first row must be the headings."),
)
_NO_HEADING_ABOVE = Complaint(
    code="no-heading",
    message=Sentence("这一列没有标题，却有内容。", "This column has no heading, yet something is in it."),
    hint=Sentence("请补上标题，或删除这一列。", "Give it a heading, or delete the column."),
)
