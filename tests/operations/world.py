"""A small university in which campaigns run: who is there, what they do, and what one can see afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.errors import Refused
from engine.evidence.vault import Vault
from engine.operations import (
    asking,
    chasing,
    granting,
    handing_in,
    hours,
    judging,
    launching,
    loading,
    moving,
    rosters,
    sweeping,
    telling,
    viewing,
)
from engine.operations.assigning import HandIn
from engine.operations.campaigns import TaskRef
from engine.operations.context import House
from engine.operations.delivered import Delivered
from engine.operations.granting import Request
from engine.operations.launch_plan import LaunchReport
from engine.operations.post import Post
from engine.operations.stepping import Stepped
from engine.org.model import Person, Roster, Tenure, Unit
from engine.sentences import Verdict
from engine.store import roster
from engine.store import tables as t
from engine.store.database import open_database
from engine.store.schema import create_database
from engine.timing.hours import ALWAYS
from notifiers.fake import FakeNotifier
from tests.templates import Prepare, Upon

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = "office@example.org"
ADMIN = "管理员"


def at(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, *, year: int = 2010) -> datetime:
    """That time in Shanghai."""
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


BEFORE = at(5, 2)


def unit(code: str) -> Unit:
    """校 above G1, G2 above G1B1 and so on: the code says the place."""
    level = "学校" if code == "S" else "党支部" if "B" in code else "党总支"
    superior = {"学校": None, "党总支": "S", "党支部": code.split("B", maxsplit=1)[0]}[level]
    return Unit(code=code, name=f"单位{code}", level=level, superior=superior)


def secretary(code: str, *, email: str | None = None, **days: date) -> Tenure:
    """Whoever leads a unit."""
    address = f"{code.lower()}@example.org" if email is None else email
    return Tenure(unit=code, post="书记", person=Person(name=f"书记{code}", email=address), **days)


def deputy(code: str) -> Tenure:
    """Whoever stands in."""
    return Tenure(unit=code, post="副书记", person=Person(name=f"副书记{code}", email=f"{code.lower()}.deputy@example.org"))


SMALL = ("S", "G1", "G2", "G1B1", "G1B2", "G1B3", "G2B1", "G2B2", "G2B3")
WIDE = ("S", "G1", *(f"G1B{n}" for n in range(1, 10)))


def people(codes: Iterable[str], *, vacant: Iterable[str] = (), silent: Iterable[str] = ()) -> Roster:
    """Those units with a secretary each, but for the vacant ones; the silent ones have no address."""
    manned = [code for code in codes if code not in vacant]
    tenures = [secretary(code, email="" if code in silent else None) for code in manned]
    return Roster(units=tuple(map(unit, codes)), tenures=tuple(tenures))


# G1B3 is led by nobody, G2B3 has no address, G1 has a deputy.
UNIVERSITY = Roster(units=people(SMALL).units, tenures=(*people(SMALL, vacant=["G1B3"], silent=["G2B3"]).tenures, deputy("G1")))


@cache
def _rosters(name: str) -> Roster:
    return {
        "university": UNIVERSITY,
        "wide": people(WIDE),
        "full": people(SMALL),
        "orphan": people(SMALL, vacant=["G2B3"]),
        "mute": people(WIDE, silent=WIDE),
        "half": people(SMALL, vacant=["S", "G2", "G2B1", "G2B2", "G2B3"]),
        "deserted": people(SMALL, vacant=SMALL),
    }[name]


@cache
def empty(who: str = "university", kind: str = "rehearsal", office: str = OFFICE) -> Prepare:
    """A database that holds a roster and nothing else; the same for the same answers, so that copies can be made of it."""

    def prepare(url: str) -> None:
        database = open_database(url)
        with database.write() as connection:
            roster.import_roster(connection, _rosters(who), BEFORE)
        database.dispose()

    return Upon(_created(kind, office), prepare)


@cache
def _created(kind: str, office: str) -> Prepare:
    settings = {"kind": kind, **({"office_name": "活动办", "office_address": office} if office else {})}
    return lambda url: create_database(url, settings, durable=False).dispose()


@cache
def launched(
    text: str,
    *,
    now: datetime = BEFORE,
    mail: bool = True,
    who: str = "university",
    past: str = "owe",
    office: str = OFFICE,
    kind: str = "rehearsal",
) -> Prepare:
    """A database in which that workflow runs."""

    def prepare(url: str) -> None:
        database = open_database(url)
        with TemporaryDirectory() as folder:
            house = House(database=database, vault=Vault(Path(folder)))
            load(house, text, Path(folder), now)
            start(house, now, past=past)
            if mail:
                launching.switch_mail(house, None, on=True, by=ADMIN, now=now)
        database.dispose()

    return Upon(empty(who, kind, office), prepare)


def load(house: House, text: str, folder: Path, now: datetime = BEFORE) -> loading.Loaded:
    """Keep a version of that workflow."""
    file = folder / "workflow.yaml"
    file.write_text(text, encoding="utf-8")
    return loading.load(house, file, by=ADMIN, now=now)


def start(house: House, now: datetime = BEFORE, *, sure: bool = True, past: Any = "owe", **more: Any) -> LaunchReport:
    """Launch what is loaded over the whole tree."""
    return launching.launch(house, **{"workflow": None, "at": None, "name": None, **more}, past=past, by=ADMIN, now=now, sure=sure)


@dataclass(kw_only=True)
class World:
    """A house with its post, and the people in it; every step names its instant."""

    house: House
    folder: Path
    channel: FakeNotifier = field(default_factory=FakeNotifier)
    others: tuple[FakeNotifier, ...] = ()
    zone: ZoneInfo = SHANGHAI

    @property
    def post(self) -> Post:
        """The channels in the office's name."""
        return Post(notifier=self.channel, others=self.others, lang="zh", sender_name="活动办", sender_address=OFFICE)

    def sweep(self, now: datetime) -> sweeping.Swept:
        """All that is due."""
        return sweeping.sweep(self.house, now)

    def deliver(self, now: datetime) -> Delivered:
        """Mail that is due."""
        return telling.deliver(self.house, self.post, now)

    def go(self, now: datetime) -> Delivered:
        """What a running program does at that instant: sweep, then tell."""
        self.sweep(now)
        return self.deliver(now)

    def round_the_clock(self) -> None:
        """Letters go at any hour, so that days can be told apart at midnight."""
        hours.change_hours(self.house, ALWAYS, by=ADMIN, now=BEFORE)

    def paper(self, characters: int, name: str = "a.txt") -> Path:
        """A document with so many characters."""
        path = self.folder / name
        path.write_text("字" * characters, encoding="utf-8")
        return path

    def hand_in(
        self, code: str, task: str, now: datetime, file: Path | dict[str, Path], *, by: str | None = None, behalf: str | None = None
    ) -> Stepped:
        """Hand in a document, or several by item."""
        files = file if isinstance(file, dict) else {"": file}
        given = HandIn(files=files)
        return handing_in.submit(self.house, None, code, TaskRef.parse(task), given, by=by or f"书记{code}", behalf=behalf, now=now)

    def act(self, code: str, task: str, now: datetime, *, by: str | None = None, behalf: str | None = None, say: str = "已办") -> Stepped:
        """Say that something was done, today where the campaign runs."""
        given = HandIn(on_day=now.astimezone(self.zone).date(), statement=say)
        return handing_in.submit(self.house, None, code, TaskRef.parse(task), given, by=by or f"书记{code}", behalf=behalf, now=now)

    def take_back(self, code: str, task: str, now: datetime, *, by: str | None = None) -> Stepped:
        """Take back."""
        return handing_in.take_back(self.house, None, code, TaskRef.parse(task), by=by or f"书记{code}", behalf=None, now=now)

    def accept(
        self,
        code: str,
        task: str,
        now: datetime,
        *,
        by: str | None = None,
        version: int | None = None,
        behalf: str | None = None,
        comment: str = "",
    ) -> Stepped:
        """The superior accepts."""
        ref = TaskRef.parse(task)
        judge = by or f"书记{above(code)}"
        return judging.accept(self.house, None, code, ref, by=judge, behalf=behalf, version=version, comment=comment, now=now)

    def send_back(
        self, code: str, task: str, now: datetime, *, by: str | None = None, version: int | None = None, reason: str = "请补充数据"
    ) -> Stepped:
        """The superior returns."""
        ref = TaskRef.parse(task)
        return judging.send_back(
            self.house, None, code, ref, by=by or f"书记{above(code)}", behalf=None, version=version, reason=reason, now=now
        )

    def extend(self, code: str, task: str, to: date, now: datetime, *, by: str | None = None, reason: str = "外出") -> Stepped:
        """The superior gives more time."""
        request = Request(by=by or f"书记{above(code)}", behalf=None, reason=reason)
        return granting.extend(self.house, None, code, TaskRef.parse(task), to=to, request=request, now=now)

    def waive(self, code: str, task: str, now: datetime, *, by: str | None = None, reason: str = "合并") -> Stepped:
        """The superior releases."""
        request = Request(by=by or f"书记{above(code)}", behalf=None, reason=reason)
        return granting.waive(self.house, None, code, TaskRef.parse(task), evidence="", request=request, now=now)

    def chase(self, code: str, now: datetime, *, by: str = ADMIN, task: str | None = None, words: str = "") -> chasing.Chased:
        """Ask those who are late there once more."""
        ref = None if task is None else TaskRef.parse(task)
        asked = chasing.Chase(under=code, ref=ref, by=by, words=words)
        return chasing.chase_laggards(self.house, None, asked, now)

    def override(self, code: str, now: datetime, reason: str = "特批", leave: str | None = None) -> moving.Moved:
        """The administrator forces a case on."""
        return moving.override(self.house, None, code, by=ADMIN, reason=reason, now=now, leave=leave)

    def reopen(self, code: str, task: str, now: datetime, reason: str = "特批") -> Stepped:
        """The administrator opens again what has lapsed."""
        return moving.reopen(self.house, None, code, TaskRef.parse(task), by=ADMIN, behalf="owner", reason=reason, now=now)

    def bring_in(self, units: str, posts: str = "", now: datetime = BEFORE, *, dry: bool = False) -> rosters.Imported:
        """Import a roster given as the lines of its tables."""
        folder = self.folder / "roster"
        folder.mkdir(exist_ok=True)
        (folder / "units.csv").write_text(f"code,name,level,superior,until\n{units}", encoding="utf-8")
        if posts:
            (folder / "posts.csv").write_text(f"unit,post,person,email,since,until\n{posts}", encoding="utf-8")
        return rosters.import_roster(self.house, folder, by=ADMIN, now=now, dry=dry)

    def duty(self, code: str, task: str, now: datetime) -> viewing.Duty:
        """One obligation as its unit sees it."""
        ref = TaskRef.parse(task)
        duties = viewing.unit_status(self.house, None, code, now).duties
        return next(duty for duty in duties if duty.task == ref.task and (ref.period is None or duty.period == ref.period))

    def state(self, code: str, task: str, now: datetime) -> str:
        """The state of one obligation."""
        return self.duty(code, task, now).code

    def stage(self, code: str, now: datetime = BEFORE) -> str:
        """Where a unit stands."""
        return viewing.unit_status(self.house, None, code, now).stage.say("zh")

    def stuck(self, now: datetime, **filters: Any) -> dict[str, asking.Stuck]:
        """Who is stuck, by code."""
        return {one.unit: one for one in asking.stuck(self.house, None, now=now, **filters).units}

    def blocker(self, code: str, task: str, now: datetime) -> asking.Blocker:
        """Why a unit is held by that task, stuck or not."""
        ref = TaskRef.parse(task)
        self.sweep(now)
        found = self.stuck(now, everybody=True)[code].blocked_by
        return next(one for one in found if one.task == ref.task and (ref.period is None or one.period == ref.period))

    def notices(self, now: datetime, **filters: Any) -> tuple[viewing.NoticeLine, ...]:
        """What was decided to be told."""
        return viewing.read_notices(self.house, None, now, **filters)

    def journal(self, kind: str | None = None) -> tuple[viewing.JournalLine, ...]:
        """The journal, or its lines of one kind."""
        lines = viewing.read_journal(self.house, None, limit=100_000)
        return tuple(line for line in lines if kind in (None, line.kind))

    def letters(self, code: str) -> list[str]:
        """The texts that went to the secretary of a unit."""
        return [letter.text for letter in self.channel.to(f"{code.lower()}@example.org")]

    def rows(self, *names: str, without: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of these tables (all tables if none is named), in order, some columns left out."""
        left_out = frozenset(without)
        with self.house.database.read() as connection:
            return {
                table.name: sorted(
                    (
                        tuple(connection_row)
                        for connection_row in connection.execute(select(*(c for c in table.c if f"{table.name}.{c.name}" not in left_out)))
                    ),
                    key=repr,
                )
                for table in t.metadata.sorted_tables
                if not names or table.name in names
            }


def above(code: str) -> str:
    """The code of the unit next above."""
    return "S" if "B" not in code else code.split("B", maxsplit=1)[0]


def refused(act: Callable[[], object]) -> tuple[Verdict, ...]:
    """Why that was refused; fails where it was not."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.verdicts


def codes(verdicts: Iterable[Verdict]) -> list[str]:
    """The names of the reasons."""
    return [verdict.code for verdict in verdicts]
