"""Who misses what, in short: `stuck --brief`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from engine.cli.lists import HEADINGS, write
from engine.cli.options import Call
from engine.cli.output import SEPARATOR, at_desk, emit_each, line, say_if_over, warn_if_behind
from engine.cli.time import iso, shown
from engine.cli.words import BLOCKS
from engine.operations.missing import Miss, missing
from engine.operations.questions import Question
from engine.sentences import Lang, Sentence

_TITLES: tuple[Sentence, ...] = (*HEADINGS[:7], HEADINGS[9], Sentence("状态", "state"))
_UNIT = attrgetter("unit")


def tell_briefly(call: Call, question: Question, form: str, output: str | None) -> None:
    """Say what every stuck unit misses. Raises what is wrong with the names."""
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        found = missing(desk.house, call.campaign, question, now=desk.now)
        if form == "json":
            emit_each(brief_data(list(rows), desk.zone, call.lang) for _, rows in groupby(found, _UNIT))
        elif form == "table":
            say_if_over(call, desk)
            _print(call, found)
        else:
            write(_TITLES, _rows(found, desk.zone, call.lang), output, call.lang)
    if output is not None:
        line(call.words("已写入 {file}。", "Wrote {file}.", file=output))


def brief_data(rows: list[Miss], zone: ZoneInfo, lang: Lang) -> dict[str, Any]:
    """What one unit misses, as data."""
    unit = rows[0]
    things = [{"task": one.task, "period": one.period, "title": one.title.say(lang), "due": one.due, "code": one.code} for one in rows]
    place = {"unit": unit.unit, "name": unit.name, "level": unit.level, "stage": unit.stage.say(lang)}
    return {**place, "since": iso(unit.since, zone), "missing": things}


def _print(call: Call, found: Iterable[Miss]) -> None:
    units = 0
    for _, rows in groupby(found, _UNIT):
        units += 1
        things = list(rows)
        one = things[0]
        values = {"unit": one.unit, "name": one.name, "level": one.level, "stage": one.stage.say(call.lang)}
        place = call.words("{unit}  {name}（{level}）  {stage}  ", "{unit}  {name} ({level})  {stage}  ", **values)
        said = SEPARATOR.say(call.lang).join(_thing(one, call) for one in things)
        line(said, "    ", first=place)
    line(call.words("卡住的单位 {n} 个。", "{n} unit(s) stuck.", n=units) if units else call.words("没有卡住的单位。", "Nobody is stuck."))


def _thing(one: Miss, call: Call) -> str:
    values = {"title": one.title, "state": BLOCKS[one.code]}
    return call.words("{title}（{state}）", "{title} ({state})", **values)


def _rows(found: Iterable[Miss], zone: ZoneInfo, lang: Lang) -> Iterator[list[str]]:
    """A row for each thing that is missing."""
    for one in found:
        place = [one.unit, one.name, one.level, one.stage.say(lang), shown(one.since, zone)]
        yield [*place, one.task, one.period, one.due, BLOCKS[one.code].say(lang)]
