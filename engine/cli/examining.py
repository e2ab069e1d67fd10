"""Examining: `doctor`."""

from __future__ import annotations

from collections.abc import Mapping

import click

from engine.cli import layout
from engine.cli.options import Call, command, option
from engine.cli.output import emit, heading, line, listed
from engine.cli.time import iso, shown_exactly
from engine.clock import system_now
from engine.operations.examining import Diagnosis, Finding, examine
from engine.operations.mail_state import MailState, mail_state
from engine.sentences import Sentence
from engine.wiring.house import HOME, open_house
from engine.wiring.post import called, channel_names, unsendable
from engine.wiring.variables import strange_variables

_ROWS: Mapping[str, Sentence] = {
    "units": Sentence("单位", "units"),
    "cases": Sentence("参加活动的单位", "cases"),
    "obligations": Sentence("任务", "obligations"),
    "notices": Sentence("提醒", "notices"),
    "journal": Sentence("流水", "lines of the journal"),
    "artifacts": Sentence("材料", "artifacts"),
}
_SIZES: Mapping[str, Sentence] = {
    "database": Sentence("数据库", "database"),
    "log": Sentence("数据库日志", "write-ahead log"),
    "artifacts": Sentence("材料文件夹", "folder of artifacts"),
}


@command(
    "doctor",
    "db",
    "as_json",
    more=Sentence(
        "只看不改。有问题时退出码为 1，每个问题都说明后果和办法。单位很多时要几分钟，其间别人可以照常办理。",
        "Looks and changes nothing. Ends with 1 where something is wrong, and says what follows and what to do. "
        "With very many units it takes minutes, while others go on working.",
    ),
)
@option("--files", words=Sentence("逐份核对材料文件", "read every artifact and compare its digest"))
@option("--channels", words=Sentence("逐个联系各渠道（连接并登录，不发信）", "call each channel (connect and log in, send nothing)"))
def doctor(call: Call, files: bool, channels: bool) -> int:
    """Examine the database; 1 where something is wrong."""
    with open_house(call.settings) as house:
        settings = call.settings
        deaf = [(name, fault) for name, fault in called(settings, house) if fault is not None] if channels else []
        found = examine(
            house,
            system_now(),
            files=files,
            unsendable=unsendable(settings, house),
            strange=strange_variables(settings),
            deaf=deaf,
        )
        mail = mail_state(house, channel_names(settings, house), settings.sender_address)
    if call.as_json:
        emit({**_data(call, found), "mail": _mail_data(mail)})
    else:
        _print(call, found, mail)
    return 1 if found.findings else 0


def _data(call: Call, found: Diagnosis) -> dict[str, object]:
    return {
        "database": found.where,
        "rehearsal": found.rehearsal,
        "sound": not found.findings,
        "rows": dict(found.rows),
        "bytes": dict(found.sizes),
        "settings": dict(found.settings),
        "files_read": found.files,
        "findings": [_finding_data(call, one) for one in found.findings],
    }


def _finding_data(call: Call, one: Finding) -> dict[str, object]:
    return {
        "code": one.code,
        "meaning": call.say(one.meaning),
        "advice": call.say(one.advice),
        "count": one.count,
        "examples": [call.say(example) for example in one.examples],
    }


def _mail_data(mail: MailState) -> dict[str, object]:
    last = None if mail.last is None else iso(mail.last, mail.zone or HOME)
    return {
        "channels": list(mail.channels),
        "sender": mail.sender,
        "hours": mail.hours,
        "on": list(mail.on),
        "held": list(mail.held),
        "last": last,
    }


def _print_mail(call: Call, mail: MailState) -> None:
    nothing = call.words("没有设", "none is set")
    last = call.words("还没有寄出过信", "no letter has gone yet") if mail.last is None else shown_exactly(mail.last, mail.zone or HOME)
    rows = [
        (Sentence("发信渠道", "channel"), listed(mail.channels, call.lang) or nothing),
        (Sentence("发件人", "sender"), mail.sender or nothing),
        (Sentence("发信时间", "hours"), mail.hours),
        (Sentence("最近寄出", "last sent"), last),
        (Sentence("已放行的活动", "mail on"), listed(mail.on, call.lang)),
        (Sentence("暂存邮件的活动", "mail held"), listed(mail.held, call.lang)),
    ]
    click.echo(layout.definitions([(call.say(word), said) for word, said in rows if said]))


def _print(call: Call, found: Diagnosis, mail: MailState) -> None:
    heading(found.where)
    sizes = [(call.say(_ROWS[name]), f"{count:,}") for name, count in found.rows.items()]
    sizes += [(call.say(_SIZES[name]), bytes_words(size)) for name, size in found.sizes.items()]
    click.echo(layout.definitions(sizes))
    _print_mail(call, mail)
    line("  ".join(f"{name} = {value}" for name, value in found.settings.items()), "  ")
    for number, one in enumerate(found.findings, 1):
        click.echo("")
        _print_finding(call, number, one)
    click.echo("")
    line(_verdict(call, found))


def _print_finding(call: Call, number: int, one: Finding) -> None:
    heading(f"{number}. {call.say(one.meaning)}")
    for example in one.examples:
        line(call.say(example), "     ", first="   - ")
    if one.count > len(one.examples) > 0:
        line(call.words("共 {n} 处。", "{n} in all.", n=one.count), "     ")
    line(call.words("办法：{advice}", "What to do: {advice}", advice=one.advice), "   ")


def _verdict(call: Call, found: Diagnosis) -> str:
    if found.findings:
        return call.words("发现 {n} 个问题。", "{n} problem(s) found.", n=len(found.findings))
    if found.files:
        return call.words("没有发现问题，材料文件也都完好。", "Nothing is wrong; every artifact is what was handed in.")
    return call.words("没有发现问题。加 --files 可逐份核对材料文件。", "Nothing is wrong. With --files every artifact is read as well.")


def bytes_words(size: int) -> str:
    """`12.3 MiB`."""
    units = ("B", "KiB", "MiB", "GiB", "TiB")
    value, place = float(size), 0
    while value >= 1024 and place < len(units) - 1:
        value, place = value / 1024, place + 1
    return f"{value:,.1f} {units[place]}" if place else f"{size} B"
