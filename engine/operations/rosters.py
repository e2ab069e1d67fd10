"""Bringing a roster in: read and judged as a whole, then written in one transaction, or only tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.definition.codec import decode
from engine.definition.model import Workflow
from engine.errors import FileProblems
from engine.exchange.roster import read_roster
from engine.operations.context import House
from engine.operations.loading import check_file
from engine.operations.people import operator
from engine.org.model import Roster
from engine.store import campaigns, journal, roster
from engine.store.database import Connection
from engine.store.roster import ImportReport


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did, or would do. `idle`: new units that no running campaign knows (they join the next one launched)."""

    report: ImportReport
    done: bool
    idle: int


class _Trial(Exception):
    """Unwinds the transaction of a dry run."""


def import_roster(
    house: House, path: Path, *, by: str | None, now: datetime, dry: bool, workflow: Path | None = None, behalf: str | None = None
) -> Imported:
    """Read a roster and bring it in, all or nothing. Raises FileProblems with every row that is wrong."""
    with house.database.read() as connection:
        existing = roster.read_roster(connection)
        levels = _levels(connection, workflow)
    given = read_roster(path, levels=levels, existing=existing)
    imported: Imported | None = None
    try:
        with house.database.write() as connection:
            imported = _write(connection, given, by, behalf, now, dry)
            if dry:
                raise _Trial
    except _Trial:
        pass
    assert imported is not None
    return imported


def _levels(connection: Connection, workflow: Path | None) -> frozenset[str] | None:
    """The levels a unit may have: of the file named, else of all loaded workflows; None where nothing says."""
    if workflow is not None:
        checked = check_file(workflow)
        if checked.workflow is None:
            raise FileProblems(checked.problems, file=checked.file)
        return frozenset(checked.workflow.organisation.levels)
    loaded = [campaigns.find_workflow(connection, row.name, row.version) for row in campaigns.workflows(connection)]
    found = {level for row in loaded for level in decode(Workflow, row.compiled).organisation.levels}
    return frozenset(found) or None


def _write(connection: Connection, given: Roster, by: str | None, behalf: str | None, now: datetime, dry: bool) -> Imported:
    report = roster.import_roster(connection, given)
    actor = operator(connection, by, behalf, now.date())
    data = {"added": len(report.added), "changed": len(report.changed), "posts": report.posts_added + report.posts_changed}
    journal.write(connection, journal.Line(kind="imported", recorded_at=now, actor_id=actor.id, behalf_id=actor.behalf_id, data=data))
    active = any(row.state == campaigns.RUNNING for row in campaigns.all_campaigns(connection))
    return Imported(report=report, done=not dry, idle=len(report.added) if active else 0)
