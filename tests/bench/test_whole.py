"""The whole campaign comes to its end, and each of its figures is there."""

from __future__ import annotations

from tests.bench import whole


def test_a_small_one_comes_to_its_end_and_tells_what_it_took():
    (found,) = whole.courses("sqlite", [120])
    assert found["units"] == 120 and found["singly"] == 2 * 12 * 2
    # Four times everybody is reminded who has not done it, and every single hand-in is told to a reviewer.
    assert found["notices"] >= 4 * (120 - 2) + 12 * 2
    assert sum(found[phase] for phase in whole.PHASES) <= found["seconds"]
    assert whole.line(found).count("|") == len(whole.COLUMNS) + 1
