"""What came back about messages: who could not be reached, under which address, and what has to be told again for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, false, insert, or_, select, true, update

from engine.store import tables as t
from engine.store.codes import CampaignState, MessageState, NoticeState
from engine.store.lookups import is_there
from engine.store.notices import LOST

BOUNCED, REFUSED, DELAYED, DIGEST = "bounced", "refused", "delayed", "digest"
# Given up: nobody has ever said whether it was taken; the server put it off, day after day.
GIVEN_UP = UNANSWERED, PUT_OFF = "unanswered", "put-off"
# No server was asked: the address is none, or the letter could not be made one.
UNUSABLE = "unusable"


@dataclass(frozen=True, kw_only=True)
class NewReport:
    """One report. source: the mail it stood in, so that none counts twice.  words: the server's own.

    dead: no letter reaches the address.  settled: nothing has to be told again for it.
    """

    source: str
    message_id: int | None
    person_id: int | None
    at: datetime
    outcome: str
    words: str
    dead: bool
    settled: bool


def note(connection: Connection, report: NewReport) -> None:
    """Keep a report."""
    connection.execute(_NOTE, vars(report))


_NOTE = insert(t.report)


def spare(connection: Connection, source: str) -> None:
    """What was reported there is nothing against the address."""
    connection.execute(update(t.report).where(t.report.c.source == source).values(dead=false()))


def known(connection: Connection, sources: Sequence[str]) -> frozenset[str]:
    """Which of these mails have been read before."""
    return frozenset(connection.execute(select(t.report.c.source).where(t.report.c.source.in_(sources))).scalars())


def message_of(connection: Connection, tokens: Sequence[str]) -> Any:
    """The first message that has one of these Message-IDs; None where none is ours."""
    rows = {row.token: row for row in connection.execute(select(t.message).where(t.message.c.token.in_(tokens)))}
    return next((rows[token] for token in tokens if token in rows), None)


def message_by_id(connection: Connection, number: int) -> Any:
    """The message of that number."""
    return connection.execute(select(t.message).where(t.message.c.id == number)).one()


def any_open(connection: Connection) -> bool:
    """Whether anything that came back may have to be told again."""
    return connection.execute(select(t.report.c.id).where(~t.report.c.settled).limit(1)).first() is not None


def bounce(connection: Connection, message_id: int, words: str) -> tuple[int, ...]:
    """It did not arrive, and neither did what stood in it: the ids of those notices."""
    values = {"state": MessageState.BOUNCED, "reason": words, "next_try_at": None}
    connection.execute(update(t.message).where(t.message.c.id == message_id).values(**values))
    n = t.notice.c
    ids = tuple(connection.execute(select(n.id).where(n.message_id == message_id).order_by(n.id)).scalars())
    connection.execute(update(t.notice).where(n.message_id == message_id).values(state=NoticeState.BOUNCED, reason=words[:40]))
    return ids


def notices_in(connection: Connection, message_id: int) -> tuple[int, ...]:
    """The ids of the notices in a message."""
    n = t.notice.c
    return tuple(connection.execute(select(n.id).where(n.message_id == message_id).order_by(n.id)).scalars())


def is_running(connection: Connection, campaign_id: int) -> bool:
    """Whether anything may still be told in that campaign."""
    c = t.campaign.c
    return connection.execute(select(c.id).where(c.id == campaign_id, c.state == CampaignState.RUNNING)).first() is not None


def address_is_dead() -> ColumnElement[bool]:
    """Over person: whether letters to the address she has now came back. Another address is a new beginning."""
    r, m = t.report.c, t.message.c
    # What was refused in a group, where she is called by something else, is no fault of the address; nor is what one channel gave up.
    mine = (r.person_id == t.person.c.id, r.dead, m.address == t.person.c.email, m.contact == "")
    told = (r.outcome != outcome for outcome in GIVEN_UP)
    return is_there(select(r.id).join(t.message, m.id == r.message_id).where(*mine, *told).correlate(t.person))


def dead_ends(connection: Connection, person_id: int) -> frozenset[tuple[str, str]]:
    """The (channel, contact, or address where there is none) by which she is not reached: refused in a group, or given up.

    Not the addresses that are dead by whatever channel.
    """
    rows = connection.execute(_dead_ends(), {"person": person_id})
    return frozenset((row.channel, row.contact or row.address) for row in rows)


@cache
def _dead_ends() -> Any:
    r, m = t.report.c, t.message.c
    query = select(m.channel, m.contact, m.address).join(t.report, r.message_id == m.id)
    return query.where(r.person_id == bindparam("person"), r.dead, or_(m.contact != "", r.outcome.in_(GIVEN_UP)))


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A message of which something did not arrive and has not been told again, and where it went. dead: nothing gets there any more."""

    message_id: int
    channel: str
    address: str
    contact: str
    dead: bool


def lost(connection: Connection, campaign_id: int) -> Iterator[Lost]:
    """What did not arrive and has not been told again, letter by letter."""
    n, m, r = t.notice.c, t.message.c, t.report.c
    columns = (m.id.label("message_id"), m.channel, m.address, m.contact, r.dead)
    query = select(*columns).distinct().select_from(t.report)
    query = query.join(t.message, m.id == r.message_id).join(t.notice, n.message_id == m.id)
    open_ = (~r.settled, m.campaign_id == campaign_id, n.state.in_(LOST))
    for row in connection.execute(query.where(*open_).order_by(m.id), execution_options={"yield_per": 1000}):
        yield Lost(**row._asdict())


def tell_again(connection: Connection, notice_ids: Sequence[int]) -> int:
    """These notices wait again, as if they had never been in a letter; how many."""
    n = t.notice.c
    return sum(
        connection.execute(update(t.notice).where(n.id.in_(notice_ids[at : at + 500]), n.state.in_(LOST)).values(**_WAITING)).rowcount
        for at in range(0, len(notice_ids), 500)
    )


_WAITING = {"state": NoticeState.DECIDED, "reason": "", "message_id": None}


def settle(connection: Connection, campaign_id: int) -> None:
    """Nothing has to be told again where all of it has been, or where a later letter went to the same address, which is not dead."""
    connection.execute(_settling(), {"campaign": campaign_id})


@cache
def _settling() -> Any:
    n, m, r, later = t.notice.c, t.message.c, t.report.c, t.message.alias("later")
    left = select(n.id).where(n.message_id == r.message_id, n.state.in_(LOST)).correlate(t.report)
    same = [later.c[name] == m[name] for name in ("campaign_id", "person_id", "address", "channel", "contact")]
    after = (later.c.id > m.id, later.c.state == MessageState.SENT)
    reached = select(later.c.id).select_from(later).join(t.message, and_(*same)).where(m.id == r.message_id, *after).correlate(t.report)
    ours = select(m.id).where(m.campaign_id == bindparam("campaign"), m.id == r.message_id).correlate(t.report)
    done = or_(~is_there(left), and_(~r.dead, is_there(reached)))
    return update(t.report).where(~r.settled, is_there(ours), done).values(settled=true())


def any_against(connection: Connection, person_id: int) -> bool:
    """Whether anything that came back keeps letters from any address of hers, or waits to be told again."""
    r = t.report.c
    return connection.execute(select(r.id).where(r.person_id == person_id, or_(r.dead, ~r.settled)).limit(1)).first() is not None


def address_of(connection: Connection, person_id: int) -> str:
    """The address that the roster has of a person; '' where it has none."""
    return str(connection.execute(select(t.person.c.email).where(t.person.c.id == person_id)).scalar_one())


def revive(connection: Connection, person_id: int, address: str) -> tuple[int, int]:
    """This address of hers is right after all: letters go to it again, and what came back is told again. (reports, notices)."""
    n, m, r = t.notice.c, t.message.c, t.report.c
    # Under whichever address somebody was called in a group: it is not about that.
    there = select(m.id).where(m.person_id == person_id, or_(m.address == address, m.contact != ""))
    hers = (r.person_id == person_id, or_(r.dead, ~r.settled), r.message_id.in_(there))
    waiting = select(r.message_id).join(t.message, m.id == r.message_id).join(t.campaign, t.campaign.c.id == m.campaign_id)
    waiting = waiting.where(*hers, ~r.settled, t.campaign.c.state == CampaignState.RUNNING)
    again = (n.message_id.in_(waiting), n.state.in_(LOST))
    notices = connection.execute(update(t.notice).where(*again).values(**_WAITING)).rowcount
    return connection.execute(update(t.report).where(*hers).values(dead=false(), settled=true())).rowcount, notices


def failures(connection: Connection, since: datetime) -> tuple[Any, ...]:
    """What came back and still matters, the first first: open, or of the address a person still has; delays after `since`."""
    r, m, p = t.report.c, t.message.c, t.person.c
    where = case((m.contact != "", m.contact), else_=m.address).label("address")
    columns = (r.id, r.at, r.outcome, r.words, r.dead, r.message_id, r.person_id, where, p.name, p.key)
    query = select(*columns).join(t.message, m.id == r.message_id).join(t.person, p.id == r.person_id)
    query = query.join(t.campaign, t.campaign.c.id == m.campaign_id)
    open_ = and_(~r.settled, t.campaign.c.state == CampaignState.RUNNING)
    called = and_(m.contact != "", (" " + p.channels + " ").contains(" " + m.channel + "=" + m.contact + " "))
    still = and_(r.dead, or_(and_(m.contact == "", m.address == p.email), called))
    slow = and_(r.outcome == DELAYED, r.at > since, m.state == MessageState.SENT)
    return tuple(connection.execute(query.where(or_(open_, still, slow)).order_by(r.at, r.id)))


def duties(connection: Connection, message_ids: Sequence[int]) -> dict[int, list[Any]]:
    """What stood in these messages and did not arrive: unit, title and period of each, by message."""
    n, o = t.notice.c, t.occurrence.c
    columns = (n.message_id, t.unit.c.code, t.unit.c.name, o.task, o.period, o.title, o.period_zh, o.period_en)
    query = select(*columns).distinct().join(t.cases, t.cases.c.id == n.case_id).join(t.unit, t.unit.c.id == t.cases.c.unit_id)
    query = query.join(t.occurrence, o.id == n.occurrence_id).order_by(n.message_id, t.unit.c.code, o.task, o.period)
    found: dict[int, list[Any]] = {}
    for start in range(0, len(message_ids), 500):
        for row in connection.execute(query.where(n.message_id.in_(message_ids[start : start + 500]))):
            found.setdefault(row.message_id, []).append(row)
    return found
