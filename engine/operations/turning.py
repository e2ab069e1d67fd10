"""When what other units owe became done, or undone again, for duties that wait for it: read from the journal as it was written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.batched import batched
from engine.operations.chronicle import Chronicle, Known
from engine.operations.replaying import Turn
from engine.store import paths
from engine.store import reconciling as store
from engine.store.codes import Upstream
from engine.store.database import Connection
from engine.store.reconciling import Read

_TOGETHER = 100


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What one duty waits for: occurrences of its own case, those of others that are undone from the beginning, and how that turns.

    across: whether it reads those of other cases at all.
    """

    own: frozenset[int] = frozenset()
    undone: frozenset[int] = frozenset()
    across: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A case of the portion, and the selections it is in."""

    case_id: int
    unit_id: int
    path: str
    scopes: frozenset[int]


class Turning:
    """The waits of some cases. of: by (case, occurrence).  turns: by case."""

    def __init__(self, connection: Connection, chronicle: Chronicle, cases: Sequence[Standing]) -> None:
        self._connection = connection
        self._chronicle = chronicle
        self._own: dict[tuple[int, int], set[int]] = defaultdict(set)
        self._undone: dict[tuple[int, int], set[int]] = defaultdict(set)
        self._across: set[tuple[int, int]] = set()
        self.turns: dict[int, list[Turn]] = defaultdict(list)
        for here in chronicle.occurrences.values():
            mine = [case for case in cases if here.scope_number in case.scopes] if here.waits_for else []
            for there, readings in here.waits_for.items() if mine else ():
                if there in chronicle.occurrences:
                    self._read(here, chronicle.occurrences[there], readings, mine)

    def of(self, case_id: int, occurrence_id: int) -> Waits:
        """What that duty waits for."""
        key = (case_id, occurrence_id)
        own = frozenset(self._own.get(key, ()))
        return Waits(own=own, undone=frozenset(self._undone.get(key, ())) | own, across=key in self._across)

    def _read(self, here: Known, there: Known, readings: frozenset[Upstream], cases: Sequence[Standing]) -> None:
        """Each reads those directly below, where the file says so; else what is about itself; else what it owes; else all below."""
        if Upstream.DIRECTLY_BELOW in readings:
            self._follow(here, there, Upstream.DIRECTLY_BELOW, {case.path: case for case in cases})
            return
        others = [case for case in cases if there.scope_number not in case.scopes]
        for case in cases:
            if there.scope_number in case.scopes:
                self._own[case.case_id, here.id].add(there.id)
        if not others:
            return
        campaign, units = self._chronicle.running.id, [case.unit_id for case in others]
        owing = store.owning(self._connection, campaign, there.scope_number, units) if Upstream.OWED in readings else frozenset()
        self._follow(here, there, Upstream.OWED, {case.unit_id: case for case in others if case.unit_id in owing})
        if Upstream.ALL_BELOW in readings:
            self._follow(here, there, Upstream.ALL_BELOW, {case.path: case for case in others if case.unit_id not in owing})

    def _follow(self, here: Known, there: Known, way: Upstream, at: Mapping[Any, Standing]) -> None:
        self._across |= {(case.case_id, here.id) for case in at.values()}
        starts = _tops(at) if way is Upstream.ALL_BELOW else list(at)
        for some in batched(starts, _TOGETHER):
            read = Read(
                campaign_id=self._chronicle.running.id, occurrence_id=there.id, scope=there.scope_number, way=way, places=tuple(some)
            )
            self._stream(here, read, at)

    def _stream(self, here: Known, read: Read, at: Mapping[Any, Standing]) -> None:
        """How many are undone for each that waits, and every line at which that becomes none, or some again."""
        undone: Counter[Any] = Counter()
        for place, count in store.read_counts(self._connection, read).items():
            undone.update(dict.fromkeys(_waiting(place, read.way, at), count))
        for place, count in undone.items():
            if count:
                self._undone[at[place].case_id, here.id].add(read.occurrence_id)
        done = bytearray(store.highest_case(self._connection) + 1)
        for line in store.turning_lines(self._connection, read):
            now_done = _is_done(line)
            if now_done == bool(done[line.case_id]):
                continue
            done[line.case_id] = now_done
            for place in _waiting(line.at, read.way, at):
                undone[place] += -1 if now_done else 1
                if undone[place] == (0 if now_done else 1):
                    self._turn(here, read, at[place], line, waits=not now_done)

    def _turn(self, here: Known, read: Read, case: Standing, line: Any, *, waits: bool) -> None:
        turn = Turn(id=line.id, at=line.recorded_at, occurrence_id=here.id, upstream_id=read.occurrence_id, waits=waits)
        self.turns[case.case_id].append(turn)


def _waiting(place: Any, way: Upstream, at: Mapping[Any, Standing]) -> Iterator[Any]:
    """Those of the places of whoever waits that something counted there is read from."""
    places = (place, *paths.ancestors(place)) if way is Upstream.ALL_BELOW else (place,)
    return (one for one in places if one in at)


def _tops(wanted: Iterable[str]) -> list[str]:
    """Those of these paths that do not lie below another of them."""
    known = set(wanted)
    return [path for path in known if known.isdisjoint(paths.ancestors(path))]


def _is_done(line: Any) -> bool:
    return line.kind in ("accepted", "waived") or (line.kind == "handed_in" and line.data["state"] == "accepted")
