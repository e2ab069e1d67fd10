"""What nobody could ever judge holds nobody; what was returned is not taken unmended; an acceptance names what it saw."""

from __future__ import annotations

import pytest

from tests.evidence.papers import ole_file
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import head

TEXT = (
    head("unjudged")
    + """
tasks:
  校报: {owner: 学校, artifact: document, due: 6月10日前}
  支报: {owner: 党支部, artifact: document, due: 6月10日前, review: superior}
  锁报: {owner: 党支部, artifact: document, due: 6月10日前, lock: due}
  另定: {owner: 党支部, due: 未定}
"""
)
NOW = w.at(5, 20)


def test_at_the_top_what_no_check_can_read_is_accepted(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TEXT, who="full"))
    answer = world.hand_in("S", "校报", NOW, ole_file(world.folder / "校报.doc", "WordDocument"))
    assert answer.state == "accepted"
    assert answer.checks[-1]["outcome"] == "cannot_tell"


@pytest.mark.parametrize(("characters", "taken"), [(100, False), (101, True)])
def test_what_was_returned_is_taken_only_once_it_was_changed(make_world: MakeWorld, characters: int, taken: bool) -> None:
    world = make_world(w.launched(TEXT, who="full"))
    world.hand_in("G1B1", "支报", NOW, world.paper(100))
    world.send_back("G1B1", "支报", NOW)
    if taken:
        assert world.hand_in("G1B1", "支报", NOW, world.paper(characters)).version == 2
        return
    assert w.codes(w.refused(lambda: world.hand_in("G1B1", "支报", NOW, world.paper(characters)))) == ["same-as-returned"]
    assert world.state("G1B1", "支报", NOW) == "returned"


def test_what_was_returned_is_not_taken_again_after_another_was_handed_in_and_taken_back(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TEXT, who="full"))
    world.hand_in("G1B1", "支报", NOW, world.paper(100))
    world.send_back("G1B1", "支报", NOW)
    world.hand_in("G1B1", "支报", NOW, world.paper(120))
    world.take_back("G1B1", "支报", NOW)
    (refusal,) = w.refused(lambda: world.hand_in("G1B1", "支报", NOW, world.paper(100)))
    assert refusal.code == "same-as-returned" and "退回的第 1 版" in refusal.sentence.say("zh")
    assert world.hand_in("G1B1", "支报", NOW, world.paper(120)).version == 3


def test_what_was_handed_in_twice_is_accepted_by_its_version(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TEXT, who="full"))
    world.hand_in("G1B1", "支报", NOW, world.paper(100))
    world.take_back("G1B1", "支报", NOW)
    world.hand_in("G1B1", "支报", NOW, world.paper(120))
    assert w.codes(w.refused(lambda: world.accept("G1B1", "支报", NOW))) == ["which-version"]
    assert world.accept("G1B1", "支报", NOW, version=2).state == "accepted"


def test_only_the_office_can_open_what_has_lapsed(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TEXT, who="full"))
    held = world.blocker("G1B1", "锁报", w.at(6, 12))
    assert held.code == "lapsed"
    assert [(helper.unit, helper.unit_name) for helper in held.can_unblock] == [("", "活动办")]


def test_who_is_stuck_shows_when_somebody_was_last_written_to(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TEXT, who="full"))
    world.go(w.at(6, 8, 9))
    before = world.blocker("G1B1", "支报", w.at(6, 12))
    assert before.told_at is not None
    assert world.blocker("S", "校报", w.at(6, 12)).told_at is not None


def test_the_day_somebody_was_written_to_is_that_of_the_letter_to_who_can_unblock(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TEXT, who="full"))
    world.sweep(w.at(6, 8, 9))
    assert world.blocker("G1B1", "支报", w.at(6, 10)).told_at is None
    world.deliver(w.at(6, 9, 9))
    assert world.blocker("G1B1", "支报", w.at(6, 12)).told_at == w.at(6, 9, 9)
    world.hand_in("G1B1", "支报", w.at(6, 12, 10), world.paper(100))
    assert world.blocker("G1B1", "支报", w.at(6, 12, 11)).told_at is None
