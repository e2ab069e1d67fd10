"""Who is stuck: `stuck`, and with --why the root causes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from engine.cli.brief import tell_briefly
from engine.cli.causes import tell_why
from engine.cli.lists import HEADINGS, helper_data, helpers_words, write
from engine.cli.options import READS, Call, Choice, Number, command, option
from engine.cli.output import SEPARATOR, at_desk, emit_each, heading, line, say_if_over, warn_if_behind
from engine.cli.time import as_of, iso, shown
from engine.errors import CampaignError, WrongUsage
from engine.operations.asking import Blocker, Board, Holding, Stuck, each
from engine.operations.asking import stuck as ask
from engine.operations.questions import Question
from engine.sentences import Lang, Sentence

PAGE = 50
# So many of what holds the most units stand above a page that shows only some of them.
_HOLDING = 10
_UNIT = Sentence("单位", "UNIT")
_WHY_ALONE = Sentence(
    "--why 只与 --under、--limit、--json、--format、--output 合用。",
    "--why goes with --under, --limit, --json, --format and --output only.",
)
_BRIEF_ALONE = Sentence("--brief 不与 --all、--limit、--after 合用。", "--brief does not go with --all, --limit or --after.")


class ListExists(CampaignError):
    """{file} 已经存在，没有覆盖。请另取一个文件名；要替换它，加 --replace。

    {file} exists already and was not overwritten. Choose another name, or add --replace to replace it.
    """


@command(
    "stuck",
    *READS,
    more=Sentence(
        "卡住：所在阶段已过期而未离开，或有逾期未完成（包括过了期限还没审完）的必办任务。"
        "--why 追到根源，按拖住的单位数排列；--brief 一个单位一行，只说缺什么。",
        "Stuck: still in a stage that has closed, owing something overdue, or waiting for a review after its day. --why follows to the"
        " roots, ranked by how many they hold up; --brief says in one line for each unit what it misses.",
    ),
)
@option("--stage", words=Sentence("只看这个阶段", "this stage only"), value=Sentence("阶段", "STAGE"))
@option("--under", words=Sentence("只看这个单位及其下级", "this unit and what is below it"), value=_UNIT)
@option("--level", words=Sentence("只看这个级别", "this level only"), value=Sentence("级别", "LEVEL"))
@option("--task", words=Sentence("只看因这项任务卡住的", "held by this task only"), value=Sentence("任务[@考核期]", "TASK[@PERIOD]"))
@option("--all", "everybody", words=Sentence("所有尚未完成的单位", "everybody who has not finished"))
@option("--why", words=Sentence("追到根源", "follow to the root causes"))
@option("--brief", words=Sentence("一个单位一行，只说缺什么", "one line for each unit: only what it misses"))
@option(
    "--limit",
    words=Sentence("最多几个（默认：表格 50 个，其余格式不限）", "at most so many (50 in a table, no limit otherwise)"),
    value=Sentence("个数", "N"),
    type=Number(),
)
@option("--after", words=Sentence("从这个单位之后列起", "go on behind this unit"), value=_UNIT)
@option(
    "--format",
    "form",
    words=Sentence("格式：table（默认）、json、csv、xlsx", "table (the default), json, csv or xlsx"),
    value=Sentence("格式", "FORMAT"),
    type=Choice("table", "json", "csv", "xlsx"),
)
@option("--output", words=Sentence("写入这个 .csv 或 .xlsx 文件", "write to this .csv or .xlsx file"), value=Sentence("文件", "FILE"))
@option("--replace", words=Sentence("文件已有时替换它（不写就不覆盖）", "replace the file where there is one (it is refused otherwise)"))
def stuck(
    call: Call,
    stage: str | None,
    under: str | None,
    level: str | None,
    task: str | None,
    everybody: bool,
    why: bool,
    brief: bool,
    limit: int | None,
    after: str | None,
    form: str | None,
    output: str | None,
    replace: bool,
) -> None:
    """Say who is stuck, or why. Raises ListExists, and what is wrong with the names."""
    chosen = _form(call, form, output)
    if output and not replace and Path(output).exists():
        raise ListExists(file=output)
    most = limit or (PAGE if chosen == "table" else None)
    question = Question(under=under, stage=stage, level=level, task=task, everybody=everybody)
    if why:
        if question != Question(under=under) or brief or after:
            raise WrongUsage(what=_WHY_ALONE)
        tell_why(call, under, most, chosen, output)
    elif brief:
        if everybody or limit or after:
            raise WrongUsage(what=_BRIEF_ALONE)
        tell_briefly(call, question, chosen, output)
    elif chosen == "table":
        _show(call, question, after, most)
    else:
        _hand_over(call, question, after, most, chosen, output)


def _show(call: Call, question: Question, after: str | None, most: int | None) -> None:
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        board = ask(desk.house, call.campaign, now=desk.now, after=after, most=most, **vars(question))
        say_if_over(call, desk)
    _print_board(call, board, question)


def _hand_over(call: Call, question: Question, after: str | None, most: int | None, form: str, output: str | None) -> None:
    """The units as data, one after the other."""
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        units = _Counted(each(desk.house, call.campaign, question, now=desk.now, after=after, most=most))
        if form == "json":
            emit_each(unit_data(unit, desk.zone, call.lang) for unit in units)
            return
        write(HEADINGS, _rows(units, desk.zone, call.lang), output, call.lang)
    if output is not None:
        line(call.words("已写入 {file}：卡住的单位 {n} 个。", "Wrote {file}: {n} unit(s).", file=output, n=units.count))


class _Counted:
    """Things that go by one after the other. count: how many have."""

    def __init__(self, units: Iterable[Stuck]) -> None:
        self._units = units
        self.count = 0

    def __iter__(self) -> Iterator[Stuck]:
        for unit in self._units:
            self.count += 1
            yield unit


def _form(call: Call, form: str | None, output: str | None) -> str:
    """The format asked for, by --format, --json or the file's ending."""
    if call.as_json and form not in (None, "json"):
        raise WrongUsage(what=Sentence("--json 与 --format 说的不是一回事。", "--json and --format say different things."))
    ending = Path(output).suffix.lower().removeprefix(".") if output else ""
    chosen = "json" if call.as_json else form or (ending if ending in ("csv", "xlsx") else "table")
    if output and chosen != ending:
        raise WrongUsage(
            what=Sentence(
                "--output 的文件名要以 .csv 或 .xlsx 结尾，并与 --format 一致。",
                "--output names a .csv or .xlsx file, of the same kind as --format (or --json) says.",
            )
        )
    if chosen == "xlsx" and not output:
        raise WrongUsage(what=Sentence("xlsx 要用 --output 写明文件。", "xlsx needs a file; give it with --output."))
    return chosen


def unit_data(unit: Stuck, zone: ZoneInfo, lang: Lang) -> dict[str, Any]:
    """A unit with everything that holds it, as data."""
    return {
        "unit": unit.unit,
        "name": unit.name,
        "level": unit.level,
        "stage": unit.stage.say(lang),
        "since": iso(unit.since, zone),
        "blocked_by": [_blocker_data(blocker, zone, lang) for blocker in unit.blocked_by],
    }


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


def _print_board(call: Call, board: Board, question: Question) -> None:
    zone = ZoneInfo(board.zone)
    more = board.total - len(board.units)
    heading(f"{board.title}  {as_of(board.now, zone, call.lang)}")
    counts = "  ".join(f"{title.say(call.lang)} {n}" for title, n in board.counts)
    line(counts, "  ")
    if more:
        _print_holding(call, board.holding)
    for unit in board.units:
        click.echo("")
        _print_unit(call, unit, zone)
    click.echo("")
    if more:
        _print_more(call, board)
    if question.everybody:
        values = {"n": board.total, "stuck": board.stuck}
        line(call.words("尚未完成的单位 {n} 个，其中卡住 {stuck} 个。", "{n} unit(s) not finished, {stuck} of them stuck.", **values))
    else:
        line(call.words("卡住的单位 {n} 个。", "{n} unit(s) stuck.", n=board.stuck) if board.total else nobody(call, question))


def _print_holding(call: Call, holding: tuple[Holding, ...]) -> None:
    """`拖住单位最多的：总结 812 个、方案 15 个`."""
    each_of = Sentence("{title} {n} 个", "{title} ({n})")
    said = [Sentence(each_of.zh, each_of.en, {"title": one.title, "n": one.units}).say(call.lang) for one in holding[:_HOLDING]]
    rest = f" … +{len(holding) - _HOLDING}" if len(holding) > _HOLDING else ""
    if said:
        values = {"tasks": SEPARATOR.say(call.lang).join(said) + rest}
        line(call.words("拖住单位最多的：{tasks}", "What holds the most units: {tasks}", **values), "    ", first="  ")


def _print_more(call: Call, board: Board) -> None:
    """That not all are shown, and how to see the others."""
    values = {"n": len(board.units), "total": board.total}
    line(call.words("共 {total} 个，这里列出 {n} 个。", "{n} of {total} are shown here.", **values))
    if board.behind:
        unit = board.units[-1].unit
        said = (
            "接着看：--after {unit}；一次多看：--limit {total}；全部：--brief、--json 或 --output 文件.csv。",
            "The next: --after {unit}; more at once: --limit {total}; all of them: --brief, --json or --output FILE.csv.",
        )
        line(call.words(*said, unit=unit, total=board.total))


def nobody(call: Call, question: Question) -> str:
    """That nobody is stuck, or nobody of those asked about."""
    if question.stage is None and question.level is None and question.task is None:
        return call.words("没有卡住的单位。", "Nobody is stuck.")
    return call.words("没有符合条件的卡住单位。", "Nobody who meets these conditions is stuck.")


def _print_unit(call: Call, unit: Stuck, zone: ZoneInfo) -> None:
    since = shown(unit.since, zone)
    held = (
        Sentence("在“{stage}”，自 {since} 起卡住", "in “{stage}”, stuck since {since}", {"stage": unit.stage, "since": since})
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


def _rows(units: Iterable[Stuck], zone: ZoneInfo, lang: Lang) -> Iterator[list[str]]:
    """A row for each thing that holds a unit; a unit that nothing holds has one row too."""
    for unit in units:
        place = [unit.unit, unit.name, unit.level, unit.stage.say(lang), shown(unit.since, zone)]
        for blocker in unit.blocked_by:
            texts = [blocker.message.say(lang), blocker.shortfall.say(lang), blocker.due, helpers_words(blocker.can_unblock, lang)]
            yield [*place, blocker.task, blocker.period, *texts]
        if not unit.blocked_by:
            yield [*place, *[""] * (len(HEADINGS) - len(place))]
