"""Letters by HTTP: one POST a letter, and what each way of failing means for it.

Before the last byte is out nothing was taken; after it, only a clear answer says whether the letter was (RFC 9110, 9.2.2). A
redirect is not followed: it would show the letter and its signature to somebody else.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import unquote

import httpx

from notifiers.base import Cause, NotSent, one_line
from notifiers.causes import POSTED
from notifiers.conversation import Conversation
from notifiers.options import Options

# The address of a robot holds its key: what is longer than this in its path or its query is never shown.
_LONGEST_SHOWN = 7
_VALUE = re.compile("(?<==)[^&]+")
_MOST_READ = 65_536
_WORDS_SHOWN = 300
# Their lines hold the whole address at INFO, and every header at DEBUG.
_TELLING = ("httpx", "httpcore")


class NotPosted(NotSent):
    """A letter that did not go out by HTTP."""

    words: ClassVar[Mapping[Cause, tuple[str, str]]] = POSTED


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where letters are posted. url: with the key that it may hold, so never shown.  secret: what letters are signed with, '' for nothing.

    timeout: seconds for connecting, for sending, and for the whole answer.  ca_file: certificates to trust instead of the system's;
    '' for the system's.
    """

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    timeout: float = 15
    ca_file: str = ""

    @property
    def host(self) -> str:
        """`oapi.dingtalk.com`, with a port that is not the usual one: all of the address that may be shown."""
        return httpx.URL(self.url).netloc.decode("ascii")

    def hidden(self, text: str) -> str:
        """The text without what must not be shown: a service may well repeat what it was asked."""
        for secret in sorted(self._secrets(), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def _secrets(self) -> set[str]:
        address = httpx.URL(self.url)
        raw = [address.userinfo.decode(), *address.path.split("/"), *_VALUE.findall(address.query.decode())]
        parts = {part for each in raw for part in (each, unquote(each)) if len(part) > _LONGEST_SHOWN}
        return parts | {self.secret} - {""}


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One request: the body, headers and query that come with the address. Never shown: a signature is good for an hour."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a service answered, without our secrets."""

    status: int
    text: str

    def values(self) -> Mapping[str, object]:
        """The JSON object that it is; empty where it is none."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def said(self) -> str:
        """The status and the words, on one line."""
        return f"{self.status} {one_line(self.text)[:_WORDS_SHOWN]}".rstrip()


class Poster:
    """Posts to one endpoint over a connection that is kept. Connects at the first letter."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._conversation = Conversation(endpoint.timeout)
        self._client: httpx.Client | None = None

    def post(self, parcel: Parcel) -> Answer:
        """What the service answered, whatever it was. Raises NotPosted when there was no whole answer."""
        came_to = self._exchange(parcel)
        # Raised only here: the frames below hold the address, and a logged traceback may show what frames hold.
        if isinstance(came_to, NotPosted):
            raise came_to
        return came_to

    def call(self) -> None:
        """Connect to the service and believe its certificate; nothing is asked, since every request would be a letter. Raises NotPosted."""
        address = httpx.URL(self._endpoint.url)
        port = address.port or (443 if address.scheme == "https" else 80)
        try:
            trust = _trust(self._endpoint)
            with self._conversation.watched(), socket.create_connection((address.host, port), self._conversation.connecting) as line:
                self._conversation.over(line)
                if isinstance(trust, ssl.SSLContext):
                    self._shake_hands(trust, line, address.host)
        except ssl.SSLError as error:
            raise NotPosted(f"{self._endpoint.host} {error}", cause="insecure") from error
        except (OSError, UnicodeError) as error:
            raise NotPosted(f"{self._endpoint.host} {error}", cause="unreachable") from error

    def _shake_hands(self, trust: ssl.SSLContext, line: socket.socket, host: str) -> None:
        with trust.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False) as encrypted:
            self._conversation.over(encrypted)
            encrypted.do_handshake()

    def close(self) -> None:
        """Let the connection go, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def hang_up(self) -> None:
        """Break off the request in hand, from another thread, and make no other."""
        self._conversation.hang_up()

    def _exchange(self, parcel: Parcel) -> Answer | NotPosted:
        address = httpx.URL(self._endpoint.url)
        if parcel.query:
            address = address.copy_merge_params(parcel.query)
        headers = {"Accept-Encoding": "identity", **parcel.headers}
        try:
            client = self._ready()
        except OSError as error:
            return NotPosted(f"ca_file {self._endpoint.ca_file}: {error}", cause="insecure")
        try:
            # The head of an answer may come a byte a moment, too, and no limit of the library is for all of it.
            with self._conversation.watched(), self._request(client, address, parcel, headers) as response:
                text = b"".join(_read(response, self._endpoint.timeout)).decode("utf-8", "replace")
        except (httpx.HTTPError, UnicodeError, TimeoutError) as error:
            return self._explained(error)
        return Answer(status=response.status_code, text=self._endpoint.hidden(text))

    def _request(
        self, client: httpx.Client, address: httpx.URL, parcel: Parcel, headers: Mapping[str, str]
    ) -> AbstractContextManager[httpx.Response]:
        return client.stream("POST", address, content=parcel.body, headers=headers, extensions={"trace": self._overhear})

    def _overhear(self, event: str, details: Mapping[str, Any]) -> None:
        """Which socket the conversation goes over: the library says so when it has connected, and when it has encrypted."""
        if event in _CONNECTED:
            self._conversation.over(details["return_value"].get_extra_info("socket"))

    def _ready(self) -> httpx.Client:
        if self._client is None:
            for name in _TELLING:
                logging.getLogger(name).setLevel(logging.CRITICAL + 1)
            # The environment is read in one place of the house, and it is not this one.
            limits = httpx.Timeout(self._endpoint.timeout, connect=self._conversation.connecting)
            self._client = httpx.Client(verify=_trust(self._endpoint), timeout=limits, trust_env=False)
        return self._client

    def _explained(self, error: Exception) -> NotPosted:
        said = self._endpoint.hidden(f"{self._endpoint.host} {str(error) or type(error).__name__}"[:_WORDS_SHOWN])
        if _is_of_encryption(error):
            return NotPosted(said, cause="insecure")
        if isinstance(error, _NOT_HANDED_OVER):
            return NotPosted(said, cause="unreachable")
        return NotPosted(said, unknown=True, cause="lost")


_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
_NOT_HANDED_OVER = (
    # Nothing was begun: we are to stop.
    TimeoutError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    # Of a host name with a part that is too long, told by the library that looks names up.
    UnicodeError,
)


def _read(response: httpx.Response, seconds: float) -> Iterator[bytes]:
    """The beginning of the answer. The library's own limit is for each piece: a byte a second would hold us for ever."""
    end, size = time.monotonic() + seconds, 0
    # As it comes: whoever packs what nobody asked him to pack could make gigabytes of it here.
    for piece in response.iter_raw():
        yield piece
        size += len(piece)
        if size > _MOST_READ:
            return
        if time.monotonic() > end:
            raise httpx.ReadTimeout("timed out")


def _is_of_encryption(error: BaseException) -> bool:
    """Whether the handshake failed: the library tells it as an error of connecting that follows from one of encryption."""
    cause: BaseException | None = error if isinstance(error, httpx.ConnectError) else None
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def _trust(endpoint: Endpoint) -> ssl.SSLContext | bool:
    if endpoint.url.lower().startswith("http:"):
        return False
    return ssl.create_default_context(cafile=endpoint.ca_file or None)


def json_body(values: Mapping[str, object]) -> bytes:
    """The values as JSON in UTF-8. Chinese as it is: WeCom refuses it written as `\\uXXXX` (its error 40033), and it would count double."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8"}

_LATER = (408, 409, 425, 429)
_LETTER_REFUSED = (413, 422)


def refused_by_status(answer: Answer) -> NotPosted:
    """What a status means that is no success, or a success in which the service did not say what it always says."""
    status = answer.status
    if status in _LETTER_REFUSED:
        return NotPosted(answer.said, permanent=True, cause="content")
    if status in _LATER:
        return NotPosted(answer.said, cause="busy")
    if 300 <= status < 500:
        # Not the letter's fault: all are of one form, and another one would be refused as well.
        return NotPosted(answer.said, cause="login")
    if status == 503:
        return NotPosted(answer.said, cause="unreachable")
    if status >= 500:
        # A service that breaks, or a gateway that waited in vain, may have taken the letter before.
        return NotPosted(answer.said, unknown=True, cause="lost")
    if 200 <= status < 300:
        return NotPosted(answer.said, unknown=True, cause="stranger")
    return NotPosted(answer.said)


ENDPOINT_OPTIONS = ("url", "timeout", "ca_file", "plain_http")


def endpoint(given: Options, *, secret: str = "") -> Endpoint:
    """The endpoint in a channel's options; raises NotConfigured. `url` is required, with https unless `plain_http` says yes."""
    url = given.required("url").strip()
    if not _usable(url, plain=given.yes("plain_http")):
        raise given.wrong(
            "url",
            "应为 https:// 开头的完整地址（确需不加密的 http:// 时，请写明 plain_http: yes）",
            "must be a whole address that begins with https:// (for http://, unencrypted, say plain_http: yes)",
        )
    return Endpoint(url=url, secret=secret, timeout=given.number("timeout", 15, most=600), ca_file=given.get("ca_file"))


def _usable(url: str, *, plain: bool) -> bool:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    known = bool(_HOST.fullmatch(address.raw_host.decode())) and (address.port or 1) in range(1, 65_536)
    return known and address.scheme in ({"https", "http"} if plain else {"https"})


# A name, as it is looked up, or an address of either kind.
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)
