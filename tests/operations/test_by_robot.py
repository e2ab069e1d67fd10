"""Telling people through a service on the web: what its refusals do to a round of sending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.operations import telling
from engine.operations.delivered import Delivered
from notifiers.base import Letter, Notifier, NotSent
from notifiers.registry import make
from tests.notifiers.services import Service, options, said, service
from tests.operations import world as w

MORNING = w.at(5, 24, 9)
REFUSED = {
    "dingtalk": (said(errcode=130101, errmsg="send too fast"), said(errcode=310000, errmsg="keywords not in content")),
    "webhook": (said(429), said(401)),
}


# What each service's codes mean is tested where the channels are: one robot stands here for all.
@pytest.fixture(params=["dingtalk", "webhook"])
def met(request: pytest.FixtureRequest) -> Iterator[tuple[Notifier, Service]]:
    """A channel and the service it speaks to, whose clock stands at that morning."""
    with service(request.param) as state:
        state.at = MORNING
        notifier = make(request.param, options(state))
        yield notifier, state
        notifier.close()


def deliver(world: w.World, notifier: Notifier, now: datetime) -> Delivered:
    return telling.deliver(world.house, replace(world.post, notifier=notifier), now)


@pytest.mark.parametrize("which", [0, 1])
def test_whoever_hurries_or_has_wrong_settings_loses_no_letter(spring: w.World, met: tuple[Notifier, Service], which: int) -> None:
    notifier, state = met
    spring.sweep(MORNING)
    state.replies.append(REFUSED[notifier.name][which])
    told = deliver(spring, notifier, MORNING)
    assert (told.sent, told.later, told.failed, len(state.heard)) == (0, 1, 0, 1), "the round ends with the first refusal"
    assert told.trouble is not None and "邮件" not in told.trouble.say("zh")
    told = deliver(spring, notifier, MORNING + timedelta(seconds=30))
    assert (told.sent, told.waiting) == (0, 8), "a channel that takes nothing is left alone for a minute"
    assert deliver(spring, notifier, MORNING + timedelta(minutes=5)).sent == 8
    assert len(state.taken) == 8


def test_a_letter_that_the_service_will_never_take_has_failed_and_the_others_go(spring: w.World, met: tuple[Notifier, Service]) -> None:
    notifier, state = met
    spring.sweep(MORNING)
    state.replies.append(said(422) if notifier.name == "webhook" else said(errcode=460101))
    told = deliver(spring, notifier, MORNING)
    assert (told.sent, told.later, told.failed) == (7, 0, 1)


def test_where_the_answer_is_lost_only_the_webhook_can_tell_the_second_letter_from_the_first(
    spring: w.World, met: tuple[Notifier, Service]
) -> None:
    notifier, state = met
    spring.sweep(MORNING)
    lost = Lossy(notifier)
    assert deliver(spring, lost, MORNING).sent == 7
    assert deliver(spring, lost, MORNING + timedelta(minutes=5)).sent == 1
    assert len(state.heard) == 9
    assert len(state.taken) == (8 if notifier.name == "webhook" else 9)


class Lossy:
    """Hands the first letter over and loses the answer."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self.name = notifier.name
        self.attaches = notifier.attaches
        self._lost = False

    def send(self, letter: Letter, now: datetime) -> str:
        """As the channel does, but that the first answer is lost."""
        receipt = self._notifier.send(letter, now)
        if not self._lost:
            self._lost = True
            raise NotSent("timed out", unknown=True, cause="lost")
        return receipt

    def close(self) -> None:
        """As the channel does."""
        self._notifier.close()

    def hang_up(self) -> None:
        """As the channel does."""
        self._notifier.hang_up()
