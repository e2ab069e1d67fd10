"""Stages that go on at the same time: no mistake (LANGUAGE section 7), but never to be read past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.definition.model import Stage
from engine.definition.projection_model import OVERLAPS, Reading, StageDates
from engine.definition.projection_text import shown_end, shown_start
from engine.sentences import Sentence

_SAYS = ("window", "opens", "due")


def note_overlaps(readings: list[Reading], stages: Sequence[Stage], dates: Sequence[StageDates], zone: ZoneInfo) -> None:
    """Beside the first wording of each stage's window: with which earlier stages it runs, and on which days."""
    for place, (stage, later) in enumerate(zip(stages, dates, strict=True)):
        remarks = tuple(remark for earlier in dates[:place] for remark in _overlap(earlier, later, zone))
        paths = [f"{stage.path}.{key}" for key in _SAYS]
        at = next((number for number, reading in enumerate(readings) if reading.path in paths), None)
        if remarks and at is not None:
            found = readings[at]
            readings[at] = replace(found, remarks=found.remarks + remarks, codes=found.codes + (OVERLAPS,) * len(remarks))


def _overlap(earlier: StageDates, later: StageDates, zone: ZoneInfo) -> Iterator[Sentence]:
    if earlier.opens is None or later.opens is None:
        return
    opens = max(earlier.opens, later.opens)
    closes = _sooner(earlier.closes, later.closes)
    if closes is not None and closes <= opens:
        return
    values = {"name": earlier.name, "opens": shown_start(opens, zone), "closes": shown_end(closes, zone)}
    if closes is None:
        yield Sentence("与“{name}”同时进行：{opens} 起", 'runs beside "{name}" from {opens} on', values)
    elif values["opens"] == values["closes"]:
        yield Sentence("与“{name}”同时进行：{opens}", 'runs beside "{name}" on {opens}', values)
    else:
        yield Sentence("与“{name}”同时进行：{opens} 至 {closes}", 'runs beside "{name}" from {opens} to {closes}', values)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((end for end in (one, other) if end is not None), default=None)
