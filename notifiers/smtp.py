"""Letters by mail: one SMTP connection, kept over several letters.

The steps of a transaction are spoken one by one, because only so is it known which of them failed: a recipient refused is
final for that letter, a login refused is a matter of configuration, and a connection lost after the last byte leaves unknown
whether the letter was taken (RFC 5321, 4.5.4.1 and 6.1).
"""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from notifiers.base import Cause, Letter, NotSent, as_mime, one_line, own_address, wire_address
from notifiers.conversation import PARTING, Answers, Conversation
from notifiers.options import NotConfigured, Options

Security = Literal["starttls", "tls", "none"]

_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
# Many servers end a session after a hundred letters or so; leaving first spares a refused one.
_LETTERS_A_CONNECTION = 100
_LOGIN_WANTED = (530, 534, 535, 538)
# RFC 5321 3.8: a server says it at any moment, of all letters and not of this one.
_CLOSING = 421
# RFC 5321 4.5.3.1.10: to RCPT, 552 is to be read as 452.
_MAILBOX_FULL = 552


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where and how to hand in mail.

    security: `starttls` (upgrade before anything else), `tls` (from the first byte) or `none`.  ca_file: certificates to trust
    instead of the system's; '' for the system's.  timeout: seconds for each answer.  sender: the envelope sender, to which
    bounces come back; '' for the letter's own.  hello: the name said to the server; '' for this machine's.
    plain_login: allows the login without encryption.
    """

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60
    ca_file: str = ""
    sender: str = ""
    hello: str = ""
    plain_login: bool = False

    def __post_init__(self) -> None:
        if self.user and self.security == "none" and not self.plain_login:
            raise NotConfigured(
                "通知方式 smtp：不加密的连接上不能登录，否则密码会泄露。"
                "请把 security 改为 starttls 或 tls；确需如此，请写明 plain_login: yes。",
                "Channel smtp: no login over an unencrypted connection. Use security starttls or tls, or say plain_login: yes.",
            )
        # The library encodes both as ASCII, and its error would carry the password.
        if not (self.user.isascii() and self.password.isascii()):
            raise NotConfigured(
                "通知方式 smtp：user 和 password 只能用英文字母、数字和英文标点。",
                "Channel smtp: user and password may hold ASCII characters only.",
            )
        # Otherwise every letter would fail for it, and every address count as one that takes none.
        if self.sender and not _is_address(self.sender):
            raise NotConfigured(
                "通知方式 smtp：sender 只写一个邮箱地址，如 bounce@example.org，不带姓名和尖括号。",
                "Channel smtp: sender is an address alone, as in bounce@example.org, without a name or brackets.",
            )


def _is_address(text: str) -> bool:
    try:
        return bool(wire_address(text))
    except NotSent:
        return False


class SmtpNotifier:
    """Hands letters to one mail server. Connects at the first letter, and again when the server has gone away."""

    name = "smtp"
    attaches = True

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._conversation = Conversation(server.timeout)
        self._session: smtplib.SMTP | None = None
        self._handed_in = 0

    def __repr__(self) -> str:
        return f"SmtpNotifier({self._server!r})"

    def send(self, letter: Letter, now: datetime) -> str:
        """Hand in the letter; the receipt is the server's answer, as `250 2.0.0 Ok: queued as 4X1`. Raises NotSent."""
        content = as_mime(letter, now).as_bytes()
        sender = own_address(self._server.sender or letter.sender_address)
        recipient = wire_address(letter.to_address)
        self._conversation.begin()
        session = self._ready()
        international = _international(session, (sender, letter.sender_address, letter.reply_to or ""), recipient)
        self._handed_in += 1
        return _hand_in(session, f"MAIL FROM:<{sender}>{international}", f"RCPT TO:<{recipient}>", content)

    def call(self) -> None:
        """Connect, encrypt and log in as for a letter, and say goodbye. Raises NotSent."""
        self._conversation.begin()
        self._ready()
        self.close()

    def close(self) -> None:
        """Say goodbye to the server, if connected."""
        session, self._session = self._session, None
        if session is not None:
            self._conversation.begin(PARTING)
            # Whatever it answers, there is nothing left to lose.
            with suppress(OSError):
                session.quit()
            session.close()

    def hang_up(self) -> None:
        """Break off the conversation in hand, from another thread, and begin no other."""
        self._conversation.hang_up()

    def _ready(self) -> smtplib.SMTP:
        """A session in which a new letter can begin: the kept one if it still answers, else a new one."""
        if self._handed_in >= _LETTERS_A_CONNECTION:
            self.close()
            self._conversation.begin()
        if self._session is None or not _still_there(self._session):
            self._session = _open(self._server, self._conversation)
            self._handed_in = 0
        return self._session


def _still_there(session: smtplib.SMTP) -> bool:
    """Whether the session answers and is ready for a new letter; if not it is closed."""
    with suppress(OSError):
        if session.rset()[0] == 250:
            return True
    session.close()
    return False


def _open(server: SmtpServer, conversation: Conversation) -> smtplib.SMTP:
    where = f"{server.host}:{server.port}"
    with _explained("unreachable", where):
        session = _connect(server, conversation)
    try:
        with _explained("insecure", where):
            session.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                session.starttls(context=_trust(server))
                session.ehlo_or_helo_if_needed()
        if server.user:
            with _explained("login", where):
                session.login(server.user, server.password)
    except NotSent:
        session.close()
        raise
    return session


class _Session(smtplib.SMTP):
    """A session whose answers are heard within a conversation."""

    def __init__(self, server: SmtpServer, conversation: Conversation, **more: Any) -> None:
        self._conversation = conversation
        super().__init__(server.host, server.port, server.hello or None, timeout=server.timeout, **more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._conversation.left()
        # What typeshed does not know: it is what `connect` calls.
        found: socket.socket = super()._get_socket(host, port, self._conversation.connecting)  # type: ignore[misc]
        return found

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(Answers(self.sock, self._conversation))
        self._conversation.over(self.sock)
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            try:
                self.sock.settimeout(self._conversation.left())
            except TimeoutError:
                # The server may wait for content: what the next letter says would be taken for some.
                self.close()
                raise
        super().send(s)


class _Encrypted(_Session, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _connect(server: SmtpServer, conversation: Conversation) -> smtplib.SMTP:
    tls = server.security == "tls"
    session = _Encrypted(server, conversation, context=_trust(server)) if tls else _Session(server, conversation)
    if session.sock is not None:
        # The final dot goes out by itself; without this it waits 40 ms for the acknowledgement of the content.
        session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return session


def _trust(server: SmtpServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except OSError as error:
        raise NotSent(f"ca_file {server.ca_file}: {error}", cause="insecure") from error


@contextmanager
def _explained(cause: Cause, where: str = "", *, unknown: bool = False) -> Iterator[None]:
    """Whatever goes wrong inside becomes a NotSent that may be tried again: of the network, of encryption, or of `cause`."""
    try:
        yield
    except NotSent:
        raise
    except (OSError, ValueError) as error:
        # `from None`: smtplib's frames hold the password, and a logged traceback may show what frames hold.
        raise NotSent(f"{where} {_said(error)}", unknown=unknown, cause="lost" if unknown else _cause(error, cause)) from None


def _cause(error: Exception, cause: Cause) -> Cause:
    if isinstance(error, ssl.SSLError):
        return "insecure"
    # smtplib's own errors are OSErrors too; of those only a lost connection is the network's.
    of_network = isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException)
    return "unreachable" if of_network and isinstance(error, OSError) else cause


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return str(error) or type(error).__name__


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(text)[:300]


def _hand_in(session: smtplib.SMTP, mail: str, rcpt: str, content: bytes) -> str:
    """One letter through MAIL, RCPT and DATA; returns the server's answer to the last byte."""
    _step(session, mail, "sender")
    _step(session, rcpt, "recipient")
    _step(session, "DATA", "content")
    with _explained("content"):
        session.send(_dotted(content))
    # From here on the server may take the letter without our ever hearing of it.
    with _explained("content", unknown=True):
        session.send(b".\r\n")
        code, words = session.getreply()
    return _judged(session, code, words)


def _judged(session: smtplib.SMTP, code: int, words: bytes) -> str:
    said = f"{code} {_words(words)}"
    match code // 100:
        case 2:
            return said
        case 4 | 5:
            raise NotSent(said, permanent=code >= 500, cause="busy" if code == _CLOSING else "content")
        case _:
            session.close()
            raise NotSent(said, unknown=True, cause="lost")


def _step(session: smtplib.SMTP, command: str, cause: Cause) -> None:
    """Say one command; a refusal of the recipient or the content is final, one of the sender is a matter of configuration."""
    with _explained(cause):
        code, words = session.docmd(command)
    if code // 100 == (3 if command == "DATA" else 2):
        return
    if code // 100 not in (4, 5):
        # Not an answer to this command: nobody knows any more where the conversation stands.
        session.close()
    permanent = code // 100 == 5 and cause != "sender" and code not in _LOGIN_WANTED
    if cause == "recipient" and code == _MAILBOX_FULL:
        permanent = False
    raise NotSent(f"{code} {_words(words)}", permanent=permanent, cause=_of_code(code, cause))


def _of_code(code: int, cause: Cause) -> Cause:
    return "login" if code in _LOGIN_WANTED else "busy" if code == _CLOSING else cause


def _international(session: smtplib.SMTP, ours: tuple[str, ...], recipient: str) -> str:
    """The words after MAIL for addresses that are not ASCII before the @; only a server that says SMTPUTF8 can take those.

    ours: of the sender and of whoever answers. Where it is one of them the recipient has nothing to do with it.
    """
    own = next((address for address in map(own_address, filter(None, ours)) if not address.isascii()), "")
    if not own and recipient.isascii():
        return ""
    if not session.has_extn("smtputf8"):
        if own:
            raise NotSent(f"the server has no SMTPUTF8 for our own address {own}", cause="sender")
        raise NotSent("the server has no SMTPUTF8 for an address that is not ASCII", permanent=True, cause="recipient")
    session.command_encoding = "utf-8"
    return " BODY=8BITMIME SMTPUTF8"


def _dotted(content: bytes) -> bytes:
    """RFC 5321 4.5.2: a line that begins with a dot gets another one."""
    body = re.sub(rb"(?m)^\.", b"..", content)
    return body if body.endswith(b"\r\n") else body + b"\r\n"


OPTIONS = ("host", "port", "security", "user", "password", "timeout", "ca_file", "sender", "hello", "plain_login")


def from_options(options: Mapping[str, str]) -> SmtpNotifier:
    """Options, all text, are those of `SmtpServer`; raises NotConfigured.

    `host` is required, `password` with `user`; `port` follows `security` (587, 465, 25); `plain_login` is yes or no.
    """
    given = Options("smtp", options, OPTIONS)
    security = _security(given)
    user = given.get("user")
    return SmtpNotifier(
        SmtpServer(
            host=given.required("host").strip(),
            port=given.number("port", _PORTS[security], most=65535),
            security=security,
            user=user,
            password=given.required("password") if user else "",
            timeout=given.number("timeout", 60, most=3600),
            ca_file=given.get("ca_file"),
            sender=given.get("sender"),
            hello=given.get("hello"),
            plain_login=given.yes("plain_login"),
        )
    )


def _security(given: Options) -> Security:
    word = given.choice("security", "starttls", tuple(_PORTS))
    return next(security for security in _PORTS if security == word)
