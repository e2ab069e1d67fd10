"""The office's own mail templates: the folder `mail` beside a workflow file, checked with it and kept with its version."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from engine.definition.model import Workflow
from engine.definition.report import Places
from engine.sentences import Problem, Sentence
from notifiers.texts import TextError, Texts
from notifiers.trial import check_texts

FOLDER = "mail"


def texts_beside(file: Path, workflow: Workflow, places: Places) -> tuple[Texts, tuple[Problem, ...]]:
    """The templates that belong to a workflow file, by name, and what is wrong with them or with whoever names them."""
    folder = file.parent / FOLDER
    says = {rung.say: f"{rung.path}.say" for task in workflow.tasks for rung in task.ladder if rung.say}
    if not folder.is_dir():
        return (), (*_no_folder(folder), *_missing(says, (), places, str(file)))
    found = check_texts(folder, [task.name for task in workflow.tasks], list(says))
    problems = [_problem(error) for error in found.errors]
    return found.texts, (*problems, *_missing(says, found.texts, places, str(file)))


def _no_folder(folder: Path) -> Iterator[Problem]:
    """Of something that bears the name of the folder and is none."""
    if os.path.lexists(folder):
        message = Sentence(
            "这里应当是放邮件模板的文件夹，可是它不是文件夹，请移走或改名。",
            "The folder of mail templates is to lie here, but this is no folder; take it away or rename it.",
        )
        yield Problem(file=str(folder), line=0, column=0, path="", code="mail-text", message=message)


def _missing(says: dict[str, str], texts: Texts, places: Places, file: str) -> Iterator[Problem]:
    """The rungs that ask for words which are not there."""
    for say, path in says.items():
        if not any(name.startswith(f"says/{say}/") for name, _ in texts):
            spot = places.value(path)
            values = {"say": say}
            message = Sentence(
                "没有名为“{say}”的措辞：mail/says/{say} 里没有任何模板。",
                "There are no words “{say}”: mail/says/{say} holds no template.",
                values,
            )
            hint = Sentence(
                "写 mail/says/{say}/zh/line.j2（或 subject.j2、opening.j2、closing.j2），或删去措辞（say）。",
                "Write mail/says/{say}/en/line.j2 (or subject.j2, opening.j2, closing.j2), or remove `say`.",
                values,
            )
            yield Problem(file=file, line=spot.line, column=spot.column, path=path, code="no-words", message=message, hint=hint)


def _problem(error: TextError) -> Problem:
    zh, en = error.why
    message = Sentence("{zh}", "{en}", {"zh": zh, "en": en})
    return Problem(file=error.file, line=error.line, column=1 if error.line else 0, path="", code="mail-text", message=message)
