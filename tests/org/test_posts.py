"""Who holds a post on a day, and who is who."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.org.model import Person, Tenure, Unit, person_key
from engine.org.posts import by_post, holders, vacant

FIRST, LAST = date(2010, 5, 11), date(2011, 6, 30)
JO = Person(name="Jo", email="jo@example.org")
AL = Person(name="Al")
ONE_DAY = timedelta(days=1)


def tenure(person: Person = JO, since: date | None = FIRST, until: date | None = LAST, post: str = "lead") -> Tenure:
    return Tenure(unit="u", post=post, person=person, since=since, until=until)


@pytest.mark.parametrize(
    ("day", "held"),
    [(FIRST - ONE_DAY, False), (FIRST, True), (FIRST + ONE_DAY, True), (LAST - ONE_DAY, True), (LAST, True), (LAST + ONE_DAY, False)],
)
def test_a_post_is_held_from_its_first_day_to_its_last_both_included(day: date, held: bool) -> None:
    assert holders([tenure()], "u", "lead", day) == ((JO,) if held else ())
    assert vacant([tenure()], "u", "lead", day) is not held


def test_without_days_a_post_is_always_held() -> None:
    assert holders([tenure(since=None, until=None)], "u", "lead", date.min) == (JO,)
    assert holders([tenure(since=None, until=None)], "u", "lead", date.max) == (JO,)


def test_another_unit_or_post_does_not_count() -> None:
    assert vacant([tenure()], "other", "lead", FIRST)
    assert vacant([tenure()], "u", "clerk", FIRST)


def test_several_holders_come_in_the_order_of_the_roster() -> None:
    assert holders([tenure(AL), tenure(JO)], "u", "lead", FIRST) == (AL, JO)


def test_a_person_with_two_overlapping_terms_holds_the_post_once() -> None:
    again = Person(name="Jo", email="JO@example.org")
    assert holders([tenure(), tenure(again, since=None)], "u", "lead", FIRST) == (JO,)


def test_tenures_are_grouped_by_unit_and_post() -> None:
    lead, clerk = tenure(), tenure(post="clerk")
    assert by_post([lead, clerk, lead]) == {("u", "lead"): (lead, lead), ("u", "clerk"): (clerk,)}


@pytest.mark.parametrize(("shift", "exists"), [(-1, False), (0, True), (1, True)])
def test_a_unit_exists_from_its_first_day(shift: int, exists: bool) -> None:
    unit = Unit(code="u", name="U", level="branch", since=FIRST)
    assert unit.exists_on(FIRST + shift * ONE_DAY) is exists


@pytest.mark.parametrize(("shift", "exists"), [(-1, True), (0, True), (1, False)])
def test_a_unit_exists_up_to_and_including_its_last_day(shift: int, exists: bool) -> None:
    unit = Unit(code="u", name="U", level="branch", until=LAST)
    assert unit.exists_on(LAST + shift * ONE_DAY) is exists


def test_the_same_address_in_another_case_is_the_same_person() -> None:
    assert person_key(JO, "a") == person_key(Person(name="J.", email=" JO@Example.org"), "b")


def test_without_an_address_the_name_counts_within_the_unit() -> None:
    assert person_key(AL, "a") == person_key(Person(name="Al", telephone="1"), "a")
    assert person_key(AL, "a") != person_key(AL, "b")


def test_unit_and_name_cannot_be_confused() -> None:
    assert person_key(Person(name="b/c"), "a") != person_key(Person(name="c"), "a/b")
    assert person_key(Person(name="x"), "a%2Fb") != person_key(Person(name="x"), "a/b")


def test_a_unit_can_be_put_into_a_set() -> None:
    first, second = (Unit(code="u", name="U", level="x", attributes={"a": "1"}) for _ in range(2))
    assert len({first, second}) == 1
