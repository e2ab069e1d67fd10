"""By which channel a notice goes, and whether its rung's condition wants it told at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from engine.definition.expressions import Value
from engine.definition.model import Rung
from engine.definition.who_units import holds
from engine.operations.blockers import Lookup
from engine.operations.campaigns import Running
from engine.operations.channels import Way, channel_meant
from engine.operations.recipients import Recipient
from engine.store.codes import NoticeKind
from engine.store.notices import Decided


def rung_of(campaign: Running, notice: Decided) -> Rung | None:
    """The rung that a notice comes of; None where it comes of something else."""
    return campaign.workflow.task(notice.obligation.task).ladder[notice.rung] if notice.kind == NoticeKind.RUNG else None


def way_for(campaign: Running, recipient: Recipient, notice: Decided) -> Way | None:
    """How she is told of it: by the channel that its rung names if that reaches her, else by the first of hers; None where nothing does."""
    rung = rung_of(campaign, notice)
    return recipient.way("" if rung is None else channel_meant(rung.via))


def by_way(campaign: Running, recipient: Recipient, decided: Sequence[Decided]) -> Mapping[Way, list[Decided]]:
    """What she is told, by the way it goes, each a letter of its own; her own first way stands first, with nothing where that is so."""
    first = recipient.way()
    found: dict[Way, list[Decided]] = {} if first is None else {first: []}
    for notice in decided:
        way = way_for(campaign, recipient, notice)
        if way is not None:
            found.setdefault(way, []).append(notice)
    return found or {Way(channel="", address=recipient.address): []}


def unwanted(lookup: Lookup, notice: Decided) -> str:
    """Why its rung does not want it told: its condition is not met, or nobody can know whether it is; '' where it does."""
    rung = rung_of(lookup.running, notice)
    if rung is None or rung.when is None:
        return ""
    row = notice.obligation
    facts: dict[str, Value] = {"attempt": Fraction(row.attempt), "overdue": row.late_at is not None and row.late_at <= lookup.now}
    return "" if holds(rung.when, lookup.directory.unit(row.unit_id), lookup.running.organisation, facts) else "condition"
