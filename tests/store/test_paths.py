"""A subtree is a range of paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store import paths
from engine.store.paths import TreeTooDeep

MOST = 36**4 - 1
numbers = st.integers(1, MOST)
trees = st.lists(numbers, min_size=1, max_size=8).map(lambda labels: "".join(map(paths.label, labels)))


@given(path=trees, number=numbers)
def test_a_child_lies_within_its_parent_and_knows_it(path: str, number: int) -> None:
    child = paths.child(path, number)
    assert path <= child < paths.end(path)
    assert (paths.parent(child), paths.number_of(child)) == (path, number)
    assert paths.ancestors(child) == (path, *paths.ancestors(path))


@given(one=trees, other=trees)
def test_a_path_is_within_another_exactly_if_it_begins_with_it(one: str, other: str) -> None:
    assert (other <= one < paths.end(other)) == one.startswith(other)


@given(path=trees, one=numbers, other=numbers)
def test_children_sort_by_their_numbers(path: str, one: int, other: int) -> None:
    assert (paths.child(path, one) < paths.child(path, other)) == (one < other)


@given(path=trees, number=numbers)
def test_a_child_lies_one_deeper_than_its_parent(path: str, number: int) -> None:
    assert paths.depth(paths.child(path, number)) == paths.depth(path) + 1


@given(path=trees)
def test_everything_lies_within_the_empty_path(path: str) -> None:
    assert "" <= path < paths.end("")
    assert paths.parent(path[:5]) == "" and paths.ancestors(path[:5]) == ()


@pytest.mark.parametrize(("number", "label"), [(1, "0001."), (35, "000Z."), (36, "0010."), (MOST, "ZZZZ.")])
def test_labels_have_one_width(number: int, label: str) -> None:
    assert paths.label(number) == label


def test_more_children_than_labels_are_refused() -> None:
    with pytest.raises(TreeTooDeep):
        paths.label(MOST + 1)


@pytest.mark.parametrize("levels", [79, 80, 81])
def test_eighty_levels_are_enough(levels: int) -> None:
    path = "0001." * (levels - 1)
    if levels <= 80:
        assert len(paths.child(path, 1)) == 5 * levels
    else:
        with pytest.raises(TreeTooDeep):
            paths.child(path, 1)
