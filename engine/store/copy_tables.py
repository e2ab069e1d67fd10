"""The tables by which near-copies are found: what was read of every text that counts, its keys, and what was found."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger, String, Table

from engine.store.common import CLUSTERED, metadata
from engine.store.types import Facts, Packed

# A text that others are compared with: gone when it is taken back, or when a newer version takes its place.
sketch = Table(
    "sketch",
    metadata,
    Column("artifact_id", ForeignKey("artifact.id"), primary_key=True, autoincrement=False),
    Column("occurrence_id", ForeignKey("occurrence.id"), nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("subject", Integer, nullable=False),
    Column("item", String(120), nullable=False),
    Column("text", Packed, nullable=False),
    Index("ix_sketch_occurrence", "occurrence_id", "case_id"),
)

# Some forty rows a text, written and deleted with its sketch: a foreign key would be most of what they cost.
fingerprint = Table(
    "fingerprint",
    metadata,
    Column("occurrence_id", Integer, nullable=False),
    Column("key", Integer, nullable=False),
    Column("artifact_id", Integer, nullable=False),
    PrimaryKeyConstraint("occurrence_id", "key", "artifact_id"),
    info=CLUSTERED,
)

# What an artifact has taken over from an earlier one.
near_copy = Table(
    "near_copy",
    metadata,
    Column("artifact_id", ForeignKey("artifact.id"), nullable=False),
    Column("other_id", ForeignKey("artifact.id"), nullable=False, index=True),
    Column("percent", SmallInteger, nullable=False),
    Column("passages", Facts, nullable=False),
    PrimaryKeyConstraint("artifact_id", "other_id"),
)
