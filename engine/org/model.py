"""The roster as data: units, persons, and who holds which post from which day until which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A node of the organisation tree.

    code: its identity, text (`007` is not `7`).  superior: the code of the unit above, None for a root.
    since, until: the first and the last day it exists, both inclusive; None where there is no such end.
    attributes: what else the roster says of it, untyped text by name.
    """

    code: str
    name: str
    level: str
    kind: str = ""
    superior: str | None = None
    since: date | None = None
    until: date | None = None
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who holds posts; see `person_key` for who counts as the same person.

    channels: by which she is told, in her order (`dingtalk=13800001111 smtp`); '' where nothing is said of it, USUAL_CHANNEL where by
    the house's usual one.
    """

    name: str
    email: str = ""
    telephone: str = ""
    channels: str = ""


# Said of a person who is to be told by the house's usual channel again.
USUAL_CHANNEL = "default"


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """A person holding a post at a unit (its code) from `since` until `until`, both days inclusive; None: open."""

    unit: str
    post: str
    person: Person
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Roster:
    """All units and tenures, in the order in which they were written down."""

    units: tuple[Unit, ...] = ()
    tenures: tuple[Tenure, ...] = ()


def person_key(person: Person, unit: str) -> str:
    """The identity of a person, as text: the e-mail address without regard to case; without one, the name within the unit.

    The two kinds of key never collide, nor do two different pairs of unit and name.
    """
    address = person.email.strip().casefold()
    if address:
        return f"mail:{address}"
    return f"name:{unit.replace('%', '%25').replace('/', '%2F')}/{person.name.strip()}"


def covers(since: date | None, until: date | None, day: date) -> bool:
    """Whether a day lies between two others, both inclusive; None where there is no such end."""
    return (since is None or since <= day) and (until is None or day <= until)
