"""Reminders that fall due: whom they tell is decided by sets, as the notices that are written for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Insert, Select, bindparam, case, func, literal, select

from engine.machine.states import ObligationState
from engine.store import prepared
from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState
from engine.store.deciding import deciding
from engine.store.lookups import is_there
from engine.store.portions import BellRow, Key, Portion, in_portion, journal_batch, one_of, portion_of

_S = ObligationState
_REMINDED = (_S.OPEN, _S.SUBMITTED, _S.RETURNED)
_To = Literal["ball", "above", "below the top"]


@dataclass(frozen=True, kw_only=True)
class RungPlan:
    """How a rung is told: to the ball's holder, or to the unit next above it (at the top: the office, unless the file names the top)."""

    to_superior: bool
    superior_role: str
    root_id: int
    top_is_told: bool
    before_launch: bool


def fire_rung(connection: Connection, bell: BellRow, now: datetime, size: int, plan: RungPlan, only: Key | None = None) -> int | None:
    """Decide a batch of notices. No obligation is rewritten: the notice is the unit's record of the rung. As `mark_late` returns."""
    portion = portion_of(connection, bell, "deadline", size, only)
    if portion is None:
        return None
    state, reason = (NoticeState.SUPPRESSED, "before-launch") if plan.before_launch else (NoticeState.DECIDED, "")
    told = {
        "campaign": bell.campaign_id,
        "number": bell.number,
        "rung": bell.rung,
        "at": bell.at,
        "now": now,
        "state": state,
        "reason": reason,
    }
    if plan.to_superior:
        told |= {"root": plan.root_id, "role": plan.superior_role}
    decided = prepared.change(connection, _deciding(only is not None, _to(plan)), portion.asked(bell, **told))
    journal_batch(connection, bell, now, "reminded", decided, portion)
    return portion.cursor


def _to(plan: RungPlan) -> _To:
    if not plan.to_superior:
        return "ball"
    return "above" if plan.top_is_told else "below the top"


def addressed(connection: Connection, key: Key, plan: RungPlan) -> tuple[int | None, str]:
    """Whom the rung would tell of one obligation as it stands: (unit id, role), a null unit being the office. Nothing is decided."""
    case_id, occurrence_id, subject = key
    asked: dict[str, int | str] = {"of_case": case_id, "of_occurrence": occurrence_id, "of_subject": subject}
    if plan.to_superior:
        asked |= {"root": plan.root_id, "role": plan.superior_role}
    (row,) = prepared.found(connection, _addressing(_to(plan)), asked)
    return row.unit_id, row.role


@cache
def _addressing(to: _To) -> Select[Any]:
    ob = t.obligation.c
    unit, role, sources = _addressed(to)
    key = (ob.case_id == bindparam("of_case"), ob.occurrence_id == bindparam("of_occurrence"), ob.subject == bindparam("of_subject"))
    return select(unit.label("unit_id"), role.label("role")).select_from(sources).where(*key)


@cache
def _deciding(alone: bool, to: _To) -> Insert:
    ob, n = t.obligation.c, t.notice.c
    batch = (*in_portion("deadline", alone), one_of(ob.state, _REMINDED), ~_is_told())
    unit, role, sources = _addressed(to)
    told = {"campaign_id": "campaign", "number": "number", "rung": "rung", "due_at": "at", "decided_at": "now"}
    values = {name: bindparam(given, type_=n[name].type) for name, given in {**told, "state": "state", "reason": "reason"}.items()}
    return deciding(NoticeKind.RUNG, {**values, "unit_id": unit, "role": role}, sources, *batch)


def _addressed(to: _To) -> tuple[ColumnElement[Any], ColumnElement[Any], Any]:
    """The unit and the role that are told, and the tables they come from."""
    ob, o, holder = t.obligation.c, t.occurrence.c, t.unit.alias("holder")
    reviewing = ob.state == _S.SUBMITTED
    ball = case((reviewing, ob.reviewer_id), else_=ob.owner_id)
    sources = t.obligation.join(t.occurrence, o.id == ob.occurrence_id).join(holder, holder.c.id == ball)
    if to == "ball":
        return ball, case((reviewing, o.reviewer_role), else_=o.owner_role), sources
    # A null unit is the campaign office: the top of the tree is not mailed unless the file says so.
    root, superior = bindparam("root", type_=holder.c.id.type), holder.c.superior_id
    above = superior if to == "above" else func.nullif(superior, root)
    return case((holder.c.id == root, None), else_=above), bindparam("role", type_=t.notice.c.role.type), sources


def _is_told() -> ColumnElement[bool]:
    """Whether somebody who acted ahead of the batch has had this rung decided already."""
    n, ob = t.notice.c, t.obligation.c
    same = (n.case_id == ob.case_id, n.occurrence_id == ob.occurrence_id, n.subject == ob.subject)
    rung = (n.kind == literal(NoticeKind.RUNG, n.kind.type), n.deadline_id == bindparam("deadline"), n.number == bindparam("number"))
    return is_there(select(n.id).where(*same, *rung).correlate(t.obligation))


def rung_rows(connection: Connection, bell: BellRow, size: int, only: Key | None = None) -> tuple[Sequence[Any], Portion | None]:
    """The obligations this rung is about (case_id, occurrence_id, subject, unit_id, owner_id, owner_role), and which portion they are.

    For rungs that go to somebody who has to be looked up for each of them.
    """
    portion = portion_of(connection, bell, "deadline", size, only)
    if portion is None:
        return [], None
    return prepared.found(connection, _rung_rows(only is not None), portion.asked(bell, number=bell.number)), portion


@cache
def _rung_rows(alone: bool) -> Select[Any]:
    ob, c, o = t.obligation.c, t.cases.c, t.occurrence.c
    query = select(ob.case_id, ob.occurrence_id, ob.subject, c.unit_id, ob.owner_id, o.owner_role)
    query = query.join(t.cases, c.id == ob.case_id).join(t.occurrence, o.id == ob.occurrence_id)
    return query.where(*in_portion("deadline", alone), one_of(ob.state, _REMINDED), ~_is_told()).order_by(ob.case_id)
