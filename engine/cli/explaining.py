"""Why somebody got a mail, or did not: `explain-notice`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import click

from engine.cli import layout
from engine.cli.fates import BECAUSE, FATES, INTERRUPTED, LETTER_STATES, OUTCOMES, WAITS, WHY_DROPPED, WHY_FAILED, WHY_NOT
from engine.cli.options import Call, Number, argument, command
from engine.cli.output import at_desk, emit, heading
from engine.cli.time import iso, shown_exactly
from engine.cli.words import KINDS, NOTICE_KINDS, REASONS
from engine.operations.explaining import Addressed, Deed, Explanation, RungSource, explain
from engine.operations.letters_told import LetterTold, Rerouted
from engine.operations.recipients import UNREACHED
from engine.operations.unreached import OfficeTold
from engine.sentences import Lang, Sentence, plain
from engine.store.codes import NoticeKind
from notifiers.base import CAUSES
from notifiers.causes import POSTED

_ID = Sentence("编号", "ID")
# Between parts of one answer.
_THEN = Sentence("；", "; ")


@command(
    "explain-notice",
    "db",
    "asked",
    "as_json",
    more=Sentence(
        "编号是 campaign notices 的第一列。只根据记下的东西回答：为什么有（或没有）这封信。",
        "The id stands in the first column of `campaign notices`. Answers from what stands written alone: why there is, or is not, a mail.",
    ),
)
@argument("number", _ID, type=Number())
def explain_notice(call: Call, number: int) -> None:
    """Answer for one notice. Raises UnknownNotice, NoNotices."""
    with at_desk(call) as desk:
        found = explain(desk.house, number, desk.now)
    if call.as_json:
        emit(explained_data(found, call.lang))
        return
    heading(call.say(_title(found)))
    rows = [(call.say(word), call.say(said)) for word, said in _rows(found, ZoneInfo(found.zone))]
    click.echo(layout.definitions(rows, indent=""))


def _title(found: Explanation) -> Sentence:
    values = {
        "id": found.id,
        "unit": f"{found.unit} {found.unit_name}",
        "title": found.title,
        "kind": NOTICE_KINDS[found.kind],
        "number": f" {found.number}" if found.kind is NoticeKind.RUNG else "",
    }
    return Sentence("{id}  {unit}“{title}”{kind}{number}", "{id}  {unit}, “{title}”: {kind}{number}", values)


def _rows(found: Explanation, zone: ZoneInfo) -> Iterator[tuple[Sentence, Sentence]]:
    task = f"{found.task}@{found.period}" if found.period else found.task
    yield (
        Sentence("关于", "about"),
        Sentence(
            "{unit} 的 {task}（活动 {campaign}）",
            "{task} of {unit} (campaign {campaign})",
            {"unit": found.unit, "task": task, "campaign": found.campaign},
        ),
    )
    if found.rung is not None:
        yield Sentence("出自", "by"), rung_words(found.rung)
    if found.deed is not None:
        yield Sentence("起因", "because"), _deed_words(found.deed, zone)
    yield Sentence("到期", "due"), _due_words(found, zone)
    yield Sentence("决定", "decided"), plain(shown_exactly(found.decided_at, zone))
    yield Sentence("发给", "to"), _addressed_words(found.addressed, zone)
    if found.kind is NoticeKind.UNREACHED:
        yield Sentence("没送到", "missed"), _unreached_words(found)
    for one in found.rerouted:
        yield Sentence("改走", "rerouted"), _rerouted_words(one, zone)
    yield Sentence("结果", "outcome"), fate_words(found, zone)
    if _reached_nobody(found):
        yield Sentence("办公室", "office"), office_words(found.office, zone)
    if found.letter is not None:
        yield from _letter_rows(found.letter, zone)


def rung_words(rung: RungSource) -> Sentence:
    """Which line of which ladder, in the author's words, and where it is written."""
    every = Sentence("，每 {every}", ", every {every}", {"every": rung.every}) if rung.every else ""
    most = Sentence("，最多 {most} 次", ", at most {most} times", {"most": rung.most}) if rung.most is not None else ""
    to = Sentence("，发给 {to}", ", to {to}", {"to": rung.to}) if rung.to else ""
    via = Sentence("，走 {via}", ", via {via}", {"via": rung.via}) if rung.via else ""
    when = Sentence("，条件 {when}", ", when {when}", {"when": rung.when}) if rung.when else ""
    values = {"place": rung.place, "at": rung.at, "every": every, "most": most, "to": to, "via": via, "when": when, "where": _where(rung)}
    return Sentence(
        "提醒阶梯第 {place} 级：{at}{every}{most}{to}{via}{when}（{where}）",
        "rung {place} of the ladder: {at}{every}{most}{to}{via}{when} ({where})",
        values,
    )


def _where(rung: RungSource) -> Sentence:
    if rung.house:
        return Sentence("默认的阶梯，文件里没有写", "the house's own ladder; the file has none")
    if not rung.line:
        return plain(rung.file)
    return plain(f"{rung.file}:{rung.line} {rung.path}")


def _deed_words(deed: Deed, zone: ZoneInfo) -> Sentence:
    behalf = Sentence("（代 {behalf}）", " (for {behalf})", {"behalf": deed.behalf}) if deed.behalf else ""
    reason = Sentence("，理由：{reason}", ", reason: {reason}", {"reason": deed.reason}) if deed.reason else ""
    values = {"kind": KINDS[deed.kind], "at": shown_exactly(deed.at, zone), "actor": deed.actor, "behalf": behalf, "reason": reason}
    return Sentence("{at} {actor}{behalf} {kind}{reason}", "{kind} on {at} {actor}{behalf}{reason}", values)


def _due_words(found: Explanation, zone: ZoneInfo) -> Sentence:
    said = [plain(shown_exactly(found.due_at, zone)), *_counted(found)]
    if found.before_launch:
        said.append(Sentence("这一天在发动之前", "that was before the launch"))
    return _joined(said)


def _counted(found: Explanation) -> Iterator[Sentence]:
    """From which due it counts, and why it is not that day exactly."""
    rung = found.rung
    if found.due_text and rung is not None:
        original = Sentence("（原定 {original}）", " (originally {original})", {"original": found.original_due})
        extended = original if found.original_due else Sentence(" ", "")
        values = {"due": found.due_text, "extended": extended}
        yield Sentence("从期限 {due}{extended}算起", "counted from the due day {due}{extended}", values)
    if rung is not None and rung.moved_from is not None:
        yield Sentence("{day} 是休息日，已移到工作日", "{day} is no working day: it was moved to one", {"day": rung.moved_from})
    if rung is not None and rung.off_ladder:
        yield Sentence(
            "它本来的日子在任务开始（或活动发动）之前，所以过去的合成一条，在开始（发动）后提醒",
            "its own day lay before the duty opened, or before the launch: those that had passed became one, told after it",
        )
    if found.kind is NoticeKind.OPENED:
        yield Sentence(
            "任务开始得比提醒晚（先前在等待其他任务或前一阶段），错过的提醒合成这一条",
            "the duty opened after its reminders (it had waited for others, or for its stage): those that had passed became this one",
        )


def _addressed_words(to: Addressed, zone: ZoneInfo) -> Sentence:
    place = f"{to.unit} {to.unit_name} {to.role}".strip() if to.unit else to.unit_name
    seat: object = place or Sentence("活动办公室", "the campaign office")
    values = {"seat": seat, "because": BECAUSE[to.because]}
    return _joined([Sentence("{seat}（{because}）", "{seat} ({because})", values), *_answering(to, zone)])


def _answering(to: Addressed, zone: ZoneInfo) -> Iterator[Sentence]:
    at = shown_exactly(to.at, zone)
    if to.nobody:
        yield WHY_NOT[to.nobody]
    elif to.unit and to.stands_in:
        values = {"at": at, "person": to.person, "post": to.post}
        yield Sentence("{at} 时这个岗位空缺，由 {person}（{post}）代", "at {at} the post was vacant; {person} ({post}) stood in", values)
    elif to.unit:
        yield Sentence(
            "{at} 时由 {person}（{post}）担任", "at {at} it was held by {person} ({post})", {"at": at, "person": to.person, "post": to.post}
        )


def fate_words(found: Explanation, zone: ZoneInfo) -> Sentence:
    """What became of it, and why, or what it waits for."""
    said = [FATES[found.state]]
    if found.state == "suppressed":
        said.append(WHY_NOT.get(found.reason, plain(found.reason)))
    if found.state == "failed":
        said.append(WHY_FAILED.get(found.reason, plain(found.reason)))
    if found.waits_for:
        said.append(WAITS[found.waits_for])
    if found.waits_for == "next-try" and found.letter is not None and found.letter.next_try_at is not None:
        said.append(Sentence("时间：{at}", "at {at}", {"at": shown_exactly(found.letter.next_try_at, zone)}))
    if found.opens_at is not None:
        said.append(Sentence("时间：{at}", "until {at}", {"at": shown_exactly(found.opens_at, zone)}))
    if found.over and found.state in ("decided", "composed"):
        said.append(WHY_NOT["campaign-over"])
    return _joined([one for one in said if one.say("zh")], Sentence("", " "))


def _unreached_words(found: Explanation) -> Sentence:
    """Who was to be told of the duty and was not, and as what."""
    if not found.unreached:
        return Sentence("当时没有送到的，后来已经送到。", "What had not arrived by then has arrived since.")
    return _joined([one.words for one in found.unreached])


def _reached_nobody(found: Explanation) -> bool:
    lost = found.state in ("bounced", "failed") or (found.state == "suppressed" and found.reason in UNREACHED)
    return lost and found.kind is not NoticeKind.UNREACHED


def office_words(office: OfficeTold | None, zone: ZoneInfo) -> Sentence:
    """What the office was told of a notice that reached nobody."""
    if office is None:
        return Sentence("没有另行告诉活动办公室。", "It has not been told of this.")
    values = {"id": office.id, "at": shown_exactly(office.at, zone), "fate": FATES[office.state]}
    if office.before:
        return Sentence(
            "{at} 已告诉它这件事有人通知不到（编号 {id}），这一条没有再告诉。",
            "On {at} it was told of this duty that somebody cannot be reached (id {id}); of this notice it was not told again.",
            values,
        )
    return Sentence("改为告诉它（编号 {id}）：{fate}", "Told instead (id {id}): {fate}", values)


def _rerouted_words(one: Rerouted, zone: ZoneInfo) -> Sentence:
    values = {**vars(one), "at": shown_exactly(one.at, zone), "words": REASONS.get(one.words, plain(one.words))}
    return Sentence(
        "{at} 用 {channel} 寄给 {address} 的第 {message} 封信没有收下（{words}），改由 {then} 另写一封",
        "on {at} letter {message} by {channel} to {address} was not taken ({words}); it goes by {then} in another one",
        values,
    )


def _letter_rows(letter: LetterTold, zone: ZoneInfo) -> Iterator[tuple[Sentence, Sentence]]:
    address = f" <{letter.address}>" if letter.address else ""
    values = {"subject": letter.subject, "to": letter.to, "address": address, "state": LETTER_STATES[letter.state]}
    said = [Sentence("“{subject}”，寄给 {to}{address}，{state}", "“{subject}” to {to}{address}, {state}", values)]
    if letter.state == "failed" and letter.reason in WHY_DROPPED:
        said.append(WHY_DROPPED[letter.reason])
    yield Sentence("信件", "letter"), _joined(said)
    contact = Sentence("，提醒 @{contact}", ", calls @{contact}", {"contact": letter.contact}) if letter.contact else ""
    yield Sentence("渠道", "channel"), Sentence("{name}{contact}", "{name}{contact}", {"name": letter.channel, "contact": contact})
    yield Sentence("信件编号", "Message-ID"), plain(letter.message_id)
    yield Sentence("写成", "composed"), plain(shown_exactly(letter.composed_at, zone))
    for number, one in enumerate(letter.attempts, 1):
        words = INTERRUPTED.get(one.words) or tried_words(one.words)
        outcome = OUTCOMES[one.outcome]
        values = {"at": shown_exactly(one.at, zone), "outcome": outcome, "words": words}
        yield (
            Sentence("第 {n} 次寄", "attempt {n}", {"n": number}),
            Sentence("{at} {outcome}：{words}", "{at} {outcome}: {words}", values)
            if one.words
            else Sentence("{at} {outcome}", "{at} {outcome}", values),
        )


def tried_words(kept: str) -> Sentence:
    """What was written down of an attempt: the cause in words, as it is said in either language, and behind it those of the server."""
    for zh, en in (*CAUSES.values(), *POSTED.values()):
        if kept.startswith(f"{en}: "):
            return Sentence("{zh}（{words}）", "{en} ({words})", {"zh": zh, "en": en, "words": kept.removeprefix(f"{en}: ")})
    return plain(kept)


def _joined(said: list[Sentence], between: Sentence = _THEN) -> Sentence:
    found = said[0]
    for more in said[1:]:
        found = Sentence("{one}{between}{more}", "{one}{between}{more}", {"one": found, "between": between, "more": more})
    return found


def explained_data(found: Explanation, lang: Lang) -> dict[str, Any]:
    """The answer as data."""
    zone = ZoneInfo(found.zone)
    return {
        "id": found.id,
        "campaign": found.campaign,
        "unit": found.unit,
        "name": found.unit_name,
        "task": found.task,
        "period": found.period,
        "title": found.title.say(lang),
        "kind": NOTICE_KINDS[found.kind].en,
        "due_at": iso(found.due_at, zone),
        "decided_at": iso(found.decided_at, zone),
        "counted_from": found.due_text,
        "original_due": found.original_due,
        "rung": None if found.rung is None else _rung_data(found.rung, found.number),
        "deed": None if found.deed is None else {**vars(found.deed), "at": iso(found.deed.at, zone)},
        "to": _to_data(found.addressed, zone),
        "state": found.state,
        "reason": found.reason,
        "meaning": fate_words(found, zone).say(lang),
        "waits_for": found.waits_for,
        "opens_at": iso(found.opens_at, zone),
        "unreached": [dict(vars(one)) for one in found.unreached],
        "office": None if found.office is None else {**vars(found.office), "at": iso(found.office.at, zone)},
        "rerouted": [{**vars(one), "at": iso(one.at, zone)} for one in found.rerouted],
        "letter": None if found.letter is None else _letter_data(found.letter, zone),
    }


def _rung_data(rung: RungSource, number: int) -> dict[str, Any]:
    moved = None if rung.moved_from is None else rung.moved_from.isoformat()
    return {**vars(rung), "number": number, "moved_from": moved}


def _to_data(to: Addressed, zone: ZoneInfo) -> dict[str, Any]:
    return {**vars(to), "at": iso(to.at, zone)}


def _letter_data(letter: LetterTold, zone: ZoneInfo) -> dict[str, Any]:
    attempts = [{**vars(one), "at": iso(one.at, zone)} for one in letter.attempts]
    instants = {"composed_at": iso(letter.composed_at, zone), "next_try_at": iso(letter.next_try_at, zone)}
    return {**vars(letter), **instants, "attempts": attempts}
