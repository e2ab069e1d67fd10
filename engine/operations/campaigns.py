"""Which campaign is meant, with its workflow decoded; and the words for units, periods and roles in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.definition.codec import decode
from engine.definition.model import Organisation, Task, Workflow
from engine.errors import CampaignError, Echo
from engine.machine.states import BEFORE, FINISHED, WITHDRAWN
from engine.names import nearest
from engine.sentences import Sentence, enumerated, plain, some_of
from engine.store import campaigns as store
from engine.store import roster
from engine.store.database import Connection
from engine.store.obligations import ObligationRow, Waiting, owed
from engine.store.roster import UnitRow
from engine.store.waiting import hold_rollups

# So many workflows, and so many campaigns, are kept decoded. A process works with a few of them at most.
_MOST_KEPT = 8


class NoCampaign(CampaignError):
    """还没有发动任何活动。请先用 campaign load 载入工作流文件，再用 campaign launch 发动。

    No campaign has been launched. Load a workflow file with `campaign load`, then launch it with `campaign launch`.
    """


class NotLaunched(NoCampaign):
    """已经载入 {names}，还没有发动。请用 campaign launch 发动。

    Loaded, but not launched yet: {names}. Launch it with `campaign launch`.
    """


class WhichCampaign(CampaignError):
    """现有几个活动：{names}。请用 --campaign 指明是哪一个。

    There are several campaigns: {names}. Say which one with --campaign.
    """


class UnknownCampaign(Echo):
    """没有名为“{name}”的活动。{hint}

    There is no campaign named “{name}”. {hint}
    """


class LaunchUnfinished(CampaignError):
    """活动“{name}”还没有发动完。如果发动时中断了，请再运行 campaign launch 从头发动，或用 campaign withdraw --campaign {name} --yes 清掉。

    The launch of “{name}” is not finished. If it was cut off, run `campaign launch` again to begin anew, or clear it away with
    `campaign withdraw --campaign {name} --yes`.
    """


class CampaignOver(CampaignError):
    """活动“{name}”已经结束，不能再改动。

    The campaign “{name}” is over; it cannot be changed any more.
    """


class UnknownUnitCode(Echo):
    """没有代码为“{code}”的单位。{hint}

    There is no unit with the code “{code}”. {hint}
    """


class UnknownTask(Echo):
    """工作流里没有名为“{task}”的任务。{hint}任务有：{tasks}。

    The workflow has no task named “{task}”. {hint}The tasks: {tasks}.
    """


class WhichPeriod(CampaignError):
    """任务“{task}”有多个考核期：{periods}。请写成 {task}@{first}。

    The task “{task}” has several periods: {periods}. Write {task}@{first}.
    """


class UnknownPeriod(Echo):
    """任务“{task}”没有考核期“{period}”；现有：{periods}。

    The task “{task}” has no period “{period}”; there are: {periods}.
    """


class NoPeriods(CampaignError):
    """任务“{task}”不分考核期，请直接写 {task}。

    The task “{task}” has no periods; write {task} alone.
    """


class NotOwed(CampaignError):
    """单位“{unit}”不承担任务“{task}”。用 campaign status {code} 查看它承担的任务。

    The unit “{unit}” does not owe “{task}”. `campaign status {code}` shows what it owes.
    """


class NotInCampaign(CampaignError):
    """单位“{unit}”（{code}）不在活动“{campaign}”中。

    The unit “{unit}” ({code}) takes no part in the campaign “{campaign}”.
    """


# The office's own mail templates, (name, source) by name.
Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Running:
    """A campaign and its workflow."""

    id: int
    name: str
    state: int
    workflow: Workflow
    root_id: int
    root_path: str
    zone: ZoneInfo
    launched_at: datetime
    mail_on: bool
    stages: tuple[store.StageRow, ...]
    texts: Texts = ()
    ended_at: datetime | None = None

    @property
    def organisation(self) -> Organisation:
        """The workflow's organisation."""
        return self.workflow.organisation

    @property
    def title(self) -> str:
        """The campaign's title, as the notice has it."""
        return self.workflow.title or self.name

    def day(self, now: datetime) -> date:
        """The day it is in the campaign's zone."""
        return now.astimezone(self.zone).date()

    def instant(self, now: datetime) -> datetime:
        """The instant at which the campaign is looked at: a campaign that is over stays as it ended."""
        return now if self.ended_at is None else min(now, self.ended_at)

    def stage_title(self, position: int) -> Sentence:
        """A case's position in words."""
        return position_words(position, tuple(stage.title or stage.name for stage in self.stages))


def position_words(position: int, titles: tuple[str, ...]) -> Sentence:
    """Where a case stands, in words."""
    if 0 <= position < len(titles):
        return plain(titles[position])
    return {
        BEFORE: Sentence("尚未开始", "not begun"),
        FINISHED: Sentence("已完成", "finished"),
        WITHDRAWN: Sentence("已退出", "withdrawn"),
    }[position]


def hint_for(word: str, known: tuple[str, ...]) -> Sentence:
    """`Did you mean ...?`, where something is near enough."""
    close = nearest(word, known)
    return Sentence("是不是“{close}”？", "Did you mean “{close}”?", {"close": close}) if close else plain("")


# By their digests: a loaded version never changes.
_DECODED: dict[str, Workflow] = {}


def _workflow(connection: Connection, row: Any) -> Workflow:
    found = _DECODED.get(row.digest)
    if found is None:
        if len(_DECODED) >= _MOST_KEPT:
            _DECODED.clear()
        found = _DECODED[row.digest] = decode(Workflow, store.compiled(connection, row.workflow_id))
    return found


def choose(connection: Connection, name: str | None, *, writing: bool = False) -> Running:
    """The campaign of that name; without one the only one that runs. Raises what its absence is called."""
    rows = store.all_campaigns(connection)
    if name is not None:
        row = next((row for row in rows if row.name == name), None)
        if row is None:
            raise UnknownCampaign(name=name, hint=hint_for(name, tuple(row.name for row in rows)))
    else:
        row = _only(connection, rows)
    if row.state == store.LAUNCHING:
        raise LaunchUnfinished(name=row.name)
    if writing and row.state != store.RUNNING:
        raise CampaignOver(name=row.name)
    return _running(connection, row)


def _only(connection: Connection, rows: tuple[Any, ...]) -> Any:
    seen = [row for row in rows if row.state != store.LAUNCHING] or rows
    alive = [row for row in seen if row.state == store.RUNNING] or seen
    if not alive:
        loaded = tuple(dict.fromkeys(row.name for row in store.workflows(connection)))
        raise NotLaunched(names=some_of(loaded)) if loaded else NoCampaign
    if len(alive) > 1:
        raise WhichCampaign(names=enumerated(row.name for row in alive))
    return alive[0]


# By their rows, which are the same objects as long as nothing of them changes.
_RUNNING: dict[store.CampaignRow, Running] = {}


def _running(connection: Connection, row: store.CampaignRow) -> Running:
    found = _RUNNING.get(row)
    if found is None:
        if len(_RUNNING) >= _MOST_KEPT:
            _RUNNING.clear()
        found = _RUNNING[row] = _read(connection, row)
    return found


def _read(connection: Connection, row: store.CampaignRow) -> Running:
    return Running(
        id=row.id,
        name=row.name,
        state=row.state,
        workflow=_workflow(connection, row),
        root_id=row.root_id,
        root_path=row.root_path,
        zone=ZoneInfo(row.zone),
        launched_at=row.launched_at,
        mail_on=row.mail_on,
        stages=row.stages,
        texts=tuple(sorted(store.texts(connection, row.workflow_id).items())),
        ended_at=row.ended_at,
    )


def by_id(connection: Connection, campaign_id: int) -> Running:
    """The campaign of that id."""
    return _running(connection, next(row for row in store.all_campaigns(connection) if row.id == campaign_id))


def running(connection: Connection) -> tuple[Running, ...]:
    """Every campaign that runs."""
    return tuple(_running(connection, row) for row in store.all_campaigns(connection) if row.state == store.RUNNING)


def unit_of(connection: Connection, code: str) -> UnitRow:
    """The unit of that code. Raises UnknownUnitCode with the nearest known one."""
    found = roster.by_code(connection, code)
    if found is None:
        raise UnknownUnitCode(code=code, hint=UnitHints(connection).hint(code))
    return found


class UnitHints:
    """Which unit was meant by a code that none has. The roster is read once, and after so many comparisons guessing ends."""

    def __init__(self, connection: Connection, *, budget: int = 200_000) -> None:
        self._names = roster.names(connection)
        self._codes = roster.codes(connection)
        self._left = budget

    def hint(self, typed: str) -> Sentence:
        """The code that was meant: near to what was typed, or of the unit whose name was typed instead."""
        if self._left <= 0:
            return plain("")
        self._left -= len(self._codes)
        names = self._names
        # 13 is no likely slip for 1399: whoever typed more meant more.
        codes = tuple(code for code in self._codes if not typed.startswith(code))
        close = (names.get(typed) and typed) or nearest(typed, codes)
        if close is None:
            close = nearest(typed, names)
        if close is None or close not in names:
            return hint_for(typed, codes)
        values = {"name": close, "codes": enumerated(names[close][:3])}
        return Sentence("名称是“{name}”的单位，代码是 {codes}。", "The unit named “{name}” has the code {codes}.", values)


@dataclass(frozen=True, kw_only=True)
class TaskRef:
    """TASK[@PERIOD] as typed."""

    task: str
    period: str | None

    @classmethod
    def parse(cls, text: str) -> TaskRef:
        """Split at the last @."""
        task, at, period = text.rpartition("@")
        return cls(task=task, period=period) if at else cls(task=text, period=None)


def task_of(campaign: Running, name: str) -> Task:
    """The declared task, by name or title. Raises UnknownTask with the nearest known one, and which there are."""
    for task in campaign.workflow.tasks:
        if name and name in (task.name, task.title):
            return task
    names = tuple(task.name for task in campaign.workflow.tasks)
    close = nearest(name, names)
    hint = Sentence("是不是“{close}”？", "Did you mean “{close}”? ", {"close": close}) if close else plain("")
    raise UnknownTask(task=name, hint=hint, tasks=some_of(names))


def _meant(typed: str, titles: Iterable[tuple[str, str, str]]) -> str | None:
    """The one period that is plainly meant: `2031-4` for 2031-04, or its title in either language."""
    wanted = _plainly(typed)
    found = {period for period, zh, en in titles if wanted in (_plainly(period), _plainly(zh), _plainly(en))}
    return found.pop() if len(found) == 1 else None


def _plainly(text: str) -> str:
    """Without regard to case, width, blanks and leading noughts."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return re.sub(r"(?<!\d)0+(?=\d)", "", folded)


def period_of(connection: Connection, campaign: Running, ref: TaskRef) -> tuple[Task, str]:
    """The task and the period meant. Raises UnknownTask, WhichPeriod, UnknownPeriod."""
    task = task_of(campaign, ref.task)
    periods = store.periods(connection, campaign.id, task.name)
    if ref.period is None:
        if len(periods) > 1:
            raise WhichPeriod(task=task.name, periods=enumerated(periods), first=periods[0])
        return task, periods[0] if periods else ""
    if ref.period in periods:
        return task, ref.period
    if not any(periods):
        raise NoPeriods(task=task.name)
    meant = _meant(ref.period, store.period_titles(connection, campaign.id, task.name))
    if meant is None:
        raise UnknownPeriod(task=task.name, period=ref.period, periods=enumerated(periods))
    return task, meant


def obligation_of(
    connection: Connection, campaign: Running, unit: UnitRow, ref: TaskRef, *, ours: bool = False
) -> tuple[Task, ObligationRow]:
    """The unit's obligation. Raises what is wrong with the reference, or NotOwed. ours: for whoever writes beside others."""
    task = task_of(campaign, ref.task)
    if ours:
        hold_rollups(connection, campaign.id, task.name)
    rows = owed(connection, campaign.id, unit.id, task.name, ref.period, ours=ours)
    if len(rows) == 1:
        return task, rows[0]
    # No period was named where there are several, or it was written otherwise, or there is nothing of that name.
    _, period = period_of(connection, campaign, ref)
    if period != (ref.period or ""):
        return obligation_of(connection, campaign, unit, TaskRef(task=task.name, period=period), ours=ours)
    raise NotOwed(unit=unit.name, code=unit.code, task=task.title or task.name)


def obligation_title(row: ObligationRow | Waiting) -> Sentence:
    """`2010年第三季度 领导点评`: what is owed, as people say it."""
    if not row.period:
        return plain(row.title)
    values = {"title": row.title, "zh": row.period_zh, "en": row.period_en}
    return Sentence("{zh}{title}", "{title} ({en})", values)
