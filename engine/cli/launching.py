"""From a file to a running campaign and to its end: `load`, `launch`, `withdraw`, `close`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from engine.cli.errors import problem_data, problem_lines
from engine.cli.options import ACTS, Call, Choice, argument, command, option
from engine.cli.output import Desk, at_desk, emit, heading, line
from engine.cli.time import iso, shown, shown_exactly
from engine.operations import launching
from engine.operations.launching import LaunchReport, Past
from engine.operations.loading import Loaded
from engine.operations.loading import load as load_file
from engine.operations.vacancies import EmptySeat
from engine.sentences import Sentence
from engine.wiring.house import is_rehearsal

_REASON = Sentence("理由", "REASON")


@command("load", "db", "by", "behalf", "asked", "as_json")
@argument("file", Sentence("文件", "FILE"))
def load(call: Call, file: str) -> None:
    """Keep a version of a workflow file. Raises FileProblems, OpenDoubts, VersionTaken."""
    with at_desk(call) as desk:
        loaded = load_file(desk.house, Path(file), by=call.by, behalf=call.behalf, now=desk.now)
    if call.as_json:
        emit(_loaded_data(call, loaded))
        return
    values = {"name": loaded.name, "version": loaded.version, "stages": loaded.stages, "tasks": loaded.tasks}
    if loaded.again:
        line(
            call.words(
                "“{name}”第 {version} 版此前已载入，内容相同。", "“{name}” version {version} was loaded before, word for word.", **values
            )
        )
    else:
        line(
            call.words(
                "已载入“{name}”第 {version} 版：阶段 {stages} 个，任务 {tasks} 项。",
                "Loaded “{name}” version {version}: {stages} stage(s), {tasks} task(s).",
                **values,
            )
        )
    if loaded.warnings:
        click.echo(problem_lines(loaded.warnings, call.lang))


def _loaded_data(call: Call, loaded: Loaded) -> dict[str, Any]:
    return {
        "name": loaded.name,
        "version": loaded.version,
        "digest": loaded.digest,
        "stages": loaded.stages,
        "tasks": loaded.tasks,
        "again": loaded.again,
        "warnings": [problem_data(problem, call.lang) for problem in loaded.warnings],
    }


@command(
    "launch",
    "db",
    "by",
    "behalf",
    "asked",
    "as_json",
    more=Sentence(
        "不加 --yes 只预览：涉及的单位、任务、将发的提醒、空缺的岗位。发动后邮件先压着，看过再用 campaign mail on 放行。",
        "Without --yes it only shows what would happen. After the launch mail is held until `campaign mail on`.",
    ),
)
@argument("workflow", Sentence("工作流", "WORKFLOW"), required=False)
@option(
    "--at",
    words=Sentence("在这个单位之下进行（默认最上级）", "run it under this unit (the top one by default)"),
    value=Sentence("单位", "UNIT"),
)
@option(
    "--name",
    words=Sentence("活动的名称（默认工作流的名称）", "the campaign's name (the workflow's by default)"),
    value=Sentence("名称", "NAME"),
)
@option(
    "--past",
    words=Sentence("期限已过的任务：owe 照样要做（默认），skip 不计", "what is past due: owe it (the default), or skip it"),
    value=Sentence("owe|skip", "owe|skip"),
    type=Choice("owe", "skip"),
    default="owe",
)
@option("--yes", "sure", words=Sentence("确认发动", "do it"))
def launch(call: Call, workflow: str | None, at: str | None, name: str | None, past: str, sure: bool) -> None:
    """Preview a launch, or launch. Raises what is missing."""
    with at_desk(call) as desk:
        chosen = cast(Past, past)
        report = launching.launch(
            desk.house, workflow, at=at, name=name, past=chosen, by=call.by, behalf=call.behalf, now=desk.now, sure=sure
        )
        if call.as_json:
            emit(_report_data(call, report, desk))
        else:
            _print_report(call, report, desk)


def _report_data(call: Call, report: LaunchReport, desk: Desk) -> dict[str, Any]:
    return {
        "done": report.done,
        "campaign": report.name,
        "workflow": report.workflow,
        "version": report.version,
        "unit": report.unit,
        "cases": report.cases,
        "obligations": report.obligations,
        "occurrences": report.occurrences,
        "skipped": report.skipped,
        "past_due": report.past_due,
        "now": iso(desk.now, ZoneInfo(report.zone)),
        "reminders": report.reminders,
        "first_reminder": iso(report.first_reminder, ZoneInfo(report.zone)),
        "vacant": [_seat_data(seat) for seat in report.vacant],
        "unreachable": [_seat_data(seat) for seat in report.unreachable],
        "notes": [call.say(note) for note in report.notes],
    }


def _seat_data(seat: EmptySeat) -> dict[str, str]:
    return {"unit": seat.unit, "name": seat.name, "post": seat.post}


def _print_report(call: Call, report: LaunchReport, desk: Desk) -> None:
    title = (
        Sentence("已发动“{name}”", "Launched “{name}”") if report.done else Sentence("预览：发动“{name}”", "Preview: launching “{name}”")
    )
    heading(Sentence(title.zh, title.en, {"name": report.name}).say(call.lang))
    zone = ZoneInfo(report.zone)
    values = {**vars(report), "first": shown(report.first_reminder, zone), "zone": zone, "at": shown_exactly(desk.now, zone)}
    line(
        call.words(
            "工作流 {workflow} 第 {version} 版，在 {unit} 之下：单位 {cases} 个，任务 {obligations} 项（{occurrences} 期）。",
            "Workflow {workflow} version {version} under {unit}: {cases} unit(s), {obligations} obligation(s) in {occurrences} period(s).",
            **values,
        )
    )
    if is_rehearsal(desk.house):
        line(call.words("演练：发动时间为 {at}（{zone}）。", "Rehearsal: launched at {at} ({zone}).", **values))
    if report.skipped:
        line(call.words("期限已过而不计的：{skipped} 期。", "Past due and left out: {skipped} period(s).", **values))
    if report.past_due:
        line(
            call.words(
                "期限已过仍要做的：{past_due} 项（--past skip 则不计）。",
                "Past due and owed all the same: {past_due} (--past skip leaves them out).",
                **values,
            )
        )
    line(
        call.words(
            "如果谁都不办，将有提醒 {reminders} 条，最早一条在 {first}。",
            "If nobody does anything there will be {reminders} reminder(s), the first on {first}.",
            **values,
        )
    )
    _print_seats(call, Sentence("无人担任的岗位", "Seats that nobody holds"), report.vacant)
    _print_seats(call, Sentence("没有邮箱、通知不到的岗位", "Seats without an e-mail address"), report.unreachable)
    for note in report.notes:
        line(call.say(note), "  ", first="- ")
    line(_what_next(call, report))


def _print_seats(call: Call, title: Sentence, seats: Sequence[EmptySeat], most: int = 20) -> None:
    if not seats:
        return
    line(call.words("{title}：{n} 个", "{title}: {n}", title=title, n=len(seats)))
    for seat in seats[:most]:
        line(f"{seat.unit} {seat.name} {seat.post}".rstrip(), "    ", first="  ")
    if len(seats) > most:
        click.echo(f"  … +{len(seats) - most}")


def _what_next(call: Call, report: LaunchReport) -> str:
    if report.done:
        return call.words("邮件先压着；看过后用 campaign mail on 放行。", "Mail is held; let it go out with `campaign mail on`.")
    return call.words(
        "以上只是预览，什么都没有改动；加上 --yes 才发动。", "This was a preview and nothing was changed; add --yes to launch."
    )


@command("withdraw", *ACTS)
@option("--reason", words=Sentence("为什么撤销", "why"), value=_REASON, default="")
def withdraw(call: Call, reason: str) -> None:
    """Take a launch back. Raises Answered."""
    with at_desk(call) as desk:
        ended = launching.withdraw(desk.house, call.campaign, by=call.by, behalf=call.behalf, reason=reason, now=desk.now)
    _print_end(call, ended.name, Sentence("已撤销活动“{name}”的发动。", "The launch of “{name}” was taken back."), "withdrawn")


@command("close", *ACTS)
@option("--reason", words=Sentence("为什么结束", "why"), value=_REASON, default="")
def close(call: Call, reason: str) -> None:
    """End a campaign."""
    with at_desk(call) as desk:
        ended = launching.close(desk.house, call.campaign, by=call.by, behalf=call.behalf, reason=reason, now=desk.now)
    said = Sentence(
        "活动“{name}”已结束：不再受理，也不再提醒；仍可查看。",
        "“{name}” is over: nothing is taken and nobody reminded any more; all of it can still be read.",
    )
    _print_end(call, ended.name, said, "closed")


def _print_end(call: Call, name: str, said: Sentence, state: str) -> None:
    if call.as_json:
        emit({"campaign": name, "state": state})
    else:
        line(Sentence(said.zh, said.en, {"name": name}).say(call.lang))
