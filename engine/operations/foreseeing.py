"""Who would get what on a day, if nobody did anything until then: the real clock and the real pen, on a copy that is thrown away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from engine.batched import batched
from engine.definition.projection import SENDING
from engine.errors import Echo
from engine.operations import resting
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running, choose, running
from engine.operations.context import House
from engine.operations.hours import always
from engine.operations.post import Post
from engine.operations.recipients import Recipient, find_recipient
from engine.operations.sweeping import seen_by, sweep
from engine.operations.telling import deliver
from engine.progress import Progress, Watch
from engine.sentences import Sentence
from engine.store import campaigns, foreseen
from engine.store.codes import CampaignState, NoticeKind
from engine.store.database import Connection
from engine.store.foreseen import Letter, Said
from engine.store.trial import trial_copy

_TOGETHER = 500
_SECOND = timedelta(seconds=1)
_WRITING = Sentence("写信", "writing letters")


class DayIsPast(Echo):
    """{day} 已经过去，那天寄了什么请用 campaign notices 查看。请写今天或以后的日期。

    {day} is past; `campaign notices` shows what was told then. Name today or a later day.
    """


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One thing that a letter says. escalated: it is said to somebody else than whoever has to act.  own: it is of the reader's unit."""

    kind: NoticeKind
    escalated: bool
    own: bool
    unit: str
    unit_name: str
    task: str
    period: str
    title: Sentence


@dataclass(frozen=True, kw_only=True)
class Line:
    """A letter of that day. held: it stays where it is, the campaign's mail being off.  failure: why no channel takes it."""

    campaign: str
    held: bool
    person: str
    unit: str
    unit_name: str
    post: str
    address: str
    channel: str
    subject: str
    failure: str
    says: tuple[Saying, ...]


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """Somebody, or a post, that could not be told on that day, and the code of the reason."""

    campaign: str
    unit_name: str
    post: str
    person: str
    reason: str


class Foresight:
    """What a day will bring. day: in the zone of each campaign.  campaigns: those that run and were asked about.

    before: letters that leave before that day.  Lines and the unreached come one after the other, never all of them in memory.
    """

    def __init__(self, trial: House, day: date, asked: tuple[Running, ...], attempt: int, now: datetime) -> None:
        self.day = day
        self.campaigns = asked
        self._trial = trial
        self._attempt = attempt
        with trial.database.read() as connection:
            until = min((start_of(day, one.zone) for one in asked), default=now)
            self.before = foreseen.left(connection, [one.id for one in asked], attempt, until)

    @property
    def held(self) -> tuple[str, ...]:
        """The titles of campaigns whose letters are held."""
        return tuple(one.title for one in self.campaigns if not one.mail_on)

    def lines(self) -> Iterator[Line]:
        """A line for each letter, campaign by campaign."""
        with self._trial.database.read() as connection:
            for one in self.campaigns:
                begin, end = start_of(self.day, one.zone), start_of(self.day + timedelta(days=1), one.zone)
                for some in batched(foreseen.letters(connection, one.id, self._attempt, begin, end), _TOGETHER):
                    held = foreseen.posts_held(connection, [letter.person_id for letter in some], self.day)
                    yield from (_line(one, letter, held.get(letter.person_id, ())) for letter in some)

    def unreached(self) -> Iterator[Unreached]:
        """Whoever could not be told, each seat once."""
        with self._trial.database.read() as connection:
            for one in self.campaigns:
                for some in batched(foreseen.unreached(connection, one.id), _TOGETHER):
                    lookup = Lookup(connection, one, start_of(self.day, one.zone))
                    lookup.directory.prefetch(row.unit_id for row in some if row.unit_id is not None)
                    yield from (_unreached(one, find_recipient(lookup, (row.unit_id, row.role)), row.reason) for row in some)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _unreached(campaign: Running, found: Recipient, reason: str) -> Unreached:
    nobody = reason == "nobody-there"
    return Unreached(
        campaign=campaign.name,
        unit_name="" if nobody else found.unit_name,
        post="" if nobody else found.post,
        person="" if nobody else found.name,
        reason=reason,
    )


def _line(campaign: Running, letter: Letter, posts: Iterable[Any]) -> Line:
    seats = [said.seat[0] for said in letter.said]
    # Of several posts the one that she is written to for.
    at = min(posts, key=lambda row: row.unit_id not in seats, default=None)
    return Line(
        campaign=campaign.name,
        held=not campaign.mail_on,
        person=letter.name,
        unit="" if at is None else at.code,
        unit_name="" if at is None else at.name,
        post="" if at is None else at.post,
        address=letter.address,
        channel=letter.channel,
        subject=letter.subject,
        failure=letter.reason,
        says=tuple(_saying(campaign, said, None if at is None else at.code) for said in letter.said),
    )


def _saying(campaign: Running, said: Said, own: str | None) -> Saying:
    escalated = said.kind == NoticeKind.RUNG and campaign.workflow.task(said.task).ladder[said.rung].to is not None
    title = Sentence("{zh}{title}", "{title} ({en})", {"zh": said.period_zh, "en": said.period_en, "title": said.title})
    return Saying(
        kind=said.kind,
        escalated=escalated,
        own=said.unit == own,
        unit=said.unit,
        unit_name=said.unit_name,
        task=said.task,
        period=said.period,
        title=title if said.period else Sentence("{title}", "{title}", {"title": said.title}),
    )


@contextmanager
def foresee(house: House, post: Post, campaign: str | None, day: date | None, now: datetime, watch: Watch) -> Iterator[Foresight]:
    """What a day brings (None: tomorrow), as long as the block lasts. `post` must lead nowhere.

    It is as if `campaign run` went on and nobody did anything. Campaigns whose mail is off are let go in the last moment of the day, so
    that what is held can be seen. Raises DayIsPast, NoRoomToTry, and what the absence of a campaign is called.
    """
    with house.database.read() as connection:
        asked, everybody = _asked(connection, campaign)
    today = asked[0].day(now) if asked else now.date()
    wanted = day or today + timedelta(days=1)
    if wanted < today:
        raise DayIsPast(day=str(wanted))
    with trial_copy(house.database, watch) as copy:
        trial = House(database=copy, vault=house.vault)
        with copy.write() as connection:
            # Here no letter leaves by any channel, so none is out of reach.
            resting.forget(connection)
            attempt = foreseen.last_attempt(connection)
        if everybody:
            _Clock(trial, post, wanted, everybody, watch).run(now)
        yield Foresight(trial, wanted, asked, attempt, now)


def _asked(connection: Connection, campaign: str | None) -> tuple[tuple[Running, ...], tuple[Running, ...]]:
    """The campaigns that are asked about, and all that run: who gets one letter a day gets it from any of them."""
    everybody = running(connection)
    if campaign is None and everybody:
        return everybody, everybody
    one = choose(connection, campaign)
    return ((one,) if one.state == CampaignState.RUNNING else ()), everybody


class _Clock:
    """Rings on the copy as a running program would."""

    def __init__(self, trial: House, post: Post, day: date, everybody: tuple[Running, ...], watch: Watch) -> None:
        self._trial = trial
        self._post = post
        self._everybody = everybody
        self._zones = tuple(dict.fromkeys(one.zone for one in everybody))
        self._begin = min(start_of(day, zone) for zone in self._zones)
        self._end = max(start_of(day + timedelta(days=1), zone) for zone in self._zones)
        self._watch = watch
        self._on_letter = self._counted()

    def run(self, now: datetime) -> None:
        """Everything from now to the end of the day."""
        at: datetime | None = now
        fresh = True
        while at is not None and at < self._end:
            if fresh and at >= self._begin:
                self._forget()
                fresh = False
            at = self._round(at)
        if fresh:
            self._forget()
        self._let_go(max(now, self._end - _SECOND))

    def _forget(self) -> None:
        with self._trial.database.write() as connection:
            foreseen.forget_unreached(connection)

    def _round(self, at: datetime) -> datetime | None:
        """Sweep and tell; when there is something to do again."""
        swept = sweep(self._trial, at, seen_by(self._watch))
        later = [swept.next_at]
        if self._waits():
            delivered = deliver(self._trial, self._post, at, self._on_letter)
            later += [delivered.next_try, delivered.opens_at]
        if self._waits():
            # What waits for another day goes out when that begins, or at the hour at which the office writes.
            later.append(self._next_stop(at))
        return min((one for one in later if one is not None and one > at), default=None)

    def _waits(self) -> bool:
        with self._trial.database.read() as connection:
            return foreseen.any_waiting(connection)

    def _next_stop(self, at: datetime) -> datetime:
        days = [(zone, at.astimezone(zone).date() + timedelta(days=later)) for zone in self._zones for later in (0, 1)]
        stops = [datetime.combine(day, hour, zone).astimezone(UTC) for zone, day in days for hour in (time(), SENDING)]
        return min(stop for stop in stops if stop > at)

    def _let_go(self, at: datetime) -> None:
        """What is held, as it would be if it were let go."""
        held = [one.id for one in self._everybody if not one.mail_on]
        if held:
            with self._trial.database.write() as connection:
                # Its last moment may lie outside the hours at which letters go.
                always(connection)
                for number in held:
                    campaigns.set_mail(connection, number, True)
            deliver(self._trial, self._post, at, self._on_letter)

    def _counted(self) -> Callable[[], None]:
        letters = count(1)

        def on_letter() -> None:
            self._watch(Progress(what=_WRITING, done=next(letters)))

        return on_letter
