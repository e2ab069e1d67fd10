"""Calendars for other programs: what stands in the file, read by a library and line by line."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.exchange.files import CannotWrite
from engine.exchange.ics import Calendar, Entry, NoCalendar, calendar_bytes, day_of, days_in, write_calendar
from engine.unseen import has_unseen
from tests.exchange.raw_lines import events, text_of, unfolded

NOW = datetime(2010, 5, 2, 8, 30, tzinfo=UTC)
ENTRY = Entry(
    uid="1.2.3@example.org",
    sequence=7,
    changed_at=datetime(2010, 5, 1, tzinfo=UTC),
    at=date(2010, 12, 31),
    title="截止：方案（机电学院党总支）",
    text="第一行\n第二行",
    category="春季活动",
    cancelled=False,
)
CALENDAR = Calendar(name="机电学院的工作期限", lang="zh", organiser="活动办", address="office@example.org", now=NOW, entries=(ENTRY,))
HARD = ['逗号, 分号; 反斜线\\ 冒号: 引号"', "\\n 不是换行", "结尾的反斜线\\", "截止：" + "很长的题目；" * 40, "𠮷野家" * 30, "a,b;c:d"]


def only(calendar: Calendar) -> dict[str, str]:
    """Its one event."""
    (event,) = events(calendar_bytes(calendar))
    return event


def test_a_day_is_written_as_a_date_that_ends_with_the_next() -> None:
    event = only(CALENDAR)
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20101231", "20110101")


def test_a_moment_is_written_in_utc_and_has_no_length() -> None:
    event = only(replace(CALENDAR, entries=(replace(ENTRY, at=datetime(2010, 12, 31, 17, tzinfo=ZoneInfo("Asia/Shanghai"))),)))
    assert event["DTSTART"] == "20101231T090000Z"
    assert not [name for name in event if name.startswith(("DTEND", "DURATION"))]


@pytest.mark.parametrize("uid", ["4.5.6@example.org", f"{'4.5.6' * 20}@example.org"])
@pytest.mark.parametrize("at", [date(2010, 10, 31), datetime(2010, 10, 31, 17, tzinfo=ZoneInfo("Asia/Shanghai"))])
def test_where_each_entry_stands_is_read_back_whatever_its_text_looks_like(uid: str, at: date) -> None:
    text = "UID:x\nDTSTART:20300101\nEND:VEVENT\nBEGIN:VEVENT\n" * 9
    hard = replace(ENTRY, uid=uid, at=at, title="DTSTART:20300101", text=text)
    written = calendar_bytes(replace(CALENDAR, entries=(hard, ENTRY))).decode()
    assert days_in(written) == {uid: day_of(at), ENTRY.uid: "20101231"}


def test_an_entry_says_what_other_programs_go_by() -> None:
    event = only(CALENDAR)
    assert event["UID"] == "1.2.3@example.org" and event["SEQUENCE"] == "7"
    assert (event["DTSTAMP"], event["LAST-MODIFIED"]) == ("20100502T083000Z", "20100501T000000Z")
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")
    assert event["ORGANIZER;CN=活动办"] == "mailto:office@example.org"
    assert only(replace(CALENDAR, entries=(replace(ENTRY, cancelled=True),)))["STATUS"] == "CANCELLED"


def test_the_calendar_is_published_under_its_name_and_rings_no_bell() -> None:
    lines = unfolded(calendar_bytes(CALENDAR))
    assert {"VERSION:2.0", "METHOD:PUBLISH", "NAME:机电学院的工作期限", "X-WR-CALNAME:机电学院的工作期限"} <= set(lines)
    assert not any("VALARM" in line for line in lines)


@pytest.mark.parametrize(("office", "address", "said"), [("活动办", "", None), ("o@example.org", "o@example.org", "ORGANIZER")])
def test_an_office_is_named_only_where_it_has_an_address_and_not_twice(office: str, address: str, said: str | None) -> None:
    event = only(replace(CALENDAR, organiser=office, address=address))
    assert next((name for name in event if name.startswith("ORGANIZER")), None) == said


@pytest.mark.parametrize("text", HARD)
def test_texts_come_back_as_they_were_from_the_library_and_from_the_bare_lines(text: str) -> None:
    calendar = replace(CALENDAR, name=text, organiser=text, entries=(replace(ENTRY, title=text, text=f"{text}\n{text}", category=text),))
    data = calendar_bytes(calendar)
    (event,) = icalendar.Calendar.from_ical(data).events
    assert (event["SUMMARY"], event["DESCRIPTION"], event.categories) == (text, f"{text}\n{text}", [text])
    names = [line.partition(":")[2] for line in unfolded(data) if line.startswith(("NAME:", "X-WR-CALNAME:"))]
    assert [text_of(name) for name in names] == [text] * 2
    (raw,) = events(data)
    assert (text_of(raw["SUMMARY"]), text_of(raw["DESCRIPTION"]), text_of(raw["CATEGORIES"])) == (text, f"{text}\n{text}", text)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_no_line_is_longer_than_may_be_and_none_breaks_within_a_character(text: str) -> None:
    data = calendar_bytes(replace(CALENDAR, name=text, entries=(replace(ENTRY, title=text, text=text),)))
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        assert not has_unseen(line.decode("utf-8"))


def test_what_nobody_sees_does_not_get_into_it() -> None:
    event = only(replace(CALENDAR, entries=(replace(ENTRY, title="方案\r\nATTENDEE:x\u202e", text="甲\x00\u2028乙"),)))
    assert event["SUMMARY"] == "方案··ATTENDEE:x·"
    assert text_of(event["DESCRIPTION"]) == "甲·\n乙"


def test_the_same_calendar_is_the_same_bytes() -> None:
    assert calendar_bytes(CALENDAR) == calendar_bytes(replace(CALENDAR))


def test_a_file_is_replaced_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.ICS"
    path.write_text("old")
    path.chmod(0o644)
    write_calendar(path, CALENDAR)
    assert path.read_bytes() == calendar_bytes(CALENDAR)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_no_program_would_take_for_a_calendar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCalendar):
        write_calendar(tmp_path / "a.txt", CALENDAR)
    with pytest.raises(CannotWrite):
        write_calendar(tmp_path / "absent" / "a.ics", CALENDAR)
    assert list(tmp_path.iterdir()) == []
