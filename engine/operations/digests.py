"""Digest only: who asks for it hears once a week, in one letter, of what she does not owe herself. What she owes is told at its rungs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from engine.operations.asking import Lookup
from engine.operations.context import House
from engine.operations.people import operator, person_id
from engine.operations.recipients import Recipient, told_as
from engine.store import digests, journal, people
from engine.store import house as facts
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.obligations import ball

WEEK = timedelta(days=7)
ON, OFF = "digest-on", "digest-off"
_RESULTS = (NoticeKind.ACCEPTED, NoticeKind.PASSED, NoticeKind.EXTENDED, NoticeKind.WAIVED)
# Nobody may put another one on the digest: the last part is ours alone to write.
_MARK = re.compile(r"\bdigest-(\d{1,9})-([a-z2-7]{16})\b")


def is_for_digest(lookup: Lookup, recipient: Recipient, notice: Decided) -> bool:
    """Whether it can wait for her weekly letter: a result, or what somebody further down still owes. What is urgent cannot."""
    if notice.obligation.urgent or recipient.is_office:
        return False
    if notice.kind in _RESULTS:
        return True
    return notice.kind == NoticeKind.RUNG and told_as(lookup, recipient.person_id, notice) != ball(notice.obligation)


def is_too_soon(connection: Connection, person_id: int, channel: str, day: date) -> bool:
    """Whether she has had such a letter within a week of that day."""
    last = digests.last_day(connection, person_id, channel)
    return last is not None and day - last < WEEK


def mark_of(key: str, person_id: int) -> str:
    """`digest-17-abcdefghijklmnop`: what her mail program sends us when she asks for fewer letters; hers alone."""
    return f"digest-{person_id}-{signed(key, f'digest {person_id}')}"


def signed(key: str, words: str) -> str:
    """Sixteen letters and digits that only this house can write to these words."""
    return base64.b32encode(hmac.digest(key.encode(), words.encode(), hashlib.sha256)[:10]).decode().lower()


def person_of(key: str, text: str) -> int | None:
    """The id of whoever asks for it by a mark in that text; None where there is none that we wrote."""
    found = _MARK.search(text)
    if found is None or not key or not hmac.compare_digest(found[2], signed(key, f"digest {found[1]}")):
        return None
    return int(found[1])


def places(mark: str, address: str, url: str) -> tuple[str, ...]:
    """Where she may ask for it: on our page, if there is one, and by a letter to the office."""
    page = f"{url}{'&' if '?' in url else '?'}mark={mark}"
    return (*((page,) if url else ()), *((f"mailto:{quote(address, safe='@')}?subject={mark}",) if address else ()))


@dataclass(frozen=True, kw_only=True)
class Switched:
    """Who is on the digest or not any more. changed: whether she was not before."""

    name: str
    on: bool
    changed: bool


def switch(house: House, text: str, *, on: bool, by: str | None, now: datetime) -> Switched:
    """Put a person on the digest or take her off it; she is named, or said by the mark of her letters. Raises UnknownPerson and its kin."""
    day = now.date()
    with house.database.write() as connection:
        actor = operator(connection, by, None, day)
        number = person_of(facts.read_setting(connection, facts.MAIL_KEY) or "", text)
        if number is None or not digests.is_there(connection, number):
            number, _ = person_id(connection, text, day)
        changed = digests.switch(connection, number, on=on)
        if changed:
            kind = ON if on else OFF
            journal.write(connection, journal.Line(kind=kind, recorded_at=now, actor_id=actor.id, behalf_id=number))
        return Switched(name=people.person_name(connection, number), on=on, changed=changed)
