"""Selections (LANGUAGE section 6): which units are meant, and whose seat answers for a unit."""

from __future__ import annotations

from dataclasses import dataclass

from engine.definition.model import Organisation, Who
from engine.definition.who_paths import body_named, meaning
from engine.definition.who_units import UnitView, facts_of, holds, unreadable_attributes, upwards

__all__ = [
    "Seat",
    "UnitView",
    "acting_posts",
    "facts_of",
    "role_of",
    "seat",
    "selects",
    "unreadable_attributes",
]


@dataclass(frozen=True)
class Seat:
    """Who answers. role: '' for the unit itself (its acting post), else the name of a post or body at it."""

    unit: UnitView
    role: str = ""


def selects(who: Who, unit: UnitView, organisation: Organisation) -> bool:
    """Whether a unit is among the subjects of a selection read from the top.

    LEVEL, GROUP (and groups in groups), BODY (units at whose level it is), POST (any unit), LEVEL or GROUP before a body or
    post (those units); then `where`, unknown counting as no. A word that is none of these selects nothing.
    ExpressionError where `where` cannot be read.
    """
    return _Subject(unit, organisation).is_in(who)


class _Subject:
    """One unit while it is asked about. Each group is judged once, so that groups in groups cost no more than there are groups."""

    def __init__(self, unit: UnitView, organisation: Organisation) -> None:
        self.unit = unit
        self.organisation = organisation
        self._groups: dict[str, bool] = {}

    def is_in(self, who: Who) -> bool:
        return any(self._is_meant(term) for term in who.terms) and holds(who.where, self.unit, self.organisation)

    def _is_meant(self, term: str) -> bool:
        *places, last = term.split(".")
        return all(self._is_of(word) for word in places) and self.has(last)

    def has(self, word: str) -> bool:
        """Whether it is of that level or group, or has that body or post."""
        match meaning(word, self.organisation):
            case "post":
                return True
            case "body":
                body = body_named(word, self.organisation)
                return body is not None and self.unit.level in body.at
            case _:
                return self._is_of(word)

    def _is_of(self, word: str) -> bool:
        match meaning(word, self.organisation):
            case "level":
                return self.unit.level == word
            case "group":
                return self._is_in_group(word)
            case _:
                return False

    def _is_in_group(self, word: str) -> bool:
        if word not in self._groups:
            self._groups[word] = False  # a group made of itself adds nothing; the check refuses it
            self._groups[word] = self.is_in(self.organisation.groups[word])
        return self._groups[word]


def seat(who: Who, subject: UnitView, organisation: Organisation, *, owner: Seat | None = None) -> Seat | None:
    """The one seat that a selection means, read from a subject upwards; of several terms the first that leads anywhere.

    owner: the seat meant by `owner`. None where nothing is there: the superior of the root, a level that is only below.
    """
    for term in who.terms:
        found = _walked(term, subject, organisation, owner)
        if found is not None and holds(who.where, found.unit, organisation):
            return found
    return None


def role_of(who: Who, organisation: Organisation, owner: str = "") -> str:
    """The role in which the seat of a selection answers, by its wording alone: the same wherever it is read from. owner: that of `owner`.

    '' for a unit; of several terms that of the first.
    """
    word = who.terms[0].split(".")[-1]
    match meaning(word, organisation):
        case "post" | "body":
            return word
        case "owner":
            return owner
        case _:
            return ""


def _walked(term: str, subject: UnitView, organisation: Organisation, owner: Seat | None) -> Seat | None:
    at: Seat | None = Seat(subject)
    for word in term.split("."):
        if at is None:
            return None
        at = _step(word, at.unit, subject, organisation, owner)
    return at


def _step(word: str, unit: UnitView, subject: UnitView, organisation: Organisation, owner: Seat | None) -> Seat | None:
    match meaning(word, organisation):
        case "unit":
            return Seat(unit)
        case "superior":
            return Seat(unit.superior) if unit.superior is not None else None
        case "subject":
            return Seat(subject)
        case "owner":
            return owner
        case "post":
            return Seat(unit, word)
        case "level" | "group" | "body":
            return _nearest(word, unit, organisation)
        case _:
            return None


def _nearest(word: str, unit: UnitView, organisation: Organisation) -> Seat | None:
    """The first unit upwards, itself included, that a level, group or body means."""
    role = word if meaning(word, organisation) == "body" else ""
    return next((Seat(at, role) for at in upwards(unit) if _Subject(at, organisation).has(word)), None)


def acting_posts(seat: Seat, organisation: Organisation) -> tuple[str, ...]:
    """The posts whose holders may act for a seat, the preferred one first.

    A post: itself, then its deputy. A unit: the posts that may act for it (where none says so, the first declared that
    one person holds), then their deputies. A body: its own name, which rosters write in the column of posts. Empty if no post is declared.
    """
    if seat.role and all(post.name != seat.role for post in organisation.posts):
        return (seat.role,)
    acting = [post for post in organisation.posts if post.name == seat.role or (post.acts and not seat.role)]
    if not acting:
        acting = [post for post in organisation.posts if not post.many and not post.counted][:1]
    deputies = [post.deputy for post in acting if post.deputy is not None]
    return tuple(dict.fromkeys([*(post.name for post in acting), *deputies]))
