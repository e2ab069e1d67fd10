"""Tasks on the calendar: the opening and the due of each of their periods, read in an order that lets dues hang on each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from engine.definition.model import Rhythm, Task, Wording
from engine.definition.projection_frames import ON_ENTRY, Frame
from engine.definition.projection_model import UNREADABLE
from engine.definition.projection_names import Draft, Names, assessed_names, end_day, period_names
from engine.definition.projection_reading import Cycle, Words, joined
from engine.sentences import Sentence
from engine.timing.context import PhraseContext
from engine.timing.errors import PhraseError
from engine.timing.instants import bases_of, read_instant
from engine.timing.rhythms import Every, Period, periods, read_every
from engine.timing.stretches import Stretch, waiting

End = Literal["opens", "due"]
_ENDS: tuple[End, End] = ("opens", "due")
_UNDATED = waiting("undated")
_DIFFERS = (
    Sentence(
        "这个期限从任务开始之日算起，而各单位开始的日期不同（先办的事项办结，或进入本阶段之日）；每个单位各算一个日期，目前还不支持。",
        "This due counts from the task's opening, which differs per unit (others must be done first, or it opens on entry); "
        "a date that differs per unit is not yet supported.",
    ),
    Sentence("请写一个确定的日期，或从锚点算起。", "Write a certain date, or count from an anchor."),
)
_PERIOD_OPEN = (
    Sentence("考核期要有开始和结束。", "The period that is assessed needs a beginning and an end."),
    Sentence("请写成“2031年上半年”或“2031年3月—5月”。", 'Write it like "2031年上半年" or "2031年3月—5月".'),
)
# A rhythm is written in a word; what it makes is kept, reminded of and counted one by one, for every unit.
MOST_OCCURRENCES = 20_000
_TOO_MANY = (
    "任务“{task}”有 {count} 期，全部周期任务合计超过了 {most} 期。",
    '"{task}" has {count} periods; all recurring tasks together have more than {most}.',
)
_TOO_MANY_HINT = Sentence(
    "请用更长的周期（every），或缩短起止时间（window、until），或分成几个文件。",
    "Choose a longer rhythm, a shorter window or `until`, or several files.",
)
_DAY_WAITS = (
    Sentence("周期的日子里有的还没有日期，目前还不支持。", "A rhythm on days that are not dated is not yet supported."),
    Sentence("请写确定的日子；没有日期的另写成一项任务。", "Write certain days; give what has no date a task of its own."),
)
_ENDLESS = (
    Sentence("还不支持没有终点的周期（后续版本提供）。", "A rhythm without an end is not yet supported."),
    Sentence(
        "请在 every（周期）里写 until（至），或给所在的块写有终点的 window（时间）。",
        "Write `until` in `every`, or give its block a `window` that ends.",
    ),
)


@dataclass(kw_only=True)
class Drafts:
    """All tasks, each read once, on demand: whoever names `TASK.due` has it read first."""

    words: Words
    file: Frame
    stages: Mapping[str, Frame]
    done: dict[str, tuple[Draft, ...]] = field(default_factory=dict)
    walking: list[str] = field(default_factory=list)
    assessed: dict[str, Stretch] = field(default_factory=dict)
    made: int = 0

    def of(self, task: Task) -> tuple[Draft, ...]:
        """The drafts of a task. Raises Cycle when its due is being read already."""
        if task.name in self.walking:
            raise Cycle((*self.walking[self.walking.index(task.name) :], task.name))
        if task.name not in self.done:
            self.walking.append(task.name)
            self.done[task.name] = tuple(self._recurring(task, task.every) if task.every else [self._once(task)])
            self.walking.pop()
        return self.done[task.name]

    def names(self, task: Task, period: Period | None, extra: Mapping[str, Stretch]) -> Names:
        """The names a wording of the task may use."""
        assessed = self.assessed.get(task.name)
        own = period_names(period) if assessed is None else assessed_names(assessed)
        return Names(workflow=self.words.workflow, drafts_of=self.of, period=period, fixed={**self.words.days, **own, **extra})

    def _once(self, task: Task) -> Draft:
        frame = self._task_frame(task)
        if task.period is not None:
            self.assessed[task.name] = self._assessed(task, task.period, frame)
        return self._dated(task, None, frame)

    def _assessed(self, task: Task, wording: str, frame: Frame) -> Stretch:
        """What a once-only task reports on: a stretch with both ends."""
        path = f"{task.path}.period"
        read = self.words.read(path, wording, self._context(task, frame), self.names(task, None, {}))
        if read.pending_on or (read.first is not None and read.last is not None):
            return read
        self.words.issue(path, "period-without-end", *_PERIOD_OPEN)
        return waiting(UNREADABLE)

    # --- opening and due -----------------------------------------------------------------------------------------------------

    def _dated(self, task: Task, period: Period | None, frame: Frame) -> Draft:
        """Opening and due in the order in which they lean on each other. `frame`: what holds where the task says nothing itself."""
        if self._names_itself(task, period, frame):
            unread = replace(frame, opening=waiting(UNREADABLE), on_entry=False)
            return self._draft(task, period, unread, waiting(UNREADABLE), "", self._own_context(task, period, frame))
        if self._leans_on(task, "opens", "due", period, frame):
            due, wording = self._due(task, frame, self._own_context(task, period, frame), period)
            frame = self._opened(task, frame, period, {"due": end_day(due)})
            return self._draft(task, period, frame, due, wording, self._own_context(task, period, frame))
        frame = self._opened(task, frame, period, {})
        context = self._own_context(task, period, frame)
        due, wording = self._due(task, frame, context, period)
        return self._draft(task, period, frame, due, wording, context)

    def _names_itself(self, task: Task, period: Period | None, frame: Frame) -> bool:
        """Whether an end is counted from itself, or each from the other: told at every place that is part of it."""
        from_itself = [end for end in _ENDS if self._leans_on(task, end, end, period, frame)]
        mutual = self._leans_on(task, "opens", "due", period, frame) and self._leans_on(task, "due", "opens", period, frame)
        for end in from_itself or (_ENDS if mutual else ()):
            self.words.circle(f"{task.path}.{end}", (end, end) if from_itself else ("opens", "due", "opens"))
        return mutual or bool(from_itself)

    def _leans_on(self, task: Task, one: End, other: End, period: Period | None, frame: Frame) -> bool:
        """Whether one end of the task counts from the other, or from itself; by name, or (a due: 5日内) without it."""
        wording = task.opens if one == "opens" else task.due
        if wording is None or wording == ON_ENTRY:
            return False
        context, names = self._own_context(task, period, frame), self.names(task, period, {})
        if other in bases_of(wording, context, names):
            return True
        return (one, other) == ("due", "opens") and self._counts_from_opening(wording, context, names)

    def _own_context(self, task: Task, period: Period | None, frame: Frame) -> PhraseContext:
        return self._context(task, frame) if period is None else self._period_context(period, frame)

    def _draft(self, task: Task, period: Period | None, frame: Frame, due: Stretch, wording: str, context: PhraseContext) -> Draft:
        return Draft(task=task, period=period, opening=frame.opening, due=due, wording=wording, on_entry=frame.on_entry, context=context)

    def _block(self, task: Task) -> Frame:
        return self.stages[task.stage] if task.stage is not None else self.file

    def _context(self, task: Task, frame: Frame) -> PhraseContext:
        """Years come from the block's window, or the file's where the block has none; spans count from the frame's opening."""
        (first, last), (file_first, file_last) = self._block(task).days, self.file.days
        return replace(self.words.context, window=(first or file_first, last or file_last), opens=frame.opening.first)

    def _task_frame(self, task: Task) -> Frame:
        """The task's own window and opening, else those of its block."""
        block = self._block(task)
        if task.window is None:
            return block
        path = f"{task.path}.window"
        read = self.words.read(path, task.window, self._context(task, block), self.names(task, None, {}), is_due=task.every is None)
        opening = read if read.first or read.pending_on else block.opening
        return replace(block, wording=task.window, opening=opening, closing=read, on_entry=False)

    def _opened(self, task: Task, frame: Frame, period: Period | None, extra: Mapping[str, Stretch]) -> Frame:
        """The frame with the opening the task says for itself, if it says one."""
        if task.opens is None:
            return frame
        if task.opens == ON_ENTRY:
            return replace(frame, on_entry=True, opening=frame.opening if period else Stretch())
        path, names = f"{task.path}.opens", self.names(task, period, extra)
        # A day without a year is looked for in the block, not in the task's own window.
        context = self._context(task, self._block(task)) if period is None else self._period_context(period, frame)
        read = self.words.read(path, task.opens, context, names, period=period.name if period else "")
        return replace(frame, on_entry=False, opening=read)

    def _due(self, task: Task, frame: Frame, context: PhraseContext, period: Period | None) -> tuple[Stretch, str]:
        """The due and its wording: the task's own, else the end of its window or block."""
        if task.due is None:
            due = frame.closing if frame.closing.last or frame.closing.pending_on else _UNDATED
            return (self.words.rolled(f"{task.path}.every", due) if period else due), frame.wording
        path, names = f"{task.path}.due", self.names(task, period, {})
        if self._own_opening_differs(task, frame) and self._counts_from_opening(task.due, context, names):
            self.words.issue(path, "not-yet", *_DIFFERS)
            return waiting(UNREADABLE), joined(task.due)
        read = self.words.read(path, task.due, context, names, period=period.name if period else "", is_due=True)
        if "opens" in read.pending_on:
            reason = frame.opening.pending_on or ((ON_ENTRY,) if frame.on_entry else ("undated",))
            read = waiting(*(name for name in read.pending_on if name != "opens"), *reason)
        return self.words.needs_end(path, read), joined(task.due)

    @staticmethod
    def _own_opening_differs(task: Task, frame: Frame) -> bool:
        """Whether each unit's obligation opens on a day of its own: when others are done, or when its case comes to the stage."""
        return bool(task.after) or frame.on_entry

    @staticmethod
    def _counts_from_opening(wording: Wording, context: PhraseContext, names: Mapping[str, Stretch]) -> bool:
        texts = [wording] if isinstance(wording, str) else list(wording)
        try:
            return any("opens" in read_instant(text, replace(context, opens=None), names).pending_on for text in texts)
        except (PhraseError, Cycle):
            return False

    # --- rhythms -------------------------------------------------------------------------------------------------------------

    def _recurring(self, task: Task, rhythm: Rhythm) -> Iterator[Draft]:
        frame = self._task_frame(task)
        every = self._every(task, rhythm, frame)
        first, last = self._bounds(task, rhythm, frame)
        waits = (*first.pending_on, *last.pending_on)
        if every is not None and not every.days and not waits and first.first is not None and last.last is None:
            self.words.issue(f"{task.path}.every", "not-yet", *_ENDLESS)
            every = None
        if every is None or waits or first.first is None:
            yield self._unmade(task, frame, waits if every and waits else (UNREADABLE,), missing=every is not None and not waits)
            return
        counted = first.first if rhythm.since is not None else None
        for period in self._periods(task, rhythm, every, first.first, last.last, counted):
            yield self._period_draft(task, period, frame)

    def _unmade(self, task: Task, frame: Frame, waits: tuple[str, ...], *, missing: bool) -> Draft:
        """A rhythm that cannot be laid out yet stays visible as one occurrence that waits."""
        if missing:
            self.words.issue(
                f"{task.path}.every",
                "rhythm-without-start",
                Sentence("周期不知从哪天算起。", "The rhythm has no day to begin with."),
                Sentence("请给所在的块写 window，或在 every 里写 from。", "Give its block a window, or write `from` in `every`."),
            )
        wording = _rhythm_text(task.every) if task.every else ""
        return self._draft(task, None, replace(frame, opening=Stretch()), waiting(*waits), wording, self._context(task, frame))

    def _every(self, task: Task, rhythm: Rhythm, frame: Frame) -> Every | None:
        path = f"{task.path}.every"
        if not rhythm.days:
            return self.words.attempt(path, lambda: read_every(rhythm.each or "", before=self.words.context.before))
        if len(rhythm.days) == 1 and rhythm.days[0].lstrip().startswith("每"):
            return self.words.attempt(path, lambda: read_every(rhythm.days[0], before=self.words.context.before))
        context, names = self._context(task, frame), self.names(task, None, {})
        read = [self.words.needs_end(path, self.words.read(path, day, context, names)) for day in rhythm.days]
        if any(name != UNREADABLE for day in read for name in day.pending_on):
            self.words.issue(path, "not-yet", *_DAY_WAITS)
        if any(day.last is None for day in read):
            return None
        return self.words.attempt(path, lambda: read_every([day.last for day in read if day.last]))

    def _bounds(self, task: Task, rhythm: Rhythm, frame: Frame) -> tuple[Stretch, Stretch]:
        """`from` and `until` where written, else the window."""
        found = [frame.opening, frame.closing]
        for place, (key, wording) in enumerate((("from", rhythm.since), ("until", rhythm.until))):
            if wording is not None:
                path = f"{task.path}.every.{key}"
                found[place] = self.words.read(path, wording, self._context(task, frame), self.names(task, None, {}))
        return found[0], found[1]

    def _periods(
        self, task: Task, rhythm: Rhythm, every: Every, first: date, last: date | None, counted: date | None
    ) -> tuple[Period, ...]:
        if self.made > MOST_OCCURRENCES:
            return ()
        path, calendar = f"{task.path}.every", self.words.calendar
        counted = counted if every.unit else None
        made = self.words.attempt(path, lambda: periods(every, first, last, rhythm.partial, calendar, counted_from=counted))
        self.made += len(made or ())
        if self.made <= MOST_OCCURRENCES:
            return made or ()
        values = {"task": task.name, "count": len(made or ()), "most": MOST_OCCURRENCES}
        self.words.issue(path, "too-many-periods", Sentence(*_TOO_MANY, values), _TOO_MANY_HINT)
        return ()

    def _period_draft(self, task: Task, period: Period, frame: Frame) -> Draft:
        whole = Stretch(first=period.first, last=period.last, at=period.at, provisional=period.provisional)
        self._keep_period(task, period, whole)
        return self._dated(task, period, replace(frame, opening=whole, closing=whole, wording=_rhythm_text(task.every)))

    def _period_context(self, period: Period, frame: Frame) -> PhraseContext:
        # A day without a year is looked for in the period itself; the year of issue would be wrong for all later ones.
        return replace(
            self.words.context,
            window=(period.first, period.last),
            issued=None,
            opens=frame.opening.first,
            period=period.whole,
            occurrence=(period.first, period.last),
        )

    def _keep_period(self, task: Task, period: Period, whole: Stretch) -> None:
        values = {"title": period.title, "first": period.first, "last": period.last}
        cut = Sentence("{title}只计{first}至{last}", "of {title} only {first} to {last} counts", values)
        extra = (("cut-period", cut),) if period.cut else ()
        wording = _rhythm_text(task.every)
        path = f"{task.path}.every"
        # Without a due of its own the task is due at the end of the period, on the day to which the calendar moves that.
        read = self.words.rolled(path, whole) if task.due is None else whole
        self.words.keep(path, wording, read, period=period.name, is_end=task.due is None, extra=extra)


def _rhythm_text(rhythm: Rhythm | None) -> str:
    if rhythm is None:
        return ""
    return rhythm.each or joined(rhythm.days)
