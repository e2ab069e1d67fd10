"""What becomes of a letter that somebody has in hand: written down only by whoever has it still.

A number of the dead is given out anew, so a claim is known by the count of attempts as well: that never comes twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, case, insert, null, select, update

from engine.store import tables as t
from engine.store.claims import ClaimLost
from engine.store.codes import MessageState, NoticeState

# What an attempt came to. away: the channel itself was out of reach.  given-up: none was made, and none will be.
SENT, LATER, AWAY, UNKNOWN, FAILED, GIVEN_UP = "sent", "later", "away", "unknown", "failed", "given-up"
# Why nobody knows what became of an attempt whose own process died.
INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class InHand:
    """A message in the hands of `claimant`, at its so many-th attempt."""

    message_id: int
    claimant: int
    attempts: int


def in_hand(message: Any) -> InHand:
    """What `notices.claim` has given."""
    return InHand(message_id=message.id, claimant=message.claim, attempts=message.attempts)


def note_attempt(connection: Connection, message_id: int, at: datetime, outcome: str, reason: str) -> None:
    """What an attempt came to."""
    connection.execute(_attempt(), {"message": message_id, "at": at, "outcome": outcome, "reason": reason})


@cache
def _attempt() -> Any:
    """With the domain it went to, so that whoever counts need not look at the letters."""
    m, a = t.message.c, t.attempt.c
    given = [bindparam(name, type_=a[name].type) for name in ("at", "outcome", "reason")]
    row = select(m.id, *given, m.domain).where(m.id == bindparam("message"))
    return insert(t.attempt).from_select(["message_id", "at", "outcome", "reason", "domain"], row)


def sent(connection: Connection, hand: InHand) -> None:
    """It has gone out. Raises ClaimLost."""
    _settle(connection, hand, MessageState.SENT, NoticeState.SENT, "")


def failed(connection: Connection, hand: InHand, reason: str) -> None:
    """It will not go out. Raises ClaimLost."""
    _settle(connection, hand, MessageState.FAILED, NoticeState.FAILED, reason)


def _settle(connection: Connection, hand: InHand, state: MessageState, of_notices: NoticeState, reason: str) -> None:
    _change(connection, _settling(), hand, {"to": state, "why": reason})
    connection.execute(_settling_notices(), {"wanted": hand.message_id, "to": of_notices, "why": reason[:40]})


def _change(connection: Connection, statement: Any, hand: InHand, values: Mapping[str, Any]) -> None:
    """Raises ClaimLost where another process has it, or has had it since: what came of it is for that one to say."""
    mine = {"wanted": hand.message_id, "by": hand.claimant, "time": hand.attempts}
    if connection.execute(statement, {**mine, **values}).rowcount != 1:
        raise ClaimLost


def _mine() -> Update:
    m = t.message.c
    mine = (m.id == bindparam("wanted"), m.claim == bindparam("by"), m.attempts == bindparam("time"))
    return update(t.message).where(*mine)


@cache
def _settling() -> Any:
    return _mine().values(state=bindparam("to"), reason=bindparam("why"), next_try_at=None, claim=None)


@cache
def _settling_notices() -> Any:
    return update(t.notice).where(t.notice.c.message_id == bindparam("wanted")).values(state=bindparam("to"), reason=bindparam("why"))


def try_again(connection: Connection, hand: InHand, at: datetime, reason: str) -> None:
    """It is tried again at that instant; never, where its campaign has ended meanwhile. Raises ClaimLost."""
    _change(connection, _waiting_again(), hand, {"then": at, "why": reason})


@cache
def _waiting_again() -> Any:
    m = t.message.c
    waits = m.state == MessageState.WAITING
    then = case((waits, bindparam("then", type_=m.next_try_at.type)), else_=null())
    return _mine().values(next_try_at=then, reason=case((waits, bindparam("why")), else_=m.reason), claim=None)


def put_back(connection: Connection, hand: InHand, until: datetime) -> None:
    """Whoever has it in hand has not tried it: it waits until then. Raises ClaimLost."""
    _change(connection, _putting_back(), hand, {"then": until})


@cache
def _putting_back() -> Any:
    m = t.message.c
    return _mine().values(next_try_at=bindparam("then", type_=m.next_try_at.type), claim=None, attempts=m.attempts - 1)


def dissolve(connection: Connection, hand: InHand, untrue: Mapping[int, str]) -> None:
    """The message does not go: what is not so any more is suppressed with its reason, the rest waits for the next letter.

    Raises ClaimLost.
    """
    reason = "no-longer-true"
    _change(connection, _settling(), hand, {"to": MessageState.FAILED, "why": reason})
    n = t.notice.c
    left = (n.message_id == hand.message_id, n.state == NoticeState.COMPOSED)
    for notice_id, why in untrue.items():
        connection.execute(update(t.notice).where(*left, n.id == notice_id).values(state=NoticeState.SUPPRESSED, reason=why))
    connection.execute(update(t.notice).where(*left).values(state=NoticeState.DECIDED, message_id=None))
