"""What a mail that came in says of a letter of ours: that it came back, that it is late, or nothing at all.

Standard delivery reports (RFC 3464) are read by their fields. Of others only what is certain counts: a mail system wrote it, it names
the letter, and it says in so many words that it gave up, or that it has not yet. What anybody sends may be broken: nothing raises.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from html import unescape
from itertools import islice
from typing import Literal, TypeAlias

from notifiers.base import one_line

What = Literal["bounced", "delayed", "automatic", "other", "unreadable"]
# At run time this class takes no parameters.
Part: TypeAlias = "Message[str, str]"

_LONGEST, _LONGEST_ADDRESS = 300, 254
# What reading a mail costs grows with the square of some of these: whatever has more of them is none that a mail system wrote.
# A mail within a mail within a mail, bytes of the head, bytes of one field that says what a part is, parts between the same lines.
_DEEPEST, _LONGEST_HEAD, _LONGEST_FIELD, _MOST_PARTS = 20, 65_536, 4096, 500
# So much of a field is looked at, and so many recipients of a report.
_FIELD, _RECIPIENTS = 4000, 100
# So much of a text is looked at.
_TEXT = 20_000
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, MessageError)


@dataclass(frozen=True, kw_only=True)
class CameBack:
    """One mail that came in. source: the same whenever it is read.  message_ids: which letter it is about, the likeliest first.

    status: `5.1.1`, '' where it names none.  words: the server's own.  recipient: the address that it could not reach, '' where it
    names none; it is another one than ours where somebody forwards her mail.
    """

    source: str
    what: What
    subject: str = ""
    message_ids: tuple[str, ...] = ()
    status: str = ""
    words: str = ""
    recipient: str = ""


def read(content: bytes) -> CameBack:
    """What the mail says."""
    source = hashlib.sha256(content).hexdigest()
    if not _is_readable(content):
        return CameBack(source=source, what="unreadable")
    try:
        mail = message_from_bytes(content)
        if not _is_mail(mail):
            return CameBack(source=source, what="unreadable")
        return _read(mail, _source(mail) or source)
    except _BROKEN:
        return CameBack(source=source, what="unreadable")


def _is_readable(content: bytes) -> bool:
    """Whether it can be taken apart in a moment; looked at as bytes, since taking it apart is what would take long."""
    end = _HEAD_END.search(content)
    if (end.start() if end else len(content)) > _LONGEST_HEAD:
        return False
    if any(field.end() - field.start() > _LONGEST_FIELD for field in _FIELDS.finditer(content)):
        return False
    lines = Counter(line.rstrip(b" \t") for line in _BETWEEN.findall(content))
    return len(_PARTS.findall(content)) <= _DEEPEST and max(lines.values(), default=0) <= _MOST_PARTS


_HEAD_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_FIELDS = re.compile(rb"(?i)(?:(?<=[\r\n])|\A)content-[a-z-]{1,40}:[^\r\n]*(?:(?:\r\n|[\r\n])[ \t][^\r\n]*)*")
_BETWEEN = re.compile(rb"(?:(?<=[\r\n])|\A)--[^\r\n]*")
_PARTS = re.compile(rb"(?i)content-type:\s*(?:multipart|message)/")
_USUAL = ("from", "date", "received", "message-id", "return-path", "to")


def _is_mail(mail: Part) -> bool:
    return any(mail[name] is not None for name in _USUAL)


def _source(mail: Part) -> str:
    own = _said(mail, "Message-ID").strip()
    return hashlib.sha256(own.encode("utf-8", "replace")).hexdigest() if own else ""


def _read(mail: Part, source: str) -> CameBack:
    subject = one_line(_header(mail, "Subject"))[:_LONGEST]
    found = _by_report(mail) or (None if _is_automatic(mail, subject) else _by_words(mail, subject))
    if found is not None:
        return CameBack(source=source, subject=subject, message_ids=_letters(mail), **vars(found))
    return CameBack(source=source, subject=subject, what="automatic" if _is_automatic(mail, subject) else "other")


@dataclass(frozen=True, kw_only=True)
class _Found:
    what: What
    status: str
    words: str
    recipient: str = ""


def _said(mail: Part, name: str) -> str:
    """A header as it stands there, as much of it as can matter."""
    value = mail[name]
    return "" if value is None else str(value)[:_FIELD]


def _header(mail: Part, name: str) -> str:
    """A header in the characters that are meant."""
    said = _said(mail, name)
    try:
        return str(make_header(decode_header(said)))
    except _BROKEN:
        return said


def _is_automatic(mail: Part, subject: str) -> bool:
    """Whether some machine answered for a person who is away."""
    said = _said(mail, "Auto-Submitted").strip().lower()
    marked = any(mail[name] is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    return said.startswith("auto-replied") or marked or _AWAY.match(subject) is not None


_AWAY = re.compile(r"(?i)\W*(?:自动回复|自动答复|automatic reply|auto[- ]?reply|auto[- ]?response|out of (?:the )?office)")


# Standard reports.


def _by_report(mail: Part) -> _Found | None:
    """What the fields of a delivery report say of the recipients: a failure before a delay; what arrived is nothing to be told."""
    found = [one for one in map(_of_recipient, islice(_recipients(mail), _RECIPIENTS)) if one is not None]
    return next((one for one in found if one.what == "bounced"), found[0] if found else None)


def _recipients(mail: Part) -> Iterator[Part]:
    for part in mail.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            yield from (block for block in blocks if isinstance(block, Message)) if isinstance(blocks, list) else ()


def _of_recipient(fields: Part) -> _Found | None:
    action = _said(fields, "Action").split("(")[0].strip().lower()
    status = _status(_said(fields, "Status"))
    if not action and status and fields["Final-Recipient"] is not None:
        action = {"5": "failed", "4": "delayed"}.get(status[0], "")
    if action not in ("failed", "delayed"):
        return None
    words = one_line(_header(fields, "Diagnostic-Code"))
    # What the server said is more exact than what the reporter made of it.
    exact = _status(words) or status
    return _Found(
        what="bounced" if action == "failed" else "delayed",
        status=exact,
        words=(_PROTOCOL.sub("", words) or status)[:_LONGEST],
        recipient=_address(_said(fields, "Final-Recipient") or _said(fields, "Original-Recipient")),
    )


def _address(field: str) -> str:
    """`rfc822; li@example.org` without its kind."""
    return one_line(field.rpartition(";")[2]).strip(" <>")[:_LONGEST_ADDRESS]


_PROTOCOL = re.compile(r"(?i)^\s*(?:smtp|x-[\w-]{1,40})\s*;\s*")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])", re.ASCII)


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


# Other ways of saying it.


def _by_words(mail: Part, subject: str) -> _Found | None:
    if not _is_from_a_mail_system(mail):
        return None
    text = f"{subject}\n{_own_words(mail)}"
    status = _status(text)
    if _NOT_YET.search(text):
        return _Found(what="delayed", status=status, words=_telling_line(text, _NOT_YET))
    if _GIVEN_UP.search(text):
        return _Found(what="bounced", status=status or "5.0.0", words=_telling_line(text, _GIVEN_UP))
    return None


def _is_from_a_mail_system(mail: Part) -> bool:
    local = parseaddr(_header(mail, "From"))[1].partition("@")[0].lower()
    return local in ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon") or _said(mail, "Return-Path").strip() == "<>"


# qmail, Exim, Sendmail, Exchange, and the mail services of Tencent (QQ) and NetEase (163, 126).
_GIVEN_UP = re.compile(
    r"(?i)this is a permanent error|permanent (?:fatal )?error|delivery to the following recipients? (?:has )?failed"
    r"|delivery has failed to these recipients|undelivered mail returned|undeliver(?:able|ed):|could not be delivered to"
    r"|邮件被退回|被退回来了|系统退信|退信原因|邮件无法送达|未送达[:：]|无法将邮件传递给|投递失败"
)
_NOT_YET = re.compile(
    r"(?i)do not need to resend|warning message only|delivery (?:is |has been )?delayed|has not (?:yet )?been delivered"
    r"|will (?:continue|keep) (?:to try|trying)|will be retried|仍在尝试|继续尝试|延迟送达|延迟传递"
)
# Where the copy of our own letter begins, in which anything may stand.
_COPY = re.compile(r"(?im)^[ \t>]*(?:-{2,}.{0,60}(?:copy|original|原)|(?:return-path|received|message-id|mime-version):)")
_FIRM = re.compile(r"(?<!\d)5\d\d[ -]|(?<![\d.])5\.\d{1,3}\.\d{1,3}")


def _own_words(mail: Part) -> str:
    """What the reporter wrote itself: the first text of the mail, without the letter that came back."""
    for part in mail.walk():
        if part.get_content_type() in ("text/plain", "text/html") and not part.is_multipart():
            text = _text(part)
            if text.strip():
                copy = _COPY.search(text)
                return text[: copy.start()] if copy else text
    return ""


def _text(part: Part) -> str:
    payload = part.get_payload(decode=True)
    content = payload[: 4 * _TEXT] if isinstance(payload, bytes) else b""
    text = _decoded(content, part.get_content_charset() or "utf-8")[:_TEXT]
    return unescape(_TAG.sub(" ", _LINE_END.sub("\n", text))) if part.get_content_type() == "text/html" else text


_TAG = re.compile(r"<[^<>]{0,2000}>")
_LINE_END = re.compile(r"(?i)<(?:br|/p|/div|/tr|/td|/li|/h\d)\b[^<>]{0,200}>")


def _decoded(content: bytes, charset: str) -> str:
    for one in (charset, "gb18030"):
        try:
            return content.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


def _telling_line(text: str, sign: re.Pattern[str]) -> str:
    """The line with the server's number; where there is none, the one that says so."""
    lines = [one_line(line) for line in text.splitlines()]
    found = next((line for line in lines if _FIRM.search(line)), None) or next((line for line in lines if sign.search(line)), "")
    return found[:_LONGEST]


# Which letter it is about.


def _letters(mail: Part) -> tuple[str, ...]:
    """The letter that came along, by its head; only where none did, what the report says that it answers, or names in its text."""
    own = [one for head in _heads(mail) for one in _ids(_said(head, "Message-ID"))]
    if own:
        return tuple(own[:1])
    answered = [*_ids(_said(mail, "In-Reply-To")), *_ids(_said(mail, "References"))[::-1][:1]]
    named = [found[1] for part in mail.walk() if part.get_content_maintype() == "text" for found in _NAMED.finditer(_text(part))]
    return tuple(dict.fromkeys([*answered, *named]))[:5]


def _heads(mail: Part) -> Iterator[Part]:
    for part in mail.walk():
        kind = part.get_content_type()
        if part is not mail and kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            yield message_from_bytes(_bytes(part))
        elif kind in ("message/rfc822", "message/global"):
            inner = part.get_payload()
            yield from (one for one in inner if isinstance(one, Message)) if isinstance(inner, list) else ()


def _bytes(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


_ID = re.compile(r"<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>")
_NAMED = re.compile(r"(?im)^[ \t>]{0,20}message-id:\s{0,9}(<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>)")


def _ids(text: str) -> list[str]:
    return _ID.findall(text)
