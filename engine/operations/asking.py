"""Who is stuck, where, since when, because of what, and who can unblock it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.machine.states import ObligationState
from engine.operations.blockers import Blocker, Helper, Lookup, blocker_verdict, blockers_of
from engine.operations.campaigns import obligation_title, unit_of
from engine.operations.context import House
from engine.operations.questions import Question, UnknownLevelName, UnknownStage, asked_of
from engine.sentences import Sentence
from engine.store import queries
from engine.store.asked import Place
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.stuck import Cases, StuckCase, StuckCases, WalkingCases, parts, read_part

# Whoever asks for a board gets what it is made of from here too.
__all__ = [
    "Blocker",
    "Board",
    "Helper",
    "Holding",
    "Lookup",
    "Question",
    "Stuck",
    "UnknownLevelName",
    "UnknownStage",
    "blocker_verdict",
    "blockers_of",
    "each",
    "stuck",
]


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
        """What makes it stuck: what is overdue, has lapsed, or waits for a review after its day; where nothing does, whatever its stage,
        whose window has closed, still asks for.
        """
        return tuple(one for one in self.blocked_by if one.since is not None or one.state is ObligationState.LAPSED) or self.blocked_by


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A task in one period, and how many stuck units it holds: where it is overdue or waits for a review after its day; and where nothing
    does, where the stage asks for it.
    """

    task: str
    period: str
    title: Sentence
    units: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """The answer to *who is stuck*: counts per stage, and the units.

    units: all of them, or a page.  total: how many there are in all.  stuck: how many of those are stuck.  behind: whether more follow.
    holding: what holds the stuck ones, those that hold the most first; only where a page was asked for.
    """

    campaign: str
    title: str
    under: str
    now: datetime
    zone: str
    counts: tuple[tuple[Sentence, int], ...]
    units: tuple[Stuck, ...]
    total: int
    stuck: int
    behind: bool = False
    holding: tuple[Holding, ...] = ()


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
    after: str | None = None,
    most: int | None = None,
) -> Board:
    """The stuck units of a subtree; with `everybody` all that have not finished. Raises what is wrong with the names.

    most: a page of so many.  after: the unit, in the order of the tree, behind which it begins.
    """
    question = Question(under=under, stage=stage, level=level, task=task, everybody=everybody)
    with house.database.read() as connection:
        reading = _Reading(connection, campaign, question, now)
        running = reading.running
        counts = queries.stage_counts(connection, running.id, reading.asked.path)
        total = reading.cases.count()
        units = tuple(reading.units(after, most))
        return Board(
            campaign=running.name,
            title=running.title,
            under=under or "",
            now=reading.now,
            zone=str(running.zone),
            counts=tuple((running.stage_title(where), n) for where, n in counts.items()),
            units=units,
            total=total,
            stuck=reading.stuck.count() if everybody else total,
            behind=len(units) == most and bool(reading.cases.part(units[-1].path, 1)),
            holding=reading.holding() if most is not None else (),
        )


def each(
    house: House, campaign: str | None, question: Question, *, now: datetime, after: str | None = None, most: int | None = None
) -> Iterator[Stuck]:
    """The units that `stuck` finds, one after the other, never all of them in memory. Raises what is wrong with the names."""
    with house.database.read() as connection:
        yield from _Reading(connection, campaign, question, now).units(after, most)


class _Reading:
    """One question, put to the database in one transaction."""

    def __init__(self, connection: Connection, campaign: str | None, question: Question, now: datetime) -> None:
        self.running, self.asked = asked_of(connection, campaign, question, now)
        self.now = self.asked.now
        self._connection = connection
        self.stuck = StuckCases(connection, self.asked)
        self.cases: Cases = WalkingCases(connection, self.asked) if question.everybody else self.stuck

    def units(self, after: str | None, most: int | None) -> Iterator[Stuck]:
        """The units with what holds them. What is looked up for some of them is forgotten before the next."""
        start = "" if after is None else unit_of(self._connection, after).path
        for part in parts(self.cases, start, most):
            yield from self._boards(part)

    def holding(self) -> tuple[Holding, ...]:
        """What holds the stuck ones."""
        found = self.stuck.ranking()
        rows = queries.occurrences_by_id(self._connection, list(found))
        ranked = sorted(found, key=lambda number: (-found[number], number))
        return tuple(
            Holding(task=row.task, period=row.period, title=obligation_title(row), units=found[row.id])
            for row in (rows[number] for number in ranked)
            if self.asked.means(row.task, row.period)
        )

    def _boards(self, part: Sequence[Place]) -> Iterator[Stuck]:
        lookup = Lookup(self._connection, self.running, self.now)
        found = read_part(self._connection, self.stuck, part)
        owed = queries.blocking(self._connection, [one.case.case_id for one in found], self.now)
        lookup.prepare(row for rows in owed.values() for row in rows)
        for one in found:
            rows = [row for row in owed[one.case.case_id] if self.asked.means(row.task, row.period)]
            yield _board(lookup, one, rows)


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
