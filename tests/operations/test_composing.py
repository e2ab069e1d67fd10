"""Letters are written a few at a time: nobody waits long for the one who writes them, and whoever is killed has lost little."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import Connection, event, func, select

from engine.operations.composing import PERSONS_A_BATCH
from engine.store import tables as t
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING


def test_no_transaction_writes_more_than_a_few_letters(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING, who="wide"))
    world.sweep(w.at(5, 24, 9))
    written = [0]

    def count(connection: Connection) -> None:
        written.append(connection.execute(select(func.count()).select_from(t.message)).scalar_one())

    event.listen(world.house.database.engine, "commit", count)
    assert world.deliver(w.at(5, 24, 9)).composed == written[-1] == 11
    assert max(after - before for before, after in pairwise(written)) <= PERSONS_A_BATCH <= 5
