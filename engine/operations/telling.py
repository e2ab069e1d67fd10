"""Telling people: notices become one message a person and day, looked at once more before it goes, and sent at least once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.operations import letters
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running, running
from engine.operations.context import House
from engine.operations.letters import Recipient
from engine.operations.post import Post, office_of
from engine.operations.relevance import why_not
from engine.operations.sending import send_one
from engine.oserrors import why
from engine.sentences import Sentence
from engine.store import house as facts
from engine.store import notices
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from notifiers.base import NotSent
from notifiers.texts import Composed, compose

# So many letters are kept in one transaction: other writers wait no longer than that.
PERSONS_A_BATCH = 20
_AT_ONCE = (NoticeKind.RETURNED,)
# Stands for the campaign office, which is no person of the roster.
_OFFICE = -1


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a delivery did. `held`: notices that wait because the campaign's mail is off; `trouble`: why the last letter did not go."""

    composed: int
    sent: int
    failed: int
    later: int
    held: int
    trouble: Sentence | None = None

    @property
    def words(self) -> Sentence:
        """For the command line and the log."""
        return Sentence(
            "写成信件 {composed} 封，寄出 {sent} 封，稍后再试 {later} 封，寄不出 {failed} 封；邮件未放行而暂存的提醒 {held} 条。",
            "{composed} letter(s) composed, {sent} sent, {later} to try again, {failed} failed; {held} notice(s) held while mail is off.",
            vars(self),
        )


def deliver(house: House, post: Post, now: datetime, on_attempt: Callable[[], None] = lambda: None) -> Delivered:
    """Compose what is to be told and send what waits. Each notice ends as sent, suppressed with a reason, or failed.

    on_attempt: called after every attempt. Where the whole channel is out of reach, the round ends with the first letter.
    """
    composed = _compose_all(house, post, now)
    counts = {"sent": 0, "failed": 0, "later": 0, "dropped": 0}
    trouble: NotSent | None = None
    while (outcome := send_one(house, post, now)) is not None:
        counts[outcome.what] += 1
        trouble = outcome.trouble or trouble
        on_attempt()
        if outcome.hopeless:
            break
    del counts["dropped"]
    return Delivered(composed=composed, held=_held(house), trouble=_said(trouble), **counts)


def _said(trouble: NotSent | None) -> Sentence | None:
    if trouble is None:
        return None
    cause = trouble.__cause__
    if not isinstance(cause, OSError):
        return Sentence("{zh}", "{en}", {"zh": trouble.zh, "en": trouble.en})
    # The system says in English only why a file cannot be written.
    zh, en = trouble.zh.removesuffix(f"：{trouble.reason}"), trouble.en.removesuffix(f": {trouble.reason}")
    return Sentence("{zh}：{why}", "{en}: {why}", {"zh": zh, "en": en, "why": why(cause)})


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
            composed += _compose_batch(house, campaign, groups[start : start + PERSONS_A_BATCH], post, now)
    return composed


def _compose_batch(house: House, campaign: Running, groups: Sequence[_Seats], post: Post, now: datetime) -> int:
    """The letters of some persons: written while others may write, then kept; how many."""
    with house.database.read() as connection:
        lookup = Lookup(connection, campaign, now)
        lookup.directory.prefetch(unit for seats in groups for unit, _ in seats if unit is not None)
        drafts = [_draft(lookup, seats, post) for seats in groups]
    with house.database.write() as connection:
        return sum(_keep(connection, campaign, draft, post, now) for draft in drafts)


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """What one person is to be told. `notices`: ids of what the letter says; `untold`: ids by the reason why they are not told.

    person_id: None for a campaign office that has never been written to.  waits: only for a day on which she has had no letter.
    """

    person_id: int | None
    office: str
    address: str
    notices: tuple[int, ...]
    untold: Mapping[str, Sequence[int]]
    words: Composed | None
    waits: bool


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
    name, address = office_of(connection)
    if not address:
        return Recipient(reason="no-office", unit_name="", post="")
    return Recipient(person_id=_OFFICE, name=name, address=address, unit_name="", post="")


def _draft(lookup: Lookup, seats: _Seats, post: Post) -> _Draft:
    """One person's letter, if there is anything left to say."""
    connection, campaign = lookup.connection, lookup.running
    recipient = find_recipient(lookup, seats[0])
    decided, untold = _still_true(notices.waiting_for(connection, campaign.id, seats), campaign)
    if recipient.reason:
        untold, decided = {**untold, recipient.reason: [notice.id for notice in decided]}, []
    told = {(notice.unit_id, notice.role) for notice in decided}
    vacant = [name for seat in seats if seat in told for name in find_recipient(lookup, seat).stands_in_for]
    known = replace(recipient, stands_in_for=tuple(dict.fromkeys(vacant)))
    waits = not any(notice.kind in _AT_ONCE or notice.obligation.urgent for notice in decided)
    late = waits and recipient.person_id in notices.told_today(connection, campaign.id, post.notifier.name, lookup.directory.day)
    write = bool(decided) and not late
    return _Draft(
        person_id=None if recipient.person_id == _OFFICE else recipient.person_id,
        office=recipient.name if recipient.person_id == _OFFICE else "",
        address=recipient.address,
        notices=tuple(notice.id for notice in decided) if write else (),
        untold=untold,
        words=compose(letters.view(lookup, known, _office(connection), decided, post.lang)) if write else None,
        waits=waits,
    )


def _keep(connection: Connection, campaign: Running, draft: _Draft, post: Post, now: datetime) -> int:
    """Keep a letter, unless somebody else has told her meanwhile, and why the rest is not told; 1 or 0."""
    for reason, ids in draft.untold.items():
        notices.suppress(connection, ids, reason)
    if draft.words is None or not notices.all_waiting(connection, draft.notices):
        return 0
    person_id = draft.person_id if draft.person_id is not None else facts.operator_id(connection, draft.office)
    day, channel = campaign.day(now), post.notifier.name
    if draft.waits and person_id in notices.told_today(connection, campaign.id, channel, day):
        return 0
    serial = notices.next_serial(connection, campaign.id, person_id, channel, day)
    domain = (post.sender_address or _office(connection).address).rpartition("@")[2] or "campaign.invalid"
    values = {
        "campaign_id": campaign.id,
        "person_id": person_id,
        "channel": channel,
        "address": draft.address,
        "day": day,
        "serial": serial,
        "token": _token(campaign, person_id, domain, day, serial),
        "subject": draft.words.subject,
        "text": draft.words.text,
        "html": draft.words.html,
        "composed_at": now,
        "next_try_at": now,
    }
    notices.add_message(connection, values, draft.notices)
    return 1


def _still_true(decided: Sequence[Decided], campaign: Running) -> tuple[list[Decided], Mapping[str, list[int]]]:
    """What is still so, and the rest by the reason why it is not told. Of several rungs about one duty the last one speaks."""
    reasons: dict[str, list[int]] = defaultdict(list)
    kept: dict[tuple[object, ...], Decided] = {}
    for notice in decided:
        reason = why_not(notice, campaign)
        if reason:
            reasons[reason].append(notice.id)
            continue
        key = (notice.obligation.key, _topic(notice), notice.unit_id, notice.role)
        if key in kept:
            kept[key], less = _telling_more(kept[key], notice)
            reasons["superseded"].append(less.id)
        else:
            kept[key] = notice
    return list(kept.values()), reasons


def _topic(notice: Decided) -> str:
    """What a notice is about, to whoever has to act: one duty is named once in a letter."""
    return "result" if notice.kind in (NoticeKind.EXTENDED, NoticeKind.WAIVED, NoticeKind.ACCEPTED) else "duty"


def _telling_more(one: Decided, other: Decided) -> tuple[Decided, Decided]:
    """Of two notices about one duty the one that says more, and the other: what somebody did before a mere reminder, then the later."""
    first, second = sorted((one, other), key=lambda notice: (notice.kind != NoticeKind.RUNG, notice.due_at, notice.id))
    return second, first


def _token(campaign: Running, person_id: int, domain: str, day: date, serial: int) -> str:
    """The Message-ID: the same whenever the message is tried again, another in every other database."""
    return f"<{int(campaign.launched_at.timestamp())}.{campaign.id}.{person_id}.{day:%Y%m%d}.{serial}@{domain}>"
