"""What units have in common. Selections ask of a unit only its level, which conditions it meets, and what stands above it: what they
say of one unit holds for all of its kind, and is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.definition.model import Review, Who, Workflow
from engine.definition.who import Seat, UnitView, seat, selects
from engine.definition.who_units import holds
from engine.store.roster import UnitRow


@dataclass(kw_only=True)
class Scope:
    """One selection: these subjects, this owner, this reviewer, in the roles that the file words. Several tasks may share it.

    units: how many it selects.
    """

    number: int
    subjects: Who
    owner: Who
    review: Review | None
    owner_role: str
    reviewer_role: str
    units: int = 0


@dataclass(frozen=True, kw_only=True)
class Share:
    """What every unit of a kind has in one selection. owner, reviewer: how many steps above the unit they stand; None: nobody reviews."""

    scope: int
    owner: int
    reviewer: int | None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Units that no selection tells apart. lost: the selections in which they find nobody who owes.

    selected: in which selections they are, a bit for each.  marks: (steps above the unit, in which of them whoever stands there owes, in
    which reviews).
    """

    number: int
    shares: tuple[Share, ...]
    lost: tuple[Scope, ...]
    selected: int
    marks: tuple[tuple[int, int, int], ...]


class Kinds:
    """Every kind of unit met so far, by number."""

    def __init__(self, workflow: Workflow, scopes: Iterable[Scope]) -> None:
        self.all: list[Kind] = []
        self._workflow = workflow
        self._scopes = tuple(scopes)
        self._conditions = tuple(_conditions(workflow, self._scopes))
        self._known: dict[tuple[str, tuple[bool, ...], int], Kind] = {}

    def of(self, unit: UnitRow, above: Kind | None) -> Kind:
        """The kind of a unit below a superior of the kind `above`."""
        met = tuple([holds(condition, unit, self._workflow.organisation) for condition in self._conditions])
        key = (unit.level, met, -1 if above is None else above.number)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._new(unit)
            self.all.append(found)
        return found

    def _new(self, unit: UnitRow) -> Kind:
        shares: list[Share] = []
        lost: list[Scope] = []
        for scope in self._scopes if self._has_a_case(unit) else ():
            if selects(scope.subjects, unit, self._workflow.organisation):
                share = _share(scope, unit, self._workflow)
                if share is None:
                    lost.append(scope)
                else:
                    shares.append(share)
        selected = sum(1 << share.scope for share in shares)
        return Kind(number=len(self.all), shares=tuple(shares), lost=tuple(lost), selected=selected, marks=tuple(_marks(shares)))

    def _has_a_case(self, unit: UnitRow) -> bool:
        """`for` of the file says who gets a case; where it says nothing, whoever owes something does."""
        chosen = self._workflow.subjects
        return chosen is None or selects(chosen, unit, self._workflow.organisation)


def _conditions(workflow: Workflow, scopes: Iterable[Scope]) -> Iterable[str]:
    """Every condition that a selection may ask of a unit, or of one above it."""
    asked: list[Who | None] = [workflow.subjects, *workflow.organisation.groups.values()]
    for scope in scopes:
        asked += [scope.subjects, scope.owner, None if scope.review is None else scope.review.by]
    return dict.fromkeys(who.where for who in asked if who is not None and who.where is not None)


def _share(scope: Scope, unit: UnitRow, workflow: Workflow) -> Share | None:
    owner = seat(scope.owner, unit, workflow.organisation)
    if owner is None:
        return None
    reviewer = _reviewer(scope, unit, owner, workflow)
    above = None if reviewer is None else _steps(unit, reviewer)
    return Share(scope=scope.number, owner=_steps(unit, owner.unit), reviewer=above)


def _reviewer(scope: Scope, unit: UnitRow, owner: Seat, workflow: Workflow) -> UnitView | None:
    """Where somebody judges. Without a review, or where it finds no unit, that is at the owner's superior.

    Nobody judges her own work: it passes to the superior; at the top there is nobody (None), and what is handed in is accepted.
    """
    found = None if scope.review is None else seat(scope.review.by, unit, workflow.organisation, owner=owner)
    if found is None or (found.unit is owner.unit and scope.reviewer_role == scope.owner_role):
        return owner.unit.superior
    return found.unit


def _steps(unit: UnitView, target: UnitView) -> int:
    """How far above a unit another one of its chain stands."""
    steps = 0
    while unit is not target:
        assert unit.superior is not None
        steps, unit = steps + 1, unit.superior
    return steps


def _marks(shares: Iterable[Share]) -> Iterator[tuple[int, int, int]]:
    owed: dict[int, int] = {}
    reviewed: dict[int, int] = {}
    for share in shares:
        owed[share.owner] = owed.get(share.owner, 0) | 1 << share.scope
        if share.reviewer is not None:
            reviewed[share.reviewer] = reviewed.get(share.reviewer, 0) | 1 << share.scope
    return ((steps, owed.get(steps, 0), reviewed.get(steps, 0)) for steps in sorted(owed.keys() | reviewed.keys()))
