"""A campaign as DESIGN.md and LANGUAGE.md section 16 tell it, in plain dicts: it keeps no count that it can count again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.proof import dates
from tests.proof.plan import LADDERS, Plan, Task

BEFORE, FINISHED = -1, 1000
OWED = ("scheduled", "open", "returned")
REMINDED = ("open", "submitted", "returned")
DONE = ("accepted", "waived")
Key = tuple[str, str, str]


class No(Exception):
    """It may not be."""


@dataclass(kw_only=True, eq=False)
class Duty:
    """One obligation. named: who judges by the file; judge: whose review it is. handed_by: who answers for what was handed in last.

    content: what that was.  handed_at: when.  returned: what was returned last.  accepted_by: who accepted it.
    """

    task: Task
    unit: str
    period: str
    stage: int
    owner: str
    named: str | None
    judge: str | None
    opens: datetime
    declared: date
    due: date
    late: datetime
    lock: datetime | None
    rungs: list[dates.Fired]
    state: str = "scheduled"
    version: int = 0
    attempt: int = 1
    extensions: int = 0
    handed_by: str = ""
    content: object = None
    handed_at: datetime | None = None
    returned: object = None
    accepted_by: str = ""
    lapsed_at: datetime | None = None
    told_opened: list[object] = field(default_factory=list)
    chased: list[datetime] = field(default_factory=list)

    @property
    def gates(self) -> bool:
        """Whether a case waits for it."""
        return self.task.modality != "may"

    @property
    def key(self) -> Key:
        """Its name."""
        return self.unit, self.task.name, self.period

    @property
    def deadline(self) -> object:
        """What a reminder counts from: another one is another reminder."""
        return self.due, self.lock

    def overdue_since(self, now: datetime) -> datetime | None:
        """Since when it is owed and late; what lapsed before it was late is overdue from then on."""
        if not self.gates or self.state not in (*OWED, "lapsed"):
            return None
        since = min(self.late, self.lapsed_at) if self.state == "lapsed" and self.lapsed_at else self.late
        return since if since <= now else None


@dataclass(kw_only=True)
class Case:
    """One unit's walk. clear: since when its gate holds."""

    stage: int = BEFORE
    entered: datetime
    clear: datetime | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A notice: about what, why, when it fell due, to whom (None: the office).

    deadline: that of its duty then.  visit: of a review the version, of a stage that closed its place.
    """

    key: Key
    kind: str
    at: datetime
    unit: str | None
    role: str = ""
    line: int = 0
    before_launch: bool = False
    deadline: object = field(default=None, compare=False)
    visit: int = field(default=0, compare=False)


@dataclass(kw_only=True)
class Tenure:
    """Who holds a post, up to and including a day."""

    unit: str
    post: str
    person: str
    since: date | None = None
    until: date | None = None


@dataclass(kw_only=True)
class Model:
    """The tree (code -> code of the superior; levels), who holds which post, and the campaign."""

    plan: Plan
    superiors: dict[str, str | None]
    levels: dict[str, str]
    tenures: list[Tenure]
    launched: datetime | None = None
    duties: dict[Key, Duty] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    ended: datetime | None = None
    swept: datetime | None = None
    closed: set[int] = field(default_factory=set)

    # --- who ------------------------------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether it has been closed: nothing happens any more."""
        return self.ended is not None

    def holders(self, unit: str | None, now: datetime) -> list[str]:
        """Who answers for a unit today: its secretaries and their deputies, else those of the nearest unit above."""
        while unit is not None:
            found = [person for post in ("书记", "副书记") for person in self.at(unit, post, now)]
            if found:
                return found
            unit = self.superiors[unit]
        return []

    def at(self, unit: str, post: str, now: datetime) -> list[str]:
        """Who holds that post today; of several the one who came last first."""
        day = dates.day_of(now)
        mine = [one for one in reversed(self.tenures) if (one.unit, one.post) == (unit, post)]
        mine = [one for one in mine if (one.since is None or one.since <= day) and (one.until is None or day <= one.until)]
        return [one.person for one in sorted(mine, key=lambda one: one.since or date.min, reverse=True)]

    def owners(self, duty: Duty, now: datetime) -> list[str]:
        """Whose own work it is: nobody's where the post is vacant."""
        return self.holders(duty.owner, now) if self.at(duty.owner, "书记", now) else []

    # --- launch ---------------------------------------------------------------------------------------------------------------

    def launch(self, now: datetime, past: str) -> None:
        """Everybody gets a case and what it owes."""
        self.launched = now
        for task in self.plan.tasks:
            for period, first, due in self.plan.periods(task):
                if past == "skip" and dates.end(due) <= now:
                    continue
                for unit in [code for code, level in self.levels.items() if level in task.subjects]:
                    duty = self._duty(task, unit, period, first, due, now)
                    self.duties[duty.key] = duty
        self.cases = {unit: Case(entered=now, clear=now) for unit, level in self.levels.items() if self._takes_part(level)}
        self.sweep(now)

    def _takes_part(self, level: str) -> bool:
        return any(level in task.subjects for task in self.plan.tasks)

    def _duty(self, task: Task, unit: str, period: str, first: date, due: date, now: datetime) -> Duty:
        owner = self.superiors[unit] if task.by_superior else unit
        assert owner is not None
        judge = self.superiors[unit] if task.reviewed else self.superiors[owner]
        named = self.superiors[owner] if judge == owner else judge
        opens = dates.begin(first)
        return Duty(
            task=task,
            unit=unit,
            period=period,
            stage=self.plan.stage_of(task),
            owner=owner,
            named=named,
            judge=named,
            opens=opens,
            declared=due,
            due=due,
            late=dates.late(task, due),
            lock=dates.lock(task, due),
            rungs=dates.first_rungs(self.plan, task, opens, due, now),
        )

    # --- what is waited for ---------------------------------------------------------------------------------------------------

    def upstream(self, duty: Duty) -> list[Duty]:
        """What must be done first: about us; else owed by us; else of all below (or, said so, of those directly below)."""
        return [other for name in duty.task.after for other in self._read(duty.unit, name)]

    def _read(self, unit: str, name: str) -> list[Duty]:
        theirs = [duty for duty in self.duties.values() if duty.task.name == name.removeprefix("below.")]
        if name.startswith("below."):
            return [duty for duty in theirs if self.superiors[duty.unit] == unit]
        about_us = [duty for duty in theirs if duty.unit == unit]
        ours = [duty for duty in theirs if duty.owner == unit]
        return about_us or ours or [duty for duty in theirs if unit in self._above(duty.unit)]

    def _above(self, unit: str) -> Iterator[str]:
        above = self.superiors[unit]
        while above is not None:
            yield above
            above = self.superiors[above]

    def waits(self, duty: Duty) -> int:
        """How many it waits for."""
        return sum(other.state not in DONE for other in self.upstream(duty))

    def downstream(self, duty: Duty) -> list[Duty]:
        """Who waits for it."""
        return [other for other in self.duties.values() if duty in self.upstream(other)]

    # --- the clock ------------------------------------------------------------------------------------------------------------

    def sweep(self, now: datetime) -> None:
        """Everything that falls due up to now, in its order."""
        if self.over or self.launched is None:
            return
        begin, self.swept = self.swept, now
        for moment in sorted({at for at in self._moments() if at <= now and (begin is None or at > begin)} | {now}):
            self._move(moment)
            self._open(moment)
            self._remind(moment)
            self._lapse(moment)
            self._close(moment)

    def _moments(self) -> Iterator[datetime]:
        yield from (dates.begin(self.plan.opening(stage)) for stage in range(len(self.plan.windows)))
        yield from (dates.end(last) for _, last in self.plan.windows)
        for duty in self.duties.values():
            yield duty.opens
            yield from (at for at, _ in duty.rungs)
            if duty.lock is not None:
                yield duty.lock

    def debts(self, unit: str, stage: int) -> list[Duty]:
        """What holds a case in a stage: what is due in it and what it still owes of earlier ones."""
        return [
            duty for duty in self.duties.values() if duty.unit == unit and duty.gates and duty.stage <= stage and duty.state not in DONE
        ]

    def _move(self, now: datetime) -> None:
        for unit, case in self.cases.items():
            while case.stage != FINISHED and case.clear is not None and self._is_open(case.stage + 1, now):
                following = self._following(case.stage)
                opened = case.clear if following == FINISHED else max(case.clear, dates.begin(self.plan.opening(following)))
                self._enter(unit, following, opened)

    def _following(self, stage: int) -> int:
        return stage + 1 if stage + 1 < len(self.plan.windows) else FINISHED

    def _is_open(self, stage: int, now: datetime) -> bool:
        return stage == len(self.plan.windows) or dates.begin(self.plan.opening(stage)) <= now

    def _enter(self, unit: str, stage: int, now: datetime) -> None:
        case = self.cases[unit]
        case.stage, case.entered = stage, now
        case.clear = now if stage != FINISHED and not self.debts(unit, stage) else None

    def _open(self, now: datetime, at: datetime | None = None) -> None:
        """at: when somebody did what opens it; None: the clock, which opens what its case has come to."""
        for duty in self.duties.values():
            if duty.state == "scheduled" and self._may_open(duty, now):
                duty.state = "open"
                self._told_late(duty, now, at or self.cases[duty.unit].entered)

    def _told_late(self, duty: Duty, now: datetime, at: datetime) -> None:
        """What opens later than its occurrence did, after the first reminder to its owner: that has become this one, once an attempt."""
        first = dates.first_told(duty.task, duty.due)
        again = (duty.due, duty.lock, duty.attempt)
        if duty.opens < now and first is not None and first <= at and again not in duty.told_opened:
            duty.told_opened.append(again)
            self.told.append(Told(key=duty.key, kind="opened", at=at, unit=duty.owner, deadline=duty.deadline))

    def _may_open(self, duty: Duty, now: datetime) -> bool:
        entered = not self.plan.enters(duty.task) or self.cases[duty.unit].stage >= duty.stage
        return duty.opens <= now and entered and not self.waits(duty)

    def _remind(self, now: datetime) -> None:
        assert self.launched is not None
        for duty in self.duties.values():
            fired = [rung for rung in duty.rungs if rung[0] <= now]
            duty.rungs = [rung for rung in duty.rungs if rung[0] > now]
            if duty.state in REMINDED:
                self.told += [self._reminder(duty, at, line) for at, line in fired]

    def _reminder(self, duty: Duty, at: datetime, line: int) -> Told:
        assert self.launched is not None
        holder = self.holder(duty)
        to, _, role = LADDERS[duty.task.ladder][line].to.partition(".")
        unit: str | None = holder
        if to == "superior":
            unit = self.superiors[holder]
            # The top is not mailed unless the file says so: the office is.
            unit = None if duty.task.ladder == "house" and unit is not None and self.superiors[unit] is None else unit
        elif to:
            unit = next(code for code, level in self.levels.items() if level == to)
        early = at < self.launched
        return Told(key=duty.key, kind="rung", at=at, unit=unit, role=role, line=line, before_launch=early, deadline=duty.deadline)

    def holder(self, duty: Duty) -> str:
        """Who has to act."""
        holder = duty.judge if duty.state == "submitted" else duty.owner
        assert holder is not None
        return holder

    def _close(self, now: datetime) -> None:
        """A stage closes, once: whoever stands in it and owes nothing of it herself is told what she waits for."""
        assert self.launched is not None
        for stage, (_, last) in enumerate(self.plan.windows):
            if dates.end(last) == now and now >= self.launched and stage not in self.closed:
                self.closed.add(stage)
                for unit in (unit for unit, case in self.cases.items() if case.stage == stage):
                    self._tell_blocked(unit, stage, now)

    def _tell_blocked(self, unit: str, stage: int, now: datetime) -> None:
        debts = self.debts(unit, stage)
        if any(duty.owner == unit and duty.state in ("open", "returned", "lapsed") for duty in debts):
            return
        held = [duty for duty in debts if duty.state in REMINDED and self.holder(duty) != unit]
        self.told += [Told(key=duty.key, kind="blocked", at=now, unit=unit, deadline=duty.deadline, visit=stage) for duty in held]

    def _lapse(self, now: datetime) -> None:
        for duty in self.duties.values():
            if duty.state in ("open", "returned") and duty.lock is not None and duty.lock <= now:
                duty.state, duty.lapsed_at = "lapsed", now
