"""Looking at a workflow file without a database: `check`, `schema`, `timeline`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from engine.cli import layout
from engine.cli.errors import problem_data, problem_lines
from engine.cli.options import Call, Choice, argument, command, option
from engine.definition.lengths import LengthReading, length_readings
from engine.definition.projection_model import PROVISIONAL, Projection, Reading
from engine.definition.schema import schema as json_schema
from engine.definition.spelling import rewrite_keys
from engine.definition.timeline import TimelineRow, draw
from engine.definition.timeline import timeline as timeline_rows
from engine.errors import FileProblems, WrongUsage
from engine.exchange.files import replacing
from engine.operations.loading import Checked, check_bytes, check_file
from engine.sentences import Lang, Sentence

_FILE = Sentence("文件", "FILE")


@command(
    "check",
    "as_json",
    more=Sentence(
        "有错时逐条列出位置和改法，以 1 结束。--keys 只改写键的拼法，不改其他内容。",
        "Errors are listed with their place and what to do; then it ends with 1. --keys rewrites keys and nothing else.",
    ),
)
@argument("file", _FILE)
@option(
    "--keys",
    words=Sentence("把键改写成中文（zh）或英文（en），输出全文", "rewrite the keys in Chinese (zh) or English (en), and print the file"),
    value=Sentence("zh|en", "zh|en"),
    type=Choice("zh", "en"),
)
@option("--write", words=Sentence("与 --keys 合用：直接改写文件", "with --keys: change the file itself"))
def check(call: Call, file: str, keys: Lang | None, write: bool) -> int:
    """Read a workflow file as a whole; 1 where it has errors."""
    if keys:
        return _rewrite(Path(file), keys, write)
    if write:
        raise WrongUsage(what=Sentence("--write 要与 --keys 合用。", "--write goes with --keys."))
    checked = check_file(Path(file))
    if call.as_json:
        click.echo(json.dumps(check_data(checked, call.lang), ensure_ascii=False, indent=2))
    else:
        click.echo(check_text(checked, call))
    return 0 if checked.sound else 1


def _rewrite(file: Path, keys: Lang, write: bool) -> int:
    data = check_file(file).data
    try:
        text = rewrite_keys(data.decode("utf-8"), keys, file=str(file))
    except UnicodeDecodeError as error:
        raise FileProblems(check_bytes(data, str(file)).problems, file=str(file)) from error
    if not write:
        click.echo(text, nl=False)
        return 0
    # A link stays one: what it leads to is rewritten.
    with replacing(file.resolve()) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
        temporary.chmod(file.stat().st_mode & 0o777)
    return 0


def check_data(checked: Checked, lang: Lang) -> dict[str, Any]:
    """All that the check found, as data."""
    readings = checked.projection.readings if checked.projection else ()
    lengths = length_readings(checked.workflow) if checked.workflow else ()
    return {
        "file": checked.file,
        "sound": checked.sound,
        "problems": [problem_data(problem, lang) for problem in checked.problems],
        "readings": [_reading_data(reading, lang) for reading in readings],
        "lengths": [_length_data(reading, lang) for reading in lengths],
    }


def _length_data(reading: LengthReading, lang: Lang) -> dict[str, Any]:
    return {"path": reading.path, "wording": reading.wording, "reading": reading.sentence.say(lang)}


def _reading_data(reading: Reading, lang: Lang) -> dict[str, Any]:
    return {
        "path": reading.path,
        "wording": reading.wording,
        "period": reading.period,
        "opens": reading.opens,
        "due": reading.due,
        "remarks": [remark.say(lang) for remark in reading.remarks],
    }


def check_text(checked: Checked, call: Call) -> str:
    """All that the check found: every reading where the file is sound, and what is wrong or worth a look."""
    parts = []
    if checked.sound and checked.workflow and checked.projection:
        parts.append(readings_text(checked.projection, call.lang))
        lengths = length_readings(checked.workflow)
        parts += [_lengths_text(lengths, call.lang)] if lengths else []
    if checked.problems:
        parts.append(problem_lines(checked.problems, call.lang))
    return "\n\n".join([*parts, layout.indented(_verdict(checked, call), "")])


def _verdict(checked: Checked, call: Call) -> str:
    errors = sum(problem.severity == "error" for problem in checked.problems)
    warnings = len(checked.problems) - errors
    if checked.workflow is None or errors:
        return call.words("{file}：有 {n} 处错误。", "{file}: {n} error(s).", file=checked.file, n=max(errors, 1))
    doubts = sum(not doubt.settled for doubt in checked.workflow.doubts)
    said = call.words(
        "{file}：没有错误。阶段 {stages} 个，任务 {tasks} 项，注意 {warnings} 处。",
        "{file}: no errors. {stages} stage(s), {tasks} task(s), {warnings} warning(s).",
        file=checked.file,
        stages=len(checked.workflow.stages),
        tasks=len(checked.workflow.tasks),
        warnings=warnings,
    )
    if not doubts:
        return said
    more = call.words("还有 {n} 处存疑没有认定，认定后才能载入。", " {n} doubt(s) not settled; settle them before loading.", n=doubts)
    return said + more


def readings_text(projection: Projection, lang: Lang) -> str:
    """Every date of the file: where it stands, how it is worded, and how it reads."""
    lines: list[str] = []
    for path, readings in groupby(projection.readings, key=lambda reading: reading.path):
        lines.append(path)
        lines += [layout.indented(_reading_text(reading, lang), "    ", first="  ") for reading in readings]
    return "\n".join(lines)


def _lengths_text(readings: Sequence[LengthReading], lang: Lang) -> str:
    """Every length of the file, as the dates are."""
    return "\n".join(f"{one.path}\n  “{one.wording}”  {one.sentence.say(lang)}" for one in readings)


def _reading_text(reading: Reading, lang: Lang) -> str:
    period = f"{reading.period}  " if reading.period else ""
    said = f"{period}“{reading.wording}”  {_span(reading, lang)}"
    remarks = [remark.say(lang) for code, remark in zip(reading.codes, reading.remarks, strict=True) if code != PROVISIONAL]
    if PROVISIONAL in reading.codes:
        said = f"{said} *"
    if not remarks:
        return said
    return f"{said}（{'；'.join(remarks)}）" if lang == "zh" else f"{said} ({'; '.join(remarks)})"


def _span(reading: Reading, lang: Lang) -> str:
    if reading.opens == reading.due:
        return reading.opens or Sentence("日期未定", "no date yet").say(lang)
    values = {"opens": reading.opens, "due": reading.due}
    if reading.opens is None:
        return Sentence("截至 {due}", "until {due}", values).say(lang)
    if reading.due is None:
        return Sentence("{opens} 起", "from {opens}", values).say(lang)
    return Sentence("{opens} 至 {due}", "{opens} to {due}", values).say(lang)


@command("schema", more=Sentence("供编辑器使用；键的中英文两种拼法都在内。", "For editors; keys in both spellings."))
def schema(_: Call) -> None:
    """Print the JSON Schema."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@command("timeline", "as_json")
@argument("file", _FILE)
def timeline(call: Call, file: str) -> None:
    """Draw a workflow file on the calendar. Raises FileProblems where it cannot be read."""
    checked = check_file(Path(file))
    if checked.workflow is None or checked.projection is None or not checked.sound:
        raise FileProblems(tuple(p for p in checked.problems if p.severity == "error"), file=file)
    rows = timeline_rows(checked.workflow, checked.projection)
    if call.as_json:
        click.echo(json.dumps([_row_data(row) for row in rows], ensure_ascii=False, indent=2))
        return
    click.echo(click.style(checked.workflow.title or checked.workflow.name, bold=True))
    click.echo(draw(rows, layout.terminal_width(), call.lang))


def _row_data(row: TimelineRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "name": row.name,
        "title": row.title,
        "period": row.period,
        "stage": row.stage,
        "wording": row.wording,
        "opens": row.opens,
        "due": row.due,
        "lock": row.lock,
        "pending_on": list(row.pending_on),
        "on_entry": row.on_entry,
    }
