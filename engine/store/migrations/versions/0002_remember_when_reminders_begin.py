"""Remember when the reminders of a deadline begin; find persons by name; drop two columns that nobody read."""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("deadline", sa.Column("told_from", engine.store.types.Instant(), nullable=True))
    op.create_index(op.f("ix_person_name"), "person", ["name"], unique=False)
    # Both databases drop a column in place; a table made anew would take along whatever refers to it.
    op.execute("ALTER TABLE cases DROP COLUMN visit")
    op.execute("ALTER TABLE campaign DROP COLUMN swept_at")
