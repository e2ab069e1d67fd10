"""Who is stuck, where, since when, because of what, and who can unblock it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import Echo
from engine.operations.blockers import Blocker, Helper, Lookup, blocker_verdict, blockers_of
from engine.operations.campaigns import Running, choose, hint_for, task_of, unit_of
from engine.operations.context import House
from engine.sentences import Sentence, enumerated
from engine.store import queries
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.queries import StuckCase

# Whoever asks for a board gets what it is made of from here too.
__all__ = [
    "Blocker",
    "Board",
    "Helper",
    "Lookup",
    "Stuck",
    "UnknownLevelName",
    "UnknownStage",
    "blocker_verdict",
    "blockers_of",
    "stuck",
    "stuck_units",
]


class UnknownStage(Echo):
    """没有名为“{stage}”的阶段。{hint}

    There is no stage named “{stage}”. {hint}
    """


class UnknownLevelName(Echo):
    """没有级别“{level}”；工作流的级别有：{levels}。

    There is no level “{level}”; the workflow has: {levels}.
    """


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A unit that is stuck (or, with `all`, one that merely is not done), and everything that holds it."""

    unit: str
    name: str
    level: str
    path: str
    stage: Sentence
    since: datetime | None
    blocked_by: tuple[Blocker, ...]

    @property
    def causes(self) -> tuple[Blocker, ...]:
        """What makes it stuck: what is overdue; where nothing is, whatever its stage, whose window has closed, still asks for."""
        return tuple(blocker for blocker in self.blocked_by if blocker.since is not None) or self.blocked_by


@dataclass(frozen=True, kw_only=True)
class Board:
    """The answer to *who is stuck*: counts per stage, and the units."""

    campaign: str
    title: str
    under: str
    now: datetime
    zone: str
    counts: tuple[tuple[Sentence, int], ...]
    units: tuple[Stuck, ...]


def stuck(
    house: House,
    campaign: str | None,
    *,
    now: datetime,
    under: str | None = None,
    stage: str | None = None,
    level: str | None = None,
    task: str | None = None,
    everybody: bool = False,
) -> Board:
    """The stuck units of a subtree; with `everybody` all that have not finished. Raises what is wrong with the names."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        now = running.instant(now)
        top = unit_of(connection, under) if under is not None else None
        path = top.path if top else running.root_path
        position = _position(running, stage)
        if level is not None:
            _check_level(running, level)
        wanted = task_of(running, task).name if task is not None else None
        found = queries.stuck_cases(connection, running.id, path, now, stage=position, level=level)
        if everybody:
            found = _with_waiting(connection, running, path, found, position, level)
        units = _boards(Lookup(connection, running, now), found, wanted)
        counts = queries.stage_counts(connection, running.id, path)
        return Board(
            campaign=running.name,
            title=running.title,
            under=top.code if top else "",
            now=now,
            zone=str(running.zone),
            counts=tuple((running.stage_title(where), n) for where, n in counts.items()),
            units=units,
        )


def stuck_units(lookup: Lookup, under: str | None) -> tuple[Stuck, ...]:
    """Every unit under a node that is stuck, read with a lookup that goes on to be used. Raises what is wrong with the name."""
    path = lookup.running.root_path if under is None else unit_of(lookup.connection, under).path
    found = queries.stuck_cases(lookup.connection, lookup.running.id, path, lookup.now, stage=None, level=None)
    return _boards(lookup, found, None)


def _position(running: Running, stage: str | None) -> int | None:
    if stage is None:
        return None
    from_name: dict[str, int] = {name: s.position for s in running.stages for name in (s.name, s.title)}
    if stage not in from_name:
        raise UnknownStage(stage=stage, hint=hint_for(stage, tuple(from_name)))
    return from_name[stage]


def _check_level(running: Running, level: str) -> None:
    if level not in running.organisation.levels:
        raise UnknownLevelName(level=level, levels=enumerated(running.organisation.levels))


def _with_waiting(
    connection: Connection, running: Running, path: str, found: Sequence[StuckCase], stage: int | None, level: str | None
) -> tuple[StuckCase, ...]:
    stuck_ids = {one.case.case_id: one for one in found}
    rows = queries.unfinished_cases(connection, running.id, path)
    chosen = (row for row in rows if (stage is None or row.stage == stage) and (level is None or row.level == level))
    return tuple(stuck_ids.get(row.case_id) or StuckCase(case=row, since=None) for row in chosen)


def _boards(lookup: Lookup, found: Sequence[StuckCase], task: str | None) -> tuple[Stuck, ...]:
    owed = queries.blocking(lookup.connection, lookup.running.id, [one.case.case_id for one in found])
    lookup.prepare(row for rows in owed.values() for row in rows)
    boards = []
    for one in found:
        rows = [row for row in owed[one.case.case_id] if task is None or row.task == task]
        if not rows and task is not None:
            continue
        boards.append(_board(lookup, one, rows))
    return tuple(boards)


def _board(lookup: Lookup, one: StuckCase, rows: Sequence[ObligationRow]) -> Stuck:
    return Stuck(
        unit=one.case.code,
        name=one.case.name,
        level=one.case.level,
        path=one.case.path,
        stage=lookup.running.stage_title(one.case.stage),
        since=one.since,
        blocked_by=lookup.blockers(rows) or lookup.window_blocker(one),
    )
