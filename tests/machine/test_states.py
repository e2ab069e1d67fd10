"""The numbers of the states are stored, so they stay as they are."""

from __future__ import annotations

import pytest

from engine.machine.states import BEFORE, FINISHED, WITHDRAWN, Modality, ObligationState

_S = ObligationState


def test_the_stored_numbers_do_not_change() -> None:
    assert {state.name: int(state) for state in ObligationState} == {
        "SCHEDULED": 0, "OPEN": 1, "SUBMITTED": 2, "RETURNED": 3, "LAPSED": 4, "ACCEPTED": 10, "WAIVED": 11, "CANCELLED": 12,
    }  # fmt: skip
    assert (BEFORE, FINISHED, WITHDRAWN) == (-1, 1000, 1001)


@pytest.mark.parametrize("state", ObligationState)
def test_only_what_is_accepted_or_released_satisfies_a_gate(state: ObligationState) -> None:
    assert state.done == (state in (_S.ACCEPTED, _S.WAIVED, _S.CANCELLED))


@pytest.mark.parametrize("state", ObligationState)
def test_what_is_done_or_lapsed_is_not_reminded_of(state: ObligationState) -> None:
    assert state.settled == (state.done or state is _S.LAPSED)


def test_only_what_may_be_done_never_gates() -> None:
    assert [modality.gates for modality in (Modality.MUST, Modality.SHOULD, Modality.MAY)] == [True, True, False]
