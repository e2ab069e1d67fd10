"""Of several channels each rests by itself, and what one gives up goes by the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.operations import reconciling, unreachable
from engine.operations.delivered import Delivered
from engine.store.codes import NoticeKind
from notifiers.base import NotSent
from notifiers.fake import FakeNotifier
from tests.operations import world as w
from tests.operations.test_channels import LATER, MOBILE, MORNING, Channels


@pytest.fixture
def house(spring: w.World) -> Channels:
    """The spring campaign in a house with mail, a group and a program of its own."""
    return Channels(spring)


def test_each_channel_rests_by_itself_and_all_of_them_are_named(house: Channels) -> None:
    house.names("G1B1", f"dingtalk={MOBILE}")
    house.all["smtp"].fail(NotSent("no route", cause="unreachable"), times=9)
    told = house.go()
    assert house.told("G1B1") == {"dingtalk": 1}
    assert [rest.channel for rest in told.rests] == ["smtp"]
    assert told.next_try == told.rests[0].until == MORNING + timedelta(minutes=1)
    assert len(house.all["smtp"].attempts) == 1
    house.all["dingtalk"].fail(NotSent("no route", cause="unreachable"), times=9)
    house.names("G1B2", "dingtalk=13800002222")
    again = house.go(w.at(6, 1, 9))
    assert {rest.channel for rest in again.rests} == {"smtp", "dingtalk"}
    assert {rest.channel for rest in unreachable.left_alone(house.world.house)} == {"smtp", "dingtalk"}


@pytest.mark.parametrize(("wait", "sent"), [(59, False), (60, True), (61, True)])
def test_a_letter_whose_channel_is_no_more_rests_with_the_usual_one(house: Channels, wait: int, sent: bool) -> None:
    """It may have come, so that it is tried as it is by the usual one; but not while that one takes nothing."""
    house.names("G1B1", f"dingtalk={MOBILE}")
    house.all["dingtalk"].fail(NotSent("lost", unknown=True, cause="lost"))
    house.go()
    del house.all["dingtalk"]
    later = MORNING + timedelta(minutes=5)
    house.all["smtp"].fail(NotSent("no route", cause="unreachable"), address=MOBILE)
    house.deliver(later)
    assert house.told("G1B1") == {}
    house.deliver(later + timedelta(seconds=wait))
    assert bool(house.told("G1B1")) is sent


BUSY = NotSent("450 4.2.1 busy", cause="recipient")


def put_off_for_days(house: Channels, channel: str, days: int) -> Delivered:
    """Her letters are put off by that channel every morning; what came of the last delivery."""
    house.all[channel].fail(BUSY, times=1000, address="g1b1@example.org")
    house.world.sweep(MORNING)
    return [house.deliver(MORNING + timedelta(days=day)) for day in range(days)][-1]


def unreached_of(house: Channels) -> list[str]:
    """The units of whom the office was told that somebody cannot be reached, or is to be."""
    return [one.unit for one in house.world.notices(LATER) if one.kind == NoticeKind.UNREACHED]


@pytest.mark.parametrize(("days", "told"), [(5, {}), (6, {"dingtalk": 1}), (7, {"dingtalk": 1})])
def test_what_one_channel_gives_up_goes_by_the_next(house: Channels, days: int, told: dict[str, int]) -> None:
    house.names("G1B1", f"smtp、dingtalk={MOBILE}")
    put_off_for_days(house, "smtp", days)
    assert house.told("G1B1") == told
    assert [one.outcome for one in unreachable.failures(house.world.house, MORNING)] == (["put-off"] if told else [])
    assert "G1B1" not in unreached_of(house)


def test_what_nobody_answered_is_sent_by_no_other_channel_for_it_may_have_come(house: Channels) -> None:
    house.names("G1B1", f"smtp、dingtalk={MOBILE}")
    house.all["smtp"].fail(NotSent("lost", unknown=True, cause="lost"), times=1000, address="g1b1@example.org")
    house.world.sweep(MORNING)
    for day in range(8):
        house.deliver(MORNING + timedelta(days=day))
    assert house.told("G1B1") == {}
    assert [one.outcome for one in unreachable.failures(house.world.house, MORNING)] == ["unanswered"]


def test_what_a_group_gives_up_goes_by_mail_though_nobody_is_called_there(house: Channels) -> None:
    house.names("G1B1", "dingtalk、smtp")
    assert put_off_for_days(house, "dingtalk", 6).rerouted == 1
    assert house.told("G1B1") == {"smtp": 1}
    house.go(w.at(6, 1, 9))
    assert house.told("G1B1") == {"smtp": 2}


def test_what_the_last_channel_gives_up_has_failed_and_is_tried_by_no_earlier_one(house: Channels) -> None:
    house.names("G1B1", f"smtp、dingtalk={MOBILE}")
    put_off_for_days(house, "smtp", 1)
    house.all["dingtalk"].fail(BUSY, times=1000, address=MOBILE)
    for day in range(1, 16):
        house.deliver(MORNING + timedelta(days=day))
    assert house.told("G1B1") == {}
    hers = {(one.state, one.reason) for one in house.world.notices(LATER) if one.unit == "G1B1" and one.kind == NoticeKind.RUNG}
    assert ("failed", "450 4.2.1 busy") in hers
    assert unreached_of(house).count("G1B1") == 1
    assert reconciling.reconcile(house.world.house, None, MORNING + timedelta(days=16)).agrees


def test_whoever_says_that_it_is_right_has_her_told_by_the_first_channel_again(house: Channels) -> None:
    house.names("G1B1", f"smtp、dingtalk={MOBILE}")
    put_off_for_days(house, "smtp", 6)
    house.all["smtp"] = FakeNotifier("smtp")
    assert unreachable.retry(house.world.house, "书记G1B1", by=w.ADMIN, now=LATER).reports == 1
    house.go(w.at(6, 1, 9))
    assert house.told("G1B1") == {"smtp": 1, "dingtalk": 1}
