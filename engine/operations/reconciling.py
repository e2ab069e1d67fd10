"""The promise recomputed: what had to be decided by definition, roster and journal, compared with the notices, some cases at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.definition.who import Seat as Place
from engine.definition.who import acting_posts
from engine.operations.addressing import Addressing
from engine.operations.attempting import letters_of
from engine.operations.campaigns import NotInCampaign, Running, choose, unit_of
from engine.operations.chronicle import Chronicle
from engine.operations.comparing import CaseComparison, Comparing
from engine.operations.context import House
from engine.operations.differences import Difference, Reconciled, Span, Tally
from engine.operations.kinds import Kind, Kinds
from engine.operations.people import person_id
from engine.operations.replaying import CaseReplay, ReplayedDuty
from engine.operations.returns import REROUTED
from engine.operations.turning import Standing, Turning
from engine.progress import Progress, Watch, unwatched
from engine.sentences import Sentence
from engine.store import queries
from engine.store import reconciling as store
from engine.store.database import Connection
from engine.store.reconciling import Chosen
from engine.store.roster import UnitRow

_TOGETHER = 200
_CASES = Sentence("核对单位", "comparing units")
_MESSAGES = Sentence("核对信件", "comparing letters")
# (owner, reviewer) of a unit, by the number of the selection.
_Held = Mapping[int, tuple[int, int | None]]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is asked: in which campaign, about which cases and which person, in which span. case_id: of the one unit."""

    running: Running
    now: datetime
    span: Span
    chosen: Chosen
    case_id: int | None = None
    person_id: int | None = None
    seats: frozenset[tuple[int, str]] = frozenset()

    def hers(self, unit_id: int | None, role: str) -> bool:
        """Whether a seat is hers who is asked about; every seat is, where nobody is."""
        if self.person_id is None:
            return True
        posts = () if unit_id is None else self._posts(role)
        return any((unit_id, post) in self.seats for post in posts)

    def _posts(self, role: str) -> tuple[str, ...]:
        # The posts that act for a seat are the same at every unit.
        return acting_posts(Place(_NOWHERE, role), self.running.organisation)


_NOWHERE = UnitRow(id=0, code="", name="", level="", kind="", path="", since=None, until=None, attributes={}, superior=None)


def reconcile(
    house: House,
    campaign: str | None,
    now: datetime,
    *,
    unit: str | None = None,
    person: str | None = None,
    span: Span | None = None,
    watch: Watch = unwatched,
) -> Reconciled:
    """Compare notices and messages with what had to be, some at a time, each time in one consistent state; nothing is written.

    unit: what is about its duties alone.  person: what is addressed to posts that she holds or held.  Raises what is wrong with the names.
    """
    with house.database.read() as connection:
        asked = _asked(connection, choose(connection, campaign), now, unit, person, span or Span())
        chronicle = Chronicle(connection, asked.running)
        chronicle.follow(connection, now)
        total = store.case_count(connection, asked.running.id, asked.chosen)
        messages = store.message_count(connection, asked.running.id, asked.person_id)
        times = (asked.span.since, asked.span.until)
        rerouted = store.lines_counted(connection, asked.running.id, REROUTED, asked.case_id, times)
    reconciling = _Reconciling(house, asked, chronicle)
    reconciling.occurrences()
    upto = chronicle.horizon
    reconciling.cases(lambda done: watch(Progress(what=_CASES, done=done, total=total)))
    reconciling.messages(lambda done: watch(Progress(what=_MESSAGES, done=done, total=messages)))
    tally = reconciling.tally
    return Reconciled(
        campaign=asked.running.name,
        zone=str(asked.running.zone),
        upto=upto,
        units=tally.units,
        notices=tally.notices,
        messages=tally.messages,
        attempts=tally.attempts,
        differences=tuple(tally.kept),
        count=tally.count,
        unknown=tally.unknown,
        assumed=chronicle.imported,
        rerouted=rerouted,
    )


def _asked(connection: Connection, running: Running, now: datetime, unit: str | None, person: str | None, span: Span) -> _Asked:
    case_id = number = None
    seats: tuple[tuple[int, str, str], ...] = ()
    chosen = Chosen()
    if unit is not None:
        at = unit_of(connection, unit)
        case = queries.find_case(connection, running.id, at.id)
        if case is None:
            raise NotInCampaign(unit=at.name, code=at.code, campaign=running.name)
        case_id, chosen = case.case_id, Chosen(unit_id=at.id)
    elif person is not None:
        number, _ = person_id(connection, person, running.day(now))
        seats = store.seats_ever(connection, number)
        # Whoever is told of a duty stands at or above the unit it is about.
        chosen = Chosen(within=tuple(path for _, _, path in seats))
    mine = frozenset((unit_id, post) for unit_id, post, _ in seats)
    return _Asked(running=running, now=now, span=span, chosen=chosen, case_id=case_id, person_id=number, seats=mine)


class _Reconciling:
    """One reconciliation on its way through the cases and the messages."""

    def __init__(self, house: House, asked: _Asked, chronicle: Chronicle) -> None:
        self.house = house
        self.asked = asked
        self.chronicle = chronicle
        self.tally = Tally()
        self._kinds = Kinds(asked.running.workflow, chronicle.foretelling.scopes)

    def occurrences(self) -> None:
        """What only the definition has, or only the tables."""
        for task, period in self.chronicle.absent:
            self.tally.note(Difference(code="no-occurrence", task=task, period=period))
        for task, period in self.chronicle.unheard_of:
            self.tally.note(Difference(code="unknown-occurrence", task=task, period=period))

    def cases(self, on_portion: Callable[[int], None]) -> None:
        """Every case, in portions."""
        after = 0
        while True:
            with self.house.database.read() as connection:
                cases = store.next_cases(connection, self.asked.running.id, self.asked.chosen, after, _TOGETHER)
                if not cases:
                    return
                self.chronicle.follow(connection, self.asked.now)
                _Portion(connection, self, cases).compare()
            after = cases[-1].id
            self.tally.units += len(cases)
            on_portion(self.tally.units)

    def messages(self, on_portion: Callable[[int], None]) -> None:
        """Every message, in portions."""
        asked, after, done = self.asked, 0, 0
        while True:
            with self.house.database.read() as connection:
                some = store.next_messages(connection, asked.running.id, asked.person_id, after, _TOGETHER, asked.case_id)
                for letter in letters_of(connection, [one for one in some if asked.span.has(one.composed_at)]):
                    self.tally.messages += 1
                    self.tally.attempts += len(letter.attempts)
                    for found in letter.differences():
                        self.tally.note(found)
            if not some:
                return
            after, done = some[-1].id, done + len(some)
            on_portion(done)

    def held_by(self, unit: UnitRow) -> _Held:
        """What the definition says that a unit owes, and who reviews it, by the tree of today."""
        chain: list[UnitRow] = []
        kind: Kind | None = None
        above: UnitRow | None = unit
        while above is not None:
            chain.append(above)
            above = above.superior
        for one in reversed(chain):
            kind = self._kinds.of(one, kind)
        shares = () if kind is None else kind.shares
        return {share.scope: (chain[share.owner].id, None if share.reviewer is None else chain[share.reviewer].id) for share in shares}


class _Portion:
    """Some cases, as they are in one state of the database."""

    def __init__(self, connection: Connection, whole: _Reconciling, cases: Sequence[Any]) -> None:
        self.connection = connection
        self.whole = whole
        self.chronicle = whole.chronicle
        self.cases = cases
        self.after, self.upto = cases[0].id - 1, cases[-1].id
        campaign = whole.asked.running.id
        self.lines = _by_case(store.lines_of_cases(connection, self.after, self.upto))
        self.stored = _by_case(store.notices_of(connection, campaign, self.after, self.upto))
        self.written: dict[int, dict[int, tuple[int, int | None]]] = defaultdict(dict)
        for row in store.scopes_of(connection, campaign, [case.unit_id for case in cases]):
            self.written[row.unit_id][row.number] = (row.owner_id, row.reviewer_id)
        self.addressing = Addressing(connection, whole.asked.running, self._units())

    def _units(self) -> set[int]:
        """Every unit that is owner, reviewer, subject or told."""
        found = {case.unit_id for case in self.cases}
        found |= {number for held in self.written.values() for both in held.values() for number in both if number is not None}
        found |= {row.unit_id for rows in self.stored.values() for row in rows if row.unit_id is not None}
        reviewers = (line.data["reviewer"] for lines in self.lines.values() for line in lines if line.kind == "handed_in")
        return found | {number for number in reviewers if number is not None}

    def compare(self) -> None:
        """Replay each case, and note what differs."""
        held = {case.id: self._held(case) for case in self.cases}
        standing = [Standing(case_id=case.id, unit_id=case.unit_id, path=case.path, scopes=frozenset(held[case.id])) for case in self.cases]
        turning = Turning(self.connection, self.chronicle, standing)
        asked = self.whole.asked
        by = Comparing(chronicle=self.chronicle, addressing=self.addressing, span=asked.span, hers=asked.hers, tally=self.whole.tally)
        given = {line.data["deadline"] for lines in self.lines.values() for line in lines if line.kind in store.GIVING}
        original = (one.deadline_id for one in self.chronicle.occurrences.values())
        clock = self.chronicle.around({*original, *given}, self.chronicle.occurrences, self.after, self.upto)
        rounds = self.chronicle.rounds_of(self.cases)
        for case in self.cases:
            duties = self._duties(case, held[case.id], turning)
            replay = CaseReplay(
                self.chronicle, self.addressing, case, duties, self.lines.get(case.id, ()), clock, turning.turns.get(case.id, ()), rounds
            )
            across = frozenset(duty.known.id for duty in duties if duty.across)
            for found in CaseComparison(by, case, replay.run(), self.stored.get(case.id, ()), across).differences():
                self.whole.tally.note(found)

    def _held(self, case: Any) -> _Held:
        """Who owes and who reviews: by the definition, where no roster came in since the launch; else as the launch wrote it down."""
        written = self.written[case.unit_id]
        if self.chronicle.imported:
            return written
        held = self.whole.held_by(self.addressing.units[case.unit_id])
        for number in sorted(held.keys() | written.keys()):
            if held.get(number) != written.get(number):
                self._note_other_owner(case, number)
        return held

    def _note_other_owner(self, case: Any, number: int) -> None:
        for known in self.chronicle.by_scope.get(number, ()):
            self.whole.tally.note(
                Difference(code="other-owner", unit=case.code, name=case.name, task=known.told.task, period=known.told.period)
            )

    def _duties(self, case: Any, held: _Held, turning: Turning) -> list[ReplayedDuty]:
        found = []
        for number, (owner_id, reviewer_id) in held.items():
            for known in self.chronicle.by_scope.get(number, ()):
                waits = turning.of(case.id, known.id)
                found.append(
                    ReplayedDuty(
                        known=known,
                        owner_id=owner_id,
                        reviewer_id=reviewer_id,
                        deadline_id=known.deadline_id,
                        own=waits.own,
                        waits_for=set(waits.undone),
                        across=waits.across,
                    )
                )
        return found


def _by_case(rows: Sequence[Any]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found
