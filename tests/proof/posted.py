"""What happens to the mail of a campaign: it is let go and held, the server minds, people come, go, and stand in for each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from engine.operations import digests, launching
from engine.operations.hours import change_hours
from engine.operations.own_channels import tell_by
from engine.timing.hours import Hours
from tests.operations import world as w
from tests.operations.world import World
from tests.proof import choices, dates
from tests.proof.beside import sweep
from tests.proof.model import DONE, Tenure
from tests.proof.server import GROUP, MAIL, Server
from tests.proof.walking import Walk

UNITS = w.SMALL
NUMBERS = st.integers(0, 1000)
SUPERIORS = st.sampled_from(("S", "G1", "G2"))


class Posted(Walk):
    """Histories of the mail. Every person has a name of her own."""

    def go(self) -> None:
        """What a program does that runs: it sweeps and delivers, and once more."""
        now = self.now

        def rounds(world: World) -> None:
            told = world.go(now)
            if told.dropped or told.failed or told.rerouted or told.unreached:
                world.deliver(now)

        assert self.do(rounds) is not None
        self.model.sweep(now)
        self.mail.deliver(now)
        self.compare_mail()

    @rule(later=choices.LATER)
    def deliver(self, later: timedelta) -> None:
        self.now += later
        self.go()
        self.check()

    @rule(days=st.sampled_from((1, 2, 4)))
    def the_program_runs(self, days: int) -> None:
        """Every morning."""
        for _ in range(days):
            self.now = dates.begin(dates.day_of(self.now) + timedelta(days=1)) + timedelta(hours=9)
            self.go()
        self.check()

    @rule(on=st.sampled_from((True, True, False)))
    def switch_mail(self, on: bool) -> None:
        self.let_go(on=on)
        self.check()

    def let_go(self, *, on: bool) -> None:
        now = self.now
        self.do(lambda world: launching.switch_mail(world.house, None, on=on, by=w.ADMIN, now=now))
        self.mail.on = on

    @rule(named=st.sampled_from(((), (480, 1200, False), (540, 1020, True))))
    def the_office_names_hours(self, named: tuple[int, int, bool]) -> None:
        self.letters_go(dates.Hours(opens=named[0], closes=named[1], working=named[2], named=True) if named else dates.Hours())
        self.check()

    def letters_go(self, at: dates.Hours) -> None:
        now, hours = self.now, Hours(opens=at.opens, closes=at.closes, working_days=at.working) if at.named else None
        self.do(lambda world: change_hours(world.house, hours, by=w.ADMIN, now=now))
        self.mail.hours = at

    @rule(code=st.sampled_from((*UNITS, "", "")), mood=st.sampled_from(("busy", "busy", "lost", "full", "unknown")), over=st.booleans())
    def the_server_minds(self, code: str, mood: str, over: bool) -> None:
        """It refuses letters for one unit, or is busy for everybody; or takes them all again."""
        names = self.model.holders(code, self.now)[:1] if code else [*self.mail.addresses]
        moods = {} if over else {self.mail.addresses[name]: mood if code else "busy" for name in names}

        def minds(world: World) -> None:
            assert isinstance(world.channel, Server)
            world.channel.moods = dict(moods)

        self.do(minds)
        self.mail.moods = moods

    @rule(code=st.sampled_from(UNITS), on=st.sampled_from((True, True, False)))
    def somebody_wants_fewer_letters(self, code: str, on: bool) -> None:
        for name in self.model.holders(code, self.now)[:1]:
            self.wants_fewer(name, on=on)

    def wants_fewer(self, name: str, *, on: bool) -> None:
        now = self.now
        self.do(lambda world: digests.switch(world.house, name, on=on, by=w.ADMIN, now=now))
        (self.mail.digest.add if on else self.mail.digest.discard)(name)

    @rule(code=st.sampled_from(UNITS), on=st.sampled_from((True, True, False)))
    def somebody_joins_the_group(self, code: str, on: bool) -> None:
        """Whoever no mail reaches is told there; or is not any more."""
        for name in self.model.holders(code, self.now)[:1]:
            self.is_told_by(name, f"{MAIL} {GROUP}" if on else "默认")
            (self.mail.group.add if on else self.mail.group.discard)(name)

    def somebody_loses_her_mail(self, code: str) -> None:
        """Who is in the group, and whose address takes no more letters."""
        self.somebody_joins_the_group(code, on=True)
        self.the_server_minds(code, "unknown", over=False)

    def is_told_by(self, name: str, wish: str) -> None:
        now = self.now
        self.do(lambda world: tell_by(world.house, name, wish, (MAIL, GROUP), by=w.ADMIN, now=now))

    # --- the roster comes in again --------------------------------------------------------------------------------------------

    def comes_in(self, *tenures: Tenure) -> None:
        """These lines of it."""
        now, rows = self.now, "".join(f"{self.written(one)}\n" for one in tenures)
        self.do(lambda world: world.bring_in("S,单位S,学校,\n", rows, now))
        self.check()

    def written(self, one: Tenure) -> str:
        return f"{one.unit},{one.post},{one.person},{self.mail.addresses[one.person]},{one.since or ''},{one.until or ''}"

    def secretary(self, code: str) -> Tenure | None:
        """Whoever leads a unit today."""
        found = self.model.at(code, "书记", self.now)
        return next((one for one in self.model.tenures if one.unit == code and one.person in found[:1]), None)

    def newcomer(self, unit: str, post: str, since: date, until: date | None = None) -> Tenure:
        self.newcomers += 1
        tenure = Tenure(unit=unit, post=post, person=f"新{post}{self.newcomers}", since=since, until=until)
        self.mail.addresses[tenure.person] = f"n{self.newcomers}@example.org"
        self.model.tenures.append(tenure)
        return tenure

    @rule(code=st.sampled_from(UNITS), vacant=st.sampled_from((0, 0, 6, 20)))
    def somebody_else_comes(self, code: str, vacant: int) -> None:
        """Another secretary, perhaps some days after the old one has gone."""
        today, old = dates.day_of(self.now), self.secretary(code)
        if old is not None and old.since == today:
            return
        if old is not None:
            old.until = today - timedelta(days=1)
        comes = self.newcomer(code, "书记", today + timedelta(days=vacant))
        self.comes_in(*([] if old is None else [old]), comes)

    @rule(code=st.sampled_from(UNITS), days=st.sampled_from((3, 30)))
    def somebody_stands_in(self, code: str, days: int) -> None:
        """A deputy for some days; where the post is vacant, or its holder cannot be reached, it is she who is told."""
        today = dates.day_of(self.now)
        self.comes_in(self.newcomer(code, "副书记", today, today + timedelta(days=days)))

    @rule(code=st.sampled_from(UNITS))
    def somebody_has_another_address(self, code: str) -> None:
        found = self.secretary(code)
        if found is not None:
            self.newcomers += 1
            self.mail.addresses[found.person] = f"a{self.newcomers}@example.org"
            self.comes_in(found)

    @rule()
    def a_unit_comes(self) -> None:
        """It joins the next campaign; this one goes on without it."""
        self.newcomers += 1
        code, now = f"G1N{self.newcomers}", self.now
        self.do(lambda world: world.bring_in(f"{code},新支部{code},党支部,G1\n", "", now))
        self.check()

    @rule(code=st.sampled_from([code for code in UNITS if "B" in code]), superior=SUPERIORS)
    def a_unit_moves(self, code: str, superior: str) -> None:
        self.move([code], superior)

    @precondition(lambda self: self.waiting())
    @rule(number=NUMBERS, later=choices.LATER, superior=SUPERIORS)
    def all_that_a_unit_waits_for_move(self, number: int, later: timedelta, superior: str) -> None:
        """It waits for nothing any more, wherever that finds its lock and its reminders."""
        duty = self.waiting()[number % len(self.waiting())]
        self.now = max(self.now, duty.opens) + later
        self.check()
        self.move(sorted({other.unit for other in self.model.upstream(duty) if other.state not in DONE}), superior)

    def waiting(self) -> list[Any]:
        """What the units above the branches cannot do yet."""
        return [duty for _, duty in sorted(self.model.duties.items()) if duty.unit in ("G1", "G2") and self.model.waits(duty)]

    def move(self, codes: list[str], superior: str) -> None:
        """What the clock had to do before, it does in the tree as it was."""
        now, lines = self.now, "".join(f"{code},单位{code},党支部,{superior}\n" for code in codes)

        def moving_on(world: World) -> None:
            sweep(world, now, 5000)
            world.bring_in(lines or "S,单位S,学校,\n", "", now)

        self.do(moving_on)
        self.model.move(codes, superior, now)
        self.check()
