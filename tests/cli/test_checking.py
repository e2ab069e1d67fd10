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
