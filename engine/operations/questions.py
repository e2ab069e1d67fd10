"""What may be asked about many units at once, and whether its words are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import Echo
from engine.operations.campaigns import Running, TaskRef, choose, hint_for, period_of, task_of, unit_of
from engine.sentences import enumerated
from engine.store import paths
from engine.store.asked import Asked
from engine.store.database import Connection


class UnknownStage(Echo):
    """没有名为“{stage}”的阶段。{hint}

    There is no stage named “{stage}”. {hint}
    """


class UnknownLevelName(Echo):
    """没有级别“{level}”；工作流的级别有：{levels}。

    There is no level “{level}”; the workflow has: {levels}.
    """


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which units are meant: of a subtree, in a stage, of a level, held by a task (TASK or TASK@PERIOD).

    everybody: also those that are not stuck.
    """

    under: str | None = None
    stage: str | None = None
    level: str | None = None
    task: str | None = None
    everybody: bool = False


def asked_of(connection: Connection, campaign: str | None, question: Question, now: datetime) -> tuple[Running, Asked]:
    """The campaign, what is asked of the store, and the name of the task. Raises what is wrong with the names."""
    running = choose(connection, campaign)
    path = paths.EVERYWHERE if question.under is None else unit_of(connection, question.under).path
    position = _position(running, question.stage)
    if question.level is not None:
        _check_level(running, question.level)
    task, period = (None, None) if question.task is None else _occurrence(connection, running, TaskRef.parse(question.task))
    asked = Asked(
        campaign_id=running.id,
        path=path,
        now=running.instant(now),
        stage=position,
        level=question.level,
        task=task,
        period=period,
        unfinished=question.everybody,
    )
    return running, asked


def _occurrence(connection: Connection, running: Running, ref: TaskRef) -> tuple[str, str | None]:
    """The task, and the period where one is named: without it all of them are meant."""
    if ref.period is None:
        return task_of(running, ref.task).name, None
    task, period = period_of(connection, running, ref)
    return task.name, period


def _position(running: Running, stage: str | None) -> int | None:
    if stage is None:
        return None
    from_name: dict[str, int] = {name: s.position for s in running.stages for name in (s.name, s.title)}
    if stage not in from_name:
        raise UnknownStage(stage=stage, hint=hint_for(stage, tuple(from_name)))
    return from_name[stage]


def _check_level(running: Running, level: str) -> None:
    if level not in running.organisation.levels:
        raise UnknownLevelName(level=level, levels=enumerated(running.organisation.levels))
