"""Looking at a letter before its time: `preview`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import click

from engine.cli.options import READS, Call, Choice, Number, argument, command, option
from engine.cli.output import at_desk, emit, heading, line, say_if_over
from engine.cli.steps import TASK, UNIT, task_ref
from engine.cli.time import day, iso, shown_exactly
from engine.cli.words import ESCALATION, NOTICE_KINDS, REASONS
from engine.errors import WrongUsage
from engine.exchange.files import replacing
from engine.operations.previewing import KINDS, RUNGS, Preview, Seen, Wanted, preview_of
from engine.operations.recipients import Recipient
from engine.operations.supposing import Kind
from engine.sentences import Lang, Sentence, plain
from engine.wiring.post import looking_only
from notifiers.base import as_mime

_FILE = Sentence("文件", "FILE")
_WORDS: Mapping[str, Sentence] = {words.en: words for words in (*NOTICE_KINDS.values(), ESCALATION)}
_KINDS = Sentence("、".join(_WORDS[kind].zh for kind in KINDS), ", ".join(KINDS))
_ONE_FORM = Sentence("--text、--html、--eml、--json 只能写一个。", "Give only one of --text, --html, --eml and --json.")
_NO_RUNG = Sentence("--rung 只与提醒（reminder）和报上级（escalation）合用。", "--rung goes with reminder and escalation only.")


@command(
    "preview",
    *READS,
    more=Sentence(
        "把一条提醒或通知写成信给您看，什么也不决定、不寄出。不写 --kind 时是下一次提醒；现在还不成立的，按“假定”显示，并逐条说明。\n"
        "--rung 的编号与 notices 里的一样，重复的每一次都算。",
        "Shows a notice as the letter it would be; nothing is decided or sent. Without --kind it is the next reminder. "
        "What is not so yet is supposed, and said.\nThe number of --rung is that of `notices`, every repetition counted.",
    ),
)
@argument("unit", UNIT)
@argument("task", TASK)
@option(
    "--kind",
    words=Sentence("哪一种：{kinds}（英文名也可）", "which kind: {kinds}", {"kinds": _KINDS}),
    value=Sentence("种类", "KIND"),
    type=Choice(*KINDS, also={_WORDS[kind].zh: kind for kind in KINDS}),
)
@option("--rung", words=Sentence("第几次提醒", "which reminder, by its number"), value=Sentence("次", "N"), type=Number(most=9999))
@option("--on", words=Sentence("假如这一天发", "as if it were told on this day"), value=Sentence("日期", "DATE"))
@option("--text", words=Sentence("只输出信的正文", "print the text of the letter alone"))
@option("--html", words=Sentence("网页部分写入这个文件", "write its page to this file"), value=_FILE)
@option("--eml", words=Sentence("整封信写入这个 .eml 文件", "write the whole letter to this .eml file"), value=_FILE)
def preview(
    call: Call, unit: str, task: str, kind: str | None, rung: int | None, on: str | None, text: bool, html: str | None, eml: str | None
) -> None:
    """Show a notice as a letter. Raises NoRungs, NoSuchRung and its kin, CannotWrite, and what is wrong with the names."""
    if sum((text, html is not None, eml is not None, call.as_json)) > 1:
        raise WrongUsage(what=_ONE_FORM)
    if rung is not None and kind not in (None, *RUNGS):
        raise WrongUsage(what=_NO_RUNG)
    ref = task_ref(task)
    wanted = Wanted(kind=cast(Kind | None, kind), rung=rung, on=None if on is None else day(on))
    with at_desk(call) as desk:
        post = looking_only(call.settings, desk.house)
        found = preview_of(desk.house, call.campaign, unit, ref, wanted, post, desk.now)
        if not call.as_json and not text:
            say_if_over(call, desk)
    if call.as_json:
        emit(_data(found, call.lang, desk.zone))
    elif text:
        click.echo("\n".join(seen.letter.text for seen in found.letters), nl=False)
    else:
        _show(call, found, desk.zone, html or eml, page=html is not None)


def _show(call: Call, found: Preview, zone: ZoneInfo, file: str | None, *, page: bool) -> None:
    """What it is and to whom; then the letter, or the file that it was written to."""
    files = [] if file is None else [_write(Path(file), number, seen, found, zone, page) for number, seen in enumerate(found.letters, 1)]
    heading(_about(call, found, zone))
    if found.supposed:
        words = Sentence("；", "; ").say(call.lang).join(call.say(one) for one in found.supposed)
        line(call.words("（{words}。）", "({words}.)", words=words))
    if not found.letters:
        line(call.words("没有人会收到：找不到这个收件人。", "Nobody would be told: there is no such recipient."))
    for place, seen in enumerate(found.letters):
        click.echo("")
        _show_recipient(call, seen)
        if files:
            line(call.words("已写入 {file}。", "Wrote {file}.", file=files[place]))
        else:
            line(call.words("主题：{subject}", "Subject: {subject}", subject=seen.letter.subject), "      ", first="")
            click.echo(f"\n{seen.letter.text}", nl=False)


def _about(call: Call, found: Preview, zone: ZoneInfo) -> str:
    """`理学院党支部（B）“方案”：提醒 2，2030-03-13 08:30`."""
    kind = f"{_WORDS[found.kind].say(call.lang)}{'' if found.rung is None else f' {found.rung}'}"
    values = {"name": found.name, "unit": found.unit, "title": found.title, "kind": kind, "at": shown_exactly(found.at, zone)}
    return call.words("{name}（{unit}）“{title}”：{kind}，{at}", "{name} ({unit}), “{title}”: {kind}, {at}", **values)


def _show_recipient(call: Call, seen: Seen) -> None:
    line(call.words("收件人：{who}", "To: {who}", who=recipient_words(seen.recipient, call.lang)), "    ", first="")
    if not seen.untold:
        return
    why = REASONS.get(seen.untold, plain(seen.untold))
    if not seen.instead:
        line(call.words("不会寄出：{why}。", "Not sent: {why}.", why=why))
        return
    said = call.words(
        "本人收不到：{why}；改为告知活动办公室（{office}）。",
        "It does not reach her: {why}. The campaign office ({office}) is told instead.",
        why=why,
        office=seen.instead,
    )
    line(said)


def recipient_words(one: Recipient, lang: Lang) -> str:
    """`理学院党支部 书记 郑华 <zhenghua@example.org>`; of a vacant post what it is called."""
    place = " ".join(filter(None, (one.unit_name, one.post, one.name))) or Sentence("活动办公室", "the campaign office").say(lang)
    stands_in = Sentence("（代）", " (standing in)").say(lang) if one.stands_in_for else ""
    return f"{place}{stands_in} <{one.address}>" if one.address else f"{place}{stands_in}"


def _write(first: Path, number: int, seen: Seen, found: Preview, zone: ZoneInfo, page: bool) -> Path:
    """The file it was written to: `first`, and names like it for further letters. Raises CannotWrite."""
    file = first if number == 1 else first.with_name(f"{first.stem}-{number}{first.suffix}")
    # A letter to nobody is no letter; as a file it can be looked at all the same.
    letter = seen.letter if seen.letter.to_address else replace(seen.letter, to_address=_NOBODY)
    content = (letter.html or "").encode() if page else as_mime(letter, found.at.astimezone(zone)).as_bytes()
    with replacing(file) as temporary:
        temporary.write_bytes(content)
    return file


_NOBODY = "nobody@example.org"


def _data(found: Preview, lang: Lang, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "unit": found.unit,
        "name": found.name,
        "task": found.task,
        "period": found.period,
        "title": found.title.say(lang),
        "kind": found.kind,
        "rung": found.rung,
        "at": iso(found.at, zone),
        "supposed": [one.say(lang) for one in found.supposed],
        "letters": [_letter_data(seen) for seen in found.letters],
    }


def _letter_data(seen: Seen) -> dict[str, Any]:
    one = seen.recipient
    return {
        "unit": one.unit_name,
        "post": one.post,
        "person": one.name,
        "address": one.address,
        "stands_in": one.stands_in_for is not None,
        "untold": seen.untold,
        "told_instead": seen.instead,
        "subject": seen.letter.subject,
        "text": seen.letter.text,
        "html": seen.letter.html,
        "attachments": [{"name": file.name, "text": file.text} for file in seen.letter.attachments],
    }
