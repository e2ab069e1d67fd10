"""Sending: a message is claimed, looked at once more, handed to the channel outside any transaction; what came of it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from engine.operations.campaigns import Running, by_id
from engine.operations.context import House
from engine.operations.post import Post
from engine.operations.relevance import why_not
from engine.store import notices
from engine.store.database import Connection
from notifiers.base import Letter, NotSent

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
# Trouble of the whole channel, not of one letter: every other letter would wait for nothing, too.
_HOPELESS = frozenset({"unreachable", "insecure", "login", "stranger", "busy", "sender", "storage"})

What = Literal["sent", "failed", "later", "dropped"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one message. `trouble`: why it did not go; `hopeless`: no other would go either."""

    what: What
    trouble: NotSent | None = None

    @property
    def hopeless(self) -> bool:
        """Whether the channel itself is out of reach."""
        return self.what == "later" and self.trouble is not None and self.trouble.cause in _HOPELESS


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of sending by one claimant, in the name of an office (name, address).

    campaigns: those met so far; by what a notice is judged never changes while one runs.
    """

    house: House
    post: Post
    now: datetime
    claimant: int
    office: tuple[str, str]
    campaigns: dict[int, Running] = field(default_factory=dict)


def send_one(turn: Round) -> Outcome | None:
    """Send the next message that waits; None where none does. A letter that is untrue by now is dropped, not sent.

    That is looked at even where it was written this instant: while the letters before it went out, somebody may have handed in.
    """
    house, now = turn.house, turn.now
    with house.database.write(beside=True, few=True) as connection:
        message = notices.claim(connection, now, turn.claimant)
        if message is None:
            return None
        if _is_stale(connection, message, turn.campaigns):
            return Outcome(what="dropped")
        letter = letter_of(message, turn.post, *turn.office)
    try:
        # People read the date of a letter, and the names of letters that are files, in their own zone.
        receipt = turn.post.notifier.send(letter, now.astimezone(ZoneInfo(message.zone)))
    except NotSent as error:
        return _not_sent(house, message.id, message.attempts, error, now)
    with house.database.write(beside=True, few=True) as connection:
        notices.note_attempt(connection, message.id, now, "sent", receipt)
        notices.sent(connection, message.id)
    return Outcome(what="sent")


def _is_stale(connection: Connection, message: Any, campaigns: dict[int, Running]) -> bool:
    """Whether what it says is not so any more. It is dissolved then: what still holds waits for the next letter.

    Not where an earlier attempt may have got through: another letter would then say the same again under another Message-ID.
    """
    if message.attempts > 1 and notices.may_have_arrived(connection, message.id):
        return False
    number = message.campaign_id
    campaign = campaigns.get(number) or campaigns.setdefault(number, by_id(connection, number))
    untrue = {notice.id: reason for notice in notices.in_message(connection, message.id) if (reason := why_not(notice, campaign))}
    if untrue:
        notices.dissolve(connection, message.id, untrue)
    return bool(untrue)


def letter_of(message: Any, post: Post, office_name: str, office_address: str) -> Letter:
    """A message as a channel takes it. message: its token, name, address, subject, text and html."""
    return Letter(
        message_id=message.token,
        sender_name=post.sender_name or office_name,
        sender_address=post.sender_address or office_address,
        reply_to=office_address or None,
        to_name=message.name,
        to_address=message.address,
        subject=message.subject,
        text=message.text,
        html=message.html or None,
        lang=post.lang,
    )


def _not_sent(house: House, message_id: int, attempts: int, error: NotSent, now: datetime) -> Outcome:
    """Given up only where the letter itself will never be taken; a server that is away for a week loses nothing."""
    what: What = "failed" if error.permanent else "later"
    with house.database.write(beside=True, few=True) as connection:
        notices.note_attempt(connection, message_id, now, "unknown" if error.unknown else what, str(error))
        if error.permanent:
            notices.failed(connection, message_id, error.reason)
        else:
            wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
            notices.try_again(connection, message_id, now + wait, error.reason)
    return Outcome(what=what, trouble=error)
