"""What a bell is about, a batch at a time: obligations after its cursor, or one of them alone ahead of its batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, literal, select

from engine.machine.states import ObligationState
from engine.store import journal, prepared
from engine.store import tables as t
from engine.store.codes import Bell

Key = tuple[int, int, int]
# By what a bell finds its obligations.
Of = Literal["deadline", "occurrence"]


@dataclass(frozen=True, kw_only=True)
class BellRow:
    """The next thing the clock has to do."""

    id: int
    campaign_id: int
    at: datetime
    kind: Bell
    occurrence_id: int | None
    deadline_id: int | None
    number: int
    rung: int
    cursor: int

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Bells are rung in this order."""
        return self.at, self.kind, self.id


@dataclass(frozen=True, kw_only=True)
class Portion:
    """The obligations that are done now: those of a batch, after the bell's cursor up to the case `upto`, or `only` one.

    of: by what they are found.  last: nothing is left for another batch.
    """

    of: Of
    upto: int
    last: bool
    only: Key | None

    @property
    def cursor(self) -> int | None:
        """Where the next batch begins; None where there is none."""
        return None if self.last else self.upto

    def asked(self, bell: BellRow, **more: Any) -> dict[str, Any]:
        """The values of the statements about it."""
        keys = {"upto": self.upto} if self.only is None else dict(zip(("case", "about", "subject"), self.only, strict=True))
        return {**_about(self.of, bell), **keys, **({"after": bell.cursor} if self.only is None else {}), **more}


def portion_of(connection: Connection, bell: BellRow, of: Of, size: int, only: Key | None = None) -> Portion | None:
    """The next batch of what the bell is about, or the only one; None where nothing is left."""
    if only is not None:
        return Portion(of=of, upto=only[0], last=True, only=only)
    (end,) = prepared.found(connection, _batch_end(of), {**_about(of, bell), "after": bell.cursor, "size": size})
    return None if end.upto is None else Portion(of=of, upto=end.upto, last=end.n < size, only=None)


def _about(of: Of, bell: BellRow) -> dict[str, Any]:
    return {of: bell.deadline_id if of == "deadline" else bell.occurrence_id}


@cache
def _batch_end(of: Of) -> Any:
    """How many there are in the next batch, and the case of the last one."""
    case_id = t.obligation.c.case_id
    rows = select(case_id).where(_chosen(of), case_id > bindparam("after")).order_by(case_id).limit(bindparam("size")).subquery()
    return select(func.max(rows.c.case_id).label("upto"), func.count().label("n"))


def _chosen(of: Of) -> ColumnElement[bool]:
    ob, d = t.obligation.c, t.deadline.c
    if of == "deadline":
        return and_(ob.deadline_id == bindparam("deadline"), ~ob.settled)
    return and_(ob.deadline_id.in_(select(d.id).where(d.occurrence_id == bindparam("occurrence"))), ~ob.settled)


def in_portion(of: Of, alone: bool) -> tuple[ColumnElement[bool], ...]:
    """Conditions on an obligation, for the values that a portion asks with."""
    ob = t.obligation.c
    if alone:
        return _chosen(of), ob.case_id == bindparam("case"), ob.occurrence_id == bindparam("about"), ob.subject == bindparam("subject")
    return _chosen(of), ob.case_id > bindparam("after"), ob.case_id <= bindparam("upto")


def one_of(column: Any, states: Sequence[ObligationState]) -> ColumnElement[bool]:
    """As `in_`, with a text that is the same for all values."""
    return cast(ColumnElement[bool], column.in_([literal(state, column.type) for state in states]))


def journal_batch(connection: Connection, bell: BellRow, now: datetime, kind: str, count: int, portion: Portion) -> None:
    """One line for a batch that did something; of an obligation alone, a line about it."""
    if not count and kind != "opened":
        return
    only = portion.only
    data = {"count": count, "number": bell.number, "deadline": bell.deadline_id}
    line = journal.Line(
        kind=kind,
        campaign_id=bell.campaign_id,
        occurrence_id=bell.occurrence_id,
        due_at=bell.at,
        recorded_at=now,
        case_id=None if only is None else only[0],
        subject=0 if only is None else only[2],
        data=data if only is not None else {**data, "after": bell.cursor, "upto": portion.upto},
    )
    journal.write(connection, line)
