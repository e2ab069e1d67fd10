"""Prepared statements do what Core does: the same rows of the same types, the same errors, and whoever listens hears of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.store import prepared
from engine.store import tables as t
from engine.store.database import Database

NOW = datetime(2030, 3, 2, 8, tzinfo=UTC)
_WRITE = insert(t.event).inline()
_READ = select(t.event).where(t.event.c.recorded_at <= bindparam("now", type_=t.event.c.recorded_at.type)).order_by(t.event.c.id)
_FORCE = update(t.event).where(t.event.c.kind == bindparam("of_kind")).values(forced=True)
_LINE = {"kind": "loaded", "recorded_at": NOW, "subject": 0, "forced": False, "data": {"说": "办"}}


def test_rows_come_back_as_core_reads_them(database: Database) -> None:
    with database.write() as connection:
        assert prepared.change(connection, _WRITE, _LINE) == 1
        ours, cores = prepared.found(connection, _READ, {"now": NOW}), connection.execute(_READ, {"now": NOW}).all()
    assert [row._asdict() for row in ours] == [row._asdict() for row in cores]
    assert (ours[0].recorded_at, ours[0].data, ours[0].forced) == (NOW, {"说": "办"}, False)


def test_many_rows_are_written_at_once_and_none_for_none(database: Database) -> None:
    with database.write() as connection:
        prepared.change_many(connection, _WRITE, [{**_LINE, "kind": kind} for kind in ("一", "二", "二")])
        prepared.change_many(connection, _WRITE, [])
        assert prepared.change(connection, _FORCE, {"of_kind": "二"}) == 2
        assert [row.forced for row in prepared.found(connection, _READ, {"now": NOW})] == [False, True, True]


def test_an_error_of_the_driver_is_the_error_that_core_raises(database: Database) -> None:
    with database.engine.connect() as connection, pytest.raises(IntegrityError), connection.begin():
        prepared.change(connection, _WRITE, {**_LINE, "kind": None})


def test_a_value_that_is_not_given_is_not_taken_for_nothing(database: Database) -> None:
    with database.read() as connection, pytest.raises(AssertionError):
        prepared.found(connection, _READ, {})


def test_values_for_a_list_are_given_one_by_one(database: Database) -> None:
    kinds = ("一", "三")
    query = select(t.event.c.kind).where(t.event.c.kind.in_(prepared.places(len(kinds)))).order_by(t.event.c.kind)
    with database.write() as connection:
        prepared.change_many(connection, _WRITE, [{**_LINE, "kind": kind} for kind in ("一", "二", "三")])
        assert {row.kind for row in prepared.found(connection, query, prepared.listed(kinds))} == set(kinds)


def test_whoever_listens_hears_of_every_statement(database: Database) -> None:
    heard: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    with database.write() as connection:
        before = len(heard)
        prepared.change(connection, _WRITE, _LINE)
        prepared.found(connection, _READ, {"now": NOW})
    assert [text.split(maxsplit=1)[0] for text in heard[before:]] == ["INSERT", "SELECT"]


@pytest.mark.parametrize("core", [False, True], ids=["driver", "core"])
def test_a_transaction_ends_well_whether_or_not_core_knows_of_it(database: Database, core: bool) -> None:
    ended: list[object] = []
    event.listen(database.engine, "commit", ended.append)
    with database.write() as connection:
        prepared.change(connection, _WRITE, _LINE)
        if core:
            connection.execute(insert(t.event).values(_LINE))
    assert len(ended) == 1
    with database.read() as connection:
        assert len(prepared.found(connection, _READ, {"now": NOW})) == 1 + core


@pytest.mark.parametrize("core", [False, True], ids=["driver", "core"])
def test_of_a_transaction_that_ends_badly_nothing_is_kept(database: Database, core: bool) -> None:
    with pytest.raises(LookupError), database.write() as connection:
        prepared.change(connection, _WRITE, _LINE)
        if core:
            connection.execute(insert(t.event).values(_LINE))
        raise LookupError
    with database.write() as connection:
        assert prepared.found(connection, _READ, {"now": NOW}) == []
