"""What is handed in, read and judged: files by the checks of their kind, fields by their types. All of it before the transaction.

What is kept of an item is its file in the vault, its values beside it, and what the checks said. A ledger that is given one row at a time
goes on from the version before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.definition.model import Field, Item, Part, Task
from engine.errors import CampaignError
from engine.evidence.checks import DocumentDemand, PartDemand, judge_document
from engine.evidence.facts import DocumentFacts
from engine.evidence.fields import Entry, Naming, no_file, read_values, too_few_rows
from engine.evidence.reading import LARGEST, read_documents
from engine.exchange import forms
from engine.operations import sentences_kept
from engine.operations.assigning import Given, HandIn, assigned
from engine.operations.context import House
from engine.operations.copying import Compared
from engine.ranges import parse_range
from engine.sentences import Verdict
from engine.store.handed_in import NewArtifact

# Between an item and the field whose file it is: `动员会/minutes`.
FILE_OF = "/"
Rows = list[dict[str, list[Any]]]


class WantsStatement(CampaignError):
    """任务“{task}”不收文件，请用 --on 写明办理日期，用 --say 写一句说明。

    “{task}” takes no file; give the day with --on and a sentence with --say.
    """


class FileChanged(CampaignError):
    """文件 {file} 在读取时被改动了，没有收下。请等保存或同步完成后重新报送。

    The file {file} was changed while it was being read, so it was not taken. Hand it in again once it is saved or synchronised.
    """


@dataclass(frozen=True, kw_only=True)
class Look:
    """What judging looks at besides what is handed in: who is meant by a name, the local time, and the rows handed in before.

    unit: its code.  rules: judges the task's own rules over what was entered, by item.
    version: the one that stands; `before`: its content by item.
    """

    unit: str
    naming: Naming
    now: datetime
    rules: Callable[[Mapping[str, Mapping[str, Any]]], tuple[Verdict, ...]]
    version: int = 0
    before: Mapping[str, Mapping[str, Any]]

    def rows(self, item: str) -> Rows:
        """The rows of a ledger as they stand."""
        return list(self.before.get(item, {}).get("rows", []))


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A hand-in with its files read, judged and kept.

    based_on: the version it goes on from, None where it stands by itself.  compared: its texts beside those of others.
    """

    artifacts: tuple[NewArtifact, ...]
    verdicts: tuple[Verdict, ...]
    missing: tuple[str, ...]
    based_on: int | None = None
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Read:
    """A file that was read, with the digest of what was read; or why it could not be."""

    facts: DocumentFacts | None = None
    digest: str = ""
    error: CampaignError | None = None


def read_all(given: Sequence[HandIn]) -> Mapping[Path, Read]:
    """Every file of these hand-ins, each read once and all by one child; one that cannot be read spoils only itself."""
    paths = list(dict.fromkeys(path for one in given for path in one.files.values()))
    digests = {path: _digest(path) for path in paths}
    try:
        facts = read_documents(paths)
    except CampaignError:
        return {path: _read_one(path, digests[path]) for path in paths}
    return {path: Read(facts=fact, digest=digests[path]) for path, fact in zip(paths, facts, strict=True)}


def _read_one(path: Path, digest: str) -> Read:
    try:
        return Read(facts=read_documents([path])[0], digest=digest)
    except CampaignError as error:
        return Read(error=error)


def _digest(path: Path) -> str:
    """The digest of a file; '' of what is no file of a size that is ever taken, or cannot be read: its reader says why."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def judge(house: House, task: Task, given: HandIn, read: Mapping[Path, Read], look: Look) -> Judged:
    """All of a hand-in read and judged; what no check turns away is in the vault. Raises what is wrong with the words or the files."""
    if not task.items:
        return _judge_act(task, given)
    papers = [_judge_item(house, one, read, look) for one in assigned(task, look.unit, given)]
    artifacts = tuple(artifact for paper in papers for artifact in paper.artifacts)
    verdicts = tuple(verdict for paper in papers for verdict in paper.verdicts)
    there = {artifact.item for artifact in artifacts}
    # What is not readable yet would break every rule about it once more.
    sound = not any(verdict.outcome == "fail" for verdict in verdicts)
    rules = look.rules({artifact.item: artifact.content for artifact in artifacts}) if sound else ()
    return Judged(
        artifacts=artifacts,
        verdicts=(*verdicts, *rules),
        missing=tuple(item.title or item.name for item in task.items if item.name not in there),
        based_on=max((paper.based_on for paper in papers if paper.based_on is not None), default=None),
    )


def _judge_act(task: Task, given: HandIn) -> Judged:
    if given.is_paper or not given.statement.strip() or given.on_day is None:
        raise WantsStatement(task=task.title or task.name)
    act = NewArtifact(item="", statement=given.statement.strip(), on_day=given.on_day)
    return Judged(artifacts=(act,), verdicts=(), missing=())


def _judge_item(house: House, given: Given, read: Mapping[Path, Read], look: Look) -> Judged:
    """One item. What is kept is what was read, or it is not taken; a document without its file is not there."""
    item = given.item
    content = _content(given, look)
    own = _judge_file(item, read[given.file]) if given.file and item.kind == "document" else ()
    beside, wrong = _beside(given, read)
    verdicts = (*own, *content.verdicts, *wrong)
    keep = not any(verdict.outcome == "fail" for verdict in verdicts)
    artifacts = []
    if given.file or item.kind != "document":
        first = NewArtifact(item=item.name, content=content.plain, verdicts=sentences_kept.keep((*own, *content.verdicts)))
        if given.file and own:
            first = first._replace(text=_facts(read[given.file], item.name).text)
        artifacts.append(_filed(house, first, given.file, read, keep=keep))
    for name, path in beside.items():
        artifacts.append(_filed(house, NewArtifact(item=f"{item.name}{FILE_OF}{name}"), path, read, keep=keep))
    return Judged(artifacts=tuple(artifacts), verdicts=verdicts, missing=(), based_on=content.based_on)


def _judge_file(item: Item, read: Read) -> tuple[Verdict, ...]:
    return judge_document(_facts(read, item.name), demand(item))


def _facts(read: Read, name: str) -> DocumentFacts:
    if read.facts is None:
        raise read.error or FileChanged(file=name)
    return read.facts


def _filed(house: House, artifact: NewArtifact, path: Path | None, read: Mapping[Path, Read], *, keep: bool) -> NewArtifact:
    """The artifact with its file, in the vault where it is kept."""
    if path is None:
        return artifact
    _facts(read[path], path.name)
    digest = read[path].digest
    if not keep:
        return artifact._replace(digest=digest, name=path.name)
    kept = house.vault.keep(path)
    if kept.digest != digest:
        raise FileChanged(file=path.name)
    return artifact._replace(digest=kept.digest, name=path.name, size=kept.size)


def _beside(given: Given, read: Mapping[Path, Read]) -> tuple[Mapping[str, Path], list[Verdict]]:
    """The files of fields, and what is wrong with them: one that is missing, empty or broken."""
    wrong = [verdict for one in given.item.fields if one.type == "file" and (verdict := _judge_field_file(one, given, read))]
    return given.beside, wrong


def _judge_field_file(field: Field, given: Given, read: Mapping[Path, Read]) -> Verdict | None:
    path = given.beside.get(field.name)
    if path is None:
        return no_file(field) if field.must else None
    reason = _facts(read[path], path.name).reason
    return reason if reason is not None and reason.outcome == "fail" else None


@dataclass(frozen=True, kw_only=True)
class _Content:
    """What was entered in one item: plain, as it is kept; based_on: the version whose rows it goes on from."""

    plain: dict[str, Any]
    verdicts: tuple[Verdict, ...]
    based_on: int | None = None


def _content(given: Given, look: Look) -> _Content:
    if given.item.kind == "ledger":
        return _ledger(given, look)
    entries: dict[str, Entry] = {}
    if given.file and given.item.kind != "document":
        entries |= forms.read_form(given.file, given.item)
    entered = read_values(given.item.fields, entries | dict(given.entries), look.naming, look.now)
    values = {name: list(found) for name, found in entered.values.items()}
    return _Content(plain={"values": values} if values else {}, verdicts=entered.verdicts)


def _ledger(given: Given, look: Look) -> _Content:
    """The rows of a table are the whole ledger; one that is typed goes below those handed in before."""
    before = look.rows(given.item.name) if given.file is None else []
    rows: Sequence[Mapping[str, Entry]] = forms.read_ledger(given.file, given.item) if given.file else [given.entries]
    entered = [read_values(given.item.fields, row, look.naming, look.now, place=_row_place(row)) for row in rows]
    all_rows = [*before, *({name: list(found) for name, found in one.values.items()} for one in entered)]
    verdicts = [verdict for one in entered for verdict in one.verdicts]
    short = too_few_rows(given.item, len(all_rows))
    return _Content(
        plain={"rows": all_rows},
        verdicts=(*verdicts, *([short] if short else [])),
        based_on=None if given.file else look.version,
    )


def _row_place(row: Mapping[str, Entry]) -> str:
    """Where a row stands, by any cell of it: `台账!3`."""
    place = next((entry.place for entry in row.values() if entry.place), "")
    return re.sub(r"[A-Z]+(?=[0-9]+$)", "", place)


def demand(item: Item) -> DocumentDemand:
    """What the workflow asks of an item, for the checks."""
    return DocumentDemand(
        formats=item.formats,
        parts=tuple(map(_part, item.parts)),
        length=parse_range(item.length) if item.length else None,
        count_by=item.count,
    )


def _part(part: Part) -> PartDemand:
    return PartDemand(name=part.name, length=parse_range(part.length) if part.length else None, parts=tuple(map(_part, part.parts)))
