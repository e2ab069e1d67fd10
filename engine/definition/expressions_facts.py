"""The names an expression may use about what is handed in: its fields, the persons and units around it, other tasks about the same unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.definition.expressions_scope import TEXT, UNIT, NotYet, Scope, Type, TypedNames, TypeName, UnknownName
from engine.definition.model import Field, Item, Organisation, Task
from engine.definition.who_paths import english_path, meaning

_SAME: tuple[TypeName, ...] = ("number", "date", "time", "span", "yes_no", "person", "unit")
_NUMBER = Type("number")


class Fields:
    """TypedNames that are all declared."""

    def __init__(self, types: Mapping[str, Type]) -> None:
        self.types = types

    def type_of(self, path: str) -> Type:
        """The type of a name. UnknownName for any other."""
        if path not in self.types:
            raise UnknownName(path, tuple(self.types))
        return self.types[path]


def type_of_field(one: Field) -> Type:
    """What a field holds: one value, or a set where several are asked for."""
    many = one.several
    if one.choice or one.type == "text":
        return Type("text", one.choice, many)
    return Type(next((name for name in _SAME if name == one.type), "any"), (), many)


def fields_of(items: Iterable[Item]) -> dict[str, Type]:
    """The facts of the items of a task by name; of a package also as ITEM.FIELD. A ledger has `rows`."""
    found: dict[str, Type] = {}
    twice: set[str] = set()
    for item in items:
        for name, type_ in _of_item(item).items():
            twice |= {name} & found.keys()
            found[name] = found[f"{item.name}.{name}"] = type_
    return {name: type_ for name, type_ in found.items() if name not in twice}


def _of_item(item: Item) -> dict[str, Type]:
    types = {spelling: type_of_field(one) for one in item.fields for spelling in (one.name, one.zh) if spelling}
    if item.kind != "ledger":
        return types
    return {"rows": Type("row", (), True, Fields(types)), "count": _NUMBER}


class FactScope:
    """The names where something handed in by a unit of some levels is judged.

    fields: of the task itself.  tasks: the other tasks, whose facts are read as TASK.FACT.
    """

    def __init__(
        self, organisation: Organisation, standpoint: tuple[str, ...], fields: Mapping[str, Type], tasks: Mapping[str, Task]
    ) -> None:
        self.organisation = organisation
        self.standpoint = standpoint
        self.fields = fields
        self.tasks = tasks
        self.unit = Scope(organisation, standpoint, frozenset())

    def type_of(self, path: str) -> Type:
        """The type of a dotted path. UnknownName or NotYet where it has none."""
        if path in self.fields:
            return self.fields[path]
        first, _, rest = path.partition(".")
        if first in self.tasks:
            return self._of_task(self.tasks[first], rest)
        if path == "me":
            return UNIT
        found = self._of_who(english_path(path))
        return self.unit.type_of(path) if found is None else found

    def _of_task(self, task: Task, fact: str) -> Type:
        known = {"done": Type("yes_no"), **fields_of(task.items)}
        if fact not in known or task.every is not None:
            raise NotYet(f"{task.name}.{fact}" if fact else task.name)
        return known[fact]

    def _of_who(self, path: str) -> Type | None:
        """A post is the person who holds it, a level below many units; None for what is no such word."""
        organisation, levels = self.organisation, self.organisation.levels
        match meaning(path, organisation):
            case "post":
                post = next(one for one in organisation.posts if one.name == path)
                if post.many or post.counted:
                    raise NotYet(path)
                return Type("person")
            case "level":
                deepest = max((levels.index(level) for level in self.standpoint), default=0)
                inside: TypedNames = Scope(organisation, (path,), frozenset())
                return Type("unit", (), levels.index(path) > deepest, inside)
            case "many":
                return Type("unit", (), True, Scope(organisation, None, frozenset()))
            case "group" | "body":
                raise NotYet(path)
            case _:
                return None


__all__ = ["TEXT", "FactScope", "Fields", "fields_of", "type_of_field"]
