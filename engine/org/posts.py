"""Who holds a post on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from engine.org.model import Person, Tenure, person_key


def holders(tenures: Iterable[Tenure], unit: str, post: str, day: date) -> tuple[Person, ...]:
    """Everybody who holds that post at that unit (its code) on that day, in the order of the roster, each person once."""
    found: dict[str, Person] = {}
    for tenure in tenures:
        if tenure.unit == unit and tenure.post == post and tenure.holds_on(day):
            found.setdefault(person_key(tenure.person, unit), tenure.person)
    return tuple(found.values())


def vacant(tenures: Iterable[Tenure], unit: str, post: str, day: date) -> bool:
    """Whether nobody holds that post at that unit on that day."""
    return not holders(tenures, unit, post, day)


def by_post(tenures: Iterable[Tenure]) -> dict[tuple[str, str], tuple[Tenure, ...]]:
    """The tenures by (unit code, post): hand one group to `holders` instead of searching the whole roster each time."""
    groups: dict[tuple[str, str], list[Tenure]] = {}
    for tenure in tenures:
        groups.setdefault((tenure.unit, tenure.post), []).append(tenure)
    return {key: tuple(group) for key, group in groups.items()}
