"""The arithmetic of the table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.figures import Figure, Limit, growth, spread
from tests.bench.table import cells, rendered, text


def figure(**changes: Any) -> Figure:
    return Figure(**{"what": "launch", "where": "sqlite", "size": 10_000, "ours": (3.0, 1.0, 8.0), "plain": (2.0, 1.0, 2.0), **changes})


def test_the_ratio_is_the_median_of_the_runs_and_not_the_ratio_of_the_medians() -> None:
    assert figure().ratios == (1.5, 1.0, 4.0)
    assert figure().ratio == 1.5
    assert figure(plain=()).ratio is None


def test_the_spread_is_the_largest_by_the_smallest_of_what_is_judged() -> None:
    assert figure().spread == 4.0
    assert figure(limit=Limit(bound=1, of="ours")).spread == 8.0
    assert figure(plain=()).spread == 8.0


@pytest.mark.parametrize(("values", "found"), [((2.0,), 1.0), ((0.0, 0.0), 1.0), ((0.0, 1.0), float("inf")), ((1.0, 3.0, 2.0), 3.0)])
def test_a_spread_of_nothing_is_none(values: tuple[float, ...], found: float) -> None:
    assert spread(values) == found


@pytest.mark.parametrize(("bound", "met"), [(1.49, False), (1.5, True), (1.51, True)])
def test_a_ratio_is_met_up_to_its_bound(bound: float, met: bool) -> None:
    assert figure(limit=Limit(bound=bound)).met is met


@pytest.mark.parametrize(("bound", "met"), [(2.9, True), (3.0, True), (3.1, False)])
def test_what_has_to_be_reached_is_met_from_its_bound_on(bound: float, met: bool) -> None:
    assert figure(ours=(3.0, 2.0, 4.0), plain=(), limit=Limit(bound=bound, of="ours", least=True)).met is met


def test_where_nobody_may_wait_longer_the_worst_run_counts() -> None:
    allowed = Limit(bound=5.0, of="ours")
    assert figure(limit=allowed).met is True
    assert figure(limit=Limit(bound=5.0, of="ours", worst=True)).met is False
    assert figure().met is None


def test_growth_compares_the_cost_of_a_unit() -> None:
    found = growth(figure(ours=(1.0,)), figure(ours=(26.0,), size=200_000))
    assert found.value == pytest.approx(1.3)
    assert found.where == "sqlite"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(2.5, "s", "2.50 s"), (0.25, "s", "250 ms"), (0.00031, "s", "0.31 ms"), (512, "MiB", "512 MiB"), (3, "x", "3.00 x")],
)
def test_values_are_said_as_people_read_them(value: float, unit: str, said: str) -> None:
    assert text(value, unit) == said


def test_a_row_says_what_is_allowed_and_whether_it_was_kept() -> None:
    assert cells(figure(limit=Limit(bound=1.0)))[-2:] == ("<= 1 x", "MISSED")
    assert cells(figure())[-2:] == ("", "")
    assert len({line.index("10,000") for line in rendered([figure(), figure()]).splitlines()[1:]}) == 1


def test_the_figures_are_kept_with_what_follows_from_them() -> None:
    data = figure(limit=Limit(bound=2.0)).as_data()
    assert (data["ratio"], data["met"], data["limit"]["bound"]) == (1.5, True, 2.0)
