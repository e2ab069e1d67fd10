"""From a file to a running campaign and to its end: `load`, `launch`, `withdraw`, `close`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from engine.cli.errors import problem_data, problem_lines
from engine.cli.options import ACTS, Call, Choice, argument, command, option
from engine.cli.output import Desk, at_desk, emit, heading, line, warn_if_behind
from engine.cli.progress import watched
from engine.cli.time import iso, shown, shown_exactly
from engine.operations import ending, launching
from engine.operations.ending import Ending
from engine.operations.launch_plan import LaunchReport, Past
from engine.operations.loading import Loaded
from engine.operations.loading import load as load_file
from engine.operations.vacancies import EmptySeat
from engine.sentences import Sentence
from engine.wiring.house import is_rehearsal, zone_of_workflow

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
    for one in loaded.others:
        line(
            call.words(
                "注意：正在进行的活动“{campaign}”仍按第 {version} 版走到底，这一版只用于以后发动的活动（还不能改动进行中的活动）。",
                "Note: the campaign “{campaign}”, which is running, still follows version {version} to its end; this version is for "
                "campaigns launched from now on (changing a running one is not possible yet).",
                **vars(one),
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
        "others": [vars(one) for one in loaded.others],
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
    with at_desk(call, lambda house: zone_of_workflow(house, workflow)) as desk:
        with watched(call.lang) as watch:
            report = launching.launch(
                desk.house,
                workflow,
                at=at,
                name=name,
                past=cast(Past, past),
                by=call.by,
                behalf=call.behalf,
                now=desk.now,
                sure=sure,
                watch=watch,
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


@command(
    "withdraw",
    *ACTS,
    more=Sentence(
        "不加 --yes 只预览：撤销多少单位的任务、多少提醒不再寄出。",
        "Without --yes it only shows what would be taken back: units, duties, letters not sent.",
    ),
)
@option("--reason", words=Sentence("为什么撤销", "why"), value=_REASON, default="")
@option("--yes", "sure", words=Sentence("确认撤销", "do it"))
def withdraw(call: Call, reason: str, sure: bool) -> None:
    """Preview taking a launch back, or take it back. Raises Answered, EndingNeedsReason."""
    with at_desk(call) as desk:
        if sure and (cleared := _cleared(call, desk)):
            _say_cleared(call, cleared)
            return
        if sure:
            ended = ending.withdraw(desk.house, call.campaign, by=call.by, behalf=call.behalf, reason=reason, now=desk.now)
        else:
            ended = ending.what_would_be_withdrawn(desk.house, call.campaign)
    if call.as_json:
        state = "withdrawn" if ended.done else "running"
        emit({"campaign": ended.was, "state": state, "done": ended.done, "kept_as": ended.name if ended.done else None})
        return
    said = _WITHDRAWN if ended.done else _WOULD_WITHDRAW
    line(call.words(said.zh, said.en, **vars(ended)))


def _cleared(call: Call, desk: Desk) -> str | None:
    with watched(call.lang) as watch:
        return launching.clear_unfinished(desk.house, call.campaign, watch)


def _say_cleared(call: Call, name: str) -> None:
    if call.as_json:
        emit({"campaign": name, "state": "withdrawn", "done": True, "kept_as": None})
        return
    line(
        call.words(
            "“{name}”的发动没有完成，已经写入的部分都清掉了；“{name}”这个名字可以再用。",
            "The launch of “{name}” was not finished; what had been written of it is cleared away, and the name “{name}” is free again.",
            name=name,
        )
    )


_WITHDRAWN = Sentence(
    "已撤销活动“{was}”的发动。它改名为“{name}”保留备查（--campaign {name}）；“{was}”这个名字可以再用。",
    "The launch of “{was}” was taken back. It is kept to be read as “{name}” (--campaign {name}); the name “{was}” is free again.",
)
_WOULD_WITHDRAW = Sentence(
    "预览：撤销活动“{was}”的发动，涉及 {units} 个单位、{duties} 项任务；未寄出的提醒 {letters} 条，不再寄。"
    "什么都没有改动；加上 --reason 理由 --yes 才撤销。",
    "Preview: taking back the launch of “{was}”, {units} unit(s) and {duties} task(s); {letters} notice(s) not sent, and they never will "
    "be. Nothing was changed; add --reason and --yes to take it back.",
)


@command(
    "close",
    *ACTS,
    more=Sentence(
        "不加 --yes 只预览：还有多少单位没有完成、多少任务没有办完、多少提醒没有寄出。",
        "Without --yes it only shows what would end: units not finished, duties not settled, letters not sent.",
    ),
)
@option("--reason", words=Sentence("为什么结束", "why"), value=_REASON, default="")
@option("--yes", "sure", words=Sentence("确认结束", "do it"))
def close(call: Call, reason: str, sure: bool) -> None:
    """Preview the end of a campaign, or end it. Raises EndingNeedsReason."""
    with at_desk(call) as desk:
        if sure:
            ended = ending.close(desk.house, call.campaign, by=call.by, behalf=call.behalf, reason=reason, now=desk.now)
        else:
            warn_if_behind(call, desk)
            ended = ending.what_would_end(desk.house, call.campaign)
    if call.as_json:
        emit(_ending_data(ended))
    else:
        _print_ending(call, ended)


def _print_ending(call: Call, ended: Ending) -> None:
    title = _CLOSED if ended.done else _WOULD_CLOSE
    line(call.words(title.zh, title.en, name=ended.name))
    line(
        call.words(
            "未完成的单位 {units} 个；未办完的任务 {duties} 项，其中待审核 {to_review} 项；未寄出的提醒 {letters} 条，不再寄。",
            "{units} unit(s) not finished; {duties} task(s) not settled, {to_review} of them waiting to be judged; "
            "{letters} notice(s) not sent, and they never will be.",
            **vars(ended),
        )
    )
    if not ended.done:
        line(
            call.words(
                "以上只是预览，什么都没有改动；加上 --reason 理由 --yes 才结束，结束后不能再开。",
                "This was a preview and nothing was changed; add --reason and --yes to close. It cannot be opened again.",
            )
        )


_WOULD_CLOSE = Sentence("预览：结束活动“{name}”", "Preview: closing “{name}”")
_CLOSED = Sentence(
    "活动“{name}”已结束：不再受理，也不再提醒；仍可查看。",
    "“{name}” is over: nothing is taken and nobody reminded any more; all of it can still be read.",
)


def _ending_data(ended: Ending) -> dict[str, Any]:
    return {
        "campaign": ended.name,
        "state": "closed" if ended.done else "running",
        "done": ended.done,
        "units": ended.units,
        "duties": ended.duties,
        "to_review": ended.to_review,
        "letters": ended.letters,
    }
