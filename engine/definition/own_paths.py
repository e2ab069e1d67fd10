"""Paths in the author's spelling: what the projection and the checks name is turned into the words of the file."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.definition.advice import spelled
from engine.definition.keys import ELEMENTS, Shape
from engine.definition.model import Workflow
from engine.definition.projection_model import DateIssue
from engine.definition.words import Spelling, english

_STEP = re.compile(r"\[\d+\]|[^.\[\]]+")


def own_issue(issue: DateIssue, workflow: Workflow) -> DateIssue:
    """The issue with its path and its advice in the words of the file."""
    hint = issue.hint and spelled(issue.hint, workflow.spelling)
    return replace(issue, path=own_path(issue.path, workflow), message=spelled(issue.message, workflow.spelling), hint=hint)


def own_path(path: str, workflow: Workflow) -> str:
    """The path with every key spelled as the author does. What the file itself names (a task's own path) is left as it stands."""
    known = [(stage.path, "stage") for stage in workflow.stages]
    known += [(task.path, "task") for task in workflow.tasks]
    known += [(rung.path, "rung") for task in workflow.tasks for rung in task.ladder if rung.path]
    within = [(prefix, kind) for prefix, kind in known if path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))]
    prefix, kind = max(within, key=lambda one: len(one[0]), default=("", "file"))
    rest = _respelled(path[len(prefix) :], kind, workflow.spelling)
    return prefix + rest if prefix else rest.removeprefix(".")


def _respelled(rest: str, kind: str, spelling: Spelling) -> str:
    said, shape = "", None
    for step in _STEP.findall(rest):
        if step.startswith("["):
            said, shape = said + step, shape.items if shape else None
        elif shape is not None and shape.names is not None:
            said, shape = f"{said}.{step}", shape.names
        else:
            home = _home(step, shape, kind)
            key = ELEMENTS[home].get(english(step)) if home else None
            said, shape, kind = f"{said}.{spelling.key(english(step), home) if key else step}", key.shape if key else None, ""
    return said


def _home(step: str, shape: Shape | None, kind: str) -> str:
    """The element that has the key, of those that may stand here."""
    kinds = (kind,) if kind else shape.elements if shape else ()
    return next((one for one in kinds if english(step) in ELEMENTS[one]), "")
