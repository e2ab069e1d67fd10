"""An obligation as it would have to stand for a notice that nobody has decided: what is supposed is said, nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from engine.errors import CampaignError
from engine.machine.states import STATE_WORDS, ObligationState
from engine.operations.deadlines import last_day
from engine.operations.directory import Answering
from engine.operations.instructions import office_name
from engine.operations.judging import rework_dates
from engine.operations.letters import Past
from engine.operations.office import office_of
from engine.operations.reviewing import with_fresh_eyes
from engine.operations.stepping import Step, granting, told_results
from engine.sentences import Lang, Sentence
from engine.store.obligations import ObligationRow, ball

_S = ObligationState
Kind = Literal[
    "reminder",
    "escalation",
    "to-review",
    "returned",
    "accepted",
    "extended",
    "waived",
    "reopened",
    "opened-late",
    "unreached",
    "passed",
    "blocked",
    "chased",
    "asked",
    "denied",
]
Seat = tuple[int | None, str]
# In which states somebody is reminded.
_HELD = (_S.OPEN, _S.SUBMITTED, _S.RETURNED)
_WEEK = timedelta(days=7)


class NobodyReviews(CampaignError):
    """任务“{task}”报送后不需要审核，没有人会收到这种通知。

    Nobody reviews “{task}” when it is handed in; nobody will ever be told that.
    """


class NobodyIsTold(CampaignError):
    """任务“{task}”通过以后不通知任何人：工作流里没有写报送（deliver）给谁。

    Nobody is told when “{task}” is accepted: the workflow delivers it to nobody (`deliver`).
    """


class NobodyGrants(CampaignError):
    """任务“{task}”不准延期，没有人会收到申请：工作流没有写准许延期（allow）。

    “{task}” is never extended, so nobody is asked: the workflow allows it to nobody (`allow`).
    """


class NothingToExtend(CampaignError):
    """任务“{task}”没有期限，不会延期。

    “{task}” has no due date, so it is never extended.
    """


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """The obligation, whom the notice would be decided for, what is supposed of the past, and all that in words."""

    row: ObligationRow
    seats: tuple[Seat, ...]
    past: Past
    words: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line of the journal that nobody has written."""

    id: int
    principal: str
    recorded_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """Nobody acts for anybody else."""
        return self.principal


@dataclass(frozen=True, kw_only=True)
class _Statement:
    """A statement that nobody has made."""

    on_day: date
    statement: str


class _Imagined(Past):
    """The past, with what is supposed to have happened last."""

    def __init__(self, step: Step, lines: Mapping[str, _Line], statements: Sequence[_Statement]) -> None:
        super().__init__(step.connection, [step.row.case_id])
        self._lines = lines
        self._statements = statements

    def last(self, row: ObligationRow, kind: str) -> Any:
        """The line supposed, or the real one."""
        return self._lines.get(kind) or super().last(row, kind)

    def chase(self, row: ObligationRow, at: datetime) -> Any:
        """The line supposed, or the real one."""
        return self._lines.get("chased") or super().chase(row, at)

    def artifacts(self, row: ObligationRow) -> Sequence[Any]:
        """What is supposed to be handed in, or what was."""
        return self._statements or super().artifacts(row)


def suppose(step: Step, kind: Kind, lang: Lang) -> Supposed:
    """What a notice of that kind takes. Raises NobodyReviews, NobodyIsTold, NothingToExtend."""
    row = _stood(step, kind)
    at = step._replace(row=row)
    lines = {} if _is_so(step, kind) else _lines(at, kind, lang)
    return Supposed(
        row=row, seats=_seats(at, kind), past=_Imagined(step, lines, _statements(at, lines, lang)), words=_words(step, row, lines)
    )


def _stood(step: Step, kind: Kind) -> ObligationRow:
    """The obligation as it would stand."""
    row = step.row
    match kind:
        case "to-review":
            return row if row.state is _S.SUBMITTED else _handed_in(step)
        case "returned":
            return row if row.state is _S.RETURNED else _returned(step)
        case "accepted" | "passed":
            return row._replace(state=_S.ACCEPTED, version=row.version or 1)
        case "blocked":
            return row if row.state is _S.SUBMITTED or row.owner_id != row.unit_id else _handed_in(step)
        case "chased":
            return row if row.state in (_S.OPEN, _S.RETURNED) else row._replace(state=_S.OPEN)
        case "waived":
            return row._replace(state=_S.WAIVED)
        case "reopened":
            return row._replace(state=_S.OPEN, lock_at=None)
        case "extended":
            return _extended(step)
        case "opened-late":
            return row if row.state in (_S.OPEN, _S.RETURNED) else row._replace(state=_S.OPEN)
    return row if row.state in _HELD else row._replace(state=_S.OPEN)


def _handed_in(step: Step) -> ObligationRow:
    if not step.row.reviewed or step.row.reviewer_id is None:
        raise NobodyReviews(task=step.row.title)
    return with_fresh_eyes(step).row._replace(state=_S.SUBMITTED, version=step.row.version or 1)


def _returned(step: Step) -> ObligationRow:
    row = _handed_in(step)
    again = rework_dates(step)
    back = row._replace(state=_S.RETURNED, attempt=row.attempt + 1)
    return back if again is None else back._replace(due_at=again.due, due_text=again.due_text, late_at=again.late, lock_at=again.lock)


def _extended(step: Step) -> ObligationRow:
    row = step.row if step.row.state in (_S.OPEN, _S.RETURNED) else step.row._replace(state=_S.OPEN)
    if row.due_at is None:
        raise NothingToExtend(task=row.title)
    if row.due_at != row.original_due_at:
        return row
    # A lock that is the due moves with it.
    later = row.due_at + _WEEK
    return row._replace(due_at=later, lock_at=later if row.lock_at == row.due_at else row.lock_at)


def _is_so(step: Step, kind: Kind) -> bool:
    """Whether that has happened, so that nothing need be supposed."""
    match kind:
        case "to-review":
            return step.row.state is _S.SUBMITTED
        case "returned":
            return step.row.state is _S.RETURNED
        case "accepted" | "passed":
            return step.row.state is _S.ACCEPTED
        case "asked" | "denied":
            return Past(step.connection, [step.row.case_id]).last(step.row, kind) is not None
        case "chased":
            return False
        case "waived":
            return step.row.state is _S.WAIVED
        case "extended":
            return step.row.extensions > 0
        case "reopened":
            return Past(step.connection, [step.row.case_id]).last(step.row, "reopened") is not None
    return True


def _lines(step: Step, kind: Kind, lang: Lang) -> dict[str, _Line]:
    """What is supposed to have been journalled, by whoever would do it."""
    owner, judge = _named(step, step.row.owner_id, step.row.owner_role), _judge(step)
    who = {
        "to-review": {"handed_in": owner},
        "returned": {"handed_in": owner, "returned": judge},
        "accepted": {"handed_in": owner, **({"accepted": judge} if judge else {})},
        "passed": {"handed_in": owner, "accepted": judge},
        "chased": {"chased": office_name(office_of(step.connection)[0]).say(lang)},
        "asked": {"asked": owner},
        "denied": {"denied": _granted_by(step, "extended")},
        "extended": {"extended": _granted_by(step, kind)},
        "waived": {"waived": _granted_by(step, kind)},
        "reopened": {"reopened": office_name(office_of(step.connection)[0]).say(lang)},
    }[kind]
    last = list(who)[-1]
    return {
        event: _Line(id=place, principal=name, recorded_at=step.now, data=_data(step, event, lang) if event == last else {})
        for place, (event, name) in enumerate(who.items())
    }


def _data(step: Step, event: str, lang: Lang) -> dict[str, str]:
    """What the line says beside who wrote it."""
    if event in ("handed_in", "accepted"):
        return {}
    if event == "chased":
        return {"words": _PLEA.say(lang)}
    reason = {"reason": _REASON.say(lang)}
    if event != "asked" or step.row.due_at is None:
        return reason
    return {**reason, "to": last_day(step, step.row.due_at + _WEEK).isoformat()}


_REASON = Sentence("（这里是当时写的理由）", "(here stands the reason that was given)")
_PLEA = Sentence("（这里是催办时附的话）", "(here stand the words that go with it)")
_STATEMENT = Sentence("（这里是报送时写的一句说明）", "(here stands the sentence that was handed in)")


def _judge(step: Step) -> str:
    row = step.row
    if not row.reviewed or row.reviewer_id is None:
        return ""
    answer = step.seat_answering(row.reviewer_id, row.reviewer_role)
    # Nobody judges her own work.
    others = tuple(holder for holder in answer.holders if holder.person_id != step.actor.id)
    return _first(answer._replace(holders=others or answer.holders))


def _named(step: Step, unit_id: int, role: str) -> str:
    return _first(step.seat_answering(unit_id, role))


def _first(answer: Answering | None) -> str:
    return answer.holders[0].name if answer is not None and answer.holders else ""


def _granted_by(step: Step, kind: Kind) -> str:
    """Whoever may grant it; where the task allows it to nobody, the superior."""
    permission = step.task.allow.extend if kind == "extended" else step.task.allow.waive
    if permission is not None:
        return _first(granting(step, permission.by))
    above = step.directory.unit(step.row.owner_id).superior
    return "" if above is None else _named(step, above.id, "")


def _statements(step: Step, lines: Mapping[str, _Line], lang: Lang) -> tuple[_Statement, ...]:
    """Of an act, which is handed in as a day and a sentence."""
    if "handed_in" not in lines or step.task.items:
        return ()
    return (_Statement(on_day=step.campaign.day(step.now), statement=_STATEMENT.say(lang)),)


def _seats(step: Step, kind: Kind) -> tuple[Seat, ...]:
    """For whom it would be decided; a rung says so by itself."""
    match kind:
        case "to-review":
            return (ball(step.row),)
        case "unreached":
            return ((None, ""),)
        case "blocked":
            return ((step.row.unit_id, ""),)
        case "asked":
            return (_granter(step),)
        case "accepted":
            return _delivered_to(step)
    return ((step.row.owner_id, step.row.owner_role),)


def _granter(step: Step) -> Seat:
    permission = step.task.allow.extend
    found = None if permission is None else granting(step, permission.by)
    if found is None:
        raise NobodyGrants(task=step.row.title)
    return found.unit.id, found.role


def _delivered_to(step: Step) -> tuple[Seat, ...]:
    told = tuple(dict.fromkeys((unit_id, role) for _, unit_id, role in told_results(step)))
    if not told:
        raise NobodyIsTold(task=step.row.title)
    return told


def _opens_by_then(row: ObligationRow, now: datetime) -> bool:
    """Whether the clock alone will have opened it."""
    return row.state is _S.SCHEDULED and not row.waits and row.opens_at is not None and row.opens_at <= now


def _words(step: Step, row: ObligationRow, lines: Mapping[str, _Line]) -> tuple[Sentence, ...]:
    """What is not so, and supposed."""
    said = []
    opens = row.state is _S.OPEN and _opens_by_then(step.row, step.now)
    if row.state is not step.row.state and not opens:
        values = {"state": STATE_WORDS[row.state], "now": STATE_WORDS[step.row.state]}
        said.append(Sentence("状态假定为“{state}”，现在是“{now}”", "supposing that it is {state}; now it is {now}", values))
    if row.due_at is not None and row.due_at != step.row.due_at:
        day = last_day(step, row.due_at)
        said.append(Sentence("新的期限假定为 {day}", "supposing that it is due on {day} then", {"day": day}))
    if any(line.data for line in lines.values()):
        said.append(Sentence("理由是示意", "the reason stands for a real one"))
    return tuple(said)
