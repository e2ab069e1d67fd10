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
from engine.operations.giving_up import End, enough, given_up, may_have_come
from engine.operations.hours import SendingHours
from engine.operations.post import Post
from engine.operations.relevance import why_not_sent
from engine.operations.resting import HOPELESS, Resting
from engine.operations.returns import refused
from engine.operations.wording import Wording
from engine.store import notices, patience
from engine.store.database import Connection
from engine.store.in_hand import (
    AWAY,
    FAILED,
    LATER,
    SENT,
    UNKNOWN,
    InHand,
    dissolve,
    failed,
    in_hand,
    note_attempt,
    put_back,
    sent,
    try_again,
)
from engine.store.rates import Throttle
from notifiers.base import Letter, NotSent

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
# Of a letter that may have come every further try may be one more on her desk: the waits grow faster.
LONGEST_SILENCE = timedelta(days=1)

What = Literal["sent", "failed", "later", "dropped", "quiet"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one message. `trouble`: why it did not go; `hopeless`: no other would go either."""

    what: What
    trouble: NotSent | None = None
    hopeless: bool = False


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of sending by one claimant, in the name of an office (name, address).

    hours: at which letters go.  resting: whether the channel takes any.  campaigns: those met so far; by what a notice is judged
    never changes while one runs.  mail_key: see `digests`.  wording: in whose words letters are written.
    """

    house: House
    post: Post
    now: datetime
    claimant: int
    office: tuple[str, str]
    hours: SendingHours = field(default_factory=SendingHours)
    mail_key: str = ""
    throttle: Throttle = field(default_factory=Throttle)
    resting: Resting = field(default_factory=lambda: Resting(""))
    campaigns: dict[int, Running] = field(default_factory=dict)
    wording: Wording = field(default_factory=Wording)


def send_one(turn: Round) -> Outcome | None:
    """Send the next message that waits; None where none does, or none may go. A letter that is untrue by now is dropped, not sent.

    That is looked at even where it was written this instant: while the letters before it went out, somebody may have handed in.
    Raises ClaimLost.
    """
    house, now = turn.house, turn.now
    if turn.resting.holds(now):
        return None
    # Whoever counts what others have in hand too must see all of it.
    with house.database.write(beside=not turn.throttle.slows, few=True) as connection:
        message = notices.claim(connection, now, turn.claimant, turn.throttle)
        if message is None:
            return None
        hand, campaign = in_hand(message), _campaign(connection, message.campaign_id, turn.campaigns)
        end = enough(connection, message, campaign.day(now), now)
        if end is not None:
            put_back(connection, hand, message.next_try_at)
        elif _is_stale(connection, message, campaign, now):
            return Outcome(what="dropped")
        elif _has_to_wait(connection, hand, turn, campaign):
            return Outcome(what="quiet")
        # Whoever stands in the roster can do with fewer letters; the office cannot.
        mark = "" if message.key.startswith("operator:") else mark_of(turn.mail_key, message.person_id)
        letter = letter_of(message, turn.post, turn.office, campaign, mark)
    if end is not None:
        return _give_up(turn, message, end)
    try:
        # People read the date of a letter, and the names of letters that are files, in their own zone.
        receipt = turn.post.notifier.send(letter, now.astimezone(ZoneInfo(message.zone)))
    except NotSent as error:
        return _not_sent(turn, hand, error)
    with house.database.write(beside=True, few=True) as connection:
        note_attempt(connection, message.id, now, SENT, receipt)
        sent(connection, hand)
        turn.resting.end(connection)
    return Outcome(what="sent")


def _campaign(connection: Connection, number: int, known: dict[int, Running]) -> Running:
    return known.get(number) or known.setdefault(number, by_id(connection, number))


def _is_stale(connection: Connection, message: Any, campaign: Running, now: datetime) -> bool:
    """Whether what it says is not so any more. It is dissolved then: what still holds waits for the next letter.

    Not where an earlier attempt may have got through: another letter would then say the same again under another Message-ID.
    """
    if may_have_come(connection, message, now):
        return False
    held = notices.in_message(connection, message.id)
    untrue = {notice.id: reason for notice in held if (reason := why_not_sent(connection, notice, campaign))}
    # A letter that waited past midnight, for its turn or for the server, counts the days from the wrong one; and where the server has
    # been away for some days, each day's letter would come with it: one that tells the truth is enough.
    if not untrue and message.day == campaign.day(now):
        return False
    dissolve(connection, in_hand(message), untrue)
    return True


def _has_to_wait(connection: Connection, hand: InHand, turn: Round, campaign: Running) -> bool:
    """Whether a letter that could not go when it was written has come into hours at which none go: it waits until they are over."""
    quiet = turn.hours.at(campaign, turn.now)
    if quiet.until is None or not quiet.holds(notices.in_message(connection, hand.message_id)):
        return False
    put_back(connection, hand, quiet.until)
    return True


def _give_up(turn: Round, message: Any, end: End) -> Outcome:
    """It has been tried for long enough. Whoever tells the office of it writes alone: two letters may be about one duty."""
    with turn.house.database.write() as connection:
        if not patience.give_up(connection, message, turn.now, end.reason):
            return Outcome(what="quiet")
        given_up(connection, message, end, turn.now)
    return Outcome(what="failed")


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


def _not_sent(turn: Round, hand: InHand, error: NotSent) -> Outcome:
    """Given up at once only where the letter itself will never be taken; a server that is away for a week loses nothing."""
    away = turn.resting.is_out_of_reach(error)
    # Whoever tells the office of it writes alone, for two letters may be about one duty; and so does whoever leaves the channel alone.
    beside = not (error.permanent or away)
    with turn.house.database.write(beside=beside, few=beside) as connection:
        note_attempt(connection, hand.message_id, turn.now, _came_to(error), str(error))
        if error.permanent:
            failed(connection, hand, error.reason)
            refused(connection, hand.message_id, error, turn.now)
            return Outcome(what="failed", trouble=error)
        if away:
            turn.resting.begin(connection, error, turn.now)
        try_again(connection, hand, _next_try(turn, hand, error), error.reason)
    return Outcome(what="later", trouble=error, hopeless=away)


def _came_to(error: NotSent) -> str:
    if error.permanent:
        return FAILED
    return UNKNOWN if error.unknown else AWAY if error.cause in HOPELESS else LATER


def _next_try(turn: Round, hand: InHand, error: NotSent) -> datetime:
    """What could not be handed to anybody waits for the channel; what was put off, twice as long each time."""
    if turn.resting.rest is not None and error.cause in HOPELESS and not error.unknown:
        return turn.resting.rest.until
    growth, longest = (4, LONGEST_SILENCE) if error.unknown else (2, LONGEST_WAIT)
    wait: timedelta = FIRST_WAIT * growth ** min(hand.attempts - 1, 10)
    return turn.now + min(wait, longest)
