"""The plan as rows and as a chart for a terminal of eighty columns."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.definition.projection_model import OccurrenceDates, Projection, StageDates
from engine.definition.timeline import TimelineRow, draw, timeline
from engine.sentences import plain
from tests.definition.projection_samples import stage, task, workflow


def columns(text: str) -> int:
    """As a terminal counts them: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def stage_row(name: str, opens: str | None, due: str | None, **fields: Any) -> TimelineRow:
    return TimelineRow(
        **{
            "kind": "stage",
            "name": name,
            "title": name,
            "period": "",
            "wording": "",
            "opens": opens,
            "due": due,
            "lock": None,
            "stage": name,
            **fields,
        }
    )


def task_row(name: str, stage: str, opens: str | None, due: str | None, **fields: Any) -> TimelineRow:
    return replace(stage_row(name, opens, due), kind="occurrence", stage=stage, **fields)


QUARTERS = ("2010-09-30", "2010-12-31", "2011-03-31", "2011-06-30", "2011-09-30", "2011-12-31", "2012-03-31", "2012-06-30")
CAMPAIGN = (
    stage_row("广泛发动安排部署", "2010-05-11", "2010-05-31"),
    task_row("成立领导小组", "广泛发动安排部署", "2010-05-11", "2010-05-31"),
    stage_row("全面争创扎实推进", "2010-06-01", "2011-06-30"),
    task_row("党性分析和党员评议", "全面争创扎实推进", "2010-06-01", "2010-12-31"),
    *(task_row("领导点评", "全面争创扎实推进", None, day, period=day[:7]) for day in QUARTERS[:4]),
    stage_row("系统总结完善机制", "2011-07-01", "2012-06-30"),
    *(task_row("领导点评", "系统总结完善机制", None, day, period=day[:7]) for day in QUARTERS[4:]),
    task_row("专项表彰", "系统总结完善机制", "2011-07-01", "2012-06-30"),
    task_row("适时表彰", "系统总结完善机制", "2010-05-11", None, pending_on=("undated",)),
    task_row("继续深化", "系统总结完善机制", "2010-05-11", None, pending_on=("党的十八大",)),
)


def test_the_campaign_of_two_years_is_drawn_like_this() -> None:
    assert draw(CAMPAIGN, 80, "zh").splitlines() == [
        "                     2010         2011                2012",
        "                     5  7  9   11 1  3   5  7   9  11 1   3  5    期限",
        "1 广泛发动安排部署   []           :                   :           2010-05-31",
        "  成立领导小组       -*           :                   :           2010-05-31",
        "2 全面争创扎实推进    [=====================]         :           2011-06-30",
        "  党性分析和党员评议  ------------*                   :           2010-12-31",
        "3 系统总结完善机制                :         [===================] 2012-06-30",
        "  专项表彰                        :         --------------------* 2012-06-30",
        "贯穿各阶段                        :                   :",
        "  领导点评                   *    *    *    *    *    *    *    * 8次 2012-06-30",
        "",
        "尚未确定日期",
        "  适时表彰  文件没有写明日期，待指定",
        "  继续深化  等待：党的十八大",
        "",
        "[==] 阶段  -* 期限  ! 截止，之后不收  “n次”后为末次期限",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_line_is_wider_than_the_terminal(width: int, lang: Any) -> None:
    long = task_row("一个特别特别特别特别特别特别特别长的任务名称", "系统总结完善机制", "2011-07-01", "2012-05-20 17:00")
    assert max(columns(line) for line in draw((*CAMPAIGN, long), width, lang).splitlines()) <= width


def test_a_terminal_too_narrow_for_a_chart_gets_sixty_columns() -> None:
    assert draw(CAMPAIGN, 20) == draw(CAMPAIGN, 60)


def test_a_long_name_is_cut_and_shows_it() -> None:
    text = draw((task_row("一个特别特别特别特别特别特别特别长的任务名称", "", None, "2031-05-20"),))
    assert "  一个特别特别特别特别特别..  " in text


def test_days_are_marked_where_a_run_is_short() -> None:
    lines = draw((stage_row("春季", "2031-03-05", "2031-04-28"),)).splitlines()
    assert lines[0].split() == ["2031-03", "2031-04"]
    assert lines[1].split() == ["1", "11", "21", "1", "11", "21", "期限"]


def test_a_stage_without_end_points_on_and_says_so() -> None:
    line = draw((stage_row("常态", "2031-03-05", None), task_row("x", "常态", None, "2031-06-30"))).splitlines()[2]
    assert line.endswith("> 不限期")


def test_a_stage_that_opens_on_entry_says_so() -> None:
    rows = (stage_row("复核", None, None, on_entry=True), task_row("x", "复核", None, "2031-06-30"))
    assert "到达时开始" in draw(rows)
    assert "opens on entry" in draw(rows, lang="en")


def test_a_lock_stands_after_its_due() -> None:
    line = draw((task_row("x", "", "2031-03-01", "2031-05-20", lock="2031-08-31"),)).splitlines()[2]
    assert line.index("*") < line.index("!")


def test_a_lock_on_the_due_itself_leaves_the_mark_of_the_due() -> None:
    line = draw((task_row("x", "", "2031-03-01", "2031-05-20", lock="2031-05-20"),)).splitlines()[2]
    assert "*" in line
    assert "!" not in line


def test_without_any_date_there_is_a_sentence_instead_of_a_chart() -> None:
    assert draw(()) == "没有任何可画的日期。"
    waiting = task_row("x", "", None, None, pending_on=("received",))
    assert draw((waiting,), lang="en").splitlines()[-1] == "  x  the day the notice is received"


def test_a_title_with_a_line_break_stays_on_its_line() -> None:
    assert "a b" in draw((task_row("x", "", None, "2031-05-20", title="a\n b"),))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_rows_give_local_days_and_follow_the_stage_they_gate() -> None:
    plan = workflow(task("b", "first", title="乙"), task("a"), stages=(stage("first", title="一"), stage("second")))
    given: dict[str, Any] = {"period": "", "period_title": plain(""), "wording": "w", "late": None}
    projection = Projection(
        stages=(
            StageDates(name="first", position=0, wording="w", opens=instant("2031-02-28T16:00"), closes=instant("2031-03-31T16:00")),
            StageDates(name="second", position=1, wording="w", opens=None, closes=None, on_entry=True),
        ),
        occurrences=(
            OccurrenceDates(task="a", position=1, opens=None, due=None, due_text="", lock=None, pending_on=("congress",), **given),
            OccurrenceDates(
                task="b",
                position=0,
                opens=instant("2031-02-28T16:00"),
                due=instant("2031-03-31T16:00"),
                due_text="2031-03-31",
                lock=instant("2031-04-01T09:00:01"),
                **given,
            ),
        ),
        readings=(),
    )
    rows = timeline(plan, projection)
    assert [(row.kind, row.title, row.stage) for row in rows] == [
        ("stage", "一", "first"),
        ("occurrence", "乙", "first"),
        ("stage", "second", "second"),
        ("occurrence", "a", "second"),
    ]
    assert (rows[0].opens, rows[0].due) == ("2031-03-01", "2031-03-31")
    assert (rows[1].opens, rows[1].due, rows[1].lock) == ("2031-03-01", "2031-03-31", "2031-04-01 17:00")
    assert rows[3].pending_on == ("congress",)


def test_a_run_without_stages_has_rows_too() -> None:
    projection = Projection(
        stages=(),
        occurrences=(
            OccurrenceDates(
                task="a",
                period="",
                period_title=plain(""),
                position=-1,
                wording="w",
                opens=None,
                due=instant("2031-03-31T16:00"),
                due_text="2031-03-31",
                late=None,
                lock=None,
            ),
        ),
        readings=(),
    )
    [row] = timeline(workflow(task("a")), projection)
    assert (row.kind, row.due, row.stage) == ("occurrence", "2031-03-31", "")
