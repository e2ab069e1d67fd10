"""What came back: the address counts as unreachable, the office hears of it, and what did not arrive is told again when it can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from engine.batched import batched
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running, by_id, running
from engine.operations.channels import Way
from engine.operations.context import House
from engine.operations.recipients import parcel_of
from engine.operations.routing import way_for
from engine.store import journal, notices, reports
from engine.store.codes import NoticeState
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.reports import Lost, NewReport
from notifiers.base import NotSent, wire_address

# So many are looked up together.
_TOGETHER = 500
# So much of a server's words is kept.
LONGEST_WORDS = 300
# The line of the journal that says by which channel a notice went in vain, and by which it goes then.
REROUTED = "rerouted"
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b", re.ASCII)
# RFC 3463: no such mailbox, or not any more; no such domain, or no way to it. A full mailbox or a refused text are no fault of the address.
_NO_ADDRESS = re.compile(r"1\.(?:0|1|2|3|4|6|10)|2\.[01]|4\.(?:1|4|310)|0\.0", re.ASCII)


def is_dead(status: str) -> bool:
    """Whether that code (`5.1.1`), or a refusal without one, says that the address itself takes no letters."""
    found = _STATUS.search(status)
    return found is None or (found[1] == "5" and _NO_ADDRESS.fullmatch(f"{found[2]}.{found[3]}") is not None)


def refused(connection: Connection, message: int, error: NotSent, now: datetime, channels: Sequence[str] | None = None) -> int:
    """The server would not take it, and never will: what can go on by her next channel waits again, of the rest the office is told.

    channels: as for a `Lookup`. How many notices go on.
    """
    row = reports.message_by_id(connection, message)
    report = NewReport(
        source=f"refused {message}",
        message_id=message,
        person_id=row.person_id,
        at=now,
        outcome=reports.UNUSABLE if error.cause == "unusable" else reports.REFUSED,
        words=error.reason[:LONGEST_WORDS],
        dead=_is_of_the_address(error, row.address) and is_dead(error.reason),
        settled=False,
    )
    reports.note(connection, report)
    if not reports.is_running(connection, row.campaign_id):
        return 0
    going = go_on(connection, message, now, channels) if report.dead else 0
    notices.tell_office(connection, reports.notices_in(connection, message), now, NoticeState.FAILED)
    return going


def go_on(connection: Connection, message: int, now: datetime, channels: Sequence[str] | None = None) -> int:
    """Nothing gets to her any more where it went: what stood in it waits again if another channel of hers is left; how many that is.

    What somebody else would be told for her now the office hears of first: she has to be given an address.
    """
    row = reports.message_by_id(connection, message)
    lost = Lost(message_id=message, channel=row.channel, address=row.address, contact=row.contact, dead=True)
    lookup = Lookup(connection, by_id(connection, row.campaign_id), now, channels)
    found = [(notice, lost, way) for notice, way in _elsewhere(lookup, lost, row.person_id)]
    return _again(connection, found, now)


def _again(connection: Connection, found: Sequence[tuple[Decided, Lost, Way]], now: datetime) -> int:
    """These wait again; where they go by another channel, the journal says so."""
    told = reports.tell_again(connection, [notice.id for notice, _, _ in found])
    for notice, lost, way in found:
        if way.channel not in ("", lost.channel):
            data = {"notice": notice.id, "message": lost.message_id, "channel": lost.channel, "then": way.channel}
            row = notice.obligation
            case_id, occurrence_id, subject = row.key
            journal.write(
                connection,
                journal.Line(
                    kind=REROUTED,
                    recorded_at=now,
                    campaign_id=row.campaign_id,
                    case_id=case_id,
                    occurrence_id=occurrence_id,
                    subject=subject,
                    data=data,
                ),
            )
    return told


def _elsewhere(lookup: Lookup, lost: Lost, person_id: int | None = None) -> Iterator[tuple[Decided, Way]]:
    """What stood in a letter and would go another way today: where it would really go, which is not always whoever holds the post.

    person_id: only what that person would be told; None: whoever is.
    """
    for notice in notices.lost_in(lookup.connection, lost.message_id):
        recipient = parcel_of(lookup, notice).recipient
        way = way_for(lookup.running, recipient, notice)
        if way is not None and _is_another(way, lost) and person_id in (None, recipient.person_id):
            yield notice, way


def _is_another(way: Way, lost: Lost) -> bool:
    return (way.address, way.contact) != (lost.address, lost.contact) or (lost.dead and way.channel not in ("", lost.channel))


def _is_of_the_address(error: NotSent, address: str) -> bool:
    """Whether it is the address that was refused. What else cannot be used is a fault of our own, and hers takes letters all the same."""
    if error.cause != "unusable":
        return error.cause == "recipient"
    try:
        wire_address(address)
    except NotSent:
        return True
    return False


def tell_again(house: House, now: datetime, channels: Sequence[str] | None = None) -> int:
    """What did not arrive waits once more as soon as another address or channel would take it: how many notices that is."""
    with house.database.read() as connection:
        found = [(campaign.id, _reachable(connection, campaign, now, channels)) for campaign in running(connection)]
        open_ = reports.any_open(connection)
    if not open_:
        return 0
    with house.database.write() as connection:
        told = sum(_again(connection, again, now) for _, again in found)
        for campaign_id, _ in found:
            reports.settle(connection, campaign_id)
    return told


def _reachable(connection: Connection, campaign: Running, now: datetime, channels: Sequence[str] | None) -> list[tuple[Decided, Lost, Way]]:
    """What would go another way today, with the letter it was in."""
    found: list[tuple[Decided, Lost, Way]] = []
    for some in batched(reports.lost(connection, campaign.id), _TOGETHER):
        lookup = Lookup(connection, campaign, now, channels)
        found += [(notice, one, way) for one in some for notice, way in _elsewhere(lookup, one)]
    return found
