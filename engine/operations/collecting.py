"""Getting what was handed in out of the vault again: copies in a folder, under names that say whose they are."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from engine.definition.model import Item, Task
from engine.errors import CampaignError
from engine.evidence.vault import NotAsKept, Vault
from engine.exchange.files import CannotWrite, FileExists, creating
from engine.machine.states import ObligationState
from engine.operations.campaigns import NotInCampaign, NotOwed, TaskRef, choose, period_of, unit_of
from engine.operations.context import House
from engine.oserrors import why
from engine.sentences import Sentence, plain
from engine.store import collected, paths, queries

_OWING = (ObligationState.SCHEDULED, ObligationState.OPEN, ObligationState.RETURNED, ObligationState.LAPSED)
# Taken back: the version is kept, but it is not what the unit wants to be seen.
_NOTHING_STANDS = (ObligationState.SCHEDULED, ObligationState.OPEN)
# What no file system of our users takes, what leads out of the folder, and what turns a line of text around.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]')
_LONGEST_NAME = 200
_LONGEST_ENDING = 20


_Placed = Literal["new", "there already", "in the way", "unsound"]


class NothingToCollect(CampaignError):
    """任务“{task}”还没有可取出的材料，没有建立文件夹。用 campaign stuck --all --task {name} 查看还差谁。

    Nothing has been handed in for “{task}” yet; no folder was made. `campaign stuck --all --task {name}` shows who is
    missing.
    """


class NotAFolder(CampaignError):
    """{folder} 是一个文件，不是文件夹，材料放不进去；什么都没有取出。请换一个文件夹名，或先把它移走。

    {folder} is a file, not a folder, so nothing can be put into it; nothing was collected. Name another folder, or move the file away.
    """


class CollectingStopped(CampaignError):
    """没有取完：无法写入 {folder}（{why}）。{total} 个文件已有 {done} 个，还差 {left} 个。清理磁盘或检查文件夹后，运行同一条命令取其余的。

    Not all was collected: {folder} cannot be written ({why}). {done} of {total} file(s) are there and whole, {left} still to come. Make
    room or check the folder, then run the same command again: it passes over what is there and copies the rest.
    """


@dataclass(frozen=True, kw_only=True)
class UnsoundFile:
    """One file that was not handed out. why: it is lost, cannot be read, or is not what was handed in."""

    unit: str
    name: str
    version: int
    item: str
    file: str
    why: Sentence


@dataclass(frozen=True, kw_only=True)
class CollectedFile:
    """One file that is in the folder now. file: its name there.  new: it was not there before."""

    unit: str
    name: str
    version: int
    item: str
    file: str
    new: bool


@dataclass(frozen=True, kw_only=True)
class CollectedAct:
    """Something done without a file: the day, and what was said of it."""

    unit: str
    name: str
    version: int
    on_day: date | None
    statement: str


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What was copied, what took no file, and (code, name) of the units that owe it and have handed in nothing.

    in_the_way: the names of files that are in the folder with other content, and were left as they are. title: how people call the task.
    """

    task: str
    title: str
    period: str
    files: tuple[CollectedFile, ...]
    acts: tuple[CollectedAct, ...]
    in_the_way: tuple[str, ...]
    unsound: tuple[UnsoundFile, ...]
    nothing: tuple[tuple[str, str], ...]


def collect(
    house: House, campaign: str | None, ref: TaskRef, folder: Path, *, unit: str | None, under: str | None, all_versions: bool
) -> Collected:
    """Copy the newest version of every unit into the folder, made if absent; nothing that is there is overwritten.

    unit: this one only.  under: this one and what is below it.  What the vault has lost, or the disk has changed, holds up no other.
    Raises NotAFolder, NothingToCollect, CollectingStopped.
    """
    if folder.exists() and not folder.is_dir():
        raise NotAFolder(folder=str(folder))
    with house.database.read() as connection:
        running = choose(connection, campaign)
        task, period = period_of(connection, running, ref)
        top = unit or under
        at = unit_of(connection, top) if top else None
        rows = list(collected.owed_within(connection, running.id, task.name, period, at.path if at else paths.EVERYWHERE))
    if at is not None and unit is not None:
        rows = [row for row in rows if row.code == at.code]
        if not rows:
            raise NotOwed(unit=at.name, code=at.code, task=task.title or task.name)
    standing = [row for row in rows if _wanted(row, all_versions)]
    if not standing:
        raise NothingToCollect(task=task.title or task.name, name=task.name)
    files = [row for row in standing if row.digest]
    names = _names([_parts(task, row, all_versions) for row in files])
    placing = _Placing(vault=house.vault, folder=folder)
    placing.copy([(row.digest, name) for row, name in zip(files, names, strict=True)])
    placed, named = placing.placed, list(zip(files, names, strict=True))
    return Collected(
        task=task.name,
        title=task.title or task.name,
        period=period,
        files=tuple(_file(row, name, placed[name]) for row, name in named if placed[name] in ("new", "there already")),
        acts=tuple(_act(row) for row in standing if not row.digest),
        in_the_way=tuple(name for name, became in placed.items() if became == "in the way"),
        unsound=tuple(_unsound(row, placing.why[name]) for row, name in named if placed[name] == "unsound"),
        nothing=_nothing(rows),
    )


def _wanted(row: Any, all_versions: bool) -> bool:
    if row.version is None:
        return False
    return all_versions or (row.version == row.newest and ObligationState(row.state) not in _NOTHING_STANDS)


def _nothing(rows: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    given = {row.code for row in rows if _wanted(row, all_versions=False)}
    return tuple(dict.fromkeys((row.code, row.name) for row in rows if row.code not in given and ObligationState(row.state) in _OWING))


def _file(row: Any, name: str, became: _Placed) -> CollectedFile:
    return CollectedFile(unit=row.code, name=row.name, version=row.version, item=row.item, file=name, new=became == "new")


def _unsound(row: Any, why: Sentence) -> UnsoundFile:
    return UnsoundFile(unit=row.code, name=row.name, version=row.version, item=row.item, file=row.file, why=why)


def _act(row: Any) -> CollectedAct:
    return CollectedAct(unit=row.code, name=row.name, version=row.version, on_day=row.on_day, statement=row.statement)


def _parts(task: Task, row: Any, all_versions: bool) -> tuple[str, ...]:
    """The words of a file's name: whose it is, which version, which item of a package, and what its author called it."""
    version = (f"v{row.version}",) if all_versions else ()
    item = (_item_title(task.items, row.item),) if len(task.items) > 1 else ()
    return (row.code, *version, *item, row.file)


def _item_title(items: Iterable[Item], name: str) -> str:
    return next((item.title or item.name for item in items if item.name == name), name)


def _names(wanted: Sequence[tuple[str, ...]]) -> list[str]:
    """Safe names, each different, also where a file system does not tell capitals from small letters."""
    taken: set[str] = set()
    return [next(name for name in _tries(parts) if _take(name, taken)) for parts in wanted]


def _take(name: str, taken: set[str]) -> bool:
    if name.casefold() in taken:
        return False
    taken.add(name.casefold())
    return True


def _tries(parts: tuple[str, ...]) -> Iterator[str]:
    name = safe_name(" ".join(parts))
    yield name
    stem, dot, ending = name.rpartition(".")
    for number in range(2, 100_000):
        yield f"{stem} ({number}).{ending}" if dot else f"{name} ({number})"


def safe_name(name: str) -> str:
    """The name without what could leave the folder, hide the file or not be written; at most 200 bytes and its ending kept."""
    cleaned = _UNSAFE.sub("_", name).strip().rstrip(".")
    cleaned = re.sub(r"^[.~ ]+", "_", cleaned) or "_"
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending.encode()) > _LONGEST_ENDING:
        stem, ending = cleaned, ""
    tail = f".{ending}" if ending else ""
    room = _LONGEST_NAME - len(tail.encode())
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").rstrip() + tail


@dataclass(frozen=True, kw_only=True)
class _Placing:
    """Copies on their way into a folder. placed: what became of every name; why: what is wrong with what was not handed out."""

    vault: Vault
    folder: Path
    placed: dict[str, _Placed] = field(default_factory=dict)
    why: dict[str, Sentence] = field(default_factory=dict)

    def copy(self, files: Sequence[tuple[str, str]]) -> None:
        """Copy them all. files: digest and name. Raises CollectingStopped where the folder or its disk refuses."""
        try:
            if files:
                self.folder.mkdir(parents=True, exist_ok=True)
            for digest, name in files:
                self.placed[name] = self._place(digest, name)
        except (CannotWrite, OSError) as error:
            raise self._stopped(error, len(files)) from error

    def _place(self, digest: str, name: str) -> _Placed:
        target = self.folder / name
        try:
            with creating(target) as temporary:
                self.vault.copy(digest, temporary)
        except FileExists:
            return "there already" if _holds(target, digest) else "in the way"
        except NotAsKept as error:
            self.why[name] = error.why
            return "unsound"
        return "new"

    def _stopped(self, error: CannotWrite | OSError, total: int) -> CollectingStopped:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = why(cause) if isinstance(cause, OSError | ValueError) else plain(type(error).__name__)
        done = sum(became in ("new", "there already") for became in self.placed.values())
        return CollectingStopped(folder=os.path.abspath(self.folder), why=reason, total=total, done=done, left=total - done)


def _holds(target: Path, digest: str) -> bool:
    """Whether the file has the bytes of the digest."""
    try:
        with target.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


def files_of(house: House, campaign: str | None, unit: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The names of the files a unit handed in last, by task and period. Raises what is wrong with the names."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        at = unit_of(connection, unit)
        case = queries.find_case(connection, running.id, at.id)
        if case is None:
            raise NotInCampaign(unit=at.name, code=at.code, campaign=running.name)
        return collected.newest_files(connection, case.case_id)
