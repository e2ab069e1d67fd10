"""The fake does what it is told, and no more."""

from __future__ import annotations

import pytest

from notifiers.base import NotSent
from notifiers.fake import FakeNotifier
from tests.notifiers.letters import NOW, letter


def test_it_fails_as_often_as_asked_and_then_works() -> None:
    fake = FakeNotifier()
    error = NotSent("451 later")
    fake.fail(error, times=2)
    for _ in range(2):
        with pytest.raises(NotSent) as raised:
            fake.send(letter(), NOW)
        assert raised.value is error
    assert fake.send(letter(), NOW) == "fake 1"
    assert (len(fake.attempts), len(fake.sent)) == (3, 1)


def test_it_fails_only_for_the_address_asked_for() -> None:
    fake = FakeNotifier()
    fake.fail(NotSent("550 no such user", permanent=True), address="wang.wu@example.org")
    fake.send(letter(), NOW)
    with pytest.raises(NotSent):
        fake.send(letter(to_address="wang.wu@example.org"), NOW)
    assert [len(fake.to(address)) for address in ("li.si@example.org", "wang.wu@example.org")] == [1, 0]


def test_it_can_take_a_letter_and_lose_the_answer() -> None:
    fake = FakeNotifier()
    fake.fail(NotSent("connection closed", unknown=True, cause="lost"), taken=True)
    with pytest.raises(NotSent) as raised:
        fake.send(letter(), NOW)
    assert raised.value.unknown and [sent.now for sent in fake.sent] == [NOW]


def test_it_counts_how_often_it_was_closed() -> None:
    fake = FakeNotifier("smtp")
    fake.close()
    fake.close()
    assert (fake.name, fake.closed) == ("smtp", 2)
