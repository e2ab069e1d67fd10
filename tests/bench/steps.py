"""One durable step: handing in an act, and accepting it. No files: reading documents is no part of a step.

Plain: the same reads and writes, as few as any way of keeping these promises can do with, one by one in one transaction, on units of the
same database. Both read that nothing is due before them, the campaign with its stages, the unit of that code with those above it, the
person of that name, and who holds the posts. Handing in reads the obligation with its case and deadline; writes the artifact, the
obligation, the line of the journal, the notice to the reviewer, and clears the kept table of what is overdue. Accepting reads the
obligation and who handed in; writes the obligation, the counter of the case, the line of the journal, the notice to the owner; reads the
counter and what waits for it, and clears the row of what is ready. Prepared and cached as the driver does by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import event

from engine.operations import handing_in, judging
from engine.operations.assigning import HandIn
from engine.operations.campaigns import TaskRef
from engine.operations.context import House
from tests.bench import campaign
from tests.bench.figures import Figure, Limit
from tests.bench.ground import Effort, Ground, seconds
from tests.bench.plain import Plain, plain

TASK = "一甲"
_NOW = campaign.STEPPING
Step = Callable[[int], object]

_OBLIGATION = (
    "SELECT o.state, o.waits, o.version, o.owner_id, o.reviewer_id, o.occurrence_id, c.id, c.stage, c.path, n.stage, n.modality,"
    " n.owner_role, n.reviewer_role, n.reviewed, n.opens_at, d.id, d.due_at, d.late_at, d.lock_at"
    " FROM obligation o JOIN cases c ON c.id = o.case_id JOIN occurrence n ON n.id = o.occurrence_id"
    " JOIN deadline d ON d.id = o.deadline_id WHERE c.campaign_id = 1 AND c.unit_id = ? AND n.task = ?"
)
_HOLDERS = "SELECT p.id, p.name, t.post FROM tenure t JOIN person p ON p.id = t.person_id WHERE t.unit_id IN (?, ?)"
_DUE = (
    "SELECT (SELECT min(at) FROM agenda), (SELECT 1 FROM stage s JOIN ready r ON r.campaign_id = s.campaign_id AND r.stage = s.position - 1"
    " WHERE s.opens_at <= ? LIMIT 1)"
)
_CAMPAIGN = (
    "SELECT c.id, c.name, c.state, c.zone, c.mail_on, w.digest, s.position, s.name, s.title, s.opens_at, s.closes_at FROM campaign c"
    " JOIN workflow w ON w.id = c.workflow_id LEFT JOIN stage s ON s.campaign_id = c.id ORDER BY c.id, s.position"
)
_UNIT = (
    "WITH RECURSIVE up (id, code, name, level, kind, path, superior_id) AS (SELECT id, code, name, level, kind, path, superior_id FROM unit"
    " WHERE code = ? UNION ALL SELECT a.id, a.code, a.name, a.level, a.kind, a.path, a.superior_id FROM unit a"
    " JOIN up ON a.id = up.superior_id) SELECT * FROM up ORDER BY path"
)
_PERSON = "SELECT id, name FROM person WHERE (key = ? OR name = ?) AND key NOT LIKE 'operator:%' ORDER BY id"
_EVENT = (
    "INSERT INTO event (campaign_id, case_id, occurrence_id, subject, kind, recorded_at, actor_id, forced, data)"
    " VALUES (1, ?, ?, 0, ?, ?, ?, ?, ?)"
)
_ARTIFACT = (
    "INSERT INTO artifact (case_id, occurrence_id, subject, version, item, digest, name, size, statement, on_day, handed_in_at, person_id,"
    " verdicts) VALUES (?, ?, 0, ?, '', '', '', 0, '已办', '2030-03-02', ?, ?, '[]')"
)
_NOTICE = (
    "INSERT INTO notice (campaign_id, case_id, occurrence_id, subject, kind, deadline_id, number, rung, unit_id, role, due_at, decided_at,"
    " state, reason) VALUES (1, ?, ?, 0, ?, ?, ?, 0, ?, ?, ?, ?, 0, '')"
)
_HANDED_IN = (
    "SELECT actor_id, behalf_id FROM event WHERE case_id = ? AND occurrence_id = ? AND subject = 0 AND kind = 'handed_in'"
    " ORDER BY id DESC LIMIT 1"
)
_MINE = "case_id = ? AND occurrence_id = ? AND subject = 0"


def hand_in(house: House, number: int, task: str = TASK, now: datetime = _NOW) -> object:
    """Ours."""
    given = HandIn(on_day=date(2030, 3, 1), statement="已办")
    ref = TaskRef(task=task, period=None)
    return handing_in.submit(house, None, campaign.code(number), ref, given, by=campaign.mail(number), behalf=None, now=now)


def take_back(house: House, number: int, task: str, now: datetime) -> object:
    """Ours: so that the same unit can hand in again."""
    ref = TaskRef(task=task, period=None)
    return handing_in.take_back(house, None, campaign.code(number), ref, by=campaign.mail(number), behalf=None, now=now)


def accept(house: House, number: int, superior: int, task: str = TASK, now: datetime = _NOW) -> object:
    """Ours."""
    ref = TaskRef(task=task, period=None)
    by = campaign.mail(superior)
    return judging.accept(house, None, campaign.code(number), ref, by=by, behalf=None, version=1, comment="", now=now)


def plain_names(connection: Plain, number: int, now: int) -> None:
    """What everybody who acts on a unit has to read first."""
    connection.run(_DUE, now)
    connection.run(_CAMPAIGN)
    connection.run(_UNIT, campaign.code(number))


def plain_hand_in(connection: Plain, number: int) -> None:
    """The plain driver's."""
    now = int(_NOW.timestamp())
    with connection.work():
        plain_names(connection, number, now)
        row = connection.one(_OBLIGATION, number + 1, TASK)
        owner, reviewer, occurrence, case, deadline = row[3], row[4], row[5], row[6], row[15]
        connection.run(_HOLDERS, owner, reviewer)
        holder = connection.run(_PERSON, f"mail:{campaign.mail(number)}", campaign.mail(number))[0][0]
        version = row[2] + 1
        connection.run(_ARTIFACT, case, occurrence, version, now, holder)
        connection.run(f"UPDATE obligation SET state = 2, settled = ?, version = ?, handed_in_at = ?, changed_at = ? WHERE {_MINE}",
                       False, version, now, now, case, occurrence)  # fmt: skip
        connection.run(f"DELETE FROM overdue WHERE {_MINE}", case, occurrence)
        connection.run(_EVENT, case, occurrence, "handed_in", now, holder, False, '{"version": 1, "late": false, "digests": [""]}')
        connection.run(_NOTICE, case, occurrence, 2, deadline, version, reviewer, row[12], now, now)


def plain_accept(connection: Plain, number: int, superior: int) -> None:
    """The plain driver's."""
    now = int(_NOW.timestamp())
    with connection.work():
        plain_names(connection, number, now)
        row = connection.one(_OBLIGATION, number + 1, TASK)
        owner, reviewer, occurrence, case, stage, deadline = row[3], row[4], row[5], row[6], row[9], row[15]
        connection.run(_HOLDERS, owner, reviewer)
        holder = connection.run(_PERSON, f"mail:{campaign.mail(superior)}", campaign.mail(superior))[0][0]
        connection.run(_HANDED_IN, case, occurrence)
        connection.run(f"UPDATE obligation SET state = 10, settled = ?, changed_at = ? WHERE {_MINE}", True, now, case, occurrence)
        connection.run("UPDATE progress SET missing = missing - 1 WHERE case_id = ? AND stage = ?", case, stage)
        connection.run("SELECT sum(missing) FROM progress WHERE case_id = ? AND stage <= ?", case, stage)
        connection.run("SELECT occurrence_id, reading FROM dependency WHERE upstream_id = ?", occurrence)
        connection.run("DELETE FROM ready WHERE case_id = ?", case)
        connection.run(_EVENT, case, occurrence, "accepted", now, holder, False, '{"version": 1, "comment": ""}')
        connection.run(_NOTICE, case, occurrence, 10, deadline, 1, owner, row[11], now, now)


def steps(ground: Ground, launched: str, units: int, effort: Effort) -> list[Figure]:
    """Both steps, ours and plain by turns on the lowest units of one database."""
    places = [place for place in campaign.tree(units) if place.level == "班"][: 2 * effort.runs * effort.steps]
    superiors = {place.number: place.superior or 0 for place in places}
    numbers = list(superiors)
    slices = [numbers[at :: 2 * effort.runs] for at in range(2 * effort.runs)]
    with ground.house(launched) as house, plain(launched) as connection:
        acts: dict[str, tuple[Step, Step]] = {
            "step: hand in": (lambda n: hand_in(house, n), lambda n: plain_hand_in(connection, n)),
            "step: accept": (lambda n: accept(house, n, superiors[n]), lambda n: plain_accept(connection, n, superiors[n])),
        }
        return [_figure(ground, units, what, ours, baseline, slices, statements_of(house)) for what, (ours, baseline) in acts.items()]


def _figure(
    ground: Ground,
    units: int,
    what: str,
    ours: Step,
    baseline: Step,
    slices: list[list[int]],
    counting: Callable[[Callable[[], object]], Any],
) -> Figure:
    """The first unit of each slice warms up and is not counted."""
    mine, theirs = slices[::2], slices[1::2]
    counted = counting(lambda: ours(mine[0][0]))
    for number in [part[0] for part in mine[1:]]:
        ours(number)
    for number in [part[0] for part in theirs]:
        baseline(number)
    pairs = [by_turns(ours, a[1:], baseline, b[1:]) for a, b in zip(mine, theirs, strict=True)]
    return Figure(
        what=what,
        where=ground.where,
        size=units,
        ours=tuple(a for a, _ in pairs),
        plain=tuple(b for _, b in pairs),
        limit=Limit(bound=2.0),
        notes={"statements": counted},
    )


def by_turns(ours: Step, mine: list[int], baseline: Step, theirs: list[int]) -> tuple[float, float]:
    """Seconds for one of ours and of the plain driver's, one after the other: what a machine does more slowly, it does so to both."""
    spent = [0.0, 0.0]
    for one, other in zip(mine, theirs, strict=True):
        spent[0] += seconds(partial(ours, one))
        spent[1] += seconds(partial(baseline, other))
    return spent[0] / max(1, len(mine)), spent[1] / max(1, len(theirs))


def statements_of(house: House) -> Callable[[Callable[[], object]], dict[str, int]]:
    """Counts what an act sends to the database, by the text of the statement."""

    def counting(act: Callable[[], object]) -> dict[str, int]:
        seen: Counter[str] = Counter()

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen[" ".join(statement.split())] += 1

        event.listen(house.database.engine, "before_cursor_execute", note)
        act()
        event.remove(house.database.engine, "before_cursor_execute", note)
        return dict(seen)

    return counting
