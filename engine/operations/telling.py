"""Telling people: notices become one message a person and day, looked at once more before it goes, and sent at least once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.machine.states import ObligationState
from engine.operations import letters
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running, running
from engine.operations.context import House
from engine.operations.letters import Recipient
from engine.sentences import Lang, Sentence
from engine.store import house as facts
from engine.store import notices
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.obligations import ball
from notifiers.base import Letter, Notifier, NotSent
from notifiers.texts import compose

PERSONS_A_BATCH = 100
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=5)
OFFICE_NAME, OFFICE_ADDRESS = "office_name", "office_address"
_AT_ONCE = (NoticeKind.RETURNED,)


@dataclass(frozen=True, kw_only=True)
class Post:
    """How letters leave the house: by which channel, in which language, in whose name."""

    notifier: Notifier
    lang: Lang
    sender_name: str = ""
    sender_address: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a delivery did. `held`: notices that wait because the campaign's mail is off."""

    composed: int
    sent: int
    failed: int
    later: int
    held: int

    @property
    def words(self) -> Sentence:
        """For the command line and the log."""
        return Sentence(
            "写成信件 {composed} 封，寄出 {sent} 封，稍后再试 {later} 封，寄不出 {failed} 封；邮件未放行而暂存的提醒 {held} 条。",
            "{composed} letter(s) composed, {sent} sent, {later} to try again, {failed} failed; {held} notice(s) held while mail is off.",
            vars(self),
        )


def deliver(house: House, post: Post, now: datetime, on_letter: Callable[[str], None] = lambda _: None) -> Delivered:
    """Compose what is to be told and send what waits. Each notice ends as sent, suppressed with a reason, or failed.

    on_letter: told the receipt of every letter that went out.
    """
    composed = _compose_all(house, post, now)
    counts = {"sent": 0, "failed": 0, "later": 0}
    while (outcome := _send_one(house, post, now, on_letter)) is not None:
        counts[outcome] += 1
    return Delivered(composed=composed, held=_held(house), **counts)


def _held(house: House) -> int:
    with house.database.read() as connection:
        return notices.held(connection)


def _compose_all(house: House, post: Post, now: datetime) -> int:
    composed = 0
    with house.database.read() as connection:
        campaigns = [campaign for campaign in running(connection) if campaign.mail_on]
    for campaign in campaigns:
        with house.database.read() as connection:
            groups = list(_recipients(Lookup(connection, campaign, now)).values())
        for start in range(0, len(groups), PERSONS_A_BATCH):
            with house.database.write() as connection:
                composed += _compose_batch(Lookup(connection, campaign, now), groups[start : start + PERSONS_A_BATCH], post)
    return composed


_Seats = tuple[tuple[int | None, str], ...]


def _recipients(lookup: Lookup) -> dict[object, _Seats]:
    """The seats for which notices wait, those of one person together."""
    seats = notices.seats_waiting(lookup.connection, lookup.running.id)
    lookup.directory.prefetch(unit for unit, _ in seats if unit is not None)
    groups: dict[object, list[tuple[int | None, str]]] = defaultdict(list)
    for seat in seats:
        found = find_recipient(lookup, seat)
        groups[found.person_id if found.person_id is not None else seat].append(seat)
    return {key: tuple(group) for key, group in groups.items()}


def find_recipient(lookup: Lookup, seat: tuple[int | None, str]) -> Recipient:
    """Who is told for a seat today; a null unit is the campaign office. `reason` says why nobody can be."""
    unit_id, role = seat
    if unit_id is None:
        return _office(lookup.connection)
    answer = lookup.directory.answering(unit_id, role)
    if not answer.holders:
        return Recipient(reason="vacant", unit_name=answer.unit.name, post=role)
    reachable = [holder for holder in answer.holders if holder.email]
    chosen = (reachable or answer.holders)[0]
    return Recipient(
        person_id=chosen.person_id,
        name=chosen.name,
        address=chosen.email,
        unit_name=lookup.directory.unit(chosen.unit_id).name,
        post=chosen.post,
        stands_in_for=(answer.unit.name,) if answer.vacant else (),
        reason="" if reachable else "no-address",
    )


def _office(connection: Connection) -> Recipient:
    name, address = facts.read_setting(connection, OFFICE_NAME), facts.read_setting(connection, OFFICE_ADDRESS)
    if not address:
        return Recipient(reason="no-office", unit_name="", post="")
    return Recipient(person_id=-1, name=name or address, address=address, unit_name="", post="")


def _compose_batch(lookup: Lookup, groups: Sequence[_Seats], post: Post) -> int:
    lookup.directory.prefetch(unit for seats in groups for unit, _ in seats if unit is not None)
    return sum(_compose(lookup, seats, post) for seats in groups)


def _compose(lookup: Lookup, seats: _Seats, post: Post) -> int:
    """One person's letter, if there is anything left to say; 1 or 0."""
    connection, campaign = lookup.connection, lookup.running
    recipient = find_recipient(lookup, seats[0])
    if recipient.person_id == -1:
        recipient = _with_office_id(connection, recipient)
    decided = _still_true(connection, notices.waiting_for(connection, campaign.id, seats), campaign)
    if recipient.reason:
        notices.suppress(connection, [notice.id for notice in decided], recipient.reason)
        return 0
    if not decided or _waits_for_tomorrow(connection, campaign, recipient, decided, post, lookup.directory.day):
        return 0
    told = {(notice.unit_id, notice.role) for notice in decided}
    vacant = [name for seat in seats if seat in told for name in find_recipient(lookup, seat).stands_in_for]
    _write(lookup, replace(recipient, stands_in_for=tuple(dict.fromkeys(vacant))), decided, post)
    return 1


def _with_office_id(connection: Connection, office: Recipient) -> Recipient:
    number = facts.operator_id(connection, office.name)
    return Recipient(person_id=number, name=office.name, address=office.address, unit_name="", post="")


def _still_true(connection: Connection, decided: Sequence[Decided], campaign: Running) -> list[Decided]:
    """What is still so; the rest is suppressed with its reason. Of several rungs about one duty the last one speaks."""
    reasons: dict[str, list[int]] = defaultdict(list)
    kept: dict[tuple[object, ...], Decided] = {}
    for notice in decided:
        reason = why_not(notice, escalated=_escalated(notice, campaign))
        if reason:
            reasons[reason].append(notice.id)
            continue
        key = (notice.obligation.key, notice.kind, notice.unit_id, notice.role)
        if key in kept:
            reasons["superseded"].append(kept[key].id)
        kept[key] = notice
    for reason, ids in reasons.items():
        notices.suppress(connection, ids, reason)
    return list(kept.values())


def _escalated(notice: Decided, campaign: Running) -> bool:
    """Whether the ladder told somebody else than whoever held the ball."""
    return notice.kind == NoticeKind.RUNG and campaign.workflow.task(notice.obligation.task).ladder[notice.rung].to is not None


def why_not(notice: Decided, *, escalated: bool) -> str:
    """Why this need not be told any more; '' where it must be. Whoever reviews may also be whom an escalation goes to."""
    row = notice.obligation
    if notice.kind in (NoticeKind.EXTENDED, NoticeKind.WAIVED):
        return ""
    if row.state.done:
        return "done"
    if row.state is ObligationState.LAPSED:
        return "lapsed"
    if notice.kind == NoticeKind.RETURNED:
        return "" if row.state is ObligationState.RETURNED else "handed-in"
    if notice.kind == NoticeKind.TO_REVIEW:
        return "" if row.state is ObligationState.SUBMITTED and notice.number == row.version else "moved-on"
    if notice.deadline_id != row.deadline_id:
        return "extended"
    if row.state is ObligationState.SCHEDULED:
        return "not-open"
    return "" if escalated or (notice.unit_id, notice.role) == ball(row) else "moved-on"


def _waits_for_tomorrow(
    connection: Connection, campaign: Running, recipient: Recipient, decided: Iterable[Decided], post: Post, day: date
) -> bool:
    """One message a person and day, but for what cannot wait."""
    if any(notice.kind in _AT_ONCE or notice.obligation.urgent for notice in decided):
        return False
    return recipient.person_id in notices.told_today(connection, campaign.id, post.notifier.name, day)


def _write(lookup: Lookup, recipient: Recipient, decided: Sequence[Decided], post: Post) -> None:
    connection, campaign, now = lookup.connection, lookup.running, lookup.now
    office = _office(connection)
    view = letters.view(lookup, recipient, office, decided, post.lang)
    words = compose(view)
    assert recipient.person_id is not None
    day = lookup.directory.day
    serial = notices.next_serial(connection, campaign.id, recipient.person_id, post.notifier.name, day)
    domain = (post.sender_address or office.address).rpartition("@")[2] or "campaign.invalid"
    values = {
        "campaign_id": campaign.id,
        "person_id": recipient.person_id,
        "channel": post.notifier.name,
        "address": recipient.address,
        "day": day,
        "serial": serial,
        "token": _token(campaign, recipient.person_id, domain, day, serial),
        "subject": words.subject,
        "text": words.text,
        "html": words.html,
        "composed_at": now,
        "next_try_at": now,
    }
    notices.add_message(connection, values, [notice.id for notice in decided])


def _token(campaign: Running, person_id: int, domain: str, day: date, serial: int) -> str:
    """The Message-ID: the same whenever the message is tried again, another in every other database."""
    return f"<{int(campaign.launched_at.timestamp())}.{campaign.id}.{person_id}.{day:%Y%m%d}.{serial}@{domain}>"


def _send_one(house: House, post: Post, now: datetime, on_letter: Callable[[str], None]) -> str | None:
    """Claim a message, send it outside any transaction, and write down what came of it; None where nothing waits."""
    with house.database.write() as connection:
        message = notices.claim(connection, now)
        office = _office(connection)
    if message is None:
        return None
    letter = Letter(
        message_id=message.token,
        sender_name=post.sender_name or office.name,
        sender_address=post.sender_address or office.address,
        reply_to=office.address or None,
        to_name=message.name,
        to_address=message.address,
        subject=message.subject,
        text=message.text,
        html=message.html or None,
        lang=post.lang,
    )
    try:
        # People read the date of a letter, and the names of letters that are files, in their own zone.
        receipt = post.notifier.send(letter, now.astimezone(ZoneInfo(message.zone)))
    except NotSent as error:
        return _not_sent(house, message.id, message.attempts, error, now)
    with house.database.write() as connection:
        notices.note_attempt(connection, message.id, now, "sent", receipt)
        notices.sent(connection, message.id)
    on_letter(receipt)
    return "sent"


def _not_sent(house: House, message_id: int, attempts: int, error: NotSent, now: datetime) -> str:
    final = error.permanent or attempts >= MOST_ATTEMPTS
    with house.database.write() as connection:
        notices.note_attempt(connection, message_id, now, "failed" if final else "later", str(error))
        if final:
            notices.failed(connection, message_id, error.reason)
        else:
            notices.try_again(connection, message_id, now + FIRST_WAIT * 2 ** (attempts - 1), str(error))
    return "failed" if final else "later"
