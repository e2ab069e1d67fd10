"""The letter as a MIME message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.base import NotSent, as_mime, clean_text, expect_sender, one_line
from tests.notifiers.letters import NOW, letter, name_in, parsed, part


def sent(**changes: Any) -> bytes:
    return as_mime(letter(**changes), NOW).as_bytes()


def test_both_parts_say_what_the_letter_says() -> None:
    message = parsed(sent())
    assert message.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in message.iter_parts()] == ["text/plain", "text/html"]
    assert part(message, "plain") == letter().text
    assert part(message, "html").rstrip("\n") == letter().html


def test_a_letter_without_html_is_plain() -> None:
    message = parsed(sent(html=None))
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"


def test_the_headers_say_who_when_and_that_a_machine_wrote() -> None:
    message = parsed(sent(reply_to="reply@example.org", list_id="campaign.example.org"))
    expected = {
        "Message-ID": "<notice.17@campaign.example.org>",
        "Date": "Fri, 08 Oct 2010 09:30:00 +0800",
        "Reply-To": "reply@example.org",
        "Auto-Submitted": "auto-generated",
        "List-Id": "<campaign.example.org>",
        "Content-Language": "zh-CN",
        "MIME-Version": "1.0",
    }
    assert {name: message[name] for name in expected} == expected


def test_what_is_not_given_has_no_header() -> None:
    message = parsed(sent())
    assert [name for name in ("Reply-To", "List-Id", "References", "In-Reply-To", "Bcc", "Cc") if message[name]] == []


def test_the_language_is_said() -> None:
    assert parsed(sent(lang="en"))["Content-Language"] == "en"


def test_a_letter_of_a_conversation_names_all_earlier_ones_and_answers_the_last() -> None:
    earlier = tuple(f"<{'x' * length}@example.org>" for length in (5, 60, 200))
    message = parsed(sent(references=earlier))
    assert message["References"].split() == list(earlier)
    assert message["In-Reply-To"] == earlier[-1]


def test_the_same_letter_gives_the_same_bytes_and_another_id_others() -> None:
    assert sent() == sent()
    assert sent() != sent(message_id="<other@example.org>")


def test_all_lines_end_as_mail_demands_and_none_is_too_long() -> None:
    content = sent(to_name="长" * 200, subject="题" * 300, text="行" * 5000, references=("<" + "r" * 200 + "@example.org>",) * 8)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


def test_an_address_in_chinese_stands_in_utf8() -> None:
    assert "<李四@example.org>" in sent(to_address="李四@example.org").decode()


def test_the_instant_is_shown_in_its_own_zone() -> None:
    message = as_mime(letter(), datetime(2010, 10, 8, 1, 30, tzinfo=UTC))
    assert message["Date"] == "Fri, 08 Oct 2010 01:30:00 +0000"


NAMES = [
    *("Zhang, San", "O'Neil (x)", 'a "quoted" name', "back\\slash", "李 , 四", "=?utf-8?b?5byg?="),
    *("x@y.example.org", "<evil@example.org>", "a" * 300, "张" * 300),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_back_as_it_was_given(name: str) -> None:
    content = sent(to_name=name, subject=name)
    assert name_in(content, "To") == name
    assert [each.addr_spec for each in parsed(content)["To"].addresses] == ["li.si@example.org"]
    assert parsed(content)["Subject"] == name


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_whatever_the_name_there_is_one_recipient_and_the_name_whole(name: str) -> None:
    content = sent(to_name=name, subject=name)
    assert name_in(content, "To") == one_line(name)
    assert [each.addr_spec for each in parsed(content)["To"].addresses] == ["li.si@example.org"]
    assert len(parsed(content).items()) == len(parsed(sent()).items())


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_whatever_the_text_it_arrives(text: str) -> None:
    expected = clean_text(text)
    assert part(parsed(sent(text=text)), "plain").rstrip("\n") == expected.rstrip("\n")


BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"]


@pytest.mark.parametrize("line_end", BREAKS)
@pytest.mark.parametrize("field", ["sender_name", "to_name", "subject"])
def test_no_line_break_in_a_name_or_subject_makes_a_header(field: str, line_end: str) -> None:
    content = sent(**{field: f"甲{line_end}Bcc: victim@example.org{line_end}{line_end}text"})
    message = parsed(content)
    assert message["Bcc"] is None
    assert part(message, "plain") == letter().text


@pytest.mark.parametrize("line_end", BREAKS)
@pytest.mark.parametrize("field", ["to_address", "message_id", "list_id", "references"])
def test_a_line_break_in_an_address_or_id_is_refused_for_good(field: str, line_end: str) -> None:
    good = {"message_id": "<a@example.org>", "references": "<a@example.org>", "list_id": "a.example.org"}.get(field, "a@example.org")
    for bad in (good + line_end, line_end + good, good[:3] + line_end + good[3:], f"{good}{line_end}Bcc: victim@example.org"):
        with pytest.raises(NotSent) as refused:
            sent(**{field: (bad,) if field == "references" else bad})
        assert (refused.value.permanent, refused.value.cause) == (True, "unusable")


@pytest.mark.parametrize("line_end", BREAKS)
@pytest.mark.parametrize("field", ["sender_address", "reply_to"])
def test_a_line_break_in_an_address_of_ours_lets_all_letters_wait(field: str, line_end: str) -> None:
    for bad in ("a@example.org" + line_end, f"a@example.org{line_end}Bcc: victim@example.org"):
        with pytest.raises(NotSent) as refused:
            sent(**{field: bad})
        assert (refused.value.permanent, refused.value.cause) == (False, "sender")


NO_IDS = ["", "a@example.org", "<a>", "<a@b> <c@d>", "<a b@example.org>", "<甲@example.org>", "<" + "a" * 241 + "@b>"]


@pytest.mark.parametrize("message_id", NO_IDS)
def test_a_message_id_that_is_none_is_refused(message_id: str) -> None:
    with pytest.raises(NotSent, match="message id"):
        sent(message_id=message_id)


@pytest.mark.parametrize(("length", "usable"), [(253, True), (254, True), (255, False)])
def test_an_address_has_at_most_254_characters(length: int, usable: bool) -> None:
    address = "a" * (length - len("@example.org")) + "@example.org"
    if usable:
        assert address in sent(to_address=address).decode()
    else:
        with pytest.raises(NotSent):
            sent(to_address=address)


def test_a_failure_is_said_in_both_languages_on_one_line() -> None:
    error = NotSent("550 5.1.1\r\nno such user", permanent=True, cause="recipient")
    assert error.reason == "550 5.1.1 no such user"
    assert error.say("zh") == "收件地址被邮件服务器拒收，请核对地址：550 5.1.1 no such user"
    assert error.say("en") == str(error) == "the mail server refused the recipient; check the address: 550 5.1.1 no such user"


def test_whoever_answers_is_named() -> None:
    message = parsed(sent(reply_to="reply@example.org", reply_to_name="活动办公室 李老师"))
    [place] = message["Reply-To"].addresses
    assert place.addr_spec == "reply@example.org"
    assert name_in(sent(reply_to="reply@example.org", reply_to_name="活动办公室 李老师"), "Reply-To") == "活动办公室 李老师"


@pytest.mark.parametrize(
    ("places", "header", "click"),
    [
        ((), None, None),
        (("mailto:a@example.org?subject=x",), "<mailto:a@example.org?subject=x>", None),
        (
            ("https://example.org/d?mark=x", "mailto:a@example.org?subject=x"),
            "<https://example.org/d?mark=x>,<mailto:a@example.org?subject=x>",
            "List-Unsubscribe=One-Click",
        ),
    ],
)
def test_one_click_is_promised_only_where_there_is_a_page(places: tuple[str, ...], header: str | None, click: str | None) -> None:
    message = parsed(sent(unsubscribe=places))
    said = message["List-Unsubscribe"]
    assert (said if said is None else "".join(said.split())) == header
    assert message["List-Unsubscribe-Post"] == click


@pytest.mark.parametrize("place", ["http://example.org", "https://example.org/ x", "mailto:", "https://example.org/\r\nBcc: x@example.org"])
def test_no_other_place_stands_in_the_head(place: str) -> None:
    with pytest.raises(NotSent):
        sent(unsubscribe=(place,))


@pytest.mark.parametrize("sender", ["office@example.org.", "office@exam!ple.org", f"a@{'.'.join(['b' * 62] * 4)}", "office"])
def test_a_sender_under_whose_domain_no_letter_can_be_numbered_is_refused(sender: str) -> None:
    with pytest.raises(NotSent):
        expect_sender(sender)
    expect_sender("office@example.org")
