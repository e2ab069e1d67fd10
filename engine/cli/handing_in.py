"""Handing in and taking back: `submit`, `take-back`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.cli.errors import error_data, verdict_lines
from engine.cli.options import ACTS, Call, argument, command, option
from engine.cli.output import at_desk, emit, line
from engine.cli.steps import TASK, UNIT, print_step, stepped_data, stepped_text, task_ref
from engine.cli.time import day
from engine.errors import CampaignError
from engine.operations.assigning import HandIn
from engine.operations.folder import submit_folder
from engine.operations.handing_in import BulkLine
from engine.operations.handing_in import submit as hand_in
from engine.operations.handing_in import take_back as take_back_one
from engine.sentences import Sentence
from engine.store.failures import in_batches

_TAKEN = Sentence("已收下", "Taken")
_SAME = Sentence("与上次报送的完全相同，没有改动", "The same as last time, nothing changed")


class WhatToHandIn(CampaignError):
    """请写明单位、任务和文件：campaign submit 单位 任务 文件；整批报送时写 campaign submit --folder 文件夹 任务。

    Name the unit, the task and the file: `campaign submit UNIT TASK FILE`; for many at once `campaign submit --folder DIR TASK`.
    """

    exit_code = 2


class FileOrWords(CampaignError):
    """--on 和 --say 只用于不收文件的任务，不能与文件一起写，什么都没有收下。请去掉 --on 和 --say，或去掉文件。

    --on and --say are for tasks that take no file; they do not go with one, and nothing was taken. Leave them out, or the file.
    """

    exit_code = 2


class NoFolderThere(CampaignError):
    """没有这个文件夹：{folder}。请检查路径；一份一份报送时不写 --folder。

    There is no folder {folder}. Check the path; a single hand-in takes no --folder.
    """


class TwoFilesForOne(CampaignError):
    """同一份材料写了两个文件：{files}。成套材料请写成 材料名=文件。

    Two files were given for one item: {files}. For a package write ITEM=FILE for each.
    """

    exit_code = 2


class NamelessItem(CampaignError):
    """“{word}”只写了一半。请写成 材料名=文件。

    “{word}” is only half of it. Write ITEM=FILE.
    """

    exit_code = 2


class HalfAValue(CampaignError):
    """--set “{word}”只写了一半。请写成 --set 栏目=内容。

    --set “{word}” is only half of it. Write --set FIELD=VALUE.
    """

    exit_code = 2


class ForOneUnit(CampaignError):
    """--set 只用于一个单位的报送，不能与 --folder 一起写，什么都没有收下。

    --set is for the hand-in of one unit; it does not go with --folder, and nothing was taken.
    """

    exit_code = 2


@command(
    "submit",
    *ACTS,
    more=Sentence(
        "成套材料写成 材料名=文件；不收文件的任务用 --on 和 --say；表单和台账用 --set，或填好的表格（campaign template）。\n"
        "整批：campaign submit --folder 文件夹 任务，文件以单位代码命名（代码后可跟空格、横线等和别的字），一个不合格不影响别的。",
        "A package takes ITEM=FILE for each; a task without a file takes --on and --say; a form or ledger takes --set, or the filled-in "
        "table of `campaign template`.\n"
        "Many at once: `campaign submit --folder DIR TASK`, the files named by unit code (a blank or dash and other words may follow); "
        "one refused holds up no other.",
    ),
)
@argument("words", Sentence("单位 任务[@考核期] 文件", "UNIT TASK[@PERIOD] FILE"), nargs=-1)
@option("--folder", words=Sentence("整批报送这个文件夹", "hand in this folder"), value=Sentence("文件夹", "DIR"))
@option(
    "--on",
    "on_day",
    words=Sentence("办理日期（不收文件的任务）", "the day it was done (tasks without a file)"),
    value=Sentence("日期", "DATE"),
)
@option(
    "--say",
    "statement",
    words=Sentence("一句说明（不收文件的任务）", "what was done, in a sentence"),
    value=Sentence("说明", "TEXT"),
    default="",
)
@option(
    "--set",
    "entered",
    words=Sentence("填写一个栏目，可写多次；几个值写几次", "fill in a field; once more for each further field or value"),
    value=Sentence("栏目=内容", "FIELD=VALUE"),
    multiple=True,
)
def submit(call: Call, words: tuple[str, ...], folder: str | None, on_day: str | None, statement: str, entered: tuple[str, ...]) -> int:
    """Hand in for one unit or for a folder of them; 1 where anything was refused. Raises Refused with every shortfall, FileOrWords."""
    if (folder is not None or words[2:] or entered) and (on_day is not None or statement):
        raise FileOrWords
    if folder is not None and entered:
        raise ForOneUnit
    if folder is not None:
        return _submit_folder(call, words, Path(folder))
    if len(words) < 2:
        raise WhatToHandIn
    given = HandIn(files=_files(words[2:]), values=_values(entered), on_day=day(on_day) if on_day else None, statement=statement)
    with at_desk(call) as desk:
        ref = task_ref(words[1])
        answer = hand_in(desk.house, call.campaign, words[0], ref, given, by=call.by, behalf=call.behalf, now=desk.now)
    print_step(call, answer, _SAME if answer.unchanged else _TAKEN)
    return 0


def _files(words: tuple[str, ...]) -> dict[str, Path]:
    """FILE or ITEM=FILE each; a file that is there under the whole word is that file."""
    found: dict[str, Path] = {}
    for word in words:
        item, equals, name = word.partition("=")
        if not equals or Path(word).exists():
            item, name, equals = "", word, ""
        if equals and not (item and name):
            raise NamelessItem(word=word)
        if item in found:
            raise TwoFilesForOne(files=f"{found[item]}, {name}")
        found[item] = Path(name)
    return found


def _values(entered: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """FIELD=VALUE each; a field that comes again has several values. Raises HalfAValue."""
    found: dict[str, tuple[str, ...]] = {}
    for word in entered:
        name, equals, value = word.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise HalfAValue(word=word)
        found[name.strip()] = (*found.get(name.strip(), ()), value.strip())
    return found


def _submit_folder(call: Call, words: tuple[str, ...], folder: Path) -> int:
    if len(words) != 1:
        raise WhatToHandIn
    if not folder.is_dir():
        raise NoFolderThere(folder=str(folder))
    with at_desk(call) as desk, in_batches():
        ref = task_ref(words[0])
        lines = submit_folder(desk.house, call.campaign, folder, ref, by=call.by, behalf=call.behalf, now=desk.now)
    taken = sum(one.answer is not None for one in lines)
    if call.as_json:
        emit([_bulk_data(call, one) for one in lines])
    else:
        for one in lines:
            _print_bulk(call, one)
        same = sum(one.answer is not None and one.answer.unchanged for one in lines)
        values = {"taken": taken, "same": same, "refused": len(lines) - taken}
        line(
            call.words(
                "收下 {taken} 份，其中原样未变 {same} 份；未收 {refused} 份。",
                "{taken} taken, {same} of them the same as before; {refused} refused.",
                **values,
            )
        )
    return 0 if taken == len(lines) else 1


def _bulk_data(call: Call, one: BulkLine) -> dict[str, Any]:
    return {
        "file": one.file,
        "unit": one.unit,
        "answer": stepped_data(call, one.answer) if one.answer else None,
        "error": error_data(one.error, call.lang) if one.error else None,
    }


def _print_bulk(call: Call, one: BulkLine) -> None:
    if one.answer is not None:
        line(stepped_text(call, one.answer, _SAME if one.answer.unchanged else _TAKEN), "    ", first=f"{one.file}  ")
        return
    refused = Sentence("未收。", "refused. ") if one.refusals else Sentence("", "")
    why = "" if one.refusals or one.error is None else one.error.say(call.lang)
    line(f"{refused.say(call.lang)}{why}", "    ", first=f"{one.file}  ")
    if one.refusals:
        click.echo(verdict_lines(one.refusals, call.lang, "    "))


@command("take-back", *ACTS)
@argument("unit", UNIT)
@argument("task", TASK)
def take_back(call: Call, unit: str, task: str) -> None:
    """Take back what nobody has judged yet. Raises Refused."""
    with at_desk(call) as desk:
        ref = task_ref(task)
        answer = take_back_one(desk.house, call.campaign, unit, ref, by=call.by, behalf=call.behalf, now=desk.now)
    print_step(call, answer, Sentence("已撤回", "Taken back"))
