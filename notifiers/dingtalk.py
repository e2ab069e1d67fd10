"""Letters into a group of DingTalk (钉钉), by a custom robot (open.dingtalk.com/document/robots/custom-robot-access)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from notifiers.base import Letter, expect_usable
from notifiers.contacts import is_mobile
from notifiers.options import Options
from notifiers.posting import ENDPOINT_OPTIONS, JSON_HEADERS, Endpoint, Parcel, Poster, endpoint, json_body
from notifiers.robots import BUSY, CONTENT, SETTINGS, Meaning, Pace, body, called, cut, headline, signature, taken

# Of the whole request: above it the answer is 460101.
MOST_BYTES = 20_000
A_MINUTE = 20

_CODES: Mapping[int, Meaning] = {
    -1: BUSY,
    88: SETTINGS,
    404: SETTINGS,
    # Keyword missing, signature wrong or an hour old, address not on the list: the words say which.
    310000: SETTINGS,
    # No such token, in three generations of the service; the group dissolved; the robot stopped or gone.
    300001: SETTINGS,
    300005: SETTINGS,
    400101: SETTINGS,
    400013: SETTINGS,
    400102: SETTINGS,
    400106: SETTINGS,
    130101: BUSY,
    410100: BUSY,
    # Too long, in two generations; an unsafe link, unfit words or picture.
    101002: CONTENT,
    460101: CONTENT,
    430101: CONTENT,
    430102: CONTENT,
    430103: CONTENT,
    430104: CONTENT,
}


class DingtalkNotifier:
    """Speaks through one robot, as plain text: Markdown would read a mark on a paper as its own."""

    name = "dingtalk"
    attaches = False

    def __init__(self, robot: Endpoint) -> None:
        self._robot = robot
        self._poster = Poster(robot)
        self._pace = Pace(A_MINUTE)

    def send(self, letter: Letter, now: datetime) -> str:
        """Say the letter to the group; the receipt is the service's answer. Raises NotPosted."""
        expect_usable(letter, now)
        self._pace.take()
        answer = self._poster.post(Parcel(body=_message(letter), headers=JSON_HEADERS, query=self._signed(now)))
        return taken(answer, _CODES, code="errcode", words="errmsg")

    def call(self) -> None:
        """Reach the service without a letter. Raises NotPosted."""
        self._poster.call()

    def close(self) -> None:
        """Let the connection go."""
        self._poster.close()

    def hang_up(self) -> None:
        """Break off the request in hand, from another thread, and make no other."""
        self._poster.hang_up()

    def _signed(self, now: datetime) -> dict[str, str]:
        if not self._robot.secret:
            return {}
        timestamp = str(int(now.timestamp() * 1000))
        return {"timestamp": timestamp, "sign": signature(self._robot.secret, f"{timestamp}\n{self._robot.secret}")}


def _message(letter: Letter) -> bytes:
    contact = called(letter)
    # The service writes her name in the place of what stands behind the @; without that the call would be seen by nobody.
    text = f"{headline(letter)}{f' @{contact}' if contact else ''}\n\n{body(letter)}"
    return _request(cut(text, letter, lambda shorter: len(_request(shorter, contact)) <= MOST_BYTES), contact)


def _request(text: str, contact: str) -> bytes:
    at: dict[str, object] = {"isAtAll": False}
    if contact:
        at["atMobiles" if is_mobile(contact) else "atUserIds"] = [contact]
    return json_body({"msgtype": "text", "text": {"content": text}, "at": at})


OPTIONS = (*ENDPOINT_OPTIONS, "secret")


def from_options(options: Mapping[str, str]) -> DingtalkNotifier:
    """Options: `url`, as DingTalk shows it; `secret` (SEC...) where the robot is signed; `timeout`, `ca_file`, `plain_http`.

    Raises NotConfigured.
    """
    given = Options("dingtalk", options, OPTIONS)
    return DingtalkNotifier(endpoint(given, secret=given.get("secret").strip()))
