"""Whatever people do in whatever order: the counts stay true, nobody passes a gate unseen, a sweep is done when it is done."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from engine.errors import CampaignError, Refused
from engine.evidence.vault import Vault
from engine.machine.states import FINISHED
from engine.operations.context import House
from engine.store import counters, recounting
from engine.store import tables as t
from engine.store.database import open_database
from tests.operations import world as w
from tests.operations.files import head

STORY = (
    head("story")
    + """
stages:
  一:
    window: 2010年5月中旬—5月底
    tasks:
      甲: {owner: 党支部, review: superior, allow: {extend: {by: superior, most: 60d}, waive: superior}}
      可: {owner: 党支部, modality: may}
  二:
    window: 2010年6月—6月底
    tasks:
      乙: {owner: 党支部, after: 甲, allow: {waive: superior}}
      汇: {owner: 党总支, after: below.甲}
  三:
    window: 2010年7月—8月底
    opens: on_entry
    tasks:
      丙: {owner: 党支部, due: 7月20日前, lock: due + 5d, allow: {extend: {by: superior, most: 20d}}}
"""
)
# Much happens to one branch, so that one thing comes upon another.
UNITS = ("G1B1", "G1B1", "G1B1", "G2B1", "G1")
# The tables that a sweep writes.
MOVING = ("agenda", "cases", "obligation", "progress", "tally", "ready", "overdue", "notice", "event", "occurrence")
TASKS = ("甲", "甲", "甲", "乙", "乙", "丙", "可", "汇")

_folder = TemporaryDirectory(prefix="campaign-histories-")
_template: list[Path] = []


def template() -> Path:
    """A database in which the story has been launched, made once."""
    if not _template:
        path = Path(_folder.name) / "template.db"
        w.launched(STORY, who="full")(f"sqlite:///{path}")
        _template.append(path)
    return _template[0]


class Histories(RuleBasedStateMachine):
    """People who do anything at any time; what is refused must change nothing that is counted."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory(prefix="campaign-history-")
        place = Path(self.folder.name)
        database = open_database(str(shutil.copy(template(), place / "campaign.db")))
        self.world = w.World(house=House(database=database, vault=Vault(place / "files")), folder=place)
        self.now = w.at(5, 12)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.house.database.dispose()
            self.folder.cleanup()

    def attempt(self, act) -> None:
        try:
            act()
        except CampaignError as error:
            assert error.say("zh") and error.say("en")
            if isinstance(error, Refused):
                assert error.verdicts

    @rule(code=st.sampled_from(UNITS), task=st.sampled_from(TASKS))
    def hand_in(self, code, task):
        self.attempt(lambda: self.world.act(code, task, self.now, say=f"{self.now}"))

    @rule(code=st.sampled_from(UNITS), task=st.sampled_from(TASKS), undone=st.booleans())
    def carry_out(self, code, task, undone):
        """Handed in, accepted and perhaps returned: alone these would seldom come upon each other."""
        self.hand_in(code, task)
        self.accept(code, task)
        if undone:
            self.send_back(code, task)

    @rule(code=st.sampled_from(UNITS), task=st.sampled_from(TASKS))
    def take_back(self, code, task):
        self.attempt(lambda: self.world.take_back(code, task, self.now))

    @rule(code=st.sampled_from(UNITS), task=st.sampled_from(TASKS))
    def accept(self, code, task):
        self.attempt(lambda: self.world.accept(code, task, self.now))

    @rule(code=st.sampled_from(UNITS), task=st.sampled_from(TASKS))
    def send_back(self, code, task):
        self.attempt(lambda: self.world.send_back(code, task, self.now))

    @rule(code=st.sampled_from(UNITS), task=st.sampled_from(TASKS))
    def waive(self, code, task):
        self.attempt(lambda: self.world.waive(code, task, self.now))

    @rule(code=st.sampled_from(UNITS), task=st.sampled_from(("甲", "丙")), days=st.integers(1, 30))
    def extend(self, code, task, days):
        due = date(2010, 5, 31) if task == "甲" else date(2010, 7, 20)
        self.attempt(lambda: self.world.extend(code, task, due + timedelta(days=days), self.now))

    @rule(code=st.sampled_from(UNITS))
    def override(self, code):
        self.attempt(lambda: self.world.override(code, self.now))

    @rule(code=st.sampled_from(UNITS))
    def reopen(self, code):
        self.attempt(lambda: self.world.reopen(code, "丙", self.now))

    @rule(hours=st.sampled_from((1, 24 * 7, 24 * 20)))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)
        self.world.go(self.now)

    @invariant()
    def the_counts_are_true(self):
        if hasattr(self, "world"):
            with self.world.house.database.read() as connection:
                assert counters.kept(connection, 1) == counters.recount(connection, 1)
                assert not any(found.count for found in recounting.differences(connection, 1))
                assert connection.execute(select(t.obligation.c.waits).where(t.obligation.c.waits < 0)).first() is None

    @invariant()
    def who_owes_nothing_up_to_its_stage_is_ready_and_nobody_else(self):
        if hasattr(self, "world"):
            with self.world.house.database.read() as connection:
                standing = connection.execute(select(t.cases.c.id, t.cases.c.stage).where(t.cases.c.stage < FINISHED)).all()
                free = {(case, stage) for case, stage in standing if counters.missing(connection, case, stage) == 0}
                assert {(row.case_id, row.stage) for row in connection.execute(select(t.ready))} == free

    @invariant()
    def nobody_leaves_a_stage_with_debts_unless_forced(self):
        """A debt behind a case is explained by its last move, which was forced, or by a return after that move."""
        if not hasattr(self, "world"):
            return
        e = t.event.c
        with self.world.house.database.read() as connection:
            for case, occurrence in connection.execute(behind()):
                moves = select(e.id, e.forced).where(e.case_id == case, e.kind == "moved").order_by(e.id.desc())
                last = connection.execute(moves.limit(1)).one()
                returned = select(e.id).where(e.case_id == case, e.occurrence_id == occurrence, e.kind == "returned", e.id > last.id)
                assert last.forced or connection.execute(returned).first() is not None

    @invariant()
    def what_is_handed_in_is_not_kept_as_overdue(self):
        if hasattr(self, "world"):
            ob, over = t.obligation.c, t.overdue.c
            same = (ob.case_id == over.case_id) & (ob.occurrence_id == over.occurrence_id)
            with self.world.house.database.read() as connection:
                states = connection.execute(select(ob.state).join_from(t.overdue, t.obligation, same)).scalars().all()
            assert not [state for state in states if state == 2 or state >= 10]

    @invariant()
    def a_second_sweep_changes_nothing(self):
        if hasattr(self, "world"):
            self.world.sweep(self.now)
            before = self.world.rows(*MOVING)
            again = self.world.sweep(self.now)
            assert (again.bells, again.moved) == (0, 0)
            assert self.world.rows(*MOVING) == before


def behind():
    """Gating obligations that are not done although their case has left the stage."""
    return (
        select(t.obligation.c.case_id, t.obligation.c.occurrence_id)
        .join(t.occurrence, t.occurrence.c.id == t.obligation.c.occurrence_id)
        .join(t.cases, t.cases.c.id == t.obligation.c.case_id)
        .where(t.occurrence.c.modality != 3, t.obligation.c.state < 10, t.occurrence.c.stage < t.cases.c.stage, t.cases.c.stage <= FINISHED)
    )


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=50, stateful_step_count=14, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
