"""One hand-in as its reviewer needs it: the files, what the checks said, and whose texts it is close to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.definition.model import Task
from engine.machine.states import STATE_WORDS
from engine.operations import sentences_kept
from engine.operations.campaigns import TaskRef, choose, obligation_of, obligation_title, unit_of
from engine.operations.context import House
from engine.operations.directory import Directory
from engine.operations.entered import EnteredValue, entered_in, item_title
from engine.operations.people import UnknownPerson, person_id
from engine.sentences import Sentence, Verdict, plain
from engine.store import copies, handed_in, paths, people
from engine.store import house as facts
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.roster import UnitRow


@dataclass(frozen=True, kw_only=True)
class ShownItem:
    """One item of what was handed in: a file with its size in bytes, or an act by its day and sentence. title: as people read it."""

    item: str
    title: Sentence
    file: str
    size: int
    on_day: date | None
    statement: str


@dataclass(frozen=True, kw_only=True)
class ShownPassage:
    """A passage in both texts: where (characters from 0, the end excluded), how long, and its words.

    text, other: of this unit's and of the other's, shortened; None where whoever looks may not see them.
    """

    start: int
    end: int
    other_start: int
    other_end: int
    characters: int
    text: str | None
    other: str | None


@dataclass(frozen=True, kw_only=True)
class NearCopy:
    """A text that is close to this one. unit: its code, None where whoever looks may not know.

    later: the other one came later, and the per cent are of its text. last_period: the unit's own text of another period.
    """

    unit: str | None
    name: Sentence
    period: Sentence
    percent: int
    later: bool
    last_period: bool
    passages: tuple[ShownPassage, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The newest version of one hand-in. version 0: nothing was handed in.  entered: in its fields, as far as whoever looks may see it."""

    campaign: str
    zone: str
    unit: str
    name: str
    task: str
    period: str
    title: Sentence
    state: Sentence
    code: str
    version: int
    handed_in_at: datetime | None
    due: str
    items: tuple[ShownItem, ...]
    entered: tuple[EnteredValue, ...]
    checks: tuple[Verdict, ...]
    near_copies: tuple[NearCopy, ...]


def show(house: House, campaign: str | None, unit: str, ref: TaskRef, *, by: str | None, now: datetime) -> Shown:
    """What was handed in last, seen by `by`; by its reviewer where nobody is named. Raises what is wrong with the names."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        at = unit_of(connection, unit)
        task, row = obligation_of(connection, running, at, ref)
        artifacts = handed_in.artifacts(connection, row, row.version)
        directory = Directory(connection, running.organisation, running.day(now))
        eyes = _Eyes(unit=at, seats=_seats(connection, directory, row, by))
        found = copies.noted(connection, [artifact.id for artifact in artifacts])
        return Shown(
            campaign=running.name,
            zone=str(running.zone),
            unit=at.code,
            name=at.name,
            title=obligation_title(row),
            items=tuple(_item(task, artifact) for artifact in artifacts if artifact.name or artifact.statement),
            entered=entered_in(connection, task, [(one.item, one.content) for one in artifacts]) if eyes.sees_own else (),
            checks=tuple(verdict for artifact in artifacts for verdict in sentences_kept.back(artifact.verdicts)),
            near_copies=tuple(_near_copy(one, {artifact.id for artifact in artifacts}, eyes, directory) for one in found),
            **_standing(row),
        )


def _standing(row: ObligationRow) -> dict[str, Any]:
    return {
        "task": row.task,
        "period": row.period,
        "state": STATE_WORDS[row.state],
        "code": row.state.name.lower(),
        "version": row.version,
        "handed_in_at": row.handed_in_at,
        "due": row.due_text,
    }


def _item(task: Task, artifact: Any) -> ShownItem:
    return ShownItem(
        item=artifact.item,
        title=item_title(task, artifact.item),
        file=artifact.name,
        size=artifact.size,
        on_day=artifact.on_day,
        statement=artifact.statement,
    )


def _seats(connection: Connection, directory: Directory, row: ObligationRow, by: str | None) -> tuple[str, ...]:
    """The paths of the units from which is looked: where she holds a post today. The office sees everything."""
    if by is None:
        return (paths.EVERYWHERE if row.reviewer_id is None else directory.unit(row.reviewer_id).path,)
    try:
        person, _ = person_id(connection, by, directory.day)
    except UnknownPerson:
        if not facts.is_operator(connection, by):
            raise
        return (paths.EVERYWHERE,)
    return tuple(directory.unit(number).path for number, _ in people.posts_of(connection, person, directory.day))


@dataclass(frozen=True, kw_only=True)
class _Eyes:
    """Who looks at the hand-in of a unit: from which places of the tree."""

    unit: UnitRow
    seats: Sequence[str]

    @property
    def sees_own(self) -> bool:
        """Whether the text is of her own unit, or of one below."""
        return any(self.unit.path.startswith(seat) for seat in self.seats)

    def sees(self, path: str) -> bool:
        """Whether she stands above both this unit and the other one; of a unit's own earlier text it is enough to belong there."""
        if path == self.unit.path:
            return self.sees_own
        return any(seat != self.unit.path and self.unit.path.startswith(seat) and path.startswith(seat) for seat in self.seats)


_OUTSIDE = Sentence("您所辖范围以外的一个单位", "a unit outside yours")


def _near_copy(one: Any, mine: set[int], eyes: _Eyes, directory: Directory) -> NearCopy:
    later = one.artifact_id not in mine
    whose = "" if later else "other_"
    path, number = getattr(one, f"{whose}path"), getattr(one, f"{whose}unit_id")
    seen = eyes.sees(path)
    other = directory.unit(number) if seen else None
    return NearCopy(
        unit=None if other is None else other.code,
        name=_OUTSIDE if other is None else plain(other.name),
        period=Sentence(getattr(one, f"{whose}period_zh"), getattr(one, f"{whose}period_en")),
        percent=one.percent,
        later=later,
        last_period=path == eyes.unit.path,
        passages=tuple(_passage(passage, later=later, own=eyes.sees_own, seen=seen) for passage in one.passages),
    )


def _passage(kept: dict[str, Any], *, later: bool, own: bool, seen: bool) -> ShownPassage:
    """A kept passage from the side of the unit that is looked at: of a later text it is kept from the other side."""
    first, second = ("other_", "") if later else ("", "other_")
    mine, theirs = (kept["other"], kept["text"]) if later else (kept["text"], kept["other"])
    return ShownPassage(
        start=kept[f"{first}start"],
        end=kept[f"{first}end"],
        other_start=kept[f"{second}start"],
        other_end=kept[f"{second}end"],
        characters=kept["characters"],
        text=mine if own else None,
        other=theirs if seen else None,
    )
