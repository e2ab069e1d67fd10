"""Notices and messages: what was decided to be told, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, literal, or_, select, update

from engine.machine.states import ObligationState
from engine.store import prepared
from engine.store import tables as t
from engine.store.claims import ClaimLost, is_dead
from engine.store.codes import CampaignState, MessageState, NoticeKind, NoticeState
from engine.store.in_hand import INTERRUPTED, UNKNOWN, note_attempt
from engine.store.lookups import is_there
from engine.store.obligations import ObligationRow, row_of, select_obligations
from engine.store.rates import Throttle

_MESSAGE = insert(t.message)
# SQLite takes no condition that is more than a thousand deep.
_SEATS = 200


def suppress_all(connection: Connection, campaign_id: int, reason: str) -> None:
    """Nothing decided so far goes out any more."""
    waiting = (t.notice.c.campaign_id == campaign_id, t.notice.c.state == NoticeState.DECIDED)
    connection.execute(update(t.notice).where(*waiting).values(state=NoticeState.SUPPRESSED, reason=reason))
    unsent = (t.message.c.campaign_id == campaign_id, t.message.c.state == MessageState.WAITING)
    # Whoever has one in hand just now says what came of it all the same.
    connection.execute(update(t.message).where(*unsent).values(state=MessageState.FAILED, reason=reason, next_try_at=None))
    composed = (t.notice.c.campaign_id == campaign_id, t.notice.c.state == NoticeState.COMPOSED)
    connection.execute(update(t.notice).where(*composed).values(state=NoticeState.SUPPRESSED, reason=reason))


def suppress(connection: Connection, notice_ids: Sequence[int], reason: str) -> None:
    """These are not told, and why; but for those that somebody else has told meanwhile."""
    _mark(connection, notice_ids, NoticeState.DECIDED, state=NoticeState.SUPPRESSED, reason=reason)


def tell_office(connection: Connection, notice_ids: Sequence[int], now: datetime, was: NoticeState = NoticeState.DECIDED) -> None:
    """The office is told, once for a duty and its deadline, that these reach nobody; but for those that somebody else has told.

    was: what became of them so far.
    """
    n, told = t.notice.c, t.notice.alias("told")
    same = (told.c.case_id == n.case_id, told.c.occurrence_id == n.occurrence_id, told.c.subject == n.subject)
    known = select(told.c.id).where(*same, told.c.kind == NoticeKind.UNREACHED, told.c.deadline_id == n.deadline_id, told.c.number == 0)
    columns = ["campaign_id", "case_id", "occurrence_id", "subject", "deadline_id"]
    given = {"kind": NoticeKind.UNREACHED, "number": 0, "rung": 0, "role": "", "state": NoticeState.DECIDED, "reason": ""}
    given |= {"due_at": now, "decided_at": now}
    for start in range(0, len(notice_ids), 500):
        mine = (n.id.in_(notice_ids[start : start + 500]), n.state == was, n.kind != NoticeKind.UNREACHED)
        constants = [literal(value, n[name].type) for name, value in given.items()]
        rows = select(*(n[name] for name in columns), *constants).where(*mine, ~is_there(known.correlate(t.notice))).distinct()
        connection.execute(insert(t.notice).from_select([*columns, *given], rows))


def all_waiting(connection: Connection, notice_ids: Sequence[int]) -> bool:
    """Whether nobody has told or suppressed any of these meanwhile."""
    parts = [notice_ids[start : start + 500] for start in range(0, len(notice_ids), 500)]
    waiting = sum(int(connection.execute(_still_waiting(), {"ids": part}).scalar_one()) for part in parts)
    return waiting == len(notice_ids)


@cache
def _still_waiting() -> Any:
    n = t.notice.c
    return select(func.count()).select_from(t.notice).where(n.id.in_(bindparam("ids", expanding=True)), n.state == NoticeState.DECIDED)


def _mark(connection: Connection, notice_ids: Sequence[int], was: NoticeState, **values: Any) -> None:
    for start in range(0, len(notice_ids), 500):
        connection.execute(_marking(tuple(values)), {"ids": notice_ids[start : start + 500], "was": was, **values})


@cache
def _marking(columns: tuple[str, ...]) -> Any:
    n = t.notice.c
    part = (n.id.in_(bindparam("ids", expanding=True)), n.state == bindparam("was"))
    return update(t.notice).where(*part).values({name: bindparam(name, type_=n[name].type) for name in columns})


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A notice waiting to be told, with the obligation as it stands now."""

    id: int
    kind: int
    number: int
    rung: int
    unit_id: int | None
    role: str
    due_at: datetime
    deadline_id: int
    obligation: ObligationRow


# What a notice is whose letter did not arrive.
LOST = (NoticeState.BOUNCED, NoticeState.FAILED)
_OF_NOTICE = tuple(name for name in Decided.__dataclass_fields__ if name != "obligation")


def seats_waiting(connection: Connection, campaign_id: int) -> Iterator[tuple[int | None, str]]:
    """The (unit id, role) for whom notices wait, unit by unit; a null unit is the campaign office."""
    n = t.notice.c
    query = select(n.unit_id, n.role).where(n.campaign_id == campaign_id, n.state == NoticeState.DECIDED).distinct()
    for row in connection.execute(query.order_by(n.unit_id, n.role), execution_options={"yield_per": 2000}):
        yield row.unit_id, row.role


def waiting_for(connection: Connection, campaign_id: int, seats: Sequence[tuple[int | None, str]]) -> tuple[Decided, ...]:
    """The notices that wait for these seats, by due instant."""
    found: list[Decided] = []
    for start in range(0, len(seats), _SEATS):
        some = seats[start : start + _SEATS]
        asked = {f"{name}_{place}": value for place, seat in enumerate(some) for name, value in zip(("unit", "role"), seat, strict=True)}
        offices = frozenset(place for place, (unit_id, _) in enumerate(some) if unit_id is None)
        found += map(_decided, prepared.found(connection, _waiting_for(len(some), offices), {**asked, "campaign": campaign_id}))
    return tuple(sorted(found, key=lambda one: (one.due_at, one.id)))


@cache
def _waiting_for(number: int, offices: frozenset[int]) -> Any:
    """offices: which of so many seats are the campaign office."""
    n = t.notice.c
    seats = [
        and_(n.unit_id.is_(None) if place in offices else n.unit_id == bindparam(f"unit_{place}"), n.role == bindparam(f"role_{place}"))
        for place in range(number)
    ]
    return _with_obligations().where(n.campaign_id == bindparam("campaign"), n.state == NoticeState.DECIDED, or_(*seats))


def waiting_of(connection: Connection, notice_ids: Sequence[int]) -> tuple[Decided, ...]:
    """Of these the notices that still wait, by due instant."""
    found: list[Decided] = []
    for start in range(0, len(notice_ids), 500):
        part = (t.notice.c.id.in_(notice_ids[start : start + 500]), t.notice.c.state == NoticeState.DECIDED)
        found += map(_decided, connection.execute(_with_obligations().where(*part)))
    return tuple(sorted(found, key=lambda one: (one.due_at, one.id)))


def waiting_in_review(connection: Connection, campaign_id: int) -> Iterator[Decided]:
    """The notices that wait for whoever reviews something."""
    n, ob = t.notice.c, t.obligation.c
    waiting = (n.campaign_id == campaign_id, n.state == NoticeState.DECIDED)
    theirs = (ob.state == ObligationState.SUBMITTED, n.unit_id == ob.reviewer_id, n.role == t.occurrence.c.reviewer_role)
    query = _with_obligations().where(*waiting, *theirs)
    yield from map(_decided, connection.execute(query, execution_options={"yield_per": 500}))


@cache
def _with_obligations() -> Any:
    columns = [t.notice.c[name].label(f"n_{name}") for name in _OF_NOTICE]
    same = and_(
        t.notice.c.case_id == t.obligation.c.case_id,
        t.notice.c.occurrence_id == t.obligation.c.occurrence_id,
        t.notice.c.subject == t.obligation.c.subject,
    )
    return select_obligations().join(t.notice, same).add_columns(*columns)


def in_message(connection: Connection, message_id: int) -> tuple[Decided, ...]:
    """The notices a message holds, with their obligations as they stand now."""
    return tuple(map(_decided, prepared.found(connection, _in_message(), {"message": message_id})))


@cache
def _in_message() -> Any:
    n = t.notice.c
    held = (n.message_id == bindparam("message"), n.state == NoticeState.COMPOSED)
    return _with_obligations().where(*held).order_by(n.due_at, n.id)


def lost_in(connection: Connection, message_id: int) -> tuple[Decided, ...]:
    """The notices of a message that did not arrive and have not been told otherwise since."""
    n = t.notice.c
    return tuple(map(_decided, connection.execute(_with_obligations().where(n.message_id == message_id, n.state.in_(LOST)))))


def _decided(row: Any) -> Decided:
    return Decided(**{name: getattr(row, f"n_{name}") for name in _OF_NOTICE}, obligation=row_of(row))


def add_message(connection: Connection, values: Mapping[str, Any], notice_ids: Sequence[int]) -> int:
    """Keep a composed message, and say of its notices that they are in it."""
    domain = values["address"].rpartition("@")[2].lower()
    row = {"state": MessageState.WAITING, "attempts": 0, "reason": "", "domain": domain, **values}
    key = connection.execute(_MESSAGE, row).inserted_primary_key
    assert key is not None
    _mark(connection, notice_ids, NoticeState.DECIDED, state=NoticeState.COMPOSED, message_id=key[0])
    return int(key[0])


def claim(connection: Connection, now: datetime, claimant: int, throttle: Throttle | None = None, away: Collection[str] = ()) -> Any:
    """The next message to be tried, now in the hands of `claimant` until it is settled; None where none may go. Raises ClaimLost.

    Whoever dies with it in hand loses it: it is tried again under the same Message-ID.  throttle: what holds letters back.
    away: channels by which none can go.
    """
    if is_dead(connection, claimant):
        raise ClaimLost
    throttle = throttle or Throttle()
    number = _next_in_turn(connection, now, throttle, away)
    if number is None and take_over(connection, now, claimant):
        number = _next_in_turn(connection, now, throttle, away)
    if number is None:
        return None
    if connection.execute(_claiming(), {"wanted": number, "by": claimant}).rowcount != 1:
        return None
    return connection.execute(_claimed(), {"wanted": number}).one()


@cache
def _claiming() -> Any:
    m = t.message.c
    mine = update(t.message).where(m.id == bindparam("wanted"), m.state == MessageState.WAITING, m.claim.is_(None))
    return mine.values(claim=bindparam("by"), attempts=m.attempts + 1)


@cache
def _claimed() -> Any:
    m = t.message.c
    query = select(t.message, t.person.c.name, t.person.c.key, t.campaign.c.zone).join(t.person, t.person.c.id == m.person_id)
    return query.join(t.campaign, t.campaign.c.id == m.campaign_id).where(m.id == bindparam("wanted"))


def _next_in_turn(connection: Connection, now: datetime, throttle: Throttle, away: Collection[str]) -> int | None:
    """The first that waits and may go."""
    while throttle.is_open(connection, now):
        without = {name: list(values) for name, values in (("full", throttle.full), ("away", away)) if values}
        found = connection.execute(_unclaimed(*without), {"now": now, **without}).one_or_none()
        if found is None:
            return None
        if throttle.takes(connection, found.domain, now):
            return int(found.id)
    return None


@cache
def _unclaimed(*without: str) -> Any:
    """without: whether some domains are full, some channels away."""
    m = t.message.c
    waiting = (m.state == MessageState.WAITING, m.next_try_at <= bindparam("now", type_=m.next_try_at.type), m.claim.is_(None))
    query = select(m.id, m.domain).join(t.campaign, t.campaign.c.id == m.campaign_id).where(*waiting)
    for name, column in (("full", m.domain), ("away", m.channel)):
        if name in without:
            query = query.where(column.not_in(bindparam(name, expanding=True)))
    query = query.where(t.campaign.c.mail_on, t.campaign.c.state == CampaignState.RUNNING).order_by(m.turn, m.next_try_at, m.id).limit(1)
    return query.with_for_update(skip_locked=True, of=t.message)


def to_try_again(connection: Connection) -> tuple[int, datetime | None]:
    """How many letters wait to be tried, in nobody's hands, and the instant at which the first of them may be."""
    waiting = waiting_by_channel(connection).values()
    return sum(count for count, _ in waiting), min((first for _, first in waiting), default=None)


def waiting_by_channel(connection: Connection) -> dict[str, tuple[int, datetime]]:
    """The same of each channel by which any letter waits."""
    m = t.message.c
    query = select(m.channel, func.count(), func.min(m.next_try_at)).join(t.campaign, t.campaign.c.id == m.campaign_id)
    waiting = (m.state == MessageState.WAITING, m.claim.is_(None), t.campaign.c.mail_on, t.campaign.c.state == CampaignState.RUNNING)
    rows = connection.execute(query.select_from(t.message).where(*waiting).group_by(m.channel).order_by(m.channel))
    return {channel: (int(count), first) for channel, count, first in rows}


def hurry(connection: Connection, now: datetime) -> None:
    """No letter waits any longer for its next try."""
    m = t.message.c
    waits = (m.state == MessageState.WAITING, m.claim.is_(None), m.next_try_at > now)
    connection.execute(update(t.message).where(*waits).values(next_try_at=now))


def take_over(connection: Connection, now: datetime, claimant: int) -> int:
    """Free what the dead had in hand, and what their number still has that is now `claimant`'s, who has nothing in hand; how many.

    Nobody knows whether it went out, and the attempt says so.
    """
    m = t.message.c
    query = select(m.id, m.claim).where(m.claim.is_not(None)).order_by(m.id)
    held = connection.execute(query.with_for_update(skip_locked=True)).all()
    dead = {number for number in {row.claim for row in held} if number == claimant or is_dead(connection, number)}
    orphans = [row.id for row in held if row.claim in dead]
    for number in orphans:
        note_attempt(connection, number, now, UNKNOWN, INTERRUPTED)
        connection.execute(update(t.message).where(m.id == number).values(claim=None))
    return len(orphans)


def waiting_longest(connection: Connection) -> tuple[int, ...]:
    """The ids of the campaigns for which notices wait, the one whose first has waited longest before the others."""
    n = t.notice.c
    query = select(n.campaign_id).where(n.state == NoticeState.DECIDED).group_by(n.campaign_id)
    return tuple(connection.execute(query.order_by(func.min(n.decided_at), n.campaign_id)).scalars())


def held(connection: Connection) -> int:
    """Notices that wait because their campaign's mail is off."""
    query = select(func.count()).select_from(t.notice).join(t.campaign, t.campaign.c.id == t.notice.c.campaign_id)
    waiting = t.notice.c.state.in_((NoticeState.DECIDED, NoticeState.COMPOSED))
    off = (waiting, ~t.campaign.c.mail_on, t.campaign.c.state == CampaignState.RUNNING)
    return int(connection.execute(query.where(*off)).scalar_one())
