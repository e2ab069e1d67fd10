"""Messages against their attempts and their notices: what is said to have gone out was tried, and what was tried is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from engine.operations.differences import Code, Difference, about
from engine.store import reconciling as store
from engine.store.codes import MessageState, NoticeState
from engine.store.database import Connection
from engine.store.in_hand import AWAY, FAILED, GIVEN_UP, LATER, SENT, UNKNOWN
from engine.store.patience import DROPPED

OUTCOMES = (SENT, UNKNOWN, LATER, AWAY, FAILED, GIVEN_UP)
_ENDS = (SENT, FAILED, GIVEN_UP)
_AS = {
    MessageState.WAITING: (NoticeState.COMPOSED,),
    MessageState.SENT: (NoticeState.SENT,),
    MessageState.FAILED: (NoticeState.FAILED,),
    MessageState.BOUNCED: (NoticeState.BOUNCED,),
}


class Letter:
    """A message with its attempts and the notices in it."""

    def __init__(self, message: Any, attempts: Sequence[Any], notices: Sequence[Any]) -> None:
        self.message = message
        self.attempts = attempts
        self.notices = notices
        self.outcomes = [attempt.outcome for attempt in attempts]
        self.dropped = message.state == MessageState.FAILED and message.reason in DROPPED
        # What stood in it may have been told again in another one, as of one that is dropped.
        self.lost = message.state == MessageState.BOUNCED or (message.state == MessageState.FAILED and not self.dropped)

    def differences(self) -> Iterator[Difference]:
        """Everything that does not fit together."""
        if self.message.state not in tuple(MessageState):
            yield self._difference("unknown-state", found=self.message.state)
            return
        yield from self._ended()
        yield from self._tried()
        if not self.notices and not (self.lost or self.dropped):
            yield self._difference("message-without-notices")
        for notice in self.notices:
            if notice.state not in self._states():
                should, found = self._states()[0].name.lower(), _named(notice.state)
                yield self._difference("notice-not-as-message", notice, should=should, found=found)

    def _states(self) -> tuple[NoticeState, ...]:
        return (NoticeState.SUPPRESSED,) if self.dropped else _AS[MessageState(self.message.state)]

    def _ended(self) -> Iterator[Difference]:
        """Sent, or bounced, is what an attempt says was sent, once; failed is what an attempt says will never be taken, or was given up."""
        state, sent = self.message.state, self.outcomes.count(SENT)
        if state == MessageState.SENT and not sent:
            yield self._difference("sent-without-attempt")
        if state not in (MessageState.SENT, MessageState.BOUNCED) and sent:
            yield self._difference("ended-though-sent", found=MessageState(state).name.lower())
        if sent > 1:
            yield self._difference("sent-twice", found=sent)
        if state == MessageState.FAILED and not self.dropped and not {FAILED, GIVEN_UP}.intersection(self.outcomes):
            yield self._difference("failed-without-attempt")
        if state == MessageState.WAITING and self.message.next_try_at is None:
            yield self._difference("waiting-without-time")

    def _tried(self) -> Iterator[Difference]:
        """Every attempt that was begun came to something, but for the one that somebody has in hand; and none came after the end."""
        last = next((place for place, outcome in enumerate(self.outcomes) if outcome in _ENDS), None)
        if last is not None and any(outcome != SENT for outcome in self.outcomes[last + 1 :]):
            yield self._difference("tried-after-end")
        for outcome in sorted(set(self.outcomes).difference(OUTCOMES)):
            yield self._difference("unknown-state", found=outcome)
        begun, written = self.message.attempts, len(self.attempts) - self.outcomes.count(GIVEN_UP)
        # Whoever finds it untrue has it in hand and tries nothing; what is in hand when a campaign ends may still go out.
        least = begun - (1 if self.dropped or self.message.claim is not None else 0)
        if not least <= written <= begun:
            yield self._difference("attempts-missing", should=begun, found=written)
        if any(attempt.at < self.message.composed_at for attempt in self.attempts):
            yield self._difference("tried-before-composed")

    def _difference(self, code: Code, notice: Any = None, **more: Any) -> Difference:
        """About that notice, or about the message, which is known by the first one in it."""
        row = notice or (self.notices[0] if self.notices else None)
        said = {} if row is None else about(row, kind=row.kind, number=row.number, due_at=row.due_at, notice=row.id)
        return Difference(**{"code": code, "message": self.message.id, "due_at": self.message.composed_at, **said, **more})


def _named(state: int) -> str:
    return NoticeState(state).name.lower() if state in tuple(NoticeState) else str(state)


def letters_of(connection: Connection, messages: Sequence[Any]) -> Iterator[Letter]:
    """These messages with what belongs to them."""
    ids = [message.id for message in messages]
    attempts, notices = defaultdict(list), defaultdict(list)
    for attempt in store.attempts_of(connection, ids):
        attempts[attempt.message_id].append(attempt)
    for notice in store.notices_in(connection, ids):
        notices[notice.message_id].append(notice)
    for message in messages:
        yield Letter(message, attempts[message.id], notices[message.id])
