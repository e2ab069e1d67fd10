"""The file of the notice of 2010: every item of it is there, every doubt is settled, and the dates are those of the notice."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from engine.exchange.roster import read_roster
from engine.operations.loading import Checked, check_file
from tests.journeys.make_roster import NO_ADDRESS, ROSTER, SCHOOL, VACANT, make_roster

FILE = ROSTER.parent / "workflow.yaml"


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_file(FILE)


def test_every_item_of_the_notice_is_named() -> None:
    named = set(re.findall(r"S1-\d\d", FILE.read_text(encoding="utf-8")))
    assert named >= {f"S1-{number:02}" for number in range(1, 30)}


def test_the_file_is_sound_and_only_warns_of_what_the_notice_itself_says(checked: Checked) -> None:
    assert checked.sound
    assert Counter(problem.code for problem in checked.problems) == {"on-holiday": 3, "undated": 1}


def test_every_doubt_is_settled_and_the_offices_own_rules_say_so(checked: Checked) -> None:
    assert checked.workflow is not None
    assert [doubt.settled for doubt in checked.workflow.doubts] == ["党委工作部"] * 5
    own = [doubt.path for doubt in checked.workflow.doubts if "本办公室自定" in doubt.why]
    assert [path.removesuffix(".材料").rpartition(".")[2] for path in own] == ["总结", "总结汇总"]


@pytest.mark.parametrize(
    ("task", "dues"),
    [
        ("实施方案", ["2010-05-31"]),
        ("党性分析和党员评议", ["2010-12-31"]),
        ("服务群众", ["2011-06-30"]),
        ("评议组织", ["2010-12-31", "2011-06-30"]),
        ("评议党员", ["2010-12-31", "2011-06-30"]),
        ("表彰优秀党员", ["2011-06-30"]),
        ("专项表彰", ["2012-06-30"]),
        ("总结", ["2012-06-30"]),
        (
            "领导点评",
            ["2010-09-30", "2010-12-31", "2011-03-31", "2011-06-30", "2011-09-30", "2011-12-31", "2012-03-31", "2012-06-30"],
        ),
    ],
)
def test_each_task_is_due_when_the_notice_says(checked: Checked, task: str, dues: list[str]) -> None:
    assert checked.projection is not None
    assert [one.due_text for one in checked.projection.occurrences if one.task == task] == dues


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
