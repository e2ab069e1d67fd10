"""What is wrong with a database is one clear error, and a write is whole or not at all."""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, insert, select, text, update

from engine.errors import CampaignError
from engine.store import house
from engine.store import tables as t
from engine.store.database import (
    SCHEMA,
    AddressIsFolder,
    Database,
    NewerDatabase,
    NoDatabase,
    NotOurDatabase,
    OlderDatabase,
    address,
    open_database,
)
from engine.store.failures import DatabaseBusy, DatabaseDamaged, DatabaseDiskFull, DatabaseFailed, DatabaseReadOnly, Unwound
from engine.store.schema import create_database
from tests.store.samples import SETTINGS, Plan, count, launch, occurrence, prepare


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a database of ours."""
    create_database(str(tmp_path / "x.db"), SETTINGS).dispose()
    return tmp_path / "x.db"


def test_there_is_no_database_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match=r"none\.db"):
        open_database(str(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(AddressIsFolder):
        open_database(str(tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"text", id="text"),
        pytest.param("名册\n".encode() * 1000, id="roster"),
        pytest.param(b"SQLite format 3\0" + bytes(500), id="head only"),
        pytest.param(random.Random(1).randbytes(5000), id="noise"),
    ],
)
def test_a_file_that_is_no_database_is_called_so_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.docx").write_bytes(content)
    with pytest.raises(NotOurDatabase):
        open_database(str(tmp_path / "x.docx"))
    assert (tmp_path / "x.docx").read_bytes() == content


def test_a_database_of_another_program_is_called_so_and_left_as_it_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.executescript("CREATE TABLE theirs (x); CREATE TABLE setting (key, value); INSERT INTO setting VALUES ('schema', '7')")
    connection.close()
    before = (tmp_path / "x.db").read_bytes()
    with pytest.raises(NotOurDatabase):
        open_database(str(tmp_path / "x.db"))
    assert (tmp_path / "x.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]


def _neighbour(distance: int) -> str:
    """A version next to that of this program."""
    return f"{int(SCHEMA) + distance:04}"


@pytest.mark.parametrize(
    ("schema", "error"),
    [("0000", OlderDatabase), (_neighbour(-1), OlderDatabase), (_neighbour(1), NewerDatabase), (None, NotOurDatabase)],
)
def test_a_database_of_another_version_is_not_used(
    copied_database: Callable[[Callable[[str], None]], str], schema: str | None, error: type[CampaignError]
) -> None:
    url = copied_database(prepare)
    database = Database(address(url))
    with database.write() as connection:
        if schema is None:
            connection.execute(t.setting.delete().where(t.setting.c.key == "schema"))
        else:
            house.write_setting(connection, "schema", schema)
    database.dispose()
    with pytest.raises(error):
        open_database(url)


def test_an_empty_server_is_not_ours(postgres_url: str) -> None:
    with pytest.raises(NotOurDatabase):
        open_database(postgres_url)


def test_a_database_the_server_does_not_have_is_called_missing(postgres_url: str) -> None:
    with pytest.raises(NoDatabase):
        open_database(postgres_url.replace("/test_", "/none_"))


def test_a_server_that_cannot_be_reached_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFailed) as caught:
        open_database(f"postgresql://me:geheim@/x?host={tmp_path}&connect_timeout=2")
    said = caught.value.say("zh") + caught.value.say("en")
    assert "geheim" not in said and "\n" not in said and str(tmp_path) in said


@contextmanager
def an_ordinary_user() -> Iterator[Path]:
    """A folder of a user whom permissions hold back, as they do not hold back root, and the block in that user's name."""
    with tempfile.TemporaryDirectory() as name:
        folder, me = Path(name), os.geteuid()
        if me == 0:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(me)


@pytest.mark.parametrize("locked", ["x.db", "."])
def test_what_may_only_be_read_says_so_when_it_is_written(locked: str) -> None:
    with an_ordinary_user() as folder:
        create_database(str(folder / "x.db"), SETTINGS).dispose()
        (folder / locked).chmod(0o500)
        with pytest.raises(DatabaseReadOnly, match=r"x\.db") as caught:
            write_something(folder / "x.db")
        assert caught.value.say("zh")
        for path in (folder, *folder.iterdir()):
            path.chmod(0o700)
        write_something(folder / "x.db")


def write_something(file: Path) -> None:
    opened = open_database(str(file))
    try:
        with opened.write() as connection:
            house.write_setting(connection, "office", "写")
    finally:
        opened.dispose()


def test_a_folder_that_may_only_be_read_gets_no_database() -> None:
    with an_ordinary_user() as folder:
        folder.chmod(0o500)
        with pytest.raises(DatabaseReadOnly):
            create_database(str(folder / "x.db"), SETTINGS)


def test_a_full_disk_undoes_all_of_the_write_and_says_so(tmp_path: Path) -> None:
    prepare(f"sqlite:///{tmp_path / 'x.db'}")
    database = open_database(str(tmp_path / "x.db"))
    with database.write() as connection:
        launch(connection, Plan(occurrences=[occurrence("总结")]))
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        before = [count(connection, table) for table in t.metadata.sorted_tables]
    with pytest.raises(DatabaseDiskFull, match="Make room"), database.write() as connection:
        for number in range(100):
            launch(connection, Plan(occurrences=[occurrence("总结"), occurrence("方案")]), f"活动{number}")
    with database.read() as connection:
        assert [count(connection, table) for table in t.metadata.sorted_tables] == before
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        launch(connection, Plan(occurrences=[occurrence("总结")]), "二")
    database.dispose()


class Slip(Exception):
    """Any error of the program itself."""


@pytest.mark.parametrize("error", [Slip, KeyboardInterrupt, NoDatabase])
def test_an_error_undoes_all_of_the_write(database: Database, error: type[BaseException]) -> None:
    with pytest.raises(error), database.write() as connection:
        connection.execute(insert(t.setting).values(key="a", value="b"))
        connection.execute(t.tenure.delete())
        raise error
    with database.read() as connection:
        assert house.read_setting(connection, "a") is None
        assert count(connection, t.tenure) == 8


def test_a_statement_that_fails_undoes_all_of_the_write(database: Database) -> None:
    with pytest.raises(DatabaseFailed) as caught, database.write() as connection:
        connection.execute(t.tenure.delete())
        connection.execute(insert(t.setting).values(key="kind", value="twice"))
    assert "\n" not in caught.value.say("zh")
    with database.read() as connection:
        assert count(connection, t.tenure) == 8


def test_what_nobody_is_may_not_be_spoken_of(database: Database) -> None:
    with pytest.raises(DatabaseFailed), database.write() as connection:
        connection.execute(insert(t.tenure).values(unit_id=1, post="书记", person_id=999))


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.read() as reader:
        assert count(reader, t.setting) == 4
        with database.write() as writer:
            writer.execute(insert(t.setting).values(key="a", value="b"))
        assert count(reader, t.setting) == 4
    with database.read() as reader:
        assert count(reader, t.setting) == 5


def test_a_reader_has_fixed_its_state_before_its_first_question(database: Database) -> None:
    with database.read() as reader:
        with database.write() as writer:
            writer.execute(insert(t.setting).values(key="a", value="b"))
        first = count(reader, t.setting)
        with database.write() as writer:
            writer.execute(insert(t.setting).values(key="c", value="d"))
        assert count(reader, t.setting) == first


def test_a_reader_on_a_server_cannot_write_by_mistake(postgres_url: str) -> None:
    prepare(postgres_url)
    database = open_database(postgres_url)
    with pytest.raises(DatabaseFailed, match="read-only"), database.read() as connection:
        connection.execute(t.tenure.delete())
    with database.write() as connection:
        connection.execute(t.tenure.delete())
    database.dispose()


def test_whoever_waits_too_long_for_another_writer_is_told_that_it_is_busy(database: Database) -> None:
    impatient = Database(database.url, patience=0.05)
    with database.write() as holding:
        holding.execute(insert(t.setting).values(key="a", value="b"))
        with pytest.raises(DatabaseBusy) as caught, impatient.write():
            raise AssertionError("two writers at once")
        with impatient.read() as reader:
            assert count(reader, t.setting) == 4
    assert isinstance(caught.value, CampaignError) and caught.value.say("zh")
    with impatient.write() as connection:
        assert count(connection, t.setting) == 5
    impatient.dispose()


def add_one(database: Database, times: int) -> None:
    for _ in range(times):
        with database.write() as connection:
            value = int(house.read_setting(connection, "office") or 0)
            house.write_setting(connection, "office", str(value + 1))


def test_threads_that_read_then_write_lose_nothing(database: Database) -> None:
    with database.write() as connection:
        connection.execute(update(t.setting).where(t.setting.c.key == "office").values(value="0"))
    threads = [Thread(target=add_one, args=(database, 25)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert house.read_setting(connection, "office") == "100"


def test_everything_is_kept_as_the_promise_says(file: Path) -> None:
    database = open_database(str(file))
    with database.write() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_nothing_is_written_before_the_first_word_of_a_write(database: Database) -> None:
    with database.write() as connection:
        assert connection.execute(select(func.count()).select_from(t.event)).scalar_one() == 0
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_transaction_that_ends_on_purpose_has_no_file_examined(tmp_path: Path) -> None:
    """Or every preview and every dry run would read the whole of it."""
    database = damaged(tmp_path / "campaign.db")
    with pytest.raises(Unwound), database.write():
        raise Unwound
    with pytest.raises(DatabaseDamaged), database.write():
        raise KeyError
    database.dispose()


def damaged(file: Path) -> Database:
    """A database two pages of which have changed places: each is sound, and neither is where it belongs."""
    database = create_database(str(file), SETTINGS)
    with database.write() as connection:
        connection.execute(insert(t.setting), [{"key": f"k{number:04}", "value": "x" * 100} for number in range(200)])
    database.dispose()
    content = file.read_bytes()
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    pages[-1], pages[-2] = pages[-2], pages[-1]
    file.write_bytes(b"".join(pages))
    return open_database(str(file))
