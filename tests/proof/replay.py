"""The journal read again from its first line: what must have become of every obligation and case, if it tells all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine.machine.states import BEFORE, FINISHED, Modality, ObligationState
from engine.store import tables as t
from engine.store.codes import NoticeKind, Upstream
from engine.store.database import Connection
from tests.proof import dates

S = ObligationState
Key = tuple[int, int]
OWING = (S.SCHEDULED, S.OPEN, S.RETURNED)
REMINDED = (S.OPEN, S.SUBMITTED, S.RETURNED)


@dataclass(kw_only=True)
class Told:
    """An obligation as the journal has it so far."""

    owner: int
    reviewer: int | None
    deadline: int
    changed: datetime
    state: ObligationState = S.SCHEDULED
    version: int = 0
    attempt: int = 1
    extensions: int = 0
    handed_in: datetime | None = None


@dataclass(kw_only=True)
class Replay:
    """One campaign. What a launch makes is read from the selections; everything after it from the journal."""

    occurrences: dict[int, Any]
    deadlines: dict[int, Any] = field(default_factory=dict)
    units: dict[int, Any] = field(default_factory=dict)
    upstream: dict[int, dict[int, set[Upstream]]] = field(default_factory=dict)
    duties: dict[Key, Told] = field(default_factory=dict)
    cases: dict[int, list[Any]] = field(default_factory=dict)
    of_unit: dict[int, int] = field(default_factory=dict)
    overdue: dict[Key, datetime] = field(default_factory=dict)
    notices: set[tuple[Any, ...]] = field(default_factory=set)
    chases: defaultdict[Key, list[date]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)
    read_to: int = 0

    @classmethod
    def of(cls, connection: Connection) -> Replay:
        """A campaign as its launch made it."""
        replay = cls(occurrences={row.id: row for row in connection.execute(select(t.occurrence))})
        launched = connection.execute(select(t.campaign.c.launched_at)).scalar_one()
        replay._read_what_is_fixed(connection)
        for row in connection.execute(select(t.cases)):
            replay.of_unit[row.unit_id] = row.id
            replay.cases[row.id] = [row.unit_id, BEFORE, launched]
        original = {row.occurrence_id: row.id for row in replay.deadlines.values() if row.original}
        for row in connection.execute(select(t.scope)):
            for occurrence in (one.id for one in replay.occurrences.values() if one.scope == row.number):
                key = (replay.of_unit[row.unit_id], occurrence)
                replay.duties[key] = Told(owner=row.owner_id, reviewer=row.reviewer_id, deadline=original[occurrence], changed=launched)
        return replay

    def _read_what_is_fixed(self, connection: Connection) -> None:
        self._read_units(connection)
        for row in connection.execute(select(t.dependency)):
            self.upstream.setdefault(row.occurrence_id, {}).setdefault(row.upstream_id, set()).add(Upstream(row.reading))
        self._read_deadlines(connection)

    def _read_units(self, connection: Connection) -> None:
        self.units = {row.id: row for row in connection.execute(select(t.unit))}

    def _read_deadlines(self, connection: Connection) -> None:
        self.deadlines = {row.id: row for row in connection.execute(select(t.deadline))}

    def follow(self, connection: Connection) -> None:
        """Read on to the end of the journal."""
        self._read_deadlines(connection)
        for line in connection.execute(select(t.event).where(t.event.c.id > self.read_to).order_by(t.event.c.id)):
            self.read_to = line.id
            if line.kind == "imported":
                self._read_units(connection)
            act = getattr(self, f"_{line.kind}", None)
            if act is not None:
                act(line)

    # --- lines of the clock ---------------------------------------------------------------------------------------------------

    def _batch(self, line: Any, states: tuple[ObligationState, ...]) -> Iterator[tuple[Key, Told]]:
        """The obligations that a line of a batch is about."""
        for key, told in sorted(self.duties.items()):
            mine = told.deadline == line.data["deadline"] if line.data["deadline"] else key[1] == line.occurrence_id
            chosen = key[0] == line.case_id if line.case_id else line.data["after"] < key[0] <= line.data["upto"]
            if mine and chosen and told.state in states:
                yield key, told

    def _opened(self, line: Any) -> None:
        self.begun.add(line.occurrence_id)
        self._counts(line, self._open([key for key, _ in self._batch(line, (S.SCHEDULED,))], line.due_at, late=False))

    def _open(self, keys: list[Key], now: datetime, *, late: bool = True) -> int:
        opened = [key for key in keys if self.duties[key].state is S.SCHEDULED and self._may_open(key) and not self._waits(key)]
        for key in opened:
            self._set(key, S.OPEN, now)
            told = self.deadlines[self.duties[key].deadline].told_from
            if late and told is not None and told <= now:
                self._notice(key, NoticeKind.OPENED, self.duties[key].attempt)
        return len(opened)

    def _may_open(self, key: Key) -> bool:
        occurrence = self.occurrences[key[1]]
        return key[1] in self.begun and (not occurrence.on_entry or self.cases[key[0]][1] >= occurrence.stage)

    def _locked(self, line: Any) -> None:
        lapsed = list(self._batch(line, (S.OPEN, S.RETURNED)))
        for key, _ in lapsed:
            self._set(key, S.LAPSED, line.due_at)
            self._mark(key, line.due_at)
        self._counts(line, len(lapsed))

    def _late(self, line: Any) -> None:
        owed = [key for key, _ in self._batch(line, OWING) if self.occurrences[key[1]].modality != Modality.MAY and key not in self.overdue]
        for key in owed:
            self._mark(key, line.due_at)
        self._counts(line, len(owed))

    def _mark(self, key: Key, since: datetime) -> None:
        if self.occurrences[key[1]].modality != Modality.MAY:
            self.overdue.setdefault(key, since)

    def _reminded(self, line: Any) -> None:
        told = [(*key, NoticeKind.RUNG, line.data["deadline"], line.data["number"]) for key, _ in self._batch(line, REMINDED)]
        self.notices.update(told)
        self._counts(line, len(told))

    def _counts(self, line: Any, found: int) -> None:
        if found != line.data["count"]:
            self.wrong.append(f"line {line.id}: {line.kind} {line.data}, but {found} were found")

    def _moved(self, line: Any) -> None:
        case = self.cases[line.case_id]
        if case[1] != line.data["from"]:
            self.wrong.append(f"line {line.id}: case {line.case_id} stood in {case[1]}")
        owed = [key for key in self.duties if key[0] == line.case_id and self._holds(key, case[1])]
        if owed and not line.forced:
            self.wrong.append(f"line {line.id}: case {line.case_id} left {case[1]} and owed {owed}")
        case[1:] = [line.data["to"], line.due_at]
        if case[1] != FINISHED:
            entered = [key for key in self.duties if key[0] == line.case_id and self.occurrences[key[1]].stage == case[1]]
            self._open([key for key in entered if self.occurrences[key[1]].on_entry], line.due_at)

    def _blocked(self, line: Any) -> None:
        stage, found = line.data["stage"], 0
        for case_id in (number for number, case in self.cases.items() if case[1] == stage):
            if line.data["after"] < case_id <= line.data["upto"]:
                found += self._tell_blocked(case_id, stage)
        self._counts(line, found)

    def _tell_blocked(self, case_id: int, stage: int) -> int:
        unit = self.cases[case_id][0]
        owed = [key for key in self.duties if key[0] == case_id and self._holds(key, stage)]
        if any(self.duties[key].owner == unit and self.duties[key].state in (S.OPEN, S.RETURNED, S.LAPSED) for key in owed):
            return 0
        held = [key for key in owed if self.duties[key].state in REMINDED and self._holder(key) != unit]
        for key in held:
            self._notice(key, NoticeKind.BLOCKED, stage)
        return len(held)

    def _holder(self, key: Key) -> int:
        told = self.duties[key]
        return told.reviewer if told.state is S.SUBMITTED and told.reviewer is not None else told.owner

    def _holds(self, key: Key, stage: int) -> bool:
        occurrence = self.occurrences[key[1]]
        return bool(occurrence.modality != Modality.MAY and occurrence.stage <= stage and not self.duties[key].state.done)

    # --- lines of people ------------------------------------------------------------------------------------------------------

    def _set(self, key: Key, state: ObligationState, now: datetime) -> None:
        told = self.duties[key]
        before, told.state, told.changed = told.state, state, now
        if before.done != state.done:
            self._tell_dependents(key, now)

    def _tell_dependents(self, key: Key, now: datetime) -> None:
        waiting = [other for other in self.duties if key in self._reads(other)]
        for other in waiting:
            told = self.duties[other]
            if self._waits(other) and told.state is S.OPEN and not told.version and not self.duties[key].state.done:
                self._set(other, S.SCHEDULED, now)
        if self.duties[key].state.done:
            self._open(waiting, now)

    def _imported(self, line: Any) -> None:
        """Units may have moved: everybody waits for those who are below now."""
        waiting = [key for key in self.duties if key[1] in self.upstream]
        for key in waiting:
            if self._waits(key) and self.duties[key].state is S.OPEN and not self.duties[key].version:
                self._set(key, S.SCHEDULED, line.recorded_at)
        self._open(waiting, line.recorded_at)

    def _waits(self, key: Key) -> int:
        return sum(not self.duties[other].state.done for other in self._reads(key))

    def _reads(self, key: Key) -> list[Key]:
        return [one for upstream, readings in self.upstream.get(key[1], {}).items() for one in self._read(key, upstream, readings)]

    def _read(self, key: Key, upstream: int, readings: set[Upstream]) -> list[Key]:
        unit = self.cases[key[0]][0]
        theirs = [one for one in self.duties if one[1] == upstream]
        if Upstream.DIRECTLY_BELOW in readings:
            return [one for one in theirs if self._unit(one).superior_id == unit]
        owed = [one for one in theirs if self.duties[one].owner == unit]
        path = self.units[unit].path
        below = [one for one in theirs if self._unit(one).path.startswith(path) and self._unit(one).id != unit]
        return [one for one in theirs if one[0] == key[0]] or owed or below

    def _unit(self, key: Key) -> Any:
        return self.units[self.cases[key[0]][0]]

    def _handed_in(self, line: Any) -> None:
        key, told = self._find(line)
        told.version, told.handed_in, told.reviewer = line.data["version"], line.recorded_at, line.data["reviewer"]
        self.overdue.pop(key, None)
        self._set(key, ObligationState[line.data["state"].upper()], line.recorded_at)
        if told.state is S.SUBMITTED and told.reviewer is not None:
            self._notice(key, NoticeKind.TO_REVIEW, told.version)

    def _taken_back(self, line: Any) -> None:
        key, _ = self._find(line)
        self._set(key, S.OPEN, line.recorded_at)
        self._late_again(key, line.recorded_at)

    def _late_again(self, key: Key, now: datetime) -> None:
        late = self.deadlines[self.duties[key].deadline].late_at
        if late is not None and late <= now:
            self._mark(key, late)

    def _accepted(self, line: Any) -> None:
        key, told = self._find(line)
        self._set(key, S.ACCEPTED, line.recorded_at)
        self._notice(key, NoticeKind.PASSED, told.version)

    def _chased(self, line: Any) -> None:
        """Whose path stands between two and who is late; what was chased today, or three times, is not."""
        day = dates.day_of(line.recorded_at)
        chosen = [
            key
            for key in self.overdue
            if key[1] == line.occurrence_id and self._lies_in(key, line.data) and self.duties[key].state in REMINDED
        ]
        fresh = [key for key in chosen if len(self.chases[key]) < 3 and day not in self.chases[key]]
        for key in fresh:
            self.chases[key].append(day)
            self._notice(key, NoticeKind.CHASED, len(self.chases[key]))
        self._counts(line, len(fresh))

    def _lies_in(self, key: Key, batch: Any) -> bool:
        path = self._unit(key).path
        return path.startswith(batch["under"]) and path > batch["after"] and (batch["upto"] is None or path <= batch["upto"])

    def _returned(self, line: Any) -> None:
        key, told = self._find(line)
        told.attempt += 1
        self._notice(key, NoticeKind.RETURNED, told.attempt, deadline=told.deadline)
        self._set(key, S.RETURNED, line.recorded_at)
        self._give(key, line)
        self._late_again(key, line.recorded_at)

    def _extended(self, line: Any) -> None:
        key, told = self._find(line)
        told.extensions += 1
        self._notice(key, NoticeKind.EXTENDED, told.extensions)
        self._give(key, line)

    def _give(self, key: Key, line: Any) -> None:
        told = self.duties[key]
        told.deadline, told.changed = line.data["deadline"], line.recorded_at
        late = self.deadlines[told.deadline].late_at
        if late is None or late > line.recorded_at:
            self.overdue.pop(key, None)

    def _waived(self, line: Any) -> None:
        key, told = self._find(line)
        self.overdue.pop(key, None)
        self._set(key, S.WAIVED, line.recorded_at)
        self._notice(key, NoticeKind.WAIVED, told.attempt)

    def _reopened(self, line: Any) -> None:
        key, told = self._find(line)
        told.attempt += 1
        self._give(key, line)
        self._notice(key, NoticeKind.REOPENED, told.attempt)
        self._set(key, S.OPEN, line.recorded_at)
        self.overdue.pop(key, None)
        self._late_again(key, line.recorded_at)

    def _notice(self, key: Key, kind: NoticeKind, number: int, deadline: int | None = None) -> None:
        self.notices.add((*key, kind, deadline or self.duties[key].deadline, number))

    def _find(self, line: Any) -> tuple[Key, Told]:
        key = (line.case_id, line.occurrence_id)
        return key, self.duties[key]

    # --- against what is stored -----------------------------------------------------------------------------------------------

    def differs(self, connection: Connection) -> list[object]:
        """Everything in which the tables say something else than the journal."""
        o, c, n = t.obligation.c, t.cases.c, t.notice.c
        columns = (o.owner_id, o.reviewer_id, o.deadline_id, o.state, o.version, o.attempt, o.extensions, o.handed_in_at, o.changed_at)
        stored = {(row[0], row[1]): tuple(row[2:]) for row in connection.execute(select(o.case_id, o.occurrence_id, *columns))}
        told = {
            key: (d.owner, d.reviewer, d.deadline, d.state, d.version, d.attempt, d.extensions, d.handed_in, d.changed)
            for key, d in self.duties.items()
        }
        cases = {row[0]: list(row[1:]) for row in connection.execute(select(c.id, c.unit_id, c.stage, c.entered_at))}
        over = t.overdue.c
        overdue = {(row[0], row[1]): row[2] for row in connection.execute(select(over.case_id, over.occurrence_id, over.since))}
        # What the office is told of those that no letter reaches comes of delivering, which is no line of the journal.
        decided = select(n.case_id, n.occurrence_id, n.kind, n.deadline_id, n.number).where(n.kind != NoticeKind.UNREACHED)
        keys = {tuple(row) for row in connection.execute(decided)}
        return [*self.wrong, *_apart(told, stored), *_apart(self.cases, cases), *_apart(self.overdue, overdue), *(self.notices ^ keys)]


def _apart(one: dict[Any, Any], other: dict[Any, Any]) -> list[object]:
    return [(key, one.get(key), other.get(key)) for key in {**one, **other} if one.get(key) != other.get(key)]
