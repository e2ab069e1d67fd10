"""Whether a notice still has to be told: asked when a letter is composed, and again before every attempt to send it."""

from __future__ import annotations

from engine.machine.states import ObligationState
from engine.operations.campaigns import Running
from engine.store import journal
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.obligations import ball

_S = ObligationState


def why_not(notice: Decided, campaign: Running) -> str:
    """Why this need not be told any more; '' where it must be. Whoever reviews may also be whom an escalation goes to."""
    row = notice.obligation
    match notice.kind:
        case NoticeKind.WAIVED:
            return ""
        case NoticeKind.ACCEPTED | NoticeKind.PASSED:
            return "" if row.state is _S.ACCEPTED else "moved-on"
        case NoticeKind.RETURNED if row.state is _S.LAPSED:
            # She has been told neither of the return nor that it came too late to be mended.
            return ""
    if row.state.done:
        return "done"
    if row.state is _S.LAPSED:
        return "lapsed"
    match notice.kind:
        case NoticeKind.UNREACHED:
            return ""
        case NoticeKind.RETURNED:
            return "handed-in" if row.state is not _S.RETURNED else "" if notice.number == row.attempt else "superseded"
        case NoticeKind.ASKED:
            return "answered" if notice.deadline_id != row.deadline_id else "handed-in" if row.state is _S.SUBMITTED else ""
        case NoticeKind.EXTENDED if notice.number != row.extensions:
            return "superseded"
        case NoticeKind.DENIED if notice.deadline_id != row.deadline_id:
            # She has been given the time after all.
            return "superseded"
        case NoticeKind.EXTENDED | NoticeKind.DENIED:
            return "handed-in" if row.state is _S.SUBMITTED else ""
        case NoticeKind.BLOCKED:
            return _why_not_blocked(notice)
        case NoticeKind.TO_REVIEW:
            return "" if row.state is _S.SUBMITTED and notice.number == row.version else "moved-on"
    return _why_no_rung(notice, campaign)


def why_not_sent(connection: Connection, notice: Decided, campaign: Running) -> str:
    """The same of what stands in a letter already: what somebody asked for may have been denied since, which only the journal knows."""
    reason = why_not(notice, campaign)
    return reason or (_why_not_asked(connection, notice) if notice.kind == NoticeKind.ASKED else "")


def _why_not_asked(connection: Connection, notice: Decided) -> str:
    key = notice.obligation.key
    if journal.times(connection, key, "asked") != notice.number:
        return "superseded"
    asked = journal.last_of(connection, key, "asked")
    denied = journal.last_of(connection, key, "denied")
    return "answered" if denied is not None and asked is not None and denied.id > asked.id else ""


def _why_not_blocked(notice: Decided) -> str:
    """It is told while the unit is in that stage, and what holds it is not in its own hands."""
    row = notice.obligation
    return "moved-on" if row.case_stage != notice.number or ball(row)[0] == row.unit_id else ""


def _why_no_rung(notice: Decided, campaign: Running) -> str:
    row = notice.obligation
    if notice.deadline_id != row.deadline_id:
        return "extended"
    if row.state is _S.SCHEDULED:
        return "not-open"
    return "" if _escalated(notice, campaign) or (notice.unit_id, notice.role) == ball(row) else "moved-on"


def _escalated(notice: Decided, campaign: Running) -> bool:
    """Whether the ladder told somebody else than whoever held the ball."""
    return notice.kind == NoticeKind.RUNG and campaign.workflow.task(notice.obligation.task).ladder[notice.rung].to is not None
