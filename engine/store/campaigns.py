"""Workflows and campaigns as stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count, groupby
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from engine.store import house, prepared
from engine.store import tables as t
from engine.store.codes import CampaignState

RUNNING = CampaignState.RUNNING
LAUNCHING = CampaignState.LAUNCHING
WorkflowRow = Any


def find_workflow(connection: Connection, name: str, version: int | None = None) -> Any:
    """The loaded version of that name (the newest, unless one is asked for); None where there is none."""
    query = select(t.workflow).where(t.workflow.c.name == name)
    if version is not None:
        query = query.where(t.workflow.c.version == version)
    return connection.execute(query.order_by(t.workflow.c.version.desc()).limit(1)).one_or_none()


def workflows(connection: Connection) -> tuple[Any, ...]:
    """Every loaded version: id, name, version, digest, file, loaded_at."""
    c = t.workflow.c
    query = select(c.id, c.name, c.version, c.digest, c.file, c.loaded_at).order_by(c.name, c.version)
    return tuple(connection.execute(query))


def add_workflow(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keep a version, source and compiled form."""
    key = connection.execute(insert(t.workflow).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """A stage of a campaign, with its window."""

    position: int
    name: str
    title: str
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, kw_only=True, eq=False)
class CampaignRow:
    """A campaign as stored, with the digest of its workflow and its stages in order."""

    id: int
    name: str
    workflow_id: int
    root_id: int
    root_path: str
    state: int
    zone: str
    launched_at: datetime
    mail_on: bool
    ended_at: datetime | None
    digest: str
    stages: tuple[StageRow, ...]


_OF_STAGE = tuple(StageRow.__dataclass_fields__)


def all_campaigns(connection: Connection) -> tuple[CampaignRow, ...]:
    """Every campaign, in the order of launching; the same objects as last time where nothing of them has changed since."""
    return prepared.remembered(connection, _campaigns(), _with_stages)


@cache
def _campaigns() -> Select[Any]:
    s = t.stage.c
    of_campaign = (t.campaign.c[name] for name in CampaignRow.__dataclass_fields__ if name in t.campaign.c)
    query = select(*of_campaign, t.workflow.c.digest, *(s[name].label(f"stage_{name}") for name in _OF_STAGE))
    query = query.join(t.workflow, t.workflow.c.id == t.campaign.c.workflow_id)
    return query.outerjoin(t.stage, s.campaign_id == t.campaign.c.id)


def _with_stages(rows: list[Any]) -> tuple[CampaignRow, ...]:
    """Out of a row for each stage, in any order; a campaign that is being launched has none yet."""
    in_order = sorted(rows, key=lambda row: (row.id, row.stage_position))
    return tuple(_campaign(list(each)) for _, each in groupby(in_order, key=lambda row: row.id))


def _campaign(rows: Sequence[Any]) -> CampaignRow:
    first, names = rows[0], [name for name in CampaignRow.__dataclass_fields__ if name != "stages"]
    stages = tuple(map(_stage, rows)) if first.stage_position is not None else ()
    return CampaignRow(**{name: getattr(first, name) for name in names}, stages=stages)


def _stage(row: Any) -> StageRow:
    return StageRow(**{name: getattr(row, f"stage_{name}") for name in _OF_STAGE})


def compiled(connection: Connection, workflow_id: int) -> Any:
    """The compiled form of a loaded version."""
    return connection.execute(select(t.workflow.c.compiled).where(t.workflow.c.id == workflow_id)).scalar_one()


def texts(connection: Connection, workflow_id: int) -> dict[str, str]:
    """The mail templates that were loaded with a version, by name."""
    found: dict[str, str] = connection.execute(select(t.workflow.c.texts).where(t.workflow.c.id == workflow_id)).scalar_one()
    return found


def following(connection: Connection, workflow: str) -> tuple[tuple[str, int], ...]:
    """(name, version) of every running campaign of a workflow."""
    c, w = t.campaign.c, t.workflow.c
    query = select(c.name, w.version).join(t.workflow, w.id == c.workflow_id).where(w.name == workflow, c.state == RUNNING)
    return tuple((row.name, row.version) for row in connection.execute(query.order_by(c.id)))


def periods(connection: Connection, campaign_id: int, task: str) -> tuple[str, ...]:
    """The periods of a task, in order of time."""
    o = t.occurrence.c
    query = select(o.period).where(o.campaign_id == campaign_id, o.task == task).order_by(o.due_at, o.id)
    return tuple(connection.execute(query).scalars())


def period_titles(connection: Connection, campaign_id: int, task: str) -> tuple[tuple[str, str, str], ...]:
    """(period, its title in Chinese, in English) of a task."""
    o = t.occurrence.c
    query = select(o.period, o.period_zh, o.period_en).where(o.campaign_id == campaign_id, o.task == task)
    return tuple((row.period, row.period_zh, row.period_en) for row in connection.execute(query))


def unfinished(connection: Connection, name: str) -> int | None:
    """The id of the campaign of that name whose launch was not finished; None where there is none."""
    c = t.campaign.c
    return connection.execute(select(c.id).where(c.name == name, c.state == LAUNCHING)).scalar_one_or_none()


def state_of(connection: Connection, campaign_id: int) -> CampaignState | None:
    """Where a campaign is; None where there is none. It stays so until our transaction has ended."""
    found = connection.execute(_state(), {"campaign": campaign_id}).scalar_one_or_none()
    return None if found is None else CampaignState(found)


def hold_launch(connection: Connection, campaign_id: int) -> str:
    """Somebody begins to fill this campaign; the sign by which she knows it again. Numbers come back, signs do not."""
    sign = secrets.token_hex(8)
    house.write_setting(connection, _hold(campaign_id), sign)
    return sign


def holder_of_launch(connection: Connection, campaign_id: int) -> str | None:
    """The sign of whoever fills it; None where nobody does, or may any more."""
    return house.read_setting(connection, _hold(campaign_id))


def let_go_of_launch(connection: Connection, campaign_id: int) -> None:
    """Nobody fills it any more: it is whole, or it is taken back."""
    house.forget_setting(connection, _hold(campaign_id))


def _hold(campaign_id: int) -> str:
    return f"launch {campaign_id}"


@cache
def _state() -> Select[Any]:
    return select(t.campaign.c.state).where(t.campaign.c.id == bindparam("campaign")).with_for_update()


def set_mail(connection: Connection, campaign_id: int, on: bool) -> None:
    """Let mail go out, or hold it."""
    connection.execute(update(t.campaign).where(t.campaign.c.id == campaign_id).values(mail_on=on))


def end_campaign(connection: Connection, campaign_id: int, state: CampaignState, now: datetime) -> str:
    """The campaign is over; the name it is kept under. A withdrawn one gives its own back, so that the workflow can be launched again."""
    names = {row.id: row.name for row in connection.execute(select(t.campaign.c.id, t.campaign.c.name))}
    name = names[campaign_id]
    if state is CampaignState.WITHDRAWN:
        free = (f"{name}~{number}" for number in count(campaign_id))
        name = next(other for other in free if other not in names.values())
    values = {"state": state, "ended_at": now, "mail_on": False, "name": name}
    connection.execute(update(t.campaign).where(t.campaign.c.id == campaign_id).values(**values))
    return str(name)
