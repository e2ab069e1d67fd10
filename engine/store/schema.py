"""Making a database, and comparing it with the tables. Alembic is loaded here only: no other command pays for it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, insert, inspect

from engine.store import tables
from engine.store.database import SCHEMA, Database, DatabaseExists, address, shown

_MIGRATIONS = Path(__file__).parent / "migrations"


def create_database(text: str, settings: dict[str, str]) -> Database:
    """A new, empty database at that address with these settings. Raises DatabaseExists where anything is there already."""
    url = address(text)
    where = shown(url)
    if url.drivername == "sqlite" and Path(url.database or "").exists():
        raise DatabaseExists(where=where)
    database = Database(url)
    with database.write() as connection:
        if inspect(connection).get_table_names():
            raise DatabaseExists(where=where)
        migrate(connection)
        rows = [{"key": key, "value": value} for key, value in {**settings, "schema": SCHEMA}.items()]
        connection.execute(insert(tables.setting), rows)
    if url.drivername == "sqlite":
        Path(url.database or "").chmod(0o600)
    return database


def migrate(connection: Connection) -> None:
    """Bring the schema to the newest version within the caller's transaction."""
    command.upgrade(_config(connection), "head")


def differences(engine: Engine) -> list[object]:
    """What alembic would change to make the database equal to the tables: nothing, if the migrations are true."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), tables.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
