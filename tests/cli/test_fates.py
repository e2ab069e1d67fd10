"""Every reason and every state that the program writes beside a notice, a letter or an attempt has its sentence in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import get_args

import pytest

from engine.cli.difference_words import DIFFERENCES
from engine.cli.explaining import tried_words
from engine.cli.fates import BECAUSE, FATES, INTERRUPTED, LETTER_STATES, OUTCOMES, WAITS, WHY_DROPPED, WHY_FAILED, WHY_NOT
from engine.cli.words import KINDS, REASONS
from engine.operations import attempting, differences, explaining, recipients
from engine.store import patience
from engine.store.codes import MessageState, NoticeKind, NoticeState
from notifiers.base import Cause, NotSent
from tests.house.reading import Source, dotted, expect_nothing, nodes, sources
from tests.house.test_sentences import CHINESE

# Where it is decided, composed and sent; what comes to be written there is found by how it is written.
ROOMS = ("engine/operations", "engine/store")
# Functions that answer with a reason, and those that are given one.
ANSWERING = {"why_not", "_why_no_rung", "needless", "unwanted"}
GIVEN = {"suppress", "suppress_all", "dissolve", "_end_message"}
NOT_ABOUT_NOTICES = ("engine/operations/journey", "engine/operations/asking", "engine/operations/blockers", "engine/store/failures")


def texts(node: ast.AST) -> Iterator[str]:
    """What a value may be: the texts in it, of a choice both."""
    match node:
        # A name for a value to come is no reason.
        case ast.Constant(value=str(text)) if text not in ("", "reason"):
            yield text
        case ast.IfExp():
            yield from texts(node.body)
            yield from texts(node.orelse)
        case ast.Tuple():
            for part in node.elts:
                yield from texts(part)


def is_named_reason(target: ast.expr) -> bool:
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return any(isinstance(name, ast.Name) and name.id == "reason" for name in names)


def written_by(node: ast.AST) -> Iterator[str]:
    """The reasons that a piece of program writes."""
    match node:
        case ast.FunctionDef(name=name) if name in ANSWERING:
            for part in nodes(node):
                if isinstance(part, ast.Return) and part.value is not None:
                    yield from texts(part.value)
        case ast.Call():
            for word in node.keywords:
                if word.arg == "reason":
                    yield from texts(word.value)
            if dotted(node.func).split(".")[-1] in GIVEN:
                for given in node.args:
                    yield from texts(given)
        case ast.Assign() if any(map(is_named_reason, node.targets)):
            yield from texts(node.value)
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "reason":
                    yield from texts(value)
        case ast.Subscript(value=ast.Name(id="reasons" | "untold" | "superseded")):
            yield from texts(node.slice)


@cache
def written() -> dict[str, str]:
    """Every reason that is written in the house, and a place."""
    return reasons_in([file for room in ROOMS for file in sources(room)])


def reasons_in(files: list[Source]) -> dict[str, str]:
    """Every reason, and a place where it is written."""
    found: dict[str, str] = {}
    for file in files:
        if not file.place.startswith(NOT_ABOUT_NOTICES):
            for node in nodes(file.tree):
                for reason in written_by(node):
                    found.setdefault(reason, file.place)
    return found


def outcomes_in(files: list[Source]) -> set[str]:
    """What attempts come to, as it is given to `note_attempt`; a name stands for what `sending.What` allows."""
    found: set[str] = set()
    for file in files:
        for node in nodes(file.tree):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "note_attempt":
                found.update(texts(node.args[3]))
    return found


def test_the_reasons_are_found_where_they_are_written() -> None:
    assert {"before-launch", "nobody-there", "superseded", "own-duty", "vacant", "campaign-over", "no-longer-true", "extended"} <= set(
        written()
    )


def test_every_reason_that_is_written_anywhere_has_its_sentence() -> None:
    expect_nothing(f"{place}: {reason}" for reason, place in written().items() if reason not in {**WHY_NOT, **WHY_DROPPED})


def test_no_sentence_is_kept_for_a_reason_that_nobody_writes() -> None:
    assert {**WHY_NOT, **WHY_DROPPED}.keys() == written().keys()


def test_every_reason_has_its_short_words_for_lists_too() -> None:
    assert set(REASONS) == {*WHY_NOT, *WHY_FAILED} and set(WHY_FAILED) == {patience.UNANSWERED}


def test_whoever_cannot_be_told_is_explained() -> None:
    assert set(WHY_NOT) >= recipients.UNREACHED


def test_every_state_and_every_outcome_has_its_sentence() -> None:
    assert set(FATES) == {state.name.lower() for state in NoticeState}
    assert set(LETTER_STATES) == {state.name.lower() for state in MessageState}
    assert outcomes_in([file for room in ROOMS for file in sources(room)]) <= set(OUTCOMES) == set(attempting.OUTCOMES)
    assert set(WHY_DROPPED) == set(patience.DROPPED)


def test_every_reason_to_tell_somebody_and_to_wait_has_its_sentence() -> None:
    assert set(BECAUSE) == set(get_args(explaining.Because))
    assert set(WAITS) == set(get_args(explaining.Waits)) - {""}
    assert set(DIFFERENCES) == set(get_args(differences.Code))


def test_every_notice_that_somebody_brings_about_names_lines_that_the_journal_has() -> None:
    # What the calendar brings about; a chase, whose line is about many at once, is found otherwise.
    otherwise = {NoticeKind.RUNG, NoticeKind.UNREACHED, NoticeKind.BLOCKED, NoticeKind.CHASED}
    assert set(explaining.LINES) == set(NoticeKind) - otherwise
    assert {kind for kinds in explaining.LINES.values() for kind in kinds} <= set(KINDS)


def test_all_of_it_is_said_in_both_languages() -> None:
    tables = (WHY_NOT, WHY_DROPPED, OUTCOMES, INTERRUPTED, LETTER_STATES, FATES, WAITS, BECAUSE, DIFFERENCES)
    said = [(code, words) for table in tables for code, words in table.items()]
    expect_nothing(f"{code}: {words.zh}" for code, words in said if not CHINESE.search(words.zh))
    expect_nothing(f"{code}: {words.en}" for code, words in said if not words.en or CHINESE.search(words.en))


@pytest.mark.parametrize(
    ("cause", "zh"), [("recipient", "收件地址被邮件服务器拒收，请核对地址（550 5.1.1）"), ("lost", "无法得知对方是否收下（550 5.1.1）")]
)
def test_what_was_written_of_an_attempt_is_said_in_chinese_with_the_servers_words_in_brackets(cause: Cause, zh: str) -> None:
    kept = str(NotSent("550 5.1.1", cause=cause))
    assert zh in tried_words(kept).say("zh") and "550 5.1.1" in tried_words(kept).say("en")


def test_words_that_nobody_put_there_stay_as_they_are() -> None:
    assert tried_words("250 ok").say("zh") == "250 ok"
