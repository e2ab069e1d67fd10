"""What is due for one case, done before somebody acts on it: a storm of deadlines elsewhere makes nobody wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from engine.operations.campaigns import TaskRef, choose, obligation_of, unit_of
from engine.operations.context import House
from engine.operations.sweeping import ring, sweep
from engine.store import house as facts
from engine.store import obligations, queries, stage_moves, sweeping
from engine.store.database import Connection
from engine.store.obligations import ObligationRow


def bring_up_to_date(
    house: House, campaign: str | None, unit: str, ref: TaskRef | None, now: datetime, known: Callable[[Connection], object]
) -> None:
    """Do what is due for the unit's obligation (without `ref` for all of its case), as a sweep would; the sweep then finds it done.

    Whoever moves the clock of a rehearsal finds everything done that was due on the way. Raises what is wrong with the names.
    known: raises that; asked before the clock of a rehearsal moves, which for a slip of the pen it must not.
    """
    with house.database.read() as connection:
        rehearsal = facts.is_rehearsal(connection)
    if rehearsal:
        with house.database.write() as connection:
            known(connection)
        sweep(house, now)
        return
    with house.database.write() as connection:
        running = choose(connection, campaign, writing=True)
        at = unit_of(connection, unit)
        if ref is not None:
            _, row = obligation_of(connection, running, at, ref)
            _catch_up(connection, row.case_id, [row], now)
            return
        case = queries.find_case(connection, running.id, at.id)
        if case is not None:
            _catch_up(connection, case.case_id, obligations.of_case(connection, case.case_id), now)


def _catch_up(connection: Connection, case_id: int, rows: Sequence[ObligationRow], now: datetime) -> None:
    """In the order in which it fell due, with the stage moves in between where the sweep makes them."""
    due = sorted(((bell, row.key) for row in rows for bell in sweeping.bells_of(connection, row, now)), key=lambda one: one[0].order)
    for bell, key in due:
        walk_on(connection, case_id, now, bell.at)
        ring(connection, bell, now, 1, key)
    walk_on(connection, case_id, now)


def walk_on(connection: Connection, case_id: int, now: datetime, until: datetime | None = None) -> int | None:
    """Let the case walk on through every window that was open by then (None: by now). Where it came to; None where it stayed."""
    reached = None
    while moves := stage_moves.possible_moves(connection, until or now, case_id):
        stage_moves.move_ready(connection, moves[0], now, 1, case_id)
        reached = moves[0].target
    return reached
