"""When a letter is tried no more, though nobody has refused it for good: "at least once" ends, and the office hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.operations.returns import LONGEST_WORDS, go_on
from engine.store import notices, patience, reports
from engine.store.codes import NoticeState
from engine.store.database import Connection
from engine.store.patience import UNANSWERED
from engine.store.reports import NewReport

# Each of these attempts may have put one more copy on her desk.
MOST_UNANSWERED = 8
# RFC 5321, 4.5.4.1: a server that takes a letter itself tries for four to five days.
TRIED_FOR = timedelta(days=5)
DAYS_REFUSED = 5


@dataclass(frozen=True, kw_only=True)
class End:
    """Why a letter is tried no more. outcome: as a report says it.  reason: UNANSWERED, or the server's own words."""

    outcome: str
    reason: str


def enough(connection: Connection, message: Any, today: date, now: datetime) -> End | None:
    """Whether a letter that one has in hand has been tried for long enough; None where it may be tried.

    Nobody has answered for days, or as often as may be; or each day for some days all letters to that address have been put off: a
    letter of another day is written anew, so the days of all of them count.
    """
    if message.attempts == 1:
        return None
    silence = patience.silence(connection, message.id)
    if silence is not None:
        too_long = now - silence.since >= TRIED_FOR and not silence.ours
        return End(outcome=reports.UNANSWERED, reason=UNANSWERED) if too_long or silence.attempts >= MOST_UNANSWERED else None
    if message.day == today or patience.days_refused(connection, message) < DAYS_REFUSED:
        return None
    return End(outcome=reports.PUT_OFF, reason=message.reason)


def may_have_come(connection: Connection, message: Any, now: datetime) -> bool:
    """Whether an earlier attempt may have got through, so that nothing else may say the same.

    Where our own program broke off, and some days have passed since, what still holds is told anew: that is no double any more.
    """
    silence = patience.silence(connection, message.id) if message.attempts > 1 else None
    return silence is not None and not (silence.ours and now - silence.since >= TRIED_FOR)


def given_up(connection: Connection, message: Any, end: End, now: datetime, channels: Sequence[str] | None = None) -> int:
    """The report of it; what was put off goes on by her next channel, and of the rest the office is told. How many notices go on.

    Only where there is such a channel nothing goes to her by this one any more, until her address is another or somebody says that it
    is right: whoever has no other is tried by it with every later letter.  channels: as for a `Lookup`.
    """
    report = NewReport(
        source=f"given up {message.id}",
        message_id=message.id,
        person_id=message.person_id,
        at=now,
        outcome=end.outcome,
        words=end.reason[:LONGEST_WORDS],
        dead=True,
        settled=False,
    )
    reports.note(connection, report)
    # What nobody answered may have arrived: by another channel it would be a second letter of the same.
    going = 0 if end.outcome == reports.UNANSWERED else go_on(connection, message.id, now, channels)
    if not going:
        reports.spare(connection, report.source)
    notices.tell_office(connection, reports.notices_in(connection, message.id), now, NoticeState.FAILED)
    return going
