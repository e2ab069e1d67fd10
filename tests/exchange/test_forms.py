"""Forms and ledgers as tables: what is written can be filled in and read back, and every slip has its cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from engine.definition.model import Field, Item
from engine.errors import FileProblems
from engine.exchange.files import FileExists
from engine.exchange.forms import read_form, read_ledger, write_form
from tests.exchange.making import workbook

FORM = Item(
    name="小组",
    kind="form",
    fields=(Field(name="组长", type="person"), Field(name="组成", type="person", count=">= 2"), Field(name="照片", type="file")),
)
LEDGER = Item(name="台账", kind="ledger", fields=(Field(name="日期", type="date"), Field(name="备注", must=False)))


def said(act) -> list[str]:
    """Where and what is wrong."""
    with pytest.raises(FileProblems) as caught:
        act()
    return [f"{problem.path}: {problem.message.say('zh')}" for problem in caught.value.problems]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_form_comes_back_as_it_was_written(tmp_path: Path, ending, lang):
    file = tmp_path / f"表.{ending}"
    write_form(file, FORM, [{"组长": ("李红",), "组成": ("李红", "王刚")}], lang)
    assert {name: entry.texts for name, entry in read_form(file, FORM).items()} == {"组长": ("李红",), "组成": ("李红", "王刚")}


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_ledger_comes_back_as_it_was_written(tmp_path: Path, ending):
    file = tmp_path / f"表.{ending}"
    write_form(file, LEDGER, [{"日期": ("2031-09-01",)}, {"日期": ("2031-09-02",), "备注": ("雨",)}], "zh")
    assert [{name: entry.texts for name, entry in row.items() if entry.texts} for row in read_ledger(file, LEDGER)] == [
        {"日期": ("2031-09-01",)},
        {"日期": ("2031-09-02",), "备注": ("雨",)},
    ]


def test_an_empty_form_holds_what_is_asked_and_no_file_field(tmp_path: Path):
    write_form(tmp_path / "表.xlsx", FORM, [], "zh")
    sheet = openpyxl.load_workbook(tmp_path / "表.xlsx").active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["栏目", "要求", "填写"],
        ["组长", "姓名或邮箱", None],
        ["组成", "姓名或邮箱；不少于 2 个，用、或；隔开", None],
    ]


def test_nothing_that_is_there_is_overwritten(tmp_path: Path):
    write_form(tmp_path / "表.csv", FORM, [], "zh")
    with pytest.raises(FileExists):
        write_form(tmp_path / "表.csv", FORM, [], "zh")


def test_several_values_stand_in_one_cell_or_in_several(tmp_path: Path):
    file = workbook(tmp_path / "a.xlsx", {"表": [["栏目", "要求", "填写"], ["组成", "", "李红、王刚", "赵敏"]]})
    entry = read_form(file, FORM)["组成"]
    assert (entry.texts, entry.place) == (("李红", "王刚", "赵敏"), "表!C2")


def test_a_cell_of_a_date_is_read_as_its_day(tmp_path: Path):
    file = workbook(tmp_path / "a.xlsx", {"表": [["日期", "备注"], [date(2031, 9, 1), "x"]]})
    assert read_ledger(file, LEDGER)[0]["日期"].texts == ("2031-09-01",)


def test_every_slip_of_a_form_is_said_at_once(tmp_path: Path):
    file = workbook(tmp_path / "a.xlsx", {"表": [["组张", "", "李红"], ["组成", "", "=A1"], ["组成", "", "王刚"]]})
    assert said(lambda: read_form(file, FORM)) == [
        "表!A1: 没有“组张”这个栏目。",
        "表!C2: 这个单元格里是公式。",
        "表!A3: 这个栏目出现了两次。",
    ]


def test_every_slip_in_the_headings_of_a_ledger_is_said_at_once(tmp_path: Path):
    file = workbook(tmp_path / "a.xlsx", {"表": [["日 期", "备注", "备注"], ["2031-09-01", "", ""]]})
    assert said(lambda: read_ledger(file, LEDGER)) == [
        "表!A1: 没有“日 期”这个栏目。",
        "表!C1: 这个栏目出现了两次。",
        "表: 缺少“日期”这一列。",
    ]


@pytest.mark.parametrize("name", ["a.docx", "a"])
def test_only_tables_are_read(tmp_path: Path, name):
    (tmp_path / name).write_text("x", encoding="utf-8")
    assert said(lambda: read_form(tmp_path / name, FORM)) == [": 这里要的是 .xlsx 或 .csv 表格。"]
