"""Bringing a roster in: read and judged as a whole, then written in one transaction, or only tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from engine.definition.codec import decode
from engine.definition.model import Organisation, Workflow
from engine.errors import FileProblems
from engine.exchange.roster import read_roster
from engine.operations.context import House
from engine.operations.import_notes import unfollowed
from engine.operations.loading import check_file
from engine.operations.people import operator
from engine.operations.roster_channels import channel_problems, with_channels
from engine.operations.roster_fit import attribute_problems, posts_words, strange_posts
from engine.org.checks import RosterProblem
from engine.org.model import Roster
from engine.progress import Watch, unwatched
from engine.sentences import Sentence, some_of
from engine.store import campaigns, journal, roster, settling
from engine.store.database import Connection
from engine.store.failures import Unwound
from engine.store.roster import ImportReport


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did, or would do. `idle`: new units that no running campaign knows (they join the next one launched).

    notes: what no running campaign follows, several units without a superior, and what does not fit the workflow that was named.
    """

    report: ImportReport
    done: bool
    idle: int
    notes: tuple[Sentence, ...] = ()


class _Trial(Unwound):
    """Unwinds the transaction of a dry run."""


def import_roster(
    house: House,
    path: Path,
    *,
    by: str | None,
    now: datetime,
    dry: bool,
    workflow: Path | None = None,
    behalf: str | None = None,
    watch: Watch = unwatched,
) -> Imported:
    """Read a roster and bring it in, all or nothing. Raises FileProblems with every row that is wrong.

    workflow: the file that the roster has to fit; without one only levels are held against what is loaded.  watch: told how far it
    has come.
    """
    meant = None if workflow is None else _organisation(workflow)
    with house.database.read() as connection:
        existing = roster.read_roster(connection)
        levels = _levels(connection) if meant is None else frozenset(meant.levels)
    besides = partial(_problems, organisation=meant)
    given = with_channels(read_roster(path, levels=levels, existing=existing, besides=besides, watch=watch))
    imported: Imported | None = None
    try:
        with house.database.write() as connection:
            imported = _write(connection, given, by, behalf, now, dry, watch)
            if dry:
                raise _Trial
    except _Trial:
        pass
    assert imported is not None
    if imported.done and len(given.units) + len(given.tenures) >= settling.MANY:
        settling.settle(house.database, settling.ROSTER)
    if meant is None:
        return imported
    return replace(imported, notes=(*imported.notes, *posts_words(strange_posts(given, meant), meant)))


def _problems(given: Roster, organisation: Organisation | None) -> Iterator[RosterProblem]:
    yield from channel_problems(given)
    if organisation is not None:
        yield from attribute_problems(given, organisation)


def _organisation(workflow: Path) -> Organisation:
    checked = check_file(workflow)
    if checked.workflow is None:
        raise FileProblems(checked.problems, file=checked.file)
    return checked.workflow.organisation


def _levels(connection: Connection) -> frozenset[str] | None:
    """The levels a unit may have by all loaded workflows; None where nothing says."""
    loaded = [campaigns.find_workflow(connection, row.name, row.version) for row in campaigns.workflows(connection)]
    found = {level for row in loaded for level in decode(Workflow, row.compiled).organisation.levels}
    return frozenset(found) or None


def _write(connection: Connection, given: Roster, by: str | None, behalf: str | None, now: datetime, dry: bool, watch: Watch) -> Imported:
    report = roster.import_roster(connection, given, now, watch)
    actor = operator(connection, by, behalf, now.date())
    data = {"added": len(report.added), "changed": len(report.changed), "posts": report.posts_added + report.posts_changed}
    journal.write(connection, journal.Line(kind="imported", recorded_at=now, actor_id=actor.id, behalf_id=actor.behalf_id, data=data))
    active = any(row.state == campaigns.RUNNING for row in campaigns.all_campaigns(connection))
    notes = (*_several_roots(connection), *unfollowed(connection, given, report, now))
    return Imported(report=report, done=not dry, idle=len(report.added) if active else 0, notes=notes)


def _several_roots(connection: Connection) -> Iterator[Sentence]:
    tops = roster.roots(connection)
    if len(tops) > 1:
        yield Sentence(
            "没有填“上级”的单位有 {n} 个：{codes}。如果活动在同一个单位之下进行，只有它可以不填。",
            "{n} units have no superior: {codes}. Where a campaign runs under one unit, only that one has none.",
            {"n": len(tops), "codes": some_of(tops)},
        )
