"""Reading a workflow file as a whole, and keeping a version of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from engine.definition.codec import encode
from engine.definition.consistency import check_whole
from engine.definition.model import Workflow
from engine.definition.projection import project
from engine.definition.projection_model import DateIssue, Projection
from engine.definition.reader import read_workflow_bytes
from engine.definition.report import Places
from engine.errors import CampaignError, FileProblems
from engine.operations.channels import UnknownChannel, channel_named
from engine.operations.context import House
from engine.operations.own_texts import texts_beside
from engine.operations.people import operator
from engine.oserrors import why
from engine.sentences import Problem, Sentence
from engine.store import campaigns, journal
from notifiers.texts import Texts

# Workflow files above 2 MiB are refused; one byte more is read, so that the reader can see it.
LARGEST = 2 * 1024 * 1024


class FileUnreadable(CampaignError):
    """打不开文件 {file}：{why}。请检查路径和权限。

    The file {file} cannot be opened: {why}. Check the path and your rights.
    """


class VersionTaken(CampaignError):
    """工作流“{name}”第 {version} 版已经载入，内容与这个文件（连同旁边的 mail 文件夹）不同。
    已载入的版本不能改动；请把文件里的版本（version）加一再载入。

    Version {version} of “{name}” is loaded already, with other content than this file (with the folder `mail` beside it). Loaded versions
    never change; raise `version` and load again.
    """


class OpenDoubts(CampaignError):
    """还有 {count} 处存疑没有认定，不能载入；第一处是 {path}：“{says}”。请由有权的人认定后写上认定（settled）: 姓名。

    {count} doubt(s) not settled, so it cannot be loaded; the first is {path}: “{says}”. Have each settled with `settled: name`.
    """


@dataclass(frozen=True, kw_only=True)
class Checked:
    """All that reading a file came to. `workflow` and `projection` are None where an error stands in the way.

    texts: the office's own mail templates that lie beside it, by name.
    """

    file: str
    data: bytes
    workflow: Workflow | None
    projection: Projection | None
    problems: tuple[Problem, ...]
    texts: Texts = ()

    @property
    def sound(self) -> bool:
        """Whether nothing but warnings was found."""
        return self.workflow is not None and all(problem.severity != "error" for problem in self.problems)


def check_file(path: Path) -> Checked:
    """Read, project and check a workflow file with its mail templates. Raises FileUnreadable; all else is a problem with its place."""
    try:
        if path.exists() and not path.is_file():
            raise FileUnreadable(file=str(path), why=Sentence("不是普通文件", "it is no regular file"))
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise FileUnreadable(file=str(path), why=why(error)) from error
    return _checked(data, str(path), path)


def check_bytes(data: bytes, file: str) -> Checked:
    """The same for bytes already read, beside which nothing lies."""
    return _checked(data, file, None)


def _checked(data: bytes, file: str, path: Path | None) -> Checked:
    compiled = read_workflow_bytes(data, file=file)
    problems = list(compiled.problems)
    projection = None
    if compiled.workflow is not None:
        projection, issues = project(compiled.workflow)
        broken = any(issue.severity == "error" for issue in issues)
        whole = () if broken else check_whole(compiled.workflow, projection)
        problems += [_problem(issue, compiled.places, file) for issue in (*issues, *whole, *_strange_channels(compiled.workflow))]
    texts: Texts = ()
    if compiled.workflow is not None and path is not None:
        texts, wrong = texts_beside(path, compiled.workflow, compiled.places)
        problems += wrong
    ordered = tuple(sorted(problems, key=lambda problem: (problem.severity != "error", problem.file != file, problem.line, problem.column)))
    return Checked(file=file, data=data, workflow=compiled.workflow, projection=projection, problems=ordered, texts=texts)


def _strange_channels(workflow: Workflow) -> Iterator[DateIssue]:
    """Channels that reminders name and nobody knows, each where it is written: one ladder may serve many tasks."""
    named = {rung.path: rung.via for task in workflow.tasks for rung in task.ladder if rung.via}
    for path, via in named.items():
        try:
            channel_named(via)
        except UnknownChannel as error:
            yield DateIssue(path=f"{path}.via", code=error.code, message=error.sentence)


def _problem(issue: DateIssue, places: Places, file: str) -> Problem:
    spot = places.value(issue.path)
    return Problem(
        file=file,
        line=spot.line,
        column=spot.column,
        path=issue.path,
        code=issue.code,
        message=issue.message,
        hint=issue.hint,
        severity=issue.severity,
    )


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A running campaign, and the version of its workflow that it follows to its end."""

    campaign: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A version that is kept. `again`: it had been loaded before, word for word.  others: what runs by other versions of it."""

    name: str
    version: int
    digest: str
    stages: int
    tasks: int
    again: bool
    others: tuple[Followed, ...]
    warnings: tuple[Problem, ...]


def load(house: House, path: Path, *, by: str | None, now: datetime, behalf: str | None = None) -> Loaded:
    """Keep a version of a workflow, source and compiled form; its digest is its identity.

    Raises FileUnreadable, FileProblems, OpenDoubts, VersionTaken.
    """
    checked = check_file(path)
    if checked.workflow is None or not checked.sound:
        raise FileProblems(tuple(p for p in checked.problems if p.severity == "error"), file=checked.file)
    _all_settled(checked.workflow)
    return _keep(house, checked, checked.workflow, by, behalf, now)


def _all_settled(workflow: Workflow) -> None:
    open_doubts = [doubt for doubt in workflow.doubts if not doubt.settled]
    if open_doubts:
        raise OpenDoubts(count=len(open_doubts), path=open_doubts[0].path, says=open_doubts[0].says)


def _digest(checked: Checked) -> str:
    """Of the file and of the mail templates beside it: with other words it is another version."""
    digest = sha256(checked.data)
    for name, source in checked.texts:
        digest.update(f"\0{name}\0{source}".encode())
    return digest.hexdigest()


def _keep(house: House, checked: Checked, workflow: Workflow, by: str | None, behalf: str | None, now: datetime) -> Loaded:
    digest = _digest(checked)
    with house.database.write() as connection:
        actor = operator(connection, by, behalf, now.date())
        known = campaigns.find_workflow(connection, workflow.name, workflow.version)
        if known is not None and known.digest != digest:
            raise VersionTaken(name=workflow.name, version=workflow.version)
        if known is None:
            values = {"name": workflow.name, "version": workflow.version, "digest": digest, "file": Path(checked.file).name}
            kept = {
                **values,
                "source": checked.data.decode("utf-8-sig"),
                "compiled": encode(workflow),
                "texts": dict(checked.texts),
                "loaded_at": now,
                "loaded_by": actor.id,
            }
            campaigns.add_workflow(connection, kept)
            journal.write(
                connection, journal.Line(kind="loaded", recorded_at=now, actor_id=actor.id, behalf_id=actor.behalf_id, data={**values})
            )
        others = tuple(Followed(campaign=name, version=number) for name, number in campaigns.following(connection, workflow.name))
    return Loaded(
        name=workflow.name,
        version=workflow.version,
        digest=digest,
        stages=len(workflow.stages),
        tasks=len(workflow.tasks),
        again=known is not None,
        others=tuple(one for one in others if one.version != workflow.version),
        warnings=checked.problems,
    )
