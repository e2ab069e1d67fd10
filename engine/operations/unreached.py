"""Who was to be told of a duty and could not be, by name and as what: for the office's letter, and for whoever asks why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from engine.batched import batched
from engine.operations.asking import Lookup
from engine.operations.campaigns import running
from engine.operations.context import House
from engine.operations.recipients import UNREACHED, find_recipient
from engine.sentences import Sentence, plain
from engine.store import unreached as store
from engine.store.codes import NoticeKind, NoticeState
from engine.store.database import Connection
from engine.store.notices import LOST
from engine.store.obligations import ObligationRow, ball

Role = Literal["owner", "reviewer", "superior", "other"]
ROLES: Mapping[Role, Sentence] = {
    "owner": Sentence("责任人", "owes it"),
    "reviewer": Sentence("审核人", "reviews it"),
    "superior": Sentence("上级", "superior"),
    "other": Sentence("应当得知", "to be told"),
}
_WHY: Mapping[str, Sentence] = {
    "vacant": Sentence("岗位空缺", "post vacant"),
    "no-address": Sentence("没有邮箱", "no address"),
    "bad-address": Sentence("寄到 {address} 的信被退回过", "letters to {address} come back"),
    "bounced": Sentence("寄到 {address} 的信被退回", "the letter to {address} came back"),
    "failed": Sentence("寄不到 {address}", "no letter gets to {address}"),
}


@dataclass(frozen=True, kw_only=True)
class Untold:
    """Somebody who was to be told and was not. person: '' where nobody holds the post.  address: '' where there is none.

    reason: vacant, no-address, bad-address (nothing was written any more), bounced, failed (a letter was).
    """

    unit: str
    unit_name: str
    person: str
    role: Role
    reason: str
    address: str

    @property
    def words(self) -> Sentence:
        """`机电学院党总支 吴刚（上级，寄到 wu@example.org 的信被退回）`."""
        known = _WHY[self.reason]
        why = Sentence(known.zh, known.en, {"address": self.address})
        who = plain(" ".join(filter(None, (self.unit_name, self.person))))
        return Sentence("{who}（{role}，{why}）", "{who} ({role}; {why})", {"who": who, "role": ROLES[self.role], "why": why})


@dataclass(frozen=True, kw_only=True)
class OfficeTold:
    """The office's own notice about a duty that reaches nobody. before: it was decided for an earlier notice, and stands for this one."""

    id: int
    state: str
    reason: str
    at: datetime
    before: bool


def office_told(connection: Connection, row: Any) -> OfficeTold | None:
    """Whether the office was told for a notice that reached nobody; None where it was not, or where this one had no need of it."""
    unwritten = row.state == NoticeState.SUPPRESSED and row.reason in UNREACHED
    if row.kind == NoticeKind.UNREACHED or not (unwritten or row.state in LOST):
        return None
    found = store.office_notice(connection, row)
    if found is None:
        return None
    state = NoticeState(found.state).name.lower()
    return OfficeTold(id=found.id, state=state, reason=found.reason, at=found.decided_at, before=found.decided_at < row.decided_at)


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Whom some of the office's notices did not reach, each once. told_since: of how many of them all has been told since."""

    untold: tuple[Untold, ...]
    told_since: int


def missed_by(lookup: Lookup, office_notices: Sequence[tuple[int, ObligationRow]]) -> Missed:
    """What is behind the office's notices, given by their numbers with the duty; 0 is one that nobody has decided (a preview)."""
    duties = {number: duty for number, duty in office_notices if number}
    behind = store.behind(lookup.connection, list(duties))
    # What goes to the office itself it need not pass on.
    rows = [row for row in behind if row.unit_id is not None]
    lookup.directory.prefetch(row.unit_id for row in rows)
    found = [_untold(lookup, row, duties[row.office_notice]) for row in rows]
    found += [_supposed(lookup, duty) for number, duty in office_notices if not number]
    return Missed(untold=tuple(dict.fromkeys(found)), told_since=len(duties.keys() - {row.office_notice for row in behind}))


def _supposed(lookup: Lookup, duty: ObligationRow) -> Untold:
    """Whoever has to act, as if she could not be told."""
    unit_id, role = ball(duty)
    recipient = find_recipient(lookup, (unit_id, role))
    return Untold(
        **_place(lookup, unit_id, role),
        person=recipient.name,
        role="owner" if (unit_id, role) == (duty.owner_id, duty.owner_role) else "reviewer",
        reason=recipient.reason or "no-address",
        address=recipient.address,
    )


def _place(lookup: Lookup, unit_id: int, role: str) -> dict[str, str]:
    """A unit, with the department of it that is meant."""
    unit = lookup.directory.unit(unit_id)
    body = next((body for body in lookup.running.organisation.bodies if body.name == role), None)
    return {"unit": unit.code, "unit_name": unit.name if body is None else f"{unit.name} {body.title or body.name}"}


def _untold(lookup: Lookup, row: Any, duty: ObligationRow) -> Untold:
    written = row.address is not None
    recipient = find_recipient(lookup, (row.unit_id, row.role))
    return Untold(
        **_place(lookup, row.unit_id, row.role),
        person=(row.name or "") if written else recipient.name,
        role=_role(lookup, row, duty),
        reason=NoticeState(row.state).name.lower() if written else row.reason,
        address=row.address if written else recipient.address,
    )


def _role(lookup: Lookup, row: Any, duty: ObligationRow) -> Role:
    if (row.unit_id, row.role) == (duty.owner_id, duty.owner_role):
        return "owner"
    ladder = lookup.running.workflow.task(duty.task).ladder
    if row.kind == NoticeKind.TO_REVIEW or (row.kind == NoticeKind.RUNG and ladder[row.rung].to is None):
        return "reviewer"
    owner, unit = lookup.directory.unit(duty.owner_id), lookup.directory.unit(row.unit_id)
    return "superior" if owner.path.startswith(unit.path) else "other"


@dataclass(frozen=True, kw_only=True)
class Unaddressed:
    """Somebody who is owed letters and has no address, or a post that nobody holds. unit: '' for the office.  duties: how many.

    reason: no-address, vacant, no-office.  since: when the first letter could not be written.
    """

    unit: str
    unit_name: str
    post: str
    person: str
    reason: str
    since: datetime
    duties: int


def unaddressed(house: House, now: datetime) -> Iterator[Unaddressed]:
    """Each of them, campaign by campaign, as the roster stands now; never all of them in memory."""
    with house.database.read() as connection:
        for campaign in running(connection):
            for some in batched(store.owed_letters(connection, campaign.id), _TOGETHER):
                lookup = Lookup(connection, campaign, now)
                lookup.directory.prefetch(row.unit_id for row in some if row.unit_id is not None)
                yield from (found for row in some if (found := _unaddressed(lookup, row)).reason in _NO_ADDRESS)


def _unaddressed(lookup: Lookup, row: Any) -> Unaddressed:
    found = find_recipient(lookup, (row.unit_id, row.role))
    place = {"unit": "", "unit_name": ""} if row.unit_id is None else _place(lookup, row.unit_id, row.role)
    return Unaddressed(**place, post=found.post, person=found.name, reason=found.reason, since=row.since, duties=row.duties)


_TOGETHER = 500
_NO_ADDRESS = ("no-address", "vacant", "no-office")
