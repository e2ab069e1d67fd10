"""What is worth a look in who owes and who reviews: levels nobody reviews, levels without a duty, judges of their own work."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import Organisation, Task, Who, Workflow
from engine.definition.projection_model import DateIssue
from engine.sentences import Sentence

_OWN = ("unit", "peers", "subject", "row")


def people_issues(workflow: Workflow) -> Iterator[DateIssue]:
    """Warnings only: each of these may be meant, none should go unseen."""
    yield from _unreviewed(workflow)
    yield from _idle(workflow)
    yield from _own_judges(workflow)


def owing_levels(task: Task, organisation: Organisation, *, far: bool = False) -> frozenset[str]:
    """The levels whose units or people owe the task, as far as the wording tells; a post without a level owes at the subjects' level.

    far: a superior may be of any level above, as that of a branch directly below the top; else it is of the next.
    """
    subjects = _levels(task.subjects, organisation, frozenset(), far=far)
    return _levels(task.owner, organisation, subjects, far=far)


def _levels(
    who: Who, organisation: Organisation, standpoint: frozenset[str], walked: tuple[str, ...] = (), *, far: bool = False
) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for term in who.terms:
        found |= _term_levels(term, organisation, standpoint, walked, far=far)
    return found


def _term_levels(
    term: str, organisation: Organisation, standpoint: frozenset[str], walked: tuple[str, ...], *, far: bool
) -> frozenset[str]:
    """Walks the dotted term from left to right; a word that names no level (a post) stays where it is."""
    here = standpoint
    for word in term.split("."):
        body = next((body for body in organisation.bodies if body.name == word), None)
        if word in organisation.levels:
            here = frozenset({word})
        elif body:
            here = _nearest(frozenset(body.at), here, organisation)
        elif word in organisation.groups and word not in walked:
            here = _levels(organisation.groups[word], organisation, here, (*walked, word), far=far)
        elif word == "superior" and far:
            here = _above(here, organisation)
        elif word in ("superior", "below"):
            here = _next(here, organisation, -1 if word == "superior" else 1)
        elif word not in _OWN and not here:
            here = frozenset(organisation.levels)
    return here


def _nearest(at: frozenset[str], standpoint: frozenset[str], organisation: Organisation) -> frozenset[str]:
    """A body is read upwards: seen from a level it is the one at or above it; seen from nowhere, all of them."""
    found: set[str] = set()
    for level in standpoint:
        upwards = organisation.levels[: organisation.levels.index(level) + 1]
        found |= {one for one in upwards[::-1] if one in at and not found & at}
    return frozenset(found) or at


def _next(levels: frozenset[str], organisation: Organisation, step: int) -> frozenset[str]:
    places = {organisation.levels.index(level) + step for level in levels}
    return frozenset(organisation.levels[place] for place in places if 0 <= place < len(organisation.levels))


def _above(levels: frozenset[str], organisation: Organisation) -> frozenset[str]:
    lowest = max((organisation.levels.index(level) for level in levels), default=0)
    return frozenset(organisation.levels[:lowest])


def _unreviewed(workflow: Workflow) -> Iterator[DateIssue]:
    """The top level has nobody above it and is left out."""
    reach = {task.name: owing_levels(task, workflow.organisation) for task in workflow.tasks}
    for level in workflow.organisation.levels[1:]:
        owed = [task for task in workflow.tasks if task.items and level in reach[task.name]]
        if owed and not any(task.review for task in owed):
            names = [task.name for task in owed]
            values = {"level": level, "zh": "、".join(names), "en": ", ".join(names)}
            yield DateIssue(
                path="organisation.levels",
                code="level-without-review",
                message=Sentence(
                    "“{level}”一级交来的材料没有任何人审核：{zh}；交来即算通过。",
                    'Nobody reviews what level "{level}" hands in ({en}): it counts as accepted at once.',
                    values,
                ),
                hint=Sentence(
                    "需要把关的任务请写 review，例如 review: superior。",
                    "Where somebody should check, write `review`, for instance `review: superior`.",
                ),
                severity="warning",
            )


def _idle(workflow: Workflow) -> Iterator[DateIssue]:
    """A level that only reviews, or might, has its part in the plan and is left out."""
    organisation = workflow.organisation
    reach = {task.name: owing_levels(task, organisation, far=True) for task in workflow.tasks}
    judging = [_levels(task.review.by, organisation, reach[task.name], far=True) for task in workflow.tasks if task.review]
    busy = frozenset[str]().union(*reach.values(), *judging)
    for level in organisation.levels:
        if workflow.tasks and level not in busy:
            yield DateIssue(
                path="organisation.levels",
                code="level-owes-nothing",
                message=Sentence(
                    "“{level}”一级没有任何任务，也不审核什么。", 'Level "{level}" owes nothing and reviews nothing.', {"level": level}
                ),
                hint=Sentence(
                    "如果确实没有，可以不理会；否则请检查 owner 和 for。",
                    "If this is meant, leave it; else look at the `owner` and `for` of the tasks.",
                ),
                severity="warning",
            )


def _own_judges(workflow: Workflow) -> Iterator[DateIssue]:
    for task in workflow.tasks:
        if task.review and _same(task.review.by, task.owner):
            yield DateIssue(
                path=f"{task.path}.review",
                code="owner-is-only-reviewer",
                message=Sentence(
                    "责任人和唯一的审核人相同（{zh}）；本人不审本人，审核转给上级。",
                    "Owner and only reviewer are the same ({en}); nobody judges his own work, so the review passes to the superior.",
                    {"zh": "、".join(task.review.by.terms), "en": ", ".join(task.review.by.terms)},
                ),
                hint=Sentence("请直接写明由谁审核，例如 review: superior。", "Say directly who reviews, for instance `review: superior`."),
                severity="warning",
            )


def _same(reviewer: Who, owner: Who) -> bool:
    return reviewer == owner or reviewer.terms == ("owner",)
