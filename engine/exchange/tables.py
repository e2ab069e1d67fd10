"""Tables that people take away: .xlsx or .csv, in which no text can turn into a formula."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from engine.errors import CampaignError
from engine.exchange.files import refusal, replacing

Cell = str | int | None

_MAX_CELL = 32_767
_MAX_SHEET_ROWS = 1_048_576
_EXACT_NUMBERS = 10**15
_NARROWEST, _WIDEST = 6, 60
# What a spreadsheet program takes for the beginning of a formula; the full-width forms count in East Asian editions.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIXED_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - the format stores a zone-less date, and equal tables must give equal files


class WrongTableType(CampaignError):
    """{file} 不是 .xlsx 或 .csv。请把文件名的结尾改成其中一种。

    {file} is neither .xlsx nor .csv. Let the file name end in one of the two.
    """

    exit_code = 2


class TableTooLong(CampaignError):
    """Excel 工作表最多 {limit} 行，这张表放不下。请改存为 .csv。

    An Excel sheet takes {limit} rows at most, and this table has more. Write it as .csv instead.
    """


def write_table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table as .xlsx or, by the suffix, .csv (UTF-8 with its mark); an existing file is replaced in one step, mode 0600.

    Texts that look like formulas stay texts: in .csv they get an apostrophe in front.
    Raises WrongTableType, TableTooLong, CannotWrite, NoRoom.
    """
    suffix = path.suffix.lower()
    if suffix not in {".xlsx", ".csv"}:
        raise WrongTableType(file=str(path))
    with replacing(path) as temporary:
        if suffix == ".xlsx":
            _write_xlsx(temporary, path, headings, rows)
        else:
            _write_csv(temporary, headings, rows)


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as the text of a .csv, lines ending in CR LF, without a byte order mark."""
    out = io.StringIO(newline="")
    _fill(out, headings, rows)
    return out.getvalue()


def display_width(text: str) -> int:
    """How many half-width places the widest line of a text takes; Chinese characters take two."""
    return max((sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line) for line in text.splitlines()), default=0)


class _Parcel(io.BytesIO):
    """What a workbook is packed into: in memory, since a packing that fails on a disk fails again, in words of its own, as it goes away."""

    def close(self) -> None:
        """Stays open: which of the two goes away first, it or the packing that ends with a last word, is nobody's choice."""


@contextmanager
def workbook_at(place: Path, file: Path) -> Iterator[xlsxwriter.Workbook]:
    """A workbook to write to that keeps no rows in memory and never makes a formula or a link out of a text.

    place: where it is written when the block ends; file: the name that it will have. Raises NoRoom or CannotWrite where the system's folder
    for passing files refuses, OSError where that of `place` does.
    """
    packed = _Parcel()
    try:
        with tempfile.TemporaryDirectory(prefix="campaign-table-") as folder:
            workbook = xlsxwriter.Workbook(packed, {**_PLAIN, "tmpdir": folder})
            workbook.set_properties({"created": _FIXED_DATE})
            yield workbook
            workbook.close()
    except (OSError, FileCreateError) as error:
        cause = error.args[0] if isinstance(error, FileCreateError) else error
        raise refusal(cause, file, Path(tempfile.gettempdir())) from error
    place.write_bytes(packed.getbuffer())


def put_text(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Write a text into a cell (row and column from 0); what is too long for a cell is cut and ends in an ellipsis."""
    clean = _writable(text)
    if len(clean) > _MAX_CELL:
        clean = clean[: _MAX_CELL - 1] + "…"
    if clean:
        sheet.write_string(row, column, clean, style)


def column_width(widest: int) -> int:
    """The width of a column whose widest text takes so many places."""
    return min(max(widest + 2, _NARROWEST), _WIDEST)


def _write_xlsx(place: Path, file: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    with workbook_at(place, file) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True})
        widths = [display_width(heading) for heading in headings]
        for column, heading in enumerate(headings):
            put_text(sheet, 0, column, heading, bold)
        for number, row in enumerate(rows, 1):
            if number >= _MAX_SHEET_ROWS:
                raise TableTooLong(limit=_MAX_SHEET_ROWS)
            widths.extend([0] * (len(row) - len(widths)))
            for column, cell in enumerate(row):
                _put(sheet, number, column, cell)
                widths[column] = max(widths[column], display_width(str(cell)) if cell is not None else 0)
        for column, widest in enumerate(widths):
            sheet.set_column(column, column, column_width(widest))
        sheet.freeze_panes(1, 0)


def _put(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < _EXACT_NUMBERS:
        sheet.write_number(row, column, cell)
    elif cell is not None:
        put_text(sheet, row, column, str(cell))


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        _fill(out, headings, rows)


def _fill(out: io.TextIOBase, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(heading) for heading in headings])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = _writable(cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _writable(text: str) -> str:
    """The text with a question mark for every code point that no text file, or no XML, can hold."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\ufffe", "?").replace("\uffff", "?")
