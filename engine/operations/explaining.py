"""Why somebody got a mail, or did not: answered from what stands written, without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from engine.definition.model import HOUSE_LADDER, Rung
from engine.definition.projection import SENDING
from engine.definition.reader import read_workflow
from engine.errors import CampaignError
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running, by_id, obligation_title
from engine.operations.channels import channel_meant
from engine.operations.context import House
from engine.operations.hours import sending_hours
from engine.operations.letters_told import LetterTold, Rerouted, letter_told, rerouted
from engine.operations.office import office_of
from engine.operations.recipients import OFFICE, Recipient, recipient_of
from engine.operations.unreached import OfficeTold, Untold, missed_by, office_told
from engine.sentences import Sentence
from engine.store import chasing
from engine.store import explaining as store
from engine.store.codes import CampaignState, NoticeKind, NoticeState
from engine.store.database import Connection
from engine.store.letters_of_day import told_today
from engine.store.obligations import ObligationRow
from engine.timing.calendars import working_calendar
from engine.timing.ladders import RungTime, rung_instants
from engine.timing.spans import parse_span
from engine.timing.stretches import one_day

_SECOND = timedelta(seconds=1)
# Why a seat is told.
Because = Literal["owner", "reviewer", "superior", "named", "office-for-top", "office-unreached", "delivered", "granter", "held"]
# What a notice that has not ended waits for.
Waits = Literal["", "mail-off", "letter-today", "hours", "next-round", "next-try", "in-hand"]
# Which lines of the journal a notice may follow from, but for what comes of the calendar.
LINES: dict[NoticeKind, tuple[str, ...]] = {
    NoticeKind.TO_REVIEW: ("handed_in",),
    NoticeKind.RETURNED: ("returned",),
    NoticeKind.ACCEPTED: ("accepted", "handed_in"),
    NoticeKind.EXTENDED: ("extended",),
    NoticeKind.WAIVED: ("waived",),
    NoticeKind.REOPENED: ("reopened",),
    NoticeKind.PASSED: ("accepted",),
    NoticeKind.ASKED: ("asked",),
    NoticeKind.DENIED: ("denied",),
    NoticeKind.OPENED: ("accepted", "waived", "handed_in", "moved"),
}


class UnknownNotice(CampaignError):
    """没有编号为 {id} 的提醒；编号从 1 到 {last}，见 campaign notices 的第一列。

    There is no notice with the id {id}; ids go from 1 to {last} and stand in the first column of `campaign notices`.
    """


class NoNotices(CampaignError):
    """还没有任何提醒。到期事项办理（campaign sweep）之后才有。

    There are no notices yet. They come when what is due has been done (`campaign sweep`).
    """


@dataclass(frozen=True, kw_only=True)
class RungSource:
    """A line of a ladder in its author's words. house: the house's own, written in no file; else file, path and line (0: not found).

    via, when: the channel and the condition that it names, '' for none.
    moved_from: the day it would have been due, had that been a working day.  off_ladder: the ladder's own day had passed when it was
    opened or launched, so that it is told at the next sending hour.
    """

    place: int
    at: str
    every: str
    most: int | None
    to: str
    house: bool
    via: str = ""
    when: str = ""
    file: str = ""
    path: str = ""
    line: int = 0
    moved_from: date | None = None
    off_ladder: bool = False


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What somebody did that a notice follows from: the kind of the journal's line, when, by whom, for whom, why."""

    kind: str
    at: datetime
    actor: str
    behalf: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """The seat that is told, why, and who answers for it at the moment of the letter (without one: now).

    stands_in: whether the post is vacant, and she answers for it from above or as a deputy.  nobody: why nobody can be told.
    """

    unit: str
    unit_name: str
    role: str
    because: Because
    person: str
    post: str
    at: datetime
    stands_in: bool
    nobody: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The whole answer. due_text: the due that it counts from; original_due: what was declared, where that is another.

    unreached: of the office's own notice, whom its duty did not reach.  office: what the office was told for one that reached nobody.
    waits_for: what it waits for while it has not ended.  opens_at: when letters may go again, where it waits for that.
    over: the campaign has come to its end.  rerouted: the channels by which it went before, in vain.
    """

    id: int
    campaign: str
    zone: str
    unit: str
    unit_name: str
    task: str
    period: str
    title: Sentence
    kind: NoticeKind
    number: int
    due_at: datetime
    decided_at: datetime
    due_text: str
    original_due: str
    before_launch: bool
    rung: RungSource | None
    deed: Deed | None
    addressed: Addressed
    state: str
    reason: str
    letter: LetterTold | None
    unreached: tuple[Untold, ...]
    office: OfficeTold | None
    waits_for: Waits
    opens_at: datetime | None
    over: bool
    rerouted: tuple[Rerouted, ...] = ()


def explain(house: House, notice_id: int, now: datetime) -> Explanation:
    """Why that notice is what it is, and what became of it. Raises UnknownNotice, NoNotices."""
    with house.database.read() as connection:
        row = store.notice(connection, notice_id)
        duty = None if row is None else store.duty_of(connection, row)
        if row is None or duty is None:
            last = store.highest_notice(connection)
            raise UnknownNotice(id=notice_id, last=last) if last else NoNotices
        return _Explaining(connection, row, duty, now).answer()


class _Explaining:
    """One notice with all that hangs on it."""

    def __init__(self, connection: Connection, row: Any, duty: ObligationRow, now: datetime) -> None:
        self.connection = connection
        self.row = row
        self.duty = duty
        self.running: Running = by_id(connection, row.campaign_id)
        self.now = self.running.instant(now)
        self.kind = NoticeKind(row.kind)
        self.letter = None if row.message_id is None else letter_told(connection, row.message_id)
        self.quiet = sending_hours(connection).at(self.running, self.now)

    def answer(self) -> Explanation:
        row, duty = self.row, self.duty
        lookup = Lookup(self.connection, self.running, self.now if self.letter is None else self.letter.composed_at)
        unit = lookup.directory.unit(duty.unit_id)
        recipient = recipient_of(lookup, store.decided_of(row, duty), self._told)
        state = NoticeState(row.state)
        waits = self._waits(state, recipient)
        return Explanation(
            id=row.id,
            campaign=self.running.name,
            zone=str(self.running.zone),
            unit=unit.code,
            unit_name=unit.name,
            task=duty.task,
            period=duty.period,
            title=obligation_title(duty),
            kind=self.kind,
            number=row.number,
            due_at=row.due_at,
            decided_at=row.decided_at,
            due_text=row.counted_text or "",
            original_due=duty.original_due_text if not row.original and duty.original_due_text != row.counted_text else "",
            before_launch=row.due_at < self.running.launched_at,
            rung=self._rung() if self.kind is NoticeKind.RUNG else None,
            deed=self._deed(),
            addressed=self._addressed(lookup, recipient),
            state=state.name.lower(),
            reason=row.reason,
            letter=self.letter,
            unreached=missed_by(lookup, [(row.id, duty)]).untold if self.kind is NoticeKind.UNREACHED else (),
            office=office_told(self.connection, row),
            waits_for=waits,
            opens_at=self.quiet.until if waits == "hours" else None,
            over=self.running.state != CampaignState.RUNNING,
            rerouted=rerouted(self.connection, row),
        )

    # --- where it comes from --------------------------------------------------------------------------------------------------

    def _rung(self) -> RungSource | None:
        rung = self._written()
        if rung is None:
            return None
        house = self.running.workflow.task(self.duty.task).ladder == HOUSE_LADDER
        file, path, line = ("", "", 0) if house else self._place()
        fired = next((time for time in self._times(rung) if time.at == self.row.due_at), None)
        return RungSource(
            place=self.row.rung + 1,
            at=rung.at,
            every=rung.every or "",
            most=rung.most,
            to="" if rung.to is None else " ".join(rung.to.terms),
            house=house,
            via=rung.via,
            when=rung.when or "",
            file=file,
            path=path,
            line=line,
            moved_from=None if fired is None else fired.moved_from,
            off_ladder=fired is None,
        )

    def _written(self) -> Rung | None:
        """The line of the ladder."""
        ladder = self.running.workflow.task(self.duty.task).ladder
        return ladder[self.row.rung] if self.row.rung < len(ladder) else None

    def _place(self) -> tuple[str, str, int]:
        """File, path and line of the rung, as its author wrote it: the file itself is kept."""
        file, source = store.source_of(self.connection, self.row.campaign_id)
        compiled = read_workflow(source, file=file)
        if compiled.workflow is None:
            return file, "", 0
        path = compiled.workflow.task(self.duty.task).ladder[self.row.rung].path
        spot = compiled.places.value(f"{path}.at")
        return file, spot.path, spot.line

    def _times(self, rung: Rung) -> tuple[RungTime, ...]:
        """When that line of the ladder falls due, by the due it counts from."""
        if self.row.counted_at is None:
            return ()
        last = (self.row.counted_at - _SECOND).astimezone(self.running.zone)
        due = replace(one_day(last.date()), at=None if last.time() == time(23, 59, 59) else last.time())
        calendar = working_calendar(self.running.workflow.calendar.holidays)
        repeat = None if rung.every is None else parse_span(rung.every)
        return rung_instants(due, parse_span(rung.at), repeat, rung.most, calendar, self.running.zone, SENDING)

    def _deed(self) -> Deed | None:
        if self.kind is NoticeKind.CHASED:
            return self._chase()
        kinds = LINES.get(self.kind)
        line = None if kinds is None else store.line_behind(self.connection, self.row, kinds)
        if line is None:
            return None
        reason = str(line.data.get("reason") or line.data.get("comment") or "")
        return Deed(kind=line.kind, at=line.recorded_at, actor=line.actor or "", behalf=line.behalf or "", reason=reason)

    def _chase(self) -> Deed | None:
        row = self.duty
        line = chasing.line_of(self.connection, row.campaign_id, row.occurrence_id, row.path, self.row.due_at)
        if line is None:
            return None
        behalf = line.principal if line.behalf_id is not None else ""
        return Deed(kind=line.kind, at=line.recorded_at, actor=line.actor or "", behalf=behalf, reason=str(line.data["words"]))

    # --- to whom --------------------------------------------------------------------------------------------------------------

    def _addressed(self, lookup: Lookup, recipient: Recipient) -> Addressed:
        unit = None if self.row.unit_id is None else lookup.directory.unit(self.row.unit_id)
        office, _ = office_of(self.connection)
        return Addressed(
            unit="" if unit is None else unit.code,
            unit_name=office if unit is None else unit.name,
            role=self.row.role,
            because=self._because(),
            person=recipient.name,
            post="" if recipient.person_id == OFFICE else f"{recipient.unit_name} {recipient.post}".strip(),
            at=lookup.now,
            stands_in=recipient.stands_in_for is not None,
            nobody=recipient.reason,
        )

    def _because(self) -> Because:
        row, duty = self.row, self.duty
        match self.kind:
            case NoticeKind.UNREACHED:
                return "office-unreached"
            case NoticeKind.ACCEPTED:
                return "delivered"
            case NoticeKind.TO_REVIEW:
                return "reviewer"
            case NoticeKind.ASKED:
                return "granter"
            case NoticeKind.BLOCKED:
                return "held"
            case NoticeKind.RUNG:
                return self._because_of_rung(duty)
        return "owner" if row.unit_id == duty.owner_id else "named"

    def _because_of_rung(self, duty: ObligationRow) -> Because:
        ladder = self.running.workflow.task(duty.task).ladder
        to = ladder[self.row.rung].to if self.row.rung < len(ladder) else None
        if to is None:
            return "owner" if (self.row.unit_id, self.row.role) == (duty.owner_id, duty.owner_role) else "reviewer"
        if to.terms[0].partition(".")[0] not in ("superior", "上级"):
            return "named"
        return "office-for-top" if self.row.unit_id is None else "superior"

    # --- what it waits for ----------------------------------------------------------------------------------------------------

    def _waits(self, state: NoticeState, recipient: Recipient) -> Waits:
        if state not in (NoticeState.DECIDED, NoticeState.COMPOSED) or self.running.state != CampaignState.RUNNING:
            return ""
        if not self.running.mail_on:
            return "mail-off"
        if state is NoticeState.COMPOSED and self.letter is not None:
            return "in-hand" if self._is_in_hand() else "next-try"
        person = recipient.person_id
        known = person is not None and person != OFFICE
        # A return goes at once, whatever she has had.
        once = not self.duty.urgent and self.kind is not NoticeKind.RETURNED
        rung = self._written() if self.kind is NoticeKind.RUNG else None
        way = recipient.way("" if rung is None else channel_meant(rung.via))
        channel = (way.channel or None) if way is not None else None
        if known and once and told_today(self.connection, person or 0, self.running.day(self.now), channel=channel):
            return "letter-today"
        return "hours" if self.quiet.holds_back(self.kind, self.row.due_at, urgent=self.duty.urgent) else "next-round"

    @property
    def _told(self) -> int | None:
        """Whose letter it stands in."""
        found = None if self.row.message_id is None else store.message(self.connection, self.row.message_id)
        return None if found is None else found.person_id

    def _is_in_hand(self) -> bool:
        found = store.message(self.connection, self.row.message_id)
        return found is not None and found.claim is not None
