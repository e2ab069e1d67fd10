"""A process that does one thing to a database and, if it is told to, kills itself at the n-th place where it could have died."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event

from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store.database import Connection, Database, address
from tests.crashes.mailbox import Mailbox
from tests.crashes.stories import STORIES
from tests.operations.world import World

CHANGES = {"open", "os.rename", "os.remove", "os.mkdir"}


@dataclass
class Points:
    """The places passed so far. At the `fatal`-th one the process is no more."""

    fatal: int | None
    passed: list[str] = field(default_factory=list)

    def reach(self, where: str) -> None:
        """We are at a place where a process can die."""
        self.passed.append(where)
        if len(self.passed) == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Database):
    """A database on which every commit, just done, is a place."""

    def __init__(self, url: str, points: Points) -> None:
        super().__init__(address(url))
        self._points = points

    @contextmanager
    def write(self, *, beside: bool = False, few: bool = False) -> Iterator[Connection]:
        """As of any database."""
        with super().write(beside=beside, few=few) as connection:
            yield connection
        self._points.reach("committed")


def watch(points: Points, database: Database, folder: Path) -> None:
    """Every statement, every commit still to be done, and everything done to the files in that folder is a place."""
    event.listen(database.engine, "before_cursor_execute", lambda *_: points.reach("statement"))
    event.listen(database.engine, "commit", lambda _: points.reach("commit"))

    # What cannot be listened to is heard where the interpreter itself reports it; the process does not outlive its story.
    sys.addaudithook(lambda name, values: points.reach(name) if _changes(name, values, str(folder)) else None)


def _changes(name: str, values: tuple[Any, ...], folder: str) -> bool:
    """Whether that is something done to files in the vault, or to those by which senders claim."""
    if name == "open" and not (values[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        return False
    ours = str(values[0]).startswith(folder) or "-sender" in str(values[0]) if values else False
    return name == "fcntl.flock" or (name in CHANGES and ours)


def live(story: str, url: str, folder: Path, fatal: int | None) -> None:
    """Do what the story says and write down which places were passed. What is refused is no matter: it may have been done before."""
    points = Points(fatal)
    database = Mortal(url, points)
    mailbox = Mailbox(folder / "mailbox", points.reach)
    world = World(house=House(database=database, vault=Vault(folder / "files")), folder=folder, channel=mailbox)
    watch(points, database, folder / "files")
    refused = ""
    try:
        STORIES[story].act(world)
    except CampaignError as error:
        refused = type(error).__name__
    passed = list(points.passed)
    database.dispose()
    (folder / "passed").write_text(json.dumps({"passed": passed, "refused": refused}))
