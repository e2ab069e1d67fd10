"""An obligation's rules (LANGUAGE section 16) and `decide`: what an event comes to, or every reason why it may not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from engine.machine.rulebook import Rule, Rulebook
from engine.machine.states import STATE_WORDS, Modality, ObligationState
from engine.sentences import Sentence, Verdict, plain


class Act(StrEnum):
    """What somebody, or the clock, does to an obligation."""

    OPEN = "open"
    HAND_IN = "hand_in"
    TAKE_BACK = "take_back"
    ACCEPT = "accept"
    RETURN = "send_back"
    LOCK = "lock"
    EXTEND = "extend"
    ASK = "ask"
    DENY = "deny"
    WAIVE = "waive"
    CANCEL = "cancel"
    REOPEN = "reopen"


ACT_WORDS: dict[Act, Sentence] = {
    Act.OPEN: Sentence("开始", "be opened"),
    Act.HAND_IN: Sentence("报送", "be handed in"),
    Act.TAKE_BACK: Sentence("撤回", "be taken back"),
    Act.ACCEPT: Sentence("通过", "be accepted"),
    Act.RETURN: Sentence("退回", "be returned"),
    Act.LOCK: Sentence("截止", "lapse"),
    Act.EXTEND: Sentence("延期", "be extended"),
    Act.ASK: Sentence("申请延期", "be asked more time for"),
    Act.DENY: Sentence("答复为不准延期", "be denied more time"),
    Act.WAIVE: Sentence("免报", "be waived"),
    Act.CANCEL: Sentence("取消", "be cancelled"),
    Act.REOPEN: Sentence("重新开放", "be reopened"),
}


NOBODY = plain("")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A permission to extend or waive as it stands for one obligation. `latest`: the last due an extension may reach."""

    allowed: bool
    entitled: bool
    used: int = 0
    times: int | None = None
    latest: datetime | None = None
    who: Sentence = NOBODY


NO_GRANT = Grant(allowed=False, entitled=False)


def _nobody() -> Sentence:
    return NOBODY


# Made in every step, as `Decision` is: a frozen dataclass would take ten times as long as a named tuple.
class Facts(NamedTuple):
    """All that deciding about one obligation needs. Instants aware UTC.

    waits: sentences naming what must be done first.  checks: the verdicts on what is handed in.  missing: items of the package that
    are not there.  owner/reviewer: whether the one who acts is entitled as such; their words say who would be.  own_work: whether she
    judges what is her own.  newest: version handed in last; named: the version the judge saw.  judged_by_nobody: there is nobody above
    the owner.
    asked: somebody has asked for an extension, and waits for the answer.
    same_as_returned: the returned version that what is handed in is to the letter; 0 where it is none.
    stands: it is added to, also after it was handed in or accepted.
    """

    state: ObligationState
    modality: Modality
    opens_at: datetime | None = None
    waits: tuple[Sentence, ...] = ()
    due_at: datetime | None = None
    lock_at: datetime | None = None
    reviewed: bool = False
    judged_by_nobody: bool = False
    owner: bool = False
    owner_words: Callable[[], Sentence] = _nobody
    reviewer: bool = False
    reviewer_words: Callable[[], Sentence] = _nobody
    own_work: bool = False
    checks: tuple[Verdict, ...] = ()
    missing: tuple[str, ...] = ()
    same_as_returned: int = 0
    stands: bool = False
    newest: int = 0
    named: int | None = None
    reason: str = ""
    new_due: datetime | None = None
    grant: Grant = NO_GRANT
    asked: bool = False
    forced: bool = False


class Decision(NamedTuple):
    """What follows. `state` is None where `refusals` say why not. `judged`: checks the reviewer has to answer for."""

    state: ObligationState | None
    refusals: tuple[Verdict, ...] = ()
    judged: tuple[Verdict, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it may be."""
        return self.state is not None


_S = ObligationState
_HANDED_IN = ("by_owner", "before_lock", "something_new", "complete", "checks_hold")
_ALIVE = (_S.SCHEDULED, _S.OPEN, _S.RETURNED)
RULES: tuple[tuple[Act, tuple[ObligationState, ...], ObligationState, tuple[str, ...]], ...] = (
    (Act.OPEN, (_S.SCHEDULED,), _S.OPEN, ("opening", "nothing_first")),
    (Act.HAND_IN, (_S.OPEN, _S.RETURNED), _S.SUBMITTED, (*_HANDED_IN, "needs_review")),
    (Act.HAND_IN, (_S.OPEN, _S.RETURNED), _S.ACCEPTED, _HANDED_IN),
    *((Act.HAND_IN, (state,), state, _HANDED_IN) for state in (_S.SUBMITTED, _S.ACCEPTED)),
    (Act.TAKE_BACK, (_S.SUBMITTED,), _S.OPEN, ("by_owner", "before_lock")),
    (Act.ACCEPT, (_S.SUBMITTED,), _S.ACCEPTED, ("by_reviewer", "not_own", "version_named", "newest_seen", "checks_hold")),
    (Act.RETURN, (_S.SUBMITTED, _S.ACCEPTED), _S.RETURNED, ("by_reviewer", "not_own", "newest_seen", "with_reason")),
    (Act.LOCK, (_S.OPEN, _S.RETURNED), _S.LAPSED, ("lock_passed",)),
    *((Act.EXTEND, (state,), state, ("may_grant", "later", "with_reason")) for state in _ALIVE),
    *((Act.ASK, (state,), state, ("by_owner", "may_ask", "later", "with_reason")) for state in _ALIVE),
    *((Act.DENY, (state,), state, ("may_grant", "is_asked", "with_reason")) for state in _ALIVE),
    (Act.WAIVE, (*_ALIVE, _S.SUBMITTED, _S.LAPSED), _S.WAIVED, ("may_grant", "with_reason")),
    (Act.CANCEL, (*_ALIVE, _S.SUBMITTED, _S.LAPSED), _S.CANCELLED, ("with_reason",)),
    (Act.REOPEN, (_S.LAPSED,), _S.OPEN, ("forced", "with_reason")),
)


_KNOWN = frozenset((act, state) for act, sources, _, _ in RULES for state in sources)


@cache
def rulebook() -> Rulebook:
    """The one machine of all obligations."""
    rules = [
        Rule(event=act, sources=tuple(state.name for state in sources), target=target.name, guards=guards)
        for act, sources, target, guards in RULES
    ]
    return Rulebook([state.name for state in ObligationState], rules)


def decide(act: Act, facts: Facts, now: datetime) -> Decision:
    """What `act` at `now` comes to. Pure; the same facts always give the same decision."""
    if (act, facts.state) not in _KNOWN or _is_finished_with(act, facts):
        return Decision(state=None, refusals=(_wrong_state(act, facts),))
    name, refusals = rulebook().attempt(facts.state.name, act, _GUARDS, facts, now)
    if name is None:
        return Decision(state=None, refusals=refusals)
    return Decision(state=ObligationState[name], judged=tuple(v for v in facts.checks if v.outcome == "cannot_tell"))


def _is_finished_with(act: Act, facts: Facts) -> bool:
    """Only what stands is added to once it was handed in."""
    return act is Act.HAND_IN and facts.state in (_S.SUBMITTED, _S.ACCEPTED) and not facts.stands


def _unless(holds: bool, verdict: Callable[..., Verdict], *given: Any) -> tuple[Verdict, ...]:
    return () if holds else (verdict(*given),)


def _fail(code: str, zh: str, en: str, shortfall: Sentence | None = None, **values: object) -> Verdict:
    return Verdict(outcome="fail", code=code, sentence=Sentence(zh, en, values), shortfall=shortfall)


def _wrong_state(act: Act, facts: Facts) -> Verdict:
    if facts.state is ObligationState.SCHEDULED and facts.waits:
        return _first(facts.waits[0])
    if facts.state is ObligationState.SCHEDULED and act is Act.HAND_IN:
        return _not_yet_open(facts)
    if facts.state is ObligationState.SUBMITTED and act is Act.HAND_IN:
        return _waits_for_judgement()
    return _fail(
        "wrong-state",
        "这项任务现在是“{state}”，不能{act}。",
        "This obligation is {state} now, so it cannot {act}.",
        state=STATE_WORDS[facts.state],
        act=ACT_WORDS[act],
    )


def _waits_for_judgement() -> Verdict:
    return _fail(
        "wrong-state",
        "已经报送，正在待审核。要换一份，请先用 campaign take-back 撤回，再重新报送。",
        "It has been handed in and waits to be judged. To replace it, take it back with `campaign take-back` first, then hand in again.",
    )


def _not_yet_open(facts: Facts) -> Verdict:
    return _fail("not-open", "这项任务还没有开始，到开始时间后才能报送。", "This task has not opened yet; hand it in once it has opened.")


def _first(wait: Sentence) -> Verdict:
    return _fail("waits-for", "要先完成：{what}。", "This must be done first: {what}.", shortfall=wait, what=wait)


def _not_owner(facts: Facts) -> Verdict:
    return _fail(
        "not-owner",
        "这项任务由{owner}负责；请由其本人办理，代办时用 --for 写明替谁办。",
        "This task is owed by {owner}; let them act, or say with --for on whose behalf you act.",
        owner=facts.owner_words(),
    )


def _locked() -> Verdict:
    return _fail("locked", "已过截止时间，不再受理。", "The closing time has passed; nothing is taken any more.")


def _missing_item(name: str) -> Verdict:
    return _fail(
        "item-missing",
        "成套材料还缺“{item}”，须一次交齐。",
        "The package lacks “{item}”; it is taken only as a whole.",
        shortfall=Sentence("缺“{item}”", "“{item}” is missing", {"item": name}),
        item=name,
    )


def _needs_review(facts: Facts) -> bool:
    """A check that cannot tell needs a reader. At the top of the tree there is none: what nobody could ever judge would hold its gate."""
    return not facts.judged_by_nobody and (facts.reviewed or not _all_hold(facts.checks))


def _reviewed_by_nobody() -> Verdict:
    return _fail("needs-no-review", "不须审核。", "It need not be reviewed.")


def _not_reviewer(facts: Facts) -> Verdict:
    return _fail(
        "not-reviewer",
        "这项任务由{reviewer}审核；请由其本人办理，代办时用 --for 写明替谁办。",
        "This task is reviewed by {reviewer}; let them act, or say with --for on whose behalf you act.",
        reviewer=facts.reviewer_words(),
    )


def _own_work() -> Verdict:
    return _fail(
        "own-work", "不能审核自己的材料，请由另一位有权审核的人办理。", "Nobody reviews their own work; let another entitled person do it."
    )


def _all_hold(checks: tuple[Verdict, ...]) -> bool:
    return all(verdict.allowed for verdict in checks)


def _same_again(facts: Facts) -> Verdict:
    return _fail(
        "same-as-returned",
        "这与退回的第 {newest} 版完全相同，没有收下。请按退回理由修改后再报送。",
        "This is to the letter version {newest}, which was returned; it was not taken. Mend it as the reason says, then hand it in again.",
        newest=facts.same_as_returned,
    )


def _which_version(facts: Facts) -> Verdict:
    return _fail(
        "which-version",
        "这项任务报过不止一版，最新的是第 {newest} 版。请用 --version 写明您看过的是哪一版。",
        "More than one version was handed in; the newest is {newest}. Say with --version which one you have read.",
        newest=facts.newest,
    )


def _newer(facts: Facts) -> Verdict:
    return _fail(
        "newer-version",
        "您看的是第 {named} 版，现在已有第 {newest} 版，请看过新版再审核。",
        "You saw version {named}, but version {newest} has come in; read it and judge again.",
        named=facts.named,
        newest=facts.newest,
    )


def _no_reason() -> Verdict:
    return _fail("no-reason", "请用 --reason 写明理由。", "Give the reason with --reason.")


def _not_asked() -> Verdict:
    return _fail("not-asked", "没有人申请延期，无需答复。", "Nobody has asked for more time; there is nothing to answer.")


def _needs_override() -> Verdict:
    return _fail("needs-override", "只有强制放行（override）才能这样做。", "Only an override can do this.")


def _granted(facts: Facts) -> tuple[Verdict, ...]:
    grant = facts.grant
    if grant.allowed and not grant.entitled:
        return (_fail("not-entitled", "这要由{who}批准。", "This is for {who} to grant.", who=grant.who),)
    return _possible(grant)


def _possible(grant: Grant) -> tuple[Verdict, ...]:
    """Whether anybody may grant it."""
    if not grant.allowed:
        return (_fail("not-allowed", "工作流文件没有准许这样做（allow）。", "The workflow file does not allow this (no `allow`)."),)
    if grant.times is not None and grant.used >= grant.times:
        return (
            _fail("too-often", "最多准许 {times} 次，已用完。", "It is allowed {times} time(s), and they are used up.", times=grant.times),
        )
    return ()


def _later(facts: Facts, now: datetime) -> tuple[Verdict, ...]:
    if facts.due_at is None or facts.new_due is None:
        return (_fail("undated", "这项任务没有期限，无从延期。", "This task has no due date to extend."),)
    if facts.new_due <= facts.due_at:
        return (_fail("not-later", "新期限必须晚于现在的期限。", "The new due date must be later than the present one."),)
    if facts.new_due <= now:
        return (
            _fail("already-past", "新期限已经过去，请写一个将来的日期。", "The new due date is already past; give one that lies ahead."),
        )
    if facts.grant.latest is not None and facts.new_due > facts.grant.latest:
        last = f"{facts.grant.latest - timedelta(seconds=1):%Y-%m-%d}"
        return (_fail("too-far", "最晚可以延到 {last}。", "It may be extended until {last} at the latest.", last=last),)
    return ()


def words(state: ObligationState) -> Sentence:
    """The state as people read it."""
    return STATE_WORDS.get(state, plain(state.name.lower()))


_Guard = Callable[[Facts, datetime], tuple[Verdict, ...]]
_GUARDS: dict[str, _Guard] = {
    "opening": lambda facts, now: _unless(facts.opens_at is not None and facts.opens_at <= now, _not_yet_open, facts),
    "nothing_first": lambda facts, now: tuple(_first(wait) for wait in facts.waits),
    "by_owner": lambda facts, now: _unless(facts.owner, _not_owner, facts),
    "before_lock": lambda facts, now: _unless(facts.lock_at is None or now < facts.lock_at, _locked),
    "complete": lambda facts, now: tuple(_missing_item(name) for name in facts.missing),
    "checks_hold": lambda facts, now: tuple(verdict for verdict in facts.checks if verdict.outcome == "fail"),
    # Not a refusal to be told: it only chooses between submitted and accepted.
    "needs_review": lambda facts, now: _unless(_needs_review(facts), _reviewed_by_nobody),
    "by_reviewer": lambda facts, now: _unless(facts.reviewer, _not_reviewer, facts),
    "not_own": lambda facts, now: _unless(not facts.own_work, _own_work),
    "newest_seen": lambda facts, now: _unless(facts.named is None or facts.named == facts.newest, _newer, facts),
    "version_named": lambda facts, now: _unless(facts.named is not None or facts.newest <= 1, _which_version, facts),
    "something_new": lambda facts, now: _unless(not facts.same_as_returned, _same_again, facts),
    "with_reason": lambda facts, now: _unless(bool(facts.reason.strip()), _no_reason),
    "lock_passed": lambda facts, now: _unless(facts.lock_at is not None and facts.lock_at <= now, _wrong_state, Act.LOCK, facts),
    "may_grant": lambda facts, now: _granted(facts),
    "may_ask": lambda facts, now: _possible(facts.grant),
    "is_asked": lambda facts, now: _unless(facts.asked, _not_asked),
    "later": _later,
    "forced": lambda facts, now: _unless(facts.forced, _needs_override),
}
