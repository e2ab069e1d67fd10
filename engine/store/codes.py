"""The small numbers that stand in the tables. Low numbers of an obligation are those still to be settled."""

from __future__ import annotations

from enum import IntEnum


class CampaignState(IntEnum):
    """Where a campaign is."""

    RUNNING = 1
    WITHDRAWN = 2
    CLOSED = 3
    # Its cases are being written. Nobody is shown any of it, and no bell rings for it.
    LAUNCHING = 4


class Bell(IntEnum):
    """What an agenda row does when its instant comes. Rows of one instant go in this order."""

    STAGE_OPENS = 1
    OCCURRENCE_OPENS = 2
    RUNG = 3
    LOCK = 4
    LATE = 5
    STAGE_CLOSES = 6


class Upstream(IntEnum):
    """Whose obligation is waited for, seen from the one that waits (LANGUAGE section 15: about us, owed by us, of all below)."""

    SAME = 1
    OWED = 2
    ALL_BELOW = 3
    DIRECTLY_BELOW = 4


class NoticeKind(IntEnum):
    """Why somebody is told."""

    RUNG = 1
    TO_REVIEW = 2
    RETURNED = 3
    ACCEPTED = 4
    EXTENDED = 5
    WAIVED = 6
    OPENED = 7
    REOPENED = 8
    UNREACHED = 9
    PASSED = 10
    BLOCKED = 11
    CHASED = 12
    ASKED = 13
    DENIED = 14


class NoticeState(IntEnum):
    """What became of a notice. It never ends as unknown."""

    DECIDED = 0
    COMPOSED = 1
    SENT = 2
    SUPPRESSED = 3
    FAILED = 4
    BOUNCED = 5


class MessageState(IntEnum):
    """What became of a message."""

    WAITING = 0
    SENT = 1
    FAILED = 2
    BOUNCED = 3
