"""The calendar that goes with a letter, where the workflow file wishes it: the deadlines of which the reader does not know yet."""

from __future__ import annotations

from collections.abc import Sequence

from engine.exchange.ics import calendar_bytes, day_of, days_in
from engine.machine.states import ObligationState
from engine.operations.asking import Lookup
from engine.operations.entries import OWING, Entries, calendar_of, last_in_time
from engine.operations.post import Post
from engine.operations.recipients import Recipient, told_as
from engine.sentences import Lang, Sentence
from engine.store import owing
from engine.store.attached import calendars_of
from engine.store.notices import Decided
from engine.store.obligations import ObligationRow
from engine.store.owing import Duty
from notifiers.base import Attachment

_NAME = Sentence("期限.ics", "deadlines.ics")


def calendar_for(lookup: Lookup, recipient: Recipient, decided: Sequence[Decided], post: Post) -> str:
    """What goes with the letter that tells these to somebody; '' where nothing does.

    An entry for each duty of hers that she has been sent none for, or that has moved since; one that she has and that was waived is
    cancelled.
    """
    person_id, lang = recipient.person_id, post.lang
    if not (lookup.running.workflow.calendar.attach and post.notifier.attaches) or person_id is None or recipient.is_office:
        return ""
    hers = {notice.obligation.key: notice.obligation for notice in decided if _is_hers(lookup, person_id, notice)}
    writer = Entries(lookup.connection, lookup.running, lookup.now, lang)
    known = _known(lookup, person_id)
    rows = [row for row in hers.values() if _is_news(lookup, writer, row, known)]
    if not rows:
        return ""
    changed = owing.changes_of(lookup.connection, list(dict.fromkeys(row.case_id for row in rows)))
    duties = [Duty(row=row, changed_at=changed[row.key]) for row in rows]
    writer.prepare(duties)
    deadlines = [writer.entry(duty, judging=False) for duty in duties]
    return calendar_bytes(calendar_of(lookup.connection, recipient.name, deadlines, lookup.now, lang)).decode()


def _is_hers(lookup: Lookup, person_id: int, notice: Decided) -> bool:
    """Whether she is told of it as of what she owes herself."""
    row = notice.obligation
    return told_as(lookup, person_id, notice) == (row.owner_id, row.owner_role)


def _known(lookup: Lookup, person_id: int) -> dict[str, str]:
    """Where each entry that she was sent stood when she was sent it last."""
    found: dict[str, str] = {}
    for text in calendars_of(lookup.connection, lookup.running.id, person_id):
        found |= days_in(text)
    return found


def _is_news(lookup: Lookup, writer: Entries, row: ObligationRow, known: dict[str, str]) -> bool:
    if row.due_at is None:
        return False
    at = known.get(writer.uid(row, judging=False))
    if row.state is ObligationState.WAIVED:
        return at is not None
    return row.state in OWING and at != day_of(last_in_time(row.due_at, lookup.running.zone))


def file_name(calendar: str, lang: Lang) -> str:
    """What it is called as a file; '' where there is none."""
    return _NAME.say(lang) if calendar else ""


def attachments(calendar: str, lang: Lang) -> tuple[Attachment, ...]:
    """The same as a channel takes it."""
    return (Attachment(name=file_name(calendar, lang), text=calendar),) if calendar else ()
