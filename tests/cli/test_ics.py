"""Deadlines for people's own calendars, at the command line."""

from __future__ import annotations

import icalendar
import pytest

from tests.cli.desk import WORKFLOW, Clerk, write_inputs
from tests.exchange.raw_lines import events, text_of

WRONG = 2


def test_the_calendar_is_printed_and_nothing_else(launched: Clerk) -> None:
    said = launched.does("ics", "U01")
    lines = said.out.splitlines()
    assert (lines[0], lines[-1], said.err) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "已写入 mine.ics：机电学院党支部的工作期限 4 条，其中已免报或取消 1 条。"),
        ("en", "4 deadlines, 1 of them waived or cancelled."),
    ],
)
def test_a_file_is_written_and_read_by_other_programs(launched: Clerk, lang: str, words: str) -> None:
    launched.does("waive", "U01", "实施方案", "--reason", "合并", "--as", "王书记")
    assert words in launched.does("ics", "U01", "--output", "mine.ics", "--lang", lang).out.replace("\n", "" if lang == "zh" else " ")
    data = (launched.folder / "mine.ics").read_bytes()
    read = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert [str(each["UID"]) for each in read] == [each["UID"] for each in events(data)]
    assert [str(each["STATUS"]) for each in read] == ["CANCELLED", *["CONFIRMED"] * 3]


def test_a_file_that_is_there_is_replaced_by_the_newer_one(launched: Clerk) -> None:
    launched.does("ics", "李明", "--output", "mine.ics")
    launched.does("extend", "U01", "实施方案", "--to", "2010-06-28", "--reason", "暴雨", "--as", "王书记", "--now", "2010-05-20")
    launched.does("ics", "李明", "--output", "mine.ics")
    (entry,) = [each for each in events((launched.folder / "mine.ics").read_bytes()) if "实施方案" in each["SUMMARY"]]
    assert entry["DTSTART;VALUE=DATE"] == "20100628" and "2010年6月18日" in text_of(entry["DESCRIPTION"])


def test_what_is_left_out_is_said_beside_the_calendar(clerk: Clerk) -> None:
    text = WORKFLOW.replace("stages:", "anchors: {校庆: undated}\nstages:", 1) + (
        "      回顾: {owner: 党支部, due: 校庆前}\n      适时汇报: {owner: 党支部, due: 适时}\n"
    )
    write_inputs(clerk.folder, workflow=text)
    clerk.does("init", "--rehearsal")
    clerk.does("units", "import", "roster.xlsx", "--as", "管理员")
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    clerk.does("launch", "--as", "管理员", "--yes", "--now", "2010-05-04")
    said = clerk.does("ics", "U01")
    assert "没有期限而未列入的 1 项。日期待定而未列入的 1 项，要等：校庆。" in said.err
    assert "校庆" not in said.out and "回顾" not in said.out
    said = clerk.does("ics", "U01", "--output", "mine.ics", "--lang", "en")
    assert "having no due date: 1." in said.out and "not known yet: 1, waiting for: 校庆." in said.out.replace("\n", " ")
    assert clerk.does("ics", "U01", "--json").data["pending"] == [{"on": ["校庆"], "count": 1}]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("李民",), 1, "有人名为“李明”。"),
        (("U1",), 1, "是不是“U01”？"),
        (("机电学院党支部",), 1, "代码是 U01。"),
        (("U03/书记",), 1, "化学学院党支部 的“书记”目前无人担任。"),
        (("李明", "--unit"), 1, "没有代码为“李明”的单位"),
        (("U01", "--output", "mine.csv"), WRONG, "日历只能写成 .ics 文件，mine.csv 不是。"),
        (("U01", "--output", "absent/mine.ics"), 1, "无法写入 absent/mine.ics"),
        (("U01", "--campaign", "spring"), 1, "没有名为“spring”的活动。"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_said_in_a_sentence_and_nothing_is_printed(
    launched: Clerk, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = launched("ics", *words)
    assert (answer.code, answer.out) == (code, "") and said in answer.err, answer.err


def test_before_anything_was_launched_there_is_no_calendar(clerk: Clerk) -> None:
    clerk.does("init", "--rehearsal")
    assert "还没有发动任何活动" in clerk("ics", "U01").err
