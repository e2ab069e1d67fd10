"""The states of an obligation and of a case."""

from __future__ import annotations

from enum import IntEnum

from engine.sentences import Sentence


class ObligationState(IntEnum):
    """Numbers are stored; those still to be settled are the low ones."""

    SCHEDULED = 0
    OPEN = 1
    SUBMITTED = 2
    RETURNED = 3
    LAPSED = 4
    ACCEPTED = 10
    WAIVED = 11
    CANCELLED = 12

    @property
    def done(self) -> bool:
        """Whether a gate is satisfied by it."""
        return self >= ObligationState.ACCEPTED

    @property
    def settled(self) -> bool:
        """Whether no rung, lock or lateness concerns it any more."""
        return self >= ObligationState.LAPSED


STATE_WORDS: dict[ObligationState, Sentence] = {
    ObligationState.SCHEDULED: Sentence("未开始", "scheduled"),
    ObligationState.OPEN: Sentence("待办", "open"),
    ObligationState.SUBMITTED: Sentence("待审核", "submitted"),
    ObligationState.RETURNED: Sentence("已退回", "returned"),
    ObligationState.LAPSED: Sentence("已失效", "lapsed"),
    ObligationState.ACCEPTED: Sentence("已通过", "accepted"),
    ObligationState.WAIVED: Sentence("已免报", "waived"),
    ObligationState.CANCELLED: Sentence("已取消", "cancelled"),
}


class Modality(IntEnum):
    """must gates; should gates, but the superior may release it; may never gates."""

    MUST = 1
    SHOULD = 2
    MAY = 3

    @property
    def gates(self) -> bool:
        """Whether a case waits for it."""
        return self is not Modality.MAY


# Where a case stands when it stands in no stage. Stages themselves are 0, 1, 2 ...
BEFORE = -1
FINISHED = 1000
WITHDRAWN = 1001
