"""Why a notice was told, or was not, in whole sentences: one for every code that can stand there."""

from __future__ import annotations

from collections.abc import Mapping

from engine.sentences import Sentence

# Why a notice was not told. The short words for lists stand in `words.REASONS`.
WHY_NOT: Mapping[str, Sentence] = {
    "before-launch": Sentence(
        "活动发动时，这条提醒的日子已经过去，所以只记录、不发。",
        "Its day had passed when the campaign was launched: it is recorded and not told.",
    ),
    "campaign-over": Sentence("活动在它发出之前就结束了（或撤销了）。", "The campaign ended, or was taken back, before it went out."),
    "done": Sentence("轮到发信时，这项任务已经办成或免报，不必再催。", "By the time of the letter the duty was done or waived."),
    "lapsed": Sentence(
        "轮到发信时，这项任务已经截止，不再受理。", "By the time of the letter the duty had lapsed: nothing is taken any more."
    ),
    "handed-in": Sentence(
        "轮到发信时，材料已经（重新）报送，正在审核。", "By the time of the letter it had been handed in again, and was being reviewed."
    ),
    "moved-on": Sentence(
        "轮到发信时，这件事已经不在收件人手上。", "By the time of the letter it was no longer in the hands of whoever would have been told."
    ),
    "extended": Sentence(
        "决定之后期限改了：原期限的提醒作废，按新期限另行提醒。",
        "The due date was changed after it was decided: reminders go by the new one.",
    ),
    "answered": Sentence("轮到发信时，申请已经有了答复，不必再问。", "By the time of the letter the request had been answered."),
    "not-open": Sentence(
        "轮到发信时，这项任务又在等待其他任务，还不能办。",
        "By the time of the letter the duty waited for others again and could not be done.",
    ),
    "superseded": Sentence(
        "同一封信里，关于同一件事另有一条说得更全的，只说一次。",
        "The same letter had another one about the same duty that says more: it is said once.",
    ),
    "own-duty": Sentence(
        "收件人本人就是责任人，已经以责任人的身份得到提醒。", "Whoever would have been told owes it herself, and is told as such."
    ),
    "own-work": Sentence("这是收件人本人办的，不必再告诉本人。", "Whoever would have been told did it herself."),
    "vacant": Sentence("这个岗位空缺，往上各级也没有人接手。", "The post is vacant and nobody above stands in."),
    "no-address": Sentence("收件人在花名册里没有邮箱。", "The roster has no address of whoever would have been told."),
    "bad-address": Sentence(
        "寄到收件人现有地址的信被退回过，地址有误。", "Letters to the address that the roster has came back: it takes none."
    ),
    "no-office": Sentence(
        "应当告诉活动办公室，但办公室没有邮箱（建库时未填）。",
        "The campaign office was to be told, and has no address (none was given when the database was made).",
    ),
    "nobody-there": Sentence(
        "工作流写的收件人（to）在这个单位之上找不到。", "The recipient that the workflow names (`to`) is nowhere at or above this unit."
    ),
    "condition": Sentence(
        "这条提醒写了条件（when），轮到发信时条件不成立，或无从判断。",
        "Its line of the ladder has a condition (`when`) that was not met by the time of the letter, or that nobody could judge.",
    ),
}

# Why a message ended that was not given up by the mail server.
WHY_DROPPED: Mapping[str, Sentence] = {
    "no-longer-true": Sentence(
        "临寄出前再看，信里有内容已不属实，整封作废；仍属实的另写一封。",
        "Looked at once more before it went, something in it was no longer so: the letter was dropped, the rest goes into another one.",
    ),
    "campaign-over": Sentence("活动在它寄出之前结束了。", "The campaign ended before it was sent."),
}

# What became of one attempt.
OUTCOMES: Mapping[str, Sentence] = {
    "sent": Sentence("寄出", "sent"),
    "later": Sentence("没有寄成，稍后再试", "not sent, to be tried again"),
    "away": Sentence("连不上对方，稍后再试", "nobody could be reached, to be tried again"),
    "failed": Sentence("被拒，不再试", "refused, not tried again"),
    "given-up": Sentence("试得够多了，不再试", "tried often enough, not tried again"),
    "unknown": Sentence("不知道对方是否收下，用同一个编号再试", "whether it was taken is not known; tried again under the same Message-ID"),
}
# Why a letter failed that nobody refused. What else stands there are the words of a server.
WHY_FAILED: Mapping[str, Sentence] = {
    "unanswered": Sentence(
        "对方服务器从来没有明确答复，信可能已经收到；不再试，已告诉活动办公室。",
        "The server has never given a clear answer, and the letter may have arrived; it is tried no more, and the campaign office is told.",
    ),
}
# What stands beside an attempt that no server said anything about.
INTERRUPTED = {"interrupted": Sentence("寄信的程序中断了", "the program that sent it was interrupted")}

LETTER_STATES: Mapping[str, Sentence] = {
    "waiting": Sentence("等待寄出", "waits to be sent"),
    "sent": Sentence("已寄出", "sent"),
    "failed": Sentence("不再寄", "not sent any more"),
    "bounced": Sentence("被退回", "came back"),
}

# What became of a notice.
FATES: Mapping[str, Sentence] = {
    "decided": Sentence("已决定，还没有写进信件。", "Decided, and in no letter yet."),
    "composed": Sentence("已写进信件，还没有寄出。", "Written into a letter that has not gone out yet."),
    "sent": Sentence("随信寄出。", "It went out with a letter."),
    "suppressed": Sentence("没有发。", "It was not told."),
    "failed": Sentence("信件寄不出去。", "The letter could not be delivered."),
    "bounced": Sentence("信件寄出后被退回。", "The letter went out and came back."),
}

WAITS: Mapping[str, Sentence] = {
    "mail-off": Sentence("活动的邮件没有放行（campaign mail on）。", "The campaign's mail is held (`campaign mail on` lets it go)."),
    "letter-today": Sentence(
        "收件人今天已经有过一封信，每人每天一封，等明天。",
        "Whoever is told has had a letter today; there is one a day: it waits for tomorrow.",
    ),
    "hours": Sentence(
        "现在不在发信时间之内（campaign mail hours），不急的等到开始发信。",
        "Letters do not go at this hour (`campaign mail hours`): what is not urgent waits",
    ),
    "next-round": Sentence(
        "等下一次寄信（campaign run 或 campaign deliver）。",
        "It waits for the next round of letters (`campaign run` or `campaign deliver`).",
    ),
    "next-try": Sentence("等下一次尝试。", "It waits for the next try."),
    "in-hand": Sentence("有程序正在寄它。", "A program has it in hand just now."),
}

BECAUSE: Mapping[str, Sentence] = {
    "owner": Sentence("这件事由它负责", "it owes the duty"),
    "reviewer": Sentence("材料在它手上等待审核", "what was handed in waits there for review"),
    "superior": Sentence("提醒阶梯写明告诉上级", "the ladder tells the superior"),
    "named": Sentence("提醒阶梯写明告诉它", "the ladder names it"),
    "office-for-top": Sentence(
        "应当告诉上级，而上面没有别的单位，或只有最上级、文件又没有写明要告诉它：改为告诉活动办公室",
        "the ladder tells the superior; there is none, or only the top of the tree, which the file does not name: the office is told",
    ),
    "office-unreached": Sentence("这件事没有通知到应当得知的人", "somebody who was to be told of this duty could not be"),
    "granter": Sentence("延期要由它批准", "it may grant more time"),
    "held": Sentence("这件事使它不能进入下一阶段", "the duty holds it in its stage"),
    "delivered": Sentence("工作流写明结果要告诉它（deliver）", "the workflow delivers the result to it (`deliver`)"),
}
