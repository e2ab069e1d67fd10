"""What can be wrong with a roster as a whole."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from engine.org.checks import check_roster, is_address, tree_problems
from engine.org.model import Person, Roster, Tenure, Unit

DAY = date(2010, 5, 11)


def unit(code: str = "u", superior: str | None = None, **others: object) -> Unit:
    return Unit(**{"code": code, "name": f"Unit {code}", "level": "branch", "superior": superior, **others})  # type: ignore[arg-type]  # a test's shorthand


def tenure(unit_code: str = "u", name: str = "Jo", email: str = "", **others: object) -> Tenure:
    return Tenure(**{"unit": unit_code, "post": "lead", "person": Person(name=name, email=email), **others})  # type: ignore[arg-type]  # a test's shorthand


def found(*units: Unit, tenures: tuple[Tenure, ...] = (), **others: object) -> list[tuple[str, int, str, str]]:
    problems = check_roster(Roster(units=units, tenures=tenures), **others)  # type: ignore[arg-type]  # a test's shorthand
    for problem in problems:
        assert problem.message.say("zh") != problem.message.say("en")
    return [(problem.table, problem.index, problem.field, problem.code) for problem in problems]


def test_a_sound_roster_has_no_problems() -> None:
    assert found(unit("a"), unit("b", "a"), tenures=(tenure("b", email="jo@example.org"),)) == []


@pytest.mark.parametrize("field", ["code", "name", "level"])
def test_an_empty_field_of_a_unit_is_a_problem(field: str) -> None:
    assert found(unit(**{field: ""})) == [("units", 0, field, f"empty-{field}")]


def test_an_empty_post_or_person_is_a_problem() -> None:
    assert found(unit(), tenures=(tenure(name=""), tenure(post=""), tenure(""))) == [
        ("posts", 0, "person", "empty-person"),
        ("posts", 1, "post", "empty-post"),
        ("posts", 2, "unit", "empty-unit"),
    ]


@pytest.mark.parametrize(("shift", "problems"), [(-1, 1), (0, 0), (1, 0)])
def test_the_last_day_may_be_the_first_but_not_before_it(shift: int, problems: int) -> None:
    until = DAY + timedelta(days=shift)
    assert len(found(unit(since=DAY, until=until))) == problems
    assert len(found(unit(), tenures=(tenure(since=DAY, until=until),))) == problems


def test_an_unknown_level_is_refused_with_the_nearest_known_one() -> None:
    roster = Roster(units=(unit(level="brnch"),))
    (problem,) = check_roster(roster, levels=frozenset({"branch", "school"}))
    assert problem.code == "unknown-level"
    assert problem.hint is not None and "“branch”" in problem.hint.say("zh")


def test_an_unknown_level_like_no_other_is_answered_with_the_list_of_levels() -> None:
    (problem,) = check_roster(Roster(units=(unit(level="xyz"),)), levels=frozenset({"支部", "学院"}))
    assert problem.hint is not None and "学院, 支部" in problem.hint.say("zh")


def test_levels_are_not_checked_where_they_are_not_known() -> None:
    assert found(unit(level="anything"), levels=None) == []


def test_a_code_used_twice_is_told_at_the_second_row_and_names_the_first() -> None:
    (problem,) = tree_problems([unit("x"), unit("a"), unit("a")])
    assert (problem.index, problem.other, problem.code) == (2, 1, "duplicate-code")


def test_a_missing_superior_is_told_with_the_nearest_code() -> None:
    (problem,) = tree_problems([unit("school-1"), unit("b", "school-2x")])
    assert (problem.index, problem.field, problem.code) == (1, "superior", "unknown-superior")
    assert problem.hint is not None and "school-1" in problem.hint.say("en")


def test_a_unit_that_is_its_own_superior_is_a_circle() -> None:
    (problem,) = tree_problems([unit("a", "a")])
    assert problem.code == "cycle" and "它自己" in problem.message.say("zh")


def test_a_circle_is_named_whole_from_its_first_row_on() -> None:
    units = [unit("root"), unit("tail", "c"), unit("b", "a"), unit("c", "b"), unit("a", "c")]
    (problem,) = tree_problems(units)
    assert problem.index == 2
    assert "b → a → c → b" in problem.message.say("en")


def test_each_of_two_circles_is_told_once() -> None:
    units = [unit("a", "b"), unit("b", "a"), unit("c", "d"), unit("d", "c"), unit("e", "a")]
    assert [problem.index for problem in tree_problems(units)] == [0, 2]


def test_a_circle_through_units_known_before_is_found() -> None:
    known = Roster(units=(unit("a"), unit("b", "a")))
    assert found(unit("a", "b"), existing=known) == [("units", 0, "superior", "cycle")]


def test_superiors_and_posts_may_refer_to_units_known_before() -> None:
    known = Roster(units=(unit("a"),))
    assert found(unit("b", "a"), tenures=(tenure("a"),), existing=known) == []


def test_a_unit_known_before_may_be_written_again() -> None:
    assert found(unit("a", name="New name"), existing=Roster(units=(unit("a"),))) == []


def test_a_post_at_an_unknown_unit_is_a_problem() -> None:
    assert found(unit("a"), tenures=(tenure("z"),)) == [("posts", 0, "unit", "unknown-unit")]


def test_the_same_row_twice_is_a_problem() -> None:
    rows = (tenure(email="Jo@example.org", until=DAY), tenure(email="jo@EXAMPLE.org", until=DAY))
    assert found(unit(), tenures=rows) == [("posts", 1, "person", "same-row-twice")]


@pytest.mark.parametrize(
    ("second", "field"),
    [
        ({"since": DAY}, "since"),
        ({"until": DAY}, "until"),
        ({"since": DAY, "until": DAY}, "since"),
        ({"since": DAY + timedelta(days=1)}, "since"),
    ],
)
def test_two_terms_of_one_person_in_one_post_are_a_problem(second: dict[str, Any], field: str) -> None:
    """Only one would be kept, and it might be the one that is over."""
    assert found(unit(), tenures=(tenure(), tenure(**second))) == [("posts", 1, field, "two-terms")]


def test_two_terms_are_named_by_their_days() -> None:
    rows = (tenure(since=date(2029, 1, 1)), tenure(since=date(2020, 1, 1), until=date(2022, 12, 31)))
    (problem,) = check_roster(Roster(units=(unit(),), tenures=rows))
    assert "（2029-01-01— 和 2020-01-01—2022-12-31）" in problem.message.say("zh") and problem.other == 0
    assert "(no dates and —2010-05-11)" in check_roster(Roster(units=(unit(),), tenures=(tenure(), tenure(until=DAY))))[0].message.say("en")


def test_terms_in_other_posts_at_other_units_or_of_others_are_none() -> None:
    rows = (tenure(), tenure(post="clerk", since=DAY), tenure("v", since=DAY), tenure(name="Al", since=DAY))
    assert found(unit(), unit("v"), tenures=rows) == []


def test_one_address_under_two_names_is_a_problem() -> None:
    rows = (tenure(email="jo@example.org"), tenure(name="Al", email="jo@example.org"))
    assert found(unit(), tenures=rows) == [("posts", 1, "email", "one-address-two-names")]


def test_two_people_of_one_name_at_different_units_are_two_people() -> None:
    assert found(unit("a"), unit("b"), tenures=(tenure("a"), tenure("b"))) == []


@pytest.mark.parametrize("address", ["a@example.org", "a.b+c@mail.example.org", "a_b-c@x-1.example.org", "A=b@example.org"])
def test_plain_addresses_are_accepted(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("a", "a@", "@example.org", "a@example", "a b@example.org", "a@@example.org", "a@example..org", ".a@example.org"),
        *("a.@example.org", "a..b@example.org", "a@-example.org", "a@example.org.", "a＠example.org", "张三@example.org"),
        *("Jo <a@example.org>", "a@example.org;b@example.org", "a@example.org\n", "a,b@example.org", f"{'a' * 250}@example.org"),
    ],
)
def test_anything_else_is_no_address(address: str) -> None:
    assert not is_address(address)


def test_a_hundred_thousand_wrong_rows_are_told_in_a_moment() -> None:
    units = tuple(unit(f"{n:06d}", f"x{n:06d}") for n in range(100_000))
    start = time.process_time()
    assert len(check_roster(Roster(units=units))) == 100_000
    assert time.process_time() - start < 15


def test_a_very_long_circle_is_shortened_in_the_middle() -> None:
    (problem,) = tree_problems([unit(str(n), str((n + 1) % 5000)) for n in range(5000)])
    assert len(problem.message.say("zh")) < 600
