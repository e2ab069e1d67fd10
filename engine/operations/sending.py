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
from engine.operations.resting import HOPELESS, AtRest, Rest
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

What = Literal["sent", "failed", "rerouted", "later", "dropped", "quiet"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one message. trouble: why it did not go."""

    what: What
    trouble: NotSent | None = None


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of sending by one claimant, in the name of an office (name, address).

    hours: at which letters go.  resting: which channels take any.  campaigns: those met so far; by what a notice is judged
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
    resting: AtRest = field(default_factory=AtRest)
    campaigns: dict[int, Running] = field(default_factory=dict)
    wording: Wording = field(default_factory=Wording)


def send_one(turn: Round) -> Outcome | None:
    """Send the next message that waits; None where none does, or none may go. A letter that is untrue by now is dropped, not sent.

    That is looked at even where it was written this instant: while the letters before it went out, somebody may have handed in.
    Raises ClaimLost.
    """
    taken = _take(turn)
    if not isinstance(taken, _Taken):
        return taken
    message, hand, post = taken.message, in_hand(taken.message), taken.post
    if taken.end is not None:
        return _give_up(turn, message, taken.end)
    try:
        # People read the date of a letter, and the names of letters that are files, in their own zone.
        receipt = post.notifier.send(taken.letter, turn.now.astimezone(ZoneInfo(message.zone)))
    except NotSent as error:
        return _not_sent(turn, hand, post.notifier.name, error)
    with turn.house.database.write(beside=True, few=True) as connection:
        note_attempt(connection, message.id, turn.now, SENT, receipt)
        sent(connection, hand)
        turn.resting.of(post.notifier.name).end(connection)
    return Outcome(what="sent")


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """A message in hand, as its channel takes it. end: why it is not to be tried any more, None where it is."""

    message: Any
    letter: Letter
    post: Post
    end: End | None


def _take(turn: Round) -> _Taken | Outcome | None:
    """The next message, unless it is not to go after all; None where none waits that may go. Raises ClaimLost."""
    now, away = turn.now, turn.resting.away(turn.now)
    if away.issuperset(turn.post.channels):
        return None
    # Whoever counts what others have in hand too must see all of it.
    with turn.house.database.write(beside=not turn.throttle.slows, few=True) as connection:
        message = notices.claim(connection, now, turn.claimant, turn.throttle, away)
        if message is None:
            return None
        hand, campaign = in_hand(message), _campaign(connection, message.campaign_id, turn.campaigns)
        end = enough(connection, message, campaign.day(now), now)
        if end is not None:
            put_back(connection, hand, message.next_try_at)
        elif _is_stale(connection, message, campaign, now) or _is_stray(connection, message, turn.post, now):
            return Outcome(what="dropped")
        elif _has_to_wait(connection, hand, turn, campaign) or _has_no_way(connection, message, turn):
            return Outcome(what="quiet")
        # Whoever stands in the roster can do with fewer letters; the office cannot.
        mark = "" if message.key.startswith("operator:") else mark_of(turn.mail_key, message.person_id)
        post = turn.post.by(message.channel)
        return _Taken(message=message, letter=letter_of(message, post, turn.office, campaign, mark), post=post, end=end)


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


def _is_stray(connection: Connection, message: Any, post: Post, now: datetime) -> bool:
    """Whether it was written for a channel that the house has no more: it is dissolved, and what holds goes by one that it has.

    Not where an earlier attempt may have got through: it is tried again as it is, under its Message-ID, by the usual channel.
    """
    if message.channel in post.channels or may_have_come(connection, message, now):
        return False
    dissolve(connection, in_hand(message), {})
    return True


def _has_no_way(connection: Connection, message: Any, turn: Round) -> bool:
    """Whether it would go by the usual channel, its own being no more, and that one takes nothing: it waits until it may be tried."""
    usual = turn.resting.of(turn.post.by(message.channel).notifier.name)
    if not usual.holds(turn.now):
        return False
    put_back(connection, in_hand(message), turn.now + FIRST_WAIT if usual.rest is None else usual.rest.until)
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
        going = given_up(connection, message, end, turn.now, turn.post.channels)
    return Outcome(what="rerouted" if going else "failed")


def letter_of(message: Any, post: Post, office: tuple[str, str], campaign: Running, mark: str = "") -> Letter:
    """A message as a channel takes it. message: its token, name, address, contact, subject, text, html, calendar, and what it answers.

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
        contact=message.contact,
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


def _not_sent(turn: Round, hand: InHand, channel: str, error: NotSent) -> Outcome:
    """Given up at once only where the letter itself will never be taken; a server that is away for a week loses nothing."""
    resting = turn.resting.of(channel)
    away = resting.is_out_of_reach(error)
    # Whoever tells the office of it writes alone, for two letters may be about one duty; and so does whoever leaves the channel alone.
    beside = not (error.permanent or away)
    with turn.house.database.write(beside=beside, few=beside) as connection:
        note_attempt(connection, hand.message_id, turn.now, _came_to(error), str(error))
        if error.permanent:
            failed(connection, hand, error.reason)
            if refused(connection, hand.message_id, error, turn.now, turn.post.channels):
                return Outcome(what="rerouted")
            return Outcome(what="failed", trouble=error)
        if away:
            resting.begin(connection, error, turn.now)
        try_again(connection, hand, _next_try(resting.rest, hand, error, turn.now), error.reason)
    return Outcome(what="later", trouble=error)


def _came_to(error: NotSent) -> str:
    if error.permanent:
        return FAILED
    return UNKNOWN if error.unknown else AWAY if error.cause in HOPELESS else LATER


def _next_try(rest: Rest | None, hand: InHand, error: NotSent, now: datetime) -> datetime:
    """What could not be handed to anybody waits for the channel; what was put off, twice as long each time."""
    if rest is not None and error.cause in HOPELESS and not error.unknown:
        return rest.until
    growth, longest = (4, LONGEST_SILENCE) if error.unknown else (2, LONGEST_WAIT)
    wait: timedelta = FIRST_WAIT * growth ** min(hand.attempts - 1, 10)
    return now + min(wait, longest)
