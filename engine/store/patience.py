"""How long a letter has been tried: without any answer, or day after day with none but `later`; and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from engine.store import tables as t
from engine.store.codes import MessageState, NoticeState
from engine.store.in_hand import GIVEN_UP, INTERRUPTED, LATER, UNKNOWN, note_attempt

# Why a message ends that never came to an attempt of which anybody knows what became.
UNANSWERED = "unanswered"
# Why one ends that was not given up.
DROPPED = ("no-longer-true", "campaign-over")


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Attempts after which nobody knows whether the letter was taken: how many, since when; ours: our own program broke off each."""

    attempts: int
    since: datetime
    ours: bool


def silence(connection: Connection, message_id: int) -> Silence | None:
    """The attempts of a message that ended so that nobody can know; None where there was none."""
    row = connection.execute(_silent(), {"message": message_id}).one()
    return None if not row.n else Silence(attempts=row.n, since=row.since, ours=row.n == row.ours)


@cache
def _silent() -> Any:
    a = t.attempt.c
    ours = func.sum(case((a.reason == INTERRUPTED, 1), else_=0)).label("ours")
    query = select(func.count().label("n"), func.min(a.at).label("since"), ours)
    return query.select_from(t.attempt).where(a.message_id == bindparam("message"), a.outcome == UNKNOWN)


def days_refused(connection: Connection, message: Any) -> int:
    """On how many days letters like this one (see `_SAME`) have been put off, this one's day among them.

    Counted since the last one that came to an end; 0 where this one itself was not put off the last time.
    """
    if connection.execute(_last_outcome(), {"message": message.id}).scalar() != LATER:
        return 0
    same = {name: getattr(message, name) for name in _SAME}
    return int(connection.execute(_days(), same).scalar_one())


_SAME = ("campaign_id", "person_id", "channel", "address", "contact")


@cache
def _last_outcome() -> Any:
    a = t.attempt.c
    return select(a.outcome).where(a.message_id == bindparam("message")).order_by(a.id.desc()).limit(1)


@cache
def _days() -> Any:
    m, a, last = t.message.c, t.attempt.c, t.message.alias("last")
    ended = or_(last.c.state.in_((MessageState.SENT, MessageState.BOUNCED)), _gave_up(last.c))
    since = select(func.coalesce(func.max(last.c.id), 0)).where(*(last.c[name] == bindparam(name) for name in _SAME), ended)
    put_off = select(a.id).where(a.message_id == m.id, a.outcome == LATER).correlate(t.message).exists()
    query = select(func.count(m.day.distinct())).where(*(m[name] == bindparam(name) for name in _SAME))
    return query.where(m.id > since.scalar_subquery(), put_off)


def _gave_up(m: Any) -> Any:
    return and_(m.state == MessageState.FAILED, m.reason.not_in(DROPPED))


def give_up(connection: Connection, message: Any, now: datetime, reason: str) -> bool:
    """The message is tried no more, and neither is what stands in it told; False where somebody else has it in hand, or has had it."""
    if connection.execute(_giving_up(), {"wanted": message.id, "time": message.attempts - 1, "why": reason}).rowcount != 1:
        return False
    composed = (t.notice.c.message_id == message.id, t.notice.c.state == NoticeState.COMPOSED)
    connection.execute(update(t.notice).where(*composed).values(state=NoticeState.FAILED, reason=reason[:40]))
    note_attempt(connection, message.id, now, GIVEN_UP, "")
    return True


@cache
def _giving_up() -> Any:
    m = t.message.c
    free = (m.id == bindparam("wanted"), m.state == MessageState.WAITING, m.claim.is_(None), m.attempts == bindparam("time"))
    return update(t.message).where(*free).values(state=MessageState.FAILED, reason=bindparam("why"), next_try_at=None)
