"""A campaign and the model beside it: what one does to both, and how they are compared."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from engine.errors import CampaignError, Refused
from engine.operations import moving, reconciling
from engine.operations.stepping import Stepped
from tests.operations import world as w
from tests.operations.world import World
from tests.proof import post, watch
from tests.proof.beside import count, expect_nothing, expect_same, sweep
from tests.proof.fates import OFFICE
from tests.proof.messages import Messages
from tests.proof.model import No, Tenure
from tests.proof.people import People
from tests.proof.replay import Replay

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


def addresses() -> dict[str, str]:
    """Where the letters of each go; those of the office, too."""
    return {one.person.name: one.person.email for one in w.UNIVERSITY.tenures} | {OFFICE: w.OFFICE}


class Walk(RuleBasedStateMachine):
    """makes: gives a world of an empty database with the roster in it. begun: counts the histories."""

    world: World
    model: People
    mail: Messages
    replay: Replay
    now: datetime

    def __init__(self, makes: Makes, begun: list[int]) -> None:
        super().__init__()
        self.makes = makes
        self.stack = ExitStack()
        self.acts: list[Act] = []
        self.newcomers = self.steps = 0
        self.quick = False
        self.texts = post.Texts()
        begun.append(1)

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
        if self.quick:
            return
        with self.world.house.database.read() as connection:
            self.compare(connection)
        # Reading every table is what takes longest: every sixth step will do.
        self.steps += 1
        before = self.everything() if self.steps % 6 == 1 else {}
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
        self.replay.follow(connection)
        # What takes longest is done at one step or another.
        if self.steps % 3 == 0:
            expect_nothing(watch.miscounted(connection))
            expect_nothing(watch.decided_twice(connection))
        if self.steps % 3 == 1:
            expect_nothing(watch.stuck_otherwise(connection, self.now))
        if self.steps % 3 == 2:
            expect_nothing(self.replay.differs(connection))

    def compare_mail(self) -> None:
        """Every letter, what it says, and what became of every notice."""
        self.mail.take_in()
        with self.world.house.database.read() as connection:
            expect_same(count(post.fates(connection)), count(post.expected_fates(self.mail)))
            expect_same(post.letters(connection), post.expected_letters(self.mail))
            expect_same(self.texts.read(connection), post.expected_words(self.mail))

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
