"""Ringing the bell: sweep and deliver when something falls due, and at least every 30 seconds, until told to stop.

The truth is in our tables; APScheduler only rings, with a memory store. Another process may have changed what is due
next, so the bell never waits longer than half a minute.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from types import FrameType

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from engine.errors import CampaignError
from engine.operations.context import House, effective_now
from engine.operations.delivered import Delivered
from engine.operations.post import Post
from engine.operations.sweeping import sweep
from engine.operations.telling import deliver
from engine.oserrors import why as why_of
from engine.sentences import Sentence, plain
from engine.store.failures import DatabaseGone, in_batches
from engine.wiring.house import is_rehearsal
from notifiers.errors import NotifierError

LONGEST = timedelta(seconds=30)
_JOB = "bell"
_GLANCE = 0.5
# Whoever stops us wants to go on: a server that is slow to answer has so many seconds left.
PATIENCE = 5.0
# A closed terminal hangs up; not every system knows that.
_STOPPING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))

Clock = Callable[[], datetime]
Tell = Callable[[Sentence], None]
Checkpoint = Callable[[], None]
Work = Callable[[Checkpoint], datetime | None]


class Stopped(Exception):
    """Raised between two batches when the process is to end."""


class Ended(Exception):
    """Raised by work that can never be done again: there is no use in ringing on."""


def keep_going(house: House, post: Post, clock: Clock, tell: Tell) -> None:
    """Sweep and deliver until SIGTERM, SIGINT or SIGHUP. Only in the main thread, which hears the signals. Raises DatabaseGone."""
    rehearsal = is_rehearsal(house)
    begun = Event()
    gone: list[DatabaseGone] = []

    def work(checkpoint: Checkpoint) -> datetime | None:
        # Said only now that the signals are heard: whoever reads it may stop us at once.
        if not begun.is_set():
            begun.set()
            tell(Sentence("开始运行。", "Running."))
        try:
            house.database.expect_in_place()
            due = one_round(house, post, clock(), tell, checkpoint)
        except DatabaseGone as error:
            gone.append(error)
            raise Ended from error
        # A rehearsal's next instant lies on its virtual clock, which only people move.
        return None if rehearsal else due

    ring(work, clock=clock, tell=tell, hang_up=post.hang_up)
    if gone:
        raise gone[0]
    tell(Sentence("已停止。", "Stopped."))


def one_round(house: House, post: Post, clock: datetime, tell: Tell, checkpoint: Checkpoint) -> datetime | None:
    """Do what is due and send what waits; when something is due again. `checkpoint` is asked after every batch and letter."""
    now = effective_now(house, None, clock)
    with in_batches():
        swept = sweep(house, now, lambda _: checkpoint())
        if swept.bells or swept.moved:
            tell(swept.words)
        delivered = deliver(house, post, now, checkpoint)
    if _worth_telling(delivered):
        tell(delivered.words)
    if delivered.nobody_told is not None:
        tell(delivered.nobody_told)
    if delivered.house_words is not None:
        tell(delivered.house_words)
    if delivered.trouble is not None:
        tell(delivered.trouble)
    return min((at for at in (swept.next_at, delivered.opens_at) if at is not None), default=None)


def _worth_telling(delivered: Delivered) -> bool:
    return bool(delivered.composed or delivered.sent or delivered.later or delivered.failed)


def ring(
    work: Work,
    *,
    clock: Clock,
    tell: Tell,
    longest: timedelta = LONGEST,
    hang_up: Callable[[], None] = lambda: None,
    patience: float = PATIENCE,
) -> None:
    """Call `work` at once, when it says something is due again, and at least every `longest`, until a signal to stop.

    `work` is given a checkpoint that raises Stopped once the signal has come; the call in hand is always waited for, but after
    `patience` seconds `hang_up` is called, so that it waits for nobody else any more.
    What fails inside is told in one line and tried again.
    """
    stop, in_hand = Event(), Lock()
    scheduler = _scheduler(tell)

    def round_() -> None:
        with in_hand:
            if stop.is_set():
                return
            due = _attempt(work, stop, tell)
            wake = min(clock() + longest, due) if due is not None else clock() + longest
            scheduler.modify_job(_JOB, next_run_time=max(wake, clock()))

    with _heard(stop):
        # The interval rings again even if a round ended in a fault of our own; a round that ends well sets the next time itself.
        scheduler.add_job(round_, "interval", seconds=longest.total_seconds(), id=_JOB, next_run_time=clock())
        scheduler.start()
        # Not without end: a signal that the system gives to another thread would not wake this one.
        while not stop.wait(_GLANCE):
            pass
        # Shutting down holds the lock that setting the next time needs: waiting for the round there would be for ever.
        while not in_hand.acquire(timeout=patience):
            hang_up()
        in_hand.release()
        scheduler.shutdown(wait=True)


def _scheduler(tell: Tell) -> BackgroundScheduler:
    # Its own log would say everything twice, and with a traceback.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL + 1)
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=UTC,
    )

    def told(event: JobExecutionEvent) -> None:
        fault = plain(f"{type(event.exception).__name__}: {event.exception}")
        tell(Sentence("程序内部出错，稍后再试：{fault}", "Internal error, will try again: {fault}", {"fault": fault}))

    scheduler.add_listener(told, EVENT_JOB_ERROR)
    return scheduler


def _attempt(work: Work, stop: Event, tell: Tell) -> datetime | None:
    """One round; when something is due again. A database or a mail server that fails is told in one line."""

    def checkpoint() -> None:
        if stop.is_set():
            raise Stopped

    try:
        return work(checkpoint)
    except Stopped:
        return None
    except Ended:
        stop.set()
        return None
    except (CampaignError, NotifierError) as error:
        why: Sentence = Sentence("{zh}", "{en}", {"zh": error.say("zh"), "en": error.say("en")})
        tell(Sentence("没有办完，稍后再试：{why}", "Not finished, will try again: {why}", {"why": why}))
    except OSError as error:
        tell(Sentence("没有办完，稍后再试：{why}", "Not finished, will try again: {why}", {"why": why_of(error)}))
    return None


@contextmanager
def _heard(stop: Event) -> Iterator[None]:
    """While inside, the signals to stop set the event; afterwards they mean what they meant before."""

    def hear(_: int, __: FrameType | None) -> None:
        stop.set()

    # Whoever starts us under `nohup` has asked that the end of a terminal be none of ours.
    ignored = {number for number in _STOPPING if number.name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN}
    before = {number: signal.signal(number, hear) for number in _STOPPING if number not in ignored}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
