"""Who acts, for whom, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.definition.model import Organisation
from engine.definition.who import Seat, acting_posts, seat
from engine.errors import CampaignError
from engine.names import nearest
from engine.sentences import Sentence, plain
from engine.store import house, roster
from engine.store.database import Connection
from engine.store.roster import Holder, UnitRow


class NoActor(CampaignError):
    """请用 --as 写明是谁在办理。

    Say with --as who is acting.
    """


class UnknownPerson(CampaignError):
    """花名册中没有“{name}”。{hint}请写姓名、邮箱，或“单位代码/岗位”；代办时用 --for 写明替谁办。

    The roster has no “{name}”. {hint}Give a name, an e-mail address, or UNIT/POST; when acting on behalf, say with --for for whom.
    """


class WhichPerson(CampaignError):
    """有几位“{name}”：{people}。请改写邮箱，或“单位代码/岗位”。

    There are several called “{name}”: {people}. Give the e-mail address, or UNIT/POST.
    """


class VacantPost(CampaignError):
    """{unit} 的“{post}”目前无人担任。

    Nobody holds “{post}” at {unit} at present.
    """


@dataclass(frozen=True, kw_only=True)
class Actor:
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
    found = roster.find_people(connection, text)
    if len(found) > 1:
        raise WhichPerson(name=text, people="、".join(row.email or row.key for row in found))
    if not found:
        raise UnknownPerson(name=text, hint=_hint(connection, text))
    return found[0].id, found[0].name


def _by_post(connection: Connection, text: str, day: date) -> tuple[int, str]:
    code, _, post = text.partition("/")
    unit = roster.by_code(connection, code)
    if unit is None:
        raise UnknownPerson(name=text, hint=plain(""))
    found = [holder for holder in roster.holders(connection, (unit.id,), day) if holder.post == post]
    if not found:
        raise VacantPost(unit=unit.name, post=post)
    if len(found) > 1:
        raise WhichPerson(name=text, people="、".join(holder.email or holder.name for holder in found))
    return found[0].person_id, found[0].name


def _hint(connection: Connection, text: str) -> Sentence:
    close = nearest(text, roster.person_names(connection))
    return Sentence("是不是“{close}”？", "Did you mean “{close}”? ", {"close": close}) if close else plain("")


def resolve(connection: Connection, name: str | None, behalf: str | None, day: date) -> Actor:
    """The one who acts. With `behalf` she need not stand in the roster herself, but the one she acts for must."""
    if not name or not name.strip():
        raise NoActor
    if behalf is None:
        number, shown = person_id(connection, name.strip(), day)
        return Actor(id=number, name=shown)
    behalf_id, behalf_name = person_id(connection, behalf.strip(), day)
    number, shown = known_or_operator(connection, name.strip(), day)
    return Actor(id=number, name=shown, behalf_id=behalf_id, behalf_name=behalf_name)


def known_or_operator(connection: Connection, name: str | None, day: date) -> tuple[int, str]:
    """The person of that name, or an operator who stands outside the roster (the administrator)."""
    if not name or not name.strip():
        raise NoActor
    found = roster.find_people(connection, name.strip())
    if len(found) == 1:
        return found[0].id, found[0].name
    if "/" in name and "@" not in name:
        return person_id(connection, name.strip(), day)
    return house.operator_id(connection, name.strip()), name.strip()


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Who answers for a seat on a day. `vacant`: nobody holds the post itself; `holders` are then deputies or those above."""

    unit: UnitRow
    role: str
    holders: tuple[Holder, ...]
    vacant: bool


def answering(connection: Connection, unit: UnitRow, role: str, organisation: Organisation, day: date) -> Answering:
    """Whoever may act for (unit, role): its holders, its deputy, else - the post being vacant - those of the superior."""
    direct = _at(connection, unit, role, organisation, day)
    if direct:
        return Answering(unit=unit, role=role, holders=direct, vacant=False)
    above = unit.superior
    while above is not None:
        found = _at(connection, above, "", organisation, day)
        if found:
            return Answering(unit=unit, role=role, holders=found, vacant=True)
        above = above.superior
    return Answering(unit=unit, role=role, holders=(), vacant=True)


def _at(connection: Connection, unit: UnitRow, role: str, organisation: Organisation, day: date) -> tuple[Holder, ...]:
    found = roster.holders(connection, (unit.id,), day)
    posts = acting_posts(Seat(unit, role), organisation)
    order = [holder for post in posts for holder in found if holder.post == post]
    return tuple(order) or _held_by(connection, unit, role, organisation, day)


def _held_by(connection: Connection, unit: UnitRow, role: str, organisation: Organisation, day: date) -> tuple[Holder, ...]:
    """A post that whoever holds another one holds too (组长: held by 学校.书记)."""
    post = next((post for post in organisation.posts if post.name == role and post.held_by is not None), None)
    if post is None or post.held_by is None:
        return ()
    other = seat(post.held_by, unit, organisation)
    if other is None or other.role in ("", role) or not isinstance(other.unit, UnitRow):
        return ()
    return tuple(holder for holder in roster.holders(connection, (other.unit.id,), day) if holder.post == other.role)


def may_answer(answer: Answering, person: int) -> bool:
    """Whether that person may act for the seat."""
    return any(holder.person_id == person for holder in answer.holders)


def seat_words(answer: Answering) -> Sentence:
    """`机电学院党总支 书记 李明`: the seat, with whoever answers for it today."""
    seat_name = f"{answer.unit.name} {answer.role}".strip()
    who = "、".join(f"{holder.post} {holder.name}" if not answer.role else holder.name for holder in answer.holders[:3])
    if not who:
        return Sentence("{seat}（空缺）", "{seat} (vacant)", {"seat": seat_name})
    if answer.vacant:
        return Sentence("{seat}（空缺，由 {who} 代）", "{seat} (vacant; {who} stands in)", {"seat": seat_name, "who": who})
    return Sentence("{seat}（{who}）", "{seat} ({who})", {"seat": seat_name, "who": who})
