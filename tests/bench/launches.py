"""Launch. Plain: the very rows that our launch wrote, with the same indexes and foreign keys, in one durable transaction:
executemany on SQLite, COPY on PostgreSQL. The plain driver is handed the finished rows: deciding who owes what is only in ours, as
are reading the tree, the counts and the vacant seats of the report, and the first sweep.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.store import tables as t
from tests.bench import campaign
from tests.bench.figures import Figure, Limit
from tests.bench.ground import Effort, Ground, seconds
from tests.bench.plain import Plain, plain

WRITTEN = (
    t.campaign, t.stage, t.occurrence, t.scope, t.dependency, t.deadline, t.agenda, t.cases, t.obligation, t.progress, t.tally, t.ready,
    t.event,
)  # fmt: skip
LIMITS = {"sqlite": 1.0, "postgresql": 1.5}


def launches(ground: Ground, prepared: str, units: int, effort: Effort) -> tuple[Figure, str]:
    """The figure, and a database in which the campaign has been launched."""
    ours, baseline, launched, written = [], [], "", 0
    for _ in range(effort.runs):
        if launched:
            ground.drop(launched)
        launched = ground.copy(prepared)
        with ground.house(launched) as house:
            ours.append(seconds(partial(campaign.launch, house)))
        cost, written = _plain(ground, prepared, launched)
        baseline.append(cost)
    figure = Figure(
        what="launch",
        where=ground.where,
        size=units,
        ours=tuple(ours),
        plain=tuple(baseline),
        limit=Limit(bound=LIMITS[ground.where]),
        notes={"rows": written},
    )
    return figure, launched


def _plain(ground: Ground, prepared: str, launched: str) -> tuple[float, int]:
    """Seconds and rows."""
    target = ground.copy(prepared)
    with plain(launched) as source, plain(target) as sink:
        cost = _write(source, sink)
    ground.drop(target)
    return cost


def _write(source: Plain, sink: Plain) -> tuple[float, int]:
    """Everything in one transaction; only writing is timed, not reading what is to be written."""
    spent, written = 0.0, 0
    spent += seconds(lambda: sink.cursor.execute("BEGIN IMMEDIATE" if sink.sqlite else "BEGIN"))
    known = sink.one("SELECT coalesce(max(id), 0) FROM event")[0]
    for table, columns, rows in _rows(source, known):
        spent += seconds(partial(sink.load, table, columns, rows))
        written += len(rows)
    return spent + seconds(lambda: sink.run("COMMIT")), written


def _rows(source: Plain, known_events: int) -> Iterator[tuple[str, list[str], list[tuple[object, ...]]]]:
    for table in WRITTEN:
        columns = [column.name for column in table.columns]
        fresh = f" WHERE id > {known_events}" if table is t.event else ""
        named = ", ".join(f'"{column}"' for column in columns)
        for rows in source.read(f"SELECT {named} FROM {table.name}{fresh}"):
            yield table.name, columns, list(map(tuple, rows))
