"""Handing in and taking back. What is handed in is read and judged before the transaction; the vault keeps every version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.definition.model import Task
from engine.errors import CampaignError, Refused
from engine.machine.obligation import Act, Decision, decide
from engine.machine.states import ObligationState
from engine.operations import copying, sentences_kept
from engine.operations.assigning import HandIn
from engine.operations.campaigns import Running, TaskRef, choose, obligation_of, period_of, task_of, unit_of
from engine.operations.context import House
from engine.operations.facts import Contents, judged_rules
from engine.operations.naming_entered import RosterNaming
from engine.operations.papers import Judged, Look, Read, judge, read_all
from engine.operations.reviewing import with_fresh_eyes
from engine.operations.stepping import Step, Stepped, Steps, facts_of, settle, stepped, stepping, tell_results
from engine.operations.sweeping import sweep
from engine.sentences import Verdict
from engine.store import handed_in, journal, obligations
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.roster import UnitRow

# How many units of a bulk hand-in are written in one transaction: other writers wait no longer than that.
UNITS_AT_A_TIME = 20


class FutureDay(CampaignError):
    """{day} 还没有到，办理日期最晚是今天（{today}）。请改正 --on，或到办完之后再报。

    {day} has not come yet; the day it was done is today ({today}) at the latest. Correct --on, or report it once it is done.
    """


class LedgerMovedOn(CampaignError):
    """这份台账刚刚又有人添了内容，您的一行没有收下。请再报送一次。

    Somebody has just added to this ledger, so your row was not taken. Hand it in once more.
    """


def submit(
    house: House, campaign: str | None, unit: str, ref: TaskRef, given: HandIn, *, by: str | None, behalf: str | None, now: datetime
) -> Stepped:
    """Hand in. The same bytes again change nothing. Raises Refused with every shortfall, or what is wrong with the names.

    What the checks turn away is remembered with its shortfall, but is no version: the obligation stays as it was.
    """
    judged = _judged_before(house, campaign, unit, ref, given, now) if given.is_paper else None
    with stepping(house, campaign, unit, ref, by=by, behalf=behalf, now=now, beside=True) as step:
        answer = _hand_in(step, judged or judge(house, step.task, given, {}, _look_of(step)))
    if isinstance(answer, Stepped):
        return answer
    raise Refused(answer)


def _judged_before(house: House, campaign: str | None, unit: str, ref: TaskRef, given: HandIn, now: datetime) -> Judged:
    """Documents are read before the transaction: that may take a while."""
    with house.database.read() as connection:
        running = choose(connection, campaign, writing=True)
        at = unit_of(connection, unit)
        task_of(running, ref.task)
    read = read_all([given])
    with house.database.read() as connection:
        task, row = obligation_of(connection, running, at, ref)
        return judge(house, task, given, read, _look(connection, running, at, task, row, now))


def _look(connection: Connection, running: Running, at: UnitRow, task: Task, row: ObligationRow, now: datetime) -> Look:
    """What judging looks at. Only a ledger goes on from what was handed in before."""
    before = handed_in.contents(connection, row, row.version) if any(item.kind == "ledger" for item in task.items) else {}
    naming, local = RosterNaming(connection, running, running.day(now)), now.astimezone(running.zone)

    def rules(contents: Contents) -> tuple[Verdict, ...]:
        return judged_rules(connection, running, at, task, contents, now)

    return Look(unit=at.code, naming=naming, now=local.replace(tzinfo=None), rules=rules, version=row.version, before=before)


def _look_of(step: Step) -> Look:
    return _look(step.connection, step.campaign, step.unit, step.task, step.row, step.now)


def _hand_in(step: Step, judged: Judged) -> Stepped | tuple[Verdict, ...]:
    """What came of it; what the checks turned away is remembered before its reasons are given back. Raises FutureDay."""
    today = step.directory.day
    for artifact in judged.artifacts:
        if artifact.on_day is not None and artifact.on_day > today:
            raise FutureDay(day=artifact.on_day, today=today)
    if judged.based_on not in (None, step.row.version):
        raise LedgerMovedOn
    if _is_known(step, judged):
        return stepped(step, step.row.state.name.lower(), step.row.version, unchanged=True)
    again = _returned_before(step, judged)
    judged = _beside_others(step, judged)
    stands = any(item.kind == "ledger" for item in step.task.items)
    facts = facts_of(step, checks=judged.verdicts, missing=judged.missing, same_as_returned=again, stands=stands)
    decision = decide(Act.HAND_IN, facts, step.now)
    if decision.allowed:
        return _apply(step, decision, judged)
    _remember(step, decision)
    return decision.refusals


def _beside_others(step: Step, judged: Judged) -> Judged:
    """With what is nearly the same as others' texts; what is turned away anyway is compared with nobody's."""
    if judged.missing or any(verdict.outcome == "fail" for verdict in judged.verdicts):
        return judged
    compared = copying.compare_all(step.connection, step.row, judged.artifacts)
    said = {one.item: one.verdicts for one in compared}
    artifacts = tuple(a._replace(verdicts=[*a.verdicts, *sentences_kept.keep(said.get(a.item, ()))]) for a in judged.artifacts)
    verdicts = tuple(verdict for one in compared for verdict in one.verdicts)
    return replace(judged, artifacts=artifacts, verdicts=(*judged.verdicts, *verdicts), compared=compared)


def _is_known(step: Step, judged: Judged) -> bool:
    """Whether exactly this was handed in last and still stands."""
    return step.row.state in _STANDING and not judged.missing and _is_version(step, judged, step.row.version)


def _returned_before(step: Step, judged: Judged) -> int:
    """The version returned last, where this is to the letter the same; 0 where it is not. Handing in another between mends nothing."""
    if step.row.attempt == 1:
        return 0
    line = journal.last_of(step.connection, step.row.key, "returned")
    version = 0 if line is None else int(line.data["version"])
    return version if version and _is_version(step, judged, version) else 0


def _is_version(step: Step, judged: Judged, version: int) -> bool:
    kept = handed_in.artifacts(step.connection, step.row, version)
    return sorted(map(_sameness, kept)) == sorted(map(_sameness, judged.artifacts))


def _sameness(artifact: Any) -> tuple[str, ...]:
    """What makes two artifacts the same; what was entered counts, not the bytes of the table it was entered in."""
    entered = json.dumps(artifact.content, sort_keys=True) if artifact.content else ""
    return (artifact.item, "" if entered else artifact.digest, entered, artifact.statement, str(artifact.on_day or ""))


def _apply(step: Step, decision: Decision, judged: Judged) -> Stepped:
    assert decision.state is not None
    read, step = step.row, with_fresh_eyes(step)
    version = step.row.version + 1
    handed_in.add_artifacts(step.connection, step.row, version, judged.artifacts, step.now, step.actor.id)
    copying.remember(step.connection, step.row, version, judged.compared)
    handed_in.clear_refusal(step.connection, step.row)
    # What is added to a ledger does not make late what was in time.
    first = step.row.handed_in_at if step.row.state in _STANDING and step.row.handed_in_at else step.now
    # Who reviews refers to another row, which is looked up whenever it is written.
    other = {} if step.row is read else {"reviewer_id": step.row.reviewer_id}
    obligations.set_state(step.connection, step.row, decision.state, step.now, version=version, handed_in_at=first, **other)
    obligations.clear_overdue(step.connection, step.row, step.now)
    late = step.row.late_at is not None and first >= step.row.late_at
    digests = [artifact.digest for artifact in judged.artifacts]
    reviewer, state = step.row.reviewer_id, decision.state.name.lower()
    step.record("handed_in", version=version, state=state, late=late, digests=digests, reviewer=reviewer)
    if decision.state is ObligationState.ACCEPTED and step.row.state is not ObligationState.ACCEPTED:
        tell_results(step, version)
    if decision.state is ObligationState.SUBMITTED and step.row.reviewer_id is not None:
        at, role = step.row.reviewer_id, step.row.reviewer_role
        obligations.tell(step.connection, step.row, NoticeKind.TO_REVIEW, version, at, role, step.now)
    checks = tuple(sentences_kept.keep(judged.verdicts))
    return stepped(step, decision.state.name.lower(), version, checks=checks)


# In these a ledger goes on.
_STANDING = (ObligationState.SUBMITTED, ObligationState.ACCEPTED)
_NOT_ABOUT_THE_PAPER = frozenset({"wrong-state", "not-owner", "locked", "not-open", "waits-for", "same-as-returned"})


def _remember(step: Step, decision: Decision) -> None:
    """Keep what the checks said, where nothing but the checks stood in the way."""
    if any(refusal.code in _NOT_ABOUT_THE_PAPER for refusal in decision.refusals):
        settle(decision)
    told = sentences_kept.keep(decision.refusals)
    handed_in.set_refusal(step.connection, step.row, told, step.now)
    step.record("turned_away", verdicts=[{"code": verdict["code"], "shortfall": verdict["shortfall"]} for verdict in told])


def take_back(house: House, campaign: str | None, unit: str, ref: TaskRef, *, by: str | None, behalf: str | None, now: datetime) -> Stepped:
    """Take back what nobody has judged yet. Raises Refused."""
    with stepping(house, campaign, unit, ref, by=by, behalf=behalf, now=now, beside=True) as step:
        decision = decide(Act.TAKE_BACK, facts_of(step), now)
        settle(decision)
        assert decision.state is not None
        obligations.set_state(step.connection, step.row, decision.state, now)
        copying.forget(step.connection, step.row)
        _late_again(step)
        step.record("taken_back", version=step.row.version)
        return stepped(step, decision.state.name.lower(), step.row.version)


def _late_again(step: Step) -> None:
    if step.row.late_at is not None and step.row.late_at <= step.now:
        obligations.mark_overdue(step.connection, step.row, step.row.late_at)


@dataclass(frozen=True, kw_only=True)
class HandingIn:
    """One unit's hand-in among many; `by`, `behalf`: who hands it in, and for whom."""

    unit: str
    given: HandIn
    by: str | None
    behalf: str | None = None


@dataclass(frozen=True, kw_only=True)
class BulkLine:
    """What became of one of many. `file`: the first file's name, '' for an act."""

    file: str
    unit: str
    answer: Stepped | None
    refusals: tuple[Verdict, ...] = ()
    error: CampaignError | None = None


def submit_many(house: House, campaign: str | None, ref: TaskRef, many: Sequence[HandingIn], *, now: datetime) -> tuple[BulkLine, ...]:
    """Hand in for many units, each judged and decided by itself: one that is refused holds up no other.

    All files are read by one child; the units are written some at a time. Raises what is wrong with the campaign or the task.
    """
    with house.database.read() as connection:
        period_of(connection, choose(connection, campaign, writing=True), ref)
    read = read_all([one.given for one in many])
    sweep(house, now)
    lines: list[BulkLine] = []
    for start in range(0, len(many), UNITS_AT_A_TIME):
        with house.database.write() as connection:
            some = many[start : start + UNITS_AT_A_TIME]
            steps = Steps(connection, choose(connection, campaign, writing=True), ref, [one.unit for one in some], now)
            lines += [_submit_one(house, steps, one, read) for one in some]
    return tuple(lines)


def _submit_one(house: House, steps: Steps, one: HandingIn, read: Mapping[Path, Read]) -> BulkLine:
    file = next((path.name for path in one.given.files.values()), "")
    try:
        step = steps.step(one.unit, by=one.by, behalf=one.behalf)
        answer = _hand_in(step, judge(house, steps.task, one.given, read, _look_of(step)))
    except CampaignError as error:
        refusals = error.verdicts if isinstance(error, Refused) else ()
        return BulkLine(file=file, unit=one.unit, answer=None, refusals=refusals, error=error)
    if isinstance(answer, Stepped):
        return BulkLine(file=file, unit=one.unit, answer=answer)
    return BulkLine(file=file, unit=one.unit, answer=None, refusals=answer, error=Refused(answer))
