"""What a launch says of tasks that come to nothing and of values that no condition can read, and who gets a case at all."""

from __future__ import annotations

from datetime import date

import pytest

from engine.operations.launch_plan import LaunchReport
from engine.org.model import Roster, Unit
from engine.store import roster
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import head

TYPED = head("typed").replace("  posts:", "  attributes: {党支部: {类型: [教工, 学生], 人数: number}}\n  posts:")


@pytest.fixture
def bare(make_world: MakeWorld) -> w.World:
    """A house with a roster and nothing else."""
    return make_world(w.empty())


def previewed(world: w.World, text: str, at: str | None = None) -> LaunchReport:
    w.load(world.house, text, world.folder)
    return w.start(world.house, sure=False, at=at)


def branch(code: str, **attributes: str) -> Unit:
    return Unit(code=code, name=f"支部{code}", level="党支部", superior="G2", attributes=attributes)


def said(report: LaunchReport) -> list[str]:
    assert all(note.say("en") != note.say("zh") for note in report.notes)
    return [note.say("zh") for note in report.notes]


def test_only_the_units_that_the_file_is_for_get_a_case(bare):
    text = head("some") + "for: 党总支\ntasks: {甲: {owner: [党总支, 党支部]}, 乙: {owner: 党总支}}\n"
    report = previewed(bare, text)
    assert (report.cases, report.obligations) == (2, 4)


@pytest.mark.parametrize(("about", "cases"), [("", 9), ("for: [学校, 党总支, 党支部]\n", 9), ("for: 党支部\n", 6), ("for: 学校\n", 1)])
def test_without_a_for_whoever_owes_something_gets_a_case(bare, about, cases):
    text = head("some") + about + "tasks: {甲: {owner: [学校, 党总支, 党支部]}}\n"
    assert previewed(bare, text).cases == cases


def test_the_condition_of_for_leaves_units_out(bare):
    text = head("some") + "for: {who: 党支部, where: superior.code == 'G1'}\ntasks: {甲: {owner: [党总支, 党支部]}}\n"
    report = previewed(bare, text)
    assert (report.cases, report.obligations) == (3, 3)


def test_a_superior_outside_the_for_still_owes_about_those_inside(bare):
    text = head("some") + "for: 党支部\ntasks: {点评: {for: 党支部, owner: superior}}\n"
    assert previewed(bare, text).obligations == 6


def test_a_task_that_no_unit_owes_has_one_note(bare):
    text = head("idle") + "for: 党支部\ntasks: {甲: {owner: 党支部}, 乙: {owner: 党总支}, 丙: {owner: {who: 党支部, where: code == 'X'}}}\n"
    assert said(previewed(bare, text)) == [
        "任务“乙”没有任何单位承担：这里没有选到“党总支”。",
        "任务“丙”没有任何单位承担：这里没有选到“党支部，其中 code == 'X'”。",
    ]


@pytest.mark.parametrize(
    ("every", "idle"),
    [("每年2月10日前", True), ("{each: 每年5月11日前, partial: keep}", False), ("{each: quarter, partial: drop, until: 6月30日}", True)],
)
def test_a_task_without_a_period_has_one_note(bare, every, idle):
    text = head("idle") + f"tasks: {{甲: {{owner: 党支部}}, 乙: {{owner: 党支部, every: {every}}}}}\n"
    assert said(previewed(bare, text)) == (["任务“乙”的周期没有一期落在时间之内，不会布置。"] if idle else [])


def test_values_that_are_not_as_declared_are_told_once_for_each_attribute_with_the_first_units(bare):
    good = [branch(f"G2B{n}", 类型="教工", 人数="12") for n in (1, 2, 3)]
    odd = [branch(f"G2B{n}", 类型="离退休", 人数="十二") for n in (4, 5, 6)] + [branch(f"G2B{n}", 人数="3") for n in (7, 8, 9)]
    with bare.house.database.write() as connection:
        roster.import_roster(connection, Roster(units=(*good, *odd)), w.BEFORE)
    number, kind = said(previewed(bare, TYPED + "tasks: {甲: {owner: 党支部}}\n", at="G2"))
    assert kind == (
        "“党支部”的属性“类型”在 6 个单位没有填写，或不是规定的写法（教工、学生）："
        "G2B4、G2B5、G2B6、G2B7、G2B8等。用它作条件的，选不到这些单位。"
    )
    assert "“人数”在 3 个单位" in number and "G2B4、G2B5、G2B6。" in number


def test_units_that_no_longer_exist_are_not_told_of(bare):
    gone = Unit(code="G2B4", name="撤销支部", level="党支部", superior="G2", until=date(2010, 4, 30))
    good = [branch(f"G2B{n}", 类型="教工", 人数="12") for n in (1, 2, 3)]
    with bare.house.database.write() as connection:
        roster.import_roster(connection, Roster(units=(*good, gone)), w.BEFORE)
    assert said(previewed(bare, TYPED + "tasks: {甲: {owner: 党支部}}\n", at="G2")) == []
