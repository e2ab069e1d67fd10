"""The campaign that is measured: a tree of three levels below the root, and for every unit twelve obligations in four stages.

Units and persons are written by the plain driver; the launch is the real one. Then 1 % of the cases are stuck: all others have done
what the first stage asks for and were moved on by a real sweep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from engine.machine.states import ObligationState
from engine.operations import launching, loading, sweeping
from engine.operations.context import House
from engine.operations.launch_plan import LaunchReport
from engine.store import paths
from engine.store.schema import create_database
from tests.bench.ground import Ground
from tests.bench.plain import Plain, plain

ADMIN = "管理员"
LOWEST = 50
STUCK_EVERY = 100
_ALL = "[校, 院, 系, 班]"
_HEAD = """\
workflow: bench
version: 1
title: 春季活动
calendar: {timezone: Asia/Shanghai, holidays: CN}
window: 2030年3月—6月底
organisation:
  levels: [校, 院, 系, 班]
  posts: {书记: {}}
ladder: [{at: -5d}]
stages:
"""
STAGES = {"一": 3, "二": 4, "三": 5, "四": 6}
TASKS = {"甲": 12, "乙": 19, "丙": 26}


def workflow() -> str:
    """The file: three acts a stage, due on three days, each reviewed by the superior."""
    lines = [_HEAD]
    for stage, month in STAGES.items():
        lines.append(f"  {stage}段:\n    window: 2030年{month}月\n    tasks:\n")
        lines += [f"      {stage}{task}: {{owner: {_ALL}, due: {month}月{day}日前, review: superior}}\n" for task, day in TASKS.items()]
    return "".join(lines)


def at(month: int, day: int, hour: int = 10) -> datetime:
    """That hour in Shanghai."""
    return datetime(2030, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


LAUNCHED = at(2, 20)
# The first stage is open and nothing falls due.
STEPPING = at(3, 2)
# The first stage is closed upon whoever is stuck, the second one is open, and nothing falls due.
AFTERWARDS = at(4, 2)


def code(number: int) -> str:
    """The code of the n-th unit in the order of the tree; 0 is the root."""
    return f"U{number:07}"


def mail(number: int) -> str:
    """The address of whoever leads it."""
    return f"u{number}@example.org"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A unit in the tree. superior: its number, None for the root."""

    number: int
    path: str
    level: str
    superior: int | None


def tree(units: int) -> Iterator[Place]:
    """So many units, parents before children, each with its place: about as many branches at the first level as below each of them."""
    middles = max(1, -(-(units - 1) // (LOWEST + 1)))
    width = max(1, isqrt(middles))
    found = _grow(width)
    for number in range(units):
        level, path, superior = next(found)
        yield Place(number=number, path=path, level=level, superior=superior)


def _grow(width: int) -> Iterator[tuple[str, str, int | None]]:
    """Level, path and number of the superior, without end."""
    root = paths.child("", 1)
    yield "校", root, None
    number, top = 0, 0
    while True:
        top += 1
        number += 1
        at_top, above = paths.child(root, top), number
        yield "院", at_top, 0
        for middle in range(1, width + 1):
            number += 1
            at_middle, over = paths.child(at_top, middle), number
            yield "系", at_middle, above
            for leaf in range(1, LOWEST + 1):
                number += 1
                yield "班", paths.child(at_middle, leaf), over


def superior_of(number: int, units: int) -> int:
    """The number of the unit next above; the root's own for the root."""
    return next((place.superior or 0 for place in tree(units) if place.number == number), 0)


def prepared(ground: Ground, units: int) -> str:
    """A database with the roster and the workflow, ready to be launched."""
    url = ground.fresh()
    database = create_database(url, {"kind": "live", "office_name": "活动办", "office_address": "office@example.org"})
    database.dispose()
    with plain(url) as connection:
        _write_roster(connection, units)
    with ground.house(url) as house, TemporaryDirectory() as folder:
        file = Path(folder) / "workflow.yaml"
        file.write_text(workflow(), encoding="utf-8")
        loading.load(house, file, by=ADMIN, now=LAUNCHED)
    ground.tidy(url)
    return url


def _write_roster(connection: Plain, units: int) -> None:
    places = list(tree(units))
    columns = ("id", "code", "name", "level", "kind", "superior_id", "path", "attributes")
    rows = ((p.number + 1, code(p.number), f"单位{p.number}", p.level, "", _above(p), p.path, "{}") for p in places)
    people = ((p.number + 1, f"mail:{mail(p.number)}", f"书记{p.number}", mail(p.number), "") for p in places)
    with connection.work():
        connection.load("unit", columns, rows)
        connection.load("person", ("id", "key", "name", "email", "telephone"), people)
        connection.load("tenure", ("unit_id", "post", "person_id"), ((p.number + 1, "书记", p.number + 1) for p in places))
        if not connection.sqlite:
            connection.run("SELECT setval(pg_get_serial_sequence('person', 'id'), ?)", units)


def _above(place: Place) -> int | None:
    return None if place.superior is None else place.superior + 1


def launch(house: House) -> LaunchReport:
    """The real launch over the whole tree."""
    return launching.launch(house, None, at=None, name=None, past="owe", by=ADMIN, now=LAUNCHED, sure=True)


def begin(house: House) -> None:
    """The first stage opens: every case enters it."""
    sweeping.sweep(house, STEPPING)


def pass_first_stage(ground: Ground, url: str) -> None:
    """All but 1 % have done the first stage and moved on by the sweep; those miss its last task and are stuck."""
    with plain(url) as connection:
        with connection.work():
            _do_first_stage(connection)
        connection.tidy()
    with ground.house(url) as house:
        sweeping.sweep(house, AFTERWARDS)
    ground.tidy(url)


def _do_first_stage(connection: Plain) -> None:
    now = int(AFTERWARDS.timestamp())
    last = connection.one("SELECT max(id) FROM occurrence WHERE stage = 0")[0]
    stuck = f"case_id % {STUCK_EVERY} = {STUCK_EVERY // 2}"
    connection.run(
        f"UPDATE obligation SET state = ?, settled = ?, version = 1, handed_in_at = ?, changed_at = ? WHERE occurrence_id IN"
        f" (SELECT id FROM occurrence WHERE stage = 0) AND NOT (occurrence_id = ? AND {stuck})",
        int(ObligationState.ACCEPTED),
        True,
        now,
        now,
        last,
    )
    connection.run(f"UPDATE progress SET missing = CASE WHEN {stuck} THEN 1 ELSE 0 END WHERE stage = 0")
    connection.run(f"INSERT INTO ready (case_id, campaign_id, stage, since) SELECT id, 1, 0, ? FROM cases WHERE id % {STUCK_EVERY}"
                   f" <> {STUCK_EVERY // 2}", now)  # fmt: skip
