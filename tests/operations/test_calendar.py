"""The calendar of a unit or a person, read back as the programs read it that take it in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import event as listening
from sqlalchemy.engine import Engine

from engine.exchange.ics import Entry, calendar_bytes
from engine.operations import ending
from engine.operations.calendar import NeitherUnitNorPerson, UnitOrPerson, draw
from engine.operations.people import VacantPost
from engine.org.model import Person, Roster, Tenure
from engine.store import roster
from tests.evidence.papers import ole_file
from tests.exchange.raw_lines import events, text_of
from tests.operations import world as w
from tests.operations.files import BY_POST, SPRING, STRICT, UNDATED, head

NOW = w.at(5, 20, 10)
SUMMER = w.at(6, 10)
LATER = w.at(12, 20)
# Deadlines with a time of day, in a zone where summer time begins on a deadline's day and ends on another's.
ABROAD = (
    head("abroad").replace("Asia/Shanghai, holidays: CN", "America/New_York").replace("2010年5月中旬—2010年底", "2010年5月中旬—2011年底")
    + """
tasks:
  年报: {owner: 党支部, due: 2010-12-31}
  电话: {owner: 党支部, due: 2010-12-31 17:00}
  夏令: {owner: 党支部, due: 2011-03-13}
  冬令: {owner: 党支部, due: 2011-11-06}
"""
)
SCANNED = head("scanned") + "\ntasks:\n  支报: {owner: 党支部, artifact: document, due: 6月10日前}\n"


def drawn(world, who, now=NOW, *, lang="zh", campaign=None, **more):
    """The calendar as it was drawn."""
    return draw(world.house, who, campaign, now=now, lang=lang, **more)


def lines(world, who, now=NOW, **more):
    """Its events line by line, by what stands behind the title's first word."""
    return {text_of(each["SUMMARY"]).partition("：")[2]: each for each in events(calendar_bytes(drawn(world, who, now, **more).calendar))}


def read(world, who, now=NOW, **more):
    """Its events as a library reads them, by uid."""
    found = icalendar.Calendar.from_ical(calendar_bytes(drawn(world, who, now, **more).calendar)).walk("VEVENT")
    assert len({str(each["UID"]) for each in found}) == len(found)
    return {str(each["UID"]): each for each in found}


def titles(world, who, now=NOW, **more):
    """The titles, in order of due."""
    return [each.title for each in drawn(world, who, now, **more).calendar.entries]


def moved(world, who, act, now=NOW):
    """One event before and after something was done, and all its properties as they stand there."""
    before, raw = read(world, who, now), {each["UID"]: each for each in events(calendar_bytes(drawn(world, who, now).calendar))}
    act()
    after, lines_after = read(world, who, now), {each["UID"]: each for each in events(calendar_bytes(drawn(world, who, now).calendar))}
    assert before.keys() <= after.keys()
    (uid,) = [uid for uid, event in before.items() if event.to_ical() != after[uid].to_ical()]
    assert int(raw[uid]["SEQUENCE"]) < int(lines_after[uid]["SEQUENCE"])
    return before[uid], after[uid], lines_after[uid]


def test_a_unit_finds_each_of_its_deadlines_on_the_last_day_that_is_in_time(spring):
    found = {name: each["DTSTART;VALUE=DATE"] for name, each in lines(spring, "G1B1").items()}
    assert found == {"方案（单位G1B1）": "20100531", "总结（单位G1B1）": "20101031"}


def test_what_a_unit_owes_about_others_stands_in_its_calendar_and_not_in_theirs(spring):
    mine = lines(spring, "G1")
    assert mine["2010年第三季度点评（单位G1，对单位G1B2）"]["DTSTART;VALUE=DATE"] == "20100930"
    assert "2010年第三季度点评（单位S，对单位G1）" not in mine
    assert not [name for name in lines(spring, "G1B2") if "点评" in name]


def test_what_ends_with_the_year_stands_on_its_last_day(spring):
    entry = lines(spring, "G1")["汇总（单位G1）"]
    assert (entry["DTSTART;VALUE=DATE"], entry["DTEND;VALUE=DATE"]) == ("20101231", "20110101")


def test_days_are_those_of_the_campaigns_zone_and_a_time_of_day_is_a_moment(make_world):
    world = make_world(w.launched(ABROAD))
    found = lines(world, "G1B1")
    days = {name[:2]: each["DTSTART;VALUE=DATE"] for name, each in found.items() if "DTSTART;VALUE=DATE" in each}
    assert days == {"年报": "20101231", "夏令": "20110313", "冬令": "20111106"}
    assert found["电话（单位G1B1）"]["DTSTART"] == "20101231T220000Z"
    assert "2010年12月31日（周五）17:00" in text_of(found["电话（单位G1B1）"]["DESCRIPTION"])
    starts = {event.start for event in read(world, "G1B1").values()}
    assert datetime(2010, 12, 31, 17, tzinfo=ZoneInfo("America/New_York")) in starts and date(2010, 12, 31) in starts


def test_an_entry_says_what_is_owed_by_whom_how_and_whom_to_ask(spring):
    assert text_of(lines(spring, "G1B1")["方案（单位G1B1）"]["DESCRIPTION"]).splitlines() == [
        "单位G1B1（书记 书记G1B1）：方案",
        "截止日期：2010年5月31日（周一）",
        "目前状态：未开始",
        "上报方式：把材料（不少于 100 字）发至 office@example.org，注明“G1B1 方案”",
        "如有疑问，请联系活动办（office@example.org）。",
    ]


def test_it_speaks_the_language_asked_for(spring):
    calendar = drawn(spring, "G1B1", lang="en").calendar
    assert (calendar.name, calendar.entries[0].title) == ("Deadlines of 单位G1B1", "Due: 方案 (单位G1B1)")
    assert "Questions? Please ask 活动办 (office@example.org)." in calendar.entries[0].text


def test_an_extension_moves_the_entry_and_the_original_day_is_told(spring):
    spring.sweep(w.at(10, 20))
    before, after, raw = moved(spring, "G1B1", lambda: spring.extend("G1B1", "总结", date(2010, 11, 12), w.at(10, 20)), w.at(10, 20))
    assert (before.start, after.start, after.end) == (date(2010, 10, 31), date(2010, 11, 12), date(2010, 11, 13))
    assert (raw["DTSTART;VALUE=DATE"], raw["STATUS"]) == ("20101112", "CONFIRMED")
    assert "原定日期：2010年10月31日（周日）" in text_of(raw["DESCRIPTION"])
    assert after["LAST-MODIFIED"].dt == w.at(10, 20)


def test_a_waiver_cancels_the_entry_and_says_who_and_why(spring):
    now = w.at(10, 20)
    spring.sweep(now)
    _, after, raw = moved(spring, "G1B1", lambda: spring.waive("G1B1", "总结", now, reason="与G1B2合并"), now)
    assert (raw["STATUS"], str(after["SUMMARY"])) == ("CANCELLED", "已免报：总结（单位G1B1）")
    text = text_of(raw["DESCRIPTION"])
    assert "批准人：书记G1" in text and "理由：与G1B2合并" in text and "上报方式" not in text


def test_what_was_tried_is_told_until_it_is_handed_in_and_then_it_is_marked(spring):
    w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(86)))
    assert "还差 14 字" in drawn(spring, "G1B1").calendar.entries[0].text
    _, after, raw = moved(spring, "G1B1", lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(120)))
    assert (str(after["SUMMARY"]), raw["STATUS"]) == ("待审核：方案（单位G1B1）", "CONFIRMED")
    assert "还差" not in text_of(raw["DESCRIPTION"])
    _, after, raw = moved(spring, "G1B1", lambda: spring.accept("G1B1", "方案", NOW))
    assert (str(after["SUMMARY"]), raw["STATUS"]) == ("已通过：方案（单位G1B1）", "CONFIRMED")
    assert "办理人：书记G1B1，2010年5月20日（周四）" in text_of(raw["DESCRIPTION"])


def test_what_was_handed_in_stands_with_whoever_judges_it_until_it_is_judged(spring):
    name = "总结（单位G1B1）"
    spring.sweep(SUMMER)
    assert name not in lines(spring, "G1", SUMMER)
    spring.act("G1B1", "总结", SUMMER)
    entry = lines(spring, "G1", SUMMER)[name]
    assert text_of(entry["SUMMARY"]).startswith("请审核") and entry["UID"] != lines(spring, "G1B1", SUMMER)[name]["UID"]
    assert "上报人：书记G1B1" in text_of(entry["DESCRIPTION"]) and "审核方式：看过后把意见" in text_of(entry["DESCRIPTION"])
    _, _, raw = moved(spring, "G1", lambda: spring.send_back("G1B1", "总结", SUMMER), SUMMER)
    assert raw["STATUS"] == "CANCELLED"
    assert "理由：请补充数据" in text_of(lines(spring, "G1B1", SUMMER)[name]["DESCRIPTION"])
    _, _, raw = moved(spring, "G1", lambda: spring.act("G1B1", "总结", SUMMER, say="又办"), SUMMER)
    assert raw["STATUS"] == "CONFIRMED"
    _, after, raw = moved(spring, "G1", lambda: spring.accept("G1B1", "总结", SUMMER, version=2), SUMMER)
    assert (str(after["SUMMARY"]), raw["STATUS"]) == ("已通过：总结（单位G1B1）", "CONFIRMED")


def test_what_nobody_has_to_judge_is_nobodys_to_judge_in_a_calendar(spring):
    spring.sweep(w.at(7, 1))
    spring.act("G1B1", "点评@2010-Q3", w.at(7, 1), by="书记G1")
    assert not [title for title in titles(spring, "S", w.at(7, 1)) if "G1B1" in title]


def test_what_only_a_reader_can_judge_is_hers_to_judge_though_the_file_names_no_review(make_world):
    world = make_world(w.launched(SCANNED))
    world.hand_in("G1B1", "支报", NOW, ole_file(world.folder / "支报.doc", "WordDocument"))
    assert titles(world, "G1") == ["请审核：支报（单位G1B1）"]
    _, after, raw = moved(world, "G1", lambda: world.accept("G1B1", "支报", NOW))
    assert (str(after["SUMMARY"]), raw["STATUS"]) == ("已通过：支报（单位G1B1）", "CONFIRMED")


def test_two_changes_in_one_second_are_two_changes(spring):
    spring.sweep(SUMMER)
    moved(spring, "G1B1", lambda: spring.act("G1B1", "总结", SUMMER), SUMMER)
    moved(spring, "G1B1", lambda: spring.take_back("G1B1", "总结", SUMMER), SUMMER)


def test_nothing_changes_in_an_entry_unless_its_sequence_rises_and_it_never_falls(make_world):
    """What lapses does so with all the others and has no line of its own in the journal."""
    world = make_world(w.launched(STRICT))
    known: dict[str, tuple[Entry, int, datetime]] = {}
    steps = [
        (w.at(5, 20), lambda now: None),
        (w.at(6, 8), lambda now: world.extend("G1B1", "快报", date(2010, 6, 14), now)),
        (w.at(6, 8), lambda now: world.act("G1B2", "快报", now)),
        (w.at(6, 8), lambda now: world.take_back("G1B2", "快报", now) if world.state("G1B2", "快报", now) == "submitted" else None),
        (w.at(6, 17), lambda now: None),
        (w.at(6, 21), lambda now: None),
        (w.at(6, 22), lambda now: world.reopen("G1B1", "快报", now)),
        (w.at(6, 22), lambda now: world.act("G1B1", "快报", now)),
    ]
    for now, act in steps:
        world.sweep(now)
        act(now)
        for code in ("G1B1", "G1B2"):
            for entry in drawn(world, code, now).calendar.entries:
                seen = replace(entry, sequence=0, changed_at=w.BEFORE)
                before, sequence, changed = known.get(entry.uid, (seen, entry.sequence, entry.changed_at))
                assert (entry.sequence > sequence and entry.changed_at >= changed) if seen != before else entry.sequence >= sequence
                known[entry.uid] = (seen, entry.sequence, entry.changed_at)
    assert {entry.title[:3] for entry, *_ in known.values()} >= {"已失效", "已通过"}


def test_whoever_follows_in_a_post_finds_its_deadlines_from_her_first_day_on(spring):
    assert titles(spring, "书记G1B1") == titles(spring, "G1B1")
    spring.bring_in(
        "G1B1,单位G1B1,党支部,G1,\n",
        "G1B1,书记,书记G1B1,g1b1@example.org,,2010-06-30\nG1B1,书记,新书记,neu@example.org,2010-07-01,\n",
        w.at(5, 21),
    )
    last, first = w.at(6, 30, 23), w.at(7, 1)
    assert (len(titles(spring, "书记G1B1", last)), titles(spring, "新书记", last)) == (2, [])
    assert (titles(spring, "书记G1B1", first), len(titles(spring, "新书记", first))) == ([], 2)
    assert read(spring, "新书记", first).keys() == read(spring, "G1B1", first).keys()


def test_a_person_sees_what_she_stands_in_for_as_deputy_or_since_a_post_is_vacant(spring):
    assert {"方案（单位G1）", "2010年第三季度点评（单位G1，对单位G1B1）"} <= set(lines(spring, "副书记G1"))
    hers = set(lines(spring, "书记G1"))
    # G1B3 is led by nobody: whoever leads the unit above answers for it. G1B1 has somebody of its own.
    assert {"方案（单位G1）", "方案（单位G1B3）", "总结（单位G1B3）"} <= hers
    assert not [name for name in hers if name.endswith("（单位G1B1）")]
    assert not [name for name in lines(spring, "书记S") if "G1B3" in name]


@pytest.mark.parametrize(("day", "stands_in"), [(w.at(6, 30), False), (w.at(6, 30, 23, 59, 59), False), (w.at(7, 1), True)])
def test_whoever_is_above_stands_in_from_the_day_after_the_last_one_left(spring, day, stands_in):
    spring.bring_in("G1B1,单位G1B1,党支部,G1,\n", "G1B1,书记,书记G1B1,g1b1@example.org,,2010-06-30\n", w.at(5, 21))
    assert ("截止：总结（单位G1B1）" in titles(spring, "书记G1", day)) == stands_in


def test_of_several_posts_at_a_unit_each_sees_what_it_answers_for(make_world):
    """A report is for the secretary alone; the one who may act for the unit in other things sees nothing of it."""
    world = make_world(w.launched(BY_POST))
    world.bring_in("G1B1,单位G1B1,党支部,G1,\n", "G1B1,组织委员,委员甲,jia@example.org,,\n", w.at(5, 3))
    assert titles(world, "书记G1B1") == ["截止：报告（单位G1B1）"]
    assert titles(world, "委员甲") == []


def test_a_person_is_also_found_by_her_address_or_her_post(spring):
    assert titles(spring, "g1b1@example.org") == titles(spring, "G1B1/书记") == titles(spring, "G1B1")
    with pytest.raises(VacantPost):
        drawn(spring, "G1B3/书记")


@pytest.mark.parametrize(
    ("typed", "hint"), [("G1B", "G1B1"), ("单位G1B2", "G1B2"), ("书记G1B", "书记G1B1"), ("X/书记", ""), ("没有这样的人或单位", "")]
)
def test_what_is_neither_unit_nor_person_is_refused_with_the_nearest_names(spring, typed, hint):
    with pytest.raises(NeitherUnitNorPerson) as caught:
        drawn(spring, typed)
    assert typed in caught.value.say("zh") and hint in caught.value.say("zh")


def test_where_a_person_is_called_like_a_unit_one_has_to_say_which_is_meant(make_world):
    world = make_world(w.launched(SPRING))
    with world.house.database.write() as connection:
        namesake = Tenure(unit="G1", post="书记", person=Person(name="G1B1", email="same@example.org"))
        roster.import_roster(connection, Roster(units=w.UNIVERSITY.units, tenures=(*w.UNIVERSITY.tenures, namesake)), NOW)
    with pytest.raises(UnitOrPerson):
        drawn(world, "G1B1")
    assert titles(world, "G1B1", unit=True) == ["截止：方案（单位G1B1）", "截止：总结（单位G1B1）"]
    assert "截止：方案（单位G1）" in titles(world, "same@example.org")


def test_what_has_no_day_is_left_out_and_counted(make_world):
    world = make_world(w.launched(UNDATED))
    found = drawn(world, "G1B1")
    assert ([each.task for each in found.deadlines], found.undated, found.pending) == (["总结"], 1, ())


def test_what_waits_for_something_to_become_known_is_counted_by_what_that_is(make_world):
    text = UNDATED.replace("tasks:", "anchors: {大会: undated}\ntasks:") + "  大会后: {owner: 党支部, due: 大会前}\n"
    found = drawn(make_world(w.launched(text)), "G1B1")
    assert (found.undated, found.pending) == (1, ((("大会",), 1),))


def test_a_launch_taken_back_takes_its_entries_back(spring):
    def withdraw():
        ending.withdraw(spring.house, None, by=w.ADMIN, reason="重来", now=NOW)

    before = read(spring, "G1B1")
    withdraw()
    after = read(spring, "G1B1")
    assert after.keys() == before.keys()
    for uid, event in after.items():
        assert event["STATUS"] == "CANCELLED" and event["SEQUENCE"] > before[uid]["SEQUENCE"]


def test_of_a_campaign_that_was_closed_only_what_lay_ahead_is_taken_back_until_its_day(spring):
    spring.act("G1B2", "总结", SUMMER)
    spring.accept("G1B2", "总结", SUMMER)
    ending.close(spring.house, None, by=w.ADMIN, reason="完成", now=SUMMER)
    assert titles(spring, "G1B1", SUMMER) == ["活动已结束：总结（单位G1B1）"]
    assert [event["STATUS"] for event in read(spring, "G1B1", SUMMER).values()] == ["CANCELLED"]
    assert titles(spring, "G1B1", LATER) == titles(spring, "G1B2", SUMMER) == []
    assert titles(spring, "G1B2", LATER, campaign="spring") == ["活动已结束：方案（单位G1B2）", "已通过：总结（单位G1B2）"]


def test_all_running_campaigns_stand_in_one_calendar_unless_one_is_named(spring):
    w.start(spring.house, NOW, name="again")
    both, one = read(spring, "G1B1"), read(spring, "G1B1", campaign="again")
    assert (len(both), len(one)) == (4, 2) and one.keys() < both.keys()


def test_a_uid_holds_by_which_house_when_and_as_which_campaign_it_was_launched_and_what_it_is_about(spring):
    w.start(spring.house, NOW, name="again")
    found = [uid.partition("@") for uid in read(spring, "G1B1")]
    assert {domain for *_, domain in found} == {"example.org"}
    launched = {tuple(name.split(".")[:2]) for name, *_ in found}
    assert launched == {(str(int(at.timestamp())), number) for at, number in ((w.BEFORE, "1"), (NOW, "2"))}


def test_nothing_but_the_stamp_hangs_on_the_time_at_which_it_is_written(spring):
    one, other = (calendar_bytes(drawn(spring, "G1", now).calendar).splitlines() for now in (NOW, NOW + timedelta(hours=1)))
    assert {line for line in one if line not in other} == {f"DTSTAMP:{NOW.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode()}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    said: list[str] = []

    def note(connection, cursor, statement, *_):
        said.append(statement)

    listening.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        listening.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("who", ["G1", "书记G1"])
def test_many_units_are_read_as_one_is(make_world, who):
    world = make_world(w.launched(SPRING, who="wide"))
    for branch in range(1, 10):
        world.act(f"G1B{branch}", "总结", SUMMER)
    with counted() as many:
        assert len(titles(world, who, SUMMER)) > 25
    with counted() as few:
        assert len(titles(world, f"{who}B1", SUMMER)) == 2
    assert len(many) <= len(few) + 5
