"""Workflows and campaigns as stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from itertools import count
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


def all_campaigns(connection: Connection) -> tuple[Any, ...]:
    """Every campaign with the digest of its workflow, in the order of launching."""
    return tuple(prepared.found(connection, _campaigns(), {}))


@cache
def _campaigns() -> Select[Any]:
    query = select(t.campaign, t.workflow.c.digest).join(t.workflow, t.workflow.c.id == t.campaign.c.workflow_id)
    return query.order_by(t.campaign.c.id)


def compiled(connection: Connection, workflow_id: int) -> Any:
    """The compiled form of a loaded version."""
    return connection.execute(select(t.workflow.c.compiled).where(t.workflow.c.id == workflow_id)).scalar_one()


def following(connection: Connection, workflow: str) -> tuple[tuple[str, int], ...]:
    """(name, version) of every running campaign of a workflow."""
    c, w = t.campaign.c, t.workflow.c
    query = select(c.name, w.version).join(t.workflow, w.id == c.workflow_id).where(w.name == workflow, c.state == RUNNING)
    return tuple((row.name, row.version) for row in connection.execute(query.order_by(c.id)))


def stages(connection: Connection, campaign_id: int) -> tuple[Any, ...]:
    """The campaign's stages in order: position, name, title, opens_at, closes_at."""
    return tuple(prepared.found(connection, _stages(), {"campaign": campaign_id}))


@cache
def _stages() -> Select[Any]:
    return select(t.stage).where(t.stage.c.campaign_id == bindparam("campaign")).order_by(t.stage.c.position)


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
