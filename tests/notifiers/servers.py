"""Mail servers for tests, on a free port of 127.0.0.1: a well-behaved one and one that misbehaves to order."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword


@dataclass
class MailServer:
    """What a well-behaved server took and how it is told to refuse: `refuse` maps MAIL, RCPT and DATA to an answer.

    mute: to which of these it never says anything (RCPT).  hanging: somebody waits for that.
    """

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    mute: set[str] = field(default_factory=set)
    hanging: threading.Event = field(default_factory=threading.Event)
    taken: list[Envelope] = field(default_factory=list)
    connections: int = 0
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    def contents(self) -> list[bytes]:
        """The messages taken, as bytes."""
        return [envelope.content for envelope in self.taken if isinstance(envelope.content, bytes)]

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        if not session.host_name:
            self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if "MAIL" in self.refuse:
            return self.refuse["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if "RCPT" in self.mute:
            self.hanging.set()
            await asyncio.Event().wait()
        if "RCPT" in self.refuse:
            return self.refuse["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        self.taken.append(envelope)
        self.encrypted.append(session.ssl is not None or _transport(server).get_extra_info("sslcontext") is not None)
        return f"250 2.0.0 Ok: queued as {len(self.taken)}"

    def authenticate(self, server: SMTP, session: Any, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == b"correct horse", handled=False)


def _transport(server: SMTP) -> asyncio.BaseTransport:
    assert server.transport is not None
    return server.transport


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False, utf8: bool = True
) -> Iterator[MailServer]:
    """A server in a thread of its own. tls: offers STARTTLS, or, with `implicit`, speaks TLS from the first byte."""
    state = MailServer()

    def session() -> SMTP:
        return SMTP(
            state,
            hostname="mail.example.org",
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=state.authenticate if login else None,
            auth_required=login,
            auth_require_tls=not implicit and tls is not None,
            enable_SMTPUTF8=utf8,
        )

    loop = asyncio.new_event_loop()
    listener = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0, ssl=tls if implicit else None))
    state.port = listener.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield state
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        # Only now: a listener may not be closed beside its running loop.
        listener.close()
        _finish(loop)


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks))
    loop.close()


HANG = b"hang"
CLOSE = b"close"
RESET = b"reset"
# It never stops saying lines: as fast as it can, or one a moment; or it says a line that has no end, a byte a moment.
FLOOD = b"flood"
DRIP = b"drip"
DROPS = b"drops"
_ENDLESS = {FLOOD: b"250-and so on\r\n" * 1000, DRIP: b"250-and so on\r\n", DROPS: b"2"}

_GOOD = {
    "GREETING": b"220 mail.example.org",
    "EHLO": b"250 mail.example.org",
    "RSET": b"250 ok",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    "BODY": b"",
    "DOT": b"250 taken",
    "QUIT": b"221 bye",
}


@dataclass
class RudeServer:
    """What was said to a misbehaving server."""

    port: int
    heard: list[str] = field(default_factory=list)
    connections: int = 0
    open: list[socket.socket] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    hanging: threading.Event = field(default_factory=threading.Event)


@contextmanager
def rude_server(**answers: bytes) -> Iterator[RudeServer]:
    """A server that answers each command (GREETING, EHLO, MAIL, RCPT, DATA, BODY, DOT ...) as told, or hangs, closes or resets there.

    Several answers, one for each time, are joined by newlines.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    server = RudeServer(listener.getsockname()[1])
    script = {name: iter(answers[name].split(b"\n")) if name in answers else None for name in _GOOD | answers}

    def answer(name: str) -> bytes:
        told = script.get(name)
        return next(told, _GOOD.get(name, b"250 ok")) if told is not None else _GOOD.get(name, b"502 what?")

    thread = threading.Thread(target=_serve, args=(listener, server, answer), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.done.set()
        # Closing a socket does not wake a thread that waits on it; shutting it down does.
        for each in (listener, *server.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()


def _serve(listener: socket.socket, server: RudeServer, answer: Any) -> None:
    while not server.done.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        server.open.append(connection)
        # A connection the client breaks off ends only itself.
        with suppress(OSError), connection, connection.makefile("rb") as reader:
            _talk(connection, reader, server, answer)


def _talk(connection: socket.socket, reader: Any, server: RudeServer, answer: Any) -> None:
    if not _reply(connection, server, answer("GREETING")):
        return
    while line := reader.readline():
        verb = line[:4].decode("ascii", "replace").strip().upper()
        server.heard.append(verb)
        if not _reply(connection, server, answer(verb)):
            return
        if verb == "DATA" and not _body(connection, reader, server, answer):
            return


def _body(connection: socket.socket, reader: Any, server: RudeServer, answer: Any) -> bool:
    reader.readline()
    if not _reply(connection, server, answer("BODY")):
        return False
    while reader.readline() not in (b".\r\n", b""):
        pass
    return _reply(connection, server, answer("DOT"))


def _reply(connection: socket.socket, server: RudeServer, words: bytes) -> bool:
    if words == HANG:
        server.hanging.set()
        server.done.wait(30)
        return False
    if words in _ENDLESS:
        while not server.done.wait(0 if words == FLOOD else 0.01):
            connection.sendall(_ENDLESS[words])
        return False
    if words == CLOSE:
        return False
    if words == RESET:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    if words:
        connection.sendall(words + b"\r\n")
    return True
