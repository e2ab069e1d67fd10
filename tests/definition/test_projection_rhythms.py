"""Tasks that come again: their periods, what is cut, and when each is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.definition.model import Anchor, Calendar, Rhythm, Task, Workflow
from engine.definition.projection import extended_dates, project
from engine.definition.projection_model import UNREADABLE, OccurrenceDates
from engine.definition.projection_tasks import MOST_OCCURRENCES
from tests.definition.projection_samples import stage, task, workflow

ZONE = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def made(plan: Workflow, name: str = "report") -> list[OccurrenceDates]:
    projection, issues = project(plan)
    assert [(issue.path, issue.code, issue.message.say("en")) for issue in issues] == []
    return [one for one in projection.occurrences if one.task == name]


def recurring(each: str | None = None, **fields: Any) -> Task:
    rhythm = {key: fields.pop(key) for key in ("days", "since", "until", "partial") if key in fields}
    return task("report", every=Rhythm(each=each, **rhythm), **fields)


def shown(occurrences: list[OccurrenceDates]) -> list[tuple[str, str]]:
    return [(one.period, one.due_text) for one in occurrences]


def test_a_quarter_cut_by_the_window_keeps_its_name_and_ends_with_the_window() -> None:
    plan = workflow(recurring("quarter"), window="2031年2月—8月10日")
    assert shown(made(plan)) == [("2031-Q1", "2031-03-31"), ("2031-Q2", "2031-06-30"), ("2031-Q3", "2031-08-10")]
    cut = [reading for reading in project(plan)[0].readings if "cut-period" in reading.codes]
    assert [(reading.path, reading.period, reading.opens, reading.due) for reading in cut] == [
        ("tasks.report.every", "2031-Q1", "2031-02-01", "2031-03-31"),
        ("tasks.report.every", "2031-Q3", "2031-07-01", "2031-08-10"),
    ]
    assert "2031年第一季度只计2031-02-01至2031-03-31" in [remark.say("zh") for remark in cut[0].remarks]


@pytest.mark.parametrize(
    ("partial", "names"),
    [
        ("keep", ["2031-Q1", "2031-Q2", "2031-Q3"]),
        ("drop", ["2031-Q2"]),
        ("drop_first", ["2031-Q2", "2031-Q3"]),
        ("drop_last", ["2031-Q1", "2031-Q2"]),
    ],
)
def test_cut_periods_are_kept_or_dropped_as_the_file_says(partial: str, names: list[str]) -> None:
    plan = workflow(recurring("quarter", partial=partial), window="2031年2月—8月10日")
    assert [one.period for one in made(plan)] == names


@pytest.mark.parametrize(("first", "count"), [("3月31日", 2), ("4月1日", 1), ("4月2日", 1)])
def test_a_period_is_made_when_one_day_of_it_meets_the_window(first: str, count: int) -> None:
    assert len(made(workflow(recurring("quarter"), window=f"2031年{first}—6月底"))) == count


def test_each_period_opens_with_itself() -> None:
    assert [one.opens for one in made(workflow(recurring("month"), window="2031年3月—4月"))] == [
        local("2031-03-01T00:00"),
        local("2031-04-01T00:00"),
    ]


@pytest.mark.parametrize(
    ("due", "days"),
    [
        ("次月7日", ["2032-02-07", "2032-03-07", "2032-04-07"]),
        ("period.end + 9d", ["2032-02-09", "2032-03-09", "2032-04-09"]),
        ("当月31日", ["2032-01-31", "2032-02-29", "2032-03-31"]),
        ("period.start + 14d", ["2032-01-15", "2032-02-15", "2032-03-15"]),
    ],
)
def test_a_due_may_be_worded_by_the_period_also_in_a_leap_year(due: str, days: list[str]) -> None:
    assert [one.due_text for one in made(workflow(recurring("month", due=due), window="2032年1月—3月"))] == days


def test_a_day_without_a_year_is_looked_for_in_each_period() -> None:
    plan = workflow(recurring("year", due="12月20日前"), window="2031年—2033年")
    assert [one.due_text for one in made(plan)] == ["2031-12-20", "2032-12-20", "2033-12-20"]


def test_an_opening_may_be_worded_by_the_period() -> None:
    plan = workflow(recurring("month", opens="period.end - 4d"), window="2031年3月—4月")
    assert [one.opens for one in made(plan)] == [local("2031-03-27T00:00"), local("2031-04-26T00:00")]


def test_a_span_counts_from_the_opening_of_each_period() -> None:
    plan = workflow(recurring("month", due="10日内"), window="2031年3月—4月")
    assert [one.due_text for one in made(plan)] == ["2031-03-11", "2031-04-11"]


def test_a_rhythm_by_days_is_due_on_them() -> None:
    assert shown(made(workflow(recurring(days=("2031-04-20", "2031-04-05")), window="2031年4月"))) == [
        ("2031-04-05", "2031-04-05"),
        ("2031-04-20", "2031-04-20"),
    ]


def test_days_may_be_worded_like_any_other() -> None:
    assert [one.period for one in made(workflow(recurring(days=("4月5日", "fair")), anchors=(Anchor(name="fair", at="2031-04-20"),)))] == [
        "2031-04-05",
        "2031-04-20",
    ]


def test_a_spoken_rhythm_may_have_a_time_of_day() -> None:
    # 2031-04-01 is a Tuesday.
    first, second, *_ = made(workflow(recurring("每周二9:30"), window="2031年4月"))
    assert (first.due_text, first.due) == ("2031-04-01 09:30", local("2031-04-01T09:30:01"))
    assert second.due_text == "2031-04-08 09:30"


def test_from_and_until_bound_the_rhythm_and_the_periods_count_from_there() -> None:
    plan = workflow(recurring("2w", since="2031-03-12", until="2031-04-10"))
    assert [(one.opens, one.due_text) for one in made(plan)] == [
        (local("2031-03-12T00:00"), "2031-03-25"),
        (local("2031-03-26T00:00"), "2031-04-08"),
        (local("2031-04-09T00:00"), "2031-04-10"),
    ]


@pytest.mark.parametrize("every", [Rhythm(each="quarter"), Rhythm(days=("每月8日",)), Rhythm(each="2w", since="2031-03-12")])
def test_a_rhythm_without_an_end_is_not_yet_made(every: Rhythm) -> None:
    plan = workflow(task("report", every=every), window="2031年1月1日—")
    projection, issues = project(plan)
    assert [(issue.path, issue.code) for issue in issues] == [("tasks.report.every", "not-yet")]
    assert [one.pending_on for one in projection.occurrences] == [(UNREADABLE,)]


@pytest.mark.parametrize(
    "every",
    [
        Rhythm(each="quarter", until="2031年6月底"),
        Rhythm(days=("2031-03-08", "2031-06-08")),
        Rhythm(days=("每月8日",), until="2031年4月底"),
    ],
)
def test_days_that_are_listed_and_a_rhythm_with_until_end_by_themselves(every: Rhythm) -> None:
    assert made(workflow(task("report", every=every), window="2031年1月1日—"))


def test_a_rhythm_in_a_stage_stays_in_its_stage() -> None:
    plan = workflow(task("report", "spring", every=Rhythm(each="month")), stages=(stage("spring", "4月—5月"), stage("summer", "6月")))
    assert [(one.period, one.position) for one in made(plan)] == [("2031-04", 0), ("2031-05", 0)]


def test_tasks_of_one_rhythm_meet_in_the_same_period() -> None:
    other = task("summary", every=Rhythm(each="month"), due="report.due + 3d")
    plan = workflow(other, recurring("month", due="次月7日"), window="2031年3月—4月")
    assert shown(made(plan, "summary")) == [("2031-03", "2031-04-10"), ("2031-04", "2031-05-10")]


def test_a_once_only_task_cannot_take_the_due_of_many() -> None:
    _, issues = project(workflow(task("summary", due="report.due"), recurring("month")))
    assert [(issue.path, issue.code) for issue in issues] == [("tasks.summary.due", "due-of-many")]


def test_the_last_day_of_a_period_moves_off_a_holiday_where_the_calendar_says_so() -> None:
    rolling = Calendar(timezone="Asia/Shanghai", on_holiday="next")
    # 2031-05-31 is a Saturday.
    [may] = made(workflow(recurring("month"), window="2031年5月", calendar=rolling))
    assert (may.due_text, may.moved_from) == ("2031-06-02", "2031-05-31")


@pytest.mark.parametrize(("on_holiday", "due"), [("keep", "2031-05-31"), ("next", "2031-06-02"), ("previous", "2031-05-30")])
def test_what_check_reads_of_a_period_is_the_day_on_which_it_is_due(on_holiday: Any, due: str) -> None:
    plan = workflow(recurring("month"), window="2031年5月", calendar=Calendar(timezone="Asia/Shanghai", on_holiday=on_holiday))
    projection, _ = project(plan)
    [reading] = [one for one in projection.readings if one.period == "2031-05"]
    assert reading.due == projection.occurrences[0].due_text == due


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"each": "banana"}, "tasks.report.every", "rhythm-unreadable"),
        ({"each": "month", "due": "banana"}, "tasks.report.due", "unknown-base"),
        ({"each": "month", "until": "repair.done"}, "tasks.report.every.until", "not-yet-instant"),
        ({"days": ("4月31日",)}, "tasks.report.every", "no-such-day"),
    ],
)
def test_a_rhythm_that_cannot_be_read_is_told_and_stays_visible(fields: dict[str, Any], path: str, code: str) -> None:
    projection, issues = project(workflow(recurring(**fields)))
    assert [(issue.path, issue.code) for issue in issues] == [(path, code)]
    assert projection.occurrences[0].due is None


def test_a_rhythm_without_a_beginning_is_told() -> None:
    _, issues = project(workflow(recurring("month"), window=None))
    assert [(issue.path, issue.code) for issue in issues] == [("tasks.report.every", "rhythm-without-start")]


def test_a_rhythm_that_hangs_on_an_undated_anchor_waits_as_one() -> None:
    [one] = made(workflow(recurring("month", since="congress"), anchors=(Anchor(name="congress", at="undated"),)))
    assert (one.period, one.pending_on, one.due) == ("", ("congress",), None)


def test_an_extension_of_one_period_keeps_its_period_for_the_lock() -> None:
    report = recurring("month", lock="period.end + 20d", due="period.end + 5d")
    dates = extended_dates(workflow(report, window="2031年3月—4月"), report, date(2031, 4, 5), to=date(2031, 4, 12))
    assert (dates.due_text, dates.lock) == ("2031-04-12", local("2031-04-21T00:00"))


def test_on_entry_keeps_the_beginnings_of_later_periods() -> None:
    plan = workflow(task("report", "spring", opens="on_entry", every=Rhythm(each="month")), stages=(stage("spring", "4月—5月"),))
    assert [(one.on_entry, one.opens) for one in made(plan)] == [(True, local("2031-04-01T00:00")), (True, local("2031-05-01T00:00"))]


def test_what_is_assessed_is_named_where_that_is_not_when_it_is_due() -> None:
    [one] = made(workflow(task("report", due="4月20日", period="2030年下半年")))
    assert (one.period, one.period_title.say("zh")) == ("", "2030年下半年")


@pytest.mark.parametrize(
    ("due", "opened"),
    [(None, ["2031-03-26", "2031-04-25"]), ("次月7日", ["2031-04-02", "2031-05-02"]), ("period.end", ["2031-03-26", "2031-04-25"])],
)
def test_each_period_may_open_so_long_before_its_own_due(due: str | None, opened: list[str]) -> None:
    plan = workflow(recurring("month", opens="due - 5d", due=due), window="2031年3月—4月")
    assert [one.opens for one in made(plan)] == [local(f"{day}T00:00") for day in opened]


def test_a_rhythm_whose_ends_count_from_each_other_is_told_once_for_each_place() -> None:
    _, issues = project(workflow(recurring("month", opens="due - 5d", due="opens + 5d")))
    assert [(issue.path, issue.code) for issue in issues] == [("tasks.report.opens", "date-cycle"), ("tasks.report.due", "date-cycle")]


@pytest.mark.parametrize(
    ("days", "refused"), [(("4月10日", "congress"), "not-yet"), (("4月10日", "5月—"), "due-without-end"), (("4月10日", "5月10日"), None)]
)
def test_the_days_of_a_rhythm_must_have_dates(days: tuple[str, ...], refused: str | None) -> None:
    _, issues = project(workflow(recurring(days=days), anchors=(Anchor(name="congress", at="undated"),)))
    assert [(issue.path, issue.code) for issue in issues] == ([("tasks.report.every", refused)] if refused else [])


@pytest.mark.parametrize(("days", "refused"), [(MOST_OCCURRENCES - 5, False), (MOST_OCCURRENCES - 4, False), (MOST_OCCURRENCES - 3, True)])
def test_a_file_that_makes_more_occurrences_than_can_be_kept_is_refused_once(days: int, refused: bool) -> None:
    last = date(2031, 1, 1) + timedelta(days=days - 1)
    four = task("months", every=Rhythm(each="month", until="2031-04-30"))
    daily = [task(name, every=Rhythm(each="day", until=last.isoformat())) for name in ("daily", *(["again"] if refused else []))]
    projection, issues = project(workflow(four, *daily, window="2031年1月1日—"))
    assert [(issue.path, issue.code) for issue in issues] == ([("tasks.daily.every", "too-many-periods")] if refused else [])
    assert len(projection.occurrences) == (4 if refused else days + 4)
