"""All that stands written about one notice: what it is about, the line it follows from, its letter and every attempt to send that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from engine.store import tables as t
from engine.store.notices import Decided
from engine.store.obligations import ObligationRow, row_of, select_obligations


def notice(connection: Connection, notice_id: int) -> Any:
    """The notice, with the deadline it was decided for (due_at, due_text as `counted_at`, `counted_text`); None where there is none."""
    n, d = t.notice.c, t.deadline.c
    query = select(t.notice, d.due_at.label("counted_at"), d.due_text.label("counted_text"), d.original)
    query = query.outerjoin(t.deadline, d.id == n.deadline_id).where(n.id == notice_id)
    return connection.execute(query).one_or_none()


def highest_notice(connection: Connection) -> int:
    """The highest number of a notice; 0 where there is none."""
    return connection.execute(select(func.max(t.notice.c.id))).scalar_one() or 0


def duty_of(connection: Connection, row: Any) -> ObligationRow | None:
    """The obligation that a notice is about, as it stands now."""
    ob = t.obligation.c
    key = (ob.case_id == row.case_id, ob.occurrence_id == row.occurrence_id, ob.subject == row.subject)
    found = connection.execute(select_obligations().where(*key)).one_or_none()
    return None if found is None else row_of(found)


def decided_of(row: Any, duty: ObligationRow) -> Decided:
    """A notice as it would be if it waited to be told."""
    names = (name for name in Decided.__dataclass_fields__ if name != "obligation")
    return Decided(**{name: getattr(row, name) for name in names}, obligation=duty)


def line_behind(connection: Connection, row: Any, kinds: Sequence[str]) -> Any:
    """The line of the journal of that instant and of one of these kinds, with names; None where there is none."""
    e, actor, other = t.event.c, t.person.alias("actor"), t.person.alias("principal")
    query = select(e.kind, e.recorded_at, e.data, actor.c.name.label("actor"), other.c.name.label("behalf"))
    query = query.outerjoin(actor, actor.c.id == e.actor_id).outerjoin(other, other.c.id == e.behalf_id)
    mine = (e.case_id == row.case_id, e.occurrence_id == row.occurrence_id, e.subject == row.subject)
    query = query.where(*mine, e.kind.in_(kinds), e.recorded_at == row.due_at).order_by(e.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def message(connection: Connection, message_id: int) -> Any:
    """A message with the name of whoever it went to, without its texts."""
    m = t.message.c
    letter = (m.id, m.subject, m.token, m.channel, m.contact, m.address, m.composed_at, m.person_id)
    fate = (m.state, m.reason, m.next_try_at, m.claim)
    query = select(*letter, *fate, t.person.c.name).outerjoin(t.person, t.person.c.id == m.person_id).where(m.id == message_id)
    return connection.execute(query).one_or_none()


def rerouted(connection: Connection, row: Any, kind: str) -> Sequence[Any]:
    """The lines of that kind about a notice, in order: when, what they say, and of the letter that was refused why and where it went."""
    e, m = t.event.c, t.message.c
    mine = (e.case_id == row.case_id, e.occurrence_id == row.occurrence_id, e.subject == row.subject, e.kind == kind)
    lines = connection.execute(select(e.recorded_at, e.data).where(*mine).order_by(e.id)).all()
    hers = [line for line in lines if line.data["notice"] == row.id]
    letters = {one.id: one for one in connection.execute(select(t.message).where(m.id.in_([line.data["message"] for line in hers])))}
    return [(line, letters[line.data["message"]]) for line in hers]


def attempts(connection: Connection, message_id: int) -> Sequence[Any]:
    """The attempts to send a message: at, outcome, reason; in order."""
    a = t.attempt.c
    return connection.execute(select(a.at, a.outcome, a.reason).where(a.message_id == message_id).order_by(a.id)).all()


def source_of(connection: Connection, campaign_id: int) -> tuple[str, str]:
    """The name and the text of the file that a campaign follows."""
    w = t.workflow.c
    query = select(w.file, w.source).join(t.campaign, t.campaign.c.workflow_id == w.id).where(t.campaign.c.id == campaign_id)
    row = connection.execute(query).one()
    return row.file, row.source
