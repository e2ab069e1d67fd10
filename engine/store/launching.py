"""What a campaign has once for all its units: itself, stages, occurrences with their deadlines, what waits for what, and the bells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update

from engine.machine.states import Modality
from engine.store import tables as t
from engine.store.agenda import Row, add_bells, bells
from engine.store.codes import Bell, CampaignState, Upstream


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


@dataclass(frozen=True, kw_only=True, slots=True)
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


@dataclass(frozen=True, kw_only=True)
class Written:
    """Where an occurrence of a new campaign stands, and its deadline."""

    occurrence_id: int
    deadline_id: int


def insert_campaign(connection: Connection, given: NewCampaign) -> int:
    """The new campaign's id. Nobody sees it before it is set going."""
    values = {**vars_of(given), "state": CampaignState.LAUNCHING}
    return _inserted(connection, t.campaign, values)


def insert_occurrences(connection: Connection, campaign_id: int, occurrences: Iterable[NewOccurrence]) -> list[Written]:
    """The occurrences with their deadlines, without their bells; in the order given."""
    return [_insert_occurrence(connection, campaign_id, given) for given in occurrences]


def _insert_occurrence(connection: Connection, campaign_id: int, given: NewOccurrence) -> Written:
    columns = {key: value for key, value in vars_of(given).items() if key in t.occurrence.c}
    number = _inserted(connection, t.occurrence, {**columns, "campaign_id": campaign_id, "opened": False})
    dates = {key: value for key, value in vars_of(given).items() if key in t.deadline.c}
    deadline = _inserted(connection, t.deadline, {**dates, "occurrence_id": number, "original": True})
    return Written(occurrence_id=number, deadline_id=deadline)


def set_going(
    connection: Connection,
    campaign_id: int,
    stages: Iterable[NewStage],
    occurrences: Iterable[NewOccurrence],
    written: Iterable[Written],
) -> None:
    """The campaign runs from now on: its stages, and every bell. written: the occurrences, in their order."""
    rows: list[Row] = []
    for stage in stages:
        connection.execute(insert(t.stage).values(campaign_id=campaign_id, **vars_of(stage)))
        for kind, at in ((Bell.STAGE_OPENS, stage.opens_at), (Bell.STAGE_CLOSES, stage.closes_at)):
            rows += bells(campaign_id, kind, at, number=stage.position)
    for one, place in zip(occurrences, written, strict=True):
        rows += bells(campaign_id, Bell.OCCURRENCE_OPENS, one.opens_at, occurrence_id=place.occurrence_id)
        rows += _of_deadline(campaign_id, place.occurrence_id, place.deadline_id, one.rungs, one.late_at, one.lock_at)
    add_bells(connection, rows)
    connection.execute(update(t.campaign).where(t.campaign.c.id == campaign_id).values(state=CampaignState.RUNNING))


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
    add_bells(connection, _of_deadline(campaign_id, occurrence_id, number, rungs, late_at, lock_at))
    return number


def _of_deadline(
    campaign_id: int,
    occurrence_id: int,
    deadline_id: int,
    rungs: Iterable[tuple[int, int, datetime]],
    late_at: datetime | None,
    lock_at: datetime | None,
) -> list[Row]:
    columns = {"occurrence_id": occurrence_id, "deadline_id": deadline_id}
    told = [row for number, rung, at in rungs for row in bells(campaign_id, Bell.RUNG, at, **columns, number=number, rung=rung)]
    return [*told, *bells(campaign_id, Bell.LATE, late_at, **columns), *bells(campaign_id, Bell.LOCK, lock_at, **columns)]


def rungs_ahead(connection: Connection, deadline_id: int, now: datetime) -> tuple[tuple[int, int, datetime], ...]:
    """The rungs of a deadline that have not fired yet: (number, index in the ladder, instant)."""
    a = t.agenda.c
    ahead = (a.deadline_id == deadline_id, a.kind == Bell.RUNG, a.at > now)
    return tuple((row.number, row.rung, row.at) for row in connection.execute(select(a.number, a.rung, a.at).where(*ahead)))


def insert_dependencies(connection: Connection, written: Sequence[Written], dependencies: Iterable[NewDependency]) -> None:
    """What waits for what."""
    rows = [
        {
            "occurrence_id": written[given.occurrence].occurrence_id,
            "upstream_id": written[given.upstream].occurrence_id,
            "reading": given.reading,
        }
        for given in dependencies
    ]
    if rows:
        connection.execute(insert(t.dependency), rows)


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
