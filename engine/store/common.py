"""What the tables have in common: how constraints are named, how paths compare, and for which rows an index is kept."""

from __future__ import annotations

from sqlalchemy import Index, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Paths compare byte by byte on both databases, so that `path >= '0001.' AND path < '0001/'` is the subtree.
PATH = String(400).with_variant(String(400, collation="C"), "postgresql")

# What each database says in its own words is said to it by `schema`: said here, it would load both dialects for every command.
CLUSTERED = {"sqlite_with_rowid": False}
UNSETTLED = {"sqlite_where": "settled = 0", "postgresql_where": "NOT settled"}
WAITING = {"sqlite_where": "state = 0", "postgresql_where": "state = 0"}
CLAIMED = {"sqlite_where": "claim IS NOT NULL", "postgresql_where": "claim IS NOT NULL"}
# An index that one of them has, and the other has not.
ALONE = "alone"
SQLITE_ALONE = {ALONE: "sqlite"}
POSTGRESQL_ALONE = {ALONE: "postgresql"}


def is_of(index: Index, dialect: str) -> bool:
    """Whether a database of that kind has the index."""
    return bool(index.info.get(ALONE, dialect) == dialect)
