"""From `checks` of a task to its rules, and whether each of them makes sense once all tasks are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast

from engine.definition.expressions import parse_expression
from engine.definition.expressions_check import check_in, unreadable
from engine.definition.expressions_facts import FactScope, fields_of
from engine.definition.expressions_tree import ExpressionError
from engine.definition.model import Organisation, Rule, Task
from engine.definition.report import Report
from engine.definition.shapes import Value
from engine.definition.who_check import levels_of
from engine.sentences import Sentence


def read_rules(task: Value) -> tuple[Rule, ...]:
    """The rules of a task, in the order written."""
    found = task.entries.get("checks")
    return tuple(_rule(entry) for entry in (found.items if found else ()) if _text_of(entry))


def _rule(value: Value) -> Rule:
    if value.kind != "rule":
        return Rule(that=value.text)
    return Rule(
        that=value.word("that"),
        say=value.word("say"),
        modality=cast(Literal["must", "should"], value.word("modality", "must")),
        title=value.word("title"),
        cite=value.words("cite"),
        note=value.word("note"),
    )


def _text_of(value: Value) -> Value | None:
    return value.entries.get("that") if value.kind == "rule" else value


def check_rules(values: Mapping[str, Value], tasks: tuple[Task, ...], organisation: Organisation, report: Report) -> None:
    """Every rule read over the names that its task has."""
    known = {task.name: task for task in tasks}
    for task in tasks:
        value = values[task.name].entries.get("checks")
        if value is None:
            continue
        if not task.items:
            report.add("check-of-nothing", value.key, _OF_AN_ACT, _OF_AN_ACT_HINT)
            continue
        others = {name: other for name, other in known.items() if name != task.name}
        scope = FactScope(organisation, levels_of(task.subjects, organisation), fields_of(task.items), others)
        for entry in value.items:
            if (text := _text_of(entry)) is not None:
                _check(text, scope, report)


def _check(text: Value, scope: FactScope, report: Report) -> None:
    try:
        issues = check_in(parse_expression(text.text), scope, condition=True)
    except ExpressionError as error:
        issues = (unreadable(error),)
    for issue in issues:
        spot = replace(text.spot, column=text.spot.column + (issue.position - 1 if text.verbatim else 0))
        report.add(issue.code, spot, issue.message, issue.hint)


_OF_AN_ACT = Sentence("这项任务不交材料，没有可检查的内容。", "This task has no artifact; there is nothing to check.")
_OF_AN_ACT_HINT = Sentence("加上 artifact（材料），或删去 checks（检查）。", "Add an `artifact`, or remove `checks`.")
