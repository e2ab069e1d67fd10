"""Which units a selection means, and whose seat answers for a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import pytest

from engine.definition.expressions import UNKNOWN, ExpressionError, Value
from engine.definition.model import Body, Organisation, Post, Who
from engine.definition.who import Seat, UnitView, acting_posts, facts_of, role_of, seat, selects


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit of a small tree, kept in memory."""

    code: str
    level: str
    superior: Unit | None = None
    name: str = ""
    kind: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


SCHOOL = Organisation(
    levels=("学校", "党总支", "党支部"),
    posts=(Post(name="书记", deputy="副书记"), Post(name="副书记"), Post(name="组织员")),
    bodies=(Body(name="党委工作部", at=("学校",)), Body(name="领导小组", at=("学校", "党总支"))),
    attributes={"党总支": {"kind": ("学院", "机关")}, "党支部": {"staff": "number", "rural": "yes_no", "founded": "date", "name": "text"}},
    groups={
        "基层党组织": Who(terms=("党总支", "党支部")),
        "总支和直属支部": Who(terms=("基层党组织",), where="superior.level == '学校'"),
        "大支部": Who(terms=("党支部",), where="staff >= 30"),
        "圈": Who(terms=("圈", "学校")),
    },
)

ROOT = Unit(code="1", level="学校")
BRANCH = Unit(code="11", level="党总支", superior=ROOT, kind="学院")
CELL = Unit(code="111", level="党支部", superior=BRANCH, attributes={"staff": "30", "rural": "是"})
DIRECT = Unit(code="12", level="党支部", superior=ROOT, attributes={"staff": "29"})
SILENT = Unit(code="112", level="党支部", superior=BRANCH)
EVERYBODY = (ROOT, BRANCH, CELL, DIRECT, SILENT)


def who(*terms: str, where: str | None = None) -> Who:
    return Who(terms=terms, where=where)


def chosen(*terms: str, where: str | None = None) -> set[str]:
    return {unit.code for unit in EVERYBODY if selects(who(*terms, where=where), unit, SCHOOL)}


def test_a_unit_in_memory_is_a_unit_view() -> None:
    assert isinstance(ROOT, UnitView)


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        (["党支部"], {"111", "12", "112"}),
        (["学校", "党总支"], {"1", "11"}),
        (["基层党组织"], {"11", "111", "12", "112"}),
        (["总支和直属支部"], {"11", "12"}),
        (["大支部"], {"111"}),
        (["党委工作部"], {"1"}),
        (["领导小组"], {"1", "11"}),
        (["党总支.领导小组"], {"11"}),
        (["党支部.领导小组"], set()),
        (["党支部.书记"], {"111", "12", "112"}),
        (["书记"], {"1", "11", "111", "12", "112"}),
        (["总支和直属支部.书记"], {"11", "12"}),
        (["圈"], {"1"}),
        (["unit"], set()),
        (["superior"], set()),
        (["没有"], set()),
        (["没有.书记"], set()),
        ([], set()),
    ],
)
def test_subjects_are_chosen_from_the_top(terms: list[str], codes: set[str]) -> None:
    assert chosen(*terms) == codes


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ("staff > 29", {"111"}),
        ("staff < 30", {"12"}),
        ("staff >= 29", {"111", "12"}),
        ("staff >= 30 or staff < 30", {"111", "12"}),
        ("not known(staff)", {"112"}),
        ("rural", {"111"}),
        ("not rural", set()),
        ("superior.kind == '学院'", {"111", "112"}),
        ("上级.level == '学校'", {"12"}),
        ("superior.superior.level == '学校'", {"111", "112"}),
        ("本单位.code == '12'", {"12"}),
    ],
)
def test_a_unit_of_which_nothing_is_known_is_not_chosen(where: str, codes: set[str]) -> None:
    assert chosen("党支部", where=where) == codes


def test_the_root_has_no_superior_whose_level_could_be_known() -> None:
    assert not selects(who("学校", where="superior.level == '学校'"), ROOT, SCHOOL)
    assert not selects(who("学校", where="superior.level != '学校'"), ROOT, SCHOOL)


def test_a_condition_that_cannot_be_read_is_said_not_skipped() -> None:
    with pytest.raises(ExpressionError):
        selects(who("学校", where="level =="), ROOT, SCHOOL)


def test_forty_groups_each_naming_the_last_twice_are_judged_once_each() -> None:
    groups = {f"g{n}": who(f"g{n + 1}", f"g{n + 1}") for n in range(40)} | {"g40": who("党支部")}
    wide = Organisation(levels=SCHOOL.levels, groups=groups)
    assert selects(who("g0"), CELL, wide)
    assert not selects(who("g0"), ROOT, wide)


@pytest.mark.parametrize(
    ("terms", "subject", "expected"),
    [
        (["unit"], CELL, Seat(CELL)),
        (["本单位"], CELL, Seat(CELL)),
        (["subject"], CELL, Seat(CELL)),
        (["superior"], CELL, Seat(BRANCH)),
        (["上级"], DIRECT, Seat(ROOT)),
        (["superior"], ROOT, None),
        (["superior.superior"], CELL, Seat(ROOT)),
        (["superior.superior"], BRANCH, None),
        (["superior.书记"], CELL, Seat(BRANCH, "书记")),
        (["superior.书记"], ROOT, None),
        (["书记"], CELL, Seat(CELL, "书记")),
        (["党总支"], CELL, Seat(BRANCH)),
        (["党总支"], BRANCH, Seat(BRANCH)),
        (["党总支"], DIRECT, None),
        (["党总支"], ROOT, None),
        (["学校.书记"], CELL, Seat(ROOT, "书记")),
        (["党委工作部"], CELL, Seat(ROOT, "党委工作部")),
        (["领导小组"], CELL, Seat(BRANCH, "领导小组")),
        (["领导小组"], BRANCH, Seat(BRANCH, "领导小组")),
        (["superior.领导小组"], BRANCH, Seat(ROOT, "领导小组")),
        (["学校.领导小组"], CELL, Seat(ROOT, "领导小组")),
        (["总支和直属支部"], CELL, Seat(BRANCH)),
        (["总支和直属支部"], DIRECT, Seat(DIRECT)),
        (["总支和直属支部"], ROOT, None),
        (["总支和直属支部.书记"], CELL, Seat(BRANCH, "书记")),
        (["党总支", "学校"], DIRECT, Seat(ROOT)),
        (["学校", "党总支"], CELL, Seat(ROOT)),
        (["没有"], CELL, None),
        (["below"], BRANCH, None),
        ([], CELL, None),
    ],
)
def test_a_seat_is_found_upwards_from_the_subject(terms: list[str], subject: Unit, expected: Seat | None) -> None:
    assert seat(who(*terms), subject, SCHOOL) == expected


def test_the_owner_is_whoever_is_handed_in() -> None:
    owner = Seat(BRANCH, "组织员")
    assert seat(who("owner"), CELL, SCHOOL, owner=owner) == owner
    assert seat(who("owner.superior"), CELL, SCHOOL, owner=owner) == Seat(ROOT)
    assert seat(who("owner.superior.书记"), CELL, SCHOOL, owner=owner) == Seat(ROOT, "书记")
    assert seat(who("owner"), CELL, SCHOOL) is None


@pytest.mark.parametrize(
    "term", ["unit", "superior", "书记", "党总支.书记", "领导小组", "学校.领导小组", "总支和直属支部", "owner", "owner.书记", "党总支"]
)
def test_a_seat_answers_in_the_role_its_term_words_wherever_it_is_read_from(term: str) -> None:
    owner = Seat(BRANCH, "组织员")
    found = [seat(who(term), unit, SCHOOL, owner=owner) for unit in EVERYBODY]
    assert {one.role for one in found if one is not None} == {role_of(who(term), SCHOOL, owner.role)}


def test_a_seat_whose_unit_does_not_meet_the_condition_is_passed_over() -> None:
    assert seat(who("superior", "学校", where="level == '学校'"), CELL, SCHOOL) == Seat(ROOT)
    assert seat(who("superior", where="kind == '机关'"), CELL, SCHOOL) is None


ACTING = (
    Post(name="党员", many=True),
    Post(name="书记"),
    Post(name="组织员", acts=True, deputy="干事"),
    Post(name="主任", acts=True),
    Post(name="干事"),
)


@pytest.mark.parametrize(
    ("posts", "role", "expected"),
    [
        (SCHOOL.posts, "", ("书记", "副书记")),
        (SCHOOL.posts, "书记", ("书记", "副书记")),
        (SCHOOL.posts, "组织员", ("组织员",)),
        (SCHOOL.posts, "领导小组", ("领导小组",)),
        (ACTING, "", ("组织员", "主任", "干事")),
        (ACTING[:2], "", ("书记",)),
        ((), "", ()),
        ((), "领导小组", ("领导小组",)),
    ],
)
def test_the_posts_that_may_act_come_in_order_of_preference(posts: tuple[Post, ...], role: str, expected: tuple[str, ...]) -> None:
    organisation = Organisation(levels=("学校",), posts=posts, bodies=SCHOOL.bodies)
    assert acting_posts(Seat(ROOT, role), organisation) == expected


@pytest.mark.parametrize(
    ("name", "wording", "value"),
    [
        ("staff", "30", Fraction(30)),
        ("staff", " 2.5 ", Fraction(5, 2)),
        ("staff", "70%", Fraction(7, 10)),
        ("staff", "-3", Fraction(-3)),
        ("staff", "", UNKNOWN),
        ("staff", "约30", UNKNOWN),
        ("staff", "1e999999999", UNKNOWN),
        ("staff", "nan", UNKNOWN),
        ("staff", "1/0", UNKNOWN),
        ("rural", "是", True),
        ("rural", "否", False),
        ("rural", "Yes", True),
        ("rural", "no", False),
        ("rural", "也许", UNKNOWN),
        ("founded", "2011-07-01", date(2011, 7, 1)),
        ("founded", "2011年7月", UNKNOWN),
        ("name", "一支部", "一支部"),
        ("undeclared", "x", UNKNOWN),
        ("__class__", "x", UNKNOWN),
    ],
)
def test_an_attribute_is_read_as_its_declared_type(name: str, wording: str, value: Value) -> None:
    unit = Unit(code="1", level="党支部", attributes={name: wording})
    assert facts_of(unit, SCHOOL)(name) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("code", "111"),
        ("level", "党支部"),
        ("kind", UNKNOWN),
        ("superior", "11"),
        ("superior.kind", "学院"),
        ("superior.superior.superior", UNKNOWN),
        ("superior.superior.superior.level", UNKNOWN),
        ("level.upper", UNKNOWN),
        ("superior.__class__", UNKNOWN),
        ("attributes", UNKNOWN),
    ],
)
def test_a_path_leads_to_facts_and_to_nothing_else(path: str, value: Value) -> None:
    assert facts_of(CELL, SCHOOL)(path) == value
