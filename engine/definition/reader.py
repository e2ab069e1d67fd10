"""From the text of a workflow file to the compiled workflow, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.definition.model import Anchor, Calendar, Doubt, Organisation, Source, Stage, Task, Who, Workflow
from engine.definition.names import Registry, check_after, check_cites, check_name, check_titles, check_workflow_name
from engine.definition.organisation_reader import read_organisation
from engine.definition.parties import Parties
from engine.definition.report import Places, Report
from engine.definition.rules import check_rules
from engine.definition.shapes import LAYERS, Shaper, Value, not_yet
from engine.definition.source import decode, read_source
from engine.definition.tasks import Taken, check_ends, not_negative, read_task, wording
from engine.definition.words import Spelling, english_word
from engine.sentences import Problem, Sentence, plain

_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_STAGE = Sentence("阶段", "stage")
_TASK = Sentence("任务", "task")
_ANCHOR = Sentence("锚点", "anchor")


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What came of a file. workflow: None if there is an error among the problems. places: where everything in it stands."""

    workflow: Workflow | None
    problems: tuple[Problem, ...]
    places: Places


def read_workflow(text: str, *, file: str) -> Compiled:
    """Read a workflow file. Never raises for what an author wrote: all problems come back at once, from the top of the file down.

    file: the name of the file, as it is to be shown.
    """
    report, places = Report(file=file), Places()
    root = read_source(text, report)
    shaper = Shaper(report, places)
    value = shaper.file(root) if root else None
    workflow = _Compiler(value, report, shaper.spelling).workflow() if value and not value.refused & LAYERS else None
    return Compiled(workflow=None if report.failed else workflow, problems=report.problems, places=places)


def read_workflow_bytes(data: bytes, *, file: str) -> Compiled:
    """The same for the bytes of a file: UTF-8 with or without a mark; anything else is a problem that says what to do."""
    report = Report(file=file)
    text = decode(data, report)
    if text is None:
        return Compiled(workflow=None, problems=report.problems, places=Places())
    return read_workflow(text, file=file)


class _Compiler:
    """Turns the file, held against the table of keys, into a workflow; what is missing has been reported before."""

    def __init__(self, root: Value, report: Report, spelling: Spelling) -> None:
        self.root = root
        self.spelling = spelling
        self.report = report
        self.registry = Registry(report)
        self.stages = _entries(root, "stages")
        self.homes: dict[str, str | None] = {}
        self.tasks: dict[str, Value] = {}

    def workflow(self) -> Workflow:
        root = self.root
        organisation = self.organisation()
        self.collect()
        parties = Parties(organisation=organisation, elsewhere=frozenset((*self.tasks, *self.stages)), report=self.report)
        about = root.entries.get("for")
        subjects = parties.subjects(about) if about else None
        tasks = self.read_tasks(parties, subjects)
        check_after(self.tasks, self.stages, self.homes, self.report)
        check_rules(self.tasks, tasks, organisation, self.report)
        check_cites(root, self.report)
        check_titles(root, self.report)
        check_ends(root, self.report)
        return Workflow(
            name=self.name(),
            version=int(root.word("version", "1")),
            language=int(root.word("language", "1")),
            calendar=self.calendar(),
            organisation=organisation,
            title=root.word("title"),
            cite=root.words("cite"),
            note=root.word("note"),
            window=root.word("window") or None,
            opens=wording(root, "opens"),
            due=wording(root, "due"),
            sources=self.sources(),
            anchors=self.anchors(),
            subjects=subjects,
            stages=tuple(self.stage(name, value) for name, value in self.stages.items()),
            tasks=tasks,
            doubts=tuple(_doubts(root)),
            spelling=self.spelling,
        )

    def name(self) -> str:
        found = self.root.entries.get("workflow")
        if found:
            check_workflow_name(found, self.report)
        return found.text if found else ""

    def organisation(self) -> Organisation:
        found = self.root.entries.get("organisation")
        return read_organisation(found, self.registry) if found else Organisation(levels=())

    def collect(self) -> None:
        """Every stage and task under its name; a name that comes again is reported and keeps its first task."""
        for name, stage in self.stages.items():
            self.registry.declare(name, stage.key, _STAGE)
            self.take_tasks(stage, name)
        self.take_tasks(self.root, None)
        if not self.tasks and not self.report.failed:
            self.report.add("no-task", self.root.spot, _NO_TASK, _NO_TASK_HINT)

    def take_tasks(self, block: Value, stage: str | None) -> None:
        for name, task in _entries(block, "tasks").items():
            self.registry.declare(name, task.key, _TASK)
            self.tasks.setdefault(name, task)
            self.homes.setdefault(name, stage)

    def read_tasks(self, parties: Parties, subjects: Who | None) -> tuple[Task, ...]:
        if "organisation" not in self.root.entries:
            return ()
        whole = Taken().within(self.root, parties, subjects)
        taken: dict[str | None, Taken] = {name: whole.within(stage, parties, subjects) for name, stage in self.stages.items()}
        taken[None] = whole
        read = (read_task(task, name, self.homes[name], taken[self.homes[name]], parties) for name, task in self.tasks.items())
        return tuple(task for task in read if task)

    def stage(self, name: str, value: Value) -> Stage:
        check_ends(value, self.report)
        opens = tuple(map(english_word, value.words("opens")))
        dated = tuple(text for text in opens if text != "on_entry")
        return Stage(
            name=name,
            path=value.spot.path,
            title=value.word("title"),
            cite=value.words("cite"),
            note=value.word("note"),
            window=value.word("window") or None,
            opens=wording(value, "opens") if dated == opens else dated or None,
            due=wording(value, "due"),
            opens_on_entry="on_entry" in opens,
        )

    def sources(self) -> tuple[Source, ...]:
        found = _entries(self.root, "sources")
        for name, value in found.items():
            check_name(name, value.key, self.report)
        return tuple(
            Source(
                name=name,
                file=value.word("file"),
                number=value.word("number"),
                title=value.word("title"),
                issued=english_word(value.word("issued", "undated")),
                url=value.word("url"),
            )
            for name, value in found.items()
        )

    def anchors(self) -> tuple[Anchor, ...]:
        found = _entries(self.root, "anchors")
        for name, value in found.items():
            self.registry.declare(name, value.key, _ANCHOR)
        return tuple(Anchor(name=name, at=english_word(value.text)) for name, value in found.items())

    def calendar(self) -> Calendar:
        value = self.root.entries.get("calendar")
        if value is None:
            return Calendar(timezone="")
        self.check_calendar(value)
        not_negative(value, "about", self.report, least=1)
        return Calendar(
            timezone=value.word("timezone"),
            holidays=value.word("holidays") or None,
            before=cast(Literal["includes", "excludes"], value.word("before", "includes")),
            on_holiday=cast(Literal["keep", "next", "previous"], value.word("on_holiday", "keep")),
            work_ends=value.word("work_ends") or None,
            about=value.word("about", "3d"),
            attach=value.word("attach") == "true",
        )

    def check_calendar(self, value: Value) -> None:
        zone, holidays, ends = (value.entries.get(key) for key in ("timezone", "holidays", "work_ends"))
        if zone and not _is_zone(zone.text):
            values = {"zone": plain(zone.text[:60])}
            self.report.add("timezone", zone.spot, Sentence(_ZONE.zh, _ZONE.en, values), _ZONE_HINT)
        if holidays and holidays.text != "CN":
            message, _ = not_yet(holidays.text[:60])
            self.report.add("not-yet", holidays.spot, message, _HOLIDAYS_HINT)
        if ends and not _TIME.fullmatch(ends.text):
            self.report.add("bad-time", ends.spot, _BAD_TIME)


def _entries(value: Value, key: str) -> Mapping[str, Value]:
    found = value.entries.get(key)
    return found.entries if found else {}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _doubts(root: Value) -> list[Doubt]:
    found = []
    for element in root.walk():
        doubt = element.entries.get("doubt") if element.kind else None
        if doubt:
            words = {key: doubt.word(key) for key in ("read", "why", "settled")}
            found.append(Doubt(path=element.spot.path, says=doubt.word("says") or doubt.text, **words))
    return found


_NO_TASK = Sentence("文件里没有任务。", "The file has no task.")
_NO_TASK_HINT = Sentence("在 tasks（任务）下写明谁、何时、交什么。", "Say under `tasks` who owes what by when.")
_ZONE = Sentence("没有“{zone}”这个时区。", "There is no time zone `{zone}`.")
_ZONE_HINT = Sentence("中国写 Asia/Shanghai。", "Write it like Asia/Shanghai.")
_HOLIDAYS_HINT = Sentence(
    "目前只有 CN（中国）的节假日；不计节假日就删去这一行。", "Only CN has holidays so far; leave the line out to have none."
)
_BAD_TIME = Sentence("下班时间要写成 17:30 这样的时刻。", "Write the end of the working day as a time such as 17:30.")
