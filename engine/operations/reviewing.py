"""Who reviews what is handed in: never the one whose own work it is."""

from __future__ import annotations

from dataclasses import replace

from engine.operations.directory import Answering
from engine.operations.stepping import Step
from engine.store import journal, queries
from engine.store.roster import UnitRow


def is_own_work(step: Step) -> bool:
    """Whether the one who judges, or on whose behalf it is judged, answers for what was handed in.

    Typing in for somebody is not authorship; holding the post that owes it is, whoever of its holders handed it in.
    """
    judges = {step.actor.id, step.actor.principal}
    line = journal.last_of(step.connection, step.row.key, "handed_in")
    return bool(judges & ({line.behalf_id or line.actor_id} if line is not None else set())) or bool(judges & _owners(step))


def _owners(step: Step) -> set[int]:
    """Whoever holds the post that owes it; nobody where it is vacant."""
    owner = step.seat_answering(step.row.owner_id, step.row.owner_role)
    return set() if owner.vacant else {holder.person_id for holder in owner.holders}


def with_fresh_eyes(step: Step) -> Step:
    """The step of handing in, with the reviewer the file names, or the next above who is somebody else than whoever hands it in."""
    named = queries.named_reviewer(step.connection, step.row)
    if named is None:
        return step
    mine = {step.actor.principal} | _owners(step)
    at: UnitRow | None = step.directory.unit(named)
    while at is not None and _are_all_of(mine, step.seat_answering(at.id, step.row.reviewer_role)):
        at = at.superior
    return replace(step, row=replace(step.row, reviewer_id=named if at is None else at.id))


def _are_all_of(persons: set[int], answer: Answering) -> bool:
    return bool(answer.holders) and all(holder.person_id in persons for holder in answer.holders)
