"""From an empty folder to the first hand-in: what the first administrator stumbled over."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from engine.operations.context import REHEARSAL_START
from tests.cli.desk import UNITS, WORKFLOW, Clerk, flat, write_inputs

LANGS = ("zh", "en")
BERLIN = """\
workflow: games
version: 1
calendar: {timezone: Europe/Berlin}
window: 2031-03-01 - 2031-05-31
organisation: {levels: [学校, 党支部], posts: {书记: {}}}
tasks:
  list: {owner: 党支部, due: 2031-03-20, artifact: document}
"""


def test_times_typed_at_the_launch_are_of_the_zone_of_the_workflow(clerk: Clerk) -> None:
    write_inputs(clerk.folder, workflow=BERLIN)
    clerk.does("init", "--rehearsal")
    clerk.does("units", "import", "roster.xlsx", "--as", "管理员")
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    for words in (("launch",), ("launch", "games"), ("launch", "--yes")):
        said = clerk.does(*words, "--as", "管理员", "--now", "2031-02-25", "--json").data
        assert said["now"] == "2031-02-25T00:00:00+01:00"


def test_before_any_launch_times_are_of_the_zone_of_what_is_loaded(clerk: Clerk) -> None:
    write_inputs(clerk.folder, workflow=BERLIN)
    clerk.does("init", "--rehearsal")
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    assert clerk.does("sweep", "--now", "2031-02-25", "--json").data["now"] == "2031-02-25T00:00:00+01:00"


def test_two_workflows_of_two_zones_are_launched_each_in_its_own(launched: Clerk) -> None:
    (launched.folder / "games.yaml").write_text(BERLIN, encoding="utf-8")
    launched.does("load", "games.yaml", "--as", "管理员")
    words = ("launch", "games", "--as", "管理员", "--now", "2031-02-25", "--json")
    assert launched.does(*words).data["now"] == "2031-02-25T00:00:00+01:00"


@pytest.mark.parametrize(("lang", "words"), [("zh", "请用 --now 写明"), ("en", "Give the day with --now")])
def test_a_rehearsal_that_never_moved_is_not_launched_without_a_day(clerk: Clerk, lang: str, words: str) -> None:
    clerk.does("init", "--rehearsal")
    clerk.does("units", "import", "roster.xlsx", "--as", "管理员")
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    for more in ((), ("--yes",)):
        said = clerk("launch", "--as", "管理员", "--lang", lang, *more)
        assert said.code == 1 and words in said.err
    clerk.does("launch", "--as", "管理员", "--now", "2010-05-04")


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "“spring-report”仍按第 1 版走到底"), ("en", "“spring-report”, which is running, still follows version 1")],
)
def test_a_new_version_says_which_campaign_goes_on_by_the_old_one(launched: Clerk, lang: str, words: str) -> None:
    text = WORKFLOW.replace("version: 1", "version: 2")
    (launched.folder / "two.yaml").write_text(text, encoding="utf-8")
    assert words in flat(launched.does("load", "two.yaml", "--as", "管理员", "--lang", lang).out)
    again = launched.does("load", "two.yaml", "--as", "管理员", "--json").data
    assert again["others"] == [{"campaign": "spring-report", "version": 1}]
    assert launched.does("load", "workflow.yaml", "--as", "管理员", "--json").data["others"] == []


@pytest.mark.parametrize(("day", "code"), [("2010-12-09", 0), ("2010-12-10", 0), ("2010-12-11", 1)])
def test_what_was_done_was_done_today_at_the_latest(launched: Clerk, day: str, code: int) -> None:
    launched.does("sweep", "--now", "2010-12-10")
    said = launched("submit", "U01", "总结会", "--on", day, "--say", "开过", "--as", "李明")
    assert said.code == code, said
    if code:
        assert "还没有到" in said.err and "2010-12-10" in said.err


@pytest.mark.parametrize(("lang", "words"), [("zh", "--for owner"), ("en", "`--for owner`")])
def test_an_operator_who_hands_in_is_told_to_say_for_whom(launched: Clerk, lang: str, words: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    paper = launched.document("U01.docx", 1200)
    for typed in (
        ("submit", "U01", "实施方案", paper),
        ("extend", "U01", "实施方案", "--to", "2010-06-28", "--reason", "暴雨"),
        ("waive", "U01", "实施方案", "--reason", "合并"),
    ):
        said = launched(*typed, "--as", "管理员", "--lang", lang)
        assert said.code == 1 and words in said.err
    folder = launched("submit", "--folder", ".", "实施方案", "--as", "管理员", "--lang", lang)
    # Once for the whole folder, before anything is read.
    assert folder.code == 1 and words in folder.err and folder.out == ""


def test_whoever_nobody_knows_is_told_of_acting_on_behalf_too(launched: Clerk) -> None:
    for lang in LANGS:
        assert "--for owner" in launched("take-back", "U01", "实施方案", "--as", "安全办", "--lang", lang).err


@pytest.mark.parametrize(("lang", "words"), [("zh", "take-back"), ("en", "take-back")])
def test_handing_in_again_before_the_judgement_says_to_take_back_first(launched: Clerk, lang: str, words: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    launched.does("submit", "U01", "实施方案", launched.document("one.docx", 1200), "--as", "李明")
    said = launched("submit", "U01", "实施方案", launched.document("two.docx", 1300), "--as", "李明", "--lang", lang)
    assert said.code == 1 and words in said.err


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "U01 联络员：工作流没有这个岗位（有：书记）"),
        ("en", "U01 联络员: the workflow has no such post (it has: 书记)"),
    ],
)
def test_posts_that_the_workflow_does_not_know_are_listed(clerk: Clerk, lang: str, words: str) -> None:
    write_inputs(clerk.folder, workflow=WORKFLOW.replace(", 联络员: {deputy: 书记}", ""))
    clerk.does("init", "--rehearsal")
    imported = clerk.does("units", "import", "roster.xlsx", "--as", "管理员", "--workflow", "workflow.yaml", "--lang", lang)
    assert words in flat(imported.out)
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    assert words in flat(clerk.does("launch", "--as", "管理员", "--now", "2010-05-04", "--lang", lang).out)
    assert clerk.does("units", "import", "roster.xlsx", "--as", "管理员", "--json").data["notes"] == []


ATTRIBUTES = "  attributes: {党支部: {人数: number, 类型: [教工, 学生], 成立: date, 住校: yes_no}}\nstages:"


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ("人数=12; 类型=教工; 成立=2001-05-11; 住校=是", None, None),
        ("人数=十二", "属性“人数”不能是“十二”", 'The attribute "人数" cannot be "十二"'),
        ("类型=职工", "应当填写：教工、学生", "Write: 教工, 学生"),
        ("成立=2001年", "日期，如 2010-05-11", "a day, such as 2010-05-11"),
        ("住校=或许", "是 或 否", "yes or no"),
        ("人书=12", "是不是“人数”？", 'Did you mean "人数"?'),
        ("x=1", "有：人数、类型、成立、住校", "There are: 人数, 类型, 成立, 住校"),
    ],
)
def test_attributes_are_held_against_the_workflow_at_their_rows(clerk: Clerk, said: str, zh: str | None, en: str | None) -> None:
    units = (*UNITS[:2], (*UNITS[2][:-1], said), *UNITS[3:])
    write_inputs(clerk.folder, workflow=WORKFLOW.replace("stages:", ATTRIBUTES), units=units)
    clerk.does("init", "--rehearsal")
    for lang, words in (("zh", zh), ("en", en)):
        found = clerk("units", "import", "roster.xlsx", "--as", "管理员", "--workflow", "workflow.yaml", "--lang", lang, "--dry-run")
        assert found.code == (0 if words is None else 1), found
        assert words is None or ("roster.xlsx:3:8" in found.err and words in found.err), found.err
    clerk.does("units", "import", "roster.xlsx", "--as", "管理员")


def test_a_rehearsal_is_told_where_its_clock_stands(clerk: Clerk) -> None:
    made = clerk.does("init", "--rehearsal")
    shanghai = REHEARSAL_START.astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{shanghai:%Y-%m-%d}" in made.out
    assert "--now" in made.out
    assert "--now" not in clerk.does("init", "--db", "live.db").out
