"""Tasks on the calendar: the opening and the due of each of their periods, read in an order that lets dues hang on each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from engine.definition.model import Rhythm, Task, Wording
from engine.definition.projection_frames import ON_ENTRY, Frame
from engine.definition.projection_model import UNREADABLE
from engine.definition.projection_reading import Cycle, Words, joined
from engine.sentences import Sentence, plain
from engine.timing.context import PhraseContext
from engine.timing.errors import PhraseError
from engine.timing.instants import read_instant
from engine.timing.rhythms import Every, Period, periods, read_every
from engine.timing.stretches import Stretch, one_day, waiting

_UNDATED = waiting("undated")
_DIFFERS = (
    Sentence(
        "这个期限从任务开始之日算起，而各单位开始的日期不同（先办的事项办结，或进入本阶段之日）；每个单位各算一个日期，目前还不支持。",
        "This due counts from the task's opening, which differs per unit (others must be done first, or it opens on entry); "
        "a date that differs per unit is not yet supported.",
    ),
    Sentence("请写一个确定的日期，或从锚点算起。", "Write a certain date, or count from an anchor."),
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One period of a task with its opening and due as days. `period` is None for a once-only task."""

    task: Task
    period: Period | None
    opening: Stretch
    due: Stretch
    wording: str
    on_entry: bool
    context: PhraseContext

    @property
    def name(self) -> str:
        """The period's name, '' for a once-only task."""
        return self.period.name if self.period else ""

    @property
    def title(self) -> Sentence:
        """The period's name in words; of a once-only task, what it says is assessed."""
        return self.period.title if self.period else plain(self.task.period or "")

    @property
    def pending_on(self) -> tuple[str, ...]:
        """What the opening or the due waits for."""
        return tuple(dict.fromkeys((*self.opening.pending_on, *self.due.pending_on)))


@dataclass(kw_only=True)
class Drafts:
    """All tasks, each read once, on demand: whoever names `TASK.due` has it read first."""

    words: Words
    file: Frame
    stages: Mapping[str, Frame]
    horizon: date | None = None
    done: dict[str, tuple[Draft, ...]] = field(default_factory=dict)
    walking: list[str] = field(default_factory=list)

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
        return Names(drafts=self, period=period, fixed={**self.words.days, **extra})

    def _once(self, task: Task) -> Draft:
        frame = self._task_frame(task)
        context = self._context(task, frame)
        due, wording = self._due(task, frame, context, None)
        return self._draft(task, None, frame, due, wording, context)

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
            return self._opened(task, block, block, None)
        path = f"{task.path}.window"
        read = self.words.read(path, task.window, self._context(task, block), self.names(task, None, {}), is_due=task.every is None)
        opening = read if read.first or read.pending_on else block.opening
        return self._opened(task, replace(block, wording=task.window, opening=opening, closing=read, on_entry=False), block, None)

    def _opened(self, task: Task, frame: Frame, block: Frame, period: Period | None) -> Frame:
        """The frame with the opening the task says for itself, if it says one."""
        if task.opens is None:
            return frame
        if task.opens == ON_ENTRY:
            return replace(frame, on_entry=True, opening=frame.opening if period else Stretch())
        path, names = f"{task.path}.opens", self.names(task, period, _period_names(period))
        context = self._context(task, block) if period is None else self._period_context(period, frame)
        read = self.words.read(path, task.opens, context, names, period=period.name if period else "")
        return replace(frame, on_entry=False, opening=read)

    def _due(self, task: Task, frame: Frame, context: PhraseContext, period: Period | None) -> tuple[Stretch, str]:
        """The due and its wording: the task's own, else the end of its window or block."""
        if task.due is None:
            due = frame.closing if frame.closing.last or frame.closing.pending_on else _UNDATED
            return due, frame.wording
        path, names = f"{task.path}.due", self.names(task, period, _period_names(period))
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
        frame = self._block(task) if task.window is None else self._task_frame(replace(task, opens=None))
        every = self._every(task, rhythm, frame)
        first, last = self._bounds(task, rhythm, frame)
        waits = (*first.pending_on, *last.pending_on)
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
        read = [self.words.read(path, day, self._context(task, frame), self.names(task, None, {})) for day in rhythm.days]
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
        made = self.words.attempt(
            f"{task.path}.every",
            lambda: periods(
                every, first, last, rhythm.partial, self.words.calendar, horizon=self.horizon, counted_from=counted if every.unit else None
            ),
        )
        return made or ()

    def _period_draft(self, task: Task, period: Period, frame: Frame) -> Draft:
        whole = Stretch(first=period.first, last=period.last, at=period.at, provisional=period.provisional)
        own = self._opened(task, replace(frame, opening=whole, closing=whole, wording=joined(_rhythm_text(task.every))), frame, period)
        context = self._period_context(period, own)
        self._keep_period(task, period, own.closing)
        due, wording = self._due(task, own, context, period)
        if task.due is None:
            due = self.words.rolled(f"{task.path}.every", due)
        return self._draft(task, period, own, due, wording, context)

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
        self.words.keep(f"{task.path}.every", wording, whole, period=period.name, is_end=task.due is None, extra=extra)


@dataclass(frozen=True, kw_only=True)
class Names(Mapping[str, Stretch]):
    """What a wording may name: the named days, and `TASK.due`, read when it is asked for."""

    drafts: Drafts
    period: Period | None
    fixed: Mapping[str, Stretch]

    def __getitem__(self, name: str) -> Stretch:
        if name in self.fixed:
            return self.fixed[name]
        task = self._task(name)
        if task is None:
            raise KeyError(name)
        found = self.drafts.of(task)
        if not task.every:
            return found[0].due
        # Tasks of one rhythm meet in the same period.
        same = [draft.due for draft in found if self.period and draft.name == self.period.name]
        if not same:
            raise DueOfMany(text=name, position=1, task=task.name)
        return same[0]

    def __contains__(self, name: object) -> bool:
        return name in self.fixed or (isinstance(name, str) and self._task(name) is not None)

    def __iter__(self) -> Iterator[str]:
        yield from self.fixed
        yield from (f"{task.name}.due" for task in self.drafts.words.workflow.tasks)

    def __len__(self) -> int:
        return len(self.fixed) + len(self.drafts.words.workflow.tasks)

    def _task(self, name: str) -> Task | None:
        owner, dot, what = name.rpartition(".")
        if not dot or what != "due":
            return None
        return next((task for task in self.drafts.words.workflow.tasks if task.name == owner), None)


class DueOfMany(PhraseError):
    """“{task}”每期都有一个期限，这里不知指哪一期。请写日期，或让两项任务用同一周期。

    {task} has a due in every period, and it is not said which one is meant. Write a date, or give both tasks the same rhythm.
    """


def _period_names(period: Period | None) -> dict[str, Stretch]:
    if period is None:
        return {}
    end = replace(one_day(period.last), at=period.at, from_time=period.at)
    return {"period.start": one_day(period.first), "period.end": end}


def _rhythm_text(rhythm: Rhythm | None) -> str:
    if rhythm is None:
        return ""
    return rhythm.each or joined(rhythm.days)
