"""The one place that asks the machine what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def system_now() -> datetime:
    """The present instant, aware, UTC, whole seconds (instants are stored as whole seconds)."""
    return datetime.now(UTC).replace(microsecond=0)
