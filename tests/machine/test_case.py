"""A case walks from stage to stage: through its gate and an open window, or by override."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from engine.machine.case import WITHDRAW, CaseFacts, case_rulebook, next_position, step
from engine.machine.states import BEFORE, FINISHED, WITHDRAWN
from engine.sentences import Sentence, Verdict
from tests.machine.facts import AROUND, NOW, SECOND

UNMET = Verdict(outcome="fail", code="not-done", sentence=Sentence("缺总结", "no report"))
OTHER = Verdict(outcome="fail", code="overdue", sentence=Sentence("缺点评", "no comment"))
WALK = [(BEFORE, 0), (0, 1), (1, 2), (2, FINISHED)]


def facts(position: int, **changes: Any) -> CaseFacts:
    return CaseFacts(**{"position": position, "stages": 3, "next_title": "总结", "next_opens": NOW, **changes})


def codes(position: int, **changes: Any) -> list[str]:
    return [refusal.code for refusal in step(case_rulebook(3), facts(position, **changes), NOW).refusals]


@pytest.mark.parametrize(("here", "there"), WALK)
def test_a_case_goes_from_each_stage_to_the_next_and_from_the_last_to_its_end(here: int, there: int) -> None:
    decision = step(case_rulebook(3), facts(here), NOW)
    assert (decision.position, decision.refusals) == (there, ())
    assert next_position(here, 3) == there


@pytest.mark.parametrize(("here", "there"), WALK)
def test_the_gate_holds_it_with_everything_that_is_unmet(here: int, there: int) -> None:
    decision = step(case_rulebook(3), facts(here, unmet=(UNMET, OTHER)), NOW)
    assert (decision.position, decision.refusals) == (None, (UNMET, OTHER))


@pytest.mark.parametrize("here", [BEFORE, 0, 1])
@pytest.mark.parametrize(("now", "open_"), list(zip(AROUND, (False, True, True), strict=True)))
def test_the_next_window_lets_it_in_from_its_opening_on(here: int, now: datetime, open_: bool) -> None:
    decision = step(case_rulebook(3), facts(here), now)
    assert (decision.position is not None) == open_
    assert [refusal.code for refusal in decision.refusals] == ([] if open_ else ["window-closed"])


def test_a_next_window_without_a_date_is_not_open() -> None:
    assert codes(0, next_opens=None) == ["window-closed"]


def test_after_the_last_stage_no_window_is_asked_for() -> None:
    assert codes(2, next_opens=None) == []


def test_gate_and_window_are_named_at_once() -> None:
    assert codes(0, unmet=(UNMET, OTHER), next_opens=NOW + SECOND) == ["not-done", "overdue", "window-closed"]


@pytest.mark.parametrize(("here", "there"), WALK)
def test_an_override_passes_gate_and_window(here: int, there: int) -> None:
    decision = step(case_rulebook(3), facts(here, unmet=(UNMET,), next_opens=None, forced=True), NOW)
    assert (decision.position, decision.refusals) == (there, ())


@pytest.mark.parametrize("here", [FINISHED, WITHDRAWN])
@pytest.mark.parametrize("forced", [True, False])
def test_nothing_moves_a_case_that_has_come_to_its_end(here: int, forced: bool) -> None:
    assert codes(here, forced=forced) == ["wrong-state"]


@pytest.mark.parametrize("here", [BEFORE, 0, 1, 2])
def test_a_case_may_be_withdrawn_wherever_it_stands(here: int) -> None:
    assert case_rulebook(3).attempt(str(here), WITHDRAW, {}) == (str(WITHDRAWN), ())


@pytest.mark.parametrize("here", [FINISHED, WITHDRAWN])
def test_a_case_at_its_end_is_not_withdrawn(here: int) -> None:
    state, [refusal] = case_rulebook(3).attempt(str(here), WITHDRAW, {})
    assert (state, refusal.code) == (None, "wrong-state")


def test_the_closed_window_is_said_with_the_title_of_the_stage() -> None:
    [refusal] = step(case_rulebook(3), facts(0, next_opens=None), NOW).refusals
    assert refusal.sentence.say("zh") == "下一阶段“总结”还没有开始。"
    assert refusal.sentence.say("en") == "The next stage, “总结”, has not opened yet."


@pytest.mark.parametrize("stages", [1, 2, 40])
def test_a_workflow_may_have_any_number_of_stages(stages: int) -> None:
    book, here = case_rulebook(stages), BEFORE
    for _ in range(stages + 1):
        moved = step(book, CaseFacts(position=here, stages=stages, next_opens=NOW), NOW)
        assert moved.position is not None
        here = moved.position
    assert here == FINISHED
