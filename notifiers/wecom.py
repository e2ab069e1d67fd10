"""Letters into a group of WeCom (企业微信), by a group robot (developer.work.weixin.qq.com/document/path/91770)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from notifiers.base import Letter, expect_usable
from notifiers.contacts import is_mobile
from notifiers.options import Options
from notifiers.posting import ENDPOINT_OPTIONS, JSON_HEADERS, Endpoint, Parcel, Poster, endpoint, json_body
from notifiers.robots import BUSY, CONTENT, SETTINGS, Meaning, Pace, body, called, cut, headline, size, taken

MOST_TEXT = 2_048
MOST_MARKDOWN = 4_096
A_MINUTE = 20

_CODES: Mapping[int, Meaning] = {
    -1: BUSY,
    # The robot was removed from its group or never was in it; it was stopped; this machine's address is not on the list.
    93000: SETTINGS,
    93004: SETTINGS,
    93008: SETTINGS,
    60020: SETTINGS,
    45009: BUSY,
    45033: BUSY,
    # A part too long or not as it should be; characters that are none; nothing in it; no JSON.
    40058: CONTENT,
    45002: CONTENT,
    40033: CONTENT,
    44004: CONTENT,
    47001: CONTENT,
}

_MARKDOWN = {"**": "＊＊", "`": "｀", "](": "］（", "<": "＜"}
_BLOCK = re.compile(r"(?m)^([ \t]*)([#>])")
_WIDE = {"#": "＃", ">": "＞"}


class WecomNotifier:
    """Speaks through one robot: as plain text where that is enough, a longer letter as Markdown, which may be twice as long."""

    name = "wecom"
    attaches = False

    def __init__(self, robot: Endpoint) -> None:
        self._poster = Poster(robot)
        self._pace = Pace(A_MINUTE)

    def send(self, letter: Letter, now: datetime) -> str:
        """Say the letter to the group; the receipt is the service's answer. Raises NotPosted."""
        expect_usable(letter, now)
        self._pace.take()
        return taken(self._poster.post(Parcel(body=_message(letter), headers=JSON_HEADERS)), _CODES, code="errcode", words="errmsg")

    def call(self) -> None:
        """Reach the service without a letter. Raises NotPosted."""
        self._poster.call()

    def close(self) -> None:
        """Let the connection go."""
        self._poster.close()

    def hang_up(self) -> None:
        """Break off the request in hand, from another thread, and make no other."""
        self._poster.hang_up()


def _message(letter: Letter) -> bytes:
    text = f"{headline(letter)}\n\n{body(letter)}"
    calling_nobody = text.replace("<@", "＜@")
    contact = called(letter)
    if size(calling_nobody) <= MOST_TEXT:
        return json_body({"msgtype": "text", "text": {"content": calling_nobody, **_mentioned(contact)}})
    # In Markdown only an id can be called, no number.
    call = f"\n<@{contact}>" if contact and not is_mobile(contact) else ""
    written = cut(_literal(text), letter, lambda shorter: size(shorter + call) <= MOST_MARKDOWN)
    return json_body({"msgtype": "markdown", "markdown": {"content": written + call}})


def _mentioned(contact: str) -> dict[str, list[str]]:
    if not contact:
        return {}
    return {"mentioned_mobile_list" if is_mobile(contact) else "mentioned_list": [contact]}


def _literal(text: str) -> str:
    """The text so that Markdown shows it as it is written, and calls nobody: the service knows no way to escape a sign."""
    for sign, wide in _MARKDOWN.items():
        text = text.replace(sign, wide)
    return _BLOCK.sub(lambda found: found[1] + _WIDE[found[2]], text)


OPTIONS = ENDPOINT_OPTIONS


def from_options(options: Mapping[str, str]) -> WecomNotifier:
    """Options: `url`, as WeCom shows it, with its key; `timeout`, `ca_file`, `plain_http`. Raises NotConfigured."""
    return WecomNotifier(endpoint(Options("wecom", options, OPTIONS)))
