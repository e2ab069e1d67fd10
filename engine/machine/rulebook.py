"""pytransitions as the rulebook: one Machine per table of rules, any number of facts walk through it.

A refused guard in pytransitions is a bare False; here every guard leaves a verdict behind. Nothing but the verdicts changes
while a rule is tried: there are no effects in callbacks, because the library does not roll them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from transitions import Machine, MachineError

from engine.sentences import Sentence, Verdict



@dataclass(frozen=True, kw_only=True)
class Rule:
    """From any of `sources`, `event` leads to `target`, if every guard leaves no refusal. Of two rules for one source the first that holds wins."""

    event: str
    sources: tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()


class _Attempt:
    """What walks through the machine: a state, and the verdicts gathered on the way."""

    def __init__(self, state: str, guards: Mapping[str, Callable[[], tuple[Verdict, ...]]]) -> None:
        self.state = state
        self.guards = guards
        self.refusals: list[Verdict] = []

    def holds(self, name: str) -> bool:
        refusals = [verdict for verdict in self.guards[name]() if not verdict.allowed]
        self.refusals += [verdict for verdict in refusals if verdict not in self.refusals]
        return not refusals


def _condition(name: str) -> Callable[..., bool]:
    def condition(event: object) -> bool:
        model: _Attempt = event.model  # type: ignore[attr-defined]  # transitions has no types for EventData.model
        return model.holds(name)

    condition.__name__ = name
    return condition


class Rulebook:
    """A checked table of rules. ValueError at once for a state that no rule knows."""

    def __init__(self, states: Sequence[str], rules: Sequence[Rule]) -> None:
        known = set(states)
        strangers = {name for rule in rules for name in (*rule.sources, rule.target)} - known
        if strangers:
            raise ValueError(f"unknown states: {sorted(strangers)}")
        self.rules = tuple(rules)
        self._machine = Machine(model=None, states=list(states), initial=None, auto_transitions=False, send_event=True)
        for rule in rules:
            self._add(rule)

    def _add(self, rule: Rule) -> None:
        # Every guard is asked even after one refused, so that the answer names all that is missing: hence one condition for the lot.
        conditions = [_all_of(rule.guards)] if rule.guards else None
        self._machine.add_transition(rule.event, list(rule.sources), rule.target, conditions=conditions)

    def attempt(self, state: str, event: str, guards: Mapping[str, Callable[[], tuple[Verdict, ...]]]) -> tuple[str | None, tuple[Verdict, ...]]:
        """The new state, or None with the verdicts that refused it. `guards` holds an answer for every guard named in the rules."""
        walker = _Attempt(state, guards)
        try:
            moved = self._machine.events[event].trigger(walker)
        except MachineError:
            return None, (_wrong_state(event, state),)
        return (walker.state, ()) if moved else (None, tuple(walker.refusals))


def _all_of(names: Sequence[str]) -> Callable[..., bool]:
    conditions = [_condition(name) for name in names]

    def condition(event: object) -> bool:
        return all([holds(event) for holds in conditions])

    return condition


def _wrong_state(event: str, state: str) -> Verdict:
    return Verdict(
        outcome="fail",
        code="wrong-state",
        sentence=Sentence("当前状态是“{state}”，不能{event}。", "It is {state} now; it cannot {event}.", {"state": state, "event": event}),
    )
