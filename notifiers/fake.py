"""A working channel that keeps letters in memory and fails on demand: for the tests of other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifiers.base import Letter, NotSent, as_mime, expect_usable
from notifiers.registry import GROUPS


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One letter that was taken, and when."""

    letter: Letter
    now: datetime


@dataclass
class _Failure:
    error: NotSent
    left: int
    address: str | None
    taken: bool


class FakeNotifier:
    """Keeps what it takes in `sent`, what it was asked to take in `attempts`, both in order.

    It refuses unusable addresses and ids as every channel does; under the name of one that speaks to a group, as that does. Like a mail
    server it does not recognise a letter it has seen: two sends of one message id are two entries.
    """

    attaches = True

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self.sent: list[Sent] = []
        self.attempts: list[Letter] = []
        self.closed = 0
        self._failures: list[_Failure] = []

    def fail(self, error: NotSent, *, times: int = 1, address: str | None = None, taken: bool = False) -> None:
        """Let the next `times` sends (to `address`, or who is called so, if given) raise `error`.

        taken: the letter is kept all the same, as when the answer to an accepted letter is lost (`unknown`).
        """
        self._failures.append(_Failure(error, times, address, taken))

    def send(self, letter: Letter, now: datetime) -> str:
        """Take the letter, or raise what was asked for with `fail`."""
        if self.name in GROUPS:
            expect_usable(letter, now)
        else:
            as_mime(letter, now)
        self.attempts.append(letter)
        failure = self._next_failure(letter.contact or letter.to_address)
        if failure is None or failure.taken:
            self.sent.append(Sent(letter=letter, now=now))
        if failure is not None:
            raise failure.error
        return f"fake {len(self.sent)}"

    def close(self) -> None:
        """Counts how often it was closed in `closed`."""
        self.closed += 1

    def hang_up(self) -> None:
        """Nobody is talked to."""

    def to(self, address: str) -> list[Letter]:
        """The letters taken for one address, in order."""
        return [sent.letter for sent in self.sent if sent.letter.to_address == address]

    def _next_failure(self, address: str) -> _Failure | None:
        for failure in self._failures:
            if failure.left > 0 and failure.address in (None, address):
                failure.left -= 1
                return failure
        return None
