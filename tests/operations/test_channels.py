"""Several channels: the house has them, a person has an order of them, and who refuses for good is told by the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from engine.errors import FileProblems
from engine.operations import explaining, incoming, own_channels, telling, unreachable
from engine.operations.delivered import Delivered
from engine.store import tables as t
from engine.store.codes import MessageState, NoticeKind
from notifiers.base import NotSent
from notifiers.fake import FakeNotifier
from tests.notifiers.returned import LETTER, postfix
from tests.operations import world as w
from tests.operations.files import SPRING

MORNING = w.at(5, 24, 9)
LATER = w.at(5, 24, 12)
HOUSE = ("smtp", "dingtalk", "webhook")
MOBILE = "13800001111"
GONE = NotSent("550 5.1.1 no such user", permanent=True, cause="recipient")


class Channels:
    """A world whose house has several channels."""

    def __init__(self, world: w.World, *names: str) -> None:
        self.world = world
        self.all = {name: FakeNotifier(name) for name in names or HOUSE}

    def deliver(self, now: datetime = MORNING) -> Delivered:
        usual, *others = self.all.values()
        return telling.deliver(self.world.house, replace(self.world.post, notifier=usual, others=tuple(others)), now)

    def go(self, now: datetime = MORNING) -> Delivered:
        self.world.sweep(now)
        return self.deliver(now)

    def names(self, code: str, wish: str) -> own_channels.TellsBy:
        """She is to be told by these from now on."""
        return own_channels.tell_by(self.world.house, f"书记{code}", wish, tuple(self.all), by=w.ADMIN, now=w.BEFORE)

    def told(self, code: str) -> dict[str, int]:
        """How many letters the secretary of a unit has had, by channel."""
        name = f"书记{code}"
        counts = {channel: sum(one.letter.to_name == name for one in fake.sent) for channel, fake in self.all.items()}
        return {channel: count for channel, count in counts.items() if count}

    def rows(self) -> list[tuple[str, str, str, int]]:
        """Every message: who it is to, by which channel, called by what, and its state."""
        m, p = t.message.c, t.person.c
        query = select(p.name, m.channel, m.contact, m.state).join(t.person, p.id == m.person_id).order_by(m.id)
        with self.world.house.database.read() as connection:
            return [tuple(row) for row in connection.execute(query)]


@pytest.fixture
def house(spring: w.World) -> Channels:
    """The spring campaign in a house with mail, a group and a program of its own."""
    return Channels(spring)


# --- by which a letter goes ---------------------------------------------------------------------------------------------------------


def test_whoever_names_no_channel_is_told_by_the_first_of_the_house(house: Channels) -> None:
    house.go()
    assert house.told("G1B1") == {"smtp": 1}
    assert not house.all["dingtalk"].sent


def test_a_letter_goes_by_the_first_channel_that_the_house_has(house: Channels) -> None:
    house.names("G1B1", f"feishu=ou_1、dingtalk={MOBILE}、smtp")
    house.go()
    assert house.told("G1B1") == {"dingtalk": 1}
    [one] = [sent.letter for sent in house.all["dingtalk"].sent]
    assert (one.contact, one.to_address) == (MOBILE, "g1b1@example.org")
    assert ("书记G1B1", "dingtalk", MOBILE, MessageState.SENT) in house.rows()


def test_whoever_names_only_channels_that_the_house_has_not_is_told_by_its_first(house: Channels) -> None:
    house.names("G1B1", "feishu")
    house.go()
    assert house.told("G1B1") == {"smtp": 1}


def test_somebody_in_a_group_needs_no_address(house: Channels) -> None:
    house.names("G2B3", "dingtalk smtp")
    told = house.go()
    assert house.told("G2B3") == {"dingtalk": 1}
    assert not any("G2B3" in name for name in told.unreached)


def test_of_her_channels_those_that_need_an_address_are_passed_over_where_she_has_none(house: Channels) -> None:
    house.names("G2B3", "smtp webhook dingtalk")
    house.go()
    assert house.told("G2B3") == {"dingtalk": 1}


def test_without_an_address_and_without_a_group_the_office_is_told(house: Channels) -> None:
    house.names("G2B3", "smtp webhook")
    told = house.go()
    assert any("G2B3" in name for name in told.unreached)
    assert house.told("G2B3") == {}


def test_whom_a_group_reaches_is_not_said_to_be_out_of_reach(house: Channels) -> None:
    house.names("G2B3", "dingtalk")
    house.deliver()
    assert house.world.blocker("G2B3", "方案", w.at(6, 1, 9)).can_unblock[0].reachable
    house.names("G2B3", "默认")
    assert not house.world.blocker("G2B3", "方案", w.at(6, 1, 9)).can_unblock[0].reachable


# --- refused for good: the next one -------------------------------------------------------------------------------------------------


def refuses(house: Channels, channel: str, whom: str, error: NotSent = GONE) -> None:
    house.all[channel].fail(error, address=whom, times=99)


def expect_rerouted(house: Channels, code: str, *pairs: tuple[str, str]) -> None:
    lines = house.world.journal("rerouted")
    assert [(line.data["channel"], line.data["then"]) for line in lines] == list(pairs)
    assert {line.unit for line in lines} <= {code}


def test_who_refuses_for_good_is_told_the_same_in_a_new_letter_by_the_next_channel(house: Channels) -> None:
    house.names("G1B1", "smtp webhook dingtalk")
    refuses(house, "smtp", "g1b1@example.org")
    told = house.go()
    assert (told.rerouted, told.failed, told.trouble) == (1, 0, None)
    # The address is one and the same for both, so that the webhook could not reach her either.
    assert house.told("G1B1") == {"dingtalk": 1}
    assert [row[1:] for row in house.rows() if row[0] == "书记G1B1"] == [
        ("smtp", "", MessageState.FAILED),
        ("dingtalk", "", MessageState.SENT),
    ]
    expect_rerouted(house, "G1B1", ("smtp", "dingtalk"))
    assert not [one for one in house.world.notices(LATER) if one.kind == NoticeKind.UNREACHED and one.unit == "G1B1"]


def test_the_new_letter_says_what_the_refused_one_said_under_another_number(house: Channels) -> None:
    house.names("G1B1", "smtp dingtalk")
    refuses(house, "smtp", "g1b1@example.org")
    house.go()
    [refused] = [letter for letter in house.all["smtp"].attempts if letter.to_name == "书记G1B1"]
    [taken] = [one.letter for one in house.all["dingtalk"].sent]
    assert (taken.text, taken.subject) == (refused.text, refused.subject)
    assert taken.message_id != refused.message_id


def test_when_no_channel_is_left_the_office_is_told_as_ever(house: Channels) -> None:
    house.names("G1B1", f"smtp dingtalk={MOBILE}")
    refuses(house, "smtp", "g1b1@example.org")
    refuses(house, "dingtalk", MOBILE)
    told = house.go()
    assert (told.rerouted, told.failed) == (1, 1)
    assert house.told("G1B1") == {}
    assert [one for one in house.world.notices(LATER) if one.kind == NoticeKind.UNREACHED and one.unit == "G1B1"]
    assert "书记G1B1" in {one.person for one in unreachable.failures(house.world.house, LATER)}
    assert MOBILE in {one.address for one in unreachable.failures(house.world.house, LATER)}


def test_a_refusal_for_now_stays_with_its_channel(house: Channels) -> None:
    house.names("G1B1", "smtp dingtalk")
    refuses(house, "smtp", "g1b1@example.org", NotSent("450 4.2.0 greylisted", cause="recipient"))
    told = house.go()
    assert (told.rerouted, told.later) == (0, 1)
    assert house.told("G1B1") == {} and not house.world.journal("rerouted")


def test_a_letter_whose_content_is_refused_goes_by_no_other_channel(house: Channels) -> None:
    house.names("G1B1", "smtp dingtalk")
    refuses(house, "smtp", "g1b1@example.org", NotSent("552 5.3.4 too big", permanent=True, cause="content"))
    told = house.go()
    assert (told.rerouted, told.failed) == (0, 1)
    assert house.told("G1B1") == {}


def test_a_letter_that_comes_back_is_written_again_by_the_next_channel(house: Channels) -> None:
    house.names("G1B1", "smtp dingtalk")
    house.go()
    [letter] = house.all["smtp"].to("g1b1@example.org")
    box = house.world.folder / "box"
    box.mkdir()
    (box / "1.eml").write_bytes(postfix().replace(LETTER.encode(), letter.message_id.encode()))
    assert incoming.read_mail(house.world.house, box, LATER).bounced == 1
    assert not [one for one in house.world.notices(LATER) if one.kind == NoticeKind.UNREACHED and one.unit == "G1B1"]
    house.deliver(LATER)
    assert house.told("G1B1") == {"smtp": 1, "dingtalk": 1}
    expect_rerouted(house, "G1B1", ("smtp", "dingtalk"))


def test_the_next_time_the_channel_that_refused_is_not_tried_until_the_address_is_another(house: Channels) -> None:
    house.names("G1B1", "smtp dingtalk")
    refuses(house, "smtp", "g1b1@example.org")
    house.go()
    house.go(w.at(5, 28, 9))
    assert house.told("G1B1") == {"dingtalk": 2}
    house.world.bring_in("G1B1,单位G1B1,党支部,G1,\n", "G1B1,书记,书记G1B1,new@example.org,,\n", now=w.at(5, 29))
    house.go(w.at(5, 31, 9))
    assert house.told("G1B1") == {"smtp": 1, "dingtalk": 2}


TWO = SPRING.replace("动员会: {owner: 学校}", "名单: {owner: 党支部, ladder: [{at: -7d, via: 钉钉}]}")


@pytest.mark.parametrize(("hour", "letters"), [(w.at(5, 24, 23, 59), 1), (w.at(5, 25), 2), (w.at(5, 25, 9), 2)])
def test_who_has_had_a_letter_in_the_group_today_hears_of_the_rest_tomorrow(make_world, hour: datetime, letters: int) -> None:
    """One letter a person, channel and day holds for what comes over from another channel, too."""
    house = running(make_world, TWO)
    house.world.round_the_clock()
    house.names("G1B1", "smtp dingtalk")
    refuses(house, "smtp", "g1b1@example.org")
    assert house.go().rerouted == 1
    assert house.told("G1B1") == {"dingtalk": 1}
    house.deliver(hour)
    assert house.told("G1B1") == {"dingtalk": letters}


def test_an_explanation_says_by_which_channel_it_went_before_and_why_not(house: Channels) -> None:
    house.names("G1B1", f"smtp dingtalk={MOBILE}")
    refuses(house, "smtp", "g1b1@example.org")
    house.go()
    number = house.world.journal("rerouted")[0].data["notice"]
    found = explaining.explain(house.world.house, number, LATER)
    assert found.letter is not None
    assert (found.state, found.letter.channel, found.letter.contact) == ("sent", "dingtalk", MOBILE)
    [before] = found.rerouted
    assert (before.channel, before.then, before.address) == ("smtp", "dingtalk", "g1b1@example.org")
    assert "no such user" in before.words


# --- a channel that is out of reach -------------------------------------------------------------------------------------------------


def test_a_channel_out_of_reach_keeps_no_letter_of_another_one_waiting(house: Channels) -> None:
    for code in ("G1B1", "G1B2", "G2B1"):
        house.names(code, "dingtalk")
    house.all["dingtalk"].fail(NotSent("429", cause="busy"), times=99)
    told = house.go()
    assert (told.later, len(house.all["dingtalk"].attempts)) == (1, 1), "it is asked once a round"
    assert house.told("G2B2") == {"smtp": 1}
    assert told.trouble is not None


def test_a_letter_for_a_channel_that_the_house_has_given_up_goes_by_one_that_it_has(house: Channels) -> None:
    house.names("G1B1", "dingtalk")
    house.all["dingtalk"].fail(NotSent("429", cause="busy"), times=1)
    house.go()
    del house.all["dingtalk"]
    house.deliver(LATER)
    assert house.told("G1B1") == {"smtp": 1}


# --- what a reminder says of it -----------------------------------------------------------------------------------------------------

VIA = SPRING.replace("review: superior}\n      动员会", "review: superior, ladder: [{at: -7d, via: 钉钉}, {at: -3d}]}\n      动员会")
WHEN = SPRING.replace(
    "review: superior}\n      动员会",
    "review: superior, ladder: [{at: -7d, when: \"name == '单位G1B1'\"}, {at: -3d, when: overdue}]}\n      动员会",
)


def running(make_world, text: str) -> Channels:
    return Channels(make_world(w.launched(text)))


def test_what_a_rung_sends_by_a_channel_goes_by_it_and_the_rest_as_ever(make_world) -> None:
    house = running(make_world, VIA)
    house.go()
    assert house.told("G1B1") == {"dingtalk": 1}
    assert house.told("G2B3") == {"dingtalk": 1}, "she has no address, and is in the group"
    house.go(w.at(5, 28, 9))
    assert house.told("G1B1") == {"dingtalk": 1, "smtp": 1}


def test_where_the_house_has_not_that_channel_it_goes_by_hers(make_world) -> None:
    house = Channels(make_world(w.launched(VIA)), "smtp", "webhook")
    house.go()
    assert house.told("G1B1") == {"smtp": 1}


def test_a_rung_with_a_condition_is_told_where_that_holds(make_world) -> None:
    house = running(make_world, WHEN)
    house.go()
    assert house.told("G1B1") == {"smtp": 1} and house.told("G1B2") == {}
    assert {(one.state, one.reason) for one in house.world.notices(LATER) if one.unit == "G1B2"} == {("suppressed", "condition")}
    house.go(w.at(5, 28, 9))
    assert house.told("G1B1") == {"smtp": 1}, "it is not overdue yet"


@pytest.mark.parametrize(
    ("rung", "path", "word"),
    [
        ("{at: -7d, via: 钉丁}", "via", "钉钉"),
        ("{at: -7d, when: nmae == 'x'}", "when", "name"),
        ("{at: -7d, when: attempt}", "when", ""),
        ("{at: -7d, when: late}", "when", ""),
    ],
)
def test_a_channel_or_a_name_that_nobody_knows_is_refused_at_its_place(spring: w.World, rung: str, path: str, word: str) -> None:
    text = SPRING.replace("review: superior}\n      动员会", f"review: superior, ladder: [{rung}]}}\n      动员会").replace(
        "spring", "other"
    )
    with pytest.raises(FileProblems) as caught:
        w.load(spring.house, text, spring.folder)
    [problem] = caught.value.problems
    assert problem.path.endswith(f"ladder[1].{path}") and problem.line == text[: text.index("at: -7d")].count("\n") + 1
    assert word in problem.message.say("zh") + (problem.hint.say("zh") if problem.hint else "")
