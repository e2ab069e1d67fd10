"""A sheet as it was read: rows of cell values, and the places of the cells that hold something other than a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from engine.errors import FileProblems
from engine.sentences import Problem, Sentence

CellValue = int | float | str | bool | date | datetime | time | timedelta
Place = tuple[int, int]

MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_COLUMNS = 64

_BLANKS = (
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200c\u200d\u2060"
)


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What is wrong with a cell, not yet knowing where the cell is."""

    code: str
    message: Sentence
    hint: Sentence | None = None


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet.

    file, name: where it came from, in the author's words.  rows: from the first row on, so that `rows[0][0]` is A1.
    marked: what is wrong at a place (row, column counted from 1) whatever the value there: a formula, an error value.
    """

    file: str
    name: str
    rows: Sequence[Sequence[CellValue]]
    marked: Mapping[Place, Complaint] = field(default_factory=dict)

    def problem(self, row: int, column: int, complaint: Complaint, heading: str = "") -> Problem:
        """The complaint at its place: row and column counted from 1, column 0 for a whole row, row 0 for the whole sheet."""
        cell = f"!{column_letters(column)}{row}" if row and column else ""
        return Problem(
            file=self.file,
            line=row,
            column=column,
            path=f"{self.name}{cell} {heading}".strip(),
            code=complaint.code,
            message=complaint.message,
            hint=complaint.hint,
        )


def whole_file(file: str, code: str, message: Sentence, hint: Sentence | None = None, *, line: int = 0) -> FileProblems:
    """The error for a file that cannot be read at all, or not from `line` on."""
    problem = Problem(file=file, line=line, column=0, path="", code=code, message=message, hint=hint)
    return FileProblems((problem,), file=file)


def column_letters(column: int) -> str:
    """The letters over a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def trimmed(value: CellValue) -> CellValue:
    """A text without the blanks, also the invisible ones, around it; any other value as it is."""
    return value.strip(_BLANKS) if isinstance(value, str) else value


def is_blank(value: CellValue) -> bool:
    """Whether a cell shows nothing."""
    return isinstance(value, str) and not trimmed(value)


def text_line(row: Sequence[CellValue]) -> list[str]:
    """A row of headings as texts, trimmed."""
    return [str(trimmed(value)) for value in row]


FORMULA = Complaint(
    code="formula",
    message=Sentence("这个单元格里是公式。", "This cell holds a formula."),
    hint=Sentence("请复制后用“选择性粘贴—数值”粘贴回原处，再保存。", "Copy it, paste it back as values, and save."),
)
ERROR_VALUE = Complaint(
    code="error-value",
    message=Sentence("这个单元格显示的是错误值。", "This cell shows an error value."),
    hint=Sentence("请改填正确的内容，或清空。", "Type what it should say, or clear it."),
)
