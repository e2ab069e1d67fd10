"""What a superior is told of those below her: a line for each unit and day, however much it owes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifiers.parts import SHOWN, DebtorLine, section
from notifiers.texts import compose
from notifiers.views import DutyLine, LaggardLine
from notifiers.wrap import unwrap
from tests.notifiers.views import LAGGARD, VIEW, due

ABOUT = [replace(LAGGARD, about=f"第{number}党支部") for number in range(1, 26)]


def told(*lines: DutyLine | LaggardLine) -> list[DebtorLine]:
    return [line for line in section("below", lines, "zh").lines if isinstance(line, DebtorLine)]


def test_what_a_unit_owes_about_several_is_one_line_that_names_them() -> None:
    composed = compose(replace(VIEW, below=tuple(ABOUT[:3])))
    assert "- 信息工程学院党总支（陈慧敏）未办：对第1党支部、第2党支部、第3党支部的领导点评" in unwrap(composed.text)
    assert "未办：对第1党支部、第2党支部、第3党支部的领导点评" in composed.html
    assert composed.subject.startswith("3 项下级工作尚未完成") and "（3 项）" in composed.text


def test_several_duties_of_a_unit_stand_in_one_line() -> None:
    lines = tuple(replace(LAGGARD, about="", task_title=title) for title in ("总结", "承诺", "报表"))
    zh, en = compose(replace(VIEW, below=lines)), compose(replace(VIEW, lang="en", below=lines))
    assert "未办：总结；承诺；报表" in zh.text and "未办：总结；承诺；报表" in zh.html
    assert "has not done: 总结; 承诺; 报表" in en.text and "has not done: 总结; 承诺; 报表" in en.html


@pytest.mark.parametrize(
    "other",
    [
        replace(LAGGARD, unit_name="文学院党总支"),
        replace(LAGGARD, who="何东升"),
        replace(LAGGARD, days=-9),
        replace(LAGGARD, reviewing=True),
        replace(LAGGARD, original_due_text="2010年9月20日（周一）"),
    ],
)
def test_another_unit_or_another_day_is_another_line(other: LaggardLine) -> None:
    assert [line.told for line in told(LAGGARD, other)] == [1, 1]


@pytest.mark.parametrize(("owed", "named", "more"), [(19, 19, 0), (20, 20, 0), (21, 20, 1), (25, 20, 5)])
def test_of_very_many_about_whom_as_many_are_named_as_anybody_reads(owed: int, named: int, more: int) -> None:
    part = section("below", ABOUT[:owed], "zh")
    [line] = told(*ABOUT[:owed])
    assert (line.told, part.more, part.count) == (named, more, owed)
    assert line.about.count("、") == named - 1


@pytest.mark.parametrize(("units", "more"), [(SHOWN, 0), (SHOWN + 1, 2)])
def test_of_many_units_what_is_left_out_is_counted_by_duties(units: int, more: int) -> None:
    lines = [replace(LAGGARD, unit_name=f"第{n}党总支", task_title=title) for title in ("总结", "承诺") for n in range(units)]
    part = section("below", lines, "zh")
    assert (len(part.lines), part.more, part.count) == (SHOWN, more, 2 * units)


def test_duties_of_ones_own_stand_each_for_itself() -> None:
    assert section("overdue", due(-1, 3), "zh").lines == due(-1, 3)


def test_a_date_that_was_moved_stands_with_the_first_one() -> None:
    moved = replace(LAGGARD, due_text="2010年9月30日（周四）", original_due_text="2010年9月20日（周一）")
    zh, en = compose(replace(VIEW, below=(moved,))), compose(replace(VIEW, lang="en", below=(moved,)))
    for words in ("截止日期：2010年9月30日（周四）", "原定日期：2010年9月20日（周一）"):
        assert words in zh.text and words in zh.html
    assert "first due: 2010年9月20日（周一）" in en.text and "first due: 2010年9月20日（周一）" in en.html
