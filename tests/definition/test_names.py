"""Whatever a file refers to by name must be there; a slip in a name is caught where it stands."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.reader import read_workflow
from tests.definition.workflow_texts import FULL, HEAD, replaced_at, slipped

# What is referred to, the text before the reference on its line, and the code of a slip.
REFERENCES = [
    ("工作方案", "after: [", "unknown-task"),
    ("准备阶段", "after: [工作方案, ", "unknown-task"),
    ("班级总结", "after: below.", "unknown-task"),
    ("学院", "bodies: {办公室: {at: [学校, ", "unknown-name"),
    ("书记", "联络员: {deputy: ", "unknown-name"),
    ("学校", "组长: {held_by: ", "unknown-who"),
    ("学院", "attributes:\n    ", "unknown-name"),
    ("班级", "groups: {基层: [学院, ", "unknown-who"),
    ("学院", "文科院: {who: ", "unknown-who"),
    ("类型", "文科院: {who: 学院, where: ", "unknown-name"),
    ("文科院", "工作点评:\n        for: ", "unknown-who"),
    ("书记", "owner: 学校.", "unknown-who"),
    ("学校", "owner: ", "unknown-who"),
    ("联络员", "owner: 学院.", "unknown-who"),
    ("基层", "note: 一式一份\n        owner: ", "unknown-who"),
    ("办公室", "deliver: [{to: ", "unknown-who"),
    ("办公室", "review: 学校.", "unknown-who"),
    ("superior", "review: {by: ", "unknown-who"),
    ("superior", "every: 2wd, most: 3, to: ", "unknown-who"),
    ("superior", "allow: {waive: ", "unknown-who"),
    ("学院", "allow: {waive: {by: ", "unknown-who"),
    ("班级", "for: [学院, ", "unknown-who"),
    ("校发", "cite: [", "unknown-source"),
    ("院发", "cite: [校发 二(一), ", "unknown-source"),
]
NAMES = {"学校", "学院", "班级", "书记", "联络员", "办公室", "组长", "基层", "文科院", "类型", "人数"}


def place_of(name: str, before: str) -> tuple[int, int]:
    at = FULL.index(before + name) + len(before)
    return FULL.count("\n", 0, at) + 1, at - FULL.rfind("\n", 0, at)


@pytest.mark.parametrize(
    ("name", "before", "code"), REFERENCES, ids=[f"{code}-{name}-{at}" for at, (name, _, code) in enumerate(REFERENCES)]
)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_slip_in_a_name_that_is_referred_to_is_caught_where_it_stands(name: str, before: str, code: str, seed: int) -> None:
    slip = slipped(name, random.Random(seed))
    if slip == name or slip in NAMES:
        return
    line, column = place_of(name, before)
    problems = read_workflow(replaced_at(FULL, line, column, name, slip), file="plan.yaml").problems
    written = before.rsplit(" ", 1)[-1]
    start = column - len(written) if written.endswith(".") else column
    assert (line, start, code) in [(problem.line, problem.column, problem.code) for problem in problems]


def codes(lines: str) -> list[str]:
    return [problem.code for problem in read_workflow(HEAD + lines, file="plan.yaml").problems]


@pytest.mark.parametrize("name", ["工作 小结", "小结!", "2031年小结", "小结（一）", "小-结", "a.b", "1"])
def test_a_name_is_made_of_letters_digits_and_underscores(name: str) -> None:
    assert codes(f'tasks: {{"{name}": {{owner: 院}}}}') == ["bad-name"]


@pytest.mark.parametrize("name", ["小结", "小结2", "_小结", "final_report", "Отчёт", "報告"])
def test_a_name_may_be_in_any_script(name: str) -> None:
    assert codes(f"tasks: {{{name}: {{owner: 院}}}}") == []


@pytest.mark.parametrize("name", ["院", "办公室", "书记", "基层", "大会", "准备"])
def test_a_task_cannot_take_a_name_that_means_something_else(name: str) -> None:
    assert codes(f"anchors: {{大会: undated}}\nstages: {{准备: {{}}}}\ntasks: {{{name}: {{owner: 院}}}}") == ["name-taken"]


@pytest.mark.parametrize(
    ("name", "expected"), [("spring-2031", []), ("春季_2031", []), ("spring games", ["bad-name"]), ("a/b", ["bad-name"])]
)
def test_a_workflow_may_have_hyphens_in_its_name(name: str, expected: list[str]) -> None:
    text = HEAD.replace("workflow: spring-report", f"workflow: {name}") + "tasks: {小结: {owner: 院}}"
    assert [problem.code for problem in read_workflow(text, file="plan.yaml").problems] == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"一": "二", "二": "一"}, ["after-cycle"]),
        ({"一": "一"}, ["after-cycle"]),
        ({"一": "二", "二": "三", "三": "一"}, ["after-cycle"]),
        ({"一": "[二, 三]", "二": "三"}, []),
        ({"一": "[二, 三]", "二": "三", "三": "二"}, ["after-cycle"]),
        ({"一": "二", "二": "一", "三": "四", "四": "三"}, ["after-cycle", "after-cycle"]),
        ({"一": "below.一"}, []),
        ({"一": "below.二", "二": "一"}, []),
        ({"一": "准备"}, []),
        ({"起草": "一", "一": "准备"}, ["after-cycle"]),
    ],
)
def test_what_waits_for_itself_is_refused_once_for_each_circle(after: dict[str, str], expected: list[str]) -> None:
    def line(name: str) -> str:
        return f"{name}: {{owner: 院, after: {after[name]}}}" if name in after else f"{name}: {{owner: 院}}"

    tasks = ", ".join(line(name) for name in ("一", "二", "三", "四"))
    assert codes(f"stages: {{准备: {{tasks: {{{line('起草')}}}}}}}\ntasks: {{{tasks}}}") == expected


def test_a_task_seen_from_another_unit_cannot_be_waited_for_yet() -> None:
    assert codes("tasks: {方案: {owner: 校}, 小结: {owner: 院, after: 校.方案}}") == ["not-yet"]


def test_a_long_chain_of_tasks_is_no_circle() -> None:
    chain = "\n".join(f"  task{n}: {{owner: 院, after: task{n + 1}}}" for n in range(2000))
    assert codes(f"tasks:\n{chain}\n  task2000: {{owner: 院}}\n") == []


@pytest.mark.parametrize(
    ("sources", "cite", "expected"),
    [
        ("", "三(二)5", []),
        ("sources: {省: {}}\n", "三(二)5", []),
        ("sources: {省: {}, 校: {}}\n", "三(二)5", ["unknown-source"]),
        ("sources: {省: {}, 校: {}}\n", "省 三(二)5", []),
        ("sources: {省: {}, 校: {}}\n", "校", []),
        ("sources: {省: {}, 校: {}}\n", "[省 一, 市 二]", ["unknown-source"]),
    ],
)
def test_with_several_sources_a_citation_names_one(sources: str, cite: str, expected: list[str]) -> None:
    assert codes(f"{sources}tasks: {{小结: {{owner: 院, cite: {cite}}}}}") == expected
