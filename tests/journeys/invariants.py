"""What must be true of any campaign at any time, whatever was done in it; each returns what breaks it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

from sqlalchemy import select

from engine.machine.states import Modality, ObligationState
from engine.store import campaigns
from engine.store import tables as t
from engine.store.codes import MessageState, NoticeState
from engine.store.database import Connection, Database
from tests.counts import wrong_counts


def campaign_id(connection: Connection) -> int:
    """The only campaign."""
    [row] = campaigns.all_campaigns(connection)
    return int(row.id)


def unmet_when_moved(database: Database) -> list[str]:
    """Moves that were not forced although something that gates the stage left was not done at that instant."""
    with database.read() as connection:
        owed = _owed(connection)
        done = _done_at(connection)
        broken = []
        for event in connection.execute(select(t.event).where(t.event.c.kind == "moved", ~t.event.c.forced)):
            left = event.data["from"]
            for key in owed.get(event.case_id, ()):
                finished = done.get((event.case_id, key[0]))
                if key[1] <= left and (finished is None or finished > event.recorded_at):
                    broken.append(f"case {event.case_id} left stage {left} with occurrence {key[0]} undone")
        return broken


def _owed(connection: Connection) -> dict[int, list[tuple[int, int]]]:
    """Case -> (occurrence, stage) of all that gates."""
    query = select(t.obligation.c.case_id, t.occurrence.c.id, t.occurrence.c.stage).join(
        t.occurrence, t.occurrence.c.id == t.obligation.c.occurrence_id
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for case_id, occurrence_id, stage in connection.execute(query.where(t.occurrence.c.modality != Modality.MAY)):
        found.setdefault(case_id, []).append((occurrence_id, stage))
    return found


def _done_at(connection: Connection) -> dict[tuple[int, int], datetime]:
    """When each obligation that is done now came to be so, as the journal has it."""
    finished = {
        (row.case_id, row.occurrence_id)
        for row in connection.execute(select(t.obligation).where(t.obligation.c.state >= ObligationState.ACCEPTED))
    }
    found: dict[tuple[int, int], datetime] = {}
    for event in connection.execute(select(t.event).where(t.event.c.kind.in_(("handed_in", "accepted", "waived"))).order_by(t.event.c.id)):
        key = (event.case_id, event.occurrence_id)
        if key in finished and (event.kind != "handed_in" or event.data["state"] == "accepted"):
            found[key] = event.recorded_at
    assert finished <= set(found), "something is done of which the journal knows nothing"
    return found


def counts_that_differ(database: Database) -> list[object]:
    """Kept counts that are not what counting again gives."""
    with database.read() as connection:
        return list(wrong_counts(connection, campaign_id(connection)))


def notices_without_an_end(database: Database) -> list[object]:
    """Notices that were neither sent with a letter that went out, nor suppressed for a reason."""
    query = select(t.notice, t.message.c.state.label("letter")).outerjoin(t.message, t.message.c.id == t.notice.c.message_id)
    with database.read() as connection:
        return [
            row
            for row in connection.execute(query)
            if not (row.state == NoticeState.SENT and row.letter == MessageState.SENT)
            and not (row.state == NoticeState.SUPPRESSED and row.reason and row.message_id is None)
        ]


def letters_on_one_day(database: Database) -> list[object]:
    """(person, day) with more than one letter."""
    with database.read() as connection:
        days = Counter((row.person_id, row.day) for row in connection.execute(select(t.message)))
    return [key for key, n in days.items() if n > 1]


def decided_twice(database: Database) -> list[object]:
    """Rungs that were decided more than once for one obligation."""
    n = t.notice.c
    with database.read() as connection:
        keys = Counter(
            json.dumps([row.case_id, row.occurrence_id, row.subject, row.kind, row.deadline_id, row.number])
            for row in connection.execute(select(n.case_id, n.occurrence_id, n.subject, n.kind, n.deadline_id, n.number))
        )
    return [key for key, count in keys.items() if count > 1]


def broken(database: Database) -> list[object]:
    """Everything that breaks any of them."""
    return [
        *unmet_when_moved(database),
        *counts_that_differ(database),
        *notices_without_an_end(database),
        *letters_on_one_day(database),
        *decided_twice(database),
    ]
