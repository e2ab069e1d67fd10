"""A guarded stage move: `advance` of a case that has just done what held it in its stage, whose next window is open.

Plain: in one transaction read what everybody who acts on a unit reads first (see `steps`), the case, everything it owes up to its stage,
its counters and the next window; write the case, the two counters of its parent, the row of what is ready, what opens on entry, and the
line of the journal.
"""

from __future__ import annotations

from engine.machine.states import ObligationState
from engine.operations import moving
from engine.operations.context import House
from tests.bench import campaign
from tests.bench.figures import Figure, Limit
from tests.bench.ground import Effort, Ground
from tests.bench.plain import Plain, plain
from tests.bench.steps import by_turns, plain_names, statements_of

_NOW = campaign.AFTERWARDS
_TALLY = (
    "INSERT INTO tally (campaign_id, path, stage, n) VALUES (1, ?, ?, ?)"
    " ON CONFLICT (campaign_id, path, stage) DO UPDATE SET n = tally.n + excluded.n"
)
_OWED = (
    "SELECT o.occurrence_id, o.state, n.task, d.due_text FROM obligation o JOIN occurrence n ON n.id = o.occurrence_id"
    " JOIN deadline d ON d.id = o.deadline_id WHERE o.case_id = ? AND n.stage <= ? AND n.modality <> 3 AND o.state < 10"
)
_OPEN = (
    "UPDATE obligation SET state = 1, changed_at = ? WHERE case_id = ? AND state = 0 AND waits = 0 AND occurrence_id IN"
    " (SELECT id FROM occurrence WHERE campaign_id = 1 AND stage = ? AND on_entry AND opened)"
)


def release(connection: Plain, number: int) -> None:
    """Let a stuck unit have done what it missed: it is ready to move; nobody's cost here."""
    now = int(_NOW.timestamp())
    case = connection.one("SELECT id FROM cases WHERE unit_id = ?", number + 1)[0]
    first = "occurrence_id IN (SELECT id FROM occurrence WHERE stage = 0)"
    with connection.work():
        connection.run(f"UPDATE obligation SET state = ?, settled = ?, version = 1 WHERE case_id = ? AND {first}",
                       int(ObligationState.ACCEPTED), True, case)  # fmt: skip
        connection.run("DELETE FROM overdue WHERE case_id = ?", case)
        connection.run("UPDATE progress SET missing = 0 WHERE case_id = ? AND stage = 0", case)
        connection.run("INSERT INTO ready (case_id, campaign_id, stage, since) VALUES (?, 1, 0, ?)", case, now)


def advance(house: House, number: int) -> moving.Moved:
    """Ours."""
    return moving.advance(house, None, campaign.code(number), by=campaign.ADMIN, now=_NOW)


def plain_advance(connection: Plain, number: int) -> None:
    """The plain driver's."""
    now = int(_NOW.timestamp())
    with connection.work():
        plain_names(connection, number, now)
        connection.run("SELECT id FROM person WHERE key = ?", f"operator:{campaign.ADMIN}")
        case, parent, stage = connection.one("SELECT id, parent_path, stage FROM cases WHERE campaign_id = 1 AND unit_id = ?",
                                                   number + 1)  # fmt: skip
        connection.run(_OWED, case, stage)
        connection.run("SELECT sum(missing) FROM progress WHERE case_id = ? AND stage <= ?", case, stage)
        connection.run("SELECT opens_at FROM stage WHERE campaign_id = 1 AND position = ?", stage + 1)
        connection.run("UPDATE cases SET stage = ?, entered_at = ? WHERE id = ?", stage + 1, now, case)
        connection.run(_TALLY, parent, stage, -1)
        connection.run(_TALLY, parent, stage + 1, 1)
        connection.run("DELETE FROM ready WHERE case_id = ?", case)
        connection.run(_OPEN, now, case, stage + 1)
        connection.run("INSERT INTO event (campaign_id, case_id, subject, kind, due_at, recorded_at, forced, data)"
                       " VALUES (1, ?, 0, 'moved', ?, ?, ?, ?)", case, now, now, False, '{"from": 0, "to": 1}')  # fmt: skip


def moves(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """Ours and plain by turns on stuck units that were let go before."""
    with ground.house(stuck) as house, plain(stuck) as connection:
        waiting = [row[0] - 1 for row in connection.run("SELECT unit_id FROM cases WHERE stage = 0 ORDER BY unit_id")]
        size = min(effort.steps, (len(waiting) - 1) // (2 * effort.runs))
        release(connection, waiting[-1])
        counted = statements_of(house)(lambda: advance(house, waiting[-1]))
        runs = [waiting[at * size : (at + 1) * size] for at in range(2 * effort.runs)]
        for number in (number for part in runs for number in part):
            release(connection, number)
        pairs = [
            by_turns(lambda n: advance(house, n), mine, lambda n: plain_advance(connection, n), theirs)
            for mine, theirs in zip(runs[::2], runs[1::2], strict=True)
        ]
    return Figure(
        what="guarded stage move",
        where=ground.where,
        size=units,
        ours=tuple(ours for ours, _ in pairs),
        plain=tuple(plain for _, plain in pairs),
        limit=Limit(bound=2.0),
        notes={"statements": counted, "moves": size},
    )
