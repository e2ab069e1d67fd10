"""Who is told: which notices go into whose letter today, and which of them need not be told to her."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.definition.who import Seat as Place
from engine.definition.who import acting_posts
from engine.operations.asking import Lookup
from engine.operations.directory import Answering
from engine.operations.office import office_of
from engine.operations.reviewing import authors
from engine.store import journal, notices
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.obligations import ball
from engine.store.people import Holder

Seat = tuple[int | None, str]
# Stands for the campaign office, which is no person of the roster.
OFFICE = -1
_OFFICE_SEAT: Seat = (None, "")
# Why nobody can be told of a duty: the office is told instead.
UNREACHED = frozenset({"no-address", "vacant"})


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is told. `reason`: why nobody can be told ('' where somebody can). `stands_in_for`: the vacant post she is told for."""

    unit_name: str
    post: str
    person_id: int | None = None
    name: str = ""
    address: str = ""
    stands_in_for: tuple[str, str] | None = None
    reason: str = ""

    @property
    def is_office(self) -> bool:
        """Whether it is the campaign office, which has an address or none."""
        return self.person_id == OFFICE or self.reason == "no-office"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What one person is told on one day, if it is still so.

    seats: those whose notices are hers.  given: notices of other seats.  taken: notices of her seats that somebody else is told.
    naming: of those given, the ones for which she has to name a reviewer.
    """

    recipient: Recipient
    seats: tuple[Seat, ...]
    given: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    naming: frozenset[int] = frozenset()


@dataclass(kw_only=True)
class _Pile:
    recipient: Recipient
    seats: list[Seat] = field(default_factory=list)
    given: set[int] = field(default_factory=set)
    naming: set[int] = field(default_factory=set)


def parcels(lookup: Lookup) -> tuple[Parcel, ...]:
    """All for whom notices wait, each person once; the office last, which hears who of the others could not be told."""
    gathering = _Gathering(lookup)
    gathering.seats()
    gathering.own_reviews()
    gathering.office()
    return gathering.done()


class _Gathering:
    """Puts notices onto the piles of persons."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.piles: dict[object, _Pile] = {}
        self.taken: set[int] = set()

    def seats(self) -> None:
        """Each seat's notices go to whoever answers for it."""
        waiting = notices.seats_waiting(self.lookup.connection, self.lookup.running.id)
        self.lookup.directory.prefetch(unit for unit, _ in waiting if unit is not None)
        for seat in waiting:
            found = find_recipient(self.lookup, seat)
            self._pile(found, seat).seats.append(seat)
            if found.reason == "vacant":
                self._past_the_top(seat)

    def _pile(self, recipient: Recipient, seat: Seat | None) -> _Pile:
        key = seat if recipient.person_id is None else recipient.person_id
        return self.piles.setdefault(key, _Pile(recipient=recipient))

    def _past_the_top(self, seat: Seat) -> None:
        """What somebody further down owes, and nobody above is there to be told of: the office is."""
        office = office_recipient(self.lookup.connection)
        for notice in notices.waiting_for(self.lookup.connection, self.lookup.running.id, [seat]):
            if not office.reason and seat != ball(notice.obligation):
                self._move(notice, office)

    def _move(self, notice: Decided, recipient: Recipient) -> _Pile:
        pile = self._pile(recipient, None)
        pile.given.add(notice.id)
        self.taken.add(notice.id)
        return pile

    def own_reviews(self) -> None:
        """Nobody is asked to review what she answers for herself."""
        for notice in notices.waiting_in_review(self.lookup.connection, self.lookup.running.id):
            seat = (notice.unit_id, notice.role)
            mine = authors(self.lookup.connection, self.lookup.directory, notice.obligation)
            if find_recipient(self.lookup, seat).person_id in mine:
                recipient, naming = _another(self.lookup, *ball(notice.obligation), mine)
                pile = self._move(notice, recipient)
                pile.naming |= {notice.id} if naming else set()

    def office(self) -> None:
        """The office is told of whoever cannot be."""
        if any(pile.recipient.reason in UNREACHED for pile in self.piles.values()):
            pile = self._pile(office_recipient(self.lookup.connection), _OFFICE_SEAT)
            pile.seats += [_OFFICE_SEAT] if _OFFICE_SEAT not in pile.seats else []

    def done(self) -> tuple[Parcel, ...]:
        """The piles."""
        taken = frozenset(self.taken)
        return tuple(
            Parcel(
                recipient=pile.recipient,
                seats=tuple(pile.seats),
                given=frozenset(pile.given),
                taken=taken,
                naming=frozenset(pile.naming),
            )
            for pile in sorted(self.piles.values(), key=lambda pile: pile.recipient.is_office)
        )


def find_recipient(lookup: Lookup, seat: Seat) -> Recipient:
    """Who is told for a seat today; a null unit is the campaign office. `reason` says why nobody can be."""
    unit_id, role = seat
    if unit_id is None:
        return office_recipient(lookup.connection)
    answer = lookup.directory.answering(unit_id, role)
    if not answer.holders:
        return Recipient(reason="vacant", unit_name=answer.unit.name, post=role)
    return _of(lookup, answer, answer.holders)


def _of(lookup: Lookup, answer: Answering, holders: tuple[Holder, ...]) -> Recipient:
    """The first of these who can be reached."""
    reachable = [holder for holder in holders if holder.email]
    chosen = (reachable or holders)[0]
    return Recipient(
        person_id=chosen.person_id,
        name=chosen.name,
        address=chosen.email,
        unit_name=lookup.directory.unit(chosen.unit_id).name,
        post=_title(lookup, chosen.post),
        stands_in_for=(answer.unit.name, _post(lookup, answer)) if answer.vacant else None,
        reason="" if reachable else "no-address",
    )


def _post(lookup: Lookup, answer: Answering) -> str:
    """What the post of a seat is called."""
    names = acting_posts(Place(answer.unit, answer.role), lookup.running.organisation)
    return _title(lookup, answer.role or (names[0] if names else ""))


def _title(lookup: Lookup, name: str) -> str:
    organisation = lookup.running.organisation
    titles = {post.name: post.title for post in organisation.posts} | {body.name: body.title for body in organisation.bodies}
    return titles.get(name) or name


def office_recipient(connection: Connection) -> Recipient:
    """The campaign office; it cannot be told anything where it has no address."""
    name, address = office_of(connection)
    if not address:
        return Recipient(reason="no-office", unit_name="", post="", name=name)
    return Recipient(person_id=OFFICE, name=name, address=address, unit_name="", post="")


def _another(lookup: Lookup, unit_id: int, role: str, mine: frozenset[int]) -> tuple[Recipient, bool]:
    """Who else is told of a review, and whether she cannot judge but has to name somebody: another holder, those above, the office."""
    answer = lookup.directory.answering(unit_id, role)
    others = tuple(holder for holder in answer.holders if holder.person_id not in mine)
    if others:
        return _of(lookup, answer, others), False
    return next(_above(lookup, answer, mine), office_recipient(lookup.connection)), True


def _above(lookup: Lookup, answer: Answering, mine: frozenset[int]) -> Iterator[Recipient]:
    above = answer.unit.superior
    while above is not None:
        there = lookup.directory.answering(above.id, "")
        fresh = tuple(holder for holder in there.holders if holder.person_id not in mine and holder.email)
        if fresh:
            yield _of(lookup, there, fresh)
        above = above.superior


def needless(lookup: Lookup, person_id: int | None, notice: Decided) -> str:
    """Why this person need not be told: she owes it herself, or it is her own work; '' where she must be."""
    row = notice.obligation
    if notice.kind == NoticeKind.ACCEPTED:
        line = journal.last_of(lookup.connection, row.key, "handed_in")
        return "own-work" if line is not None and person_id == (line.behalf_id or line.actor_id) else ""
    return "own-duty" if _is_hers(lookup, person_id, notice) and not lookup.directory.answering(*ball(row)).vacant else ""


def told_as(lookup: Lookup, person_id: int | None, notice: Decided) -> Seat:
    """As whom somebody is told: where the post is vacant and she has to act herself, what goes to her as the superior is her own duty."""
    return ball(notice.obligation) if _is_hers(lookup, person_id, notice) else (notice.unit_id, notice.role)


def _is_hers(lookup: Lookup, person_id: int | None, notice: Decided) -> bool:
    """Whether an escalation comes to the very person who has to act."""
    at = ball(notice.obligation)
    escalated = notice.kind == NoticeKind.RUNG and (notice.unit_id, notice.role) != at
    return escalated and person_id is not None and lookup.directory.answering(*at).has(person_id)
