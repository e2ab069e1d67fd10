"""A whole small campaign by hand, from an empty folder to its end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from email import message_from_bytes, policy

import openpyxl
import pytest

from tests.cli.desk import OFFICE, PREPARATION, Clerk, flat


def test_a_whole_campaign_can_be_run_from_the_command_line(clerk: Clerk) -> None:
    clerk.does("init", "--rehearsal", *OFFICE)
    clerk.does("template", "roster", "empty.xlsx", "--workflow", "workflow.yaml")
    assert "新增 4 个" in clerk.does("units", "import", "roster.xlsx", "--as", "管理员").out
    assert "截至 2010-06-18" in clerk.does("check", "workflow.yaml").out
    clerk.does("load", "workflow.yaml", "--as", "管理员", "--now", "2010-05-04")
    assert "只是预览" in clerk.does("launch", "--as", "管理员").out
    assert clerk("status").code == 1, "a preview launches nothing"
    clerk.does("launch", "--as", "管理员", "--yes")
    clerk.does("mail", "on", "--as", "管理员")
    clerk.does("sweep", "--now", "2010-06-14")
    clerk.does("deliver")
    assert {
        str(message_from_bytes(letter.read_bytes(), policy=policy.default)["To"].addresses[0].addr_spec) for letter in clerk.letters
    } == {
        "li@example.org",
        "zhang@example.org",
        "wang@example.org",
    }

    refused = clerk("submit", "U01", "实施方案", clerk.document("short.docx", 986), "--as", "李明")
    assert refused.code == 1
    assert "986 字，还差 14 字" in refused.err
    clerk.does("sweep", "--now", "2010-06-19")
    assert "986 字，还差 14 字" in clerk.does("stuck").out
    assert "现在是“待审核”" in clerk.does("submit", "U01", "实施方案", clerk.document("good.docx", 1000), "--as", "李明").out

    blocked = clerk("advance", "U01", "--as", "管理员")
    assert blocked.code == 1
    assert "等待审核" in blocked.err and "还没有开始" in blocked.err
    clerk.does("review", "U01", "实施方案", "--accept", "--as", "王书记")
    clerk.does("extend", "U02", "实施方案", "--to", "2010-06-28", "--reason", "暴雨", "--as", "王书记")
    clerk.does("waive", "U03", "实施方案", "--reason", "合并", "--as", "王书记")
    assert "没有卡住的单位" in clerk.does("stuck").out
    assert "进入“总结提高”" in clerk.does("advance", "U01", "--as", "管理员", "--now", "2010-07-01").out
    assert [unit["unit"] for unit in clerk.does("stuck", "--json").data] == ["U02"]
    forced = ("override", "U02", "--leave", "动员部署", "--reason", "特批", "--as", "管理员")
    assert "强制" in clerk.does(*forced).out
    assert "而在“总结提高”" in clerk(*forced).err, "whoever does it again, not knowing whether it was done, forces nothing more"

    states = {(one["unit"], one["state"]) for one in clerk.does("notices", "--json").data}
    assert ("U01", "sent") in states
    journal = flat(clerk.does("journal").out)
    assert all(word in journal for word in ("检查未过", "报送", "通过", "延期", "免报", "强制"))
    clerk.does("close", "--as", "管理员", "--reason", "完成", "--yes")
    assert clerk("submit", "U03", "总结会", "--on", "2010-07-02", "--say", "开过", "--as", "王书记", "--for", "owner").code == 1
    assert "已结束" in clerk.does("status").out


def test_the_same_bytes_again_change_nothing(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    words = ("submit", "U01", "实施方案", launched.document("good.docx", 1200), "--as", "李明", "--json")
    first, second = launched.does(*words).data, launched.does(*words).data
    assert (first["version"], first["unchanged"]) == (1, False)
    assert (second["version"], second["unchanged"]) == (1, True)


def test_what_was_handed_in_can_be_taken_back_until_it_is_judged(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    launched.does("submit", "U01", "实施方案", launched.document("good.docx", 1200), "--as", "李明")
    assert launched.does("take-back", "U01", "实施方案", "--as", "李明", "--json").data["state"] == "open"
    assert "第 1 版" in launched.does("status", "U01").out and "已不算上报" in launched.does("status", "U01").out


def test_a_return_names_its_reason_and_takes_the_work_up_again(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    launched.does("submit", "U01", "实施方案", launched.document("good.docx", 1200), "--as", "李明")
    assert launched("review", "U01", "实施方案", "--return", "--as", "王书记").code == 1, "a return needs a reason"
    launched.does("review", "U01", "实施方案", "--return", "--reason", "缺具体措施", "--as", "王书记")
    assert "缺具体措施" in launched.does("journal", "U01").out


def test_a_whole_folder_is_handed_in_and_one_that_is_refused_holds_up_no_other(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    (launched.folder / "in").mkdir()
    for code, characters in (("U01", 1000), ("U02", 999)):
        launched.document(f"in/{code}.docx", characters)
    said = launched("submit", "--folder", "in", "实施方案", "--as", "管理员", "--for", "owner")
    assert said.code == 1
    assert "U01.docx" in said.out and "已收下" in said.out
    assert "还差 1 字" in said.out
    assert "收下 1 份，其中原样未变 0 份；未收 1 份" in said.out


def test_an_act_is_handed_in_by_its_day_and_a_sentence(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-07-02")
    said = launched.does("submit", "U02", "总结会", "--on", "2010-07-02", "--say", "全体参加", "--as", "张三")
    assert "已通过" in said.out


def test_many_are_extended_at_once_and_each_that_is_refused_says_why(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-14")
    launched.does("extend", "U01", "实施方案", "--to", "2010-06-25", "--reason", "暴雨", "--as", "王书记")
    said = launched("extend", "--task", "实施方案", "--under", "U", "--to", "2010-06-26", "--reason", "暴雨", "--as", "王书记")
    assert said.code == 1
    assert "已延期 2 个单位，未准 1 个" in said.out
    assert "最多准许 1 次" in said.out
    status = launched.does("status", "U01", "--json").data
    assert ("2010-06-25", "2010-06-18") in {(duty["due"], duty["original_due"]) for duty in status["duties"]}


def test_nothing_is_mailed_while_mail_is_held(launched: Clerk) -> None:
    launched.does("mail", "off", "--as", "管理员")
    launched.does("sweep", "--now", "2010-06-14")
    assert launched.does("deliver", "--json").data["held"] > 0
    assert launched.letters == []
    launched.does("mail", "on", "--as", "管理员")
    assert launched.does("deliver", "--json").data["sent"] == len(launched.letters) == 3


def test_a_second_sweep_does_nothing(launched: Clerk) -> None:
    assert launched.does("sweep", "--now", "2010-06-14", "--json").data["bells"] > 0
    assert launched.does("sweep", "--now", "2010-06-14", "--json").data["bells"] == 0


def test_a_rehearsal_stays_where_a_sweep_has_brought_it_also_when_nothing_was_due(clerk: Clerk) -> None:
    clerk.does("init", "--rehearsal")
    clerk.does("sweep", "--now", "2010-06-01 09:30")
    assert clerk.does("sweep", "--json").data["now"] == "2010-06-01T09:30:00+08:00"


def test_a_backup_becomes_the_same_campaign_in_another_place(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    launched.does("backup", "safe.zip")
    said = launched.does("restore", "safe.zip", "--db", "other.db")
    assert "邮件已暂停" in said.out
    assert launched.does("stuck", "--json", "--db", "other.db").data == launched.does("stuck", "--json").data
    assert launched("restore", "safe.zip", "--db", "other.db").code == 1, "nothing is overwritten"


def test_a_list_takes_the_place_of_another_file_only_where_that_is_wished(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    (launched.folder / "units.csv").write_text("代码", encoding="utf-8")
    for lang, words in (("zh", "加 --replace"), ("en", "add --replace")):
        said = launched("stuck", "--output", "units.csv", "--lang", lang)
        assert said.code == 1 and words in said.err
    assert (launched.folder / "units.csv").read_text(encoding="utf-8") == "代码"
    launched.does("stuck", "--output", "units.csv", "--replace")
    assert "U03" in (launched.folder / "units.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_the_list_of_the_stuck_can_be_taken_away(launched: Clerk, name: str) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    launched.does("stuck", "--output", name)
    if name.endswith(".csv"):
        text = (launched.folder / name).read_text(encoding="utf-8-sig")
        assert [line.split(",")[0] for line in text.splitlines()] == ["单位", "U01", "U02", "U03"]
    else:
        sheet = openpyxl.load_workbook(launched.folder / name).active
        assert [row[0].value for row in sheet.iter_rows()] == ["单位", "U01", "U02", "U03"]


def test_a_list_that_is_cut_says_how_many_there_are_and_how_to_see_the_others(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    first = launched.does("stuck", "--limit", "2").out
    assert "U02" in first and "U03  " not in first
    assert "拖住单位最多的：实施方案 3 个" in first
    assert "共 3 个，这里列出 2 个。" in first and "--after U02" in first and first.endswith("卡住的单位 3 个。\n")
    second = launched.does("stuck", "--limit", "2", "--after", "U02", "--lang", "en").out
    assert "U03" in second and "U02  " not in second
    assert "1 of 3 are shown here." in second and "--after" not in second
    assert "这里列出" not in launched.does("stuck", "--limit", "3").out == launched.does("stuck").out
    assert [unit["unit"] for unit in launched.does("stuck", "--json", "--limit", "1", "--after", "U01").data] == ["U02"]
    causes = launched.does("stuck", "--why", "--limit", "2").out
    assert "2. 拖住" in causes and "3. 拖住" not in causes and "另有 1 个根源没有列出；--limit 3" in causes


def test_in_short_each_unit_has_one_line(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    lines = launched.does("stuck", "--brief").out.splitlines()
    assert lines[0] == "U01  机电学院党支部（党支部）  动员部署  实施方案（逾期）"
    assert [line.split()[0] for line in lines[:3]] == ["U01", "U02", "U03"] and lines[3:] == ["卡住的单位 3 个。"]
    launched.does("stuck", "--brief", "--output", "short.csv")
    text = (launched.folder / "short.csv").read_text(encoding="utf-8-sig").splitlines()
    assert text[1] == "U01,机电学院党支部,党支部,动员部署,2010-06-19,实施方案,,2010-06-18,逾期"
    assert launched.does("stuck", "--brief", "--under", "U02").out.startswith("U02")


def test_a_template_offers_the_levels_and_posts_of_the_one_workflow_that_is_loaded(launched: Clerk) -> None:
    launched.does("template", "roster", "empty.xlsx")
    cells = {cell.value for row in openpyxl.load_workbook(launched.folder / "empty.xlsx")["说明"].iter_rows() for cell in row}
    assert {"学校", "党支部", "书记", "联络员"} <= cells


def test_a_trial_import_changes_nothing(clerk: Clerk) -> None:
    clerk.does("init", "--rehearsal")
    assert clerk.does("units", "import", "roster.xlsx", "--as", "管理员", "--dry-run", "--json").data["done"] is False
    assert clerk.does("units", "tree", "--json").data == []
    clerk.does("units", "import", "roster.xlsx", "--as", "管理员")
    tree = clerk.does("units", "tree", "--json").data
    assert [(one["unit"], one["depth"]) for one in tree] == [("U", 0), ("U01", 1), ("U02", 1), ("U03", 1)]


def test_keys_are_rewritten_on_the_screen_or_in_the_file(clerk: Clerk) -> None:
    before = (clerk.folder / "workflow.yaml").read_text(encoding="utf-8")
    shown = clerk.does("check", "workflow.yaml", "--keys", "zh").out
    assert "阶段:" in shown
    assert (clerk.folder / "workflow.yaml").read_text(encoding="utf-8") == before
    clerk.does("check", "workflow.yaml", "--keys", "zh", "--write")
    assert (clerk.folder / "workflow.yaml").read_text(encoding="utf-8") == shown
    clerk.does("check", "workflow.yaml", "--keys", "en", "--write")
    assert (clerk.folder / "workflow.yaml").read_text(encoding="utf-8") == before


def test_a_withdrawn_launch_can_be_launched_again_under_another_name(launched: Clerk) -> None:
    launched.does("withdraw", "--as", "管理员", "--reason", "花名册有误", "--yes")
    launched.does("launch", "--as", "管理员", "--name", "again", "--yes")
    assert launched.does("status", "--json").data["campaign"] == "again"


def test_looking_while_the_sweep_lags_behind_says_so(launched: Clerk) -> None:
    behind = launched.does("stuck", "--now", "2010-06-19")
    assert "尚未办理" in behind.err and "sweep" in behind.err
    launched.does("sweep", "--now", "2010-06-19")
    assert launched.does("stuck").err == ""


def test_the_same_commands_work_on_a_server(clerk: Clerk, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_DB", postgres_url)
    monkeypatch.setenv("CAMPAIGN_FILES", str(clerk.folder / "files"))
    monkeypatch.setenv("CAMPAIGN_MAIL_FOLDER", str(clerk.folder / "mail"))
    for words in PREPARATION:
        clerk.does(*words)
    clerk.does("sweep", "--now", "2010-06-19")
    clerk.does("submit", "U01", "实施方案", clerk.document("good.docx", 1000), "--as", "李明")
    clerk.does("deliver")
    told = {letter.name.split("_")[1] for letter in (clerk.folder / "mail").glob("*.eml")}
    assert told == {"zhang@example.org", "wang@example.org"}, "who has handed in meanwhile gets nothing"
    assert [unit["unit"] for unit in clerk.does("stuck", "--json").data] == ["U01", "U02", "U03"]


def test_the_tree_shows_who_holds_a_post_on_the_day_it_is_here(launched: Clerk) -> None:
    with closing(sqlite3.connect(launched.folder / "campaign.db")) as connection, connection:
        connection.execute("UPDATE tenure SET until = '2010-06-03' WHERE person_id = (SELECT id FROM person WHERE name = '张三')")
    assert "张三" in launched.does("units", "tree", "--now", "2010-06-03 23:59").out
    assert "张三" not in launched.does("units", "tree", "--now", "2010-06-04 00:00").out


def test_a_rehearsal_that_has_delivered_does_not_go_back(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-10")
    launched.does("deliver", "--now", "2010-06-14")
    back = launched("sweep", "--now", "2010-06-12")
    assert back.code == 1 and "2010-06-14" in back.err
    launched.does("sweep", "--now", "2010-06-14")
