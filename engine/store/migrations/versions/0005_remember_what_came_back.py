"""Remember what came back about a letter, what it answers and when it may go, and who wants a digest only."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0005"
down_revision = "0004"

_OPEN: dict[str, Any] = {"sqlite_where": sa.text("settled = 0"), "postgresql_where": sa.text("NOT settled")}
_WAITING: dict[str, Any] = {"sqlite_where": sa.text("state = 0"), "postgresql_where": sa.text("state = 0")}
_CLAIMED: dict[str, Any] = {"sqlite_where": sa.text("claim IS NOT NULL"), "postgresql_where": sa.text("claim IS NOT NULL")}
# What stands behind the @, as each database finds it.
_DOMAIN = {"sqlite": "lower(substr(address, instr(address, '@') + 1))", "postgresql": "lower(split_part(address, '@', 2))"}
_setting = sa.table("setting", sa.column("key"), sa.column("value"))


def upgrade() -> None:
    op.add_column("person", sa.Column("digest", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("message", sa.Column("turn", sa.SmallInteger(), server_default="1", nullable=False))
    op.add_column("message", sa.Column("domain", sa.String(length=255), server_default="", nullable=False))
    op.add_column("message", sa.Column("answers", sa.Text(), server_default="", nullable=False))
    op.add_column("message", sa.Column("digest", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attempt", sa.Column("domain", sa.String(length=255), server_default="", nullable=False))
    op.drop_index("ix_message_waiting", "message")
    op.create_index("ix_message_waiting", "message", ["turn", "next_try_at"], unique=False, **_WAITING)
    op.create_index("ix_message_claim", "message", ["claim"], unique=False, **_CLAIMED)
    op.create_index("ix_attempt_at", "attempt", ["at"], unique=False)
    op.create_index("ix_attempt_domain", "attempt", ["domain", "at"], unique=False)
    _add_reports()
    connection = op.get_bind()
    op.execute(f"UPDATE message SET domain = {_DOMAIN[connection.dialect.name]} WHERE state = 0")
    # A new database is given its own when it is filled.
    if connection.execute(sa.select(sa.func.count()).select_from(_setting)).scalar_one():
        connection.execute(sa.insert(_setting).values(key="mail_key", value=secrets.token_hex(16)))


def _add_reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", engine.store.types.Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_report_message_id_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("source", name=op.f("uq_report_source")),
    )
    op.create_index(op.f("ix_report_message_id"), "report", ["message_id"], unique=False)
    op.create_index(op.f("ix_report_person_id"), "report", ["person_id"], unique=False)
    op.create_index("ix_report_open", "report", ["message_id"], unique=False, **_OPEN)
