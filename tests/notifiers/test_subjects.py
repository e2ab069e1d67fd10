"""The subject of a letter: the matter first, then the campaign."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from notifiers.texts import compose
from notifiers.wrap import columns
from tests.notifiers.views import DUTY, LAGGARD, VIEW, due

SUBJECTS = [
    ({"due_soon": due(0, 2), "overdue": due(-8)}, "2 项工作今天到期，1 项已逾期", "2 duties due today, 1 overdue"),
    ({"returned": due(3), "overdue": due(-8)}, "1 项工作被退回，1 项已逾期", "1 duty returned, 1 overdue"),
    ({"due_soon": due(1, 2)}, "2 项工作将到期，最近一项明天到期", "2 duties due soon, the first tomorrow"),
    ({"due_soon": due(9) + due(2)}, "2 项工作将到期，最近一项还有 2 天", "2 duties due soon, the first in 2 days"),
    ({"overdue": due(-1), "due_soon": due(2)}, "1 项工作已逾期，1 项将到期", "1 duty overdue, 1 due soon"),
    ({"to_review": due(2), "waived": due(9, 3)}, "1 项工作等您审核，3 项已免报", "1 duty to review, 3 waived"),
    ({"about_you": due(0, 2)}, "2 项工作已办结", "2 duties done"),
    ({"below": (LAGGARD,) * 2}, "2 项下级工作尚未完成", "2 duties not done below you"),
    ({"notes": ("放假通知",)}, "通知", "A notice"),
]


@pytest.mark.parametrize(("parts", "zh", "en"), SUBJECTS)
def test_the_subject_says_the_most_pressing_thing_first_and_then_the_campaign(parts: dict[str, Any], zh: str, en: str) -> None:
    view = replace(VIEW, **parts)
    assert compose(view).subject == f"{zh}【创先争优】"
    assert compose(replace(view, lang="en")).subject == f"{en} [创先争优]"


MATTERS = [
    ({"due_soon": due(0)}, "今天到期：点评（第三季度）", "Due today: 点评 (第三季度)"),
    ({"due_soon": due(1)}, "明天到期：点评（第三季度）", "Due tomorrow: 点评 (第三季度)"),
    ({"due_soon": due(5)}, "还有 5 天到期：点评（第三季度）", "Due in 5 days: 点评 (第三季度)"),
    ({"overdue": due(-2)}, "已逾期 2 天：点评（第三季度）", "2 days overdue: 点评 (第三季度)"),
    ({"returned": due(1)}, "被退回，明天到期：点评（第三季度）", "Returned, due tomorrow: 点评 (第三季度)"),
    ({"closed": due(0)}, "被退回，截止时间已过：点评（第三季度）", "Returned, closing time passed: 点评 (第三季度)"),
    ({"to_review": due(1)}, "请审核：点评（第三季度），第二党支部", "Please review: 点评 (第三季度), 第二党支部"),
    ({"to_name": due(1)}, "请另行指定审核人：点评（第三季度）", "Please name another reviewer: 点评 (第三季度)"),
    ({"extended": due(9)}, "已延期至9月30日：点评（第三季度）", "Extended to 9月30日: 点评 (第三季度)"),
    ({"waived": due(9)}, "已免报：点评（第三季度）", "Waived: 点评 (第三季度)"),
    ({"about_you": due(9)}, "点评（第三季度）已作出", "点评 (第三季度): done"),
    ({"delivered": due(9)}, "点评（第三季度）已作出", "点评 (第三季度): done"),
]


@pytest.mark.parametrize(("parts", "zh", "en"), MATTERS)
def test_the_subject_names_the_matter_where_there_is_one(parts: dict[str, Any], zh: str, en: str) -> None:
    [(part, (line,))] = parts.items()
    named: dict[str, Any] = {part: (replace(line, task_title="点评", period_title="第三季度"),)}
    view = replace(VIEW, **named)
    assert compose(view).subject == f"{zh}【创先争优】"
    assert compose(replace(view, lang="en")).subject == f"{en} [创先争优]"


def test_the_subject_says_whom_something_is_about_and_of_a_laggard_who_it_is() -> None:
    about = replace(DUTY, about="机械系教工党支部", period_title="", days=1)
    assert compose(replace(VIEW, due_soon=(about,))).subject == "明天到期：领导点评（对机械系教工党支部）【创先争优】"
    below = replace(LAGGARD, about="")
    assert compose(replace(VIEW, below=(below,))).subject == "下级未办：领导点评，信息工程学院党总支【创先争优】"
    assert compose(replace(VIEW, below=(replace(below, reviewing=True),))).subject.startswith("下级未审核：领导点评")


TITLES = [
    ("在全校党的基层组织和党员中深入开展创先争优活动", "已逾期 8 天：总结【在全校党的基层组织…】"),
    ("关于在全校各级党组织中深入开展“创先争优”活动的实施意见", "已逾期 8 天：总结【创先争优】"),
    ("春季活动", "已逾期 8 天：总结【春季活动】"),
    (
        "甲乙丙丁戊己庚辛壬癸子丑“寅卯辰巳午未申酉戌亥甲乙丙丁戊己庚辛壬癸子丑寅卯”",
        "已逾期 8 天：总结【甲乙丙丁戊己庚辛壬癸子丑…】",
    ),
]


@pytest.mark.parametrize(("title", "subject"), TITLES)
def test_a_long_title_is_cut_at_a_sensible_place_and_what_is_quoted_in_it_comes_first(title: str, subject: str) -> None:
    duty = replace(DUTY, task_title="总结", period_title="")
    assert compose(replace(VIEW, campaign_title=title, overdue=(duty,))).subject == subject
    assert columns(subject) <= 60


def test_a_long_matter_is_cut_last_and_leaves_the_campaign_a_word() -> None:
    long = replace(DUTY, task_title="深入开展创先争优活动" * 4, period_title="")
    subject = compose(replace(VIEW, overdue=(long,))).subject
    assert subject.startswith("已逾期 8 天：深入开展创先争优活动") and subject.endswith("…【创先争优】")
    assert columns(subject) <= 60
