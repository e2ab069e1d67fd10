"""What was told and why: `notices`, with what it has to be by definition, roster and journal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.cli.difference_words import sentence_of
from engine.cli.options import READS, Call, Choice, Number, command, option
from engine.cli.output import at_desk, emit, line, table, warn_if_behind
from engine.cli.progress import watched
from engine.cli.time import day, iso, moment, shown
from engine.cli.words import NOTICE_KINDS, NOTICE_STATES, REASONS
from engine.errors import CampaignError
from engine.operations.differences import Difference, Reconciled, Seat, Span
from engine.operations.reconciling import reconcile
from engine.operations.viewing import NoticeLine, read_notices
from engine.sentences import Lang, Sentence, plain
from engine.store.codes import NoticeKind

_UNIT = Sentence("单位", "UNIT")
_COLON = Sentence("：", ": ")
_OFFICE = Sentence("活动办公室", "the campaign office")
_DATE = Sentence("日期", "DATE")
_STATES = ("decided", "composed", "sent", "suppressed", "failed", "bounced")
_CHOICES = Sentence("、".join(f"{NOTICE_STATES[state].zh}（{state}）" for state in _STATES), ", ".join(_STATES))
_ALL = 1_000_000


class OnlyReconciling(CampaignError):
    """{option} 只能和 --reconcile 一起用。只列提醒时，请用 --under、--state 或 --limit。

    {option} goes with --reconcile only. To list notices, use --under, --state or --limit.
    """

    exit_code = 2


class NotReconciling(CampaignError):
    """{option} 不能和 --reconcile 一起用。核对时，请用 --unit、--person、--since 或 --until 限定范围。

    {option} does not go with --reconcile. To say what is to be compared, use --unit, --person, --since or --until.
    """

    exit_code = 2


class SinceAfterUntil(CampaignError):
    """--since {since} 晚于 --until {until}，中间一天也没有。请把两个日期调换。

    --since {since} is later than --until {until}: there is no day between. Exchange the two.
    """

    exit_code = 2


class UnitOrPerson(CampaignError):
    """--unit 和 --person 只能写一个。

    Give --unit or --person, not both.
    """

    exit_code = 2


@command(
    "notices",
    *READS,
    more=Sentence(
        "--reconcile 按工作流、花名册和流水重新算出应当决定哪些提醒，逐条与记下的核对，再把信件与寄送记录核对；全部相符为 0，否则为 1。"
        "只看不改，其间别人可以照常办理。发动后移动过的单位当时在哪里、信件写成那天岗位由谁担任，流水里没有，不核对。",
        "--reconcile works out again, by workflow, roster and journal, which notices had to be decided, compares them one by one with what "
        "stands written, and the messages with their attempts; 0 where all agrees, else 1. It changes nothing, and others go on working. "
        "Where units stood before they were moved, and who held a post when a letter was written, the journal does not say: "
        "that is not compared.",
    ),
)
@option("--under", words=Sentence("只看这个单位及其下级", "this unit and what is below it"), value=_UNIT)
@option(
    "--state",
    words=Sentence("只看这种去向：{states}", "only those that are: {states}", {"states": _CHOICES}),
    value=Sentence("去向", "STATE"),
    type=Choice(*_STATES, also={words.zh: state for state, words in NOTICE_STATES.items()}),
)
@option("--limit", words=Sentence("最多几条", "at most so many"), value=Sentence("条数", "N"), type=Number())
@option("--reconcile", "reconciling", words=Sentence("重新算一遍，核对是否相符", "work it out again, and compare"))
@option("--unit", words=Sentence("核对：只看这个单位的任务", "reconciling: this unit's duties alone"), value=_UNIT)
@option(
    "--person",
    words=Sentence("核对：只看发给这个人（岗位）的", "reconciling: what goes to this person's posts"),
    value=Sentence("谁", "WHO"),
)
@option("--since", words=Sentence("核对：从这一天起到期的", "reconciling: due from this day on"), value=_DATE)
@option("--until", words=Sentence("核对：到这一天为止到期的", "reconciling: due up to this day"), value=_DATE)
def notices(
    call: Call,
    under: str | None,
    state: str | None,
    limit: int | None,
    reconciling: bool,
    unit: str | None,
    person: str | None,
    since: str | None,
    until: str | None,
) -> int:
    """List notices with what became of each, or compare them with what they have to be. Raises what is wrong with the names."""
    if reconciling:
        _expect_none(NotReconciling, {"--under": under, "--state": state, "--limit": limit})
        if unit is not None and person is not None:
            raise UnitOrPerson
        return _reconcile(call, unit, person, since, until)
    _expect_none(OnlyReconciling, {"--unit": unit, "--person": person, "--since": since, "--until": until})
    _list(call, under, state, _ALL if limit is None else limit)
    return 0


def _expect_none(error: type[CampaignError], given: dict[str, object]) -> None:
    for name, value in given.items():
        if value is not None:
            raise error(option=name)


def _list(call: Call, under: str | None, state: str | None, limit: int) -> None:
    with at_desk(call) as desk:
        lines = read_notices(desk.house, call.campaign, desk.now, under=under, state=state, limit=limit)
    if call.as_json:
        emit([notice_data(one, desk.zone) for one in lines])
        return
    titles = (
        Sentence("编号", "id"),
        Sentence("应发", "due"),
        Sentence("单位", "unit"),
        Sentence("任务", "task"),
        Sentence("事由", "about"),
        Sentence("收件人", "to"),
        Sentence("去向", "state"),
    )
    table([title.say(call.lang) for title in titles], [_notice_row(one, call.lang, desk.zone) for one in lines])


def notice_data(one: NoticeLine, zone: ZoneInfo) -> dict[str, Any]:
    """A notice as data."""
    return {
        "id": one.id,
        "unit": one.unit,
        "name": one.unit_name,
        "task": one.task,
        "period": one.period,
        "kind": NOTICE_KINDS[one.kind].en,
        "rung": one.rung,
        "recipient": one.recipient,
        "due_at": iso(one.due_at, zone),
        "decided_at": iso(one.decided_at, zone),
        "state": one.state,
        "reason": one.reason,
    }


def _notice_row(one: NoticeLine, lang: Lang, zone: ZoneInfo) -> list[str]:
    state = NOTICE_STATES[one.state].say(lang)
    about = NOTICE_KINDS[one.kind].say(lang)
    return [
        str(one.id),
        shown(one.due_at, zone),
        one.unit,
        f"{one.task}@{one.period}" if one.period else one.task,
        f"{about} {one.rung}" if one.kind == NoticeKind.RUNG else about,
        one.recipient or _OFFICE.say(lang),
        f"{state}{_COLON.say(lang)}{REASONS.get(one.reason, plain(one.reason)).say(lang)}" if one.reason else state,
    ]


def _reconcile(call: Call, unit: str | None, person: str | None, since: str | None, until: str | None) -> int:
    with at_desk(call) as desk, watched(call.lang) as watch:
        span = _span(since, until, desk.zone)
        warn_if_behind(call, desk)
        found = reconcile(desk.house, call.campaign, desk.now, unit=unit, person=person, span=span, watch=watch)
    zone = ZoneInfo(found.zone)
    if call.as_json:
        emit(reconciled_data(found, zone, call.lang))
    else:
        _print(call, found, zone)
    return 0 if found.agrees else 1


def _span(since: str | None, until: str | None, zone: ZoneInfo) -> Span:
    """Both days belong to it. Raises SinceAfterUntil."""
    first = None if since is None else moment(day(since).isoformat(), zone)
    after = None if until is None else moment((day(until) + timedelta(days=1)).isoformat(), zone)
    if first is not None and after is not None and first >= after:
        raise SinceAfterUntil(since=since, until=until)
    return Span(since=first, until=after)


def reconciled_data(found: Reconciled, zone: ZoneInfo, lang: Lang) -> dict[str, Any]:
    """The answer as data."""
    return {
        "campaign": found.campaign,
        "agrees": found.agrees,
        "due_up_to": iso(found.upto, zone) if found.upto.year > 1 else None,
        "units": found.units,
        "notices": found.notices,
        "messages": found.messages,
        "attempts": found.attempts,
        "rerouted": found.rerouted,
        "not_comparable": found.unknown,
        "owners_as_written": found.assumed,
        "count": found.count,
        "differences": [_difference_data(one, zone, lang) for one in found.differences],
    }


def _difference_data(one: Difference, zone: ZoneInfo, lang: Lang) -> dict[str, Any]:
    return {
        "code": one.code,
        "message": sentence_of(one, zone).say(lang),
        "unit": one.unit,
        "name": one.name,
        "task": one.task,
        "period": one.period,
        "kind": None if one.kind is None or one.kind not in NOTICE_KINDS else NOTICE_KINDS[one.kind].en,
        "rung": one.number if one.kind == NoticeKind.RUNG else None,
        "due_at": iso(one.due_at, zone),
        "notice_id": one.notice,
        "message_id": one.message,
        "should": _value(one.should, zone),
        "found": _value(one.found, zone),
    }


def _value(value: datetime | Seat | str | int | None, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return iso(value, zone)
    return {"unit": value.unit, "role": value.role} if isinstance(value, Seat) else value


def _print(call: Call, found: Reconciled, zone: ZoneInfo) -> None:
    for one in found.differences:
        line(call.say(sentence_of(one, zone)), "  ", first="- ")
    if found.count > len(found.differences):
        line(call.words("以上是前 {n} 处。", "These are the first {n}.", n=len(found.differences)))
    if found.unknown:
        line(call.say(_unknown_words(found)))
    if found.rerouted:
        line(
            call.words(
                "被一个渠道永久拒收、改由下一个渠道告知的有 {n} 条次。",
                "{n} time(s) a notice was refused for good by one channel and told by the next one.",
                n=found.rerouted,
            )
        )
    line(call.say(_verdict(found)))


def _unknown_words(found: Reconciled) -> Sentence:
    return Sentence(
        "有 {n} 条与今天的组织树算出来的不同，但发动后有单位改动过，当时的位置流水里没有，无法核对。",
        "{n} notice(s) differ from what the tree of today gives; units were changed since the launch, and where they stood then is written "
        "nowhere: that cannot be compared.",
        {"n": found.unknown},
    )


def _verdict(found: Reconciled) -> Sentence:
    values = {"units": found.units, "notices": found.notices, "messages": found.messages, "attempts": found.attempts, "n": found.count}
    if found.agrees:
        return Sentence(
            "全部相符：{units} 个单位，{notices} 条提醒，{messages} 封信，{attempts} 次寄送。",
            "All agrees: {units} unit(s), {notices} notice(s), {messages} letter(s), {attempts} attempt(s).",
            values,
        )
    return Sentence(
        "有 {n} 处不符：核对了 {units} 个单位，{notices} 条提醒，{messages} 封信，{attempts} 次寄送。",
        "{n} difference(s) in {units} unit(s), {notices} notice(s), {messages} letter(s), {attempts} attempt(s).",
        values,
    )
