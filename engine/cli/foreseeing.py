"""What a day will bring: `tomorrow`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from engine.cli.options import READS, Call, command, option
from engine.cli.output import SEPARATOR, Desk, at_desk, emit_around, heading, line, say_if_over
from engine.cli.progress import watched
from engine.cli.time import day as typed_day
from engine.cli.time import iso, shown_exactly
from engine.cli.words import ESCALATION, NOTICE_KINDS, REASONS
from engine.operations.foreseeing import Foresight, Line, Saying, Unreached, foresee
from engine.operations.instructions import day_words
from engine.sentences import Lang, Sentence, plain, some_of
from engine.wiring.post import looking_only, unsendable

# So many duties of one kind, and so many who cannot be told, are named.
_NAMED = 5
_UNREACHED = 10


@command(
    "tomorrow",
    *READS,
    more=Sentence(
        "在数据库的副本上，用真的时钟和真的写信推演到那一天，什么也不寄出，什么也不改动。\n"
        "前提是 campaign run 一直运行，而到那天为止没有人再办理任何事。\n"
        "邮件没有放行的活动标“暂存”：假如到那天最后一刻才放行，会寄出这些信。",
        "Plays the real clock and the real writing of letters through on a copy, up to that day: nothing is sent or changed.\n"
        "It is what happens while `campaign run` goes on and nobody does anything.\n"
        "Letters of campaigns whose mail is off are marked as held: those would go if mail were let go in the last moment of that day.",
    ),
)
@option("--on", words=Sentence("哪一天（默认明天）", "which day (tomorrow if none)"), value=Sentence("日期", "DATE"))
def tomorrow(call: Call, on: str | None) -> None:
    """List who would get what. Raises DayIsPast, NoRoomToTry, and what is wrong with the names."""
    day = None if on is None else typed_day(on)
    with at_desk(call) as desk, ExitStack() as copy:
        post = looking_only(call.settings, desk.house)
        trouble = unsendable(call.settings, desk.house)
        # What was seen of the work is wiped away before anything is printed: both would stand in one line.
        with watched(call.lang) as watch:
            found = copy.enter_context(foresee(desk.house, post, call.campaign, day, desk.now, watch))
        if call.as_json:
            _emit(call, desk, found, trouble)
        elif found.campaigns:
            _print(call, desk, found, trouble, by_channel=len(post.channels) > 1)
        else:
            say_if_over(call, desk)


def _print(call: Call, desk: Desk, found: Foresight, trouble: Sentence | None, *, by_channel: bool) -> None:
    at = shown_exactly(desk.now, desk.zone)
    heading(call.words("{day}会寄出的信（{at} 推演）", "Letters of {day}, as foreseen on {at}", day=day_words(found.day, call.lang), at=at))
    if found.held:
        said = call.words(
            "邮件还没有放行：{names}。标“暂存”的信放行以后才会寄。",
            "Mail is held: {names}. Letters marked as held go only once it is let go.",
            names=some_of(found.held),
        )
        line(said)
    counts = Counter[str]()
    for one in found.lines():
        counts[_sort(one)] += 1
        line(_text(call, one, several=len(found.campaigns) > 1, by_channel=by_channel), "    ", first="")
    _print_end(call, found, counts)
    if trouble is not None and (counts["sent"] or counts["failed"]):
        line(call.words("可是现在寄不出去：{why}", "But as things are set none can leave: {why}", why=trouble))


def _sort(one: Line) -> str:
    return "failed" if one.failure else "held" if one.held else "sent"


def _print_end(call: Call, found: Foresight, counts: Mapping[str, int]) -> None:
    if counts["sent"] or counts["held"]:
        zh, en = "共寄出 {sent} 封，暂存 {held} 封。", "Leaving: {sent} letter(s); held: {held}."
        line(call.words(zh, en, sent=counts["sent"], held=counts["held"]))
    else:
        line(call.words("这一天没有信要寄。", "No letter leaves on this day."))
    if found.before:
        line(call.words("在那之前还会寄出 {n} 封。", "Leaving before that day: {n} letter(s).", n=found.before))
    if counts["failed"]:
        said = call.words("地址不能用而寄不出 {n} 封。", "Not leaving, since the address is none: {n} letter(s).", n=counts["failed"])
        line(said)
    named: list[str] = []
    reasons = Counter[str]()
    for one in found.unreached():
        reasons[one.reason] += 1
        if len(named) < _UNREACHED:
            named.append(_nobody(call, one))
    if not reasons:
        return
    why = SEPARATOR.say(call.lang).join(f"{_reason(reason, call.lang)} {n}" for reason, n in reasons.items())
    names = SEPARATOR.say(call.lang).join(named)
    more = call.words("等", " and others") if reasons.total() > len(named) else ""
    values = {"n": reasons.total(), "why": why, "names": names + more}
    line(call.words("通知不到 {n} 处（{why}）：{names}。", "{n} cannot be told ({why}): {names}.", **values), "    ", first="")


def _reason(code: str, lang: Lang) -> str:
    return REASONS.get(code, plain(code)).say(lang)


def _nobody(call: Call, one: Unreached) -> str:
    name = " ".join(filter(None, (one.unit_name, one.person or one.post)))
    return name or call.words("活动办公室", "the campaign office") if one.reason != "nobody-there" else _reason(one.reason, call.lang)


def _text(call: Call, one: Line, *, several: bool, by_channel: bool) -> str:
    """`郑华  理学院党支部  zhenghua@example.org  提醒 2：方案、总结`; with the channel before the address, where there are several."""
    place = [one.unit_name] if one.unit_name else []
    marks = [call.words("【暂存】", "[held]")] if _sort(one) == "held" else []
    marks += [call.words("【地址不能用】", "[no address]")] if one.failure else []
    says = Sentence("；", "; ").say(call.lang).join(_kinds(call.lang, one))
    where = f"{one.channel} {one.address}".rstrip() if by_channel else one.address
    return "  ".join(filter(None, [*marks, one.person, *place, where, one.campaign if several else "", says]))


def _kinds(lang: Lang, one: Line) -> Iterator[str]:
    """`提醒 2：方案、总结`, for each kind of thing that the letter says."""
    for kind in dict.fromkeys(map(_kind, one.says)):
        mine = [said for said in one.says if _kind(said) == kind]
        named = some_of((_duty(said).say(lang) for said in mine), _NAMED)
        yield Sentence("{kind} {n}：{named}", "{kind} {n}: {named}", {"kind": kind_words(kind), "n": len(mine), "named": named}).say(lang)


def _kind(said: Saying) -> str:
    return ESCALATION.en if said.escalated else NOTICE_KINDS[said.kind].en


def kind_words(kind: str) -> Sentence:
    """What a kind of notice is called."""
    return {words.en: words for words in (*NOTICE_KINDS.values(), ESCALATION)}[kind]


def _duty(said: Saying) -> Sentence:
    """Its title; of another unit than the reader's with that one's name."""
    values = {"title": said.title, "unit": said.unit_name}
    return said.title if said.own else Sentence("{unit}的{title}", "{title} of {unit}", values)


def _emit(call: Call, desk: Desk, found: Foresight, trouble: Sentence | None) -> None:
    counts = Counter[str]()

    def counted() -> Iterator[dict[str, Any]]:
        for one in found.lines():
            counts[_sort(one)] += 1
            yield _data(call.lang, one)

    def end() -> dict[str, Any]:
        return {
            "sent": counts["sent"],
            "held": counts["held"],
            "failed": counts["failed"],
            "before": found.before,
            "unreached": [vars(one) for one in found.unreached()],
            "trouble": None if trouble is None else call.say(trouble),
        }

    emit_around({"day": str(found.day), "now": iso(desk.now, desk.zone)}, "messages", counted(), end)


def _data(lang: Lang, one: Line) -> dict[str, Any]:
    says = [
        {
            "kind": _kind(said),
            "unit": said.unit,
            "name": said.unit_name,
            "task": said.task,
            "period": said.period,
            "title": said.title.say(lang),
        }
        for said in one.says
    ]
    return {**vars(one), "says": says}
