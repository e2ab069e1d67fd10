"""What a reviewer is shown of a hand-in."""

from __future__ import annotations

from random import Random

import pytest
from jsonschema import Draft202012Validator

from engine.cli.layout import width
from tests.cli.desk import Clerk
from tests.cli.test_json import INSTANT, MAYBE, NUMBER, SAID, TEXT, VERDICT, YES_NO, some, thing

ITEM = thing(item=TEXT, title=TEXT, file=TEXT, size=NUMBER, on_day=MAYBE, statement=TEXT)
PLACES = thing(start=NUMBER, end=NUMBER, other_start=NUMBER, other_end=NUMBER, characters=NUMBER, text=MAYBE, other=MAYBE)
NEAR_COPY = thing(unit=MAYBE, name=SAID, period=TEXT, percent=NUMBER, later=YES_NO, last_period=YES_NO, passages=some(PLACES))
SHOWN = thing(
    campaign=SAID,
    unit=SAID,
    name=SAID,
    task=SAID,
    period=TEXT,
    title=SAID,
    state=SAID,
    version=NUMBER,
    handed_in_at={"anyOf": [INSTANT, {"type": "null"}]},
    due=MAYBE,
    items=some(ITEM, 0),
    entered=some(thing(item=TEXT, row=NUMBER, field=SAID, values=some(SAID)), 0),
    checks=some(VERDICT, 0),
    near_copies=some(NEAR_COPY, 0),
)


def words(length: int) -> str:
    chance = Random(1)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(length))


@pytest.fixture
def copied(launched: Clerk) -> Clerk:
    """U02 has handed in what U01 has, but for its end."""
    launched.does("sweep", "--now", "2010-05-20")
    for unit, person, length in (("U01", "李明", 1_200), ("U02", "张三", 1_100)):
        (launched.folder / f"{unit}.txt").write_text(words(length) + "另外的话" * 50, encoding="utf-8")
        launched.does("submit", unit, "实施方案", f"{unit}.txt", "--as", person)
    return launched


def test_the_reviewer_sees_the_file_the_checks_and_both_passages(copied: Clerk) -> None:
    said = copied.does("show", "U02", "实施方案").out
    flat = "".join(line.strip() for line in said.splitlines())
    assert "U02.txt" in said and "第 1 版" in said and "要由审核人查看的" in said
    assert "与 U01 机电学院党支部的相近" in flat and f"本文：{words(120)}……" in flat and f"对方：{words(120)}……" in flat


def test_the_unit_itself_is_told_neither_whose_it_is_nor_its_words(copied: Clerk) -> None:
    said = copied.does("show", "U02", "实施方案", "--as", "张三").out
    assert "您所辖范围以外的一个单位" in said and "机电" not in said and "对方：" not in said
    assert "near-copy" not in said and "U01" not in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_line_fits_into_eighty_columns(copied: Clerk, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for unit in ("U01", "U02", "U03"):
        assert max(map(width, copied.does("show", unit, "实施方案", "--lang", lang).out.splitlines())) <= 80


def test_what_was_never_handed_in_is_said_so(copied: Clerk) -> None:
    assert "没有报送过" in copied.does("show", "U03", "实施方案").out
    assert "nothing handed in" in copied.does("show", "U03", "实施方案", "--lang", "en").out


@pytest.mark.parametrize("unit", ["U01", "U02", "U03"])
def test_it_is_data_too(copied: Clerk, unit: str) -> None:
    data = copied.does("show", unit, "实施方案", "--json").data
    Draft202012Validator(SHOWN).validate(data)
    assert [one["later"] for one in data["near_copies"]] == {"U01": [True], "U02": [False], "U03": []}[unit]


def test_an_act_is_shown_with_its_day_and_words(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-08-02")
    launched.does("submit", "U01", "总结会", "--on", "2010-08-01", "--say", "全体到会", "--as", "李明")
    assert "2010-08-01  全体到会" in launched.does("show", "U01", "总结会").out
