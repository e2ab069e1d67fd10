"""Who has done her part when a stage closes, and is held there all the same: she is told whose turn it is."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, bindparam, func, literal, select

from engine.machine.states import Modality, ObligationState
from engine.store import journal, prepared
from engine.store import tables as t
from engine.store.codes import NoticeKind
from engine.store.deciding import deciding
from engine.store.lookups import is_there
from engine.store.obligations import ball_columns
from engine.store.portions import BellRow, one_of

_S = ObligationState
# What somebody may still have in her own hands.
_IN_HAND = (_S.OPEN, _S.RETURNED, _S.LAPSED)
_UNDONE = (_S.OPEN, _S.RETURNED, _S.SUBMITTED)


def tell_blocked(connection: Connection, bell: BellRow, now: datetime, size: int) -> int | None:
    """Decide the notices for some of the cases that stand in the stage which closes; the new cursor, None when all were looked at."""
    asked = {"campaign": bell.campaign_id, "stage": bell.number, "after": bell.cursor}
    (end,) = prepared.found(connection, _batch_end(), {**asked, "size": size})
    if end.upto is None:
        return None
    decided = prepared.change(connection, _deciding(), {**asked, "upto": end.upto, "at": bell.at, "now": now})
    if decided:
        data = {"count": decided, "stage": bell.number, "after": bell.cursor, "upto": end.upto}
        journal.write(connection, journal.Line(kind="blocked", campaign_id=bell.campaign_id, due_at=bell.at, recorded_at=now, data=data))
    return int(end.upto) if end.n == size else None


@cache
def _batch_end() -> Any:
    rows = select(t.cases.c.id).where(*_standing(), t.cases.c.id > bindparam("after")).order_by(t.cases.c.id).limit(bindparam("size"))
    some = rows.subquery()
    return select(func.max(some.c.id).label("upto"), func.count().label("n"))


def _standing() -> tuple[ColumnElement[bool], ...]:
    return t.cases.c.campaign_id == bindparam("campaign"), t.cases.c.stage == bindparam("stage")


@cache
def _deciding() -> Insert:
    ob, o, c, n = t.obligation.c, t.occurrence.c, t.cases.c, t.notice.c
    holder, _ = ball_columns()
    told = {
        "campaign_id": c.campaign_id,
        "number": c.stage,
        "unit_id": c.unit_id,
        "role": literal("", n.role.type),
        "due_at": bindparam("at", type_=n.due_at.type),
        "decided_at": bindparam("now", type_=n.decided_at.type),
    }
    sources = t.cases.join(t.obligation, ob.case_id == c.id).join(t.occurrence, o.id == ob.occurrence_id)
    some = (c.id > bindparam("after"), c.id <= bindparam("upto"))
    holds = (*_gating(o), one_of(ob.state, _UNDONE), holder != c.unit_id)
    return deciding(NoticeKind.BLOCKED, told, sources, *_standing(), *some, *holds, ~_has_more_to_do())


def _gating(occurrence: Any) -> tuple[ColumnElement[bool], ...]:
    """What is due in the stage, or in an earlier one, and is to be done."""
    return occurrence.stage <= bindparam("stage"), occurrence.modality != literal(Modality.MAY, occurrence.modality.type)


def _has_more_to_do() -> ColumnElement[bool]:
    """Whether the unit owes anything of it itself: then it knows what it is held by."""
    mine, about = t.obligation.alias("mine"), t.occurrence.alias("about")
    own = (mine.c.case_id == t.cases.c.id, mine.c.owner_id == t.cases.c.unit_id, one_of(mine.c.state, _IN_HAND))
    rows = select(mine.c.case_id).join(about, about.c.id == mine.c.occurrence_id).where(*own, *_gating(about.c))
    return is_there(rows.correlate(t.cases))
