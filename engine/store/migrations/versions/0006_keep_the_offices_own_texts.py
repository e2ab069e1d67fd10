"""Keep the office's own mail templates with the version of the workflow that they were loaded with."""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("workflow", sa.Column("texts", engine.store.types.Facts(), server_default="{}", nullable=False))
