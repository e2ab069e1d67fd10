"""Every benchmark runs, at a size at which it says nothing about speed: so that none of them rots."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import campaign
from tests.bench.course import ROWS, course
from tests.bench.ground import Effort, Ground
from tests.bench.plain import plain
from tests.postgres import Postgres

UNITS = 260
TINY = Effort(runs=1, steps=3, due=20, processes=2, seconds=0.1)
# Each of these starts programs of its own, which costs a second: on one backend is enough.
COSTLY = {"memory", "start", "wait"}


@pytest.fixture
def ground(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    server: Postgres | None = request.getfixturevalue("postgres") if backend == "postgresql" else None
    return Ground(where=backend, folder=tmp_path, server=server)


def test_every_row_of_the_table_is_measured(ground: Ground) -> None:
    rows = set(ROWS) - (COSTLY if ground.where == "postgresql" else set())
    figures = list(course(ground, UNITS, TINY, rows))
    assert all(value > 0 for figure in figures for value in (*figure.ours, *figure.plain))
    assert len({figure.what for figure in figures}) == len(figures) > len(rows)


def test_the_tree_has_so_many_units_each_below_one_that_came_before() -> None:
    places = list(campaign.tree(800))
    assert [place.number for place in places] == list(range(800))
    assert all(place.superior is not None and place.superior < place.number for place in places[1:])
    assert {place.level for place in places} == {"校", "院", "系", "班"}
    assert len({place.path for place in places}) == 800


def test_of_the_campaign_that_is_measured_one_case_in_a_hundred_is_stuck_with_one_obligation(ground: Ground) -> None:
    url = campaign.prepared(ground, UNITS)
    with ground.house(url) as house:
        report = campaign.launch(house)
        campaign.begin(house)
    campaign.pass_first_stage(ground, url)
    with plain(url) as connection:
        assert (report.cases, report.obligations) == (UNITS, 12 * UNITS)
        assert connection.one("SELECT count(*) FROM cases WHERE stage = 0") == (3,)
        assert connection.one("SELECT count(*), sum(missing) FROM progress WHERE stage = 0 AND missing > 0") == (3, 3)
        assert connection.one("SELECT count(*) FROM overdue") == (3,)
    ground.drop(url)
