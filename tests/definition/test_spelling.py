"""Keys can be rewritten in Chinese and back; nothing else moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.definition.model import Workflow
from engine.definition.reader import read_workflow
from engine.definition.spelling import rewrite_keys
from engine.errors import FileProblems
from tests.definition.workflow_texts import FULL, HEAD


def read(text: str) -> Workflow:
    workflow = read_workflow(text, file="plan.yaml").workflow
    assert workflow is not None
    return workflow


def without_paths(workflow: Workflow) -> Workflow:
    """Paths are in the author's spelling; all else must be the same."""
    return replace(
        workflow,
        stages=tuple(replace(stage, path="") for stage in workflow.stages),
        tasks=tuple(replace(task, path="") for task in workflow.tasks),
        doubts=tuple(replace(doubt, path="") for doubt in workflow.doubts),
    )


def test_there_and_back_is_the_same_file() -> None:
    assert rewrite_keys(rewrite_keys(FULL, "zh"), "en") == FULL


def test_rewriting_into_the_spelling_it_has_changes_nothing() -> None:
    chinese = rewrite_keys(FULL, "zh")
    assert rewrite_keys(chinese, "zh") == chinese
    assert rewrite_keys(FULL, "en") == FULL


def test_both_spellings_are_read_as_the_same_workflow() -> None:
    assert without_paths(read(rewrite_keys(FULL, "zh"))) == without_paths(read(FULL))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tasks: # 任务\n  tasks: {owner: due}  # title\n", "任务: # 任务\n  tasks: {责任: due}  # title\n"),
        ("tasks:\r\n  a: {due: x}\r\n", "任务:\r\n  a: {期限: x}\r\n"),
        ('{"tasks":{"a":{"due":"x"}}}', '{"任务":{"a":{"期限":"x"}}}'),
        ("'tasks': {a: {title: 'title: x'}}", "'任务': {a: {标题: 'title: x'}}"),
        ("flows: {a: {due: x}}", "旁支: {a: {due: x}}"),
        ("tasks: {a: {due: {per: x, title: y}}}", "任务: {a: {期限: {per: x, title: y}}}"),
        ("tasks: {a: {ladder: [{at: 1d, title: x}], lenght: 3}}", "任务: {a: {提醒: [{时刻: 1d, 标题: x}], lenght: 3}}"),
        ("organisation: {bodies: {at: {at: a}}}", "组织: {部门: {at: {设在: a}}}"),
        ("\ufefftitle: x\n", "\ufeff标题: x\n"),
        ("tasks: {a: {artifact: {kind: document, parts: {count: {length: 3}}, count: han}}}",
         "任务: {a: {材料: {类型: document, 要点: {count: {字数: 3}}, 份数: han}}}"),
    ],
)  # fmt: skip
def test_only_keys_are_rewritten(text: str, expected: str) -> None:
    assert rewrite_keys(text, "zh") == expected


def test_two_spellings_of_one_key_do_not_become_one_key_written_twice() -> None:
    text = HEAD + "tasks: {小结: {owner: 院, due: 5月, 期限: 6月}}\n"
    with pytest.raises(FileProblems) as caught:
        rewrite_keys(text, "en", file="plan.yaml")
    assert [problem.code for problem in caught.value.problems] == ["two-spellings"]


def test_a_file_that_is_not_well_formed_is_left_alone() -> None:
    with pytest.raises(FileProblems) as caught:
        rewrite_keys("tasks: [", "zh", file="plan.yaml")
    assert [problem.code for problem in caught.value.problems] == ["yaml"]
