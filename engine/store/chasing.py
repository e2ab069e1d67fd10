"""Chasing by hand: whoever is late with an occurrence is told once more, set by set; how often that was is counted from the notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Select, and_, bindparam, case, func, literal, select

from engine.machine.states import ObligationState
from engine.store import journal, paths, prepared
from engine.store import tables as t
from engine.store.codes import NoticeKind
from engine.store.deciding import deciding
from engine.store.lookups import is_there
from engine.store.portions import one_of

_S = ObligationState
_OWED = (_S.OPEN, _S.RETURNED)


@dataclass(frozen=True, kw_only=True)
class Laggards:
    """Those who are late with one occurrence at or below a place in the tree.

    most: how often each may be chased in all.  today: since when it is today; nobody is chased twice a day.
    """

    campaign_id: int
    occurrence_id: int
    path: str
    most: int
    today: datetime

    @property
    def asked(self) -> dict[str, Any]:
        """The values of every statement about them."""
        return {
            "campaign": self.campaign_id,
            "occurrence": self.occurrence_id,
            "below": paths.end(self.path),
            "most": self.most,
            "today": self.today,
        }


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many are late; of those how many were chased today already, and how many as often as may be."""

    late: int
    today: int
    used_up: int

    @property
    def ready(self) -> int:
        """How many may be chased now."""
        return self.late - self.today - self.used_up


def occurrences(connection: Connection, campaign_id: int, path: str) -> tuple[tuple[int, str, str, str], ...]:
    """(id, task, period, title) of every occurrence with which anybody there is late, by due."""
    values = {"campaign": campaign_id, "path": path, "below": paths.end(path)}
    return tuple((row.id, row.task, row.period, row.title) for row in prepared.found(connection, _occurrences(), values))


@cache
def _occurrences() -> Select[Any]:
    o = t.occurrence.c
    late = select(t.overdue.c.occurrence_id).where(*_here(bindparam("path"))).distinct()
    return select(o.id, o.task, o.period, o.title).where(o.id.in_(late)).order_by(o.due_at, o.id)


def _here(first: Any) -> tuple[ColumnElement[bool], ...]:
    v = t.overdue.c
    return v.campaign_id == bindparam("campaign"), v.path >= first, v.path < bindparam("below")


def count(connection: Connection, laggards: Laggards) -> Counted:
    """How many there are, and how many may not be chased now."""
    (found,) = prepared.found(connection, _count(), {**laggards.asked, "path": laggards.path})
    return Counted(late=found.late, today=found.today or 0, used_up=found.used_up or 0)


@cache
def _count() -> Any:
    today, used_up = _is_chased_today(), _times() >= bindparam("most")
    columns = (
        func.count().label("late"),
        func.sum(case((today, 1), else_=0)).label("today"),
        func.sum(case((and_(~today, used_up), 1), else_=0)).label("used_up"),
    )
    return select(*columns).select_from(_late()).where(*_here(bindparam("path")), *_of_occurrence())


def _late() -> Any:
    v, ob = t.overdue.c, t.obligation.c
    same = and_(ob.case_id == v.case_id, ob.occurrence_id == v.occurrence_id, ob.subject == v.subject)
    return t.overdue.join(t.obligation, same).join(t.occurrence, t.occurrence.c.id == v.occurrence_id)


def _of_occurrence() -> tuple[ColumnElement[bool], ...]:
    return t.overdue.c.occurrence_id == bindparam("occurrence"), one_of(t.obligation.c.state, _OWED)


def _chased() -> tuple[ColumnElement[bool], ...]:
    n, ob = t.notice.c, t.obligation.c
    same = (n.case_id == ob.case_id, n.occurrence_id == ob.occurrence_id, n.subject == ob.subject)
    return *same, n.kind == literal(NoticeKind.CHASED, n.kind.type)


def _times() -> Any:
    return select(func.count()).select_from(t.notice).where(*_chased()).correlate(t.obligation).scalar_subquery()


def _is_chased_today() -> ColumnElement[bool]:
    n = t.notice.c
    return is_there(select(n.id).where(*_chased(), n.due_at >= bindparam("today", type_=n.due_at.type)).correlate(t.obligation))


def chase(connection: Connection, laggards: Laggards, after: str, now: datetime, size: int) -> tuple[int, str | None]:
    """Decide the notices of some who come after that path: how many, and the path of the last looked at; None where it was the last."""
    asked = {**laggards.asked, "path": max(after, laggards.path)}
    (last,) = prepared.found(connection, _last(), {**asked, "after": after, "size": size})
    if last.upto is None:
        return 0, None
    decided = prepared.change(connection, _deciding(), {**asked, "after": after, "upto": last.upto, "now": now})
    return decided, last.upto if last.n == size else None


@cache
def _last() -> Any:
    v = t.overdue.c
    rows = select(v.path).where(*_here(bindparam("path")), v.path > bindparam("after"), v.occurrence_id == bindparam("occurrence"))
    some = rows.order_by(v.path).limit(bindparam("size")).subquery()
    return select(func.max(some.c.path).label("upto"), func.count().label("n"))


@cache
def _deciding() -> Insert:
    ob, n, v = t.obligation.c, t.notice.c, t.overdue.c
    now = bindparam("now", type_=n.due_at.type)
    told = {
        "campaign_id": v.campaign_id,
        "number": _times() + 1,
        "unit_id": ob.owner_id,
        "role": t.occurrence.c.owner_role,
        "due_at": now,
        "decided_at": now,
    }
    some = (v.path > bindparam("after"), v.path <= bindparam("upto"))
    may = (~_is_chased_today(), _times() < bindparam("most"))
    chosen = (*_here(bindparam("path")), *some, *_of_occurrence(), *may)
    return deciding(NoticeKind.CHASED, told, _late(), *chosen)


def line_of(connection: Connection, campaign_id: int, occurrence_id: int, path: str, at: datetime) -> Any:
    """The journal line of the chase that told a unit at that instant, with `actor` and `principal`; None where there is none."""
    values = {"campaign": campaign_id, "occurrence": occurrence_id, "at": at}
    found = prepared.found(connection, _lines(), values)
    return next((line for line in found if path.startswith(line.data["under"])), None)


@cache
def _lines() -> Select[Any]:
    e = t.event.c
    about = (e.campaign_id == bindparam("campaign"), e.occurrence_id == bindparam("occurrence"), e.kind == "chased")
    return journal.named_lines().where(*about, e.recorded_at == bindparam("at", type_=e.recorded_at.type)).order_by(e.id.desc())
