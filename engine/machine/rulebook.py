"""pytransitions as the rulebook: one Machine per table of rules, any number of facts walk through it.

A refused guard in pytransitions is a bare False; here every guard leaves a verdict behind. So the machine says which moves there are and
what guards them, in which order; the guards are asked here. Nothing changes meanwhile: there are no effects in callbacks, because the
library does not roll them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from transitions import Event, Machine

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


class Rulebook:
    """A checked table of rules. ValueError at once for a state that no rule knows."""

    def __init__(self, states: Sequence[str], rules: Sequence[Rule]) -> None:
        known = set(states)
        strangers = {name for rule in rules for name in (*rule.sources, rule.target)} - known
        if strangers:
            raise ValueError(f"unknown states: {sorted(strangers)}")
        self.rules = tuple(rules)
        self.machine = Machine(model=None, states=list(states), initial=None, auto_transitions=False)
        for rule in rules:
            self.machine.add_transition(rule.event, list(rule.sources), rule.target, conditions=list(rule.guards))
        # A trigger would ask no further after the first refusal, and most of its work is calling hooks that nobody has hung up.
        self._moves = {name: _moves(event) for name, event in self.machine.events.items()}

    def attempt(self, state: str, event: str, guards: Mapping[str, Guard], *given: object) -> tuple[str | None, tuple[Verdict, ...]]:
        """The new state, or None with the verdicts that refused it. `guards`: every guard that the rules name; it is asked of `given`.

        Every guard of a rule is asked even after one refused, so that the answer names all that is missing; the rule tried last is
        the one told of.
        """
        refusals: tuple[Verdict, ...] = (_wrong_state(event, state),) if state not in self._moves[event] else ()
        for target, names in self._moves[event].get(state, ()):
            refusals = tuple([verdict for name in names for verdict in guards[name](*given) if not verdict.allowed])
            if not refusals:
                return target, ()
        return None, refusals


def _moves(event: Event) -> dict[str, list[tuple[str, list[str]]]]:
    """What the machine lets an event do, by the state it comes upon: where each move leads, and the guards in its way."""
    return {
        source: [(str(move.dest), [str(guard.func) for guard in move.conditions]) for move in moves]
        for source, moves in event.transitions.items()
    }


def _wrong_state(event: str, state: str) -> Verdict:
    return Verdict(
        outcome="fail",
        code="wrong-state",
        sentence=Sentence("当前状态是“{state}”，不能{event}。", "It is {state} now; it cannot {event}.", {"state": state, "event": event}),
    )
