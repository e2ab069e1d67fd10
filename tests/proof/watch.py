"""What stands in the tables, read in the words of the model; and all of it, for comparing before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, Table, func, select

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.store import tables as t
from engine.store.asked import Asked
from engine.store.codes import Bell, CampaignState, NoticeKind
from engine.store.database import Connection
from engine.store.missing import Held, Missing
from engine.store.stuck import StuckCases, parts, read_part
from tests.proof import dates
from tests.proof.model import Key, Model, Told

Row = tuple[Any, ...]
CLOCK_LINES = ("opened", "reminded", "locked", "late", "blocked")


def duties(connection: Connection) -> dict[Key, Row]:
    """Every obligation: state, version, attempt, extensions, due, late, lock, whose review, how many it waits for, overdue since."""
    u, judge, o, ob, d, over = t.unit, t.unit.alias("judge"), t.occurrence.c, t.obligation.c, t.deadline.c, t.overdue.c
    same = (over.case_id == ob.case_id) & (over.occurrence_id == ob.occurrence_id) & (over.subject == ob.subject)
    columns = (ob.state, ob.version, ob.attempt, ob.extensions, d.due_at, d.late_at, d.lock_at, judge.c.code, ob.waits, over.since)
    query = select(u.c.code, o.task, o.period, *columns).select_from(t.obligation).join(t.cases).join(u, u.c.id == t.cases.c.unit_id)
    query = query.join(t.occurrence).join(t.deadline, d.id == ob.deadline_id).outerjoin(judge, judge.c.id == ob.reviewer_id)
    rows = connection.execute(query.outerjoin(t.overdue, same)).all()
    return {(row[0], row[1], row[2]): (ObligationState(row[3]).name.lower(), *row[4:]) for row in rows}


def cases(connection: Connection) -> dict[str, Row]:
    """Where each unit stands, since when, and since when its gate holds."""
    query = select(t.unit.c.code, t.cases.c.stage, t.cases.c.entered_at, t.ready.c.since)
    query = query.select_from(t.cases).join(t.unit, t.unit.c.id == t.cases.c.unit_id).outerjoin(t.ready, t.ready.c.case_id == t.cases.c.id)
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def told(connection: Connection) -> list[Told]:
    """Every notice that was decided; but for the office's own about those that no letter reaches, which come of delivering."""
    n, u, to = t.notice.c, t.unit, t.unit.alias("recipient")
    columns = (u.c.code, t.occurrence.c.task, t.occurrence.c.period, n.kind, n.due_at, to.c.code.label("unit"), n.role, n.rung, n.due_at)
    query = select(*columns, t.campaign.c.launched_at, n.reason).select_from(t.notice).join(t.cases, t.cases.c.id == n.case_id)
    query = query.join(u, u.c.id == t.cases.c.unit_id).join(t.occurrence, t.occurrence.c.id == n.occurrence_id)
    query = query.join(t.campaign, t.campaign.c.id == n.campaign_id).outerjoin(to, to.c.id == n.unit_id)
    return [
        Told(
            key=(row[0], row[1], row[2]),
            kind=NoticeKind(row[3]).name.lower(),
            at=row[4],
            unit=row[5],
            role=row[6],
            line=row[7],
            before_launch=row.reason == "before-launch",
        )
        for row in connection.execute(query.where(n.kind != NoticeKind.UNREACHED))
    ]


def expected_duties(model: Model, now: datetime) -> dict[Key, Row]:
    """The same of the model. Where a campaign is over nothing grows late any more."""
    at = now if model.ended is None else min(now, model.ended)
    return {
        key: (
            *(duty.state, duty.version, duty.attempt, duty.extensions, dates.end(duty.due), duty.late, duty.lock, duty.judge),
            *(model.waits(duty), duty.overdue_since(at)),
        )
        for key, duty in model.duties.items()
    }


def expected_cases(model: Model) -> dict[str, Row]:
    """The same of the model."""
    return {unit: (case.stage, case.entered, None if model.over else case.clear) for unit, case in model.cases.items()}


def miscounted(connection: Connection) -> list[str]:
    """Kept counts that differ from a recount of the rows they count."""
    ob, o = t.obligation.c, t.occurrence.c
    owed = select(ob.case_id, o.stage, func.count()).join(t.occurrence, o.id == ob.occurrence_id)
    owed = owed.where(o.modality != Modality.MAY, ob.state < ObligationState.ACCEPTED).group_by(ob.case_id, o.stage)
    kept = select(t.progress.c.case_id, t.progress.c.stage, t.progress.c.missing).where(t.progress.c.missing != 0)
    standing = select(t.cases.c.parent_path, t.cases.c.stage, func.count()).group_by(t.cases.c.parent_path, t.cases.c.stage)
    tally = select(t.tally.c.path, t.tally.c.stage, t.tally.c.n).where(t.tally.c.n != 0)
    wrong = [
        name
        for name, one, other in (("progress", owed, kept), ("tally", standing, tally))
        if _all(connection, one) != _all(connection, other)
    ]
    settled = select(ob.case_id).where(ob.settled != (ob.state >= ObligationState.LAPSED))
    return wrong + (["settled"] if _all(connection, settled) else []) + _not_ready(connection)


def _not_ready(connection: Connection) -> list[str]:
    """Whoever misses nothing up to its stage is ready for the next, and nobody else."""
    p, c = t.progress.c, t.cases.c
    misses = select(func.coalesce(func.sum(p.missing), 0)).where(p.case_id == c.id, p.stage <= c.stage).correlate(t.cases).scalar_subquery()
    running = select(t.campaign.c.id).where(t.campaign.c.state == CampaignState.RUNNING)
    free = select(c.id, c.stage).where(misses == 0, c.stage < FINISHED, c.campaign_id.in_(running))
    ready = select(t.ready.c.case_id, t.ready.c.stage)
    return [] if _all(connection, free) == _all(connection, ready) else ["ready"]


def _all(connection: Connection, query: Select[Any]) -> list[Row]:
    return sorted(map(tuple, connection.execute(query)))


def stuck_otherwise(connection: Connection, now: datetime) -> list[str]:
    """Where the answer to *who is stuck, and held by what*, read a part at a time, is not that of whoever reads everything."""
    ((campaign, path),) = connection.execute(select(t.campaign.c.id, t.campaign.c.root_path)).all()
    stuck = StuckCases(connection, Asked(campaign_id=campaign, path=path, now=now))
    places = [place for part in parts(stuck, size=2) for place in part]
    answer = {held.case.code: (held.since, _owed(held)) for part in Missing(connection, stuck).parts(3) for held in part}
    since = {one.case.code: one.since for one in read_part(connection, stuck, places)}
    counted, holding = _recounted(connection, now)
    wrong = {
        "who": list(answer.items()) != list(counted.items()),
        "since": since != {code: instant for code, (instant, _) in counted.items()},
        "how many": stuck.count() != len(counted) or len(places) != len(counted),
        "ranking": stuck.ranking() != holding,
    }
    return [f"stuck: {name}" for name, differs in wrong.items() if differs]


def _owed(held: Held) -> list[int]:
    return [row.occurrence_id for row in held.owed]


def _recounted(connection: Connection, now: datetime) -> tuple[dict[str, tuple[datetime, list[int]]], Counter[int]]:
    """Who is stuck, since when, and which occurrences hold it in order of due, by reading every obligation; and how many each holds."""
    c, o, ob, v = t.cases.c, t.occurrence.c, t.obligation.c, t.overdue.c
    closes = {row.position: row.closes_at for row in connection.execute(select(t.stage)) if row.closes_at and row.closes_at <= now}
    same = (v.case_id == ob.case_id) & (v.occurrence_id == ob.occurrence_id) & (v.subject == ob.subject)
    query = select(
        t.unit.c.code, c.stage.label("at"), o.id, o.stage, o.modality, ob.state, t.deadline.c.due_at, t.deadline.c.late_at, v.since
    )
    query = query.select_from(t.obligation).join(t.cases).join(t.unit, t.unit.c.id == c.unit_id).join(t.occurrence)
    query = query.join(t.deadline, t.deadline.c.id == ob.deadline_id).outerjoin(t.overdue, same).order_by(c.path)
    found: dict[str, tuple[datetime, list[int]]] = {}
    holding: Counter[int] = Counter()
    for code, rows in groupby(connection.execute(query).all(), key=lambda row: row.code):
        owed = list(rows)
        asks = [row for row in owed if row.modality != Modality.MAY and row.stage <= row.at and row.state < ObligationState.ACCEPTED]
        late = [row for row in owed if row.since is not None or _in_review_past(row, now)]
        instants = [row.since or row.late_at for row in late] + [closes[row.at] for row in asks[:1] if row.at in closes]
        if instants:
            held = sorted({*asks, *late}, key=lambda row: (row.due_at is None, row.due_at, row.id))
            found[code] = min(instants), [row.id for row in held]
            holding.update({row.id for row in late or asks})
    return found, holding


def _in_review_past(row: Any, now: datetime) -> bool:
    """Whether it was handed in and still waits for its review after the day it was due."""
    waits = row.modality != Modality.MAY and row.state == ObligationState.SUBMITTED
    return waits and row.late_at is not None and row.late_at <= now


def decided_twice(connection: Connection) -> list[Row]:
    """Keys of notices, with deadline and visit, that stand there more than once; and bells that would ring twice."""
    n, a = t.notice.c, t.agenda.c
    keys = select(n.case_id, n.occurrence_id, n.subject, n.kind, n.deadline_id, n.number)
    bells = select(a.kind, a.occurrence_id, a.deadline_id, a.number, a.at).where(a.kind != Bell.LOCK)
    counted = Counter([*map(tuple, connection.execute(keys)), *map(tuple, connection.execute(bells))])
    return [key for key, number in counted.items() if number > 1]


def everything(connection: Connection, *, without: Iterable[str] = ()) -> dict[str, list[str]]:
    """Every row of every table as text, in order; `without` names columns (`table.column`) or whole tables to leave out."""
    left_out = frozenset(without)
    return {
        table.name: sorted(map(repr, connection.exec_driver_sql(_reads(table, left_out)).all()))
        for table in t.metadata.sorted_tables
        if table.name not in left_out
    }


def _reads(table: Table, left_out: frozenset[str]) -> str:
    return f"SELECT {', '.join(c.name for c in table.c if f'{table.name}.{c.name}' not in left_out)} FROM {table.name}"


# What two databases that came to the same end on different ways do not share: numbers, and when the clock's work was written down.
OF_THE_WAY = (
    *("setting", "event", "notice.id", "notice.decided_at", "agenda.id", "agenda.cursor", "attempt.id"),
    *("person.id", "artifact.id", "workflow.loaded_by", "campaign.launched_by", "notice.message_id", "message.id", "attempt.message_id"),
)


def outcome(connection: Connection) -> dict[str, list[str]]:
    """What a campaign came to, whatever the steps in which its clock went on."""
    return {**everything(connection, without=OF_THE_WAY), "event": _lines(connection)}


def _lines(connection: Connection) -> list[str]:
    """The journal, lines of the clock added up: how many a batch held is of the way."""
    counted: Counter[Row] = Counter()
    for line in connection.execute(select(t.event).order_by(t.event.c.id)):
        if line.kind in CLOCK_LINES:
            about = [line.data.get(name) for name in ("deadline", "number", "stage")]
            counted[line.kind, line.occurrence_id, *about, line.due_at] += line.data["count"]
        else:
            by_hand = line.actor_id is not None
            counted[
                line.kind,
                line.case_id,
                line.occurrence_id,
                line.due_at,
                line.recorded_at if by_hand else None,
                line.forced,
                repr(line.data),
            ] += 1
    return sorted(map(repr, counted.items()))
