"""What everybody does who is not spoken of: the bulk of a journey, by rules, through the same decisions as a single step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine.errors import CampaignError
from engine.machine.states import ObligationState
from engine.operations.assigning import HandIn
from engine.operations.campaigns import Running, TaskRef, choose
from engine.operations.context import House
from engine.operations.directory import Directory
from engine.operations.handing_in import HandingIn, submit_many
from engine.operations.journey_file import Habit, Journey
from engine.operations.journey_papers import Papers
from engine.operations.judging import Accepting, accept_many
from engine.sentences import Sentence
from engine.store import obligations, paths
from engine.store.obligations import ObligationRow

_JUDGES = ("accept", "return")
_OWES = ("hand in", "waive")


class HabitFailed(CampaignError):
    """故事第 {line} 行的习惯行不通：{task} {period} 有 {count} 个单位被拒，第一个是 {unit}：{why}

    The habit on line {line} of the journey fails: {task} {period} was refused for {count} unit(s), the first is {unit}: {why}
    """


class Habits:
    """Keeps habits. A duty that a step hands in or waives is left to the steps; so is the judging of one that a step judges."""

    def __init__(self, house: House, journey: Journey, papers: Path) -> None:
        self.house = house
        self.papers = papers
        self.told = {kind: {step.duty for step in journey.steps if step.kind in kinds} for kind, kinds in _LEFT_ALONE.items()}

    def keep(self, habit: Habit, task: str, period: str, at: datetime) -> int:
        """Hand in, or accept, one occurrence for all units of which nothing else is told; how many. Raises HabitFailed."""
        ref = TaskRef(task=task, period=period)
        with self.house.database.read() as connection:
            running = choose(connection, None, writing=True)
            directory = Directory(connection, running.organisation, running.day(at))
            rows = obligations.under(connection, running.id, task, period, paths.EVERYWHERE)
            directory.prefetch([row.unit_id for row in rows] + [row.owner_id for row in rows])
            chosen = [(row, directory.unit(row.unit_id).code) for row in rows]
            chosen = [(row, unit) for row, unit in chosen if self._is_kept(row, unit, habit)]
            people = [_person(directory, row, habit) for row, _ in chosen]
        if habit.kind == "accept":
            seen = [Accepting(unit=unit, version=row.version, by=by) for (row, unit), by in zip(chosen, people, strict=True)]
            return self._settled(habit, ref, [(line.unit, line.error) for line in accept_many(self.house, None, ref, seen, now=at)])
        given = self._given(running, habit, ref, at)
        many = [HandingIn(unit=unit, given=given(unit), by=by) for (_, unit), by in zip(chosen, people, strict=True)]
        return self._settled(habit, ref, [(line.unit, line.error) for line in submit_many(self.house, None, ref, many, now=at)])

    def _is_kept(self, row: ObligationRow, unit: str, habit: Habit) -> bool:
        told = self.told[habit.kind]
        if (unit, row.task) in told or (unit, f"{row.task}@{row.period}") in told:
            return False
        return habit.kind == "hand in" or row.state is ObligationState.SUBMITTED

    def _given(self, running: Running, habit: Habit, ref: TaskRef, at: datetime) -> Callable[[str], HandIn]:
        """What a unit hands in: everybody says the same of an act, and writes papers of its own."""
        declared = running.workflow.task(ref.task)
        if not declared.items:
            act = HandIn(on_day=running.day(at), statement=habit.say or Sentence("已按要求完成。", "Done as asked.").zh)
            return lambda unit: act
        return lambda unit: Papers(folder=self.papers, mark=f"{unit}_{ref.task}{ref.period}", chars=habit.chars).of(
            declared.items, unit, habit.filled
        )

    def _settled(self, habit: Habit, ref: TaskRef, lines: list[tuple[str, CampaignError | None]]) -> int:
        failed = [(unit, error) for unit, error in lines if error is not None]
        if failed:
            unit, error = failed[0]
            raise HabitFailed(line=habit.line, task=ref.task, period=ref.period, count=len(failed), unit=unit, why=reasons(error))
        return len(lines)


def _person(directory: Directory, row: ObligationRow, habit: Habit) -> str:
    """Whoever answers for the seat that has to act."""
    at, role = (row.reviewer_id or row.owner_id, row.reviewer_role) if habit.kind == "accept" else (row.owner_id, row.owner_role)
    found = directory.answering(at, role).holders
    return (found[0].email or found[0].name) if found else ""


_LEFT_ALONE = {"hand in": _OWES, "accept": _JUDGES}


def reasons(error: CampaignError) -> Sentence:
    """An error in words, with every reason of a refusal."""
    verdicts = getattr(error, "verdicts", ())
    if not verdicts:
        return error.sentence
    zh, en = ("；".join(verdict.sentence.say("zh") for verdict in verdicts), "; ".join(verdict.sentence.say("en") for verdict in verdicts))
    return Sentence("{zh}", "{en}", {"zh": zh, "en": en})
