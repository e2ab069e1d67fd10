"""Rules on what is handed in: judged at hand-in, and once more before it is accepted."""

from __future__ import annotations

import pytest

from engine.operations import handing_in
from engine.operations.assigning import HandIn
from engine.operations.campaigns import TaskRef
from tests.operations import world as w
from tests.operations.files import head

NOW = w.at(5, 20, 10)
RULED = (
    head("ruled")
    + """
tasks:
  小组:
    owner: 党总支
    due: 5月底前
    artifact: {kind: form, fields: {组长: person, 组成: {type: person, count: ">= 1"}}}
    checks: [书记 in 组成, {that: 组长 in 组成, say: 组长要在组成人员里}]
  评分:
    owner: 党总支
    due: 5月底前
    artifact: {kind: ledger, fields: {支部: unit, 得分: {type: number, range: 0..100}}}
    checks:
      - {that: "count(rows) == count(党支部)", say: 每个支部一行}
      - {that: "all(rows, 得分 < 100)", modality: should, say: 一般不打满分}
      - {that: "avg(rows, 得分) >= 60 or 小组.done", say: 平均不低于 60 分}
    review: superior
  经费:
    owner: 党总支
    due: 5月底前
    artifact: {kind: form, fields: {预算: number, 支出: {type: number, modality: may}}}
    checks: [支出 <= 预算]
    review: superior
"""
)


@pytest.fixture
def world(make_world):
    return make_world(w.launched(RULED))


def enter(world, task, files=None, now=NOW, **values):
    given = HandIn(values={name: text if isinstance(text, tuple) else (text,) for name, text in values.items()}, files=files or {})
    return handing_in.submit(world.house, None, "G1", TaskRef.parse(task), given, by="书记G1", behalf=None, now=now)


def scores(world, *rows):
    table = world.folder / f"{len(rows)}{hash(rows)}.csv"
    table.write_text("支部,得分\n" + "\n".join(rows), encoding="utf-8")
    return {"": table}


def said(act):
    return [verdict.sentence.say("zh") for verdict in w.refused(act)]


def test_the_holder_of_a_post_is_among_those_named(world):
    assert said(lambda: enter(world, "小组", 组长="书记G2", 组成="书记G2")) == ["不符合：书记 in 组成。"]
    assert said(lambda: enter(world, "小组", 组长="书记G2", 组成="书记G1")) == ["不符合：组长要在组成人员里。"]
    assert enter(world, "小组", 组长="书记G1", 组成=("书记G1", "书记G2")).state == "accepted"


def test_rules_wait_until_all_is_readable(world):
    assert w.codes(w.refused(lambda: enter(world, "小组", 组长="谁", 组成="书记G2"))) == ["field"]


def test_rows_are_counted_against_the_units_below_and_averaged(world):
    assert said(lambda: enter(world, "评分", scores(world, "G1B1,90", "G1B2,50"))) == ["不符合：每个支部一行。"]
    assert said(lambda: enter(world, "评分", scores(world, "G1B1,90", "G1B2,50", "G1B3,39.9"))) == ["不符合：平均不低于 60 分。"]
    assert enter(world, "评分", scores(world, "G1B1,90", "G1B2,50", "G1B3,40")).state == "submitted"


def test_what_only_should_hold_goes_to_the_reviewer(world):
    answer = enter(world, "评分", scores(world, "G1B1,100", "G1B2,50", "G1B3,40"))
    assert [check["outcome"] for check in answer.checks] == ["pass", "cannot_tell", "pass"]
    assert world.accept("G1", "评分", NOW).state == "accepted"


def test_another_task_about_the_unit_counts_from_its_acceptance_on(world):
    low = scores(world, "G1B1,9", "G1B2,5", "G1B3,4")
    assert said(lambda: enter(world, "评分", low)) == ["不符合：平均不低于 60 分。"]
    enter(world, "小组", 组长="书记G1", 组成="书记G1")
    assert enter(world, "评分", low).state == "submitted"


@pytest.mark.parametrize(("spent", "state"), [("99", "submitted"), ("100", "submitted"), ("100.01", None), ("", "submitted")])
def test_a_rule_holds_up_to_its_boundary_and_what_is_not_known_goes_to_the_reviewer(world, spent, state):
    values = {"预算": "100", **({"支出": spent} if spent else {})}
    if state is None:
        assert w.codes(w.refused(lambda: enter(world, "经费", **values))) == ["rule"]
        return
    answer = enter(world, "经费", **values)
    assert (answer.state, answer.checks[0]["outcome"]) == (state, "pass" if spent else "cannot_tell")


def test_a_rule_that_no_longer_holds_keeps_from_accepting(world):
    enter(world, "评分", scores(world, "G1B1,90", "G1B2,50", "G1B3,40"))
    world.bring_in("S,单位S,学校,,\nG1,单位G1,党总支,S,\nG1B9,单位G1B9,党支部,G1,\n")
    assert said(lambda: world.accept("G1", "评分", NOW)) == ["不符合：每个支部一行。"]
