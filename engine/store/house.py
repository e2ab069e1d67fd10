"""Facts about the whole database: what kind it is, who the campaign office is, and persons who act."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, delete, select, text, update

from engine.store import prepared
from engine.store.tables import person, setting

# Where the key stands by which letters that answer us are told from any others. Whoever knows it can put anybody on the digest.
MAIL_KEY = "mail_key"
_NEW_SETTING = text("INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
_NEW_OPERATOR = text("INSERT INTO person (key, name) VALUES (:key, :name) ON CONFLICT (key) DO NOTHING")


def read_setting(connection: Connection, key: str) -> str | None:
    """The value kept under that key; None where there is none."""
    found = prepared.found(connection, _setting(), {"wanted": key})
    return found[0].value if found else None


@cache
def _setting() -> Select[Any]:
    return select(setting.c.value).where(setting.c.key == bindparam("wanted"))


def write_setting(connection: Connection, key: str, value: str) -> None:
    """Keep a value under a key."""
    if prepared.change(connection, _changing(), {"wanted": key, "to": value}) == 0:
        # Another process may be doing the same at this very moment.
        connection.execute(_NEW_SETTING, {"key": key, "value": value})


@cache
def _changing() -> Update:
    return update(setting).where(setting.c.key == bindparam("wanted")).values(value=bindparam("to"))


def forget_setting(connection: Connection, key: str) -> None:
    """Keep nothing under that key."""
    connection.execute(delete(setting).where(setting.c.key == key))


def settings_of(connection: Connection, kind: str) -> tuple[tuple[str, str], ...]:
    """The settings (key, value) whose keys begin so, in the order of the keys."""
    query = select(setting.c.key, setting.c.value).where(setting.c.key.startswith(kind, autoescape=True)).order_by(setting.c.key)
    return tuple((row.key, row.value) for row in connection.execute(query))


def is_rehearsal(connection: Connection) -> bool:
    """Whether this database was made for rehearsing, so that it takes a virtual `now` and never mails."""
    return read_setting(connection, "kind") == "rehearsal"


def is_operator(connection: Connection, name: str) -> bool:
    """Whether somebody has acted under that name without standing in the roster."""
    return _operator(connection, name) is not None


def operator_id(connection: Connection, name: str) -> int:
    """The id of somebody who acts without standing in the roster (the administrator), kept under the name given with --as."""
    found = _operator(connection, name)
    if found is None:
        # Somebody else may be acting under that name for the first time at this very moment.
        connection.execute(_NEW_OPERATOR, {"key": f"operator:{name}", "name": name})
        found = _operator(connection, name)
    assert found is not None
    return found


def _operator(connection: Connection, name: str) -> int | None:
    found = prepared.found(connection, _by_key(), {"wanted": f"operator:{name}"})
    return int(found[0].id) if found else None


@cache
def _by_key() -> Select[Any]:
    return select(person.c.id).where(person.c.key == bindparam("wanted"))
