"""The letters of one notice: the one it stands in with every attempt to send that, and those that went another way in vain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.operations.returns import REROUTED
from engine.store import explaining as store
from engine.store.codes import MessageState
from engine.store.database import Connection


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One attempt: when, what came of it, and the words of the server or the system."""

    at: datetime
    outcome: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Rerouted:
    """A letter that went by a channel in vain, and by which its notice went then. words: the server's, or whose else, of the refusal."""

    at: datetime
    message: int
    channel: str
    address: str
    then: str
    words: str


@dataclass(frozen=True, kw_only=True)
class LetterTold:
    """The message a notice stands in, or stood in. to: the name of the person, '' for one that is not known any more.

    contact: by which she is called in the channel's group, '' where she is not.
    """

    id: int
    subject: str
    message_id: str
    channel: str
    contact: str
    to: str
    address: str
    composed_at: datetime
    state: str
    reason: str
    next_try_at: datetime | None
    attempts: tuple[Tried, ...]


def letter_told(connection: Connection, message_id: int) -> LetterTold | None:
    """The message of that number with what came of it; None where there is none."""
    row = store.message(connection, message_id)
    if row is None:
        return None
    return LetterTold(
        id=row.id,
        subject=row.subject,
        message_id=row.token,
        channel=row.channel,
        contact=row.contact,
        to=row.name or "",
        address=row.address,
        composed_at=row.composed_at,
        state=MessageState(row.state).name.lower(),
        reason=row.reason,
        next_try_at=row.next_try_at,
        attempts=tuple(Tried(at=one.at, outcome=one.outcome, words=one.reason) for one in store.attempts(connection, message_id)),
    )


def rerouted(connection: Connection, notice: Any) -> tuple[Rerouted, ...]:
    """The letters in which that notice did not get through before it went by another channel, in order."""
    return tuple(_rerouted(*one) for one in store.rerouted(connection, notice, REROUTED))


def _rerouted(line: Any, letter: Any) -> Rerouted:
    return Rerouted(
        at=line.recorded_at,
        message=letter.id,
        channel=line.data["channel"],
        address=letter.contact or letter.address,
        then=line.data["then"],
        words=letter.reason,
    )
