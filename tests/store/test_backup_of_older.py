"""A backup that an older program made comes back with the tables of today, and everything that was in it."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from engine.operations.backup import restore
from engine.operations.backup_reading import ArchiveDamaged, Manifest, Member
from engine.store.archive import CopyUnsound
from engine.store.schema import VERSION_TABLE
from tests.store.test_upgrade import ROWS, expect_as_today, first_tables


def backup_of_the_first_program(folder: Path, more: str = "SELECT 1", **counts: int) -> Path:
    """A backup as the first program made it: tables, rows, a manifest that counts them. more: a statement; counts: those told wrongly."""
    file = folder / "database.sqlite"
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        first_tables(connection)
        for row in (*ROWS, more):
            connection.execute(text(row))
        names = [name for name in inspect(connection).get_table_names() if name != VERSION_TABLE]
        tables = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}
    engine.dispose()
    content = file.read_bytes()
    member = Member(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    made_at = datetime(2030, 1, 12, tzinfo=UTC)
    manifest = Manifest(
        made_at=made_at, db_schema="0001", kind="live", tables=tables | counts, members={"database.sqlite": member}, missing=()
    )
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        archive.write(file, "database.sqlite")
        archive.writestr("manifest.json", manifest.text())
    return folder / "old.zip"


@pytest.fixture
def target(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where to restore to."""
    return str(tmp_path / "restored.db") if backend == "sqlite" else str(request.getfixturevalue("postgres_url"))


def test_a_backup_of_an_older_program_is_upgraded_on_its_way_back(target: str, tmp_path: Path) -> None:
    report = restore(backup_of_the_first_program(tmp_path), target, tmp_path / "files")
    assert report.older
    expect_as_today(target)


def test_a_backup_whose_tables_are_of_no_program_is_refused(tmp_path: Path) -> None:
    archive = backup_of_the_first_program(tmp_path, more=f"UPDATE {VERSION_TABLE} SET version_num = '8888'")
    with pytest.raises(CopyUnsound):
        restore(archive, str(tmp_path / "restored.db"), tmp_path / "files")
    assert not (tmp_path / "restored.db").exists() and not (tmp_path / "files").exists()


def test_a_backup_of_an_older_program_with_other_rows_than_it_says_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveDamaged):
        restore(backup_of_the_first_program(tmp_path, cases=2), str(tmp_path / "restored.db"), tmp_path / "files")
    assert not (tmp_path / "restored.db").exists()
