"""Reading .xlsx files that somebody else made: looked over with the standard library first, then read by calamine."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping

from python_calamine import CalamineError, CalamineWorkbook

from engine.errors import FileProblems
from engine.exchange.grid import ERROR_VALUE, FORMULA, MAX_COLUMNS, CellValue, Complaint, Grid, Place, column_letters, whole_file
from engine.exchange.sheetscan import BadXml, SheetScan, parse_safely, scan_sheet
from engine.sentences import Sentence

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_CELLS = 24_000_000
# Rosters of a hundred thousand units are packed ten to thirty times; a thousand times is the most there is.
_LARGE = 16 * 1024 * 1024
_TIGHTEST = 200

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ALSO_READ = ("xl/sharedStrings.xml", "xl/styles.xml")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What the standard library is known to raise on archives that are broken, on purpose or not.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError, RuntimeError, OverflowError)


class Workbook:
    """An .xlsx file, its parts known to be well-formed and of bearable size.

    Raises FileProblems when the bytes are no such file. Sheets are read one by one, on demand.
    """

    def __init__(self, content: bytes, file: str) -> None:
        self._content = content
        self._file = file
        if content.startswith(_OLE):
            raise _old_or_protected(file)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            self._names = {name.lower(): name for name in self._zip.namelist()}
            self._relations = self._read_relations()
            self._parts = self._sheet_parts()
            self._look_over()
        except _BROKEN as error:
            raise _damaged(file) from error

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """The names of the sheets, in the order of the tabs."""
        return tuple(self._parts)

    def grid(self, name: str) -> Grid:
        """The sheet of that name. Raises FileProblems when it is damaged or reaches too far."""
        try:
            with self._zip.open(self._parts[name]) as stream:
                scan = scan_sheet(stream)
        except _BROKEN as error:
            raise _damaged(self._file) from error
        self._check_reach(name, scan)
        return Grid(file=self._file, name=name, rows=self._rows(name), marked=_marked(scan))

    def _rows(self, name: str) -> list[list[CellValue]]:
        try:
            with CalamineWorkbook.from_filelike(io.BytesIO(self._content)) as book:
                rows: list[list[CellValue]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError, OverflowError) as error:
            raise _damaged(self._file) from error
        except BaseException as error:
            # A panic inside the Rust reader (a crafted span of time, for one) arrives as a class that cannot be imported.
            if type(error).__name__ != "PanicException":
                raise
            raise _damaged(self._file) from error
        return rows

    def _sheet_parts(self) -> dict[str, str]:
        """Sheet name to the name of its part in the archive."""
        sheets: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.rpartition(":")[2] == "sheet":
                relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
                sheets[attributes["name"]] = self._part(self._relations[relation])

        with self._zip.open(self._part(_WORKBOOK)) as stream:
            parse_safely(stream, start)
        return sheets

    def _read_relations(self) -> Mapping[str, str]:
        """Relation id to the name of the part that it points to."""
        targets: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.rpartition(":")[2] == "Relationship":
                target = attributes["Target"].replace("\\", "/")
                targets[attributes["Id"]] = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")

        with self._zip.open(self._part(_RELATIONS)) as stream:
            parse_safely(stream, start)
        return targets

    def _part(self, name: str) -> str:
        return self._names[name.lower()]

    def _look_over(self) -> None:
        """Refuse what would unpack without end, and XML that declares entities, in every part that calamine will read."""
        infos = self._zip.infolist()
        if sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES or any(map(_is_swollen, infos)):
            raise _too_large(self._file)
        if len(self._names) != len(infos):
            raise BadXml("a part that comes twice")
        if any(info.compress_type not in _METHODS for info in infos):
            raise BadXml("unusual compression")
        others = {*_ALSO_READ, *self._relations.values()} - {*self._parts.values()}
        for name in sorted(others):
            if name.lower() in self._names and name.lower().endswith(".xml"):
                with self._zip.open(self._part(name)) as stream:
                    parse_safely(stream, _ignore)

    def _check_reach(self, name: str, scan: SheetScan) -> None:
        rows, columns = scan.far
        if columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
            cell = f"{column_letters(columns)}{rows}"
            raise whole_file(
                self._file,
                "too-wide",
                Sentence(
                    "工作表“{sheet}”一直用到 {cell}，远远超出名册的范围。",
                    'The sheet "{sheet}" reaches as far as {cell}, far beyond a roster.',
                    {"sheet": name, "cell": cell},
                ),
                Sentence("请删除表格右侧和下方多余的列和行，再保存。", "Delete the columns and rows beyond the table, and save."),
            )


def _is_swollen(info: zipfile.ZipInfo) -> bool:
    """Whether a large part is packed tighter than any table is: it consists of nothing but the same again and again."""
    return info.file_size > _LARGE and info.file_size > _TIGHTEST * info.compress_size


def _ignore(_name: str, _attributes: dict[str, str]) -> None:
    """Well-formedness is all that matters."""


def _marked(scan: SheetScan) -> dict[Place, Complaint]:
    return dict.fromkeys(scan.errors, ERROR_VALUE) | dict.fromkeys(scan.formulas, FORMULA)


def _damaged(file: str) -> FileProblems:
    return whole_file(
        file,
        "not-xlsx",
        Sentence("这个文件不是完好的 Excel 工作簿（.xlsx）。", "This file is not a sound Excel workbook (.xlsx)."),
        Sentence(
            "请在 Excel 中打开它，另存为“Excel 工作簿（*.xlsx）”，再试一次。",
            "Open it in Excel, save it as Excel Workbook (*.xlsx), and try again.",
        ),
    )


def _too_large(file: str) -> FileProblems:
    return whole_file(
        file,
        "unpacks-too-large",
        Sentence(
            "这个工作簿解开后超过 {limit} MB，或者大部分是空白。",
            "Unpacked, this workbook is larger than {limit} MB, or mostly blanks.",
            {"limit": MAX_UNPACKED_BYTES // 1024**2},
        ),
        Sentence(
            "请把名册两张表的内容复制到新的工作簿再保存，或分成几个文件。",
            "Copy the two sheets of the roster into a new workbook and save that, or split it into several files.",
        ),
    )


def _old_or_protected(file: str) -> FileProblems:
    return whole_file(
        file,
        "protected-or-old",
        Sentence("这个文件设有密码，或者是旧格式（.xls）。", "This file is protected by a password, or is of the old format (.xls)."),
        Sentence(
            "请在 Excel 中打开，去掉密码，另存为“Excel 工作簿（*.xlsx）”。",
            "Open it in Excel, remove the password, and save it as Excel Workbook (*.xlsx).",
        ),
    )
