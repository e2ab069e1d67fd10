"""Codes in words: what the journal records, why somebody is told, what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.sentences import Sentence
from engine.store.codes import NoticeKind

KINDS: Mapping[str, Sentence] = {
    "imported": Sentence("导入花名册", "roster imported"),
    "loaded": Sentence("载入工作流", "workflow loaded"),
    "launched": Sentence("发动", "launched"),
    "withdrawn": Sentence("撤销发动", "launch taken back"),
    "closed": Sentence("结束", "closed"),
    "mail-on": Sentence("放行邮件", "mail let go"),
    "mail-off": Sentence("暂停邮件", "mail held"),
    "mail-hours": Sentence("改发信时间", "sending hours changed"),
    "bounced": Sentence("退信", "letter came back"),
    "misworded": Sentence("模板出错", "template failed"),
    "rerouted": Sentence("改走别的渠道", "told by another channel"),
    "channels-set": Sentence("改渠道", "channels changed"),
    "mail-retried": Sentence("重新寄信", "written to again"),
    "digest-on": Sentence("改为每周汇总", "digest only"),
    "digest-off": Sentence("恢复逐日告知", "digest ended"),
    "opened": Sentence("任务开始", "opened"),
    "reminded": Sentence("提醒", "reminded"),
    "locked": Sentence("截止失效", "lapsed"),
    "late": Sentence("逾期", "overdue"),
    "stage-opened": Sentence("阶段开始", "stage opened"),
    "stage-closed": Sentence("阶段结束", "stage closed"),
    "moved": Sentence("进入", "moved on to"),
    "finished": Sentence("全部完成", "finished"),
    "handed_in": Sentence("报送", "handed in"),
    "turned_away": Sentence("检查未过", "turned away"),
    "taken_back": Sentence("撤回", "taken back"),
    "accepted": Sentence("通过", "accepted"),
    "returned": Sentence("退回", "returned"),
    "extended": Sentence("延期", "extended"),
    "waived": Sentence("免报", "waived"),
    "reopened": Sentence("重新开放", "reopened"),
    "chased": Sentence("催办", "chased"),
    "asked": Sentence("申请延期", "asked for more time"),
    "denied": Sentence("不准延期", "more time denied"),
}

# The English word is the kind in JSON.
NOTICE_KINDS: Mapping[int, Sentence] = {
    NoticeKind.RUNG: Sentence("提醒", "reminder"),
    NoticeKind.TO_REVIEW: Sentence("待审核", "to-review"),
    NoticeKind.RETURNED: Sentence("退回", "returned"),
    NoticeKind.ACCEPTED: Sentence("通过", "accepted"),
    NoticeKind.EXTENDED: Sentence("延期", "extended"),
    NoticeKind.WAIVED: Sentence("免报", "waived"),
    NoticeKind.OPENED: Sentence("补发开始", "opened-late"),
    NoticeKind.REOPENED: Sentence("重新开放", "reopened"),
    NoticeKind.UNREACHED: Sentence("通知不到", "unreached"),
    NoticeKind.PASSED: Sentence("审核通过", "passed"),
    NoticeKind.BLOCKED: Sentence("等待他人", "blocked"),
    NoticeKind.CHASED: Sentence("催办", "chased"),
    NoticeKind.ASKED: Sentence("申请延期", "asked"),
    NoticeKind.DENIED: Sentence("不准延期", "denied"),
}

# A reminder that goes to somebody else than whoever has to act.
ESCALATION = Sentence("报上级", "escalation")

NOTICE_STATES: Mapping[str, Sentence] = {
    "decided": Sentence("待发", "decided"),
    "composed": Sentence("已成信", "composed"),
    "sent": Sentence("已寄出", "sent"),
    "suppressed": Sentence("不再发", "suppressed"),
    "failed": Sentence("寄不出", "failed"),
    "bounced": Sentence("被退回", "bounced"),
}

REASONS: Mapping[str, Sentence] = {
    "before-launch": Sentence("发动前已过时", "before the launch"),
    "campaign-over": Sentence("活动已结束", "campaign over"),
    "done": Sentence("已完成", "done"),
    "lapsed": Sentence("已失效", "lapsed"),
    "handed-in": Sentence("已重报", "handed in again"),
    "moved-on": Sentence("已不在其手上", "with somebody else now"),
    "extended": Sentence("已延期", "extended"),
    "answered": Sentence("已答复", "answered"),
    "not-open": Sentence("尚未开始", "not open"),
    "superseded": Sentence("并入后一条", "a later one speaks"),
    "own-duty": Sentence("本人就是责任人", "it is her own duty"),
    "own-work": Sentence("是本人办的", "it is her own work"),
    "vacant": Sentence("岗位空缺", "post vacant"),
    "no-address": Sentence("没有邮箱", "no address"),
    "bad-address": Sentence("邮箱退信", "letters to the address come back"),
    "no-office": Sentence("办公室没有邮箱", "the office has no address"),
    "nobody-there": Sentence("没有这个收件人", "nobody there"),
    "unanswered": Sentence("没有回音，信可能已经收到", "never answered; it may have arrived"),
    "condition": Sentence("不合条件", "its condition is not met"),
}

# What holds a unit, by the code of the blocker.
BLOCKS: Mapping[str, Sentence] = {
    "overdue": Sentence("逾期", "overdue"),
    "not-done": Sentence("未完成", "not done"),
    "not-open": Sentence("未开始", "not open"),
    "waits-for": Sentence("须等其他任务", "waits for others"),
    "in-review": Sentence("待审核", "in review"),
    "returned": Sentence("已退回", "returned"),
    "lapsed": Sentence("已失效", "lapsed"),
    "undated": Sentence("未定期限", "undated"),
}
