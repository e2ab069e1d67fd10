"""Sets in expressions: counted, shared, summed, searched; what is not known of one of them leaves the whole open."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.definition.expressions import UNKNOWN, Value, evaluate, parse_expression
from engine.definition.expressions_check import check_in
from engine.definition.expressions_evaluate import Many, Ref, SetMember
from engine.definition.expressions_facts import FactScope, fields_of
from engine.definition.model import Field, Item, Organisation, Post

ROWS: list[dict[str, Value | Many]] = [{"分": Fraction(90), "类": "甲"}, {"分": Fraction(50), "类": "乙"}, {"分": Fraction(40), "类": "乙"}]


def row_of(row: dict[str, Value | Many]) -> SetMember:
    """A row of a ledger."""
    return SetMember(UNKNOWN, row.get)


NAMES: dict[str, Value | Many] = {
    "rows": Many(tuple(row_of(row) for row in ROWS)),
    "hole": Many((SetMember(UNKNOWN, lambda path: UNKNOWN), SetMember(UNKNOWN, lambda path: Fraction(1)))),
    "none": Many(()),
    "people": Many((SetMember(Ref("person", 7), lambda path: None), SetMember(Ref("person", 8), lambda path: None))),
    "leader": Ref("person", 7),
    "other": Ref("person", 9),
    "bar": Fraction(45),
    "me": Ref("unit", 1),
    "votes[满意]": Fraction(12),
}


def value(text: str) -> object:
    return evaluate(parse_expression(text), lambda path: NAMES.get(path, UNKNOWN))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(rows)", 3),
        ("count(rows where 类 == '乙')", 2),
        ("count(rows where 分 > bar)", 2),
        ("sum(rows, 分)", 180),
        ("avg(rows, 分)", 60),
        ("avg(rows where 类 == '乙', 分)", 45),
        ("min(rows, 分)", 40),
        ("max(rows where 类 == '乙', 分)", 50),
        ("share(rows, 类 == '乙')", Fraction(2, 3)),
        ("all(rows, 分 >= 40)", True),
        ("any(rows, 分 > 90)", False),
        ("sum(none, 分)", 0),
        ("avg(none, 分)", UNKNOWN),
        ("share(none, 分 > 1)", UNKNOWN),
        ("all(none, 分 > 1)", True),
        ("any(none, 分 > 1)", False),
        ("count(hole where 分 > 0)", UNKNOWN),
        ("any(hole, 分 > 0)", True),
        ("all(hole, 分 > 0)", UNKNOWN),
        ("sum(hole, 分)", UNKNOWN),
        ("leader in people", True),
        ("other in people", False),
        ("missing in people", UNKNOWN),
        ("count(people where it == leader)", 1),
        ("count(rows where count(rows where 分 > bar) == 2)", 3),
        ("known(rows)", True),
        ("votes['满意'] > 10", True),
        ("rows == 3", UNKNOWN),
    ],
)
def test_a_set_comes_to(text, expected):
    assert value(text) == expected


ORGANISATION = Organisation(
    levels=("校", "院", "班"), posts=(Post(name="书记"), Post(name="学员", many=True)), attributes={"班": {"人数": "number"}}
)
ITEM = Item(
    name="表",
    kind="ledger",
    fields=(Field(name="分", type="number"), Field(name="类", choice=("甲", "乙"))),
)
FORM = Item(name="单", kind="form", fields=(Field(name="组长", type="person"), Field(name="组成", type="person", count=">= 1")))
SCOPE = FactScope(ORGANISATION, ("院",), fields_of([ITEM, FORM]), {})


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("count(rows) > 1", []),
        ("count(rows where 类 == '甲') > 1", []),
        ("书记 in 组成", []),
        ("all(班, 人数 > 3)", []),
        ("count(班 where count(rows where 分 > 人数) > 1) > 1", []),
        ("count(rows where 类 == '丙') > 1", ["unknown-label"]),
        ("count(rows where 分数 > 1) > 1", ["unknown-name"]),
        ("rows > 1", ["set-read-as-one"]),
        ("count(组长) > 1", ["not-a-set"]),
        ("组长 in rows", ["wrong-type"]),
        ("组长 == 3", ["wrong-type"]),
        ("count(rows, 分) > 1", ["wrong-arguments"]),
        ("sum(rows) > 1", ["wrong-arguments"]),
        ("sum(rows, 类) > 1", ["wrong-type"]),
        ("all(rows, 分) ", ["wrong-type"]),
        ("avg(rows, 分)", ["not-a-condition"]),
        ("学员 in 组成", ["not-yet"]),
        ("count(rows where it.分 > 1) > 1", []),
    ],
)
def test_a_slip_about_a_set_is_found_before_any_unit_meets_it(text, codes):
    assert [issue.code for issue in check_in(parse_expression(text), SCOPE, condition=True)] == codes
