"""Remember by which channels somebody is told, and by what she is called there."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("person", sa.Column("channels", sa.Text(), server_default="", nullable=False))
    op.add_column("message", sa.Column("contact", sa.String(length=80), server_default="", nullable=False))
