"""From `fields` of an item to what is entered in it, and the ready fields that each kind of item brings along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import cast

from engine.definition.model import Field, FieldType
from engine.definition.names import check_name
from engine.definition.report import Report
from engine.definition.shapes import Value
from engine.ranges import parse_range
from engine.sentences import Sentence, plain

_RANGED = ("number",)


def read_fields(item: Value, ready: Iterable[Field], report: Report) -> tuple[Field, ...]:
    """The ready fields of the kind, then the author's own. A ready field that the author names again is reported."""
    first = tuple(ready)
    taken = {spelling: field for field in first for spelling in (field.name, field.zh) if spelling}
    written = item.entries.get("fields")
    own = [_field(name, value, report) for name, value in (written.entries if written else {}).items()]
    _check_files(item, own, report)
    for field, value in zip(own, written.entries.values() if written else (), strict=True):
        if field.name in taken:
            values = {"name": plain(field.name)}
            report.add("ready-field", value.key, Sentence(_READY.zh, _READY.en, values), _READY_HINT)
    return (*first, *own)


def _check_files(item: Value, own: Iterable[Field], report: Report) -> None:
    """A row of a ledger is a line of a table, which holds no file."""
    written = item.entries["fields"].entries if "fields" in item.entries else {}
    for field in own:
        if field.type == "file" and item.word("kind") == "ledger":
            report.add("file-in-ledger", written[field.name].spot, _IN_LEDGER, _IN_LEDGER_HINT)


def _field(name: str, value: Value, report: Report) -> Field:
    check_name(name, value.key, report)
    if value.kind != "field":
        return Field(name=name, choice=value.texts) if value.items else Field(name=name, type=cast(FieldType, value.text))
    choice = value.words("choice")
    _check_kind(value, choice, report)
    return Field(
        name=name,
        type=cast(FieldType, value.word("type", "text")),
        choice=choice,
        count=value.word("count") or None,
        range=value.word("range") or None,
        must=value.word("modality", "must") == "must",
        title=value.word("title"),
        cite=value.words("cite"),
        note=value.word("note"),
    )


def _check_kind(value: Value, choice: tuple[str, ...], report: Report) -> None:
    """A choice is of texts; a range is of numbers; how many is a bare number."""
    kind, span = value.entries.get("type"), value.entries.get("range")
    if choice and kind and kind.text != "text":
        report.add("said-twice", kind.spot, _CHOICE, _CHOICE_HINT)
    if span and (choice or value.word("type") not in _RANGED):
        report.add("range-of-nothing", span.key, _RANGE, _RANGE_HINT)
    check_bare(value, "count", report)
    check_bare(value, "range", report)


def check_bare(value: Value, key: str, report: Report) -> None:
    """A number of things has no unit."""
    found = value.entries.get(key)
    if found and parse_range(found.text).unit:
        report.add("range-unit", found.spot, _UNIT, _UNIT_HINT)


def _of_meeting(item: Value) -> tuple[Field, ...]:
    agenda = item.words("agenda")
    return (
        Field(name="held_at", type="time", past=True, ready=True, zh="召开时间", en="held at"),
        Field(name="present", type="number", range=">= 1", ready=True, zh="到会人数", en="number present"),
        *((Field(name="agenda", choice=agenda, ordered=True, ready=True, zh="议程", en="agenda"),) if agenda else ()),
        Field(name="minutes", type="file", must=False, ready=True, zh="会议记录", en="minutes"),
    )


def _of_publication(item: Value) -> tuple[Field, ...]:
    places = item.words("places")
    where = Field(name="places", count=">= 1", ready=True, zh="公布场所", en="places")
    if places:
        where = Field(name="places", choice=places, count=f">= {len(places)}", ready=True, zh="公布场所", en="places")
    return (
        where,
        Field(name="from", type="date", past=True, ready=True, zh="公布之日", en="from"),
        Field(name="to", type="date", must=False, ready=True, zh="撤下之日", en="to"),
        Field(name="evidence", type="file", ready=True, zh="证明", en="evidence"),
    )


def ready_fields(kind: str, item: Value) -> tuple[Field, ...]:
    """What every item of a kind is asked for."""
    made = _READY_FIELDS.get(kind)
    return made(item) if made else ()


_READY_FIELDS: Mapping[str, Callable[[Value], tuple[Field, ...]]] = {"meeting": _of_meeting, "publication": _of_publication}
_IN_LEDGER = Sentence("台账的一行里放不下附件。", "A row of a ledger holds no file.")
_IN_LEDGER_HINT = Sentence("请改成文字，或另写一份材料。", "Make it a text, or an item of its own.")
_READY = Sentence("“{name}”是这种材料自带的栏目，不必再写。", "`{name}` is a field that this kind brings along.")
_READY_HINT = Sentence("删去这一行，或换一个名称。", "Remove the line, or choose another name.")
_CHOICE = Sentence("写了选项，就不再写值型。", "A choice among labels has no other type.")
_CHOICE_HINT = Sentence("删去 type（值型）。", "Remove `type`.")
_RANGE = Sentence("范围只对数值有意义。", "A range is one of numbers.")
_RANGE_HINT = Sentence("写上 type: number（值型: 数值），或删去 range（范围）。", "Write `type: number`, or remove `range`.")
_UNIT = Sentence("这里是个数，不带单位。", "This is a bare number, without a unit.")
_UNIT_HINT = Sentence("写成“>= 1”“至少2”或“2..6”。", "Write it like >= 1 or 2..6.")
