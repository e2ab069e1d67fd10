"""Who the campaign office is, and in which language its letters are: as whoever made the database said."""

from __future__ import annotations

from engine.sentences import Lang
from engine.store import house as facts
from engine.store.database import Connection

OFFICE_NAME, OFFICE_ADDRESS = "office_name", "office_address"
LETTERS_LANG = "letters_lang"


def office_of(connection: Connection) -> tuple[str, str]:
    """The office's name and address; '' where `campaign init` was not told of one."""
    address = facts.read_setting(connection, OFFICE_ADDRESS) or ""
    return facts.read_setting(connection, OFFICE_NAME) or address, address


def letters_lang(connection: Connection) -> Lang | None:
    """The language in which the database was made; None where it was made before that was kept."""
    kept = facts.read_setting(connection, LETTERS_LANG)
    return None if kept is None else "en" if kept == "en" else "zh"
