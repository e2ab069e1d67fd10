"""People who do anything at any time, in a campaign and beside it in the model; after every step both must be the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from engine.errors import CampaignError, Refused
from engine.operations import ending, launching, moving, reconciling
from engine.operations.stepping import Stepped
from tests.operations import world as w
from tests.operations.world import World
from tests.proof import choices, dates, watch
from tests.proof.beside import address, count, expect_nothing, expect_same, may_waive, named, sweep
from tests.proof.model import DONE, No, Tenure
from tests.proof.people import People
from tests.proof.plan import Plan, written
from tests.proof.replay import Replay

UNITS = w.SMALL
NUMBERS = st.integers(0, 1000)
SUPERIORS = st.sampled_from(("S", "G1", "G2"))
WHO = st.sampled_from(("right", "right", "right", "wrong"))
Makes = Callable[[], AbstractContextManager[World]]


@dataclass(frozen=True)
class Act:
    """Something somebody does, so that it can be done again in another database."""

    now: datetime
    does: Callable[[World], object]


def attempt(world: World, act: Act) -> str | None:
    """What it came to: the state after a step, '' where it has none, None where it was refused with its reasons in both languages."""
    try:
        answer = act.does(world)
    except CampaignError as error:
        assert error.say("zh") and error.say("en")
        assert not isinstance(error, Refused) or error.verdicts
        return None
    if isinstance(answer, Stepped):
        return "unchanged" if answer.unchanged else answer.state
    return "moved" if isinstance(answer, moving.Moved) else ""


def roster() -> list[Tenure]:
    """Who leads the units of `world.UNIVERSITY`."""
    return [Tenure(unit=one.unit, post=one.post, person=one.person.name) for one in w.UNIVERSITY.tenures]


class Histories(RuleBasedStateMachine):
    """One history. makes: gives a world of an empty database with the roster in it. begun: counts the histories."""

    def __init__(self, makes: Makes, begun: list[int]) -> None:
        super().__init__()
        self.makes = makes
        self.stack = ExitStack()
        self.acts: list[Act] = []
        self.newcomers = self.steps = 0
        begun.append(1)

    @initialize(
        plan=choices.plans(),
        day=choices.LAUNCHES,
        hour=st.sampled_from((0, 8, 9)),
        past=st.sampled_from(("owe", "owe", "skip")),
        leaping=NUMBERS,
        ahead=st.integers(0, 3),
    )
    def begin(self, plan: Plan, day: str, hour: int, past: str, leaping: int, ahead: int) -> None:
        self.world = self.stack.enter_context(self.makes())
        self.plan, self.leaping = plan, leaping % 5 == 0
        self.now = dates.begin(date.fromisoformat(day)) + timedelta(hours=hour)
        self.model = People(
            plan=plan,
            superiors={one.code: one.superior for one in w.UNIVERSITY.units},
            levels={one.code: one.level for one in w.UNIVERSITY.units},
            tenures=roster(),
        )
        launched = self.now
        assert self.do(lambda world: w.load(world.house, written(plan), world.folder, launched)) is not None
        assert self.do(lambda world: w.start(world.house, launched, past=past)) is not None
        self.model.launch(self.now, past)
        with self.world.house.database.read() as connection:
            self.replay = Replay.of(connection)
        self.check()
        self.get_ahead(leaping, ahead)

    def get_ahead(self, number: int, count: int) -> None:
        """So much has been done before anything happens, or few histories would come to what can only happen then."""
        opens = [duty.opens for duty in self.model.duties.values() if duty.state in ("scheduled", "open")]
        if count and opens:
            self.now = max(self.now, min(opens))
            self.check()
            self.everybody_hands_in(number, count)

    def teardown(self) -> None:
        try:
            if hasattr(self, "replay"):
                self.reconcile()
            if hasattr(self, "replay") and self.leaping:
                self.leap()
        finally:
            self.stack.close()

    # --- beside each other ----------------------------------------------------------------------------------------------------

    def do(self, does: Callable[[World], object]) -> str | None:
        """Do it, and remember it."""
        act = Act(self.now, does)
        self.acts.append(act)
        return attempt(self.world, act)

    def same(self, does: Callable[[World], object], expected: Callable[[], str]) -> None:
        """Do it in both; what it comes to must be the same."""
        found = self.do(does)
        try:
            foretold: str | None = expected()
        except No:
            foretold = None
        assert found == foretold, f"{found} instead of {foretold}"
        self.check()

    def check(self, batch: int = 5000) -> None:
        """Sweep both; everything must be the same, and a second sweep changes nothing."""
        sweep(self.world, self.now, batch)
        self.model.sweep(self.now)
        with self.world.house.database.read() as connection:
            self.compare(connection)
        # Reading every table is what takes longest: every third step will do.
        self.steps += 1
        before = self.everything() if self.steps % 3 == 1 else {}
        again = sweep(self.world, self.now, 5000)
        assert (again.bells, again.moved) == (0, 0), again
        if before:
            expect_same(self.everything(), before)

    def everything(self) -> dict[Any, Any]:
        with self.world.house.database.read() as connection:
            return watch.everything(connection)

    def compare(self, connection: Any) -> None:
        expect_same(watch.duties(connection), watch.expected_duties(self.model, self.now))
        expect_same(watch.cases(connection), watch.expected_cases(self.model))
        expect_same(count(watch.told(connection)), count(self.model.told))
        expect_nothing(watch.miscounted(connection))
        expect_nothing(watch.decided_twice(connection))
        if self.steps % 3 == 0:
            expect_nothing(watch.stuck_otherwise(connection, self.now))
        self.replay.follow(connection)
        expect_nothing(self.replay.differs(connection))

    def reconcile(self) -> None:
        """What has been decided and sent is what had to be, by definition, roster and journal."""
        found = reconciling.reconcile(self.world.house, None, self.now)
        assert found.agrees, found.differences

    def leap(self) -> None:
        """Another database in which the clock goes on only when somebody does something comes to the same end."""
        with self.makes() as other:
            for act in self.acts:
                attempt(other, act)
            sweep(other, self.now, 5000)
            with self.world.house.database.read() as one, other.house.database.read() as two:
                expect_same(watch.outcome(one), watch.outcome(two))

    # --- who and what ---------------------------------------------------------------------------------------------------------

    def pick(self, number: int, *states: str, fit: Callable[[Any], bool] = lambda _: True) -> Any:
        """One obligation, nearly always in one of these states, and one that fits where any does."""
        every = sorted(self.model.duties)
        fitting = [key for key in every if self.model.duties[key].state in states] if number % 10 else every
        chosen = [key for key in fitting if fit(self.model.duties[key])] or fitting or every
        return self.model.duties[chosen[number % len(chosen)]]

    def has(self, *states: str) -> bool:
        """Whether any obligation is in one of these states."""
        return any(duty.state in states for duty in self.model.duties.values())

    def somebody(self, unit: str | None, who: str) -> str:
        """Whoever answers for a unit; or somebody who has no business here."""
        found = self.model.holders(unit, self.now)
        return found[0] if found and who == "right" else "书记G2"

    def granter(self, duty: Any, who: str) -> str:
        above = self.model.superiors[duty.unit]
        return self.somebody(self.model.superiors[duty.owner] if above == duty.owner else above, who)

    # --- rules ----------------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, later=choices.LATER, who=WHO, how=st.sampled_from(("new", "new", "new", "same", "short", "scan")))
    def hand_in(self, number: int, later: timedelta, who: str, how: str) -> None:
        self.now += later
        duty = self.pick(number, "open", "returned")
        by, key, now = self.somebody(duty.owner, who), duty.key, self.now
        name = f"{key[1]}@{key[2]}" if key[2] else key[1]
        if not duty.task.document:
            say = "一样" if how == "same" else f"第{len(self.acts)}次"
            content = (say, dates.day_of(now))
            self.same(lambda world: world.act(key[0], name, now, by=by, say=say), lambda: self.model.hand_in(key, by, content, "pass", now))
            return
        verdict, file = {"short": ("fail", b""), "new": ("pass", b"one two three")}.get(
            how, ("cannot_tell", b"\xff\xd8\xff" + how.encode())
        )
        path = self.world.folder / ("a.jpg" if verdict == "cannot_tell" else "a.txt")
        path.write_bytes(file)
        self.same(lambda world: world.hand_in(key[0], name, now, path, by=by), lambda: self.model.hand_in(key, by, file, verdict, now))

    @precondition(lambda self: self.has("submitted"))
    @rule(number=NUMBERS, later=choices.LATER, who=WHO)
    def take_back(self, number: int, later: timedelta, who: str) -> None:
        self.now += later
        duty, now = self.pick(number, "submitted"), self.now
        by, key = self.somebody(duty.owner, who), duty.key
        self.same(lambda world: world.take_back(key[0], named(key), now, by=by), lambda: self.model.take_back(key, by, now))

    @precondition(lambda self: self.has("submitted"))
    @rule(number=NUMBERS, later=choices.LATER, who=WHO)
    def accept(self, number: int, later: timedelta, who: str) -> None:
        self.now += later
        duty, now = self.pick(number, "submitted"), self.now
        by, key, version = self.somebody(duty.judge or duty.owner, who), duty.key, duty.version
        self.same(lambda world: world.accept(key[0], named(key), now, by=by, version=version), lambda: self.model.accept(key, by, now))

    @precondition(lambda self: self.has("submitted", "accepted"))
    @rule(number=NUMBERS, later=choices.LATER, who=WHO, state=st.sampled_from(("accepted", "submitted")))
    def send_back(self, number: int, later: timedelta, who: str, state: str) -> None:
        self.now += later
        duty, now = self.pick(number, *((state,) if self.has(state) else ("submitted", "accepted"))), self.now
        by, key, version = self.somebody(duty.judge or duty.owner, who), duty.key, duty.version
        self.same(
            lambda world: world.send_back(key[0], named(key), now, by=by, version=version), lambda: self.model.send_back(key, by, now)
        )

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, later=choices.LATER, who=WHO, days=st.sampled_from((-1, 0, 2, 3, 8, 20, 40)))
    def extend(self, number: int, later: timedelta, who: str, days: int) -> None:
        self.now += later
        duty, now = self.pick(number, "open", "returned", "scheduled", fit=lambda one: one.task.extend[0] > 0), self.now
        by, key, to = self.granter(duty, who), duty.key, max(duty.due, dates.day_of(now)) + timedelta(days=days)
        self.same(lambda world: world.extend(key[0], named(key), to, now, by=by), lambda: self.model.extend(key, by, to, now))

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, later=choices.LATER, who=WHO)
    def waive(self, number: int, later: timedelta, who: str) -> None:
        self.now += later
        duty, now = self.pick(number, "scheduled", "open", "submitted", "returned", "lapsed", fit=may_waive), self.now
        by, key = self.granter(duty, who), duty.key
        self.same(lambda world: world.waive(key[0], named(key), now, by=by), lambda: self.model.waive(key, by, now))

    @precondition(lambda self: any(duty.overdue_since(self.now) for duty in self.model.duties.values()))
    @rule(
        code=st.sampled_from(UNITS),
        later=choices.LATER,
        who=st.sampled_from(("office", "above", "anybody")),
        days=st.sampled_from((1, 2, 9)),
    )
    def chase(self, code: str, later: timedelta, who: str, days: int) -> None:
        """Of some days in a row, or nobody would ever have been chased as often as may be."""
        self.now += later
        above = self.model.superiors[code] or code
        by = {"office": w.ADMIN, "above": self.somebody(above, "right"), "anybody": "书记G2"}[who]
        for _ in range(days):
            self.chase_once(code, by)
            self.now += timedelta(hours=13)

    def chase_once(self, code: str, by: str) -> None:
        now = self.now
        self.same(lambda world: world.chase(code, now, by=by), lambda: self.model.chase(code, by, now))

    @precondition(lambda self: any(duty.state == "lapsed" for duty in self.model.duties.values()))
    @rule(number=NUMBERS, later=choices.LATER)
    def reopen(self, number: int, later: timedelta) -> None:
        self.now += later
        key, now = self.pick(number, "lapsed").key, self.now
        self.same(lambda world: world.reopen(key[0], named(key), now), lambda: self.model.reopen(key, now))

    @rule(code=st.sampled_from(UNITS), later=choices.LATER)
    def override(self, code: str, later: timedelta) -> None:
        self.now += later
        now = self.now
        self.same(lambda world: world.override(code, now), lambda: self.model.override(code, now))

    @rule(code=st.sampled_from(UNITS), later=choices.LATER)
    def advance(self, code: str, later: timedelta) -> None:
        self.now += later
        now = self.now
        self.same(lambda world: moving.advance(world.house, None, code, by=w.ADMIN, now=now), lambda: self.model.advance(code, now))

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, count=st.integers(2, 6))
    def everybody_hands_in(self, number: int, count: int) -> None:
        """Much of it done at once, or few cases would ever come far."""
        for step in range(count):
            self.hand_in(number * 10 + step + 1, timedelta(), "right", "new")
            self.accept(number * 10 + step + 1, timedelta(), "right")

    @rule(leap=choices.LEAPS, steps=st.lists(st.integers(1, 99), max_size=2), batch=choices.BATCHES)
    def time_goes_by(self, leap: timedelta, steps: list[int], batch: int) -> None:
        """In some steps, each in batches of a few units."""
        begin = self.now
        for percent in sorted(steps):
            self.now = begin + timedelta(seconds=leap.total_seconds() * percent // 100)
            self.check(batch)
        self.now = begin + leap
        self.check(batch)

    @rule(later=choices.LATER)
    def deliver(self, later: timedelta) -> None:
        self.now += later
        now = self.now
        self.do(lambda world: world.go(now))
        self.check()

    @rule(on=st.sampled_from((True, True, False)))
    def switch_mail(self, on: bool) -> None:
        now = self.now
        self.do(lambda world: launching.switch_mail(world.house, None, on=on, by=w.ADMIN, now=now))
        self.check()

    @rule(code=st.sampled_from(UNITS), vacated=st.booleans())
    def somebody_else_comes(self, code: str, vacated: bool) -> None:
        """The roster comes in again with another secretary, or with none where a branch is."""
        today, now = dates.day_of(self.now), self.now
        old = next((one for one in self.model.tenures if one.person in self.model.at(code, "书记", now) and one.unit == code), None)
        if old is not None and (old.since == today or (vacated and "B" not in code)):
            return
        lines = [f"{code},书记,{old.person},{address(old.person)},{old.since or ''},{today - timedelta(days=1)}"] if old else []
        self.newcomers += 1
        person = f"新书记{self.newcomers}"
        lines += [] if vacated else [f"{code},书记,{person},{address(person)},{today},"]
        self.do(lambda world: world.bring_in("S,单位S,学校,\n", "".join(f"{line}\n" for line in lines), now))
        if old is not None:
            old.until = today - timedelta(days=1)
        if not vacated:
            self.model.tenures.append(Tenure(unit=code, post="书记", person=person, since=today))
        self.check()

    @rule()
    def a_unit_comes(self) -> None:
        """It joins the next campaign; this one goes on without it."""
        self.newcomers += 1
        code, now = f"G1N{self.newcomers}", self.now
        self.do(lambda world: world.bring_in(f"{code},新支部{code},党支部,G1\n", "", now))
        self.check()

    @rule(code=st.sampled_from([code for code in UNITS if "B" in code]), superior=SUPERIORS)
    def a_unit_moves(self, code: str, superior: str) -> None:
        self.move([code], superior)

    @precondition(lambda self: self.waiting())
    @rule(number=NUMBERS, later=choices.LATER, superior=SUPERIORS)
    def all_that_a_unit_waits_for_move(self, number: int, later: timedelta, superior: str) -> None:
        """It waits for nothing any more, wherever that finds its lock and its reminders."""
        duty = self.waiting()[number % len(self.waiting())]
        self.now = max(self.now, duty.opens) + later
        self.check()
        self.move(sorted({other.unit for other in self.model.upstream(duty) if other.state not in DONE}), superior)

    def waiting(self) -> list[Any]:
        """What the units above the branches cannot do yet."""
        return [duty for _, duty in sorted(self.model.duties.items()) if duty.unit in ("G1", "G2") and self.model.waits(duty)]

    def move(self, codes: list[str], superior: str) -> None:
        """What the clock had to do before, it does in the tree as it was."""
        now, lines = self.now, "".join(f"{code},单位{code},党支部,{superior}\n" for code in codes)

        def moving_on(world: World) -> None:
            sweep(world, now, 5000)
            world.bring_in(lines or "S,单位S,学校,\n", "", now)

        self.do(moving_on)
        self.model.move(codes, superior, now)
        self.check()

    @precondition(lambda self: len(self.acts) > 8)
    @rule(number=NUMBERS)
    def close(self, number: int) -> None:
        """Seldom: nothing happens any more."""
        if number % 4 or self.model.over:
            return
        now = self.now
        self.do(lambda world: ending.close(world.house, None, by=w.ADMIN, reason="结束", now=now))
        self.model.sweep(now)
        self.model.ended = now
        self.check()
