"""Which letters somebody has had on a day."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from engine.store import tables as t
from engine.store.codes import CampaignState, MessageState


def next_serial(connection: Connection, campaign_id: int, person_id: int, day: date) -> int:
    """Which message of the day the next one to that person is, by whatever channel; 1 for the first."""
    asked = {"campaign": campaign_id, "person": person_id, "on": day}
    return int(connection.execute(_last_serial(), asked).scalar_one() or 0) + 1


@cache
def _last_serial() -> Any:
    m = t.message.c
    hers = (m.campaign_id == bindparam("campaign"), m.person_id == bindparam("person"))
    return select(func.max(m.serial)).where(*hers, m.day == bindparam("on", type_=m.day.type))


def told_today(connection: Connection, person_id: int, day: date, *, channel: str | None = None) -> bool:
    """Whether she has had a message that day already, of whichever campaign that runs. channel: by which; None: by any."""
    asked = {"person": person_id, "on": day, **({} if channel is None else {"by": channel})}
    return connection.execute(_told(channel is not None), asked).first() is not None


@cache
def _told(by_channel: bool) -> Any:
    m = t.message.c
    running = select(t.campaign.c.id).where(t.campaign.c.state == CampaignState.RUNNING)
    hers = [m.person_id == bindparam("person"), m.day == bindparam("on", type_=m.day.type)]
    if by_channel:
        hers.append(m.channel == bindparam("by"))
    # A letter that did not go out, or came back, told nobody anything.
    lost = m.state.in_((MessageState.FAILED, MessageState.BOUNCED))
    return select(m.id).where(m.campaign_id.in_(running), *hers, ~lost).limit(1)
