"""A small organisation and small campaigns over it, made by the functions of the store itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.org.model import Person, Roster, Tenure, Unit
from engine.store import campaigns, filling, house, launching, obligations, roster, rungs, stage_moves, sweeping, waiting
from engine.store import tables as t
from engine.store.codes import Bell, Upstream
from engine.store.database import Database
from engine.store.launching import NewCampaign, NewDependency, NewOccurrence, NewScope, NewStage, Written
from engine.store.obligations import ObligationRow
from engine.store.portions import BellRow
from engine.store.rungs import RungPlan
from engine.store.schema import create_database

START = datetime(2030, 1, 1, tzinfo=UTC)
SETTINGS = {"kind": "rehearsal", "office": "办公室"}


def day(number: float) -> datetime:
    """That many days after the beginning of time in these tests."""
    return START + timedelta(days=number)


def unit(code: str, superior: str | None, **changes: Any) -> Unit:
    """A unit whose level follows from the length of its code: 校, A, A1."""
    level = "学校" if superior is None else "党总支" if len(code) == 1 else "党支部"
    return Unit(**{"code": code, "name": f"单位{code}", "level": level, "superior": superior, **changes})


def secretary(code: str) -> Tenure:
    """Whoever leads a unit."""
    return Tenure(unit=code, post="书记", person=Person(name=f"书记{code}", email=f"{code.lower()}@example.org"))


def sample_roster() -> Roster:
    """校 above A and B; A1, A2, A3 below A, B1 and B2 below B; each with a secretary."""
    units = [unit("校", None), unit("A", "校"), unit("B", "校")]
    units += [unit(code, code[0]) for code in ("A1", "A2", "A3", "B1", "B2")]
    return Roster(units=tuple(units), tenures=tuple(secretary(one.code) for one in units))


def prepare(url: str) -> None:
    """Fill the database at a URL with the sample organisation; for `copied_database`."""
    database = create_database(url, SETTINGS)
    with database.write() as connection:
        roster.import_roster(connection, sample_roster(), START)
        add_workflow(connection)
    database.dispose()


def add_workflow(connection: Connection) -> int:
    """A loaded workflow that says nothing."""
    values = {"name": "strive", "version": 1, "digest": "0" * 64, "file": "strive.yaml", "source": "", "compiled": {"名": "争创"}}
    return campaigns.add_workflow(connection, {**values, "loaded_at": START, "loaded_by": house.operator_id(connection, "管理员")})


def stage(position: int, opens: float | None = None, closes: float | None = None) -> NewStage:
    """A stage of a month."""
    opened = day(30 * position if opens is None else opens)
    closed = day(30 * position + 30 if closes is None else closes)
    return NewStage(position=position, name=f"阶段{position}", title=f"第{position}阶段", opens_at=opened, closes_at=closed)


def occurrence(task: str, **changes: Any) -> NewOccurrence:
    """An occurrence that opens on day 1, is due on day 10 and owed by the units of selection 0."""
    values = {
        "task": task, "period": "", "title": f"{task}一事", "period_zh": "", "period_en": "", "stage": 0, "modality": Modality.MUST,
        "scope": 0, "owner_role": "书记", "reviewer_role": "审核人", "reviewed": True, "opens_at": day(1), "due_at": day(10),
        "due_text": "2030-01-10", "late_at": day(11), "lock_at": None, "pending_on": "", "on_entry": False, "urgent": False, "rungs": (),
    }  # fmt: skip
    return NewOccurrence(**{**values, **changes})


BRANCHES = ("A1", "A2", "A3", "B1", "B2")
ALL = ("校", "A", "B", *BRANCHES)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A campaign to be launched. scopes: for each selection the codes of its units; each owes for itself, its superior reviews."""

    occurrences: Sequence[NewOccurrence]
    stages: Sequence[NewStage] = (stage(0), stage(1))
    scopes: Mapping[int, Sequence[str]] | None = None
    owners: Mapping[tuple[int, str], str] | None = None
    waits: Sequence[tuple[int, int, Upstream]] = ()
    now: datetime = START


def launch(connection: Connection, plan: Plan, name: str = "争创") -> int:
    """The id of the launched campaign."""
    number, written = begin(connection, plan, name)
    for batch in batches(connection, plan):
        filling.fill(connection, number, batch, plan.now, waiting.own_upstream(connection, number))
    for occurrence_id, counts in waiting.waits_on_others(connection, number):
        waiting.add_waits(connection, occurrence_id, counts)
    launching.set_going(connection, number, plan.stages, plan.occurrences, written)
    return number


def begin(connection: Connection, plan: Plan, name: str = "争创") -> tuple[int, list[Written]]:
    """The id of a campaign that has nothing yet but its occurrences."""
    root = roster.by_code(connection, "校")
    assert root is not None
    new = NewCampaign(
        name=name,
        workflow_id=1,
        root_id=root.id,
        root_path=root.path,
        zone="Asia/Shanghai",
        past="owe",
        mail_on=False,
        launched_at=plan.now,
        launched_by=1,
    )
    number = launching.insert_campaign(connection, new)
    written = launching.insert_occurrences(connection, number, plan.occurrences)
    waits = [NewDependency(occurrence=here, upstream=there, reading=reading) for here, there, reading in plan.waits]
    launching.insert_dependencies(connection, written, waits)
    return number, written


def batches(connection: Connection, plan: Plan, size: int = 3) -> Iterator[list[NewScope]]:
    """What is owed, so many units at a time, in the order of the tree."""
    units = {row.code: row for row in roster.walk(connection)}
    scopes, order = list(_scopes(plan, units)), [unit.id for unit in units.values()]
    for start in range(0, len(order), size):
        yield [row for unit_id in order[start : start + size] for row in scopes if row.unit_id == unit_id]


def _scopes(plan: Plan, units: Mapping[str, Any]) -> Iterable[NewScope]:
    for number, codes in (plan.scopes or {0: BRANCHES}).items():
        for code in codes:
            above = units[code].superior
            owner = units[(plan.owners or {}).get((number, code), code)].id
            reviewer = units[code].id if above is None else above.id
            yield NewScope(number=number, unit_id=units[code].id, owner_id=owner, reviewer_id=reviewer)


def ids(connection: Connection) -> dict[str, int]:
    """Unit ids by code."""
    return {found.code: found.id for found in connection.execute(select(t.unit.c.code, t.unit.c.id))}


def row(connection: Connection, campaign: int, code: str, task: str, period: str = "") -> ObligationRow:
    """One obligation."""
    number = connection.execute(select(t.unit.c.id).where(t.unit.c.code == code)).scalar_one()
    found = obligations.find(connection, campaign, number, task, period)
    assert found is not None, (code, task)
    return found


def states(connection: Connection, campaign: int, task: str) -> dict[str, ObligationState]:
    """The state of a task for each unit that owes it."""
    return {
        code: row(connection, campaign, code, task).state
        for code in connection.execute(
            select(t.unit.c.code)
            .join(t.cases, t.cases.c.unit_id == t.unit.c.id)
            .join(t.obligation, t.obligation.c.case_id == t.cases.c.id)
            .join(t.occurrence, t.occurrence.c.id == t.obligation.c.occurrence_id)
            .where(t.cases.c.campaign_id == campaign, t.occurrence.c.task == task)
            .order_by(t.unit.c.code)
        ).scalars()
    }


def positions(connection: Connection, campaign: int) -> dict[str, int]:
    """Where each unit's case stands."""
    query = select(t.unit.c.code, t.cases.c.stage).join(t.cases, t.cases.c.unit_id == t.unit.c.id)
    return {found.code: found.stage for found in connection.execute(query.where(t.cases.c.campaign_id == campaign))}


def settle(connection: Connection, campaign: int, code: str, task: str, state: ObligationState, now: datetime, **columns: Any) -> None:
    """Write a state as an operation would, with what it says of lateness."""
    found = row(connection, campaign, code, task)
    late = found.late_at if found.late_at is not None and found.late_at <= now else None
    if state is ObligationState.LAPSED or (state in sweeping.OWING and late):
        obligations.mark_overdue(connection, found, late or now)
    else:
        obligations.clear_overdue(connection, found, now)
    obligations.set_state(connection, found, state, now, **columns)


def count(connection: Connection, table: Any, *where: Any) -> int:
    """How many rows."""
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


NO_PLAN = RungPlan(to_superior=False, superior_role="", root_id=0, top_is_told=False, before_launch=False)


def sweep(database: Database, now: datetime, size: int = 1000, plan: RungPlan = NO_PLAN) -> int:
    """Everything that is due, batch by batch, as the operation does it; how many batches."""
    batches = 0
    while _batch(database, now, size, plan):
        batches += 1
        assert batches < 5000, "the sweep does not end"
    return batches


def _batch(database: Database, now: datetime, size: int, plan: RungPlan) -> bool:
    with database.write() as connection:
        return batch(connection, now, size, plan)


def batch(connection: Connection, now: datetime, size: int = 1000, plan: RungPlan = NO_PLAN) -> bool:
    """One batch of what is due, within somebody's transaction; whether there was any."""
    bell = sweeping.next_bell(connection, now)
    moves = stage_moves.possible_moves(connection, bell.at if bell else now)
    if moves:
        assert all(stage_moves.move_ready(connection, move, now, size) for move in moves)
        return True
    if bell is None:
        return False
    cursor = ring(connection, bell, now, size, plan)
    if cursor is None:
        sweeping.finish_bell(connection, bell)
    else:
        sweeping.move_cursor(connection, bell, cursor)
    return True


def ring(connection: Connection, bell: BellRow, now: datetime, size: int, plan: RungPlan = NO_PLAN) -> int | None:
    """One batch of one bell."""
    if bell.kind is Bell.RUNG:
        return rungs.fire_rung(connection, bell, now, size, plan)
    if bell.kind in (Bell.STAGE_OPENS, Bell.STAGE_CLOSES):
        sweeping.note_window(connection, bell, now)
        return None
    act = {
        Bell.OCCURRENCE_OPENS: sweeping.open_occurrence,
        Bell.LOCK: sweeping.lock_obligations,
        Bell.LATE: sweeping.mark_late,
    }[bell.kind]
    return act(connection, bell, now, size)


def all_finished(connection: Connection, campaign: int) -> bool:
    """Whether every case has come to its end."""
    return set(positions(connection, campaign).values()) == {FINISHED}
