"""To whom a notice is addressed by the definition and the tree: a seat, which whoever holds it on the day of a letter answers for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.definition.model import HOUSE_LADDER, Rung, Who
from engine.definition.who import Seat, seat
from engine.operations.campaigns import Running
from engine.store.database import Connection
from engine.store.directory import units_by_id
from engine.store.roster import UnitRow

_SUPERIOR = ("superior", "上级")
_Place = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A seat that is told; a null unit is the campaign office. by_tree: whether that hangs on where units stood at the time."""

    unit_id: int | None
    role: str
    by_tree: bool = False


class Addressing:
    """The seats of one campaign, among some units and all above them."""

    def __init__(self, connection: Connection, running: Running, ids: Iterable[int]) -> None:
        self.running = running
        self.units: Mapping[int, UnitRow] = units_by_id(connection, dict.fromkeys((running.root_id, *ids)), {})

    def rung(self, ladder: Sequence[Rung], rung: int, subject: int, owner: _Place, ball: _Place) -> Told | None:
        """Whom a line of a ladder tells: whoever holds the ball, unless it names somebody; None where nobody is there."""
        to = ladder[rung].to
        if to is None:
            return Told(unit_id=ball[0], role=ball[1])
        post = self._above(to)
        if post is None:
            return self._found(to, subject, owner)
        holder = self.units[ball[0]]
        superior = None if holder.id == self.running.root_id or holder.superior is None else holder.superior.id
        # The top of the tree is told only where the file says so: the office is.
        if tuple(ladder) == HOUSE_LADDER and superior == self.running.root_id:
            superior = None
        return Told(unit_id=superior, role=post, by_tree=True)

    def _above(self, to: Who) -> str | None:
        """The post that is told at the unit next above whoever holds the ball ('' for the unit itself); None for all other words."""
        word, _, post = to.terms[0].partition(".")
        known = not post or any(post == one.name for one in self.running.organisation.posts)
        return post if word in _SUPERIOR and known and to.where is None and len(to.terms) == 1 else None

    def _found(self, who: Who, subject: int, owner: _Place) -> Told | None:
        found = seat(who, self.units[subject], self.running.organisation, owner=Seat(self.units[owner[0]], owner[1]))
        return Told(unit_id=found.unit.id, role=found.role, by_tree=True) if found is not None and isinstance(found.unit, UnitRow) else None

    def granting(self, who: Who, subject: int, owner: _Place) -> Told | None:
        """Whom a selection means that must be somebody else than the owner: that passes to its superior."""
        found = self._found(who, subject, owner)
        if found is None or found.unit_id != owner[0] or found.role not in ("", owner[1]):
            return found
        above = self.units[owner[0]].superior
        return None if above is None else Told(unit_id=above.id, role="", by_tree=True)
