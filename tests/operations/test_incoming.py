"""A letter that came back: said in the ledger, told to the office, told again as soon as it can be; and nothing counts twice."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.operations import ending, incoming, unreachable
from engine.operations.explaining import explain
from engine.operations.reconciling import reconcile
from engine.operations.returns import is_dead
from engine.store import tables as t
from engine.store.codes import MessageState, NoticeKind
from notifiers.base import NotSent
from tests.notifiers.returned import LETTER, postfix
from tests.operations import world as w

MORNING = w.at(5, 24, 9)
LATER = w.at(5, 24, 12)
NEXT_RUNG = w.at(5, 28, 9)


@pytest.fixture
def told(spring):
    """The spring campaign, everybody told on the morning of 24 May."""
    spring.go(MORNING)
    return spring


def letter_to(world, code):
    """The Message-ID of the last letter to a unit."""
    return world.channel.to(f"{code.lower()}@example.org")[-1].message_id


def comes_back(world, code, now=LATER, name="1.eml", **report):
    """The last letter to a unit comes back, and is read."""
    box = world.folder / "box"
    box.mkdir(exist_ok=True)
    (box / name).write_bytes(postfix(**report).replace(LETTER.encode(), letter_to(world, code).encode()))
    return incoming.read_mail(world.house, box, now)


def fates(world, code, now=LATER):
    return {(one.state, one.reason) for one in world.notices(now) if one.unit == code and one.kind != NoticeKind.UNREACHED}


def test_a_letter_that_came_back_is_bounced_with_all_that_stood_in_it(told):
    found = comes_back(told, "G1B1")
    assert (found.mails, found.bounced) == (1, 1)
    assert {state for state, _ in fates(told, "G1B1")} == {"bounced"}
    assert {state for state, _ in fates(told, "G2B1")} == {"sent"}
    [line] = told.journal("bounced")
    assert (line.data["count"], line.data["reason"]) == (1, "5.1.1")


def test_a_mail_that_was_read_counts_once_and_stays_where_it_is(told):
    comes_back(told, "G1B1")
    again = incoming.read_mail(told.house, told.folder / "box", LATER)
    assert (again.bounced, again.again) == (0, 1)
    assert len(told.journal("bounced")) == 1 and len(list((told.folder / "box").iterdir())) == 1


def test_a_second_report_of_one_letter_changes_nothing(told):
    comes_back(told, "G1B1")
    before = told.rows("notice", "message")
    assert comes_back(told, "G1B1", name="2.eml", own="<second@mx.example.org>").bounced == 0
    assert told.rows("notice", "message") == before


def test_a_letter_that_is_late_is_only_noted(told):
    found = comes_back(told, "G1B1", action="delayed", status="4.4.1", diagnostic="smtp; 450 4.2.0 greylisted")
    assert (found.bounced, found.delayed) == (0, 1)
    assert {state for state, _ in fates(told, "G1B1")} == {"sent"}
    [one] = unreachable.failures(told.house, LATER)
    assert (one.outcome, one.dead, one.words) == ("delayed", False, "<li@mail.example.org> 450 4.2.0 greylisted")


@pytest.mark.parametrize(("seconds", "listed"), [(-1, 1), (0, 0), (1, 0)])
def test_of_a_delay_nothing_more_is_said_after_a_week(told, seconds, listed):
    comes_back(told, "G1B1", action="delayed", status="4.4.1")
    assert len(unreachable.failures(told.house, LATER + timedelta(days=7, seconds=seconds))) == listed


def test_a_report_about_somebody_elses_letter_is_passed_by(told):
    (told.folder / "box").mkdir()
    (told.folder / "box" / "1").write_bytes(postfix().replace(LETTER.encode(), b"<somebody.else@example.org>"))
    assert incoming.read_mail(told.house, told.folder / "box", LATER).foreign == 1
    assert told.rows("report") == {"report": []}


def test_the_office_is_told_whom_it_has_to_tell(told):
    office = len(told.channel.to(w.OFFICE))
    comes_back(told, "G1B1")
    told.go(w.at(5, 25, 9))
    text = "".join(told.channel.to(w.OFFICE)[-1].text.split())
    assert len(told.channel.to(w.OFFICE)) == office + 1
    assert "单位G1B1书记G1B1（责任人，寄到g1b1@example.org的信被退回）" in text and "方案" in text


def test_where_the_superiors_letter_came_back_the_office_is_told_of_her_and_not_of_the_owner(spring):
    later = w.at(6, 7, 10)
    spring.go(w.at(6, 7, 9))
    comes_back(spring, "G2", later)
    spring.go(w.at(6, 8, 9))
    text = "".join(spring.channel.to(w.OFFICE)[-1].text.split())
    assert "单位G2书记G2（上级，寄到g2@example.org的信被退回）" in text
    assert "书记G2B1（责任人" not in text


def test_what_was_told_again_reconciles_without_a_word_about_the_tree(told):
    comes_back(told, "G1B1")
    unreachable.retry(told.house, "书记G1B1", by=w.ADMIN, now=w.at(5, 25, 9))
    told.bring_in("", "G1B2,书记,书记G1B2,new@example.org,,\n", w.at(5, 25, 9))
    told.go(w.at(5, 25, 10))
    found = reconcile(told.house, None, w.at(5, 25, 10))
    assert (found.agrees, found.unknown) == (True, 0)


def test_what_the_deputy_is_told_instead_the_office_need_not_pass_on(spring):
    spring.go(w.at(6, 7, 9))
    comes_back(spring, "G1", w.at(6, 7, 10))
    spring.go(w.at(6, 8, 9))
    assert spring.channel.to("g1.deputy@example.org")
    text = "".join(spring.channel.to(w.OFFICE)[-1].text.split())
    assert "项先前的信没有送到，已改寄别人或别的地址，不必转告" in text and "请转告" not in text


def test_why_the_office_was_told_names_whom_it_did_not_reach_until_it_has(told):
    comes_back(told, "G1B1")
    told.go(w.at(5, 25, 9))
    [number] = [one.id for one in told.notices(LATER) if one.unit == "G1B1" and one.kind == NoticeKind.UNREACHED]
    [missed] = explain(told.house, number, LATER).unreached
    assert (missed.person, missed.role, missed.reason, missed.address) == ("书记G1B1", "owner", "bounced", "g1b1@example.org")
    unreachable.retry(told.house, "书记G1B1", by=w.ADMIN, now=w.at(5, 25, 10))
    assert explain(told.house, number, LATER).unreached == ()


def test_no_more_letters_go_to_an_address_that_does_not_exist(told):
    comes_back(told, "G1B1")
    told.go(NEXT_RUNG)
    assert len(told.letters("G1B1")) == 1
    assert ("suppressed", "bad-address") in fates(told, "G1B1", NEXT_RUNG)
    told.sweep(w.at(6, 1, 9))
    assert not told.blocker("G1B1", "方案", w.at(6, 1, 9)).can_unblock[0].reachable


def test_who_has_a_full_mailbox_is_told_at_the_next_rung(told):
    comes_back(told, "G1B1", status="5.2.2", diagnostic="smtp; 552 5.2.2 mailbox full")
    told.go(w.at(5, 25, 9))
    assert len(told.letters("G1B1")) == 1
    told.go(NEXT_RUNG)
    assert len(told.letters("G1B1")) == 2
    told.go(w.at(5, 29, 9))
    assert unreachable.failures(told.house, w.at(5, 29, 9)) == ()


def new_address(world, code, now, address="here@example.org"):
    world.bring_in(f"{code},单位{code},党支部,{w.above(code)}\n", f"{code},书记,书记{code},{address},,\n", now)


def test_what_did_not_arrive_goes_to_the_new_address_at_once(told):
    comes_back(told, "G1B1")
    new_address(told, "G1B1", w.at(5, 24, 13))
    told.deliver(w.at(5, 24, 14))
    [letter] = told.channel.to("here@example.org")
    assert "方案" in letter.text
    assert {state for state, _ in fates(told, "G1B1")} == {"sent"}
    assert unreachable.failures(told.house, LATER) == ()


def test_what_did_not_arrive_goes_to_whoever_holds_the_post_now(told):
    comes_back(told, "G1B1")
    told.bring_in("G1B1,单位G1B1,党支部,G1\n", "G1B1,书记,新人,new@example.org,,\n", w.at(5, 24, 13))
    told.deliver(w.at(5, 24, 14))
    assert len(told.channel.to("new@example.org")) == 1


def test_what_was_done_meanwhile_is_not_told_again(told):
    comes_back(told, "G1B1")
    told.hand_in("G1B1", "方案", LATER, told.paper(120))
    told.accept("G1B1", "方案", LATER)
    new_address(told, "G1B1", w.at(5, 24, 13))
    told.deliver(w.at(5, 24, 14))
    (letter,) = told.channel.to("here@example.org")
    assert "已审核通过" in letter.text and "到期" not in letter.text
    assert ("suppressed", "done") in fates(told, "G1B1")


def test_another_holder_of_the_post_is_told_at_once(told):
    """G1 has a deputy who may act: when the secretary's letters come back, they go to the deputy."""
    told.bring_in("G1,单位G1,党总支,S\n", "G1,书记,书记G1,g1@example.org,,\nG1,书记,第二书记,second@example.org,,\n", LATER)
    first = next(sent for sent in told.channel.sent if sent.letter.to_address in ("g1@example.org", "second@example.org"))
    assert first.letter.to_address == "g1@example.org"
    comes_back(told, "G1")
    told.deliver(w.at(5, 24, 14))
    assert len(told.channel.to("second@example.org")) == 1


def test_the_administrator_sees_whom_no_letter_reaches(told):
    comes_back(told, "G1B1")
    [one] = unreachable.failures(told.house, LATER)
    assert (one.person, one.address, one.unit, one.post) == ("书记G1B1", "g1b1@example.org", "G1B1", "书记")
    assert (one.outcome, one.dead, one.since, one.letters) == ("bounced", True, LATER, 1)
    assert "User unknown" in one.words
    assert [(duty.unit, duty.task) for duty in one.duties] == [("G1B1", "方案")]


def test_an_address_that_is_right_after_all_is_written_to_again(told):
    comes_back(told, "G1B1")
    done = unreachable.retry(told.house, "书记G1B1", by=w.ADMIN, now=LATER)
    assert (done.name, done.reports, done.notices) == ("书记G1B1", 1, 1)
    told.deliver(w.at(5, 24, 14))
    assert len(told.letters("G1B1")) == 2
    assert unreachable.failures(told.house, LATER) == ()
    assert [line.actor for line in told.journal("mail-retried")] == [w.ADMIN]
    assert unreachable.retry(told.house, "书记G1B1", by=w.ADMIN, now=LATER).reports == 0


def test_a_letter_that_the_server_refused_is_treated_like_one_that_came_back(spring):
    spring.channel.fail(NotSent("550 5.1.1 no such user", permanent=True, cause="recipient"), address="g1b1@example.org")
    spring.go(MORNING)
    [one] = unreachable.failures(spring.house, MORNING)
    assert (one.outcome, one.dead) == ("refused", True)
    new_address(spring, "G1B1", LATER)
    spring.deliver(w.at(5, 24, 14))
    assert len(spring.channel.to("here@example.org")) == 1
    assert {state for state, _ in fates(spring, "G1B1")} == {"sent"}


def test_a_letter_of_which_nobody_knew_whether_it_was_taken_may_come_back(spring):
    spring.channel.fail(NotSent("lost", unknown=True, cause="lost"), address="g1b1@example.org", taken=True)
    spring.go(MORNING)
    assert comes_back(spring, "G1B1").bounced == 1
    spring.deliver(w.at(5, 25, 14))
    assert len(spring.letters("G1B1")) == 1
    with spring.house.database.read() as connection:
        states = connection.execute(select(t.message.c.state).where(t.message.c.token == letter_to(spring, "G1B1"))).scalars().all()
    assert states == [MessageState.BOUNCED]


def test_of_a_campaign_that_is_over_nobody_is_told(told):
    ending.close(told.house, None, by=w.ADMIN, reason="结束", now=LATER)
    assert comes_back(told, "G1B1").bounced == 1
    assert "decided" not in {one.state for one in told.notices(LATER)}


def test_what_is_no_mail_holds_up_nothing_and_is_named(told):
    (told.folder / "box").mkdir()
    (told.folder / "box" / "0.bin").write_bytes(b"\x00" * 5000)
    found = comes_back(told, "G1B1")
    assert (found.bounced, found.unreadable, found.strange) == (1, 1, ("0.bin",))


def test_a_mail_that_would_take_long_to_read_is_named_and_its_name_can_be_printed(told):
    (told.folder / "box").mkdir()
    name = os.fsencode(told.folder / "box") + b"/\xff\x1b.eml"
    with open(name, "wb") as file:
        file.write(b"To: x\n" + b"Content-Type: multipart/mixed; boundary=" + b"b" * 400_000 + b"\n\nx")
    found = comes_back(told, "G1B1")
    assert (found.bounced, found.unreadable, found.strange) == (1, 1, ("··.eml",))


def test_a_device_is_no_mailbox(told):
    with pytest.raises(incoming.MailboxUnreadable) as raised:
        incoming.read_mail(told.house, Path("/dev/zero"), LATER)
    assert "/dev/zero" in raised.value.say("zh") and "设备" in raised.value.say("zh")


@pytest.mark.parametrize(
    ("status", "dead"),
    [
        ("550 5.1.1 no such user", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("550 no such user", True),
        ("5.4.1", True),
        ("552 5.2.2 full", False),
        ("554 5.7.1 spam", False),
        ("5.3.4", False),
        ("4.4.7", False),
    ],
)
def test_only_what_is_said_of_the_address_makes_it_dead(status, dead):
    assert is_dead(status) is dead


def test_a_refused_letter_about_a_review_given_to_a_deputy_is_not_told_again_to_the_same_address(spring):
    """The post is held by whoever handed in, so another address stands there: it is not hers that the letter goes to."""
    at = w.at(5, 20, 10)
    spring.hand_in("G1B3", "方案", at, spring.paper(120), by="书记G1")
    full = NotSent("552 5.2.2 mailbox full", permanent=True, cause="content")
    spring.channel.fail(full, times=100, address="g1.deputy@example.org")
    for minutes in range(5):
        spring.go(at + timedelta(minutes=minutes))
    assert len([one for one in spring.channel.attempts if one.to_address == "g1.deputy@example.org"]) == 1


def test_a_fault_of_our_own_is_not_the_addressees(spring):
    """A sender that no letter can carry: once it is corrected, hers is found to take letters as before."""
    spring.channel.fail(NotSent("not a list id", permanent=True, cause="unusable"), times=100, address="g2b1@example.org")
    spring.go(w.at(5, 24, 9))
    with spring.house.database.read() as connection:
        found = connection.execute(select(t.report.c.outcome, t.report.c.dead)).all()
    assert [tuple(one) for one in found] == [("unusable", False)]
