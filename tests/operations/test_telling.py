"""Telling people: decided once, told at least once, never for nothing; every notice ends with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.operations.digests import signed
from engine.operations.launching import switch_mail
from engine.store import house as facts
from engine.store import notices
from engine.store import tables as t
from engine.store.claims import claimant
from engine.store.codes import NoticeKind
from notifiers.base import NotSent
from notifiers.fake import FakeNotifier
from tests.operations import world as w
from tests.operations.files import LADDERS, SPRING, STRICT, URGENT

MORNING = w.at(5, 24, 9)


def fates(world, now, code=None):
    """What became of every notice (of one unit) to those who have to do with it: (state, reason)."""
    mine = [notice for notice in world.notices(now) if code in (None, notice.unit) and notice.kind != NoticeKind.UNREACHED]
    return {(notice.state, notice.reason) for notice in mine}


def test_mail_is_held_until_the_administrator_lets_it_go(make_world):
    world = make_world(w.launched(SPRING, mail=False))
    held = world.go(MORNING)
    assert (held.sent, held.held) == (0, 9)
    assert world.channel.sent == []
    switch_mail(world.house, None, on=True, by=w.ADMIN, now=w.at(5, 24, 10))
    # Seven persons, and the office, which hears that G2B3 has no address.
    assert world.deliver(w.at(5, 24, 10)).sent == 8


def test_mail_that_is_switched_off_again_is_held_again(spring):
    switch_mail(spring.house, None, on=False, by=w.ADMIN, now=w.at(5, 20))
    assert spring.go(MORNING).sent == 0
    assert [line.kind for line in spring.journal() if line.kind.startswith("mail")] == ["mail-on", "mail-off"]


def test_everybody_who_owes_is_told_once_however_often_one_looks(spring):
    for hour in (9, 10, 11):
        spring.go(w.at(5, 24, hour))
    # G1 stands in for the vacant G1B3: one letter for both. G2B3 has no address: the office is told.
    told = [f"{code.lower()}@example.org" for code in w.SMALL if code not in ("G1B3", "G2B3")]
    assert sorted(sent.letter.to_address for sent in spring.channel.sent) == sorted([*told, w.OFFICE])


def test_one_message_a_person_holds_all_that_person_has_to_do(spring):
    spring.go(w.at(9, 24, 9))
    texts = spring.letters("G1")
    assert len(texts) == 1
    assert all(f"单位G1B{number}" in texts[0] for number in (1, 2, 3))


def test_a_second_matter_of_the_same_day_waits_for_tomorrow(spring):
    spring.round_the_clock()
    spring.go(MORNING)
    spring.hand_in("G1B1", "方案", w.at(5, 24, 10), spring.paper(120))
    spring.go(w.at(5, 24, 11))
    assert len(spring.letters("G1")) == 1
    spring.go(w.at(5, 24, 23, 59, 59))
    assert len(spring.letters("G1")) == 1
    spring.go(w.at(5, 25))
    assert len(spring.letters("G1")) == 2


@pytest.mark.parametrize(("urgent", "letters"), [("urgent: true", 2), ("urgent: false", 1)])
def test_what_is_urgent_does_not_wait_for_tomorrow(make_world, urgent, letters):
    world = make_world(w.launched(URGENT.replace("urgent: true", urgent)))
    world.go(w.at(6, 9, 9))
    assert len(world.letters("G1")) == 1
    world.act("G1B1", "乙", w.at(6, 9, 10))
    world.go(w.at(6, 9, 11))
    assert len(world.letters("G1")) == letters
    world.go(w.at(6, 10, 7))
    assert len(world.letters("G1")) == 2


def test_of_several_reminders_that_piled_up_the_last_one_speaks(spring):
    """After an outage: one message with the truth, not the backlog."""
    now = w.at(5, 31, 9)
    spring.go(now)
    assert len(spring.letters("G1B1")) == 1
    assert fates(spring, now, "G1B1") == {("sent", ""), ("suppressed", "superseded")}
    assert len([n for n in spring.notices(now) if (n.unit, n.state) == ("G1B1", "sent")]) == 1


def test_who_has_finished_meanwhile_is_not_reminded(spring):
    spring.sweep(MORNING)
    spring.hand_in("G1B1", "方案", MORNING, spring.paper(120))
    spring.accept("G1B1", "方案", MORNING)
    spring.deliver(MORNING)
    (text,) = spring.letters("G1B1")
    assert "已审核通过" in text and "到期" not in text and "上报" not in text
    assert ("suppressed", "done") in fates(spring, MORNING, "G1B1")


def test_who_has_handed_in_is_not_reminded_the_reviewer_is(spring):
    spring.hand_in("G2B1", "方案", w.at(5, 20), spring.paper(120))
    spring.go(MORNING)
    assert spring.letters("G2B1") == []
    assert "单位G2B1" in spring.letters("G2")[0]


def test_what_was_decided_for_the_owner_is_not_told_once_the_reviewer_has_it(spring):
    spring.sweep(MORNING)
    spring.hand_in("G2B1", "方案", MORNING, spring.paper(120))
    spring.deliver(MORNING)
    assert spring.letters("G2B1") == []
    assert ("suppressed", "moved-on") in fates(spring, MORNING, "G2B1")


def test_what_was_decided_before_the_hand_in_is_not_told_after_the_return_twice(spring):
    spring.sweep(MORNING)
    spring.hand_in("G2B1", "方案", MORNING, spring.paper(120))
    spring.send_back("G2B1", "方案", MORNING, reason="太泛")
    spring.deliver(MORNING)
    assert len(spring.letters("G2B1")) == 1 and "太泛" in spring.letters("G2B1")[0]


@pytest.mark.parametrize(("instant", "told"), [(w.at(6, 7, 8, 29, 59), False), (w.at(6, 7, 8, 30), True), (w.at(6, 7, 8, 30, 1), True)])
def test_the_superior_is_told_after_the_unit_five_working_days_late(spring, instant, told):
    """The superior is also the reviewer: it is told all the same."""
    spring.go(w.at(6, 4, 9))
    assert all("单位G2B1" not in text for text in spring.letters("G2"))
    spring.go(instant)
    assert any("单位G2B1" in text for text in spring.letters("G2")) is told


def test_the_superior_gets_one_summary_of_all_its_laggards(spring):
    spring.go(w.at(6, 4, 9))
    before = len(spring.letters("G2"))
    spring.go(w.at(6, 7, 9))
    (text,) = spring.letters("G2")[before:]
    assert all(f"单位G2B{number}" in text for number in (1, 2, 3))


def test_after_an_outage_too_the_unit_is_written_to_before_its_superior(spring):
    """Both are told by one delivery; the superior stands before the unit in the roster."""
    spring.go(w.at(6, 7, 9))
    written = [one.letter.to_address for one in spring.channel.sent]
    assert written.index("g2b1@example.org") < written.index("g2@example.org") < written.index("s@example.org")


def test_only_the_house_can_make_the_message_id_of_a_letter(spring):
    """All else in it can be guessed: who says that a letter came back must have seen it."""
    spring.go(MORNING)
    with spring.house.database.read() as connection:
        key = facts.read_setting(connection, facts.MAIL_KEY) or ""
    for one in spring.channel.sent:
        name, mark = one.letter.message_id.removeprefix("<").partition("@")[0].rsplit(".", maxsplit=1)
        assert mark == signed(key, f"message {name}") != signed("", f"message {name}")


def test_whoever_had_a_letter_can_have_another_by_another_channel_that_day(spring):
    """The first day on which real mail goes."""
    spring.hand_in("G2B1", "方案", w.at(5, 23, 20), spring.paper(120))
    spring.go(MORNING)
    spring.send_back("G2B1", "方案", MORNING, reason="太短")
    spring.go(MORNING)
    spring.channel = FakeNotifier("smtp")
    spring.hand_in("G2B1", "方案", MORNING, spring.paper(130))
    spring.send_back("G2B1", "方案", MORNING, reason="还是太短")
    spring.go(MORNING)
    assert ["还是太短" in text for text in spring.letters("G2B1")] == [True]


def busy(world, address):
    world.channel.fail(NotSent("450 later", cause="recipient"), address=address)


def test_of_two_returns_the_first_is_not_told_after_the_second(spring):
    at = w.at(5, 20, 10)
    spring.hand_in("G2B1", "方案", at, spring.paper(120))
    spring.send_back("G2B1", "方案", at, reason="甲理由")
    busy(spring, "g2b1@example.org")
    spring.deliver(at)
    spring.hand_in("G2B1", "方案", at, spring.paper(130, "b.txt"))
    spring.send_back("G2B1", "方案", at, reason="乙理由")
    for minutes in (2, 10, 20):
        spring.deliver(at + timedelta(minutes=minutes))
    assert [("甲理由" in text, "乙理由" in text) for text in spring.letters("G2B1")] == [(False, True)]
    assert ("suppressed", "superseded") in fates(spring, at, "G2B1")


def test_of_two_extensions_the_first_is_not_told_after_the_second(make_world):
    world = make_world(w.launched(STRICT))
    at = w.at(6, 2, 10)
    world.go(w.at(6, 1, 10))
    world.channel.sent.clear()
    world.extend("G2B1", "快报", date(2010, 6, 14), at)
    busy(world, "g2b1@example.org")
    world.deliver(at)
    world.extend("G2B1", "快报", date(2010, 6, 18), at + timedelta(minutes=1))
    for minutes in (2, 10, 20):
        world.deliver(at + timedelta(minutes=minutes))
    assert [("6月14日" in text, "6月18日" in text) for text in world.letters("G2B1")] == [(False, True)]


def test_above_the_top_is_the_campaign_office(make_world):
    """The meeting is owed by the top itself, the plans of G1 and G2 by those directly below: the office hears of them, S does not."""
    world = make_world(w.launched(SPRING, who="full"))
    world.go(w.at(6, 4, 9))
    world.go(w.at(6, 7, 9))
    (letter,) = world.channel.to(w.OFFICE)
    assert "动员会" in letter.text and "单位G1" in letter.text
    assert all("单位G1" not in text for text in world.letters("S"))


def test_the_top_is_told_where_the_file_says_so(make_world):
    world = make_world(w.launched(LADDERS))
    world.go(w.at(6, 11, 9))
    (text,) = world.letters("S")
    assert "上报" in text and "校报" in text and "家常" not in text
    assert world.channel.to(w.OFFICE) == []


def test_a_rung_to_a_named_post_reaches_it_for_every_unit(make_world):
    world = make_world(w.launched(LADDERS))
    world.go(w.at(6, 11, 9))
    told = [notice for notice in world.notices(w.at(6, 11, 9)) if notice.task == "校报"]
    assert sorted(notice.unit for notice in told) == [code for code in sorted(w.SMALL) if "B" in code]
    assert {notice.state for notice in told} == {"sent"}


def test_without_an_office_what_was_for_it_is_suppressed_and_says_so(make_world):
    world = make_world(w.launched(SPRING, office=""))
    world.go(w.at(6, 8, 9))
    assert ("suppressed", "no-office") in fates(world, w.at(6, 8, 9))


def test_who_has_no_address_is_not_told_and_it_is_said_so(spring):
    spring.go(MORNING)
    assert fates(spring, MORNING, "G2B3") == {("suppressed", "no-address")}


def test_a_vacant_post_is_told_through_the_superior_with_the_reason(spring):
    spring.go(MORNING)
    (text,) = spring.letters("G1")
    assert "空缺" in text
    assert fates(spring, MORNING, "G1B3") == {("sent", "")}


def test_where_nobody_is_there_all_the_way_up_it_is_suppressed_as_vacant(make_world):
    world = make_world(w.launched(SPRING, who="deserted"))
    world.go(MORNING)
    assert fates(world, MORNING) == {("suppressed", "vacant")}
    assert all(f"单位{code}" in world.channel.to(w.OFFICE)[0].text for code in w.SMALL)


def test_who_replaces_somebody_gets_the_later_mail(spring):
    spring.go(MORNING)
    spring.bring_in(
        "".join(f"{code},单位{code},{w.unit(code).level},{w.unit(code).superior or ''}\n" for code in w.SMALL),
        "G2B1,书记,书记G2B1,g2b1@example.org,,2010-05-25\nG2B1,书记,新书记,new@example.org,2010-05-26,\n",
        w.at(5, 25),
    )
    for now in (w.at(5, 28, 9), w.at(5, 31, 9)):
        spring.go(now)
    assert len(spring.letters("G2B1")) == 1
    assert len(spring.channel.to("new@example.org")) == 2


def test_a_duty_extended_tells_the_new_date_and_no_reminder_of_the_old_one(spring):
    spring.go(w.at(10, 21))
    spring.extend("G2B1", "总结", date(2010, 11, 15), w.at(10, 21))
    for day in (22, 25, 29):
        spring.go(w.at(10, day, 9))
    texts = spring.letters("G2B1")
    assert any("2010年11月15日" in text for text in texts)


# What the channel says.


def test_a_message_whose_sender_died_is_tried_again_at_once_under_the_same_id(spring):
    """Claimed, and nothing more: the process was killed between the claim and the mark."""
    spring.sweep(MORNING)
    spring.channel.fail(NotSent("busy"), times=100)
    spring.deliver(MORNING)
    later = MORNING + timedelta(minutes=5)
    spring.channel = type(spring.channel)()
    with claimant(spring.house.database) as dying:
        with spring.house.database.write() as connection:
            claimed = notices.claim(connection, later, dying)
        spring.deliver(later)
        assert spring.channel.to(claimed.address) == []
    spring.deliver(later)
    (letter,) = spring.channel.to(claimed.address)
    assert letter.message_id == claimed.token
    spring.deliver(later + timedelta(minutes=20))
    assert len(spring.channel.to(claimed.address)) == 1


def test_a_message_whose_sender_died_goes_again_even_if_it_is_untrue_by_then(spring):
    """It may have arrived: what else it says must not be told again under another id."""
    spring.sweep(MORNING)
    spring.channel.fail(NotSent("busy"), times=1, address="g1b1@example.org")
    spring.deliver(MORNING)
    later = MORNING + timedelta(minutes=5)
    with claimant(spring.house.database) as dying, spring.house.database.write() as connection:
        claimed = notices.claim(connection, later, dying)
    spring.hand_in("G1B1", "方案", later, spring.paper(120))
    spring.accept("G1B1", "方案", later)
    assert spring.deliver(later + timedelta(hours=2)).sent
    assert claimed.token in [letter.message_id for letter in spring.channel.to("g1b1@example.org")]


def test_a_letter_whose_answer_was_lost_goes_again_under_the_same_id(spring):
    spring.sweep(MORNING)
    spring.channel.fail(NotSent("lost", unknown=True, cause="lost"), address="g1b1@example.org", taken=True)
    spring.deliver(MORNING)
    spring.deliver(MORNING + timedelta(minutes=5))
    first, second = spring.channel.to("g1b1@example.org")
    assert first.message_id == second.message_id
    assert first.text == second.text


@pytest.mark.parametrize(
    ("wait", "attempts"), [(timedelta(minutes=5) - timedelta(seconds=1), 1), (timedelta(minutes=5), 2), (timedelta(minutes=6), 2)]
)
def test_what_fails_for_now_is_tried_again_after_a_while(spring, wait, attempts):
    spring.channel.fail(NotSent("busy"), times=100, address="g1b1@example.org")
    assert spring.go(MORNING).later == 1
    spring.deliver(MORNING + wait)
    assert len([letter for letter in spring.channel.attempts if letter.to_address == "g1b1@example.org"]) == attempts


def test_a_delivery_says_how_many_letters_still_wait_and_from_when_on(spring):
    spring.channel.fail(NotSent("busy"), times=2)
    first = spring.go(MORNING)
    assert (first.later, first.waiting, first.next_try) == (2, 2, MORNING + timedelta(minutes=5))
    again = spring.deliver(MORNING + timedelta(minutes=4))
    assert (again.sent, again.later, again.waiting, again.next_try) == (0, 0, 2, MORNING + timedelta(minutes=5))
    assert (last := spring.deliver(MORNING + timedelta(minutes=5))).sent == 2
    assert (last.waiting, last.next_try) == (0, None)


def test_a_letter_that_somebody_has_in_hand_does_not_wait(spring):
    spring.channel.fail(NotSent("busy"), times=1)
    spring.go(MORNING)
    later = MORNING + timedelta(minutes=5)
    with claimant(spring.house.database) as other:
        with spring.house.database.write() as connection:
            assert notices.claim(connection, later, other)
        assert spring.deliver(later).waiting == 0


def test_the_waits_double_up_to_four_hours_and_a_server_that_comes_back_gets_the_letter(spring):
    spring.channel.fail(NotSent("busy"), times=9, address="g1b1@example.org")
    spring.sweep(MORNING)
    now, waits = MORNING, []
    for _ in range(9):
        spring.deliver(now)
        with spring.house.database.read() as connection:
            following = connection.execute(select(t.message.c.next_try_at).where(t.message.c.address == "g1b1@example.org")).scalar_one()
        waits.append((following - now) // timedelta(minutes=1))
        now = following
    assert waits == [5, 10, 20, 40, 80, 160, 240, 240, 240]
    assert spring.deliver(now).sent == 1
    mine = [notice for notice in spring.notices(now) if notice.unit == "G1B1"]
    assert {notice.state for notice in mine} == {"sent"}


def test_an_outage_of_the_whole_channel_ends_the_round_and_says_why(spring):
    spring.channel.fail(NotSent("connection refused", cause="unreachable"), times=1)
    told = spring.go(MORNING)
    assert (told.sent, told.later, told.failed) == (0, 1, 0)
    assert told.trouble is not None
    assert "网络" in told.trouble.say("zh")


def test_a_letter_that_waited_is_looked_at_again_before_it_goes(spring):
    spring.channel.fail(NotSent("busy"), times=1, address="g1b1@example.org")
    spring.go(MORNING)
    spring.hand_in("G1B1", "方案", MORNING, spring.paper(120))
    spring.accept("G1B1", "方案", MORNING)
    spring.deliver(MORNING + timedelta(hours=2))
    assert ["已审核通过" in text and "到期" not in text for text in spring.letters("G1B1")] == [True]
    mine = [notice for notice in spring.notices(MORNING) if notice.unit == "G1B1" and notice.rung == 1 and notice.kind == NoticeKind.RUNG]
    assert [(notice.state, notice.reason) for notice in mine] == [("suppressed", "done")]


class SlowNotifier(FakeNotifier):
    """Takes so long for its first letter that somebody can do something meanwhile."""

    def __init__(self, meanwhile):
        super().__init__()
        self.meanwhile = [meanwhile]

    def send(self, letter, now):
        for act in self.meanwhile:
            self.meanwhile = []
            act(letter)
        return super().send(letter, now)


def test_who_finishes_while_the_letters_before_hers_are_sent_gets_none(spring):
    now = w.at(6, 1, 9)

    def meanwhile(_):
        for code in ("G1B2", "G2B1"):
            spring.hand_in(code, "方案", now, spring.paper(120))
            spring.accept(code, "方案", now)

    spring.channel = SlowNotifier(meanwhile)
    told = spring.go(now)
    assert spring.channel.sent[0].letter.to_address not in ("g1b2@example.org", "g2b1@example.org")
    assert [len(spring.letters(code)) for code in ("G1B2", "G2B1", "G1B1", "G2B2")] == [1, 1, 1, 1]
    assert [("逾期" in spring.letters(code)[0]) for code in ("G1B2", "G2B1", "G1B1", "G2B2")] == [False, False, True, True]
    assert (told.dropped, told.composed) == (2, told.sent + 2) and "情况已变而不寄 2 封" in told.words.say("zh")
    assert fates(spring, now, "G2B1") == {("suppressed", "superseded"), ("suppressed", "done"), ("sent", "")}


def test_what_still_holds_of_a_letter_that_is_no_longer_true_goes_into_another_one(make_world):
    world = make_world(w.launched(STRICT, who="full"))
    now = w.at(6, 13, 9)
    world.channel = SlowNotifier(lambda _: world.act("G2B2", "快报", now))
    told = world.go(now)
    (text,) = world.letters("G2B2")
    (other,) = world.letters("G2B1")
    assert "急件" in text and "快报" not in text
    assert "急件" in other and "快报" in other
    assert (told.dropped, told.composed) == (1, told.sent + 1)


def test_what_fails_for_good_is_not_tried_again(spring):
    spring.channel.fail(NotSent("550 no such user", permanent=True, cause="recipient"), times=100, address="g1b1@example.org")
    assert spring.go(MORNING).failed == 1
    for minutes in (5, 60, 600):
        spring.deliver(MORNING + timedelta(minutes=minutes))
    assert len([letter for letter in spring.channel.attempts if letter.to_address == "g1b1@example.org"]) == 1
    assert ("failed", "550 no such user") in fates(spring, MORNING, "G1B1")


def test_one_that_fails_holds_up_no_other(spring):
    spring.channel.fail(NotSent("550 no such user", permanent=True), address="g1b1@example.org")
    done = spring.go(MORNING)
    assert (done.failed, done.sent) == (1, done.composed - 1)


def test_every_notice_ends_as_sent_suppressed_or_failed(spring):
    spring.channel.fail(NotSent("550 no such user", permanent=True), times=3, address="g1b1@example.org")
    now = w.at(5, 11)
    while now < w.at(2, 15, year=2011):
        spring.go(now)
        now += timedelta(days=1 if now < w.at(6, 20) else 9)
    spring.sweep(now)
    states = {notice.state for notice in spring.notices(now)}
    assert states == {"sent", "suppressed", "failed"}
    assert all(notice.reason for notice in spring.notices(now) if notice.state != "sent")
    per_day = [(sent.letter.to_address, sent.now.astimezone(w.SHANGHAI).date()) for sent in spring.channel.sent]
    assert len(per_day) == len(set(per_day))
    assert len({sent.letter.message_id for sent in spring.channel.sent}) == len(spring.channel.sent)


def test_a_letter_says_what_by_when_and_how(spring):
    spring.go(MORNING)
    (text,) = spring.letters("G1B1")
    assert all(part in text for part in ("书记G1B1", "方案", "2010年5月31日", w.OFFICE, "G1B1 方案"))
    (letter,) = spring.channel.to("g1b1@example.org")
    assert (letter.sender_name, letter.sender_address, letter.reply_to) == ("活动办", w.OFFICE, w.OFFICE)
