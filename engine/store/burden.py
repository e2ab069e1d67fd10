"""How much mail people had: letters that went out, by person and month."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from engine.store import tables as t
from engine.store.codes import MessageState


def letters_by_month(connection: Connection, campaign_id: int) -> tuple[tuple[int, str, int], ...]:
    """(person id, month as 2010-06, letters) of whoever holds a post anywhere; months without a letter are left out."""
    return tuple((row.person_id, row.month, row.letters) for row in connection.execute(_by_month(campaign_id)))


def _by_month(campaign_id: int) -> Select[Any]:
    m = t.message.c
    month = func.substr(m.day, 1, 7).label("month")
    query = select(m.person_id, month, func.count().label("letters"))
    sent = (m.campaign_id == campaign_id, m.state == MessageState.SENT, m.person_id.in_(select(t.tenure.c.person_id)))
    return query.where(*sent).group_by(m.person_id, month).order_by(m.person_id, month)
