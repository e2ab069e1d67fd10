"""Reads the wordings of one workflow: keeps every reading with its remarks, and turns what timing refuses into issues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.definition.model import Wording, Workflow
from engine.definition.projection_model import PROVISIONAL, UNREADABLE, DateIssue, Reading
from engine.errors import CampaignError
from engine.sentences import Sentence
from engine.timing.calendars import WorkingCalendar, working_calendar
from engine.timing.context import PhraseContext
from engine.timing.errors import PhraseError
from engine.timing.instants import read_instant
from engine.timing.spans import Span, describe_span, parse_span
from engine.timing.stretches import Stretch, one_day, roll, waiting

T = TypeVar("T")
_VAGUE = Sentence("说法不精确，按所示日期计", "the wording is vague; the date shown counts")
_PROVISIONAL = Sentence(
    "所涉年份的节假日安排尚未公布，暂按周末休息推算", "the holidays of that year are not published yet; computed as plain weekends"
)
_DAY_OFF = Sentence("当日是休息日，期限不变", "that day is no working day; the due date stays")


def _graceful(grace: Span) -> Sentence:
    return Sentence("说法不精确，另有{grace}宽限", "the wording is vague; {grace} of grace", {"grace": describe_span(grace)})


class Cycle(Exception):
    """A due that is computed from itself; caught where the wording was read."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(*names)
        self.names = names


@dataclass(kw_only=True)
class Words:
    """The calendar, zone and named days of one workflow. `issues` and `readings` grow as its wordings are read."""

    workflow: Workflow
    received: datetime | None
    zone: ZoneInfo
    calendar: WorkingCalendar
    context: PhraseContext
    issues: list[DateIssue] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    roots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    days: dict[str, Stretch] = field(default_factory=dict)

    def read(
        self,
        path: str,
        wording: Wording,
        context: PhraseContext,
        names: Mapping[str, Stretch],
        *,
        period: str = "",
        is_due: bool = False,
        is_end: bool = False,
    ) -> Stretch:
        """The stretch of a wording, kept as a reading. Refused: an issue, and a stretch that waits for `unreadable`.

        is_due: a due date, which moves off holidays where the calendar says so.  is_end: one that stays, but is remarked on as well.
        """
        told = self.workflow.calendar.on_holiday if is_due else "keep"
        text = list(wording) if isinstance(wording, tuple) else wording
        read = self.attempt(path, lambda: read_instant(text, replace(context, on_holiday=told), names))
        if read is None:
            return waiting(UNREADABLE)
        read = replace(read, pending_on=self.rooted(read.pending_on), notes=_crossing_only_outside(read, context))
        self.keep(path, wording, read, period=period, is_end=is_due or is_end)
        return read

    def keep(
        self,
        path: str,
        wording: Wording,
        read: Stretch,
        *,
        period: str = "",
        is_end: bool = False,
        extra: tuple[tuple[str, Sentence], ...] = (),
    ) -> None:
        """Note how a wording was read. is_end: something falls due with it.  extra: further remarks, code and sentence."""
        remarks = (*self._remarks(read, is_end=is_end), *extra)
        self.readings.append(
            Reading(
                path=path,
                wording=joined(wording),
                opens=first_text(read),
                due=last_text(read),
                remarks=tuple(remark for _, remark in remarks),
                codes=tuple(code for code, _ in remarks),
                period=period,
            )
        )

    def attempt(self, path: str, read: Callable[[], T]) -> T | None:
        """What `read` gives; None, and an issue at `path`, where timing refuses or a due hangs on itself."""
        try:
            return read()
        except PhraseError as error:
            self.issue(path, error.code, error.sentence)
        except Cycle as cycle:
            self.circle(path, cycle.names)
        return None

    def needs_end(self, path: str, read: Stretch) -> Stretch:
        """The stretch, where it ends or waits; else an issue, and one that waits for `unreadable`."""
        if read.last is not None or read.pending_on:
            return read
        message = Sentence("这个说法没有终点，不能作期限。", "This has no end, so it cannot be a due date.")
        hint = Sentence("请写最后一天；只有起点的请写在 opens。", "Write the last day; what only begins goes under `opens`.")
        self.issue(path, "due-without-end", message, hint)
        return waiting(UNREADABLE)

    def circle(self, path: str, names: tuple[str, ...]) -> None:
        """Note that these are computed from each other."""
        values = {"names": " → ".join(names)}
        message = Sentence("日期互相推算，绕成了圈：{names}。", "These dates are computed from each other in a circle: {names}.", values)
        self.issue(path, "date-cycle", message, Sentence("请给其中一项写明日期。", "Give one of them a date."))

    def issue(self, path: str, code: str, message: Sentence, hint: Sentence | None = None) -> None:
        """Note an error at a place, once."""
        found = DateIssue(path=path, code=code, message=message, hint=hint)
        if not any((one.path, one.code) == (path, code) for one in self.issues):
            self.issues.append(found)

    def span(self, path: str, text: str) -> Span | None:
        """A span as written; None, and an issue, where it cannot be read."""
        return self.attempt(path, lambda: parse_span(text))

    def rolled(self, path: str, due: Stretch) -> Stretch:
        """A due day that nobody worded, moved off holidays where the calendar says so."""
        told = self.workflow.calendar.on_holiday
        if told == "keep" or due.pending_on:
            return due
        return self.attempt(path, lambda: roll(due, told, self.calendar)) or due

    def rooted(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names themselves, an anchor that hangs on another replaced by that other."""
        return tuple(dict.fromkeys(root for name in names for root in self.roots.get(name, (name,))))

    def _remarks(self, read: Stretch, *, is_end: bool) -> list[tuple[str, Sentence]]:
        moved = [note for note in read.notes if "moved" in note.values]
        across = [note for note in read.notes if "crosses" in note.values]
        notes = [note for note in read.notes if note not in (*moved, *across) and note.zh != _PROVISIONAL.zh]
        found = [("vague" if read.vague else "note", note) for note in notes]
        if read.vague and read.grace:
            found.append(("vague", _graceful(read.grace)))
        elif read.vague and not notes:
            found.append(("vague", _VAGUE))
        found += [("moved", note) for note in moved]
        found += [("crosses-year", note) for note in across]
        if read.provisional:
            found.append((PROVISIONAL, _PROVISIONAL))
        if is_end and read.last and not self.calendar.is_working_day(read.last):
            found.append(("on-holiday", _DAY_OFF))
        return found


def _crossing_only_outside(read: Stretch, context: PhraseContext) -> tuple[Sentence, ...]:
    """The notes; that a range took the next year is one only where the window around it does not reach so far."""
    closes = context.window[1] if context.window else None
    within = closes is not None and read.last is not None and read.last <= closes
    return tuple(note for note in read.notes if not (within and "crosses" in note.values))


def words_of(workflow: Workflow, received: datetime | None) -> Words:
    """The calendar, the days of issue and receipt and the anchors of a workflow, read once."""
    zone = ZoneInfo(workflow.calendar.timezone)
    attributes = frozenset(name for declared in workflow.organisation.attributes.values() for name in declared)
    context = PhraseContext(calendar=working_calendar(None), zone=zone, before=workflow.calendar.before, later=attributes)
    words = Words(workflow=workflow, received=received, zone=zone, calendar=context.calendar, context=context)
    _read_calendar(words)
    _read_issue(words)
    if received is not None:
        words.context = replace(words.context, received=received.astimezone(zone).date())
    words.days["received"] = one_day(words.context.received) if words.context.received else waiting("received")
    _read_anchors(words)
    return words


def _read_calendar(words: Words) -> None:
    said = words.workflow.calendar
    try:
        words.calendar = working_calendar(said.holidays)
    except CampaignError as error:
        words.issue("calendar.holidays", error.code, error.sentence)
    about = words.span("calendar.about", said.about)
    words.context = replace(words.context, calendar=words.calendar, about=about, work_ends=_work_ends(words, said.work_ends))


def _work_ends(words: Words, text: str | None) -> time | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip().replace("：", ":"), "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        message = Sentence("“{text}”不是时刻。", '"{text}" is no time of day.', {"text": text})
        words.issue("calendar.work_ends", "not-a-time", message, Sentence("请写成 17:30 的样子。", "Write it like 17:30."))
    return None


def _read_issue(words: Words) -> None:
    """The day of issue is that of the first source that has one."""
    for source in words.workflow.sources:
        if source.issued != "undated":
            read = words.read(f"sources.{source.name}.issued", source.issued, words.context, {})
            if read.last and words.context.issued is None:
                words.context = replace(words.context, issued=read.last)
    words.days["issued"] = one_day(words.context.issued) if words.context.issued else waiting("issued")


def _read_anchors(words: Words) -> None:
    """Anchors may hang on each other in any order: those that can be read are, until no more can."""
    left = {anchor.name: anchor for anchor in words.workflow.anchors}
    known: dict[str, date | None] = {}
    while left:
        read = {name: found for name, anchor in left.items() if (found := _anchor(words, anchor.at, known))}
        if not read:
            break
        for name, found in read.items():
            _name_anchor(words, name, found, known)
            if "opens" in found.pending_on:
                words.circle(f"anchors.{name}", ("opens", "opens"))
            words.keep(f"anchors.{name}", left.pop(name).at, found)
    context = replace(words.context, anchors=known | dict.fromkeys(left))
    names = words.days | {other: waiting(other) for other in left}
    for name, anchor in left.items():
        path = f"anchors.{name}"
        if words.attempt(path, partial(read_instant, anchor.at, context, names)) is not None:
            words.circle(path, tuple(left))
        _name_anchor(words, name, waiting(UNREADABLE), known)


def _anchor(words: Words, wording: str, known: Mapping[str, date | None]) -> Stretch | None:
    try:
        return read_instant(wording, replace(words.context, anchors=known), words.days)
    except PhraseError:
        return None


def _name_anchor(words: Words, name: str, found: Stretch, known: dict[str, date | None]) -> None:
    """Undated itself, it is waited for by its own name; hanging on another, by that one's."""
    title = next(anchor.title for anchor in words.workflow.anchors if anchor.name == name)
    roots = words.rooted(tuple(one for one in found.pending_on if one != "undated")) or ((name,) if found.pending_on else ())
    named = replace(found, pending_on=roots)
    for key in filter(None, (name, title)):
        words.roots[key] = roots or (key,)
        words.days[key] = named
        known[key] = found.last
    words.context = replace(words.context, anchors=dict(known))


def joined(wording: Wording) -> str:
    """A wording on one line; several with a semicolon between."""
    return wording if isinstance(wording, str) else "；".join(wording)


def first_text(read: Stretch) -> str | None:
    """The first day of a stretch as shown, with its time where it has one."""
    return _day_text(read.first, read.from_time)


def last_text(read: Stretch) -> str | None:
    """The last day of a stretch as shown, with its time where it has one."""
    return _day_text(read.last, read.at)


def _day_text(day: date | None, at: time | None) -> str | None:
    if day is None:
        return None
    return day.isoformat() if at is None else f"{day.isoformat()} {at:%H:%M}"
