"""Who was to be told of a duty and was not, and whether the office was told of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from engine.machine.states import ObligationState
from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState
from engine.store.notices import LOST
from engine.store.portions import one_of

# Why nothing was even written to a seat.
UNWRITTEN = ("no-address", "bad-address", "vacant")


def behind(connection: Connection, office_notices: Sequence[int]) -> tuple[Any, ...]:
    """What did not get through of the duties of which the office is told by these notices, in the order in which it was decided.

    By `office_notice`: unit_id, role, kind, rung, state, reason, and the person's name and the address where a letter came back.
    """
    n, office = t.notice.c, t.notice.alias("office")
    same = and_(*(n[name] == office.c[name] for name in ("case_id", "occurrence_id", "subject", "deadline_id")))
    unwritten = and_(n.state == NoticeState.SUPPRESSED, n.reason.in_(UNWRITTEN))
    columns = (n.unit_id, n.role, n.kind, n.rung, n.state, n.reason, t.person.c.name, t.message.c.address)
    query = (
        select(office.c.id.label("office_notice"), *columns)
        .select_from(office)
        .join(t.notice, same)
        .outerjoin(t.message, t.message.c.id == n.message_id)
    )
    query = query.outerjoin(t.person, t.person.c.id == t.message.c.person_id)
    query = query.where(n.kind != NoticeKind.UNREACHED, or_(n.state.in_(LOST), unwritten)).order_by(office.c.id, n.id)
    found: list[Any] = []
    for start in range(0, len(office_notices), 500):
        found += connection.execute(query.where(office.c.id.in_(office_notices[start : start + 500])))
    return tuple(found)


def office_notice(connection: Connection, row: Any) -> Any:
    """The notice by which the office is told that this one's duty reaches nobody: id, state, reason, decided_at; None where none is."""
    n = t.notice.c
    same = (n[name] == getattr(row, name) for name in ("case_id", "occurrence_id", "subject", "deadline_id"))
    query = select(n.id, n.state, n.reason, n.decided_at).where(*same, n.kind == NoticeKind.UNREACHED)
    return connection.execute(query.order_by(n.id).limit(1)).one_or_none()


def owed_letters(connection: Connection, campaign_id: int) -> Iterator[Any]:
    """The seats to which nothing was written for want of an address, of duties that are not done yet: unit_id, role, since, duties.

    In the order in which that was noticed. Whether somebody there has an address by now it does not say.
    """
    n, ob = t.notice.c, t.obligation.c
    same = and_(*(n[name] == ob[name] for name in ("case_id", "occurrence_id", "subject")))
    query = select(n.unit_id, n.role, func.min(n.decided_at).label("since"), func.count(n.occurrence_id.distinct()).label("duties"))
    query = query.select_from(t.notice).join(t.obligation, same).where(n.campaign_id == campaign_id, n.state == NoticeState.SUPPRESSED)
    query = query.where(n.reason.in_(_UNADDRESSED), one_of(ob.state, _UNDONE)).group_by(n.unit_id, n.role)
    yield from connection.execute(query.order_by(func.min(n.decided_at), n.unit_id, n.role), execution_options={"yield_per": 500})


_UNADDRESSED = ("no-address", "vacant", "no-office")
_UNDONE = (ObligationState.OPEN, ObligationState.SUBMITTED, ObligationState.RETURNED)
