"""The kept counts: what each case still misses in each stage, and how many cases stand where below each parent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Select, Update, bindparam, delete, func, select, text, update

from engine.store import prepared
from engine.store import tables as t
from engine.store.types import Instant

# ON CONFLICT reads the same on both databases; SQLAlchemy has it only in the dialects, whose import costs every command.
_ADD = text(
    "INSERT INTO tally (campaign_id, path, stage, n) VALUES (:campaign_id, :path, :stage, :n)"
    " ON CONFLICT (campaign_id, path, stage) DO UPDATE SET n = tally.n + excluded.n"
)
_MAKE_READY = text(
    "INSERT INTO ready (case_id, campaign_id, stage, since)"
    " VALUES (:case_id, :campaign_id, :stage, :since) ON CONFLICT (case_id) DO NOTHING"
).bindparams(bindparam("since", type_=Instant))
_SET_OVERDUE = text(
    "INSERT INTO overdue (case_id, occurrence_id, subject, campaign_id, path, since)"
    " VALUES (:case_id, :occurrence_id, :subject, :campaign_id, :path, :since) ON CONFLICT (case_id, occurrence_id, subject) DO NOTHING"
).bindparams(bindparam("since", type_=Instant))


def shift_tally(connection: Connection, campaign_id: int, counts: Sequence[tuple[str, int]], source: int, target: int) -> None:
    """Count cases out of one stage and into another, at their direct parents: (path of the parent, how many)."""
    _add(connection, [(campaign_id, path, source, -n) for path, n in counts] + [(campaign_id, path, target, n) for path, n in counts])


def _add(connection: Connection, rows: Iterable[tuple[int, str, int, int]]) -> None:
    prepared.change_many(connection, _ADD, [dict(zip(("campaign_id", "path", "stage", "n"), row, strict=True)) for row in rows])


def move_one(connection: Connection, campaign_id: int, parent_path: str, source: int, target: int) -> None:
    """One case moved by a single step."""
    _add(connection, [(campaign_id, parent_path, source, -1), (campaign_id, parent_path, target, 1)])


def change_missing(connection: Connection, case_id: int, stage: int, by: int) -> None:
    """Add to what a case misses in a stage."""
    prepared.change(connection, _change_missing(), {"case": case_id, "at": stage, "by": by})


@cache
def _change_missing() -> Update:
    mine = (t.progress.c.case_id == bindparam("case"), t.progress.c.stage == bindparam("at"))
    return update(t.progress).where(*mine).values(missing=t.progress.c.missing + bindparam("by"))


def missing(connection: Connection, case_id: int, stage: int) -> int:
    """What a case misses at the gate of a stage: what is due in it, and debts of earlier ones. 0 where it owes nothing."""
    (found,) = prepared.found(connection, _missing(), {"case": case_id, "at": stage})
    return int(found.owed or 0)


@cache
def _missing() -> Select[Any]:
    p = t.progress.c
    return select(func.sum(p.missing).label("owed")).where(p.case_id == bindparam("case"), p.stage <= bindparam("at"))


def make_ready(connection: Connection, campaign_id: int, case_id: int, stage: int, since: datetime) -> None:
    """The case has done all that its stage asks for; the next sweep looks at it."""
    prepared.change(connection, _MAKE_READY, {"case_id": case_id, "campaign_id": campaign_id, "stage": stage, "since": since})


def not_ready(connection: Connection, case_id: int) -> None:
    """The case owes something in its stage again, or has left it."""
    prepared.change(connection, _not_ready(), {"case": case_id})


@cache
def _not_ready() -> Delete:
    return delete(t.ready).where(t.ready.c.case_id == bindparam("case"))


def set_overdue(connection: Connection, row: dict[str, Any]) -> None:
    """Enter one obligation into the kept table of what is overdue."""
    prepared.change(connection, _SET_OVERDUE, row)


def clear_overdue(connection: Connection, case_id: int, occurrence_id: int, subject: int) -> None:
    """It is not overdue any more."""
    prepared.change(connection, _clear_overdue(), {"case": case_id, "occurrence": occurrence_id, "subject": subject})


@cache
def _clear_overdue() -> Delete:
    o = t.overdue.c
    mine = (o.case_id == bindparam("case"), o.occurrence_id == bindparam("occurrence"), o.subject == bindparam("subject"))
    return delete(t.overdue).where(*mine)
