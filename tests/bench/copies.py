"""Near-copies among reports of one task (part 4 of 5, *must show* 6): how many of the planted ones are found, what else is, and the time.

Every report is compared with all that stand before it, and kept, as handing in does it within its transaction; reading documents and
the rest of the hand-in are no part of it. The last twentieth says what a hand-in costs with all the others stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from sqlalchemy import select

from engine.operations import copying
from engine.operations.context import House
from engine.operations.handing_in import UNITS_AT_A_TIME
from engine.store import handed_in, obligations, paths
from engine.store import tables as t
from engine.store.handed_in import NewArtifact
from engine.store.obligations import ObligationRow
from tests.bench import campaign
from tests.bench.figures import Figure, Limit
from tests.bench.ground import Effort, Ground, seconds
from tests.bench.reports import Reports, reports

TASK = "四丙"
MOST = 10_000
# 300 of 10,000.
_ONE_IN = 33


def copies(ground: Ground, launched: str, units: int, effort: Effort) -> Iterator[Figure]:
    """One report a unit, up to 10,000."""
    number = min(units, MOST)
    written = reports(number, planted=max(1, number // _ONE_IN))
    with ground.house(launched) as house:
        spent = _hand_all_in(house, written.texts)
        found = _pairs(house)
    common: dict[str, Any] = {"where": ground.where, "size": number}
    # The first five have in common what later ones will share: ten pairs, which weigh the more the fewer copies there are.
    right = _at_least(0.95) if number == MOST else None
    notes = {"planted": written.copies, "pairs": len(found)}
    yield Figure(
        what="copies: found of those planted", ours=(_recall(written, found),), unit="x", limit=_at_least(0.99), notes=notes, **common
    )
    yield Figure(what="copies: right of those found", ours=(_precision(written, found),), unit="x", limit=right, **common)
    yield Figure(what="copies: all of them", ours=(sum(spent),), **common)
    yield Figure(what="copies: one more", ours=(median(spent[-max(1, number // 20) :]),), **common)


def _at_least(bound: float) -> Limit:
    return Limit(bound=bound, of="ours", least=True)


def _hand_all_in(house: House, texts: Sequence[str]) -> list[float]:
    """The seconds of each."""
    with house.database.read() as connection:
        rows = obligations.under(connection, 1, TASK, "", paths.EVERYWHERE)
    spent: list[float] = []
    for start in range(0, len(texts), UNITS_AT_A_TIME):
        some = slice(start, start + UNITS_AT_A_TIME)
        with house.database.write() as connection:
            for row, text in zip(rows[some], texts[some], strict=False):
                spent.append(_hand_in(connection, row, NewArtifact(item="", text=text)))
    return spent


def _hand_in(connection: Any, row: ObligationRow, artifact: NewArtifact) -> float:
    """The seconds for what is done because of near-copies."""
    compared: list[tuple[copying.Compared, ...]] = []
    comparing = seconds(lambda: compared.append(copying.compare_all(connection, row, [artifact])))
    handed_in.add_artifacts(connection, row, 1, [artifact], campaign.AFTERWARDS, 1)
    return comparing + seconds(lambda: copying.remember(connection, row, 1, compared[0]))


def _pairs(house: House) -> list[tuple[int, int]]:
    """Which reports were found to be close, each by its place in the order they came in."""
    with house.database.read() as connection:
        numbers = connection.execute(select(t.sketch.c.artifact_id).order_by(t.sketch.c.artifact_id)).scalars()
        places = {number: place for place, number in enumerate(numbers)}
        found = connection.execute(select(t.near_copy.c.artifact_id, t.near_copy.c.other_id))
        return [(places[one], places[other]) for one, other in found]


def _recall(written: Reports, found: Sequence[tuple[int, int]]) -> float:
    """The share of the copies that were found beside what they were copied from, whichever of the two came first."""
    known = {frozenset(pair) for pair in found}
    copied = [frozenset((number, origin)) for number, origin in enumerate(written.origins) if number != origin]
    return sum(pair in known for pair in copied) / len(copied)


def _precision(written: Reports, found: Sequence[tuple[int, int]]) -> float:
    """The share of what was found that goes back to one report."""
    return sum(written.origins[one] == written.origins[other] for one, other in found) / max(1, len(found))
