"""How many letters may go in a span of time, in all and to one domain: counted from the kept attempts, so that all processes share it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from engine.store import tables as t


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many attempts within any span of that length."""

    count: int
    within: timedelta


class Throttle:
    """Holds letters back for one round at one instant. It is to be asked only by whoever writes alone: what is in hand counts too.

    full: the domains that take no more for now, with the instant at which one more may go there.  until: the same for all letters.
    """

    def __init__(self, total: Limit | None = None, by_domain: Limit | None = None) -> None:
        self.total = total
        self.by_domain = by_domain
        self.full: dict[str, datetime] = {}
        self.until: datetime | None = None

    @property
    def slows(self) -> bool:
        """Whether there is any limit."""
        return self.total is not None or self.by_domain is not None

    def is_open(self, connection: Connection, now: datetime) -> bool:
        """Whether any letter may go now."""
        if self.total is not None:
            self.until = _free(connection, self.total, now, None)
        return self.until is None

    def takes(self, connection: Connection, domain: str, now: datetime) -> bool:
        """Whether one more letter may go to that domain now."""
        free = None if self.by_domain is None else _free(connection, self.by_domain, now, domain)
        if free is not None:
            self.full[domain] = free
        return free is None

    def next_try(self, first: datetime | None, now: datetime) -> datetime | None:
        """When the first of the waiting letters goes that could go at `first` if nothing held it back."""
        if first is None:
            return None
        if self.until is not None:
            return max(first, self.until)
        return min(self.full.values()) if self.full and first <= now else first


def _free(connection: Connection, limit: Limit, now: datetime, domain: str | None) -> datetime | None:
    """None where one more may go now; else the instant from which on it may."""
    values = {"domain": domain} if domain is not None else {}
    in_hand = int(connection.execute(_in_hand(domain is not None), values).scalar_one())
    if in_hand >= limit.count:
        return now
    left = {"since": now - limit.within, "place": limit.count - in_hand - 1}
    oldest: datetime | None = connection.execute(_attempts(domain is not None), {**values, **left}).scalar_one_or_none()
    return None if oldest is None else oldest + limit.within


@cache
def _in_hand(of_domain: bool) -> Any:
    m = t.message.c
    query = select(func.count()).select_from(t.message).where(m.claim.is_not(None))
    return query.where(m.domain == bindparam("domain")) if of_domain else query


@cache
def _attempts(of_domain: bool) -> Any:
    """When the attempt was that must be out of the span before one more may go: so many after it fill the span."""
    a = t.attempt.c
    query = select(a.at).where(a.at > bindparam("since", type_=a.at.type)).order_by(a.at.desc())
    query = query.where(a.domain == bindparam("domain")) if of_domain else query
    return query.offset(bindparam("place")).limit(1)
