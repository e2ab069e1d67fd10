"""Fill in when the reminders of a deadline began, where an older program made it: what opens late is told by that."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# As they stood when this was written; what they are called today is of no matter.
_RUNNING, _REMINDER, _RUNG, _MAY = 1, 1, 3, 3
_campaign = sa.table("campaign", *map(sa.column, ("id", "workflow_id", "state", "launched_at")))
_workflow = sa.table("workflow", sa.column("id"), sa.column("compiled"))
_occurrence = sa.table("occurrence", *map(sa.column, ("id", "campaign_id", "task", "modality")))
_deadline = sa.table("deadline", *map(sa.column, ("id", "occurrence_id", "due_at", "told_from")))
_notice = sa.table("notice", *map(sa.column, ("deadline_id", "kind", "rung", "due_at")))
_agenda = sa.table("agenda", *map(sa.column, ("deadline_id", "kind", "rung", "at")))

# Of a deadline, by the line of the ladder: when that first spoke, or will.
Spoken = dict[int, dict[int, int]]


def upgrade() -> None:
    connection = op.get_bind()
    spoken = _spoken(connection)
    begun = [{"wanted": number, "begun": at} for number, at in _begun(connection, spoken)]
    if begun:
        told_from = sa.update(_deadline).where(_deadline.c.id == sa.bindparam("wanted")).values(told_from=sa.bindparam("begun"))
        connection.execute(told_from, begun)


def _spoken(connection: Any) -> Spoken:
    """What has been told stands in the notices, what is still to come on the agenda; what reached nobody stands nowhere."""
    found: Spoken = defaultdict(dict)
    n, a = _notice.c, _agenda.c
    told = sa.select(n.deadline_id, n.rung, sa.func.min(n.due_at)).where(n.kind == _REMINDER).group_by(n.deadline_id, n.rung)
    ahead = sa.select(a.deadline_id, a.rung, sa.func.min(a.at)).where(a.kind == _RUNG).group_by(a.deadline_id, a.rung)
    for query in (told, ahead):
        for number, line, at in connection.execute(query):
            found[number][line] = min(at, found[number].get(line, at))
    return found


def _begun(connection: Any, spoken: Spoken) -> Iterator[tuple[int, int]]:
    """(deadline, when its reminders to whoever owes it began). Where no trace is left of any, they had all passed: since the launch."""
    c, d, o = _campaign.c, _deadline.c, _occurrence.c
    running = sa.select(c.id, c.launched_at, _workflow.c.compiled).join(_workflow, _workflow.c.id == c.workflow_id)
    for campaign, launched, compiled in connection.execute(running.where(c.state == _RUNNING)).all():
        own = {task["name"]: _own_lines(task) for task in json.loads(compiled).get("tasks", ())}
        unknown = sa.select(d.id, o.task, o.modality).join(_occurrence, o.id == d.occurrence_id)
        unknown = unknown.where(o.campaign_id == campaign, d.told_from.is_(None), d.due_at.is_not(None))
        for number, task, modality in connection.execute(unknown).all():
            known = [at for line, at in spoken.get(number, {}).items() if line in own[task]]
            if known or (own[task] and modality != _MAY):
                yield number, min(known, default=launched)


def _own_lines(task: Any) -> set[int]:
    """The lines of the ladder that go to whoever has to act."""
    return {line for line, rung in enumerate(task["ladder"]) if rung.get("to") is None}
