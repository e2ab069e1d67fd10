"""What one task, or one reminder, has to say in words of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifiers.errors import Lang
from notifiers.texts import Texts, compose
from tests.notifiers.views import DUTY, LAGGARD, VIEW

PLAN = replace(DUTY, task="方案", task_title="实施方案")
REPORT = replace(DUTY, task="总结", task_title="总结")
OWN: Texts = tuple(
    sorted(
        {
            "tasks/方案/zh/line.j2": "表格见附件一<甲>，{{ line.unit_name }}。\n请用{{ line.task_title }}的格式。",
            "tasks/方案/zh/subject.j2": "方案事宜",
            "tasks/方案/zh/opening.j2": "{{ letter.recipient_name }}：这封信只谈方案。\n",
            "says/final/zh/subject.j2": "最后一次提醒",
            "says/final/zh/line.j2": "逾期将报上级。",
        }.items()
    )
)


def test_what_is_said_of_a_task_stands_beside_each_duty_of_it_and_of_no_other() -> None:
    composed = compose(replace(VIEW, overdue=(PLAN, REPORT)), OWN)
    assert composed.text.count("   说明：表格见附件一<甲>，第二党支部。\n     请用实施方案的格式。\n") == 1
    assert composed.html.count("表格见附件一&lt;甲&gt;，第二党支部。") == 1
    assert "方案事宜" not in composed.subject and "这封信只谈方案" not in composed.text


def test_a_letter_that_speaks_of_nothing_else_is_in_the_words_of_the_task() -> None:
    composed = compose(replace(VIEW, overdue=(PLAN,), due_soon=(replace(PLAN, days=3),)), OWN)
    assert composed.subject == "方案事宜"
    assert composed.text.startswith("李四：这封信只谈方案。\n") and "李四：这封信只谈方案。" in composed.html


def test_the_words_of_a_reminder_come_before_those_of_its_task() -> None:
    composed = compose(replace(VIEW, overdue=(replace(PLAN, say="final"),)), OWN)
    assert composed.subject == "最后一次提醒" and "说明：逾期将报上级。" in composed.text
    assert "这封信只谈方案" in composed.text, "what the reminder does not say, the task does"
    assert compose(replace(VIEW, overdue=(replace(PLAN, say="final"), PLAN)), OWN).subject == "方案事宜"


def test_a_summary_has_the_words_around_it_and_none_beside_its_lines() -> None:
    composed = compose(replace(VIEW, below=(replace(LAGGARD, task="方案"),)), OWN)
    assert composed.subject == "方案事宜" and "说明" not in composed.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_in_the_other_language_the_house_speaks(lang: Lang) -> None:
    composed = compose(replace(VIEW, lang=lang, overdue=(PLAN,)), OWN)
    assert (composed.subject == "方案事宜") == (lang == "zh")
