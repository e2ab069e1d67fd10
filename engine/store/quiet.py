"""What waits for the hours at which letters go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState


def any_loud(connection: Connection, campaign_id: int, fresh: datetime | None) -> bool:
    """Whether anything is to be told that does not wait for them. fresh: since when reminders have fallen due that do not; None: all do."""
    query = _decided(select(t.notice.c.id), campaign_id).where(_loud(fresh)).limit(1)
    return connection.execute(query).first() is not None


def quietly_waiting(connection: Connection, campaign_id: int, fresh: datetime | None) -> int:
    """How many notices wait for them; fresh: as for `any_loud`."""
    query = _decided(select(func.count()), campaign_id).where(~_loud(fresh))
    return int(connection.execute(query).scalar_one())


def _decided(query: Any, campaign_id: int) -> Any:
    n = t.notice.c
    joined = query.select_from(t.notice).join(t.occurrence, t.occurrence.c.id == n.occurrence_id)
    return joined.where(n.campaign_id == campaign_id, n.state == NoticeState.DECIDED)


def _loud(fresh: datetime | None) -> Any:
    n, urgent = t.notice.c, t.occurrence.c.urgent
    return and_(urgent) if fresh is None else or_(urgent, and_(n.kind == NoticeKind.RUNG, n.due_at >= fresh))
