"""Letters into a group of Feishu (飞书), by a custom bot (open.feishu.cn/document/client-docs/bot-v3/add-custom-bot)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from notifiers.base import Letter, expect_usable
from notifiers.options import Options
from notifiers.posting import ENDPOINT_OPTIONS, JSON_HEADERS, Answer, Endpoint, Parcel, Poster, endpoint, json_body
from notifiers.robots import BUSY, CONTENT, SETTINGS, Meaning, Pace, body, called, cut, headline, signature, taken
from notifiers.wrap import shorten

# Of the whole request. The service says 20 KB, and elsewhere 30: the smaller one is safe.
MOST_BYTES = 20_000
A_MINUTE = 100
_TITLE_COLUMNS = 600

_BAD_REQUEST = 9499
_CODES: Mapping[int, Meaning] = {
    # Not as it should be, or too long.
    _BAD_REQUEST: CONTENT,
    19002: CONTENT,
    # No such bot; stopped; signature wrong or an hour old; this machine's address not on the list; keyword missing.
    19001: SETTINGS,
    19007: SETTINGS,
    19021: SETTINGS,
    19022: SETTINGS,
    19024: SETTINGS,
    11232: BUSY,
    99991400: BUSY,
}


class FeishuNotifier:
    """Speaks through one bot, as rich text that is all plain: in a mere text `<at user_id="all">` would call the whole group."""

    name = "feishu"
    attaches = False

    def __init__(self, bot: Endpoint) -> None:
        self._bot = bot
        self._poster = Poster(bot)
        self._pace = Pace(A_MINUTE)

    def send(self, letter: Letter, now: datetime) -> str:
        """Say the letter to the group; the receipt is the service's answer. Raises NotPosted."""
        expect_usable(letter, now)
        self._pace.take()
        answer = self._poster.post(Parcel(body=self._message(letter, now), headers=JSON_HEADERS))
        return taken(answer, _meanings(answer), code="code", words="msg")

    def call(self) -> None:
        """Reach the service without a letter. Raises NotPosted."""
        self._poster.call()

    def close(self) -> None:
        """Let the connection go."""
        self._poster.close()

    def hang_up(self) -> None:
        """Break off the request in hand, from another thread, and make no other."""
        self._poster.hang_up()

    def _message(self, letter: Letter, now: datetime) -> bytes:
        signed, contact = self._signed(now), called(letter)
        title = shorten(headline(letter), _TITLE_COLUMNS)
        text = cut(body(letter), letter, lambda shorter: len(_request(signed, title, shorter, contact)) <= MOST_BYTES)
        return _request(signed, title, text, contact)

    def _signed(self, now: datetime) -> dict[str, str]:
        """Unlike DingTalk's, its signature is over nothing, with all the words as the key."""
        if not self._bot.secret:
            return {}
        timestamp = str(int(now.timestamp()))
        return {"timestamp": timestamp, "sign": signature(f"{timestamp}\n{self._bot.secret}")}


def _request(signed: Mapping[str, str], title: str, text: str, contact: str) -> bytes:
    call = [[{"tag": "at", "user_id": contact}]] if contact else []
    paragraphs = [*call, [{"tag": "text", "text": text}]]
    return json_body({**signed, "msg_type": "post", "content": {"post": {"zh_cn": {"title": title, "content": paragraphs}}}})


def _meanings(answer: Answer) -> Mapping[int, Meaning]:
    """The same code stands for a bad request and for too many of them; only the words tell them apart."""
    hurried = "too many" in str(answer.values().get("msg", "")).lower()
    return {**_CODES, _BAD_REQUEST: BUSY} if hurried else _CODES


OPTIONS = (*ENDPOINT_OPTIONS, "secret")


def from_options(options: Mapping[str, str]) -> FeishuNotifier:
    """Options: `url`, as Feishu shows it; `secret` where the bot is signed; `timeout`, `ca_file`, `plain_http`. Raises NotConfigured."""
    given = Options("feishu", options, OPTIONS)
    return FeishuNotifier(endpoint(given, secret=given.get("secret").strip()))
