"""From the text of a file to a tree of texts, each with its place. Nothing is interpreted: `12:30`, `no` and `2012-09-14` stay texts.

Only the parser's events are used, never its constructors: no type is guessed, no alias is followed, nesting cannot
exhaust the stack, and all slips are found at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from engine.definition.report import Report, Spot
from engine.sentences import Sentence, plain
from engine.unseen import find_unseen, has_unseen

LARGEST = 2 * 1024 * 1024
DEEPEST = 40
# What YAML itself takes for the end of a line, and the tab, whose place in the indentation is complained of apart.
_BREAKS = "\t\n\r\x85\u2028\u2029"
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """One text. `start`, `end`: where its token stands in the file, counted in characters; `plain`: written without quotes.

    refused: something that is no text (an alias) and has been reported.
    """

    text: str
    line: int
    column: int
    start: int = 0
    end: int = 0
    plain: bool = True
    refused: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is written here (YAML's null)."""
        return self.plain and self.text in _NOTHING


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One key of a mapping with its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, kw_only=True)
class Table:
    """A mapping; its keys are texts, each written once."""

    entries: tuple[Entry, ...]
    line: int
    column: int


Node = Scalar | Listing | Table


def decode(data: bytes, report: Report) -> str | None:
    """The text of a file saved as UTF-8, with or without a mark at its start; None and a problem for anything else."""
    if data.startswith(_OFFICE_FILES):
        report.add("no-text-file", Spot(line=0, column=0, path=""), *_no_text(data, report.file))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        report.add("encoding", _spot_at(before.removeprefix("\ufeff"), len(before)), _ENCODING, _encoding_hint(data))
        return None


def read_source(text: str, report: Report) -> Table | None:
    """The mapping that the file is. None where there is none to go on with; then, and for every slip on the way, a problem is reported."""
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", errors="replace")) > LARGEST:
        report.add("too-large", Spot(line=0, column=0, path=""), _TOO_LARGE)
        return None
    position = find_unseen(text, besides=_BREAKS)
    if position is not None:
        report.add("unprintable", _spot_at(text, position), _UNPRINTABLE, _UNPRINTABLE_HINT)
        return None
    root = _Composer(report).compose(_events(text, report))
    if isinstance(root, Table) and root.entries:
        return root
    if not report.failed:
        empty = root is None or (isinstance(root, Scalar) and root.empty) or isinstance(root, Table)
        where = Spot(line=1, column=1, path="") if root is None else Spot(line=root.line, column=root.column, path="")
        report.add("empty-file" if empty else "not-a-mapping", where, _EMPTY if empty else _NOT_A_MAPPING, _BEGIN)
    return None


def _events(text: str, report: Report) -> Iterator[Event]:
    """The parser's events up to its first error, which is reported."""
    parser = YAML(typ="safe", pure=True)
    try:
        yield from parser.parse(text)
    except ReaderError as error:
        report.add("unprintable", _spot_at(text, error.position), _UNPRINTABLE, _UNPRINTABLE_HINT)
    except MarkedYAMLError as error:
        _report_syntax(error, text, report)
    except (YAMLError, ValueError, AssertionError):
        # The library raises bare errors for some malformed directives and escapes.
        report.add("yaml", Spot(line=1, column=1, path=""), _MALFORMED)


def _report_syntax(error: MarkedYAMLError, text: str, report: Report) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    spot = Spot(line=line, column=column, path="")
    if "'\\t'" in str(error.problem):
        report.add("yaml-tab", spot, _TAB, _TAB_HINT)
        return
    near = lines[max(line - 2, 0) : line]
    report.add("yaml", spot, _MALFORMED, _syntax_hint(str(error.problem), near))


_MALFORMED = Sentence("这里的写法不符合 YAML 的格式，后面的内容无法读取。", "This is not well-formed YAML; what follows cannot be read.")


def _syntax_hint(detail: str, near: list[str]) -> Sentence:
    if any("：" in line and ": " not in line for line in near):
        return Sentence(
            "键后面要用半角冒号加空格“: ”，不要用全角冒号“：”。", "After a key write a plain colon and a blank, not a full-width one."
        )
    if any("，" in line for line in near[-1:]):
        return Sentence(
            "如果“，”用来分开两项，请改成半角逗号“, ”。", "Where a full-width comma parts two entries, write a plain comma instead."
        )
    if "mapping values" in detail:
        return Sentence(
            "检查缩进；如果文字中本来就有“: ”，请给整段文字加引号。",
            "Check the indentation; if the text itself contains a colon, quote it.",
        )
    return Sentence("检查缩进、冒号、引号和括号是否成对。", "Check indentation, colons, quotation marks and brackets.")


def _spot_at(text: str, position: int) -> Spot:
    before = text[:position]
    return Spot(line=before.count("\n") + 1, column=position - (before.rfind("\n") + 1) + 1, path="")


def _no_text(data: bytes, file: str) -> tuple[Sentence, Sentence]:
    """What it is and what it may be meant for."""
    if b"xl/" in data or file.lower().endswith((".xlsx", ".xls")):
        return (
            Sentence("这是 Excel 文件，不是工作流文件。", "This is an Excel file, no workflow file."),
            Sentence("花名册请用 campaign units import 导入。", "Rosters are taken by `campaign units import`."),
        )
    kind = "PDF" if data.startswith(b"%PDF-") else "Word"
    return (
        Sentence("这是 {kind} 文件，不是工作流文件。", "This is a file of {kind}, no workflow file.", {"kind": kind}),
        Sentence(
            "工作流要写成文本文件（.yaml）；材料请用 campaign submit 报送。",
            "A workflow is a text file (.yaml); papers are handed in with `campaign submit`.",
        ),
    )


def _encoding_hint(data: bytes) -> Sentence:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Sentence("文件是 UTF-16 编码，请另存为 UTF-8。", "The file is in UTF-16: save it as UTF-8.")
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return Sentence("请用文本编辑器打开并另存为 UTF-8。", "Open it in a text editor and save it as UTF-8.")
    return Sentence("文件像是 GBK 编码，请在编辑器中另存为 UTF-8。", "The file seems to be in GBK: save it as UTF-8 in your editor.")


@dataclass(kw_only=True)
class _Frame:
    """A list or mapping that is not yet closed; of a mapping keys and values alternate."""

    line: int
    column: int
    mapping: bool
    children: list[Node] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Where the next child belongs: `.key` or `[n]`."""
        if not self.mapping:
            return f"[{len(self.children) + 1}]"
        last = self.children[-1] if len(self.children) % 2 else None
        return f".{last.text}" if isinstance(last, Scalar) else ""


class _Composer:
    """Builds the tree on a stack of its own."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stack: list[_Frame] = []
        self.root: Node | None = None
        self.documents = 0

    def compose(self, events: Iterator[Event]) -> Node | None:
        for event in events:
            if not self.take(event):
                return None
        return self.root

    def take(self, event: Event) -> bool:
        """Whether reading can go on."""
        if isinstance(event, DocumentStartEvent):
            return self.document(event)
        self.refuse_extras(event)
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            return self.open(event)
        if isinstance(event, MappingEndEvent):
            self.add(self.table(self.stack.pop()))
        elif isinstance(event, SequenceEndEvent):
            frame = self.stack.pop()
            self.add(Listing(items=tuple(frame.children), line=frame.line, column=frame.column))
        elif isinstance(event, (ScalarEvent, AliasEvent)):
            self.add(self.scalar(event))
        return True

    def document(self, event: DocumentStartEvent) -> bool:
        self.documents += 1
        if event.version is not None and tuple(event.version) != (1, 2):
            self.report.add("yaml-version", self.spot(event), _VERSION)
        if self.documents > 1:
            self.report.add("several-documents", self.spot(event), _SEVERAL)
        return self.documents == 1

    def open(self, event: Event) -> bool:
        if len(self.stack) >= DEEPEST:
            self.report.add("too-deep", self.spot(event), _TOO_DEEP)
            return False
        mark = event.start_mark
        self.stack.append(_Frame(line=mark.line + 1, column=mark.column + 1, mapping=isinstance(event, MappingStartEvent)))
        return True

    def refuse_extras(self, event: Event) -> None:
        if getattr(event, "anchor", None):
            self.report.add("yaml-anchor", self.spot(event), _ANCHOR, _ANCHOR_HINT)
        if getattr(event, "tag", None):
            self.report.add("yaml-tag", self.spot(event), _TAG)

    def scalar(self, event: ScalarEvent | AliasEvent) -> Scalar:
        start, end = event.start_mark, event.end_mark
        line, column = start.line + 1, start.column + 1
        if isinstance(event, AliasEvent):
            return Scalar(text="*", line=line, column=column, start=start.index, end=end.index, refused=True)
        if has_unseen(str(event.value), besides="\t\n"):
            # Written as an escape in quotation marks, which the file itself does not show.
            self.report.add("unprintable", self.spot(event), _UNPRINTABLE, _UNPRINTABLE_HINT)
        is_plain = event.style in (None, "")
        found = Scalar(text=str(event.value), line=line, column=column, start=start.index, end=end.index, plain=is_plain)
        return self.at_its_key(found) if found.empty else found

    def at_its_key(self, found: Scalar) -> Scalar:
        """A value that is not written is said to stand at its key: the parser only knows where the next thing begins."""
        last = self.stack[-1].children[-1] if self.stack and self.stack[-1].mapping and len(self.stack[-1].children) % 2 else None
        if found.text or not isinstance(last, Scalar):
            return found
        return Scalar(text="", line=last.line, column=last.column, start=found.start, end=found.end)

    def add(self, node: Node) -> None:
        if self.stack:
            self.stack[-1].children.append(node)
        else:
            self.root = node

    def table(self, frame: _Frame) -> Table:
        entries: dict[str, Entry] = {}
        for key, value in zip(frame.children[::2], frame.children[1::2], strict=True):
            if not isinstance(key, Scalar) or key.empty:
                self.report.add("key-not-text", Spot(line=key.line, column=key.column, path=self.path()), _KEY_NOT_TEXT)
            elif key.plain and key.text == "<<":
                self.report.add("yaml-merge", self.key_spot(key), _MERGE, _ANCHOR_HINT)
            elif key.text in entries:
                first = {"key": plain(key.text), "line": entries[key.text].key.line}
                self.report.add("duplicate-key", self.key_spot(key), Sentence(_DUPLICATE.zh, _DUPLICATE.en, first), _DUPLICATE_HINT)
            else:
                entries[key.text] = Entry(key=key, value=value)
        return Table(entries=tuple(entries.values()), line=frame.line, column=frame.column)

    def path(self) -> str:
        return "".join(frame.label for frame in self.stack).removeprefix(".")

    def key_spot(self, key: Scalar) -> Spot:
        return Spot(line=key.line, column=key.column, path=f"{self.path()}.{key.text}".removeprefix("."))

    def spot(self, event: Event) -> Spot:
        return Spot(line=event.start_mark.line + 1, column=event.start_mark.column + 1, path=self.path())


# What files of an office begin with: zip (.xlsx, .docx), the older .xls and .doc, PDF.
_OFFICE_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-")
_ENCODING = Sentence("文件不是 UTF-8 编码，从这里起读不出来。", "The file is not in UTF-8: it cannot be read from here on.")
_TOO_LARGE = Sentence(
    "文件超过 2 MiB。工作流文件只写安排，名单和材料请另存。",
    "The file is larger than 2 MiB. A workflow file holds the plan only; keep rosters and papers elsewhere.",
)
_EMPTY = Sentence("文件里没有内容。", "The file is empty.")
_NOT_A_MAPPING = Sentence("文件应当由“键: 值”组成，这里不是。", "The file must consist of `key: value` lines; this is something else.")
_BEGIN = Sentence("从 `workflow: 名称` 一行写起。", "Begin with a line `workflow: name`.")
_UNPRINTABLE = Sentence(
    "这里有一个不可见的控制字符，或改变文字方向的字符。", "There is an unprintable character here, or one that turns the text around."
)
_UNPRINTABLE_HINT = Sentence("删除这个字符，重新输入这一行。", "Delete it and type the line again.")
_TAB = Sentence("缩进中用了制表符（Tab）。", "A tab is used for indentation.")
_TAB_HINT = Sentence("缩进只能用空格，请把制表符换成空格。", "Indent with blanks only.")
_VERSION = Sentence(
    "工作流文件按 YAML 1.2 读取，不能声明别的版本。", "Workflow files are read as YAML 1.2; no other version can be declared."
)
_SEVERAL = Sentence(
    "一个文件只能写一个工作流，这里又开始了一份（---）。", "One file holds one workflow; a second document (---) begins here."
)
_TOO_DEEP = Sentence("层次太深（超过 40 层）。", "This is nested too deeply (more than 40 levels).")
_ANCHOR = Sentence("不能使用 YAML 的锚点和引用（& 和 *）。", "YAML anchors and aliases (& and *) are not allowed.")
_ANCHOR_HINT = Sentence(
    "请把内容写在用到的地方；若文字以 & 或 * 开头，请加引号。", "Write it out where it is used; quote a text that begins with & or *."
)
_TAG = Sentence("不能使用 YAML 的标签（!）。", "YAML tags (!) are not allowed.")
_MERGE = Sentence("不能使用 YAML 的合并键（<<）。", "YAML merge keys (<<) are not allowed.")
_KEY_NOT_TEXT = Sentence("这里的键应当是一个名称。", "The key here must be a name.")
_DUPLICATE = Sentence("“{key}”写了两次，第一次在第 {line} 行。", "`{key}` is written twice, first on line {line}.")
_DUPLICATE_HINT = Sentence("保留一处，或改用别的名称。", "Keep one of them, or choose another name.")
