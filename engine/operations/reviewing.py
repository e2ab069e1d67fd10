"""Who reviews what is handed in: never the one whose own work it is."""

from __future__ import annotations

from engine.operations.directory import Answering, Directory
from engine.operations.stepping import Step
from engine.store import journal, queries
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.roster import UnitRow


def is_own_work(step: Step) -> bool:
    """Whether the one who judges, or on whose behalf it is judged, answers for what was handed in."""
    return bool({step.actor.id, step.actor.principal} & authors(step.connection, step.directory, step.row))


def authors(connection: Connection, directory: Directory, row: ObligationRow) -> frozenset[int]:
    """Who answers for what was handed in last, and may not judge it.

    Typing in for somebody is not authorship; holding the post that owes it is, whoever of its holders handed it in.
    """
    line = journal.last_actor(connection, row.key, "handed_in")
    return _owners(directory, row) | (frozenset() if line is None else {line.behalf_id or line.actor_id})


def _owners(directory: Directory, row: ObligationRow) -> frozenset[int]:
    """Whoever holds the post that owes it; nobody where it is vacant."""
    owner = directory.answering(row.owner_id, row.owner_role)
    return frozenset() if owner.vacant else frozenset(holder.person_id for holder in owner.holders)


def with_fresh_eyes(step: Step) -> Step:
    """The step of handing in, with the reviewer the file names, or the next above who is somebody else than whoever hands it in."""
    # Before anything was handed in, the obligation still has the reviewer that the file names.
    named = queries.named_reviewer(step.connection, step.row) if step.row.version else step.row.reviewer_id
    if named is None:
        return step
    mine = {step.actor.principal} | _owners(step.directory, step.row)
    at: UnitRow | None = step.directory.unit(named)
    while at is not None and _are_all_of(mine, step.seat_answering(at.id, step.row.reviewer_role)):
        at = at.superior
    reviewer = named if at is None else at.id
    return step if reviewer == step.row.reviewer_id else step._replace(row=step.row._replace(reviewer_id=reviewer))


def _are_all_of(persons: frozenset[int] | set[int], answer: Answering) -> bool:
    return bool(answer.holders) and all(holder.person_id in persons for holder in answer.holders)
