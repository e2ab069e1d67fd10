"""The read side: frozen views for pages and commands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, distinct, func, or_, select

from engine.machine.states import FINISHED, WITHDRAWN, ObligationState
from engine.store import paths, prepared
from engine.store import tables as t
from engine.store.asked import holds
from engine.store.codes import MessageState
from engine.store.obligations import ObligationRow, row_of, select_obligations


def named_reviewer(connection: Connection, row: ObligationRow) -> int | None:
    """The id of the unit that the file names as reviewer; the obligation itself holds who reviews what was handed in last."""
    found = prepared.found(connection, _named_reviewer(), {"occurrence": row.occurrence_id, "unit": row.unit_id})
    return found[0].reviewer_id if found else None


@cache
def _named_reviewer() -> Any:
    s = t.scope.c
    query = select(s.reviewer_id).join(t.occurrence, and_(t.occurrence.c.campaign_id == s.campaign_id, t.occurrence.c.scope == s.number))
    return query.where(t.occurrence.c.id == bindparam("occurrence"), s.unit_id == bindparam("unit"))


class CaseRow(NamedTuple):
    """A case with its unit, in the order of `_cases`."""

    case_id: int
    unit_id: int
    code: str
    name: str
    level: str
    path: str
    stage: int
    entered_at: datetime


def _cases() -> Any:
    u, c = t.unit.c, t.cases.c
    columns = [c.id.label("case_id"), u.id.label("unit_id"), u.code, u.name, u.level, c.path, c.stage, c.entered_at]
    return select(*columns).join(t.unit, u.id == c.unit_id)


def find_case(connection: Connection, campaign_id: int, unit_id: int) -> CaseRow | None:
    """The unit's case."""
    return next(iter(prepared.found_as(connection, _case_of(), {"campaign": campaign_id, "unit": unit_id}, CaseRow._make)), None)


@cache
def _case_of() -> Any:
    return _cases().where(t.cases.c.campaign_id == bindparam("campaign"), t.cases.c.unit_id == bindparam("unit"))


def cases_by_id(connection: Connection, case_ids: Sequence[int]) -> dict[int, CaseRow]:
    """These cases, by id."""
    found = {}
    for start in range(0, len(case_ids), 500):
        for row in connection.execute(_cases().where(t.cases.c.id.in_(case_ids[start : start + 500]))):
            found[row.case_id] = CaseRow._make(row)
    return found


def stage_counts(connection: Connection, campaign_id: int, path: str) -> dict[int, int]:
    """How many cases stand where, within a subtree: summed from the tallies kept at direct parents."""
    y = t.tally.c
    # A row stays at nought where nobody stands any more: half of them are not worth sorting.
    below = (y.campaign_id == campaign_id, y.path >= path, y.path < paths.end(path), y.n != 0)
    counts = {stage: int(n) for stage, n in connection.execute(select(y.stage, func.sum(y.n)).where(*below).group_by(y.stage))}
    own = connection.execute(
        select(t.cases.c.stage).where(t.cases.c.campaign_id == campaign_id, t.cases.c.path == path)
    ).scalar_one_or_none()
    if own is not None:
        counts[own] = counts.get(own, 0) + 1
    return {stage: n for stage, n in sorted(counts.items()) if n}


def _within(query: Any, campaign_id: int, path: str) -> Any:
    c = t.cases.c
    return query.where(c.campaign_id == campaign_id, c.path >= path, c.path < paths.end(path))


def blocking(connection: Connection, case_ids: Sequence[int], now: datetime) -> dict[int, list[ObligationRow]]:
    """For each case what holds it, in order of due: the unmet of its own stage and of earlier ones, whatever is overdue, and what was
    handed in and waits for its review after the day it was due.
    """
    return _rows_by_case(connection, case_ids, holds(now))


def occurrences_by_id(connection: Connection, numbers: Sequence[int]) -> dict[int, Any]:
    """These occurrences, by id."""
    found: dict[int, Any] = {}
    for start in range(0, len(numbers), 500):
        query = select(t.occurrence).where(t.occurrence.c.id.in_(numbers[start : start + 500]))
        found |= {row.id: row for row in connection.execute(query)}
    return found


def _rows_by_case(connection: Connection, case_ids: Sequence[int], chosen: Any) -> dict[int, list[ObligationRow]]:
    found: dict[int, list[ObligationRow]] = {case_id: [] for case_id in case_ids}
    for start in range(0, len(case_ids), 500):
        part = case_ids[start : start + 500]
        query = select_obligations().where(t.obligation.c.case_id.in_(part), chosen)
        for row in connection.execute(query.order_by(t.deadline.c.due_at.is_(None), t.deadline.c.due_at, t.occurrence.c.id)):
            found[row.case_id].append(row_of(row))
    return found


def return_reasons(connection: Connection, case_ids: Sequence[int]) -> dict[tuple[int, int, int], str]:
    """Why what these cases handed in was returned the last time, by obligation."""
    e = t.event.c
    query = select(e.case_id, e.occurrence_id, e.subject, e.data).where(e.kind == "returned").order_by(e.id)
    found: dict[tuple[int, int, int], str] = {}
    for start in range(0, len(case_ids), 500):
        for row in connection.execute(query.where(e.case_id.in_(case_ids[start : start + 500]))):
            found[row.case_id, row.occurrence_id, row.subject] = str(row.data.get("reason", ""))
    return found


def unfinished_cases(connection: Connection, campaign_id: int, path: str) -> tuple[CaseRow, ...]:
    """Every case still walking, in the order of the tree."""
    query = _within(_cases(), campaign_id, path).where(t.cases.c.stage < FINISHED).order_by(t.cases.c.path)
    return tuple(map(CaseRow._make, connection.execute(query)))


def all_cases(connection: Connection, campaign_id: int, path: str) -> tuple[CaseRow, ...]:
    """Every case of a subtree, in the order of the tree; those withdrawn left out."""
    query = _within(_cases(), campaign_id, path).where(t.cases.c.stage != WITHDRAWN).order_by(t.cases.c.path)
    return tuple(map(CaseRow._make, connection.execute(query)))


def last_told(connection: Connection, case_ids: Sequence[int]) -> dict[tuple[int, int, int], dict[int, datetime]]:
    """By the key of an obligation, who has had letters that speak of it, and when the last one left for each: by the person's id."""
    n, m, a = t.notice.c, t.message.c, t.attempt.c
    key = (n.case_id, n.occurrence_id, n.subject, m.person_id)
    query = select(*key, func.max(a.at)).join(t.message, m.id == n.message_id).join(t.attempt, a.message_id == m.id)
    query = query.where(m.state == MessageState.SENT).group_by(*key)
    found: dict[tuple[int, int, int], dict[int, datetime]] = defaultdict(dict)
    for start in range(0, len(case_ids), 500):
        for case_id, occurrence_id, subject, person_id, at in connection.execute(query.where(n.case_id.in_(case_ids[start : start + 500]))):
            found[case_id, occurrence_id, subject][person_id] = at
    return found


def event_lines(
    connection: Connection, campaign_id: int | None, *, case_id: int | None, since: datetime | None, limit: int
) -> tuple[Any, ...]:
    """Lines of the journal, the newest `limit`, in the order written, with names of unit, task and persons."""
    e = t.event.c
    actor, behalf = t.person.alias("actor"), t.person.alias("behalf")
    query = (
        select(t.event, t.unit.c.code, t.unit.c.name.label("unit"), t.occurrence.c.task, t.occurrence.c.period, t.occurrence.c.title)
        .add_columns(actor.c.name.label("actor"), behalf.c.name.label("behalf"))
        .outerjoin(t.cases, t.cases.c.id == e.case_id)
        .outerjoin(t.unit, t.unit.c.id == t.cases.c.unit_id)
        .outerjoin(t.occurrence, t.occurrence.c.id == e.occurrence_id)
        .outerjoin(actor, actor.c.id == e.actor_id)
        .outerjoin(behalf, behalf.c.id == e.behalf_id)
    )
    if campaign_id is not None:
        query = query.where(or_(e.campaign_id == campaign_id, e.campaign_id.is_(None)))
    if case_id is not None:
        query = query.where(e.case_id == case_id)
    if since is not None:
        query = query.where(e.recorded_at >= since)
    return tuple(reversed(connection.execute(query.order_by(e.id.desc()).limit(limit)).all()))


def notice_lines(connection: Connection, campaign_id: int, *, path: str, state: int | None, limit: int) -> tuple[Any, ...]:
    """Notices with unit, task, seat and person, in the order decided."""
    n, seat = t.notice.c, t.unit.alias("seat")
    query = (
        select(t.notice, t.unit.c.code, t.unit.c.name.label("unit"), t.occurrence.c.task, t.occurrence.c.period, t.occurrence.c.title)
        .add_columns(seat.c.code.label("seat_code"), seat.c.name.label("seat_name"), t.person.c.name.label("person"), t.message.c.address)
        .join(t.cases, t.cases.c.id == n.case_id)
        .join(t.unit, t.unit.c.id == t.cases.c.unit_id)
        .join(t.occurrence, t.occurrence.c.id == n.occurrence_id)
        .outerjoin(seat, seat.c.id == n.unit_id)
        .outerjoin(t.message, t.message.c.id == n.message_id)
        .outerjoin(t.person, t.person.c.id == t.message.c.person_id)
        .where(n.campaign_id == campaign_id, t.cases.c.path >= path, t.cases.c.path < paths.end(path))
    )
    if state is not None:
        query = query.where(n.state == state)
    return tuple(connection.execute(query.order_by(n.id).limit(limit)))


def notice_counts(connection: Connection, campaign_id: int) -> dict[tuple[int, str], int]:
    """What became of every notice: (state, reason) -> how many."""
    n = t.notice.c
    query = select(n.state, n.reason, func.count()).where(n.campaign_id == campaign_id).group_by(n.state, n.reason)
    return {(state, reason): count for state, reason, count in connection.execute(query.order_by(n.state, n.reason))}


def state_counts(connection: Connection, campaign_id: int) -> dict[ObligationState, int]:
    """How many obligations are in which state."""
    mine = select(t.occurrence.c.id).where(t.occurrence.c.campaign_id == campaign_id)
    query = select(t.obligation.c.state, func.count()).where(t.obligation.c.occurrence_id.in_(mine)).group_by(t.obligation.c.state)
    return {ObligationState(state): n for state, n in connection.execute(query)}


def message_counts(connection: Connection, campaign_id: int) -> tuple[int, int]:
    """(messages, persons they went to)."""
    m = t.message.c
    row = connection.execute(select(func.count(), func.count(distinct(m.person_id))).where(m.campaign_id == campaign_id)).one()
    return row[0], row[1]
