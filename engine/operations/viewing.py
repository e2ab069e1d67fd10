"""Reading: one unit's duties, the campaign at a glance, the journal, what became of the notices, the tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.machine.states import FINISHED, STATE_WORDS, ObligationState
from engine.operations.asking import Helper, Lookup
from engine.operations.campaigns import NotInCampaign, Running, choose, obligation_title, unit_of
from engine.operations.context import House
from engine.operations.directory import Directory
from engine.sentences import Sentence
from engine.store import obligations, paths, people, queries, roster
from engine.store.asked import Asked
from engine.store.codes import CampaignState, NoticeState
from engine.store.obligations import ball
from engine.store.stuck import StuckCases

_UNDONE = (ObligationState.SCHEDULED, ObligationState.OPEN, ObligationState.RETURNED)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One obligation as its unit sees it. late: what stands was handed in late; what was taken back does not stand.

    reason: why it is not done, where that says more than that it is not: returned, turned away, waiting for others.
    """

    task: str
    period: str
    title: Sentence
    stage: Sentence
    modality: str
    state: Sentence
    code: str
    overdue: bool
    late: bool
    due: str
    original_due: str
    version: int
    handed_in_at: datetime | None
    waits_on: tuple[Helper, ...]
    reason: Sentence | None


@dataclass(frozen=True, kw_only=True)
class UnitStatus:
    """One unit: where it stands and what it owes."""

    campaign: str
    unit: str
    name: str
    level: str
    stage: Sentence
    entered_at: datetime
    zone: str
    duties: tuple[Duty, ...]


def unit_status(house: House, campaign: str | None, unit: str, now: datetime) -> UnitStatus:
    """The unit's place and duties. Raises what is wrong with the names."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        at = unit_of(connection, unit)
        case = queries.find_case(connection, running.id, at.id)
        if case is None:
            raise NotInCampaign(unit=at.name, code=at.code, campaign=running.name)
        lookup = Lookup(connection, running, running.instant(now))
        rows = obligations.of_case(connection, case.case_id)
        reasons = lookup.reasons([row for row in rows if row.state in _UNDONE])
        return UnitStatus(
            campaign=running.name,
            unit=at.code,
            name=at.name,
            level=at.level,
            stage=running.stage_title(case.stage),
            entered_at=case.entered_at,
            zone=str(running.zone),
            duties=tuple(_duty(lookup, running, row, reasons.get(row.key)) for row in rows),
        )


def _duty(lookup: Lookup, running: Running, row: obligations.ObligationRow, reason: Sentence | None) -> Duty:
    stands = row.handed_in_at is not None and row.state is not ObligationState.OPEN
    late = stands and row.handed_in_at is not None and row.late_at is not None and row.handed_in_at >= row.late_at
    owing = row.state in _UNDONE
    return Duty(
        task=row.task,
        period=row.period,
        title=obligation_title(row),
        stage=running.stage_title(row.stage),
        modality=row.modality.name.lower(),
        state=STATE_WORDS[row.state],
        code=row.state.name.lower(),
        overdue=owing and row.late_at is not None and row.late_at <= lookup.now,
        late=late,
        due=row.due_text,
        original_due=row.original_due_text if row.original_due_text != row.due_text else "",
        version=row.version,
        handed_in_at=row.handed_in_at,
        waits_on=() if row.state.done else lookup.helpers(*ball(row)),
        reason=reason,
    )


@dataclass(frozen=True, kw_only=True)
class CampaignStatus:
    """The campaign at a glance. `stages`: title, opens, closes, cases there now."""

    campaign: str
    title: str
    workflow: str
    version: int
    state: Sentence
    mail_on: bool
    now: datetime
    zone: str
    cases: int
    finished: int
    stuck: int
    stages: tuple[tuple[Sentence, datetime | None, datetime | None, int], ...]
    outside: tuple[tuple[Sentence, int], ...]
    notices: dict[str, int]


_CAMPAIGN_WORDS = {
    CampaignState.RUNNING: Sentence("进行中", "running"),
    CampaignState.WITHDRAWN: Sentence("已撤销", "withdrawn"),
    CampaignState.CLOSED: Sentence("已结束", "closed"),
}


def campaign_status(house: House, campaign: str | None, now: datetime) -> CampaignStatus:
    """How many units stand where, and how the mail fares."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        counts = queries.stage_counts(connection, running.id, paths.EVERYWHERE)
        stuck = StuckCases(connection, Asked(campaign_id=running.id, path=paths.EVERYWHERE, now=running.instant(now)))
        told: dict[str, int] = {}
        for (state, reason), n in queries.notice_counts(connection, running.id).items():
            name = NoticeState(state).name.lower() + (f":{reason}" if reason else "")
            told[name] = told.get(name, 0) + n
        return CampaignStatus(
            campaign=running.name,
            title=running.title,
            workflow=running.workflow.name,
            version=running.workflow.version,
            state=_CAMPAIGN_WORDS[CampaignState(running.state)],
            mail_on=running.mail_on,
            now=running.instant(now),
            zone=str(running.zone),
            cases=sum(counts.values()),
            finished=counts.get(FINISHED, 0),
            stuck=stuck.count(),
            stages=tuple((running.stage_title(s.position), s.opens_at, s.closes_at, counts.get(s.position, 0)) for s in running.stages),
            outside=tuple((running.stage_title(where), n) for where, n in counts.items() if not 0 <= where < len(running.stages)),
            notices=told,
        )


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One line of the journal."""

    id: int
    recorded_at: datetime
    due_at: datetime | None
    kind: str
    unit: str
    unit_name: str
    task: str
    period: str
    actor: str
    behalf: str
    forced: bool
    data: dict[str, Any]


def read_journal(
    house: House, campaign: str | None, *, unit: str | None = None, since: datetime | None = None, limit: int = 200
) -> tuple[JournalLine, ...]:
    """The newest lines of the journal, in the order written; of one unit, or of the whole campaign with what came before it."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        case_id = None
        if unit is not None:
            at = unit_of(connection, unit)
            case = queries.find_case(connection, running.id, at.id)
            if case is None:
                raise NotInCampaign(unit=at.name, code=at.code, campaign=running.name)
            case_id = case.case_id
        rows = queries.event_lines(connection, running.id, case_id=case_id, since=since, limit=limit)
        return tuple(_journal_line(row) for row in rows)


def _journal_line(row: Any) -> JournalLine:
    return JournalLine(
        id=row.id,
        recorded_at=row.recorded_at,
        due_at=row.due_at,
        kind=row.kind,
        unit=row.code or "",
        unit_name=row.unit or "",
        task=row.task or "",
        period=row.period or "",
        actor=row.actor or "",
        behalf=row.behalf or "",
        forced=row.forced,
        data=dict(row.data),
    )


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One notice and what became of it. `recipient`: whoever was or would be told; `rung`: its number on the ladder."""

    id: int
    unit: str
    unit_name: str
    task: str
    period: str
    kind: int
    rung: int
    recipient: str
    due_at: datetime
    decided_at: datetime
    state: str
    reason: str


def read_notices(
    house: House, campaign: str | None, now: datetime, *, under: str | None = None, state: str | None = None, limit: int = 1_000_000
) -> tuple[NoticeLine, ...]:
    """Notices in the order decided."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        path = unit_of(connection, under).path if under else paths.EVERYWHERE
        wanted = None if state is None else NoticeState[state.upper()]
        rows = queries.notice_lines(connection, running.id, path=path, state=wanted, limit=limit)
        directory = Directory(connection, running.organisation, running.day(now))
        directory.prefetch(row.unit_id for row in rows if row.person is None and row.unit_id is not None)
        seats: dict[tuple[int, str], str] = {}
        lines = []
        for row in rows:
            key = (row.unit_id or 0, row.role)
            if row.person is None and row.unit_id is not None and key not in seats:
                seats[key] = _whom(directory, row)
            lines.append(_notice_line(row, row.person or seats.get(key, "")))
        return tuple(lines)


def _whom(directory: Directory, row: Any) -> str:
    answer = directory.answering(row.unit_id, row.role)
    place = f"{row.seat_name} {row.role}".strip()
    return f"{place} {answer.holders[0].name}" if answer.holders else place


def _notice_line(row: Any, recipient: str) -> NoticeLine:
    return NoticeLine(
        id=row.id,
        unit=row.code,
        unit_name=row.unit,
        task=row.task,
        period=row.period,
        kind=row.kind,
        rung=row.number,
        recipient=recipient,
        due_at=row.due_at,
        decided_at=row.decided_at,
        state=NoticeState(row.state).name.lower(),
        reason=row.reason,
    )


@dataclass(frozen=True, kw_only=True)
class TreeLine:
    """A unit in the tree, with who holds its posts today."""

    depth: int
    code: str
    name: str
    level: str
    kind: str
    posts: tuple[tuple[str, str], ...]


def read_tree(house: House, day: date, under: str | None = None) -> tuple[TreeLine, ...]:
    """The tree with whoever holds its posts that day, depth first."""
    with house.database.read() as connection:
        top = unit_of(connection, under) if under else None
        units = list(roster.walk(connection, top.path if top else ""))
        held: dict[int, list[tuple[str, str]]] = {}
        for holder in people.holders(connection, tuple(unit.id for unit in units), day):
            held.setdefault(holder.unit_id, []).append((holder.post, holder.name))
        base = min((paths.depth(unit.path) for unit in units), default=0)
        return tuple(
            TreeLine(
                depth=paths.depth(unit.path) - base,
                code=unit.code,
                name=unit.name,
                level=unit.level,
                kind=unit.kind,
                posts=tuple(held.get(unit.id, ())),
            )
            for unit in units
        )
