"""The organisation that a workflow speaks of: out of a file, or out of the one that is loaded."""

from __future__ import annotations

from pathlib import Path

from engine.definition.codec import decode
from engine.definition.model import Organisation, Workflow
from engine.errors import FileProblems
from engine.operations.context import House
from engine.operations.loading import check_file
from engine.store import campaigns


def organisation_in(file: Path) -> Organisation:
    """The organisation that a workflow file describes. Raises FileUnreadable, FileProblems."""
    checked = check_file(file)
    if checked.workflow is None:
        raise FileProblems(checked.problems, file=checked.file)
    return checked.workflow.organisation


def loaded_organisation(house: House) -> Organisation | None:
    """The organisation of the one workflow that is loaded; None where there is none, or several."""
    with house.database.read() as connection:
        rows = campaigns.workflows(connection)
        names = {row.name for row in rows}
        found = campaigns.find_workflow(connection, names.pop()) if len(names) == 1 else None
        return None if found is None else decode(Workflow, found.compiled).organisation
