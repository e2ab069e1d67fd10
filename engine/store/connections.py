"""Connections kept at hand between two transactions: taking one from the pool and giving it back costs as much as two statements."""

from __future__ import annotations

import select
import time
from typing import Any, cast

from sqlalchemy import Connection, Engine

# Seconds for which one that was just used is taken again without asking the server whether it is still there.
_FRESH = 1.0


class Connections:
    """Those of one engine. Whoever takes one gives it back; one on which something went wrong is closed instead."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[tuple[Connection, float]] = []

    def give_back(self, connection: Connection) -> None:
        """For whoever takes one next. Its transaction has ended well."""
        self._idle.append((connection, time.monotonic()))

    def take(self) -> Connection:
        """A connection without a transaction, for one thread at a time."""
        while (idle := self._pop()) is not None:
            connection, since = idle
            if time.monotonic() - since < _FRESH and _is_there(connection):
                return connection
            connection.close()
        return self._engine.connect()

    def _pop(self) -> tuple[Connection, float] | None:
        # Asking first whether there is one would leave room for another thread.
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def close(self) -> None:
        """Give all of them back to the pool."""
        while (idle := self._pop()) is not None:
            idle[0].close()


def _is_there(connection: Connection) -> bool:
    """Whether the server has not said goodbye since: whatever it says unasked lies there to be read. A file says nothing."""
    if connection.dialect.name == "sqlite":
        return True
    told = select.poll()
    told.register(cast(Any, connection.connection.driver_connection).fileno(), select.POLLIN)
    return not told.poll(0)
