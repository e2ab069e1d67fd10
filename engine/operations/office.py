"""Who the campaign office is: as whoever made the database said."""

from __future__ import annotations

from engine.store import house as facts
from engine.store.database import Connection

OFFICE_NAME, OFFICE_ADDRESS = "office_name", "office_address"


def office_of(connection: Connection) -> tuple[str, str]:
    """The office's name and address; '' where `campaign init` was not told of one."""
    address = facts.read_setting(connection, OFFICE_ADDRESS) or ""
    return facts.read_setting(connection, OFFICE_NAME) or address, address
