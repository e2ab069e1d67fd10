"""What an expression is read as, and where reading stops."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.expressions import Expr, ExpressionError, parse_expression
from engine.definition.expressions_tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Day,
    Index,
    Member,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Span,
    Text,
    Where,
    dotted,
)

A, B, C = Name(word="a"), Name(word="b"), Name(word="c")


def number(value: str) -> Number:
    return Number(value=Fraction(value))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("12", number("12")),
        ("2.5", number("5/2")),
        ("70%", number("7/10")),
        ("12.5%", number("1/8")),
        ("'在职'", Text(value="在职")),
        ("''", Text(value="")),
        ("'it''s'", Text(value="it's")),
        ("'a and (b'", Text(value="a and (b")),
        ("2031-09-01", Day(value=date(2031, 9, 1))),
        ("8mo", Span(count=8, unit="mo")),
        ("3min", Span(count=3, unit="min")),
        ("11wd", Span(count=11, unit="wd")),
        ("身份", Name(word="身份")),
        ("level_2", Name(word="level_2")),
        ("order", Name(word="order")),
        ("inside", Name(word="inside")),
    ],
)
def test_a_literal_or_name_is_what_it_says(text: str, tree: Expr) -> None:
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a or b and c", Or(operands=(A, And(operands=(B, C))))),
        ("a and b or c", Or(operands=(And(operands=(A, B)), C))),
        ("(a or b) and c", And(operands=(Or(operands=(A, B)), C))),
        ("not a and b", And(operands=(Not(operand=A), B))),
        ("not a == b", Not(operand=Compare(operator="==", left=A, right=B))),
        ("not not a", Not(operand=Not(operand=A))),
        ("a + b < c", Compare(operator="<", left=Arithmetic(operator="+", left=A, right=B), right=C)),
        ("a + b * c", Arithmetic(operator="+", left=A, right=Arithmetic(operator="*", left=B, right=C))),
        ("a - b - c", Arithmetic(operator="-", left=Arithmetic(operator="-", left=A, right=B), right=C)),
        ("a / b * c", Arithmetic(operator="*", left=Arithmetic(operator="/", left=A, right=B), right=C)),
        ("-a * b", Arithmetic(operator="*", left=Negative(operand=A), right=B)),
        ("a - -b", Arithmetic(operator="-", left=A, right=Negative(operand=B))),
        ("a.b", Member(of=A, word="b")),
        ("a in b.c", Compare(operator="in", left=A, right=Member(of=B, word="c"))),
        ("rate['满意']", Index(of=Name(word="rate"), key=Text(value="满意"))),
        ("a where b or c", Where(of=A, condition=Or(operands=(B, C)))),
        ("max(a where b, c)", Call(function="max", arguments=(Where(of=A, condition=B), C))),
        ("if(a, b, c)", Call(function="if", arguments=(A, B, C))),
        ("(a where b) where c", Where(of=Where(of=A, condition=B), condition=C)),
    ],
)
def test_what_binds_tighter_is_further_in(text: str, tree: Expr) -> None:
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "count(valve_leak.all where start > now - 8mo) >= 3",
        "0.35 * avg(federation.judging.rows where entry == me, difficulty) + 0.65 * avg(judging.rows where entry == me, falls)",
        "max(federation.judging.rows where entry == me, falls) > 2",
        "all(school, count(team where it in final.finalists) <= 2)",
        "书记 in 组成",
        "superior.level == '学校'",
        "count(学生党员) > 0",
        "trust < 55%",
        "ranking.medal != 'none'",
        "1/9 * 9 == 1",
    ],
)
def test_every_expression_of_the_language_page_can_be_read(text: str) -> None:
    parse_expression(text)


def test_a_dotted_path_is_told_from_everything_else() -> None:
    assert dotted(parse_expression("superior.superior.level")) == "superior.superior.level"
    assert dotted(parse_expression("count(a).b")) is None


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("   ", 4),
        ("a ==", 5),
        ("(a", 3),
        ("a)", 2),
        ("a b", 3),
        ("a < b < c", 7),
        ("a = b", 3),
        ("a == ‘b’", 6),
        ('a == "b"', 6),
        ("a == 'b", 6),
        ("（a）", 1),
        ("8months", 1),
        ("1.", 2),
        ("12a", 1),
        ("a..b", 3),
        ("a.in", 3),
        ("and", 1),
        ("f(a,)", 5),
        ("f(,a)", 3),
        ("a.f(b)", 4),
        ("2031-02-30", 1),
        ("a < 2031-13-01", 5),
        ("a where b where c", 11),
        ("a if b else c", 3),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert caught.value.position == position
    assert str(position) in caught.value.say("zh") and str(position) in caught.value.say("en")


def test_a_wide_sign_is_answered_with_the_one_to_write() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression("level == ‘学校’")
    assert "“‘”这里不能用，请改写为半角的 '。" in caught.value.say("zh")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 10_000 + "a" + ")" * 10_000,
        "not " * 10_000 + "a",
        "-" * 10_000 + "1",
        "a" + ".a" * 10_000,
        "if(" * 600,
        "9" * 5_000,
    ],
)
def test_what_is_nested_or_long_beyond_reason_is_refused_cleanly(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert len(caught.value.say("zh")) < 300


@pytest.mark.parametrize(("depth", "read"), [(98, True), (99, True), (100, False)])
def test_nesting_has_an_edge(depth: int, read: bool) -> None:
    text = "not " * depth + "a"
    if read:
        parse_expression(text)
    else:
        with pytest.raises(ExpressionError, match="100 deep"):
            parse_expression(text)


@pytest.mark.parametrize(("length", "read"), [(1999, True), (2000, True), (2001, False)])
def test_length_has_an_edge(length: int, read: bool) -> None:
    text = "a".ljust(length)
    if read:
        assert parse_expression(text) == A
    else:
        with pytest.raises(ExpressionError, match="longer than 2000"):
            parse_expression(text)


WORDS = [
    "==",
    "!=",
    "and",
    "or",
    "not",
    "in",
    "where",
    "if",
    "count",
    "level",
    "学校",
    "'x'",
    "8mo",
    "2031-09-01",
    "1",
    "2.5",
    "__class__",
    "lambda",
    "superior",
]
PIECES = st.sampled_from([*"()[].,'%+-*/<>=（）‘＝{}\\\n", *WORDS])


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES, max_size=25).map("".join)))
@settings(max_examples=300, deadline=None)
def test_no_text_is_answered_with_anything_but_a_tree_or_an_expression_error(text: str) -> None:
    try:
        parse_expression(text)
    except ExpressionError as error:
        assert 1 <= error.position <= len(text) + 1
        assert error.say("zh") and error.say("en")
