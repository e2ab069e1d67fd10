"""How a single step is answered: what was done, to which duty, and how it stands now."""

from __future__ import annotations

from typing import Any

import click

from engine.cli.errors import verdict_data, verdict_lines
from engine.cli.options import Call
from engine.cli.output import emit, line
from engine.errors import Echo
from engine.machine.states import STATE_WORDS, ObligationState
from engine.operations import sentences_kept
from engine.operations.campaigns import TaskRef
from engine.operations.stepping import Stepped
from engine.sentences import Sentence

UNIT = Sentence("单位", "UNIT")
TASK = Sentence("任务[@考核期]", "TASK[@PERIOD]")
REASON = Sentence("理由", "REASON")


class HalfARef(Echo):
    """“{text}”只写了一半。请写 任务，或 任务@考核期（例如 月报@2031-04）。

    “{text}” is only half of it. Write TASK, or TASK@PERIOD (such as report@2031-04).
    """

    exit_code = 2


def task_ref(text: str) -> TaskRef:
    """TASK[@PERIOD] as typed; a Chinese keyboard writes ＠. Raises HalfARef."""
    ref = TaskRef.parse(text.replace("＠", "@"))
    if not ref.task or ref.period == "":
        raise HalfARef(text=text)
    return ref


def stepped_data(call: Call, answer: Stepped) -> dict[str, Any]:
    """What a step came to, as data."""
    checks = [verdict_data(verdict, call.lang) for verdict in sentences_kept.back(answer.checks)]
    return {
        "unit": answer.unit,
        "name": answer.name,
        "task": answer.task,
        "period": answer.period,
        "title": call.say(answer.title),
        "state": answer.state,
        "version": answer.version,
        "unchanged": answer.unchanged,
        "due": answer.due or None,
        "closes": answer.closes,
        "checks": checks,
    }


def stepped_text(call: Call, answer: Stepped, done: Sentence) -> str:
    """`已收下：GB01 机电学院党总支 实施方案（第 2 版），现在是“待审核”。`"""
    return Sentence(
        "{done}：{unit} {name} {title}{version}，现在是“{state}”{due}。",
        "{done}: {unit} {name} {title}{version}, now {state}{due}.",
        _step_values(answer, done),
    ).say(call.lang)


def stepped_after_unit(call: Call, answer: Stepped, done: Sentence) -> str:
    """The same with the unit first, for a list of many: `GB01 机电学院党总支  已延期：实施方案，现在是“待办”，期限 2010-06-28。`"""
    return Sentence(
        "{unit} {name}  {done}：{title}{version}，现在是“{state}”{due}。",
        "{unit} {name}  {done}: {title}{version}, now {state}{due}.",
        _step_values(answer, done),
    ).say(call.lang)


def _step_values(answer: Stepped, done: Sentence) -> dict[str, object]:
    return {
        "done": done,
        "unit": answer.unit,
        "name": answer.name,
        "title": answer.title,
        "state": STATE_WORDS[ObligationState[answer.state.upper()]],
        "version": Sentence("（第 {n} 版）", " (version {n})", {"n": answer.version}) if answer.version else Sentence("", ""),
        "due": _due(answer),
    }


def _due(answer: Stepped) -> Sentence:
    if not answer.due:
        return Sentence("", "")
    closes = Sentence("（届时截止，之后不再受理）", " (it closes then; nothing is taken afterwards)")
    return Sentence("，期限 {due}{closes}", ", due {due}{closes}", {"due": answer.due, "closes": closes if answer.closes else ""})


def print_step(call: Call, answer: Stepped, done: Sentence) -> None:
    """Say what a step came to, with the checks that a reviewer has to answer for."""
    if call.as_json:
        emit(stepped_data(call, answer))
        return
    line(stepped_text(call, answer, done))
    open_checks = [verdict for verdict in sentences_kept.back(answer.checks) if not verdict.allowed]
    if open_checks:
        click.echo(verdict_lines(open_checks, call.lang))
