"""What was entered in fields, as people read it, and the empty or half-filled table for a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.definition.model import Field, Item, Task
from engine.errors import CampaignError
from engine.evidence.fields import field_title
from engine.operations.campaigns import TaskRef, choose, obligation_of, unit_of
from engine.operations.context import House
from engine.operations.papers import FILE_OF
from engine.sentences import Lang, Sentence, plain
from engine.store import collected, handed_in, people, queries, roster
from engine.store.database import Connection

_YES_NO = {True: Sentence("是", "yes"), False: Sentence("否", "no")}


class NothingToFillIn(CampaignError):
    """任务“{task}”没有要填的栏目，不需要表格。

    The task “{task}” has no fields to fill in; it needs no table.
    """


@dataclass(frozen=True, kw_only=True)
class EnteredValue:
    """One field with what was entered. item: '' where the task has one.  row: of a ledger, counted from 1; 0 elsewhere."""

    item: str
    name: str
    title: Sentence
    values: tuple[Sentence, ...]
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class Table:
    """One item to be filled in: what was entered before stands in `rows` (by field), of a form in the first."""

    unit: str
    task: str
    item: Item
    several: bool
    rows: tuple[Mapping[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Names:
    """Persons and units by their numbers, each looked up once. codes: units by their codes, as a table wants them."""

    connection: Connection
    codes: bool = False
    known: dict[tuple[str, int], str] = field(default_factory=dict)

    def of(self, asked: Field, value: Any) -> Sentence:
        """A value as people read it."""
        if isinstance(value, bool):
            return _YES_NO[value]
        text = self.named(asked.type, int(value)) if asked.type in ("person", "unit") else str(value)
        return Sentence("{text}", "{text}", {"text": text})

    def named(self, kind: str, number: int) -> str:
        if (kind, number) not in self.known:
            self.known[kind, number] = self._look_up(kind, number)
        return self.known[kind, number]

    def _look_up(self, kind: str, number: int) -> str:
        if kind == "person":
            return people.person_name(self.connection, number)
        unit = roster.by_id(self.connection, number)
        return unit.code if self.codes else unit.name


def entered_of(house: House, campaign: str | None, unit: str) -> dict[tuple[str, str], tuple[EnteredValue, ...]]:
    """What a unit entered last, by task and period. Raises what is wrong with the names."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        case = queries.find_case(connection, running.id, unit_of(connection, unit).id)
        if case is None:
            return {}
        names = _Names(connection=connection)
        found: dict[tuple[str, str], tuple[EnteredValue, ...]] = {}
        for task, period, item, content in collected.newest_contents(connection, case.case_id):
            declared = running.workflow.task(task)
            found[task, period] = (*found.get((task, period), ()), *_values(declared, item, content, names))
        return found


def entered_in(connection: Connection, task: Task, contents: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[EnteredValue, ...]:
    """What was entered in one hand-in. contents: by item."""
    names = _Names(connection=connection)
    return tuple(one for item, content in contents for one in _values(task, item, content, names))


def item_title(task: Task, name: str) -> Sentence:
    """An item, or the field whose file it is, as people read it."""
    whose, _, field_name = name.partition(FILE_OF)
    item = next((item for item in task.items if item.name == whose), None)
    asked = next((one for one in item.fields if one.name == field_name), None) if item else None
    if item is None or (asked is None and field_name):
        return plain(name)
    if asked is None:
        return plain(item.title or item.name)
    if len(task.items) == 1:
        return field_title(asked)
    return Sentence("{item} {field}", "{item} {field}", {"item": item.title or item.name, "field": field_title(asked)})


def _values(task: Task, name: str, content: Mapping[str, Any], names: _Names) -> Iterable[EnteredValue]:
    item = next((item for item in task.items if item.name == name.split(FILE_OF, maxsplit=1)[0]), None)
    if item is None:
        return
    title = item.title or item.name if len(task.items) > 1 else ""
    rows: Sequence[Mapping[str, Any]] = content.get("rows") or [content.get("values", {})]
    for number, row in enumerate(rows, 1):
        for asked in item.fields:
            if asked.name in row:
                values = tuple(names.of(asked, value) for value in row[asked.name])
                place = number if "rows" in content else 0
                yield EnteredValue(item=title, name=asked.name, title=field_title(asked), values=values, row=place)


def tables_of(house: House, campaign: str | None, unit: str, ref: TaskRef, lang: Lang) -> tuple[Table, ...]:
    """What is to be filled in for a task, with what the unit entered last. Raises NothingToFillIn, and what is wrong with the names."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        at = unit_of(connection, unit)
        task, row = obligation_of(connection, running, at, ref)
        asked = [item for item in task.items if item.kind != "document" and any(one.type != "file" for one in item.fields)]
        if not asked:
            raise NothingToFillIn(task=task.title or task.name)
        before, names = handed_in.contents(connection, row, row.version), _Names(connection=connection, codes=True)
        return tuple(
            Table(
                unit=at.code,
                task=task.title or task.name,
                item=item,
                several=len(asked) > 1,
                rows=_filled(item, before.get(item.name, {}), names, lang),
            )
            for item in asked
        )


def _filled(item: Item, content: Mapping[str, Any], names: _Names, lang: Lang) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    rows: Sequence[Mapping[str, Any]] = content.get("rows") or ([content["values"]] if content.get("values") else [])
    fields = {one.name: one for one in item.fields}
    return tuple(
        {name: tuple(names.of(fields[name], value).say(lang) for value in values) for name, values in row.items() if name in fields}
        for row in rows
    )
