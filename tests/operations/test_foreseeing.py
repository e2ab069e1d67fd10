"""What is foreseen for a day is what happens on it, person by person; and foreseeing it changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine.operations.campaigns import UnknownCampaign
from engine.operations.foreseeing import DayIsPast, Line, Unreached, foresee
from engine.operations.launching import switch_mail
from engine.operations.post import Nowhere, Post
from engine.progress import Progress, unwatched
from engine.store import tables as t
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING, head
from tests.operations.test_incoming import comes_back
from tests.operations.world import World

# When a program that runs looks, on this day as on any: midnight, the office's hour, and some more.
HOURS = (time(0), time(8, 30), time(12), time(17, 45), time(23, 30))
# Ladders of every kind: to others, by the hour, urgent, two on one day.
MANY = (
    head("many")
    + """
tasks:
  早报: {owner: 党支部, due: 6月10日前, review: superior, ladder: [{at: -2d}, {at: 0d}]}
  午报: {owner: 党支部, due: 6月10日 16:00, ladder: [{at: -3h}, {at: +1d, to: superior}]}
  上报: {owner: 党总支, due: 6月10日前, ladder: [{at: 0d}, {at: +1d, to: 学校.书记}]}
  急件: {owner: 党总支, due: 6月10日 18:00, lock: due, urgent: true, ladder: [{at: -30min}]}
"""
)


def nowhere() -> Post:
    """The world's own post, leading nowhere."""
    return Post(notifier=Nowhere(name="fake"), lang="zh", sender_name="活动办", sender_address=w.OFFICE)


def foreseen(world: World, now: datetime, day: date | None = None) -> tuple[list[Line], list[Unreached], int]:
    """What that day brings: letters, who cannot be told, how many letters before."""
    with foresee(world.house, nowhere(), None, day, now, unwatched) as found:
        return list(found.lines()), list(found.unreached()), found.before


def live(world: World, now: datetime, until: date) -> None:
    """Let the program run from now to the end of a day."""
    day = now.astimezone(w.SHANGHAI).date()
    while day <= until:
        for hour in HOURS:
            at = datetime.combine(day, hour, w.SHANGHAI)
            if at >= now:
                world.go(at)
        day += timedelta(days=1)


Seen = Counter[tuple[str, str, tuple[tuple[int, str], ...]]]


def lines(found: list[Line]) -> Seen:
    """Address, subject and what is said in it, of each letter."""
    return Counter((one.address, one.subject, tuple(sorted((said.kind, f"{said.unit} {said.task}") for said in one.says))) for one in found)


def sent(world: World, day: date) -> Seen:
    """The same of what has really been sent on a day."""
    tokens = [one.letter.message_id for one in world.channel.sent if one.now.astimezone(w.SHANGHAI).date() == day]
    return Counter(_sent(world, tokens))


def _sent(world: World, tokens: list[str]) -> Iterator[tuple[str, str, tuple[tuple[int, str], ...]]]:
    query = select(t.message.c.address, t.message.c.subject, t.notice.c.kind, t.unit.c.code, t.occurrence.c.task)
    query = query.join(t.notice, t.notice.c.message_id == t.message.c.id).join(t.cases, t.cases.c.id == t.notice.c.case_id)
    query = query.join(t.unit, t.unit.c.id == t.cases.c.unit_id).join(t.occurrence, t.occurrence.c.id == t.notice.c.occurrence_id)
    with world.house.database.read() as connection:
        for token in tokens:
            rows = connection.execute(query.where(t.message.c.token == token)).all()
            yield rows[0].address, rows[0].subject, tuple(sorted((row.kind, f"{row.code} {row.task}") for row in rows))


def hand_in_and_return(world: World, now: datetime) -> None:
    """Two hand in; one of them is returned."""
    for code in ("G1B1", "G1B2"):
        world.hand_in(code, "方案", now, world.paper(200))
    world.send_back("G1B1", "方案", now)


STORY: tuple[tuple[date, int, Callable[[World, datetime], object] | None], ...] = (
    (date(2010, 5, 24), 1, None),
    (date(2010, 5, 25), 1, hand_in_and_return),
    (date(2010, 5, 31), 3, None),
    (date(2010, 6, 7), 1, None),
)


def test_the_letters_of_a_day_are_those_that_were_foreseen_for_it(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    found = []
    for day, ahead, act in STORY:
        now = datetime.combine(day - timedelta(days=ahead), time(10), w.SHANGHAI)
        world.go(now)
        if act is not None:
            act(world, now + timedelta(minutes=1))
        told, _, before = foreseen(world, now + timedelta(minutes=2), None if ahead == 1 else day)
        so_far = len(world.channel.sent)
        live(world, now + timedelta(minutes=2), day)
        assert lines(told) == sent(world, day), day
        assert before + len(told) == len(world.channel.sent) - so_far
        found.append(len(told))
    assert found[0] == 8 and sum(found) > 15 and 0 not in found


def test_it_is_so_with_every_kind_of_ladder_day_after_day(make_world: MakeWorld) -> None:
    world = make_world(w.launched(MANY))
    live(world, w.at(6, 8), date(2010, 6, 8))
    for day in (date(2010, 6, 10), date(2010, 6, 11)):
        now = datetime.combine(day - timedelta(days=1), time(23, 30), w.SHANGHAI)
        world.go(now)
        told, _, _ = foreseen(world, now)
        live(world, now, day)
        assert told and lines(told) == sent(world, day), day


def test_foreseeing_changes_nothing_of_the_database(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    world.sweep(w.at(5, 24, 9))
    files = [Path(f"{world.house.database.url.database}{ending}") for ending in ("", "-wal")] if world.house.database.sqlite else []
    before = world.rows(), [file.read_bytes() for file in files]
    assert foreseen(world, w.at(5, 24, 9), date(2010, 6, 7))[0]
    assert (world.rows(), [file.read_bytes() for file in files]) == before
    assert world.channel.sent == []


def test_others_go_on_working_meanwhile(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    with foresee(world.house, nowhere(), None, None, w.at(5, 23, 9), unwatched) as found:
        assert world.go(w.at(5, 24, 9)).sent == 8
        world.hand_in("G1B1", "方案", w.at(5, 24, 10), world.paper(200))
        assert len(list(found.lines())) == 8


def test_what_is_held_is_said_to_be_held_and_is_what_letting_it_go_would_send(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING, mail=False))
    told, _, before = foreseen(world, w.at(5, 23, 9))
    assert len(told) == 8 and all(one.held for one in told) and before == 0
    live(world, w.at(5, 23, 9), date(2010, 5, 23))
    for hour in (0, 8, 12):
        world.go(w.at(5, 24, hour, 30))
    # As late as anybody is told at once: the office hears, too, who could not be told.
    switch_mail(world.house, None, on=True, by=w.ADMIN, now=w.at(5, 24, 21, 59))
    world.deliver(w.at(5, 24, 21, 59))
    assert lines(told) == sent(world, date(2010, 5, 24))


def test_who_cannot_be_told_is_named_with_the_reason_on_that_day_alone(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    _, nobody, _ = foreseen(world, w.at(5, 23, 9))
    assert [(one.unit_name, one.person, one.reason) for one in nobody] == [("单位G2B3", "书记G2B3", "no-address")]
    assert foreseen(world, w.at(5, 23, 9), date(2010, 5, 25))[1] == []


def test_whose_letters_come_back_is_among_those_that_cannot_be_told(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    world.go(w.at(5, 24, 9))
    comes_back(world, "G1B1", w.at(5, 24, 12))
    _, nobody, _ = foreseen(world, w.at(5, 27, 9), date(2010, 5, 28))
    assert ("书记G1B1", "bad-address") in [(one.person, one.reason) for one in nobody]


def test_an_address_that_is_none_is_a_letter_that_does_not_leave(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    with world.house.database.write() as connection:
        connection.execute(update(t.person).where(t.person.c.name == "书记G2B1").values(email="no address"))
    told = {one.person: one for one in foreseen(world, w.at(5, 23, 9))[0]}
    assert "no address" in told["书记G2B1"].failure and told["书记G2B2"].failure == ""


def test_of_today_it_says_what_is_still_to_come(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    day = date(2010, 5, 24)
    assert len(foreseen(world, w.at(5, 24, 8, 29), day)[0]) == 8
    world.go(w.at(5, 24, 8, 30))
    assert foreseen(world, w.at(5, 24, 8, 30), day)[0] == []
    with pytest.raises(DayIsPast):
        foreseen(world, w.at(5, 24, 9), day - timedelta(days=1))
    with pytest.raises(UnknownCampaign), foresee(world.house, nowhere(), "没有", day, w.at(5, 24, 9), unwatched):
        pass


def test_whoever_watches_sees_the_work(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING))
    seen: list[Progress] = []
    with foresee(world.house, nowhere(), None, date(2010, 5, 24), w.at(5, 23, 9), seen.append):
        assert {one.what.en.partition(":")[0] for one in seen} == {"copying the database", "doing what is due", "writing letters"}
