"""What must be true after any number of processes, however many of them were killed; each returns what is not."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import func, select

from engine.store import tables as t
from engine.store.codes import MessageState, NoticeState
from engine.store.database import Connection
from tests.counts import wrong_counts
from tests.crashes.rooms import Room


def wrong_with_letters(room: Room, since: date, kills: int) -> list[str]:
    """Every letter from that day on was sent, and once; more often only where somebody was killed with it in hand, each with one."""
    taken = room.taken()
    with room.world() as world, world.house.database.read() as connection:
        settled = (t.message.c.state == MessageState.SENT, t.message.c.day >= since)
        sent = set(connection.execute(select(t.message.c.token).where(*settled)).scalars())
        unsent = connection.execute(select(t.message.c.token).where(t.message.c.state != MessageState.SENT)).scalars().all()
        interrupted = _interrupted(connection)
    found = [f"{interrupted.total()} taken from {kills} dead"] if interrupted.total() > kills else []
    found += [f"not sent: {token}" for token in unsent] + [f"lost: {token}" for token in sent ^ set(taken.times)]
    return found + [f"doubled: {token}" for token, times in taken.times.items() if times > 1 + interrupted[token]]


def _interrupted(connection: Connection) -> Counter[str]:
    query = select(t.message.c.token, func.count().label("n")).join(t.attempt, t.attempt.c.message_id == t.message.c.id)
    rows = connection.execute(query.where(t.attempt.c.reason == "interrupted").group_by(t.message.c.token))
    return Counter({row.token: row.n for row in rows})


def wrong_with_numbers(room: Room) -> list[str]:
    """Every counter is what counting again gives; every notice has come to an end; nobody has anything in hand."""
    with room.world() as world, world.house.database.read() as connection:
        found = [f"{one.count} counts of {one.kind} differ" for one in wrong_counts(connection, 1)]
        open_ = (NoticeState.DECIDED, NoticeState.COMPOSED)
        waiting = connection.execute(select(func.count()).select_from(t.notice).where(t.notice.c.state.in_(open_))).scalar_one()
        held = connection.execute(select(func.count()).select_from(t.message).where(t.message.c.claim.is_not(None))).scalar_one()
    return found + [f"{n} {what}" for n, what in ((waiting, "notices wait"), (held, "claims are left")) if n]
