"""A case's rules: one linear machine per workflow, each step guarded by its stage's gate and the opening of the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise

from engine.machine.rulebook import Rule, Rulebook
from engine.machine.states import BEFORE, FINISHED, WITHDRAWN
from engine.sentences import Sentence, Verdict

STEP = "step"
WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """Where a case stands and what its gate says. `unmet`: every gating obligation of this stage that is not done, as a verdict.

    next_opens: when the next stage opens (None: it has no date; of the last stage there is no next, see `last`).
    """

    position: int
    stages: int
    unmet: tuple[Verdict, ...] = ()
    next_title: str = ""
    next_opens: datetime | None = None
    next_undated: bool = False
    forced: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseDecision:
    """Where the case goes; None with the refusals that hold it."""

    position: int | None
    refusals: tuple[Verdict, ...] = ()


@cache
def case_rulebook(stages: int) -> Rulebook:
    """The machine of all cases of a workflow with that many stages: before -> 0 -> 1 ... -> finished, or withdrawn."""
    walk = [BEFORE, *range(stages), FINISHED]
    steps = [Rule(event=STEP, sources=(str(here),), target=str(there), guards=("gate", "next_open")) for here, there in pairwise(walk)]
    leave = Rule(event=WITHDRAW, sources=tuple(map(str, walk[:-1])), target=str(WITHDRAWN))
    return Rulebook([*map(str, walk), str(WITHDRAWN)], [*steps, leave])


def step(rulebook: Rulebook, facts: CaseFacts, now: datetime) -> CaseDecision:
    """One step forward, or every reason against it. An override passes both guards; it is for the caller to mark it *forced*."""
    guards = {
        "gate": lambda: () if facts.forced else facts.unmet,
        "next_open": lambda: () if facts.forced else _next_open(facts, now),
    }
    name, refusals = rulebook.attempt(str(facts.position), STEP, guards)
    return CaseDecision(position=None if name is None else int(name), refusals=refusals)


def next_position(position: int, stages: int) -> int:
    """The position after this one."""
    return FINISHED if position + 1 >= stages else position + 1


def _next_open(facts: CaseFacts, now: datetime) -> tuple[Verdict, ...]:
    if next_position(facts.position, facts.stages) == FINISHED:
        return ()
    if facts.next_opens is not None and facts.next_opens <= now:
        return ()
    return (
        Verdict(
            outcome="fail",
            code="window-closed",
            sentence=Sentence(
                "下一阶段“{title}”还没有开始。", "The next stage, “{title}”, has not opened yet.", {"title": facts.next_title}
            ),
        ),
    )
