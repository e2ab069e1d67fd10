"""Whether a notice still has to be told: asked when a letter is composed, and again before every attempt to send it."""

from __future__ import annotations

from engine.machine.states import ObligationState
from engine.operations.campaigns import Running
from engine.store.codes import NoticeKind
from engine.store.notices import Decided
from engine.store.obligations import ball


def why_not(notice: Decided, campaign: Running) -> str:
    """Why this need not be told any more; '' where it must be. Whoever reviews may also be whom an escalation goes to."""
    row = notice.obligation
    if notice.kind in (NoticeKind.EXTENDED, NoticeKind.WAIVED, NoticeKind.ACCEPTED):
        return ""
    if row.state.done:
        return "done"
    if row.state is ObligationState.LAPSED:
        return "lapsed"
    if notice.kind == NoticeKind.RETURNED:
        return "" if row.state is ObligationState.RETURNED else "handed-in"
    if notice.kind == NoticeKind.TO_REVIEW:
        return "" if row.state is ObligationState.SUBMITTED and notice.number == row.version else "moved-on"
    if notice.deadline_id != row.deadline_id:
        return "extended"
    if row.state is ObligationState.SCHEDULED:
        return "not-open"
    return "" if _escalated(notice, campaign) or (notice.unit_id, notice.role) == ball(row) else "moved-on"


def _escalated(notice: Decided, campaign: Running) -> bool:
    """Whether the ladder told somebody else than whoever held the ball."""
    return notice.kind == NoticeKind.RUNG and campaign.workflow.task(notice.obligation.task).ladder[notice.rung].to is not None
