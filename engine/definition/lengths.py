"""How the lengths of a file read, and those that a paper could hardly hit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definition.model import Part, Task, Workflow
from engine.definition.own_paths import own_path
from engine.definition.projection_model import DateIssue
from engine.ranges import Range, parse_range
from engine.sentences import Sentence, plain

_UNITS = {"chars": ("字", "chars"), "pages": ("页", "pages")}


@dataclass(frozen=True, kw_only=True)
class LengthReading:
    """How one length was read. path: the author's; wording: as written."""

    path: str
    wording: str
    length: Range

    @property
    def exact(self) -> bool:
        """Whether only one number will do."""
        return self.length.least == self.length.most

    @property
    def sentence(self) -> Sentence:
        """`至少 1000 字`, `正好 800 字`."""
        if self.exact:
            return Sentence("正好 {length}", "exactly {length}", {"length": self.length.sentence})
        return self.length.sentence


def length_readings(workflow: Workflow) -> tuple[LengthReading, ...]:
    """Every length of the file, in its order."""
    return tuple(reading for task in workflow.tasks for reading in _of_task(task, workflow))


def _of_task(task: Task, workflow: Workflow) -> Iterator[LengthReading]:
    single = len(task.items) == 1 and task.items[0].name == task.name
    for item in task.items:
        path = f"{task.path}.artifact" if single else f"{task.path}.artifacts.{item.name}"
        for place, wording in _lengths(path, item.length, item.parts):
            yield LengthReading(path=own_path(place, workflow), wording=wording, length=parse_range(wording))


def _lengths(path: str, length: str | None, parts: tuple[Part, ...]) -> Iterator[tuple[str, str]]:
    if length:
        yield f"{path}.length", length
    for part in parts:
        yield from _lengths(f"{path}.parts.{part.name}", part.length, part.parts)


def exact_lengths(workflow: Workflow) -> Iterator[DateIssue]:
    """Whoever writes 800字 hardly means that 801 are refused."""
    for one in length_readings(workflow):
        if one.exact and one.length.unit in _UNITS:
            zh, en = _UNITS[one.length.unit]
            values = {"wording": one.wording, "n": one.length.least, "unit": Sentence(zh, en), "reading": one.sentence}
            yield DateIssue(
                path=one.path,
                code="exact-length",
                message=Sentence(
                    "“{wording}”读作{reading}，多一{unit}少一{unit}都不通过。",
                    '"{wording}" reads {reading}: neither more nor fewer {unit} pass.',
                    values | {"wording": plain(one.wording)},
                ),
                hint=Sentence(
                    "至少这么多写 {n}{unit}以上，至多写 {n}{unit}以内。",
                    "Write >= {n} {unit} for at least, <= {n} {unit} for at most.",
                    values,
                ),
                severity="warning",
            )
