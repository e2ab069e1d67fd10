"""A letter's view for tests, and lines to fill it with."""

from __future__ import annotations

from dataclasses import replace

from notifiers.views import DutyLine, LaggardLine, LetterView

DUTY = DutyLine(
    unit_name="第二党支部",
    task_title="领导点评",
    period_title="2010年第三季度",
    due_text="2010年9月30日（周四）",
    due_day="9月30日",
    days=-8,
    tried="全文 986 字，还差 14 字（要求不少于 1000 字）。请补充后重新报送。",
    how="把材料发至 office@example.org，注明“GB05-01 领导点评 2010年第三季度”",
    mark="GB05-01 领导点评 2010年第三季度",
)
LAGGARD = LaggardLine(unit_name="信息工程学院党总支", task_title="领导点评", about="2009级本科生党支部", who="陈慧敏", days=-8)
VIEW = LetterView(
    lang="zh",
    recipient_name="李四",
    recipient_post="书记",
    campaign_title="创先争优",
    today_text="2010年10月8日（周五）",
    office_name="活动办公室",
    office_address="office@example.org",
)


def due(days: int, count: int = 1) -> tuple[DutyLine, ...]:
    return (replace(DUTY, days=days),) * count
