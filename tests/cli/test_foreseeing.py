"""`campaign tomorrow`: a line a letter, and at the end how many, and who cannot be told."""

from __future__ import annotations

import pytest

from engine.cli import layout
from engine.sentences import Lang
from tests.cli.desk import Clerk

EVE = ("--now", "2010-06-10")


def test_a_line_says_who_gets_what_where(launched: Clerk) -> None:
    said = launched.does("tomorrow", *EVE).out
    assert said.startswith("2010年6月11日（周五）会寄出的信（2010-06-10 00:00 推演）\n")
    assert "张三  文学院党支部  zhang@example.org  提醒 1：实施方案\n" in said
    # U03 is led by nobody: who stands in is told.
    assert "王书记  示范大学  wang@example.org  提醒 1：化学学院党支部的实施方案\n" in said
    assert said.endswith("共寄出 3 封，暂存 0 封。\n")


def test_it_is_what_then_lies_in_the_folder_of_letters(launched: Clerk) -> None:
    foreseen = launched.does("tomorrow", *EVE, "--json").data
    launched.does("sweep", "--now", "2010-06-11T08:30")
    launched.does("deliver")
    told = sorted(letter.name.split("_")[1] for letter in launched.letters)
    assert sorted(one["address"] for one in foreseen["messages"]) == told and foreseen["sent"] == len(told) == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_fits_a_terminal(launched: Clerk, lang: Lang) -> None:
    launched.does("mail", "off", "--as", "管理员")
    page = launched.does("tomorrow", *EVE, "--on", "2010-07-05", "--lang", lang).out
    assert all(layout.width(line) <= 80 for line in page.splitlines()), page
    assert ("【暂存】" if lang == "zh" else "[held]") in page


def test_a_day_that_is_past_is_refused(launched: Clerk) -> None:
    assert launched("tomorrow", *EVE, "--on", "2010-06-09").code == 1
    assert "会寄出的信" in launched.does("tomorrow", *EVE, "--on", "2010-06-10").out


def test_of_a_campaign_that_is_over_nothing_is_foreseen(launched: Clerk) -> None:
    launched.does("close", "--as", "管理员", "--reason", "完成", "--yes")
    assert "已结束" in launched.does("tomorrow").out
    assert launched.does("tomorrow", "--json").data["messages"] == []


def test_without_a_campaign_it_says_so(clerk: Clerk) -> None:
    clerk.does("init", "--rehearsal")
    assert "还没有发动" in clerk("tomorrow").err


def test_looking_keeps_nothing(launched: Clerk) -> None:
    before = (launched.folder / "campaign.db").read_bytes()
    launched.does("tomorrow", *EVE)
    assert (launched.folder / "campaign.db").read_bytes() == before and not launched.letters
    assert "2010-05-04" in launched.does("status").out
