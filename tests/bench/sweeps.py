"""Sweeps: with nothing due, with some due among many, and a storm.

Plain: nothing due is one look at the agenda. For a rung: in one durable transaction read the bell, the obligations due with whoever holds
each (along the index of the deadline), insert a notice for each by executemany, write one line of the journal, and take the
bell away. The driver has to bring the rows into Python and back, as whoever writes it by hand would.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.operations import sweeping
from engine.store.codes import Bell
from tests.bench import campaign
from tests.bench.figures import Figure, Limit
from tests.bench.ground import Effort, Ground, seconds
from tests.bench.plain import Plain, plain

_NOW = campaign.AFTERWARDS
_ONCE = 200
SOME, ALL = "二甲", "二乙"

_NOTICE = (
    "INSERT INTO notice (campaign_id, case_id, occurrence_id, subject, kind, deadline_id, number, rung, unit_id, role, due_at, decided_at,"
    " state, reason) VALUES (1, ?, ?, ?, 1, ?, ?, 0, ?, ?, ?, ?, 0, '')"
)
_DUE = (
    "SELECT o.case_id, o.occurrence_id, o.subject, o.deadline_id,"
    " CASE WHEN o.state = 2 THEN o.reviewer_id ELSE o.owner_id END, CASE WHEN o.state = 2 THEN n.reviewer_role ELSE n.owner_role END"
    " FROM obligation o JOIN occurrence n ON n.id = o.occurrence_id"
    " WHERE o.deadline_id = ? AND NOT o.settled AND o.state IN (1, 2, 3) ORDER BY o.case_id"
)
_BELL = "INSERT INTO agenda (campaign_id, at, kind, occurrence_id, deadline_id, number, rung, cursor) VALUES (1, ?, ?, ?, ?, ?, 0, 0)"
_EVENT = "INSERT INTO event (campaign_id, subject, kind, due_at, recorded_at, forced, data) VALUES (1, 0, 'reminded', ?, ?, ?, ?)"


def idle(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """A sweep that finds nothing to do."""
    return _idle(ground, stuck, units, effort, "sweep, nothing due", _NOW)


def idle_waiting(ground: Ground, launched: str, units: int, effort: Effort) -> Figure:
    """The same where every case has done its part and waits for the next window."""
    return _idle(ground, launched, units, effort, "sweep, nothing due, all wait for a window", campaign.LAUNCHED)


def _idle(ground: Ground, url: str, units: int, effort: Effort, what: str, now: datetime) -> Figure:
    with ground.house(url) as house, plain(url) as connection:
        sweeping.sweep(house, now)
        once = seconds(lambda: sweeping.sweep(house, now))
        # Where one takes long, two hundred say no more than a few.
        times = max(3, min(_ONCE, round(1 / once)))
        pairs = [
            (
                seconds(lambda: [sweeping.sweep(house, now) for _ in range(times)]) / times,
                seconds(lambda: [_look(connection, now) for _ in range(times)]) / times,
            )
            for _ in range(effort.runs)
        ]
    limit = Limit(bound=0.0003, of="ours")
    return Figure(what=what, where=ground.where, size=units, ours=_firsts(pairs), plain=_seconds(pairs), limit=limit)


def _look(connection: Plain, now: datetime) -> object:
    return connection.run("SELECT id FROM agenda WHERE at <= ? ORDER BY at, kind, id LIMIT 1", int(now.timestamp()))


def _firsts(pairs: list[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(ours for ours, _ in pairs)


def _seconds(pairs: list[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(plain for _, plain in pairs)


def some_due(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """Some obligations, spread over the whole tree, were given a deadline of their own; its rung is due."""
    with plain(stuck) as connection:
        deadline, occurrence, due = give_deadline(connection, effort.due)
    pairs = rings(ground, stuck, deadline, occurrence, effort.runs, due)
    return Figure(
        what=f"sweep, {due:,} due among {units * 12:,} obligations",
        where=ground.where,
        size=units,
        ours=_firsts(pairs),
        plain=_seconds(pairs),
        limit=Limit(bound=1.5),
    )


def give_deadline(connection: Plain, due: int) -> tuple[int, int, int]:
    """Deadline, occurrence, and how many have it."""
    occurrence, now = connection.one("SELECT id FROM occurrence WHERE task = ?", SOME)[0], int(_NOW.timestamp())
    every = max(1, connection.one("SELECT count(*) FROM cases")[0] // due)
    number = connection.one("SELECT max(id) FROM deadline")[0] + 1
    with connection.work():
        connection.run("INSERT INTO deadline (id, occurrence_id, due_at, due_text, original) VALUES (?, ?, ?, '', ?)",
                       number, occurrence, now + 86400, False)  # fmt: skip
        connection.run(
            f"UPDATE obligation SET deadline_id = ? WHERE occurrence_id = ? AND case_id % {every} = 1 % {every}", number, occurrence
        )
    if not connection.sqlite:
        connection.run("SELECT setval(pg_get_serial_sequence('deadline', 'id'), ?)", number)
    connection.tidy()
    return number, occurrence, connection.one("SELECT count(*) FROM obligation WHERE deadline_id = ?", number)[0]


def storm(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """A rung of everybody at one instant."""
    with plain(stuck) as connection:
        deadline, occurrence = original(connection)
        due = connection.one("SELECT count(*) FROM obligation WHERE deadline_id = ? AND NOT settled", deadline)[0]
    pairs = rings(ground, stuck, deadline, occurrence, effort.runs, due)
    return Figure(
        what=f"storm, {due:,} due at one instant",
        where=ground.where,
        size=units,
        ours=_firsts(pairs),
        plain=_seconds(pairs),
        limit=Limit(bound=1.5),
    )


def original(connection: Plain) -> tuple[int, int]:
    """The deadline that all have, and its occurrence."""
    found = connection.one(
        "SELECT d.id, o.id FROM occurrence o JOIN deadline d ON d.occurrence_id = o.id WHERE o.task = ? AND d.original", ALL
    )
    return int(found[0]), int(found[1])


def rings(ground: Ground, stuck: str, deadline: int, occurrence: int, runs: int, due: int) -> list[tuple[float, float]]:
    """(ours, plain) of each run; what was decided is counted, then taken back."""
    pairs = []
    with ground.house(stuck) as house, plain(stuck) as connection:
        sweeping.sweep(house, _NOW)
        for run in range(runs):
            first, second = (100 + 2 * run, 101 + 2 * run)
            ours = _rung(connection, deadline, occurrence, first, due, lambda: sweeping.sweep(house, _NOW))
            baseline = _rung(connection, deadline, occurrence, second, due, lambda: plain_rung(connection))
            pairs.append((ours, baseline))
    return pairs


def _rung(connection: Plain, deadline: int, occurrence: int, number: int, due: int, act: Callable[[], object]) -> float:
    set_bell(connection, deadline, occurrence, number)
    spent = seconds(act)
    told = connection.one("SELECT count(*), count(DISTINCT case_id) FROM notice WHERE kind = 1 AND number = ?", number)
    assert tuple(told) == (due, due), f"{told} instead of {due} notices, each once"
    forget(connection)
    return spent


def set_bell(connection: Plain, deadline: int, occurrence: int, number: int) -> None:
    """A rung that is due now."""
    connection.run(_BELL, int(_NOW.timestamp()), int(Bell.RUNG), occurrence, deadline, number)


def forget(connection: Plain) -> None:
    """Take back the notices of a run, and the room they took."""
    connection.run("DELETE FROM notice WHERE kind = 1")
    connection.run("PRAGMA wal_checkpoint(TRUNCATE)" if connection.sqlite else "VACUUM notice")


def plain_rung(connection: Plain) -> None:
    """The plain driver's."""
    now = int(_NOW.timestamp())
    with connection.work():
        bell = connection.one("SELECT id, at, deadline_id, number FROM agenda WHERE at <= ? ORDER BY at, kind, id LIMIT 1", now)
        due = connection.run(_DUE, bell[2])
        connection.many(_NOTICE, ((*key, bell[3], unit, role, bell[1], now) for *key, unit, role in due))
        connection.run(_EVENT, bell[1], now, False, f'{{"count": {len(due)}}}')
        connection.run("DELETE FROM agenda WHERE id = ?", bell[0])
