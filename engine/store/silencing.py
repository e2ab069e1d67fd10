"""Notices that need not be told any more, because somebody has done what they ask for."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, literal, update

from engine.store import prepared
from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState


def suppress_about(connection: Connection, key: tuple[int, int, int], kind: NoticeKind, reason: str) -> None:
    """Of one obligation (case, occurrence, subject) what of that kind still waits need not be told."""
    values = dict(zip(("of_case", "of_occurrence", "of_subject"), key, strict=True))
    prepared.change(connection, _suppressing(), {**values, "of_kind": kind, "why": reason})


@cache
def _suppressing() -> Any:
    n = t.notice.c
    mine = (n.case_id == bindparam("of_case"), n.occurrence_id == bindparam("of_occurrence"), n.subject == bindparam("of_subject"))
    waiting = (n.kind == bindparam("of_kind"), n.state == literal(NoticeState.DECIDED, n.state.type))
    return update(t.notice).where(*mine, *waiting).values(state=NoticeState.SUPPRESSED, reason=bindparam("why"))
