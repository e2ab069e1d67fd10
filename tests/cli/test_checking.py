"""What `check` says of a file that is sound: once, and so that it can be read."""

from __future__ import annotations

import pytest

from tests.cli.desk import Clerk, flat

HEAD = """\
工作流: 春季活动
版本: 1
日历: {时区: Asia/Shanghai, 节假日: CN, 遇节假日: 顺延}
组织: {级别: [学校, 支部], 岗位: {书记: {}}}
"""
FUTURE = f"""\
{HEAD}时间: 2131年3月—2132年6月底
任务:
  月报: {{责任: 支部, 周期: 每月, 期限: 次月第3个工作日, 审核: 上级}}
  总结: {{责任: 学校, 期限: 2132年6月8日前}}
"""


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def checked(clerk: Clerk, text: str, lang: str = "zh") -> str:
    (clerk.folder / "活动.yaml").write_text(text, encoding="utf-8")
    return flat(clerk.does("check", "活动.yaml", "--lang", lang).out)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "2131、2132 年的节假日安排尚未公布，有 17 个日期（列表中带 * 的）"),
        ("en", "The holidays of 2131, 2132 are not published yet: 17 dates, marked * in the list"),
    ],
)
def test_that_holidays_are_not_published_is_said_once_for_all_dates_that_rest_on_them(clerk: Clerk, lang: str, words: str) -> None:
    said = checked(clerk, FUTURE, lang)
    assert said.count("尚未公布") + said.count("not published") == 1 and words in said
    assert said.count(" *") - said.count("marked *") - said.count("带 *") == 17
    clerk.does("init")
    loaded = flat(clerk.does("load", "活动.yaml", "--as", "管理员", "--lang", lang).out)
    assert loaded.count("尚未公布") + loaded.count("not published") == 1


def test_a_program_is_still_told_at_every_date_that_holidays_are_not_published(clerk: Clerk) -> None:
    checked(clerk, FUTURE)
    data = clerk.does("check", "活动.yaml", "--json").data
    assert sum("尚未公布" in "".join(reading["remarks"]) for reading in data["readings"]) == 17


def test_dates_in_years_whose_holidays_are_known_bear_no_mark(clerk: Clerk) -> None:
    said = checked(clerk, FUTURE.replace("2131", "2010").replace("2132", "2011"))
    assert "尚未公布" not in said and " *" not in said


LENGTHS = f"""\
{HEAD}时间: 2010年3月—6月底
任务:
  小结: {{责任: 支部, 审核: 上级, 材料: {{类型: 文档, 字数: 800字, 要点: {{成绩: {{字数: 30%}}, 打算: {{字数: 200字以内}}}}}}}}
  总结:
    责任: 学校
    成套材料: {{正文: {{类型: 文档, 字数: 1000字以上}}, 附表: {{类型: 文档, 字数: 3页}}, 说明书: 文档}}
"""


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("“800字” 正好 800 字", "“30%” 正好 30%", "“200字以内” 不超过 200 字", "“1000字以上” 不少于 1000 字", "“3页” 正好 3 页")),
        ("en", ("“800字” exactly 800 characters", "“1000字以上” at least 1000 characters", "“3页” exactly 3 pages")),
    ],
)
def test_every_length_is_read_aloud(clerk: Clerk, lang: str, words: tuple[str, ...]) -> None:
    said = checked(clerk, LENGTHS, lang).replace("  ", " ")
    assert [one for one in words if one not in said] == []
    lengths = clerk.does("check", "活动.yaml", "--json").data["lengths"]
    assert [one["path"] for one in lengths] == [
        "任务.小结.材料.字数",
        "任务.小结.材料.要点.成绩.字数",
        "任务.小结.材料.要点.打算.字数",
        "任务.总结.成套材料.正文.字数",
        "任务.总结.成套材料.附表.字数",
    ]


@pytest.mark.parametrize(
    ("lang", "message", "hint"),
    [
        ("zh", "“800字”读作正好 800 字，多一字少一字都不通过。", "至少这么多写 800字以上，至多写 800字以内。"),
        (
            "en",
            '"800字" reads exactly 800 characters: neither more nor fewer chars pass.',
            "Write >= 800 chars for at least",
        ),
    ],
)
def test_an_exact_length_is_worth_a_second_look_at_its_place(clerk: Clerk, lang: str, message: str, hint: str) -> None:
    checked(clerk, LENGTHS)
    problems = clerk.does("check", "活动.yaml", "--lang", lang, "--json").data["problems"]
    exact = [problem for problem in problems if problem["code"] == "exact-length"]
    assert [(problem["line"], problem["severity"]) for problem in exact] == [(7, "warning"), (10, "warning")]
    assert exact[0]["message"] == message and hint in exact[0]["hint"]


@pytest.mark.parametrize("length", ["800字以上", "不超过800字", "800..1000字", "800字以内"])
def test_a_length_with_room_needs_no_second_look(clerk: Clerk, length: str) -> None:
    checked(clerk, LENGTHS.replace("800字", length).replace("3页", "3页以内"))
    codes = {problem["code"] for problem in clerk.does("check", "活动.yaml", "--json").data["problems"]}
    assert "exact-length" not in codes


STAGES = f"""\
{HEAD}时间: 2010年3月—6月底
阶段:
  学习: {{时间: 2010年3月, 任务: {{计划: {{责任: 支部, 审核: 上级}}}}}}
  查摆: {{时间: 3月20日—5月10日, 任务: {{剖析: {{责任: 支部, 审核: 上级}}}}}}
  整改: {{时间: 5月10日—6月底, 任务: {{方案: {{责任: 学校}}}}}}
"""


@pytest.mark.parametrize(
    ("lang", "first", "second"),
    [
        ("zh", "（与“学习”同时进行：2010-03-20 至 2010-03-31）", "（与“查摆”同时进行：2010-05-10）"),
        ("en", '(runs beside "学习" from 2010-03-20 to 2010-03-31)', '(runs beside "查摆" on 2010-05-10)'),
    ],
)
def test_stages_that_go_on_at_the_same_time_are_named_with_the_days(clerk: Clerk, lang: str, first: str, second: str) -> None:
    said = checked(clerk, STAGES, lang)
    assert first in said and second in said
    codes = {problem["code"] for problem in clerk.does("check", "活动.yaml", "--json").data["problems"]}
    assert "overlaps" not in codes, "windows may overlap"


def test_stages_one_after_the_other_are_not_said_to_go_on_at_the_same_time(clerk: Clerk) -> None:
    said = checked(clerk, STAGES.replace("3月20日", "4月1日").replace("5月10日—6月底", "5月11日—6月底"))
    assert "同时进行" not in said


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("roster.xlsx", ("这是 Excel 文件", "campaign units import"), ("This is an Excel file", "campaign units import")),
        ("plan.docx", ("这是 Word 文件", "campaign submit"), ("This is a file of Word", "campaign submit")),
        ("plan.pdf", ("这是 PDF 文件", "campaign submit"), ("This is a file of PDF", "campaign submit")),
    ],
)
def test_a_file_of_another_program_is_called_what_it_is(clerk: Clerk, name: str, zh: tuple[str, ...], en: tuple[str, ...]) -> None:
    clerk.document("plan.docx", 100)
    (clerk.folder / "plan.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    clerk.does("init")
    for lang, words in (("zh", zh), ("en", en)):
        check, load = clerk("check", name, "--lang", lang), clerk("load", name, "--as", "管理员", "--lang", lang)
        assert check.code == load.code == 1
        assert [word for word in words if word not in check.out or word not in load.err] == []
        assert "UTF-8" not in check.out + load.err


def test_a_file_that_is_rewritten_through_a_link_leaves_the_link_one(clerk: Clerk) -> None:
    (clerk.folder / "plans").mkdir()
    real = clerk.folder / "plans" / "real.yaml"
    (clerk.folder / "workflow.yaml").replace(real)
    link = clerk.folder / "workflow.yaml"
    link.symlink_to("plans/real.yaml")
    clerk.does("check", "workflow.yaml", "--keys", "zh", "--write")
    assert link.is_symlink() and not real.is_symlink()
    assert "工作流: spring-report" in real.read_text(encoding="utf-8")
    assert [path.name for path in real.parent.iterdir()] == ["real.yaml"]


@pytest.mark.parametrize("number", ["0", "1000000", "9" * 40, "1.5"])
@pytest.mark.parametrize(("lang", "words"), [("zh", "应当写：1 到 999999 的整数"), ("en", "Expected: a whole number from 1 to 999999")])
def test_of_a_number_out_of_bounds_both_bounds_are_said(clerk: Clerk, number: str, lang: str, words: str) -> None:
    text = (clerk.folder / "workflow.yaml").read_text(encoding="utf-8")
    (clerk.folder / "workflow.yaml").write_text(text.replace("version: 1", f"version: {number}"), encoding="utf-8")
    said = clerk("check", "workflow.yaml", "--lang", lang)
    assert said.code == 1 and words in flat(said.out)


def test_the_largest_number_is_taken(clerk: Clerk) -> None:
    text = (clerk.folder / "workflow.yaml").read_text(encoding="utf-8")
    (clerk.folder / "workflow.yaml").write_text(text.replace("version: 1", "version: 999999"), encoding="utf-8")
    clerk.does("check", "workflow.yaml")
