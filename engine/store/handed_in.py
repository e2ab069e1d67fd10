"""What was handed in, version by version, and what the checks said of what they turned away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Delete, Select, bindparam, delete, insert, select

from engine.store import prepared
from engine.store import tables as t
from engine.store.obligations import ObligationRow

_ARTIFACT = insert(t.artifact).inline()


# Nothing was entered.
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class NewArtifact(NamedTuple):
    """One item handed in: a file by its digest, what was entered in its fields, or an act by its day and sentence.

    text: what was read in the file; it is not kept here.
    """

    item: str
    digest: str = ""
    name: str = ""
    size: int = 0
    statement: str = ""
    on_day: date | None = None
    verdicts: Sequence[dict[str, Any]] = ()
    content: Mapping[str, Any] = _NOTHING
    text: str = ""


def add_artifacts(
    connection: Connection, row: ObligationRow, version: int, items: Iterable[NewArtifact], now: datetime, person_id: int
) -> None:
    """Keep a version of what was handed in."""
    common = {"case_id": row.case_id, "occurrence_id": row.occurrence_id, "subject": row.subject, "version": version}
    for given in items:
        values = {
            **common,
            "item": given.item,
            "digest": given.digest,
            "name": given.name,
            "size": given.size,
            "statement": given.statement,
            "on_day": given.on_day,
            "handed_in_at": now,
            "person_id": person_id,
            "verdicts": list(given.verdicts),
            "content": dict(given.content),
        }
        prepared.change(connection, _ARTIFACT, values)


def artifacts(connection: Connection, row: ObligationRow, version: int | None = None) -> tuple[Any, ...]:
    """The items of one version (None: of all), in order."""
    asked = {"case": row.case_id, "occurrence": row.occurrence_id, "subject": row.subject}
    if version is not None:
        asked["version"] = version
    return tuple(prepared.found(connection, _artifacts(version is not None), asked))


@cache
def _artifacts(of_one: bool) -> Select[Any]:
    a = t.artifact.c
    mine = (a.case_id == bindparam("case"), a.occurrence_id == bindparam("occurrence"), a.subject == bindparam("subject"))
    version = (a.version == bindparam("version"),) if of_one else ()
    return select(t.artifact).where(*mine, *version).order_by(a.version, a.id)


def contents(connection: Connection, row: ObligationRow, version: int) -> dict[str, dict[str, Any]]:
    """What was entered in each item of a version."""
    return {found.item: found.content for found in artifacts(connection, row, version) if found.content}


def set_refusal(connection: Connection, row: ObligationRow, verdicts: Sequence[dict[str, Any]], now: datetime) -> None:
    """Remember what the checks said of the last hand-in they turned away."""
    clear_refusal(connection, row)
    key = {"case_id": row.case_id, "occurrence_id": row.occurrence_id, "subject": row.subject}
    connection.execute(insert(t.refusal).values(**key, at=now, verdicts=list(verdicts)))


def clear_refusal(connection: Connection, row: ObligationRow) -> None:
    """It has been handed in properly."""
    prepared.change(connection, _clear(), {"case": row.case_id, "occurrence": row.occurrence_id, "subject": row.subject})


@cache
def _clear() -> Delete:
    r = t.refusal.c
    mine = (r.case_id == bindparam("case"), r.occurrence_id == bindparam("occurrence"), r.subject == bindparam("subject"))
    return delete(t.refusal).where(*mine)


def refusals(connection: Connection, case_ids: Sequence[int]) -> dict[tuple[int, int, int], list[dict[str, Any]]]:
    """What the checks said, by obligation."""
    found = {}
    for start in range(0, len(case_ids), 500):
        for row in connection.execute(_refusals(), {"cases": case_ids[start : start + 500]}):
            found[(row.case_id, row.occurrence_id, row.subject)] = row.verdicts
    return found


@cache
def _refusals() -> Any:
    return select(t.refusal).where(t.refusal.c.case_id.in_(bindparam("cases", expanding=True)))
