"""What cannot be done is said in a sentence, in either language, with the exit code that scripts rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Clerk, write_inputs

REFUSED, WRONG = 1, 2

# Words typed, exit code, a piece of what is said in Chinese, and of what is said in English.
BEFORE_ANY_DATABASE = [
    (("stuck",), REFUSED, "campaign init", "campaign init"),
    (("check", "missing.yaml"), REFUSED, "打不开文件 missing.yaml", "missing.yaml cannot be opened"),
    (("units", "tree", "--db", "nowhere/x.db"), REFUSED, "没有数据库", "no database"),
    (("stuck", "--db", "mysql://somewhere/x"), REFUSED, "数据库地址", "database address"),
    (("stuk",), WRONG, "是不是 stuck", "Did you mean stuck"),
    (("units", "imprt"), WRONG, "units imprt", "Did you mean import"),
    (("units",), WRONG, "campaign units import", "campaign units import"),
    (("stuck", "--levl", "x"), WRONG, "是不是 --level", "Did you mean --level"),
    (("stuck", "--level"), WRONG, "--level 后面要写一个值", "--level needs a value"),
    (("stuck", "--all=yes"), WRONG, "--all 后面不写值", "--all takes no value"),
    (("stuck", "more", "words"), WRONG, "more words", "more words"),
    (("check",), WRONG, "缺少文件", "FILE is missing"),
    (("extend", "U01", "T"), WRONG, "--to", "--to"),
    (("launch", "--past", "perhaps"), WRONG, "owe | skip", "owe | skip"),
    (("journal", "--limit", "0"), WRONG, "1 到 999999999 的整数", "from 1 to 999999999"),
    (("journal", "--limit", "1000000000"), WRONG, "1 到 999999999 的整数", "from 1 to 999999999"),
    (("journal", "--limit", "9" * 30), WRONG, "1 到 999999999 的整数", "from 1 to 999999999"),
    (("review", "U01", "T", "--version", "two"), WRONG, "整数", "whole number"),
    (("review", "U01", "T"), WRONG, "--accept", "--accept"),
    (("review", "U01", "T", "--accept", "--return"), WRONG, "只写一个", "only one"),
    (("submit", "U01"), WRONG, "campaign submit", "campaign submit"),
    (("submit", "U01", "T", "a.docx", "b.docx"), WRONG, "a.docx, b.docx", "a.docx, b.docx"),
    (("submit", "U01", "T", "--on", "tomorrow"), WRONG, "看不懂日期", "day “tomorrow”"),
    (("extend", "U01", "--to", "2010-07-01"), WRONG, "给谁延期", "what to extend"),
    (("extend", "U01", "T", "--task", "T", "--under", "U", "--to", "2010-07-01"), WRONG, "给谁延期", "what to extend"),
    (("submit", "U01", "T", "a.docx", "--on", "2010-05-01"), WRONG, "不能与文件一起写", "do not go with one"),
    (("submit", "U01", "T", "a.docx", "--say", "x"), WRONG, "不能与文件一起写", "do not go with one"),
    (("submit", "T", "--folder", ".", "--on", "2010-05-01", "--say", "x"), WRONG, "不能与文件一起写", "do not go with one"),
    (("stuck", "--format", "xlsx"), WRONG, "--output", "--output"),
    (("stuck", "--format", "csv", "--output", "x.txt"), WRONG, "--output", "--output"),
    (("stuck", "--why", "--all"), WRONG, "--why", "--why"),
    (("stuck", "--why", "--after", "U01"), WRONG, "--why", "--why"),
    (("stuck", "--brief", "--all"), WRONG, "--brief 不与", "--brief does not go"),
    (("stuck", "--limit", "0"), WRONG, "--limit", "--limit"),
    (("stuck", "--json", "--format", "csv"), WRONG, "--json", "--json"),
    (("check", "workflow.yaml", "--write"), WRONG, "--keys", "--keys"),
    (("template", "roster", "r.ods"), WRONG, "只能写成 .xlsx", "as .xlsx only"),
    (("template", "roster", "r.csv"), WRONG, "只能写成 .xlsx", "as .xlsx only"),
    (("template", "roster", "roster.xlsx"), REFUSED, "已经存在", "exists already"),
    (("journal", "--limit", "1", "--limit", "2"), WRONG, "--limit 写了两次", "--limit was given twice"),
    (("extend", "U01", "T", "--to", "2010-07-01", "--as", "A", "--as", "B"), WRONG, "--as 写了两次", "--as was given twice"),
    (("stuck", "\udcff"), WRONG, "编码", "encoding"),
    (("--lang", "fr", "stuck"), WRONG, "zh | en", "zh | en"),
    (("init", "--office-address", "nobody"), REFUSED, "地址", "address"),
    (("init", "--office-address", "x@例子.中国"), REFUSED, "寄不出去，没有建立数据库", "no database was made"),
    (("init", "--office-address", ""), REFUSED, "地址", "address"),
    (("init", "--office-address", "办公室@example.org"), REFUSED, "办公室@example.org", "plain address"),
    (("init", "--office", "  "), WRONG, "（--office）是空的", "(--office) is blank"),
    (("init", "--office", "　"), WRONG, "（--office）是空的", "(--office) is blank"),
    (("init", "--office", "办" * 201), WRONG, "有 201 个字符，最多 200 个", "has 201 characters; 200 are allowed"),
    (("init", "--office", "a\nb"), WRONG, "看不见的控制字符", "cannot be seen"),
    (("init", "--db", "nowhere/x.db"), REFUSED, "nowhere", "nowhere"),
    (("restore", "missing.zip"), REFUSED, "missing.zip", "missing.zip"),
]
IN_A_CAMPAIGN = [
    (("init", "--rehearsal"), REFUSED, "已经有数据库", "a database at"),
    (("status", "U1"), REFUSED, "是不是“U", "Did you mean “U"),
    (("submit", "U01", "实施方安", "good.docx", "--as", "李明"), REFUSED, "是不是“实施方案”", "Did you mean “实施方案”"),
    (("submit", "U01", "领导点评", "good.docx", "--as", "李明"), REFUSED, "领导点评@2010-Q3", "领导点评@2010-Q3"),
    (("submit", "U01", "领导点评@2010-Q1", "good.docx", "--as", "李明"), REFUSED, "2010-Q3", "2010-Q3"),
    (("submit", "U", "实施方案", "good.docx", "--as", "李明"), REFUSED, "不承担", "does not owe"),
    (("submit", "U01", "实施方案", "good.docx"), REFUSED, "--as", "--as"),
    (("submit", "U01", "实施方案", "good.docx", "--as", "李名"), REFUSED, "是不是“李明”", "Did you mean “李明”"),
    (("submit", "U01", "实施方案", "good.docx", "--as", "张三"), REFUSED, "由机电学院党支部", "owed by"),
    (("submit", "U01", "实施方案", "missing.docx", "--as", "李明"), REFUSED, "missing.docx", "missing.docx"),
    (("submit", "U01", "实施方案", "--as", "李明"), REFUSED, "要报送材料", "asks for"),
    (("submit", "U01", "总结会", "good.docx", "--as", "李明"), REFUSED, "不收文件", "takes no file"),
    (("submit", "--folder", "nowhere", "实施方案", "--as", "李明"), REFUSED, "没有这个文件夹：nowhere", "no folder nowhere"),
    (("take-back", "U01", "实施方案", "--as", "李明"), REFUSED, "不能撤回", "taken back"),
    (("review", "U01", "实施方案", "--accept", "--as", "王书记"), REFUSED, "不能通过", "accepted"),
    (("waive", "U01", "实施方案", "--as", "王书记"), REFUSED, "--reason", "--reason"),
    (("extend", "U01", "实施方案", "--to", "2010-06-17", "--reason", "x", "--as", "王书记"), REFUSED, "晚于", "later"),
    (("override", "U01", "--as", "管理员", "--leave", "动员部署"), REFUSED, "--reason", "--reason"),
    (("override", "U01", "--leave", "总结提高", "--reason", "x", "--as", "管理员"), REFUSED, "而在“动员部署”", "but in “动员部署”"),
    (("override", "U01", "--leave", "", "--reason", "x", "--as", "管理员"), REFUSED, "而在“动员部署”", "but in “动员部署”"),
    (("override", "U01", "--leave", "动员部署", "--task", "实施方案", "--as", "管理员"), WRONG, "只写一个", "only one"),
    (("override", "U", "--as", "管理员", "--reason", "x"), REFUSED, "不在活动", "takes no part"),
    (("advance", "U", "--as", "管理员"), REFUSED, "不在活动", "takes no part"),
    (("stuck", "--stage", "动员"), REFUSED, "没有名为“动员”的阶段", "no stage named"),
    (("stuck", "--level", "系"), REFUSED, "党支部", "党支部"),
    (("stuck", "--task", "x"), REFUSED, "没有名为“x”的任务", "no task named"),
    (("stuck", "--under", "V"), REFUSED, "没有代码为“V”", "no unit with the code"),
    (("stuck", "--campaign", "spring"), REFUSED, "是不是“spring-report”", "Did you mean “spring-report”"),
    (("launch", "--as", "管理员"), REFUSED, "已经有名为", "is a campaign named"),
    (("launch", "--as", "管理员", "--name", " "), WRONG, "（--name）是空的", "(--name) is blank"),
    (("launch", "--as", "管理员", "--name", ""), WRONG, "（--name）是空的", "(--name) is blank"),
    (
        ("launch", "--as", "管理员", "--name", "活" * 121, "--yes"),
        WRONG,
        "有 121 个字符，最多 120 个",
        "has 121 characters; 120 are allowed",
    ),
    (("launch", "--as", "员" * 201, "--name", "x", "--yes"), WRONG, "有 201 个字符，最多 200 个", "has 201 characters; 200 are allowed"),
    (("mail", "off", "--as", "管理员", "--for", "员" * 201), WRONG, "有 201 个字符，最多 200 个", "has 201 characters; 200 are allowed"),
    (("launch", "other", "--as", "管理员"), REFUSED, "没有载入名为", "No workflow named"),
    (("sweep", "--now", "2010-05-03"), REFUSED, "2010-05-04 00:00", "2010-05-04 00:00"),
    (("sweep", "--now", "soon"), WRONG, "看不懂时间", "cannot be read"),
    (("sweep", "--now", "9999-12-31"), WRONG, "1900 年至 2200 年", "outside 1900 to 2200"),
    (("sweep", "--now", "0001-01-01"), WRONG, "1900 年至 2200 年", "outside 1900 to 2200"),
    (("extend", "U01", "实施方案", "--to", "9999-12-31"), WRONG, "1900 年至 2200 年", "outside 1900 to 2200"),
    (("backup", "workflow.yaml"), REFUSED, "没有覆盖", "not overwritten"),
    (("deliver", "--campaign", "x"), WRONG, "--campaign", "--campaign"),
]


def said_in_both(clerk: Clerk, words: tuple[str, ...], code: int, zh: str, en: str) -> None:
    for lang, piece in (("zh", zh), ("en", en)):
        said = clerk(*(() if words[0] == "--lang" else ("--lang", lang)), *words)
        assert said.code == code, said
        assert piece in said.err, said
        assert (said.out == "") == ("--json" not in words)
        assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "code", "zh", "en"), BEFORE_ANY_DATABASE, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_what_is_wrong_is_said_before_there_is_a_database(clerk: Clerk, words: tuple[str, ...], code: int, zh: str, en: str) -> None:
    said_in_both(clerk, words, code, zh, en)


@pytest.mark.parametrize(
    ("words", "code", "zh", "en"), IN_A_CAMPAIGN, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_what_is_wrong_is_said_in_a_campaign(launched: Clerk, words: tuple[str, ...], code: int, zh: str, en: str) -> None:
    launched.document("good.docx", 1200)
    said_in_both(launched, words, code, zh, en)


def test_a_live_database_takes_no_time_of_ones_own(clerk: Clerk) -> None:
    clerk.does("init")
    said = clerk("sweep", "--now", "2010-06-01")
    assert said.code == REFUSED and "只能用于演练" in said.err


def test_before_a_campaign_the_other_commands_say_what_is_missing(clerk: Clerk) -> None:
    clerk.does("init", "--rehearsal")
    assert "campaign load" in clerk("launch", "--as", "管理员").err
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    assert "花名册" in clerk("launch", "--as", "管理员").err
    assert "campaign launch" in clerk("stuck").err


@pytest.mark.parametrize(
    ("right", "wrong", "place", "what"),
    [
        ("length:", "lenght:", "workflow.yaml:18:36  stages.动员部署.tasks.实施方案.artifact.lenght", "length"),
        ("6月18日前", "6月38日前", "workflow.yaml:17:14  stages.动员部署.tasks.实施方案.due", "6月38日前"),
        ("stages:", "stages: [", "workflow.yaml:13:11", "YAML"),
    ],
)
def test_a_workflow_file_with_errors_is_shown_with_place_path_and_what_to_do(
    clerk: Clerk, right: str, wrong: str, place: str, what: str
) -> None:
    text = (clerk.folder / "workflow.yaml").read_text(encoding="utf-8").replace(right, wrong)
    (clerk.folder / "workflow.yaml").write_text(text, encoding="utf-8")
    said = clerk("check", "workflow.yaml")
    assert said.code == REFUSED
    assert place in said.out and what in said.out
    clerk.does("init", "--rehearsal")
    loading = clerk("load", "workflow.yaml", "--as", "管理员")
    assert loading.code == REFUSED
    assert place in loading.err and "什么都没有改动" in loading.err
    assert clerk("timeline", "workflow.yaml").code == REFUSED


def test_an_open_doubt_stands_in_the_way_of_loading_only(clerk: Clerk) -> None:
    text = (clerk.folder / "workflow.yaml").read_text(encoding="utf-8") + "doubt: {says: 六月或七月}\n"
    (clerk.folder / "workflow.yaml").write_text(text, encoding="utf-8")
    assert "1 处存疑" in clerk.does("check", "workflow.yaml").out
    clerk.does("init", "--rehearsal")
    assert "六月或七月" in clerk("load", "workflow.yaml", "--as", "管理员").err


def test_a_roster_with_errors_changes_nothing_and_names_every_row(clerk: Clerk) -> None:
    write_inputs(clerk.folder, units=(("代码", "名称", "级别"), ("A", "甲", "学校"), ("A", "乙", "学校"), ("B", "", "学校")))
    clerk.does("init", "--rehearsal")
    said = clerk("units", "import", "roster.xlsx", "--as", "管理员")
    assert said.code == REFUSED
    assert "roster.xlsx:3:" in said.err and "roster.xlsx:4:" in said.err
    assert clerk.does("units", "tree", "--json").data == []


def test_levels_are_checked_against_the_file_that_is_named(clerk: Clerk) -> None:
    write_inputs(clerk.folder, units=(("代码", "名称", "级别"), ("A", "甲", "系")))
    clerk.does("init", "--rehearsal")
    assert clerk("units", "import", "roster.xlsx", "--as", "管理员", "--dry-run", "--workflow", "workflow.yaml").code == REFUSED


def test_an_error_is_data_too_where_data_was_asked_for(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-19")
    said = launched("advance", "U01", "--as", "管理员", "--json")
    assert said.code == REFUSED
    refusals = said.data["error"]["refusals"]
    assert [refusal["code"] for refusal in refusals] == ["overdue", "window-closed"]
    assert refusals[0]["shortfall"] == "缺实施方案"


def test_a_live_house_says_how_letters_are_to_leave_before_any_does(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk.does("init")
    assert "CAMPAIGN_NOTIFIER" in clerk("deliver").err
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", "smpt")
    assert "CAMPAIGN_SENDER" in clerk("deliver").err
    for unusable in ("活动办公室 <office@example.org.>", "活动办公室 <office@exam!ple.org>"):
        monkeypatch.setenv("CAMPAIGN_SENDER", unusable)
        assert "不能用" in clerk("deliver").err
    monkeypatch.setenv("CAMPAIGN_SENDER", "活动办公室 <office@example.org>")
    assert "smtp" in clerk("deliver").err
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", "smtp")
    assert "host" in clerk("deliver").err
    monkeypatch.setenv("CAMPAIGN_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("CAMPAIGN_SMTP_USER", "office")
    monkeypatch.setenv("CAMPAIGN_SMTP_PASSWORD_FILE", "missing.txt")
    assert "missing.txt" in clerk("deliver").err
    Path("secret.txt").write_text("a secret\n", encoding="utf-8")
    monkeypatch.setenv("CAMPAIGN_SMTP_PASSWORD_FILE", "secret.txt")
    assert clerk("deliver").code == 0, "with nothing to send no server is asked"
    monkeypatch.setenv("CAMPAIGN_SMTP_PASSWORD", "another")
    both = clerk("deliver")
    assert both.code == REFUSED and "another" not in both.err and "a secret" not in both.err


def test_a_database_that_is_no_file_needs_a_place_for_its_artifacts(clerk: Clerk) -> None:
    said = clerk("init", "--db", "postgresql://someone:secret@localhost:1/campaign")
    assert said.code == REFUSED
    assert "CAMPAIGN_FILES" in said.err
    assert "secret" not in said.err


def test_a_rehearsal_never_sends_outside_whatever_the_environment_says(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", "smtp")
    monkeypatch.setenv("CAMPAIGN_SMTP_HOST", "mail.example.org")
    launched.does("sweep", "--now", "2010-06-14")
    launched.does("deliver")
    assert len(launched.letters) == 3
