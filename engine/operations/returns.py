"""What came back: the address counts as unreachable, the office hears of it, and what did not arrive is told again when it can be."""

from __future__ import annotations

import re
from datetime import datetime

from engine.batched import batched
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running, running
from engine.operations.context import House
from engine.operations.recipients import parcel_of
from engine.store import notices, reports
from engine.store.codes import NoticeState
from engine.store.database import Connection
from engine.store.reports import NewReport
from notifiers.base import NotSent, wire_address

# So many are looked up together.
_TOGETHER = 500
# So much of a server's words is kept.
LONGEST_WORDS = 300
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b", re.ASCII)
# RFC 3463: no such mailbox, or not any more; no such domain, or no way to it. A full mailbox or a refused text are no fault of the address.
_NO_ADDRESS = re.compile(r"1\.(?:0|1|2|3|4|6|10)|2\.[01]|4\.(?:1|4|310)|0\.0", re.ASCII)


def is_dead(status: str) -> bool:
    """Whether that code (`5.1.1`), or a refusal without one, says that the address itself takes no letters."""
    found = _STATUS.search(status)
    return found is None or (found[1] == "5" and _NO_ADDRESS.fullmatch(f"{found[2]}.{found[3]}") is not None)


def refused(connection: Connection, message: int, error: NotSent, now: datetime) -> None:
    """The server would not take it, and never will: nobody is told of what stands in it, but the office is."""
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
    if reports.is_running(connection, row.campaign_id):
        notices.tell_office(connection, reports.notices_in(connection, message), now, NoticeState.FAILED)


def _is_of_the_address(error: NotSent, address: str) -> bool:
    """Whether it is the address that was refused. What else cannot be used is a fault of our own, and hers takes letters all the same."""
    if error.cause != "unusable":
        return error.cause == "recipient"
    try:
        wire_address(address)
    except NotSent:
        return True
    return False


def tell_again(house: House, now: datetime) -> int:
    """What did not arrive waits once more as soon as another address would take it: how many notices that is."""
    with house.database.read() as connection:
        found = [(campaign.id, _reachable(connection, campaign, now)) for campaign in running(connection)]
        open_ = reports.any_open(connection)
    if not open_:
        return 0
    with house.database.write() as connection:
        told = sum(reports.tell_again(connection, again) for _, again in found)
        for campaign_id, _ in found:
            reports.settle(connection, campaign_id)
    return told


def _reachable(connection: Connection, campaign: Running, now: datetime) -> list[int]:
    """The ids of what would go to another address today: where it would really go, which is not always whoever holds the post."""
    found: list[int] = []
    for some in batched(reports.lost(connection, campaign.id), _TOGETHER):
        lookup = Lookup(connection, campaign, now)
        for one in some:
            for notice in notices.lost_in(connection, one.message_id):
                recipient = parcel_of(lookup, notice).recipient
                if not recipient.reason and recipient.address != one.address:
                    found.append(notice.id)
    return found
