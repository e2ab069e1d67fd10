"""Stages that nobody can ever leave: what gates them waits for something that opens only when they have been left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.definition.model import Task, Workflow
from engine.definition.projection_model import DateIssue, Projection
from engine.definition.who_check import levels_of
from engine.sentences import Sentence


def order_issues(workflow: Workflow, projection: Projection) -> Iterator[DateIssue]:
    """An error at each place that is part of such a deadlock; a task that opens on entry is told of once."""
    stages: dict[str, set[int]] = {}
    for one in projection.occurrences:
        stages.setdefault(one.task, set()).add(one.position)
    waits = _Waits(workflow=workflow, tasks={task.name: task for task in workflow.tasks}, stages=stages)
    entering = {one.task: one.position for one in projection.occurrences if one.on_entry}
    for name, position in entering.items():
        yield from waits.deadlock(waits.tasks[name], position)


@dataclass(frozen=True, kw_only=True)
class _Waits:
    """Who waits for whom. stages: the positions of the stages that each task gates."""

    workflow: Workflow
    tasks: Mapping[str, Task]
    stages: Mapping[str, set[int]]

    def deadlock(self, entering: Task, position: int) -> Iterator[DateIssue]:
        """The first that gates an earlier stage and waits, directly or through others, for a task that opens on entry to a later one."""
        for gating in self._waiting_for(entering):
            earlier = [place for place in self.stages.get(gating.name, ()) if place < position]
            if earlier and gating.modality != "may" and self._share_a_case(gating, entering):
                stage = self.workflow.stages[min(earlier)].name
                yield _deadlock(stage, gating, entering, f"{gating.path}.after")
                yield _deadlock(stage, gating, entering, self._place_of_entry(entering))
                return

    def _waiting_for(self, first: Task) -> Iterator[Task]:
        seen, open_ = {first.name}, [first.name]
        while open_:
            for name in self._downstream.get(open_.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    open_.append(name)
                    yield self.tasks[name]

    @cached_property
    def _downstream(self) -> Mapping[str, list[str]]:
        """For each task those that wait for it about the same unit."""
        found: dict[str, list[str]] = {}
        for task in self.workflow.tasks:
            for name in self._upstream(task):
                found.setdefault(name, []).append(task.name)
        return found

    def _upstream(self, task: Task) -> Iterator[str]:
        """Two rhythms meet in a period that may be over, so that no stage hangs on them."""
        places = {stage.name: place for place, stage in enumerate(self.workflow.stages)} if task.after else {}
        for after in task.after:
            if after.name in places:
                yield from (name for name, gated in self.stages.items() if places[after.name] in gated and name != task.name)
            elif not after.below and not (task.every and self.tasks[after.name].every):
                yield after.name

    def _share_a_case(self, one: Task, other: Task) -> bool:
        """Whether one unit's case may hold both; conditions that differ may mean different units and are left alone."""
        organisation = self.workflow.organisation
        common = set(levels_of(one.subjects, organisation)) & set(levels_of(other.subjects, organisation))
        return bool(common) and (one.subjects == other.subjects or not (one.subjects.where and other.subjects.where))

    def _place_of_entry(self, task: Task) -> str:
        """Where it is written that the task opens on entry: at itself, or at its stage."""
        stage = next((stage.path for stage in self.workflow.stages if stage.name == task.stage), "")
        return f"{task.path}.opens" if task.opens is not None else f"{stage}.opens"


def _deadlock(stage: str, gating: Task, entering: Task, path: str) -> DateIssue:
    return DateIssue(
        path=path,
        code="stage-deadlock",
        message=Sentence(
            "谁也离不开阶段“{stage}”：它要等“{gating}”办完，“{gating}”要等“{entering}”，而“{entering}”要离开这个阶段以后才开始。",
            'Nobody can ever leave "{stage}": it waits for "{gating}", that for "{entering}", and this opens only once it has been left.',
            {"stage": stage, "gating": gating.name, "entering": entering.name},
        ),
        hint=Sentence(
            "请去掉这个 after（先办），或给“{entering}”写一个日期，不写“进入时”。",
            'Take away the `after`, or give "{entering}" a date instead of `on_entry`.',
            {"entering": entering.name},
        ),
    )
