"""Whether rows stand in another table, asked for each row of a batch.

EXISTS is a join to PostgreSQL: without statistics, or with those of another campaign, it may read the whole other table for every row.
What is asked for in brackets is looked up by the key it names, and for one row only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select


def is_there(rows: Select[Any]) -> ColumnElement[bool]:
    """Whether there is any of these rows. rows: one column of them that is never null, correlated as it is to be."""
    return rows.limit(1).scalar_subquery().is_not(None)
