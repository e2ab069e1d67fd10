"""A letter can be looked at before its time: it is the one that will be sent, and looking changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from engine.operations import requests
from engine.operations.campaigns import TaskRef
from engine.operations.granting import Request
from engine.operations.previewing import KINDS, NoRungs, NoSuchRung, Preview, Seen, Wanted, preview_of
from engine.operations.supposing import NobodyIsTold, NobodyReviews, NothingToExtend
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING, head
from tests.operations.world import World

PLAN = (
    head("plan")
    + """
tasks:
  方案: {owner: 党支部, due: 6月18日前, artifact: document, review: superior, allow: {extend: {by: superior, most: 10d}, waive: superior}}
"""
)
# The superior owes it, and the unit that it is about is told; nothing says when it is due.
ABOUT = (
    head("about")
    + """
tasks:
  点评: {for: 党支部, owner: superior.书记, due: 6月18日前, deliver: [{to: subject}]}
  表彰: {owner: 党支部, due: 适时}
"""
)
REASON = "（这里是当时写的理由）"


def look(world: World, unit: str, task: str, now: datetime = w.BEFORE, **wanted: Any) -> Preview:
    """The preview of a notice."""
    return preview_of(world.house, None, unit, TaskRef.parse(task), Wanted(**wanted), world.post, now)


def only(found: Preview) -> Seen:
    """The one letter of it."""
    (seen,) = found.letters
    return seen


def test_every_reminder_looked_at_beforehand_is_the_letter_that_is_sent(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    ladder = [look(world, "G1B1", "方案", rung=number) for number in range(1, 8)]
    assert [found.kind for found in ladder].count("escalation") == 1
    for found in (found for found in ladder if found.kind == "reminder"):
        world.go(found.at)
        (sent,) = [one.letter for one in world.channel.sent if one.now == found.at and one.letter.to_address == "g1b1@example.org"]
        seen = only(found).letter
        assert (sent.subject, sent.text, sent.html, sent.to_name) == (seen.subject, seen.text, seen.html, seen.to_name)


def test_without_more_words_it_is_the_next_one_ahead(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    first = look(world, "G1B1", "方案")
    assert (first.kind, first.rung, first.at) == ("reminder", 1, w.at(6, 11, 8, 30))
    world.sweep(first.at)
    assert look(world, "G1B1", "方案", first.at).rung == 2
    world.sweep(w.at(12, 30))
    assert (look(world, "G1B1", "方案", w.at(12, 30)).rung, look(world, "G1B1", "方案", w.at(12, 30)).at) == (7, w.at(12, 30))


Act = Callable[[World, datetime], object]
STEPS: dict[str, tuple[Act, str]] = {
    "to-review": (lambda world, now: None, "g1@example.org"),
    "returned": (lambda world, now: world.send_back("G1B1", "方案", now, reason=REASON), "g1b1@example.org"),
    "extended": (lambda world, now: world.extend("G1B2", "方案", date(2010, 6, 25), now, reason=REASON, by="书记G1"), "g1b2@example.org"),
    "waived": (lambda world, now: world.waive("G1B2", "方案", now, reason=REASON), "g1b2@example.org"),
}


@pytest.mark.parametrize("kind", STEPS)
def test_what_somebody_has_done_is_told_as_it_was_looked_at(make_world: MakeWorld, kind: str) -> None:
    world = make_world(w.launched(PLAN))
    now = w.at(5, 20, 10)
    world.sweep(now)
    act, address = STEPS[kind]
    unit = "G1B1" if kind in ("to-review", "returned") else "G1B2"
    seen = only(look(world, unit, "方案", now, kind=kind))
    world.hand_in("G1B1", "方案", now, world.paper(200))
    act(world, now)
    world.deliver(now)
    (sent,) = world.channel.to(address)
    assert (sent.subject, sent.text, sent.to_address) == (seen.letter.subject, seen.letter.text, seen.letter.to_address)
    assert (seen.untold, seen.instead) == ("", "")


def ask(world: World, now: datetime) -> None:
    request = Request(by="书记G1B2", behalf=None, reason=REASON)
    requests.ask(world.house, None, "G1B2", TaskRef.parse("方案"), to=date(2010, 6, 25), request=request, now=now)


def deny(world: World, now: datetime) -> None:
    ask(world, now)
    request = Request(by="书记G1", behalf=None, reason=REASON)
    requests.deny(world.house, None, "G1B2", TaskRef.parse("方案"), request=request, now=now)


def accepted(world: World, now: datetime) -> None:
    world.hand_in("G1B2", "方案", now, world.paper(200))
    world.accept("G1B2", "方案", now)


def chased(world: World, now: datetime) -> None:
    world.chase("G1B2", now, words="（这里是催办时附的话）")


LATER: dict[str, tuple[Act, str, datetime]] = {
    "asked": (ask, "g1@example.org", w.at(5, 20, 10)),
    "denied": (deny, "g1b2@example.org", w.at(5, 20, 10)),
    "passed": (accepted, "g1b2@example.org", w.at(5, 20, 10)),
    "chased": (chased, "g1b2@example.org", w.at(6, 22, 7)),
}


@pytest.mark.parametrize("kind", LATER)
def test_what_follows_from_a_request_or_a_chase_is_told_as_it_was_looked_at(make_world: MakeWorld, kind: str) -> None:
    act, address, now = LATER[kind]
    world = make_world(w.launched(PLAN))
    world.go(now.replace(hour=1))
    before = len(world.channel.to(address))
    seen = only(look(world, "G1B2", "方案", now, kind=kind))
    act(world, now)
    world.deliver(now)
    sent = world.channel.to(address)[before:]
    letter = sent[-1] if sent else None
    assert letter is not None and (seen.untold, seen.instead) == ("", "")
    assert letter.subject == seen.letter.subject
    # Who chases is known only then: before it is the office.
    assert letter.text.replace(w.ADMIN, "活动办") == seen.letter.text


def test_who_would_be_held_though_she_has_done_her_part_is_told_so(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    seen = only(look(world, "G1B1", "方案", kind="blocked"))
    assert (seen.recipient.name, seen.untold) == ("书记G1B1", "")
    assert "贵单位要进入下一阶段，只等别处办完" in "".join(seen.letter.text.split())


def test_a_result_is_told_to_whom_it_is_delivered(make_world: MakeWorld) -> None:
    world = make_world(w.launched(ABOUT))
    now = w.at(5, 20, 10)
    world.sweep(now)
    seen = only(look(world, "G1B1", "点评", now, kind="accepted"))
    world.act("G1B1", "点评", now, by="书记G1", say="（这里是报送时写的一句说明）")
    world.deliver(now)
    (sent,) = world.channel.to("g1b1@example.org")
    assert (sent.subject, sent.text) == (seen.letter.subject, seen.letter.text)


def test_an_escalation_goes_to_the_superior_and_at_the_top_to_the_office(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    assert only(look(world, "G1B1", "方案", kind="escalation")).recipient.address == "g1@example.org"
    assert only(look(world, "G1", "方案", kind="escalation")).recipient.is_office


def test_who_cannot_be_told_is_said_with_the_reason(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    silent, vacant = only(look(world, "G2B3", "方案")), only(look(world, "G1B3", "方案"))
    assert (silent.untold, silent.instead, silent.recipient.name) == ("no-address", w.OFFICE, "书记G2B3")
    assert (vacant.untold, vacant.recipient.name, vacant.recipient.stands_in_for) == ("", "书记G1", ("单位G1B3", "书记"))


def test_whoever_would_be_told_of_her_own_duty_as_a_superior_is_said_not_to_be(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    world.bring_in("", "G1B3,书记,书记G1,g1@example.org,,\n")
    seen = only(look(world, "G1B3", "方案", kind="escalation"))
    assert (seen.recipient.name, seen.untold) == ("书记G1", "own-duty")


@pytest.mark.parametrize(("day", "person"), [(date(2010, 6, 10), "旧"), (date(2010, 6, 11), "旧"), (date(2010, 6, 12), "新")])
def test_it_goes_to_whoever_holds_the_post_on_that_day(make_world: MakeWorld, day: date, person: str) -> None:
    world = make_world(w.launched(PLAN))
    world.bring_in("", "G1B3,书记,旧,old@example.org,,2010-06-11\nG1B3,书记,新,new@example.org,2010-06-12,\n")
    assert only(look(world, "G1B3", "方案", on=day)).recipient.name == person


def test_looking_changes_nothing(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    before = world.rows()
    for kind in KINDS:
        if kind != "accepted":
            assert look(world, "G1B1", "方案", kind=kind).letters, kind
    assert world.rows() == before


def test_a_reminder_that_the_ladder_does_not_have_is_refused(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    assert look(world, "G1B1", "方案", rung=7).rung == 7
    for number in (0, 8):
        with pytest.raises(NoSuchRung) as caught:
            look(world, "G1B1", "方案", rung=number)
        assert "7（2010-06-" in caught.value.say("zh")
    with pytest.raises(NoSuchRung):
        look(world, "G1B1", "方案", kind="escalation", rung=1)


def test_what_can_never_be_told_is_refused(make_world: MakeWorld) -> None:
    world = make_world(w.launched(ABOUT))
    for task, kind, error in (
        ("点评", "to-review", NobodyReviews),
        ("点评", "returned", NobodyReviews),
        ("表彰", "accepted", NobodyIsTold),
        ("表彰", "extended", NothingToExtend),
        ("表彰", None, NoRungs),
    ):
        with pytest.raises(error):
            look(world, "G1B1", task, kind=kind)
    assert only(look(world, "G1B1", "点评", kind="waived")).letter.text


def test_what_is_not_so_is_said_to_be_supposed(make_world: MakeWorld) -> None:
    world = make_world(w.launched(PLAN))
    world.sweep(w.at(5, 20))
    assert look(world, "G1B1", "方案", w.at(5, 20)).supposed == ()
    words = [one.say("zh") for one in look(world, "G1B1", "方案", w.at(5, 20), kind="extended").supposed]
    assert words == ["新的期限假定为 2010-06-25", "理由是示意"]
    words = [one.say("zh") for one in look(world, "G1B1", "方案", w.at(5, 20), kind="waived").supposed]
    assert words[0] == "状态假定为“已免报”，现在是“待办”"
