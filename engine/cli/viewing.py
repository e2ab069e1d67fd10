"""Looking: `status`, `journal`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import click

from engine.cli.entered_words import entered_data, entered_lines
from engine.cli.lists import helper_data, helpers_words
from engine.cli.options import READS, Call, Number, argument, command, option
from engine.cli.output import SEPARATOR, at_desk, emit, heading, line, say_if_over, table, warn_if_behind
from engine.cli.time import as_of, iso, moment, shown, shown_end, shown_exactly
from engine.cli.words import KINDS, NOTICE_STATES, REASONS
from engine.machine.states import FINISHED
from engine.operations.collecting import files_of
from engine.operations.entered import EnteredValue, entered_of
from engine.operations.viewing import (
    CampaignStatus,
    Duty,
    JournalLine,
    UnitStatus,
    campaign_status,
    read_journal,
    unit_status,
)
from engine.sentences import Lang, Sentence, plain

_UNIT = Sentence("单位", "UNIT")


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was handed in last, by task and period: the names of files, and what was entered."""

    files: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    entered: Mapping[tuple[str, str], Sequence[EnteredValue]] = field(default_factory=dict)


@command("status", *READS)
@argument("unit", _UNIT, required=False)
def status(call: Call, unit: str | None) -> None:
    """Show the campaign at a glance, or what one unit owes. Raises what is wrong with the names."""
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        if unit is None:
            overview = campaign_status(desk.house, call.campaign, desk.now)
            emit(overview_data(overview, call.lang)) if call.as_json else _print_overview(call, overview)
        else:
            found = unit_status(desk.house, call.campaign, unit, desk.now)
            given = Given(files=files_of(desk.house, call.campaign, unit), entered=entered_of(desk.house, call.campaign, unit))
            if call.as_json:
                emit(unit_data(found, call.lang, given))
                return
            say_if_over(call, desk)
            _print_unit(call, found, given)


def overview_data(found: CampaignStatus, lang: Lang) -> dict[str, Any]:
    """The campaign at a glance, as data."""
    zone = ZoneInfo(found.zone)
    return {
        "campaign": found.campaign,
        "title": found.title,
        "workflow": found.workflow,
        "version": found.version,
        "state": found.state.say("en"),
        "mail_on": found.mail_on,
        "now": iso(found.now, zone),
        "units": found.cases,
        "finished": found.finished,
        "stuck": found.stuck,
        "stages": [
            {"stage": title.say(lang), "opens": iso(opens, zone), "closes": iso(closes, zone), "units": n}
            for title, opens, closes, n in found.stages
        ],
        "outside": [{"stage": title.say(lang), "units": n} for title, n in found.outside],
        "notices": dict(found.notices),
    }


def _print_overview(call: Call, found: CampaignStatus) -> None:
    zone = ZoneInfo(found.zone)
    heading(f"{found.title}（{found.campaign}）  {as_of(found.now, zone, call.lang)}" if call.lang == "zh" else _title_en(found, zone))
    mail = Sentence("已放行", "goes out") if found.mail_on else Sentence("暂存，未放行", "is held")
    values = {**vars(found), "mail": mail}
    line(
        call.words(
            "{state}。单位 {cases} 个：已完成 {finished} 个，卡住 {stuck} 个。邮件{mail}。",
            "{state}. {cases} unit(s): {finished} finished, {stuck} stuck. Mail {mail}.",
            **values,
        )
    )
    titles = (Sentence("阶段", "stage"), Sentence("开始", "opens"), Sentence("结束", "closes"), Sentence("单位数", "units"))
    rows = [[title.say(call.lang), shown(opens, zone), shown_end(closes, zone), str(n)] for title, opens, closes, n in found.stages]
    rows += [[title.say(call.lang), "-", "-", str(n)] for title, n in found.outside]
    click.echo("")
    table([title.say(call.lang) for title in titles], rows)
    if found.notices:
        click.echo("")
        counts = "  ".join(f"{_state_words(name, call.lang)} {n}" for name, n in sorted(found.notices.items()))
        line(call.words("提醒：{counts}", "Notices: {counts}", counts=counts), "  ", first="")


def _title_en(found: CampaignStatus, zone: ZoneInfo) -> str:
    return f"{found.title} ({found.campaign})  {as_of(found.now, zone, 'en')}"


def _state_words(name: str, lang: Lang) -> str:
    """`suppressed:done` in words."""
    state, _, reason = name.partition(":")
    said = NOTICE_STATES.get(state, plain(state)).say(lang)
    return f"{said}({_reason(reason, lang)})" if reason else said


def _reason(code: str, lang: Lang) -> str:
    return REASONS.get(code, plain(code)).say(lang)


def unit_data(found: UnitStatus, lang: Lang, given: Given) -> dict[str, Any]:
    """One unit with its duties, as data."""
    zone = ZoneInfo(found.zone)
    return {
        "campaign": found.campaign,
        "unit": found.unit,
        "name": found.name,
        "level": found.level,
        "stage": found.stage.say(lang),
        "entered_at": iso(found.entered_at, zone),
        "duties": [_duty_data(duty, zone, lang, given) for duty in found.duties],
    }


def _duty_data(duty: Duty, zone: ZoneInfo, lang: Lang, given: Given) -> dict[str, Any]:
    key = (duty.task, duty.period)
    return {
        "task": duty.task,
        "period": duty.period,
        "title": duty.title.say(lang),
        "stage": duty.stage.say(lang),
        "modality": duty.modality,
        "state": duty.code,
        "overdue": duty.overdue,
        "late": duty.late,
        "due": duty.due,
        "original_due": duty.original_due,
        "version": duty.version,
        "files": list(given.files.get(key, ())),
        "entered": [entered_data(one, lang) for one in given.entered.get(key, ())],
        "handed_in_at": iso(duty.handed_in_at, zone),
        "waits_on": [helper_data(helper) for helper in duty.waits_on],
        "reason": "" if duty.reason is None else duty.reason.say(lang),
    }


def _print_unit(call: Call, found: UnitStatus, given: Given) -> None:
    zone = ZoneInfo(found.zone)
    values = {"stage": found.stage, "since": shown(found.entered_at, zone)}
    where = call.words("在“{stage}”，自 {since} 起", "in “{stage}” since {since}", **values)
    heading(f"{found.unit}  {found.name}")
    line(where)
    titles = (
        Sentence("任务", "task"),
        Sentence("期限", "due"),
        Sentence("状态", "state"),
        Sentence("在谁手上", "with"),
    )
    rows = [
        [_duty_name(duty, call.lang), _due(duty, call), _duty_state(duty, call), helpers_words(duty.waits_on, call.lang)]
        for duty in found.duties
    ]
    table([title.say(call.lang) for title in titles], rows)
    held = [duty for duty in found.duties if duty.reason is not None]
    if held:
        click.echo("")
        heading(call.words("为什么还没有办成", "Why it is not done"))
    for duty in held:
        line(call.words("{what}：{reason}", "{what}: {reason}", what=_duty_name(duty, call.lang), reason=duty.reason), "    ", first="  ")
    done = [duty for duty in found.duties if duty.version]
    if done:
        click.echo("")
        heading(call.words("报送的材料（用 campaign collect 取出）", "Handed in (`campaign collect` copies it out)"))
    for duty in done:
        key = (duty.task, duty.period)
        line(_handed_in(duty, given.files.get(key, ()), call, zone), "    ", first="  ")
        for said in entered_lines(call, given.entered.get(key, ())):
            line(said, "        ", first="      ")


def _handed_in(duty: Duty, files: Sequence[str], call: Call, zone: ZoneInfo) -> str:
    """`实施方案 [方案]：第 2 版，2010-06-01 09:00，A.docx`."""
    values = {"what": _duty_name(duty, call.lang), "n": duty.version, "at": shown(duty.handed_in_at, zone)}
    said = call.words("{what}：第 {n} 版，{at}", "{what}: version {n}, {at}", **values)
    if duty.code == "open":
        said = call.words("{said}（已不算上报）", "{said} (does not count any more)", said=said)
    return call.words("{said}，", "{said}, ", said=said) + SEPARATOR.say(call.lang).join(files) if files else said


def _duty_name(duty: Duty, lang: Lang) -> str:
    """Its title, and in brackets what to type on the command line where that differs."""
    typed = f"{duty.task}@{duty.period}" if duty.period else duty.task
    said = duty.title.say(lang)
    return said if said == typed else f"{said} [{typed}]"


def _due(duty: Duty, call: Call) -> str:
    if not duty.original_due:
        return duty.due or "-"
    return call.words("{due}（原定 {original}）", "{due} (originally {original})", due=duty.due, original=duty.original_due)


def _duty_state(duty: Duty, call: Call) -> str:
    marks = [Sentence("逾期", "overdue")] if duty.overdue else []
    marks += [Sentence("迟报", "late")] if duty.late else []
    return SEPARATOR.say(call.lang).join([duty.state.say(call.lang), *(mark.say(call.lang) for mark in marks)])


@command("journal", *READS)
@argument("unit", _UNIT, required=False)
@option("--since", words=Sentence("从这个时间起", "from this time on"), value=Sentence("时间", "TIME"))
@option(
    "--limit",
    words=Sentence("最多几行（默认 200）", "at most so many lines (200)"),
    value=Sentence("行数", "N"),
    type=Number(),
    default=200,
)
def journal(call: Call, unit: str | None, since: str | None, limit: int) -> None:
    """Show the newest lines of the journal. Raises what is wrong with the names."""
    with at_desk(call) as desk:
        first = moment(since, desk.zone) if since else None
        lines = read_journal(desk.house, call.campaign, unit=unit, since=first, limit=limit)
    if call.as_json:
        emit([journal_data(one, desk.zone) for one in lines])
        return
    for one in lines:
        line(_journal_text(one, call, desk.zone), " " * 18, first=f"{shown_exactly(one.recorded_at, desk.zone)}  ")


def journal_data(one: JournalLine, zone: ZoneInfo) -> dict[str, Any]:
    """A line of the journal as data."""
    return {
        "id": one.id,
        "recorded_at": iso(one.recorded_at, zone),
        "due_at": iso(one.due_at, zone),
        "kind": one.kind,
        "unit": one.unit or None,
        "name": one.unit_name or None,
        "task": one.task or None,
        "period": one.period or None,
        "actor": one.actor or None,
        "on_behalf_of": one.behalf or None,
        "forced": one.forced,
        "data": one.data,
    }


def _journal_text(one: JournalLine, call: Call, zone: ZoneInfo) -> str:
    done = one.kind == "moved" and one.data.get("to") == FINISHED
    kind = KINDS.get("finished" if done else one.kind, plain(one.kind)).say(call.lang)
    what = f"{one.task}@{one.period}" if one.period else one.task
    parts = [kind, f"{one.unit} {one.unit_name}".strip(), what, _actor(one, call), *_details(one.data, call)]
    if one.forced:
        parts.append(call.words("【强制】", "[forced]"))
    if one.due_at is not None and one.due_at != one.recorded_at:
        parts.append(call.words("到期 {at}", "due {at}", at=shown(one.due_at, zone)))
    return "  ".join(part for part in parts if part)


def _actor(one: JournalLine, call: Call) -> str:
    if not one.behalf:
        return one.actor
    return call.words("{actor}（代 {behalf}）", "{actor} (for {behalf})", actor=one.actor, behalf=one.behalf)


_DETAILS: Mapping[str, Sentence] = {
    "reason": Sentence("理由：{value}", "reason: {value}"),
    "comment": Sentence("意见：{value}", "remark: {value}"),
    "evidence": Sentence("依据：{value}", "on: {value}"),
    "version": Sentence("第 {value} 版", "version {value}"),
    "count": Sentence("{value} 件", "{value} of them"),
    "hours": Sentence("{value}", "{value}"),
    "place": Sentence("{value}", "{value}"),
    "working_days": Sentence("只在工作日", "on working days"),
    "channel": Sentence("原走 {value}", "refused by {value}"),
    "then": Sentence("改走 {value}", "now by {value}"),
    "channels": Sentence("{value}", "{value}"),
    "old": Sentence("原期限 {value}", "was due {value}"),
    "new": Sentence("新期限 {value}", "now due {value}"),
}


def _details(data: Mapping[str, Any], call: Call) -> list[str]:
    """What the line says besides, in the order of the table; empty values say nothing."""
    said = [_where(data[name]).say(call.lang) for name in ("stage", "to") if isinstance(data.get(name), int) and data[name] != FINISHED]
    known = [(sentence, data[name]) for name, sentence in _DETAILS.items() if data.get(name) not in (None, "")]
    return said + [Sentence(sentence.zh, sentence.en, {"value": value}).say(call.lang) for sentence, value in known]


def _where(position: int) -> Sentence:
    """A stage, counted from 1 as people count them."""
    return Sentence("第 {n} 阶段", "stage {n}", {"n": position + 1})
