"""Who is stuck: `stuck`, and with --why the root causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from engine.cli import table as commands
from engine.cli.options import READS, Call, Choice, command, option
from engine.cli.output import at_desk, emit, heading, line, say_if_over, warn_if_behind
from engine.cli.time import as_of, iso, shown
from engine.errors import WrongUsage
from engine.operations.asking import Blocker, Board, Helper, Stuck
from engine.operations.asking import stuck as ask
from engine.operations.tracing import Cause, root_causes
from engine.sentences import Lang, Sentence

_HEADINGS: tuple[Sentence, ...] = (
    Sentence("单位", "unit"),
    Sentence("名称", "name"),
    Sentence("级别", "level"),
    Sentence("阶段", "stage"),
    Sentence("自何时起", "since"),
    Sentence("任务", "task"),
    Sentence("考核期", "period"),
    Sentence("原因", "reason"),
    Sentence("还差", "shortfall"),
    Sentence("期限", "due"),
    Sentence("谁能解决", "can unblock"),
)


@command(
    "stuck",
    *READS,
    more=Sentence(
        "卡住：所在阶段已过期而未离开，或有逾期未完成的必办任务。--why 追到根源，按拖住的单位数排列。",
        "Stuck: still in a stage that has closed, or owing something overdue. --why follows to the roots, ranked by how many they hold up.",
    ),
)
@option("--stage", words=Sentence("只看这个阶段", "this stage only"), value=Sentence("阶段", "STAGE"))
@option("--under", words=Sentence("只看这个单位及其下级", "this unit and what is below it"), value=Sentence("单位", "UNIT"))
@option("--level", words=Sentence("只看这个级别", "this level only"), value=Sentence("级别", "LEVEL"))
@option("--task", words=Sentence("只看因这项任务卡住的", "held by this task only"), value=Sentence("任务", "TASK"))
@option("--all", "everybody", words=Sentence("所有尚未完成的单位", "everybody who has not finished"))
@option("--why", words=Sentence("追到根源", "follow to the root causes"))
@option(
    "--format",
    "form",
    words=Sentence("格式：table（默认）、json、csv、xlsx", "table (the default), json, csv or xlsx"),
    value=Sentence("格式", "FORMAT"),
    type=Choice("table", "json", "csv", "xlsx"),
)
@option("--output", words=Sentence("写入这个 .csv 或 .xlsx 文件", "write to this .csv or .xlsx file"), value=Sentence("文件", "FILE"))
def stuck(
    call: Call,
    stage: str | None,
    under: str | None,
    level: str | None,
    task: str | None,
    everybody: bool,
    why: bool,
    form: str | None,
    output: str | None,
) -> None:
    """Say who is stuck, or why. Raises what is wrong with the names."""
    chosen = _form(call, form, output)
    if why:
        if stage or level or task or everybody:
            raise WrongUsage(
                what=Sentence(
                    "--why 只与 --under、--json、--format、--output 合用。", "--why goes with --under, --json, --format and --output only."
                )
            )
        _why(call, under, chosen, output)
        return
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        board = ask(desk.house, call.campaign, now=desk.now, under=under, stage=stage, level=level, task=task, everybody=everybody)
        if chosen == "table":
            say_if_over(call, desk)
    if chosen == "json":
        emit(stuck_data(board, call.lang))
    elif chosen == "table":
        _print_board(call, board, everybody=everybody)
    else:
        said = Sentence("已写入 {file}：卡住的单位 {n} 个。", "Wrote {file}: {n} unit(s).", {"file": output, "n": len(board.units)})
        _write(call, [title.say(call.lang) for title in _HEADINGS], _rows(board, call.lang), said, output)


def _form(call: Call, form: str | None, output: str | None) -> str:
    """The format asked for, by --format, --json or the file's ending."""
    if call.as_json and form not in (None, "json"):
        raise WrongUsage(what=Sentence("--json 与 --format 说的不是一回事。", "--json and --format say different things."))
    ending = Path(output).suffix.lower().removeprefix(".") if output else ""
    chosen = "json" if call.as_json else form or (ending if ending in ("csv", "xlsx") else "table")
    if output and chosen != ending:
        raise WrongUsage(
            what=Sentence("--output 的文件名要以 .csv 或 .xlsx 结尾，并与 --format 一致。", "--output names a .csv or .xlsx file.")
        )
    if chosen == "xlsx" and not output:
        raise WrongUsage(what=Sentence("xlsx 要用 --output 写明文件。", "xlsx needs a file; give it with --output."))
    return chosen


def stuck_data(board: Board, lang: Lang) -> list[dict[str, Any]]:
    """The answer as data: a list with one object for each unit."""
    zone = ZoneInfo(board.zone)
    return [
        {
            "unit": unit.unit,
            "name": unit.name,
            "level": unit.level,
            "stage": unit.stage.say(lang),
            "since": iso(unit.since, zone),
            "blocked_by": [_blocker_data(blocker, zone, lang) for blocker in unit.blocked_by],
        }
        for unit in board.units
    ]


def _blocker_data(blocker: Blocker, zone: ZoneInfo, lang: Lang) -> dict[str, Any]:
    return {
        "code": blocker.code,
        "task": blocker.task,
        "period": blocker.period,
        "title": blocker.title.say(lang),
        "message": blocker.message.say(lang),
        "shortfall": blocker.shortfall.say(lang),
        "due": blocker.due,
        "original_due": blocker.original_due,
        "since": iso(blocker.since, zone),
        "told_at": iso(blocker.told_at, zone),
        "state": blocker.state.name.lower(),
        "can_unblock": [helper_data(helper) for helper in blocker.can_unblock],
    }


def helper_data(helper: Helper) -> dict[str, Any]:
    """Who can unblock, as data."""
    return {
        "unit": helper.unit,
        "name": helper.unit_name,
        "post": helper.post,
        "person": helper.person,
        "vacant": helper.vacant,
        "reachable": helper.reachable,
    }


def helper_words(helper: Helper, lang: Lang) -> str:
    """`机电学院党总支 书记 张三`; where the post is vacant, whoever stands in, or that nobody does; and whether no letter reaches her."""
    place = f"{helper.unit_name} {helper.post}".strip()
    if not helper.unit:
        return place or Sentence("活动办公室", "the campaign office").say(lang)
    if not helper.person:
        return place + Sentence("（空缺）", " (vacant)").say(lang)
    stands_in = Sentence("（代）", " (standing in)").say(lang) if helper.vacant else ""
    unreached = "" if helper.reachable else Sentence("（没有邮箱，联系不上）", " (no address, cannot be told)").say(lang)
    return f"{place} {helper.person}{stands_in}{unreached}"


def helpers_words(helpers: Sequence[Helper], lang: Lang) -> str:
    """All of them, each once."""
    return Sentence("；", "; ").say(lang).join(dict.fromkeys(helper_words(helper, lang) for helper in helpers))


def _print_board(call: Call, board: Board, *, everybody: bool) -> None:
    zone = ZoneInfo(board.zone)
    stuck_ones = sum(unit.since is not None for unit in board.units)
    heading(f"{board.title}  {as_of(board.now, zone, call.lang)}")
    counts = "  ".join(f"{title.say(call.lang)} {n}" for title, n in board.counts)
    line(counts, "  ")
    for unit in board.units:
        click.echo("")
        _print_unit(call, unit, zone)
    click.echo("")
    if everybody:
        values = {"n": len(board.units), "stuck": stuck_ones}
        line(call.words("尚未完成的单位 {n} 个，其中卡住 {stuck} 个。", "{n} unit(s) not finished, {stuck} of them stuck.", **values))
    else:
        line(call.words("卡住的单位 {n} 个。", "{n} unit(s) stuck.", n=stuck_ones) if board.units else _nobody(call))


def _nobody(call: Call) -> str:
    return call.words("没有卡住的单位。", "Nobody is stuck.")


def _print_unit(call: Call, unit: Stuck, zone: ZoneInfo) -> None:
    since = shown(unit.since, zone)
    held = (
        Sentence("卡在“{stage}”，自 {since} 起", "stuck in “{stage}” since {since}", {"stage": unit.stage, "since": since})
        if unit.since is not None
        else Sentence("在“{stage}”", "in “{stage}”", {"stage": unit.stage})
    )
    level = call.words("（{level}）", " ({level})", level=unit.level)
    heading(f"{unit.unit}  {unit.name}{level}  {held.say(call.lang)}")
    for blocker in unit.causes:
        line(blocker.message.say(call.lang), "    ", first="  - ")
        if blocker.can_unblock:
            who = helpers_words(blocker.can_unblock, call.lang)
            values = {"who": who, "told": _told(blocker, zone)}
            line(call.words("可解决：{who}{told}", "can unblock: {who}{told}", **values), "      ", first="    ")
    later = len(unit.blocked_by) - len(unit.causes)
    if later:
        line(call.words("另有 {n} 项尚未到期。", "Not due yet: {n} more.", n=later), "    ", first="  - ")


def _told(blocker: Blocker, zone: ZoneInfo) -> Sentence:
    if blocker.told_at is None:
        return Sentence("", "")
    values = {"day": f"{blocker.told_at.astimezone(zone):%Y-%m-%d}"}
    return Sentence("（最近一次发信 {day}）", " (last written to {day})", values)


def _write(call: Call, headings: Sequence[str], rows: Iterator[list[str]], said: Sentence, output: str | None) -> None:
    tables = commands.tables()
    if output is None:
        click.echo(tables.csv_text(headings, rows), nl=False)
        return
    tables.write_table(Path(output), headings, rows)
    line(call.say(said))


def _rows(board: Board, lang: Lang) -> Iterator[list[str]]:
    """A row for each thing that holds a unit; a unit that nothing holds has one row too."""
    zone = ZoneInfo(board.zone)
    for unit in board.units:
        place = [unit.unit, unit.name, unit.level, unit.stage.say(lang), shown(unit.since, zone)]
        for blocker in unit.blocked_by:
            texts = [blocker.message.say(lang), blocker.shortfall.say(lang), blocker.due, helpers_words(blocker.can_unblock, lang)]
            yield [*place, blocker.task, blocker.period, *texts]
        if not unit.blocked_by:
            yield [*place, *[""] * (len(_HEADINGS) - len(place))]


def _why(call: Call, under: str | None, form: str, output: str | None) -> None:
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        causes = root_causes(desk.house, call.campaign, now=desk.now, under=under)
        if form == "table":
            say_if_over(call, desk)
    if form == "json":
        emit([cause_data(cause, call.lang) for cause in causes])
        return
    if form != "table":
        said = Sentence("已写入 {file}：根源 {n} 个。", "Wrote {file}: {n} cause(s).", {"file": output, "n": len(causes)})
        _write(call, [title.say(call.lang) for title in _CAUSE_HEADINGS], _cause_rows(causes, call.lang), said, output)
        return
    for rank, cause in enumerate(causes, 1):
        _print_cause(call, rank, cause)
    if not causes:
        line(_nobody(call))


_CAUSE_HEADINGS: tuple[Sentence, ...] = (
    Sentence("名次", "rank"),
    Sentence("拖住的单位数", "holds up"),
    *_HEADINGS[:2],
    *_HEADINGS[5:8],
    _HEADINGS[-1],
    Sentence("被拖住的", "held up"),
)


def _cause_rows(causes: Sequence[Cause], lang: Lang) -> Iterator[list[str]]:
    """A row for each cause."""
    for rank, cause in enumerate(causes, 1):
        what = [cause.task, cause.period, cause.message.say(lang), helpers_words(cause.can_unblock, lang)]
        yield [str(rank), str(cause.holds), cause.unit, cause.name, *what, " ".join(cause.units)]


def cause_data(cause: Cause, lang: Lang) -> dict[str, Any]:
    """A root cause as data."""
    return {
        "unit": cause.unit,
        "name": cause.name,
        "task": cause.task,
        "period": cause.period,
        "title": cause.title.say(lang),
        "message": cause.message.say(lang),
        "holds": cause.holds,
        "units": list(cause.units),
        "can_unblock": [helper_data(helper) for helper in cause.can_unblock],
    }


def _print_cause(call: Call, rank: int, cause: Cause, most: int = 10) -> None:
    heading(
        call.words("{rank}. 拖住 {n} 个单位：{unit} {name}", "{rank}. holds up {n}: {unit} {name}", rank=rank, n=cause.holds, **vars(cause))
    )
    line(cause.message.say(call.lang), "   ")
    if cause.can_unblock:
        who = helpers_words(cause.can_unblock, call.lang)
        line(call.words("可解决：{who}", "can unblock: {who}", who=who), "     ", first="   ")
    names = " ".join(cause.units[:most]) + (f" … +{len(cause.units) - most}" if len(cause.units) > most else "")
    line(call.words("被拖住的：{names}", "held up: {names}", names=names), "     ", first="   ")
