"""The texts that a new one is compared with: found by their keys in one indexed statement, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Select, bindparam, delete, func, insert, literal, or_, select

from engine.store import prepared
from engine.store import tables as t
from engine.store.obligations import ObligationRow

# So many keys are asked for by one statement: a text of 1,300 signs has no more.
_KEYS = 64
_TEXTS = 8
_SKETCH = insert(t.sketch).inline()
_FINGERPRINT = insert(t.fingerprint).inline()
_NEAR_COPY = insert(t.near_copy).inline()


@dataclass(frozen=True, kw_only=True)
class Among:
    """Where is looked: among the texts of one period and, where there is one, of the period before (else the same again)."""

    this: int
    last: int


def among(connection: Connection, row: ObligationRow) -> Among:
    """The period of this obligation and the last one of the same task."""
    found = prepared.found(connection, _before(), {"this": row.occurrence_id})
    return Among(this=row.occurrence_id, last=found[0].id if found else row.occurrence_id)


@cache
def _before() -> Select[Any]:
    mine, other = t.occurrence.alias("mine"), t.occurrence.alias("other")
    same = (other.c.campaign_id == mine.c.campaign_id, other.c.task == mine.c.task, other.c.due_at < mine.c.due_at)
    return select(other.c.id).select_from(mine).join(other, same[0] & same[1] & same[2]).where(
        mine.c.id == bindparam("this")
    ).order_by(other.c.due_at.desc()).limit(1)  # fmt: skip


def count_texts(connection: Connection, where: Among, most: int) -> int:
    """How many texts there are, or `most` where there are more."""
    return int(prepared.found(connection, _some(), {"this": where.this, "last": where.last, "most": most})[0].n)


@cache
def _some() -> Select[Any]:
    s = t.sketch.c
    some = select(literal(1)).where(s.occurrence_id.in_((bindparam("this"), bindparam("last")))).limit(bindparam("most"))
    return select(func.count().label("n")).select_from(some.subquery())


def holders(connection: Connection, row: ObligationRow, where: Among, keys: Sequence[int]) -> list[Any]:
    """Who has these keys: `key`, `artifact_id`, `occurrence_id`. What this obligation has handed in before is left out."""
    found: list[Any] = []
    asked = {"this": where.this, "last": where.last, "case": row.case_id, "subject": row.subject}
    for start in range(0, len(keys), _KEYS):
        found += prepared.found(connection, _holders(), asked | _filled(keys[start : start + _KEYS], _KEYS))
    return found


def _filled(values: Sequence[int], number: int) -> dict[str, Any]:
    """The values for so many places, the last one again where there are fewer."""
    return prepared.listed([*values, *[values[-1]] * (number - len(values))])


@cache
def _holders() -> Select[Any]:
    f, s = t.fingerprint.c, t.sketch.c
    own = select(s.artifact_id).where(
        s.occurrence_id == bindparam("this"), s.case_id == bindparam("case"), s.subject == bindparam("subject")
    )
    return select(f.key, f.artifact_id, f.occurrence_id).where(
        f.occurrence_id.in_((bindparam("this"), bindparam("last"))), f.key.in_(prepared.places(_KEYS)), f.artifact_id.not_in(own)
    )


def texts(connection: Connection, numbers: Sequence[int]) -> dict[int, Any]:
    """Some texts by the id of their artifact: `case_id`, `subject`, `occurrence_id`, `text`."""
    if not numbers:
        return {}
    rows = prepared.found(connection, _texts(), _filled(numbers[:_TEXTS], _TEXTS))
    return {row.artifact_id: row for row in rows}


@cache
def _texts() -> Select[Any]:
    return select(t.sketch).where(t.sketch.c.artifact_id.in_(prepared.places(_TEXTS)))


def keep(connection: Connection, row: ObligationRow, artifact_id: int, item: str, text: str, keys: Iterable[int]) -> None:
    """From now on others are compared with this text."""
    values = {"artifact_id": artifact_id, "occurrence_id": row.occurrence_id, "case_id": row.case_id, "subject": row.subject}
    prepared.change(connection, _SKETCH, {**values, "item": item, "text": text})
    marks = [{"occurrence_id": row.occurrence_id, "key": key, "artifact_id": artifact_id} for key in keys]
    prepared.change_many(connection, _FINGERPRINT, marks)


def kept_of(connection: Connection, row: ObligationRow) -> list[Any]:
    """The texts of this obligation that others are compared with: `artifact_id`, `item`, `text`."""
    asked = {"occurrence": row.occurrence_id, "case": row.case_id, "subject": row.subject}
    return prepared.found(connection, _kept_of(), asked)


@cache
def _kept_of() -> Select[Any]:
    s = t.sketch.c
    mine = (s.occurrence_id == bindparam("occurrence"), s.case_id == bindparam("case"), s.subject == bindparam("subject"))
    return select(s.artifact_id, s.item, s.text).where(*mine)


def drop(connection: Connection, row: ObligationRow, artifact_id: int, keys: Iterable[int]) -> None:
    """Nobody is compared with this text any more."""
    marks = [{"occurrence": row.occurrence_id, "mark": key, "artifact": artifact_id} for key in keys]
    prepared.change_many(connection, _drop_mark(), marks)
    prepared.change(connection, _drop_sketch(), {"artifact": artifact_id})


@cache
def _drop_mark() -> Delete:
    f = t.fingerprint.c
    one = (f.occurrence_id == bindparam("occurrence"), f.key == bindparam("mark"), f.artifact_id == bindparam("artifact"))
    return delete(t.fingerprint).where(*one)


@cache
def _drop_sketch() -> Delete:
    return delete(t.sketch).where(t.sketch.c.artifact_id == bindparam("artifact"))


def note(connection: Connection, artifact_id: int, other_id: int, percent: int, passages: Sequence[dict[str, Any]]) -> None:
    """What an artifact has taken over from an earlier one."""
    values = {"artifact_id": artifact_id, "other_id": other_id, "percent": percent, "passages": list(passages)}
    prepared.change(connection, _NEAR_COPY, values)


def noted(connection: Connection, artifact_ids: Sequence[int]) -> list[Any]:
    """What was found of these artifacts and of later ones that took over from them, the most first.

    Each with `artifact_id`, `other_id`, `percent`, `passages`, and of both (the earlier one's as `other_...`) `unit_id`, `period_zh`,
    `period_en`, `version`.
    """
    n, mine, theirs = t.near_copy.c, _artifact("mine"), _artifact("theirs")
    columns = [mine.c[name] for name in _SAID] + [theirs.c[name].label(f"other_{name}") for name in _SAID]
    query = select(t.near_copy, *columns).join(mine, mine.c.id == n.artifact_id).join(theirs, theirs.c.id == n.other_id)
    asked = or_(n.artifact_id.in_(artifact_ids), n.other_id.in_(artifact_ids))
    return list(connection.execute(query.where(asked).order_by(n.percent.desc(), n.artifact_id, n.other_id)))


_SAID = ("unit_id", "path", "period_zh", "period_en", "version")


def _artifact(name: str) -> Any:
    a, c, o, u = t.artifact.c, t.cases.c, t.occurrence.c, t.unit.c
    columns = (a.id, u.id.label("unit_id"), u.path, o.period_zh, o.period_en, a.version)
    whose = select(*columns).select_from(t.artifact).join(t.cases, c.id == a.case_id).join(t.unit, u.id == c.unit_id)
    return whose.join(t.occurrence, o.id == a.occurrence_id).subquery(name)
