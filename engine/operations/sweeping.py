"""The sweep: everything that is due at or before now, in the order in which it fell due, in bounded batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from engine.definition.model import HOUSE_LADDER, Rung, Task, Who
from engine.definition.who import Seat, seat
from engine.operations.campaigns import Running, by_id
from engine.operations.context import House, set_virtual_now
from engine.operations.directory import Directory
from engine.progress import Progress, Watch
from engine.sentences import Sentence
from engine.store import roster, rungs, stage_moves, sweeping, told
from engine.store.blocked import tell_blocked
from engine.store.codes import Bell
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.pace import Pace
from engine.store.portions import BellRow, Key, journal_batch
from engine.store.rungs import RungPlan

_SWEEPING = Sentence(
    "办理到期事项：{bells} 件，推进单位 {moved} 个，批次", "doing what is due: {bells} thing(s), {moved} unit(s) moved on, batch"
)
SUPERIOR = ("superior", "上级")
Told = tuple[int | None, str]


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a sweep did: bells rung and cases moved on; `next_at`: when something is due again."""

    bells: int
    moved: int
    next_at: datetime | None

    @property
    def words(self) -> Sentence:
        """For the command line and the log."""
        return Sentence("到期事项 {bells} 件，推进单位 {moved} 个。", "{bells} thing(s) fell due; {moved} unit(s) moved on.", vars(self))


def sweep(house: House, now: datetime, on_batch: Callable[[Swept], None] = lambda _: None, *, pace: Pace | None = None) -> Swept:
    """Do all that is due at or before `now`. An outage loses nothing and repeats nothing; a second sweep at once does nothing.

    on_batch: told after every batch of work, for whoever shows progress.  pace: how large the batches are to begin with.
    """
    bells = moved = 0
    pace = pace or Pace()
    while (due := _look(house, now)).anything:
        done = _one_batch(house, now, due, pace)
        bells += done[0]
        moved += done[1]
        on_batch(Swept(bells=bells, moved=moved, next_at=None))
        if pace.lasted:
            house.database.let_others_in()
    return Swept(bells=bells, moved=moved, next_at=due.next_at)


def seen_by(watch: Watch) -> Callable[[Swept], None]:
    """For `on_batch`: what shows how far a sweep has come. How much is due nobody knows before it is done."""
    batches = count(1)

    def on_batch(swept: Swept) -> None:
        watch(Progress(what=Sentence(_SWEEPING.zh, _SWEEPING.en, vars(swept)), done=next(batches)))

    return on_batch


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything for a sweep to do."""
    return sweeping.ahead(connection, now).is_due


@dataclass(frozen=True, kw_only=True)
class _Due:
    """What is due: a bell, or stage moves that come before it; and when the next bell rings where nothing is."""

    bell: BellRow | None
    moves: tuple[stage_moves.Move, ...]
    next_at: datetime | None

    @property
    def anything(self) -> bool:
        return self.bell is not None or bool(self.moves)


def _look(house: House, now: datetime) -> _Due:
    """A look before anything is written: mostly nothing is due, and nobody is to wait for that."""
    with house.database.read(few=True) as connection:
        ahead = sweeping.ahead(connection, now)
        if not ahead.is_due:
            return _Due(bell=None, moves=(), next_at=ahead.next_at)
        bell = sweeping.next_bell(connection, now)
        moves = stage_moves.possible_moves(connection, bell.at if bell else now)
        return _Due(bell=bell, moves=moves, next_at=ahead.next_at)


def _one_batch(house: House, now: datetime, due: _Due, pace: Pace) -> tuple[int, int]:
    """One transaction of work: (bells finished, cases moved)."""
    # A rung decides notices and changes no obligation: whoever hands in need not wait for it.
    beside = due.bell is not None and due.bell.kind is Bell.RUNG and not due.moves
    with house.database.write(beside=beside) as connection, pace:
        # Somebody else may have rung it meanwhile: look again, now that nobody else can.
        ours = sweeping.next_bell(connection, now, ours=True)
        moves = stage_moves.possible_moves(connection, ours.at if ours else now)
        if beside and (moves or ours is None or ours.kind is not Bell.RUNG):
            return 0, 0
        set_virtual_now(connection, now)
        if moves:
            return 0, stage_moves.move_ready(connection, moves[0], now, pace.size)
        return (0 if ours is None else int(_ring(connection, ours, now, pace.size))), 0


def _ring(connection: Connection, bell: BellRow, now: datetime, size: int) -> bool:
    """Do a batch of what the bell asks for; whether that was all of it."""
    cursor = ring(connection, bell, now, size)
    if cursor is None:
        sweeping.finish_bell(connection, bell)
        return True
    sweeping.move_cursor(connection, bell, cursor)
    return False


def ring(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None = None) -> int | None:
    """What a bell asks for, done for a batch of obligations, or for `only` one ahead of it. Returns the new cursor, None when done."""
    match bell.kind:
        case Bell.OCCURRENCE_OPENS:
            return sweeping.open_occurrence(connection, bell, now, size, only)
        case Bell.RUNG:
            return _remind(connection, bell, now, size, only)
        case Bell.LOCK:
            return sweeping.lock_obligations(connection, bell, now, size, only)
        case Bell.LATE:
            return sweeping.mark_late(connection, bell, now, size, only)
        case Bell.STAGE_OPENS:
            # It lets ready cases in, which is looked at after every bell.
            sweeping.note_window(connection, bell, now)
            return None
        case Bell.STAGE_CLOSES:
            return _close_stage(connection, bell, now, size)


def _close_stage(connection: Connection, bell: BellRow, now: datetime, size: int) -> int | None:
    """The closing itself is read off the dates. What was over before the launch is told nobody."""
    if not bell.cursor:
        sweeping.note_window(connection, bell, now)
    if bell.at < by_id(connection, bell.campaign_id).launched_at:
        return None
    return tell_blocked(connection, bell, now, size)


def _remind(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None) -> int | None:
    campaign = by_id(connection, bell.campaign_id)
    task = campaign.workflow.task(sweeping.task_of(connection, bell))
    rung = task.ladder[bell.rung]
    if rung.to is not None and not _simple(rung.to, campaign):
        rows, portion = rungs.rung_rows(connection, bell, size, only)
        _remind_others(connection, bell, now, campaign, rung.to, rows)
        if portion is None:
            return None
        journal_batch(connection, bell, now, "reminded", len(rows), portion)
        return portion.cursor
    plan = _plan(campaign, task, rung, before_launch=bell.at < campaign.launched_at)
    return rungs.fire_rung(connection, bell, now, size, plan, only)


def seat_told(connection: Connection, campaign: Running, directory: Directory, task: Task, rung: Rung, row: ObligationRow) -> Told | None:
    """Whom a rung would tell of one obligation as it stands: (unit id, role), a null unit being the office; None where nobody is there."""
    if rung.to is not None and not _simple(rung.to, campaign):
        return _seat_of(directory, rung.to, row)
    return rungs.addressed(connection, row.key, _plan(campaign, task, rung, before_launch=False))


def _simple(to: Who, campaign: Running) -> bool:
    """Whether the ladder means the unit next above the one that holds the ball, or a post there: that needs no looking up."""
    if to.where is not None or len(to.terms) != 1:
        return False
    word, _, post = to.terms[0].partition(".")
    return word in SUPERIOR and (not post or any(post == known.name for known in campaign.organisation.posts))


def _plan(campaign: Running, task: Task, rung: Rung, *, before_launch: bool) -> RungPlan:
    word, _, post = (rung.to.terms[0] if rung.to else "").partition(".")
    return RungPlan(
        to_superior=word in SUPERIOR,
        superior_role=post,
        root_id=campaign.root_id,
        top_is_told=task.ladder != HOUSE_LADDER,
        before_launch=before_launch,
    )


def _remind_others(connection: Connection, bell: BellRow, now: datetime, campaign: Running, to: Who, rows: Sequence[Any]) -> None:
    """A rung to somebody else: looked up for each unit of the batch."""
    directory = Directory(connection, campaign.organisation, campaign.day(now))
    directory.prefetch(row.unit_id for row in rows)
    seats: dict[int, tuple[int, str] | None] = {}
    for row in rows:
        if row.unit_id not in seats:
            seats[row.unit_id] = _seat_of(directory, to, row)
    told.insert_rung(connection, bell, now, rows, seats, before_launch=bell.at < campaign.launched_at)


def _seat_of(directory: Directory, to: Who, row: Any) -> tuple[int, str] | None:
    owner = Seat(directory.unit(row.owner_id), row.owner_role)
    found = seat(to, directory.unit(row.unit_id), directory.organisation, owner=owner)
    return None if found is None or not isinstance(found.unit, roster.UnitRow) else (found.unit.id, found.role)
