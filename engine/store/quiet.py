"""What waits for the hours at which letters go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState


def any_loud(connection: Connection, campaign_id: int, *, reminders: bool) -> bool:
    """Whether anything is to be told that does not wait for them. reminders: whether reminders do."""
    query = _decided(select(t.notice.c.id), campaign_id).where(_loud(reminders)).limit(1)
    return connection.execute(query).first() is not None


def quietly_waiting(connection: Connection, campaign_id: int, *, reminders: bool) -> int:
    """How many notices wait for them."""
    query = _decided(select(func.count()), campaign_id).where(~_loud(reminders))
    return int(connection.execute(query).scalar_one())


def _decided(query: Any, campaign_id: int) -> Any:
    n = t.notice.c
    joined = query.select_from(t.notice).join(t.occurrence, t.occurrence.c.id == n.occurrence_id)
    return joined.where(n.campaign_id == campaign_id, n.state == NoticeState.DECIDED)


def _loud(reminders: bool) -> Any:
    urgent = t.occurrence.c.urgent
    return and_(urgent) if reminders else or_(urgent, t.notice.c.kind == NoticeKind.RUNG)
