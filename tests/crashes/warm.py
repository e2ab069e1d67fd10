"""Loaded by the process off which others are forked: it has done once what they will do, so that they find every statement compiled."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store.database import Database, address
from tests.operations import world as w
from tests.operations.files import SPRING


def do_once() -> None:
    """A small campaign on SQLite, launched, swept and told of. Of it nothing is left but what has been compiled."""
    with TemporaryDirectory(prefix="campaign-warm-") as folder:
        w.launched(SPRING)(f"sqlite:///{folder}/campaign.db")
        database = Database(address(f"{folder}/campaign.db"), durable=False)
        world = w.World(house=House(database=database, vault=Vault(Path(folder) / "files")), folder=Path(folder))
        world.act("S", "动员会", w.at(5, 20))
        world.go(w.at(5, 30, 10))
        world.chase("S", w.at(6, 2))
        world.go(w.at(6, 2, 10))
        database.dispose()


do_once()
