"""Say who has a message in hand."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("message", sa.Column("claim", sa.Integer(), nullable=True))
