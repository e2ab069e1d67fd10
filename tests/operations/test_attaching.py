"""The calendar that goes with the first letter about a duty, where the file wishes it, read back as a mail program hands it on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import icalendar
import pytest

from engine.operations import telling
from engine.operations.calendar import draw
from engine.operations.campaigns import TaskRef
from engine.operations.previewing import Wanted, preview_of
from engine.org.model import Roster
from engine.store import roster
from notifiers.base import NotSent, as_mime
from notifiers.registry import make
from tests.notifiers.letters import files_in, parsed
from tests.notifiers.servers import mail_server
from tests.operations import world as w
from tests.operations.files import CALENDARS, UNDATED

# The first reminder of what is due at the end of May, and the next two.
FIRST, SECOND, THIRD = w.at(5, 24, 9), w.at(5, 28, 9), w.at(5, 31, 9)
# The first reminder of what is due at the end of October.
AUTUMN = w.at(10, 22, 9)


@pytest.fixture
def wished(make_world):
    """The spring campaign, whose file wishes calendars to go with letters."""
    return make_world(w.launched(CALENDARS))


def attached(world, code):
    """What went with each letter to the secretary of a unit: its events by title, None where nothing did."""
    return [read(letter) for letter in world.channel.to(f"{code.lower()}@example.org")]


def read(letter):
    if not letter.attachments:
        return None
    [file] = letter.attachments
    calendar = icalendar.Calendar.from_ical(file.text)
    assert (file.name, file.method, calendar["METHOD"]) == ("期限.ics", "PUBLISH", "PUBLISH")
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def in_calendar(world, who, now):
    """The same events as `campaign ics` makes them, by uid."""
    return {entry.uid: entry for entry in draw(world.house, who, None, now=now, lang="zh").calendar.entries}


def test_the_first_reminder_of_a_duty_carries_its_entry_and_the_next_none(wished):
    for now in (FIRST, SECOND, THIRD):
        wished.go(now)
    first, *later = attached(wished, "G1B1")
    assert list(first) == ["截止：方案（单位G1B1）"] and later == [None, None]
    [event] = first.values()
    assert (event.start, event.end) == (date(2010, 5, 31), date(2010, 6, 1))


def test_the_entry_is_the_one_that_the_calendar_of_the_unit_and_of_the_person_has(wished):
    wished.go(FIRST)
    [event] = attached(wished, "G1B1")[0].values()
    for who in ("G1B1", "书记G1B1"):
        entry = in_calendar(wished, who, FIRST)[str(event["UID"])]
        assert (entry.sequence, entry.title, entry.text) == (event["SEQUENCE"], event["SUMMARY"], event["DESCRIPTION"])


def test_nothing_goes_along_unless_the_file_wishes_it(spring):
    spring.go(FIRST)
    assert attached(spring, "G1B1") == [None] and "附件" not in spring.letters("G1B1")[0]


def test_the_letter_says_what_goes_with_it(wished):
    wished.go(FIRST)
    wished.go(SECOND)
    first, second = wished.letters("G1B1")
    assert "附件“期限.ics”可以导入手机或电脑的日历" in "".join(first.split()) and "附件" not in second


def test_an_extension_sends_the_moved_entry_and_the_next_reminder_none(wished):
    wished.go(AUTUMN)
    wished.extend("G1B1", "总结", date(2010, 11, 12), w.at(10, 25, 10))
    wished.go(w.at(10, 26, 9))
    wished.go(w.at(11, 5, 9))
    title = "截止：总结（单位G1B1）"
    before, moved = [events[title] for events in attached(wished, "G1B1") if events and title in events]
    assert (before.start, moved.start) == (date(2010, 10, 31), date(2010, 11, 12))
    assert before["UID"] == moved["UID"] and before["SEQUENCE"] < moved["SEQUENCE"]
    assert attached(wished, "G1B1")[-1] is None and len(wished.letters("G1B1")) > 2


def test_a_waiver_takes_the_entry_out_of_the_calendar_of_whoever_has_it(wished):
    wished.go(AUTUMN)
    wished.waive("G1B1", "总结", w.at(10, 25, 10))
    wished.go(w.at(10, 26, 9))
    [event] = attached(wished, "G1B1")[-1].values()
    assert (event["STATUS"], event["SEQUENCE"] > 0) == ("CANCELLED", True)


def test_whoever_never_had_the_entry_is_not_sent_its_end(wished):
    wished.waive("G1B1", "总结", w.at(5, 20, 10))
    wished.go(w.at(5, 21, 9))
    assert attached(wished, "G1B1") == [None]


def test_who_is_told_of_what_others_owe_gets_no_entry_for_it(wished):
    for now in (FIRST, w.at(6, 7, 9)):
        wished.go(now)
    letters = [letter for letter in wished.channel.to("g1@example.org") if "下级单位" in letter.text]
    assert letters and not any("单位G1B" in title for letter in letters for title in read(letter) or {})
    assert not any(letter.attachments for letter in wished.channel.to(w.OFFICE))


def test_whoever_reviews_gets_no_entry_of_the_owner(wished):
    wished.hand_in("G1B1", "方案", w.at(5, 20, 9), wished.paper(120))
    wished.deliver(w.at(5, 20, 10))
    assert [letter.attachments for letter in wished.channel.to("g1@example.org")] == [()]


def test_whoever_takes_over_is_sent_what_her_predecessor_had(wished):
    wished.go(FIRST)
    with wished.house.database.write() as connection:
        new = replace(w.secretary("G1B1").person, name="新书记", email="new@example.org")
        tenures = tuple(replace(one, person=new) if one.unit == "G1B1" else one for one in w.UNIVERSITY.tenures)
        roster.import_roster(connection, Roster(units=w.UNIVERSITY.units, tenures=tenures), w.at(5, 25))
    wished.go(SECOND)
    [letter] = wished.channel.to("new@example.org")
    assert list(read(letter)) == ["截止：方案（单位G1B1）"]


def test_what_has_no_day_has_no_entry(make_world):
    world = make_world(w.launched(UNDATED.replace("holidays: CN", "holidays: CN, attach: true")))
    for now in (w.at(6, 23, 9), w.at(6, 29, 9)):
        world.go(now)
    assert [list(events or ()) for events in attached(world, "G1B1")] == [["截止：总结（单位G1B1）"], []]


def test_a_channel_that_takes_no_files_is_given_none_and_its_letter_speaks_of_none(wished):
    wished.channel.attaches = False
    wished.go(FIRST)
    assert attached(wished, "G1B1") == [None] and "附件" not in wished.letters("G1B1")[0]


def test_every_attempt_sends_the_same_calendar_whatever_has_happened_since(wished):
    wished.sweep(FIRST)
    wished.channel.fail(NotSent("reset", unknown=True, cause="lost"), address="g1b1@example.org", taken=True)
    wished.deliver(FIRST)
    wished.hand_in("G1B1", "方案", w.at(5, 24, 10), wished.paper(120))
    wished.deliver(w.at(5, 24, 15))
    one, other = wished.channel.to("g1b1@example.org")
    assert one.attachments and one == other
    assert as_mime(one, FIRST).as_bytes() == as_mime(other, FIRST).as_bytes()


def test_a_letter_that_did_not_arrive_does_not_count(wished):
    wished.sweep(FIRST)
    wished.channel.fail(NotSent("554 no", permanent=True, cause="content"), address="g1b1@example.org")
    wished.deliver(FIRST)
    wished.go(SECOND)
    assert [list(events or ()) for events in attached(wished, "G1B1")] == [["截止：方案（单位G1B1）"]]


def test_a_preview_shows_what_would_go_with_the_letter(wished):
    found = preview_of(wished.house, None, "G1B1", TaskRef.parse("方案"), Wanted(), wished.post, w.at(5, 20, 10))
    [seen] = found.letters
    assert list(read(seen.letter)) == ["截止：方案（单位G1B1）"] and "期限.ics" in seen.letter.text


def test_it_arrives_whole_by_a_real_mail_server(wished):
    wished.sweep(FIRST)
    with mail_server() as server:
        notifier = make("smtp", {"host": "127.0.0.1", "port": str(server.port), "security": "none"})
        telling.deliver(wished.house, replace(wished.post, notifier=notifier), FIRST)
        notifier.close()
    messages = [parsed(content) for content in server.contents()]
    [mine] = [message for message in messages if message["To"].addresses[0].addr_spec == "g1b1@example.org"]
    [(name, kind, text)] = files_in(mine)
    assert (name, kind) == ("期限.ics", "text/calendar; PUBLISH")
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert str(event["UID"]) in in_calendar(wished, "G1B1", FIRST) and event["SUMMARY"] == "截止：方案（单位G1B1）"
