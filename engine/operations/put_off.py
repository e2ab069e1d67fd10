"""Why a round of letters has not written to somebody for whom something waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from engine.batched import batched
from engine.operations.asking import Lookup
from engine.operations.campaigns import running
from engine.operations.context import House
from engine.operations.digests import is_too_soon
from engine.operations.hours import sending_hours
from engine.operations.recipients import OFFICE, Recipient, find_recipient
from engine.store import notices
from engine.store.letters_of_day import told_today

_TOGETHER = 500


def put_off(house: House, channels: Sequence[str], now: datetime) -> dict[str, int]:
    """For how many seats something waits, by the reason: letter-today (or the office, which is told once a day too), digest.

    Not those that wait for the hours at which letters go, or whose campaign's mail is held.  channels: the house's, the usual one first.
    """
    counts: Counter[str] = Counter()
    with house.database.read() as connection:
        hours = sending_hours(connection)
        for campaign in running(connection):
            if not campaign.mail_on or hours.at(campaign, now).until is not None:
                continue
            for some in batched(notices.seats_waiting(connection, campaign.id), _TOGETHER):
                lookup = Lookup(connection, campaign, now, channels)
                lookup.directory.prefetch(unit for unit, _ in some if unit is not None)
                counts.update(_why(lookup, find_recipient(lookup, seat), channels[0]) for seat in some)
    return {reason: counts[reason] for reason in ("letter-today", "digest") if counts[reason]}


def _why(lookup: Lookup, recipient: Recipient, usual: str) -> str:
    person, day, way = recipient.person_id, lookup.directory.day, recipient.way()
    if person is None or way is None:
        return ""
    channel = way.channel or usual
    if person == OFFICE or told_today(lookup.connection, person, day, channel=channel):
        return "letter-today"
    return "digest" if recipient.digest and is_too_soon(lookup.connection, person, channel, day) else ""
