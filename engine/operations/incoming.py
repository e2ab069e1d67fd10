"""Reading what came in: letters that came back, letters that are late, and who wants a digest only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from engine.batched import batched
from engine.errors import CampaignError
from engine.operations.context import House
from engine.operations.digests import ON, person_of
from engine.operations.returns import go_on, is_dead
from engine.oserrors import why
from engine.sentences import Sentence
from engine.store import digests, journal, notices, reports
from engine.store import house as facts
from engine.store.codes import MessageState, NoticeState
from engine.store.database import Connection
from engine.store.reports import NewReport
from engine.unseen import marked
from notifiers.mailbox import Mail, mails
from notifiers.returns import CameBack, read

_TOGETHER = 50
_FIRST = 10

What = Literal["bounced", "delayed", "digest", "automatic", "other", "again", "foreign", "unreadable"]


class NoMailbox(CampaignError):
    """没有 {place} 这个文件夹或文件。请写收退信的 maildir、mbox，或存有邮件文件的文件夹。

    There is no {place}. Name the maildir or the mbox that takes what comes back, or a folder of mail files.
    """


class MailboxUnreadable(CampaignError):
    """读不了 {place}：{why}。请检查权限，或换一个位置。

    {place} cannot be read: {why}. Check its permissions, or name another place.
    """


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What a mailbox held. again: read before.  foreign: came back, but is none of our letters.  automatic: somebody is away.

    strange: names of those that are no mail, or could not be read, some of `unreadable`.  unmatched: names of some of the `foreign`, with
    the address that could not be reached.
    """

    mails: int
    bounced: int
    delayed: int
    digest: int
    again: int
    foreign: int
    automatic: int
    other: int
    unreadable: int
    strange: tuple[str, ...]
    unmatched: tuple[str, ...]


def read_mail(house: House, place: Path, now: datetime) -> Incoming:
    """Take note of all that lies there and has not been read before; the mails stay where they are. Raises NoMailbox, MailboxUnreadable."""
    counts: Counter[str] = Counter()
    strange: list[str] = []
    unmatched: list[str] = []
    for some in batched(_mails(place), _TOGETHER):
        answers = [(mail.name, _answer(mail)) for mail in some]
        recipients = {name: answer.recipient for name, answer in answers}
        for name, what in _take_all(house, answers, now):
            counts[what] += 1
            if what == "unreadable" and len(strange) < _FIRST:
                strange.append(marked(name))
            if what == "foreign" and len(unmatched) < _FIRST:
                unmatched.append(f"{name} <{recipients[name]}>" if recipients[name] else name)
    names = ("bounced", "delayed", "digest", "again", "foreign", "automatic", "other", "unreadable")
    return Incoming(mails=counts.total(), strange=tuple(strange), unmatched=tuple(unmatched), **{name: counts[name] for name in names})


def _mails(place: Path) -> Iterator[Mail]:
    if place.exists() and not (place.is_dir() or place.is_file()):
        raise MailboxUnreadable(place=str(place), why=Sentence("它是管道或设备", "it is a pipe or a device"))
    try:
        yield from mails(place)
    except FileNotFoundError as error:
        raise NoMailbox(place=str(place)) from error
    except OSError as error:
        raise MailboxUnreadable(place=str(place), why=why(error)) from error


def _answer(mail: Mail) -> CameBack:
    return CameBack(source="", what="unreadable") if mail.content is None else read(mail.content)


def _take_all(house: House, answers: Sequence[tuple[str, CameBack]], now: datetime) -> Iterator[tuple[str, What]]:
    """Nothing is written where none of them says anything to us."""
    with house.database.read() as connection:
        key = facts.read_setting(connection, facts.MAIL_KEY) or ""
    telling = [one for one in answers if _tells(one[1], key)]
    yield from ((name, _untold(answer)) for name, answer in answers if not _tells(answer, key))
    if telling:
        with house.database.write() as connection:
            yield from [(name, _take(connection, answer, key, now)) for name, answer in telling]


def _tells(answer: CameBack, key: str) -> bool:
    return answer.what in ("bounced", "delayed") or person_of(key, answer.subject) is not None


def _untold(answer: CameBack) -> What:
    return answer.what


def _take(connection: Connection, answer: CameBack, key: str, now: datetime) -> What:
    """One mail, within the transaction of its batch; the same mail twice in one batch counts once, too."""
    if reports.known(connection, [answer.source]):
        return "again"
    if answer.what in ("bounced", "delayed"):
        return _take_report(connection, answer, now)
    return _take_wish(connection, answer, key, now)


def _take_report(connection: Connection, answer: CameBack, now: datetime) -> What:
    row = reports.message_of(connection, answer.message_ids)
    if row is None:
        return "foreign"
    if row.state in (MessageState.SENT, MessageState.WAITING) and row.claim is not None:
        # It is being tried at this moment: what comes of that is written down first, and this mail is read the next time.
        return "other"
    if answer.what == "bounced" and row.state in (MessageState.SENT, MessageState.WAITING):
        _came_back(connection, row, answer, now)
        return "bounced"
    _note(connection, answer, now, row)
    return "delayed" if answer.what == "delayed" else "again"


def _came_back(connection: Connection, row: Any, answer: CameBack, now: datetime) -> int:
    """The mail server that had taken it has given it up: how many notices did not arrive."""
    words = _words(answer, row.address)
    ids = reports.bounce(connection, row.id, words)
    report = NewReport(
        source=answer.source,
        message_id=row.id,
        person_id=row.person_id,
        at=now,
        outcome=reports.BOUNCED,
        words=words,
        dead=is_dead(answer.status),
        settled=not ids,
    )
    reports.note(connection, report)
    if reports.is_running(connection, row.campaign_id):
        if report.dead:
            go_on(connection, row.id, now)
        notices.tell_office(connection, ids, now, NoticeState.BOUNCED)
    # The server's words may hold an address, and the journal is for ever: its number says as much.
    data = {"count": len(ids), "reason": answer.status, "message": row.id}
    journal.write(connection, journal.Line(kind="bounced", recorded_at=now, campaign_id=row.campaign_id, data=data))
    return len(ids)


def _words(answer: CameBack, address: str) -> str:
    """The server's own; behind the address that it could not reach, where her mail is forwarded to another one than ours."""
    words = answer.words or answer.status
    return f"<{answer.recipient}> {words}" if answer.recipient and answer.recipient.lower() != address.lower() else words


def _take_wish(connection: Connection, answer: CameBack, key: str, now: datetime) -> What:
    """Somebody asks for fewer letters."""
    number = person_of(key, answer.subject)
    if number is None or not digests.is_there(connection, number):
        return "foreign"
    if digests.switch(connection, number, on=True):
        journal.write(connection, journal.Line(kind=ON, recorded_at=now, actor_id=number))
    _note(connection, answer, now, None, number)
    return "digest"


def _note(connection: Connection, answer: CameBack, now: datetime, row: Any, number: int | None = None) -> None:
    """Keep that it was read, where nothing follows from it but what it says."""
    report = NewReport(
        source=answer.source,
        message_id=None if row is None else row.id,
        person_id=number if row is None else row.person_id,
        at=now,
        outcome=reports.DIGEST if row is None else reports.DELAYED if answer.what == "delayed" else reports.BOUNCED,
        words=_words(answer, "" if row is None else row.address),
        dead=False,
        settled=True,
    )
    reports.note(connection, report)
