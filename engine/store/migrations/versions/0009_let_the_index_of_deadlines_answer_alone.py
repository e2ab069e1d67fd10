"""Let SQLite's index of deadlines answer alone what is unsettled: it looked at each obligation for what the index itself is kept for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index("ix_obligation_deadline", "obligation")
    unsettled = sa.text("settled = 0")
    op.create_index("ix_obligation_deadline_settled", "obligation", ["deadline_id", "case_id", "settled"], sqlite_where=unsettled)
