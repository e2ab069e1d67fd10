"""Digest only: what she does not owe comes once a week in one letter; what she owes is told at its rungs, whatever she asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.operations import digests, incoming
from engine.operations.people import UnknownPerson
from engine.store import house as facts
from tests.notifiers.returned import wish
from tests.operations import world as w
from tests.operations.files import SUMMARIES

MORNING, NOON = w.at(5, 24, 9), w.at(5, 24, 12)
# The branches below G1 are late, and G1 is told of it.
LATE = w.at(6, 8, 9)


def ask(world, name, now=w.BEFORE, *, on=True):
    return digests.switch(world.house, name, on=on, by=w.ADMIN, now=now)


def walk(world, begin, end, hours=24):
    """The program runs from day to day."""
    now = begin
    while now <= end:
        world.go(now)
        now += timedelta(hours=hours)


def own(text):
    return "单位G1：" in text or "单位G1B3：" in text


def below(text):
    return "下级单位" in text


def days_of(world, code, chosen):
    """The days on which the secretary of a unit was told of such things."""
    letters = [sent for sent in world.channel.sent if sent.letter.to_address == f"{code.lower()}@example.org"]
    return [sent.now.astimezone(w.SHANGHAI).date() for sent in letters if chosen(sent.letter.text)]


@pytest.mark.parametrize(
    ("on", "days"),
    [
        (False, ["06-02", "06-04", "06-09", "06-18", "06-21"]),
        # What is urgent waits for no week.
        (True, ["06-02", "06-09", "06-18", "06-21"]),
    ],
)
def test_summaries_come_at_most_once_a_week_to_whoever_asked_for_it(make_world, on, days):
    world = make_world(w.launched(SUMMARIES))
    ask(world, "书记G1", on=on)
    walk(world, w.at(6, 1, 9), w.at(6, 21, 9))
    assert [day.isoformat()[5:] for day in days_of(world, "G1", below)] == days


def test_what_was_held_back_stands_in_the_weekly_letter_unless_it_was_done_meanwhile(make_world):
    world = make_world(w.launched(SUMMARIES))
    ask(world, "书记G1")
    walk(world, w.at(6, 1, 9), w.at(6, 8, 9))
    world.act("G1B1", "乙", w.at(6, 8, 10))
    world.go(w.at(6, 9, 9))
    text = "".join(world.letters("G1")[-1].split())
    assert "单位G1B2（书记G1B2）未办：乙" in text and "单位G1B1（书记G1B1）未办：丙" in text
    assert "单位G1B1（书记G1B1）未办：乙" not in text


@pytest.mark.parametrize("on", [False, True])
def test_what_she_owes_herself_comes_on_the_same_days_whatever_she_asked_for(spring, on):
    ask(spring, "书记G1", on=on)
    for day in (w.at(5, 24, 9), w.at(5, 25, 9), w.at(5, 28, 9), w.at(5, 31, 9), w.at(6, 1, 9), w.at(6, 2, 9), w.at(6, 4, 9), w.at(6, 7, 9)):
        spring.go(day)
    assert [day.isoformat()[5:] for day in days_of(spring, "G1", own)] == ["05-24", "05-28", "05-31", "06-01", "06-04", "06-07"]


@pytest.mark.parametrize(("seconds", "letters"), [(-1, 1), (0, 2), (1, 2)])
def test_the_next_results_come_a_week_after_the_last(spring, seconds, letters):
    """Days count as they do on a calendar where the campaign runs."""
    spring.round_the_clock()
    ask(spring, "书记G2B1")
    spring.extend("G2B1", "总结", w.at(11, 10).date(), w.at(5, 14, 9))
    spring.go(w.at(5, 14, 10))
    assert len(spring.letters("G2B1")) == 1
    spring.waive("G2B1", "总结", w.at(5, 15, 9))
    spring.deliver(w.at(5, 21) + timedelta(seconds=seconds))
    assert len(spring.letters("G2B1")) == letters


def test_what_waits_for_the_digest_ends_like_everything_else(make_world):
    world = make_world(w.launched(SUMMARIES))
    ask(world, "书记G1")
    walk(world, w.at(6, 2, 9), w.at(7, 10, 9), hours=5 * 24)
    assert {one.state for one in world.notices(w.at(7, 10, 9))} <= {"sent", "suppressed"}


def test_the_letter_says_why_it_comes_once_a_week(spring):
    ask(spring, "书记G1")
    walk(spring, w.at(6, 1, 9), LATE)
    texts = [text for text in spring.letters("G1") if below(text)]
    assert texts and all("每周汇总一次" in "".join(text.split()) for text in texts)
    assert not any("每周汇总" in text for text in spring.letters("G2"))


def test_the_wish_is_journalled_with_who_wrote_it_down_and_can_be_taken_back(spring):
    assert ask(spring, "书记G1").changed
    assert not ask(spring, "书记G1").changed
    assert ask(spring, "书记G1", on=False).changed
    assert [(line.kind, line.actor, line.behalf) for line in spring.journal() if line.kind.startswith("digest")] == [
        ("digest-on", w.ADMIN, "书记G1"),
        ("digest-off", w.ADMIN, "书记G1"),
    ]


def test_nobody_else_can_be_named(spring):
    with pytest.raises(UnknownPerson):
        ask(spring, "没有这个人")


def mark_in(world, code):
    """What the last letter to a unit says one may write to have the digest."""
    (place,) = world.channel.to(f"{code.lower()}@example.org")[-1].unsubscribe
    assert place.startswith(f"mailto:{w.OFFICE}?subject=digest-")
    return place.partition("subject=")[2]


def read(world, content):
    box = world.folder / "box"
    box.mkdir(exist_ok=True)
    (box / f"{len(list(box.iterdir()))}.eml").write_bytes(content)
    return incoming.read_mail(world.house, box, NOON)


def test_whoever_presses_the_button_of_her_mail_program_has_the_digest(spring):
    spring.go(MORNING)
    assert read(spring, wish(mark_in(spring, "G1"))).digest == 1
    [line] = spring.journal("digest-on")
    assert (line.actor, line.behalf) == ("书记G1", "")
    assert not ask(spring, "书记G1", w.at(5, 24, 13)).changed


def test_a_wish_that_was_read_does_not_undo_what_was_said_later(spring):
    spring.go(MORNING)
    read(spring, wish(mark_in(spring, "G1")))
    ask(spring, "书记G1", w.at(5, 24, 13), on=False)
    assert incoming.read_mail(spring.house, spring.folder / "box", w.at(5, 24, 14)).again == 1
    assert ask(spring, "书记G1", w.at(5, 24, 15)).changed


def test_nobody_can_wish_for_another(spring):
    spring.go(MORNING)
    mine = mark_in(spring, "G1")
    number, sign = mine.split("-")[1:]
    assert read(spring, wish(f"digest-{int(number) + 1}-{sign}")).digest == 0
    assert spring.journal("digest-on") == ()


def test_the_mark_may_stand_for_the_person(spring):
    spring.go(MORNING)
    assert ask(spring, mark_in(spring, "G1"), MORNING).name == "书记G1"


def test_the_office_has_no_button(spring):
    spring.go(MORNING)
    assert [letter.unsubscribe for letter in spring.channel.to(w.OFFICE)] == [()]


def test_every_database_has_a_key_of_its_own(spring):
    with spring.house.database.read() as connection:
        key = facts.read_setting(connection, facts.MAIL_KEY)
    assert key and len(key) == 32 and digests.person_of("", digests.mark_of("", 1)) is None


def test_a_page_comes_before_the_letter_to_the_office():
    found = digests.places("digest-1-a", "office@example.org", "https://example.org/d?a=b")
    assert found == ("https://example.org/d?a=b&mark=digest-1-a", "mailto:office@example.org?subject=digest-1-a")
