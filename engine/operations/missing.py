"""What every stuck unit misses, in short: one line for each thing, without who was told and who can help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from engine.machine.states import ObligationState
from engine.operations.blockers import code_of
from engine.operations.campaigns import Running, obligation_title
from engine.operations.context import House
from engine.operations.questions import Question, asked_of
from engine.sentences import Sentence
from engine.store import missing as store
from engine.store.asked import Asked
from engine.store.stuck import StuckCases

_TOGETHER = 5000


class Miss(NamedTuple):
    """One thing that holds a stuck unit. code: what kind of block it is, as a `Blocker` has it."""

    unit: str
    name: str
    level: str
    since: datetime
    stage: Sentence
    task: str
    period: str
    title: Sentence
    due: str
    code: str


def missing(house: House, campaign: str | None, question: Question, *, now: datetime) -> Iterator[Miss]:
    """All that stuck units miss, in the order of the tree and of due. Raises what is wrong with the names."""
    with house.database.read() as connection:
        running, asked = asked_of(connection, campaign, question, now)
        stuck = StuckCases(connection, asked)
        words = _Words(running, store.Missing(connection, stuck), asked)
        for part in words.source.parts(_TOGETHER):
            for case, since, owed in part:
                for row in owed:
                    if said := words.of(case.stage, row):
                        yield Miss(case.code, case.name, case.level, since, *said)


# Stage, task, period, title, due, code.
_Said = tuple[Sentence, str, str, Sentence, str, str]


class _Words:
    """What is said of one thing that is missing: the same for all who stand in the same stage and owe the same thing alike."""

    def __init__(self, running: Running, source: store.Missing, asked: Asked) -> None:
        self.source = source
        self._running = running
        self._asked = asked
        self._said: dict[Any, _Said | None] = {}

    def of(self, stage: int, row: store.Owed) -> _Said | None:
        """None: it is not asked about."""
        kind = (stage, row.occurrence_id, row.deadline_id, row.state, row.waits > 0)
        if kind not in self._said:
            self._said[kind] = self._say(stage, row)
        return self._said[kind]

    def _say(self, stage: int, row: store.Owed) -> _Said | None:
        one, deadline = self.source.occurrences[row.occurrence_id], self.source.deadlines[row.deadline_id]
        if not self._asked.means(one.task, one.period):
            return None
        state, now = ObligationState(row.state), self._asked.now
        code = code_of(state, row.waits, one.pending_on, deadline.due_at, deadline.late_at, now)
        return self._running.stage_title(stage), one.task, one.period, obligation_title(one), deadline.due_text, code
