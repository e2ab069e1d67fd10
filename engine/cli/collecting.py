"""Getting documents out again: `collect`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from engine.cli import layout
from engine.cli.errors import tell
from engine.cli.options import READS, Call, argument, command, option
from engine.cli.output import at_desk, emit, line, listed
from engine.cli.steps import TASK, UNIT, task_ref
from engine.errors import CampaignError
from engine.operations import collecting
from engine.operations.collecting import Collected, CollectedAct, UnsoundFile
from engine.sentences import Lang, Sentence, some_of


class InTheWay(CampaignError):
    """{folder} 里有 {n} 个同名的文件内容不同，没有覆盖：{names}。请把它们改名或移走，再取一次。

    {folder} has {n} file(s) of the same name with other content, which were not overwritten: {names}. Rename or move them away, then
    collect again.
    """


class NotAsHandedIn(CampaignError):
    """任务“{task}”有 {n} 份材料没有取出，如下；其余都已取出。读不了的请检查权限；别的从备份中找回，找不回的退回原单位重新报送。

    {n} artifact(s) of “{task}” were not handed out, as follows; all others were. Where one cannot be read, check the permissions. Fetch
    the rest out of a backup (restore it elsewhere); what cannot be found has to be returned to its unit and handed in again.
    """


class UnitOrUnder(CampaignError):
    """--unit 和 --under 只写一个：--unit 只取一个单位的，--under 取该单位及其下级的。

    Give --unit or --under, not both: --unit takes one unit's, --under takes those of a unit and all below it.
    """

    exit_code = 2


@command(
    "collect",
    *READS,
    more=Sentence(
        "每个单位取最新一版，存为“单位代码 文件名”；成套材料为“单位代码 材料名 文件名”。\n"
        "已有的文件不覆盖：内容相同的跳过，不同的列出名称。\n"
        "已丢失或与报送时不同的不取，逐份列出，以 1 结束。\n"
        "不收文件的任务逐条列出办理日期和说明。一份也没有时以 1 结束。",
        "The newest version of each unit, named “UNITCODE file”, in a package “UNITCODE item file”. Nothing is overwritten: what is there\n"
        "with the same content is passed over, what differs is named. What was lost, or changed since it was handed in, is not handed out\n"
        "but named, and it ends with 1.\n"
        "Of tasks without a file the day and the sentence are listed. It ends with 1 where there is nothing.",
    ),
)
@argument("task", TASK)
@argument("folder", Sentence("文件夹", "FOLDER"))
@option("--unit", words=Sentence("只取这个单位的", "this unit only"), value=UNIT)
@option("--under", words=Sentence("只取这个单位及其下级的", "this unit and what is below it"), value=UNIT)
@option("--all-versions", words=Sentence("每一版都取，文件名中写明版次", "every version, its number in the name"))
def collect(call: Call, task: str, folder: str, unit: str | None, under: str | None, all_versions: bool) -> int:
    """Copy what was handed in into a folder. Raises NothingToCollect, NotAsHandedIn, InTheWay, and what is wrong with the names."""
    if unit is not None and under is not None:
        raise UnitOrUnder
    with at_desk(call) as desk:
        ref = task_ref(task)
        found = collecting.collect(desk.house, call.campaign, ref, Path(folder), unit=unit, under=under, all_versions=all_versions)
    if call.as_json:
        emit(_data(found, call.lang))
        return 1 if found.in_the_way or found.unsound else 0
    _print(call, found, folder)
    faults = list(_faults(found, folder))
    for fault in faults:
        tell(fault, call.lang)
        if isinstance(fault, NotAsHandedIn):
            click.echo("\n".join(layout.indented(_unsound_text(one, call), "    ", first="  - ") for one in found.unsound), err=True)
    return 1 if faults else 0


def _faults(found: Collected, folder: str) -> Iterator[CampaignError]:
    if found.in_the_way:
        yield InTheWay(folder=folder, n=len(found.in_the_way), names=some_of(found.in_the_way))
    if found.unsound:
        yield NotAsHandedIn(task=found.title, n=len(found.unsound))


def _unsound_text(one: UnsoundFile, call: Call) -> str:
    return call.words("{unit} {name}“{file}”{why}", "{unit} {name} “{file}”: {why}", **vars(one))


def _data(found: Collected, lang: Lang) -> dict[str, Any]:
    return {
        "task": found.task,
        "period": found.period,
        "in_the_way": list(found.in_the_way),
        "unsound": [{**vars(one), "why": one.why.say(lang)} for one in found.unsound],
        "files": [dict(vars(one)) for one in found.files],
        "acts": [{**vars(one), "on_day": one.on_day.isoformat() if one.on_day else None} for one in found.acts],
        "nothing": [{"unit": code, "name": name} for code, name in found.nothing],
    }


def _print(call: Call, found: Collected, folder: str) -> None:
    for act in found.acts:
        line(_act_text(act), "    ")
    _print_files(call, found, folder)
    if found.nothing:
        names = listed([f"{code} {name}" for code, name in found.nothing], call.lang, most=50)
        line(call.words("还没有报送的单位 {n} 个：{names}", "Nothing handed in by {n}: {names}", n=len(found.nothing), names=names))
    else:
        click.echo(call.words("没有缺报的单位。", "Nobody is missing."))


def _print_files(call: Call, found: Collected, folder: str) -> None:
    new = [one for one in found.files if one.new]
    values = {"n": len(new), "units": len({one.unit for one in new}), "same": len(found.files) - len(new), "folder": folder}
    if new:
        line(
            call.words(
                "已取出 {n} 个文件，放入 {folder}（{units} 个单位）。", "Copied {n} file(s) of {units} unit(s) into {folder}.", **values
            )
        )
    if values["same"]:
        line(
            call.words(
                "另有 {same} 个文件已在 {folder}，内容相同。", "{same} file(s) found in {folder} already, with the same content.", **values
            )
        )
    if found.acts:
        units = len({one.unit for one in found.acts})
        line(call.words("{units} 个单位已办理；没有文件可取。", "{units} unit(s) have done it; there are no files.", units=units))


def _act_text(act: CollectedAct) -> str:
    return f"{act.unit} {act.name}  {act.on_day or '-'}  {act.statement}"
