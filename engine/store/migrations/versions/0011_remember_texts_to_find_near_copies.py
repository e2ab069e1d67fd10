"""Remember what was read of every text, by what it is found again, and what was found to be nearly the same."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0011"
down_revision = "0010"

_CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "sketch",
        sa.Column("artifact_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=120), nullable=False),
        sa.Column("text", engine.store.types.Packed(), nullable=False),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifact.id"], name=op.f("fk_sketch_artifact_id_artifact")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sketch_case_id_cases")),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_sketch_occurrence_id_occurrence")),
        sa.PrimaryKeyConstraint("artifact_id", name=op.f("pk_sketch")),
    )
    op.create_index("ix_sketch_occurrence", "sketch", ["occurrence_id", "case_id"], unique=False)
    op.create_table(
        "fingerprint",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("occurrence_id", "key", "artifact_id", name=op.f("pk_fingerprint")),
        **_CLUSTERED,
    )
    op.create_table(
        "near_copy",
        sa.Column("artifact_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column("passages", engine.store.types.Facts(), nullable=False),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifact.id"], name=op.f("fk_near_copy_artifact_id_artifact")),
        sa.ForeignKeyConstraint(["other_id"], ["artifact.id"], name=op.f("fk_near_copy_other_id_artifact")),
        sa.PrimaryKeyConstraint("artifact_id", "other_id", name=op.f("pk_near_copy")),
    )
    op.create_index(op.f("ix_near_copy_other_id"), "near_copy", ["other_id"], unique=False)
