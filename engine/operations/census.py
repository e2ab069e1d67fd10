"""Who owes what in a campaign: the units of a tree go by once. Of each some bytes are kept, however much it owes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from engine.definition.model import Review, Task, Workflow
from engine.definition.who import role_of
from engine.errors import CampaignError
from engine.operations.kinds import Kind, Kinds, Scope, Share
from engine.operations.launch_notes import OddValues
from engine.org.model import covers
from engine.sentences import enumerated
from engine.store.codes import Upstream
from engine.store.launching import NewScope
from engine.store.roster import UnitRow

# How many of those that find nobody who owes are named.
_NAMED = 20


class UnknownLevel(CampaignError):
    """单位 {unit} 的级别“{level}”不在工作流的级别之列（{levels}）。请改花名册，或在工作流的组织、级别（organisation.levels）中补上。

    Unit {unit} has the level “{level}”, which the workflow does not name ({levels}). Mend the roster, or organisation.levels.
    """


@dataclass(frozen=True, kw_only=True)
class Nobody:
    """A unit that should owe something but whose owner is nowhere (the superior of the root)."""

    task: str
    unit: str
    who: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The part one unit has: in which selections it owes, and in which it reviews, a bit for each."""

    unit_id: int
    owes: int
    reviews: int


@dataclass(kw_only=True, slots=True)
class _Standing:
    """A unit of the chain that ends with the one that goes by. position: its place among all that do; -1 above the root."""

    unit: UnitRow
    kind: Kind
    position: int
    owes: int = 0
    reviews: int = 0


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """What is kept of every unit, in the order of the tree. kinds: 0 where it owes nothing, else one more than the kind's number."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    depths: array[int] = field(default_factory=lambda: array("B"))
    kinds: array[int] = field(default_factory=lambda: array("I"))
    parts: array[int] = field(default_factory=lambda: array("I"))


class Census:
    """The selections of a workflow, filled while the units go by. day: which units there are is asked of that day."""

    def __init__(self, workflow: Workflow, day: date) -> None:
        self.workflow = workflow
        self.day = day
        self.scopes: list[Scope] = []
        self.by_task = {task.name: self._scope_of(task) for task in workflow.tasks}
        self.nobody: list[Nobody] = []
        self.odd = OddValues(organisation=workflow.organisation)
        self._kinds = Kinds(workflow, self.scopes)
        self._chain: list[_Standing] = []
        self._kept = _Kept()
        self._of_kind: Counter[int] = Counter()
        self._higher: list[Part] = []
        self._parts: dict[tuple[int, int], int] = {(0, 0): 0}
        self._selected_and_owing: set[tuple[int, int]] = set()

    def _scope_of(self, task: Task) -> Scope:
        review = None if task.review is None else Review(by=task.review.by)
        for scope in self.scopes:
            if (scope.subjects, scope.owner, scope.review) == (task.subjects, task.owner, review):
                return scope
        owner_role = role_of(task.owner, self.workflow.organisation)
        scope = Scope(
            number=len(self.scopes),
            subjects=task.subjects,
            owner=task.owner,
            review=review,
            owner_role=owner_role,
            reviewer_role="" if review is None else role_of(review.by, self.workflow.organisation, owner_role),
        )
        self.scopes.append(scope)
        return scope

    @property
    def cases(self) -> int:
        """How many units owe something."""
        return self._of_kind.total()

    def take(self, units: Iterable[UnitRow]) -> None:
        """Let the units go by: superiors first, each the very object that those below it name as theirs. Raises UnknownLevel."""
        levels = self.workflow.organisation.levels
        for unit in units:
            if unit.level not in levels:
                raise UnknownLevel(unit=unit.code, level=unit.level, levels=enumerated(levels))
            self._stand_below(unit.superior)
            self._enter(unit)
        self._stand_below(None)
        self._sum_up()

    def _stand_below(self, superior: UnitRow | None) -> None:
        """Leave behind whatever is not above the next unit."""
        while self._chain and self._chain[-1].unit is not superior:
            self._leave(self._chain.pop())
        if superior is not None and not self._chain:
            self._stand_below(superior.superior)
            self._chain.append(_Standing(unit=superior, kind=self._kind(superior), position=-1))

    def _kind(self, unit: UnitRow) -> Kind:
        return self._kinds.of(unit, self._chain[-1].kind if self._chain else None)

    def _enter(self, unit: UnitRow) -> None:
        kept, kind = self._kept, self._kind(unit)
        there = covers(unit.since, unit.until, self.day)
        self._chain.append(_Standing(unit=unit, kind=kind, position=len(kept.ids)))
        kept.ids.append(unit.id)
        kept.depths.append(len(self._chain) - 1)
        kept.kinds.append(kind.number + 1 if there and kind.shares else 0)
        kept.parts.append(0)
        if there:
            self._look_at(unit, kind)

    def _look_at(self, unit: UnitRow, kind: Kind) -> None:
        self.odd.look_at(unit)
        if kind.lost and len(self.nobody) < _NAMED:
            self._note_nobody(unit, kind)
        if not kind.shares:
            return
        self._of_kind[kind.number] += 1
        for steps, owes, reviews in kind.marks:
            above = self._chain[-1 - steps]
            above.owes |= owes
            above.reviews |= reviews

    def _note_nobody(self, unit: UnitRow, kind: Kind) -> None:
        for scope in kind.lost:
            tasks = [name for name, own in self.by_task.items() if own is scope]
            self.nobody += [Nobody(task=name, unit=unit.code, who=" ".join(scope.owner.terms)) for name in tasks]
        del self.nobody[_NAMED:]

    def _leave(self, standing: _Standing) -> None:
        """All that stand below it have gone by: its own part is known."""
        owes, reviews, at = standing.owes, standing.reviews, standing.position
        if at < 0:
            self._higher.insert(0, Part(unit_id=standing.unit.id, owes=owes, reviews=reviews))
            return
        self._kept.parts[at] = self._parts.setdefault((owes, reviews), len(self._parts))
        self._selected_and_owing.add((standing.kind.selected if self._kept.kinds[at] else 0, owes))

    def _sum_up(self) -> None:
        """How many units each selection has."""
        for number, units in self._of_kind.items():
            for share in self._kinds.all[number].shares:
                self.scopes[share.scope].units += units

    def parts_of(self, ids: Iterable[int]) -> Iterator[Part]:
        """The parts of these units; they come in the order of the tree, those above the root first."""
        higher = {part.unit_id: part for part in self._higher}
        known = list(self._parts)
        at = 0
        for unit_id in ids:
            if unit_id in higher:
                yield higher[unit_id]
                continue
            at = self._kept.ids.index(unit_id, at)
            owes, reviews = known[self._kept.parts[at]]
            yield Part(unit_id=unit_id, owes=owes, reviews=reviews)

    def rows(self) -> Iterator[list[NewScope]]:
        """For every unit that owes something, in the order of the tree, what it owes in each selection."""
        chain = [part.unit_id for part in self._higher]
        for unit_id, depth, kind in zip(self._kept.ids, self._kept.depths, self._kept.kinds, strict=True):
            chain[depth:] = (unit_id,)
            if kind:
                yield [_row(share, chain) for share in self._kinds.all[kind - 1].shares]

    def readings(self, mine: Scope, theirs: Scope) -> list[Upstream]:
        """Every way in which some unit of one selection reads what those of another owe (LANGUAGE section 15)."""
        held = [(_in(theirs, selected), _in(theirs, owing)) for selected, owing in self._selected_and_owing if _in(mine, selected)]
        ways = {
            Upstream.SAME: any(same for same, _ in held),
            Upstream.OWED: any(owing and not same for same, owing in held),
            Upstream.ALL_BELOW: any(not owing and not same for same, owing in held),
        }
        return [way for way, holds in ways.items() if holds]


def _in(scope: Scope, scopes: int) -> bool:
    return bool(scopes >> scope.number & 1)


def _row(share: Share, chain: list[int]) -> NewScope:
    """chain: the ids of the unit and of those above it, the unit last."""
    reviewer = None if share.reviewer is None else chain[-1 - share.reviewer]
    return NewScope(number=share.scope, unit_id=chain[-1], owner_id=chain[-1 - share.owner], reviewer_id=reviewer)
