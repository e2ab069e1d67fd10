"""What was told is what had to be, by definition, roster and journal; whatever somebody changes in the tables is found and named."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import delete, func, insert, select, update

from engine.evidence.vault import Vault
from engine.operations import ending
from engine.operations.context import House
from engine.operations.differences import Span
from engine.operations.reconciling import reconcile
from engine.store import tables as t
from engine.store.codes import MessageState, NoticeKind, NoticeState
from engine.store.database import Database, address, open_database
from notifiers.base import NotSent
from tests.operations import world as w
from tests.operations.files import SPRING, STRICT
from tests.templates import Upon

END = w.at(11, 20, 9)


def live(world):
    """A spring in which nearly everything happens that may happen to a notice."""
    world.channel.fail(NotSent("550 no such user", permanent=True, cause="recipient"), address="g2@example.org")
    world.channel.fail(NotSent("451 later", cause="refused"), address="g2b1@example.org")
    world.go(w.at(5, 24, 9))
    world.go(w.at(5, 24, 10))
    for code in ("G1B1", "G1B2"):
        world.hand_in(code, "方案", w.at(5, 25, 9), world.paper(200, f"{code}.txt"))
    world.go(w.at(5, 25, 10))
    world.accept("G1B1", "方案", w.at(5, 26, 9))
    world.send_back("G1B2", "方案", w.at(5, 26, 9))
    world.go(w.at(5, 26, 10))
    world.go(w.at(6, 8, 9))
    world.extend("G1B1", "总结", date(2010, 11, 10), w.at(10, 20, 9))
    world.waive("G2B1", "总结", w.at(10, 20, 9))
    world.go(w.at(10, 25, 9))
    world.go(END)


@cache
def lived(text: str = SPRING):
    """A database in which that has happened."""

    def prepare(url: str) -> None:
        database = open_database(url)
        with TemporaryDirectory() as folder:
            live(w.World(house=House(database=database, vault=Vault(Path(folder) / "files")), folder=Path(folder)))
        database.dispose()

    return Upon(w.launched(text), prepare)


@pytest.fixture
def spring(copied_database, tmp_path):
    """A copy of its end, in which anything may be changed."""
    database = open_database(copied_database(lived()))
    yield w.World(house=House(database=database, vault=Vault(tmp_path / "files")), folder=tmp_path)
    database.dispose()


def found_in(world, **asked):
    return reconcile(world.house, None, END, **asked)


def test_a_whole_spring_agrees_with_what_had_to_be(spring):
    found = found_in(spring)
    assert found.agrees, found.differences
    assert (found.units, found.unknown, found.assumed) == (9, 0, False)
    with spring.house.database.read() as connection:
        stored = connection.execute(select(func.count()).select_from(t.notice)).scalar_one()
        tried = connection.execute(select(func.count()).select_from(t.attempt)).scalar_one()
        outcomes = set(connection.execute(select(t.attempt.c.outcome)).scalars())
        states = set(connection.execute(select(t.notice.c.state)).scalars())
    assert (found.notices, found.attempts) == (stored, tried)
    # Or nothing would have been compared.
    assert outcomes == {"sent", "failed", "later"}
    assert states >= {NoticeState.SENT, NoticeState.SUPPRESSED, NoticeState.FAILED}


# --- sabotage -----------------------------------------------------------------------------------------------------------------


def one(connection, *where, table=t.notice):
    """The first row of which that is so."""
    return connection.execute(select(table).where(*where).order_by(table.c.id).limit(1)).one()


def change(connection, row, table=t.notice, **values):
    connection.execute(update(table).where(table.c.id == row.id).values(**values))


def rung(connection, state=NoticeState.SENT):
    return one(connection, t.notice.c.kind == NoticeKind.RUNG, t.notice.c.state == state)


def of_kind(connection, kind):
    return one(connection, t.notice.c.kind == kind)


def letter(connection, state=MessageState.SENT):
    return one(connection, t.message.c.state == state, table=t.message)


def attempt(connection, outcome):
    return one(connection, t.attempt.c.outcome == outcome, table=t.attempt)


def lose(connection, row, table=t.notice):
    connection.execute(delete(table).where(table.c.id == row.id))


def double(connection, row, **values):
    connection.execute(insert(t.notice).values({**{name: value for name, value in row._asdict().items() if name != "id"}, **values}))


def try_again(connection, message_id, outcome, **values):
    at = connection.execute(select(t.message.c.composed_at).where(t.message.c.id == message_id)).scalar_one()
    row = {"message_id": message_id, "at": at, "outcome": outcome, "reason": "", **values}
    connection.execute(insert(t.attempt).values(row))
    connection.execute(update(t.message).where(t.message.c.id == message_id).values(attempts=t.message.c.attempts + 1))


def other_unit(connection, row):
    return connection.execute(select(func.min(t.unit.c.id)).where(t.unit.c.id != row.unit_id)).scalar_one()


def a_mark(c):
    """A notice that was not sent and says so, marked as sent."""
    row = rung(c, NoticeState.SUPPRESSED)
    change(c, row, state=NoticeState.SENT, reason="")


def a_letter_that_never_went(c):
    row = letter(c, MessageState.FAILED)
    change(c, row, t.message, state=MessageState.SENT)
    c.execute(update(t.notice).where(t.notice.c.message_id == row.id).values(state=NoticeState.SENT))


SABOTAGES = {
    "a reminder is lost": (lambda c: lose(c, rung(c)), {"missing"}),
    "a return is lost": (lambda c: lose(c, of_kind(c, NoticeKind.RETURNED)), {"missing", "message-without-notices"}),
    "an extension is not told": (lambda c: lose(c, of_kind(c, NoticeKind.EXTENDED)), {"missing", "message-without-notices"}),
    "a waiver is not told": (lambda c: lose(c, of_kind(c, NoticeKind.WAIVED)), {"missing"}),
    "a review is not asked for": (lambda c: lose(c, of_kind(c, NoticeKind.TO_REVIEW)), {"missing"}),
    "the office is not told": (lambda c: lose(c, of_kind(c, NoticeKind.UNREACHED)), {"office-not-told"}),
    "one stands there under another number": (lambda c: double(c, rung(c), number=99), {"twice"}),
    "one is made up": (lambda c: double(c, rung(c), number=99, due_at=w.at(5, 24, 8)), {"extra"}),
    "one goes to somebody else": (lambda c: change(c, rung(c), unit_id=other_unit(c, rung(c))), {"other-recipient"}),
    "one goes to another post": (lambda c: change(c, rung(c), role="副书记"), {"other-recipient"}),
    "one falls due a day later": (lambda c: change(c, rung(c), due_at=rung(c).due_at + timedelta(days=1)), {"other-instant"}),
    "one is marked sent": (a_mark, {"without-message"}),
    "one loses its reason": (lambda c: change(c, rung(c, NoticeState.SUPPRESSED), reason=""), {"suppressed-without-reason"}),
    "one loses its letter": (lambda c: change(c, rung(c), message_id=None), {"without-message"}),
    "one in a letter waits": (lambda c: change(c, rung(c), state=NoticeState.DECIDED), {"decided-with-message", "notice-not-as-message"}),
    "one is called too early": (
        lambda c: change(c, rung(c, NoticeState.SUPPRESSED), reason="before-launch"),
        {"suppressed-at-once"},
    ),
    "one has a state of its own": (lambda c: change(c, rung(c, NoticeState.SUPPRESSED), state=9), {"unknown-state"}),
    "an attempt is lost": (lambda c: lose(c, attempt(c, "sent"), t.attempt), {"sent-without-attempt", "attempts-missing"}),
    "a delay is lost": (lambda c: lose(c, attempt(c, "later"), t.attempt), {"attempts-missing"}),
    "a refusal is lost": (lambda c: lose(c, attempt(c, "failed"), t.attempt), {"failed-without-attempt", "attempts-missing"}),
    "an attempt is made up": (lambda c: try_again(c, letter(c).id, "sent"), {"sent-twice"}),
    "a sent letter is tried again": (lambda c: try_again(c, letter(c).id, "later"), {"tried-after-end"}),
    "a letter is tried too early": (
        lambda c: change(c, attempt(c, "sent"), t.attempt, at=w.at(5, 1)),
        {"tried-before-composed"},
    ),
    "a refused letter is marked sent": (a_letter_that_never_went, {"sent-without-attempt"}),
    "a sent letter is marked failed": (
        lambda c: change(c, letter(c), t.message, state=MessageState.FAILED, reason="550"),
        {"ended-though-sent", "failed-without-attempt", "notice-not-as-message"},
    ),
    "a letter is emptied": (
        lambda c: c.execute(update(t.notice).where(t.notice.c.message_id == letter(c).id).values(message_id=None)),
        {"message-without-notices", "without-message"},
    ),
    "an owner is changed": (
        lambda c: c.execute(update(t.scope).where(t.scope.c.owner_id == rung(c).unit_id).values(owner_id=other_unit(c, rung(c)))),
        {"other-owner"},
    ),
    "a period is renamed": (
        lambda c: c.execute(update(t.occurrence).where(t.occurrence.c.period == "2010-Q3").values(period="2011-Q3")),
        {"no-occurrence", "unknown-occurrence", "extra"},
    ),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A spring on SQLite, and a database for copies of it that has compiled every statement already."""
    folder = tmp_path_factory.mktemp("springs")
    lived()(f"sqlite:///{folder / 'template.db'}")
    shutil.copyfile(folder / "template.db", folder / "copy.db")
    return folder / "template.db", Database(address(f"sqlite:///{folder / 'copy.db'}"), durable=False)


@pytest.fixture
def copied(template, tmp_path):
    """A fresh copy."""
    file, database = template
    shutil.copyfile(file, str(database.url.database))
    yield w.World(house=House(database=database, vault=Vault(tmp_path / "files")), folder=tmp_path)
    database.dispose()


@pytest.mark.parametrize("what", SABOTAGES)
def test_whatever_is_changed_by_hand_is_found(copied, what):
    expect_found(copied, what)


@pytest.mark.parametrize("what", ["a reminder is lost", "an attempt is lost", "an owner is changed"])
def test_it_is_found_on_postgresql_too(spring, what):
    expect_found(spring, what)


def expect_found(spring, what):
    sabotage, codes = SABOTAGES[what]
    with spring.house.database.write() as connection:
        sabotage(connection)
    found = found_in(spring)
    assert {difference.code for difference in found.differences} == codes, found.differences
    assert not found.agrees


def test_a_lost_bell_is_found_although_nothing_says_that_it_was_there(make_world):
    """The journal has no line of a reminder that nobody decided: the definition has."""
    world = make_world(w.launched(STRICT))
    with world.house.database.write() as connection:
        first = connection.execute(select(func.min(t.agenda.c.at)).where(t.agenda.c.rung == 1)).scalar_one()
        kept = connection.execute(select(t.agenda).where(t.agenda.c.at == first)).all()
        connection.execute(delete(t.agenda).where(t.agenda.c.at == first))
    world.go(w.at(6, 11))
    found = reconcile(world.house, None, w.at(6, 11))
    assert {one.code for one in found.differences} == {"missing"}
    assert {one.due_at for one in found.differences} == {first}
    assert len(found.differences) == 6 * len(kept)
    # What is put back is rung: afterwards nothing is missing.
    with world.house.database.write() as connection:
        connection.execute(insert(t.agenda), [row._asdict() for row in kept])
    world.go(w.at(6, 11))


def test_what_is_still_to_be_done_is_not_missing(make_world):
    world = make_world(w.launched(STRICT))
    assert reconcile(world.house, None, w.at(6, 30)).notices == 0
    world.sweep(w.at(6, 30))
    done = reconcile(world.house, None, w.at(6, 30))
    assert done.agrees
    assert done.notices > 0


def test_a_difference_names_unit_task_reminder_and_day(spring):
    with spring.house.database.write() as connection:
        row = rung(connection)
        code = connection.execute(
            select(t.unit.c.code).join(t.cases, t.cases.c.unit_id == t.unit.c.id).where(t.cases.c.id == row.case_id)
        ).scalar_one()
        lose(connection, row)
    [found] = found_in(spring).differences
    assert (found.unit, found.task, found.kind, found.number, found.due_at) == (code, "方案", NoticeKind.RUNG, row.number, row.due_at)


# --- which ones ---------------------------------------------------------------------------------------------------------------


def lost(world, code):
    """Lose the first reminder of a unit; when it was due."""
    with world.house.database.write() as connection:
        mine = select(t.cases.c.id).join(t.unit, t.unit.c.id == t.cases.c.unit_id).where(t.unit.c.code == code)
        row = one(connection, t.notice.c.case_id.in_(mine), t.notice.c.kind == NoticeKind.RUNG)
        connection.execute(delete(t.notice).where(t.notice.c.id == row.id))
    return row.due_at


def test_one_unit_is_compared_by_itself(spring):
    lost(spring, "G1B1")
    assert found_in(spring, unit="G1B1").count == 1
    other = found_in(spring, unit="G1B2")
    assert (other.units, other.count) == (1, 0)
    assert other.notices > other.messages > 0


def test_one_person_is_compared_by_her_posts(spring):
    lost(spring, "G1B1")
    assert {one.code for one in found_in(spring, person="书记G1B1").differences} == {"missing", "message-without-notices"}
    other = found_in(spring, person="书记G1")
    assert other.count == 0
    assert other.units == 4
    assert other.notices > other.messages > 0


def test_a_deputy_is_compared_by_the_seats_for_which_she_may_act(spring):
    found = found_in(spring, person="副书记G1")
    assert found.agrees
    assert found.notices > found.messages == 0


@pytest.mark.parametrize(("since", "until", "count"), [(0, 1, 1), (1, 2, 0), (-1, 0, 0)], ids=["at", "after", "before"])
def test_a_span_holds_its_beginning_and_not_its_end(spring, since, until, count):
    due = lost(spring, "G1B1")
    span = Span(since=due + timedelta(seconds=since), until=due + timedelta(seconds=until))
    assert found_in(spring, span=span).count == count


# --- what cannot be compared --------------------------------------------------------------------------------------------------


def test_where_units_were_moved_since_it_says_what_cannot_be_compared(spring):
    """The escalation went to the superior of those days; where the unit stood then is written nowhere."""
    spring.bring_in("G1B1,单位G1B1,党支部,G2,", now=END)
    found = found_in(spring)
    assert (found.count, found.assumed) == (0, True)
    assert found.unknown > 0


def test_a_roster_that_changes_no_unit_leaves_everything_comparable(spring):
    spring.bring_in("G1B1,单位G1B1,党支部,G1,", now=END)
    found = found_in(spring)
    assert (found.count, found.unknown, found.assumed) == (0, 0, True)


# --- the end ------------------------------------------------------------------------------------------------------------------


def test_a_campaign_that_is_over_agrees_as_it_ended_and_nothing_waits(spring):
    ending.close(spring.house, None, by=w.ADMIN, reason="结束", now=w.at(11, 25))
    assert reconcile(spring.house, None, w.at(12, 25)).agrees
    with spring.house.database.write() as connection:
        change(connection, rung(connection, NoticeState.SUPPRESSED), state=NoticeState.DECIDED, reason="")
    assert {one.code for one in reconcile(spring.house, None, w.at(12, 25)).differences} == {"waiting-though-over"}
