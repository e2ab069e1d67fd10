"""From `artifact` and `artifacts` of a task to what proves it done."""

from __future__ import annotations

from typing import cast

from engine.definition.fields import check_bare, read_fields, ready_fields
from engine.definition.model import Item, ItemKind, Part
from engine.definition.names import check_name, duplicates
from engine.definition.possible_keys import did_you_mean
from engine.definition.report import Report
from engine.definition.shapes import Value
from engine.definition.words import COUNTS
from engine.errors import CampaignError
from engine.ranges import parse_range
from engine.sentences import Sentence, plain

_ANY = frozenset({"kind", "title", "cite", "doubt", "note", "fields"})
_OWN_KEYS = {
    "document": frozenset({"parts", "length", "count", "formats"}),
    "form": frozenset[str](),
    "ledger": frozenset({"count"}),
    "meeting": frozenset({"agenda"}),
    "publication": frozenset({"places"}),
}
# What is nothing without fields.
_MADE_OF_FIELDS = ("form", "ledger")
_COUNTS = {spelling: en for en, zh in COUNTS.items() for spelling in (en, zh)}


def read_items(task: Value, name: str, report: Report) -> tuple[Item, ...]:
    """The one item of a task, which is called like the task, or its package; empty for an act."""
    if task.written("artifact") and task.written("artifacts"):
        report.add("said-twice", task.entries.get("artifacts", task).key, _TWICE, _TWICE_HINT)
    one, package = task.entries.get("artifact"), task.entries.get("artifacts")
    for inner, entry in package.entries.items() if package else ():
        check_name(inner, entry.key, report)
    single = (_item(one, name, report),) if one else ()
    return (*single, *(_item(entry, inner, report) for inner, entry in (package.entries.items() if package else ())))


def _item(value: Value, name: str, report: Report) -> Item:
    kind = value.word("kind") if value.kind == "item" else value.text
    _check_own_keys(value, kind, report)
    formats = value.entries.get("formats")
    duplicates(formats.leaves if formats else (), report)
    _check_length(value, report, within="")
    return Item(
        name=name,
        kind=cast(ItemKind, kind or "document"),
        title=value.word("title"),
        parts=_parts(value, report, within=_unit(value)),
        length=value.word("length") or None,
        count="han" if kind == "document" and _counted(value, report) == "han" else "word",
        formats=tuple(text.lower().removeprefix(".") for text in value.words("formats")),
        rows=_rows(value, report) if kind == "ledger" else None,
        fields=read_fields(value, ready_fields(kind, value), report),
        cite=value.words("cite"),
        note=value.word("note"),
    )


def _check_own_keys(value: Value, kind: str, report: Report) -> None:
    """A key of another kind of item would be overlooked, so it is refused."""
    for key in value.entries.keys() - _ANY - _OWN_KEYS.get(kind, frozenset()):
        if kind:
            values = {"key": plain(key), "kind": plain(kind)}
            kinds = [other for other, own in _OWN_KEYS.items() if key in own]
            hint = Sentence(_OF_KINDS.zh, _OF_KINDS.en, {"zh": "、".join(kinds), "en": ", ".join(kinds)})
            report.add("misplaced-key", value.entries[key].key, Sentence(_NOT_OF_KIND.zh, _NOT_OF_KIND.en, values), hint)
    if kind in _MADE_OF_FIELDS and not value.written("fields"):
        report.add("missing-key", value.key, _NO_FIELDS, _NO_FIELDS_HINT)


def _rows(value: Value, report: Report) -> str | None:
    """How many rows a ledger needs."""
    found = value.entries.get("count")
    if found is None:
        return None
    try:
        parse_range(found.text)
    except CampaignError as error:
        report.add("bad-range", found.spot, error.sentence)
        return None
    check_bare(value, "count", report)
    return found.text


def _counted(value: Value, report: Report) -> str:
    """How characters are counted matters only where a length is asked for."""
    count = value.entries.get("count")
    if count is None:
        return "word"
    if count.text not in _COUNTS:
        values = {"written": plain(count.text[:60]), "what": Sentence("、".join(_COUNTS), ", ".join(_COUNTS))}
        report.add("wrong-value", count.spot, Sentence(_NO_COUNT.zh, _NO_COUNT.en, values), did_you_mean(count.text, _COUNTS))
    if not any("length" in part.entries for part in value.walk()):
        report.add("count-of-nothing", count.key, _NO_LENGTH, _NO_LENGTH_HINT)
    return _COUNTS.get(count.text, "word")


def _parts(value: Value, report: Report, *, within: str) -> tuple[Part, ...]:
    parts = value.entries.get("parts")
    if parts is None:
        return ()
    duplicates(parts.items, report)
    listed = tuple(Part(name=text) for text in parts.texts)
    return listed + tuple(_part(entry, name, report, within=within) for name, entry in parts.entries.items())


def _part(value: Value, name: str, report: Report, *, within: str) -> Part:
    _check_length(value, report, within=within)
    return Part(
        name=name,
        length=value.word("length") or None,
        parts=_parts(value, report, within=_unit(value)),
        title=value.word("title"),
        cite=value.words("cite"),
        note=value.word("note"),
    )


def _unit(value: Value) -> str:
    return parse_range(value.word("length")).unit if "length" in value.entries else ""


def _check_length(value: Value, report: Report, *, within: str) -> None:
    """A length is in characters or pages; a share is of a parent that has a length itself."""
    length = value.entries.get("length")
    if length is None:
        return
    unit = parse_range(length.text).unit
    if unit == "%" and not within:
        report.add("range-unit", length.spot, _NO_PARENT, _NO_PARENT_HINT)
    elif unit not in ("chars", "pages", "%"):
        report.add("range-unit", length.spot, _NO_UNIT, _NO_UNIT_HINT)


_NOT_OF_KIND = Sentence("“{key}”不能写在“{kind}”这种材料里。", "`{key}` does not belong to a {kind}.")
_OF_KINDS = Sentence("它属于：{zh}。", "It belongs to: {en}.")
_NO_FIELDS = Sentence("没有写要填什么。", "It does not say what is to be filled in.")
_NO_FIELDS_HINT = Sentence("加上 fields（栏目）：名称: 值型。", "Add `fields`: name: type.")
_NO_COUNT = Sentence("“{written}”不能写在这里，应当写：{what}。", "`{written}` cannot stand here. Expected: {what}.")
_NO_LENGTH = Sentence("写了字数怎么算，却没有写字数。", "It says how characters are counted, but no length is asked for.")
_NO_LENGTH_HINT = Sentence("加上 length（字数），或删去 count（份数）。", "Add a `length`, or remove `count`.")
_TWICE = Sentence("材料写了两次：artifact 和 artifacts 只能写一个。", "The papers are named twice: write `artifact` or `artifacts`.")
_TWICE_HINT = Sentence("一份材料写 artifact，一套材料写 artifacts。", "One paper is an `artifact`, a package `artifacts`.")
_NO_PARENT = Sentence("百分比要以上一层的字数为准，而上一层没有写字数。", "A percentage is of the length one level up, and there is none.")
_NO_PARENT_HINT = Sentence("给上一层写上 length，或这里直接写字数。", "Give the level above a `length`, or write characters here.")
_NO_UNIT = Sentence("字数要求要带单位：字或页。", "A length needs a unit: chars or pages.")
_NO_UNIT_HINT = Sentence("写成“1000字以上”或“不超过3页”。", "Write it like `>= 1000 chars` or `<= 3 pages`.")
