"""What is handed in is compared with what others have handed in; the reviewer is told, and nobody who need not know."""

from __future__ import annotations

from random import Random

import pytest

from engine.operations.assigning import HandIn
from engine.operations.campaigns import TaskRef
from engine.operations.handing_in import HandingIn, submit_many
from engine.operations.people import UnknownPerson
from engine.operations.showing import show
from tests.operations import world as w
from tests.operations.files import PACKAGE, SPRING, head

NOW = w.at(5, 20, 10)
OWN = "没有发现与其他单位或上一期相近的段落。"

# A report that is not reviewed, and one each quarter.
REPORTS = (
    head("reports")
    + """
tasks:
  快报: {owner: 党支部, due: 6月底前, artifact: document}
  季报: {owner: 党支部, every: {each: quarter, partial: drop}, artifact: document, review: superior}
"""
)


def words(seed: str, length: int = 400) -> str:
    """So many characters that no other seed has."""
    return "".join(chr(Random(f"{seed}{at}").randrange(0x4E00, 0x9FA0)) for at in range(length))


def paper(world, text, name="a.txt"):
    path = world.folder / name
    path.write_text(text, encoding="utf-8")
    return path


def near(world, code, task="方案", by=None, now=NOW):
    return show(world.house, None, code, TaskRef.parse(task), by=by, now=now).near_copies


def said(world, code, task="方案"):
    checks = show(world.house, None, code, TaskRef.parse(task), by=None, now=NOW).checks
    return [(check.outcome, check.sentence.say("zh")) for check in checks if check.code == "near-copy"]


def test_a_copy_is_taken_and_goes_to_the_reviewer_with_the_passage(spring):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲")))
    given = spring.hand_in("G1B2", "方案", NOW, paper(spring, words("甲", 300) + words("乙", 100)))
    assert given.state == "submitted"
    [told] = [check for check in given.checks if check["code"] == "near-copy"]
    assert told["outcome"] == "cannot_tell" and "75%" in told["sentence"]["zh"] and "G1B1" not in str(told)
    [copy] = near(spring, "G1B2")
    assert (copy.unit, copy.percent, copy.later) == ("G1B1", 75, False)
    [passage] = copy.passages
    assert (passage.start, passage.end, passage.other_start, passage.other_end) == (0, 300, 0, 300)
    assert passage.text == passage.other == words("甲", 120) + "……"


def test_the_one_that_was_copied_from_learns_of_it_too(spring):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲")))
    assert said(spring, "G1B1") == [("pass", OWN)] and near(spring, "G1B1") == ()
    spring.hand_in("G1B2", "方案", NOW, paper(spring, words("乙", 100) + words("甲", 300)))
    [copy] = near(spring, "G1B1")
    assert (copy.unit, copy.later, copy.passages[0].start, copy.passages[0].other_start) == ("G1B2", True, 0, 100)


def test_texts_of_their_own_are_close_to_nothing(spring):
    for code in ("G1B1", "G1B2", "G2B1"):
        spring.hand_in(code, "方案", NOW, paper(spring, words(code)))
    assert said(spring, "G2B1") == [("pass", OWN)]
    assert spring.rows("near_copy")["near_copy"] == []


@pytest.mark.parametrize(("length", "verdicts"), [(199, 0), (200, 1), (201, 1)])
def test_what_is_shorter_than_two_hundred_characters_is_not_compared(spring, length, verdicts):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲", length)))
    spring.hand_in("G1B2", "方案", NOW, paper(spring, words("甲", length), "b.txt"))
    assert len(said(spring, "G1B2")) == len(near(spring, "G1B2")) == verdicts


def test_whoever_stands_above_both_sees_whose_it_is_and_nobody_else_does(spring):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲")))
    spring.hand_in("G2B1", "方案", NOW, paper(spring, words("甲")))
    for by, unit, own, other in [
        (None, None, True, False),
        ("书记G2", None, True, False),
        ("书记S", "G1B1", True, True),
        (w.ADMIN, "G1B1", True, True),
        ("书记G2B1", None, True, False),
        ("书记G1", None, False, False),
        ("书记G1B1", None, False, False),
    ]:
        [copy] = near(spring, "G2B1", by=by)
        [passage] = copy.passages
        assert (copy.unit, passage.text is not None, passage.other is not None) == (unit, own, other), by
        assert unit or copy.name.say("zh") == "您所辖范围以外的一个单位"


@pytest.mark.parametrize(("by", "unit"), [("书记G1", None), ("书记S", "G1B1")])
def test_whoever_wrote_it_is_not_its_reviewer_even_where_the_other_is_below(spring, by, unit):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲")))
    spring.hand_in("G1", "方案", NOW, paper(spring, words("甲")))
    assert [copy.unit for copy in near(spring, "G1", by=by)] == [unit]


def test_whoever_is_nobody_sees_nothing(spring):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲")))
    with pytest.raises(UnknownPerson):
        near(spring, "G1B1", by="无名氏")


def test_what_was_taken_back_is_compared_with_nobody_any_more(spring):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲")))
    spring.take_back("G1B1", "方案", NOW)
    assert spring.rows("sketch", "fingerprint") == {"sketch": [], "fingerprint": []}
    spring.hand_in("G1B2", "方案", NOW, paper(spring, words("甲")))
    assert near(spring, "G1B2") == ()


def test_only_the_newest_version_counts_and_nobody_copies_from_herself(spring):
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲")))
    spring.send_back("G1B1", "方案", NOW)
    spring.hand_in("G1B1", "方案", NOW, paper(spring, words("甲", 380) + words("丙", 60)))
    assert said(spring, "G1B1") == [("pass", OWN)]
    assert len(spring.rows("sketch")["sketch"]) == 1
    spring.hand_in("G1B2", "方案", NOW, paper(spring, words("甲", 390)))
    assert [copy.percent for copy in near(spring, "G1B2")] == [97]


def test_what_is_turned_away_is_compared_with_nobody(make_world):
    world = make_world(w.launched(SPRING.replace("100字以上", "300字以上")))
    w.refused(lambda: world.hand_in("G1B1", "方案", NOW, paper(world, words("甲", 299))))
    assert world.rows("sketch", "fingerprint") == {"sketch": [], "fingerprint": []}


def test_many_handed_in_at_once_are_compared_with_each_other_too(spring):
    many = [
        HandingIn(unit=code, given=HandIn(files={"": paper(spring, words("甲") + code, f"{code}.txt")}), by=f"书记{code}")
        for code in ("G1B1", "G1B2", "G2B1")
    ]
    lines = submit_many(spring.house, None, TaskRef(task="方案", period=None), many, now=NOW)
    assert all(line.answer for line in lines)
    assert [copy.unit for copy in near(spring, "G2B1", by="书记S")] == ["G1B1", "G1B2"]


def test_a_copy_of_what_nobody_reviews_is_noted_and_holds_up_nothing(make_world):
    world = make_world(w.launched(REPORTS))
    assert world.hand_in("G1B1", "快报", NOW, paper(world, words("甲"))).state == "accepted"
    assert world.hand_in("G1B2", "快报", NOW, paper(world, words("甲"), "b.txt")).state == "accepted"
    [(outcome, sentence)] = said(world, "G1B2", "快报")
    assert outcome == "pass" and "只作记录" in sentence
    assert [copy.unit for copy in near(world, "G1B2", "快报")] == ["G1B1"]


def test_the_last_period_is_compared_with_this_one(make_world):
    world = make_world(w.launched(REPORTS))
    autumn, winter = w.at(9, 10), w.at(12, 10)
    world.hand_in("G1B1", "季报@2010-Q3", autumn, paper(world, words("甲")))
    world.hand_in("G1B1", "季报@2010-Q4", winter, paper(world, words("甲", 200) + words("乙", 200)))
    [copy] = near(world, "G1B1", "季报@2010-Q4", now=winter)
    assert (copy.last_period, copy.unit, copy.percent, copy.period.say("zh")) == (True, "G1B1", 50, "2010年第三季度")
    [(outcome, sentence)] = said(world, "G1B1", "季报@2010-Q4")
    assert outcome == "cannot_tell" and "本单位上一期" in sentence
    world.hand_in("G1B2", "季报@2010-Q4", winter, paper(world, words("丙", 200) + words("甲")[200:]))
    assert [copy.unit for copy in near(world, "G1B2", "季报@2010-Q4", now=winter)] == ["G1B1"]


def test_items_of_a_package_are_compared_each_with_its_like(make_world):
    world = make_world(w.launched(PACKAGE))
    one, other = paper(world, words("甲"), "1.txt"), paper(world, words("乙"), "2.txt")
    world.hand_in("G1B1", "成套", NOW, {"报告": one, "附表": other})
    world.hand_in("G1B2", "成套", NOW, {"报告": other, "附表": paper(world, words("乙", 390), "3.txt")})
    assert [(outcome, "单位" in sentence) for outcome, sentence in said(world, "G1B2", "成套")] == [("pass", True), ("cannot_tell", True)]


def test_what_stands_in_every_report_is_found_in_the_first_few_only(make_world):
    world = make_world(w.launched(SPRING, who="wide"))
    for number in range(1, 10):
        world.hand_in(f"G1B{number}", "方案", NOW, paper(world, words("共有", 300) + words(f"自己{number}", 300)))
    assert [len(near(world, f"G1B{number}")) > 0 for number in (5, 6, 9)] == [True, False, False]
    [(outcome, _)] = said(world, "G1B9")
    assert outcome == "pass"
