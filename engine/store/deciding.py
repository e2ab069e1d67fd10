"""Notices decided by sets: a row for each obligation that a statement finds, whoever is told and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Insert, insert, literal, select

from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState


def deciding(kind: NoticeKind, told: Mapping[str, ColumnElement[Any]], sources: Any, *where: ColumnElement[bool]) -> Insert:
    """Insert a notice of that kind for each obligation. sources: the tables, obligation among them.

    told: campaign_id, number, unit_id, role, due_at and decided_at; rung, state and reason where they are not 0, DECIDED and ''.
    """
    ob, n = t.obligation.c, t.notice.c
    values: dict[str, ColumnElement[Any]] = {name: ob[name] for name in ("case_id", "occurrence_id", "subject", "deadline_id")}
    values |= {"rung": literal(0, n.rung.type), "state": literal(NoticeState.DECIDED, n.state.type), "reason": literal("", n.reason.type)}
    values |= {**told, "kind": literal(kind, n.kind.type)}
    return insert(t.notice).from_select(list(values), select(*values.values()).select_from(sources).where(*where))
