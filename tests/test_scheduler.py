"""The bell rings when it should, survives what fails, and stops when told."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.clock import system_now
from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.operations.post import Post
from engine.scheduler import Checkpoint, Stopped, keep_going, one_round, ring
from engine.sentences import Sentence
from engine.store.failures import DatabaseGone
from engine.store.schema import create_database
from notifiers.base import NotSent
from notifiers.errors import NotifierError
from notifiers.fake import FakeNotifier

NOW = datetime(2010, 6, 1, tzinfo=UTC)
SOON = timedelta(milliseconds=1)


class Lost(CampaignError):
    """数据库没有了。

    The database is gone.
    """


class Log:
    """What the bell told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, said: Sentence) -> None:
        self.lines.append(said.say("en"))


def stop_us(number: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


@contextmanager
def meaning(number: signal.Signals, handler: signal.Handlers) -> Iterator[None]:
    """Whatever the signal meant to whoever started the tests (under `nohup`: nothing), it means this."""
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def rounds(acts: list[Callable[[Checkpoint], datetime | None]]) -> tuple[list[int], Log]:
    """Ring until the acts are used up; how many rounds there were, and what was told."""
    done: list[int] = []
    log = Log()

    def work(checkpoint: Checkpoint) -> datetime | None:
        done.append(len(done))
        if len(done) > len(acts):
            stop_us()
            wait_for(checkpoint)
        return acts[len(done) - 1](checkpoint)

    # Where an act does not say when it goes on, the longest wait is short, so that no test waits.
    ring(work, clock=precise_now, tell=log, longest=timedelta(milliseconds=20))
    return done, log


def precise_now() -> datetime:
    """The clock with its fractions: whole seconds would have the bell ring in the past."""
    return system_now() + timedelta(milliseconds=1)


def soon(_: Checkpoint) -> datetime:
    return system_now() + SOON


def nothing_due(_: Checkpoint) -> None:
    return None


def failing(error: Exception) -> Callable[[Checkpoint], datetime | None]:
    def act(_: Checkpoint) -> datetime | None:
        raise error

    return act


def test_it_rings_at_once_and_again_when_something_is_due() -> None:
    done, log = rounds([soon, soon, soon])
    assert len(done) == 4
    assert log.lines == []


def test_it_rings_again_though_nothing_is_due() -> None:
    assert len(rounds([nothing_due, nothing_due])[0]) == 3


def test_it_never_waits_longer_than_the_longest_however_far_the_next_thing_is() -> None:
    def next_year(_: Checkpoint) -> datetime:
        return system_now() + timedelta(days=365)

    assert len(rounds([next_year, next_year])[0]) == 3


@pytest.mark.parametrize(
    "error", [Lost(), NotSent("no route", cause="unreachable"), OSError("disk trouble"), NotifierError("坏了", "broken")]
)
def test_what_fails_is_told_in_one_line_and_tried_again(error: Exception) -> None:
    done, log = rounds([failing(error), soon])
    assert len(done) == 3
    assert len(log.lines) == 1 and log.lines[0].startswith("Not finished, will try again")
    assert "\n" not in log.lines[0]


def test_a_fault_of_our_own_does_not_end_it_either() -> None:
    done, log = rounds([failing(KeyError("nobody")), soon])
    assert len(done) == 3
    assert log.lines == ["Internal error, will try again: KeyError: 'nobody'"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_stops_at_each_signal_and_leaves_them_as_they_were(number: signal.Signals) -> None:
    with meaning(number, signal.SIG_DFL):
        ring(lambda _: stop_us(number), clock=system_now, tell=Log())
        assert signal.getsignal(number) is signal.SIG_DFL


def test_a_hang_up_that_was_to_be_ignored_is_ignored() -> None:
    def work(_: Checkpoint) -> None:
        stop_us(signal.SIGHUP)
        stop_us()

    with meaning(signal.SIGHUP, signal.SIG_IGN):
        ring(work, clock=system_now, tell=Log())
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_the_batch_in_hand_is_finished_and_no_other_is_begun() -> None:
    batches: list[str] = []

    def work(checkpoint: Checkpoint) -> None:
        batches.append("begun")
        stop_us()
        wait_for(checkpoint)
        batches.append("another")

    ring(work, clock=system_now, tell=Log())
    assert batches == ["begun"]


def test_what_waits_for_somebody_else_is_broken_off_when_patience_is_over() -> None:
    free, calls = threading.Event(), []

    def work(_: Checkpoint) -> None:
        stop_us()
        assert free.wait(30)

    def hang_up() -> None:
        calls.append(1)
        free.set()

    ring(work, clock=system_now, tell=Log(), hang_up=hang_up, patience=0.05)
    assert calls == [1]


def test_what_is_done_in_time_is_not_broken_off() -> None:
    calls: list[int] = []
    ring(lambda _: stop_us(), clock=system_now, tell=Log(), hang_up=lambda: calls.append(1))
    assert calls == []


def wait_for(checkpoint: Checkpoint) -> None:
    """Ask until the signal, which the main thread hears, has come."""
    while True:
        checkpoint()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty live house."""
    database = create_database(str(tmp_path / "campaign.db"), {"kind": "live"})
    yield House(database=database, vault=Vault(tmp_path / "files"))
    database.dispose()


def test_a_round_with_nothing_to_do_says_nothing(house: House) -> None:
    log = Log()
    post = Post(notifier=FakeNotifier(), lang="zh", sender_address="office@example.org")
    assert one_round(house, post, NOW, log, lambda: None) is None
    assert log.lines == []


def test_a_house_is_kept_going_until_the_signal(house: House) -> None:
    log = Log()
    post = Post(notifier=FakeNotifier(), lang="zh", sender_address="office@example.org")
    asked = 0

    def clock() -> datetime:
        nonlocal asked
        asked += 1
        if asked == 3:
            stop_us()
        return precise_now()

    keep_going(house, post, clock, log)
    assert log.lines == ["Running.", "Stopped."]


@pytest.mark.parametrize("replaced", [False, True])
def test_a_house_whose_database_is_not_in_its_place_any_more_is_given_up_once(house: House, tmp_path: Path, replaced: bool) -> None:
    log = Log()
    post = Post(notifier=FakeNotifier(), lang="zh", sender_address="office@example.org")
    (tmp_path / "campaign.db").rename(tmp_path / "away.db")
    if replaced:
        (tmp_path / "campaign.db").write_bytes((tmp_path / "away.db").read_bytes())
    with pytest.raises(DatabaseGone, match="no longer in its place"):
        keep_going(house, post, precise_now, log)
    assert log.lines == ["Running."]


def test_stopped_is_no_error_that_anybody_is_told() -> None:
    assert not issubclass(Stopped, CampaignError | OSError)
