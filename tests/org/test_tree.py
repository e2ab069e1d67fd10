"""The organisation tree."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.org.model import Unit
from engine.org.tree import BrokenTree, Tree, UnknownUnit


def unit(code: str, superior: str | None = None, level: str = "branch") -> Unit:
    return Unit(code=code, name=f"Unit {code}", level=level, superior=superior)


SMALL = (
    unit("top", None, "committee"),
    unit("a", "top", "school"),
    unit("b", "top", "school"),
    unit("a2", "a"),
    unit("a1", "a"),
    unit("b1", "b"),
    unit("other", None, "committee"),
)


def codes(units: object) -> list[str]:
    return [found.code for found in units]  # type: ignore[attr-defined]  # any iterable of units will do


def test_children_keep_the_order_in_which_they_were_written() -> None:
    assert codes(Tree(SMALL).children("a")) == ["a2", "a1"]


def test_several_roots_are_allowed() -> None:
    assert codes(Tree(SMALL).roots) == ["top", "other"]


def test_a_unit_may_be_written_before_its_superior() -> None:
    assert codes(Tree(reversed(SMALL)).ancestors("a1")) == ["a", "top"]


def test_the_superior_of_a_root_is_nobody() -> None:
    tree = Tree(SMALL)
    assert tree.superior("top") is None
    assert tree.superior("a") == SMALL[0]


def test_the_walk_is_depth_first_and_tells_the_depth() -> None:
    walked = [(depth, found.code) for depth, found in Tree(SMALL).walk()]
    assert walked == [(0, "top"), (1, "a"), (2, "a2"), (2, "a1"), (1, "b"), (2, "b1"), (0, "other")]


def test_the_walk_of_a_subtree_stays_inside_it() -> None:
    assert [(depth, found.code) for depth, found in Tree(SMALL).walk("a")] == [(1, "a"), (2, "a2"), (2, "a1")]


def test_an_unknown_code_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(UnknownUnit) as caught:
        Tree(SMALL).children("othr")
    assert caught.value.close == "other"
    assert "other" in caught.value.say("zh")


def test_a_broken_tree_names_its_problems_in_both_languages() -> None:
    with pytest.raises(BrokenTree) as caught:
        Tree([unit("a", "b"), unit("b", "a")])
    assert [problem.code for problem in caught.value.problems] == ["cycle"]
    assert "a → b → a" in caught.value.say("zh")
    assert "a → b → a" in caught.value.say("en")


def test_depth_beyond_the_recursion_limit_is_no_danger() -> None:
    depth = sys.getrecursionlimit() * 5
    tree = Tree(unit(str(n), str(n - 1) if n else None) for n in range(depth))
    assert tree.depth(str(depth - 1)) == depth - 1
    assert sum(1 for _ in tree.ancestors(str(depth - 1))) == depth - 1


def test_a_hundred_thousand_units_are_built_in_a_moment() -> None:
    units = [unit(str(n), str((n - 1) // 50) if n else None) for n in range(100_000)]
    start = time.process_time()
    tree = Tree(units)
    assert len(tree) == 100_000
    assert time.process_time() - start < 5


@given(st.lists(st.integers(0, 10**6), max_size=40))
@settings(max_examples=60, deadline=None)
def test_below_agrees_with_climbing_the_superiors(choices: list[int]) -> None:
    units = [unit(str(n), str(choice % n) if n and choice % 5 else None) for n, choice in enumerate(choices)]
    tree = Tree(units)
    assert len(list(tree.walk())) == len(tree) == len(units)
    for one in units:
        below = {found.code for _, found in tree.walk(one.code)} - {one.code}
        assert below == {other.code for other in units if one.code in codes(tree.ancestors(other.code))}
        assert tree.depth(one.code) == len(codes(tree.ancestors(one.code)))
