"""What the journal says of a whole campaign, read on from portion to portion: batches of the clock, deadlines given, units moved."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.definition.model import Task
from engine.operations.campaigns import Running
from engine.operations.foretelling import Foretelling, Foretold
from engine.operations.kinds import Scope
from engine.store import reconciling as store
from engine.store.codes import CampaignState, Upstream
from engine.store.database import Connection
from engine.store.launching import NewOccurrence

_SECOND = timedelta(seconds=1)
# Nothing falls due before it.
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A line of the clock about the cases numbered above `after` and up to `upto`."""

    id: int
    kind: str
    due_at: datetime
    number: int
    deadline_id: int | None
    occurrence_id: int
    after: int
    upto: int


@dataclass(frozen=True, kw_only=True)
class Known:
    """An occurrence of the campaign: its number and selection as stored, its task, and what the definition says of it.

    waits_for: by the occurrence that must be done before it, in which ways that is read.
    """

    id: int
    scope_number: int
    deadline_id: int
    task: Task
    told: NewOccurrence
    scope: Scope
    waits_for: Mapping[int, frozenset[Upstream]]


def concerns(line: Any, case: Any) -> bool:
    """Whether that round went by a case."""
    said = line.data
    if line.kind == "blocked":
        return bool(said["after"] < case.id <= said["upto"])
    upto = said["upto"]
    return bool(case.path.startswith(said["under"]) and case.path > said["after"] and (upto is None or case.path <= upto))


def _may_concern(line: Any, first_id: int, last_id: int, first: str, last: str) -> bool:
    said = line.data
    if line.kind == "blocked":
        return bool(said["after"] < last_id and said["upto"] >= first_id)
    return bool(said["after"] < last and (said["upto"] is None or said["upto"] >= first))


class Chronicle:
    """One campaign. horizon: every rung due by then has rung.

    absent, unheard_of: (task, period) that only the definition has, or only the tables.  came_back: when any letter did.
    moves: the imports that changed units.
    """

    def __init__(self, connection: Connection, running: Running) -> None:
        self.running = running
        self.foretelling = Foretelling(running, store.past_of(connection, running.id))
        upstream = store.upstream_of(connection, running.id)
        rows = {(row.task, row.period): row for row in store.occurrences(connection, running.id)}
        told = self.foretelling.occurrences
        self.absent = sorted(told.keys() - rows.keys())
        self.unheard_of = sorted(rows.keys() - told.keys())
        self.occurrences = {row.id: self._known(row, told[key], upstream.get(row.id, {})) for key, row in rows.items() if key in told}
        self.by_scope: dict[int, list[Known]] = defaultdict(list)
        for one in self.occurrences.values():
            self.by_scope[one.scope_number].append(one)
        self.deadlines: dict[int, Foretold | None] = {
            one.deadline_id: self.foretelling.original(one.told) for one in self.occurrences.values()
        }
        self.begun: dict[int, int] = {}
        self.batches: dict[int, list[Batch]] = defaultdict(list)
        self.openings: dict[int, list[Batch]] = defaultdict(list)
        self.rounds: list[Any] = []
        self.launched = store.launch_line(connection, running.id)
        self.came_back: frozenset[datetime] = frozenset()
        self.moves: list[int] = []
        self.imported = False
        self.horizon = _NEVER
        self._read_to, self._imports_to = 0, self.launched

    def _known(self, row: Any, told: NewOccurrence, upstream: Mapping[int, frozenset[Upstream]]) -> Known:
        return Known(
            id=row.id,
            scope_number=row.scope,
            deadline_id=row.deadline_id,
            task=self.foretelling.tasks[row.task],
            told=told,
            scope=self.foretelling.scopes[told.scope],
            waits_for=upstream,
        )

    def follow(self, connection: Connection, now: datetime) -> None:
        """Read on to the end of the journal as this connection sees it."""
        for line in store.lines_of_campaign(connection, self.running.id, self._read_to):
            self._read_to = line.id
            if line.kind in store.CLOCK:
                self._note_clock(line)
            elif line.kind in store.ROUNDS:
                self.rounds.append(line)
            else:
                self._note_deadline(connection, line)
        for line in store.imports(connection, self._imports_to):
            self._imports_to, self.imported = line.id, True
            if line.data.get("changed"):
                self.moves.append(line.id)
        self.came_back = store.came_back(connection, self.running.id)
        self.horizon = self._horizon(connection, now)

    def _note_clock(self, line: Any) -> None:
        if line.kind == "opened":
            self.begun.setdefault(line.occurrence_id, line.id)
        if line.case_id is not None:
            return
        batch = Batch(
            id=line.id,
            kind=line.kind,
            due_at=line.due_at,
            number=line.data["number"],
            deadline_id=line.data["deadline"],
            occurrence_id=line.occurrence_id,
            after=line.data["after"],
            upto=line.data["upto"],
        )
        if batch.deadline_id is None:
            self.openings[batch.occurrence_id].append(batch)
        else:
            self.batches[batch.deadline_id].append(batch)

    def _note_deadline(self, connection: Connection, line: Any) -> None:
        """The first line that names a deadline made it; all later ones share it."""
        number, occurrence = line.data.get("deadline"), self.occurrences.get(line.occurrence_id)
        if number is None or occurrence is None or number in self.deadlines:
            return
        earlier = store.deadline_before(connection, line)
        before = self.deadlines.get(occurrence.deadline_id if earlier is None else earlier)
        self.deadlines[number] = None if before is None else self.foretelling.given(occurrence.told, before, line)

    def _horizon(self, connection: Connection, now: datetime) -> datetime:
        """What is still to be done is not missing: of that only what has been done ahead counts."""
        running = self.running
        if running.state == CampaignState.WITHDRAWN:
            return store.last_batch(connection, running.id) or _NEVER
        pending = store.first_pending(connection, running.id, now)
        return running.instant(now) if pending is None else pending - _SECOND

    def moved_since(self, line: int) -> bool:
        """Whether an import has changed units after that line: where they stood then is written nowhere."""
        return bisect_right(self.moves, line) < len(self.moves)

    def rounds_of(self, cases: Sequence[Any]) -> list[Any]:
        """The rounds that may have been about any of these cases."""
        first, last = min(case.path for case in cases), max(case.path for case in cases)
        return [line for line in self.rounds if _may_concern(line, cases[0].id, cases[-1].id, first, last)]

    def around(self, deadlines: Iterable[int], occurrences: Iterable[int], after: int, upto: int) -> list[Batch]:
        """The batches of these deadlines, and the openings of these occurrences, that have anything of those cases."""
        told = (batch for number in deadlines for batch in self.batches.get(number, ()))
        opened = (batch for number in occurrences for batch in self.openings.get(number, ()))
        return [batch for batch in (*told, *opened) if batch.after < upto and batch.upto > after]
