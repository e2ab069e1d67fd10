"""One case read again from the journal: what its duties were at every moment, and which notices had to be decided of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from heapq import heappop, heappush
from typing import Any, NamedTuple

from engine.machine.states import BEFORE, FINISHED, ObligationState
from engine.operations.addressing import Addressing, Told
from engine.operations.chronicle import Batch, Chronicle, Known, concerns
from engine.store.codes import NoticeKind

_S = ObligationState
_REMINDED = (_S.OPEN, _S.SUBMITTED, _S.RETURNED)
# What somebody still has in her own hands.
_IN_HAND = (_S.OPEN, _S.RETURNED, _S.LAPSED)
# What comes after the rungs of its own instant: what people do, for which everything due is done first, and locks.
_BEFORE_RUNGS = ("opened", "moved", "reminded")


class NoticeKey(NamedTuple):
    """The key of a notice within its case: occurrence, kind, deadline, number."""

    occurrence_id: int
    kind: NoticeKind
    deadline_id: int
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedNotice:
    """A notice that had to be decided. reason: why it had to be suppressed at once ('' where it had not to).

    line: the line of the journal it follows from; 0 where none says so.  certain: whether nothing it follows from may have moved since.
    """

    due_at: datetime
    unit_id: int | None
    role: str
    reason: str = ""
    line: int = 0
    certain: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What another unit did: from here on a duty waits for that occurrence, or does so no longer."""

    id: int
    at: datetime
    occurrence_id: int
    upstream_id: int
    waits: bool


@dataclass(kw_only=True, eq=False)
class ReplayedDuty:
    """One obligation at one moment. waits_for: the occurrences of which something is undone.  own: those that it reads of its own case."""

    known: Known
    owner_id: int
    reviewer_id: int | None
    deadline_id: int
    own: frozenset[int]
    waits_for: set[int] = field(default_factory=set)
    across: bool = False
    state: ObligationState = _S.SCHEDULED
    version: int = 0
    attempt: int = 1
    extensions: int = 0
    asked: int = 0
    denied: int = 0
    chased: list[date] = field(default_factory=list)

    @property
    def ball(self) -> tuple[int, str]:
        """Who has to act: (unit id, role)."""
        if self.state is _S.SUBMITTED and self.reviewer_id is not None:
            return self.reviewer_id, self.known.scope.reviewer_role
        return self.owner_id, self.known.scope.owner_role


class CaseReplay:
    """One case. lines: its own of the journal.  batches, openings: those of the clock that may have it.  turns: of other units.

    rounds: chases and closed stages that may have gone by it.
    """

    def __init__(
        self,
        chronicle: Chronicle,
        addressing: Addressing,
        case: Any,
        duties: Iterable[ReplayedDuty],
        lines: Sequence[Any],
        clock: Sequence[Batch],
        turns: Sequence[Turn],
        rounds: Sequence[Any] = (),
    ) -> None:
        self.chronicle = chronicle
        self.addressing = addressing
        self.case = case
        self.duties = {duty.known.id: duty for duty in duties}
        self.stage = BEFORE
        self.expected: dict[NoticeKey, ExpectedNotice] = {}
        mine = [batch for batch in clock if batch.after < case.id <= batch.upto]
        gone_by = [line for line in rounds if concerns(line, case)]
        self._items = sorted([*lines, *mine, *turns, *gone_by], key=lambda item: item.id)
        said = [(line.data["deadline"], line.data["number"]) for line in lines if line.kind == "reminded"]
        self._covered = {*said, *((batch.deadline_id, batch.number) for batch in mine if batch.kind == "reminded")}
        self._silent: list[tuple[datetime, int, int, int]] = []
        self._doing: Mapping[str, Callable[[ReplayedDuty, Any], None]] = {
            "handed_in": self._handed_in,
            "taken_back": self._taken_back,
            "accepted": self._accepted,
            "returned": self._returned,
            "extended": self._extended,
            "waived": self._waived,
            "reopened": self._reopened,
            "asked": self._asked,
            "denied": self._denied,
            "chased": self._chased,
        }

    def run(self) -> dict[NoticeKey, ExpectedNotice]:
        """The notices that had to be decided."""
        for duty in self.duties.values():
            self._listen(duty, None)
        for item in self._items:
            self._act(item)
        self._ring(self.chronicle.horizon, also_then=True)
        return self.expected

    def _act(self, item: Any) -> None:
        if isinstance(item, Turn):
            self._ring(item.at, also_then=True)
            self._turn(item)
            return
        clock = item.kind in (*_BEFORE_RUNGS, "locked", "blocked")
        at = item.due_at if clock else item.recorded_at
        self._ring(at, also_then=item.kind not in _BEFORE_RUNGS)
        if item.kind in ("moved", "blocked"):
            (self._moved if item.kind == "moved" else self._close)(item)
            return
        duty = self.duties.get(item.occurrence_id)
        if duty is None:
            return
        if clock:
            self._clock(duty, item)
        else:
            self._doing[item.kind](duty, item)

    # --- the clock ------------------------------------------------------------------------------------------------------------

    def _clock(self, duty: ReplayedDuty, line: Any) -> None:
        if line.kind == "opened":
            if self._may_open(duty, line.id) and not duty.waits_for:
                self._open(duty, line.due_at, line.id, late=False)
            return
        single = not isinstance(line, Batch)
        deadline, number = (line.data["deadline"], line.data["number"]) if single else (line.deadline_id, line.number)
        if duty.deadline_id != deadline:
            return
        if line.kind == "locked":
            duty.state = _S.LAPSED if duty.state in (_S.OPEN, _S.RETURNED) else duty.state
        elif duty.state in _REMINDED:
            self._remind(duty, number, line.id)

    def _listen(self, duty: ReplayedDuty, line: Any) -> None:
        """The rungs of its deadline of which no line speaks: if it is there when they fall due, they are missing. line: what gave it."""
        foretold = self.chronicle.deadlines.get(duty.deadline_id)
        for number, _, at in () if foretold is None else foretold.rungs:
            again = line is not None and foretold is not None and foretold.made_by != line.id and at <= line.recorded_at
            if not again and (duty.deadline_id, number) not in self._covered and at <= self.chronicle.horizon:
                heappush(self._silent, (at, duty.known.id, duty.deadline_id, number))

    def _ring(self, until: datetime, *, also_then: bool) -> None:
        """What should have rung by then although no line says so."""
        while self._silent and (self._silent[0][0] < until or (also_then and self._silent[0][0] == until)):
            _, occurrence_id, deadline, number = heappop(self._silent)
            duty = self.duties[occurrence_id]
            if duty.deadline_id == deadline and duty.state in _REMINDED:
                self._remind(duty, number, 0)

    def _remind(self, duty: ReplayedDuty, number: int, line: int) -> None:
        foretold = self.chronicle.deadlines.get(duty.deadline_id)
        found = None if foretold is None else foretold.rung(number)
        if found is None:
            return
        rung, at = found
        told = self.addressing.rung(
            duty.known.task.ladder, rung, self.case.unit_id, (duty.owner_id, duty.known.scope.owner_role), duty.ball
        )
        early = at < self.chronicle.running.launched_at
        reason = "before-launch" if early else "" if told is not None else "nobody-there"
        self._expect(duty, NoticeKind.RUNG, number, told or Told(unit_id=None, role=""), at, line, reason)

    def _moved(self, line: Any) -> None:
        self.stage = line.data["to"]
        if self.stage == FINISHED:
            return
        for duty in self.duties.values():
            told = duty.known.told
            if told.on_entry and told.stage == self.stage and not duty.waits_for and self._may_open(duty, line.id):
                self._open(duty, line.due_at, line.id)

    def _close(self, line: Any) -> None:
        """A stage closes: whoever stands in it and has done her part is told what holds her there."""
        unit, debts = self.case.unit_id, [duty for duty in self.duties.values() if self._holds(duty)]
        if self.stage != line.data["stage"] or any(duty.owner_id == unit and duty.state in _IN_HAND for duty in debts):
            return
        for duty in debts:
            if duty.state in _REMINDED and duty.ball[0] != unit:
                self._expect(duty, NoticeKind.BLOCKED, self.stage, Told(unit_id=unit, role=""), line.due_at, line.id)

    def _holds(self, duty: ReplayedDuty) -> bool:
        told = duty.known.told
        return told.modality.gates and told.stage <= self.stage and not duty.state.done

    def _may_open(self, duty: ReplayedDuty, line: int) -> bool:
        told, begun = duty.known.told, self.chronicle.begun.get(duty.known.id)
        return begun is not None and begun <= line and (not told.on_entry or self.stage >= told.stage)

    def _open(self, duty: ReplayedDuty, at: datetime, line: int, *, late: bool = True) -> None:
        if duty.state is not _S.SCHEDULED:
            return
        duty.state = _S.OPEN
        foretold = self.chronicle.deadlines.get(duty.deadline_id)
        if late and foretold is not None and foretold.told_from is not None and foretold.told_from <= at:
            self._tell_owner(duty, NoticeKind.OPENED, duty.attempt, at, line)

    # --- what is waited for ---------------------------------------------------------------------------------------------------

    def _turn(self, turn: Turn) -> None:
        duty = self.duties.get(turn.occurrence_id)
        if duty is not None:
            self._wait(duty, turn.upstream_id, turn.waits, turn.at, turn.id)

    def _wait(self, duty: ReplayedDuty, upstream: int, waits: bool, at: datetime, line: int) -> None:
        if waits:
            duty.waits_for.add(upstream)
            if duty.state is _S.OPEN and not duty.version:
                duty.state = _S.SCHEDULED
            return
        duty.waits_for.discard(upstream)
        if not duty.waits_for and self._may_open(duty, line):
            self._open(duty, at, line)

    def _set(self, duty: ReplayedDuty, state: ObligationState, line: Any) -> None:
        before, duty.state = duty.state, state
        if before.done == state.done:
            return
        for other in self.duties.values():
            if duty.known.id in other.own:
                self._wait(other, duty.known.id, not state.done, line.recorded_at, line.id)

    # --- people ---------------------------------------------------------------------------------------------------------------

    def _handed_in(self, duty: ReplayedDuty, line: Any) -> None:
        duty.version, duty.reviewer_id = line.data["version"], line.data["reviewer"]
        self._set(duty, ObligationState[line.data["state"].upper()], line)
        if duty.state is _S.ACCEPTED:
            self._tell_results(duty, line)
        elif duty.reviewer_id is not None:
            told = Told(unit_id=duty.reviewer_id, role=duty.known.scope.reviewer_role)
            self._expect(duty, NoticeKind.TO_REVIEW, duty.version, told, line.recorded_at, line.id)

    def _taken_back(self, duty: ReplayedDuty, line: Any) -> None:
        self._set(duty, _S.OPEN, line)

    def _accepted(self, duty: ReplayedDuty, line: Any) -> None:
        self._set(duty, _S.ACCEPTED, line)
        self._tell_results(duty, line)
        self._tell_owner(duty, NoticeKind.PASSED, duty.version, line.recorded_at, line.id)

    def _asked(self, duty: ReplayedDuty, line: Any) -> None:
        duty.asked += 1
        permission = duty.known.task.allow.extend
        owner = (duty.owner_id, duty.known.scope.owner_role)
        told = None if permission is None else self.addressing.granting(permission.by, self.case.unit_id, owner)
        if told is not None:
            self._expect(duty, NoticeKind.ASKED, duty.asked, told, line.recorded_at, line.id)

    def _denied(self, duty: ReplayedDuty, line: Any) -> None:
        duty.denied += 1
        self._tell_owner(duty, NoticeKind.DENIED, duty.denied, line.recorded_at, line.id)

    def _chased(self, duty: ReplayedDuty, line: Any) -> None:
        """Whoever is late, once a day and as often as the file allows."""
        foretold, at = self.chronicle.deadlines.get(duty.deadline_id), line.recorded_at
        late = foretold is not None and foretold.late is not None and foretold.late <= at and duty.known.told.modality.gates
        day = self.chronicle.running.day(at)
        if late and duty.state in (_S.OPEN, _S.RETURNED) and day not in duty.chased and len(duty.chased) < duty.known.task.allow.chases:
            duty.chased.append(day)
            # Whom a chase went by was found by where units stood at the time.
            told = Told(unit_id=duty.owner_id, role=duty.known.scope.owner_role, by_tree=True)
            self._expect(duty, NoticeKind.CHASED, len(duty.chased), told, at, line.id)

    def _tell_results(self, duty: ReplayedDuty, line: Any) -> None:
        owner = (duty.owner_id, duty.known.scope.owner_role)
        for place, who in enumerate(duty.known.task.deliver):
            told = self.addressing.granting(who, self.case.unit_id, owner)
            if told is not None and (told.unit_id, told.role) != owner:
                self._expect(duty, NoticeKind.ACCEPTED, duty.version * 100 + place, told, line.recorded_at, line.id)

    def _returned(self, duty: ReplayedDuty, line: Any) -> None:
        duty.attempt += 1
        self._tell_owner(duty, NoticeKind.RETURNED, duty.attempt, line.recorded_at, line.id)
        self._set(duty, _S.RETURNED, line)
        self._give(duty, line)

    def _extended(self, duty: ReplayedDuty, line: Any) -> None:
        duty.extensions += 1
        self._tell_owner(duty, NoticeKind.EXTENDED, duty.extensions, line.recorded_at, line.id)
        self._give(duty, line)

    def _waived(self, duty: ReplayedDuty, line: Any) -> None:
        self._tell_owner(duty, NoticeKind.WAIVED, duty.attempt, line.recorded_at, line.id)
        self._set(duty, _S.WAIVED, line)

    def _reopened(self, duty: ReplayedDuty, line: Any) -> None:
        duty.attempt += 1
        self._give(duty, line)
        self._tell_owner(duty, NoticeKind.REOPENED, duty.attempt, line.recorded_at, line.id)
        self._set(duty, _S.OPEN, line)

    def _give(self, duty: ReplayedDuty, line: Any) -> None:
        if line.data["deadline"] != duty.deadline_id:
            duty.deadline_id = line.data["deadline"]
            self._listen(duty, line)

    def _tell_owner(self, duty: ReplayedDuty, kind: NoticeKind, number: int, at: datetime, line: int) -> None:
        self._expect(duty, kind, number, Told(unit_id=duty.owner_id, role=duty.known.scope.owner_role), at, line)

    def _expect(self, duty: ReplayedDuty, kind: NoticeKind, number: int, told: Told, at: datetime, line: int, reason: str = "") -> None:
        key = NoticeKey(duty.known.id, kind, duty.deadline_id, number)
        moved = self.chronicle.moved_since
        certain = not (duty.across and moved(self.chronicle.launched)) and not (told.by_tree and moved(line))
        expected = ExpectedNotice(due_at=at, unit_id=told.unit_id, role=told.role, reason=reason, line=line, certain=certain)
        self.expected.setdefault(key, expected)
