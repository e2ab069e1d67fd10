"""How letters leave the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.sentences import Lang
from engine.store.rates import Limit, Throttle
from notifiers.base import Letter, Notifier, wire_address


@dataclass(frozen=True, kw_only=True)
class Post:
    """How letters leave the house: by which channel, in which language, in whose name, how many of them in what time.

    unsubscribe_url: a page that takes a wish for the digest with one click; '' where there is none.
    """

    notifier: Notifier
    lang: Lang
    sender_name: str = ""
    sender_address: str = ""
    limit: Limit | None = None
    limit_by_domain: Limit | None = None
    unsubscribe_url: str = ""

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
        wire_address(letter.to_address)
        return ""

    def close(self) -> None:
        """Nothing is held open."""

    def hang_up(self) -> None:
        """Nobody is talked to."""
