"""A letter for tests, and ways to read one back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parseaddr
from threading import Event, Thread
from typing import Any

from notifiers.base import Attachment, Letter, Notifier

NOW = datetime(2010, 10, 8, 9, 30, tzinfo=timezone(timedelta(hours=8)))

PLAIN = Letter(
    message_id="<notice.17@campaign.example.org>",
    sender_name="创先争优活动办公室",
    sender_address="office@example.org",
    to_name="李四",
    to_address="li.si@example.org",
    subject="【创先争优】2 项工作今天到期，1 项已逾期",
    text="李四，您好：\n\n.开头的点\n领导点评还差 14 字。\n",
    html="<!DOCTYPE html><html lang='zh-CN'><head><title>x</title></head><body><p>领导点评还差 14 字。</p></body></html>",
)


CALENDAR = Attachment(
    name="期限.ics",
    text="BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nSUMMARY:截止：领导点评\\, 一\r\nDESCRIPTION:.开头的点\r\n 续行\r\nEND:VCALENDAR\r\n",
)


def letter(**changes: Any) -> Letter:
    """The plain letter with some fields changed."""
    return replace(PLAIN, **changes)


def parsed(content: bytes) -> EmailMessage:
    """The message as a mail program reads it."""
    message = BytesParser(policy=default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def name_in(content: bytes, header: str) -> str:
    """The display name in an address header.

    Python 3.11's new parser puts a blank between two encoded words of a name, which RFC 2047 forbids: the older one does it right.
    """
    raw = BytesParser().parsebytes(content)[header]
    return str(make_header(decode_header(parseaddr(raw)[0])))


def files_in(message: EmailMessage) -> list[tuple[str, str, str]]:
    """Whatever is attached: name, type with its method, and the text, as bytes for bytes it was given."""
    return [
        (each.get_filename() or "", f"{each.get_content_type()}; {each.get_param('method')}", bytes(each.get_payload(decode=True)).decode())
        for each in message.iter_attachments()
    ]


def part(message: EmailMessage, kind: str) -> str:
    """The text of the plain or html part, with line breaks as `\\n`."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def hanging_up(notifier: Notifier, hanging: Event) -> Thread:
    """Another thread, which breaks off what is in hand once somebody is waited for."""

    def hang_up() -> None:
        assert hanging.wait(30)
        notifier.hang_up()

    thread = Thread(target=hang_up)
    thread.start()
    return thread
