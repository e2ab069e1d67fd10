"""Who is owed letters and has no address: a part of `mail failures`."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import click

from engine.cli.options import Call
from engine.cli.output import heading, line, table
from engine.cli.time import iso, shown
from engine.cli.words import REASONS
from engine.operations.unreached import Unaddressed
from engine.sentences import Sentence

# So many are named for people; the rest are counted, and --json has them all.
_NAMED = 20


def unaddressed_data(one: Unaddressed, zone: ZoneInfo) -> dict[str, object]:
    """One of them in the form of a failure: no letter was written, so none came back."""
    who = {"person": one.person, "address": "", "unit": one.unit, "unit_name": one.unit_name, "post": one.post}
    return {**who, "outcome": one.reason, "words": "", "since": iso(one.since, zone), "letters": 0, "dead": False, "duties": []}


def print_unaddressed(call: Call, found: Iterable[Unaddressed], zone: ZoneInfo) -> int:
    """A table of the first of them; how many there are."""
    rows: list[list[str]] = []
    count, office = 0, False
    for one in found:
        count, office = count + 1, office or one.reason == "no-office"
        if len(rows) < _NAMED:
            rows.append(_row(call, one, zone))
    if not count:
        return 0
    heading(call.words("有事要告诉，却没有地址可寄的 {n} 处", "{n} to be told of something, with no address to write to", n=count))
    titles = (
        Sentence("单位", "unit"),
        Sentence("人员", "person"),
        Sentence("原因", "why"),
        Sentence("始于", "since"),
        Sentence("任务", "duties"),
    )
    table([call.say(title) for title in titles], rows)
    if count > len(rows):
        line(call.words("只列出前 {n} 处；全部见 --json。", "These are the first {n}; --json has them all.", n=len(rows)))
    line(call.say(_ADVICE))
    if office:
        line(call.say(_OFFICE_ADVICE))
    click.echo("")
    return count


def _row(call: Call, one: Unaddressed, zone: ZoneInfo) -> list[str]:
    place = f"{one.unit} {one.unit_name}".strip() or call.words("活动办公室", "the campaign office")
    return [place, one.person or one.post or "-", call.say(REASONS[one.reason]), shown(one.since, zone), str(one.duties)]


_ADVICE = Sentence(
    "请在花名册里补上邮箱或任职后重新导入，下一次提醒就寄到。",
    "Add the address, or whoever holds the post, to the roster and import it again: the next reminder goes there.",
)
_OFFICE_ADVICE = Sentence(
    "活动办公室没有邮箱：它在建库时写明（init --office-address）。",
    "The campaign office has no address: it is given when the database is made (`init --office-address`).",
)
