"""What the promise is checked against: the journal some cases at a time, selections as the launch wrote them, notices and messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, false, func, or_, select

from engine.store import paths
from engine.store import tables as t
from engine.store.codes import CampaignState, Upstream
from engine.store.waiting import dependencies

CLOCK = ("opened", "reminded", "locked")
GIVING = ("extended", "returned", "reopened")
# One line about many cases: chased by hand, or held when a stage closed.
ROUNDS = ("chased", "blocked")
# What says whether something is done.
_TURNING = ("handed_in", "taken_back", "accepted", "returned", "waived")
_TELLING = (*CLOCK, *GIVING, "handed_in", "taken_back", "accepted", "waived", "moved", "asked", "denied")
_STREAMED = {"yield_per": 1000}
OVER = (CampaignState.WITHDRAWN, CampaignState.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which cases are looked at: of these units alone, or within these paths; both None: all of them."""

    unit_id: int | None = None
    within: tuple[str, ...] | None = None


def case_count(connection: Connection, campaign_id: int, chosen: Chosen) -> int:
    """How many cases there are to look at."""
    return int(connection.execute(_of(select(func.count()).select_from(t.cases), campaign_id, chosen)).scalar_one())


def next_cases(connection: Connection, campaign_id: int, chosen: Chosen, after: int, size: int) -> Sequence[Any]:
    """The next cases behind `after`: id, unit_id, path, with code and name of the unit."""
    c, u = t.cases.c, t.unit.c
    query = select(c.id, c.unit_id, c.path, u.code, u.name).select_from(t.cases).join(t.unit, u.id == c.unit_id)
    return connection.execute(_of(query, campaign_id, chosen).where(c.id > after).order_by(c.id).limit(size)).all()


def _of(query: Select[Any], campaign_id: int, chosen: Chosen) -> Select[Any]:
    c = t.cases.c
    query = query.where(c.campaign_id == campaign_id)
    if chosen.unit_id is not None:
        query = query.where(c.unit_id == chosen.unit_id)
    if chosen.within is not None:
        query = query.where(or_(false(), *(and_(c.path >= path, c.path < paths.end(path)) for path in chosen.within)))
    return query


def highest_case(connection: Connection) -> int:
    """The highest number of a case."""
    return connection.execute(select(func.max(t.cases.c.id))).scalar_one() or 0


def past_of(connection: Connection, campaign_id: int) -> str:
    """What the launch did with what was past: `owe` or `skip`."""
    return str(connection.execute(select(t.campaign.c.past).where(t.campaign.c.id == campaign_id)).scalar_one())


def occurrences(connection: Connection, campaign_id: int) -> Sequence[Any]:
    """The occurrences with the number of their one original deadline: id, task, period, scope, stage, on_entry, deadline_id."""
    o, d = t.occurrence.c, t.deadline.c
    query = select(o.id, o.task, o.period, o.scope, o.stage, o.on_entry, d.id.label("deadline_id"))
    query = query.join(t.deadline, and_(d.occurrence_id == o.id, d.original)).where(o.campaign_id == campaign_id)
    return connection.execute(query.order_by(o.id)).all()


def upstream_of(connection: Connection, campaign_id: int) -> dict[int, dict[int, frozenset[Upstream]]]:
    """By the occurrence that waits: what it waits for, and in which ways, as the launch wrote it down."""
    mine = select(t.occurrence.c.id).where(t.occurrence.c.campaign_id == campaign_id)
    found: dict[int, dict[int, frozenset[Upstream]]] = {}
    for (here, there), readings in dependencies(connection, t.dependency.c.occurrence_id.in_(mine)).items():
        found.setdefault(here, {})[there] = readings
    return found


def launch_line(connection: Connection, campaign_id: int) -> int:
    """The number of the line that says that the campaign was launched; 0 where it says so nowhere."""
    e = t.event.c
    return connection.execute(select(func.min(e.id)).where(e.campaign_id == campaign_id, e.kind == "launched")).scalar_one() or 0


def imports(connection: Connection, after: int) -> Sequence[Any]:
    """The lines of imports behind that one."""
    e = t.event.c
    query = select(e.id, e.recorded_at, e.data).where(e.campaign_id.is_(None), e.kind == "imported", e.id > after)
    return connection.execute(query.order_by(e.id)).all()


def lines_of_campaign(connection: Connection, campaign_id: int, after: int) -> Iterator[Any]:
    """Lines behind that one by which all cases are read: of the clock, of rounds, and those that give a deadline."""
    e = t.event.c
    query = select(t.event).where(e.campaign_id == campaign_id, e.kind.in_((*CLOCK, *ROUNDS, *GIVING)), e.id > after).order_by(e.id)
    yield from connection.execute(query, execution_options=_STREAMED)


def lines_of_cases(connection: Connection, after: int, upto: int) -> Sequence[Any]:
    """Every line about the cases numbered above `after` and up to `upto` that tells of their duties, in order."""
    e = t.event.c
    query = select(t.event).where(e.case_id > after, e.case_id <= upto, e.kind.in_(_TELLING))
    return connection.execute(query.order_by(e.id)).all()


def deadline_before(connection: Connection, line: Any) -> int | None:
    """The deadline that the obligation of a line had been given last before it; None where it had its original one."""
    e = t.event.c
    same = (e.case_id == line.case_id, e.occurrence_id == line.occurrence_id, e.subject == line.subject, e.id < line.id)
    row = connection.execute(select(e.data).where(*same, e.kind.in_(GIVING)).order_by(e.id.desc()).limit(1)).first()
    return None if row is None else row.data.get("deadline")


def first_pending(connection: Connection, campaign_id: int, now: datetime) -> datetime | None:
    """When the first bell was to ring that has not rung yet, of those due by now."""
    a = t.agenda.c
    first: datetime | None = connection.execute(select(func.min(a.at)).where(a.campaign_id == campaign_id, a.at <= now)).scalar_one()
    return first


def lines_counted(
    connection: Connection, campaign_id: int, kind: str, case_id: int | None, times: tuple[datetime | None, datetime | None]
) -> int:
    """How many lines of that kind a campaign, or one case of it, has within these times, the second exclusive; None: no end."""
    e = t.event.c
    mine = [e.campaign_id == campaign_id, e.kind == kind]
    mine += [e.case_id == case_id] if case_id is not None else []
    since, until = times
    mine += [e.recorded_at >= since] if since is not None else []
    mine += [e.recorded_at < until] if until is not None else []
    return int(connection.execute(select(func.count()).select_from(t.event).where(*mine)).scalar_one())


def came_back(connection: Connection, campaign_id: int) -> frozenset[datetime]:
    """The instants at which it was noticed that letters of the campaign were refused, or came back."""
    r, m = t.report.c, t.message.c
    query = select(r.at).distinct().join(t.message, m.id == r.message_id).where(m.campaign_id == campaign_id)
    return frozenset(connection.execute(query).scalars())


def last_batch(connection: Connection, campaign_id: int) -> datetime | None:
    """Up to when the clock has done its work, by what it wrote down last."""
    e = t.event.c
    mine = (e.campaign_id == campaign_id, e.case_id.is_(None), e.kind.in_(CLOCK))
    last: datetime | None = connection.execute(select(func.max(e.due_at)).where(*mine)).scalar_one()
    return last


def scopes_of(connection: Connection, campaign_id: int, units: Sequence[int]) -> Sequence[Any]:
    """What the launch wrote down of these units: unit_id, number, owner_id, reviewer_id."""
    s = t.scope.c
    query = select(s.unit_id, s.number, s.owner_id, s.reviewer_id).where(s.campaign_id == campaign_id, s.unit_id.in_(units))
    return connection.execute(query).all()


def owning(connection: Connection, campaign_id: int, scope: int, units: Sequence[int]) -> frozenset[int]:
    """Which of these units owe something of that selection, for whichever unit."""
    s = t.scope.c
    query = select(s.owner_id).where(s.campaign_id == campaign_id, s.number == scope, s.owner_id.in_(units)).distinct()
    return frozenset(connection.execute(query).scalars())


def notices_of(connection: Connection, campaign_id: int, after: int, upto: int) -> Sequence[Any]:
    """The notices about the cases numbered above `after` and up to `upto`."""
    n = t.notice.c
    query = select(t.notice).where(n.case_id > after, n.case_id <= upto, n.campaign_id == campaign_id)
    return connection.execute(query.order_by(n.case_id, n.id)).all()


@dataclass(frozen=True, kw_only=True)
class Read:
    """What is read by some that wait: the occurrence, its selection, in which way, and from where (paths or unit ids)."""

    campaign_id: int
    occurrence_id: int
    scope: int
    way: Upstream
    places: tuple[Any, ...]


def read_counts(connection: Connection, read: Read) -> dict[Any, int]:
    """How many obligations are read: by owner, or by the path of the unit above those they are about."""
    at = t.scope.c.owner_id if read.way is Upstream.OWED else t.cases.c.parent_path
    query = _read(select(at.label("at"), func.count().label("n")), read).group_by(at)
    return {row.at: row.n for row in connection.execute(query)}


def turning_lines(connection: Connection, read: Read) -> Iterator[Any]:
    """The lines by which what is read becomes done or undone, in order: id, kind, case_id, recorded_at, data, and `at` as counted."""
    e = t.event.c
    at = t.scope.c.owner_id if read.way is Upstream.OWED else t.cases.c.parent_path
    query = _read(select(e.id, e.kind, e.case_id, e.recorded_at, e.data, at.label("at")), read).join(t.event, e.case_id == t.cases.c.id)
    query = query.where(e.occurrence_id == read.occurrence_id, e.kind.in_(_TURNING)).order_by(e.id)
    yield from connection.execute(query, execution_options=_STREAMED)


def _read(query: Select[Any], read: Read) -> Select[Any]:
    s, c = t.scope.c, t.cases.c
    query = query.select_from(t.scope).join(t.cases, and_(c.campaign_id == s.campaign_id, c.unit_id == s.unit_id))
    query = query.where(s.campaign_id == read.campaign_id, s.number == read.scope)
    if read.way is Upstream.OWED:
        return query.where(s.owner_id.in_(read.places))
    if read.way is Upstream.DIRECTLY_BELOW:
        return query.where(c.parent_path.in_(read.places))
    return query.where(or_(*(and_(c.path > path, c.path < paths.end(path)) for path in read.places)))


def message_count(connection: Connection, campaign_id: int, person_id: int | None) -> int:
    """How many messages there are to look at."""
    query = select(func.count()).select_from(t.message).where(*_messages(campaign_id, person_id))
    return int(connection.execute(query).scalar_one())


def next_messages(
    connection: Connection, campaign_id: int, person_id: int | None, after: int, size: int, case_id: int | None = None
) -> Sequence[Any]:
    """The next messages behind `after`, without their texts; to one person, or with something about one case."""
    m, n = t.message.c, t.notice.c
    columns = (m.id, m.token, m.composed_at, m.state, m.attempts, m.next_try_at, m.reason, m.claim)
    query = select(*columns).where(*_messages(campaign_id, person_id), m.id > after).order_by(m.id).limit(size)
    if case_id is not None:
        query = query.where(m.id.in_(select(n.message_id).where(n.case_id == case_id, n.message_id.is_not(None))))
    return connection.execute(query).all()


def _messages(campaign_id: int, person_id: int | None) -> tuple[Any, ...]:
    m = t.message.c
    return (m.campaign_id == campaign_id, *(() if person_id is None else (m.person_id == person_id,)))


def attempts_of(connection: Connection, message_ids: Iterable[int]) -> Sequence[Any]:
    """The attempts to send these messages, in order."""
    a = t.attempt.c
    return connection.execute(select(t.attempt).where(a.message_id.in_(list(message_ids))).order_by(a.id)).all()


def notices_in(connection: Connection, message_ids: Iterable[int]) -> Sequence[Any]:
    """The notices that say they are in these messages, with unit and task."""
    n, o, u = t.notice.c, t.occurrence.c, t.unit.c
    query = select(n.id, n.message_id, n.state, n.kind, n.number, n.due_at, u.code, u.name, o.task, o.period)
    query = (
        query.join(t.cases, t.cases.c.id == n.case_id).join(t.unit, u.id == t.cases.c.unit_id).join(t.occurrence, o.id == n.occurrence_id)
    )
    return connection.execute(query.where(n.message_id.in_(list(message_ids))).order_by(n.id)).all()


def seats_ever(connection: Connection, person_id: int) -> tuple[tuple[int, str, str], ...]:
    """(unit id, post, path of the unit) of every post that a person holds, has held or will hold."""
    query = select(t.tenure.c.unit_id, t.tenure.c.post, t.unit.c.path).join(t.unit, t.unit.c.id == t.tenure.c.unit_id)
    return tuple((row.unit_id, row.post, row.path) for row in connection.execute(query.where(t.tenure.c.person_id == person_id)))
