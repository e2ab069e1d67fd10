"""A stage that nobody can ever leave is told as an error, at both places; what only looks like one is not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definition.consistency import check_whole
from engine.definition.model import After, Rhythm, Task, Who, Workflow
from engine.definition.projection import project
from tests.definition.projection_samples import stage, task, workflow

ONE, TWO = stage("一", "3月"), stage("二", "4月—5月")
V = (After(name="v"),)
ENTERING: dict[str, Any] = {"opens": "on_entry", "due": "4月底"}


def told(*tasks: Task, **fields: Any) -> list[tuple[str, str]]:
    plan: Workflow = workflow(*tasks, **{"stages": (ONE, TWO)} | fields)
    projection, issues = project(plan)
    assert not issues
    return [(issue.path, issue.severity) for issue in check_whole(plan, projection) if issue.code == "stage-deadlock"]


BOTH = [("stages.一.tasks.u.after", "error"), ("stages.二.tasks.v.opens", "error")]


def test_what_gates_a_stage_cannot_wait_for_what_opens_when_it_is_left() -> None:
    assert told(task("u", "一", after=V), task("v", "二", **ENTERING)) == BOTH


def test_the_way_round_may_be_longer() -> None:
    between = task("w", "二", after=V)
    assert told(task("u", "一", after=(After(name="w"),)), between, task("v", "二", **ENTERING)) == BOTH


def test_waiting_for_the_whole_later_stage_is_the_same() -> None:
    assert told(task("u", "一", after=(After(name="二"),)), task("v", "二", **ENTERING)) == BOTH


def test_a_stage_that_opens_on_entry_gives_this_to_its_tasks() -> None:
    later = stage("二", due="5月底", opens_on_entry=True)
    assert told(task("u", "一", after=V), task("v", "二"), stages=(ONE, later)) == [BOTH[0], ("stages.二.opens", "error")]


def test_a_task_of_the_file_gates_the_stage_in_which_it_falls_due() -> None:
    assert told(task("u", due="3月20日", after=V), task("v", "二", **ENTERING))
    assert not told(task("u", due="4月20日", after=V), task("v", "二", **ENTERING))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (task("u", "一", after=V), task("v", "二")),
        (task("u", "一", after=V, modality="may"), task("v", "二", **ENTERING)),
        (task("u", "一"), task("v", "二", after=(After(name="u"),), **ENTERING)),
        (task("u", "二", after=V), task("v", "二", **ENTERING)),
        (task("u", "二", after=V), task("v", "一", opens="on_entry")),
        (task("u", "一", owner="college", after=V), task("v", "二", **ENTERING)),
        (task("u", "一", after=(After(name="v", below=True),)), task("v", "二", **ENTERING)),
    ],
    ids=["opens by the calendar", "gates nothing", "waits forwards", "same stage", "backwards", "another unit", "units below"],
)
def test_what_can_go_on_is_not_told(first: Task, second: Task) -> None:
    assert told(first, second) == []


def test_conditions_that_differ_may_mean_different_units() -> None:
    def chosen(task: Task, where: str) -> Task:
        return Task(**{**vars(task), "subjects": Who(terms=("branch",), where=where)})

    first, second = task("u", "一", after=V), task("v", "二", **ENTERING)
    assert not told(chosen(first, "code == 'A'"), chosen(second, "code == 'B'"))
    assert told(chosen(first, "code == 'A'"), chosen(second, "code == 'A'")) == BOTH
    assert told(chosen(first, "code == 'A'"), second) == BOTH


def test_two_rhythms_meet_in_a_period_that_may_be_over() -> None:
    monthly = Rhythm(each="month")
    assert not told(task("u", every=monthly, after=V), task("v", "二", every=monthly, opens="on_entry"))
    assert told(task("u", "一", after=V), task("v", "二", every=monthly, opens="on_entry")) == BOTH


def test_a_file_without_stages_has_none_to_leave() -> None:
    assert told(task("u", after=V), task("v", opens="on_entry", owner="branch"), stages=()) == []
