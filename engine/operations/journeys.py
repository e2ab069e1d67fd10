"""Plays a journey over a database: the clock goes from bell to bell, everybody does what the story says, every expectation is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.definition.projection import project
from engine.errors import CampaignError
from engine.operations import launching, loading, rosters
from engine.operations.campaigns import choose
from engine.operations.context import House, set_virtual_now
from engine.operations.delivered import Delivered
from engine.operations.journey_file import Habit, Journey, JourneyStep
from engine.operations.journey_habits import Habits
from engine.operations.journey_steps import Answer, do_step
from engine.operations.launch_plan import LaunchReport
from engine.operations.loading import Checked
from engine.operations.post import Post
from engine.operations.sweeping import sweep
from engine.operations.telling import deliver
from engine.store import house as facts
from engine.store import notices

# The hour at which the office looks at its mail: what waits for tomorrow goes out then.
OFFICE_HOUR = 9


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that has happened: exactly one of the fields beside `at` is set.

    launched: the campaign is there.  habit: a habit, and for how many units.  step: a step and what came of it.
    delivered: letters went out.  passed: nothing but time (a bell rang).
    """

    at: datetime
    launched: LaunchReport | None = None
    habit: tuple[Habit, int] | None = None
    step: tuple[JourneyStep, Answer] | None = None
    delivered: Delivered | None = None
    passed: bool = False


Watch = Callable[[Happening], None]


@dataclass(frozen=True, kw_only=True)
class Played:
    """What a journey came to: how many duties were handed in or accepted by habit, steps taken, letters sent."""

    by_habit: int
    steps: int
    letters: int
    ended: datetime


def play(house: House, post: Post, journey: Journey, papers: Path, watch: Watch = lambda _: None) -> Played:
    """Load, import, launch and play from beginning to end over an empty database. papers: a folder for the documents it makes.

    Raises FileProblems for the files it names, Unexpected where a step comes to something else than the story says.
    """
    papers.mkdir(parents=True, exist_ok=True)
    checked = loading.check_file(journey.workflow)
    zone = ZoneInfo(checked.workflow.calendar.timezone if checked.workflow else "UTC")
    player = _Player(house=house, post=post, journey=journey, zone=zone, papers=papers, watch=watch)
    player.begin()
    for at, act in player.agenda(checked):
        player.run_until(at)
        act(at)
    player.run_until(player.local(journey.ends))
    return Played(by_habit=player.by_habit, steps=len(journey.steps), letters=player.letters, ended=player.now)


@dataclass(kw_only=True)
class _Player:
    """The state of a play: how far the clock has come, and what has been counted."""

    house: House
    post: Post
    journey: Journey
    zone: ZoneInfo
    papers: Path
    watch: Watch
    by_habit: int = 0
    letters: int = 0
    now: datetime = field(init=False)
    tomorrow: datetime | None = None

    def __post_init__(self) -> None:
        self.now = self.local(self.journey.begins)
        self.habits = Habits(self.house, self.journey, self.papers)

    def local(self, at: datetime) -> datetime:
        return at.replace(tzinfo=self.zone)

    def begin(self) -> None:
        """Load the workflow, bring in the roster, launch, and let the mail go out."""
        story, now = self.journey, self.now
        with self.house.database.write() as connection:
            facts.write_setting(connection, "office_name", story.office)
            facts.write_setting(connection, "office_address", story.address)
        loading.load(self.house, story.workflow, by=story.office, now=now)
        rosters.import_roster(self.house, story.roster, by=story.office, now=now, dry=False)
        report = launching.launch(self.house, None, at=None, name=None, past="owe", by=story.office, now=now, sure=True)
        launching.switch_mail(self.house, None, on=True, by=story.office, now=now)
        self.watch(Happening(at=now, launched=report))

    def agenda(self, checked: Checked) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        """Steps and habits in the order of time; of one instant the steps come first, each in the order written."""
        found: list[tuple[datetime, Callable[[datetime], None]]] = [
            (self.local(step.at), partial(self.take, step)) for step in self.journey.steps
        ]
        for habit in self.journey.habits:
            found += [(at, partial(self.keep, habit, task, period)) for at, task, period in self._times(habit, checked)]
        ends = self.local(self.journey.ends)
        yield from sorted((one for one in found if one[0] <= ends), key=lambda one: one[0])

    def _times(self, habit: Habit, checked: Checked) -> Iterator[tuple[datetime, str, str]]:
        assert checked.workflow is not None
        projection, _ = project(checked.workflow, received=self.now)
        for task in habit.tasks:
            for one in projection.occurrences:
                if one.task == task and habit.at is not None:
                    yield self.local(habit.at), task, one.period
                elif one.task == task and one.due is not None:
                    day = (one.due - timedelta(seconds=1)).astimezone(self.zone).date() + timedelta(days=habit.days)
                    yield self.local(datetime.combine(day, habit.time)), task, one.period

    def run_until(self, until: datetime) -> None:
        """Ring every bell up to that instant, and send what is to be sent, each at its own time."""
        while True:
            bell = sweep(self.house, self.now).next_at
            coming = min((at for at in (bell, self.tomorrow) if at is not None and at <= until), default=None)
            if coming is None:
                break
            self.move(max(coming, self.now))
            self.watch(Happening(at=self.now, passed=True))
            self.send()
        self.move(max(until, self.now))

    def move(self, at: datetime) -> None:
        """The clock has come this far."""
        self.now = at
        sweep(self.house, at)
        with self.house.database.write() as connection:
            set_virtual_now(connection, at)

    def send(self) -> None:
        """Send what is waiting, at an hour at which an office is manned; what must wait is looked at again in the morning."""
        local = self.now.astimezone(self.zone)
        morning = local.replace(hour=OFFICE_HOUR, minute=0, second=0, microsecond=0)
        self.tomorrow = None
        if local.hour >= OFFICE_HOUR - 1:
            done = deliver(self.house, self.post, self.now)
            self.letters += done.sent
            morning += timedelta(days=1)
            if done.composed:
                self.watch(Happening(at=self.now, delivered=done))
        if self._waiting():
            self.tomorrow = morning

    def _waiting(self) -> bool:
        with self.house.database.read() as connection:
            return any(notices.seats_waiting(connection, choose(connection, None).id))

    def keep(self, habit: Habit, task: str, period: str, at: datetime) -> None:
        """Everybody does as usual."""
        count = self.habits.keep(habit, task, period, at)
        self.by_habit += count
        self.watch(Happening(at=at, habit=(habit, count)))
        self.send()

    def take(self, step: JourneyStep, at: datetime) -> None:
        """One step of the story, and what it must come to."""
        answer = do_step(self.house, step, self.papers, at)
        self.watch(Happening(at=at, step=(step, answer)))
        differs = answer.differs_from(step.expected)
        if differs is not None:
            raise Unexpected(line=step.line, at=step.at.isoformat(" ", "minutes"), what=step.kind, unit=step.word("unit"), differs=differs)
        self.send()


class Unexpected(CampaignError):
    """故事第 {line} 行（{at}，{what} {unit}）的结果与预期不同：{differs}

    Line {line} of the journey ({at}, {what} {unit}) came to something else than expected: {differs}
    """
