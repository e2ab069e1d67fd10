"""Guessing which name somebody meant."""

from __future__ import annotations

import pytest

from engine.names import Guesses, nearest

LEVELS = ["学校", "学院", "支部", "branch", "committee"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("brnch", "branch"), ("Branch ", "branch"), ("COMMITEE", "committee"), ("党支部", "支部"), ("学园", "学校"), ("支部", "支部")],
)
def test_the_nearest_name_is_found(word: str, meant: str) -> None:
    assert nearest(word, LEVELS) == meant


@pytest.mark.parametrize("word", ["", "  ", "zzz", "车间", "b"])
def test_nothing_is_better_than_a_wild_guess(word: str) -> None:
    assert nearest(word, LEVELS) is None


def test_among_equals_the_first_wins() -> None:
    assert nearest("ax", ["ay", "az"]) == "ay"
    assert nearest("ax", ["az", "ay"]) == "az"


def test_nothing_known_means_no_guess() -> None:
    assert nearest("a", []) is None


def test_guesses_remember_their_answers_when_the_budget_is_spent() -> None:
    guesses = Guesses(["alpha", "beta"], budget=2)
    assert guesses.nearest("alpa") == "alpha"
    assert guesses.nearest("bta") is None
    assert guesses.nearest("alpa") == "alpha"


def test_a_very_long_word_does_not_take_long() -> None:
    assert nearest("a" * 1_000_000, ["a" * 300]) == "a" * 300
