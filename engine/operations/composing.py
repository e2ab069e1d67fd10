"""Composing: what waits for a person becomes one letter a day and channel; why the rest of it is not told is kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from engine.batched import batched
from engine.operations import letters
from engine.operations.asking import Lookup
from engine.operations.attaching import calendar_for, file_name
from engine.operations.campaigns import Running, running
from engine.operations.channels import Way
from engine.operations.digests import is_for_digest, is_too_soon, signed
from engine.operations.hours import Quiet
from engine.operations.instructions import office_name
from engine.operations.office import office_of
from engine.operations.post import Post
from engine.operations.recipients import (
    OFFICE,
    UNREACHED,
    Bundle,
    Parcel,
    Recipient,
    Recipients,
    gather,
    needless,
    office_recipient,
    told_as,
)
from engine.operations.relevance import why_not
from engine.operations.returns import tell_again
from engine.operations.routing import by_way, unwanted, way_for
from engine.operations.sending import Round
from engine.sentences import Lang
from engine.store import house as facts
from engine.store import journal, notices
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.letters_of_day import next_serial, told_today
from engine.store.notices import Decided
from engine.store.quiet import any_loud
from engine.store.threads import answered
from notifiers.texts import Composed

# So many letters are kept in one transaction: other writers wait, and whoever is killed loses, no more than these.
PERSONS_A_BATCH = 5
# So many are written from one look at the database.
PERSONS_A_LOOK = 25
_LONGEST_DOMAIN = 48
_AT_ONCE = (NoticeKind.RETURNED,)
_RESULTS = frozenset({NoticeKind.EXTENDED, NoticeKind.DENIED, NoticeKind.WAIVED, NoticeKind.ACCEPTED, NoticeKind.PASSED})


def compose_all(turn: Round, unreached: dict[str, None]) -> Iterator[int]:
    """Write all letters that are to be written, some at a time; how many each time. Enters whoever could not be told."""
    house, now = turn.house, turn.now
    tell_again(house, now, turn.post.channels)
    with house.database.read() as connection:
        # Who is written to once a day must in the end hear of every campaign: the one that has waited longest comes first.
        order = notices.waiting_longest(connection)
        alive = {campaign.id: campaign for campaign in running(connection) if campaign.mail_on}
    for campaign in (alive[number] for number in order if number in alive):
        quiet = turn.hours.at(campaign, now)
        with house.database.read() as connection:
            if quiet.until is not None and not any_loud(connection, campaign.id, quiet.fresh):
                continue
            recipients = gather(connection, campaign, now, turn.post.channels)
            office = office_recipient(connection)
        for some in _looks(recipients.bundles(office)):
            drafts = _drafts(turn, campaign, recipients, some, quiet)
            unreached |= dict.fromkeys(draft.unreached for draft in drafts if draft.unreached)
            for at in range(0, len(drafts), PERSONS_A_BATCH):
                yield _keep_some(turn, campaign, drafts[at : at + PERSONS_A_BATCH])


def _looks(bundles: Iterator[Bundle]) -> Iterator[Sequence[Bundle]]:
    """So many at a time; the office by itself, when it is known who else could not be told."""
    for is_office, each in groupby(bundles, key=lambda bundle: bundle.is_office):
        yield from batched(each, 1 if is_office else PERSONS_A_LOOK)


def _drafts(turn: Round, campaign: Running, recipients: Recipients, some: Sequence[Bundle], quiet: Quiet) -> list[_Draft]:
    """The letters of some persons, written while others may write."""
    with turn.house.database.read() as connection:
        lookup = Lookup(connection, campaign, turn.now, turn.post.channels)
        lookup.directory.prefetch(unit for bundle in some for unit, _ in bundle.seats if unit is not None)
        return [draft for bundle in some for draft in _of_one(lookup, recipients.parcel(lookup, bundle), turn, quiet)]


def _keep_some(turn: Round, campaign: Running, drafts: Sequence[_Draft]) -> int:
    with turn.house.database.write() as connection:
        kept = [draft for draft in drafts if _keep(connection, turn, campaign, draft)]
        for place, count in Counter(draft.fault for draft in kept if draft.fault).items():
            # Not what was wrong: it may name somebody, and the journal is for ever.
            data = {"place": place, "count": count}
            journal.write(connection, journal.Line(kind=journal.MISWORDED, recorded_at=turn.now, campaign_id=campaign.id, data=data))
        return len(kept)


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """What one person is to be told. `notices`: ids of what the letter says; `untold`: ids by the reason why they are not told.

    person_id: None for a campaign office that has never been written to.  waits: only for a day on which she has had no letter.
    unreached: who it is that can be told nothing of it, '' where she can.  answers: the Message-IDs of earlier letters.
    digest: it tells of what she does not owe.  weekly: only where she has had no such letter for a week.
    calendar: what goes with it as a file, '' where nothing does.  fault: see `Wording.words`.  way: how it goes.
    """

    person_id: int | None
    office: str
    way: Way
    notices: tuple[int, ...]
    untold: Mapping[str, Sequence[int]]
    words: Composed | None
    waits: bool
    unreached: str
    answers: tuple[str, ...]
    digest: bool
    weekly: bool
    calendar: str
    fault: str


def _of_one(lookup: Lookup, parcel: Parcel, turn: Round, quiet: Quiet) -> Iterator[_Draft]:
    """One person's letters, one for each channel by which something has to go; why the rest is not told stands in the first."""
    decided, untold = to_tell(lookup, parcel)
    for way, part in by_way(lookup.running, parcel.recipient, decided).items():
        yield _draft(lookup, parcel, (way, part, untold), turn, quiet)
        untold = {}


# How something goes, what that is, and what is not told (ids by reason).
_Told = tuple[Way, list[Decided], Mapping[str, Sequence[int]]]


def _draft(lookup: Lookup, parcel: Parcel, told: _Told, turn: Round, quiet: Quiet) -> _Draft:
    """One letter, if there is anything left to say."""
    way, decided, untold = told
    recipient, post = parcel.recipient, turn.post.by(way.channel)
    decided, weekly = _without_digest(lookup, recipient, decided, post)
    waits = not any(notice.kind in _AT_ONCE or notice.obligation.urgent for notice in decided)
    write = bool(decided) and not quiet.holds(decided) and not (waits and _told_today(lookup, recipient, post))
    ids = tuple(notice.id for notice in decided) if write else ()
    known = None if recipient.person_id == OFFICE else recipient.person_id
    calendar = calendar_for(lookup, recipient, decided, post) if write else ""
    view = letters.view(lookup, parcel, decided, post.lang, file=file_name(calendar, post.lang)) if write else None
    words, fault = turn.wording.words(view, lookup.running) if view is not None else (None, "")
    return _Draft(
        person_id=known,
        office=recipient.name if recipient.person_id == OFFICE else "",
        way=way,
        notices=ids,
        untold=untold,
        words=words,
        waits=waits,
        unreached=_named(recipient, post.lang) if untold.get(recipient.reason) else "",
        answers=answered(lookup.connection, known, post.notifier.name, ids) if known is not None else (),
        digest=bool(weekly),
        weekly=recipient.digest and bool(weekly),
        calendar=calendar,
        fault=fault,
    )


def _without_digest(lookup: Lookup, recipient: Recipient, decided: list[Decided], post: Post) -> tuple[list[Decided], list[Decided]]:
    """What is told now, and what of it is for a weekly letter: nothing where she wants one a week and has had it. The rest waits."""
    weekly = [notice for notice in decided if is_for_digest(lookup, recipient, notice)]
    number = recipient.person_id
    if not weekly or not recipient.digest or number is None:
        return decided, weekly
    if not is_too_soon(lookup.connection, number, post.notifier.name, lookup.directory.day):
        return decided, weekly
    late = {notice.id for notice in weekly}
    return [notice for notice in decided if notice.id not in late], []


def _named(recipient: Recipient, lang: Lang) -> str:
    """`理学院党支部 郑华`; of a vacant post what it is called."""
    if recipient.is_office:
        return office_name(recipient.name).say(lang)
    return f"{recipient.unit_name} {recipient.name or recipient.post}".strip()


def _told_today(lookup: Lookup, recipient: Recipient, post: Post) -> bool:
    if recipient.person_id is None or recipient.person_id == OFFICE:
        return False
    return told_today(lookup.connection, recipient.person_id, lookup.directory.day, channel=post.notifier.name)


def to_tell(lookup: Lookup, parcel: Parcel) -> tuple[list[Decided], Mapping[str, list[int]]]:
    """What a person is to be told, and the ids of the rest by the reason why it is not told."""
    connection, recipient = lookup.connection, parcel.recipient
    hers = notices.waiting_for(connection, lookup.running.id, parcel.seats)
    found = [notice for notice in hers if notice.id not in parcel.taken] + list(notices.waiting_of(connection, sorted(parcel.given)))
    decided, untold = _still_true(lookup, recipient, sorted(found, key=lambda one: (one.due_at, one.id)))
    decided, untold["superseded"] = _without_blame(parcel, decided, untold["superseded"])
    if recipient.reason:
        # By the channel that its rung names she may be told all the same.
        reached = [notice for notice in decided if way_for(lookup.running, recipient, notice) is not None]
        untold[recipient.reason] += [notice.id for notice in decided if notice not in reached]
        decided = reached
    return decided, untold


def _without_blame(parcel: Parcel, decided: list[Decided], superseded: list[int]) -> tuple[list[Decided], list[int]]:
    """Where a reviewer has to be named, nobody is told beside it that the one there is has not reviewed: she may not."""
    named = {notice.obligation.key for notice in decided if notice.id in parcel.naming}
    blame = [notice.id for notice in decided if notice.obligation.key in named and notice.id not in parcel.naming]
    return [notice for notice in decided if notice.id not in blame], superseded + blame


def _keep(connection: Connection, turn: Round, campaign: Running, draft: _Draft) -> int:
    """Keep a letter, unless somebody else has told her meanwhile, and why the rest is not told; 1 or 0."""
    post, now = turn.post.by(draft.way.channel), turn.now
    for reason, ids in draft.untold.items():
        if reason in UNREACHED:
            notices.tell_office(connection, ids, now)
        notices.suppress(connection, ids, reason)
    if draft.words is None or not notices.all_waiting(connection, draft.notices):
        return 0
    person_id = draft.person_id if draft.person_id is not None else facts.operator_id(connection, draft.office)
    day, channel = campaign.day(now), post.notifier.name
    if draft.waits and told_today(connection, person_id, day, channel=channel):
        return 0
    if draft.weekly and is_too_soon(connection, person_id, channel, day):
        return 0
    serial = next_serial(connection, campaign.id, person_id, day)
    domain = _short((post.sender_address or office_of(connection)[1]).rpartition("@")[2]) or "campaign.invalid"
    values = {
        "campaign_id": campaign.id,
        "person_id": person_id,
        "channel": channel,
        "address": draft.way.address,
        "contact": draft.way.contact,
        "day": day,
        "serial": serial,
        "token": _token(turn.mail_key, campaign, person_id, domain, day, serial),
        "subject": draft.words.subject,
        "text": draft.words.text,
        "html": draft.words.html,
        "composed_at": now,
        "next_try_at": now,
        "turn": 1 if draft.waits else 0,
        "answers": "\n".join(draft.answers),
        "digest": draft.digest,
        "calendar": draft.calendar,
    }
    notices.add_message(connection, values, draft.notices)
    return 1


def _still_true(lookup: Lookup, recipient: Recipient, decided: Sequence[Decided]) -> tuple[list[Decided], defaultdict[str, list[int]]]:
    """What is still so, and the rest by the reason why it is not told. Of several rungs about one duty the last one speaks."""
    reasons: defaultdict[str, list[int]] = defaultdict(list)
    kept: dict[tuple[object, ...], Decided] = {}
    for notice in decided:
        reason = why_not(notice, lookup.running) or needless(lookup, recipient.person_id, notice)
        reason = reason or unwanted(lookup, notice)
        if reason:
            reasons[reason].append(notice.id)
            continue
        key = (notice.obligation.key, _topic(notice), *told_as(lookup, recipient.person_id, notice))
        if key in kept:
            kept[key], less = _telling_more(kept[key], notice)
            reasons["superseded"].append(less.id)
        else:
            kept[key] = notice
    return list(kept.values()), reasons


def _topic(notice: Decided) -> str:
    """What a notice is about, to whoever has to act: one duty is named once in a letter."""
    if notice.kind == NoticeKind.ASKED:
        return "request"
    return "result" if notice.kind in _RESULTS else "duty"


def _telling_more(one: Decided, other: Decided) -> tuple[Decided, Decided]:
    """Of two notices about one duty the one that says more, and the other: what somebody did before a mere reminder, then the later."""
    first, second = sorted((one, other), key=lambda notice: (notice.kind != NoticeKind.RUNG, notice.due_at, notice.id))
    return second, first


def _short(domain: str) -> str:
    """The end of a long domain: as much as there is room for beside the numbers, and as good an end of a Message-ID as the whole."""
    while len(domain) > _LONGEST_DOMAIN and "." in domain:
        domain = domain.partition(".")[2]
    return domain[-_LONGEST_DOMAIN:]


def _token(key: str, campaign: Running, person_id: int, domain: str, day: date, serial: int) -> str:
    """The Message-ID: the same whenever the message is tried again, another in every other database.

    Whoever could guess it could have a letter counted as come back that has arrived.
    """
    name = f"{int(campaign.launched_at.timestamp())}.{campaign.id}.{person_id}.{day:%Y%m%d}.{serial}"
    return f"<{name}.{signed(key, f'message {name}')}@{domain}>"
