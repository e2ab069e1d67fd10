"""What DESIGN.md section 7 asks of a notice before it is told: that it is still so, and still hers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tests.proof.model import DONE, Duty, Told
from tests.proof.people import People
from tests.proof.plan import LADDERS

OFFICE = "活动办"
RESULTS = ("extended", "waived", "passed")
Seat = tuple[str | None, str]


@dataclass(kw_only=True, eq=False)
class Notice:
    """What was decided, and what has become of it."""

    told: Told
    place: int
    state: str = "decided"
    reason: str = ""
    letter: Letter | None = None

    @property
    def seat(self) -> Seat:
        """To whom it was decided."""
        return self.told.unit, self.told.role

    def ends(self, state: str, reason: str = "") -> None:
        """What has become of it now."""
        self.state, self.reason = state, reason


@dataclass(kw_only=True, eq=False)
class Letter:
    """One message. number: which one to her on that day. weekly: it tells of what she does not owe. at_once: it could not wait.

    lost: since when it may have arrived.  says: its lines in essence, each with its heading.  open: it did not arrive, and may be told
    again elsewhere.
    """

    person: str
    address: str
    channel: str
    day: date
    number: int
    weekly: bool
    at_once: bool
    notices: list[Notice]
    says: list[tuple[str, ...]]
    next_try: datetime
    state: str = "waiting"
    outcomes: list[str]
    lost: datetime | None = None
    open: bool = False
    dead: bool = False


def ball(duty: Duty, model: People) -> Seat:
    """Who has to act."""
    return model.holder(duty), ""


def escalates(told: Told, duty: Duty) -> bool:
    """Whether the ladder names somebody else than whoever has to act."""
    return told.kind == "rung" and bool(LADDERS[duty.task.ladder][told.line].to)


def why_not(told: Told, model: People) -> str:
    """Why nobody needs to hear of this any more; '' where somebody does."""
    duty = model.duties[told.key]
    if told.kind == "waived" or (told.kind == "returned" and duty.state == "lapsed"):
        return ""
    if told.kind == "passed":
        return "" if duty.state == "accepted" else "moved-on"
    if duty.state in DONE:
        return "done"
    return "lapsed" if duty.state == "lapsed" else _why_not_now(told, duty, model)


def _why_not_now(told: Told, duty: Duty, model: People) -> str:
    """Of what is still owed."""
    submitted = duty.state == "submitted"
    match told.kind:
        case "unreached":
            return ""
        case "returned":
            return "handed-in" if duty.state != "returned" else "" if told.visit == duty.version else "superseded"
        case "extended":
            last = [one for one in model.told if (one.kind, one.key) == ("extended", told.key)][-1]
            return "superseded" if last is not told else "handed-in" if submitted else ""
        case "to_review":
            return "" if submitted and told.visit == duty.version else "moved-on"
        case "blocked":
            stays = model.cases[duty.unit].stage == told.visit and model.holder(duty) != duty.unit
            return "" if stays else "moved-on"
    if told.deadline != duty.deadline:
        return "extended"
    if duty.state == "scheduled":
        return "not-open"
    return "" if escalates(told, duty) or (told.unit, told.role) == ball(duty, model) else "moved-on"


def is_hers(told: Told, person: str, model: People, now: datetime) -> bool:
    """Whether what goes to a superior comes to the very person who has to act."""
    at = ball(model.duties[told.key], model)
    escalated = told.kind == "rung" and (told.unit, told.role) != at
    return escalated and bool(person) and person in model.holders(at[0], now)


def why_not_she(told: Told, person: str, model: People, now: datetime) -> str:
    """Why this person needs no telling: she did it herself, or it is her own to do."""
    duty = model.duties[told.key]
    if told.kind == "passed":
        return "own-work" if person == duty.accepted_by else ""
    holder = model.holder(duty)
    if told.kind == "blocked":
        return "own-duty" if person in model.holders(holder, now) else ""
    return "own-duty" if is_hers(told, person, model, now) and model.at(holder, "书记", now) else ""


def told_as(told: Told, person: str, model: People, now: datetime) -> Seat:
    """As whom she is told."""
    return ball(model.duties[told.key], model) if is_hers(told, person, model, now) else (told.unit, told.role)


def more_telling(notice: Notice) -> tuple[bool, datetime, int]:
    """Of several notices about one duty the last one speaks, and what somebody did before a mere reminder."""
    return notice.told.kind != "rung", notice.told.at, notice.place
