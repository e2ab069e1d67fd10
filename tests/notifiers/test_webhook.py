"""Letters to a program of one's own: what it gets, and that README.md tells it rightly how to check it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import notifiers
from notifiers.base import NotSent
from notifiers.options import NotConfigured
from notifiers.registry import make
from notifiers.webhook import WebhookNotifier, from_options
from notifiers.wrap import wrap
from tests.notifiers.letters import NOW, letter
from tests.notifiers.services import CLOSE, HOUR, SECRET, Service, options, said, service

ROOM = Path(str(notifiers.__file__)).parent


@pytest.fixture
def receiver() -> Iterator[Service]:
    with service("webhook") as state:
        yield state


@pytest.fixture
def channel(receiver: Service) -> Iterator[WebhookNotifier]:
    notifier = from_options(options(receiver))
    yield notifier
    notifier.close()


def failure(channel: WebhookNotifier) -> NotSent:
    with pytest.raises(NotSent) as raised:
        channel.send(letter(), NOW)
    return raised.value


def test_the_body_says_who_what_and_in_which_language(channel: WebhookNotifier, receiver: Service) -> None:
    assert channel.send(letter(), NOW) == '202 {"taken": 1}'
    [request] = receiver.taken
    assert request.values == {
        "message_id": "<notice.17@campaign.example.org>",
        "recipient": {"name": "李四", "address": "li.si@example.org"},
        "subject": "【创先争优】2 项工作今天到期，1 项已逾期",
        "text": letter().text,
        "lang": "zh",
    }
    assert "李四".encode() in request.body
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert request.headers["Idempotency-Key"] == letter().message_id
    assert request.headers["Campaign-Timestamp"] == "1286501400"


def test_a_program_gets_lines_as_long_as_they_are(channel: WebhookNotifier, receiver: Service) -> None:
    channel.send(letter(text=wrap("字" * 60)), NOW)
    assert receiver.taken[0].values["text"] == "字" * 60


def test_every_attempt_is_the_same_letter_with_a_new_signature(channel: WebhookNotifier, receiver: Service) -> None:
    receiver.replies.append(CLOSE)
    assert failure(channel).unknown
    receiver.at = NOW + timedelta(days=1)
    channel.send(letter(), NOW + timedelta(days=1))
    first, second = receiver.heard
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.headers["Campaign-Signature"] != second.headers["Campaign-Signature"]


def test_a_letter_taken_before_is_known_by_its_key_and_not_taken_twice(channel: WebhookNotifier, receiver: Service) -> None:
    for _ in range(2):
        channel.send(letter(), NOW)
    channel.send(letter(message_id="<other@example.org>"), NOW)
    assert len(receiver.taken) == 2


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_takes_the_letter_whatever_it_says(channel: WebhookNotifier, receiver: Service, status: int) -> None:
    receiver.replies.append(said(status, errcode=310000, code=1))
    assert channel.send(letter(), NOW).startswith(str(status))


def test_a_receiver_that_does_not_know_the_secret_is_a_matter_of_configuration(channel: WebhookNotifier, receiver: Service) -> None:
    receiver.secret = "another secret altogether"
    error = failure(channel)
    assert (error.cause, error.permanent, error.unknown) == ("login", False, False)


@pytest.mark.parametrize(("length", "usable"), [(15, False), (16, True), (17, True)])
def test_a_secret_has_at_least_sixteen_characters(length: int, usable: bool) -> None:
    given = {"url": "https://example.org/", "secret": "x" * length}
    if usable:
        assert make("webhook", given).name == "webhook"
    else:
        with pytest.raises(NotConfigured, match="at least 16"):
            make("webhook", given)


@pytest.fixture(scope="module")
def genuine() -> Any:
    """The function that README.md gives to whoever writes a receiver, run as it stands there."""
    [block] = re.findall(r"^```python\n(.*?)^```$", (ROOM / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    found: dict[str, Any] = {}
    exec(block, found)
    return found["genuine"]


def test_the_check_in_the_readme_takes_what_we_send_and_nothing_else(channel: WebhookNotifier, receiver: Service, genuine: Any) -> None:
    channel.send(letter(), NOW)
    [request] = receiver.taken
    headers, body, now = request.headers, request.body, NOW.timestamp()
    assert genuine(SECRET, headers, body, now)
    assert not genuine("another secret altogether", headers, body, now)
    assert not genuine(SECRET, headers, body + b" ", now)
    assert not genuine(SECRET, headers | {"Campaign-Timestamp": str(int(now) + 1)}, body, now)
    assert not genuine(SECRET, headers | {"Campaign-Signature": "v1="}, body, now)


@pytest.mark.parametrize(("late", "taken"), [(HOUR - 1, True), (HOUR, True), (HOUR + 1, False), (-HOUR, True), (-HOUR - 1, False)])
def test_the_check_in_the_readme_lets_an_old_letter_go(
    channel: WebhookNotifier, receiver: Service, genuine: Any, late: int, taken: bool
) -> None:
    channel.send(letter(), NOW)
    [request] = receiver.taken
    assert genuine(SECRET, request.headers, request.body, NOW.timestamp() + late) == taken
