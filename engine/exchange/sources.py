"""Where a roster comes from: an .xlsx file, a .csv file, or a folder with a .csv for each sheet."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FileProblems
from engine.exchange.csvfile import csv_grid
from engine.exchange.grid import MAX_FILE_BYTES, Grid, is_blank, text_line, whole_file
from engine.exchange.headings import NOTES, SHAPES, SheetShape, folded, shape_named, shape_of_headings
from engine.exchange.workbook import Workbook
from engine.names import nearest
from engine.sentences import Problem, Sentence


@dataclass(frozen=True, kw_only=True)
class Source:
    """The grids of a roster by sheet, and what went wrong in finding them."""

    sheets: tuple[tuple[SheetShape, Grid], ...]
    problems: tuple[Problem, ...]


def open_source(path: Path) -> Source:
    """The sheets of the roster at `path`. Raises FileProblems when nothing can be read at all."""
    mode = _status(path).st_mode
    if stat.S_ISDIR(mode):
        return _from_folder(path)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _from_workbook(path)
    if suffix == ".csv":
        return _from_csv(path)
    raise whole_file(
        str(path),
        "wrong-file-type",
        Sentence("名册应当是 .xlsx 或 .csv 文件。", "A roster is an .xlsx or a .csv file."),
        Sentence("请在 Excel 中另存为“Excel 工作簿（*.xlsx）”。", "Save it in Excel as Excel Workbook (*.xlsx)."),
    )


def first_grid(path: Path) -> Grid:
    """The first sheet of a table (.xlsx or .csv). Raises FileProblems when it cannot be read."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _csv(path)
    if suffix != ".xlsx":
        raise whole_file(
            str(path),
            "wrong-file-type",
            Sentence("这里要的是 .xlsx 或 .csv 表格。", "An .xlsx or .csv table is wanted here."),
            Sentence("请填写 campaign template 生成的表格。", "Fill in the table that `campaign template` writes."),
        )
    book = Workbook(_content(path), str(path))
    return book.grid(book.sheet_names[0])


def _from_folder(folder: Path) -> Source:
    sheets: list[tuple[SheetShape, Grid]] = []
    problems: list[Problem] = []
    for shape, path in _csv_files(folder):
        try:
            sheets.append((shape, _csv(path)))
        except FileProblems as error:
            problems += error.problems
    return Source(sheets=tuple(sheets), problems=(*problems, *_twice(str(folder), sheets)))


def _csv_files(folder: Path) -> list[tuple[SheetShape, Path]]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    except OSError as error:
        raise _unreadable(str(folder)) from error
    found = [(shape, path) for path in paths if (shape := shape_named(path.stem))]
    if not found:
        raise whole_file(
            str(folder),
            "empty-folder",
            Sentence("这个文件夹里没有 units.csv，也没有 posts.csv。", "There is neither units.csv nor posts.csv in this folder."),
            Sentence("请指明名册文件，或把两个文件放进文件夹。", "Name the roster file, or put both files into the folder."),
        )
    return found


def _from_csv(path: Path) -> Source:
    grid = _csv(path)
    shape = shape_of_headings(_heading_row(grid))
    if shape is None:
        raise whole_file(
            str(path),
            "unknown-table",
            Sentence("从标题行看不出这是单位表还是任职表。", "The headings do not tell whether this lists units or posts."),
            Sentence(
                "第一行应当是标题：单位表为 {units}；任职表为 {posts}。",
                "The first row must be the headings: for units {units}; for posts {posts}.",
                {shape.en: _usual_headings(shape) for shape in SHAPES},
            ),
        )
    return Source(sheets=((shape, grid),), problems=())


def _csv(path: Path) -> Grid:
    return csv_grid(_content(path), str(path), path.stem)


def _usual_headings(shape: SheetShape) -> Sentence:
    zh, en = ", ".join(c.zh for c in shape.columns), ", ".join(c.en for c in shape.columns)
    return Sentence(zh.replace(", ", "、"), en)


def _from_workbook(path: Path) -> Source:
    book = Workbook(_content(path), str(path))
    sheets = [(shape, book.grid(name)) for name in book.sheet_names if (shape := shape_named(name))]
    missing = [shape for shape in SHAPES if shape not in [found for found, _ in sheets]]
    others = [name for name in book.sheet_names if not shape_named(name) and folded(name) not in map(folded, NOTES)]
    strays = [problem for name in others if missing for problem in _stray(str(path), name, missing, book)]
    return Source(sheets=tuple(sheets), problems=(*strays, *_twice(str(path), sheets)))


def _stray(file: str, name: str, missing: list[SheetShape], book: Workbook) -> list[Problem]:
    """A sheet of another name is left alone, unless it seems to be one that is missing: leaving that out would lose data."""
    try:
        headings = _heading_row(book.grid(name))
    except FileProblems:
        return []
    close = nearest(name, (known for shape in missing for known in (shape.zh, shape.en)))
    wanted = shape_of_headings(headings) or shape_named(close or "")
    if not headings or wanted not in missing:
        return []
    hint = Sentence("是不是“{zh}”？请改名。", 'Did you mean "{en}"? Rename it.', {"zh": wanted.zh, "en": wanted.en})
    message = Sentence("不认识工作表“{name}”。", 'The sheet "{name}" is not known.', {"name": name})
    return [Problem(file=file, line=0, column=0, path=name, code="unknown-sheet", message=message, hint=hint)]


def _twice(file: str, sheets: list[tuple[SheetShape, Grid]]) -> list[Problem]:
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for shape, grid in sheets:
        first = names.setdefault(shape.table, grid.name)
        if first != grid.name:
            message = Sentence("“{a}”和“{b}”是同一种表。", '"{a}" and "{b}" are the same sheet.', {"a": first, "b": grid.name})
            hint = Sentence("请合并成一个。", "Put them together into one.")
            problems.append(Problem(file=file, line=0, column=0, path=grid.name, code="sheet-twice", message=message, hint=hint))
    return problems


def _heading_row(grid: Grid) -> list[str]:
    return next((text_line(row) for row in grid.rows if not all(map(is_blank, row))), [])


def _content(path: Path) -> bytes:
    status = _status(path)
    if not stat.S_ISREG(status.st_mode):
        raise whole_file(str(path), "not-a-file", Sentence("这不是普通文件。", "This is not an ordinary file."), _NAME_THE_FILE)
    if status.st_size > MAX_FILE_BYTES:
        raise whole_file(
            str(path),
            "too-big",
            Sentence("文件超过 {limit} MB。", "The file is larger than {limit} MB.", {"limit": MAX_FILE_BYTES // 1024**2}),
            Sentence("请删去图片和无关的工作表，或分成几个文件。", "Remove pictures and unrelated sheets, or split it into several files."),
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(str(path)) from error
    if not content.strip():
        raise whole_file(str(path), "empty-file", Sentence("文件是空的。", "The file is empty."), _NAME_THE_FILE)
    return content


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise whole_file(str(path), "missing-file", Sentence("没有这个文件。", "There is no such file."), _NAME_THE_FILE) from error
    except OSError as error:
        raise _unreadable(str(path)) from error


_NAME_THE_FILE = Sentence("请检查文件名和所在文件夹。", "Check the name and the folder of the file.")


def _unreadable(file: str) -> FileProblems:
    return whole_file(
        file,
        "unreadable",
        Sentence("无法读取，可能没有权限。", "It cannot be read; permission may be missing."),
        Sentence("请检查权限，并关闭正在使用它的程序。", "Check the permissions, and close programs that are using it."),
    )
