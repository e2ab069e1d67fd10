"""People who do anything at any time, in a campaign and beside it in the model; after every step both must be the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import chain, repeat

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from engine.operations import ending, moving
from tests.operations import world as w
from tests.proof import choices, dates
from tests.proof.beside import expect_nothing, may_waive, named
from tests.proof.messages import MOODS, Messages
from tests.proof.people import People
from tests.proof.plan import Plan, written
from tests.proof.posted import NUMBERS, UNITS, Posted
from tests.proof.replay import Replay
from tests.proof.walking import addresses, roster

YEAR, AT_ONCE = timedelta(days=365), timedelta()
# A leap in which nothing happens.
QUIET = (40, 0, 0)
Year = list[tuple[int, int, int]]
WHO = st.sampled_from(("right", "right", "right", "wrong"))


class Histories(Posted):
    """One history, of about a year."""

    @initialize(
        plan=choices.plans(),
        day=choices.LAUNCHES,
        hour=st.sampled_from((0, 8, 9)),
        past=st.sampled_from(("owe", "owe", "skip")),
        leaping=NUMBERS,
        ahead=st.integers(0, 3),
        year=choices.YEARS,
        on=st.sampled_from((True, True, True, False)),
        mood=st.sampled_from(("", "", *MOODS)),
    )
    def begin(self, plan: Plan, day: str, hour: int, past: str, leaping: int, ahead: int, year: Year, on: bool, mood: str) -> None:
        self.world = self.stack.enter_context(self.makes())
        self.plan, self.leaping, self.year = plan, leaping % 8 == 0, year
        self.now = dates.begin(date.fromisoformat(day)) + timedelta(hours=hour)
        self.model = People(
            plan=plan,
            superiors={one.code: one.superior for one in w.UNIVERSITY.units},
            levels={one.code: one.level for one in w.UNIVERSITY.units},
            tenures=roster(),
        )
        self.mail = Messages(model=self.model, addresses=addresses())
        launched = self.now
        assert self.do(lambda world: w.load(world.house, written(plan), world.folder, launched)) is not None
        assert self.do(lambda world: w.start(world.house, launched, past=past)) is not None
        self.model.launch(self.now, past)
        with self.world.house.database.read() as connection:
            self.replay = Replay.of(connection)
        self.let_go(on=on)
        if leaping % 2:
            self.somebody_joins_the_group(UNITS[leaping % len(UNITS)], on=True)
        self.the_server_minds(UNITS[leaping % len(UNITS)], mood, over=not mood)
        self.check()
        self.get_ahead(leaping, ahead)

    def get_ahead(self, number: int, count: int) -> None:
        """So much has been done before anything happens, or few histories would come to what can only happen then."""
        opens = [duty.opens for duty in self.model.duties.values() if duty.state in ("scheduled", "open")]
        if count and opens:
            self.now, self.quick = max(self.now, min(opens)), True
            self.everybody_hands_in(number, count)
            self.quick = False
            self.check()

    def teardown(self) -> None:
        try:
            if hasattr(self, "replay") and self.leaping:
                self.leap()
            if hasattr(self, "replay"):
                self.the_year_goes_on()
                self.reconcile()
        finally:
            self.stack.close()

    def the_year_goes_on(self) -> None:
        """Something happens, the program is off for some days and runs again, until a year has passed since the launch."""
        assert self.model.launched is not None
        end, self.quick = self.model.launched + YEAR, True
        for days, what, number in chain(self.year, repeat(QUIET)):
            if self.model.over or self.now >= end:
                break
            self.now += timedelta(days=days)
            # Also between deciding and telling: what was decided may be true no more.
            self.something_happens(what, number)
            self.go()
            if what % 3 == 0 and what and self.model.duties:
                self.more_happens_that_day(number)
        self.quick = False
        if not self.model.over:
            self.in_the_end()
        self.check()

    def more_happens_that_day(self, number: int) -> None:
        """Whoever has had a letter today has more to be told of."""
        self.now += timedelta(hours=2)
        self.chase_once("S", w.ADMIN)
        self.everybody_hands_in(number, 2)
        self.send_back(number, AT_ONCE, "right", "accepted")
        self.go()

    def in_the_end(self) -> None:
        """Mail is let go, the server takes every letter, nobody wants fewer: a day later every notice has come to its end."""
        self.the_server_minds("", "", over=True)
        self.let_go(on=True)
        self.letters_go(dates.Hours())
        for name in sorted(self.mail.digest):
            self.wants_fewer(name, on=False)
        self.now = dates.begin(dates.day_of(self.now) + timedelta(days=1)) + timedelta(hours=12)
        self.go()
        expect_nothing([one.told for one in self.mail.notices if one.state in ("decided", "composed")])

    def something_happens(self, what: int, number: int) -> None:
        code, other = UNITS[number % len(UNITS)], number // len(UNITS)
        happenings: tuple[Callable[[], None], ...] = (
            lambda: self.hand_in(number, AT_ONCE, "right", "new"),
            lambda: self.accept(number, AT_ONCE, "right"),
            lambda: self.send_back(number, AT_ONCE, "right", "submitted"),
            lambda: self.extend(number, AT_ONCE, "right", 8),
            lambda: self.waive(number, AT_ONCE, "right"),
            lambda: self.chase(code, AT_ONCE, "office", 1),
            lambda: self.the_server_minds(code if other % 7 else "", MOODS[other % len(MOODS)], over=False),
            lambda: self.the_server_minds(code, MOODS[other % len(MOODS)], over=other % 3 == 0),
            lambda: self.switch_mail(on=other % 3 > 0),
            lambda: self.somebody_else_comes(code, (0, 20)[other % 2]),
            lambda: self.somebody_stands_in(code, (3, 30)[other % 2]),
            lambda: self.somebody_has_another_address(code),
            lambda: self.somebody_wants_fewer_letters(code, on=other % 3 > 0),
            lambda: self.somebody_joins_the_group(code, on=other % 3 > 0),
            lambda: self.somebody_loses_her_mail(code),
        )
        if what and self.model.duties:
            happenings[what % len(happenings)]()

    # --- rules ----------------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, later=choices.LATER, who=WHO, how=st.sampled_from(("new", "new", "new", "same", "short", "scan")))
    def hand_in(self, number: int, later: timedelta, who: str, how: str) -> None:
        self.now += later
        duty = self.pick(number, "open", "returned")
        by, key, now = self.somebody(duty.owner, who), duty.key, self.now
        name = f"{key[1]}@{key[2]}" if key[2] else key[1]
        if not duty.task.document:
            say = "一样" if how == "same" else f"第{len(self.acts)}次"
            content = (say, dates.day_of(now))
            self.same(lambda world: world.act(key[0], name, now, by=by, say=say), lambda: self.model.hand_in(key, by, content, "pass", now))
            return
        verdict, file = {"short": ("fail", b""), "new": ("pass", b"one two three")}.get(
            how, ("cannot_tell", b"\xff\xd8\xff" + how.encode())
        )
        path = self.world.folder / ("a.jpg" if verdict == "cannot_tell" else "a.txt")
        path.write_bytes(file)
        self.same(lambda world: world.hand_in(key[0], name, now, path, by=by), lambda: self.model.hand_in(key, by, file, verdict, now))

    @precondition(lambda self: self.has("submitted"))
    @rule(number=NUMBERS, later=choices.LATER, who=WHO)
    def take_back(self, number: int, later: timedelta, who: str) -> None:
        self.now += later
        duty, now = self.pick(number, "submitted"), self.now
        by, key = self.somebody(duty.owner, who), duty.key
        self.same(lambda world: world.take_back(key[0], named(key), now, by=by), lambda: self.model.take_back(key, by, now))

    @precondition(lambda self: self.has("submitted"))
    @rule(number=NUMBERS, later=choices.LATER, who=WHO)
    def accept(self, number: int, later: timedelta, who: str) -> None:
        self.now += later
        duty, now = self.pick(number, "submitted"), self.now
        by, key, version = self.somebody(duty.judge or duty.owner, who), duty.key, duty.version
        self.same(lambda world: world.accept(key[0], named(key), now, by=by, version=version), lambda: self.model.accept(key, by, now))

    @precondition(lambda self: self.has("submitted", "accepted"))
    @rule(number=NUMBERS, later=choices.LATER, who=WHO, state=st.sampled_from(("accepted", "submitted")))
    def send_back(self, number: int, later: timedelta, who: str, state: str) -> None:
        self.now += later
        duty, now = self.pick(number, *((state,) if self.has(state) else ("submitted", "accepted"))), self.now
        by, key, version = self.somebody(duty.judge or duty.owner, who), duty.key, duty.version
        self.same(
            lambda world: world.send_back(key[0], named(key), now, by=by, version=version), lambda: self.model.send_back(key, by, now)
        )

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, later=choices.LATER, who=WHO, days=st.sampled_from((-1, 0, 2, 3, 8, 20, 40)))
    def extend(self, number: int, later: timedelta, who: str, days: int) -> None:
        self.now += later
        duty, now = self.pick(number, "open", "returned", "scheduled", fit=lambda one: one.task.extend[0] > 0), self.now
        by, key, to = self.granter(duty, who), duty.key, max(duty.due, dates.day_of(now)) + timedelta(days=days)
        self.same(lambda world: world.extend(key[0], named(key), to, now, by=by), lambda: self.model.extend(key, by, to, now))

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, later=choices.LATER, who=WHO)
    def waive(self, number: int, later: timedelta, who: str) -> None:
        self.now += later
        duty, now = self.pick(number, "scheduled", "open", "submitted", "returned", "lapsed", fit=may_waive), self.now
        by, key = self.granter(duty, who), duty.key
        self.same(lambda world: world.waive(key[0], named(key), now, by=by), lambda: self.model.waive(key, by, now))

    @precondition(lambda self: any(duty.overdue_since(self.now) for duty in self.model.duties.values()))
    @rule(
        code=st.sampled_from(UNITS),
        later=choices.LATER,
        who=st.sampled_from(("office", "above", "anybody")),
        days=st.sampled_from((1, 2, 9)),
    )
    def chase(self, code: str, later: timedelta, who: str, days: int) -> None:
        """Of some days in a row, or nobody would ever have been chased as often as may be."""
        self.now += later
        above = self.model.superiors[code] or code
        by = {"office": w.ADMIN, "above": self.somebody(above, "right"), "anybody": "书记G2"}[who]
        for _ in range(days):
            self.chase_once(code, by)
            self.now += timedelta(hours=13)

    def chase_once(self, code: str, by: str) -> None:
        now = self.now
        self.same(lambda world: world.chase(code, now, by=by), lambda: self.model.chase(code, by, now))

    @precondition(lambda self: any(duty.state == "lapsed" for duty in self.model.duties.values()))
    @rule(number=NUMBERS, later=choices.LATER)
    def reopen(self, number: int, later: timedelta) -> None:
        self.now += later
        key, now = self.pick(number, "lapsed").key, self.now
        self.same(lambda world: world.reopen(key[0], named(key), now), lambda: self.model.reopen(key, now))

    @rule(code=st.sampled_from(UNITS), later=choices.LATER)
    def override(self, code: str, later: timedelta) -> None:
        self.now += later
        now = self.now
        self.same(lambda world: world.override(code, now), lambda: self.model.override(code, now))

    @rule(code=st.sampled_from(UNITS), later=choices.LATER)
    def advance(self, code: str, later: timedelta) -> None:
        self.now += later
        now = self.now
        self.same(lambda world: moving.advance(world.house, None, code, by=w.ADMIN, now=now), lambda: self.model.advance(code, now))

    @precondition(lambda self: self.model.duties)
    @rule(number=NUMBERS, count=st.integers(2, 6))
    def everybody_hands_in(self, number: int, count: int) -> None:
        """Much of it done at once, or few cases would ever come far."""
        for step in range(count):
            self.hand_in(number * 10 + step + 1, timedelta(), "right", "new")
            self.accept(number * 10 + step + 1, timedelta(), "right")

    @rule(leap=choices.LEAPS, steps=st.lists(st.integers(1, 99), max_size=2), batch=choices.BATCHES)
    def time_goes_by(self, leap: timedelta, steps: list[int], batch: int) -> None:
        """In some steps, each in batches of a few units."""
        begin = self.now
        for percent in sorted(steps):
            self.now = begin + timedelta(seconds=leap.total_seconds() * percent // 100)
            self.check(batch)
        self.now = begin + leap
        self.check(batch)

    @precondition(lambda self: len(self.acts) > 8)
    @rule(number=NUMBERS)
    def close(self, number: int) -> None:
        """Seldom: nothing happens any more."""
        if number % 4 or self.model.over:
            return
        now = self.now
        self.do(lambda world: ending.close(world.house, None, by=w.ADMIN, reason="结束", now=now))
        self.model.sweep(now)
        self.mail.end()
        self.model.ended = now
        self.check()
        self.compare_mail()
