"""Reads .docx: every `w:t` of the body, with the headings.

python-docx would hold every part of the archive in memory, pictures too, and its `paragraphs` miss tables, text boxes and insertions.
Here two or three parts are streamed through expat, with a limit on what may come out, and a DOCTYPE ends the reading: hostile archives
cost nothing, and a report with 80 MB of photographs is read in the memory of its text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from engine.evidence.headings import Line

_MOST_ENTRIES = 20_000
_MOST_PART = 64 * 2**20
_MOST_WHOLE = 2**30
_MOST_RATIO = 200
_RATIO_FROM = 64 * 2**20

_WORD = ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_PICTURES = {"blip", "imagedata", "altChunk", "object"}
_NOT_READ = {"del", "moveFrom", "rt"}
_OFF = ("0", "false", "off")


class Hostile(Exception):
    """The archive unpacks to far too much, or its XML defines entities."""


class NoDocument(Exception):
    """A zip archive without a Word document inside; its names are the argument."""


class Locked(Exception):
    """The entries of the archive are encrypted."""


@dataclass(frozen=True, kw_only=True)
class WordText:
    """The lines of a document, and how many pictures or embedded things it has."""

    lines: list[Line]
    pictures: int


def read_word(path: Path) -> WordText:
    """The text of a .docx. Raises Hostile, NoDocument, Locked, zipfile.BadZipFile, zlib.error, EOFError, OSError or ExpatError."""
    with zipfile.ZipFile(path) as archive:
        _refuse_bombs(archive.infolist())
        main = _main_part(archive)
        styles = _Styles()
        beside = f"{main.rpartition('/')[0]}/styles.xml".lstrip("/")
        if beside in archive.namelist():
            _stream(archive, beside, styles)
        body = _Body(styles=styles)
        _stream(archive, main, body)
    return WordText(lines=body.lines, pictures=body.pictures)


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise Locked
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_WHOLE or (unpacked > _RATIO_FROM and unpacked > _MOST_RATIO * packed):
        raise Hostile


def _main_part(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    relations = _Relations()
    if "_rels/.rels" in names:
        _stream(archive, "_rels/.rels", relations)
    for name in (relations.main, "word/document.xml"):
        if name in names and name.endswith(".xml") and not name.startswith(("xl/", "ppt/")):
            return name
    raise NoDocument(names)


class _Listener(Protocol):
    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


def _stream(archive: zipfile.ZipFile, name: str, listener: _Listener) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = listener.start
    parser.EndElementHandler = listener.end
    parser.CharacterDataHandler = listener.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    taken = 0
    with archive.open(name) as part:
        while chunk := part.read(2**16):
            taken += len(chunk)
            if taken > _MOST_PART:
                raise Hostile
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise Hostile


def _word_name(name: str) -> str:
    """The local name of a WordprocessingML element or attribute, '' for any other."""
    space, _, local = name.rpartition(" ")
    return local if space in _WORD else ""


def _value(attributes: Mapping[str, str]) -> str:
    return next((value for name, value in attributes.items() if _word_name(name) == "val"), "")


class _Silent:
    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


@dataclass
class _Relations(_Silent):
    main: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/relationships/officeDocument"):
            self.main = attributes.get("Target", "").lstrip("/")


@dataclass
class _Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None


_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE_NAMES = ("title", "标题", "subtitle", "副标题")


@dataclass
class _Styles(_Silent):
    """The paragraph styles by their id."""

    styles: dict[str, _Style] = field(default_factory=dict)
    current: _Style = field(default_factory=_Style)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _word_name(name)
        if local == "style":
            self.current = _Style()
            key = next((value for key, value in attributes.items() if _word_name(key) == "styleId"), "")
            self.styles[key] = self.current
        elif local == "name":
            self.current.name = _value(attributes)
        elif local == "basedOn":
            self.current.based_on = _value(attributes)
        elif local == "outlineLvl":
            self.current.outline = outline_level(_value(attributes))

    def level(self, key: str) -> int | None:
        """0 for a title, 1-9 for a heading, None for anything else; a style based on a heading is one."""
        for style in self.line(key):
            found = _HEADING_NAME.fullmatch(style.name.strip())
            if found:
                return int(found[1])
            if style.name.strip().lower() in _TITLE_NAMES:
                return 0
            if style.outline is not None:
                return style.outline
        return None

    def contents(self, key: str) -> bool:
        """Whether this is a style of the table of contents."""
        return self.styles.get(key, _Style(name=key)).name.lower().startswith(("toc", "目录"))

    def line(self, key: str) -> list[_Style]:
        """The style and those it is based on; a style that the file does not define has its id as its name."""
        seen: dict[str, _Style] = {}
        while key and key not in seen:
            seen[key] = self.styles.get(key, _Style(name=key))
            key = seen[key].based_on
        return list(seen.values())


def outline_level(value: str) -> int | None:
    """Word's outline level 0-8 as a heading level 1-9; None for body text (9) and nonsense."""
    return int(value) + 1 if value in tuple("012345678") else None


@dataclass
class _Paragraph:
    text: list[str] = field(default_factory=list)
    style: str = ""
    outline: int | None = None
    listed: bool = False


@dataclass
class _Run:
    text: list[str] = field(default_factory=list)
    hidden: bool = False


@dataclass
class _Body:
    """Listens to the body. Deletions, hidden runs and the second copy of a text box (mc:Fallback) are not text."""

    styles: _Styles
    lines: list[Line] = field(default_factory=list)
    pictures: int = 0
    path: list[str] = field(default_factory=list)
    paragraphs: list[_Paragraph] = field(default_factory=list)
    runs: list[_Run] = field(default_factory=list)
    chosen: list[bool] = field(default_factory=list)
    skipping: int = 0
    cells: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _word_name(name)
        parent = self.path[-1] if self.path else ""
        self.path.append(local)
        if self.skipping or local in _NOT_READ or self.repeated(name):
            self.skipping += 1
        elif name.rpartition(" ")[2] in _PICTURES:
            self.pictures += 1
        elif parent == "r":
            self.in_run(local)
        elif parent == "pPr" and self.paragraphs:
            self.property(local, attributes)
        elif local == "vanish":
            self.hide(attributes)
        self.enter(local)

    def enter(self, local: str) -> None:
        if self.skipping:
            return
        if local == "p":
            self.paragraphs.append(_Paragraph())
        elif local == "r":
            self.runs.append(_Run())
        elif local == "tc":
            self.cells += 1

    def repeated(self, name: str) -> bool:
        """Whether this element is the fallback of an alternative that was read already."""
        space, _, local = name.rpartition(" ")
        if space != _COMPATIBILITY:
            return False
        if local == "AlternateContent":
            self.chosen.append(False)
        elif local == "Choice" and self.chosen:
            again, self.chosen[-1] = self.chosen[-1], True
            return again
        return local == "Fallback" and bool(self.chosen) and self.chosen[-1]

    def in_run(self, local: str) -> None:
        sign = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": "•"}.get(local)
        if sign:
            self.add(sign)

    def property(self, local: str, attributes: Mapping[str, str]) -> None:
        paragraph = self.paragraphs[-1]
        if local == "pStyle":
            paragraph.style = _value(attributes)
        elif local == "outlineLvl":
            paragraph.outline = outline_level(_value(attributes))
        elif local == "numPr":
            paragraph.listed = True

    def hide(self, attributes: Mapping[str, str]) -> None:
        # A paragraph mark may be hidden too (w:pPr/w:rPr/w:vanish); that hides no text.
        if self.path[-3:-1] == ["r", "rPr"] and self.runs and _value(attributes) not in _OFF:
            self.runs[-1].hidden = True

    def data(self, text: str) -> None:
        if not self.skipping and self.path and self.path[-1] == "t":
            self.add(text)

    def add(self, text: str) -> None:
        if self.runs:
            self.runs[-1].text.append(text)
        elif self.paragraphs:
            self.paragraphs[-1].text.append(text)

    def end(self, name: str) -> None:
        local = self.path.pop()
        if self.skipping:
            self.skipping -= 1
        elif local == "r":
            self.close_run(self.runs.pop())
        elif local == "p":
            self.close_paragraph(self.paragraphs.pop())
        elif local == "tc":
            self.cells -= 1
        elif name == f"{_COMPATIBILITY} AlternateContent" and self.chosen:
            self.chosen.pop()

    def close_run(self, run: _Run) -> None:
        if self.paragraphs and not run.hidden:
            self.paragraphs[-1].text.extend(run.text)

    def close_paragraph(self, paragraph: _Paragraph) -> None:
        level = paragraph.outline if paragraph.outline is not None else self.styles.level(paragraph.style)
        self.lines.append(
            Line(
                text="".join(paragraph.text),
                level=level,
                standalone=not self.cells,
                listed=paragraph.listed,
                contents=self.styles.contents(paragraph.style),
            )
        )
