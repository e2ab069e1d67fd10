"""One period of a task as days, and the names that the wordings of a task may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.definition.model import Task, Workflow
from engine.sentences import Sentence, plain
from engine.timing.context import PhraseContext
from engine.timing.errors import PhraseError
from engine.timing.rhythms import Period
from engine.timing.stretches import Stretch, one_day


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


@dataclass(frozen=True, kw_only=True)
class Names(Mapping[str, Stretch]):
    """What a wording may name: the named days, and `TASK.due`, read when it is asked for."""

    workflow: Workflow
    drafts_of: Callable[[Task], tuple[Draft, ...]]
    period: Period | None
    fixed: Mapping[str, Stretch]

    def __getitem__(self, name: str) -> Stretch:
        if name in self.fixed:
            return self.fixed[name]
        task = self._task(name)
        if task is None:
            raise KeyError(name)
        found = self.drafts_of(task)
        if not task.every:
            return end_day(found[0].due)
        # Tasks of one rhythm meet in the same period.
        same = [draft.due for draft in found if self.period and draft.name == self.period.name]
        if not same:
            raise DueOfMany(text=name, position=1, task=task.name)
        return end_day(same[0])

    def __contains__(self, name: object) -> bool:
        return name in self.fixed or (isinstance(name, str) and self._task(name) is not None)

    def __iter__(self) -> Iterator[str]:
        yield from self.fixed
        yield from (f"{task.name}.due" for task in self.workflow.tasks)

    def __len__(self) -> int:
        return len(self.fixed) + len(self.workflow.tasks)

    def _task(self, name: str) -> Task | None:
        owner, dot, what = name.rpartition(".")
        if not dot or what != "due":
            return None
        return next((task for task in self.workflow.tasks if task.name == owner), None)


class DueOfMany(PhraseError):
    """“{task}”每期都有一个期限，这里不知指哪一期。请写日期，或让两项任务用同一周期。

    {task} has a due in every period, and it is not said which one is meant. Write a date, or give both tasks the same rhythm.
    """


def end_day(due: Stretch) -> Stretch:
    """The day on which a due ends, which is what counts from a due count from; a due that waits as it is."""
    return due if due.last is None else replace(due, first=due.last, from_time=due.at)


def period_names(period: Period | None) -> dict[str, Stretch]:
    """What a wording of a recurring task may call its period."""
    if period is None:
        return {}
    end = replace(one_day(period.last), at=period.at, from_time=period.at)
    return {"period.start": one_day(period.first), "period.end": end}


def assessed_names(assessed: Stretch) -> dict[str, Stretch]:
    """The same for a once-only task that says which stretch it assesses."""
    if assessed.pending_on or assessed.first is None or assessed.last is None:
        unknown = Stretch(pending_on=assessed.pending_on)
        return {"period.start": unknown, "period.end": unknown}
    end = replace(one_day(assessed.last), at=assessed.at, from_time=assessed.at)
    return {"period.start": replace(one_day(assessed.first), from_time=assessed.from_time), "period.end": end}
