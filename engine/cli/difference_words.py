"""What reconciling finds, in words: one sentence for each kind of difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.cli.time import shown
from engine.cli.words import NOTICE_KINDS, NOTICE_STATES, REASONS
from engine.operations.differences import Difference, Seat
from engine.sentences import Sentence, plain
from engine.store.codes import NoticeKind

DIFFERENCES: Mapping[str, Sentence] = {
    "missing": Sentence("应当决定，却没有这条提醒", "it had to be decided, and is not there"),
    "extra": Sentence("不应当有这条提醒（收件人：{found}）", "it had not to be decided (to: {found})"),
    "twice": Sentence("同一条提醒决定了两次", "it was decided twice"),
    "other-recipient": Sentence("应当发给 {should}，却发给了 {found}", "it had to go to {should}, not to {found}"),
    "other-instant": Sentence("应当在 {should} 到期，却记为 {found}", "it fell due at {should}, not at {found}"),
    "not-suppressed-at-once": Sentence("应当当时就不发（{should}），却没有", "it had to be suppressed at once ({should}), and was not"),
    "suppressed-at-once": Sentence("不应当一开始就不发（{found}）", "it had not to be suppressed at once ({found})"),
    "suppressed-without-reason": Sentence("记为不再发，却没有理由", "it is suppressed, and nothing says why"),
    "decided-with-message": Sentence("记为待发，却已在信件 {message} 里", "it waits, and yet stands in message {message}"),
    "without-message": Sentence("记为“{found}”，却不在任何一封信里", "it is marked “{found}” and stands in no message"),
    "waiting-though-over": Sentence("活动已结束，它却仍在等待", "the campaign is over, and it still waits"),
    "office-not-told": Sentence("通知不到（{found}），却没有告诉活动办公室", "it reaches nobody ({found}), and the office was not told"),
    "office-told-for-nothing": Sentence(
        "告诉了活动办公室通知不到，却没有这样的提醒", "the office was told that nobody is reached, and no notice says so"
    ),
    "other-owner": Sentence(
        "按工作流和组织树，责任人或审核人不是发动时记下的那一个",
        "by the workflow and the tree its owner or reviewer is not the one that the launch wrote down",
    ),
    "no-occurrence": Sentence("工作流里有这一期，数据库里却没有", "the workflow has this period, the database has not"),
    "unknown-occurrence": Sentence("数据库里有这一期，工作流里却没有", "the database has this period, the workflow has not"),
    "unknown-state": Sentence("去向“{found}”不是任何一种去向", "“{found}” is no state that there is"),
    "sent-without-attempt": Sentence(
        "信件 {message} 记为已寄出，却没有寄成的记录", "message {message} is marked sent, and no attempt says so"
    ),
    "sent-twice": Sentence("信件 {message} 寄成了 {found} 次", "message {message} was sent {found} times"),
    "tried-after-end": Sentence("信件 {message} 有了结果以后又寄过", "message {message} was tried again after it had ended"),
    "failed-without-attempt": Sentence(
        "信件 {message} 记为寄不出，却没有被拒的记录", "message {message} is marked failed, and no attempt says so"
    ),
    "ended-though-sent": Sentence("信件 {message} 已经寄成，却记为“{found}”", "message {message} was sent, and yet is marked “{found}”"),
    "attempts-missing": Sentence(
        "信件 {message} 开始寄了 {should} 次，却有 {found} 次的记录",
        "message {message} was begun {should} time(s), and {found} attempt(s) stand written",
    ),
    "tried-before-composed": Sentence("信件 {message} 还没有写成就寄过", "message {message} was tried before it was composed"),
    "waiting-without-time": Sentence(
        "信件 {message} 在等待，却没有下一次的时间", "message {message} waits, and no time for the next try is set"
    ),
    "message-without-notices": Sentence("信件 {message} 里没有任何提醒", "message {message} holds no notice"),
    "notice-not-as-message": Sentence(
        "信件 {message} 里的提醒应为“{should}”，却是“{found}”", "in message {message} it had to be “{should}”, and is “{found}”"
    ),
}
_OFFICE = Sentence("活动办公室", "the campaign office")
# How a message goes on is said with the words for its notices.
_STATES = {**NOTICE_STATES, "waiting": Sentence("待寄", "waiting")}


def sentence_of(found: Difference, zone: ZoneInfo) -> Sentence:
    """The difference in one sentence: about what, and what is wrong with it."""
    words = DIFFERENCES[found.code]
    said = Sentence(
        words.zh, words.en, {"should": _said(found.should, zone), "found": _said(found.found, zone), "message": found.message or "-"}
    )
    return Sentence("{about}：{said}。", "{about}: {said}.", {"about": about_words(found, zone), "said": said})


def about_words(found: Difference, zone: ZoneInfo) -> Sentence:
    """`B 理学院党支部“方案”提醒 3（2030-03-21 08:30，编号 12）`."""
    task = f"{found.task}@{found.period}" if found.period else found.task
    values = {
        "unit": f"{found.unit} {found.name}".strip(),
        "task": Sentence("“{task}”", " “{task}”", {"task": task}) if task else "",
        "kind": "" if found.kind is None else _kind(found.kind, found.number),
        "when": _when(found, zone),
    }
    return Sentence("{unit}{task}{kind}{when}", "{unit}{task}{kind}{when}", values)


def _kind(kind: int, number: int) -> Sentence:
    words = NOTICE_KINDS.get(kind, plain(str(kind)))
    counted = f" {number}" if kind == NoticeKind.RUNG else ""
    return Sentence("{kind}{counted}", " {kind}{counted}", {"kind": words, "counted": counted})


def _when(found: Difference, zone: ZoneInfo) -> Sentence:
    at = "" if found.due_at is None else shown(found.due_at, zone)
    number = "" if found.notice is None else Sentence("编号 {n}", "id {n}", {"n": found.notice})
    if not at or not number:
        said: object = at or number
        return Sentence("（{said}）", " ({said})", {"said": said}) if said else plain("")
    return Sentence("（{at}，{number}）", " ({at}, {number})", {"at": at, "number": number})


def _said(value: datetime | Seat | str | int | None, zone: ZoneInfo) -> object:
    match value:
        case datetime():
            return shown(value, zone)
        case Seat():
            place = f"{value.unit} {value.role}".strip()
            return place or _OFFICE
        case str():
            return _STATES.get(value) or REASONS.get(value) or value or "-"
        case _:
            return "-" if value is None else value
