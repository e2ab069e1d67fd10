"""What holds a unit, in words, and who can unblock it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from engine.machine.states import ObligationState
from engine.operations import sentences_kept
from engine.operations.campaigns import Running, obligation_title
from engine.operations.directory import Directory
from engine.operations.office import office_of
from engine.operations.waiting import waiting_words
from engine.sentences import Sentence, Verdict, plain
from engine.store import awaited, handed_in, obligations, queries
from engine.store.awaited import Key
from engine.store.database import Connection
from engine.store.obligations import ObligationRow, Waiting
from engine.store.queries import CaseRow
from engine.store.stuck import StuckCase

_S = ObligationState
_MOST_SEATS = 5


@dataclass(frozen=True, kw_only=True)
class Helper:
    """Somebody who can unblock: a unit and post, and who holds it (or stands in for it, the post being vacant).

    Without a unit it is the campaign office, by its name where `campaign init` was told of one.
    reachable: whether letters reach anybody there.  person_id: her id in the store, where it is a person.
    """

    unit: str
    unit_name: str
    post: str
    person: str
    vacant: bool = False
    reachable: bool = True
    person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """One thing that holds a case. `code`: overdue, not-done, not-open, waits-for, in-review, returned, lapsed, undated.

    key: of the obligation (case 0 where it is none). due: the day as people read it. holder: (unit id, role) of whoever has to act.
    told_at: when a letter that speaks of it last left for somebody who can unblock it.  upstream: keys of all the obligations it waits for.
    """

    key: Key
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
    told_at: datetime | None = None
    upstream: tuple[Key, ...] = ()


def blockers_of(
    connection: Connection, running: Running, case: CaseRow, rows: Iterable[ObligationRow], now: datetime
) -> tuple[Blocker, ...]:
    """What holds one case, each with its shortfall and who can unblock it."""
    return Lookup(connection, running, now).blockers(list(rows))


def blocker_verdict(blocker: Blocker) -> Verdict:
    """The same reason as a verdict: one value feeds the refusal, the mail and the answer."""
    return Verdict(outcome="fail", code=blocker.code, sentence=blocker.message, shortfall=blocker.shortfall)


def code_of(state: ObligationState, waits: int, pending_on: str, due_at: datetime | None, late_at: datetime | None, now: datetime) -> str:
    """What kind of block an undone obligation is: a code as in `Blocker`."""
    if state is _S.SUBMITTED:
        return "in-review"
    if state is _S.LAPSED:
        return "lapsed"
    if waits:
        return "waits-for"
    if state is _S.RETURNED:
        return "returned"
    if pending_on and due_at is None and state is _S.SCHEDULED:
        return "undated"
    if late_at is not None and late_at <= now:
        return "overdue"
    return "not-open" if state is _S.SCHEDULED else "not-done"


class Lookup:
    """Finds words and persons for blockers; each seat is looked up once. channels: as for a `Directory`."""

    def __init__(self, connection: Connection, running: Running, now: datetime, channels: Sequence[str] | None = None) -> None:
        self.connection = connection
        self.running = running
        self.now = now
        self.directory = Directory(connection, running.organisation, running.day(now), channels)
        self._helpers: dict[tuple[int, str], tuple[Helper, ...]] = {}
        self._refused: dict[Key, list[dict[str, Any]]] = {}
        self._returned: dict[Key, str] = {}
        self._waiting: dict[Key, tuple[Waiting, ...]] = {}
        self._told: dict[Key, dict[int, datetime]] = {}
        office, address = office_of(connection)
        self._office = (Helper(unit="", unit_name=office, post="", person="", reachable=bool(address)),)
        self._prepared: set[Key] = set()

    def blockers(self, rows: Sequence[ObligationRow]) -> tuple[Blocker, ...]:
        """One blocker for each obligation."""
        self.prepare(rows)
        return tuple(map(self._blocker, rows))

    def prepare(self, rows: Iterable[ObligationRow]) -> None:
        """Read what the blockers of these obligations will need, all at once."""
        fresh = [row for row in rows if row.key not in self._prepared]
        if not fresh:
            return
        cases = list(dict.fromkeys(row.case_id for row in fresh))
        self._refused |= handed_in.refusals(self.connection, cases)
        self._told |= queries.last_told(self.connection, cases)
        returned = list(dict.fromkeys(row.case_id for row in fresh if row.state is _S.RETURNED))
        self._returned |= queries.return_reasons(self.connection, returned)
        waiting = awaited.waits_of(self.connection, [row for row in fresh if self.code(row) == "waits-for"])
        self._waiting |= waiting
        named = [one for each in waiting.values() for one in each]
        seats = [obligations.ball(row)[0] for row in fresh] + [at for one in named for at, _ in one.holders]
        self.directory.prefetch([*seats, *(number for one in named for number in one.units)])
        self._prepared.update(row.key for row in fresh)

    def _blocker(self, row: ObligationRow) -> Blocker:
        code = self.code(row)
        waiting = self._waiting.get(row.key, ())
        holder = obligations.ball(row)
        short = self._reason(row, code) or Sentence("缺{title}", "{title} is missing", {"title": obligation_title(row)})
        opens = self._opens(row)
        values = {"title": obligation_title(row), "due": due_words(row), "by": _by_words(row), "short": short, "opens": opens}
        late = row.late_at is not None and row.late_at <= self.now
        zh, en = _MESSAGES[self._wording(row, code, opens, late)]
        who = self._office if code in ("lapsed", "undated") else self._who(holder, waiting)
        return Blocker(
            key=row.key,
            code=code,
            task=row.task,
            period=row.period,
            title=obligation_title(row),
            message=Sentence(zh, en, values),
            shortfall=short,
            due=row.due_text,
            original_due=row.original_due_text if row.original_due_text != row.due_text else "",
            since=row.late_at if late else None,
            state=row.state,
            holder=holder,
            can_unblock=who,
            told_at=self._told_at(row.key, who),
            upstream=tuple(key for one in waiting for key in one.keys),
        )

    @staticmethod
    def _wording(row: ObligationRow, code: str, opens: str, late: bool) -> str:
        if code == "not-open" and opens:
            return "opens-later"
        if code == "in-review" and late:
            return "in-review-late"
        return "not-done-undated" if code == "not-done" and row.due_at is None else code

    def _opens(self, row: ObligationRow) -> str:
        """From when on it can be done, as people read it; empty where that has no date, as with what opens on entry."""
        if row.opens_at is None or row.opens_at <= self.now or row.on_entry:
            return ""
        local = row.opens_at.astimezone(self.running.zone)
        return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"

    def code(self, row: ObligationRow) -> str:
        """What kind of block it is."""
        return code_of(row.state, row.waits, row.pending_on, row.due_at, row.late_at, self.now)

    def reasons(self, rows: Sequence[ObligationRow]) -> dict[Key, Sentence]:
        """By the key of an obligation why it is not done, where that says more than that it is not."""
        self.prepare(rows)
        return {row.key: reason for row in rows if (reason := self._reason(row, self.code(row))) is not None}

    def _reason(self, row: ObligationRow, code: str) -> Sentence | None:
        waiting = self._waiting.get(row.key, ())
        if waiting:
            return _listed([waiting_words(one, self.directory) for one in waiting])
        failing = [verdict for verdict in sentences_kept.back(self._refused.get(row.key, [])) if not verdict.allowed]
        if failing and code in ("overdue", "not-done", "returned"):
            return _unstopped(failing[0].shortfall or failing[0].sentence)
        if code == "in-review":
            return Sentence("待审核", "awaiting review")
        if code == "returned" and self._returned.get(row.key):
            return Sentence("退回理由：{reason}", "the reason given: {reason}", {"reason": _unstopped(plain(self._returned[row.key]))})
        return None

    def _told_at(self, key: Key, who: Sequence[Helper]) -> datetime | None:
        told = self._told.get(key, {})
        return max((told[one.person_id] for one in who if one.person_id in told), default=None)

    def _who(self, holder: tuple[int, str], waiting: Sequence[Waiting]) -> tuple[Helper, ...]:
        """Whoever has to act; where it waits, whoever has to act on what it waits for: some of them, each once."""
        seats = list(dict.fromkeys(seat for one in waiting for seat in one.holders))[:_MOST_SEATS] or [holder]
        return tuple(dict.fromkeys(helper for seat in seats for helper in self.helpers(*seat)))

    def helpers(self, unit_id: int, role: str) -> tuple[Helper, ...]:
        """Who answers for a seat today."""
        if (unit_id, role) not in self._helpers:
            self._helpers[unit_id, role] = self._find(unit_id, role)
        return self._helpers[unit_id, role]

    def _find(self, unit_id: int, role: str) -> tuple[Helper, ...]:
        answer = self.directory.answering(unit_id, role)
        if not answer.holders:
            return (Helper(unit=answer.unit.code, unit_name=answer.unit.name, post=role, person="", vacant=True, reachable=False),)
        places = {holder.unit_id: self.directory.unit(holder.unit_id) for holder in answer.holders}
        return tuple(
            Helper(
                unit=places[holder.unit_id].code,
                unit_name=places[holder.unit_id].name,
                post=holder.post,
                person=holder.name,
                vacant=answer.vacant,
                reachable=any(map(self.directory.ways.of, answer.holders)),
                person_id=holder.person_id,
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
                key=(0, 0, 0),
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


def _unstopped(sentence: Sentence) -> Sentence:
    """The sentence without its stop, as a part of another one: a list, a message that has a stop of its own."""
    parts = {"zh": sentence.say("zh").rstrip("。"), "en": sentence.say("en").rstrip(".。")}
    return Sentence("{zh}", "{en}", parts)


def due_words(row: ObligationRow) -> Sentence:
    """The due as people read it, with the original one where it was extended."""
    if row.due_at is None:
        return Sentence("未定期限", "undated")
    if row.original_due_text and row.original_due_text != row.due_text:
        values = {"due": row.due_text, "original": row.original_due_text}
        return Sentence("{due}（原定 {original}）", "{due} (originally {original})", values)
    return plain(row.due_text)


def _by_words(row: ObligationRow) -> Sentence:
    """`2010-06-28 前（原定 2010-06-18）`: the word for *by* stands at the day it belongs to."""
    if row.due_at is None or not row.original_due_text or row.original_due_text == row.due_text:
        return Sentence("{due} 前", "{due}", {"due": due_words(row)})
    values = {"due": row.due_text, "original": row.original_due_text}
    return Sentence("{due} 前（原定 {original}）", "{due} (originally {original})", values)


_MESSAGES = {
    "overdue": ("{title}应于 {by}完成，已逾期：{short}。", "{title} was due {by} and is overdue: {short}."),
    "not-done": ("{title}应于 {by}完成：{short}。", "{title} is due {by}: {short}."),
    "not-done-undated": ("{title}没有期限，尚未完成：{short}。", "{title} has no due date and is not done: {short}."),
    "opens-later": ("{title}将于 {opens} 开始（期限 {due}）。", "{title} opens {opens} (due {due})."),
    "not-open": ("{title}尚未开始（期限 {due}）。", "{title} has not opened yet (due {due})."),
    "waits-for": ("{title}要先等：{short}。", "{title} waits for: {short}."),
    "in-review": ("{title}已报送，等待审核。", "{title} has been handed in and awaits review."),
    "in-review-late": (
        "{title}已报送，期限 {due} 已过，仍在等待审核。",
        "{title} has been handed in; it was due {due} and still awaits review.",
    ),
    "returned": ("{title}已退回，须修改后重报（期限 {due}）：{short}。", "{title} was returned and has to be mended (due {due}): {short}."),
    "lapsed": ("{title}已过截止时间而失效，只有强制放行可以重新开放。", "{title} has lapsed; only an override opens it again."),
    "undated": ("{title}的期限尚未确定，需由有权的人定日期。", "{title} has no date yet; somebody entitled has to set it."),
}
