"""Deadlines for people's own calendars: `ics`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.cli import layout
from engine.cli.options import READS, Call, argument, command, option
from engine.cli.output import SEPARATOR, Desk, at_desk, emit, warn_if_behind
from engine.cli.time import iso
from engine.definition.timeline import WAITS
from engine.exchange.ics import calendar_bytes, expect_suffix, write_calendar
from engine.operations.calendar import Drawn, draw
from engine.operations.entries import Deadline
from engine.sentences import Sentence, plain


@command(
    "ics",
    *READS,
    more=Sentence(
        "要办的和等着审核的，每项一条，排在最后一个不算迟的日子（写明钟点的，排在那一刻）。写到屏幕上，或用 --output 写入文件。\n"
        "写人名的，包括所任岗位的，和代为负责的（副职、下级空缺）。各个正在进行的活动都在内，除非用 --campaign 指明一个。\n"
        "以后再导出、再导入一次：延期的移到新日子，免报和取消的消失，办结的标明。没有期限的不列，只说有几项。",
        "What is owed and what waits to be judged: an entry each, on the last day that is in time (at the moment, where a time of day is"
        " given). It is printed, or written to a file with --output.\n"
        "Of a person: by the posts held, and those stood in for (as deputy, or while they are vacant). All running campaigns, unless"
        " --campaign names one.\n"
        "Made and taken in again later, what was extended moves, what was waived or cancelled goes, what is done is marked. What has no"
        " due date is left out, and counted.",
    ),
)
@argument("who", Sentence("单位或人", "UNIT|PERSON"))
@option("--output", words=Sentence("写入这个 .ics 文件", "write to this .ics file"), value=Sentence("文件", "FILE"))
@option("--unit", words=Sentence("指的是单位（有人与它同名时）", "a unit is meant, where somebody is called like it"))
def ics(call: Call, who: str, output: str | None, unit: bool) -> None:
    """Print or write a calendar. Raises NoCalendar, CannotWrite, NoRoom, and what is wrong with the names."""
    if output is not None:
        expect_suffix(Path(output))
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        drawn = draw(desk.house, who, call.campaign, now=desk.now, lang=call.lang, unit=unit)
    if output is not None:
        write_calendar(Path(output), drawn.calendar)
    if call.as_json:
        emit(_data(drawn, desk))
        return
    if output is None:
        click.echo(calendar_bytes(drawn.calendar), nl=False)
    else:
        click.echo(layout.indented(_written(call, drawn, output), ""))
    for said in _left_out(call, drawn):
        # Standard output may be the calendar itself.
        click.echo(layout.indented(said, ""), err=output is None)


def _data(drawn: Drawn, desk: Desk) -> dict[str, Any]:
    return {
        "name": drawn.calendar.name,
        "entries": [_entry_data(one, desk) for one in drawn.deadlines],
        "undated": drawn.undated,
        "pending": [{"on": list(names), "count": n} for names, n in drawn.pending],
    }


def _entry_data(one: Deadline, desk: Desk) -> dict[str, Any]:
    return {
        "uid": one.entry.uid,
        "sequence": one.entry.sequence,
        "changed_at": iso(one.entry.changed_at, desk.zone),
        "at": one.entry.at.isoformat(),
        "title": one.entry.title,
        "text": one.entry.text,
        "cancelled": one.entry.cancelled,
        "campaign": one.campaign,
        "unit": one.unit,
        "name": one.name,
        "task": one.task,
        "period": one.period,
        "judging": one.judging,
        "state": one.state,
        "due": one.due,
        "original_due": one.original_due,
    }


def _written(call: Call, drawn: Drawn, output: str) -> str:
    gone = sum(one.entry.cancelled for one in drawn.deadlines)
    also = Sentence("，其中已免报或取消 {gone} 条", ", {gone} of them waived or cancelled", {"gone": gone}) if gone else ""
    values = {"file": output, "name": drawn.calendar.name, "n": len(drawn.deadlines), "also": also}
    return call.words("已写入 {file}：{name} {n} 条{also}。", "Wrote {file}. {name}: {n} deadline(s){also}.", **values)


def _left_out(call: Call, drawn: Drawn) -> list[str]:
    """What does not stand in it, and why."""
    said: list[str] = []
    if drawn.undated:
        zh, en = "没有期限而未列入的 {n} 项。", "Left out, having no due date: {n}."
        said.append(call.words(zh, en, n=drawn.undated))
    if drawn.pending:
        names = dict.fromkeys(name for on, _ in drawn.pending for name in on)
        waits = SEPARATOR.say(call.lang).join(WAITS.get(name, plain(name)).say(call.lang) for name in names)
        zh, en = "日期待定而未列入的 {n} 项，要等：{waits}。", "Left out, since their date is not known yet: {n}, waiting for: {waits}."
        said.append(call.words(zh, en, n=sum(n for _, n in drawn.pending), waits=waits))
    return said
