"""A lock that has rung still holds for what comes back, or opens, after it."""

from __future__ import annotations

from tests.operations import world as w
from tests.operations.conftest import MakeWorld

LOCKING = """
workflow: 截止
version: 1
calendar: {timezone: Asia/Shanghai, holidays: CN}
window: 2010年6月—2010年8月底
organisation: {levels: [学校, 党总支, 党支部], posts: {书记: {acts: true, deputy: 副书记}, 副书记: {}}}
tasks:
  急报: {owner: 党支部, due: 6月10日前, lock: due, artifact: document, review: superior}
  底稿: {owner: 党支部}
  定稿: {owner: 党支部, after: 底稿, due: 6月10日前, lock: due}
"""


def test_what_is_returned_before_the_lock_can_be_mended_until_it(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LOCKING))
    world.hand_in("G1B1", "急报", w.at(6, 9), world.paper(100))
    world.send_back("G1B1", "急报", w.at(6, 10))
    assert world.hand_in("G1B1", "急报", w.at(6, 10, 23, 59, 59), world.paper(200)).state == "submitted"


def test_what_is_returned_after_the_lock_lapses_with_the_next_sweep(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LOCKING))
    world.hand_in("G1B1", "急报", w.at(6, 9), world.paper(100))
    world.send_back("G1B1", "急报", w.at(6, 12))
    world.sweep(w.at(6, 12))
    assert world.state("G1B1", "急报", w.at(6, 12)) == "lapsed"
    assert world.blocker("G1B1", "急报", w.at(6, 12)).code == "lapsed"


def test_what_opens_after_its_lock_lapses_with_the_next_sweep(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LOCKING))
    world.sweep(w.at(6, 11))
    assert world.state("G1B1", "定稿", w.at(6, 11)) == "scheduled"
    world.act("G1B1", "底稿", w.at(6, 12))
    world.sweep(w.at(6, 12))
    assert [world.state(code, "定稿", w.at(6, 12)) for code in ("G1B1", "G1B2")] == ["lapsed", "scheduled"]
