"""Who reviews what is handed in: never the one whose own work it is."""

from __future__ import annotations

from dataclasses import replace

from engine.operations.directory import Answering
from engine.operations.stepping import Step
from engine.store import journal, queries
from engine.store.roster import UnitRow


def is_own_work(step: Step) -> bool:
    """Whether the one who judges handed it in herself, or had it handed in for her. Typing in for somebody is not authorship."""
    line = journal.last_of(step.connection, step.row.key, "handed_in")
    return line is not None and step.actor.principal == (line.behalf_id or line.actor_id)


def with_fresh_eyes(step: Step) -> Step:
    """The step of handing in, with the reviewer the file names, or the next above who is somebody else than whoever hands it in."""
    named = queries.named_reviewer(step.connection, step.row)
    if named is None:
        return step
    mine = {step.actor.principal}
    at: UnitRow | None = step.directory.unit(named)
    while at is not None and _are_all_of(mine, step.seat_answering(at.id, step.row.reviewer_role)):
        at = at.superior
    return replace(step, row=replace(step.row, reviewer_id=named if at is None else at.id))


def _are_all_of(persons: set[int], answer: Answering) -> bool:
    return bool(answer.holders) and all(holder.person_id in persons for holder in answer.holders)
