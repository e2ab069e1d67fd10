"""How letters leave the house."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.sentences import Lang
from engine.store.rates import Limit, Throttle
from notifiers.base import Letter, Notifier, wire_address
from notifiers.registry import GROUPS


@dataclass(frozen=True, kw_only=True)
class Post:
    """How letters leave the house: by which channel, in which language, in whose name, how many of them in what time.

    notifier: by which they go where nothing says another.  others: the further ones that the house has.
    unsubscribe_url: a page that takes a wish for the digest with one click; '' where there is none.
    """

    notifier: Notifier
    lang: Lang
    sender_name: str = ""
    sender_address: str = ""
    limit: Limit | None = None
    limit_by_domain: Limit | None = None
    unsubscribe_url: str = ""
    others: tuple[Notifier, ...] = ()

    @property
    def notifiers(self) -> tuple[Notifier, ...]:
        """All of them, the usual one first."""
        return (self.notifier, *self.others)

    @property
    def channels(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(notifier.name for notifier in self.notifiers)

    def by(self, channel: str) -> Post:
        """The post as it is by that channel; by the usual one where the house has no such channel."""
        found = next((notifier for notifier in self.others if notifier.name == channel), self.notifier)
        return replace(self, notifier=found, others=())

    def hang_up(self) -> None:
        """Break off every conversation in hand, from another thread, and begin no other."""
        for notifier in self.notifiers:
            notifier.hang_up()

    def throttle(self) -> Throttle:
        """What holds letters back for one round."""
        return Throttle(self.limit, self.limit_by_domain)


@dataclass(frozen=True, kw_only=True)
class Nowhere:
    """Stands for the channel `name` where somebody only wants to know what would be sent: takes every letter and keeps none.

    attaches: whether that channel takes files.
    """

    name: str
    attaches: bool = False

    def send(self, letter: Letter, now: datetime) -> str:
        """Take the letter. Raises NotSent where no channel could take it, its address being none."""
        if letter.to_address or self.name not in GROUPS:
            wire_address(letter.to_address)
        return ""

    def close(self) -> None:
        """Nothing is held open."""

    def hang_up(self) -> None:
        """Nobody is talked to."""
