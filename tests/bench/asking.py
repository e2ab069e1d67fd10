"""Who is stuck, and why, among so many. What is promised is a time; plain is the one query, or the few, that read the same facts.

Plain: the counts are summed from the tally kept at each parent. The stuck are read by one statement that joins cases of the closed stage
with what they owe, their units and whoever holds the post; the first page is the first fifty of them. Words and persons are put together
only by ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from engine.operations import asking, tracing
from engine.operations.context import House
from engine.operations.missing import missing
from engine.operations.questions import Question
from engine.store import paths, queries
from tests.bench import campaign
from tests.bench.figures import Figure, Limit
from tests.bench.ground import Effort, Ground, seconds
from tests.bench.plain import Plain, plain

PAGE = 50
_ROOT = paths.label(1)
_WITHIN = f"path >= '{_ROOT}' AND path < '{paths.end(_ROOT)}'"
_COUNTS = f"SELECT stage, sum(n) FROM tally WHERE campaign_id = 1 AND {_WITHIN} GROUP BY stage"
_STUCK = (
    "SELECT u.code, u.name, u.level, c.entered_at, n.title, d.due_text, o.state, p.name FROM cases c JOIN unit u ON u.id = c.unit_id"
    " JOIN obligation o ON o.case_id = c.id JOIN occurrence n ON n.id = o.occurrence_id JOIN deadline d ON d.id = o.deadline_id"
    " LEFT JOIN tenure t ON t.unit_id = o.owner_id LEFT JOIN person p ON p.id = t.person_id"
    f" WHERE c.campaign_id = 1 AND c.stage = 0 AND c.{_WITHIN.replace('AND path', 'AND c.path')} AND n.stage <= c.stage"
    " AND n.modality <> 3 AND o.state < 10 ORDER BY c.path"
)


def first_page(house: House) -> Any:
    """Counts, what holds the most units, and the first fifty who are stuck with what each misses: what `campaign stuck` shows."""
    return asking.stuck(house, None, now=campaign.AFTERWARDS, most=PAGE)


def _counts(house: House) -> Any:
    with house.database.read() as connection:
        return queries.stage_counts(connection, 1, _ROOT)


def _all(house: House) -> int:
    """What every stuck unit misses: what `campaign stuck --brief` shows."""
    return sum(1 for _ in missing(house, None, Question(), now=campaign.AFTERWARDS))


def _in_full(house: House) -> int:
    """The same with its words, with whoever was told and whoever can help: what `campaign stuck --json` puts out."""
    return sum(1 for _ in asking.each(house, None, Question(), now=campaign.AFTERWARDS))


def _why(house: House, most: int | None) -> Any:
    return tracing.ranked_causes(house, None, now=campaign.AFTERWARDS, most=most)


_Ours = Callable[[House], Any]
_Theirs = Callable[[Plain], Any]

# What nothing is promised for is measured all the same.
ASKED: tuple[tuple[str, _Ours, _Theirs, float | None], ...] = (
    ("stuck: counts per stage", _counts, lambda c: c.run(_COUNTS), 0.05),
    ("stuck: counts, ranked blockers, first page", first_page, lambda c: (c.run(_COUNTS), c.run(f"{_STUCK} LIMIT {PAGE}")), 0.05),
    ("stuck: all, with what they miss", _all, lambda c: c.run(_STUCK), 0.1),
    ("stuck: all, in full words", _in_full, lambda c: c.run(_STUCK), None),
    ("stuck --why under the root", lambda h: _why(h, PAGE), lambda c: c.run(_STUCK), 0.2),
    ("stuck --why, every cause in words", lambda h: _why(h, None), lambda c: c.run(_STUCK), None),
)


def asked(ground: Ground, stuck: str, units: int, effort: Effort) -> list[Figure]:
    """Every question, ours and plain by turns, each asked once before it counts."""
    with ground.house(stuck) as house, plain(stuck) as connection:
        return [
            _figure(ground, units, effort, what, partial(ours, house), partial(theirs, connection), bound)
            for what, ours, theirs, bound in ASKED
        ]


def _figure(
    ground: Ground, units: int, effort: Effort, what: str, ours: Callable[[], Any], theirs: Callable[[], Any], bound: float | None
) -> Figure:
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(effort.runs)]
    limit = None if bound is None else Limit(bound=bound, of="ours")
    return Figure(what=what, where=ground.where, size=units, ours=tuple(a for a, _ in pairs), plain=tuple(b for _, b in pairs), limit=limit)
