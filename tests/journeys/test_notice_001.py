"""The file of the notice of 2010: every item of it is there, every doubt is settled, and the dates are those of the notice."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.exchange.roster import read_roster
from engine.operations.loading import Checked, check_file
from tests.journeys.make_roster import NO_ADDRESS, ROSTER, SCHOOL, VACANT, make_roster

FILE = ROSTER.parent / "workflow.yaml"


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_file(FILE)


HALVES = ["2010-12-31", "2011-06-30"]
QUARTERS = ["2010-09-30", "2010-12-31", "2011-03-31", "2011-06-30", "2011-09-30", "2011-12-31", "2012-03-31", "2012-06-30"]
FIRST, SECOND, THIRD = ["2010-05-31"], ["2011-06-30"], ["2012-06-30"]
UNDATED = [""]
# Each numbered item of the notice: its clause, the tasks that answer it, how binding it is, and when it is due.
ITEMS: dict[str, tuple[str, tuple[str, ...], str, list[str]]] = {
    "S1-01": ("三(一)一", ("动员部署会",), "must", FIRST),
    "S1-02": ("三(一)二", ("实施方案",), "must", FIRST),
    "S1-03": ("三(一)二", ("个人打算",), "must", FIRST),
    "S1-04": ("三(一)二", ("组织承诺", "党员承诺"), "must", FIRST),
    "S1-05": ("三(一)三", ("学习讲话",), "must", FIRST),
    "S1-06": ("三(二)", ("开展活动",), "must", SECOND),
    "S1-07": ("三(二)1", ("党性教育",), "must", SECOND),
    "S1-08": ("三(二)1", ("党性分析和党员评议",), "must", ["2010-12-31"]),
    "S1-09": ("三(二)1", ("党性分析报告",), "should", ["2010-12-31"]),
    "S1-10": ("三(二)2", ("岗位奉献", "立志成才"), "must", SECOND),
    "S1-11": ("三(二)3", ("服务群众",), "must", SECOND),
    "S1-12": ("三(二)4", ("组织创新",), "must", SECOND),
    "S1-13": ("三(二)5", ("评议组织",), "should", HALVES),
    "S1-14": ("三(二)5", ("评议党员",), "should", HALVES),
    "S1-15": ("三(二)5", ("组织评议台账", "党员评议台账"), "must", HALVES),
    "S1-16": ("三(三)一", ("展示成果",), "must", THIRD),
    "S1-17": ("三(三)二", ("总结",), "must", THIRD),
    "S1-18": ("三(三)三", ("考核组织",), "must", THIRD),
    "S1-19": ("三(三)三", ("考核党员",), "must", THIRD),
    "S1-20": ("三(三)三", ("表彰优秀党员",), "must", ["2011-06-30"]),
    "S1-21": ("三(三)三", ("专项表彰",), "must", THIRD),
    "S1-22": ("三(三)三", ("适时表彰",), "may", UNDATED),
    "S1-23": ("三(三)四", ("完善机制",), "must", THIRD),
    "S1-24": ("四1", ("成立领导小组",), "must", FIRST),
    "S1-25": ("四1", ("综合协调",), "should", THIRD),
    "S1-26": ("四1", ("开展活动", "实施方案"), "must", []),
    "S1-27": ("四2", ("督促检查",), "may", UNDATED),
    "S1-28": ("四2", ("领导点评",), "should", QUARTERS),
    "S1-29": ("四3", ("典型宣传",), "may", UNDATED),
}


def test_the_table_holds_all_twenty_nine_items() -> None:
    assert list(ITEMS) == [f"S1-{number:02}" for number in range(1, 30)]


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_is_a_task_with_its_clause_its_modality_and_its_dates(checked: Checked, item: str) -> None:
    assert checked.workflow is not None and checked.projection is not None
    clause, names, modality, dues = ITEMS[item]
    for name in names:
        task = checked.workflow.task(name)
        assert clause in task.cite
        assert task.modality == modality
        if dues:
            assert [one.due_text for one in checked.projection.occurrences if one.task == name] == dues


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_is_named_in_the_comment_above_its_task(item: str) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    named = next(number for number, line in enumerate(lines) if re.match(rf"\s*# .*{item}\b", line) and number > 20)
    below = next(line for line in lines[named:] if not line.lstrip().startswith("#"))
    assert below.strip().partition(":")[0] in ITEMS[item][1]


def test_every_task_answers_an_item_or_is_marked_as_the_offices_own(checked: Checked) -> None:
    assert checked.workflow is not None
    answering = {name for _, names, _, _ in ITEMS.values() for name in names}
    own = {task.name for task in checked.workflow.tasks} - answering
    assert own == {"总结汇总"}
    assert any("本办公室自定" in doubt.why and "总结汇总" in doubt.path for doubt in checked.workflow.doubts)


@pytest.mark.parametrize(
    ("name", "opens", "closes"),
    [
        ("广泛发动安排部署", "2010-05-11", "2010-05-31"),
        ("全面争创扎实推进", "2010-06-01", "2011-06-30"),
        ("系统总结完善机制", "2011-07-01", "2012-06-30"),
    ],
)
def test_each_stage_has_the_window_of_the_notice(checked: Checked, name: str, opens: str, closes: str) -> None:
    assert checked.projection is not None
    zone = ZoneInfo("Asia/Shanghai")
    stage = next(one for one in checked.projection.stages if one.name == name)
    assert stage.opens is not None and stage.closes is not None
    assert f"{stage.opens.astimezone(zone):%Y-%m-%d}" == opens
    assert f"{stage.closes.astimezone(zone) - timedelta(seconds=1):%Y-%m-%d}" == closes


def test_the_file_is_sound_and_only_warns_of_what_the_notice_itself_says(checked: Checked) -> None:
    assert checked.sound
    assert Counter(problem.code for problem in checked.problems) == {"on-holiday": 3, "undated": 1}


def test_every_doubt_is_settled_and_the_offices_own_rules_say_so(checked: Checked) -> None:
    assert checked.workflow is not None
    assert [doubt.settled for doubt in checked.workflow.doubts] == ["党委工作部"] * 5
    own = [doubt.path for doubt in checked.workflow.doubts if "本办公室自定" in doubt.why]
    assert [path.removesuffix(".材料").rpartition(".")[2] for path in own] == ["总结", "总结汇总"]


def test_every_task_says_where_it_is_written(checked: Checked) -> None:
    assert checked.workflow is not None
    assert [task.name for task in checked.workflow.tasks if not task.cite] == []


def test_the_committed_roster_is_what_the_generator_writes() -> None:
    assert read_roster(ROSTER) == make_roster()


def test_the_roster_is_a_university_of_138_units_with_one_vacancy_and_one_missing_address() -> None:
    roster = make_roster()
    above = {unit.code: unit.superior for unit in roster.units}
    assert Counter(unit.level for unit in roster.units) == {"学校": 1, "党总支": 14, "党支部": 123}
    assert sum(above[unit.code] == SCHOOL for unit in roster.units if unit.level == "党支部") == 3
    secretaries = {tenure.unit for tenure in roster.tenures if tenure.post == "书记"}
    assert set(above) - secretaries == {VACANT}
    assert {tenure.unit for tenure in roster.tenures if not tenure.person.email} == {NO_ADDRESS}
    assert all(tenure.person.email.endswith("@example.org") for tenure in roster.tenures if tenure.person.email)
    names = [tenure.person.name for tenure in roster.tenures]
    assert len(set(names)) == len(names)
