"""Keeping safe: `backup`, `restore`."""

from __future__ import annotations

from pathlib import Path

from engine.cli.options import Call, argument, command
from engine.cli.output import at_desk, emit, line, listed
from engine.cli.time import iso, shown_exactly
from engine.operations import backup as keeping
from engine.sentences import Sentence
from engine.wiring.house import HOME, files_folder

_FILE = Sentence("文件", "FILE")


@command(
    "backup",
    "db",
    "as_json",
    more=Sentence(
        "数据库和全部材料存入一个新文件；备份时别人可以照常办理。", "Database and artifacts into one new file, while others go on working."
    ),
)
@argument("file", _FILE)
def backup(call: Call, file: str) -> None:
    """Write everything into one file. Raises BackupExists, BackupFailed."""
    keeping.expect_room(Path(file))
    with at_desk(call) as desk:
        report = keeping.backup(desk.house, Path(file), desk.now)
    if call.as_json:
        emit({**vars(report), "made_at": iso(report.made_at, desk.zone), "missing": list(report.missing)})
        return
    line(
        call.words(
            "已备份到 {where}：记录 {rows} 行，材料 {artifacts} 份，{size} 字节。",
            "Backed up to {where}: {rows} row(s), {artifacts} artifact(s), {size} bytes.",
            **vars(report),
        )
    )
    _print_missing(call, report.missing)


@command(
    "restore",
    "db",
    "as_json",
    more=Sentence(
        "恢复到一个新的数据库（--db），不会覆盖已有的。恢复后各活动的邮件先暂停，核对后再放行。",
        "Into a new database (--db); nothing is overwritten. Mail is held afterwards until it is let go.",
    ),
)
@argument("file", _FILE)
def restore(call: Call, file: str) -> None:
    """Put a backup back. Raises DatabaseExists, NotABackup and its kin, RestoreFailed."""
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
