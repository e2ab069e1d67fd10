"""Keeping safe: `backup`, `restore`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli import layout
from engine.cli.errors import tell
from engine.cli.options import Call, argument, command
from engine.cli.output import at_desk, emit, line, listed
from engine.cli.time import iso, shown_exactly
from engine.errors import CampaignError
from engine.operations import backup as keeping
from engine.sentences import Sentence
from engine.wiring.house import HOME, files_folder

_FILE = Sentence("文件", "FILE")


class BackupLacks(CampaignError):
    """备份 {where} 已做好，但缺 {n} 份材料，如下。读不了的请检查权限；别的从以前的备份中找回，找不回的退回原单位重新报送。然后再备份一次。

    The backup {where} was made, but it lacks {n} artifact(s), as follows. Where one cannot be read, check the permissions. Fetch the rest
    out of an earlier backup; what cannot be found has to be returned to its unit and handed in again. Then make another backup.
    """


@command(
    "backup",
    "db",
    "as_json",
    more=Sentence(
        "数据库和全部材料存入一个新文件；备份时别人可以照常办理。\n"
        "材料库中已丢失、读不了或与报送时不同的材料不在其中，逐份列出，以 1 结束；其余照样备份。",
        "Database and artifacts into one new file, while others go on working.\n"
        "Artifacts that are lost, unreadable or changed are not in it: each is named, and it ends with 1. All else is backed up.",
    ),
)
@argument("file", _FILE)
def backup(call: Call, file: str) -> int:
    """Write everything into one file; 1 where it lacks an artifact. Raises BackupExists, BackupFailed, BackupHasNoRoom."""
    keeping.expect_room(Path(file))
    with at_desk(call) as desk:
        report = keeping.backup(desk.house, Path(file), desk.now)
    if call.as_json:
        missing = [{**vars(one), "why": call.say(one.why)} for one in report.missing]
        emit({**vars(report), "made_at": iso(report.made_at, desk.zone), "missing": missing})
        return 1 if report.missing else 0
    line(
        call.words(
            "已备份到 {where}：记录 {rows} 行，材料 {artifacts} 份，{size} 字节。",
            "Backed up to {where}: {rows} row(s), {artifacts} artifact(s), {size} bytes.",
            **vars(report),
        )
    )
    if report.missing:
        tell(BackupLacks(where=report.where, n=len(report.missing)), call.lang)
        click.echo("\n".join(layout.indented(_lacking_text(call, one), "    ", first="  - ") for one in report.missing), err=True)
    return 1 if report.missing else 0


def _lacking_text(call: Call, one: keeping.Lacking) -> str:
    return call.words("{unit}“{file}”{why}", "{unit} “{file}”: {why}", **vars(one))


@command(
    "restore",
    "db",
    "as_json",
    more=Sentence(
        "恢复到一个新的数据库（--db），不会覆盖已有的。恢复后各活动的邮件先暂停，核对后再放行。\n"
        "旧版本的程序所做的备份，恢复时升级到现在的版本。",
        "Into a new database (--db); nothing is overwritten. Mail is held afterwards until it is let go.\n"
        "The backup of an older program is upgraded on its way.",
    ),
)
@argument("file", _FILE)
def restore(call: Call, file: str) -> None:
    """Put a backup back. Raises DatabaseExists, NotABackup and its kin, RestoreFailed, RestoreHasNoRoom."""
    report = keeping.restore(Path(file), call.settings.database, files_folder(call.settings))
    if call.as_json:
        emit({**vars(report), "made_at": iso(report.made_at, HOME), "missing": list(report.missing), "held": list(report.held)})
        return
    line(
        call.words(
            "已恢复 {at} 的备份：记录 {rows} 行，材料 {artifacts} 份。",
            "Restored the backup of {at}: {rows} row(s), {artifacts} artifact(s).",
            at=shown_exactly(report.made_at, HOME),
            rows=report.rows,
            artifacts=report.artifacts,
        )
    )
    _print_missing(call, report.missing)
    if report.older:
        line(call.words("它由旧版本的程序所做，已升级到现在的版本。", "An older program made it; it was upgraded to this version."))
    if report.held:
        names = listed(report.held, call.lang)
        line(
            call.words(
                "这些活动的邮件已暂停：{names}。核对后用 campaign mail on 放行。",
                "Mail is held for: {names}. Let it go with `campaign mail on`.",
                names=names,
            )
        )


def _print_missing(call: Call, missing: tuple[str, ...]) -> None:
    if missing:
        names = listed([digest[:12] for digest in missing], call.lang)
        line(call.words("有 {n} 份材料已丢失或损坏：{names}", "{n} artifact(s) lost or damaged: {names}", n=len(missing), names=names))
