"""What is found wrong in an expression before any unit has to find it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.expressions import parse_expression
from engine.definition.expressions_check import ExpressionIssue, check_expression
from engine.definition.model import Body, Organisation, Post, Who

SCHOOL = Organisation(
    levels=("学校", "党总支", "党支部"),
    posts=(Post(name="书记"),),
    bodies=(Body(name="领导小组", at=("学校",)),),
    attributes={
        "学校": {"founded": "date"},
        "党总支": {"kind": ("学院", "机关"), "staff": "number"},
        "党支部": {"身份": ("在职", "离退休", "学生"), "staff": "number", "rural": "yes_no", "note": "text", "lead": "span"},
    },
    groups={"基层党组织": Who(terms=("党总支", "党支部"))},
)


def found(text: str, *levels: str, condition: bool = True) -> tuple[ExpressionIssue, ...]:
    return check_expression(text, SCHOOL, standpoint=levels or ("党支部",), elsewhere=frozenset({"实施方案"}), condition=condition)


def codes(text: str, *levels: str) -> list[str]:
    return [issue.code for issue in found(text, *levels)]


@pytest.mark.parametrize(
    "text",
    [
        "level == '党支部'",
        "superior.level == '学校'",
        "上级.level == '学校'",
        "本单位.staff >= 3",
        "unit.superior.kind == '学院'",
        "superior.superior.founded < 2011-07-01",
        "身份 == '在职' or 身份 == '学生'",
        "staff * 2 + 1 > superior.staff / 3",
        "rural and not known(note)",
        "code != '007' and name != ''",
        "round(staff / 3, 1) >= 2.5",
        "if(rural, staff, 0) > min(1, 2, staff)",
        "max(superior.superior.founded, 2000-01-01) < 2011-07-01",
        "known(superior)",
        "superior == unit.superior",
        "'在职' == 身份",
    ],
)
def test_what_makes_sense_is_left_alone(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "code", "position", "hint"),
    [
        ("身份 == '在识'", "unknown-label", 7, "在职"),
        ("'在识' == 身份", "unknown-label", 1, "在职"),
        ("superior.level == '学交'", "unknown-label", 19, "学校"),
        ("superior.kind == '学园'", "unknown-label", 18, "学院"),
        ("stafff > 3", "unknown-name", 1, "staff"),
        ("superior.stafff > 3", "unknown-name", 1, "staff"),
        ("superoir.level == '学校'", "unknown-name", 1, "superior"),
        ("level.x == '学校'", "unknown-name", 1, None),
        ("flor(staff) > 1", "unknown-function", 1, "floor"),
        ("staff > '3'", "wrong-type", 7, "Numbers and dates"),
        ("rural == 'yes'", "wrong-type", 7, "by itself"),
        ("staff and rural", "wrong-type", 1, None),
        ("not staff", "wrong-type", 5, None),
        ("身份 < '学生'", "wrong-type", 4, None),
        ("note + 1 > 2", "wrong-type", 1, None),
        ("superior.superior.founded == '2011-07-01'", "wrong-type", 27, "Numbers and dates"),
        ("staff < 2031-9-1 and superior.superior.founded < 2031-9-1", "wrong-type", 48, None),
        ("max(note, note) == 'a'", "wrong-type", 1, None),
        ("if(staff, 1, 2) > 1", "wrong-type", 4, None),
        ("if(rural, 1, 'a') == 1", "wrong-type", 1, None),
        ("if(rural, 1) == 1", "wrong-arguments", 1, None),
        ("min(staff) > 1", "wrong-arguments", 1, None),
        ("round(staff, 1, 2) > 1", "wrong-arguments", 1, None),
        ("round(staff, 13) > 1", "wrong-arguments", 14, None),
        ("round(staff, staff) > 1", "wrong-arguments", 14, None),
        ("staff + 1", "not-a-condition", 7, "comparison"),
        ("身份", "not-a-condition", 1, "comparison"),
        ("staff >", "unreadable", 8, None),
    ],
)
def test_a_slip_is_told_once_with_its_place_and_what_to_write(text: str, code: str, position: int, hint: str | None) -> None:
    (issue,) = found(text)
    assert (issue.code, issue.position) == (code, position)
    assert issue.message.say("zh") and issue.message.say("en")
    if hint is not None:
        assert issue.hint is not None and hint in issue.hint.say("en")


@pytest.mark.parametrize(
    "text",
    [
        "count(党支部) > 0",
        "count(基层党组织 where staff > 1) > 0",
        "all(党支部, staff > 1)",
        "max(党支部 where rural, staff) > 1",
        "sum(below, staff) > 1",
        "unit in 基层党组织",
        "rate['满意'] > 70%",
        "实施方案.done",
        "late",
        "owner.level == '学校'",
        "学校.founded < 2011-07-01",
        "领导小组 == 1",
        "known(8mo)",
        "下级",
        "workdays(a, b) > 1",
        "now > 2011-07-01",
        "superior.founded + 3mo <= 2011-07-01",
        "3mo + superior.founded <= superior.founded",
    ],
)
def test_what_cannot_be_done_yet_is_refused_as_such(text: str) -> None:
    assert codes(text) == ["not-yet"]


@pytest.mark.parametrize("function", ["days", "workdays"])
def test_a_count_of_days_is_not_called_a_set(function: str) -> None:
    (issue,) = found(f"{function}(founded, 2011-07-01) > 30")
    assert issue.code == "not-yet"
    assert "sets" not in issue.message.say("en") and "集合" not in issue.message.say("zh")


def test_a_slip_beside_a_length_of_time_is_told_as_well() -> None:
    assert codes("foundedd + 3mo <= 2011-07-01") == ["unknown-name", "not-yet"]


def test_an_attribute_is_known_at_the_levels_that_have_it() -> None:
    assert codes("rural", "党总支") == ["unknown-name"]
    assert codes("rural", "党总支", "党支部") == []
    assert codes("superior.founded < 2011-07-01", "学校") == ["unknown-name"]


def test_without_a_standpoint_every_level_is_possible() -> None:
    assert check_expression("staff > 1 and founded < 2011-07-01", SCHOOL) == ()


def test_two_slips_are_both_told_in_the_order_in_which_they_stand() -> None:
    assert [(issue.code, issue.position) for issue in found("stafff > 1 and 身份 == '在识'")] == [
        ("unknown-name", 1),
        ("unknown-label", 22),
    ]


def test_a_value_that_need_not_be_a_condition_may_be_anything() -> None:
    assert found("staff + 1", condition=False) == ()


def test_a_tree_is_checked_like_its_text() -> None:
    assert check_expression(parse_expression("stafff > 1"), SCHOOL, standpoint=("党支部",)) == found("stafff > 1")


WORDS = ["==", "and", "or", "not", "in", "where", "if", "min", "round", "count", "staff", "level", "superior", "身份", "'x'", "1", "."]


@given(st.lists(st.sampled_from([*"()[].,'+-*/<>", *WORDS]), max_size=12))
@settings(max_examples=200, deadline=None)
def test_checking_never_fails_whatever_an_author_wrote(pieces: list[str]) -> None:
    for issue in found(" ".join(pieces)):
        assert issue.position >= 1 and issue.message.say("zh")
