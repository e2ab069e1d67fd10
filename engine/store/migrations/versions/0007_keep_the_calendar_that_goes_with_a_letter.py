"""Keep the calendar that goes with a letter beside its text: every attempt sends the same."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("message", sa.Column("calendar", sa.Text(), server_default="", nullable=False))
