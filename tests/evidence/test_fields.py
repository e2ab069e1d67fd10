"""What is entered in a field: read as its type, judged by what is asked."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.definition.model import Field, Item
from engine.evidence.fields import Entry, read_values, too_few_rows
from engine.sentences import Sentence

NOW = datetime(2031, 9, 1, 9, 30)  # noqa: DTZ001 - the local time of the campaign


PEOPLE = {"李红": 7, "王刚": 8}


class Roster:
    """Two persons and a unit."""

    def person(self, text: str) -> int | Sentence:
        return PEOPLE.get(text, Sentence("没有“{text}”", "no “{text}”", {"text": text}))

    def unit(self, text: str) -> int | Sentence:
        return 3 if text == "A1" else Sentence("没有“{text}”", "no “{text}”", {"text": text})


def read(field: Field, *texts: str, place: str = "") -> tuple[object, list[str]]:
    """The values of one field, and what is wrong in Chinese."""
    given = {field.name: Entry(texts=texts, place=place)} if texts else {}
    found = read_values([field], given, Roster(), NOW)
    return found.values.get(field.name, ()), [verdict.sentence.say("zh") for verdict in found.verdicts]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", " 两行\n文字 ", "两行\n文字"),
        ("number", "12.50", "12.5"),
        ("number", "1,200", "1200"),
        ("number", "７０％", "0.7"),
        ("number", "-0.00", "0"),
        ("number", "1200", "1200"),
        ("date", "2031年9月1日", "2031-09-01"),
        ("time", "2031/9/1 9:30", "2031-09-01 09:30"),
        ("span", "3个工作日", "3wd"),
        ("yes_no", "是", True),
        ("yes_no", "No", False),
        ("person", "李红", 7),
        ("unit", "A1", 3),
    ],
)
def test_a_text_becomes_a_value_of_its_type(kind, text, value):
    assert read(Field(name="甲", type=kind), text) == ((value,), [])


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("number", "十二", "“甲”：“十二”不是数字。"),
        ("number", "1e9", "“甲”：“1e9”不是数字。"),
        ("date", "2031-02-30", "“甲”：“2031-02-30”不是日期，写成 2031-09-01。"),
        ("time", "2031-09-01", "“甲”：“2031-09-01”不是时间，写成 2031-09-01 09:30。"),
        ("span", "很久", "“甲”：“很久”不是时长，写成 3d、2小时。"),
        ("yes_no", "也许", "“甲”：“也许”应当写是或否。"),
        ("person", "李虹", "“甲”：没有“李虹”。"),
        ("text", "a\x00b", "“甲”：有不可见的控制字符：a·b。"),
    ],
)
def test_what_is_no_such_value_is_said(kind, text, said):
    assert read(Field(name="甲", type=kind), text)[1] == [said]


def test_the_place_of_a_cell_is_named():
    assert read(Field(name="甲", type="number"), "x", place="台账!B3")[1] == ["台账!B3，“甲”：“x”不是数字。"]


@pytest.mark.parametrize(("people", "said"), [(["李红"], ["“甲”：写了 1 个（要求不少于 2 个）。"]), (["李红", "王刚"], [])])
def test_as_many_values_as_asked_for(people, said):
    assert read(Field(name="甲", type="person", count=">= 2"), *people)[1] == said


def test_one_value_where_nothing_is_said_of_how_many():
    assert read(Field(name="甲"), "一", "二")[1] == ["“甲”：写了 2 个（要求1 个）。"]


@pytest.mark.parametrize(("number", "wrong"), [("0", True), ("1", False), ("40", False), ("40.01", True)])
def test_a_number_lies_within_its_range(number, wrong):
    assert bool(read(Field(name="甲", type="number", range="1..40"), number)[1]) is wrong


def test_the_same_person_twice_counts_once():
    assert read(Field(name="甲", type="person", count=">= 2"), "李红", "李红")[1] == ["“甲”：写了重复的。"]


def test_a_choice_names_the_nearest_label():
    assert read(Field(name="甲", choice=("业务练兵", "技能竞赛")), "业务练并")[1] == ["“甲”：“业务练并”不在可选之列，是不是“业务练兵”。"]


def test_an_agenda_is_kept_to_in_its_order():
    agenda = Field(name="议程", choice=("通报", "讨论"), ordered=True)
    assert read(agenda, "通报", "讨论")[1] == []
    assert read(agenda, "讨论", "通报")[1] == ["“议程”：应当依次是：通报、讨论。"]
    assert read(agenda, "通报")[1][0] == "“议程”：写了 1 个（要求2 个）。"


@pytest.mark.parametrize(("time", "wrong"), [("2031-09-01 09:29", False), ("2031-09-01 09:30", False), ("2031-09-01 09:31", True)])
def test_what_was_held_lies_not_ahead(time, wrong):
    assert bool(read(Field(name="甲", type="time", past=True), time)[1]) is wrong


@pytest.mark.parametrize(("must", "codes"), [(True, ["field-missing"]), (False, [])])
def test_what_must_be_filled_in_is_missed(must, codes):
    found = read_values([Field(name="甲", must=must)], {}, Roster(), NOW)
    assert [verdict.code for verdict in found.verdicts] == codes


def test_what_is_missing_is_the_shortfall():
    (verdict,) = read_values([Field(name="held_at", type="time", zh="召开时间", en="held at")], {}, Roster(), NOW).verdicts
    assert verdict.shortfall is not None
    assert (verdict.shortfall.say("zh"), verdict.shortfall.say("en")) == ("缺“召开时间”", "“held at” is missing")


@pytest.mark.parametrize(("rows", "short"), [(1, "还差 1 行"), (2, None), (3, None)])
def test_a_ledger_has_as_many_rows_as_asked_for(rows, short):
    verdict = too_few_rows(Item(name="甲", kind="ledger", rows=">= 2"), rows)
    assert (verdict and verdict.shortfall and verdict.shortfall.say("zh")) == short
