"""Which earlier letters a letter answers, so that a mail program shows the reminders of one duty together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from engine.store import tables as t
from engine.store.codes import MessageState

# More than a mail program needs to find the beginning, and less than a header may hold.
_MOST = 20


def answered(connection: Connection, person_id: int, channel: str, notice_ids: Sequence[int]) -> tuple[str, ...]:
    """The Message-IDs a letter with these notices answers, the one it follows most closely last; empty where it begins something.

    Of each duty in it the last letter about that duty that was sent to her; before them what the newest of these answers itself.
    """
    last: set[int] = set()
    for start in range(0, len(notice_ids), 500):
        last |= _last(connection, person_id, channel, notice_ids[start : start + 500])
    if not last:
        return ()
    m = t.message.c
    newest = sorted(last)[-_MOST:]
    rows = connection.execute(select(m.token, m.answers).where(m.id.in_(newest)).order_by(m.id)).all()
    tokens = [*rows[-1].answers.split(), *(row.token for row in rows)]
    # Each where it stands last: the newest letter has to be the last of all.
    return tuple(reversed(list(dict.fromkeys(reversed(tokens)))[:_MOST]))


def _last(connection: Connection, person_id: int, channel: str, notice_ids: Sequence[int]) -> set[int]:
    asked = {"person": person_id, "by": channel, "ids": notice_ids}
    return set(connection.execute(_newest(), asked).scalars())


@cache
def _newest() -> Any:
    n, told, m = t.notice.c, t.notice.alias("told"), t.message.c
    same = (told.c.case_id == n.case_id, told.c.occurrence_id == n.occurrence_id, told.c.subject == n.subject)
    hers = (m.person_id == bindparam("person"), m.channel == bindparam("by"), m.state == MessageState.SENT)
    query = select(func.max(m.id)).select_from(t.notice).join(told, (same[0]) & (same[1]) & (same[2]))
    query = query.join(t.message, m.id == told.c.message_id).where(n.id.in_(bindparam("ids", expanding=True)), *hers)
    return query.group_by(n.case_id, n.occurrence_id, n.subject)
