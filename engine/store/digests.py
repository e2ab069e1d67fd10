"""Who wants what she does not owe herself in one letter a week, and when she had the last of them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from engine.store import tables as t
from engine.store.codes import CampaignState, MessageState


def switch(connection: Connection, person_id: int, *, on: bool) -> bool:
    """Whether that changed anything. on: one letter a week."""
    p = t.person.c
    changed = update(t.person).where(p.id == person_id, p.digest != on).values(digest=on)
    return connection.execute(changed).rowcount == 1


def is_there(connection: Connection, person_id: int) -> bool:
    """Whether there is such a person."""
    return connection.execute(select(t.person.c.id).where(t.person.c.id == person_id)).first() is not None


def last_day(connection: Connection, person_id: int, channel: str) -> date | None:
    """The day of the last letter to her that told of what she does not owe, of whichever campaign that runs; None where there is none."""
    found: date | None = connection.execute(_last(), {"person": person_id, "by": channel}).scalar_one_or_none()
    return found


@cache
def _last() -> Any:
    m = t.message.c
    running = select(t.campaign.c.id).where(t.campaign.c.state == CampaignState.RUNNING)
    hers = (m.person_id == bindparam("person"), m.channel == bindparam("by"), m.digest)
    # A letter that did not arrive told nobody anything.
    arrived = m.state.not_in((MessageState.FAILED, MessageState.BOUNCED))
    return select(func.max(m.day)).where(m.campaign_id.in_(running), *hers, arrived)
