"""By which channels one person is told: asked, and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.operations.channels import OwnChannel, Way, Ways, kept, own_channels, read_channels
from engine.operations.context import House
from engine.operations.people import operator, person_id
from engine.store import journal, people
from engine.store.database import Connection

SET = "channels-set"


@dataclass(frozen=True, kw_only=True)
class TellsBy:
    """How somebody is told. named: the channels written for her, in her order; none where by the house's usual one.

    ways: those of the house that reach her, the one by which her next letter goes first.  changed: whether that is new.
    """

    name: str
    named: tuple[OwnChannel, ...]
    ways: tuple[Way, ...]
    changed: bool = False


def told(house: House, text: str, channels: Sequence[str], now: datetime) -> TellsBy:
    """How that person is told. channels: those of the house. Raises UnknownPerson and its kin."""
    with house.database.read() as connection:
        number, _ = person_id(connection, text, now.date())
        return _told(connection, number, channels)


def tell_by(house: House, text: str, wish: str, channels: Sequence[str], *, by: str | None, now: datetime) -> TellsBy:
    """Change by which channels somebody is told; `wish` as in a roster. Raises UnknownPerson, UnknownChannel and their kin."""
    wanted = kept(read_channels(wish))
    with house.database.write() as connection:
        actor = operator(connection, by, None, now.date())
        number, _ = person_id(connection, text, now.date())
        changed = people.set_channels(connection, number, wanted)
        if changed:
            # What she is called by is hers alone, and the journal is for ever.
            data = {"channels": " ".join(one.name for one in own_channels(wanted))}
            journal.write(connection, journal.Line(kind=SET, recorded_at=now, actor_id=actor.id, behalf_id=number, data=data))
        return _told(connection, number, channels, changed=changed)


def _told(connection: Connection, number: int, channels: Sequence[str], *, changed: bool = False) -> TellsBy:
    holder = people.as_holder(connection, number)
    ways = Ways(connection, channels or None).of(holder)
    return TellsBy(name=holder.name, named=own_channels(holder.channels), ways=ways, changed=changed)
