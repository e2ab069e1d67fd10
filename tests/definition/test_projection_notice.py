"""The notice of 2010-2012 on the calendar, day by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.definition.consistency import check_whole
from engine.definition.model import Workflow
from engine.definition.projection import project
from engine.definition.projection_model import OccurrenceDates, Projection
from engine.definition.timeline import draw, timeline
from tests.definition.projection_samples import S1, S2, S3, notice_001

ZONE = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture(name="plan")
def _plan() -> Workflow:
    return notice_001()


@pytest.fixture(name="calendar")
def _calendar(plan: Workflow) -> Projection:
    projection, issues = project(plan)
    assert issues == ()
    return projection


def of(calendar: Projection, name: str) -> list[OccurrenceDates]:
    return [one for one in calendar.occurrences if one.task == name]


@pytest.mark.parametrize(
    ("position", "name", "opens", "closes"),
    [
        (0, S1, "2010-05-11T00:00", "2010-06-01T00:00"),
        (1, S2, "2010-06-01T00:00", "2011-07-01T00:00"),
        (2, S3, "2011-07-01T00:00", "2012-07-01T00:00"),
    ],
)
def test_the_stages_stand_where_the_notice_puts_them(calendar: Projection, position: int, name: str, opens: str, closes: str) -> None:
    stage = calendar.stages[position]
    assert (stage.name, stage.position, stage.opens, stage.closes) == (name, position, local(opens), local(closes))


def test_the_file_has_its_own_window(calendar: Projection) -> None:
    assert (calendar.opens, calendar.closes) == (local("2010-05-11T00:00"), local("2012-07-01T00:00"))


@pytest.mark.parametrize(
    ("name", "due", "position"),
    [
        ("实施方案", "2010-05-31", 0),
        ("党性分析和党员评议", "2010-12-31", 1),
        ("党性分析报告", "2010-12-31", 1),
        ("服务群众", "2011-06-30", 1),
        ("表彰优秀党员", "2011-06-30", 1),
        ("专项表彰", "2012-06-30", 2),
        ("总结", "2012-06-30", 2),
    ],
)
def test_each_task_is_due_on_its_day_and_gates_its_stage(calendar: Projection, name: str, due: str, position: int) -> None:
    [one] = of(calendar, name)
    assert (one.due_text, one.position) == (due, position)
    assert one.due == local(f"{due}T00:00") + timedelta(days=1)


def test_the_comment_of_the_leader_has_eight_quarters(calendar: Projection) -> None:
    quarters = of(calendar, "领导点评")
    assert [one.period for one in quarters] == [
        "2010-Q3", "2010-Q4", "2011-Q1", "2011-Q2", "2011-Q3", "2011-Q4", "2012-Q1", "2012-Q2",
    ]  # fmt: skip
    assert [one.due_text for one in quarters] == [
        "2010-09-30", "2010-12-31", "2011-03-31", "2011-06-30", "2011-09-30", "2011-12-31", "2012-03-31", "2012-06-30",
    ]  # fmt: skip
    assert [one.position for one in quarters] == [1, 1, 1, 1, 2, 2, 2, 2]
    assert quarters[0].opens == local("2010-07-01T00:00")
    assert quarters[0].period_title.say("zh") == "2010年第三季度"
    assert quarters[0].period_title.say("en") == "Q3 2010"


@pytest.mark.parametrize("name", ["评议组织", "评议党员"])
def test_the_evaluations_have_two_halves_and_the_month_of_june_is_dropped(calendar: Projection, name: str) -> None:
    assert [(one.period, one.due_text) for one in of(calendar, name)] == [("2010-H2", "2010-12-31"), ("2011-H1", "2011-06-30")]


def test_a_task_of_the_file_opens_with_the_file_and_one_of_a_stage_with_the_stage(calendar: Projection) -> None:
    assert of(calendar, "表彰优秀党员")[0].opens == local("2010-05-11T00:00")
    assert of(calendar, "专项表彰")[0].opens == local("2011-07-01T00:00")


def test_what_has_no_date_waits_in_the_last_stage(calendar: Projection) -> None:
    [at_times], [congress] = of(calendar, "适时表彰"), of(calendar, "继续深化")
    assert (at_times.pending_on, at_times.due, at_times.late, at_times.position) == (("undated",), None, None, 2)
    assert (congress.pending_on, congress.due, congress.due_text, congress.position) == (("党的十八大",), None, "", 2)


def test_every_wording_is_read_back_to_its_author(calendar: Projection) -> None:
    read = {(reading.path, reading.period): (reading.opens, reading.due) for reading in calendar.readings}
    assert read["window", ""] == ("2010-05-11", "2012-06-30")
    assert read[f"stages.{S1}.window", ""] == ("2010-05-11", "2010-05-31")
    assert read[f"stages.{S2}.tasks.党性分析和党员评议.due", ""] == (None, "2010-12-31")
    assert read["tasks.领导点评.every", "2010-Q3"] == ("2010-07-01", "2010-09-30")
    assert read["anchors.建党90周年", ""] == ("2011-07-01", "2011-07-01")


def test_the_whole_has_no_error_and_tells_what_is_worth_a_look(plan: Workflow, calendar: Projection) -> None:
    issues = check_whole(plan, calendar)
    assert {issue.severity for issue in issues} == {"warning"}
    assert {(issue.path, issue.code) for issue in issues} == {
        (f"stages.{S3}.window", "on-holiday"),
        (f"stages.{S3}.tasks.专项表彰.due", "on-holiday"),
        ("tasks.领导点评.every", "on-holiday"),
        ("tasks.适时表彰", "undated"),
        ("anchors.党的十八大", "waits-for"),
    }


def test_the_whole_campaign_fits_a_terminal(plan: Workflow, calendar: Projection) -> None:
    text = draw(timeline(plan, calendar))
    assert "  领导点评                   *    *    *    *    *    *    *    * 8次 2012-06-30" in text.splitlines()
