"""When letters go: at which hours of the office. What is urgent goes at once; what is not is not even written before they open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.errors import CampaignError, Echo
from engine.operations.campaigns import Running
from engine.operations.context import House
from engine.operations.people import operator
from engine.sentences import Sentence
from engine.store import house as facts
from engine.store import journal
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.timing.calendars import working_calendar
from engine.timing.hours import ALWAYS, Hours, read_hours

SENDING_HOURS = "sending_hours"
# Nobody's telephone rings at night because somebody else has been working late.
DEFAULT = Hours(opens=7 * 60, closes=22 * 60)
_WORKING_DAYS = " working-days"
# For so long a reminder is told as at the instant that its ladder names, whatever the hour.
OWN_HOUR = timedelta(hours=1)
_EVER = datetime(1, 1, 2, tzinfo=UTC)


class HoursUnreadable(Echo):
    """看不懂发信时间“{text}”。请写成 08:00-20:00 这样，从几点到几点，不能晚于 24:00。

    The sending hours “{text}” cannot be read. Write them as 08:00-20:00, from when until when, 24:00 at the latest.
    """

    exit_code = 2


class HoursBackwards(Echo):
    """发信时间“{text}”的起点不早于终点；发信时间不能跨过午夜。请写同一天之内的时间，如 08:00-20:00；全天是 00:00-24:00。

    The sending hours “{text}” do not begin before they end; they cannot run over midnight. Name hours of one day, as in 08:00-20:00;
    the whole day is 00:00-24:00.
    """

    exit_code = 2


class NoHoursGiven(CampaignError):
    """请写明几点到几点（如 08:00-20:00），或用 --default 恢复默认；二者只写一个，--working-days 要和时间一起写。

    Say from when until when (as in 08:00-20:00), or --default for those of the house, and only one of the two; --working-days goes with
    the hours.
    """

    exit_code = 2


@dataclass(frozen=True, kw_only=True)
class SendingHours:
    """The hours of the house. by_office: the office has named them, so that reminders too keep to them.

    Where it has not, a reminder goes when its ladder says so: it has an hour and working days of its own. One that is left over (the
    program was off, the server away, she has had her letter) waits for the hours like all else.  leaps: of a rehearsal, whose clock
    only people move: they mean the day to which they move it, and no hour.
    """

    hours: Hours = DEFAULT
    by_office: bool = False
    leaps: bool = field(default=False, compare=False)

    def at(self, running: Running, now: datetime) -> Quiet:
        """What has to wait in a campaign at that instant, and until when."""
        calendar = working_calendar(running.workflow.calendar.holidays)
        return Quiet(until=self.hours.next_opening(now, running.zone, calendar), fresh=self._fresh(now))

    def _fresh(self, now: datetime) -> datetime | None:
        if self.by_office:
            return None
        return _EVER if self.leaps else now - OWN_HOUR

    @property
    def words(self) -> Sentence:
        """`工作日 08:00-20:00` / `08:00-20:00 on working days`."""
        days = Sentence("工作日 ", " on working days") if self.hours.working_days else ""
        return Sentence("{days}{hours}", "{hours}{days}", {"hours": str(self.hours), "days": days})


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """until: when letters may go again, None where they may now.  fresh: reminders that fell due since then do not wait for it; None:
    they wait as well.
    """

    until: datetime | None = None
    fresh: datetime | None = None

    def holds(self, decided: Iterable[Decided]) -> bool:
        """Whether all of it has to wait. What may go takes the rest with it: one letter is as much of a nuisance as the other."""
        return self.until is not None and all(
            self.holds_back(notice.kind, notice.due_at, urgent=notice.obligation.urgent) for notice in decided
        )

    def holds_back(self, kind: int, due_at: datetime, *, urgent: bool) -> bool:
        """Whether a notice of that kind would have to wait if it stood alone."""
        at_its_hour = kind == NoticeKind.RUNG and self.fresh is not None and due_at >= self.fresh
        return self.until is not None and not urgent and not at_its_hour


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The hours as they are now. changed: whether they were others before."""

    hours: SendingHours
    changed: bool = False


def sending_hours(connection: Connection) -> SendingHours:
    """The hours that hold in this house."""
    kept = facts.read_setting(connection, SENDING_HOURS)
    if kept is None:
        return SendingHours(leaps=facts.is_rehearsal(connection))
    return SendingHours(hours=hours_of(kept.removesuffix(_WORKING_DAYS), working_days=kept.endswith(_WORKING_DAYS)), by_office=True)


def always(connection: Connection) -> None:
    """Letters go at any hour: for whoever tries out what is held."""
    _keep(connection, ALWAYS)


def _keep(connection: Connection, hours: Hours) -> None:
    facts.write_setting(connection, SENDING_HOURS, f"{hours}{_WORKING_DAYS if hours.working_days else ''}")


def hours_of(text: str, *, working_days: bool) -> Hours:
    """The hours typed. Raises HoursUnreadable, HoursBackwards."""
    found = read_hours(text, working_days=working_days)
    if found is None:
        raise HoursUnreadable(text=text)
    if found.opens >= found.closes:
        raise HoursBackwards(text=text)
    return found


def change_hours(house: House, hours: Hours | None, *, by: str | None, now: datetime) -> Changed:
    """From now on letters keep to these hours; None: to those of a house in which nobody has named any. Raises NoActor and its kin."""
    with house.database.write() as connection:
        actor = operator(connection, by, None, now.date())
        before = sending_hours(connection)
        if hours is None:
            facts.forget_setting(connection, SENDING_HOURS)
        else:
            _keep(connection, hours)
        after = sending_hours(connection)
        if after != before:
            data = {"hours": str(after.hours), **({"working_days": True} if after.hours.working_days else {})}
            journal.write(connection, journal.Line(kind="mail-hours", recorded_at=now, actor_id=actor.id, data=data))
    return Changed(hours=after, changed=after != before)
