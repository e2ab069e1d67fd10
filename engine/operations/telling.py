"""Telling people: notices become one message a person and day, looked at once more before it goes, and sent at least once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from engine.operations.campaigns import running
from engine.operations.channels import note_channels
from engine.operations.composing import compose_all
from engine.operations.context import House
from engine.operations.delivered import Delivered
from engine.operations.hours import sending_hours
from engine.operations.office import office_of
from engine.operations.post import Post
from engine.operations.resting import AtRest, rests
from engine.operations.sending import Round, send_one
from engine.oserrors import why
from engine.sentences import Sentence
from engine.store import house as facts
from engine.store import notices
from engine.store.claims import claimant
from engine.store.quiet import quietly_waiting
from notifiers.base import NotSent


def deliver(house: House, post: Post, now: datetime, on_attempt: Callable[[], None] = lambda: None) -> Delivered:
    """Compose what is to be told and send what waits. Each notice ends as sent, suppressed with a reason, or failed.

    on_attempt: called after every attempt. Where a whole channel is out of reach, no more than one letter is tried by it.
    """
    unreached: dict[str, None] = {}
    with claimant(house.database) as mine:
        turn = _begin(house, post, now, mine)
        counts, trouble = _rounds(turn, unreached, on_attempt)
    held, waiting, next_try = _left(turn)
    quiet, opens_at = _quiet(turn)
    return Delivered(
        composed=counts["composed"],
        sent=counts["sent"],
        dropped=counts["dropped"],
        rerouted=counts["rerouted"],
        failed=counts["failed"],
        later=counts["later"],
        held=held,
        unreached=tuple(unreached),
        trouble=_said(trouble),
        waiting=waiting,
        next_try=next_try,
        slowed=bool(turn.throttle.until or turn.throttle.full),
        quiet=quiet,
        opens_at=opens_at,
        misworded=tuple(sorted(turn.wording.faults)),
        rests=turn.resting.rests,
    )


def _begin(house: House, post: Post, now: datetime, mine: int) -> Round:
    """A round of sending, once what the dead had in hand is free."""
    with house.database.write(beside=True) as connection:
        notices.take_over(connection, now, mine)
        note_channels(connection, post.channels)
        key = facts.read_setting(connection, facts.MAIL_KEY) or ""
        office, hours = office_of(connection), sending_hours(connection)
        resting = AtRest(rest for rest in rests(connection) if rest.channel in post.channels)
    return Round(
        house=house,
        post=post,
        now=now,
        claimant=mine,
        office=office,
        hours=hours,
        mail_key=key,
        throttle=post.throttle(),
        resting=resting,
    )


def _rounds(turn: Round, unreached: dict[str, None], on_attempt: Callable[[], None]) -> tuple[Counter[str], NotSent | None]:
    """Letters go out as they are written, those first that wait already: whoever is killed has told somebody.

    Where only so many may go, all are written first: what cannot wait is sent before the others, whenever it was written.
    """
    at_once = not turn.throttle.slows
    counts, trouble = _send_all(turn, on_attempt) if at_once else (Counter[str](), None)
    ended = -1
    # What still holds of a letter that was dropped, or was refused and goes by another channel, goes into another one.
    while counts["dropped"] + counts["rerouted"] > ended:
        ended = counts["dropped"] + counts["rerouted"]
        for composed in compose_all(turn, unreached):
            counts["composed"] += composed
            if at_once:
                came_to, last = _send_all(turn, on_attempt)
                counts, trouble = counts + came_to, last or trouble
        if not at_once:
            came_to, last = _send_all(turn, on_attempt)
            counts, trouble = counts + came_to, last or trouble
    return counts, trouble


def _send_all(turn: Round, on_attempt: Callable[[], None]) -> tuple[Counter[str], NotSent | None]:
    """How many attempts came to what, and the last trouble."""
    counts: Counter[str] = Counter()
    trouble: NotSent | None = None
    while (outcome := send_one(turn)) is not None:
        counts[outcome.what] += 1
        trouble = outcome.trouble or trouble
        on_attempt()
    return counts, trouble


def _said(trouble: NotSent | None) -> Sentence | None:
    if trouble is None:
        return None
    cause = trouble.__cause__
    if not isinstance(cause, OSError):
        return Sentence("{zh}", "{en}", {"zh": trouble.zh, "en": trouble.en})
    # The system says in English only why a file cannot be written.
    zh, en = trouble.zh.removesuffix(f"：{trouble.reason}"), trouble.en.removesuffix(f": {trouble.reason}")
    return Sentence("{zh}：{why}", "{en}: {why}", {"zh": zh, "en": en, "why": why(cause)})


def _left(turn: Round) -> tuple[int, int, datetime | None]:
    """What is held; how many letters wait, and from when on."""
    with turn.house.database.read() as connection:
        waiting, held = notices.waiting_by_channel(connection), notices.held(connection)
    found = [(turn.throttle.next_try(first, turn.now), turn.resting.until(channel)) for channel, (_, first) in waiting.items()]
    tries = [max(at, until or at) for at, until in found if at is not None]
    return held, sum(count for count, _ in waiting.values()), min(tries, default=None)


def _quiet(turn: Round) -> tuple[int, datetime | None]:
    """What waits for the hours at which letters go, and until when."""
    count, openings = 0, []
    with turn.house.database.read() as connection:
        for campaign in running(connection):
            quiet = turn.hours.at(campaign, turn.now)
            waiting = quietly_waiting(connection, campaign.id, quiet.fresh) if campaign.mail_on and quiet.until else 0
            count += waiting
            openings += [quiet.until] if waiting and quiet.until else []
    return count, min(openings, default=None)
