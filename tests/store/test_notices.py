"""What is told: decided once, composed once, claimed by one, and always with an end."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select, update

from engine.machine.states import ObligationState
from engine.store import campaigns, in_hand, notices, obligations, patience, queries, reports, rungs, sweeping, told
from engine.store import tables as t
from engine.store.claims import ClaimLost, claimant
from engine.store.codes import CampaignState, MessageState, NoticeKind, NoticeState
from engine.store.database import Database
from engine.store.in_hand import InHand
from engine.store.letters_of_day import next_serial, told_today
from engine.store.patience import Silence
from tests.store.samples import ALL, BRANCHES, Plan, count, day, ids, launch, occurrence, row, settle, sweep

_S = ObligationState
NOW = day(4)
TODAY = date(2030, 1, 5)


@pytest.fixture
def campaign(database: Database) -> int:
    """A campaign whose first rung has been decided; mail is on."""
    with database.write() as connection:
        number = launch(connection, Plan(occurrences=[occurrence("总结", rungs=((1, 0, day(3)),))], scopes={0: ALL}))
        campaigns.set_mail(connection, number, True)
    sweep(database, NOW)
    return number


def compose(connection: Connection, campaign: int, person: int, code: str, *, serial: int = 1, at: int = 0) -> int:
    """A message to a person with what waits for a unit."""
    waiting = [one.id for one in notices.waiting_for(connection, campaign, [(ids(connection)[code], "书记")])]
    values = {
        "campaign_id": campaign, "person_id": person, "channel": "mail", "address": "a@example.org", "day": TODAY, "serial": serial,
        "token": f"{person}-{serial}", "subject": "催办", "text": "正文", "html": "", "composed_at": NOW,
        "next_try_at": NOW + timedelta(seconds=at),
    }  # fmt: skip
    return notices.add_message(connection, values, waiting)


def with_claims(connection: Connection, *numbers: int) -> None:
    """These are in the hands of the fifth claimant, at their first attempt."""
    connection.execute(update(t.message).where(t.message.c.id.in_(numbers)).values(claim=5, attempts=1))


def hand(number: int, *, claimant: int = 5, attempts: int = 1) -> InHand:
    return InHand(message_id=number, claimant=claimant, attempts=attempts)


def outcomes(connection: Connection, campaign: int) -> dict[tuple[str, str], int]:
    return {(NoticeState(state).name, reason): n for (state, reason), n in queries.notice_counts(connection, campaign).items()}


def test_what_was_decided_waits_for_its_seat_with_the_obligation_as_it_is_now(database: Database, campaign: int) -> None:
    with database.write() as connection:
        units = ids(connection)
        assert set(notices.seats_waiting(connection, campaign)) == {(units[code], "书记") for code in ALL}
        settle(connection, campaign, "A1", "总结", _S.SUBMITTED, NOW)
        [one] = notices.waiting_for(connection, campaign, [(units["A1"], "书记")])
        assert (one.kind, one.number, one.due_at, one.obligation.state) == (NoticeKind.RUNG, 1, day(3), _S.SUBMITTED)
        assert one.obligation == row(connection, campaign, "A1", "总结")
        both = notices.waiting_for(connection, campaign, [(units["A1"], "书记"), (units["B1"], "书记"), (units["B1"], "组长")])
        assert len(both) == 2
        assert notices.waiting_for(connection, campaign, []) == ()


def test_what_is_told_to_the_office_waits_under_no_unit(database: Database, campaign: int) -> None:
    with database.write() as connection:
        found = row(connection, campaign, "A1", "总结")
        obligations.tell(connection, found, NoticeKind.TO_REVIEW, 1, None, "书记", NOW)
        assert (None, "书记") in notices.seats_waiting(connection, campaign)
        [one] = notices.waiting_for(connection, campaign, [(None, "书记")])
        assert one.unit_id is None and one.kind == NoticeKind.TO_REVIEW


def test_whoever_holds_very_many_posts_is_told_of_them_all(database: Database, campaign: int) -> None:
    with database.read() as connection:
        seats = [(number, "组长") for number in range(2000)] + [(number, "书记") for number in ids(connection).values()]
        assert len(notices.waiting_for(connection, campaign, seats)) == len(ALL)


def test_a_composed_notice_waits_no_more_and_ends_as_its_message_does(database: Database, campaign: int) -> None:
    with database.write() as connection:
        first, second = compose(connection, campaign, 1, "A1"), compose(connection, campaign, 2, "A2")
        assert outcomes(connection, campaign) == {("DECIDED", ""): 6, ("COMPOSED", ""): 2}
        with_claims(connection, first, second)
        in_hand.sent(connection, hand(first))
        in_hand.failed(connection, hand(second), "地址不存在" * 20)
        assert outcomes(connection, campaign) == {("DECIDED", ""): 6, ("SENT", ""): 1, ("FAILED", ("地址不存在" * 20)[:40]): 1}
        assert queries.message_counts(connection, campaign) == (2, 2)
        found = row(connection, campaign, "A1", "总结")
        in_hand.note_attempt(connection, first, NOW, "later", "busy")
        in_hand.note_attempt(connection, first, NOW + timedelta(hours=1), "sent", "")
        in_hand.note_attempt(connection, second, NOW + timedelta(hours=2), "failed", "")
        assert queries.last_told(connection, [found.case_id]) == {found.key: {1: NOW + timedelta(hours=1)}}
        # A letter that failed told its person nothing.
        assert [told_today(connection, person, TODAY, channel="mail") for person in (1, 2)] == [True, False]
        assert not told_today(connection, 1, TODAY + timedelta(days=1), channel="mail")
        assert not told_today(connection, 1, TODAY, channel="letterbox")
        assert told_today(connection, 1, TODAY)
        # Nor did one that came back.
        reports.bounce(connection, first, "550 5.1.1")
        assert not told_today(connection, 1, TODAY)


def test_the_messages_of_a_day_are_numbered(database: Database, campaign: int) -> None:
    with database.write() as connection:
        for serial in (1, 2, 3):
            assert next_serial(connection, campaign, 1, TODAY) == serial
            compose(connection, campaign, 1, "A1", serial=serial)
        assert next_serial(connection, campaign, 2, TODAY) == 1


def claimed(database: Database, at: int = 0) -> int | None:
    with claimant(database) as mine:
        return claimed_by(database, mine, at)


def claimed_by(database: Database, number: int, at: int = 0) -> int | None:
    with database.write() as connection:
        found = notices.claim(connection, NOW + timedelta(seconds=at), number)
        return None if found is None else int(found.id)


@pytest.mark.parametrize(("at", "found"), [(-1, False), (0, True), (1, True)])
def test_a_message_is_claimed_from_its_instant_on(database: Database, campaign: int, at: int, found: bool) -> None:
    with database.write() as connection:
        number = compose(connection, campaign, 1, "A1")
    assert claimed(database, at) == (number if found else None)


def test_what_one_has_claimed_no_other_gets_while_it_lives(database: Database, campaign: int) -> None:
    with database.write() as connection:
        first, second = compose(connection, campaign, 1, "A1"), compose(connection, campaign, 2, "A2", at=1)
    with claimant(database) as third, claimant(database) as one:
        with claimant(database) as other:
            assert [claimed_by(database, number, 1) for number in (one, other, third)] == [first, second, None]
        assert claimed_by(database, third, 1) == second
    assert claimed(database, 1) == first


def test_an_attempt_that_nobody_finished_may_have_arrived(database: Database, campaign: int) -> None:
    with database.write() as connection:
        number = compose(connection, campaign, 1, "A1")
    assert [claimed(database, 1), claimed(database, 2)] == [number, number]
    with database.read() as connection:
        found = patience.silence(connection, number)
        assert found == Silence(attempts=1, since=NOW + timedelta(seconds=2), ours=True)
        assert connection.execute(select(t.message.c.attempts)).scalar_one() == 2
        assert connection.execute(select(t.attempt.c.at, t.attempt.c.reason)).all() == [(NOW + timedelta(seconds=2), "interrupted")]


def test_whoever_has_lost_its_number_claims_nothing(database: Database, campaign: int) -> None:
    with database.write() as connection:
        compose(connection, campaign, 1, "A1")
    with claimant(database) as gone:
        pass
    with pytest.raises(ClaimLost):
        claimed_by(database, gone)


def test_a_claimed_message_comes_with_the_name_and_the_zone(database: Database, campaign: int) -> None:
    with database.write() as connection:
        compose(connection, campaign, 1, "A1")
    with claimant(database) as mine, database.write() as connection:
        found = notices.claim(connection, NOW, mine)
        name = connection.execute(select(t.person.c.name).where(t.person.c.id == 1)).scalar_one()
    assert (found.name, found.zone, found.attempts, found.text) == (name, "Asia/Shanghai", 1, "正文")


@pytest.mark.parametrize("stop", ["mail off", "over"])
def test_held_mail_is_claimed_by_nobody(database: Database, campaign: int, stop: str) -> None:
    with database.write() as connection:
        compose(connection, campaign, 1, "A1")
        if stop == "over":
            campaigns.end_campaign(connection, campaign, CampaignState.CLOSED, NOW)
        else:
            campaigns.set_mail(connection, campaign, False)
    assert claimed(database) is None


def test_what_has_ended_is_not_tried_again_and_what_failed_for_now_is(database: Database, campaign: int) -> None:
    with database.write() as connection:
        gone, again = compose(connection, campaign, 1, "A1"), compose(connection, campaign, 2, "A2")
        with_claims(connection, gone, again)
        in_hand.sent(connection, hand(gone))
        in_hand.try_again(connection, hand(again), NOW + timedelta(seconds=60), "450")
        in_hand.note_attempt(connection, again, NOW, "refused", "450")
    assert [claimed(database, 59), claimed(database, 60)] == [None, again]


def test_nothing_goes_out_once_everything_is_suppressed(database: Database, campaign: int) -> None:
    with database.write() as connection:
        compose(connection, campaign, 1, "A1")
        notices.suppress(connection, [one.id for one in waiting(connection, campaign, ["A2"])], "done")
        notices.suppress_all(connection, campaign, "campaign-over")
        assert outcomes(connection, campaign) == {("SUPPRESSED", "campaign-over"): 7, ("SUPPRESSED", "done"): 1}
        assert connection.execute(select(t.message.c.state)).scalar_one() == MessageState.FAILED
    assert claimed(database) is None


def waiting(connection: Connection, campaign: int, codes: Iterable[str]) -> tuple[notices.Decided, ...]:
    return notices.waiting_for(connection, campaign, [(ids(connection)[code], "书记") for code in codes])


# Whoever has lost a letter says nothing about it any more.


@pytest.mark.parametrize("again", ["another", "the same number"])
@pytest.mark.parametrize("says", ["sent", "failed", "try again", "put back", "dissolve"])
def test_what_another_has_taken_over_is_for_that_one_to_say(database: Database, campaign: int, says: str, again: str) -> None:
    """The connection of the first was lost while it was waiting for the mail server, and its number may have been given out anew."""
    with database.write() as connection:
        number = compose(connection, campaign, 1, "A1")
    with claimant(database) as one:
        with claimant(database) as lost, database.write() as connection:
            mine = in_hand.in_hand(notices.claim(connection, NOW, lost))
        with claimant(database) if again == "the same number" else nullcontext(one) as by:
            with database.write() as connection:
                notices.take_over(connection, NOW, by)
                theirs = in_hand.in_hand(notices.claim(connection, NOW, by))
            assert mine.message_id == theirs.message_id == number and (mine.claimant == by) is (by != one)
            with pytest.raises(ClaimLost), database.write() as connection:
                in_hand.note_attempt(connection, number, NOW, "sent", "")
                _say(connection, mine, says)
            with database.write() as connection:
                assert connection.execute(select(t.message.c.state, t.message.c.claim, t.message.c.attempts)).one() == (0, by, 2)
                assert outcomes(connection, campaign)["COMPOSED", ""] == 1
                in_hand.sent(connection, theirs)
                assert connection.execute(select(t.message.c.state)).scalar_one() == MessageState.SENT


def _say(connection: Connection, mine: InHand, says: str) -> None:
    match says:
        case "sent":
            in_hand.sent(connection, mine)
        case "failed":
            in_hand.failed(connection, mine, "550")
        case "try again":
            in_hand.try_again(connection, mine, NOW, "450")
        case "put back":
            in_hand.put_back(connection, mine, NOW)
        case "dissolve":
            in_hand.dissolve(connection, mine, {})


@pytest.mark.parametrize("comes", ["sent", "later", "dies"])
def test_what_was_in_hand_when_the_campaign_ended_is_told_as_it_came_out(database: Database, campaign: int, comes: str) -> None:
    with database.write() as connection:
        compose(connection, campaign, 1, "A1")
    with claimant(database) as mine:
        with database.write() as connection:
            held = in_hand.in_hand(notices.claim(connection, NOW, mine))
        with database.write() as connection:
            campaigns.end_campaign(connection, campaign, CampaignState.CLOSED, NOW)
            notices.suppress_all(connection, campaign, "campaign-over")
        with database.write() as connection:
            if comes == "sent":
                in_hand.sent(connection, held)
            elif comes == "later":
                in_hand.try_again(connection, held, NOW, "450")
    with claimant(database) as next_one, database.write() as connection:
        assert notices.take_over(connection, NOW, next_one) == (comes == "dies")
    with database.read() as connection:
        found = connection.execute(select(t.message.c.state, t.message.c.reason, t.message.c.claim, t.message.c.next_try_at)).one()
    over = (MessageState.FAILED, "campaign-over", None, None)
    assert found == ((MessageState.SENT, "", None, None) if comes == "sent" else over)
    assert claimed(database, 9) is None


# Rungs to somebody who is looked up.


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_rung_that_is_looked_up_is_told_to_whom_was_found_and_else_says_that_nobody_is_there(database: Database, size: int) -> None:
    with database.write() as connection:
        number = launch(connection, Plan(occurrences=[occurrence("总结", rungs=((1, 0, day(3)),))]))
    sweep(database, day(2))
    with database.write() as connection:
        units = ids(connection)
        settle(connection, number, "A2", "总结", _S.ACCEPTED, day(2))
        bell = sweeping.next_bell(connection, day(3))
        assert bell is not None
        seats = {units[code]: None if code == "B1" else (units["校"], "组织部") for code in BRANCHES}
        while True:
            rows, portion = rungs.rung_rows(connection, bell, size)
            told.insert_rung(connection, bell, day(3), rows, seats, before_launch=False)
            if portion is None or portion.cursor is None:
                break
            sweeping.move_cursor(connection, bell, portion.cursor)
            bell = sweeping.next_bell(connection, day(3))
            assert bell is not None
        assert outcomes(connection, number) == {("DECIDED", ""): 3, ("SUPPRESSED", "nobody-there"): 1}
        assert list(notices.seats_waiting(connection, number)) == [(units["校"], "组织部")]
        assert count(connection, t.notice) == 4


def test_a_looked_up_rung_from_before_the_launch_is_kept_and_not_sent(database: Database) -> None:
    with database.write() as connection:
        number = launch(connection, Plan(occurrences=[occurrence("总结", rungs=((1, 0, day(3)),))]))
    sweep(database, day(2))
    with database.write() as connection:
        bell = sweeping.next_bell(connection, day(3))
        assert bell is not None
        rows, _ = rungs.rung_rows(connection, bell, 9)
        told.insert_rung(connection, bell, day(3), rows, dict.fromkeys(ids(connection).values(), (1, "书记")), before_launch=True)
        assert outcomes(connection, number) == {("SUPPRESSED", "before-launch"): 5}
