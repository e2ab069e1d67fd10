"""`decide` depends on its arguments alone, and its answer is always one of two kinds."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.machine.obligation import NOBODY, RULES, Act, Facts, Grant, decide
from engine.machine.states import Modality, ObligationState
from engine.sentences import Sentence, Verdict
from tests.machine.facts import NOW

instants = st.one_of(st.none(), st.integers(-2, 2).map(lambda seconds: NOW + timedelta(seconds=seconds)))
verdicts = st.builds(
    Verdict, outcome=st.sampled_from(["pass", "fail", "cannot_tell"]), code=st.sampled_from("ab"), sentence=st.just(Sentence("说", "say"))
)
grants = st.builds(
    Grant, allowed=st.booleans(), entitled=st.booleans(), used=st.integers(0, 2), times=st.none() | st.integers(0, 2), latest=instants
)
any_facts = st.builds(
    Facts,
    state=st.sampled_from(ObligationState),
    modality=st.sampled_from(Modality),
    opens_at=instants,
    waits=st.lists(st.just(Sentence("方案", "plan")), max_size=1).map(tuple),
    due_at=instants,
    lock_at=instants,
    reviewed=st.booleans(),
    owner=st.booleans(),
    reviewer=st.booleans(),
    own_work=st.booleans(),
    checks=st.lists(verdicts, max_size=2).map(tuple),
    missing=st.lists(st.just("名单"), max_size=1).map(tuple),
    newest=st.integers(0, 2),
    named=st.none() | st.integers(0, 2),
    reason=st.sampled_from(["", " ", "地震"]),
    new_due=instants,
    grant=grants,
    forced=st.booleans(),
    stands=st.booleans(),
    owner_words=st.just(lambda: NOBODY),
    reviewer_words=st.just(lambda: NOBODY),
)
acts = st.sampled_from(Act)


@given(act=acts, facts=any_facts, other=any_facts)
@settings(max_examples=200, deadline=None)
def test_the_same_facts_give_the_same_decision_whatever_was_decided_between(act: Act, facts: Facts, other: Facts) -> None:
    first = decide(act, facts, NOW)
    for between in Act:
        decide(between, other, NOW)
    assert decide(act, facts, NOW) == first


@given(act=acts, facts=any_facts)
@settings(max_examples=400, deadline=None)
def test_a_decision_is_a_new_state_without_refusals_or_refusals_without_a_state(act: Act, facts: Facts) -> None:
    decision = decide(act, facts, NOW)
    assert (decision.state is None) == bool(decision.refusals)
    assert decision.allowed == (not decision.refusals)
    assert not decision.judged or decision.allowed
    if decision.state is not None:
        assert (act, decision.state) in {(rule[0], rule[2]) for rule in RULES if facts.state in rule[1]}


@given(act=acts, facts=any_facts)
@settings(max_examples=400, deadline=None)
def test_that_a_paper_has_to_be_reviewed_is_never_told_as_a_refusal(act: Act, facts: Facts) -> None:
    decision = decide(act, facts, NOW)
    assert "needs-no-review" not in {verdict.code for verdict in decision.refusals}
    assert all(verdict.outcome == "fail" for verdict in decision.refusals)
