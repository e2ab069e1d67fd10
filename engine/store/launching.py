"""Launch by sets: one INSERT .. SELECT a table, however many units there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, literal, select

from engine.machine.states import BEFORE, Modality, ObligationState
from engine.store import paths
from engine.store import tables as t
from engine.store.agenda import add_bell
from engine.store.codes import Bell, CampaignState, Upstream
from engine.store.waiting import count_waits


@dataclass(frozen=True, kw_only=True)
class NewCampaign:
    """A campaign about to run."""

    name: str
    workflow_id: int
    root_id: int
    root_path: str
    zone: str
    past: str
    mail_on: bool
    launched_at: datetime
    launched_by: int


@dataclass(frozen=True, kw_only=True)
class NewStage:
    """A stage with its window."""

    position: int
    name: str
    title: str
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class NewOccurrence:
    """An occurrence with its one original deadline.

    rungs: (number, index in the ladder, instant).  scope: which selection of units owes it.  told_from: the first rung to the owner.
    """

    task: str
    period: str
    title: str
    period_zh: str
    period_en: str
    stage: int
    modality: Modality
    scope: int
    owner_role: str
    reviewer_role: str
    reviewed: bool
    opens_at: datetime | None
    due_at: datetime | None
    due_text: str
    late_at: datetime | None
    lock_at: datetime | None
    pending_on: str
    on_entry: bool
    urgent: bool
    rungs: Sequence[tuple[int, int, datetime]]
    told_from: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NewScope:
    """One unit of a selection: who owes, and who reviews, by unit id."""

    number: int
    unit_id: int
    owner_id: int
    reviewer_id: int | None


@dataclass(frozen=True, kw_only=True)
class NewDependency:
    """Indexes into the list of occurrences: `occurrence` opens once `upstream` is done."""

    occurrence: int
    upstream: int
    reading: Upstream


def insert_campaign(connection: Connection, given: NewCampaign) -> int:
    """The new campaign's id."""
    values = {**vars_of(given), "state": CampaignState.RUNNING}
    return _inserted(connection, t.campaign, values)


def insert_stages(connection: Connection, campaign_id: int, stages: Iterable[NewStage]) -> None:
    """The stages and the bells of their windows."""
    for given in stages:
        connection.execute(insert(t.stage).values(campaign_id=campaign_id, **vars_of(given)))
        for bell, at in ((Bell.STAGE_OPENS, given.opens_at), (Bell.STAGE_CLOSES, given.closes_at)):
            if at is not None:
                add_bell(connection, campaign_id, bell, at, number=given.position)


def insert_occurrences(connection: Connection, campaign_id: int, occurrences: Iterable[NewOccurrence]) -> list[int]:
    """The occurrences with their deadlines and bells; the ids in the order given."""
    return [_insert_occurrence(connection, campaign_id, given) for given in occurrences]


def _insert_occurrence(connection: Connection, campaign_id: int, given: NewOccurrence) -> int:
    columns = {key: value for key, value in vars_of(given).items() if key in t.occurrence.c}
    number = _inserted(connection, t.occurrence, {**columns, "campaign_id": campaign_id, "opened": False})
    if given.opens_at is not None:
        add_bell(connection, campaign_id, Bell.OCCURRENCE_OPENS, given.opens_at, occurrence_id=number)
    insert_deadline(
        connection,
        campaign_id,
        number,
        due_at=given.due_at,
        due_text=given.due_text,
        late_at=given.late_at,
        lock_at=given.lock_at,
        original=True,
        rungs=given.rungs,
        told_from=given.told_from,
    )
    return number


def insert_deadline(
    connection: Connection,
    campaign_id: int,
    occurrence_id: int,
    *,
    due_at: datetime | None,
    due_text: str,
    late_at: datetime | None,
    lock_at: datetime | None,
    original: bool,
    rungs: Iterable[tuple[int, int, datetime]],
    told_from: datetime | None = None,
) -> int:
    """A deadline with its bells: rungs, lateness, lock. told_from: when the first reminder to whoever owes it goes out."""
    values = {"due_at": due_at, "due_text": due_text, "late_at": late_at, "lock_at": lock_at, "original": original, "told_from": told_from}
    number = _inserted(connection, t.deadline, {"occurrence_id": occurrence_id, **values})
    for position, rung, at in rungs:
        add_bell(connection, campaign_id, Bell.RUNG, at, occurrence_id=occurrence_id, deadline_id=number, number=position, rung=rung)
    for bell, instant in ((Bell.LATE, late_at), (Bell.LOCK, lock_at)):
        if instant is not None:
            add_bell(connection, campaign_id, bell, instant, occurrence_id=occurrence_id, deadline_id=number)
    return number


def rungs_ahead(connection: Connection, deadline_id: int, now: datetime) -> tuple[tuple[int, int, datetime], ...]:
    """The rungs of a deadline that have not fired yet: (number, index in the ladder, instant)."""
    a = t.agenda.c
    ahead = (a.deadline_id == deadline_id, a.kind == Bell.RUNG, a.at > now)
    return tuple((row.number, row.rung, row.at) for row in connection.execute(select(a.number, a.rung, a.at).where(*ahead)))


def insert_scopes(connection: Connection, campaign_id: int, scopes: Iterable[NewScope]) -> int:
    """The selections of units, streamed in; how many rows."""
    total = 0
    for batch in _batches(scopes, 5000):
        connection.execute(insert(t.scope), [{"campaign_id": campaign_id, **vars_of(row)} for row in batch])
        total += len(batch)
    return total


def insert_dependencies(connection: Connection, ids: Sequence[int], dependencies: Iterable[NewDependency]) -> None:
    """What waits for what."""
    rows = [
        {"occurrence_id": ids[given.occurrence], "upstream_id": ids[given.upstream], "reading": given.reading} for given in dependencies
    ]
    if rows:
        connection.execute(insert(t.dependency), rows)


def fill(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Cases, obligations, what each waits for, and the counters."""
    _insert_cases(connection, campaign_id, now)
    _insert_obligations(connection, campaign_id, now)
    count_waits(connection, campaign_id)
    _insert_progress(connection, campaign_id)
    _insert_tally(connection, campaign_id)
    _insert_ready(connection, campaign_id, now)


def _insert_cases(connection: Connection, campaign_id: int, now: datetime) -> None:
    above = func.substr(t.unit.c.path, 1, func.length(t.unit.c.path) - paths.STEP)
    owing = select(t.scope.c.unit_id).where(t.scope.c.campaign_id == campaign_id)
    rows = (
        select(literal(campaign_id), t.unit.c.id, t.unit.c.path, above, literal(BEFORE), literal(now, t.cases.c.entered_at.type))
        .where(t.unit.c.id.in_(owing))
        .order_by(t.unit.c.path)
    )
    columns = ["campaign_id", "unit_id", "path", "parent_path", "stage", "entered_at"]
    connection.execute(insert(t.cases).from_select(columns, rows))


def _insert_obligations(connection: Connection, campaign_id: int, now: datetime) -> None:
    owed = (
        select(
            t.cases.c.id,
            t.occurrence.c.id,
            literal(0),
            t.scope.c.owner_id,
            t.scope.c.reviewer_id,
            t.deadline.c.id,
            literal(int(ObligationState.SCHEDULED)),
            literal(False),
            literal(0),
            literal(0),
            literal(1),
            literal(0),
            literal(now, t.obligation.c.changed_at.type),
        )
        .select_from(t.cases)
        .join(t.scope, and_(t.scope.c.campaign_id == t.cases.c.campaign_id, t.scope.c.unit_id == t.cases.c.unit_id))
        .join(t.occurrence, and_(t.occurrence.c.campaign_id == campaign_id, t.occurrence.c.scope == t.scope.c.number))
        .join(t.deadline, t.deadline.c.occurrence_id == t.occurrence.c.id)
        .where(t.cases.c.campaign_id == campaign_id)
        .order_by(t.cases.c.id, t.occurrence.c.id)
    )
    names = [
        "case_id",
        "occurrence_id",
        "subject",
        "owner_id",
        "reviewer_id",
        "deadline_id",
        "state",
        "settled",
        "waits",
        "version",
        "attempt",
        "extensions",
        "changed_at",
    ]
    connection.execute(insert(t.obligation).from_select(names, owed))


def _insert_progress(connection: Connection, campaign_id: int) -> None:
    gating = (
        select(t.obligation.c.case_id, t.occurrence.c.stage, func.count())
        .join(t.occurrence, t.occurrence.c.id == t.obligation.c.occurrence_id)
        .where(t.occurrence.c.campaign_id == campaign_id, t.occurrence.c.modality != Modality.MAY)
        .group_by(t.obligation.c.case_id, t.occurrence.c.stage)
    )
    connection.execute(insert(t.progress).from_select(["case_id", "stage", "missing"], gating))


def _insert_tally(connection: Connection, campaign_id: int) -> None:
    counted = (
        select(t.cases.c.campaign_id, t.cases.c.parent_path, t.cases.c.stage, func.count())
        .where(t.cases.c.campaign_id == campaign_id)
        .group_by(t.cases.c.campaign_id, t.cases.c.parent_path, t.cases.c.stage)
    )
    connection.execute(insert(t.tally).from_select(["campaign_id", "path", "stage", "n"], counted))


def _insert_ready(connection: Connection, campaign_id: int, now: datetime) -> None:
    rows = select(t.cases.c.id, t.cases.c.campaign_id, t.cases.c.stage, literal(now, t.ready.c.since.type))
    rows = rows.where(t.cases.c.campaign_id == campaign_id)
    connection.execute(insert(t.ready).from_select(["case_id", "campaign_id", "stage", "since"], rows))


def has_answers(connection: Connection, campaign_id: int) -> bool:
    """Whether anybody has handed anything in, or been sent anything, in this campaign."""
    mine = select(t.cases.c.id).where(t.cases.c.campaign_id == campaign_id)
    query = select(exists(select(t.artifact.c.id).where(t.artifact.c.case_id.in_(mine))))
    acts = select(exists(select(t.obligation.c.case_id).where(t.obligation.c.case_id.in_(mine), t.obligation.c.version > 0)))
    return bool(connection.execute(query).scalar_one() or connection.execute(acts).scalar_one())


def silence(connection: Connection, campaign_id: int) -> None:
    """No bell of this campaign rings any more."""
    connection.execute(delete(t.agenda).where(t.agenda.c.campaign_id == campaign_id))
    connection.execute(delete(t.ready).where(t.ready.c.campaign_id == campaign_id))


def vars_of(given: Any) -> dict[str, Any]:
    """The fields of a frozen dataclass as a dict, not descending."""
    return {name: getattr(given, name) for name in given.__dataclass_fields__}


def _inserted(connection: Connection, table: Any, values: dict[str, Any]) -> int:
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
