"""Facts under which everything is allowed; each test takes away what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from engine.machine.obligation import Facts, Grant
from engine.machine.states import Modality, ObligationState
from engine.sentences import plain

NOW = datetime(2030, 5, 10, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
AROUND = (NOW - SECOND, NOW, NOW + SECOND)


def facts(state: ObligationState, **changes: Any) -> Facts:
    """Everybody is entitled, every date is right, everything is complete; only a lock that has passed is not given."""
    values: dict[str, Any] = {
        "state": state,
        "modality": Modality.MUST,
        "opens_at": NOW - timedelta(days=9),
        "due_at": NOW + timedelta(days=1),
        "reviewed": True,
        "owner": True,
        "owner_words": lambda: plain("第一党支部书记"),
        "reviewer": True,
        "reviewer_words": lambda: plain("党总支"),
        "newest": 1,
        "reason": "地震",
        "new_due": NOW + timedelta(days=9),
        "grant": Grant(allowed=True, entitled=True, who=plain("组织部")),
        "asked": True,
        "forced": True,
    }
    return Facts(**{**values, **changes})
