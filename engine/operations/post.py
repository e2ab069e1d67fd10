"""How letters leave the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.sentences import Lang
from notifiers.base import Letter, Notifier, wire_address


@dataclass(frozen=True, kw_only=True)
class Post:
    """How letters leave the house: by which channel, in which language, in whose name."""

    notifier: Notifier
    lang: Lang
    sender_name: str = ""
    sender_address: str = ""


@dataclass(frozen=True, kw_only=True)
class Nowhere:
    """Stands for the channel `name` where somebody only wants to know what would be sent: takes every letter and keeps none."""

    name: str

    def send(self, letter: Letter, now: datetime) -> str:
        """Take the letter. Raises NotSent where no channel could take it, its address being none."""
        wire_address(letter.to_address)
        return ""

    def close(self) -> None:
        """Nothing is held open."""
