"""Every event in every state: where it leads, or why it may not be (LANGUAGE section 16)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.machine.obligation import ACT_WORDS, NO_GRANT, RULES, Act, Decision, Facts, Grant, decide, words
from engine.machine.states import STATE_WORDS, ObligationState
from engine.sentences import Sentence, Verdict, plain
from tests.machine.facts import AROUND, NOW, SECOND, facts

_S = ObligationState
_SCHEDULED, _OPEN, _SUBMITTED, _RETURNED = _S.SCHEDULED, _S.OPEN, _S.SUBMITTED, _S.RETURNED

# The table of section 16, row by row; a state that is not named refuses. `take` steps of chains, redo and refuse are not built yet.
TABLE: dict[Act, dict[ObligationState, ObligationState]] = {
    Act.OPEN: {_SCHEDULED: _OPEN},
    Act.HAND_IN: {_OPEN: _SUBMITTED, _RETURNED: _SUBMITTED},
    Act.TAKE_BACK: {_SUBMITTED: _OPEN},
    Act.ACCEPT: {_SUBMITTED: _S.ACCEPTED},
    Act.RETURN: {_SUBMITTED: _RETURNED, _S.ACCEPTED: _RETURNED},
    Act.LOCK: {_OPEN: _S.LAPSED, _RETURNED: _S.LAPSED},
    Act.EXTEND: {_SCHEDULED: _SCHEDULED, _OPEN: _OPEN, _RETURNED: _RETURNED},
    Act.ASK: {_SCHEDULED: _SCHEDULED, _OPEN: _OPEN, _RETURNED: _RETURNED},
    Act.DENY: {_SCHEDULED: _SCHEDULED, _OPEN: _OPEN, _RETURNED: _RETURNED},
    Act.WAIVE: dict.fromkeys((_SCHEDULED, _OPEN, _SUBMITTED, _RETURNED, _S.LAPSED), _S.WAIVED),
    Act.CANCEL: dict.fromkeys((_SCHEDULED, _OPEN, _SUBMITTED, _RETURNED, _S.LAPSED), _S.CANCELLED),
    Act.REOPEN: {_S.LAPSED: _OPEN},
}
EVERY = [(act, state) for act in Act for state in ObligationState]


def allowing(act: Act, state: ObligationState) -> Facts:
    """Facts that hold nothing against the event."""
    return facts(state, lock_at=NOW - SECOND if act is Act.LOCK else None)


def codes(decision: Decision) -> list[str]:
    return [refusal.code for refusal in decision.refusals]


@pytest.mark.parametrize(("act", "state"), EVERY)
def test_an_event_leads_where_the_table_says_or_is_refused_as_the_wrong_state(act: Act, state: ObligationState) -> None:
    decision = decide(act, allowing(act, state), NOW)
    target = TABLE[act].get(state)
    assert decision.state == target
    assert decision.allowed == (target is not None)
    if target is not None:
        assert decision.refusals == ()
    elif (act, state) == (Act.HAND_IN, _SCHEDULED):
        assert codes(decision) == ["not-open"]
    else:
        assert codes(decision) == ["wrong-state"]


def test_the_table_covers_every_rule_and_no_other() -> None:
    assert {(act, source, target) for act, sources, target, _ in RULES for source in sources} == {
        (act, source, target) for act, row in TABLE.items() for source, target in row.items()
    } | {(Act.HAND_IN, source, _S.ACCEPTED) for source in (_OPEN, _RETURNED)} | {(Act.HAND_IN, state, state) for state in GOES_ON}


GOES_ON = (_SUBMITTED, _S.ACCEPTED)


@pytest.mark.parametrize("state", GOES_ON)
@pytest.mark.parametrize("stands", [True, False])
def test_only_what_stands_is_added_to_after_it_was_handed_in(state: ObligationState, stands: bool) -> None:
    decision = decide(Act.HAND_IN, facts(state, stands=stands), NOW)
    assert (decision.state, codes(decision)) == ((state, []) if stands else (None, ["wrong-state"]))


NO_OWNER = {"owner": False}
NOT_THE_JUDGE = {"reviewer": False}
NO_REASON = {"reason": " \n"}
REFUSING: list[tuple[Act, ObligationState, dict[str, Any], list[str]]] = [
    (Act.OPEN, _SCHEDULED, {"opens_at": None}, ["not-open"]),
    (Act.OPEN, _SCHEDULED, {"waits": (Sentence("方案", "the plan"), Sentence("学习", "studying"))}, ["waits-for", "waits-for"]),
    (Act.HAND_IN, _SCHEDULED, {"waits": (Sentence("方案", "the plan"),)}, ["waits-for"]),
    *((Act.HAND_IN, state, NO_OWNER, ["not-owner"]) for state in (_OPEN, _RETURNED)),
    *((Act.HAND_IN, state, {"missing": ("经费表", "名单")}, ["item-missing", "item-missing"]) for state in (_OPEN, _RETURNED)),
    (Act.TAKE_BACK, _SUBMITTED, NO_OWNER, ["not-owner"]),
    (Act.ACCEPT, _SUBMITTED, NOT_THE_JUDGE, ["not-reviewer"]),
    (Act.ACCEPT, _SUBMITTED, {"own_work": True}, ["own-work"]),
    (Act.ACCEPT, _SUBMITTED, {"named": 1, "newest": 2}, ["newer-version"]),
    *((Act.RETURN, state, NOT_THE_JUDGE, ["not-reviewer"]) for state in (_SUBMITTED, _S.ACCEPTED)),
    *((Act.RETURN, state, {"own_work": True}, ["own-work"]) for state in (_SUBMITTED, _S.ACCEPTED)),
    *((Act.RETURN, state, {"named": 1, "newest": 2}, ["newer-version"]) for state in (_SUBMITTED, _S.ACCEPTED)),
    *((Act.RETURN, state, NO_REASON, ["no-reason"]) for state in (_SUBMITTED, _S.ACCEPTED)),
    *(
        (act, state, {"grant": grant}, [code])
        for act in (Act.EXTEND, Act.WAIVE)
        for state in TABLE[act]
        for grant, code in (
            (NO_GRANT, "not-allowed"),
            (Grant(allowed=False, entitled=True), "not-allowed"),
            (Grant(allowed=True, entitled=False, who=plain("组织部")), "not-entitled"),
            (Grant(allowed=True, entitled=True, used=1, times=1), "too-often"),
        )
    ),
    *((act, state, NO_REASON, ["no-reason"]) for act in (Act.EXTEND, Act.ASK, Act.DENY, Act.WAIVE, Act.CANCEL) for state in TABLE[act]),
    *((act, state, {"due_at": None}, ["undated"]) for act in (Act.EXTEND, Act.ASK) for state in TABLE[act]),
    *((act, state, {"new_due": None}, ["undated"]) for act in (Act.EXTEND, Act.ASK) for state in TABLE[act]),
    *((Act.ASK, state, NO_OWNER, ["not-owner"]) for state in TABLE[Act.ASK]),
    *((Act.ASK, state, {"grant": NO_GRANT}, ["not-allowed"]) for state in TABLE[Act.ASK]),
    *((Act.ASK, state, {"grant": Grant(allowed=True, entitled=False, used=1, times=1)}, ["too-often"]) for state in TABLE[Act.ASK]),
    *((Act.DENY, state, {"asked": False}, ["not-asked"]) for state in TABLE[Act.DENY]),
    *((Act.DENY, state, {"grant": Grant(allowed=True, entitled=False)}, ["not-entitled"]) for state in TABLE[Act.DENY]),
    (Act.REOPEN, _S.LAPSED, {"forced": False}, ["needs-override"]),
    (Act.REOPEN, _S.LAPSED, NO_REASON, ["no-reason"]),
]


@pytest.mark.parametrize(("act", "state", "changes", "expected"), REFUSING)
def test_whoever_lacks_something_is_told_what(act: Act, state: ObligationState, changes: dict[str, Any], expected: list[str]) -> None:
    decision = decide(act, allowing(act, state)._replace(**changes), NOW)
    assert (decision.state, codes(decision)) == (None, expected)


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.LOCK])
def test_nobody_is_refused_without_a_reason_in_both_languages(act: Act) -> None:
    for state in ObligationState:
        nothing = Facts(state=state, modality=facts(state).modality, missing=("名单",), newest=2, named=1, own_work=True)
        decision = decide(act, nothing, NOW)
        assert not decision.allowed and decision.refusals
        for refusal in decision.refusals:
            assert refusal.outcome == "fail" and not refusal.allowed
            for said in (refusal.sentence, *filter(None, [refusal.shortfall])):
                assert_said(said)


def assert_said(sentence: Sentence) -> None:
    zh, en = sentence.say("zh"), sentence.say("en")
    assert zh and en and zh != en
    assert "{" not in zh + en and zh[-1] in "。”" and (en[-1] == "." or en.endswith("missing"))


TOO_SHORT = Verdict(outcome="fail", code="too-short", sentence=Sentence("太短", "too short"))
EVERYTHING_WRONG = {"owner": False, "lock_at": NOW, "missing": ("名单",), "checks": (TOO_SHORT,)}


def test_all_that_is_missing_is_named_at_once() -> None:
    decision = decide(Act.HAND_IN, facts(_OPEN, **EVERYTHING_WRONG), NOW)
    assert codes(decision) == ["not-owner", "locked", "item-missing", "too-short"]
    judged = decide(Act.RETURN, facts(_SUBMITTED, reviewer=False, own_work=True, named=1, newest=2, reason=""), NOW)
    assert codes(judged) == ["not-reviewer", "own-work", "newer-version", "no-reason"]
    granted = decide(Act.EXTEND, facts(_OPEN, grant=NO_GRANT, new_due=NOW, reason=""), NOW)
    assert codes(granted) == ["not-allowed", "not-later", "no-reason"]
    assert codes(decide(Act.REOPEN, facts(_S.LAPSED, forced=False, reason=""), NOW)) == ["needs-override", "no-reason"]
    waiting = decide(Act.OPEN, facts(_SCHEDULED, opens_at=NOW + SECOND, waits=(Sentence("方案", "the plan"),)), NOW)
    assert codes(waiting) == ["not-open", "waits-for"]


def test_what_is_missing_is_named_the_same_whether_it_would_have_to_be_reviewed_or_not() -> None:
    for reviewed in (True, False):
        decision = decide(Act.HAND_IN, facts(_OPEN, reviewed=reviewed, **EVERYTHING_WRONG), NOW)
        assert codes(decision) == ["not-owner", "locked", "item-missing", "too-short"]


# Boundaries: just before, at, just after. A lock ends at its instant, exclusive; an opening begins at its instant.


@pytest.mark.parametrize(("act", "state"), [(Act.HAND_IN, _OPEN), (Act.HAND_IN, _RETURNED), (Act.TAKE_BACK, _SUBMITTED)])
@pytest.mark.parametrize(("now", "allowed"), list(zip(AROUND, (True, False, False), strict=True)))
def test_nothing_is_taken_from_the_lock_on(act: Act, state: ObligationState, now: datetime, allowed: bool) -> None:
    decision = decide(act, facts(state, lock_at=NOW), now)
    assert (decision.allowed, codes(decision)) == ((True, []) if allowed else (False, ["locked"]))


@pytest.mark.parametrize("state", [_OPEN, _RETURNED])
@pytest.mark.parametrize(("now", "lapses"), list(zip(AROUND, (False, True, True), strict=True)))
def test_it_lapses_from_the_lock_on(state: ObligationState, now: datetime, lapses: bool) -> None:
    decision = decide(Act.LOCK, facts(state, lock_at=NOW), now)
    assert decision.state == (_S.LAPSED if lapses else None)


def test_without_a_lock_nothing_lapses() -> None:
    assert codes(decide(Act.LOCK, facts(_OPEN), NOW)) == ["wrong-state"]


@pytest.mark.parametrize(("now", "opens"), list(zip(AROUND, (False, True, True), strict=True)))
def test_it_opens_from_the_opening_on(now: datetime, opens: bool) -> None:
    decision = decide(Act.OPEN, facts(_SCHEDULED, opens_at=NOW), now)
    assert (decision.state, codes(decision)) == ((_OPEN, []) if opens else (None, ["not-open"]))


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(days=1), NOW + timedelta(days=1) + SECOND])
def test_what_is_late_is_still_taken(now: datetime) -> None:
    assert decide(Act.HAND_IN, facts(_OPEN), now).state == _SUBMITTED


DUE = NOW + timedelta(days=1)


@pytest.mark.parametrize(("new_due", "expected"), [(DUE - SECOND, ["not-later"]), (DUE, ["not-later"]), (DUE + SECOND, [])])
def test_a_new_due_lies_after_the_old_one(new_due: datetime, expected: list[str]) -> None:
    assert codes(decide(Act.EXTEND, facts(_OPEN, new_due=new_due), NOW)) == expected


@pytest.mark.parametrize(("new_due", "expected"), list(zip(AROUND, (["already-past"], ["already-past"], []), strict=True)))
def test_a_new_due_lies_ahead(new_due: datetime, expected: list[str]) -> None:
    late = facts(_OPEN, due_at=NOW - timedelta(days=30), new_due=new_due)
    assert codes(decide(Act.EXTEND, late, NOW)) == expected


@pytest.mark.parametrize(("beyond", "expected"), [(-SECOND, []), (0 * SECOND, []), (SECOND, ["too-far"])])
def test_a_new_due_reaches_no_further_than_granted(beyond: timedelta, expected: list[str]) -> None:
    latest = NOW + timedelta(days=9)
    grant = Grant(allowed=True, entitled=True, latest=latest)
    assert codes(decide(Act.EXTEND, facts(_OPEN, grant=grant, new_due=latest + beyond), NOW)) == expected


@pytest.mark.parametrize(("used", "expected"), [(1, []), (2, ["too-often"]), (3, ["too-often"])])
def test_an_extension_is_granted_no_more_often_than_allowed(used: int, expected: list[str]) -> None:
    grant = Grant(allowed=True, entitled=True, used=used, times=2)
    assert codes(decide(Act.EXTEND, facts(_OPEN, grant=grant), NOW)) == expected


@pytest.mark.parametrize(("named", "expected"), [(None, ["which-version"]), (1, ["newer-version"]), (2, []), (3, ["newer-version"])])
def test_a_judgement_names_the_newest_version(named: int | None, expected: list[str]) -> None:
    assert codes(decide(Act.ACCEPT, facts(_SUBMITTED, named=named, newest=2), NOW)) == expected


def test_a_return_need_not_name_the_version() -> None:
    assert decide(Act.RETURN, facts(_SUBMITTED, named=None, newest=2, reason="x"), NOW).allowed


def test_where_there_is_only_one_version_a_judgement_need_not_name_it() -> None:
    assert decide(Act.ACCEPT, facts(_SUBMITTED, named=None, newest=1), NOW).allowed


def test_what_was_returned_is_not_taken_again_unmended() -> None:
    refused = decide(Act.HAND_IN, facts(ObligationState.RETURNED, owner=True, newest=3, same_as_returned=1), NOW)
    assert codes(refused) == ["same-as-returned"]


@pytest.mark.parametrize(("nobody", "state"), [(True, ObligationState.ACCEPTED), (False, ObligationState.SUBMITTED)])
def test_what_no_check_can_read_is_accepted_only_where_nobody_could_ever_judge_it(nobody: bool, state: ObligationState) -> None:
    unread = Verdict(outcome="cannot_tell", code="unreadable", sentence=plain("x"))
    decision = decide(Act.HAND_IN, facts(ObligationState.OPEN, owner=True, checks=(unread,), judged_by_nobody=nobody), NOW)
    assert decision.state is state
    assert decision.judged == (unread,)


# What is handed in goes to a reviewer if the file says so, or if a check cannot tell.

PASS = Verdict(outcome="pass", code="long-enough", sentence=Sentence("字数够", "long enough"))
CANNOT_TELL = Verdict(outcome="cannot_tell", code="scan", sentence=Sentence("扫描件", "a scan"))


@pytest.mark.parametrize(
    ("reviewed", "checks", "target", "judged", "refused"),
    [
        (False, (), _S.ACCEPTED, (), []),
        (False, (PASS,), _S.ACCEPTED, (), []),
        (False, (PASS, CANNOT_TELL), _SUBMITTED, (CANNOT_TELL,), []),
        (False, (CANNOT_TELL, TOO_SHORT), None, (), ["too-short"]),
        (True, (), _SUBMITTED, (), []),
        (True, (PASS,), _SUBMITTED, (), []),
        (True, (CANNOT_TELL, PASS), _SUBMITTED, (CANNOT_TELL,), []),
        (True, (TOO_SHORT, TOO_SHORT), None, (), ["too-short", "too-short"]),
    ],
)
@pytest.mark.parametrize("state", [_OPEN, _RETURNED])
def test_what_nobody_has_to_read_is_accepted_at_once(
    state: ObligationState,
    reviewed: bool,
    checks: tuple[Verdict, ...],
    target: ObligationState | None,
    judged: tuple[Verdict, ...],
    refused: list[str],
) -> None:
    decision = decide(Act.HAND_IN, facts(state, reviewed=reviewed, checks=checks), NOW)
    assert (decision.state, decision.judged, codes(decision)) == (target, judged, refused)


def test_what_is_waited_for_is_said_in_words() -> None:
    [refusal] = decide(Act.HAND_IN, facts(_SCHEDULED, waits=(Sentence("实施方案", "the plan"),)), NOW).refusals
    assert (refusal.sentence.say("zh"), refusal.sentence.say("en")) == ("要先完成：实施方案。", "This must be done first: the plan.")


def test_a_wrong_state_says_the_state_and_the_act() -> None:
    [refusal] = decide(Act.ACCEPT, facts(_S.WAIVED), NOW).refusals
    assert refusal.sentence.say("zh") == "这项任务现在是“已免报”，不能通过。"
    assert refusal.sentence.say("en") == "This obligation is waived now, so it cannot be accepted."


def test_every_state_and_every_act_has_words_in_both_languages() -> None:
    for sentence in [*map(words, ObligationState), *ACT_WORDS.values()]:
        assert sentence.say("zh") and sentence.say("en") and sentence.say("zh") != sentence.say("en")
    assert set(ACT_WORDS) == set(Act) and set(STATE_WORDS) == set(ObligationState)
    assert len({sentence.say("zh") for sentence in STATE_WORDS.values()}) == len(ObligationState)
