"""Sending hours at the command line."""

from __future__ import annotations

import pytest

from tests.cli.desk import Clerk, flat


@pytest.fixture
def returned(launched: Clerk) -> Clerk:
    """At ten in the evening a branch has its plan returned."""
    paper = launched.document("方案.docx", 1100)
    launched.does("submit", "U01", "实施方案", paper, "--as", "李明", "--now", "2010-05-20 21:50")
    launched.does("review", "U01", "实施方案", "--return", "--reason", "太泛", "--as", "王书记", "--now", "2010-05-20 22:00")
    return launched


def test_what_is_not_urgent_waits_and_that_is_said(returned: Clerk) -> None:
    said = returned.does("deliver")
    assert "不在发信时间之内" in flat(said.out) and "等到 2010-05-21 07:00" in flat(said.out)
    assert all(len(line.encode("gb18030")) <= 80 for line in said.out.splitlines())
    number = returned.does("notices", "--json").data[-1]["id"]
    found = returned.does("explain-notice", str(number))
    assert "发信时间" in flat(found.out) and "2010-05-21 07:00" in flat(found.out)
    assert "until 2010-05-21 07:00" in flat(returned.does("explain-notice", str(number), "--lang", "en").out)
    assert "寄出 1 封" in flat(returned.does("deliver", "--now", "2010-05-21 07:00").out)


def test_hours_are_shown_named_and_named_no_more(launched: Clerk) -> None:
    assert "没有规定发信时间" in flat(launched.does("mail", "hours").out)
    said = launched.does("mail", "hours", "8:00—18:00", "--working-days", "--as", "管理员")
    assert "工作日 08:00-18:00 寄" in flat(said.out)
    assert "08:00-18:00 on working days;" in flat(launched.does("mail", "hours", "--lang", "en").out)
    assert "改发信时间" in launched.does("journal").out and "只在工作日" in launched.does("journal").out
    assert "任何时刻" in launched.does("mail", "hours", "00:00-24:00", "--as", "管理员").out
    assert "没有规定发信时间" in flat(launched.does("mail", "hours", "--default", "--as", "管理员").out)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("22:00-06:00", "--as", "管理员"), 2, "不能跨过午夜"),
        (("八点到六点", "--as", "管理员"), 2, "看不懂发信时间"),
        (("--working-days", "--as", "管理员"), 2, "--working-days 要和时间一起写"),
        (("08:00-18:00", "--default", "--as", "管理员"), 2, "二者只写一个"),
        (("08:00-18:00",), 1, "--as"),
    ],
)
def test_what_is_wrong_with_them_is_said_and_nothing_changes(launched: Clerk, words: tuple[str, ...], code: int, said: str) -> None:
    answer = launched("mail", "hours", *words)
    assert answer.code == code and said in answer.err
    assert "没有规定发信时间" in flat(launched.does("mail", "hours").out)
