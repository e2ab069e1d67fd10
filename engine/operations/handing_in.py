"""Handing in and taking back. Documents are read and judged before the transaction; the vault keeps every version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from engine.definition.model import Item, Part, Task
from engine.errors import CampaignError, Echo, Refused
from engine.evidence.checks import DocumentDemand, PartDemand, judge_document
from engine.evidence.facts import DocumentFacts
from engine.evidence.reading import LARGEST, read_documents
from engine.machine.obligation import Act, Decision, decide
from engine.machine.states import ObligationState
from engine.operations import sentences_kept
from engine.operations.campaigns import TaskRef, choose, hint_for, period_of, task_of, unit_of
from engine.operations.context import House
from engine.operations.reviewing import with_fresh_eyes
from engine.operations.stepping import Step, Stepped, Steps, facts_of, settle, stepped, stepping, tell_results
from engine.operations.sweeping import sweep
from engine.ranges import parse_range
from engine.sentences import Verdict, enumerated
from engine.store import handed_in, journal, obligations
from engine.store.codes import NoticeKind
from engine.store.handed_in import NewArtifact

# How many units of a bulk hand-in are written in one transaction: other writers wait no longer than that.
UNITS_AT_A_TIME = 20


class WantsFile(CampaignError):
    """任务“{task}”要报送材料：{items}。请写明文件，成套材料写成 材料名=文件。

    “{task}” asks for: {items}. Name the file; for a package write ITEM=FILE for each.
    """


class WantsStatement(CampaignError):
    """任务“{task}”不收文件，请用 --on 写明办理日期，用 --say 写一句说明。

    “{task}” takes no file; give the day with --on and a sentence with --say.
    """


class UnknownItem(Echo):
    """任务“{task}”没有名为“{item}”的材料。{hint}

    “{task}” has no item named “{item}”. {hint}
    """


class FileChanged(CampaignError):
    """文件 {file} 在读取时被改动了，没有收下。请等保存或同步完成后重新报送。

    The file {file} was changed while it was being read, so it was not taken. Hand it in again once it is saved or synchronised.
    """


class FutureDay(CampaignError):
    """{day} 还没有到，办理日期最晚是今天（{today}）。请改正 --on，或到办完之后再报。

    {day} has not come yet; the day it was done is today ({today}) at the latest. Correct --on, or report it once it is done.
    """


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """What somebody hands in: files by item ('' where the task has one), or an act by its day and sentence."""

    files: Mapping[str, Path] = field(default_factory=dict)
    on_day: date | None = None
    statement: str = ""


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A hand-in with its files read, judged and kept."""

    artifacts: tuple[NewArtifact, ...]
    verdicts: tuple[Verdict, ...]
    missing: tuple[str, ...]


def submit(
    house: House, campaign: str | None, unit: str, ref: TaskRef, given: HandIn, *, by: str | None, behalf: str | None, now: datetime
) -> Stepped:
    """Hand in. The same bytes again change nothing. Raises Refused with every shortfall, or what is wrong with the names.

    What the checks turn away is remembered with its shortfall, but is no version: the obligation stays as it was.
    """
    judged = _judged_before(house, campaign, unit, ref, given) if given.files else None
    with stepping(house, campaign, unit, ref, by=by, behalf=behalf, now=now, beside=True) as step:
        answer = _hand_in(step, judged or _judge(house, step.task, given, {}))
    if isinstance(answer, Stepped):
        return answer
    raise Refused(answer)


def _judged_before(house: House, campaign: str | None, unit: str, ref: TaskRef, given: HandIn) -> _Judged:
    """Documents are read before the transaction: that may take a while."""
    with house.database.read() as connection:
        running = choose(connection, campaign, writing=True)
        unit_of(connection, unit)
        task = task_of(running, ref.task)
    return _judge(house, task, given, _read_all([given]))


def _hand_in(step: Step, judged: _Judged) -> Stepped | tuple[Verdict, ...]:
    """What came of it; what the checks turned away is remembered before its reasons are given back. Raises FutureDay."""
    today = step.directory.day
    for artifact in judged.artifacts:
        if artifact.on_day is not None and artifact.on_day > today:
            raise FutureDay(day=artifact.on_day, today=today)
    if _is_known(step, judged):
        return stepped(step, step.row.state.name.lower(), step.row.version, unchanged=True)
    again = _returned_before(step, judged)
    decision = decide(Act.HAND_IN, facts_of(step, checks=judged.verdicts, missing=judged.missing, same_as_returned=again), step.now)
    if decision.allowed:
        return _apply(step, decision, judged)
    _remember(step, decision)
    return decision.refusals


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A file that was read, with the digest of what was read; or why it could not be."""

    facts: DocumentFacts | None = None
    digest: str = ""
    error: CampaignError | None = None


def _read_all(given: Sequence[HandIn]) -> Mapping[Path, _Read]:
    """Every file of these hand-ins, each read once and all by one child; one that cannot be read spoils only itself."""
    paths = list(dict.fromkeys(path for one in given for path in one.files.values()))
    digests = {path: _digest(path) for path in paths}
    try:
        facts = read_documents(paths)
    except CampaignError:
        return {path: _read_one(path, digests[path]) for path in paths}
    return {path: _Read(facts=fact, digest=digests[path]) for path, fact in zip(paths, facts, strict=True)}


def _read_one(path: Path, digest: str) -> _Read:
    try:
        return _Read(facts=read_documents([path])[0], digest=digest)
    except CampaignError as error:
        return _Read(error=error)


def _digest(path: Path) -> str:
    """The digest of a file; '' of what is no file of a size that is ever taken, or cannot be read: its reader says why."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _judge(house: House, task: Task, given: HandIn, read: Mapping[Path, _Read]) -> _Judged:
    if not task.items:
        return _judge_act(task, given)
    if not given.files:
        raise WantsFile(task=task.title or task.name, items=enumerated(item.title or item.name for item in task.items))
    files = _by_item(task, given.files)
    artifacts: list[NewArtifact] = []
    verdicts: list[Verdict] = []
    for item in task.items:
        if item.name in files:
            artifact, judged = _judge_item(house, item, files[item.name], read[files[item.name]])
            artifacts.append(artifact)
            verdicts += judged
    missing = tuple(item.title or item.name for item in task.items if item.name not in files)
    return _Judged(artifacts=tuple(artifacts), verdicts=tuple(verdicts), missing=missing)


def _judge_item(house: House, item: Item, path: Path, read: _Read) -> tuple[NewArtifact, tuple[Verdict, ...]]:
    """A file judged and, unless a check turns it away, kept. What is kept is what was read, or it is not taken."""
    if read.facts is None:
        raise read.error or FileChanged(file=path.name)
    judged = judge_document(read.facts, demand(item))
    told = sentences_kept.keep(judged)
    if any(verdict.outcome == "fail" for verdict in judged):
        return NewArtifact(item=item.name, digest=read.digest, name=path.name, verdicts=told), judged
    kept = house.vault.keep(path)
    if kept.digest != read.digest:
        raise FileChanged(file=path.name)
    return NewArtifact(item=item.name, digest=kept.digest, name=path.name, size=kept.size, verdicts=told), judged


def _judge_act(task: Task, given: HandIn) -> _Judged:
    if given.files or not given.statement.strip() or given.on_day is None:
        raise WantsStatement(task=task.title or task.name)
    act = NewArtifact(item="", statement=given.statement.strip(), on_day=given.on_day)
    return _Judged(artifacts=(act,), verdicts=(), missing=())


def _by_item(task: Task, files: Mapping[str, Path]) -> dict[str, Path]:
    found = {}
    for name, path in files.items():
        # An item without a title has '' there, which is not the '' of a file that names no item.
        named = (item for item in task.items if (name in (item.name, item.title) if name else len(task.items) == 1))
        item = next(named, None)
        if item is None and not name:
            raise WantsFile(task=task.title or task.name, items=enumerated(item.name for item in task.items))
        if item is None:
            raise UnknownItem(task=task.name, item=name, hint=hint_for(name, tuple(item.name for item in task.items)))
        found[item.name] = path
    return found


def demand(item: Item) -> DocumentDemand:
    """What the workflow asks of an item, for the checks."""
    return DocumentDemand(
        formats=item.formats,
        parts=tuple(map(_part, item.parts)),
        length=parse_range(item.length) if item.length else None,
        count_by=item.count,
    )


def _part(part: Part) -> PartDemand:
    return PartDemand(name=part.name, length=parse_range(part.length) if part.length else None, parts=tuple(map(_part, part.parts)))


def _is_known(step: Step, judged: _Judged) -> bool:
    """Whether exactly this was handed in last and still stands."""
    stands = step.row.state in (ObligationState.SUBMITTED, ObligationState.ACCEPTED)
    return stands and not judged.missing and _is_version(step, judged, step.row.version)


def _returned_before(step: Step, judged: _Judged) -> int:
    """The version returned last, where this is to the letter the same; 0 where it is not. Handing in another between mends nothing."""
    if step.row.attempt == 1:
        return 0
    line = journal.last_of(step.connection, step.row.key, "returned")
    version = 0 if line is None else int(line.data["version"])
    return version if version and _is_version(step, judged, version) else 0


def _is_version(step: Step, judged: _Judged, version: int) -> bool:
    kept = handed_in.artifacts(step.connection, step.row, version)
    return {(a.item, a.digest, a.statement, a.on_day) for a in kept} == {
        (a.item, a.digest, a.statement, a.on_day) for a in judged.artifacts
    }


def _apply(step: Step, decision: Decision, judged: _Judged) -> Stepped:
    assert decision.state is not None
    step = with_fresh_eyes(step)
    version = step.row.version + 1
    handed_in.add_artifacts(step.connection, step.row, version, judged.artifacts, step.now, step.actor.id)
    handed_in.clear_refusal(step.connection, step.row)
    more = {"version": version, "handed_in_at": step.now, "reviewer_id": step.row.reviewer_id}
    obligations.set_state(step.connection, step.row, decision.state, step.now, **more)
    obligations.clear_overdue(step.connection, step.row, step.now)
    late = step.row.late_at is not None and step.now >= step.row.late_at
    digests = [artifact.digest for artifact in judged.artifacts]
    reviewer, state = step.row.reviewer_id, decision.state.name.lower()
    step.record("handed_in", version=version, state=state, late=late, digests=digests, reviewer=reviewer)
    if decision.state is ObligationState.ACCEPTED:
        tell_results(step, version)
    if decision.state is ObligationState.SUBMITTED and step.row.reviewer_id is not None:
        at, role = step.row.reviewer_id, step.row.reviewer_role
        obligations.tell(step.connection, step.row, NoticeKind.TO_REVIEW, version, at, role, step.now)
    checks = tuple(sentences_kept.keep(judged.verdicts))
    return stepped(step, decision.state.name.lower(), version, checks=checks)


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
    read = _read_all([one.given for one in many])
    sweep(house, now)
    lines: list[BulkLine] = []
    for start in range(0, len(many), UNITS_AT_A_TIME):
        with house.database.write() as connection:
            some = many[start : start + UNITS_AT_A_TIME]
            steps = Steps(connection, choose(connection, campaign, writing=True), ref, [one.unit for one in some], now)
            lines += [_submit_one(house, steps, one, read) for one in some]
    return tuple(lines)


def _submit_one(house: House, steps: Steps, one: HandingIn, read: Mapping[Path, _Read]) -> BulkLine:
    file = next((path.name for path in one.given.files.values()), "")
    try:
        judged = _judge(house, steps.task, one.given, read)
        answer = _hand_in(steps.step(one.unit, by=one.by, behalf=one.behalf), judged)
    except CampaignError as error:
        refusals = error.verdicts if isinstance(error, Refused) else ()
        return BulkLine(file=file, unit=one.unit, answer=None, refusals=refusals, error=error)
    if isinstance(answer, Stepped):
        return BulkLine(file=file, unit=one.unit, answer=answer)
    return BulkLine(file=file, unit=one.unit, answer=None, refusals=answer, error=Refused(answer))
