"""Near-copies of a hand-in: what is handed in is compared with what stands of the same task, of this period and the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.evidence import copies as evidence
from engine.evidence.copies import MANY, Copy, Key, Reading
from engine.evidence.likeness import excerpts, judge_copies
from engine.sentences import Verdict
from engine.store import copies, handed_in
from engine.store.database import Connection
from engine.store.handed_in import NewArtifact
from engine.store.obligations import ObligationRow

# So many texts have to be there before what is common is no longer a share of them.
_ENOUGH = 3 * MANY


@dataclass(frozen=True, kw_only=True)
class Found:
    """A near-copy: of which artifact, how much, and its text. own: it is what the same unit handed in for the last period."""

    artifact_id: int
    copy: Copy
    text: str
    own: bool


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One item of a hand-in beside all others. keys: those by which later ones will find it; what very many texts have finds nothing."""

    item: str
    text: str
    keys: tuple[int, ...]
    found: tuple[Found, ...]
    verdicts: tuple[Verdict, ...]


def compare_all(connection: Connection, row: ObligationRow, artifacts: Sequence[NewArtifact]) -> tuple[Compared, ...]:
    """Every item whose text is long enough to be compared."""
    readings = [(artifact, evidence.read(artifact.text)) for artifact in artifacts if artifact.text]
    return tuple(_compare(connection, row, artifact, reading) for artifact, reading in readings if evidence.is_comparable(reading))


def _compare(connection: Connection, row: ObligationRow, artifact: NewArtifact, reading: Reading) -> Compared:
    keys = evidence.keys_of(reading, artifact.item)
    where = copies.among(connection, row)
    holders = copies.holders(connection, row, where, sorted({key.value for key in keys}))
    known = [(one.key, one.artifact_id) for one in holders]
    common = evidence.common_keys(known, copies.count_texts(connection, where, _ENOUGH))
    here = evidence.full_keys((one.key, one.artifact_id) for one in holders if one.occurrence_id == row.occurrence_id)
    texts = copies.texts(connection, evidence.candidates(known, common))
    pairs = ((one, _with(reading, keys, one.text, common)) for one in texts.values())
    found = tuple(
        Found(artifact_id=one.artifact_id, copy=copy, text=one.text, own=(one.case_id, one.subject) == (row.case_id, row.subject))
        for one, copy in pairs
        if copy is not None
    )
    return Compared(
        item=artifact.item,
        text=artifact.text[: reading.ends[-1]],
        keys=tuple(sorted({key.value for key in keys} - here)),
        found=found,
        verdicts=_verdicts(artifact.text, found, reviewed=row.reviewed),
    )


def _with(reading: Reading, keys: Sequence[Key], text: str, common: frozenset[int]) -> Copy | None:
    return evidence.compare(reading, keys, evidence.read(text), common)


def _verdicts(text: str, found: Sequence[Found], *, reviewed: bool) -> tuple[Verdict, ...]:
    own = next((one.copy for one in found if one.own), None)
    return judge_copies(text, [one.copy for one in found if not one.own], own, reviewed=reviewed)


def remember(connection: Connection, row: ObligationRow, version: int, compared: Sequence[Compared]) -> None:
    """This version is what later ones are compared with, instead of the one before; what was found is kept for the reviewer."""
    if row.version:
        forget(connection, row)
    if not compared:
        return
    numbers = {one.item: one.id for one in handed_in.artifacts(connection, row, version)}
    for one in compared:
        number = numbers[one.item]
        copies.keep(connection, row, number, one.item, one.text, one.keys)
        for found in one.found:
            told = excerpts(one.text, found.text, found.copy)
            copies.note(connection, number, found.artifact_id, found.copy.percent, told)


def forget(connection: Connection, row: ObligationRow) -> None:
    """What this obligation has handed in does not stand any more: nobody is compared with it."""
    for one in copies.kept_of(connection, row):
        keys = evidence.keys_of(evidence.read(one.text), one.item)
        copies.drop(connection, row, one.artifact_id, sorted({key.value for key in keys}))
