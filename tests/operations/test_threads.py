"""The reminders of one duty stand together in a mail program; the head of a letter says whose it is and who answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.operations import sending, telling
from notifiers.base import NotSent
from notifiers.smtp import SmtpNotifier, SmtpServer
from tests.notifiers.letters import name_in, parsed
from tests.notifiers.servers import mail_server
from tests.operations import world as w
from tests.operations.files import STRICT

# aiosmtpd warns of what some of these tests are about.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

FIRST, SECOND, THIRD = w.at(5, 24, 9), w.at(5, 28, 9), w.at(5, 31, 9)


def letters_to(world, code):
    return world.channel.to(f"{code.lower()}@example.org")


def test_the_first_letter_begins_something(spring):
    spring.go(FIRST)
    assert [letter.references for letter in letters_to(spring, "G1B1")] == [()]


def test_each_reminder_answers_the_last_one_about_the_same_duty(spring):
    for now in (FIRST, SECOND, THIRD):
        spring.go(now)
    first, second, third = letters_to(spring, "G1B1")
    assert second.references == (first.message_id,)
    assert third.references == (first.message_id, second.message_id)


def test_a_letter_about_something_else_begins_something_else(make_world):
    world = make_world(w.launched(STRICT))
    world.go(w.at(6, 3, 9))
    quick = letters_to(world, "G1B1")[-1]
    world.act("G1B1", "快报", w.at(6, 4))
    world.go(w.at(6, 18, 9))
    other = letters_to(world, "G1B1")[-1]
    assert "快报" in quick.text and "急件" in other.text and other.message_id != quick.message_id
    assert other.references == ()


def test_nobody_is_answered_in_somebody_elses_thread(spring):
    spring.go(FIRST)
    spring.bring_in("G1B1,单位G1B1,党支部,G1\n", "G1B1,书记,新人,new@example.org,,\n", w.at(5, 25))
    spring.go(SECOND)
    assert spring.channel.to("new@example.org")[0].references == ()


def test_a_letter_that_never_went_out_is_not_answered(spring):
    spring.channel.fail(NotSent("554 5.7.1 no", permanent=True, cause="content"), address="g1b1@example.org")
    spring.go(FIRST)
    spring.go(SECOND)
    assert letters_to(spring, "G1B1")[-1].references == ()


def test_a_letter_answers_the_same_at_every_attempt(spring):
    spring.go(FIRST)
    spring.channel.fail(NotSent("451 later", cause="recipient"), address="g1b1@example.org")
    spring.go(SECOND)
    spring.deliver(SECOND + sending.FIRST_WAIT)
    tries = [letter for letter in spring.channel.attempts if letter.to_address == "g1b1@example.org"][1:]
    assert len(tries) == 2 and tries[0] == tries[1] and tries[0].references


def test_the_letters_of_a_campaign_are_a_list_of_their_own(spring):
    spring.go(FIRST)
    assert {letter.list_id for letter in [sent.letter for sent in spring.channel.sent]} == {f"1.{int(w.BEFORE.timestamp())}.example.org"}


def test_whoever_answers_a_letter_writes_to_the_office_by_its_name(spring):
    spring.go(FIRST)
    [letter] = letters_to(spring, "G1B1")
    assert (letter.reply_to_name, letter.reply_to) == ("活动办", w.OFFICE)


def through(world, server, now, **more):
    """A delivery through a real mail server."""
    channel = SmtpNotifier(SmtpServer(host="127.0.0.1", port=server.port, security="none", timeout=10))
    try:
        return telling.deliver(world.house, replace(world.post, notifier=channel, **more), now)
    finally:
        channel.close()


def test_what_a_mail_program_reads_in_the_head(spring):
    with mail_server() as server:
        for now in (FIRST, SECOND):
            spring.sweep(now)
            through(spring, server, now, unsubscribe_url="https://campaign.example.org/digest")
        mails = [content for content in server.contents() if b"g1b1@example.org" in content]
    first, second = map(parsed, mails)
    assert second["In-Reply-To"] == first["Message-ID"] == second["References"]
    assert second["List-Id"] == f"<1.{int(w.BEFORE.timestamp())}.example.org>"
    assert second["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page, letter = "".join(second["List-Unsubscribe"].split()).split(",")
    assert page.startswith("<https://campaign.example.org/digest?mark=digest-") and letter.startswith(f"<mailto:{w.OFFICE}?subject=digest-")
    assert name_in(mails[1], "Reply-To") == "活动办" and second["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(("seconds", "taken"), [(-1, 0), (0, 1), (1, 1)])
def test_a_server_that_greylists_has_the_letter_with_the_second_try(spring, seconds, taken):
    spring.sweep(FIRST)
    with mail_server() as server:
        server.refuse["RCPT"] = "450 4.2.0 greylisted, come back in five minutes"
        assert through(spring, server, FIRST).later == 8
        server.refuse.clear()
        done = through(spring, server, FIRST + sending.FIRST_WAIT + timedelta(seconds=seconds))
        assert done.sent == 8 * taken
        ids = [parsed(content)["Message-ID"] for content in server.contents()]
    assert len(ids) == len(set(ids)) == 8 * taken


def test_one_refused_recipient_stops_nobody_else(spring):
    spring.sweep(FIRST)
    with mail_server() as server:
        server.refuse["RCPT"] = "550 5.1.1 no such user"
        assert through(spring, server, FIRST).failed >= 8
        assert through(spring, server, FIRST + timedelta(days=2)).sent == 0


@pytest.mark.parametrize("domain", ["example.org", ".".join(["a" * 60] * 3 + ["example.org"]), "b" * 63 + ".org"])
def test_a_letter_of_a_house_with_a_long_name_is_numbered_all_the_same(spring, domain):
    spring.sweep(FIRST)
    telling.deliver(spring.house, replace(spring.post, sender_address=f"office@{domain}"), FIRST)
    letters = [one.letter for one in spring.channel.sent]
    assert len(letters) > 2 and len({letter.message_id for letter in letters}) == len(letters)
    assert all(len(letter.message_id) <= 120 and domain.endswith(letter.message_id.partition("@")[2][:-1]) for letter in letters)
