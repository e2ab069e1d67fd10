"""A workflow as a few choices: what the author writes, and the same as plain dates for the model to reckon with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
LEVELS = ("学校", "党总支", "党支部")
TOP, MIDDLE, LEAF = LEVELS


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One line of a ladder: days (or working days) from the due, repeated every so many working days. to: '' is who has to act."""

    days: int
    working: bool = False
    every: int = 0
    most: int = 1
    to: str = ""


LADDERS: dict[str, tuple[Rung, ...]] = {
    "house": (
        Rung(days=-7),
        Rung(days=-1),
        Rung(days=0),
        Rung(days=1, working=True, every=3, most=3),
        Rung(days=5, working=True, to="superior"),
    ),
    "early": (Rung(days=-40), Rung(days=-30), Rung(days=0)),
    "chase": (Rung(days=-3), Rung(days=1, working=True, every=2, most=2), Rung(days=5, working=True, to="superior")),
    "named": (Rung(days=-1, to="学校.书记"), Rung(days=2, to="superior.书记")),
    "once": (Rung(days=0),),
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task. stage: its place, None at file level. after: tasks, `below.` before those of the units directly below.

    lock: '', 'due', 'due + Nd' or a day.  extend: how many days at most, and how often; (0, 0) not at all.
    """

    name: str
    stage: int | None
    subjects: tuple[str, ...] = (LEAF,)
    by_superior: bool = False
    modality: str = "must"
    due: date | None = None
    quarterly: bool = False
    document: bool = False
    reviewed: bool = False
    rework: int = 0
    grace: int = 0
    lock: str = ""
    on_entry: bool = False
    after: tuple[str, ...] = ()
    extend: tuple[int, int] = (0, 0)
    waive: bool = False
    urgent: bool = False
    ladder: str = "once"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A file. windows: first and last day of each stage. entry: whether the last stage opens on entry."""

    windows: tuple[tuple[date, date], ...]
    entry: bool
    tasks: tuple[Task, ...]

    def task(self, name: str) -> Task:
        """The task of that name."""
        return next(task for task in self.tasks if task.name == name)

    def enters(self, task: Task) -> bool:
        """Whether it opens when a case comes to its stage."""
        return task.on_entry or (self.entry and task.stage == len(self.windows) - 1)

    def opening(self, stage: int) -> date:
        """The first day of a stage; one that opens on entry lets in whoever has passed the one before, so it opens with that."""
        return self.windows[stage - (self.entry and stage == len(self.windows) - 1)][0]

    def stage_of(self, task: Task) -> int:
        """The stage it gates: its own; at file level the first that does not close before its due."""
        if task.stage is not None:
            return task.stage
        assert task.due is not None
        return next(place for place, (_, last) in enumerate(self.windows) if last >= task.due)

    def periods(self, task: Task) -> tuple[tuple[str, date, date], ...]:
        """(name, first day, due day) of every occurrence."""
        if not task.quarterly:
            last = task.due or self.windows[task.stage or 0][1]
            first = FIRST if task.stage is None else self.opening(task.stage)
            return (("", first, last),)
        return (("2031-Q2", date(2031, 4, 1), date(2031, 6, 30)), ("2031-Q3", date(2031, 7, 1), date(2031, 9, 30)))


FIRST = date(2031, 3, 1)
LAST = date(2032, 2, 29)
# Where the first and the third stage end and begin: apart from the second, next to it, or over it.
ENDS = {"gap": date(2031, 3, 23), "next": date(2031, 3, 31), "over": date(2031, 4, 13)}
BEGINS = {"gap": date(2031, 10, 13), "next": date(2031, 10, 1), "over": date(2031, 9, 15)}
SECOND = (date(2031, 4, 1), date(2031, 9, 30))


def windows(stages: int, how: str) -> tuple[tuple[date, date], ...]:
    """Two or three stages that leave gaps between them, follow each other, or overlap."""
    return ((date(2031, 3, 3), ENDS[how]), SECOND, (BEGINS[how], date(2032, 1, 31)))[:stages]


def written(plan: Plan) -> str:
    """The file as its author writes it."""
    lines = [
        "workflow: proof",
        "version: 1",
        "calendar: {timezone: Asia/Shanghai}",
        f"window: {FIRST}—{LAST}",
        f"organisation: {{levels: [{', '.join(LEVELS)}], posts: {{书记: {{deputy: 副书记}}, 副书记: {{}}}}}}",
        "stages:",
    ]
    for place, (first, last) in enumerate(plan.windows):
        entry = plan.entry and place == len(plan.windows) - 1
        lines += [f"  阶段{place}:", f"    window: {first}—{last}", *(["    opens: on_entry"] if entry else [])]
        lines += _tasks(plan, place, "    ")
    return "\n".join([*lines, *_tasks(plan, None, "")]) + "\n"


def _tasks(plan: Plan, stage: int | None, indent: str) -> list[str]:
    mine = [task for task in plan.tasks if task.stage == stage]
    return [f"{indent}tasks:", *(f"{indent}  {task.name}: {{{', '.join(_keys(task))}}}" for task in mine)] if mine else []


def _keys(task: Task) -> list[str]:
    who = f"[{', '.join(task.subjects)}]"
    keys = [f"for: {who}, owner: superior" if task.by_superior else f"owner: {who}", f"modality: {task.modality}"]
    given = {
        "due": task.due,
        "every": "{each: quarter, partial: drop}" if task.quarterly else None,
        "artifact": "{kind: document, formats: [txt, jpg]}" if task.document else None,
        "grace": f"{task.grace}d" if task.grace else None,
        "lock": task.lock,
        "opens": "on_entry" if task.on_entry else None,
        "after": f"[{', '.join(task.after)}]" if task.after else None,
        "review": _review(task) if task.reviewed else None,
        "allow": _allow(task),
        "urgent": "true" if task.urgent else None,
        "ladder": None if task.ladder == "house" else f"[{', '.join(map(_rung, LADDERS[task.ladder]))}]",
    }
    return keys + [f"{key}: {value}" for key, value in given.items() if value]


def _review(task: Task) -> str:
    return f"{{by: superior, rework: {task.rework}d}}" if task.rework else "superior"


def _allow(task: Task) -> str:
    most, times = task.extend
    found = [f"extend: {{by: superior, most: {most}d, times: {times}}}"] if most else []
    found += ["waive: superior"] if task.waive else []
    return f"{{{', '.join(found)}}}" if found else ""


def _rung(rung: Rung) -> str:
    at = f"at: {rung.days:+d}{'wd' if rung.working else 'd'}"
    repeat = f", every: {rung.every}wd, most: {rung.most}" if rung.every else ""
    return f"{{{at}{repeat}{f', to: {rung.to}' if rung.to else ''}}}"
