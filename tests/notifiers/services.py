"""The services that letters are posted to, on a free port of 127.0.0.1: each checks what the real one does, or misbehaves to order."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from notifiers.base import Notifier
from tests.notifiers.letters import NOW

TOKEN = "0f5a4a9e7c6b4d2e8a1b"
SECRET = "SEC-a horse that nobody sees"
HOUR = 3600
ROBOTS = ["dingtalk", "wecom", "feishu"]


@dataclass(frozen=True)
class Request:
    """What came in. `values`: the body, read as JSON."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def values(self) -> Any:
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass(frozen=True)
class Reply:
    """What goes out; `end` does something rude instead of it or within it."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    end: str = ""


def said(status: int = 200, **values: Any) -> Reply:
    """An answer in JSON."""
    return Reply(status, json.dumps(values, ensure_ascii=False).encode())


HANG = Reply(0, b"", end="hang")
CLOSE = Reply(0, b"", end="close")
RESET = Reply(0, b"", end="reset")
# A status and the promise of more, which never comes.
HALF = Reply(200, b'{"errcode"', {"Content-Length": "40"}, end="close")
DRIPPING = Reply(200, b" " * 10_000, end="drip")
# The same before the answer has begun.
HEADLESS = Reply(0, b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 10_000, end="headless")

Judge = Callable[["Service", Request], Reply]


@dataclass
class Service:
    """A service and what it took. `replies`: what to answer next instead of what is right; `at`: its clock; `answered`: to the end."""

    judge: Judge
    url: str = ""
    at: datetime = NOW
    keyword: str = ""
    secret: str = SECRET
    heard: list[Request] = field(default_factory=list)
    taken: list[Request] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    connections: int = 0
    answered: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    hanging: threading.Event = field(default_factory=threading.Event)
    open: list[socket.socket] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        self.heard.append(request)
        return self.replies.pop(0) if self.replies else self.judge(self, request)

    def in_time(self, timestamp: str, unit: int = 1) -> bool:
        return timestamp.isdecimal() and abs(self.at.timestamp() - int(timestamp) / unit) <= HOUR

    def take(self, request: Request, reply: Reply) -> Reply:
        self.taken.append(request)
        return reply


def _digest(key: str, words: str) -> bytes:
    return hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()


def dingtalk(service: Service, request: Request) -> Reply:
    """As open.dingtalk.com describes it."""
    query, values = request.query, request.values
    if query.get("access_token") != TOKEN:
        return said(errcode=300005, errmsg="token is not exist")
    if len(request.body) > 20_000:
        return said(errcode=460101, errmsg="message too long, exceed 20000 bytes")
    if service.secret:
        timestamp = query.get("timestamp", "")
        if not service.in_time(timestamp, 1000):
            return said(errcode=310000, errmsg="invalid timestamp")
        right = base64.b64encode(_digest(service.secret, f"{timestamp}\n{service.secret}")).decode()
        if query.get("sign") != right:
            return said(errcode=310000, errmsg="sign not match")
    if service.keyword not in values["text"]["content"]:
        return said(errcode=310000, errmsg="keywords not in content")
    return service.take(request, said(errcode=0, errmsg="ok"))


def wecom(service: Service, request: Request) -> Reply:
    """As developer.work.weixin.qq.com describes it."""
    if request.query.get("key") != TOKEN:
        return said(errcode=93000, errmsg="invalid webhook url, hint: [1], from ip: 192.0.2.1")
    if b"\\u" in request.body:
        return said(errcode=40033, errmsg="invalid request character")
    values = request.values
    kind = values["msgtype"]
    most = {"text": 2048, "markdown": 4096}[kind]
    if len(values[kind]["content"].encode()) > most:
        return said(errcode=40058, errmsg=f"{kind}.content exceed max length {most}. invalid Request Parameter")
    return service.take(request, said(errcode=0, errmsg="ok"))


def feishu(service: Service, request: Request) -> Reply:
    """As open.feishu.cn describes it."""
    if urlsplit(request.path).path.rpartition("/")[2] != TOKEN:
        return said(400, code=19001, msg="param invalid: incoming webhook access token invalid", data={})
    if len(request.body) > 20 * 1024:
        return said(400, code=9499, msg="Bad Request", data={})
    values = request.values
    if service.secret:
        timestamp = values.get("timestamp", "")
        right = base64.b64encode(_digest(f"{timestamp}\n{service.secret}", "")).decode()
        if not service.in_time(timestamp) or values.get("sign") != right:
            return said(code=19021, data={}, msg="sign match fail or timestamp is not within one hour from current time")
    if service.keyword not in values["content"]["post"]["zh_cn"]["title"]:
        return said(code=19024, msg="Key Words Not Found", data={})
    return service.take(request, said(StatusCode=0, StatusMessage="success", code=0, data={}, msg="success"))


def webhook(service: Service, request: Request) -> Reply:
    """A program of one's own, as notifiers/README.md wants it."""
    timestamp = request.headers.get("Campaign-Timestamp", "")
    right = hmac.new(service.secret.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    if not service.in_time(timestamp) or request.headers.get("Campaign-Signature") != f"v1={right}":
        return said(401, error="not signed by you")
    if any(request.headers["Idempotency-Key"] == before.headers["Idempotency-Key"] for before in service.taken):
        return said(200, taken="before")
    return service.take(request, said(202, taken=len(service.taken) + 1))


JUDGES: dict[str, Judge] = {"dingtalk": dingtalk, "wecom": wecom, "feishu": feishu, "webhook": webhook}
_PATHS = {
    "dingtalk": f"/robot/send?access_token={TOKEN}",
    "wecom": f"/cgi-bin/webhook/send?key={TOKEN}",
    "feishu": f"/open-apis/bot/v2/hook/{TOKEN}",
    "webhook": f"/letters/{TOKEN}",
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave as two packets: without this the second waits 40 ms for the first one's acknowledgement.
    disable_nagle_algorithm = True
    service: Service

    def setup(self) -> None:
        super().setup()
        self.service.connections += 1
        self.service.open.append(self.connection)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        reply = self.service.answer(Request(self.path, dict(self.headers.items()), body))
        if reply.status:
            self.send_response(reply.status)
            for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self._send(reply)
            self.service.answered += 1
        if reply.end == "headless":
            self._drip(reply.body)
        self._end(reply.end)

    def _send(self, reply: Reply) -> None:
        if reply.end != "drip":
            self.wfile.write(reply.body)
            return
        self._drip(reply.body)

    def _drip(self, content: bytes) -> None:
        for at in range(len(content)):
            self.wfile.write(content[at : at + 1])
            self.service.done.wait(0.02)

    def _end(self, end: str) -> None:
        if not end:
            return
        if end == "hang":
            self.service.hanging.set()
            self.service.done.wait(30)
        if end == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def handle(self) -> None:
        # A connection that the client breaks off ends only itself.
        with suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test that fails says enough."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a handshake that the client breaks off is what some tests are about."""


@contextmanager
def service(name: str, *, tls: ssl.SSLContext | None = None, judge: Judge | None = None) -> Iterator[Service]:
    """One of the services in threads of its own; `url` is what its owner would copy into the settings."""
    state = Service(judge or JUDGES[name])
    server = _Server(("127.0.0.1", 0), type("_Bound", (_Handler,), {"service": state}))
    if tls is not None:
        # The handshake belongs into the connection's own thread, not into the one that accepts the next.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    state.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}{_PATHS[name]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        state.done.set()
        server.shutdown()
        thread.join()
        for each in state.open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        server.server_close()


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port at which connections queue and nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def options(state: Service, **more: str) -> dict[str, str]:
    """The settings of a channel that speaks to the service; `secret` where it has one."""
    plain = {"plain_http": "yes"} if state.url.startswith("http:") else {}
    signed = {"secret": state.secret} if state.secret and state.judge is not wecom else {}
    return {"url": state.url, "timeout": "10", **plain, **signed, **more}


# Makes a robot's channel, given its name, and the service it speaks to.
Meet = Callable[[str], tuple[Notifier, Service]]
