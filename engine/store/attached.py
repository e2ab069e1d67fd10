"""The calendars that went with letters."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.store import tables as t
from engine.store.codes import MessageState


def calendars_of(connection: Connection, campaign_id: int, person_id: int) -> tuple[str, ...]:
    """Those that she was sent, or will be, in the order of their letters; not what did not reach her."""
    asked = {"campaign": campaign_id, "person": person_id}
    return tuple(connection.execute(_hers(), asked).scalars())


@cache
def _hers() -> Any:
    m = t.message.c
    hers = (m.campaign_id == bindparam("campaign"), m.person_id == bindparam("person"))
    reached = m.state.in_((MessageState.WAITING, MessageState.SENT))
    return select(m.calendar).where(*hers, m.calendar != "", reached).order_by(m.id)
