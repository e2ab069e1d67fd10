"""One pass over the XML of a worksheet, before the real reader sees it: where formulas and error values stand, and how far
the cells reach. The real reader gives a formula's last result as if it were a value, and lays a sheet out as a full rectangle,
so that one stray cell in the last corner would cost 17 billion cells of memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from engine.exchange.grid import Place

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_CHUNK = 1 << 16
# As a span of time ([h]:mm), a number below some -10^11 makes the real reader panic, with a trace on the screen.
_LOWEST = -1e10
_SAFE_LENGTH = 4


class BadXml(ValueError):
    """The XML is damaged, has a document type (which no spreadsheet program writes), or names impossible cells."""


class SheetScan:
    """What `scan_sheet` found.

    formulas, errors: the cells (row, column, from 1) that hold a formula, or an error value typed as a value.
    far: the last row and the last column that hold anything, not necessarily of the same cell.
    """

    def __init__(self) -> None:
        self.formulas: list[Place] = []
        self.errors: list[Place] = []
        self._columns: dict[str, int] = {}
        self._last_row = 0
        self._row = 0
        self._column = 0
        self._letters = ""
        self._in_cell = False
        self._is_error = False
        self._is_number = False
        self._number_next = False

    @property
    def far(self) -> Place:
        """The last row and column in use; (0, 0) for an empty sheet."""
        return self._last_row, max(self._columns.values(), default=0)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._enter_cell(attributes)
        elif kind in {"v", "is"}:
            self._number_next = self._is_number and kind == "v"
            self._note_content(self.errors if self._is_error else None)
        elif kind == "f":
            self._note_content(self.formulas)
        elif kind == "row":
            self._row = _row_number(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif kind == "extLst":
            # Extensions after the cells keep the references of drop-down lists and sparklines in elements that are named f too.
            self._in_cell = False

    def text(self, data: str) -> None:
        """Text between the tags, whole."""
        if self._number_next:
            self._number_next = False
            if data.startswith("-") and len(data) > _SAFE_LENGTH:
                _check_span(data)

    def _enter_cell(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("t", "n")
        self._in_cell = True
        self._is_error = kind == "e"
        self._is_number = kind == "n"
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
            self._letters = f"#{self._column}"
        else:
            self._letters, self._row = _split(reference)
            self._column = self._columns.get(self._letters) or _column_number(self._letters)
        if self._column > _LAST_COLUMN:
            raise BadXml(f"column {self._column}")

    def _note_content(self, found: list[Place] | None) -> None:
        if not self._in_cell:
            return
        self._columns[self._letters] = self._column
        self._last_row = max(self._last_row, self._row)
        if found is not None:
            found.append((self._row, self._column))


def scan_sheet(stream: IO[bytes]) -> SheetScan:
    """Scan a worksheet's XML. Raises BadXml, and whatever reading the stream raises."""
    scan = SheetScan()
    parse_safely(stream, scan.start, scan.text)
    return scan


def parse_safely(stream: IO[bytes], start: Callable[[str, dict[str, str]], None], text: Callable[[str], None] | None = None) -> None:
    """Hand every element of an XML stream to `start`, and every stretch of text, in one piece, to `text`.

    Raises BadXml for XML that is damaged, not in UTF-8, or has a document type, which could declare entities.
    """
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.CharacterDataHandler = text
    parser.XmlDeclHandler = _refuse_other_encodings
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise BadXml(str(error)) from error


def _refuse_doctype(*_: object) -> None:
    raise BadXml("document type")


def _refuse_other_encodings(_version: str, encoding: str | None, _standalone: int) -> None:
    # Two readers that disagree on the encoding would not see the same cells.
    if encoding is not None and encoding.lower() != "utf-8":
        raise BadXml(f"encoding {encoding}")


def _check_span(number: str) -> None:
    try:
        absurd = float(number) < _LOWEST
    except ValueError as error:
        raise BadXml(number[:20]) from error
    if absurd:
        raise BadXml(number[:20])


def _split(reference: str) -> tuple[str, int]:
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise BadXml(reference)
    return found.group(1), _row_number(found.group(2))


def _row_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= _LAST_ROW):
        raise BadXml(text)
    return int(text)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
