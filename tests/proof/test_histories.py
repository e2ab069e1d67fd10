"""Whatever people do, in any order and at any dates: the campaign is what the model says, every letter too, and the books agree.

A history is a year on a virtual clock: 200 of them in `make test`, 5,000 others every time in `make prove`.
"""

from __future__ import annotations

from secrets import randbelow

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.histories import Histories
from tests.proof.walking import Makes

STEPS = 3


def run(makes: Makes, histories: int, number: int, phases: tuple[Phase, ...] = (Phase.generate,)) -> int:
    """Run so many histories, the same ones for the same number; how many there were."""
    begun: list[int] = []

    @seed(number)
    def factory() -> Histories:
        return Histories(makes, begun)

    chosen = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        phases=phases,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(factory, settings=chosen)  # type: ignore[arg-type]  # whatever makes a machine will do
    print(f"{len(begun)} histories of seed {number}")
    return len(begun)


@pytest.mark.parametrize("number", range(4))
def test_two_hundred_histories_are_what_the_model_says(files, number):
    assert run(files, 50, number) >= 50


def test_some_histories_on_postgresql_are_what_the_model_says(server):
    assert run(server, 8, 100) >= 8


@pytest.mark.prove
@pytest.mark.parametrize("part", range(48))
def test_five_thousand_histories_are_what_the_model_says(files, part):
    """Others every time; one that fails is made as short as can be, and told with its seed."""
    assert run(files, 100, randbelow(2**32), (Phase.generate, Phase.shrink)) >= 100


@pytest.mark.prove
@pytest.mark.parametrize("part", range(4))
def test_two_hundred_histories_on_postgresql_are_what_the_model_says(server, part):
    assert run(server, 50, randbelow(2**32), (Phase.generate, Phase.shrink)) >= 50
