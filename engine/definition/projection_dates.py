"""From days to instants: when an occurrence is due, late and locked, which stage it gates, and when its rungs fire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from engine.definition.model import Rung, Task
from engine.definition.projection_model import OccurrenceDates, RungDates, StageDates
from engine.definition.projection_names import Draft
from engine.definition.projection_reading import Words, last_text
from engine.definition.projection_tasks import Drafts
from engine.definition.projection_text import last_day
from engine.timing.instants import end_of, start_of
from engine.timing.ladders import RungTime, rung_instants
from engine.timing.moving import moved_by
from engine.timing.spans import Span
from engine.timing.stretches import Stretch, waiting

RungKey = tuple[date | None, time | None, Span, Span | None, int | None]


@dataclass(frozen=True, kw_only=True)
class Finish:
    """Makes occurrences of drafts. `sending`: the local hour at which reminders go out.

    fired: the rungs of a due, kept because many tasks are due on the same days with the same ladder.
    """

    drafts: Drafts
    stages: tuple[StageDates, ...]
    sending: time
    fired: dict[RungKey, Sequence[RungTime]] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The workflow's wordings as read."""
        return self.drafts.words

    def occurrence(self, draft: Draft) -> OccurrenceDates:
        """A draft with its instants. What waits for something has no due, is never late and has no rungs."""
        due = waiting(*draft.pending_on) if draft.pending_on else draft.due
        return OccurrenceDates(
            task=draft.task.name,
            period=draft.name,
            period_title=draft.title,
            position=self.position(draft.task, due),
            wording=draft.wording,
            opens=start_of(draft.opening, self.words.zone),
            due=end_of(due, self.words.zone),
            due_text=last_text(due) or "",
            late=self.late(draft.task, due),
            lock=self.lock(draft, due),
            on_entry=draft.on_entry,
            pending_on=draft.pending_on,
            rungs=self.rungs(draft.task, due),
            moved_from=due.rolled_from.isoformat() if due.rolled_from else "",
        )

    def position(self, task: Task, due: Stretch) -> int:
        """The stage a task gates: the one it is written in; else the earliest that does not close before the due; else the last."""
        if task.stage is not None:
            return next(stage.position for stage in self.stages if stage.name == task.stage)
        unmoved = due.rolled_from or due.last
        reaching = [stage.position for stage in self.stages if unmoved and self._reaches(stage, unmoved)]
        return reaching[0] if reaching else len(self.stages) - 1

    def _reaches(self, stage: StageDates, day: date) -> bool:
        """An open end reaches every day after the opening; a stage whose dates are not known reaches none."""
        if stage.closes is not None:
            return last_day(stage.closes, self.words.zone) >= day
        known = stage.opens is not None and not stage.pending_on
        return known and stage.opens is not None and stage.opens.astimezone(self.words.zone).date() <= day

    def late(self, task: Task, due: Stretch) -> datetime | None:
        """The end of the due and its grace: the task's own, else that of 左右."""
        if due.pending_on:
            return None
        path = f"{task.path}.grace"
        grace = self.words.span(path, task.grace) if task.grace is not None else due.grace
        return end_of(self._moved(path, due, grace), self.words.zone)

    def _moved(self, path: str, due: Stretch, span: Span | None) -> Stretch:
        if span is None or span.count == 0:
            return due
        words, text = self.words, f"{span.count}{span.unit}"
        return words.attempt(path, lambda: moved_by(due, span, words.calendar, words.zone, text, 1)) or due

    def lock(self, draft: Draft, due: Stretch) -> datetime | None:
        """From when on nothing is taken; `due` in its wording is the due given, so that a relative lock moves with it."""
        if draft.task.lock is None:
            return None
        names = self.drafts.names(draft.task, draft.period, {"due": due})
        path = f"{draft.task.path}.lock"
        read = self.words.read(path, draft.task.lock, draft.context, names, period=draft.name)
        return end_of(self.words.needs_end(path, read), self.words.zone)

    def rungs(self, task: Task, due: Stretch) -> tuple[RungDates, ...]:
        """Every rung and repeat in firing order, numbered from 1. What may be left undone is not chased after its due."""
        if due.last is None:
            return ()
        end = end_of(due, self.words.zone)
        fired = [(at, index) for index, rung in enumerate(task.ladder) for at in self._rung(task, index, rung, due)]
        kept = sorted((at, index) for at, index in fired if task.modality != "may" or end is None or at < end)
        return tuple(RungDates(number=number, rung=index, at=at) for number, (at, index) in enumerate(kept, start=1))

    def _rung(self, task: Task, index: int, rung: Rung, due: Stretch) -> Sequence[datetime]:
        return [one.at for one in self.times(task, index, rung, due)]

    def times(self, task: Task, index: int, rung: Rung, due: Stretch) -> Sequence[RungTime]:
        """When one rung fires, its repeats included, and from which day each was moved; nothing where it cannot be read."""
        path = rung_path(task, index)
        offset = self.words.span(f"{path}.at", rung.at)
        repeat = self.words.span(f"{path}.every", rung.every) if rung.every is not None else None
        if offset is None:
            return ()
        words, key = self.words, (due.last, due.at, offset, repeat, rung.most)
        if key not in self.fired:
            times = words.attempt(path, lambda: rung_instants(due, offset, repeat, rung.most, words.calendar, words.zone, self.sending))
            if times is None:
                return ()
            self.fired[key] = times
        return self.fired[key]


def rung_path(task: Task, index: int) -> str:
    """Where a rung is written: at its task, or in the ladder of a block that the task takes over."""
    return task.ladder[index].path or f"{task.path}.ladder[{index + 1}]"
