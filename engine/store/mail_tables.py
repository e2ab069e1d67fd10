"""The tables of what became of messages: every attempt to send one, and whatever came back."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store.common import UNSETTLED, metadata
from engine.store.types import Instant

attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("message.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("domain", String(255), nullable=False, server_default=""),
    Index("ix_attempt_at", "at"),
    Index("ix_attempt_domain", "domain", "at"),
)

# What came back about a message.  source: the mail that said so, which counts once.  dead: no letter reaches that address.
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), nullable=False, unique=True),
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("at", Instant, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("words", Text, nullable=False),
    Column("dead", Boolean, nullable=False),
    Column("settled", Boolean, nullable=False),
    Index("ix_report_open", "message_id", info=UNSETTLED),
)
