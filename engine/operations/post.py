"""How letters leave the house, and who the campaign office is."""

from __future__ import annotations

from dataclasses import dataclass

from engine.sentences import Lang
from engine.store import house as facts
from engine.store.database import Connection
from notifiers.base import Notifier

OFFICE_NAME, OFFICE_ADDRESS = "office_name", "office_address"


@dataclass(frozen=True, kw_only=True)
class Post:
    """How letters leave the house: by which channel, in which language, in whose name."""

    notifier: Notifier
    lang: Lang
    sender_name: str = ""
    sender_address: str = ""


def office_of(connection: Connection) -> tuple[str, str]:
    """The office's name and address; '' where `campaign init` was not told of one."""
    address = facts.read_setting(connection, OFFICE_ADDRESS) or ""
    return facts.read_setting(connection, OFFICE_NAME) or address, address
