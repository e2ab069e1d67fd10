"""Looking at one hand-in: `show`."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import click

from engine.cli.entered_words import entered_data, entered_lines
from engine.cli.errors import verdict_data, verdict_lines
from engine.cli.options import READS, Call, argument, command
from engine.cli.output import at_desk, emit, heading, line
from engine.cli.steps import TASK, UNIT, task_ref
from engine.cli.time import iso, shown
from engine.operations.papers import FILE_OF
from engine.operations.showing import NearCopy, Shown, ShownItem, ShownPassage
from engine.operations.showing import show as look
from engine.sentences import Sentence, plain


@command(
    "show",
    *READS,
    "by",
    more=Sentence(
        "给审核人看：文件、填写的内容、各项检查的结论，以及与哪些材料相近、相近在哪里。\n"
        "不写 --as 时，按审核人能看到的显示；别的单位的名称和文字，只有同时是双方上级的人才看得到。",
        "For whoever reviews it: the files, what was entered, what each check said, and which texts it is close to, and where.\n"
        "Without --as it is shown as its reviewer may see it; another unit's name and words are shown only to who stands above both.",
    ),
)
@argument("unit", UNIT)
@argument("task", TASK)
def show(call: Call, unit: str, task: str) -> None:
    """Show the newest version of one hand-in. Raises what is wrong with the names."""
    with at_desk(call) as desk:
        found = look(desk.house, call.campaign, unit, task_ref(task), by=call.by, now=desk.now)
    emit(_data(call, found)) if call.as_json else _print(call, found)


def _data(call: Call, found: Shown) -> dict[str, Any]:
    return {
        "campaign": found.campaign,
        "unit": found.unit,
        "name": found.name,
        "task": found.task,
        "period": found.period,
        "title": call.say(found.title),
        "state": found.code,
        "version": found.version,
        "handed_in_at": iso(found.handed_in_at, ZoneInfo(found.zone)),
        "due": found.due or None,
        "items": [_item_data(call, one) for one in found.items],
        "entered": [entered_data(one, call.lang) for one in found.entered],
        "checks": [verdict_data(verdict, call.lang) for verdict in found.checks],
        "near_copies": [_near_copy_data(call, one) for one in found.near_copies],
    }


def _item_data(call: Call, one: ShownItem) -> dict[str, Any]:
    return {**vars(one), "title": call.say(one.title), "on_day": one.on_day.isoformat() if one.on_day else None}


def _near_copy_data(call: Call, one: NearCopy) -> dict[str, Any]:
    said = {"name": call.say(one.name), "period": call.say(one.period), "passages": [dict(vars(passage)) for passage in one.passages]}
    return {**vars(one), **said}


def _print(call: Call, found: Shown) -> None:
    heading(f"{found.unit}  {found.name}  {found.title.say(call.lang)}")
    line(call.words("状态：{state}{version}{due}。", "{state}{version}{due}.", **_standing(found)))
    for item in found.items:
        line(_item(call, item, named=len(found.items) > 1 or FILE_OF in item.item), "    ", first="  ")
    for said in entered_lines(call, found.entered):
        line(said, "    ", first="  ")
    looks = [verdict for verdict in found.checks if not verdict.allowed]
    for title, verdicts in ((_LOOKS, looks), (_HOLD, [verdict for verdict in found.checks if verdict.allowed])):
        if verdicts:
            click.echo("")
            heading(call.say(title))
            click.echo(verdict_lines(verdicts, call.lang))
    if found.near_copies:
        click.echo("")
        heading(call.words("相近的材料", "Close to it"))
    for one in found.near_copies:
        _print_near_copy(call, one)


_LOOKS = Sentence("要由审核人查看的", "For the reviewer to look at")
_HOLD = Sentence("检查通过的", "Checks that hold")


def _standing(found: Shown) -> dict[str, object]:
    at = shown(found.handed_in_at, ZoneInfo(found.zone)) if found.handed_in_at else ""
    version = {"n": found.version, "at": at}
    handed = Sentence("，第 {n} 版，{at} 报送", ", version {n}, handed in {at}", version)
    nothing = Sentence("，没有报送过", ", nothing handed in")
    return {
        "state": found.state,
        "version": handed if found.version else nothing,
        "due": Sentence("，期限 {due}", ", due {due}", {"due": found.due}) if found.due else Sentence("", ""),
    }


def _item(call: Call, one: ShownItem, *, named: bool) -> str:
    if not one.file:
        return f"{one.on_day or '-'}  {one.statement}"
    item = Sentence("{item}：", "{item}: ", {"item": one.title}) if named else plain("")
    return call.words("{item}{file}，{size} 字节", "{item}{file}, {size} bytes", item=item, file=one.file, size=f"{one.size:,}")


_LATER = Sentence("{who}{period}后来报送的，有 {n}% 与它相近：", "{who}{period} handed in later; {n}% of that is close to it:")
_EARLIER = Sentence("它有 {n}% 与{who}{period}的相近：", "{n}% of it is close to that of {who}{period}:")


def _print_near_copy(call: Call, one: NearCopy) -> None:
    said = _LATER if one.later else _EARLIER
    # In Chinese a code needs a blank before it, and a name none.
    blank = " " if one.unit and call.lang == "zh" and not one.later else ""
    who = f"{blank}{one.unit} {call.say(one.name)}" if one.unit else call.say(one.name)
    period = Sentence("（{period}）", " ({period})", {"period": one.period}) if call.say(one.period) else plain("")
    line(call.words(said.zh, said.en, who=who, period=period, n=one.percent), "    ", first="  - ")
    for passage in one.passages:
        _print_passage(call, passage)


def _print_passage(call: Call, one: ShownPassage) -> None:
    values = {"n": one.characters, "start": one.start + 1, "end": one.end, "a": one.other_start + 1, "b": one.other_end}
    zh = "{n} 字：本文第 {start}—{end} 个字符，对方第 {a}—{b} 个"
    en = "{n} characters: here at {start}-{end}, there at {a}-{b}"
    line(call.words(zh, en, **values), "      ", first="    ")
    for words, text in ((Sentence("本文：", "here: "), one.text), (Sentence("对方：", "there: "), one.other)):
        if text is not None:
            line(f"{call.say(words)}{text}", "      ")
