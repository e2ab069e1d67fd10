"""pytransitions as the rulebook: one Machine per table of rules, any number of facts walk through it.

A refused guard in pytransitions is a bare False; here every guard leaves a verdict behind. Nothing but the verdicts changes
while a rule is tried: there are no effects in callbacks, because the library does not roll them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from transitions import EventData, Machine, MachineError, Transition

from engine.sentences import Sentence, Verdict

# What it has against it; nothing where it holds.
Guard = Callable[..., tuple[Verdict, ...]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """From any of `sources`, `event` leads to `target`, if no guard refuses. Of two rules for one source the first that holds wins."""

    event: str
    sources: tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()


class _Attempt:
    """What walks through the machine: a state, and the verdicts gathered on the way."""

    def __init__(self, state: str, guards: Mapping[str, Guard], given: Sequence[object]) -> None:
        self.state = state
        self.guards = guards
        self.given = given
        self.refusals: list[Verdict] = []

    def passes(self, names: Sequence[str]) -> bool:
        """Asks every guard even after one refused, so that the answer names all that is missing; the rule tried last is the one told of."""
        self.refusals = [verdict for name in names for verdict in self.guards[name](*self.given) if not verdict.allowed]
        return not self.refusals


def _condition(names: Sequence[str]) -> Callable[[EventData], bool]:
    def condition(event: EventData) -> bool:
        return cast(_Attempt, event.model).passes(names)

    return condition


class _Move(Transition):
    """Nothing happens when a state is left or entered, so only the name changes."""

    def _change_state(self, event_data: EventData) -> None:
        cast(_Attempt, event_data.model).state = cast(str, self.dest)


class _Table(Machine):
    transition_cls = _Move


class Rulebook:
    """A checked table of rules. ValueError at once for a state that no rule knows."""

    def __init__(self, states: Sequence[str], rules: Sequence[Rule]) -> None:
        known = set(states)
        strangers = {name for rule in rules for name in (*rule.sources, rule.target)} - known
        if strangers:
            raise ValueError(f"unknown states: {sorted(strangers)}")
        self.rules = tuple(rules)
        self._machine = _Table(model=None, states=list(states), initial=None, auto_transitions=False, send_event=True)
        for rule in rules:
            self._add(rule)

    def _add(self, rule: Rule) -> None:
        self._machine.add_transition(rule.event, list(rule.sources), rule.target, conditions=[_condition(rule.guards)])

    def attempt(self, state: str, event: str, guards: Mapping[str, Guard], *given: object) -> tuple[str | None, tuple[Verdict, ...]]:
        """The new state, or None with the verdicts that refused it. `guards`: every guard that the rules name; it is asked of `given`."""
        walker = _Attempt(state, guards, given)
        try:
            moved = self._machine.events[event].trigger(walker)
        except MachineError:
            return None, (_wrong_state(event, state),)
        return (walker.state, ()) if moved else (None, tuple(walker.refusals))


def _wrong_state(event: str, state: str) -> Verdict:
    return Verdict(
        outcome="fail",
        code="wrong-state",
        sentence=Sentence("当前状态是“{state}”，不能{event}。", "It is {state} now; it cannot {event}.", {"state": state, "event": event}),
    )
