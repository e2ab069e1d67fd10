"""What a trial has come to: the letters of a day, what each of them says, and who could not be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from engine.batched import batched
from engine.store import tables as t
from engine.store.codes import CampaignState, MessageState, NoticeKind, NoticeState

# So many letters are looked up together.
_TOGETHER = 500
# Why a notice reached nobody, whoever it was for.
_UNREACHED = ("no-address", "bad-address", "vacant", "no-office", "nobody-there")
_BEFORE = "before"


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that a letter says: of which unit, task and period.  rung: its place in the ladder, for a reminder."""

    kind: NoticeKind
    rung: int
    seat: tuple[int | None, str]
    unit: str
    unit_name: str
    unit_id: int
    task: str
    title: str
    period: str
    period_zh: str
    period_en: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter that went out, or (`reason`) could not: no channel takes its address."""

    id: int
    campaign_id: int
    person_id: int
    name: str
    address: str
    channel: str
    subject: str
    reason: str
    said: tuple[Said, ...]


def any_waiting(connection: Connection) -> bool:
    """Whether anything waits to be told, or to be tried, by campaigns whose mail is on."""
    n, m, c = t.notice.c, t.message.c, t.campaign.c
    on = (c.mail_on, c.state == CampaignState.RUNNING)
    told = select(n.id).join(t.campaign, c.id == n.campaign_id).where(n.state == NoticeState.DECIDED, *on).limit(1)
    tried = select(m.id).join(t.campaign, c.id == m.campaign_id).where(m.state == MessageState.WAITING, *on).limit(1)
    return any(connection.execute(query).first() is not None for query in (told, tried))


def forget_unreached(connection: Connection) -> None:
    """Whoever could not be told so far counts no more: what is found afterwards is of the day that is looked at."""
    n = t.notice.c
    mine = (n.state == NoticeState.SUPPRESSED, n.reason.in_(_UNREACHED))
    connection.execute(update(t.notice).where(*mine).values(reason=_BEFORE))


def last_attempt(connection: Connection) -> int:
    """The number of the last attempt so far; what is tried later has a higher one."""
    return int(connection.execute(select(func.coalesce(func.max(t.attempt.c.id), 0))).scalar_one())


def _tried(attempt: int, begin: datetime, end: datetime) -> Any:
    a = t.attempt.c
    return select(a.message_id).where(a.id > attempt, a.at >= begin, a.at < end, a.outcome.in_(("sent", "failed")))


def letters(connection: Connection, campaign_id: int, attempt: int, begin: datetime, end: datetime) -> Iterator[Letter]:
    """The letters of a campaign that left, or never will, in that stretch and after that attempt; with what they say, as written."""
    m = t.message.c
    query = select(m.id, m.campaign_id, m.person_id, m.address, m.channel, m.subject, m.reason, t.person.c.name)
    query = query.join(t.person, t.person.c.id == m.person_id)
    query = query.where(m.campaign_id == campaign_id, m.id.in_(_tried(attempt, begin, end))).order_by(m.id)
    for some in batched(connection.execute(query, execution_options={"yield_per": _TOGETHER}), _TOGETHER):
        said = _said(connection, [row.id for row in some])
        for row in some:
            yield Letter(**row._asdict(), said=tuple(said[row.id]))


def left(connection: Connection, campaign_ids: Sequence[int], attempt: int, end: datetime) -> int:
    """How many letters of these campaigns left after that attempt and before `end`."""
    m, a = t.message.c, t.attempt.c
    query = select(func.count()).select_from(t.attempt).join(t.message, m.id == a.message_id)
    mine = (m.campaign_id.in_(campaign_ids), a.id > attempt, a.at < end, a.outcome == "sent")
    return int(connection.execute(query.where(*mine)).scalar_one())


def _said(connection: Connection, message_ids: Sequence[int]) -> dict[int, list[Said]]:
    n, o, u = t.notice.c, t.occurrence.c, t.unit.c
    query = (
        select(n.message_id, n.kind, n.rung, n.unit_id.label("seat_id"), n.role, u.code, u.name, u.id.label("unit_id"))
        .add_columns(o.task, o.title, o.period, o.period_zh, o.period_en)
        .join(t.cases, t.cases.c.id == n.case_id)
        .join(t.unit, u.id == t.cases.c.unit_id)
        .join(t.occurrence, o.id == n.occurrence_id)
    )
    found: dict[int, list[Said]] = defaultdict(list)
    for row in connection.execute(query.where(n.message_id.in_(message_ids)).order_by(n.due_at, n.id)):
        found[row.message_id].append(_one(row))
    return found


def _one(row: Any) -> Said:
    same = {name: getattr(row, name) for name in ("rung", "unit_id", "task", "title", "period", "period_zh", "period_en")}
    return Said(kind=NoticeKind(row.kind), seat=(row.seat_id, row.role), unit=row.code, unit_name=row.name, **same)


def posts_held(connection: Connection, person_ids: Sequence[int], day: Any) -> dict[int, list[Any]]:
    """What each of these persons holds on a day: rows of unit_id, code, name and post, in the order of the tree."""
    te, u = t.tenure.c, t.unit.c
    held = and_(or_(te.since.is_(None), te.since <= day), or_(te.until.is_(None), te.until >= day))
    query = select(te.person_id, u.id.label("unit_id"), u.code, u.name, te.post).join(t.unit, u.id == te.unit_id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query.where(te.person_id.in_(person_ids), held).order_by(u.path, te.post)):
        found[row.person_id].append(row)
    return found


def unreached(connection: Connection, campaign_id: int) -> Iterator[Any]:
    """The seats that could not be told, each once: rows of unit_id, role and reason, in the order of the tree."""
    n, u = t.notice.c, t.unit.c
    query = select(n.unit_id, n.role, n.reason, func.min(u.path).label("place")).outerjoin(t.unit, u.id == n.unit_id)
    query = query.where(n.campaign_id == campaign_id, n.state == NoticeState.SUPPRESSED, n.reason.in_(_UNREACHED))
    query = query.group_by(n.unit_id, n.role, n.reason).order_by("place", n.role, n.reason)
    yield from connection.execute(query, execution_options={"yield_per": _TOGETHER})
