"""Deadlines as entries of a calendar: one for each duty of whoever owes it, one for each that was handed in of whoever judges it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.exchange.ics import Calendar, Entry
from engine.machine.states import STATE_WORDS, WITHDRAWN, ObligationState
from engine.operations import sentences_kept
from engine.operations.campaigns import Running, obligation_title
from engine.operations.directory import Directory
from engine.operations.instructions import Instructions, cited, day_words, mark_of, office_name, who_and_when
from engine.operations.office import office_of
from engine.sentences import Lang, Sentence
from engine.store import handed_in, owing
from engine.store.campaigns import RUNNING
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.owing import Duty, Key, Told
from notifiers.texts import duty_text
from notifiers.views import DutyLine

_S = ObligationState
_SECOND = timedelta(seconds=1)
_LAST_SECOND = time(23, 59, 59)
OWING = (_S.SCHEDULED, _S.OPEN, _S.RETURNED)
_OVER = Sentence("活动已结束", "the campaign is over")
# As which part of a letter a duty is told, and which lines of the journal tell who did what.
_PARTS = {_S.RETURNED: "returned", _S.LAPSED: "closed", _S.ACCEPTED: "about_you", _S.WAIVED: "waived"}
_LINES = {"returned": "returned", "waived": "waived", "about_you": "handed_in", "to_review": "handed_in"}
# A duty that nobody has to judge was judged all the same, or waited for it, where one of these happened.
_JUDGED = frozenset({"accepted", "returned", "taken_back", "waived"})


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One entry, and what it is about. state: of the duty.  judging: it is there to be judged, not owed."""

    entry: Entry
    campaign: str
    unit: str
    name: str
    task: str
    period: str
    judging: bool
    state: str
    due: str
    original_due: str


def calendar_of(connection: Connection, name: str, deadlines: Sequence[Deadline], now: datetime, lang: Lang) -> Calendar:
    """What stands in it, as the calendar of whoever is called so."""
    office, address = office_of(connection)
    return Calendar(
        name=Sentence("{name}的工作期限", "Deadlines of {name}", {"name": name}).say(lang),
        lang=lang,
        organiser=office_name(office).say(lang),
        address=address,
        now=now,
        entries=tuple(deadline.entry for deadline in deadlines),
    )


def last_in_time(end: datetime, zone: ZoneInfo) -> date | datetime:
    """Of an end the last day that is in time; where it is not the end of a day, the last moment, in the zone."""
    last = (end - _SECOND).astimezone(zone)
    return last.date() if last.time() == _LAST_SECOND else last


class Entries:
    """Puts the duties of one campaign into entries. What they need is read for all of them at once."""

    def __init__(self, connection: Connection, running: Running, now: datetime, lang: Lang) -> None:
        self._connection = connection
        self._campaign = running
        self._lang: Lang = lang
        self._office, self._address = office_of(connection)
        self._domain = self._address.rpartition("@")[2] or "campaign.invalid"
        self._directory = Directory(connection, running.organisation, running.day(now))
        self._told: dict[Key, Told] = {}
        self._lines: dict[int, Any] = {}
        self._refused: dict[Key, list[dict[str, Any]]] = {}

    def prepare(self, duties: Sequence[Duty]) -> None:
        """Read what the entries of these will need."""
        rows = [duty.row for duty in duties]
        self._directory.prefetch(unit for row in rows for unit in (row.unit_id, row.owner_id))
        cases = list(dict.fromkeys(row.case_id for row in rows))
        self._told = owing.told_of(self._connection, cases)
        self._refused = handed_in.refusals(self._connection, cases)
        told = [self._told[row.key].newest for row in rows if row.key in self._told]
        self._lines = owing.lines_by_id(self._connection, [newest[kind] for newest in told for kind in _LINES.values() if kind in newest])

    def waited(self, row: ObligationRow) -> bool:
        """Whether somebody has, or had, to judge it."""
        told = self._told.get(row.key)
        return row.reviewed or row.state is _S.SUBMITTED or (told is not None and not _JUDGED.isdisjoint(told.newest))

    def entry(self, duty: Duty, *, judging: bool) -> Deadline:
        """One entry. The duty has a due."""
        row = duty.row
        assert row.due_at is not None
        unit = self._directory.unit(row.unit_id)
        return Deadline(
            entry=Entry(
                uid=self.uid(row, judging),
                sequence=self._sequence(duty),
                changed_at=self._changed(duty),
                at=last_in_time(row.due_at, self._campaign.zone),
                title=self._title(row, judging),
                text=self._text(row, judging),
                category=self._campaign.title,
                cancelled=self._is_cancelled(row, judging),
            ),
            campaign=self._campaign.name,
            unit=unit.code,
            name=unit.name,
            task=row.task,
            period=row.period,
            judging=judging,
            state=row.state.name.lower(),
            due=row.due_text,
            original_due=row.original_due_text if row.original_due_text != row.due_text else "",
        )

    def uid(self, row: ObligationRow, judging: bool) -> str:
        """The same wherever the duty moves, another in every other database, as with a Message-ID; judging is another thing than owing."""
        launched, judged = int(self._campaign.launched_at.timestamp()), ".review" if judging else ""
        return f"{launched}.{self._campaign.id}.{row.case_id}.{row.occurrence_id}.{row.subject}{judged}@{self._domain}"

    def _sequence(self, duty: Duty) -> int:
        """Rises with every change: with the second of the last one, and of several in one second with what the journal says of them.

        Not all of them have a line of their own: what opens or lapses does so with thousands of others.
        """
        told = self._told.get(duty.row.key)
        seconds = int((self._changed(duty) - self._campaign.launched_at).total_seconds())
        return max(seconds, 0) + (0 if told is None else told.lines)

    def _changed(self, duty: Duty) -> datetime:
        ended = self._campaign.ended_at
        return duty.changed_at if ended is None or duty.row.state.done else max(duty.changed_at, ended)

    def _is_over(self, row: ObligationRow) -> bool:
        """Whether nobody does anything about it any more, since the campaign has come to its end, or the unit left it."""
        return not row.state.done and (self._campaign.state != RUNNING or row.case_stage == WITHDRAWN)

    def _is_cancelled(self, row: ObligationRow, judging: bool) -> bool:
        if judging:
            return row.state not in (_S.SUBMITTED, _S.ACCEPTED) or self._is_over(row)
        return row.state in (_S.WAIVED, _S.CANCELLED) or self._is_over(row)

    def _title(self, row: ObligationRow, judging: bool) -> str:
        """`截止：2010年第三季度点评（单位G1，对单位G1B1）`."""
        said = Sentence("{head}：{title}（{unit}{about}）", "{head}: {title} ({unit}{about})", self._named(row, judging)).say(self._lang)
        return said[:1].upper() + said[1:]

    def _named(self, row: ObligationRow, judging: bool) -> dict[str, object]:
        about = Sentence("，对{about}", ", about {about}", {"about": self._about(row)}) if self._about(row) else ""
        return {"head": self._head(row, judging), "title": obligation_title(row), "unit": self._owner(row), "about": about}

    def _head(self, row: ObligationRow, judging: bool) -> Sentence:
        if self._is_over(row):
            return _OVER
        if judging and row.state is _S.SUBMITTED:
            return Sentence("请审核", "to review")
        return Sentence("截止", "due") if row.state in (_S.SCHEDULED, _S.OPEN) and not judging else STATE_WORDS[row.state]

    def _owner(self, row: ObligationRow) -> str:
        """The unit that owes it, with the department of it that is meant."""
        name = self._directory.unit(row.owner_id).name
        body = next((body for body in self._campaign.organisation.bodies if body.name == row.owner_role), None)
        return name if body is None else f"{name}{'' if self._lang == 'zh' else ', '}{body.title or body.name}"

    def _about(self, row: ObligationRow) -> str:
        return self._directory.unit(row.unit_id).name if row.unit_id != row.owner_id else ""

    def _text(self, row: ObligationRow, judging: bool) -> str:
        part = "to_review" if judging else _PARTS.get(row.state, "due_soon")
        state = _OVER if self._is_over(row) else STATE_WORDS[row.state]
        office = (office_name(self._office).say(self._lang), self._address)
        return duty_text(self._line(row, part), part, state=state.say(self._lang), office=office, lang=self._lang)

    def _line(self, row: ObligationRow, part: str) -> DutyLine:
        told, task = self._last(row, part), self._campaign.workflow.task(row.task)
        moved = row.original_due_at is not None and row.original_due_at != row.due_at
        return DutyLine(
            unit_name=self._directory.answering(row.owner_id, row.owner_role).words.say(self._lang),
            about=self._about(row),
            task_title=row.title,
            period_title=row.period_zh if self._lang == "zh" else row.period_en,
            due_text=self._end(row.due_at),
            original_due_text=self._end(row.original_due_at) if moved else "",
            act=not task.items,
            by="" if told is None else self._by(told, part),
            reason="" if told is None else str(told.data.get("reason", "")),
            tried=self._tried(row) if row.state in OWING else "",
            how=self._how(row, part),
            paper=self._say(row).ask_for_it() if part == "to_review" and row.state is _S.SUBMITTED and task.items else "",
            cite=cited(self._campaign.workflow, task, self._lang),
        )

    def _last(self, row: ObligationRow, part: str) -> Any:
        told = self._told.get(row.key)
        return None if told is None or part not in _LINES else self._lines.get(told.newest.get(_LINES[part], 0))

    def _by(self, line: Any, part: str) -> str:
        name = line.principal or ""
        return name if part in ("returned", "waived") else who_and_when(name, self._campaign.day(line.recorded_at), self._lang)

    def _tried(self, row: ObligationRow) -> str:
        """Everything that the last hand-in was turned away for."""
        kept = sentences_kept.back(self._refused.get(row.key, []))
        return "\n".join(verdict.sentence.say(self._lang) for verdict in kept if not verdict.allowed)

    def _how(self, row: ObligationRow, part: str) -> str:
        """How it is handed in or judged; nothing where nobody has to do anything any more."""
        if self._is_over(row):
            return ""
        if part == "to_review":
            return self._say(row).judge() if row.state is _S.SUBMITTED else ""
        if part == "closed":
            return self._say(row).closed(self._end(row.lock_at))
        return self._say(row).hand_in_before(row.due_at == row.lock_at) if row.state in OWING else ""

    def _say(self, row: ObligationRow) -> Instructions:
        mark = mark_of(row, self._directory.unit(row.unit_id).code, self._lang)
        task = self._campaign.workflow.task(row.task)
        return Instructions(task=task, office=self._office, address=self._address, mark=mark, lang=self._lang)

    def _end(self, end: datetime | None) -> str:
        if end is None:
            return ""
        last = last_in_time(end, self._campaign.zone)
        if not isinstance(last, datetime):
            return day_words(last, self._lang)
        return Sentence("{day}{at}", "{day}, {at}", {"day": day_words(last.date(), self._lang), "at": f"{last:%H:%M}"}).say(self._lang)
