"""Several processes on one database: nothing is lost, nothing is counted twice, nobody is told that it is locked."""

from __future__ import annotations

from sqlalchemy import func, select

from engine.machine.states import ObligationState
from engine.store import house
from engine.store import tables as t
from engine.store.database import Database
from tests.counts import wrong_counts
from tests.forks import together
from tests.store.samples import ALL, Plan, all_finished, count, day, launch, occurrence, stage, sweep

# Each waits until all are there, so that they do get into each other's way.
COMMON = """
from engine.machine.states import ObligationState as S
from engine.store import house
from engine.store.database import open_database
from tests.store.samples import ALL, BRANCHES, day, row, settle, sweep
database = open_database(address)
everybody.wait()
"""

ADDING = """
for _ in range(60):
    with database.write() as connection:
        value = int(house.read_setting(connection, "office"))
        house.write_setting(connection, "office", str(value + 1))
    with database.read() as connection:
        assert int(house.read_setting(connection, "office")) > value
"""

# The two states in turn, read before they are written: done twice at a time they would be counted twice. At no time before that of
# the sweeps: time never goes back.
STEPPING = """
for number in range(8):
    for code in BRANCHES:
        with database.write() as connection:
            now = row(connection, 1, code, "总结").state
            settle(connection, 1, code, "总结", S.RETURNED if now is S.ACCEPTED else S.ACCEPTED, day(70))
"""

SWEEPING = """
for when in range(0, 70):
    sweep(database, day(when), size=2)
"""

OPENING = """
for _ in range(40):
    opened = open_database(address)
    with opened.read() as connection:
        house.read_setting(connection, "office")
    opened.dispose()
"""


def complaints(database: Database, *scripts: str) -> list[str]:
    """Run scripts at the same time, each in a process of its own; what they complained of."""
    return together(database.url.render_as_string(hide_password=False), *(COMMON + script for script in scripts))


def test_processes_that_read_then_write_lose_nothing(database: Database) -> None:
    with database.write() as connection:
        house.write_setting(connection, "office", "0")
    assert complaints(database, ADDING, ADDING, OPENING) == []
    with database.read() as connection:
        assert house.read_setting(connection, "office") == "120"


def test_steps_and_sweeps_of_several_processes_leave_true_counts(database: Database) -> None:
    with database.write() as connection:
        campaign = launch(connection, Plan(occurrences=[occurrence("总结"), occurrence("展示", stage=1, opens_at=day(9))]))
    sweep(database, day(2))
    assert complaints(database, STEPPING, STEPPING, SWEEPING) == []
    with database.read() as connection:
        assert wrong_counts(connection, campaign) == []
        missing = connection.execute(select(func.min(t.progress.c.missing), func.max(t.progress.c.missing))).one()
        assert tuple(missing) in [(0, 1), (1, 1)]


def test_sweeping_by_several_processes_does_everything_once(database: Database) -> None:
    rungs = [(number, 0, day(3 + number)) for number in range(10)]
    stages = (stage(0), stage(1))
    with database.write() as connection:
        campaign = launch(connection, Plan(occurrences=[occurrence("总结", rungs=rungs, lock_at=day(14))], scopes={0: ALL}, stages=stages))
    assert complaints(database, *[SWEEPING] * 3) == []
    with database.read() as connection:
        assert count(connection, t.notice) == len(rungs) * len(ALL)
        assert count(connection, t.obligation, t.obligation.c.state == ObligationState.LAPSED) == len(ALL)
        assert count(connection, t.event, t.event.c.kind == "moved") == len(ALL)
        told = connection.execute(select(t.event).where(t.event.c.kind == "reminded")).all()
        assert sum(line.data["count"] for line in told) == len(rungs) * len(ALL)
        assert not all_finished(connection, campaign)
        assert wrong_counts(connection, campaign) == []
