"""Who is stuck, where, since when, because of what, and who can unblock it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import CampaignError
from engine.machine.states import ObligationState
from engine.operations import sentences_kept
from engine.operations.campaigns import Running, choose, hint_for, obligation_title, task_of, unit_of
from engine.operations.context import House
from engine.operations.directory import Directory
from engine.operations.stepping import waiting_words
from engine.sentences import Sentence, Verdict, plain
from engine.store import handed_in, obligations, queries
from engine.store.codes import Upstream
from engine.store.database import Connection
from engine.store.obligations import ObligationRow
from engine.store.queries import CaseRow, StuckCase

_S = ObligationState


class UnknownStage(CampaignError):
    """没有名为“{stage}”的阶段。{hint}

    There is no stage named “{stage}”. {hint}
    """


class UnknownLevelName(CampaignError):
    """没有级别“{level}”；工作流的级别有：{levels}。

    There is no level “{level}”; the workflow has: {levels}.
    """


@dataclass(frozen=True, kw_only=True)
class Helper:
    """Somebody who can unblock: a unit and post, and who holds it (or stands in for it, the post being vacant)."""

    unit: str
    unit_name: str
    post: str
    person: str
    vacant: bool = False


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """One thing that holds a case. `code`: overdue, not-done, not-open, waits-for, in-review, returned, lapsed, undated.

    due: the day as people read it. holder: (unit id, role) of whoever has to act. upstream: ids of units it waits for.
    """

    code: str
    task: str
    period: str
    title: Sentence
    message: Sentence
    shortfall: Sentence
    due: str
    original_due: str
    since: datetime | None
    state: ObligationState
    holder: tuple[int, str]
    can_unblock: tuple[Helper, ...]
    upstream: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A unit that is stuck (or, with `all`, one that merely is not done), and everything that holds it."""

    unit: str
    name: str
    level: str
    path: str
    stage: Sentence
    since: datetime | None
    blocked_by: tuple[Blocker, ...]

    @property
    def causes(self) -> tuple[Blocker, ...]:
        """What makes it stuck: what is overdue; where nothing is, whatever its stage, whose window has closed, still asks for."""
        return tuple(blocker for blocker in self.blocked_by if blocker.since is not None) or self.blocked_by


@dataclass(frozen=True, kw_only=True)
class Board:
    """The answer to *who is stuck*: counts per stage, and the units."""

    campaign: str
    title: str
    under: str
    now: datetime
    zone: str
    counts: tuple[tuple[Sentence, int], ...]
    units: tuple[Stuck, ...]


def stuck(
    house: House,
    campaign: str | None,
    *,
    now: datetime,
    under: str | None = None,
    stage: str | None = None,
    level: str | None = None,
    task: str | None = None,
    everybody: bool = False,
) -> Board:
    """The stuck units of a subtree; with `everybody` all that have not finished. Raises what is wrong with the names."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        top = unit_of(connection, under) if under is not None else None
        path = top.path if top else running.root_path
        position = _position(running, stage)
        if level is not None:
            _check_level(running, level)
        wanted = task_of(running, task).name if task is not None else None
        found = queries.stuck_cases(connection, running.id, path, now, stage=position, level=level)
        if everybody:
            found = _with_waiting(connection, running, path, found, position, level)
        units = _boards(connection, running, found, now, wanted, everybody)
        counts = queries.stage_counts(connection, running.id, path)
        return Board(
            campaign=running.name,
            title=running.title,
            under=top.code if top else "",
            now=now,
            zone=str(running.zone),
            counts=tuple((running.stage_title(where), n) for where, n in counts.items()),
            units=units,
        )


def _position(running: Running, stage: str | None) -> int | None:
    if stage is None:
        return None
    from_name: dict[str, int] = {name: s.position for s in running.stages for name in (s.name, s.title)}
    if stage not in from_name:
        raise UnknownStage(stage=stage, hint=hint_for(stage, tuple(from_name)))
    return from_name[stage]


def _check_level(running: Running, level: str) -> None:
    if level not in running.organisation.levels:
        raise UnknownLevelName(level=level, levels="、".join(running.organisation.levels))


def _with_waiting(
    connection: Connection, running: Running, path: str, found: Sequence[StuckCase], stage: int | None, level: str | None
) -> tuple[StuckCase, ...]:
    stuck_ids = {one.case.case_id: one for one in found}
    rows = queries.unfinished_cases(connection, running.id, path)
    chosen = (row for row in rows if (stage is None or row.stage == stage) and (level is None or row.level == level))
    return tuple(stuck_ids.get(row.case_id) or StuckCase(case=row, since=None) for row in chosen)


def _boards(
    connection: Connection, running: Running, found: Sequence[StuckCase], now: datetime, task: str | None, everybody: bool
) -> tuple[Stuck, ...]:
    owed = queries.blocking(connection, running.id, [one.case.case_id for one in found])
    lookup = Lookup(connection, running, now)
    lookup.prepare(row for rows in owed.values() for row in rows)
    boards = []
    for one in found:
        rows = [row for row in owed[one.case.case_id] if task is None or row.task == task]
        if not rows and task is not None:
            continue
        boards.append(_board(lookup, one, rows))
    return tuple(boards)


def _board(lookup: Lookup, one: StuckCase, rows: Sequence[ObligationRow]) -> Stuck:
    return Stuck(
        unit=one.case.code,
        name=one.case.name,
        level=one.case.level,
        path=one.case.path,
        stage=lookup.running.stage_title(one.case.stage),
        since=one.since,
        blocked_by=lookup.blockers(rows) or lookup.window_blocker(one),
    )


def blockers_of(
    connection: Connection, running: Running, case: CaseRow, rows: Iterable[ObligationRow], now: datetime
) -> tuple[Blocker, ...]:
    """What holds one case, each with its shortfall and who can unblock it."""
    return Lookup(connection, running, now).blockers(list(rows))


def blocker_verdict(blocker: Blocker) -> Verdict:
    """The same reason as a verdict: one value feeds the refusal, the mail and the answer."""
    return Verdict(outcome="fail", code=blocker.code, sentence=blocker.message, shortfall=blocker.shortfall)


class Lookup:
    """Finds words and persons for blockers; each seat is looked up once."""

    def __init__(self, connection: Connection, running: Running, now: datetime) -> None:
        self.connection = connection
        self.running = running
        self.now = now
        self.directory = Directory(connection, running.organisation, running.day(now))
        self._helpers: dict[tuple[int, str], tuple[Helper, ...]] = {}
        self._refused: dict[tuple[int, int, int], list[dict[str, Any]]] = {}
        self._prepared: set[int] = set()

    def blockers(self, rows: Sequence[ObligationRow]) -> tuple[Blocker, ...]:
        """One blocker for each obligation."""
        self.prepare(rows)
        return tuple(self._blocker(row, self._refused.get(row.key, [])) for row in rows)

    def prepare(self, rows: Iterable[ObligationRow]) -> None:
        """Read what the blockers of these obligations will need, all at once."""
        fresh = [row for row in rows if row.case_id not in self._prepared]
        if not fresh:
            return
        self.directory.prefetch(obligations.ball(row)[0] for row in fresh)
        cases = list(dict.fromkeys(row.case_id for row in fresh))
        self._refused |= handed_in.refusals(self.connection, cases)
        self._prepared.update(cases)

    def _blocker(self, row: ObligationRow, refused: list[dict[str, Any]]) -> Blocker:
        code = self.code(row)
        waiting = obligations.waits(self.connection, row) if code == "waits-for" else ()
        holder = obligations.ball(row)
        short = self._shortfall(row, code, refused, [waiting_words(one, self.directory) for one in waiting])
        values = {"title": obligation_title(row), "due": due_words(row), "short": short}
        zh, en = _MESSAGES[code]
        return Blocker(
            code=code,
            task=row.task,
            period=row.period,
            title=obligation_title(row),
            message=Sentence(zh, en, values),
            shortfall=short,
            due=row.due_text,
            original_due=row.original_due_text if row.original_due_text != row.due_text else "",
            since=row.late_at if row.late_at is not None and row.late_at <= self.now else None,
            state=row.state,
            holder=holder,
            can_unblock=self._who(row, holder, [unit for one in waiting for unit in one.units]),
            upstream=tuple((one.task, one.units if one.reading is not Upstream.SAME else (row.unit_id,)) for one in waiting),
        )

    def code(self, row: ObligationRow) -> str:
        """What kind of block it is."""
        if row.state is _S.SUBMITTED:
            return "in-review"
        if row.state is _S.LAPSED:
            return "lapsed"
        if row.waits:
            return "waits-for"
        if row.state is _S.RETURNED:
            return "returned"
        if row.pending_on and row.due_at is None:
            return "undated"
        if row.late_at is not None and row.late_at <= self.now:
            return "overdue"
        return "not-open" if row.state is _S.SCHEDULED else "not-done"

    def _shortfall(self, row: ObligationRow, code: str, refused: list[dict[str, Any]], waiting: list[Sentence]) -> Sentence:
        if waiting:
            return _listed(waiting)
        failing = [verdict for verdict in sentences_kept.back(refused) if not verdict.allowed]
        if failing and code in ("overdue", "not-done", "returned"):
            return failing[0].shortfall or failing[0].sentence
        if code == "in-review":
            return Sentence("待审核", "awaiting review")
        return Sentence("缺{title}", "{title} is missing", {"title": obligation_title(row)})

    def _who(self, row: ObligationRow, holder: tuple[int, str], upstream: Sequence[int]) -> tuple[Helper, ...]:
        if upstream:
            seats = [(unit_id, "") for unit_id in upstream]
            return tuple(helper for seat in seats for helper in self.helpers(*seat))
        return self.helpers(*holder)

    def helpers(self, unit_id: int, role: str) -> tuple[Helper, ...]:
        """Who answers for a seat today."""
        if (unit_id, role) not in self._helpers:
            self._helpers[unit_id, role] = self._find(unit_id, role)
        return self._helpers[unit_id, role]

    def _find(self, unit_id: int, role: str) -> tuple[Helper, ...]:
        answer = self.directory.answering(unit_id, role)
        if not answer.holders:
            return (Helper(unit=answer.unit.code, unit_name=answer.unit.name, post=role, person="", vacant=True),)
        places = {holder.unit_id: self.directory.unit(holder.unit_id) for holder in answer.holders}
        return tuple(
            Helper(
                unit=places[holder.unit_id].code,
                unit_name=places[holder.unit_id].name,
                post=holder.post,
                person=holder.name,
                vacant=answer.vacant,
            )
            for holder in answer.holders
        )

    def window_blocker(self, one: StuckCase) -> tuple[Blocker, ...]:
        """A case that owes nothing in its stage waits for the next window alone."""
        if one.case.stage + 1 >= len(self.running.stages):
            return ()
        following = self.running.stages[one.case.stage + 1]
        title = plain(following.title or following.name)
        message = Sentence("等待下一阶段“{title}”开始。", "It waits for the next stage, “{title}”, to open.", {"title": title})
        return (
            Blocker(
                code="window-closed",
                task="",
                period="",
                title=title,
                message=message,
                shortfall=Sentence("窗口未开", "window not open"),
                due="",
                original_due="",
                since=None,
                state=_S.SCHEDULED,
                holder=(one.case.unit_id, ""),
                can_unblock=(),
            ),
        )


def _listed(sentences: Sequence[Sentence]) -> Sentence:
    places = [f"{{w{number}}}" for number in range(len(sentences))]
    values = {f"w{number}": sentence for number, sentence in enumerate(sentences)}
    return Sentence("、".join(places), ", ".join(places), values)


def due_words(row: ObligationRow) -> Sentence:
    """The due as people read it, with the original one where it was extended."""
    if row.due_at is None:
        return Sentence("未定期限", "undated")
    if row.original_due_text and row.original_due_text != row.due_text:
        values = {"due": row.due_text, "original": row.original_due_text}
        return Sentence("{due}（原定 {original}）", "{due} (originally {original})", values)
    return plain(row.due_text)


_MESSAGES = {
    "overdue": ("{title}应于 {due} 前完成，已逾期：{short}。", "{title} was due {due} and is overdue: {short}."),
    "not-done": ("{title}应于 {due} 前完成：{short}。", "{title} is due {due}: {short}."),
    "not-open": ("{title}尚未开始（期限 {due}）。", "{title} has not opened yet (due {due})."),
    "waits-for": ("{title}要先等：{short}。", "{title} waits for: {short}."),
    "in-review": ("{title}已报送，等待审核。", "{title} has been handed in and awaits review."),
    "returned": ("{title}已退回，须修改后重报（期限 {due}）：{short}。", "{title} was returned and has to be mended (due {due}): {short}."),
    "lapsed": ("{title}已过截止时间而失效，只有强制放行可以重新开放。", "{title} has lapsed; only an override opens it again."),
    "undated": ("{title}的期限尚未确定，需由有权的人定日期。", "{title} has no date yet; somebody entitled has to set it."),
}
