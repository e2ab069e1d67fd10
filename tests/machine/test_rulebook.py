"""The table of rules behind the machines: checked when it is made, and without a memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from engine.machine.case import case_rulebook
from engine.machine.obligation import rulebook as obligation_rulebook
from engine.machine.rulebook import Rule, Rulebook
from engine.sentences import Sentence, Verdict


def verdict(code: str) -> Verdict:
    return Verdict(outcome="fail", code=code, sentence=Sentence("不行", "no"))


BOOK = Rulebook(
    ["red", "green", "off"],
    [
        Rule(event="go", sources=("red",), target="green", guards=("clear", "day")),
        Rule(event="go", sources=("red",), target="off", guards=("clear",)),
        Rule(event="stop", sources=("green", "off"), target="red"),
    ],
)


def answers(clear: tuple[Verdict, ...] = (), day: tuple[Verdict, ...] = ()) -> dict[str, Callable[[], tuple[Verdict, ...]]]:
    return {"clear": lambda: clear, "day": lambda: day}


def test_the_first_rule_that_holds_wins() -> None:
    assert BOOK.attempt("red", "go", answers()) == ("green", ())
    assert BOOK.attempt("red", "go", answers(day=(verdict("dark"),))) == ("off", ())


def test_where_no_rule_holds_the_last_one_tried_says_why() -> None:
    assert BOOK.attempt("red", "go", answers(clear=(verdict("busy"), verdict("wet")), day=(verdict("dark"),))) == (
        None,
        (verdict("busy"), verdict("wet")),
    )


def test_a_guard_that_says_yes_in_words_is_no_refusal() -> None:
    yes = Verdict(outcome="pass", code="fine", sentence=Sentence("可以", "fine"))
    assert BOOK.attempt("red", "go", answers(clear=(yes,), day=(yes,))) == ("green", ())


@pytest.mark.parametrize("state", ["green", "off"])
def test_an_event_that_a_state_does_not_know_is_refused(state: str) -> None:
    moved, [refusal] = BOOK.attempt(state, "go", answers())
    assert (moved, refusal.code) == (None, "wrong-state")
    assert refusal.sentence.say("zh") == f"当前状态是“{state}”，不能go。"


def test_there_are_no_back_doors() -> None:
    with pytest.raises(KeyError):
        BOOK.attempt("red", "to_green", answers())


@pytest.mark.parametrize("rule", [Rule(event="go", sources=("blue",), target="red"), Rule(event="go", sources=("red",), target="blue")])
def test_a_rule_about_an_unknown_state_is_refused_when_the_book_is_made(rule: Rule) -> None:
    with pytest.raises(ValueError, match="blue"):
        Rulebook(["red"], [rule])


def test_a_guard_without_an_answer_is_an_error_and_moves_nothing() -> None:
    with pytest.raises(KeyError):
        BOOK.attempt("red", "go", {})
    assert BOOK.attempt("red", "go", answers()) == ("green", ())


class Walker:
    """What the library itself moves: a state, and an answer to every guard."""

    def __init__(self, state: str, holding: frozenset[str], guards: frozenset[str]) -> None:
        self.state = state
        for name in guards:
            setattr(self, name, partial(bool, name in holding))


def answer(against: tuple[Verdict, ...], *_: object) -> tuple[Verdict, ...]:
    return against


BOOKS = {"signal": BOOK, "obligation": obligation_rulebook(), "case": case_rulebook(3)}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_what_is_decided_is_what_the_library_does(book: Rulebook) -> None:
    names = frozenset(name for rule in book.rules for name in rule.guards)
    holding = [names, frozenset(), *({name} for name in names), *(names - {name} for name in names)]
    tried = [(rule.event, source, frozenset(those)) for rule in book.rules for source in rule.sources for those in holding]
    for event, source, those in tried:
        walker = Walker(source, those, names)
        moved = book.machine.events[event].trigger(walker)
        guards = {name: partial(answer, () if name in those else (verdict(name),)) for name in names}
        target, refusals = book.attempt(source, event, guards)
        assert (moved, walker.state) == (not refusals, target or source), (event, source, those)
