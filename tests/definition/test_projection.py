"""One task at a time on the calendar: openings, dues, grace, locks, stages and rungs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.definition.model import Anchor, Calendar, Rung, Source, Task, Workflow
from engine.definition.projection import extended_dates, project
from engine.definition.projection_model import OccurrenceDates, Projection
from tests.definition.projection_samples import BERLIN, stage, task, workflow

ZONE = ZoneInfo("Asia/Shanghai")
CONGRESS = Anchor(name="congress", at="undated")


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    """A local time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def sound(plan: Workflow, received: datetime | None = None) -> Projection:
    """The projection of a plan that has nothing wrong."""
    projection, issues = project(plan, received=received)
    assert [(issue.path, issue.code, issue.message.say("en")) for issue in issues] == []
    return projection


def only(*tasks: Task, **fields: Any) -> OccurrenceDates:
    """The one occurrence of the first task of a sound plan."""
    plan = workflow(*tasks, **fields)
    [one] = [one for one in sound(plan).occurrences if one.task == tasks[0].name]
    return one


def issues(*tasks: Task, **fields: Any) -> list[tuple[str, str]]:
    plan = workflow(*tasks, **fields)
    return [(issue.path, issue.code) for issue in project(plan)[1]]


# --- openings and dues -----------------------------------------------------------------------------------------------------------


def test_a_bare_task_takes_the_window_of_the_file() -> None:
    one = only(task("plan"))
    assert (one.opens, one.due, one.due_text) == (local("2031-03-01T00:00"), local("2031-07-01T00:00"), "2031-06-30")
    assert one.wording == "2031年3月—6月"


def test_a_bare_task_in_a_stage_takes_the_window_of_the_stage() -> None:
    one = only(task("plan", "spring"), stages=(stage("spring", "4月"),))
    assert (one.opens, one.due_text, one.position) == (local("2031-04-01T00:00"), "2031-04-30", 0)


def test_a_task_may_have_a_window_of_its_own() -> None:
    one = only(task("plan", window="4月上旬"))
    assert (one.opens, one.due_text, one.wording) == (local("2031-04-01T00:00"), "2031-04-10", "4月上旬")


def test_a_window_that_says_only_its_end_opens_with_its_block() -> None:
    one = only(task("plan", window="4月底前"))
    assert (one.opens, one.due_text) == (local("2031-03-01T00:00"), "2031-04-30")


def test_a_stage_that_says_only_its_end_opens_with_the_file() -> None:
    [spring] = sound(workflow(stages=(stage("spring", "4月底前"),))).stages
    assert (spring.opens, spring.closes) == (local("2031-03-01T00:00"), local("2031-05-01T00:00"))


def test_a_stage_may_say_its_two_ends_apart() -> None:
    [spring] = sound(workflow(stages=(stage("spring", opens="3月5日", due="4月底前"),))).stages
    assert (spring.opens, spring.closes, spring.wording) == (local("2031-03-05T00:00"), local("2031-05-01T00:00"), "3月5日；4月底前")


def test_without_a_window_a_task_is_undated() -> None:
    one = only(task("plan"), window=None)
    assert (one.pending_on, one.due, one.opens, one.position) == (("undated",), None, None, -1)


def test_with_an_open_end_a_task_without_due_is_undated() -> None:
    assert only(task("plan"), window="2031年3月—").pending_on == ("undated",)


def test_an_opening_and_a_due_of_the_task_count_before_the_block() -> None:
    one = only(task("plan", opens="3月10日", due="4月20日前"))
    assert (one.opens, one.due_text) == (local("2031-03-10T00:00"), "2031-04-20")


@pytest.mark.parametrize(("due", "shown"), [("10日内", "2031-03-20"), ("立即", "2031-03-10"), ("opens + 1mo", "2031-04-10")])
def test_a_span_counts_from_the_opening_of_the_task(due: str, shown: str) -> None:
    assert only(task("plan", opens="3月10日", due=due)).due_text == shown


def test_a_due_with_a_time_is_too_late_from_the_next_second_on() -> None:
    one = only(task("plan", due="2031-04-20 17:00"))
    assert (one.due_text, one.due) == ("2031-04-20 17:00", local("2031-04-20T17:00:01"))


def test_a_stage_without_a_window_takes_its_years_from_the_file() -> None:
    one = only(task("plan", "entered", due="4月20日"), stages=(stage("entered", opens_on_entry=True),))
    assert one.due_text == "2031-04-20"


def test_of_a_list_of_instants_the_latest_counts() -> None:
    one = only(task("plan", due=("4月20日", "5月3日", "3月31日")))
    assert (one.due_text, one.wording) == ("2031-05-03", "4月20日；5月3日；3月31日")


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        ("2032-01-31 + 1mo", "2032-02-29"),
        ("2031-01-31 + 1mo", "2031-02-28"),
        ("2031-01-31 + 3mo", "2031-04-30"),
        ("2032-02-29 + 1y", "2033-02-28"),
    ],
)
def test_months_and_years_are_cut_to_the_end_of_the_month(due: str, shown: str) -> None:
    assert only(task("plan", due=due), window="2031年1月—2034年1月").due_text == shown


def test_what_only_begins_cannot_be_a_due() -> None:
    assert issues(task("plan", due="4月20日后")) == [("tasks.plan.due", "due-without-end")]


# --- named days ------------------------------------------------------------------------------------------------------------------


def test_what_hangs_on_an_undated_anchor_waits_for_it() -> None:
    one = only(task("plan", due="congress前", grace="2d", lock="due", ladder=(Rung(at="-7d"),)), anchors=(CONGRESS,))
    assert (one.pending_on, one.due, one.late, one.lock, one.rungs, one.due_text) == (("congress",), None, None, None, (), "")


def test_once_the_anchor_is_dated_the_due_is_the_day_before() -> None:
    assert only(task("plan", due="congress前"), anchors=(Anchor(name="congress", at="2031-05-08"),)).due_text == "2031-05-07"


def test_an_anchor_may_hang_on_another_in_any_order() -> None:
    anchors = (Anchor(name="review", at="congress + 8d"), Anchor(name="congress", at="2031-05-08"))
    assert only(task("plan", due="review"), anchors=anchors).due_text == "2031-05-16"


def test_an_anchor_on_an_undated_one_waits_for_that_one() -> None:
    assert only(task("plan", due="review"), anchors=(Anchor(name="review", at="congress + 8d"), CONGRESS)).pending_on == ("congress",)


def test_an_anchor_is_known_by_its_title_too() -> None:
    one = only(task("plan", due="党的十八大前"), anchors=(Anchor(name="congress", at="undated", title="党的十八大"),))
    assert one.pending_on == ("congress",)


def test_anchors_that_hang_on_each_other_are_told() -> None:
    anchors = (Anchor(name="first", at="second + 1d"), Anchor(name="second", at="first + 1d"))
    assert issues(task("plan"), anchors=anchors) == [("anchors.first", "date-cycle"), ("anchors.second", "date-cycle")]


def test_an_anchor_that_cannot_be_read_is_told_at_its_place() -> None:
    assert issues(task("plan", due="fair + 1d"), anchors=(Anchor(name="fair", at="someday"),)) == [("anchors.fair", "unknown-base")]


def test_the_receipt_is_waited_for_and_then_counts_in_local_days() -> None:
    plan = workflow(task("plan", opens="接到通知后", due="received + 8d"))
    [waiting] = sound(plan).occurrences
    assert (waiting.pending_on, waiting.opens, waiting.due) == (("received",), None, None)
    # 17:30 in Greenwich is half past one of the next day in Shanghai.
    [told] = sound(plan, received=datetime(2031, 3, 31, 17, 30, tzinfo=UTC)).occurrences
    assert (told.pending_on, told.opens, told.due_text) == ((), local("2031-04-01T00:00"), "2031-04-09")


def test_a_task_waits_while_its_opening_waits_although_its_due_can_be_read() -> None:
    one = only(task("plan", opens="接到通知后", due="4月20日前"))
    assert (one.pending_on, one.due) == (("received",), None)


def test_the_day_of_issue_is_that_of_the_first_source_that_has_one() -> None:
    sources = (Source(name="old"), Source(name="new", issued="2031-02-25"), Source(name="newest", issued="2031-03-25"))
    assert only(task("plan", due="issued + 30d"), sources=sources).due_text == "2031-03-27"


def test_a_due_may_hang_on_the_due_of_a_task_written_later() -> None:
    assert only(task("listen", due="report.due - 5d"), task("report", due="5月20日")).due_text == "2031-05-15"


def test_a_due_may_hang_on_one_that_waits() -> None:
    assert only(task("listen", due="report.due - 5d"), task("report", due="适时")).pending_on == ("undated",)


def test_dues_that_hang_on_each_other_are_told_once() -> None:
    tasks = [task("a", due="b.due + 1d"), task("b", due="c.due + 1d"), task("c", due="a.due + 1d")]
    projection, found = project(workflow(*tasks))
    assert [(issue.path, issue.code) for issue in found] == [("tasks.c.due", "date-cycle")]
    assert "a → b → c → a" in found[0].message.say("en")
    assert [one.due for one in projection.occurrences] == [None, None, None]


def test_a_due_that_hangs_on_itself_is_told() -> None:
    assert issues(task("a", due="a.due + 1d")) == [("tasks.a.due", "date-cycle")]


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"due": "banana"}, "tasks.plan.due", "unknown-base"),
        ({"due": "2月30日"}, "tasks.plan.due", "no-such-day"),
        ({"due": "report.accepted + 1d"}, "tasks.plan.due", "not-yet-instant"),
        ({"due": "nobody.due"}, "tasks.plan.due", "unknown-base"),
        ({"opens": "上学期"}, "tasks.plan.opens", "term-refused"),
        ({"window": "胡说"}, "tasks.plan.window", "phrase-error"),
        ({"grace": "banana"}, "tasks.plan.grace", "span-unreadable"),
        ({"lock": "due + banana"}, "tasks.plan.lock", "not-yet-instant"),
        ({"ladder": (Rung(at="0d"), Rung(at="soon"))}, "tasks.plan.ladder[2].at", "span-unreadable"),
        ({"ladder": (Rung(at="0d", every="soon"),)}, "tasks.plan.ladder[1].every", "span-unreadable"),
    ],
)
def test_what_cannot_be_read_is_an_issue_at_its_place_and_never_an_exception(fields: dict[str, Any], path: str, code: str) -> None:
    assert issues(task("plan", **fields)) == [(path, code)]


def test_unknown_holidays_are_told_and_the_rest_is_still_read() -> None:
    projection, found = project(workflow(task("plan"), calendar=Calendar(timezone="Asia/Shanghai", holidays="XX")))
    assert [(issue.path, issue.code) for issue in found] == [("calendar.holidays", "unknown-country")]
    assert projection.occurrences[0].due_text == "2031-06-30"


def test_the_end_of_the_working_day_is_a_time() -> None:
    ends = Calendar(timezone="Asia/Shanghai", work_ends="17:30")
    assert only(task("plan", due="4月21日下班前"), calendar=ends).due_text == "2031-04-21 17:30"
    assert issues(task("plan"), calendar=Calendar(timezone="Asia/Shanghai", work_ends="late")) == [("calendar.work_ends", "not-a-time")]


# --- grace, lock, holidays -------------------------------------------------------------------------------------------------------


def test_grace_is_counted_from_the_due_and_the_lock_may_be_the_due_itself() -> None:
    one = only(task("plan", due="4月20日", grace="3d", lock="due"))
    assert (one.late, one.lock) == (local("2031-04-24T00:00"), local("2031-04-21T00:00"))


def test_without_grace_late_is_the_due() -> None:
    one = only(task("plan", due="4月20日"))
    assert (one.late, one.lock) == (one.due, None)


def test_grace_in_working_days_passes_over_a_weekend() -> None:
    # 2031-04-18 is a Friday.
    assert only(task("plan", due="4月18日", grace="1wd")).late == local("2031-04-22T00:00")


def test_a_vague_due_has_the_grace_of_the_calendar() -> None:
    one = only(task("plan", due="4月20日左右"))
    assert (one.due_text, one.late) == ("2031-04-20", local("2031-04-24T00:00"))


@pytest.mark.parametrize(
    ("lock", "instant"), [("due + 10d", "2031-05-01T00:00"), ("5月20日", "2031-05-21T00:00"), ("2031-04-25 12:00", "2031-04-25T12:00:01")]
)
def test_a_lock_is_relative_or_a_day(lock: str, instant: str) -> None:
    assert only(task("plan", due="4月20日", lock=lock)).lock == local(instant)


@pytest.mark.parametrize(
    ("on_holiday", "due", "moved_from"),
    [("keep", "2011-06-04", ""), ("next", "2011-06-07", "2011-06-04"), ("previous", "2011-06-03", "2011-06-04")],
)
def test_a_due_on_a_holiday_stays_or_moves_as_the_calendar_says(on_holiday: Any, due: str, moved_from: str) -> None:
    # The dragon boat festival of 2011 was Monday 6 June, a weekend before it.
    calendar = Calendar(timezone="Asia/Shanghai", holidays="CN", on_holiday=on_holiday)
    one = only(task("plan", due="6月4日"), window="2011年3月—7月", calendar=calendar)
    assert (one.due_text, one.moved_from) == (due, moved_from)


def test_a_due_on_a_day_off_is_remarked_on() -> None:
    plan = workflow(task("plan", due="6月4日前"), window="2011年3月—7月1日")
    codes = {reading.path: reading.codes for reading in sound(plan).readings}
    assert codes["tasks.plan.due"] == ("on-holiday",)
    assert codes["window"] == ()


@pytest.mark.parametrize(
    ("due", "code"),
    [("4月初", "vague"), ("4月20日左右", "vague"), ("4月19日，遇节假日顺延", "moved"), ("3月3日后20个工作日内", "provisional")],
)
def test_a_remark_stands_beside_a_wording_that_needs_one(due: str, code: str) -> None:
    plan = workflow(task("plan", due=due))
    [reading] = [one for one in sound(plan).readings if one.path == "tasks.plan.due"]
    assert code in reading.codes
    assert len(reading.codes) == len(reading.remarks)


# --- stages ----------------------------------------------------------------------------------------------------------------------

THREE = (stage("first", "3月"), stage("second", "4月"), stage("third", "5月"))


@pytest.mark.parametrize(
    ("due", "position"),
    [("3月30日", 0), ("3月31日", 0), ("4月1日", 1), ("4月30日", 1), ("5月1日", 2), ("5月31日", 2), ("6月1日", 2), ("适时", 2)],
)
def test_a_task_of_the_file_gates_the_stage_in_which_it_falls_due(due: str, position: int) -> None:
    assert only(task("plan", due=due), stages=THREE).position == position


def test_a_task_written_in_a_stage_gates_that_stage_whatever_its_due() -> None:
    assert only(task("plan", "second", due="2031-05-20"), stages=THREE).position == 1
    assert only(task("plan", "second", due="适时"), stages=THREE).position == 1


def test_windows_may_overlap_and_the_earliest_that_reaches_counts() -> None:
    stages = (stage("long", "3月—5月"), stage("short", "4月"))
    assert only(task("plan", due="4月15日"), stages=stages).position == 0


@pytest.mark.parametrize(("due", "position"), [("3月31日", 0), ("4月1日", 1), ("6月30日", 1)])
def test_a_stage_without_end_reaches_every_later_day(due: str, position: int) -> None:
    assert only(task("plan", due=due), stages=(stage("first", "3月"), stage("open", "4月1日—"))).position == position


def test_a_stage_without_dates_reaches_nothing_but_may_be_the_last() -> None:
    stages = (stage("first", "3月"), stage("entered", opens_on_entry=True), stage("third", "5月"))
    assert only(task("plan", due="5月20日"), stages=stages).position == 2
    assert only(task("plan", due="6月20日"), stages=stages[:2]).position == 1


def test_a_due_moved_off_a_holiday_still_gates_the_stage_of_its_own_day() -> None:
    rolling = Calendar(timezone="Asia/Shanghai", on_holiday="next")
    # 2031-04-26 and 27 are a weekend.
    stages = (stage("first", "4月1日—27日"), stage("second", "4月28日—5月"))
    one = only(task("plan", due="4月27日"), calendar=rolling, stages=stages)
    assert (one.due_text, one.position) == ("2031-04-28", 0)


def test_on_entry_leaves_the_opening_to_the_case() -> None:
    by_task = only(task("plan", "first", opens="on_entry"), stages=THREE)
    assert (by_task.on_entry, by_task.opens, by_task.due_text) == (True, None, "2031-03-31")
    by_stage = only(task("plan", "entered"), stages=(stage("entered", opens_on_entry=True, due="4月底前"),))
    assert (by_stage.on_entry, by_stage.opens, by_stage.due_text) == (True, None, "2031-04-30")


def test_a_span_from_an_opening_on_entry_is_not_yet_dated() -> None:
    _, issues = project(workflow(task("plan", "first", opens="on_entry", due="10日内"), stages=THREE))
    assert [(issue.path, issue.code) for issue in issues] == [("stages.first.tasks.plan.due", "not-yet")]


def test_a_stage_that_hangs_on_an_undated_anchor_says_what_it_waits_for() -> None:
    [late] = sound(workflow(stages=(stage("late", opens="congress + 1d", due="6月底前"),), anchors=(CONGRESS,))).stages
    assert (late.opens, late.closes, late.pending_on) == (None, local("2031-07-01T00:00"), ("congress",))


# --- zones -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "instant"),
    [
        ("2031-03-29", "2031-03-29T23:00:00+00:00"),
        ("2031-03-30", "2031-03-30T22:00:00+00:00"),
        ("2031-03-31", "2031-03-31T22:00:00+00:00"),
        ("2031-10-25", "2031-10-25T22:00:00+00:00"),
        ("2031-10-26", "2031-10-26T23:00:00+00:00"),
        ("2031-10-27", "2031-10-27T23:00:00+00:00"),
    ],
)
def test_a_day_ends_at_local_midnight_before_and_after_the_clocks_change(due: str, instant: str) -> None:
    one = only(task("plan", due=due), calendar=BERLIN, window="2031年1月—12月")
    assert one.due is not None
    assert (one.due.isoformat(), one.due_text) == (instant, due)


def test_reminders_keep_the_hour_of_the_office_when_the_clocks_change() -> None:
    one = only(task("plan", due="2031-04-04", ladder=(Rung(at="-7d"), Rung(at="0d"))), calendar=BERLIN, window="2031年1月—12月")
    assert [rung.at.isoformat() for rung in one.rungs] == ["2031-03-28T07:30:00+00:00", "2031-04-04T06:30:00+00:00"]


# --- rungs -----------------------------------------------------------------------------------------------------------------------

# 2031-04-18 is a Friday.
LADDER = (Rung(at="+1wd", every="3wd", most=2), Rung(at="-7d"), Rung(at="0d"), Rung(at="+1wd"))


def test_rungs_are_numbered_in_the_order_they_fire_and_know_their_line_of_the_ladder() -> None:
    one = only(task("plan", due="4月18日", ladder=LADDER))
    assert [(rung.number, rung.rung, rung.at) for rung in one.rungs] == [
        (1, 1, local("2031-04-11T08:30")),
        (2, 2, local("2031-04-18T08:30")),
        (3, 0, local("2031-04-21T08:30")),
        (4, 3, local("2031-04-21T08:30")),
        (5, 0, local("2031-04-24T08:30")),
    ]


def test_the_hour_of_sending_is_given() -> None:
    projection, _ = project(workflow(task("plan", due="4月18日", ladder=(Rung(at="0d"),))), sending=time(15, 0))
    assert projection.occurrences[0].rungs[0].at == local("2031-04-18T15:00")


def test_what_may_be_left_undone_is_not_chased_after_its_due() -> None:
    one = only(task("plan", due="4月18日", ladder=LADDER, modality="may"))
    assert [rung.rung for rung in one.rungs] == [1, 2]


# --- extensions ------------------------------------------------------------------------------------------------------------------


def test_an_extension_moves_due_grace_rungs_and_a_relative_lock() -> None:
    extended = task("plan", due="4月18日", grace="2d", lock="due + 10d", ladder=(Rung(at="-7d"),))
    dates = extended_dates(workflow(extended), extended, date(2031, 4, 18), to=date(2031, 5, 9), sending=time(8, 30))
    assert (dates.due_text, dates.due, dates.late) == ("2031-05-09", local("2031-05-10T00:00"), local("2031-05-12T00:00"))
    assert dates.lock == local("2031-05-20T00:00")
    assert [rung.at for rung in dates.rungs] == [local("2031-05-02T08:30")]


@pytest.mark.parametrize(("lock", "instant"), [("due", "2031-05-10T00:00"), ("6月底", "2031-07-01T00:00"), (None, None)])
def test_an_extension_leaves_an_absolute_lock_where_it_is(lock: str | None, instant: str | None) -> None:
    extended = task("plan", due="4月18日", lock=lock)
    dates = extended_dates(workflow(extended), extended, date(2031, 4, 18), to=date(2031, 5, 9))
    assert dates.lock == (local(instant) if instant else None)


def test_an_undated_task_can_be_given_a_day() -> None:
    undated = task("plan", due="适时", lock="due + 3d")
    dates = extended_dates(workflow(undated), undated, date(2031, 5, 9), to=date(2031, 5, 9))
    assert (dates.due_text, dates.lock) == ("2031-05-09", local("2031-05-13T00:00"))


def test_reading_twice_gives_the_same() -> None:
    plan = workflow(task("plan", due="4月18日", ladder=LADDER), stages=THREE)
    assert project(plan) == project(plan)


@pytest.mark.parametrize(
    ("opens", "due", "opened", "ended"),
    [
        ("due - 5d", "5月20日", "2031-05-15", "2031-05-20"),
        ("due - 0d", "5月20日", "2031-05-20", "2031-05-20"),
        (("due - 5d", "5月16日"), "5月20日前", "2031-05-16", "2031-05-20"),
        ("due - 1mo", None, "2031-05-30", "2031-06-30"),
        ("5月1日", "opens + 5d", "2031-05-01", "2031-05-06"),
        ("5月1日", "5日内", "2031-05-01", "2031-05-06"),
    ],
)
def test_one_end_may_count_from_the_other_in_either_order(opens: Any, due: str | None, opened: str, ended: str) -> None:
    one = only(task("plan", opens=opens, due=due))
    assert (one.opens, one.due_text, one.pending_on) == (local(f"{opened}T00:00"), ended, ())


@pytest.mark.parametrize(
    ("opens", "due", "places"),
    [
        (None, "due", ["due"]),
        (None, "due - 3d", ["due"]),
        ("opens", None, ["opens"]),
        ("due - 5d", "opens + 5d", ["opens", "due"]),
        ("due - 5d", "5日内", ["opens", "due"]),
        (("3月5日", "due - 5d"), ("4月1日", "opens + 5d"), ["opens", "due"]),
    ],
)
def test_ends_that_count_from_themselves_or_each_other_are_a_circle(opens: Any, due: Any, places: list[str]) -> None:
    assert issues(task("plan", opens=opens, due=due)) == [(f"tasks.plan.{place}", "date-cycle") for place in places]


def test_an_opening_that_counts_from_an_undated_due_waits_for_what_the_due_waits_for() -> None:
    one = only(task("plan", opens="due - 5d", due="congress"), anchors=(CONGRESS,))
    assert (one.opens, one.due, one.pending_on) == (None, None, ("congress",))


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("stages.spring.opens", {"stages": (stage("spring", opens="opens + 3d", due="4月底"),)}),
        ("stages.spring.window", {"stages": (stage("spring", "10日内"),)}),
        ("anchors.a", {"anchors": (Anchor(name="a", at="opens + 3d"),)}),
    ],
)
def test_what_opens_from_its_own_opening_is_refused_wherever_it_stands(place: str, fields: dict[str, Any]) -> None:
    assert (place, "date-cycle") in issues(task("plan"), **fields)


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("stages.spring.opens", {"stages": (stage("spring", opens="due - 3d", due="4月底"),)}),
        ("anchors.a", {"anchors": (Anchor(name="a", at="due - 3d"),)}),
    ],
)
def test_a_due_is_counted_from_only_where_there_is_one(place: str, fields: dict[str, Any]) -> None:
    assert (place, "no-due-here") in issues(task("plan"), **fields)


def test_a_date_beside_on_entry_is_not_yet_read() -> None:
    assert issues(task("plan", "spring"), stages=(stage("spring", opens="4月1日", due="4月底", opens_on_entry=True),)) == [
        ("stages.spring.opens", "not-yet")
    ]


@pytest.mark.parametrize(
    ("period", "due", "ended"),
    [
        ("2031年上半年", "period.end + 9d", "2031-07-09"),
        ("2031年上半年", "period.start + 9d", "2031-01-10"),
        ("4月", "period.end", "2031-04-30"),
        ("4月—5月10日", "period.end - 1d", "2031-05-09"),
    ],
)
def test_the_period_of_a_once_only_task_can_be_counted_from(period: str, due: str, ended: str) -> None:
    one = only(task("plan", opens="2031-01-01", period=period, due=due, lock="period.end + 10d"))
    assert (one.due_text, one.period, one.period_title.say("zh")) == (ended, "", period)
    assert one.lock is not None


def test_an_opening_may_count_from_the_period_that_is_assessed() -> None:
    assert only(task("plan", period="4月", opens="period.end + 1d")).opens == local("2031-05-01T00:00")


@pytest.mark.parametrize(("period", "code"), [("胡说", "phrase-error"), ("4月—", "period-without-end"), ("4月31日", "no-such-day")])
def test_a_period_that_is_no_stretch_of_days_is_refused_where_it_stands(period: str, code: str) -> None:
    assert issues(task("plan", period=period)) == [("tasks.plan.period", code)]


def test_what_counts_from_a_period_without_a_date_waits_for_it() -> None:
    one = only(task("plan", period="2031年4月—congress", due="period.end + 3d"), anchors=(CONGRESS,))
    assert (one.due, one.pending_on) == (None, ("congress",))
