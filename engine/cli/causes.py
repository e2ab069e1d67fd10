"""Why so many are stuck: `stuck --why`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.cli.lists import HEADINGS, helper_data, helpers_words, write
from engine.cli.options import Call
from engine.cli.output import at_desk, emit, heading, line, say_if_over, warn_if_behind
from engine.operations.tracing import Cause, Ranked, ranked_causes
from engine.sentences import Lang, Sentence

_HELD = 10


def tell_why(call: Call, under: str | None, most: int | None, form: str, output: str | None) -> None:
    """Say what holds up the most units. Raises what is wrong with the names."""
    with at_desk(call) as desk:
        warn_if_behind(call, desk)
        found = ranked_causes(desk.house, call.campaign, now=desk.now, under=under, most=most)
        if form == "table":
            say_if_over(call, desk)
    if form == "json":
        emit([cause_data(cause, call.lang) for cause in found.causes])
    elif form == "table":
        _print(call, found)
    else:
        write(_CAUSE_HEADINGS, _rows(found.causes, call.lang), output, call.lang)
        if output is not None:
            line(call.words("已写入 {file}：根源 {n} 个。", "Wrote {file}: {n} cause(s).", file=output, n=len(found.causes)))


_CAUSE_HEADINGS: tuple[Sentence, ...] = (
    Sentence("名次", "rank"),
    Sentence("拖住的单位数", "holds up"),
    *HEADINGS[:2],
    *HEADINGS[5:8],
    HEADINGS[-1],
    Sentence("被拖住的", "held up"),
)


def _rows(causes: Sequence[Cause], lang: Lang) -> Iterator[list[str]]:
    """A row for each cause."""
    for rank, cause in enumerate(causes, 1):
        what = [cause.task, cause.period, cause.message.say(lang), helpers_words(cause.can_unblock, lang)]
        yield [str(rank), str(cause.holds), cause.unit, cause.name, *what, " ".join(cause.units)]


def cause_data(cause: Cause, lang: Lang) -> dict[str, Any]:
    """A root cause as data."""
    return {
        "unit": cause.unit,
        "name": cause.name,
        "task": cause.task,
        "period": cause.period,
        "title": cause.title.say(lang),
        "message": cause.message.say(lang),
        "holds": cause.holds,
        "units": list(cause.units),
        "can_unblock": [helper_data(helper) for helper in cause.can_unblock],
    }


def _print(call: Call, found: Ranked) -> None:
    for rank, cause in enumerate(found.causes, 1):
        _print_cause(call, rank, cause)
    if not found.causes:
        line(call.words("没有卡住的单位。", "Nobody is stuck."))
    more = found.total - len(found.causes)
    if more:
        said = ("另有 {n} 个根源没有列出；--limit {all} 列出全部。", "{n} more cause(s) are not shown; --limit {all} shows them all.")
        line(call.words(*said, n=more, all=found.total))


def _print_cause(call: Call, rank: int, cause: Cause) -> None:
    heading(
        call.words("{rank}. 拖住 {n} 个单位：{unit} {name}", "{rank}. holds up {n}: {unit} {name}", rank=rank, n=cause.holds, **vars(cause))
    )
    line(cause.message.say(call.lang), "   ")
    if cause.can_unblock:
        who = helpers_words(cause.can_unblock, call.lang)
        line(call.words("可解决：{who}", "can unblock: {who}", who=who), "     ", first="   ")
    names = " ".join(cause.units[:_HELD]) + (f" … +{len(cause.units) - _HELD}" if len(cause.units) > _HELD else "")
    line(call.words("被拖住的：{names}", "held up: {names}", names=names), "     ", first="   ")
