"""Launch, and let mail go. What would happen is drawn up first and nothing written; then it is written some units at a time.

Until all of it is there the campaign is LAUNCHING: no bell rings for it and nobody is shown it. A launch that was cut off is taken
back by the next one of that name, or by `withdraw`. It is not gone on with: as of another instant it would be another plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice

from engine.errors import CampaignError
from engine.operations.campaigns import Running, choose
from engine.operations.context import House
from engine.operations.launch_plan import LaunchReport, Order, Past, Plan, draw, expect_free
from engine.operations.people import Actor, operator
from engine.operations.sweeping import seen_by, sweep
from engine.progress import Progress, Watch, unwatched
from engine.sentences import Sentence
from engine.store import campaigns, filling, journal, launching, settling, waiting
from engine.store.codes import CampaignState
from engine.store.database import Connection
from engine.store.discarding import discard
from engine.store.failures import in_batches
from engine.store.launching import Written
from engine.store.pace import Pace


class RosterChanged(CampaignError):
    """发动“{name}”期间花名册有了改动，没有发动。请再运行一次 campaign launch。

    The roster was changed while “{name}” was being launched; it was not launched. Run `campaign launch` once more.
    """


class LaunchTakenBack(CampaignError):
    """“{name}”还没有发动完，就被另一次 campaign launch 或 campaign withdraw 收回了，没有发动。

    The launch of “{name}” was taken back by another `campaign launch`, or by `campaign withdraw`, before it was finished.
    """


_LAUNCHED = Sentence("活动已经发动，到期事项请用 campaign sweep 接着办", "the campaign was launched, and `campaign sweep` does what is due")
_UNFINISHED = Sentence(
    "“{name}”没有发动完，对谁都不起作用；再运行一次 campaign launch 就从头发动，不要了就用 campaign withdraw --campaign {name} --yes 清掉",
    "the launch of “{name}” was not finished, and nobody sees any of it: run `campaign launch` again to begin anew, or clear it away "
    "with `campaign withdraw --campaign {name} --yes`",
)
_CLEARING = Sentence("清理上次没有发动完的部分", "clearing away a launch that was not finished")
_WRITING = Sentence("写入单位", "writing units")
# How many counts of what waits for others are written at once.
_TOGETHER = 2_000


def launch(
    house: House,
    workflow: str | None,
    *,
    at: str | None,
    name: str | None,
    past: Past,
    by: str | None,
    now: datetime,
    sure: bool,
    behalf: str | None = None,
    watch: Watch = unwatched,
    pace: Pace | None = None,
) -> LaunchReport:
    """Launch a workflow over the subtree of `at`; without `sure` nothing is written and all of it is only told.

    past: what was due before now is owed all the same, or left out. What is due by now is done at once.  watch: told how far it has
    come.  pace: how many units are written at once, to begin with. Raises what is missing, RosterChanged, LaunchTakenBack.
    """
    order = Order(workflow=workflow, at=at, name=name, past=past, by=by, behalf=behalf, now=now)
    with house.database.read() as connection:
        plan = draw(connection, order, watch)
    if not sure:
        return plan.report
    clear_away(house, plan.name, watch)
    # Longer than a batch of the sweep, so that what a transaction costs by itself is shared by more units.
    _carry_out(house, plan, watch, pace or Pace(size=500, moment=0.1))
    with in_batches(_LAUNCHED):
        if plan.report.obligations >= settling.MANY:
            settling.settle(house.database, settling.CASES)
        sweep(house, now, seen_by(watch))
    return replace(plan.report, done=True)


def clear_away(house: House, name: str, watch: Watch = unwatched, *, sign: str | None = None) -> bool:
    """Take back the launch of that name that was not finished, or only if it is the one of that sign; whether there was one."""
    with house.database.write() as connection:
        found = campaigns.unfinished(connection, name)
        if found is not None and sign is not None and campaigns.holder_of_launch(connection, found) != sign:
            found = None
        if found is not None:
            # Whoever may still be at it finds that it is hers no more.
            campaigns.let_go_of_launch(connection, found)
    if found is not None:
        with _unfinished(name):
            _discard(house, found, watch)
    return found is not None


def clear_unfinished(house: House, name: str | None, watch: Watch = unwatched) -> str | None:
    """Take back a launch that was not finished: the one of that name, or the only one where nothing runs. Its name; None where none is."""
    with house.database.read() as connection:
        rows = campaigns.all_campaigns(connection)
    found = [row.name for row in rows if row.state == campaigns.LAUNCHING and name in (None, row.name)]
    if len(found) != 1 or (name is None and any(row.state == campaigns.RUNNING for row in rows)):
        return None
    clear_away(house, found[0], watch)
    return str(found[0])


def _discard(house: House, campaign_id: int, watch: Watch) -> None:
    pace, done, over = Pace(size=250), 0, False
    while not over:
        with house.database.write(beside=True) as connection, pace:
            # Another may have cleared it away meanwhile, and a third have begun under the same number.
            left = campaigns.state_of(connection, campaign_id) == CampaignState.LAUNCHING
            held = campaigns.holder_of_launch(connection, campaign_id) is not None
            over = not left or held or discard(connection, campaign_id, pace.size)
        done += pace.size
        watch(Progress(what=_CLEARING, done=done))
        if pace.lasted:
            house.database.let_others_in()


@dataclass(frozen=True, kw_only=True)
class _Begun:
    """A launch that is under way. written: the occurrences of its plan, in their order.  same: those that wait for others of one unit.

    sign: by which it is known to be still ours.
    """

    house: House
    plan: Plan
    campaign_id: int
    sign: str
    actor: Actor
    written: list[Written]
    same: Mapping[int, Sequence[int]]

    @contextmanager
    def go_on(self) -> Iterator[Connection]:
        """A transaction in which it is still ours, and its plan still true. Raises LaunchTakenBack, RosterChanged."""
        with self.house.database.write(beside=True) as connection:
            if campaigns.holder_of_launch(connection, self.campaign_id) != self.sign:
                raise LaunchTakenBack(name=self.plan.name)
            _expect_same_roster(connection, self.plan)
            yield connection


def _expect_same_roster(connection: Connection, plan: Plan) -> None:
    if journal.is_said_since(connection, "imported", plan.as_of):
        raise RosterChanged(name=plan.name)


def _carry_out(house: House, plan: Plan, watch: Watch, pace: Pace) -> None:
    begun = _begin(house, plan)
    try:
        with _unfinished(plan.name):
            _fill(begun, watch, pace)
            _count_waits(begun)
            _set_going(begun)
    except RosterChanged:
        clear_away(house, plan.name, watch, sign=begun.sign)
        raise


def _unfinished(name: str) -> AbstractContextManager[None]:
    """From when something of it is written until all of it is: what cuts it off says what is left, and what to do about it."""
    return in_batches(Sentence(_UNFINISHED.zh, _UNFINISHED.en, {"name": name}))


def _set_going(begun: _Begun) -> None:
    plan = begun.plan
    with begun.go_on() as connection:
        launching.set_going(connection, begun.campaign_id, plan.stages, plan.occurrences, begun.written)
        campaigns.let_go_of_launch(connection, begun.campaign_id)
        data = {"past": plan.order.past, "unit": plan.root.code}
        _record(connection, begun.campaign_id, "launched", begun.actor, plan.order.now, **data)


def _begin(house: House, plan: Plan) -> _Begun:
    """All that the campaign has but once."""
    order = plan.order
    with house.database.write() as connection:
        expect_free(connection, plan.name, unfinished_too=True)
        _expect_same_roster(connection, plan)
        actor = operator(connection, order.by, order.behalf, plan.day)
        new = launching.NewCampaign(
            name=plan.name,
            workflow_id=plan.workflow_id,
            root_id=plan.root.id,
            root_path=plan.root.path,
            zone=plan.workflow.calendar.timezone,
            past=order.past,
            mail_on=False,
            launched_at=order.now,
            launched_by=actor.id,
        )
        campaign_id = launching.insert_campaign(connection, new)
        written = launching.insert_occurrences(connection, campaign_id, plan.occurrences)
        launching.insert_dependencies(connection, written, plan.dependencies)
        same = waiting.own_upstream(connection, campaign_id)
        sign = campaigns.hold_launch(connection, campaign_id)
        return _Begun(house=house, plan=plan, campaign_id=campaign_id, sign=sign, actor=actor, written=written, same=same)


def _fill(begun: _Begun, watch: Watch, pace: Pace) -> None:
    """Unit by unit what it owes, in batches that let others in."""
    units, done, total = begun.plan.census.rows(), 0, begun.plan.census.cases
    while done < total:
        batch = list(islice(units, pace.size))
        with begun.go_on() as connection, pace:
            filling.fill(connection, begun.campaign_id, list(chain.from_iterable(batch)), begun.plan.order.now, begun.same)
        done += len(batch)
        watch(Progress(what=_WRITING, done=done, total=total))
        if pace.lasted:
            begun.house.database.let_others_in()


def _count_waits(begun: _Begun) -> None:
    """What waits for other units: counted when all of them are there."""
    with begun.house.database.read() as connection:
        found = list(waiting.waits_on_others(connection, begun.campaign_id))
    for occurrence_id, counts in found:
        more = iter(sorted(counts.items()))
        while some := dict(islice(more, _TOGETHER)):
            with begun.go_on() as connection:
                waiting.add_waits(connection, occurrence_id, some)
            begun.house.database.let_others_in()


def _record(connection: Connection, campaign_id: int, kind: str, actor: Actor, now: datetime, **data: str) -> None:
    line = journal.Line(kind=kind, recorded_at=now, campaign_id=campaign_id, actor_id=actor.id, behalf_id=actor.behalf_id, data=data)
    journal.write(connection, line)


def switch_mail(house: House, name: str | None, *, on: bool, by: str | None, now: datetime, behalf: str | None = None) -> Running:
    """Let the campaign's mail go out, or hold it."""
    with house.database.write() as connection:
        campaign = choose(connection, name, writing=True)
        actor = operator(connection, by, behalf, campaign.day(now))
        campaigns.set_mail(connection, campaign.id, on)
        _record(connection, campaign.id, "mail-on" if on else "mail-off", actor, now)
        return campaign
