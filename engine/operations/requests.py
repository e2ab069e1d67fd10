"""Asking for more time, and the answer that denies it; the one that grants it is `granting.extend`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.machine.obligation import Act, decide
from engine.operations.campaigns import TaskRef
from engine.operations.context import House
from engine.operations.deadlines import dates_until
from engine.operations.granting import Request, expect_before_lock, extension
from engine.operations.stepping import Step, Stepped, facts_of, granting, settle, stepped, stepping
from engine.store import journal, obligations
from engine.store.codes import NoticeKind
from engine.store.silencing import suppress_about


def ask(house: House, campaign: str | None, unit: str, ref: TaskRef, *, to: date, request: Request, now: datetime) -> Stepped:
    """Whoever owes it asks for a later due; whoever may grant it is told. Nothing moves until she does. Raises Refused, LockFirst."""
    with stepping(house, campaign, unit, ref, by=request.by, behalf=request.behalf, now=now) as step:
        declared = step.row.original_due_at or step.row.due_at
        dates = None if declared is None else dates_until(step, declared, to)
        new_due = None if dates is None else dates.due
        settle(decide(Act.ASK, facts_of(step, reason=request.reason, grant=extension(step), new_due=new_due), now))
        assert dates is not None
        expect_before_lock(step, dates)
        step.record("asked", reason=request.reason, to=to.isoformat())
        _tell_granter(step, now)
        return stepped(step, step.row.state.name.lower(), step.row.version, due=step.row.due_text)


def _tell_granter(step: Step, now: datetime) -> None:
    """What was asked before, and not answered, is told no more: this takes its place."""
    permission = step.task.allow.extend
    who = None if permission is None else granting(step, permission.by)
    suppress_about(step.connection, step.row.key, NoticeKind.ASKED, "superseded")
    if who is not None:
        number = journal.times(step.connection, step.row.key, "asked")
        obligations.tell(step.connection, step.row, NoticeKind.ASKED, number, who.unit.id, who.role, now)


def deny(house: House, campaign: str | None, unit: str, ref: TaskRef, *, request: Request, now: datetime) -> Stepped:
    """Whoever could grant it does not, with a reason, which the one who asked is told. Raises Refused."""
    with stepping(house, campaign, unit, ref, by=request.by, behalf=request.behalf, now=now) as step:
        asked = open_request(step) is not None
        settle(decide(Act.DENY, facts_of(step, reason=request.reason, grant=extension(step), asked=asked), now))
        step.record("denied", reason=request.reason)
        suppress_about(step.connection, step.row.key, NoticeKind.ASKED, "answered")
        number = journal.times(step.connection, step.row.key, "denied")
        obligations.tell(step.connection, step.row, NoticeKind.DENIED, number, step.row.owner_id, step.row.owner_role, now)
        return stepped(step, step.row.state.name.lower(), step.row.version, due=step.row.due_text)


def open_request(step: Step) -> Any:
    """The journal line that asks for more time and has had no answer; None where there is none."""
    asked = journal.last_of(step.connection, step.row.key, "asked")
    if asked is None:
        return None
    answers = (journal.last_of(step.connection, step.row.key, kind) for kind in ("extended", "denied"))
    return None if any(line is not None and line.id > asked.id for line in answers) else asked
