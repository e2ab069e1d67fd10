"""What every channel shares: the letter, why it was not sent, the port, and the letter as a MIME message."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.contentmanager import raw_data_manager
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, quote
from typing import ClassVar, Literal, Protocol, runtime_checkable

from notifiers.errors import Lang, NotifierError

LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}


Cause = Literal[
    "unusable", "unreachable", "insecure", "login", "stranger", "busy", "sender", "recipient", "content", "lost", "storage", "refused"
]

CAUSES: Mapping[Cause, tuple[str, str]] = {
    "unusable": (
        "这封信的地址或编号不能使用，请更正后再发",
        "an address or id of this letter cannot be used; correct it",
    ),
    "unreachable": (
        "连不上邮件服务器，请检查网络和服务器地址",
        "the mail server cannot be reached; check the network and the server's address",
    ),
    "insecure": (
        "无法与邮件服务器建立可信的加密连接，请检查加密方式和证书",
        "no trusted encrypted connection to the mail server; check `security` and `ca_file`",
    ),
    "login": (
        "邮件服务器不接受登录，请检查发信账号和密码的配置",
        "the mail server refused the login; check the configured user and password",
    ),
    "stranger": (
        "答话的不是要找的服务，请检查地址和网络",
        "whoever answered is not the service that was meant; check the address and the network",
    ),
    "busy": (
        "对方限制发送的速度，稍后自动再试",
        "the other side limits how fast letters may come; it is tried again later by itself",
    ),
    "sender": (
        "邮件服务器不接受发件人，请检查发件地址和账号权限",
        "the mail server refused the sender; check the sender's address and rights",
    ),
    "recipient": (
        "收件地址被邮件服务器拒收，请核对地址",
        "the mail server refused the recipient; check the address",
    ),
    "content": (
        "邮件服务器没有收下这封信的内容",
        "the mail server did not take the content of the letter",
    ),
    "lost": (
        "信已交出，但连接中断，无法得知对方是否收下",
        "the letter was handed over, but the connection broke: whether it was taken is not known",
    ),
    "storage": (
        "信写不出去，请检查磁盘空间和权限",
        "the letter could not be written; check disk space and rights",
    ),
    "refused": ("没有寄出", "not sent"),
}


class NotSent(NotifierError):
    """The letter did not go out, or nobody can know whether it did.

    reason: a status code and the server's own words, or the system's.  permanent: trying again is useless for this letter.
    unknown: the connection was lost after the last byte, so it may have been accepted.  cause: which step failed.
    words: what a cause is called, in both languages; a channel that is no mail has its own.
    """

    words: ClassVar[Mapping[Cause, tuple[str, str]]] = CAUSES

    def __init__(self, reason: str, *, permanent: bool = False, unknown: bool = False, cause: Cause = "refused") -> None:
        self.reason = one_line(reason)
        self.permanent = permanent
        self.unknown = unknown
        self.cause = cause
        zh, en = self.words[cause]
        super().__init__(f"{zh}：{self.reason}", f"{en}: {self.reason}")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A calendar that goes with a letter as a file (RFC 5545; its method as RFC 5546 has it). name: of the file, without a folder."""

    name: str
    text: str
    method: str = "PUBLISH"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to one person, composed and stored by the caller before the first attempt.

    message_id: `<...@...>`, the same at every attempt.  html: None for a plain letter.
    references: message ids of earlier letters of the same conversation, oldest first.
    list_id: `campaign.example.org`, with or without angle brackets; '' for none.  reply_to_name: who answers; '' for the address alone.
    unsubscribe: addresses (https, mailto) at which a mail program may ask for fewer letters; with an https one it does so by one click.
    attachments: what goes with it, on the channels that take files.
    contact: by which a group's robot calls her: a mobile number, or her id there; '' where she is not called.
    """

    message_id: str
    sender_name: str
    sender_address: str
    reply_to: str | None = None
    reply_to_name: str = ""
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str | None = None
    lang: Lang = "zh"
    references: tuple[str, ...] = ()
    list_id: str = ""
    unsubscribe: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    contact: str = ""


class Notifier(Protocol):
    """A channel. Not to be shared between threads, but for `hang_up`."""

    @property
    def name(self) -> str:
        """The channel's name, as in the registry."""

    @property
    def attaches(self) -> bool:
        """Whether attachments go with its letters; where they do not, they are left out."""

    def send(self, letter: Letter, now: datetime) -> str:
        """Hand over one letter and return the channel's receipt; raises NotSent. now: aware, in the zone to be shown."""

    def close(self) -> None:
        """Give back what is held open; may be called twice, and a later `send` opens it again."""

    def hang_up(self) -> None:
        """Break off what is in hand, from another thread: `send` ends with NotSent, and so does every later one."""


@runtime_checkable
class Reachable(Protocol):
    """A channel whose other end is another machine: it can be called without a letter."""

    def call(self) -> None:
        """Reach whoever takes the letters, as far as that goes without sending one, and leave again. Raises NotSent."""


# Control characters, broken halves of characters, the two Unicode line ends, and the directional
# overrides, which let a name display as something it is not.
_UNPRINTABLE = "\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069"
_NOT_IN_LINE = re.compile(f"[{_UNPRINTABLE}]")
_NOT_IN_TEXT = re.compile(f"(?![\n\t])[{_UNPRINTABLE}]")


def one_line(text: str) -> str:
    """The text without line breaks and whatever else cannot be printed, single blanks between its words: safe in a header or a terminal."""
    return " ".join(_NOT_IN_LINE.sub(" ", text).split())


def clean_text(text: str) -> str:
    """The text without what cannot be printed; tabs are kept, and line breaks, as `\\n`."""
    return _NOT_IN_TEXT.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def as_mime(letter: Letter, now: datetime) -> EmailMessage:
    """The letter as a message: a plain part, an HTML part if there is one, and the attachments. The same letter and instant give the
    same bytes.

    Raises NotSent (permanent) when an address or an id cannot stand in a header, ValueError when `now` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    message = EmailMessage(policy=_AS_WRITTEN)
    for name, value in _headers(letter, now).items():
        message[name] = value
    _set_body(message, letter)
    # Only now: the library moves every Content- header it finds into the first part.
    message["Content-Language"] = LANGUAGE_TAGS[letter.lang]
    return message


def wire_address(address: str) -> str:
    """The address as it is sent, a Chinese domain in its ASCII form; raises NotSent (permanent) when it is none."""
    if not _ADDRESS.fullmatch(address) or len(address) > 254 or _NOT_IN_LINE.search(address):
        raise NotSent(f"not an address: {address[:80]!r}", permanent=True, cause="unusable")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise NotSent(f"not a domain: {domain[:80]!r}", permanent=True, cause="unusable") from error


def own_address(address: str) -> str:
    """The same of an address of ours: where it cannot be used no letter is at fault, and all wait until it is put right."""
    try:
        return wire_address(address)
    except NotSent as error:
        raise NotSent(error.reason, cause="sender") from None


_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,240}@[!-;=?A-~]{1,240}>")
_PLACE = re.compile(r"(?:https://|mailto:)[!-;=?-~]{1,600}")
_LIST_ID = re.compile(r"<?([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)>?")


class _AsWritten(EmailPolicy):
    """Header lines leave exactly as `_headers` wrote them.

    The library's own folding turns a long message id in References into encoded words, and leaves a
    name that looks like an encoded word (`=?utf-8?...?=`) as it is, so that it reads as something else.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> str:
        # Looked at a dozen times while a letter is put together: taking each apart anew would be most of the work.
        return value

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode()


_AS_WRITTEN = _AsWritten(linesep="\r\n", cte_type="7bit")


def _headers(letter: Letter, now: datetime) -> dict[str, str]:
    headers = {
        "Date": format_datetime(now),
        "Message-ID": _message_id(letter.message_id),
        "From": _mailbox("From", letter.sender_name, own_address(letter.sender_address)),
        "To": _mailbox("To", letter.to_name, wire_address(letter.to_address)),
        "Subject": _words("Subject", letter.subject),
        "Auto-Submitted": "auto-generated",
    }
    if letter.reply_to:
        headers["Reply-To"] = _mailbox("Reply-To", letter.reply_to_name, own_address(letter.reply_to))
    if letter.references:
        headers["In-Reply-To"] = _message_id(letter.references[-1])
        headers["References"] = "\r\n ".join(_message_id(reference) for reference in letter.references)
    if letter.list_id:
        headers["List-Id"] = _list_id(letter.list_id)
    if letter.unsubscribe:
        headers["List-Unsubscribe"] = ",\r\n ".join(map(_unsubscription, letter.unsubscribe))
    # RFC 8058: only an https address can be asked with one click.
    if any(place.startswith("https://") for place in letter.unsubscribe):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def expect_sender(address: str) -> None:
    """Raises NotSent where no letter could go in its name: it is no address, or letters cannot be numbered under its domain."""
    wire_address(address)
    domain = address.rpartition("@")[2]
    _message_id(f"<letter@{domain}>")
    _list_id(f"1.{domain}")


def _message_id(value: str) -> str:
    if not _MESSAGE_ID.fullmatch(value):
        raise NotSent(f"not a message id: {value[:80]!r}", permanent=True, cause="unusable")
    return value


def _list_id(value: str) -> str:
    match = _LIST_ID.fullmatch(value)
    if not match:
        raise NotSent(f"not a list id: {value[:80]!r}", permanent=True, cause="unusable")
    return f"<{match[1]}>"


def _unsubscription(place: str) -> str:
    if not _PLACE.fullmatch(place):
        raise NotSent(f"no place to unsubscribe: {place[:80]!r}", permanent=True, cause="unusable")
    return f"<{place}>"


def _mailbox(header: str, name: str, plain_address: str) -> str:
    shown = one_line(name)
    if not shown:
        return plain_address
    encoded = _words(header, shown) if _needs_encoding(shown) else f'"{quote(shown)}"'
    return f"{encoded}\r\n <{plain_address}>"


def _words(header: str, text: str) -> str:
    """Unstructured text as RFC 2047 words where that is needed, folded."""
    shown = one_line(text)
    if not _needs_encoding(shown):
        return shown
    return Header(shown, "utf-8", header_name=header, maxlinelen=75).encode(linesep="\r\n")


def _needs_encoding(text: str) -> bool:
    return not text.isascii() or "=?" in text or len(text) > 60


def _set_body(message: EmailMessage, letter: Letter) -> None:
    message.set_content(clean_text(letter.text), cte="base64", content_manager=raw_data_manager)
    if letter.html is not None:
        message.add_alternative(clean_text(letter.html), subtype="html", cte="base64", content_manager=raw_data_manager)
        message.set_boundary(_boundary(letter, ""))
    for attachment in letter.attachments:
        _attach(message, attachment)
    if letter.attachments:
        message.set_boundary(_boundary(letter, "files"))


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    message.add_attachment(
        clean_text(attachment.text),
        subtype="calendar",
        cte="base64",
        filename=one_line(attachment.name),
        params={"method": attachment.method},
        content_manager=raw_data_manager,
    )


def _boundary(letter: Letter, part: str) -> str:
    """Made of the id, so that the bytes are the same at every attempt; "=_" can stand in no base64 line."""
    return "=_" + hashlib.sha256(f"{letter.message_id}{part}".encode()).hexdigest()[:24]


def expect_usable(letter: Letter, now: datetime) -> None:
    """What mail would refuse is refused here too: a letter has one recipient, on every channel. Only an address she need not have.

    Raises NotSent (permanent), ValueError.
    """
    as_mime(letter if letter.to_address else replace(letter, to_address=letter.sender_address), now)
