"""A launch costs what is in it: however many units came before, the next one is looked up by itself."""

from __future__ import annotations

from pathlib import Path

from engine.operations import launching
from engine.store.pace import Pace
from tests.bench import campaign
from tests.bench.ground import Ground
from tests.bench.plain import plain
from tests.postgres import Postgres

UNITS = 1_000
_READ = (
    "SELECT relname, sum(idx_tup_read) + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables t WHERE t.relname = i.relname)"
    " FROM pg_stat_user_indexes i WHERE relname IN ('scope', 'cases', 'unit') GROUP BY relname"
)


def test_a_launch_in_many_batches_reads_no_more_of_a_table_than_a_few_rows_a_unit(postgres: Postgres, tmp_path: Path) -> None:
    ground = Ground(where="postgresql", folder=tmp_path, server=postgres)
    url = campaign.prepared(ground, UNITS)
    with plain(url) as connection:
        before = dict(connection.run(_READ))
    with ground.house(url) as house:
        batches = Pace(50, most=50)
        launching.launch(house, None, at=None, name=None, past="owe", by=campaign.ADMIN, now=campaign.LAUNCHED, sure=True, pace=batches)
    with plain(url) as connection:
        rows = {table: int(read - before[table]) for table, read in connection.run(_READ)}
        written = connection.one("SELECT count(*) FROM scope")[0]
    ground.drop(url)
    assert written == UNITS
    # The checks of foreign keys read too: twice twelve owed acts a unit, and their reviewers.
    assert rows["scope"] < 10 * UNITS
    assert rows["cases"] < 40 * UNITS
    assert rows["unit"] < 60 * UNITS
