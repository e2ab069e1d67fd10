"""What reconciling finds: differences, each about one notice or one message, of which so many are kept and all are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Code = Literal[
    "missing",
    "extra",
    "twice",
    "other-recipient",
    "other-instant",
    "not-suppressed-at-once",
    "suppressed-at-once",
    "suppressed-without-reason",
    "decided-with-message",
    "without-message",
    "waiting-though-over",
    "office-not-told",
    "office-told-for-nothing",
    "other-owner",
    "no-occurrence",
    "unknown-occurrence",
    "unknown-state",
    "sent-without-attempt",
    "sent-twice",
    "tried-after-end",
    "failed-without-attempt",
    "ended-though-sent",
    "attempts-missing",
    "tried-before-composed",
    "waiting-without-time",
    "message-without-notices",
    "notice-not-as-message",
]
# So many are told one by one.
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A unit and a role, by name; both '' for the campaign office."""

    unit: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference: about which unit, task and notice (its kind and number), due when; should, found: what differs.

    notice, message: their ids, where they are there.  certain: whether it is one, and not something that cannot be recomputed.
    """

    code: Code
    unit: str = ""
    name: str = ""
    task: str = ""
    period: str = ""
    kind: int | None = None
    number: int = 0
    due_at: datetime | None = None
    notice: int | None = None
    message: int | None = None
    should: datetime | Seat | str | int | None = None
    found: datetime | Seat | str | int | None = None
    certain: bool = True


@dataclass(kw_only=True)
class Tally:
    """What has been compared so far, and what was found. untold: differences beyond those that are kept."""

    units: int = 0
    notices: int = 0
    messages: int = 0
    attempts: int = 0
    count: int = 0
    unknown: int = 0
    kept: list[Difference] = field(default_factory=list)

    def note(self, found: Difference) -> None:
        """One more; what cannot be recomputed is only counted."""
        if not found.certain:
            self.unknown += 1
            return
        self.count += 1
        if len(self.kept) < MOST:
            self.kept.append(found)


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """The answer. upto: every reminder due by then had to be decided.  differences: the first of `count`.

    unknown: notices that differ where units were changed since, so that nobody can tell what had to be.
    assumed: whether owners and reviewers were taken as the launch wrote them down, because the roster came in again since.
    rerouted: how often a notice went on by another channel, after one had refused its reader for good.
    """

    campaign: str
    zone: str
    upto: datetime
    units: int
    notices: int
    messages: int
    attempts: int
    differences: tuple[Difference, ...]
    count: int
    unknown: int
    assumed: bool
    rerouted: int = 0

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.count


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `since` on and before `until`; None: no end."""

    since: datetime | None = None
    until: datetime | None = None

    def has(self, at: datetime | None) -> bool:
        """Whether that instant lies in it; what has none lies in every span."""
        return at is None or ((self.since is None or at >= self.since) and (self.until is None or at < self.until))


def about(row: Any, **more: Any) -> dict[str, Any]:
    """The fields of a difference that a row of a notice with its unit and task says."""
    return {"unit": row.code, "name": row.name, "task": row.task, "period": row.period, **more}
