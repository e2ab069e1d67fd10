"""Keep what is entered in the fields of a form beside the files that are handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("artifact", sa.Column("content", sa.Text(), server_default="{}", nullable=False))
