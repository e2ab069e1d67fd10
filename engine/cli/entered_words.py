"""What was entered in fields, as lines of a terminal and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.cli.options import Call
from engine.cli.output import SEPARATOR
from engine.operations.entered import EnteredValue
from engine.sentences import Lang

_MOST_ROWS = 10


def entered_lines(call: Call, entered: Sequence[EnteredValue]) -> list[str]:
    """`组长：李红；人数：12`; of a ledger a line for each row, of a package one for each item."""
    rows: dict[tuple[str, int], list[str]] = {}
    for one in entered:
        values = SEPARATOR.say(call.lang).join(value.say(call.lang) for value in one.values)
        rows.setdefault((one.item, one.row), []).append(call.words("{name}：{values}", "{name}: {values}", name=one.title, values=values))
    between = call.words("；", "; ")
    lines = [f"{_whose(item, row)}{between.join(said)}" for (item, row), said in rows.items()]
    if len(lines) > _MOST_ROWS:
        more = call.words("……共 {n} 行（campaign template 取出全部）", "... {n} rows in all (`campaign template` has them)", n=len(lines))
        return [*lines[:_MOST_ROWS], more]
    return lines


def _whose(item: str, row: int) -> str:
    """`[附表] 2. `."""
    return (f"[{item}] " if item else "") + (f"{row}. " if row else "")


def entered_data(one: EnteredValue, lang: Lang) -> dict[str, Any]:
    """One field as data."""
    return {"item": one.item, "row": one.row, "field": one.name, "values": [value.say(lang) for value in one.values]}
