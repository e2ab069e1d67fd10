"""Who acts, for whom, and whether they may."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from engine.errors import CampaignError, Echo
from engine.names import nearest
from engine.operations.naming import LONGEST_PERSON, expect_name
from engine.sentences import Sentence, enumerated, plain
from engine.store import house, people, roster
from engine.store.database import Connection

_HER_NAME = Sentence("办理人的姓名", "The name of whoever acts")


class NoActor(CampaignError):
    """请用 --as 写明是谁在办理。

    Say with --as who is acting.
    """


class UnknownPerson(Echo):
    """花名册中没有“{name}”。{hint}请写姓名、邮箱，或“单位代码/岗位”；活动办公室代办，请加 --for owner（责任人），或用 --for 写明替谁办。

    The roster has no “{name}”. {hint}Give a name, an e-mail address, or UNIT/POST. Acting for somebody? Add --for owner (whoever owes
    it), or say with --for for whom.
    """


class ActsForWhom(UnknownPerson):
    """“{name}”是以活动办公室身份办理的，不在花名册中。代办请加 --for：代责任人写 --for owner，代审批人写其姓名、邮箱或“单位代码/岗位”。

    “{name}” has acted for the campaign office and does not stand in the roster. Acting for somebody? Add --for: `--for owner` for whoever
    owes it, or the name, e-mail address or UNIT/POST of whoever decides.
    """


class WhichPerson(CampaignError):
    """有几位“{name}”：{people}。请改写邮箱，或“单位代码/岗位”。

    There are several called “{name}”: {people}. Give the e-mail address, or UNIT/POST.
    """


class VacantPost(CampaignError):
    """{unit} 的“{post}”目前无人担任。

    Nobody holds “{post}” at {unit} at present.
    """


class Actor(NamedTuple):
    """Who acts (`id`), and on whose behalf; `principal` is the one whose rights count."""

    id: int
    name: str
    behalf_id: int | None = None
    behalf_name: str = ""

    @property
    def principal(self) -> int:
        """The person whose posts decide what may be done."""
        return self.id if self.behalf_id is None else self.behalf_id


def person_id(connection: Connection, text: str, day: date) -> tuple[int, str]:
    """The id and name of one person of the roster, by name, e-mail address or UNIT/POST.

    Raises UnknownPerson, WhichPerson, VacantPost.
    """
    if "/" in text and "@" not in text.split("/", maxsplit=1)[0]:
        return _by_post(connection, text, day)
    found = _only(connection, text, day)
    if found is None:
        raise UnknownPerson(name=text, hint=_hint(connection, text))
    return found


def _only(connection: Connection, text: str, day: date) -> tuple[int, str] | None:
    """The id and name of the one person of that name or address; None where there is none. Raises WhichPerson."""
    found = people.find_people(connection, text)
    if len(found) < 2:
        return (found[0].id, found[0].name) if found else None
    seats = people.seats_of(connection, tuple(row.id for row in found), day)
    # Whoever was left without a post, because it went over to the same person under another address, is nobody to choose from.
    holding = tuple(row for row in found if row.id in seats) or found
    if len(holding) > 1:
        raise WhichPerson(name=text, people=enumerated(row.email or seats.get(row.id, row.name) for row in holding))
    return holding[0].id, holding[0].name


def _by_post(connection: Connection, text: str, day: date) -> tuple[int, str]:
    code, _, post = text.partition("/")
    unit = roster.by_code(connection, code)
    if unit is None:
        raise UnknownPerson(name=text, hint=plain(""))
    found = [holder for holder in people.holders(connection, (unit.id,), day) if holder.post == post]
    if not found:
        raise VacantPost(unit=unit.name, post=post)
    if len(found) > 1:
        raise WhichPerson(name=text, people=enumerated(holder.email or holder.name for holder in found))
    return found[0].person_id, found[0].name


def _hint(connection: Connection, text: str) -> Sentence:
    close = nearest(text, people.person_names(connection))
    return Sentence("是不是“{close}”？", "Did you mean “{close}”? ", {"close": close}) if close else plain("")


def resolve(connection: Connection, name: str | None, behalf: str | None, day: date) -> Actor:
    """The one who acts. With `behalf` she need not stand in the roster herself, but the one she acts for must."""
    if not name or not name.strip():
        raise NoActor
    if behalf is None:
        number, shown = _herself(connection, name.strip(), day)
        return Actor(id=number, name=shown)
    behalf_id, behalf_name = person_id(connection, behalf.strip(), day)
    number, shown = known_or_operator(connection, name.strip(), day)
    return Actor(id=number, name=shown, behalf_id=behalf_id, behalf_name=behalf_name)


def _herself(connection: Connection, name: str, day: date) -> tuple[int, str]:
    """Somebody who acts in her own right. Raises ActsForWhom where she only ever acted as an operator."""
    try:
        return person_id(connection, name, day)
    except UnknownPerson:
        if house.is_operator(connection, name):
            raise ActsForWhom(name=name) from None
        raise


def operator(connection: Connection, name: str | None, behalf: str | None, day: date) -> Actor:
    """Whoever runs the campaign: neither she nor the one she acts for need stand in the roster. Raises NoActor."""
    number, shown = known_or_operator(connection, name, day)
    if behalf is None:
        return Actor(id=number, name=shown)
    behalf_id, behalf_name = known_or_operator(connection, behalf, day)
    return Actor(id=number, name=shown, behalf_id=behalf_id, behalf_name=behalf_name)


def expect_operators(connection: Connection, name: str | None, behalf: str | None, day: date) -> None:
    """Raises what `operator` raises, and writes nobody down."""
    in_roster(connection, name, day)
    if behalf is not None:
        in_roster(connection, behalf, day)


def known_or_operator(connection: Connection, name: str | None, day: date) -> tuple[int, str]:
    """The person of that name, or an operator who stands outside the roster (the administrator)."""
    found = in_roster(connection, name, day)
    if found is not None:
        return found
    assert name is not None
    return house.operator_id(connection, name.strip()), name.strip()


def in_roster(connection: Connection, name: str | None, day: date) -> tuple[int, str] | None:
    """The person of the roster who goes by that name; None for somebody who stands outside it. Raises NoActor."""
    if not name or not name.strip():
        raise NoActor
    found = _only(connection, name.strip(), day)
    if found is not None:
        return found
    if "/" in name and "@" not in name:
        return person_id(connection, name.strip(), day)
    expect_name(name, _HER_NAME, LONGEST_PERSON)
    return None
