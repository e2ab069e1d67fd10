"""A journey as written: a scripted story of a whole campaign, step by step, with what must come of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from engine.definition.report import Report, Spot
from engine.definition.source import Listing, Node, Scalar, Table, decode, read_source
from engine.errors import FileProblems
from engine.names import nearest
from engine.operations.loading import FileUnreadable
from engine.oserrors import why
from engine.sentences import Sentence

# Stands in for a time that cannot be read; the file is refused then.
_NEVER = datetime.fromisoformat("0001-01-01 00:00")
_SPOKEN = "unit task by for say reason"
# What may stand in a step of each kind, beside `at`, `do` and `expect`.
STEPS: Mapping[str, frozenset[str]] = {
    kind: frozenset(keys.split())
    for kind, keys in {
        "hand in": f"{_SPOKEN} chars parts items values rows",
        "take back": _SPOKEN,
        "accept": _SPOKEN,
        "return": _SPOKEN,
        "extend": f"{_SPOKEN} to",
        "waive": f"{_SPOKEN} evidence",
        "advance": "unit by",
        "override": "unit by reason",
        "stuck": "under",
        "stages": "",
    }.items()
}
_FILE = frozenset({"journey", "title", "workflow", "roster", "office", "address", "begins", "ends", "habits", "steps"})
_HABIT = frozenset({"do", "tasks", "at", "days", "time", "chars", "say", "values", "rows"})
# What is entered in fields, a row or a form at a time; `{unit}` in a value is the code of whoever hands in.
Filled = tuple[Mapping[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The step must be refused: with these codes, in any order, and with this shortfall among them ('' for any)."""

    codes: tuple[str, ...]
    short: str = ""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What must come of a step; whatever is None is not looked at.

    state: the obligation's state, or the stage a case enters.  boards: unit -> what blocks it (TASK[@PERIOD]), for `stuck`.
    counts: stage -> how many cases stand there, for `stages`.
    """

    state: str | None = None
    refused: Refusal | None = None
    boards: Mapping[str, tuple[str, ...]] | None = None
    counts: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class JourneyStep:
    """One step at a local time. `words`: everything else that is written in it; `filled`: what is entered."""

    line: int
    at: datetime
    kind: str
    words: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    expected: Expected
    filled: Filled = ()

    def word(self, key: str, default: str = "") -> str:
        """A text of the step."""
        return self.words.get(key, default)

    @property
    def duty(self) -> tuple[str, str]:
        """(unit, TASK[@PERIOD]) the step is about."""
        return self.word("unit"), self.word("task")


@dataclass(frozen=True, kw_only=True)
class Habit:
    """What every unit does that no step speaks of: hands in, or accepts, some tasks on a day, or so many days from each due.

    kind: `hand in` or `accept`.  at: a local time; None: `days` from the due day, at the hour `time`.
    """

    line: int
    kind: str
    tasks: tuple[str, ...]
    at: datetime | None
    days: int
    time: time
    chars: int
    say: str
    filled: Filled = ()


@dataclass(frozen=True, kw_only=True)
class Journey:
    """A story: who runs it, over which files, from when until when (local times)."""

    name: str
    title: str
    workflow: Path
    roster: Path
    office: str
    address: str
    begins: datetime
    ends: datetime
    habits: tuple[Habit, ...]
    steps: tuple[JourneyStep, ...] = field(default=())


def read_journey(path: Path) -> Journey:
    """Read a journey; the files it names are beside it. Raises FileUnreadable, FileProblems with every slip."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=str(path), why=why(error)) from error
    report = Report(file=str(path))
    text = decode(data, report)
    root = read_source(text, report) if text is not None else None
    journey = _Reader(report, path.parent).journey(root) if root else None
    if journey is None or report.failed:
        raise FileProblems(report.problems, file=str(path))
    return journey


class _Reader:
    """Turns the tree of texts into the story; what is wrong goes into the report."""

    def __init__(self, report: Report, folder: Path) -> None:
        self.report = report
        self.folder = folder

    def journey(self, root: Table) -> Journey | None:
        entries = self.entries(root, _FILE)
        missing = sorted(_FILE - set(entries) - {"habits", "title"})
        if missing:
            self.wrong(root, Sentence("缺少：{names}。", "Missing: {names}.", {"names": ", ".join(missing)}))
            return None
        return Journey(
            name=self.text(entries["journey"]),
            title=self.text(entries["title"]) if "title" in entries else "",
            workflow=self.folder / self.text(entries["workflow"]),
            roster=self.folder / self.text(entries["roster"]),
            office=self.text(entries["office"]),
            address=self.text(entries["address"]),
            begins=self.moment(entries["begins"]),
            ends=self.moment(entries["ends"]),
            habits=tuple(self.habit(node) for node in self.items(entries.get("habits"))),
            steps=tuple(self.step(node) for node in self.items(entries["steps"])),
        )

    def habit(self, node: Node) -> Habit:
        entries = self.entries(node, _HABIT)
        kind = self.text(entries["do"]) if "do" in entries else ""
        if kind not in ("hand in", "accept") or "tasks" not in entries or ("at" in entries) == ("days" in entries):
            self.wrong(node, _HABIT_NEEDS)
        return Habit(
            line=node.line,
            kind=kind,
            tasks=self.texts(entries["tasks"]) if "tasks" in entries else (),
            at=self.moment(entries["at"]) if "at" in entries else None,
            days=self.number(entries.get("days")),
            time=self.hour(entries.get("time")),
            chars=self.number(entries.get("chars")),
            say=self.text(entries["say"]) if "say" in entries else "",
            filled=self.filled(entries),
        )

    def filled(self, entries: Mapping[str, Node]) -> Filled:
        """`values` of a form, or the `rows` of a ledger."""
        nodes = [entries["values"]] if "values" in entries else self.items(entries.get("rows"))
        return tuple({name: self.texts(value) for name, value in self.entries(node, None).items()} for node in nodes)

    def step(self, node: Node) -> JourneyStep:
        kinds = [entry.value for entry in node.entries if entry.key.text == "do"] if isinstance(node, Table) else []
        kind = self.text(kinds[0]) if kinds else ""
        if kind not in STEPS:
            self.wrong(node, Sentence("没有“{kind}”这种步骤。", "There is no step of the kind “{kind}”.", {"kind": kind}))
        entries = self.entries(node, STEPS.get(kind, frozenset()) | {"at", "do", "expect"})
        if "at" not in entries:
            self.wrong(node, _NO_TIME)
        rest = {key: value for key, value in entries.items() if key not in ("at", "do", "expect", "values", "rows")}
        return JourneyStep(
            line=node.line,
            at=self.moment(entries["at"]) if "at" in entries else _NEVER,
            kind=kind,
            words={key: value.text for key, value in rest.items() if isinstance(value, Scalar)},
            lists={key: self.texts(value) for key, value in rest.items() if isinstance(value, Listing)},
            expected=self.expected(entries["expect"], kind) if "expect" in entries else Expected(),
            filled=self.filled(entries),
        )

    def expected(self, node: Node, kind: str) -> Expected:
        if isinstance(node, Scalar):
            return Expected(state=node.text)
        values = self.entries(node, None)
        if kind == "stuck":
            return Expected(boards={unit: self.texts(tasks) for unit, tasks in values.items()})
        if kind == "stages":
            return Expected(counts={stage: self.number(count) for stage, count in values.items()})
        codes = self.texts(values["refused"]) if "refused" in values else ()
        return Expected(refused=Refusal(codes=codes, short=self.text(values["short"]) if "short" in values else ""))

    def entries(self, node: Node, known: frozenset[str] | None) -> dict[str, Node]:
        if not isinstance(node, Table):
            self.wrong(node, _NOT_A_MAPPING)
            return {}
        for entry in node.entries:
            if known is not None and entry.key.text not in known:
                values = {"key": entry.key.text, "close": nearest(entry.key.text, sorted(known)) or ", ".join(sorted(known))}
                self.wrong(entry.key, Sentence("不认识“{key}”；可以写：{close}。", "Unknown key `{key}`; known: {close}.", values))
        return {entry.key.text: entry.value for entry in node.entries}

    def items(self, node: Node | None) -> tuple[Node, ...]:
        if node is None or isinstance(node, Listing):
            return node.items if node else ()
        self.wrong(node, _NOT_A_LIST)
        return ()

    def text(self, node: Node) -> str:
        if isinstance(node, Scalar):
            return node.text
        self.wrong(node, _NOT_A_TEXT)
        return ""

    def texts(self, node: Node) -> tuple[str, ...]:
        return tuple(map(self.text, node.items)) if isinstance(node, Listing) else (self.text(node),)

    def moment(self, node: Node) -> datetime:
        try:
            return datetime.fromisoformat(self.text(node))
        except ValueError:
            self.wrong(node, _BAD_TIME)
            return _NEVER

    def hour(self, node: Node | None) -> time:
        try:
            return time.fromisoformat(self.text(node)) if node else time(10)
        except ValueError:
            self.wrong(node, _BAD_TIME)
            return time(10)

    def number(self, node: Node | None) -> int:
        try:
            return int(self.text(node)) if node else 0
        except ValueError:
            self.wrong(node, _BAD_NUMBER)
            return 0

    def wrong(self, node: Node | None, message: Sentence) -> None:
        line, column = (node.line, node.column) if node else (0, 0)
        self.report.add("journey", Spot(line=line, column=column, path=""), message)


def day_of(text: str) -> date:
    """A day written `2010-06-15`. ValueError for anything else."""
    return date.fromisoformat(text)


_HABIT_NEEDS = Sentence(
    "习惯要写 do（hand in 或 accept）、tasks，以及 at 和 days 之一。",
    "A habit needs `do` (hand in or accept), `tasks`, and either `at` or `days`.",
)
_NO_TIME = Sentence("步骤要写 at（当地时间）。", "A step needs `at`, a local time.")
_NOT_A_MAPPING = Sentence("这里要写“名称: 内容”。", "Names with values are expected here.")
_NOT_A_LIST = Sentence("这里要写列表。", "A list is expected here.")
_NOT_A_TEXT = Sentence("这里要写一段文字。", "A text is expected here.")
_BAD_TIME = Sentence("时间要写成 2010-05-11 09:30。", "Write the time like 2010-05-11 09:30.")
_BAD_NUMBER = Sentence("这里要写整数。", "A whole number is expected here.")
