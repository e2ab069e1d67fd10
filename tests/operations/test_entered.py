"""Handing in what is entered in fields: forms, meetings, publications, ledgers, and fields beside a document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import FileProblems
from engine.operations import handing_in
from engine.operations.assigning import FieldIsFile, HandIn, UnknownField, WantsFile, WantsValues, WhichItem
from engine.operations.campaigns import TaskRef
from engine.operations.entered import NothingToFillIn, entered_of, tables_of
from engine.operations.handing_in import LedgerMovedOn
from engine.operations.showing import show
from tests.operations import world as w
from tests.operations.files import head
from tests.operations.world import World

NOW = w.at(5, 20, 10)
FILLED_IN = (
    head("entered")
    + """
tasks:
  小组:
    owner: 党总支
    due: 5月底前
    artifact: {kind: form, fields: {组长: person, 组成: {type: person, count: ">= 2"}, 人数: {type: number, range: 1..40}}}
  大会: {owner: 党总支, due: 5月底前, artifact: {kind: meeting, agenda: [通报, 讨论]}, review: superior}
  承诺: {owner: 党总支, due: 5月底前, artifact: {kind: publication, fields: {内容: text}}}
  台账: {owner: 党总支, due: 5月底前, artifact: {kind: ledger, fields: {日期: date, 媒体: [报纸, 广播]}}}
  核对: {owner: 党总支, due: 5月底前, artifact: {kind: ledger, count: ">= 2", fields: {日期: date}}, review: superior}
  总结: {owner: 党总支, due: 6月底前, artifact: {kind: document, fields: {特点: text}}}
  成套: {owner: 党总支, due: 6月底前, artifacts: {甲: {kind: form, fields: {说明: text}}, 乙: {kind: form, fields: {说明: text}}}}
"""
)
GROUP = {"组长": ("书记G1",), "组成": ("书记G1", "副书记G1"), "人数": ("12",)}


@pytest.fixture
def world(make_world):
    return make_world(w.launched(FILLED_IN))


def enter(world, task, values=None, files=None, now=NOW, code="G1"):
    """Hand in values and files for a task."""
    given = HandIn(values=values or {}, files=files or {})
    return handing_in.submit(world.house, None, code, TaskRef.parse(task), given, by=f"书记{code}", behalf=None, now=now)


def shown(world, task, code="G1"):
    """What a unit entered last, by field."""
    return [(one.row, one.name, [value.say("zh") for value in one.values]) for one in entered_of(world.house, None, code)[task, ""]]


def test_a_form_is_filled_in_and_shown_with_names(world):
    assert enter(world, "小组", GROUP).state == "accepted"
    assert shown(world, "小组") == [(0, "组长", ["书记G1"]), (0, "组成", ["书记G1", "副书记G1"]), (0, "人数", ["12"])]


def test_everything_wrong_in_a_form_is_said_at_once_and_nothing_is_kept(world):
    wrong = {"组长": ("书记G9",), "组成": ("书记G1",), "人数": ("41",)}
    found = w.refused(lambda: enter(world, "小组", wrong))
    assert [verdict.sentence.say("zh")[:4] for verdict in found] == ["“组长”", "“组成”", "“人数”"]
    assert world.duty("G1", "小组", NOW).version == 0
    assert "“组长”：花名册中没有“书记G9”" in world.blocker("G1", "小组", w.at(6, 1)).message.say("zh")


def test_the_same_values_again_change_nothing_though_they_come_in_a_table(world, tmp_path):
    enter(world, "小组", GROUP)
    table = tmp_path / "表.csv"
    table.write_text("组长,,书记G1\n组成,,书记G1,副书记G1\n人数,,12.0\n", encoding="utf-8")
    again = enter(world, "小组", files={"": table})
    assert (again.unchanged, again.version) == (True, 1)


def test_what_is_typed_goes_before_what_stands_in_the_table(world, tmp_path):
    table = tmp_path / "表.csv"
    table.write_text("组长,,书记G1\n组成,,书记G1,副书记G1\n人数,,99\n", encoding="utf-8")
    enter(world, "小组", {"人数": ("13",)}, {"": table})
    assert shown(world, "小组")[2] == (0, "人数", ["13"])


def test_a_meeting_is_reported_with_its_minutes(world, tmp_path):
    minutes = world.paper(30, "记录.txt")
    held = {"召开时间": ("2010-05-20 10:00",), "present": ("30",), "议程": ("通报", "讨论")}
    assert enter(world, "大会", held, {"会议记录": minutes}).state == "submitted"
    assert world.accept("G1", "大会", NOW).state == "accepted"


def test_a_meeting_is_not_reported_before_it_was_held(world):
    ahead = {"召开时间": ("2010-05-20 10:01",), "到会人数": ("30",), "议程": ("通报", "讨论")}
    assert w.codes(w.refused(lambda: enter(world, "大会", ahead))) == ["field"]


def test_a_publication_needs_its_proof(world):
    values = {"公布场所": ("公告栏",), "公布之日": ("2010-05-19",), "内容": ("我们承诺",)}
    assert w.codes(w.refused(lambda: enter(world, "承诺", values))) == ["field-missing"]
    assert enter(world, "承诺", values, {"证明": world.paper(5, "照片.txt")}).state == "accepted"


def test_a_ledger_grows_row_by_row_and_stays_accepted_and_in_time(world):
    assert enter(world, "台账", {"日期": ("2010-05-18",), "媒体": ("报纸",)}).state == "accepted"
    later = enter(world, "台账", {"日期": ("2010-05-19",), "媒体": ("广播",)}, now=w.at(6, 5))
    assert (later.state, later.version) == ("accepted", 2)
    assert [row for row, *_ in shown(world, "台账")] == [1, 1, 2, 2]
    assert not world.duty("G1", "台账", w.at(6, 6)).late


def test_a_ledger_under_review_is_judged_in_its_newest_version(world, tmp_path):
    table = tmp_path / "表.csv"
    table.write_text("日期\n2010-05-18\n2010-05-19\n", encoding="utf-8")
    assert enter(world, "核对", files={"": table}).state == "submitted"
    assert enter(world, "核对", {"日期": ("2010-05-20",)}).version == 2
    assert w.codes(w.refused(lambda: world.accept("G1", "核对", NOW, version=1))) == ["newer-version"]
    assert world.accept("G1", "核对", NOW, version=2).state == "accepted"
    assert enter(world, "核对", {"日期": ("2010-05-20",)}).state == "accepted"


def test_a_ledger_with_too_few_rows_is_not_taken(world):
    (verdict,) = w.refused(lambda: enter(world, "核对", {"日期": ("2010-05-18",)}))
    assert verdict.shortfall and verdict.shortfall.say("zh") == "还差 1 行"


class Overtaken:
    """A database in which somebody else acts between what is read and what is written."""

    def __init__(self, database, act):
        self.database = database
        self.acts = [act]

    def read(self, **how):
        return self.database.read(**how)

    def write(self, **how):
        if self.acts:
            self.acts.pop()()
        return self.database.write(**how)


def test_a_row_on_top_of_a_version_that_is_gone_is_not_taken(world):
    row = {"日期": ("2010-05-18",), "媒体": ("报纸",)}
    enter(world, "台账", row)
    behind = Overtaken(world.house.database, lambda: enter(world, "台账", row))
    overtaken = World(house=replace(world.house, database=behind), folder=world.folder)
    with pytest.raises(LedgerMovedOn):
        enter(overtaken, "台账", row)
    assert world.duty("G1", "台账", NOW).version == 2


def test_a_form_that_was_handed_in_is_not_added_to(world):
    enter(world, "小组", GROUP)
    assert w.codes(w.refused(lambda: enter(world, "小组", GROUP | {"人数": ("13",)}))) == ["wrong-state"]


def test_a_field_stands_beside_a_document(world):
    found = w.refused(lambda: enter(world, "总结", {"特点": ("扎实",)}))
    assert w.codes(found) == ["item-missing"]
    assert w.codes(w.refused(lambda: enter(world, "总结", files={"": world.paper(9)}))) == ["field-missing"]
    assert enter(world, "总结", {"特点": ("扎实",)}, {"": world.paper(9)}).state == "accepted"


def test_what_names_no_field_or_too_many_is_refused(world):
    with pytest.raises(UnknownField, match="Did you mean “人数”"):
        enter(world, "小组", {"人数数": ("1",)})
    with pytest.raises(WhichItem):
        enter(world, "成套", {"说明": ("x",)})
    with pytest.raises(FieldIsFile):
        enter(world, "承诺", {"证明": ("x",)})
    assert enter(world, "成套", {"甲.说明": ("x",), "乙.说明": ("y",)}).state == "accepted"


@pytest.mark.parametrize(("task", "error"), [("小组", WantsValues), ("总结", WantsFile)])
def test_nothing_at_all_is_answered_with_what_is_wanted(world, task, error):
    with pytest.raises(error):
        enter(world, task)


def test_a_table_holds_the_rows_that_are_there(world):
    enter(world, "台账", {"日期": ("2010-05-18",), "媒体": ("报纸",)})
    (table,) = tables_of(world.house, None, "G1", TaskRef.parse("台账"), "zh")
    assert table.rows == ({"日期": ("2010-05-18",), "媒体": ("报纸",)},)


def test_a_document_needs_no_table(world):
    with pytest.raises(NothingToFillIn):
        tables_of(world.house, None, "G1", TaskRef.parse("总结"), "zh")


def test_a_file_is_no_table_of_a_form(world, tmp_path: Path):
    with pytest.raises(FileProblems):
        enter(world, "小组", files={"": world.paper(9)})


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("小组", "写明组长、组成、人数"),
        ("大会", "写明召开时间、到会人数、议程"),
        ("核对", "不少于 2 行，每行写明日期"),
        ("总结", "写明特点"),
    ],
)
def test_a_letter_says_what_is_to_be_filled_in(world, task, words):
    world.go(w.at(5, 24, 9))
    world.go(w.at(6, 23, 9))
    assert any(f"（{words}）" in text for text in world.letters("G1"))


def test_the_reviewer_is_shown_what_was_entered_and_which_field_a_file_is(world):
    held = {"召开时间": ("2010-05-20 10:00",), "到会人数": ("30",), "议程": ("通报", "讨论")}
    enter(world, "大会", held, {"会议记录": world.paper(30, "记录.txt")})
    seen = show(world.house, None, "G1", TaskRef.parse("大会"), by="书记S", now=NOW)
    assert [(one.title.say("zh"), [value.say("zh") for value in one.values]) for one in seen.entered] == [
        ("召开时间", ["2010-05-20 10:00"]),
        ("到会人数", ["30"]),
        ("议程", ["通报", "讨论"]),
    ]
    assert [(one.title.say("zh"), one.title.say("en"), one.file) for one in seen.items] == [("会议记录", "minutes", "记录.txt")]


@pytest.mark.parametrize(("by", "sees"), [("书记S", True), ("书记G1", True), ("书记G2", False)])
def test_whoever_stands_elsewhere_is_not_shown_what_was_entered(world, by, sees):
    enter(world, "小组", GROUP)
    assert bool(show(world.house, None, "G1", TaskRef.parse("小组"), by=by, now=NOW).entered) is sees


def test_each_item_of_a_package_is_named_with_what_was_entered_in_it(world):
    enter(world, "成套", {"甲.说明": ("x",), "乙.说明": ("y",)})
    seen = show(world.house, None, "G1", TaskRef.parse("成套"), by=None, now=NOW)
    assert [(one.item, one.values[0].say("zh")) for one in seen.entered] == [("甲", "x"), ("乙", "y")]
