"""What a reader of dates must not pass over in silence: openings of one's own, next years, windows, signs of reminders, spellings."""

from __future__ import annotations

import pytest

from engine.definition.codec import decode, encode
from engine.definition.consistency import check_whole
from engine.definition.model import Workflow
from engine.definition.projection import project
from engine.definition.projection_model import DateIssue, Reading
from engine.definition.reader import read_workflow
from engine.definition.spelling import rewrite_keys
from tests.definition.workflow_texts import FULL, HEAD


def compiled(text: str) -> Workflow:
    found = read_workflow(text, file="plan.yaml")
    assert found.workflow is not None, found.problems
    return found.workflow


def issues(text: str) -> list[DateIssue]:
    workflow = compiled(text)
    projection, own = project(workflow)
    return [*own, *check_whole(workflow, projection)]


def found(text: str, code: str) -> list[tuple[str, str]]:
    return [(one.path, one.severity) for one in issues(text) if one.code == code]


def readings(text: str) -> dict[str, list[Reading]]:
    by_path: dict[str, list[Reading]] = {}
    for reading in project(compiled(text))[0].readings:
        by_path.setdefault(reading.path, []).append(reading)
    return by_path


@pytest.mark.parametrize("due", ["5日内", "3个工作日内", "opens + 5d", "[2031-05-01, opens + 5d]"])
@pytest.mark.parametrize(
    ("stage", "task"),
    [("window: 3月", "after: 方案"), ("window: 3月", "opens: on_entry"), ("opens: on_entry, due: 5月", "modality: must"),
     ("window: 3月", "opens: 3月5日, after: 方案")],
)  # fmt: skip
def test_a_due_counted_from_an_opening_that_differs_per_unit_is_not_yet(due: str, stage: str, task: str) -> None:
    body = f"stages: {{一: {{{stage}, tasks: {{方案: {{owner: 院, due: 3月20日}}, 小结: {{owner: 院, {task}, due: {due}}}}}}}}}\n"
    assert found(HEAD + body, "not-yet") == [("stages.一.tasks.小结.due", "error")]


@pytest.mark.parametrize("task", ["due: 5日内, opens: 3月5日", "due: 3月20日, after: 方案", "due: 方案.due + 5d, after: 方案"])
def test_a_due_that_is_the_same_for_all_is_dated(task: str) -> None:
    body = f"stages: {{一: {{window: 3月, tasks: {{方案: {{owner: 院, due: 3月20日}}, 小结: {{owner: 院, {task}}}}}}}}}\n"
    assert found(HEAD + body, "not-yet") == []


@pytest.mark.parametrize(
    ("window", "codes"),
    [
        ("2031年4月25日—6月30日", []),
        ("2031年4月25日—7月1日", ["outside-window"]),
        ("2031年2月28日—4月1日", ["outside-window"]),
        ("2031年3月1日—4月1日", []),
        ("2031年6月25日—6月1日", ["crosses-year", "outside-window"]),
        ("2031年6—5月", ["crosses-year", "outside-window"]),
    ],
)
def test_a_stage_lies_inside_the_window_of_the_file(window: str, codes: list[str]) -> None:
    text = f"{HEAD}stages: {{一: {{window: {window}, tasks: {{小结: {{owner: 院}}}}}}}}\n"
    told = [(one.code, one.severity) for one in issues(text) if one.code in ("crosses-year", "outside-window")]
    assert sorted(told) == [(code, "warning" if code == "crosses-year" else "error") for code in codes]


def test_a_range_that_takes_the_next_year_within_its_window_needs_no_second_look() -> None:
    text = HEAD.replace("2031年3月—6月底", "2031-03-01—2032-06-30") + "tasks: {小结: {owner: 院, window: 2031年11月—2月}}\n"
    assert found(text, "crosses-year") == []


def test_the_year_it_runs_on_into_is_said() -> None:
    text = f"{HEAD}tasks: {{小结: {{owner: 院, window: 2031年6月25日—6月1日}}}}\n"
    [one] = [one for one in issues(text) if one.code == "crosses-year"]
    assert "跨到 2032 年" in one.message.say("zh")
    assert one.path == "tasks.小结.window"


@pytest.mark.parametrize(("due", "told"), [("6月29日", False), ("6月30日", False), ("2031年7月1日", True)])
def test_a_single_due_beyond_the_window_is_worth_a_look(due: str, told: bool) -> None:
    text = f"{HEAD}tasks: {{小结: {{owner: 院, due: {due}}}}}\n"
    assert found(text, "outside-window") == ([("tasks.小结.due", "warning")] if told else [])


@pytest.mark.parametrize(("at", "told"), [("3d", True), ("3个工作日", True), ("+3d", False), ("-3d", False), ("0d", False)])
def test_a_reminder_without_a_sign_is_worth_a_look(at: str, told: bool) -> None:
    text = f"{HEAD}tasks: {{小结: {{owner: 院, due: 5月20日, ladder: [{{at: -1d}}, {{at: {at}}}]}}}}\n"
    assert found(text, "rung-unsigned") == ([("tasks.小结.ladder[2].at", "warning")] if told else [])


@pytest.mark.parametrize(
    ("rung", "urgent", "told"),
    [
        ("at: -4h", False, True),
        ("at: -90min", False, True),
        ("at: +1d, every: 4h, most: 3", False, True),
        ("at: -4h", True, False),
        ("at: -1d", False, False),
        ("at: +1wd, every: 2d", False, False),
    ],
)
def test_hours_that_nobody_would_be_told_in_are_worth_a_look(rung: str, urgent: bool, told: bool) -> None:
    task = f"owner: 院, due: 5月20日, urgent: {str(urgent).lower()}, ladder: [{{at: -3d}}, {{{rung}}}]"
    assert found(f"{HEAD}tasks: {{小结: {{{task}}}}}\n", "rung-by-hours") == ([("tasks.小结.ladder[2].at", "warning")] if told else [])


def test_every_reminder_is_shown_with_its_day() -> None:
    ladder = "[{at: -3d}, {at: +1wd, every: 2wd, most: 3}]"
    shown = readings(f"{HEAD}tasks: {{小结: {{owner: 院, due: 2031-05-20, ladder: {ladder}}}}}\n")
    [before], [after] = shown["tasks.小结.ladder[1].at"], shown["tasks.小结.ladder[2].at"]
    assert (before.wording, before.due) == ("-3d", "2031-05-16 08:30")
    assert "2031-05-17" in before.remarks[0].say("zh")
    assert (after.wording, after.due) == ("+1wd", "2031-05-21 08:30")
    assert "共3次" in after.remarks[0].say("zh")


@pytest.mark.parametrize(
    ("rung", "last"), [("at: -4h, every: 1h, most: 3", "2031-05-20 22:00"), ("at: -4h, every: 1d, most: 3", "2031-05-22")]
)
def test_the_last_of_several_is_shown_as_exactly_as_it_has_to_be(rung: str, last: str) -> None:
    shown = readings(f"{HEAD}tasks: {{小结: {{owner: 院, due: 2031-05-20, ladder: [{{{rung}}}]}}}}\n")
    [reading] = shown["tasks.小结.ladder[1].at"]
    assert reading.due == "2031-05-20 20:00" and f"共3次，末次{last}" in [one.say("zh") for one in reading.remarks]


def test_a_ladder_of_the_file_is_shown_once_at_its_own_place_and_the_house_ladder_never() -> None:
    text = f"{HEAD}ladder: [{{at: -5d}}]\ntasks: {{甲事: {{owner: 院, due: 5月20日}}, 乙事: {{owner: 院, due: 5月21日}}}}\n"
    [reading] = readings(text)["ladder[1].at"]
    assert "甲事" in reading.remarks[0].say("zh")
    assert found(text.replace("-5d", "5d"), "rung-unsigned") == [("ladder[1].at", "warning")]
    house = f"{HEAD}tasks: {{甲事: {{owner: 院, due: 5月20日}}}}\n"
    assert [path for path in readings(house) if "ladder" in path] == []


def test_a_shown_reminder_is_no_warning_of_its_own() -> None:
    text = f"{HEAD}tasks: {{小结: {{owner: 院, due: 2031-05-20, ladder: [{{at: -3d}}]}}}}\n"
    assert [one.code for one in issues(text) if "ladder" in one.path] == []


def test_paths_are_spelled_as_the_author_spells_keys() -> None:
    chinese = readings(rewrite_keys(FULL, "zh"))
    assert "任务.班级总结.期限" in chinese
    assert "阶段.总结阶段.任务.工作点评.周期.自" in chinese
    assert "来源.校发.印发" in chinese
    assert not [path for path in chinese if any(f".{key}" in f".{path}" for key in ("tasks", "due", "every", "sources", "at", "window"))]
    assert "tasks.班级总结.due" in readings(FULL)


def test_a_key_that_is_not_written_is_spelled_as_most_are() -> None:
    text = HEAD + "任务: {小结: {责任: 院, 标题: 甲, 依据: 乙, 说明: 丙, 紧急: 否, 要求: 必须, 对象: 院, 材料: {字数: 10字以上}}}\n"
    english = [one.path for one in read_workflow(text, file="plan.yaml").problems]
    assert english == ["任务.小结.材料.kind"]
    assert [one.path for one in read_workflow(rewrite_keys(text, "zh"), file="plan.yaml").problems] == ["任务.小结.材料.类型"]


def test_what_only_shows_the_author_the_file_is_not_stored() -> None:
    workflow = compiled(FULL)
    assert workflow.task("工作方案").ladder[0].path
    stored = decode(Workflow, encode(workflow))
    assert stored == workflow
    assert stored.task("工作方案").ladder[0].path == ""
