"""From `artifact` and `artifacts` of a task to what proves it done."""

from __future__ import annotations

from engine.definition.model import Item, Part
from engine.definition.names import check_name, duplicates
from engine.definition.report import Report
from engine.definition.shapes import Value
from engine.ranges import parse_range
from engine.sentences import Sentence


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
    formats = value.entries.get("formats")
    duplicates(formats.leaves if formats else (), report)
    _check_length(value, report, within="")
    _check_count(value, report)
    return Item(
        name=name,
        title=value.word("title"),
        parts=_parts(value, report, within=_unit(value)),
        length=value.word("length") or None,
        count="han" if value.word("count") == "han" else "word",
        formats=tuple(text.lower().removeprefix(".") for text in value.words("formats")),
        cite=value.words("cite"),
        note=value.word("note"),
    )


def _check_count(value: Value, report: Report) -> None:
    """How characters are counted matters only where a length is asked for."""
    count = value.entries.get("count")
    if count and not any("length" in part.entries for part in value.walk()):
        report.add("count-of-nothing", count.key, _NO_LENGTH, _NO_LENGTH_HINT)


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


_NO_LENGTH = Sentence("写了字数怎么算，却没有写字数。", "It says how characters are counted, but no length is asked for.")
_NO_LENGTH_HINT = Sentence("加上 length（字数），或删去 count（份数）。", "Add a `length`, or remove `count`.")
_TWICE = Sentence("材料写了两次：artifact 和 artifacts 只能写一个。", "The papers are named twice: write `artifact` or `artifacts`.")
_TWICE_HINT = Sentence("一份材料写 artifact，一套材料写 artifacts。", "One paper is an `artifact`, a package `artifacts`.")
_NO_PARENT = Sentence("百分比要以上一层的字数为准，而上一层没有写字数。", "A percentage is of the length one level up, and there is none.")
_NO_PARENT_HINT = Sentence("给上一层写上 length，或这里直接写字数。", "Give the level above a `length`, or write characters here.")
_NO_UNIT = Sentence("字数要求要带单位：字或页。", "A length needs a unit: chars or pages.")
_NO_UNIT_HINT = Sentence("写成“1000字以上”或“不超过3页”。", "Write it like `>= 1000 chars` or `<= 3 pages`.")
