"""Made-up letters: what an administrator's own templates are tried on, and what the gallery shows."""

from __future__ import annotations

from dataclasses import replace

from notifiers.base import Lang
from notifiers.texts import DutyLine, LaggardLine, LetterView


def samples(lang: Lang) -> dict[str, LetterView]:
    """Letters by name: `everything` fills every part and field, `nothing` none, the others are what people get on ordinary days."""
    return _chinese() if lang == "zh" else _english()


def _chinese_below() -> tuple[LaggardLine, ...]:
    return tuple(
        LaggardLine(
            unit_name=f"计算机学院学生第{number}党支部",
            task_title="领导点评",
            period_title="2010年第三季度",
            due_text="2010年9月30日（星期四）",
            days=-8,
            who=who,
        )
        for number, who in (("三", "钱七"), ("五", "孙八"), ("九", "职务空缺"))
    )


def _chinese_letter() -> LetterView:
    return LetterView(
        lang="zh",
        recipient_name="李四",
        recipient_post="计算机学院学生第二党支部书记",
        campaign_title="创先争优活动",
        today_text="2010年10月8日（星期五）",
        office_name="创先争优活动办公室",
        office_address="office@example.org",
        full_list="campaign mine --as li.si@example.org",
    )


def _chinese() -> dict[str, LetterView]:
    duty = DutyLine(
        unit_name="计算机学院学生第二党支部",
        task_title="领导点评",
        period_title="2010年第三季度",
        due_text="2010年9月30日（星期四）",
        days=-8,
        state_text="尚未上报",
        how="campaign submit 计算机学院学生第二党支部 领导点评@2010-Q3 点评.docx",
        cite="《实施方案》第三部分第（二）条",
    )
    pledge = DutyLine(
        unit_name="计算机学院学生第二党支部",
        task_title="公开承诺书",
        due_text="2010年10月8日（星期五）",
        days=0,
        state_text="尚未上报",
        how="https://campaign.example.org/hand-in",
    )
    returned = replace(
        duty,
        task_title="半年总结",
        period_title="2010年上半年",
        due_text="2010年10月11日（星期一）",
        original_due_text="2010年9月20日（星期一）",
        days=3,
        state_text="已退回，等待修改",
        shortfall="986 字，还差 14 字",
        reason="1. 缺少“存在问题”一节。\n2. 正文不足 1000 字，请补充整改措施，并写明完成时限。",
        by="王五（学院党委组织员）",
    )
    review = replace(
        pledge,
        unit_name="计算机学院教工第一党支部",
        state_text="已上报，等待审核",
        due_text="2010年10月13日（星期三）",
        days=5,
        by="赵六",
        how="campaign review",
    )
    told = replace(duty, task_title="民主评议", state_text="已接受", due_text="2010年9月20日（星期一）", by="王五", how="", cite="")
    return _named(
        _chinese_letter(), duty, pledge, returned, review, told, _chinese_below(), note="10月1日至7日放假，期间到期的工作照常计算。"
    )


def _english_below() -> tuple[LaggardLine, ...]:
    return tuple(
        LaggardLine(
            unit_name=f"Northern District, {number} Station",
            task_title="Leader's comment",
            period_title="third quarter 2010",
            due_text="Thursday, 30 September 2010",
            days=-8,
            who=who,
        )
        for number, who in (("Fourth", "Carl Cook"), ("Sixth", "Dora Dyer"), ("Ninth", "post vacant"))
    )


def _english_letter() -> LetterView:
    return LetterView(
        lang="en",
        recipient_name="Eve Ellis",
        recipient_post="head of the Third Station",
        campaign_title="Safety Year",
        today_text="Friday, 8 October 2010",
        office_name="the campaign office",
        office_address="office@example.org",
        full_list="campaign mine --as eve.ellis@example.org",
    )


def _english_returned(duty: DutyLine) -> DutyLine:
    return replace(
        duty,
        task_title="Half-year report",
        period_title="first half of 2010",
        due_text="Monday, 11 October 2010",
        original_due_text="Monday, 20 September 2010",
        days=3,
        state_text="returned, waiting for correction",
        shortfall="986 characters, 14 more needed",
        reason="1. The section on remaining problems is missing.\n2. Say by which day each measure will be finished, and who sees to it.",
        by="Ann Archer (district office)",
    )


def _english() -> dict[str, LetterView]:
    duty = DutyLine(
        unit_name="Northern District, Third Station",
        task_title="Leader's comment",
        period_title="third quarter 2010",
        due_text="Thursday, 30 September 2010",
        days=-8,
        state_text="not handed in",
        how="campaign submit third-station comment@2010-Q3 comment.docx",
        cite="Plan, part III, item 2",
    )
    pledge = DutyLine(
        unit_name="Northern District, Third Station",
        task_title="Public pledge",
        due_text="Friday, 8 October 2010",
        days=0,
        state_text="not handed in",
        how="https://campaign.example.org/hand-in",
    )
    returned = _english_returned(duty)
    review = replace(
        pledge,
        unit_name="Northern District, First Station",
        state_text="handed in, waiting for review",
        due_text="Wednesday, 13 October 2010",
        days=5,
        by="Bob Baker",
        how="campaign review",
    )
    told = replace(
        duty, task_title="Appraisal", state_text="accepted", due_text=returned.original_due_text, by="Ann Archer", how="", cite=""
    )
    return _named(
        _english_letter(),
        duty,
        pledge,
        returned,
        review,
        told,
        _english_below(),
        note="1 to 7 October are holidays; what falls due then stays due.",
    )


def _named(
    empty: LetterView,
    duty: DutyLine,
    pledge: DutyLine,
    returned: DutyLine,
    review: DutyLine,
    told: DutyLine,
    below: tuple[LaggardLine, ...],
    *,
    note: str,
) -> dict[str, LetterView]:
    soon = replace(pledge, days=3, due_text=returned.due_text, period_title=duty.period_title)
    many = tuple(replace(duty, unit_name=f"{duty.unit_name} {number}", days=-number) for number in range(1, 301))
    everything = replace(
        empty,
        returned=(returned,),
        overdue=(duty,),
        due_soon=(pledge, soon),
        opened=(replace(soon, days=None, due_text=""),),
        to_review=(review,),
        told=(told,),
        below=below,
        notes=(note,),
    )
    return {
        "everything": everything,
        "pressing": replace(empty, overdue=(duty,), due_soon=(pledge, replace(pledge, task_title=told.task_title))),
        "soon": replace(empty, due_soon=(soon,)),
        "returned": replace(empty, returned=(returned,)),
        "superior": replace(empty, below=below, to_review=(review,)),
        "result": replace(empty, told=(told,)),
        "many": replace(empty, overdue=many, below=below * 20),
        "bare": replace(empty, recipient_post="", office_address="", full_list="", overdue=many[:20], opened=(replace(duty, days=None),)),
        "nothing": empty,
    }
