"""What an import says of the campaigns that run: they keep to the tree of their launch, whatever the roster closes or moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from engine.operations.campaigns import Running, choose, unit_of
from engine.operations.census import Census
from engine.org.model import Roster, covers
from engine.sentences import Sentence, enumerated
from engine.store import campaigns, lingering, roster
from engine.store.database import Connection
from engine.store.launching import NewScope
from engine.store.lingering import Lingering, Settled
from engine.store.roster import ImportReport

# How many units a note names, and how many places for each; the rest are counted.
_NAMED = 5
_PLACES = 2


def unfollowed(connection: Connection, given: Roster, report: ImportReport, now: datetime) -> Iterator[Sentence]:
    """For each running campaign one sentence on the closed units that go on owing there, one on those that still go by the old tree."""
    closed: dict[date, list[str]] = {}
    for unit in given.units:
        if unit.until is not None:
            closed.setdefault(unit.until, []).append(unit.code)
    names = [row.name for row in campaigns.all_campaigns(connection) if row.state == campaigns.RUNNING]
    for name in names if closed or report.moved else ():
        running = choose(connection, name)
        for said, found in ((_CLOSED, _closed(connection, running, closed, now)), (_MOVED, _moved(connection, running, report.moved, now))):
            if found:
                yield Sentence(said.zh, said.en, {"campaign": name, "units": _named(found)})


def _closed(connection: Connection, running: Running, closed: dict[date, list[str]], now: datetime) -> list[Lingering]:
    """What falls due while a unit still exists is its business; what falls due later never was."""
    found: list[Lingering] = []
    for until, codes in closed.items():
        end = datetime.combine(until + timedelta(days=1), time(), running.zone)
        found += lingering.of_closed(connection, running.id, codes, end if end > now else None)
    return found


def _moved(connection: Connection, running: Running, moved: Sequence[str], now: datetime) -> list[Lingering]:
    """What a launch today would settle otherwise, at these units and those below them."""
    astray: dict[tuple[str, str], dict[int, tuple[int, str]]] = {}
    for code in moved:
        census = Census(running.workflow, running.day(now))
        units = [unit for unit in roster.walk(connection, unit_of(connection, code).path) if unit.level in running.organisation.levels]
        census.take(units)
        today = {(row.unit_id, row.number): row for rows in census.rows() for row in rows}
        there = [unit.id for unit in units if covers(unit.since, unit.until, census.day)]
        for known in lingering.settled(connection, running.id, there):
            to = _elsewhere(known, today.get((known.unit_id, known.scope)), reviewed=census.scopes[known.scope].review is not None)
            if to is not None:
                astray.setdefault((known.path, known.unit), {})[known.scope] = (known.undone, to)
    return [lingering.together(unit, found.values()) for (_, unit), found in sorted(astray.items())]


def _elsewhere(known: Settled, today: NewScope | None, *, reviewed: bool) -> str | None:
    """Whose a task is that would be somebody else's today ('' for nobody's beside the unit); None where nothing differs."""
    if today is None or known.owner_id != today.owner_id:
        return known.owner if known.owner_id != known.unit_id else known.reviewer
    return known.reviewer if reviewed and known.reviewer_id != today.reviewer_id else None


def _named(found: Sequence[Lingering]) -> Sentence:
    """`G1B1（3 项，归单位G1）、G1B2（1 项）等 7 个单位`."""
    said = [_unit(one) for one in found[:_NAMED]]
    units = Sentence("、".join(one.say("zh") for one in said), ", ".join(one.say("en") for one in said))
    if len(found) == len(said):
        return units
    return Sentence("{units}等 {n} 个单位", "{units} and others, {n} in all", {"units": units, "n": len(found)})


def _unit(one: Lingering) -> Sentence:
    values = {"unit": one.unit, "n": one.tasks, "to": enumerated(one.to[:_PLACES])}
    if one.to:
        return Sentence("{unit}（{n} 项，归{to}）", "{unit} ({n} task(s), with {to})", values)
    return Sentence("{unit}（{n} 项）", "{unit} ({n} task(s))", values)


_CLOSED = Sentence(
    "活动“{campaign}”不随花名册停止：停用的单位还有任务没有了结，照旧催办：{units}。请现在逐项免去：campaign status 单位 看是哪些，"
    "campaign waive 单位 任务 --reason 单位已撤销 免报；工作流没有准许免报的，由办公室代报一份说明（campaign submit … --for owner）。",
    "The campaign “{campaign}” does not follow the roster: closed units still have tasks in it and go on being chased: {units}. "
    "Release them now, one by one: `campaign status UNIT` lists them, `campaign waive UNIT TASK --reason ...` waives; "
    "where the file allows no waiver, the office hands in a note for them (`campaign submit ... --for owner`).",
)
_MOVED = Sentence(
    "活动“{campaign}”的责任和审核仍按发动时的上下级，移动了的单位还归原来的上级：{units}。请告诉原上级照常办理、审核；等下级（below）的汇总从现在起按新的上下级计算；"
    "不该再办的，写明原因免报：campaign waive 单位 任务 --reason 已划归新上级。",
    "In the campaign “{campaign}” duties and reviews keep to the superiors of the launch; units that moved still answer to the old one: "
    "{units}. Ask that superior to go on as before; what waits for those below (`below`) counts by the new tree from now on; "
    "what should not be done any more is waived with a reason: `campaign waive UNIT TASK --reason ...`.",
)
