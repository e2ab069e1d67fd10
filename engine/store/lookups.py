"""Whether rows stand in another table, asked for each row of a batch.

EXISTS is a join to PostgreSQL: without statistics, or with those of another campaign, it may read the whole other table for every row.
What is asked for in brackets is looked up by the key it names, and for one row only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from engine.store import tables as t


def is_there(rows: Select[Any]) -> ColumnElement[bool]:
    """Whether there is any of these rows. rows: one column of them that is never null, correlated as it is to be."""
    return rows.limit(1).scalar_subquery().is_not(None)


def is_overdue() -> ColumnElement[bool]:
    """Over obligation: whether it stands in the kept table of what is overdue."""
    v, ob = t.overdue.c, t.obligation.c
    same = (v.case_id == ob.case_id, v.occurrence_id == ob.occurrence_id, v.subject == ob.subject)
    return is_there(select(v.case_id).where(*same).correlate(t.obligation))
