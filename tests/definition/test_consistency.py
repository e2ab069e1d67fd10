"""The plan as a whole: what cannot be so, and what is worth a second look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.definition.consistency import check_whole
from engine.definition.model import HOUSE_LADDER, Anchor, Body, Doubt, Organisation, Post, Review, Rhythm, Rung, Source, Task, Who, Workflow
from engine.definition.projection import project
from engine.definition.projection_model import DateIssue, OccurrenceDates, Projection, Reading, RungDates, StageDates
from engine.sentences import Sentence, plain
from tests.definition.projection_samples import DOCUMENT, SUPERIOR, stage, task, who, workflow

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """Local time in Shanghai, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def end(day: str) -> datetime:
    return at(day) + timedelta(days=1)


def one(name: str, due: str | None = "2031-04-30", opens: str | None = "2031-03-01", **fields: Any) -> OccurrenceDates:
    given: dict[str, Any] = {
        "period": "",
        "period_title": plain(""),
        "position": 0,
        "wording": due or "",
        "opens": at(opens) if opens else None,
        "due": end(due) if due else None,
        "due_text": due or "",
        "late": end(due) if due else None,
        "lock": None,
    }
    return OccurrenceDates(task=name, **(given | fields))


def dates(name: str, position: int, opens: str | None, closes: str | None, **fields: Any) -> StageDates:
    return StageDates(
        name=name, position=position, wording="", opens=at(opens) if opens else None, closes=end(closes) if closes else None, **fields
    )


def codes(plan: Workflow, projection: Projection) -> list[str]:
    return [issue.code for issue in check_whole(plan, projection)]


def found(plan: Workflow, projection: Projection, code: str) -> list[DateIssue]:
    return [issue for issue in check_whole(plan, projection) if issue.code == code]


def projected(*occurrences: OccurrenceDates, stages: tuple[StageDates, ...] = (), **fields: Any) -> Projection:
    return Projection(stages=stages, occurrences=occurrences, readings=fields.pop("readings", ()), **fields)


def sound(*tasks: Task, **fields: Any) -> Workflow:
    """A workflow in which nothing about people is remarkable: both levels owe, and the branches are reviewed."""
    return workflow(task("plan", owner="branch", items=DOCUMENT, review=SUPERIOR), task("lead", owner="college"), *tasks, **fields)


@pytest.mark.parametrize(("second", "wrong"), [("2031-03-31", True), ("2031-04-01", False), ("2031-04-02", False)])
def test_a_stage_may_open_with_its_predecessor_but_not_before_it(second: str, wrong: bool) -> None:
    plan = sound(stages=(stage("first"), stage("second")))
    calendar = projected(stages=(dates("first", 0, "2031-04-01", "2031-04-30"), dates("second", 1, second, "2031-05-31")))
    assert ("opens-before-predecessor" in codes(plan, calendar)) is wrong


def test_a_stage_between_two_that_is_not_dated_does_not_hide_a_wrong_order() -> None:
    plan = sound(stages=(stage("first"), stage("second"), stage("third")))
    stages = (dates("first", 0, "2031-04-01", None), dates("second", 1, None, None, on_entry=True), dates("third", 2, "2031-03-01", None))
    [issue] = found(plan, projected(stages=stages), "opens-before-predecessor")
    assert issue.path == "stages.third"
    assert "2031-03-01" in issue.message.say("zh")
    assert "2031-04-01" in issue.message.say("en")


@pytest.mark.parametrize(("closes", "wrong"), [("2031-03-30", True), ("2031-03-31", True), ("2031-04-01", False)])
def test_a_stage_closes_after_it_opens(closes: str, wrong: bool) -> None:
    calendar = projected(stages=(dates("only", 0, "2031-04-01", closes),))
    assert ("closes-before-it-opens" in codes(sound(stages=(stage("only"),)), calendar)) is wrong


def test_a_stage_that_never_opens_is_told_unless_it_opens_on_entry_or_waits_for_a_date() -> None:
    plan = sound(stages=(stage("bare"), stage("entered"), stage("waiting")))
    stages = (
        dates("bare", 0, None, None),
        dates("entered", 1, None, None, on_entry=True),
        dates("waiting", 2, None, None, pending_on=("congress",)),
    )
    assert [issue.path for issue in found(plan, projected(stages=stages), "stage-unreachable")] == ["stages.bare"]


@pytest.mark.parametrize(("due", "wrong"), [("2031-02-27", True), ("2031-02-28", True), ("2031-03-01", False)])
def test_a_due_lies_after_the_opening(due: str, wrong: bool) -> None:
    calendar = projected(one("plan", due, "2031-03-01"))
    assert ("due-before-opening" in codes(sound(), calendar)) is wrong


@pytest.mark.parametrize(("due", "wrong"), [("2031-04-29", False), ("2031-04-30", False), ("2031-05-01", True)])
def test_a_task_written_in_a_stage_is_due_before_its_stage_closes(due: str, wrong: bool) -> None:
    plan = sound(task("report", "only"), stages=(stage("only"),))
    calendar = projected(one("report", due), stages=(dates("only", 0, "2031-03-01", "2031-04-30"),))
    assert ("due-outside-stage" in codes(plan, calendar)) is wrong


@pytest.mark.parametrize(("due", "wrong"), [("2031-02-28", True), ("2031-03-01", False), ("2031-03-02", False)])
def test_a_task_written_in_a_stage_is_due_after_its_stage_opens(due: str, wrong: bool) -> None:
    plan = sound(task("report", "only"), stages=(stage("only"),))
    calendar = projected(one("report", due, "2031-02-01"), stages=(dates("only", 0, "2031-03-01", "2031-04-30"),))
    assert ("due-outside-stage" in codes(plan, calendar)) is wrong


def test_what_to_do_about_a_due_outside_its_stage_is_said_in_both_languages() -> None:
    plan = sound(task("党性分析", "only", due="2010年底前"), stages=(stage("only"),))
    late = one("党性分析", "2010-12-31", "2010-06-01", wording="2010年底前")
    [issue] = found(plan, projected(late, stages=(dates("only", 0, "2010-06-01", "2010-11-30"),)), "due-outside-stage")
    assert issue.path == "stages.only.tasks.党性分析.due"
    assert issue.message.say("zh") == "“2010年底前”读作 2010-12-31（当日有效），可是所在阶段于 2010-11-30 结束。"
    assert issue.message.say("en") == '"2010年底前" reads 2010-12-31 (to its end), but its stage closes on 2010-11-30.'
    assert issue.hint is not None
    assert "where it opens on its own" in issue.hint.say("en")


def test_a_task_at_file_level_may_fall_due_outside_the_stage_it_gates() -> None:
    plan = sound(stages=(stage("only"),))
    calendar = projected(one("plan", "2031-09-30"), stages=(dates("only", 0, "2031-03-01", "2031-04-30"),))
    assert "due-outside-stage" not in codes(plan, calendar)


@pytest.mark.parametrize(("lock", "wrong"), [("2031-04-29", True), ("2031-04-30", False), ("2031-05-01", False)])
def test_the_lock_is_not_before_the_due(lock: str, wrong: bool) -> None:
    assert ("lock-before-due" in codes(sound(), projected(one("plan", lock=end(lock))))) is wrong


def test_a_rhythm_with_one_fault_in_every_period_is_told_once() -> None:
    periods = [one("plan", f"2031-0{month}-10", f"2031-0{month + 1}-01", period=f"2031-0{month}") for month in (3, 4, 5)]
    assert codes(sound(), projected(*periods)).count("due-before-opening") == 1


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2031-04-30T23:59", None), ("2031-05-01T00:00", "rung-after-due"), ("2031-02-28T08:30", "rung-before-opening")],
)
def test_a_rung_that_announces_comes_before_the_due_and_after_the_opening(moment: str, code: str | None) -> None:
    plan = sound(task("report", ladder=(Rung(at="-7d"),)))
    calendar = projected(one("report", rungs=(RungDates(number=1, rung=0, at=at(moment)),)))
    assert [name for name in codes(plan, calendar) if name.startswith("rung-")] == ([code] if code else [])


def test_the_ladder_of_the_house_is_not_told_of_before_the_opening() -> None:
    plan = sound(task("report", ladder=HOUSE_LADDER))
    calendar = projected(one("report", rungs=(RungDates(number=1, rung=0, at=at("2031-02-28T08:30")),)))
    assert "rung-before-opening" not in codes(plan, calendar)


def test_a_due_that_a_holiday_moved_out_of_its_stage_is_judged_by_its_own_day() -> None:
    plan = sound(task("report", "only"), stages=(stage("only"),))
    stages = (dates("only", 0, "2031-03-01", "2031-04-30"),)
    assert "due-outside-stage" not in codes(plan, projected(one("report", "2031-05-02", moved_from="2031-04-30"), stages=stages))
    assert "due-outside-stage" in codes(plan, projected(one("report", "2031-05-02", moved_from="2031-05-01"), stages=stages))


def test_a_rung_that_chases_may_come_after_the_due() -> None:
    plan = sound(task("report", ladder=(Rung(at="+1wd"),)))
    calendar = projected(one("report", rungs=(RungDates(number=1, rung=0, at=at("2031-05-04T08:30")),)))
    assert "rung-after-due" not in codes(plan, calendar)


def test_what_was_noted_beside_a_reading_is_told_once_for_all_periods() -> None:
    remark = Sentence("不是工作日", "it is no working day")
    readings = [
        Reading(path="tasks.plan.due", wording="次月7日", opens=None, due=day, remarks=(remark,), codes=("on-holiday",), period=day[:7])
        for day in ("2031-06-07", "2031-09-07")
    ]
    [issue] = found(sound(), projected(readings=tuple(readings)), "on-holiday")
    assert issue.severity == "warning"
    assert issue.message.say("zh") == "“次月7日”读作 2031-06-07：不是工作日；另有 1 期情形相同。"


def test_what_hangs_on_an_undated_anchor_is_listed_at_the_anchor() -> None:
    plan = sound(task("继续深化"), task("再深化"), anchors=(Anchor(name="党的十八大", at="undated"),))
    waiting = [one(name, None, None, pending_on=("党的十八大",)) for name in ("继续深化", "再深化")]
    [issue] = found(plan, projected(*waiting), "waits-for")
    assert issue.path == "anchors.党的十八大"
    assert issue.message.say("zh") == "“党的十八大”还没有日期，有 2 项在等它：继续深化、再深化。"


def test_tasks_without_a_date_are_listed_together() -> None:
    plan = sound(task("适时表彰"), task("典型宣传"))
    [issue] = found(plan, projected(*(one(name, None, None, pending_on=("undated",)) for name in ("适时表彰", "典型宣传"))), "undated")
    assert "适时表彰、典型宣传" in issue.message.say("zh")


@pytest.mark.parametrize(("issued", "late"), [("2031-02-28", False), ("2031-03-01", False), ("2031-03-02", True)])
def test_a_notice_issued_after_its_window_began_is_told(issued: str, late: bool) -> None:
    plan = sound(sources=(Source(name="notice", issued=issued),))
    reading = Reading(path="sources.notice.issued", wording=issued, opens=issued, due=issued)
    assert ("issued-after-start" in codes(plan, projected(readings=(reading,), opens=at("2031-03-01")))) is late


def test_a_doubt_is_told_until_it_is_settled() -> None:
    open_doubt = Doubt(path="tasks.plan", says="每季度")
    assert "doubt-open" in codes(sound(doubts=(open_doubt,)), projected())
    assert "doubt-open" not in codes(sound(doubts=(replace(open_doubt, settled="党委工作部"),)), projected())


@pytest.mark.parametrize(("count", "crowded"), [(11, False), (12, True), (13, True)])
def test_twelve_dues_on_one_owner_in_one_week_are_told(count: int, crowded: bool) -> None:
    names = [f"task{number}" for number in range(count)]
    plan = sound(*(task(name) for name in names))
    # Monday 2031-04-28 to Sunday 2031-05-04 is one week, although two months.
    calendar = projected(*(one(name, "2031-04-28" if number % 2 else "2031-05-04") for number, name in enumerate(names)))
    assert ("crowded-week" in codes(plan, calendar)) is crowded


def test_twelve_dues_of_two_owners_are_no_crowd() -> None:
    tasks = [task(f"task{number}", owner="branch" if number % 2 else "college") for number in range(12)]
    assert "crowded-week" not in codes(sound(*tasks), projected(*(one(each.name) for each in tasks)))


def test_a_level_whose_material_nobody_reviews_is_told_but_not_the_top() -> None:
    plan = workflow(task("plan", owner="branch", items=DOCUMENT), task("lead", owner="college", items=DOCUMENT))
    [issue] = found(plan, projected(), "level-without-review")
    assert "branch" in issue.message.say("en")
    assert "plan" in issue.message.say("zh")


def test_one_review_is_enough_for_a_level() -> None:
    plan = sound(task("other", owner="branch", items=DOCUMENT))
    assert "level-without-review" not in codes(plan, projected())


def test_a_level_that_owes_nothing_is_told_unless_it_reviews() -> None:
    [issue] = found(workflow(task("plan")), projected(), "level-owes-nothing")
    assert '"college"' in issue.message.say("en")
    assert found(workflow(task("plan", review=SUPERIOR)), projected(), "level-owes-nothing") == []


@pytest.mark.parametrize(
    ("changes", "idle"),
    [
        ({}, ["university", "college"]),
        ({"review": SUPERIOR}, []),
        ({"review": Review(by=who("owner.superior.clerk"))}, []),
        ({"review": Review(by=who("college"))}, ["university"]),
        ({"owner": who("superior")}, ["branch"]),
    ],
)
def test_whoever_may_stand_right_above_a_unit_is_not_told_to_be_idle(changes: dict[str, Any], idle: list[str]) -> None:
    """A branch may stand directly below the university, which then reviews it."""
    organisation = Organisation(levels=("university", "college", "branch"), posts=(Post(name="clerk"),))
    plan = workflow(replace(task("plan", items=DOCUMENT), **changes), organisation=organisation)
    assert [issue.message.values["level"] for issue in found(plan, projected(), "level-owes-nothing")] == idle


@pytest.mark.parametrize(
    "owner",
    ["superior", "superior.clerk", "college.clerk", "office", "everyone"],
)
def test_a_level_owes_also_as_superior_through_a_post_a_body_or_a_group(owner: str) -> None:
    organisation = Organisation(
        levels=("college", "branch"),
        bodies=(Body(name="office", at=("college",)),),
        groups={"everyone": who("college", "branch")},
    )
    plan = workflow(task("plan"), replace(task("visit"), owner=who(owner)), organisation=organisation)
    assert "level-owes-nothing" not in codes(plan, projected())


def test_groups_that_name_each_other_do_not_hang_the_check() -> None:
    organisation = Organisation(levels=("college", "branch"), groups={"a": who("b"), "b": who("a")})
    assert isinstance(codes(workflow(task("plan", owner="a"), organisation=organisation), projected()), list)


@pytest.mark.parametrize(("reviewer", "same"), [("branch", True), ("owner", True), ("college", False), ("superior", False)])
def test_an_owner_who_is_the_only_reviewer_is_told(reviewer: str, same: bool) -> None:
    plan = sound(task("report", owner="branch", items=DOCUMENT, review=Review(by=who(reviewer))))
    assert ("owner-is-only-reviewer" in codes(plan, projected())) is same


def test_errors_come_before_warnings() -> None:
    plan = sound(task("report"), doubts=(Doubt(path="tasks.plan", says="?"),))
    severities = [issue.severity for issue in check_whole(plan, projected(one("report", "2031-02-01")))]
    assert severities == ["error", "warning"]


def test_a_sound_plan_raises_nothing() -> None:
    assert codes(sound(), projected(one("plan"), one("lead"))) == []


@pytest.mark.parametrize(
    ("chosen", "told"), [(who("branch"), False), (who("college", "branch"), False), (who("college"), True), (None, False)]
)
def test_a_task_about_units_that_get_no_case_is_told(chosen: Who | None, told: bool) -> None:
    plan = workflow(task("report", review=SUPERIOR), subjects=chosen)
    issues = found(plan, projected(one("report")), "outside-for")
    assert [(issue.path, issue.severity) for issue in issues] == ([("tasks.report", "warning")] if told else [])


def test_a_rhythm_without_a_period_is_told_at_its_place() -> None:
    yearly = Rhythm(days=("每年2月10日前",))
    plan = workflow(task("report", every=yearly), task("plan"), window="2031年3月—2031年6月")
    projection, _ = project(plan)
    (issue,) = found(plan, projection, "no-period")
    assert (issue.path, issue.severity) == ("tasks.report.every", "warning")
    dropped = replace(plan, tasks=(task("report", every=Rhythm(each="half", partial="drop")), task("plan")))
    assert found(dropped, project(dropped)[0], "no-period")
    assert found(replace(plan, window="2031年2月10日—6月"), project(replace(plan, window="2031年2月10日—6月"))[0], "no-period") == []
