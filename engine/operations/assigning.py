"""Which of what is handed in belongs to which item and field of a task: every word of the command finds its place, or is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from engine.definition.model import Field, Item, Task
from engine.errors import CampaignError, Echo
from engine.evidence.fields import Entry, field_title
from engine.operations.campaigns import hint_for
from engine.sentences import Sentence, enumerated


class WantsFile(CampaignError):
    """任务“{task}”要报送材料：{items}。请写明文件，成套材料写成 材料名=文件。

    “{task}” asks for: {items}. Name the file; for a package write ITEM=FILE for each.
    """


class WantsValues(CampaignError):
    """任务“{task}”要填写：{fields}。请写 --set 栏目=内容，或用 campaign template {unit} {name} 生成表格，填好后报送。

    “{task}” asks for: {fields}. Write --set FIELD=VALUE for each, or fill in the table that `campaign template {unit} {name}` writes.
    """


class UnknownField(Echo):
    """任务“{task}”没有名为“{field}”的栏目；栏目有：{fields}。{hint}

    “{task}” has no field named “{field}”; the fields: {fields}. {hint}
    """


class WhichItem(CampaignError):
    """“{field}”在几份材料里都有：{items}。请写成 材料名.{field}=内容。

    Several items have a field “{field}”: {items}. Write ITEM.{field}=VALUE.
    """


class FieldIsFile(CampaignError):
    """“{field}”要的是文件。请把它写在命令里：{field}=文件。

    “{field}” is a file. Write it among the words of the command: {field}=FILE.
    """


class UnknownItem(Echo):
    """任务“{task}”没有名为“{item}”的材料。{hint}

    “{task}” has no item named “{item}”. {hint}
    """


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """What somebody hands in: files by item ('' where the task has one), values by field, or an act by its day and sentence.

    A field's file is named as its item is; where several items have a field of that name, it is ITEM.FIELD.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_day: date | None = None
    statement: str = ""

    @property
    def is_paper(self) -> bool:
        """Whether it is more than an act."""
        return bool(self.files or self.values)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was given for one item.

    file: itself, or the table it was filled in on.  beside: the files of fields.  entries: what was typed.
    """

    item: Item
    file: Path | None = None
    beside: Mapping[str, Path] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)


def assigned(task: Task, unit: str, given: HandIn) -> tuple[Given, ...]:
    """What was given, item by item; an item that got nothing is left out.

    Raises UnknownItem, UnknownField, WhichItem, FieldIsFile, WantsFile, WantsValues.
    """
    if not given.is_paper:
        raise _wants(task, unit)
    files, beside, entries = dict[str, Path](), dict[str, dict[str, Path]](), dict[str, dict[str, Entry]]()
    for word, path in given.files.items():
        item, found = _place_of_file(task, word, unit)
        if found is None:
            files[item.name] = path
        else:
            beside.setdefault(item.name, {})[found.name] = path
    for word, texts in given.values.items():
        item, found = _field_of(task, word)
        if found.type == "file":
            raise FieldIsFile(field=word)
        entries.setdefault(item.name, {})[found.name] = Entry(texts=texts)
    named = {*files, *beside, *entries}
    return tuple(
        Given(item=item, file=files.get(item.name), beside=beside.get(item.name, {}), entries=entries.get(item.name, {}))
        for item in task.items
        if item.name in named
    )


def _wants(task: Task, unit: str) -> CampaignError:
    fields = [one for item in task.items for one in item.fields]
    title = task.title or task.name
    if any(item.kind == "document" for item in task.items) or not fields:
        return WantsFile(task=title, items=enumerated(item.title or item.name for item in task.items))
    return WantsValues(task=title, name=task.name, unit=unit, fields=titles(fields))


def titles(fields: list[Field]) -> Sentence:
    """Fields one after the other, as people read them."""
    said = [field_title(one) for one in fields]
    return Sentence("、".join(one.say("zh") for one in said), ", ".join(one.say("en") for one in said))


def _place_of_file(task: Task, word: str, unit: str) -> tuple[Item, Field | None]:
    """The item that a file is, or the field of one."""
    # An item without a title has '' there, which is not the '' of a file that names no item.
    item = next((item for item in task.items if (word in (item.name, item.title) if word else len(task.items) == 1)), None)
    if item is not None:
        return item, None
    if not word:
        raise _wants(task, unit)
    of_files = [pair for pair in _fields_named(task, word) if pair[1].type == "file"]
    if not of_files:
        raise UnknownItem(task=task.name, item=word, hint=hint_for(word, tuple(item.name for item in task.items)))
    return _only(of_files, word)


def _field_of(task: Task, word: str) -> tuple[Item, Field]:
    found = _fields_named(task, word)
    if not found:
        known = [one for item in task.items for one in item.fields]
        names = tuple(spelling for one in known for spelling in (one.name, one.zh) if spelling)
        raise UnknownField(task=task.name, field=word, hint=hint_for(word, names), fields=titles(known))
    return _only(found, word)


def _only(found: list[tuple[Item, Field]], word: str) -> tuple[Item, Field]:
    if len(found) > 1:
        raise WhichItem(field=word, items=enumerated(item.title or item.name for item, _ in found))
    return found[0]


def _fields_named(task: Task, word: str) -> list[tuple[Item, Field]]:
    """Every field of that name, or of that name at that item (ITEM.FIELD)."""
    before, dot, last = word.rpartition(".")
    return [
        (item, one)
        for item in task.items
        for one in item.fields
        if word in _spellings(one) or (dot and before in (item.name, item.title) and last in _spellings(one))
    ]


def _spellings(one: Field) -> tuple[str, ...]:
    return tuple(filter(None, (one.name, one.title, one.zh, one.en)))
