"""The letters that stand in the tables, and what became of every notice, read in the words of the model of messages."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from engine.store import tables as t
from engine.store.codes import MessageState, NoticeKind, NoticeState
from engine.store.database import Connection
from tests.proof import wording
from tests.proof.fates import Letter
from tests.proof.messages import Messages

Row = tuple[Any, ...]
# A letter is known by whose it is, the day, and which of that day.
Name = Row
_ENDED = {"no-longer-true": "dropped", "campaign-over": "over"}


def fates(connection: Connection) -> list[Row]:
    """Every notice: about what, why, when it fell due, to whom; what became of it, why, and in which letter."""
    n, m, to = t.notice.c, t.message.c, t.unit.alias("recipient")
    about = (t.unit.c.code, t.occurrence.c.task, t.occurrence.c.period, n.kind, n.due_at, to.c.code.label("unit"), n.role, n.rung)
    query = select(*about, n.state, n.reason, t.person.c.name, m.day, m.serial).select_from(t.notice)
    query = query.join(t.cases, t.cases.c.id == n.case_id).join(t.unit, t.unit.c.id == t.cases.c.unit_id)
    query = query.join(t.occurrence, t.occurrence.c.id == n.occurrence_id).outerjoin(to, to.c.id == n.unit_id)
    query = query.outerjoin(t.message, m.id == n.message_id).outerjoin(t.person, t.person.c.id == m.person_id)
    return [
        (row[:3], NoticeKind(row[3]).name.lower(), *row[4:8], NoticeState(row[8]).name.lower(), row[9], tuple(row[10:]))
        for row in map(tuple, connection.execute(query))
    ]


def expected_fates(mail: Messages) -> list[Row]:
    """The same of the model."""
    return [
        (
            *(one.told.key, one.told.kind, one.told.at, one.told.unit, one.told.role, one.told.line),
            *(one.state, one.reason, (None, None, None) if one.letter is None else _name(one.letter)),
        )
        for one in mail.notices
    ]


def letters(connection: Connection) -> dict[Name, Row]:
    """Every letter: where to, what became of it, what came of each attempt, whether it counts as the letter of a week."""
    m, a = t.message.c, t.attempt.c
    outcomes: dict[int, list[str]] = {}
    for number, outcome in connection.execute(select(a.message_id, a.outcome).order_by(a.id)):
        outcomes.setdefault(number, []).append(outcome)
    columns = (t.person.c.name, m.day, m.serial, m.id, m.channel, m.address, m.state, m.reason, m.digest)
    rows = connection.execute(select(*columns).join(t.person, t.person.c.id == m.person_id)).all()
    return {tuple(row[:3]): (row.channel, row.address, _state(row), tuple(outcomes.get(row.id, ())), row.digest) for row in rows}


def _state(row: Any) -> str:
    state = MessageState(row.state).name.lower()
    return _ENDED.get(row.reason, state) if state == "failed" else state


def expected_letters(mail: Messages) -> dict[Name, Row]:
    """The same of the model."""
    return {_name(one): (one.channel, one.address, one.state, tuple(one.outcomes), one.weekly) for one in mail.letters}


def _name(letter: Letter) -> Name:
    return letter.person, letter.day, letter.number


class Texts:
    """What stands in the letters. A letter never changes once it is written: each is read once."""

    def __init__(self) -> None:
        self._known: dict[Name, Counter[wording.Line]] = {}
        self._read_to = 0

    def read(self, connection: Connection) -> dict[Name, Counter[wording.Line]]:
        """The lines of every letter in essence."""
        m = t.message.c
        query = select(t.person.c.name, m.day, m.serial, m.id, m.text).join(t.person, t.person.c.id == m.person_id)
        for row in connection.execute(query.where(m.id > self._read_to).order_by(m.id)):
            self._known[tuple(row[:3])] = Counter(wording.read(row.text))
            self._read_to = row.id
        return self._known


def expected_words(mail: Messages) -> dict[Name, Counter[wording.Line]]:
    """The same of the model."""
    return {_name(one): Counter(one.says) for one in mail.letters}
