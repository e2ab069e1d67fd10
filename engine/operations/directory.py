"""The directory of one campaign on one day: units and who answers for them, each looked up once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from engine.definition.model import Organisation
from engine.definition.who import Seat, acting_posts, seat
from engine.operations.channels import Ways
from engine.sentences import Sentence
from engine.store.database import Connection
from engine.store.directory import holders_by_unit, units_by_id
from engine.store.people import Holder
from engine.store.roster import UnitRow


# Made several times a step: a frozen dataclass would take ten times as long.
class Answering(NamedTuple):
    """Who answers for a seat on a day. `vacant`: nobody holds the post itself, `holders` are its deputies or those of a unit above."""

    unit: UnitRow
    role: str
    holders: tuple[Holder, ...]
    vacant: bool

    def has(self, person: int) -> bool:
        """Whether that person may act for the seat."""
        return any(holder.person_id == person for holder in self.holders)

    @property
    def words(self) -> Sentence:
        """`机电学院党总支 书记（李明）`: the seat, with whoever answers for it today."""
        place = f"{self.unit.name} {self.role}".strip()
        who = "、".join(holder.name if self.role else f"{holder.post} {holder.name}" for holder in self.holders[:3])
        if not who:
            return Sentence("{seat}（空缺）", "{seat} (vacant)", {"seat": place})
        if self.vacant:
            return Sentence("{seat}（空缺，由 {who} 代）", "{seat} (vacant; {who} stands in)", {"seat": place, "who": who})
        return Sentence("{seat}（{who}）", "{seat} ({who})", {"seat": place, "who": who})


class Directory:
    """Remembers for one transaction; `prefetch` reads many at once, whatever else is asked is read when it is asked.

    channels: those of the house; None: those it had when letters were sent last.
    """

    def __init__(self, connection: Connection, organisation: Organisation, day: date, channels: Sequence[str] | None = None) -> None:
        self._connection = connection
        self.ways = Ways(connection, channels)
        self.organisation = organisation
        self.day = day
        self._units: dict[int, UnitRow] = {}
        self._holders: dict[int, tuple[Holder, ...]] = {}
        self._answers: dict[tuple[int, str], Answering] = {}
        self._posts: dict[str, tuple[str, ...]] = {}

    def know(self, unit: UnitRow) -> None:
        """A unit that somebody has read already, with those above it."""
        at: UnitRow | None = unit
        while at is not None:
            self._units.setdefault(at.id, at)
            at = at.superior

    def prefetch(self, ids: Iterable[int]) -> None:
        """Read these units, those above them, and their holders."""
        wanted = [number for number in dict.fromkeys(ids) if number not in self._holders]
        if any(number not in self._units for number in wanted):
            self._units = units_by_id(self._connection, wanted, self._units)
        self._holders |= holders_by_unit(self._connection, wanted, self.day)

    def unit(self, number: int) -> UnitRow:
        """The unit of that id. KeyError where there is none."""
        if number not in self._units:
            self._units = units_by_id(self._connection, [number], self._units)
        return self._units[number]

    def holders(self, number: int) -> tuple[Holder, ...]:
        """Everybody holding a post at that unit today."""
        if number not in self._holders:
            self._holders |= holders_by_unit(self._connection, [number], self.day)
        return self._holders[number]

    def stands_at_or_above(self, person: int, unit: UnitRow) -> bool:
        """Whether she holds any post at that unit, or at one above it."""
        at: UnitRow | None = unit
        while at is not None:
            if any(holder.person_id == person for holder in self.holders(at.id)):
                return True
            at = at.superior
        return False

    def answering(self, number: int, role: str) -> Answering:
        """Whoever may act for (unit, role): its holders, its deputy, else - the post being vacant - those of the nearest unit above."""
        known = self._answers.get((number, role))
        if known is None:
            known = self._answers[number, role] = self._answering(number, role)
        return known

    def _answering(self, number: int, role: str) -> Answering:
        unit = self.unit(number)
        direct = self._at(unit, role)
        if direct:
            return Answering(unit=unit, role=role, holders=direct, vacant=self._deputised(unit, role, direct))
        above = unit.superior
        while above is not None:
            found = self._at(above, "")
            if found:
                return Answering(unit=unit, role=role, holders=found, vacant=True)
            above = above.superior
        return Answering(unit=unit, role=role, holders=(), vacant=True)

    def _deputised(self, unit: UnitRow, role: str, holders: tuple[Holder, ...]) -> bool:
        """Whether only deputies answer."""
        deputies = self.organisation.deputies
        if not deputies:
            return False
        posts = set(self._acting(unit, role))
        return bool(posts - deputies) and all(holder.post in deputies and holder.post in posts for holder in holders)

    def _acting(self, unit: UnitRow, role: str) -> tuple[str, ...]:
        """The posts that act for the seat: the same at every unit."""
        if role not in self._posts:
            self._posts[role] = acting_posts(Seat(unit, role), self.organisation)
        return self._posts[role]

    def _at(self, unit: UnitRow, role: str) -> tuple[Holder, ...]:
        found = self.holders(unit.id)
        posts = self._acting(unit, role)
        return tuple(holder for post in posts for holder in found if holder.post == post) or self._held_by(unit, role)

    def _held_by(self, unit: UnitRow, role: str) -> tuple[Holder, ...]:
        """A post that whoever holds another one holds too (组长: held by 学校.书记)."""
        post = next((post for post in self.organisation.posts if post.name == role and post.held_by is not None), None)
        other = None if post is None or post.held_by is None else seat(post.held_by, unit, self.organisation)
        if other is None or other.role in ("", role) or not isinstance(other.unit, UnitRow):
            return ()
        return tuple(holder for holder in self.holders(other.unit.id) if holder.post == other.role)
