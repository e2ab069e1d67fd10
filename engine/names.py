"""Guessing which name somebody meant: used wherever an unknown name is refused."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_LONGEST = 200


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name most like `word`, or None when nothing is alike enough to be worth suggesting.

    Case and outer blanks do not count. Among equally like names the first one given wins, so the answer does not
    depend on anything but the order of `known`.
    """
    wanted = _folded(word)
    if not wanted:
        return None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    best: str | None = None
    best_score = 0.0
    for name in known:
        score = _likeness(matcher, _folded(name), max(best_score, _enough(wanted)))
        if score > best_score:
            best, best_score = name, score
    return best


def _folded(word: str) -> str:
    return word[:_LONGEST].strip().casefold()


def _enough(wanted: str) -> float:
    """Short names carry little to be alike in: one character of two is as good as two of three."""
    return 0.5 if len(wanted) <= 3 else 0.6


def _likeness(matcher: SequenceMatcher[str], name: str, floor: float) -> float:
    """How alike, 0 to 1; 0 when below the floor, found out as cheaply as can be."""
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < floor or matcher.quick_ratio() < floor:
        return 0.0
    score = matcher.ratio()
    return score if score >= floor else 0.0


class Guesses:
    """`nearest` for many words over the same known names.

    Answers are remembered, and the number of comparisons is bounded: a file with a hundred thousand wrong names must not
    cost hours of guessing. Once `budget` comparisons are spent, words not seen before get None.
    """

    def __init__(self, known: Iterable[str], *, budget: int = 200_000) -> None:
        self._known = tuple(known)
        self._left = budget
        self._answers: dict[str, str | None] = {}

    def nearest(self, word: str) -> str | None:
        """The known name most like `word`, or None: nothing is alike, or the budget is spent."""
        if word not in self._answers:
            self._answers[word] = nearest(word, self._known[: self._left])
            self._left = max(0, self._left - len(self._known))
        return self._answers[word]
