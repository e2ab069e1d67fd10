"""Notices as they stand against those that had to be decided, key by key; and whether each stands as its state says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.operations.addressing import Addressing
from engine.operations.chronicle import Chronicle
from engine.operations.differences import Code, Difference, Seat, Span, Tally
from engine.operations.recipients import UNREACHED
from engine.operations.replaying import ExpectedNotice, NoticeKey
from engine.store import reconciling as store
from engine.store.codes import NoticeKind, NoticeState

_LOST = (NoticeState.FAILED, NoticeState.BOUNCED)
_WITH_MESSAGE = (NoticeState.COMPOSED, NoticeState.SENT, *_LOST)
_WAITING = (NoticeState.DECIDED, NoticeState.COMPOSED)


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """By what is compared: what is asked for (hers: whether a seat is the one that is asked about), and where it is counted."""

    chronicle: Chronicle
    addressing: Addressing
    span: Span
    hers: Callable[[int | None, str], bool]
    tally: Tally


class CaseComparison:
    """One case. expected: what had to be decided.  stored: what was.  across: occurrences that wait for other units."""

    def __init__(
        self,
        by: Comparing,
        case: Any,
        expected: Mapping[NoticeKey, ExpectedNotice],
        stored: Sequence[Any],
        across: frozenset[int],
    ) -> None:
        self.by = by
        self.case = case
        self.expected = expected
        self.rows = {NoticeKey(row.occurrence_id, NoticeKind(row.kind), row.deadline_id, row.number): row for row in stored}
        self.across = across

    def differences(self) -> Iterator[Difference]:
        """Everything that is not as it had to be."""
        for key, wanted in self.expected.items():
            row = self.rows.get(key)
            if not self._is_asked(key, wanted, row):
                continue
            self.by.tally.notices += 1
            if row is None:
                yield self._difference("missing", key, due_at=wanted.due_at, certain=wanted.certain)
            else:
                yield from self._apart(key, wanted, row)
        for key, row in self.rows.items():
            if not self._is_asked(key, None, row):
                continue
            if key.kind is NoticeKind.UNREACHED:
                self.by.tally.notices += 1
                yield from self._about_office(key, row)
            elif key not in self.expected:
                yield self._too_much(key, row)
            yield from self._standing(key, row)

    def _is_asked(self, key: NoticeKey, wanted: ExpectedNotice | None, row: Any) -> bool:
        seats = [(one.unit_id, one.role) for one in (wanted, row) if one is not None]
        at = row.due_at if wanted is None else wanted.due_at
        return self.by.span.has(at) and any(self.by.hers(*seat) for seat in seats)

    def _apart(self, key: NoticeKey, wanted: ExpectedNotice, row: Any) -> Iterator[Difference]:
        if row.due_at != wanted.due_at:
            yield self._difference("other-instant", key, row, should=wanted.due_at, found=row.due_at)
        if (row.unit_id, row.role) != (wanted.unit_id, wanted.role):
            should, found = self._seat(wanted.unit_id, wanted.role), self._seat(row.unit_id, row.role)
            yield self._difference("other-recipient", key, row, should=should, found=found, certain=wanted.certain)
        suppressed = row.state == NoticeState.SUPPRESSED
        if wanted.reason and wanted.certain and not (suppressed and row.reason == wanted.reason):
            yield self._difference("not-suppressed-at-once", key, row, should=wanted.reason, found=row.reason)
        if not wanted.reason and wanted.certain and suppressed and row.reason in ("before-launch", "nobody-there"):
            yield self._difference("suppressed-at-once", key, row, found=row.reason)

    def _too_much(self, key: NoticeKey, row: Any) -> Difference:
        """It had not to be decided: by another number once more, or not at all."""
        same = [
            other
            for other, wanted in self.expected.items()
            if (other.occurrence_id, other.kind) == key[:2] and wanted.due_at == row.due_at and other in self.rows
        ]
        chronicle = self.by.chronicle
        by_tree = key.occurrence_id in self.across or key.kind is NoticeKind.CHASED
        certain = not (by_tree and chronicle.moved_since(chronicle.launched))
        return self._difference("twice" if same else "extra", key, row, certain=certain, found=self._seat(row.unit_id, row.role))

    def _about_office(self, key: NoticeKey, row: Any) -> Iterator[Difference]:
        """The office hears of a duty that reaches nobody; and of no other.

        What came back and was told again bears no trace of it: then the report does, which was noticed at the instant of the decision.
        """
        if row.decided_at in self.by.chronicle.came_back:
            return
        beside = [(other, one) for other, one in self.rows.items() if self._same_deadline(key, other)]
        if not any(self._unreached(other, one) or one.state in _LOST for other, one in beside):
            yield self._difference("office-told-for-nothing", key, row)

    @staticmethod
    def _unreached(key: NoticeKey, row: Any) -> bool:
        return key.kind is not NoticeKind.UNREACHED and row.state == NoticeState.SUPPRESSED and row.reason in UNREACHED

    @staticmethod
    def _same_deadline(one: NoticeKey, other: NoticeKey) -> bool:
        return (one.occurrence_id, one.deadline_id) == (other.occurrence_id, other.deadline_id)

    def _standing(self, key: NoticeKey, row: Any) -> Iterator[Difference]:
        """Whether its state is borne out by what stands beside it; what is in a message is looked at with that."""
        known = row.state in tuple(NoticeState)
        if not known:
            yield self._difference("unknown-state", key, row, found=row.state)
        if row.state == NoticeState.SUPPRESSED and not row.reason:
            yield self._difference("suppressed-without-reason", key, row)
        if row.state == NoticeState.DECIDED and row.message_id is not None:
            yield self._difference("decided-with-message", key, row, message=row.message_id)
        if row.state in _WITH_MESSAGE and row.message_id is None:
            yield self._difference("without-message", key, row, found=NoticeState(row.state).name.lower())
        if row.state in _WAITING and self.by.chronicle.running.state in store.OVER:
            yield self._difference("waiting-though-over", key, row)
        told = NoticeKey(key.occurrence_id, NoticeKind.UNREACHED, key.deadline_id, 0)
        if self._unreached(key, row) and told not in self.rows:
            yield self._difference("office-not-told", key, row, found=row.reason)

    def _seat(self, unit_id: int | None, role: str) -> Seat:
        unit = None if unit_id is None else self.by.addressing.units.get(unit_id)
        return Seat(unit="" if unit_id is None else unit.name if unit is not None else f"#{unit_id}", role=role)

    def _difference(self, code: Code, key: NoticeKey, row: Any = None, **more: Any) -> Difference:
        known = self.by.chronicle.occurrences.get(key.occurrence_id)
        return Difference(
            **{
                "code": code,
                "unit": self.case.code,
                "name": self.case.name,
                "task": "" if known is None else known.told.task,
                "period": "" if known is None else known.told.period,
                "kind": key.kind,
                "number": key.number,
                "due_at": None if row is None else row.due_at,
                "notice": None if row is None else row.id,
                **more,
            }
        )
