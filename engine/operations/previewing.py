"""Any notice about any obligation on any day, as the letter it would be: nothing is decided, kept or sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import get_args

from engine.definition.projection import SENDING, extended_dates
from engine.errors import CampaignError
from engine.operations import letters
from engine.operations.asking import Lookup
from engine.operations.attaching import calendar_for, file_name
from engine.operations.campaigns import Running, TaskRef, choose, obligation_of, obligation_title, unit_of
from engine.operations.context import House
from engine.operations.hours import sending_hours
from engine.operations.office import office_of
from engine.operations.people import Actor
from engine.operations.post import Post
from engine.operations.recipients import UNREACHED, Recipient, needless, office_recipient, parcel_of
from engine.operations.relevance import why_not
from engine.operations.routing import way_for
from engine.operations.sending import letter_of
from engine.operations.stepping import Step
from engine.operations.supposing import Kind, Seat, Supposed, suppose
from engine.operations.sweeping import seat_told
from engine.sentences import Sentence
from engine.store.agenda import rungs_ahead
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.obligations import ObligationRow
from notifiers import apart
from notifiers.base import Letter

KINDS: tuple[Kind, ...] = get_args(Kind)
RUNGS: tuple[Kind, ...] = ("reminder", "escalation")
_SECOND = timedelta(seconds=1)
_CODES: dict[Kind, NoticeKind] = {
    "reminder": NoticeKind.RUNG,
    "escalation": NoticeKind.RUNG,
    "to-review": NoticeKind.TO_REVIEW,
    "returned": NoticeKind.RETURNED,
    "accepted": NoticeKind.ACCEPTED,
    "extended": NoticeKind.EXTENDED,
    "waived": NoticeKind.WAIVED,
    "reopened": NoticeKind.REOPENED,
    "opened-late": NoticeKind.OPENED,
    "unreached": NoticeKind.UNREACHED,
    "passed": NoticeKind.PASSED,
    "blocked": NoticeKind.BLOCKED,
    "chased": NoticeKind.CHASED,
    "asked": NoticeKind.ASKED,
    "denied": NoticeKind.DENIED,
}


class NoRungs(CampaignError):
    """任务“{task}”没有提醒：它没有期限，或工作流没有为它写提醒。

    There are no reminders of “{task}”: it has no due date, or the workflow gives it none.
    """


class NoSuchRung(CampaignError):
    """任务“{task}”没有第 {number} 次提醒。它的提醒：{rungs}。

    “{task}” has no reminder {number}. It has: {rungs}.
    """


@dataclass(frozen=True, kw_only=True)
class Rung:
    """A reminder of the ladder. number: counts repeats too, from 1.  place: in the ladder as written."""

    number: int
    place: int
    at: datetime
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be seen. Without `kind` and `rung` the next reminder or escalation; without `on` (a day) when it would be told."""

    kind: Kind | None = None
    rung: int | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A letter as it would be.

    untold: why she would not be told of it, '' where she would.  instead: the office's address, where the office is told in her place.
    """

    recipient: Recipient
    untold: str
    instead: str
    letter: Letter


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would be told, to whom, when. rung: its number, None where it is no rung.  supposed: what is not so, but taken for granted."""

    unit: str
    name: str
    task: str
    period: str
    title: Sentence
    kind: Kind
    rung: int | None
    at: datetime
    supposed: tuple[Sentence, ...]
    letters: tuple[Seen, ...]


def preview_of(house: House, campaign: str | None, unit: str, ref: TaskRef, wanted: Wanted, post: Post, now: datetime) -> Preview:
    """The letter of a notice that nobody need have decided. Nothing is written.

    Raises NoRungs, NoSuchRung, NobodyReviews and its kin, and what is wrong with the names.
    """
    with house.database.read() as connection:
        running = choose(connection, campaign)
        return _Preview(connection, running, unit, ref, running.instant(now)).made(wanted, post)


class _Preview:
    """One obligation, looked at on one day."""

    def __init__(self, connection: Connection, running: Running, unit: str, ref: TaskRef, now: datetime) -> None:
        self._connection = connection
        self._running = running
        self._unit = unit_of(connection, unit)
        self._task, self._row = obligation_of(connection, running, self._unit, ref)
        self._now = now

    def made(self, wanted: Wanted, post: Post) -> Preview:
        rung = self._rung(wanted) if wanted.kind in (None, *RUNGS) else None
        kind = rung.kind if rung else wanted.kind or "reminder"
        at = self._instant(wanted, rung)
        lookup = Lookup(self._connection, self._running, at)
        supposed = suppose(self._step(lookup), kind, post.lang)
        return Preview(
            unit=self._unit.code,
            name=self._unit.name,
            task=self._row.task,
            period=self._row.period,
            title=obligation_title(self._row),
            kind=kind,
            rung=rung.number if rung else None,
            at=at,
            supposed=supposed.words,
            letters=tuple(self._seen(lookup, supposed, notice, post) for notice in self._notices(lookup, supposed, kind, rung)),
        )

    def _rung(self, wanted: Wanted) -> Rung:
        """The one that is meant: by its number, the last one up to a day, else the next. Raises NoRungs, NoSuchRung."""
        ladder = [rung for rung in self._ladder() if wanted.kind in (None, rung.kind)]
        if not ladder:
            raise NoRungs(task=self._row.title)
        if wanted.rung is not None:
            found = next((rung for rung in ladder if rung.number == wanted.rung), None)
            if found is None:
                raise NoSuchRung(task=self._row.title, number=wanted.rung, rungs=self._listed(ladder))
            return found
        if wanted.on is not None:
            past = [rung for rung in ladder if self._running.day(rung.at) <= wanted.on]
            return past[-1] if past else ladder[0]
        ahead = {number for number, _, _ in self._ahead()}
        return next((rung for rung in ladder if rung.number in ahead), ladder[-1])

    def _listed(self, ladder: Sequence[Rung]) -> Sentence:
        named = [f"{rung.number}（{self._running.day(rung.at)}）" for rung in ladder]
        return Sentence("、".join(named), ", ".join(named).replace("（", " (").replace("）", ")"))

    def _ahead(self) -> tuple[tuple[int, int, datetime], ...]:
        return rungs_ahead(self._connection, self._row.deadline_id, self._row.case_id)

    def _ladder(self) -> list[Rung]:
        """Every rung of its deadline in the order in which they fire: those still ahead as they will, the others as the file has them."""
        found = {number: (place, at) for number, place, at in (*self._written(), *self._ahead())}
        ladder = self._task.ladder
        return [
            Rung(number=number, place=place, at=at, kind="reminder" if ladder[place].to is None else "escalation")
            for number, (place, at) in sorted(found.items(), key=lambda item: (item[1][1], item[0]))
        ]

    def _written(self) -> list[tuple[int, int, datetime]]:
        row, day = self._row, self._running.day
        if row.due_at is None:
            return []
        declared = row.original_due_at or row.due_at
        end = row.due_at.astimezone(self._running.zone)
        # A day ends at midnight; only a time of day is an end of its own.
        clock = (row.due_at - _SECOND).astimezone(self._running.zone).time() if end.hour or end.minute or end.second else None
        dates = extended_dates(
            self._running.workflow,
            self._task,
            day(declared - _SECOND),
            to=day(row.due_at - _SECOND),
            at=clock,
            received=self._running.launched_at,
        )
        return [(rung.number, rung.rung, rung.at) for rung in dates.rungs]

    def _instant(self, wanted: Wanted, rung: Rung | None) -> datetime:
        """When it would be told: at the office's hour of the day asked for; a rung when it fires; else now, or when letters go again."""
        at = self._day_or_now(wanted, rung)
        quiet = sending_hours(self._connection).at(self._running, at)
        kind = NoticeKind.RUNG if rung is not None else _CODES[wanted.kind or "reminder"]
        opens = quiet.until if quiet.holds_back(kind, at, urgent=self._row.urgent) else None
        # Whoever asks for a day is shown that day, though letters may not go on it at all.
        is_shown = opens is not None and wanted.on in (None, self._running.day(opens))
        return opens if opens is not None and is_shown else at

    def _day_or_now(self, wanted: Wanted, rung: Rung | None) -> datetime:
        if wanted.on is not None:
            is_of_that_day = rung is not None and self._running.day(rung.at) == wanted.on
            return rung.at if rung is not None and is_of_that_day else datetime.combine(wanted.on, SENDING, self._running.zone)
        return rung.at if rung is not None and (wanted.rung is not None or rung.at > self._now) else self._now

    def _step(self, lookup: Lookup) -> Step:
        """What whoever owes it would do then."""
        lookup.directory.know(self._unit)
        holders = lookup.directory.answering(self._row.owner_id, self._row.owner_role).holders
        actor = Actor(id=holders[0].person_id, name=holders[0].name) if holders else Actor(id=0, name="")
        return Step(
            connection=self._connection,
            now=lookup.now,
            campaign=self._running,
            unit=self._unit,
            task=self._task,
            row=self._row,
            actor=actor,
            directory=lookup.directory,
        )

    def _notices(self, lookup: Lookup, supposed: Supposed, kind: Kind, rung: Rung | None) -> list[Decided]:
        row = supposed.row
        one = Decided(
            id=0,
            kind=_CODES[kind],
            number=rung.number if rung else _number(row, kind),
            rung=rung.place if rung else 0,
            unit_id=None,
            role="",
            due_at=lookup.now,
            deadline_id=row.deadline_id,
            obligation=row,
        )
        seats = self._told(lookup, rung, supposed) if rung else supposed.seats
        return [replace(one, unit_id=unit_id, role=role) for unit_id, role in seats]

    def _told(self, lookup: Lookup, rung: Rung, supposed: Supposed) -> tuple[Seat, ...]:
        written = self._task.ladder[rung.place]
        seat = seat_told(self._connection, self._running, lookup.directory, self._task, written, supposed.row)
        return () if seat is None else (seat,)

    def _seen(self, lookup: Lookup, supposed: Supposed, notice: Decided, post: Post) -> Seen:
        parcel = parcel_of(lookup, notice)
        recipient, office = parcel.recipient, office_recipient(self._connection)
        way = way_for(lookup.running, recipient, notice)
        post = post if way is None else post.by(way.channel)
        calendar = calendar_for(lookup, recipient, [notice], post)
        view = letters.view(lookup, parcel, [notice], post.lang, supposed.past, file=file_name(calendar, post.lang))
        words = apart.write(view, lookup.running.texts)
        name, address = office_of(self._connection)
        message = _Message(
            token=self._token(post.sender_address or address),
            name=recipient.name,
            address=recipient.address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            calendar=calendar,
            contact="" if way is None else way.contact,
        )
        return Seen(
            recipient=recipient,
            untold=recipient.reason or why_not(notice, self._running) or needless(lookup, recipient.person_id, notice),
            instead=office.address if recipient.reason in UNREACHED and notice.kind != NoticeKind.UNREACHED else "",
            letter=letter_of(message, post, (name, address), self._running),
        )

    def _token(self, sender: str) -> str:
        """A Message-ID that no letter has which is sent."""
        case_id, occurrence_id, _ = self._row.key
        return f"<preview.{case_id}.{occurrence_id}@{sender.rpartition('@')[2] or 'campaign.invalid'}>"


def _number(row: ObligationRow, kind: Kind) -> int:
    """By which a notice of that kind is known to be the last one."""
    return {"blocked": row.case_stage, "returned": row.attempt, "extended": row.extensions}.get(kind, row.version)


@dataclass(frozen=True, kw_only=True)
class _Message:
    """What a letter is made of, where none is kept."""

    token: str
    name: str
    address: str
    subject: str
    text: str
    html: str
    calendar: str
    contact: str
    answers: str = ""
