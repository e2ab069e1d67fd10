"""Reading .csv files that somebody else made."""

from __future__ import annotations

import csv
import io

from engine.errors import FileProblems
from engine.exchange.grid import FORMULA, MAX_COLUMNS, MAX_ROWS, CellValue, Complaint, Grid, Place, whole_file
from engine.sentences import Sentence

_ENCODINGS = ("utf-8-sig", "gb18030")


def csv_grid(content: bytes, file: str, name: str) -> Grid:
    """The one sheet in a .csv: UTF-8, with or without its mark, else GBK or GB 18030; commas, semicolons or tabs.

    name: what to call the sheet in messages. Rows are counted as Excel shows them: a cell with line breaks is within one row.
    Raises FileProblems when the bytes are no such text, or the quotation marks do not match.
    """
    text = _decoded(content, file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[CellValue]] = []
    marked: dict[Place, Complaint] = {}
    try:
        for row in reader:
            rows.append([*row])
            marked.update({(len(rows), column): FORMULA for column, cell in enumerate(row, 1) if cell.startswith("=")})
            if len(rows) > MAX_ROWS:
                raise _too_many_rows(file)
            if len(row) > MAX_COLUMNS:
                raise _too_wide(file, len(rows), len(row))
    except csv.Error as error:
        raise _bad_row(file, len(rows) + 1) from error
    return Grid(file=file, name=name, rows=rows, marked=marked)


def _decoded(content: bytes, file: str) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise whole_file(
        file,
        "undecodable",
        Sentence("文字编码无法识别。", "The text is in an unknown encoding."),
        Sentence("请在 Excel 中另存为“CSV UTF-8（逗号分隔）”或 .xlsx。", "Save it in Excel as CSV UTF-8 (Comma delimited), or as .xlsx."),
    )


def _delimiter(text: str) -> str:
    """What separates the headings; attributes hold semicolons too, so only the first line that is not blank counts."""
    line = text.lstrip()[:10_000].partition("\n")[0]
    return max(",;\t", key=line.count)


def _bad_row(file: str, row: int) -> FileProblems:
    return whole_file(
        file,
        "bad-csv",
        Sentence(
            "第 {row} 行的引号不成对，或内容过长。", "In row {row} the quotation marks do not match, or a cell is too long.", {"row": row}
        ),
        Sentence("请在 Excel 中打开并重新另存为 CSV UTF-8。", "Open it in Excel and save it again as CSV UTF-8."),
        line=row,
    )


def _too_many_rows(file: str) -> FileProblems:
    return whole_file(
        file,
        "too-many-rows",
        Sentence("行数超过 {limit}。", "There are more than {limit} rows.", {"limit": MAX_ROWS}),
        Sentence("请分成几个文件。", "Split it into several files."),
    )


def _too_wide(file: str, row: int, count: int) -> FileProblems:
    return whole_file(
        file,
        "too-wide",
        Sentence(
            "第 {row} 行有 {count} 列，远远超出名册的范围。",
            "Row {row} has {count} columns, far beyond a roster.",
            {"row": row, "count": count},
        ),
        Sentence("请删除右侧多余的列。", "Delete the columns beyond the table."),
        line=row,
    )
