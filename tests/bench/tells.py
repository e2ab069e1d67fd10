"""Telling: one deadline shared by all units, with a recipient for every five of them. Deciding, and writing the letters, each apart.

Plain: for deciding see `sweeps`. For the letters the very rows that ours wrote, with the same indexes and foreign keys, in one durable
transaction: the messages by executemany on SQLite, by COPY on PostgreSQL; of each notice in which message it is by executemany. The plain
driver is handed the finished texts: looking up who answers for a unit, what is still so and has been told before, and the words are only
in ours, which keeps what it wrote every five letters. Nothing is sent: the channel is out of reach, and the first letter finds that out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from engine.operations import launching, sweeping, telling
from engine.operations.post import Post
from engine.store import tables as t
from notifiers.base import Letter, NotSent
from tests.bench import campaign, sweeps
from tests.bench.figures import Figure
from tests.bench.ground import Effort, Ground, seconds
from tests.bench.plain import Plain, plain

UNITS_A_PERSON = 5
_NOW = campaign.AFTERWARDS
_NUMBER = 900
_SHARE = "UPDATE tenure SET person_id = (unit_id - 1) / ? * ? + 1"
_COLUMNS = [column.name for column in t.message.columns]
_MESSAGES = f"SELECT {', '.join(_COLUMNS)} FROM message ORDER BY id"
_TOLD = "SELECT state, message_id, id FROM notice WHERE message_id IS NOT NULL ORDER BY message_id, id"


class OutOfReach:
    """A channel that nobody can reach: letters are written, and wait."""

    name = "nowhere"
    attaches = False

    def send(self, letter: Letter, now: datetime) -> str:
        """Never."""
        raise NotSent("nobody there", cause="unreachable")

    def close(self) -> None:
        """Nothing to close."""

    def hang_up(self) -> None:
        """Nobody is talked to."""


def tells(ground: Ground, stuck: str, units: int, effort: Effort) -> Iterator[Figure]:
    """Deciding what all are told, then writing it."""
    url = ground.copy(stuck)
    with plain(url) as connection:
        _share_posts(connection)
        deadline, occurrence = sweeps.original(connection)
    pairs = sweeps.rings(ground, url, deadline, occurrence, effort.runs, units)
    yield _figure(ground, units, f"tell: decide {units:,} reminders of one deadline", pairs)
    _decide(ground, url, deadline, occurrence)
    pairs = [_write_letters(ground, url, units) for _ in range(effort.runs)]
    yield _figure(ground, units, f"tell: write {_letters(units):,} letters about them", pairs)
    ground.drop(url)


def _figure(ground: Ground, units: int, what: str, pairs: list[tuple[float, float]]) -> Figure:
    ours, baseline = zip(*pairs, strict=True)
    return Figure(what=what, where=ground.where, size=units, ours=ours, plain=baseline, notes={"letters": _letters(units)})


def _letters(units: int) -> int:
    return -(-units // UNITS_A_PERSON)


def _share_posts(connection: Plain) -> None:
    """One person leads five units; nothing waits to be told."""
    with connection.work():
        connection.run(_SHARE, UNITS_A_PERSON, UNITS_A_PERSON)
        connection.run("DELETE FROM notice")
    connection.tidy()


def _decide(ground: Ground, url: str, deadline: int, occurrence: int) -> None:
    with ground.house(url) as house, plain(url) as connection:
        launching.switch_mail(house, None, on=True, by=campaign.ADMIN, now=_NOW)
        sweeps.set_bell(connection, deadline, occurrence, _NUMBER)
        sweeping.sweep(house, _NOW)
        connection.tidy()


def _write_letters(ground: Ground, decided: str, units: int) -> tuple[float, float]:
    """(ours, plain), each into a database of its own."""
    written, target = ground.copy(decided), ground.copy(decided)
    post = Post(notifier=OutOfReach(), lang="zh", sender_address="office@example.org")
    with ground.house(written) as house:
        ours = seconds(partial(telling.deliver, house, post, _NOW))
    with plain(written) as source, plain(target) as sink:
        baseline = _write(source, sink)
        for each in (source, sink):
            told = each.one("SELECT count(*), count(DISTINCT message_id), sum(state) FROM notice WHERE message_id IS NOT NULL")
            assert tuple(told) == (units, _letters(units), units), f"{told} instead of {units} notices in {_letters(units)} letters"
    for url in (written, target):
        ground.drop(url)
    return ours, baseline


def _write(source: Plain, sink: Plain) -> float:
    """Seconds. Everything in one transaction; only writing is timed, not reading what is to be written."""
    spent = seconds(lambda: sink.cursor.execute("BEGIN IMMEDIATE" if sink.sqlite else "BEGIN"))
    for rows in source.read(_MESSAGES, size=2000):
        spent += seconds(partial(sink.load, "message", _COLUMNS, _plain_rows(rows)))
    for rows in source.read(_TOLD):
        spent += seconds(partial(sink.many, "UPDATE notice SET state = ?, message_id = ? WHERE id = ?", _plain_rows(rows)))
    return spent + seconds(lambda: sink.run("COMMIT"))


def _plain_rows(rows: list[Any]) -> list[tuple[Any, ...]]:
    return list(map(tuple, rows))
