"""Sending: a message is claimed, looked at once more, handed to the channel outside any transaction; what came of it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from engine.operations.attaching import attachments
from engine.operations.campaigns import Running, by_id
from engine.operations.context import House
from engine.operations.digests import mark_of, places
from engine.operations.hours import SendingHours
from engine.operations.post import Post
from engine.operations.relevance import why_not
from engine.operations.returns import refused
from engine.operations.wording import Wording
from engine.store import notices
from engine.store.database import Connection
from engine.store.rates import Throttle
from notifiers.base import Letter, NotSent

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
# Trouble of the whole channel, not of one letter: every other letter would wait for nothing, too.
_HOPELESS = frozenset({"unreachable", "insecure", "login", "stranger", "busy", "sender", "storage"})

What = Literal["sent", "failed", "later", "dropped", "quiet"]


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

    hours: at which letters go.  campaigns: those met so far; by what a notice is judged never changes while one runs.
    mail_key: see `digests`.  wording: in whose words letters are written.
    """

    house: House
    post: Post
    now: datetime
    claimant: int
    office: tuple[str, str]
    hours: SendingHours = field(default_factory=SendingHours)
    mail_key: str = ""
    throttle: Throttle = field(default_factory=Throttle)
    campaigns: dict[int, Running] = field(default_factory=dict)
    wording: Wording = field(default_factory=Wording)


def send_one(turn: Round) -> Outcome | None:
    """Send the next message that waits; None where none does. A letter that is untrue by now is dropped, not sent.

    That is looked at even where it was written this instant: while the letters before it went out, somebody may have handed in.
    """
    house, now = turn.house, turn.now
    # Whoever counts what others have in hand too must see all of it.
    with house.database.write(beside=not turn.throttle.slows, few=True) as connection:
        message = notices.claim(connection, now, turn.claimant, turn.throttle)
        if message is None:
            return None
        campaign = _campaign(connection, message.campaign_id, turn.campaigns)
        if _is_stale(connection, message, campaign, now):
            return Outcome(what="dropped")
        if _has_to_wait(connection, message.id, turn, campaign):
            return Outcome(what="quiet")
        # Whoever stands in the roster can do with fewer letters; the office cannot.
        mark = "" if message.key.startswith("operator:") else mark_of(turn.mail_key, message.person_id)
        letter = letter_of(message, turn.post, turn.office, campaign, mark)
    try:
        # People read the date of a letter, and the names of letters that are files, in their own zone.
        receipt = turn.post.notifier.send(letter, now.astimezone(ZoneInfo(message.zone)))
    except NotSent as error:
        return _not_sent(house, message.id, message.attempts, error, now)
    with house.database.write(beside=True, few=True) as connection:
        notices.note_attempt(connection, message.id, now, "sent", receipt)
        notices.sent(connection, message.id)
    return Outcome(what="sent")


def _campaign(connection: Connection, number: int, known: dict[int, Running]) -> Running:
    return known.get(number) or known.setdefault(number, by_id(connection, number))


def _is_stale(connection: Connection, message: Any, campaign: Running, now: datetime) -> bool:
    """Whether what it says is not so any more. It is dissolved then: what still holds waits for the next letter.

    Not where an earlier attempt may have got through: another letter would then say the same again under another Message-ID.
    """
    if message.attempts > 1 and notices.may_have_arrived(connection, message.id):
        return False
    untrue = {notice.id: reason for notice in notices.in_message(connection, message.id) if (reason := why_not(notice, campaign))}
    # A letter that waited past midnight, for its turn or for the server, counts the days from the wrong one; and where the server has
    # been away for some days, each day's letter would come with it: one that tells the truth is enough.
    if not untrue and message.day == campaign.day(now):
        return False
    notices.dissolve(connection, message.id, untrue)
    return True


def _has_to_wait(connection: Connection, message_id: int, turn: Round, campaign: Running) -> bool:
    """Whether a letter that could not go when it was written has come into hours at which none go: it waits until they are over."""
    quiet = turn.hours.at(campaign, turn.now)
    if quiet.until is None or not quiet.holds(notices.in_message(connection, message_id)):
        return False
    notices.put_back(connection, message_id, quiet.until)
    return True


def letter_of(message: Any, post: Post, office: tuple[str, str], campaign: Running, mark: str = "") -> Letter:
    """A message as a channel takes it. message: its token, name, address, subject, text, html, calendar, and the letters that it answers.

    office: name and address.  mark: by which she is known who wants fewer letters; '' where she cannot ask for it.
    """
    office_name, office_address = office
    return Letter(
        message_id=message.token,
        sender_name=post.sender_name or office_name,
        sender_address=post.sender_address or office_address,
        reply_to=office_address or None,
        reply_to_name=office_name if office_name != office_address else "",
        to_name=message.name,
        to_address=message.address,
        subject=message.subject,
        text=message.text,
        html=message.html or None,
        lang=post.lang,
        references=tuple(message.answers.split()),
        list_id=_list_id(message.token, campaign),
        attachments=attachments(message.calendar, post.lang),
        unsubscribe=places(mark, office_address or post.sender_address, post.unsubscribe_url) if mark else (),
    )


def _list_id(token: str, campaign: Running) -> str:
    """`1.1273593600.example.org`: the campaign's, and no other database's."""
    return f"{campaign.id}.{int(campaign.launched_at.timestamp())}.{token.rpartition('@')[2].removesuffix('>')}"


def _not_sent(house: House, message_id: int, attempts: int, error: NotSent, now: datetime) -> Outcome:
    """Given up only where the letter itself will never be taken; a server that is away for a week loses nothing."""
    what: What = "failed" if error.permanent else "later"
    # Whoever tells the office of it writes alone: two letters may be about one duty.
    with house.database.write(beside=not error.permanent, few=not error.permanent) as connection:
        notices.note_attempt(connection, message_id, now, "unknown" if error.unknown else what, str(error))
        if error.permanent:
            notices.failed(connection, message_id, error.reason)
            refused(connection, message_id, error, now)
        else:
            wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
            notices.try_again(connection, message_id, now + wait, error.reason)
    return Outcome(what=what, trouble=error)
