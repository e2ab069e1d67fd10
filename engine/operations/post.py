"""How letters leave the house."""

from __future__ import annotations

from dataclasses import dataclass

from engine.sentences import Lang
from notifiers.base import Notifier


@dataclass(frozen=True, kw_only=True)
class Post:
    """How letters leave the house: by which channel, in which language, in whose name."""

    notifier: Notifier
    lang: Lang
    sender_name: str = ""
    sender_address: str = ""
