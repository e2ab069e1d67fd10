"""The facts that an expression reads about what a unit hands in: its own fields, who holds which post, the units around it, other tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from engine.definition.expressions import UNKNOWN, Value
from engine.definition.expressions_evaluate import Many, Ref, SetMember
from engine.definition.model import Field, Item, Organisation, Task
from engine.definition.who_paths import english_path, meaning
from engine.definition.who_units import facts_of
from engine.evidence.rules import judge_rules
from engine.machine.states import ObligationState
from engine.operations.campaigns import Running
from engine.sentences import Verdict
from engine.store import facts as store
from engine.store.database import Connection
from engine.store.people import holders
from engine.store.roster import UnitRow

Contents = Mapping[str, Mapping[str, Any]]
_DONE = (ObligationState.ACCEPTED, ObligationState.WAIVED)


@dataclass(frozen=True, kw_only=True)
class FactNames:
    """Names as seen from a unit on a day. task, contents: what is judged, by item."""

    connection: Connection
    campaign: Running
    unit: UnitRow
    day: date
    task: Task
    contents: Contents

    def __call__(self, path: str) -> Value | Many:
        """The value of a dotted path, or the set it names; UNKNOWN for what is not known."""
        own = _facts(self.task.items, self.contents)
        if path in own:
            return own[path]
        if path == "me":
            return Ref("unit", self.unit.id)
        first, _, rest = path.partition(".")
        if any(task.name == first for task in self.campaign.workflow.tasks):
            return self._of_task(self.campaign.workflow.task(first), rest)
        return self._around(english_path(path), path)

    def _of_task(self, task: Task, fact: str) -> Value | Many:
        """A fact of another task about the same unit: only what was accepted counts."""
        found = store.of_unit(self.connection, self.campaign.id, task.name, self.unit.id)
        if found is None:
            return UNKNOWN
        if fact == "done":
            return found.state in _DONE
        known = _facts(task.items, found.contents if found.state is ObligationState.ACCEPTED else {})
        return known.get(fact, UNKNOWN)

    def _around(self, path: str, written: str) -> Value | Many:
        organisation = self.campaign.organisation
        match meaning(path, organisation):
            case "post":
                held = [one for one in holders(self.connection, (self.unit.id,), self.day) if one.post == path]
                return Ref("person", held[0].person_id) if held else UNKNOWN
            case "level":
                return self._of_level(path)
            case "many":
                superior = self.unit.id if path == "below" else self.unit.superior.id if self.unit.superior else None
                return _units(store.units_below(self.connection, superior) if superior else [self.unit], organisation)
            case _:
                return facts_of(self.unit, organisation)(written)

    def _of_level(self, level: str) -> Value | Many:
        at: UnitRow | None = self.unit
        while at is not None:
            if at.level == level:
                return Ref("unit", at.id)
            at = at.superior
        return _units(store.units_of_level(self.connection, level, self.unit.path), self.campaign.organisation)


def _units(rows: Iterable[UnitRow], organisation: Organisation) -> Many:
    return Many(tuple(_unit(row, organisation) for row in rows))


def _unit(row: UnitRow, organisation: Organisation) -> SetMember:
    declared = {"level", "kind", "name", "code", *organisation.attributes.get(row.level, {})}
    facts = facts_of(row, organisation)
    return SetMember(Ref("unit", row.id), lambda path: facts(path) if path in declared else None)


def _facts(items: Sequence[Item], contents: Contents) -> dict[str, Value | Many]:
    """Every fact of the items by name, of a package also as ITEM.FIELD; a field that nobody filled in is UNKNOWN."""
    found: dict[str, Value | Many] = {}
    twice: set[str] = set()
    for item in items:
        for name, value in _of_item(item, contents.get(item.name, {})).items():
            twice |= {name} & found.keys()
            found[name] = found[f"{item.name}.{name}"] = value
    return {name: value for name, value in found.items() if name not in twice}


def _of_item(item: Item, content: Mapping[str, Any]) -> dict[str, Value | Many]:
    if item.kind != "ledger":
        return _fields(item.fields, content.get("values", {}))
    rows = [_fields(item.fields, row) for row in content.get("rows", [])]
    return {"rows": Many(tuple(SetMember(UNKNOWN, row.get) for row in rows)), "count": Fraction(len(rows))}


def _fields(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Value | Many]:
    found: dict[str, Value | Many] = {}
    for one in fields:
        given = [_value(one, value) for value in values.get(one.name, ())]
        value = Many(tuple(SetMember(each, _nothing) for each in given)) if one.several else given[0] if given else UNKNOWN
        found |= {spelling: value for spelling in (one.name, one.zh) if spelling}
    return found


def _nothing(path: str) -> None:
    """A plain value has no names."""


def _value(one: Field, kept: Any) -> Value:
    """A value as an expression reads it."""
    match one.type:
        case "number" if not one.choice:
            return Fraction(str(kept))
        case "date":
            return date.fromisoformat(kept)
        case "time":
            return datetime.fromisoformat(kept)
        case "person" | "unit" as kind:
            return Ref(kind, int(kept))
        case _:
            return bool(kept) if isinstance(kept, bool) else str(kept)


def judged_rules(
    connection: Connection, campaign: Running, unit: UnitRow, task: Task, contents: Contents, now: datetime
) -> tuple[Verdict, ...]:
    """A verdict on each of the task's own rules over what was entered, by item."""
    facts = FactNames(connection=connection, campaign=campaign, unit=unit, day=campaign.day(now), task=task, contents=contents)
    return judge_rules(task.checks, facts)
