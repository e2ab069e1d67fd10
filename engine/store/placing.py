"""Where units stand in the tree: ids and paths for those that come in, and moving one with all that is below it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from engine.machine.states import ObligationState
from engine.store import paths
from engine.store.codes import CampaignState
from engine.store.openings import Some, open_late
from engine.store.tables import campaign, cases, dependency, obligation, occurrence, overdue, tally, unit
from engine.store.waiting import count_waits, may_open

_S = ObligationState


class Places:
    """Ids and paths while units come in: each new child gets the next label below its superior."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.ids = {code: row.id for code, row in stored.items()}
        self.paths = {row.id: row.path for row in stored.values()}
        self.last: dict[str, int] = {}
        for row in stored.values():
            above = paths.parent(row.path)
            self.last[above] = max(self.last.get(above, 0), paths.number_of(row.path))
        self.next_id = max(self.ids.values(), default=0) + 1
        self.waiting: list[dict[str, Any]] = []
        self.moved = False

    def add(self, connection: Connection, code: str, superior: int | None, columns: Mapping[str, Any]) -> None:
        """A new unit, written with the next batch. Raises TreeTooDeep."""
        path = self._next_path(superior)
        self.ids[code], self.paths[self.next_id] = self.next_id, path
        self.waiting.append({"id": self.next_id, "path": path, "superior_id": superior, "code": code, **columns})
        self.next_id += 1
        if len(self.waiting) >= 5000:
            self.flush(connection)

    def flush(self, connection: Connection) -> None:
        """Write what waits."""
        if self.waiting:
            connection.execute(insert(unit), self.waiting)
            self.waiting = []

    def move(self, connection: Connection, number: int, superior: int | None) -> None:
        """Put a known unit, and all that is below it, below another superior. Raises TreeTooDeep."""
        # The new superior may have come in with the same file.
        self.flush(connection)
        connection.execute(update(unit).where(unit.c.id == number).values(superior_id=superior))
        old, new = self.paths[number], self._next_path(superior)
        deepest = max(len(path) for path in self.paths.values() if path.startswith(old))
        paths.expect_room(len(new) + deepest - len(old))
        _move_paths(connection, old, new)
        self.paths = {key: _moved(path, old, new) for key, path in self.paths.items()}
        # Labels go on counting where they stood, or a newcomer would get that of a unit that moved along.
        self.last.update({_moved(path, old, new): last for path, last in self.last.items() if path.startswith(old)})
        self.moved = True

    def settle(self, connection: Connection, now: datetime) -> None:
        """Write what waits and, where units moved, bring everything up to date that is counted by place."""
        self.flush(connection)
        if self.moved:
            _recount_tally(connection)
            running = select(campaign.c.id).where(campaign.c.state == CampaignState.RUNNING)
            for number in connection.execute(running).scalars().all():
                _follow_waits(connection, number, now)

    def _next_path(self, superior: int | None) -> str:
        above = "" if superior is None else self.paths[superior]
        self.last[above] = self.last.get(above, 0) + 1
        return paths.child(above, self.last[above])


def _moved(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path.startswith(old) else path


def _move_paths(connection: Connection, old: str, new: str) -> None:
    """A unit moved with all that is below it: its cases, what is overdue there, and campaigns launched there move along."""
    kept = (unit.c.path, cases.c.path, cases.c.parent_path, overdue.c.path, campaign.c.root_path)
    for column in kept:
        moved = new + func.substr(column, len(old) + 1)
        connection.execute(update(column.table).where(column >= old, column < paths.end(old)).values({column.name: moved}))
    connection.execute(update(cases).where(cases.c.path == new).values(parent_path=paths.parent(new)))


def _recount_tally(connection: Connection) -> None:
    connection.execute(tally.delete())
    counted = select(cases.c.campaign_id, cases.c.parent_path, cases.c.stage, func.count()).group_by(
        cases.c.campaign_id, cases.c.parent_path, cases.c.stage
    )
    connection.execute(insert(tally).from_select(["campaign_id", "path", "stage", "n"], counted))


def _follow_waits(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Count again, and open what waits for nothing any more, or close what has to wait again and that nobody has touched."""
    count_waits(connection, campaign_id)
    asked = {"campaign": campaign_id}
    idle = (*_waiting().where, obligation.c.waits > 0, obligation.c.state == _S.OPEN, obligation.c.version == 0)
    connection.execute(update(obligation).where(*idle).values(state=_S.SCHEDULED, changed_at=now), asked)
    open_late(connection, _ripe(), asked, campaign_id, now, now)


@cache
def _waiting() -> Some:
    """What waits for anything in a campaign."""
    mine = select(dependency.c.occurrence_id).join(occurrence, occurrence.c.id == dependency.c.occurrence_id)
    return Some(where=(obligation.c.occurrence_id.in_(mine.where(occurrence.c.campaign_id == bindparam("campaign"))),))


@cache
def _ripe() -> Some:
    return Some(where=(*_waiting().where, may_open()))
