"""What stuck cases miss, for many at once: rows as they are read, since an object for each would cost more than reading it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from engine.machine.states import Modality, ObligationState
from engine.store import tables as t
from engine.store.stuck import Place, StuckCases

_Key = tuple[int, int, int]
_TOGETHER = 500


class Held(NamedTuple):
    """A stuck case, and what holds it in order of due.

    case: case_id, stage, code, name, level.
    owed: each with case_id, occurrence_id, subject, owner_id, reviewer_id, deadline_id, state, waits.
    """

    case: Any
    since: datetime
    owed: Sequence[Any]


class Missing:
    """Reads what stuck cases miss. occurrences, deadlines: those that anything read so far is about, by id; many share each of them."""

    def __init__(self, connection: Connection, stuck: StuckCases) -> None:
        self._connection = connection
        self._stuck = stuck
        found = connection.execute(select(t.occurrence).where(t.occurrence.c.campaign_id == stuck.asked.campaign_id))
        self.occurrences: dict[int, Any] = {row.id: row for row in found}
        self.deadlines: dict[int, Any] = {}
        self._gates = {row.id: row.stage for row in self.occurrences.values() if row.modality != Modality.MAY}

    def of(self, part: Sequence[Place]) -> Iterator[Held]:
        """These stuck cases, next to each other in the order of the tree, in that order."""
        cases = {row.case_id: row for row in self._connection.execute(self._cases(part)).all()}
        late = self._connection.execute(self._stuck.late(part)).all()
        first: dict[int, datetime] = {}
        for case_id, _, _, since in late:
            if case_id not in first or since < first[case_id]:
                first[case_id] = since
        owed = self._owed(part, self._asked_of(cases.values(), late))
        overdue = {row[:3] for row in late}
        for _, case_id in part:
            yield self._held(cases[case_id], owed[case_id], overdue, first.get(case_id))

    def _held(self, case: Any, owed: Sequence[Any], overdue: Set[_Key], since: datetime | None) -> Held:
        stage, gates = case.stage, self._gates
        asks = [row for row in owed if gates[row.occurrence_id] <= stage]
        rows = asks if len(asks) == len(owed) else [row for row in owed if row in asks or row[:3] in overdue]
        closed = self._stuck.closed.get(stage) if asks else None
        if since is None or (closed is not None and closed < since):
            since = closed
        assert since is not None, case
        return Held(case, since, sorted(rows, key=self._due) if len(rows) > 1 else rows)

    def _due(self, row: Any) -> Any:
        due = self.deadlines[row.deadline_id].due_at
        return due is None, due, row.occurrence_id

    def _asked_of(self, cases: Iterable[Any], late: Iterable[Any]) -> set[int]:
        """The occurrences that can hold any of these cases."""
        last = max(case.stage for case in cases)
        return {number for number, stage in self._gates.items() if stage <= last}.union(row[1] for row in late)

    def _cases(self, part: Sequence[Place]) -> Any:
        c, u, chosen = t.cases.c, t.unit.c, self._stuck.chosen(part).subquery()
        columns = (c.id.label("case_id"), c.stage, u.code, u.name, u.level)
        return select(*columns).select_from(chosen).join(t.cases, c.id == chosen.c.case_id).join(t.unit, u.id == c.unit_id)

    def by_key(self, keys: Iterable[_Key]) -> Sequence[Any]:
        """The obligations of these keys, each as in `Held`, with unit_id and path of its case."""
        wanted = set(keys)
        by_occurrence: dict[int, list[int]] = defaultdict(list)
        for case_id, occurrence_id, _ in sorted(wanted):
            by_occurrence[occurrence_id].append(case_id)
        c, ob = t.cases.c, t.obligation.c
        query = select(*_owed_columns(), c.unit_id, c.path).join(t.cases, c.id == ob.case_id)
        rows: list[Any] = []
        for occurrence_id, cases in by_occurrence.items():
            for start in range(0, len(cases), _TOGETHER):
                some = (ob.case_id.in_(cases[start : start + _TOGETHER]), ob.occurrence_id == occurrence_id)
                rows += self._connection.execute(query.where(*some)).all()
        return [row for row in rows if row[:3] in wanted]

    def _owed(self, part: Sequence[Place], occurrences: set[int]) -> Mapping[int, Sequence[Any]]:
        ob, chosen = t.obligation.c, self._stuck.chosen(part).subquery()
        query = select(*_owed_columns()).select_from(chosen).join(t.obligation, ob.case_id == chosen.c.case_id)
        query = query.where(ob.occurrence_id.in_(sorted(occurrences)), ob.state < ObligationState.ACCEPTED)
        found: dict[int, list[Any]] = defaultdict(list)
        for row in self._connection.execute(query).all():
            found[row.case_id].append(row)
        self._read_deadlines({row.deadline_id for rows in found.values() for row in rows})
        return found

    def _read_deadlines(self, numbers: set[int]) -> None:
        d = t.deadline.c
        fresh = sorted(numbers.difference(self.deadlines))
        for start in range(0, len(fresh), _TOGETHER):
            for row in self._connection.execute(select(t.deadline).where(d.id.in_(fresh[start : start + _TOGETHER]))):
                self.deadlines[row.id] = row


def _owed_columns() -> tuple[Any, ...]:
    ob = t.obligation.c
    return ob.case_id, ob.occurrence_id, ob.subject, ob.owner_id, ob.reviewer_id, ob.deadline_id, ob.state, ob.waits
