"""Saying what went wrong: one sentence on standard error, and below it each reason with what is missing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from engine.cli import layout
from engine.errors import CampaignError, FileProblems, Refused
from engine.sentences import Lang, Problem, Sentence, Verdict
from notifiers.errors import NotifierError

# More than anybody mends before trying again.
_MOST = 50
_DO = Sentence("做法：", "Do: ")


def tell(error: CampaignError | NotifierError, lang: Lang, *, as_json: bool = False) -> int:
    """Say the error on standard error, then with --json on standard output as data too; the exit code. Raises OutputFailed."""
    _say(error, lang)
    if as_json and isinstance(error, CampaignError):
        click.echo(json.dumps({"error": error_data(error, lang)}, ensure_ascii=False, indent=2))
    return error.exit_code if isinstance(error, CampaignError) else 1


def _say(error: CampaignError | NotifierError, lang: Lang) -> None:
    click.echo(layout.indented(error.say(lang), ""), err=True)
    if isinstance(error, Refused):
        click.echo(verdict_lines(error.verdicts, lang), err=True)
    if isinstance(error, FileProblems):
        click.echo(problem_lines(error.problems[:_MOST], lang), err=True)
        more = len(error.problems) - _MOST
        if more > 0:
            said = Sentence("……另有 {n} 处；加 --json 列出全部。", "…and {n} more; --json lists them all.", {"n": more})
            click.echo(layout.indented(said.say(lang), ""), err=True)
    for note in getattr(error, "__notes__", ()):
        click.echo(layout.indented(note, ""), err=True)


def verdict_lines(verdicts: Sequence[Verdict], lang: Lang, indent: str = "  ") -> str:
    """Each verdict on a line of its own with what is missing."""
    return "\n".join(layout.indented(verdict_text(verdict, lang), f"{indent}  ", first=f"{indent}- ") for verdict in verdicts)


def verdict_text(verdict: Verdict, lang: Lang) -> str:
    """The verdict's sentence, and what is missing where the sentence does not say it itself."""
    said = verdict.sentence.say(lang)
    short = verdict.shortfall.say(lang) if verdict.shortfall else ""
    if not short or short in said:
        return said
    return f"{said.removesuffix('。')}（{short}）。" if lang == "zh" else f"{said.removesuffix('.')} ({short})."


def problem_lines(problems: Sequence[Problem], lang: Lang) -> str:
    """Each problem at its place, with what to do (LANGUAGE section 17)."""
    return "\n".join(problem_text(problem, lang) for problem in problems)


def problem_text(problem: Problem, lang: Lang) -> str:
    """`workflow.yaml:41:12  stages.X.due`, below it what is wrong, and what to do."""
    place = problem.file if problem.line == 0 else f"{problem.file}:{problem.line}:{problem.column}"
    mark = "" if problem.severity == "error" else Sentence("  [注意]", "  [warning]").say(lang)
    lines = [f"{place}  {problem.path}".rstrip() + mark, layout.indented(problem.message.say(lang), "  ")]
    if problem.hint is not None and problem.hint.say(lang):
        lines.append(layout.indented(problem.hint.say(lang), "  ", first=f"  {_DO.say(lang)}"))
    return "\n".join(lines)


def problem_data(problem: Problem, lang: Lang) -> dict[str, Any]:
    """A problem as data."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message.say(lang).strip(),
        "hint": problem.hint.say(lang).strip() if problem.hint else None,
    }


def verdict_data(verdict: Verdict, lang: Lang) -> dict[str, Any]:
    """A verdict as data."""
    return {
        "outcome": verdict.outcome,
        "code": verdict.code,
        "message": verdict.sentence.say(lang).strip(),
        "shortfall": verdict.shortfall.say(lang) if verdict.shortfall else None,
    }


def error_data(error: CampaignError, lang: Lang) -> dict[str, Any]:
    """An error as data: its code, its sentence, its reasons."""
    found: dict[str, Any] = {"code": error.code, "message": error.say(lang).strip()}
    if isinstance(error, Refused):
        found["refusals"] = [verdict_data(verdict, lang) for verdict in error.verdicts]
    if isinstance(error, FileProblems):
        found["problems"] = [problem_data(problem, lang) for problem in error.problems]
    if notes := getattr(error, "__notes__", None):
        found["notes"] = list(notes)
    return found
