"""What the guide to one's own words says of kinds, fields and filters is what templates can use, no more and no less."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from notifiers.filters import filters
from notifiers.parts import DebtorLine, ordered
from notifiers.views import DutyLine, LaggardLine, LetterView

GUIDE = (Path(__file__).parents[2] / "notifiers" / "README.md").read_text(encoding="utf-8")
EMPTY = LetterView(lang="zh", recipient_name="", campaign_title="", today_text="", office_name="")


def named(heading: str) -> list[str]:
    """The names in the first column of the table under that heading."""
    rows = GUIDE.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def names(of: type) -> set[str]:
    """The fields of a line or a letter."""
    return {field.name for field in fields(of)}


def test_the_kinds_are_named_in_the_order_of_a_letter() -> None:
    assert named("kind") == list(ordered(EMPTY))


def test_every_field_of_a_duty_is_named() -> None:
    assert sorted(named("of `line`")) == sorted(names(DutyLine))


def test_every_field_of_a_debtor_is_named() -> None:
    shared = re.findall(r"`(\w+)`", GUIDE.partition("A debtor's line (of `below` and `blocked`) has")[2].partition("too, and")[0])
    assert sorted([*shared, *named("of a debtor's `line`")]) == sorted(names(DebtorLine))
    assert set(shared) == names(LaggardLine) & names(DutyLine)


def test_every_field_of_a_letter_that_is_no_part_is_named() -> None:
    parts = set(ordered(EMPTY)) | {"due_soon"}
    assert sorted(named("of `letter`")) == sorted(names(LetterView) - parts)


def test_every_filter_is_named() -> None:
    said = GUIDE.partition("Filters beside those of Jinja2:")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)(?:\([^`]*\))?`", said)) == set(filters(html=False))
