"""The table of keys, and that every slip in a key is caught where it stands."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.keys import ELEMENTS, is_built
from engine.definition.reader import read_workflow
from engine.definition.report import Places, Report
from engine.definition.shapes import Shaper, Value
from engine.definition.source import read_source
from engine.definition.spelling import rewrite_keys
from engine.definition.words import KEYS, RESERVED, english, spellings
from tests.definition.workflow_texts import FULL, HEAD, replaced_at, slipped

FULL_ZH = rewrite_keys(FULL, "zh")


def elements(text: str) -> list[Value]:
    """Every element of a file that has no problem of shape."""
    report = Report(file="plan.yaml")
    root = read_source(text, report)
    assert root is not None
    value = Shaper(report, Places()).file(root)
    assert not report.problems
    return [found for found in value.walk() if found.kind]


@cache
def written_keys(text: str) -> list[tuple[str, str, int, int]]:
    """Element, key in English, line and column of each key of the language in a file."""
    return [(value.kind, key, found.key.line, found.key.column) for value in elements(text) for key, found in value.entries.items()]


def word_at(text: str, line: int, column: int) -> str:
    return text.split("\n")[line - 1][column - 1 :].split(":", maxsplit=1)[0]


def test_the_full_file_holds_every_key_that_is_built_and_can_stand_in_it() -> None:
    built = {(kind, name) for kind, keys in ELEMENTS.items() for name, key in keys.items() if key.shape}
    beside_a_window = {("file", "opens"), ("file", "due")}
    assert built - beside_a_window == {(kind, key) for kind, key, _, _ in written_keys(FULL)}


@pytest.mark.parametrize("text", [FULL, FULL_ZH], ids=["en", "zh"])
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_slip_in_any_key_is_caught_where_it_stands(text: str, seed: int) -> None:
    dice = random.Random(seed)
    kind, _, line, column = dice.choice(written_keys(text))
    word = word_at(text, line, column)
    slip = slipped(word, dice)
    if slip == word or english(slip) in ELEMENTS[kind]:
        return
    problems = read_workflow(replaced_at(text, line, column, word, slip), file="plan.yaml").problems
    assert (line, column, "unknown-key") in [(problem.line, problem.column, problem.code) for problem in problems]


@pytest.mark.parametrize(("kind", "key", "line", "column"), written_keys(FULL))
def test_the_key_that_was_meant_is_suggested(kind: str, key: str, line: int, column: int) -> None:
    """The last letter doubled: near enough for every key of the table."""
    slip = key + key[-1]
    problems = read_workflow(replaced_at(FULL, line, column, key, slip), file="plan.yaml").problems
    (found,) = [problem for problem in problems if problem.code == "unknown-key"]
    assert (found.line, found.column) == (line, column)
    assert found.hint is not None
    assert f"`{key}`" in found.hint.say("en")


# A file for each element, with a hole where one more key may stand.
HOLES = {
    "file": "HOLE: x\ntasks: {小结: {owner: 院}}",
    "stage": "stages: {准备: {HOLE: x, tasks: {小结: {owner: 院}}}}",
    "task": "tasks: {小结: {owner: 院, HOLE: x}}",
    "source": "sources: {文: {HOLE: x}}",
    "calendar": None,
    "organisation": None,
    "body": None,
    "post": "posts: {书记: {HOLE: x}}",
    "anchor": "anchors: {大会: {HOLE: x}}",
    "who": "tasks: {小结: {owner: {who: 院, HOLE: x}}}",
    "who in a list": "tasks: {小结: {owner: [院, {HOLE: x}]}}",
    "doubt": "doubt: {says: 甲, HOLE: x}",
    "rhythm": "tasks: {小结: {owner: 院, every: {each: month, HOLE: x}}}",
    "item": "tasks: {小结: {owner: 院, artifact: {kind: document, HOLE: x}}}",
    "field": "tasks: {小结: {owner: 院, artifact: {kind: document, fields: {甲: {HOLE: x}}}}}",
    "rule": "tasks: {小结: {owner: 院, artifact: document, checks: [{that: x == 1, HOLE: x}]}}",
    "part": "tasks: {小结: {owner: 院, artifact: {kind: document, parts: {甲: {HOLE: x}}}}}",
    "step": "tasks: {小结: {owner: 院, review: {by: superior, HOLE: x}}}",
    "delivery": "tasks: {小结: {owner: 院, deliver: [{to: superior, HOLE: x}]}}",
    "allow": "allow: {HOLE: x}",
    "permission": "allow: {extend: {by: superior, HOLE: x}}",
    "rung": "ladder: [{at: -3d, HOLE: x}]",
}
LATER = [(kind, name) for kind, keys in ELEMENTS.items() for name, key in keys.items() if key.shape is None]


def test_every_element_with_keys_that_are_not_built_has_its_hole() -> None:
    assert set(HOLES) == set(ELEMENTS)
    assert all(HOLES[kind] for kind, _ in LATER)


@pytest.mark.parametrize(("kind", "name"), LATER)
def test_a_key_that_is_not_built_is_refused_where_it_stands(kind: str, name: str) -> None:
    for spelling in spellings(name, kind):
        hole = (HOLES[kind] or "").replace("HOLE", spelling)
        head = HEAD if kind != "post" else HEAD[: HEAD.index("  posts:")] + "  "
        text = f"{head}{hole}\n"
        at = text.index(spelling + ": x")
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        problems = read_workflow(text, file="plan.yaml").problems
        assert (line, column, "not-yet") in [(problem.line, problem.column, problem.code) for problem in problems]
        assert not [problem for problem in problems if problem.code == "unknown-key"]


@pytest.mark.parametrize("key", sorted({name for keys in ELEMENTS.values() for name, key in keys.items() if key.shape}))
def test_a_key_that_belongs_elsewhere_is_told_where(key: str) -> None:
    """Whatever element it belongs to has its word, so that saying so never fails."""
    problems = read_workflow(f"{HEAD}sources: {{文: {{{key}: x}}}}\ntasks: {{小结: {{owner: 院}}}}\n", file="plan.yaml").problems
    assert all(problem.message.say("zh") and (problem.hint is None or problem.hint.say("zh")) for problem in problems)


def test_a_key_has_one_chinese_spelling_and_no_other_key_has_it() -> None:
    assert len(set(KEYS.values())) == len(KEYS)
    assert not set(KEYS) & set(KEYS.values())
    known = {name for keys in ELEMENTS.values() for name in keys}
    assert set(KEYS) <= known


def test_every_element_of_the_table_can_be_reached_from_the_file() -> None:
    reached, waiting = set[str](), ["file"]
    while waiting:
        kind = waiting.pop()
        if kind in reached:
            continue
        reached.add(kind)
        shapes = [key.shape for key in ELEMENTS[kind].values() if key.shape]
        while shapes:
            shape = shapes.pop()
            waiting.extend(shape.elements)
            shapes.extend(inner for inner in (shape.items, shape.names) if inner)
    assert reached == set(ELEMENTS)


def test_an_element_of_which_nothing_is_built_takes_nothing() -> None:
    assert not is_built("anchor")
    problems = read_workflow(f"{HEAD}anchors: {{大会: {{}}}}\ntasks: {{小结: {{owner: 院}}}}\n", file="plan.yaml").problems
    assert [problem.code for problem in problems] == ["wrong-type"]


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_no_name_may_be_a_word_of_the_language(word: str) -> None:
    problems = read_workflow(f"{HEAD}tasks: {{{word}: {{owner: 院}}}}\n", file="plan.yaml").problems
    assert [problem.code for problem in problems] == ["reserved-name"]
