"""Withdraw and close: how a campaign comes to its end, and what that ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import CampaignError
from engine.machine.states import FINISHED, WITHDRAWN, ObligationState
from engine.operations.campaigns import Running, choose
from engine.operations.context import House
from engine.operations.people import expect_operators, operator
from engine.operations.sweeping import sweep
from engine.store import campaigns, journal, launching, notices, paths, queries
from engine.store.codes import CampaignState, NoticeState
from engine.store.database import Connection


class Answered(CampaignError):
    """活动“{name}”已经有人报送了材料，不能撤销发动。要提前结束请用 campaign close。

    Somebody has handed something in for “{name}”; the launch cannot be withdrawn. To end it early use `campaign close`.
    """


class EndingNeedsReason(CampaignError):
    """结束活动或撤销发动必须用 --reason 写明理由。

    Ending a campaign, or taking back its launch, needs a reason; give it with --reason.
    """


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What the end of a campaign ends.

    name: the name it is kept under; `was`: the one it had, which a withdrawn one gives back.
    units: not finished.  duties: not settled; `to_review` of them wait for a judgement.  letters: notices decided and not sent.
    """

    name: str
    was: str
    units: int
    duties: int
    to_review: int
    letters: int
    done: bool


def what_would_end(house: House, name: str | None) -> Ending:
    """What closing the campaign would end. Raises what is wrong with the name, CampaignOver."""
    with house.database.read() as connection:
        return _ending(connection, choose(connection, name, writing=True), done=False)


def what_would_be_withdrawn(house: House, name: str | None) -> Ending:
    """What taking the launch back would end. Raises what is wrong with the name, CampaignOver, Answered."""
    with house.database.read() as connection:
        return _ending(connection, _unanswered(connection, name), done=False)


def close(house: House, name: str | None, *, by: str | None, reason: str, now: datetime, behalf: str | None = None) -> Ending:
    """End a campaign: nothing is taken and nobody is reminded any more; all of it can still be read. Raises EndingNeedsReason.

    What was due by then is done before: it stays as it ended, not as somebody last looked at it.
    """
    with house.database.read() as connection:
        campaign = choose(connection, name, writing=True)
        _expect_reason(reason)
        expect_operators(connection, by, behalf, campaign.day(now))
    sweep(house, now)
    with house.database.write() as connection:
        return _end(connection, choose(connection, name, writing=True), CampaignState.CLOSED, by, behalf, reason, now)


def withdraw(house: House, name: str | None, *, by: str | None, reason: str, now: datetime, behalf: str | None = None) -> Ending:
    """Take back a launch that nobody has answered. Raises Answered, EndingNeedsReason."""
    with house.database.write() as connection:
        return _end(connection, _unanswered(connection, name), CampaignState.WITHDRAWN, by, behalf, reason, now)


def _expect_reason(reason: str) -> None:
    if not reason.strip():
        raise EndingNeedsReason


def _unanswered(connection: Connection, name: str | None) -> Running:
    campaign = choose(connection, name, writing=True)
    if launching.has_answers(connection, campaign.id):
        raise Answered(name=campaign.name)
    return campaign


def _end(
    connection: Connection, campaign: Running, state: CampaignState, by: str | None, behalf: str | None, reason: str, now: datetime
) -> Ending:
    _expect_reason(reason)
    actor = operator(connection, by, behalf, campaign.day(now))
    ending = _ending(connection, campaign, done=True, kept_as=campaigns.end_campaign(connection, campaign.id, state, now))
    launching.silence(connection, campaign.id)
    notices.suppress_all(connection, campaign.id, "campaign-over")
    line = journal.Line(
        kind="withdrawn" if state is CampaignState.WITHDRAWN else "closed",
        recorded_at=now,
        campaign_id=campaign.id,
        actor_id=actor.id,
        behalf_id=actor.behalf_id,
        data={"reason": reason},
    )
    journal.write(connection, line)
    return ending


def _ending(connection: Connection, campaign: Running, *, done: bool, kept_as: str | None = None) -> Ending:
    places = queries.stage_counts(connection, campaign.id, paths.EVERYWHERE)
    states = queries.state_counts(connection, campaign.id)
    told = queries.notice_counts(connection, campaign.id)
    return Ending(
        name=kept_as or campaign.name,
        was=campaign.name,
        units=sum(n for place, n in places.items() if place not in (FINISHED, WITHDRAWN)),
        duties=sum(n for state, n in states.items() if not state.settled),
        to_review=states.get(ObligationState.SUBMITTED, 0),
        letters=sum(n for (state, _), n in told.items() if state in (NoticeState.DECIDED, NoticeState.COMPOSED)),
        done=done,
    )
