"""The organisation tree: superiors, what is below, levels. Nothing recurses, so that depth is no danger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.errors import CampaignError
from engine.names import nearest
from engine.org.checks import RosterProblem, tree_problems
from engine.org.model import Unit
from engine.sentences import Sentence, plain


class BrokenTree(CampaignError):
    """这些单位不能组成组织树，共有 {count} 处问题，第一处是：{first}

    These units do not form a tree; {count} problem(s), the first one: {first}
    """

    def __init__(self, problems: tuple[RosterProblem, ...]) -> None:
        super().__init__(count=len(problems), first=problems[0].message)
        self.problems = problems


class UnknownUnit(CampaignError):
    """没有代码为“{unit}”的单位。{hint}

    There is no unit with the code "{unit}". {hint}
    """

    def __init__(self, unit: str, close: str | None) -> None:
        hint = Sentence("是不是“{close}”？", 'Did you mean "{close}"?', {"close": close}) if close else plain("")
        super().__init__(unit=unit, hint=hint)
        self.close = close


class Tree:
    """Units as a forest: several roots are allowed, children keep the order in which the units were given.

    Raises BrokenTree when a code is used twice, a superior is missing, or superiors go round in a circle.
    Questions about a code that is not in the tree raise UnknownUnit. Building is O(n).
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        given = tuple(units)
        problems = tree_problems(given)
        if problems:
            raise BrokenTree(problems)
        self._units = {unit.code: unit for unit in given}
        self._children: dict[str | None, list[str]] = {}
        for unit in given:
            self._children.setdefault(unit.superior, []).append(unit.code)
        self._order, self._depths = self._depth_first()
        self._place = {code: place for place, code in enumerate(self._order)}
        self._end = self._ends()

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, code: object) -> bool:
        return code in self._units

    def unit(self, code: str) -> Unit:
        """The unit with that code."""
        if code not in self._units:
            raise UnknownUnit(code, nearest(code, self._units))
        return self._units[code]

    @property
    def roots(self) -> tuple[Unit, ...]:
        """The units without a superior, in order."""
        return tuple(self._units[code] for code in self._children.get(None, ()))

    def superior(self, code: str) -> Unit | None:
        """The unit next above; None for a root."""
        above = self.unit(code).superior
        return None if above is None else self._units[above]

    def children(self, code: str) -> tuple[Unit, ...]:
        """The units directly below, in order."""
        self.unit(code)
        return tuple(self._units[child] for child in self._children.get(code, ()))

    def ancestors(self, code: str) -> Iterator[Unit]:
        """The units above, the nearest first; nothing for a root."""
        above = self.superior(code)
        while above is not None:
            yield above
            above = None if above.superior is None else self._units[above.superior]

    def depth(self, code: str) -> int:
        """How many units stand above; 0 for a root."""
        return self._depths[self._where(code)]

    def walk(self, root: str | None = None) -> Iterator[tuple[int, Unit]]:
        """(depth, unit) depth first, superiors before those below; of one subtree, its root included, or of everything.

        Depth is counted from the top of the whole tree.
        """
        start, end = (0, len(self._order)) if root is None else (self._where(root), self._end[self._where(root)])
        for place in range(start, end):
            yield self._depths[place], self._units[self._order[place]]

    def _where(self, code: str) -> int:
        self.unit(code)
        return self._place[code]

    def _depth_first(self) -> tuple[list[str], list[int]]:
        order: list[str] = []
        depths: list[int] = []
        waiting = [(code, 0) for code in reversed(self._children.get(None, []))]
        while waiting:
            code, depth = waiting.pop()
            order.append(code)
            depths.append(depth)
            waiting.extend((child, depth + 1) for child in reversed(self._children.get(code, [])))
        return order, depths

    def _ends(self) -> list[int]:
        """For each place in the order, the place just after the last unit below it."""
        ends = [0] * len(self._order)
        open_places: list[int] = []
        for place, depth in enumerate(self._depths):
            while len(open_places) > depth:
                ends[open_places.pop()] = place
            open_places.append(place)
        for place in open_places:
            ends[place] = len(self._order)
        return ends
