"""Holding a file against the table of keys: every value gets its type and its path, every slip a problem at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.definition.commas import parted, several
from engine.definition.keys import ELEMENTS, Key, Shape, Word, is_built
from engine.definition.possible_keys import best_element, did_you_mean, own_spelling, suggestion
from engine.definition.report import Places, Report, Spot
from engine.definition.source import Entry, Listing, Node, Scalar, Table
from engine.definition.words import Spelling, chinese, english
from engine.errors import CampaignError
from engine.ranges import parse_range
from engine.sentences import Sentence, plain
from engine.timing.spans import parse_span

_INTEGER = re.compile(r"^[1-9][0-9]{0,5}$")
# A layer takes over from another file what it does not say itself.
LAYERS = frozenset({"extends", "amends"})
_OF_ITEMS = frozenset(ELEMENTS["item"]) - {"kind", "title", "cite", "doubt", "note"}


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value that passed: a text, a list (`items`), or a mapping of names or element (`entries`, keys in English).

    spot, key: where it and its key stand.  kind: the element it is, '' otherwise.  refused: keys that are written but did not pass.
    verbatim: the text stands in the file as it is, on one line, so that a position in it can be shown.
    """

    spot: Spot
    key: Spot
    text: str = ""
    kind: str = ""
    items: tuple[Value, ...] = ()
    entries: Mapping[str, Value] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    verbatim: bool = False

    def word(self, key: str, default: str = "") -> str:
        """The text of a key, the default if it is not there."""
        found = self.entries.get(key)
        return found.text if found else default

    def words(self, key: str) -> tuple[str, ...]:
        """The text or texts of a key that takes one or a list."""
        found = self.entries.get(key)
        return found.texts if found else ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Its text, or the texts of its list."""
        return tuple(item.text for item in self.leaves)

    @property
    def leaves(self) -> tuple[Value, ...]:
        """Itself if it is one text, else the members of its list."""
        return self.items if self.items else (self,) if self.text else ()

    def written(self, key: str) -> bool:
        """Whether the author wrote this key, right or wrong."""
        return key in self.entries or key in self.refused

    def walk(self) -> Iterator[Value]:
        """It and everything in it, from the top of the file down."""
        waiting = [self]
        while waiting:
            found = waiting.pop()
            yield found
            waiting.extend(reversed((*found.items, *found.entries.values())))


class Shaper:
    """Walks through a file once; what does not pass is reported and left out."""

    def __init__(self, report: Report, places: Places) -> None:
        self.report = report
        self.places = places
        self.is_layer = False
        self.spelling = Spelling()

    def file(self, root: Table) -> Value:
        """The file as an element."""
        self.is_layer = bool({entry.key.text for entry in root.entries} & LAYERS)
        self.spelling = self.report.spelling = own_spelling(root)
        start = Spot(line=root.line, column=root.column, path="")
        return self.element(root, "file", start, start)

    def take(self, node: Node, shape: Shape, spot: Spot, key: Spot) -> Value | None:
        """The value of a node, None if it is not of that shape."""
        self.places.note(value=spot, key=key)
        if isinstance(node, Scalar):
            return self.scalar(node, shape, spot, key)
        if isinstance(node, Listing):
            return self.listing(node, shape, spot, key)
        return self.table(node, shape, spot, key)

    def scalar(self, node: Scalar, shape: Shape, spot: Spot, key: Spot) -> Value | None:
        if node.refused:
            return None
        if node.empty or not node.text.strip():
            self.report.add("empty-value", key, _EMPTY, _fill_in(shape))
            return None
        if shape.word is None:
            self.wrong_type(shape, spot)
            return None
        meant = several(node) if _names_in(shape.items) else None
        if meant is not None:
            return self.listing(meant, shape, spot, key)
        text = self.word(node.text, shape, shape.word, spot)
        return None if text is None else Value(spot=spot, key=key, text=text, verbatim=node.end - node.start == len(text))

    def word(self, written: str, shape: Shape, word: Word, spot: Spot) -> str | None:
        if word.kind == "choice":
            return self.choice(written, shape, word, spot)
        if word.kind == "yes_no":
            return self.listed(written, shape, word.choices or {}, spot)
        if word.kind == "integer" and not _INTEGER.search(written):
            return self.listed(written, shape, {}, spot)
        if word.kind in ("span", "range"):
            return self.measure(written, word, spot)
        return written.strip()

    def choice(self, written: str, shape: Shape, word: Word, spot: Spot) -> str | None:
        if written in word.later:
            self.report.add("not-yet", spot, *not_yet(written))
            return None
        return self.listed(written, shape, word.choices or {}, spot)

    def listed(self, written: str, shape: Shape, words: Mapping[str, str], spot: Spot) -> str | None:
        """The canonical form of one of some words; anything else is refused with the nearest of them."""
        if written not in words:
            values = {"written": plain(written[:60]), "what": shape.what}
            message = Sentence("“{written}”不能写在这里，应当写：{what}。", "`{written}` cannot stand here. Expected: {what}.", values)
            self.report.add("wrong-value", spot, message, did_you_mean(written, words))
        return words.get(written)

    def measure(self, written: str, word: Word, spot: Spot) -> str | None:
        read = parse_span if word.kind == "span" else parse_range
        try:
            read(written)
        except CampaignError as error:
            self.report.add(f"bad-{word.kind}", spot, error.sentence, _ONLY_A_SPAN if word.kind == "span" else None)
            return None
        return written.strip()

    def listing(self, node: Listing, shape: Shape, spot: Spot, key: Spot) -> Value | None:
        if shape.items is None:
            self.wrong_type(shape, spot)
            return None
        items = parted(node.items, spot, self.report) if _names_in(shape.items) else node.items
        if shape.most is not None and len(items) > shape.most:
            self.report.add("not-yet", spot, *_CHAIN)
            return None
        if len(items) < shape.least:
            self.too_few(shape, spot)
            return None
        taken = [self.member(item, shape.items, spot, number) for number, item in enumerate(items, start=1)]
        return Value(spot=spot, key=key, items=tuple(item for item in taken if item is not None))

    def member(self, node: Node, shape: Shape, spot: Spot, number: int) -> Value | None:
        place = Spot(line=node.line, column=node.column, path=f"{spot.path}[{number}]")
        return self.take(node, shape, place, place)

    def table(self, node: Table, shape: Shape, spot: Spot, key: Spot) -> Value | None:
        per = next((entry for entry in node.entries if entry.key.text == "per"), None)
        if per is not None and shape.names is None:
            self.report.add("not-yet", _below(spot, per.key), *not_yet("per"))
            return None
        if shape.names is not None:
            return self.names(node, shape, shape.names, spot, key)
        kind = best_element(node, shape.elements)
        if kind is None or (not node.entries and not is_built(kind)):
            self.wrong_type(shape, spot)
            return None
        found = self.element(node, kind, spot, key)
        return found if is_built(kind) else None

    def names(self, node: Table, shape: Shape, of: Shape, spot: Spot, key: Spot) -> Value | None:
        if len(node.entries) < shape.least:
            self.too_few(shape, spot)
            return None
        taken = {entry.key.text: self.entry(entry, of, spot) for entry in node.entries}
        passed = {name: value for name, value in taken.items() if value is not None}
        return Value(spot=spot, key=key, entries=passed, refused=frozenset(taken) - frozenset(passed))

    def entry(self, entry: Entry, shape: Shape, parent: Spot) -> Value | None:
        key = _below(parent, entry.key)
        return self.take(entry.value, shape, Spot(line=entry.value.line, column=entry.value.column, path=key.path), key)

    def element(self, node: Table, kind: str, spot: Spot, key: Spot) -> Value:
        table, taken, refused = ELEMENTS[kind], dict[str, Value](), set[str]()
        later_kind = kind == "item" and self.later_item(node, spot)
        for entry in node.entries:
            name = english(entry.key.text, kind)
            value = None
            if name in taken or name in refused:
                self.report.add("two-spellings", _below(spot, entry.key), *two_spellings(name, kind))
            elif name in table and (name not in _OF_ITEMS or not later_kind):
                value = self.known(entry, table[name], spot)
            elif name not in table:
                self.unknown(entry.key, kind, spot)
            if value is not None:
                taken[name] = value
            else:
                refused.add(name)
        self.missing(kind, taken, refused, key)
        return Value(spot=spot, key=key, kind=kind, entries=taken, refused=frozenset(refused))

    def later_item(self, node: Table, spot: Spot) -> bool:
        """Whether it is an item of a kind that is not built: then its own keys need not be refused one by one."""
        kinds = [entry.value.text for entry in node.entries if english(entry.key.text) == "kind" and isinstance(entry.value, Scalar)]
        word = ELEMENTS["item"]["kind"].shape
        return bool(kinds) and word is not None and word.word is not None and kinds[0] in word.word.later

    def known(self, entry: Entry, key: Key, parent: Spot) -> Value | None:
        if key.shape is None:
            self.report.add("not-yet", _below(parent, entry.key), *not_yet(entry.key.text))
            return None
        return self.entry(entry, key.shape, parent)

    def unknown(self, key: Scalar, kind: str, parent: Spot) -> None:
        message = Sentence("这里不认识“{key}”这个键。", "Unknown key `{key}`.", {"key": plain(key.text)})
        self.report.add("unknown-key", _below(parent, key), message, suggestion(key.text, kind, self.spelling))

    def missing(self, kind: str, taken: Mapping[str, Value], refused: set[str], key: Spot) -> None:
        if self.is_layer or "one_of" in refused:
            return
        for name, wanted in ELEMENTS[kind].items():
            if wanted.required and wanted.shape and name not in taken and name not in refused:
                own = self.spelling.key(name, kind)
                values = {"key": plain(own), "what": wanted.shape.what}
                message = Sentence("这里缺少“{key}”（{what}）。", "`{key}` is missing here ({what}).", values)
                self.report.add("missing-key", Spot(line=key.line, column=key.column, path=f"{key.path}.{own}".lstrip(".")), message)

    def wrong_type(self, shape: Shape, spot: Spot) -> None:
        self.report.add("wrong-type", spot, Sentence("这里应当写{what}。", "Expected here: {what}.", {"what": shape.what}))

    def too_few(self, shape: Shape, spot: Spot) -> None:
        message = Sentence("这里是空的，应当写{what}。", "This is empty; expected: {what}.", {"what": shape.what})
        self.report.add("empty-value", spot, message)


def not_yet(construct: str) -> tuple[Sentence, Sentence]:
    """The sentence and the advice for what the language knows and this version does not build."""
    zh = construct if chinese(construct) == construct else f"{construct}（{chinese(construct)}）"
    values = {"construct": Sentence("{zh}", "{en}", {"zh": zh, "en": construct})}
    message = Sentence(
        "还不支持“{construct}”（后续版本提供）。", "`{construct}` is not yet supported (a later version will bring it).", values
    )
    return message, Sentence("请先删去这一处，改用已支持的写法。", "Leave it out for now and say it another way.")


def two_spellings(name: str, kind: str) -> tuple[Sentence, Sentence]:
    """The sentence and the advice for a key (in English) that one mapping has twice, once in each spelling."""
    message = Sentence(
        "“{zh}”和“{en}”是同一个键的两种写法，这里都写了。",
        "`{en}` and `{zh}` are two spellings of one key; both are written here.",
        {"en": plain(name), "zh": plain(chinese(name, kind))},
    )
    return message, Sentence("保留其中一个。", "Keep one of them.")


def _names_in(items: Shape | None) -> bool:
    return items is not None and items.word is not None and items.word.name


def _below(parent: Spot, key: Scalar) -> Spot:
    return Spot(line=key.line, column=key.column, path=f"{parent.path}.{key.text}".removeprefix("."))


def _fill_in(shape: Shape) -> Sentence:
    return Sentence("写上{what}，或者删去这一行。", "Write {what}, or delete the line.", {"what": shape.what})


_ONLY_A_SPAN = Sentence(
    "这里目前只能写一段时间；写日期、锚点或属性还不支持。",
    "Only a span can stand here so far; dates, anchors and attributes are not yet supported.",
)
_EMPTY = Sentence("这里没有写内容。", "Nothing is written here.")
_CHAIN = (
    Sentence("还不支持分步审核（后续版本提供）。", "Reviews in several steps (`review` with more than one) are not yet supported."),
    Sentence("请只写一个审核人。", "Name one reviewer only."),
)
