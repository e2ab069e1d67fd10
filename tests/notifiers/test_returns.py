"""What a mail that came in says of a letter of ours, and that nothing anybody sends can harm the reader."""

from __future__ import annotations

from email.message import EmailMessage
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.returns import CameBack, read
from tests.notifiers import returned
from tests.notifiers.returned import EARLIER, HEAD, LETTER, postfix

BOUNCES = {
    "postfix": (postfix(), "5.1.1", "550 5.1.1 <li@mail.example.org>: Recipient address rejected: User unknown"),
    "exchange": (returned.EXCHANGE, "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    "qmail": (returned.QMAIL, "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
    "qq": (returned.QQ, "5.0.0", "收件人邮箱不存在，邮件无法送达。host said: 550 Mailbox not found"),
    "netease": (returned.NETEASE, "5.0.0", "<li@mail.example.org>: 554 DT:SPM too many messages"),
}


@pytest.mark.parametrize("name", BOUNCES)
def test_a_letter_that_came_back_is_known_with_the_servers_words(name: str) -> None:
    content, status, words = BOUNCES[name]
    found = read(content)
    assert (found.what, found.message_ids, found.status, found.words) == ("bounced", (LETTER,), status, words)


@pytest.mark.parametrize(
    "content", [postfix("delayed", "4.4.1", "smtp; 450 4.2.0 greylisted"), postfix("", "4.4.7", ""), returned.EXIM_WAITS]
)
def test_a_letter_that_is_late_has_not_come_back(content: bytes) -> None:
    found = read(content)
    assert (found.what, found.message_ids) == ("delayed", (LETTER,))
    assert found.words


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_letter_that_arrived_is_nothing_to_be_told(action: str) -> None:
    assert read(postfix(action, "2.0.0", "smtp; 250 ok")).what in ("automatic", "other")


def test_whoever_is_away_has_the_letter() -> None:
    assert read(returned.AWAY).what == "automatic"
    assert read(returned.AWAY.replace(b"=?utf-8?b?6Ieq5Yqo5Zue5aSNOiDmlrnmoYg=?=", b"x\nAuto-Submitted: auto-replied")).what == "automatic"


def test_what_a_person_writes_is_no_report_whatever_she_says() -> None:
    assert read(returned.REPLY).what == "other"


def test_the_words_of_our_own_letter_are_not_those_of_the_mail_system() -> None:
    """A copy of a letter that tells of a paper that was returned, in a report that says nothing."""
    silent = returned.QMAIL.replace(b"This is a permanent error; I've given up. Sorry it didn't work out.", b"")
    assert read(silent).what == "other"
    assert read(silent.replace("请尽快报送方案".encode(), "系统退信".encode())).what == "other"


def test_only_the_letter_that_came_along_counts_not_what_it_answers() -> None:
    """The office wrote to somebody, in answer to a letter of ours, and that came back."""
    head = HEAD.replace(LETTER, "<by-hand@example.org>").replace(EARLIER, LETTER)
    assert read(postfix(head=head)).message_ids == ("<by-hand@example.org>",)


def test_without_the_letter_the_report_says_what_it_answers() -> None:
    assert read(returned.EXCHANGE[: returned.EXCHANGE.index(b"Content-Type: message/rfc822")]).message_ids == (LETTER,)


def test_a_mail_is_known_again_by_its_own_id_and_without_one_by_its_bytes() -> None:
    assert read(postfix()).source == read(postfix(status="5.1.2")).source
    assert read(postfix()).source != read(postfix(own="<another@mx.example.org>")).source
    assert read(returned.QMAIL).source == read(returned.QMAIL).source != read(returned.QMAIL + b"\n").source


def nested(depth: int) -> bytes:
    """A mail in a mail in a mail."""
    head = "From: MAILER-DAEMON@example.org\n" + "".join(
        f'Content-Type: multipart/mixed; boundary="{number}"\n\n--{number}\n' for number in range(depth)
    )
    return head.encode() + b"\n\n" + postfix()


HOSTILE = {
    "nothing": b"",
    "no mail": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "no head": b"just some text\n\nand more\n",
    "nested": nested(5000),
    "a long line": b"From: postmaster@example.org\nSubject: " + b"x" * 400_000 + b"\n\n" + b"<" * 100_000,
    "broken words": b"From: postmaster@example.org\nSubject: =?utf-8?b?5?= =?x-none?q?=FF?= =?gb2312?b?////?=\n\n\xff\xfe",
    "a broken part": postfix().replace(b"text/rfc822-headers", b"message/rfc822\nContent-Transfer-Encoding: base64"),
    "no charset": b"From: postmaster@example.org\nContent-Type: text/plain; charset=no-such-thing\n\n\xb1\xa7\xc7\xb8",
    "no boundary": postfix().replace(b'boundary="4X1.1274662803/mx.example.org"', b"x"),
    "cut off": postfix()[:900],
    "a null": postfix().replace(b"Status: 5.1.1", b"Status: \x00\x00"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_lies_in_the_mailbox_ends_in_an_answer(name: str) -> None:
    assert isinstance(read(HOSTILE[name]), CameBack)


@pytest.mark.parametrize("name", ["nothing", "no mail", "no head", "nested"])
def test_what_cannot_be_read_is_said_to_be_so(name: str) -> None:
    assert read(HOSTILE[name]).what == "unreadable"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (postfix(), "bounced"),
        (b"X: " + b"x" * 65_000 + b"\n" + postfix(), "bounced"),
        (b"X: " + b"x" * 66_000 + b"\n" + postfix(), "unreadable"),
    ],
)
def test_a_head_of_64_kibibytes_is_none_that_a_mail_system_wrote(content: bytes, what: str) -> None:
    assert read(content).what == what


COSTLY = {
    "boundary": b'Content-Type: multipart/mixed; boundary="' + b";a" * 60_000 + b'"\n\nx',
    "parameters": b"Content-Type: multipart/mixed" + b"".join(b"; boundary*%d*=a" % n for n in range(7000)) + b"\n\nx",
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 15_000,
    "folded nests": b"".join(b"Content-Type:\n%smultipart/mixed; boundary=b%d\n\n--b%d\n" % (b"\t" * 14, n, n) for n in range(800)),
    "field of a part": b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain" + b"; a=b" * 20_000 + b"\n\nx\n",
    "subject": b"Subject: " + b"=?utf-8?q?a?= " * 9000 + b"\n\nx",
    "sender": b"From: " + b"a," * 60_000 + b"\n\nx",
    "other line ends": b"Content-Type: multipart/mixed; boundary=b\r\r" + b"--b\r\rx\r" * 15_000,
}


@pytest.mark.parametrize("name", COSTLY)
def test_what_would_take_long_to_read_is_set_aside_at_once(name: str) -> None:
    before = process_time()
    assert read(b"Return-Path: <>\nTo: office@example.org\n" + COSTLY[name]).what == "unreadable"
    assert process_time() - before < 0.2


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_report_with_anything_broken_in_it_ends_in_an_answer(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([postfix(), returned.EXCHANGE, returned.QQ, returned.NETEASE])))
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
    assert isinstance(read(bytes(content)), CameBack)


def test_an_attachment_that_is_no_text_is_passed_by() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "MAILER-DAEMON@example.org", "x"
    mail.add_attachment(b"\x00" * 1000, maintype="application", subtype="octet-stream")
    assert read(mail.as_bytes()).what == "other"
