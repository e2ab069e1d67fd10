"""What the lists of who is stuck, and why, have in common: their headings, the persons in them, the files they are written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from engine.cli import table as commands
from engine.operations.asking import Helper
from engine.sentences import Lang, Sentence

HEADINGS: tuple[Sentence, ...] = (
    Sentence("单位", "unit"),
    Sentence("名称", "name"),
    Sentence("级别", "level"),
    Sentence("阶段", "stage"),
    Sentence("自何时起", "since"),
    Sentence("任务", "task"),
    Sentence("考核期", "period"),
    Sentence("原因", "reason"),
    Sentence("还差", "shortfall"),
    Sentence("期限", "due"),
    Sentence("谁能解决", "can unblock"),
)


def helper_data(helper: Helper) -> dict[str, Any]:
    """Who can unblock, as data."""
    return {
        "unit": helper.unit,
        "name": helper.unit_name,
        "post": helper.post,
        "person": helper.person,
        "vacant": helper.vacant,
        "reachable": helper.reachable,
    }


def helper_words(helper: Helper, lang: Lang) -> str:
    """`机电学院党总支 书记 张三`; where the post is vacant, whoever stands in, or that nobody does; and whether no letter reaches her."""
    place = f"{helper.unit_name} {helper.post}".strip()
    if not helper.unit:
        return place or Sentence("活动办公室", "the campaign office").say(lang)
    if not helper.person:
        return place + Sentence("（空缺）", " (vacant)").say(lang)
    stands_in = Sentence("（代）", " (standing in)").say(lang) if helper.vacant else ""
    unreached = "" if helper.reachable else Sentence("（没有可用的邮箱，联系不上）", " (no address that takes letters)").say(lang)
    return f"{place} {helper.person}{stands_in}{unreached}"


def helpers_words(helpers: Sequence[Helper], lang: Lang) -> str:
    """All of them, each once."""
    return Sentence("；", "; ").say(lang).join(dict.fromkeys(helper_words(helper, lang) for helper in helpers))


def write(titles: Sequence[Sentence], rows: Iterable[list[str]], output: str | None, lang: Lang) -> None:
    """Write the list to the file, or as .csv to the screen."""
    tables = commands.tables()
    headings = [title.say(lang) for title in titles]
    if output is None:
        click.echo(tables.csv_text(headings, rows), nl=False)
    else:
        tables.write_table(Path(output), headings, rows)
