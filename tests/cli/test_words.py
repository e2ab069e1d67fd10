"""Small slips are answered with what to do, and what is printed reads like a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from engine.cli import layout
from engine.sentences import Sentence, enumerated
from tests.cli.desk import Clerk, flat, type_all, write_inputs

REFUSED, WRONG = 1, 2
MONTHLY = """\
workflow: monthly
version: 1
calendar: {timezone: Asia/Shanghai}
window: 2031年3月—2031年5月底
organisation: {levels: [学校, 党支部], posts: {书记: {}}}
tasks:
  月报: {owner: 党支部, every: month, artifact: document}
  方案: {owner: 党支部, due: 2031-04-20, artifact: document, allow: {extend: {by: superior, most: 60d, times: 1}}}
"""
LONG = "长" * 500


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a task for each of three months; made once."""
    folder = tmp_path_factory.mktemp("months")
    write_inputs(folder, workflow=MONTHLY)
    begun = (
        ("init", "--rehearsal"),
        ("units", "import", "roster.xlsx", "--as", "管理员"),
        ("load", "workflow.yaml", "--as", "管理员"),
        ("launch", "--as", "管理员", "--yes", "--now", "2031-03-01"),
        ("sweep", "--now", "2031-05-10"),
    )
    type_all(folder, begun)
    return folder


@pytest.fixture
def monthly(months: Path, clerk: Clerk) -> Clerk:
    """A clerk with those tasks."""
    shutil.copytree(months, clerk.folder, dirs_exist_ok=True)
    return clerk


@pytest.mark.parametrize("period", ["2031-4", "2031年4月", " 2031年 04月", "２０３１－４", "2031-04"])
def test_a_period_is_taken_as_it_is_plainly_meant(monthly: Clerk, period: str) -> None:
    paper = monthly.document("paper.docx", 100)
    said = monthly.does("submit", "U01", f"月报@{period}", paper, "--as", "李明", "--json").data
    assert said["period"] == "2031-04"


SLIPS = [
    (("submit", "机电学院党支部", "方案", "paper.docx", "--as", "李明"), REFUSED, "代码是 U01", "has the code U01"),
    (("submit", "机电学院支部", "方案", "paper.docx", "--as", "李明"), REFUSED, "代码是 U01", "has the code U01"),
    (("submit", "U01", "月报@2031-9", "paper.docx", "--as", "李明"), REFUSED, "2031-03、2031-04", "2031-03, 2031-04"),
    (("submit", "U01", "月报", "paper.docx", "--as", "李明"), REFUSED, "2031-03、2031-04", "2031-03, 2031-04"),
    (("submit", "U01", "方案@2031-04", "paper.docx", "--as", "李明"), REFUSED, "不分考核期", "has no periods"),
    (("submit", "U01", "方案@", "paper.docx", "--as", "李明"), WRONG, "只写了一半", "only half of it"),
    (("submit", "U01", "方案", "=A.txt", "--as", "李明"), WRONG, "材料名=文件", "ITEM=FILE"),
    (("submit", "U01", "方案", "", "--as", "李明"), WRONG, "是空的", "is empty"),
    (("submit", "--folder", "", "方案", "--as", "李明"), WRONG, "--folder 是空的", "--folder is empty"),
    (("backup", ""), WRONG, "文件是空的", "FILE is empty"),
    (("collect", "方案", ""), WRONG, "文件夹是空的", "FOLDER is empty"),
    (("stuck", "--db", ""), WRONG, "--db 是空的", "--db is empty"),
    (("sweep", "--now", "2031-02-30"), WRONG, "没有“2031-02-30”这一天", "no such day"),
    (("submit", "U01", "方案", "--on", "2031-13-01"), WRONG, "没有“2031-13-01”这一天", "no such day"),
    (("status", "--db", "sqlite:///campaign.db?mode=ro"), REFUSED, "不认识", "not known"),
    (("extend", "U01", "方案"), WRONG, "缺少 --to。", "--to is missing"),
]


@pytest.mark.parametrize(("words", "code", "zh", "en"), SLIPS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_a_slip_is_answered_with_what_to_do(monthly: Clerk, words: tuple[str, ...], code: int, zh: str, en: str) -> None:
    monthly.document("paper.docx", 100)
    for lang, piece in (("zh", zh), ("en", en)):
        said = monthly(*words, "--lang", lang)
        assert (said.code, said.out) == (code, ""), said
        assert piece in said.err, said.err


@pytest.mark.parametrize("words", [("--lang",), ("--db",), ("--as", "x", "--campaign")])
def test_a_shared_option_without_its_value_is_said_before_any_command(clerk: Clerk, words: tuple[str, ...]) -> None:
    said = clerk(*words)
    assert said.code == WRONG and f"{words[-1]} 后面要写一个值" in said.err and said.out == ""


def test_what_somebody_pasted_is_not_told_back_at_length(monthly: Clerk) -> None:
    for words in (("status", LONG), ("submit", "U01", LONG, "x", "--as", "李明"), ("stuck", "--stage", LONG), (LONG,), ("stuck", LONG)):
        said = monthly(*words)
        assert said.code in (REFUSED, WRONG) and LONG[:79] in said.err and LONG[:80] not in said.err


@pytest.mark.parametrize(("lang", "words"), [("zh", "不是邮箱地址"), ("en", "is no e-mail address")])
def test_an_office_without_a_proper_address_is_told_of_the_address_only(clerk: Clerk, lang: str, words: str) -> None:
    said = clerk("init", "--office-address", "not mail", "--lang", lang)
    assert said.code == REFUSED and words in said.err and "信的" not in said.err and "letter" not in said.err


@pytest.mark.parametrize(("lang", "words"), [("zh", "--db 新名.db"), ("en", "--db new.db")])
def test_a_restore_onto_what_is_there_says_where_else(launched: Clerk, lang: str, words: str) -> None:
    launched.does("backup", "copy.zip")
    assert words in launched("restore", "copy.zip", "--lang", lang).err


def test_the_causes_can_be_taken_away_as_a_table(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-20")
    printed = launched.does("stuck", "--why", "--format", "csv").out.splitlines()
    assert printed[0].startswith("名次,拖住的单位数,单位,名称,任务") and len(printed) == 1 + 3
    assert "根源 3 个" in launched.does("stuck", "--why", "--output", "why.xlsx").out
    rows = list(openpyxl.load_workbook(launched.folder / "why.xlsx").active.iter_rows(values_only=True))
    assert [row[2] for row in rows[1:]] == ["U01", "U02", "U03"] and rows[1][4] == "实施方案"
    english = launched.does("stuck", "--why", "--format", "csv", "--lang", "en").out
    assert english.startswith("rank,holds up,unit,name,task")


def test_an_extended_day_stands_before_the_word_and_its_old_day_behind(monthly: Clerk) -> None:
    monthly.does("extend", "U01", "方案", "--to", "2031-05-25", "--reason", "暴雨", "--as", "王书记")
    monthly.does("sweep", "--now", "2031-05-27")
    said = monthly.does("stuck").out
    assert "2031-05-25 前（原定 2031-04-20）完成" in flat(said)


def test_a_refused_unit_of_many_is_named(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    said = launched("extend", "--task", "实施方案", "--under", "U", "--to", "2010-06-17", "--reason", "x", "--as", "王书记")
    assert "U01 机电学院党支部  未准。" in said.out


def test_what_is_missing_stands_before_the_stop(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-07-02")
    said = launched("advance", "U01", "--as", "管理员")
    assert said.code == REFUSED and "。（" not in said.err


def test_one_is_not_several() -> None:
    sentence = Sentence("{n} 个", "{n} unit(s) held, {m} day(s)", {"n": 1, "m": 2})
    assert sentence.say("en") == "1 unit held, 2 days"
    assert enumerated(["甲", "乙"]).say("zh") == "甲、乙" and enumerated(["a", "b"]).say("en") == "a, b"


def test_times_and_reasons_stay_whole_in_a_narrow_table() -> None:
    row = ["1234", "2010-06-11 08:30", "GB14-06", "领导点评@2010-Q3", "提醒 12", "机电学院第一学生党支部 书记 李明明", "不再发: 活动已结束"]
    shown = layout.table(["编号", "应发", "单位", "任务", "事由", "收件人", "去向"], [row], columns=80)
    assert "2010-06-11 08:30" in shown and "活动已结束" in shown and "领导点评@2010-Q3" in shown
    assert all(layout.width(line) <= 80 for line in shown.splitlines())


@pytest.mark.parametrize("first", ['A,"甲,学校,\n', f"A,{'长' * 140_000},学校,\n"])
def test_a_list_of_units_that_cannot_be_read_is_no_complaint_about_posts(clerk: Clerk, first: str) -> None:
    folder = clerk.folder / "lists"
    folder.mkdir()
    (folder / "units.csv").write_text(f"代码,名称,级别,上级\nU,大学,学校,\n{first}", encoding="utf-8")
    (folder / "posts.csv").write_text("单位,岗位,人员\n" + "".join(f"A,书记,甲{n}\n" for n in range(30)), encoding="utf-8")
    clerk.does("init", "--rehearsal")
    said = clerk("units", "import", "lists", "--as", "管理员", "--json").data["error"]
    assert {Path(problem["file"]).name for problem in said["problems"]} == {"units.csv"}


def test_sentences_in_data_have_no_blanks_around_them(monthly: Clerk) -> None:
    for lang in ("zh", "en"):
        said = monthly("status", "X", "--json", "--lang", lang).data["error"]["message"]
        assert said == said.strip()


def test_a_server_that_does_not_answer_is_told_of_in_both_languages(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_FILES", str(clerk.folder / "files"))
    for lang, words in (("zh", "请检查服务器是否在运行"), ("en", "Check that it is running")):
        said = clerk("status", "--db", "postgresql://somebody:secret@127.0.0.1:1/x", "--lang", lang)
        assert said.code == REFUSED and words in said.err and "secret" not in said.err


def test_the_folder_of_a_backup_is_blamed_before_the_database(launched: Clerk) -> None:
    shutil.rmtree(launched.folder / "nowhere", ignore_errors=True)
    for lang, words in (("zh", "没有这个文件或文件夹"), ("en", "no such file or folder")):
        said = launched("backup", "nowhere/x.zip", "--lang", lang)
        assert said.code == REFUSED and words in said.err
