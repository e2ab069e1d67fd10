"""Who is told: which notices go into whose letter today, and which of them need not be told to her."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from engine.batched import batched
from engine.definition.who import Seat as Place
from engine.definition.who import acting_posts
from engine.machine.states import ObligationState
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running
from engine.operations.channels import Way
from engine.operations.directory import Answering
from engine.operations.office import office_of
from engine.operations.reviewing import authors
from engine.store import journal, notices
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.obligations import ball
from engine.store.paths import DEEPEST, depth
from engine.store.people import Holder

Seat = tuple[int | None, str]
# Stands for the campaign office, which is no person of the roster.
OFFICE = -1
_OFFICE_SEAT: Seat = (None, "")
# Among the numbers of persons and units: nobody, and from there downwards; and no unit.
_NOBODY, _NO_UNIT = -2, -1
# So many are looked up together.
_TOGETHER = 1000
# Why nobody can be told of a duty: the office is told instead.
UNREACHED = frozenset({"no-address", "bad-address", "vacant"})


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is told. `reason`: why nobody can be told ('' where somebody can). `stands_in_for`: the vacant post she is told for.

    digest: she wants what she does not owe herself once a week.
    ways: by which channels she can be told, in her order; none where nobody can be.  besides: further ones, for what has to go by one.
    """

    unit_name: str
    post: str
    person_id: int | None = None
    name: str = ""
    address: str = ""
    stands_in_for: tuple[str, str] | None = None
    reason: str = ""
    digest: bool = False
    ways: tuple[Way, ...] = ()
    besides: tuple[Way, ...] = ()

    def way(self, channel: str = "") -> Way | None:
        """How she is told what has to go by that channel ('': by any): by it if it reaches her, else by the first of hers."""
        asked = (way for way in (*self.ways, *self.besides) if channel and way.channel == channel)
        return next(asked, self.ways[0] if self.ways else None)

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


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What waits for one person. recipient: who she is where none of the seats is hers, so that they do not say it."""

    seats: tuple[Seat, ...]
    recipient: Recipient | None = None
    given: frozenset[int] = frozenset()
    naming: frozenset[int] = frozenset()
    is_office: bool = False


@dataclass(kw_only=True)
class _Given:
    """Notices of other seats that somebody is told, and for which of them she has to name a reviewer."""

    recipient: Recipient
    notices: set[int] = field(default_factory=set)
    naming: set[int] = field(default_factory=set)


class Recipients:
    """For whom notices of a campaign wait, each person once. Of hundreds of thousands four numbers a seat are kept, and no more.

    Whoever stands deepest in the tree comes first: a unit hears of its duty before its superior hears that it is late.
    """

    def __init__(self) -> None:
        self._who = array("q")
        self._units = array("q")
        self._roles = array("q")
        self._depths = array("q")
        self._names: list[str] = []
        self._given: dict[int, _Given] = {}
        self._taken: set[int] = set()
        self._unreached = False

    def add(self, seat: Seat, recipient: Recipient, depth: int = 0) -> None:
        """A seat so many levels below the top, and who is told for it. Where that is nobody, the seat is told of by itself."""
        unit_id, role = seat
        self._who.append(_NOBODY - len(self._who) if recipient.person_id is None else recipient.person_id)
        self._units.append(_NO_UNIT if unit_id is None else unit_id)
        if role not in self._names:
            self._names.append(role)
        self._roles.append(self._names.index(role))
        self._depths.append(depth)
        self._unreached |= recipient.reason in UNREACHED

    def give(self, notice: Decided, recipient: Recipient, *, naming: bool = False) -> None:
        """What waits for a seat is told to somebody else."""
        key = OFFICE if recipient.person_id is None else recipient.person_id
        given = self._given.setdefault(key, _Given(recipient=recipient))
        given.notices.add(notice.id)
        given.naming |= {notice.id} if naming else set()
        self._taken.add(notice.id)

    def bundles(self, office: Recipient) -> Iterator[Bundle]:
        """Everybody; the office last, which hears who of the others could not be told."""
        offices: list[Bundle] = []
        for bundle in self._all():
            if bundle.is_office:
                offices.append(bundle)
            else:
                yield bundle
        yield from self._to_office(offices, office)

    def _all(self) -> Iterator[Bundle]:
        given = dict(self._given)
        for places in self._by_person():
            yield self._bundle(tuple(map(self._seat, places)), given.pop(self._who[places[0]], None))
        for each in given.values():
            yield self._bundle((), each)

    def _by_person(self) -> Iterator[Sequence[int]]:
        """The places of each person's seats, the highest first; among the persons the one whose highest is deepest first."""
        in_order = sorted(range(len(self._who)), key=lambda place: self._who[place] * (DEEPEST + 1) + self._depths[place])
        begins = [at for at, place in enumerate(in_order) if not at or self._who[place] != self._who[in_order[at - 1]]]
        ends = dict(zip(begins, [*begins[1:], len(in_order)], strict=True))
        for begin in sorted(begins, key=lambda at: -self._depths[in_order[at]]):
            yield in_order[begin : ends[begin]]

    def _seat(self, place: int) -> Seat:
        unit_id = self._units[place]
        return None if unit_id == _NO_UNIT else unit_id, self._names[self._roles[place]]

    def _bundle(self, seats: tuple[Seat, ...], given: _Given | None) -> Bundle:
        recipient = None if given is None else given.recipient
        return Bundle(
            seats=seats,
            recipient=None if seats else recipient,
            given=frozenset() if given is None else frozenset(given.notices),
            naming=frozenset() if given is None else frozenset(given.naming),
            is_office=seats[0][0] is None if seats else recipient is not None and recipient.is_office,
        )

    def _to_office(self, bundles: list[Bundle], office: Recipient) -> Iterator[Bundle]:
        """The office is told of whoever cannot be, too."""
        if self._unreached and not any(_OFFICE_SEAT in bundle.seats for bundle in bundles):
            first = bundles.pop(0) if bundles and not office.reason else Bundle(seats=(), is_office=True)
            bundles.insert(0, replace(first, seats=(*first.seats, _OFFICE_SEAT), recipient=None))
        yield from bundles

    @cached_property
    def _elsewhere(self) -> frozenset[int]:
        return frozenset(self._taken)

    def only_parcel(self, lookup: Lookup, notice_id: int) -> Parcel:
        """Of those for whom a single notice waits, whoever is told of it."""
        taken = notice_id in self._taken
        return self.parcel(lookup, next(each for each in self._all() if (notice_id in each.given) == taken))

    def parcel(self, lookup: Lookup, bundle: Bundle) -> Parcel:
        """What a person is told, if it is still so."""
        recipient = bundle.recipient or find_recipient(lookup, bundle.seats[0])
        return Parcel(recipient=recipient, seats=bundle.seats, given=bundle.given, taken=self._elsewhere, naming=bundle.naming)


def gather(connection: Connection, running: Running, now: datetime, channels: Sequence[str] | None = None) -> Recipients:
    """For whom notices wait. Some at a time are looked up, and forgotten again. channels: as for a `Lookup`."""
    found = Recipients()
    for some in batched(notices.seats_waiting(connection, running.id), _TOGETHER):
        lookup = Lookup(connection, running, now, channels)
        lookup.directory.prefetch(unit for unit, _ in some if unit is not None)
        for seat in some:
            _gather_seat(lookup, found, seat)
    for reviews in batched(notices.waiting_in_review(connection, running.id), _TOGETHER):
        lookup = Lookup(connection, running, now, channels)
        for notice in reviews:
            _gather_review(lookup, found, notice)
    return found


def _gather_seat(lookup: Lookup, recipients: Recipients, seat: Seat) -> None:
    """A seat's notices go to whoever answers for it."""
    found = find_recipient(lookup, seat)
    recipients.add(seat, found, 0 if seat[0] is None else depth(lookup.directory.unit(seat[0]).path))
    if found.reason != "vacant":
        return
    for notice in notices.waiting_for(lookup.connection, lookup.running.id, [seat]):
        _give_to_office(lookup, recipients, notice)


def _give_to_office(lookup: Lookup, recipients: Recipients, notice: Decided) -> None:
    """What somebody further down owes, and nobody above is there to be told of: the office is."""
    office = office_recipient(lookup.connection)
    if not office.reason and (notice.unit_id, notice.role) != ball(notice.obligation):
        recipients.give(notice, office)


def _gather_review(lookup: Lookup, recipients: Recipients, notice: Decided) -> None:
    """Nobody is asked to review what she answers for herself."""
    mine = authors(lookup.connection, lookup.directory, notice.obligation)
    if find_recipient(lookup, (notice.unit_id, notice.role)).person_id in mine:
        recipient, naming = _another(lookup, *ball(notice.obligation), mine)
        recipients.give(notice, recipient, naming=naming)


def parcel_of(lookup: Lookup, notice: Decided) -> Parcel:
    """What would be told to whom if this notice alone waited; it need not be one that anybody has decided."""
    alone, seat, row = Recipients(), (notice.unit_id, notice.role), notice.obligation
    found = find_recipient(lookup, seat)
    alone.add(seat, found)
    if found.reason == "vacant":
        _give_to_office(lookup, alone, notice)
    if row.state is ObligationState.SUBMITTED and seat == ball(row):
        _gather_review(lookup, alone, notice)
    return alone.only_parcel(lookup, notice.id)


def recipient_of(lookup: Lookup, notice: Decided, told: int | None) -> Recipient:
    """Who is told of one notice: as a rule whoever answers for its seat, but a review is given to another than whom it judges.

    told: whose letter it stands in already; None where it stands in none.
    """
    found = parcel_of(lookup, notice).recipient
    if told is None or notice.unit_id is None or found.person_id == told:
        return found
    answer = lookup.directory.answering(notice.unit_id, notice.role)
    hers = tuple(holder for holder in answer.holders if holder.person_id == told)
    return _of(lookup, answer, hers) if hers else found


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
    ways = lookup.directory.ways
    reachable = [holder for holder in holders if ways.of(holder)]
    chosen = (reachable or holders)[0]
    return Recipient(
        person_id=chosen.person_id,
        name=chosen.name,
        address=chosen.email,
        unit_name=lookup.directory.unit(chosen.unit_id).name,
        post=_title(lookup, chosen.post),
        stands_in_for=(answer.unit.name, _post(lookup, answer)) if answer.vacant else None,
        reason="" if reachable else "bad-address" if any(holder.email for holder in holders) else "no-address",
        digest=chosen.digest,
        ways=ways.of(chosen),
        besides=ways.besides(chosen),
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
    way = Way(channel="", address=address)
    return Recipient(person_id=OFFICE, name=name, address=address, unit_name="", post="", ways=(way,))


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
        fresh = tuple(holder for holder in there.holders if holder.person_id not in mine and lookup.directory.ways.of(holder))
        if fresh:
            yield _of(lookup, there, fresh)
        above = above.superior


def needless(lookup: Lookup, person_id: int | None, notice: Decided) -> str:
    """Why this person need not be told: she owes it herself, or it is her own work; '' where she must be."""
    row = notice.obligation
    if notice.kind == NoticeKind.PASSED:
        line = journal.last_of(lookup.connection, row.key, "accepted")
        return "own-work" if line is not None and person_id == (line.behalf_id or line.actor_id) else ""
    if notice.kind == NoticeKind.ACCEPTED:
        line = journal.last_of(lookup.connection, row.key, "handed_in")
        return "own-work" if line is not None and person_id == (line.behalf_id or line.actor_id) else ""
    if notice.kind == NoticeKind.BLOCKED:
        return "own-duty" if person_id is not None and lookup.directory.answering(*ball(row)).has(person_id) else ""
    return "own-duty" if _is_hers(lookup, person_id, notice) and not lookup.directory.answering(*ball(row)).vacant else ""


def told_as(lookup: Lookup, person_id: int | None, notice: Decided) -> Seat:
    """As whom somebody is told: where the post is vacant and she has to act herself, what goes to her as the superior is her own duty."""
    return ball(notice.obligation) if _is_hers(lookup, person_id, notice) else (notice.unit_id, notice.role)


def _is_hers(lookup: Lookup, person_id: int | None, notice: Decided) -> bool:
    """Whether an escalation comes to the very person who has to act."""
    at = ball(notice.obligation)
    escalated = notice.kind == NoticeKind.RUNG and (notice.unit_id, notice.role) != at
    return escalated and person_id is not None and lookup.directory.answering(*at).has(person_id)
