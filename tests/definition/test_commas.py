"""Commas of a Chinese keyboard between names: said once where they stand, and nothing is made of them further on."""

from __future__ import annotations

import pytest

from engine.definition.reader import read_workflow

TEXT = """\
workflow: games
version: 1
calendar: {timezone: Asia/Shanghai}
window: 2031-03-01 - 2031-05-31
organisation: {levels: LEVELS, posts: {coach: {}}}
tasks:
  list: {owner: c, due: 2031-03-20, artifact: {kind: document, parts: [a，b], formats: [docx]}, cite: [一，二]}
"""


@pytest.mark.parametrize("levels", ["[a，b，c]", "[a, b、c]", "[a， b ，c，]"])
def test_one_slip_is_one_problem_in_both_languages(levels: str) -> None:
    problems = read_workflow(TEXT.replace("LEVELS", levels), file="w.yaml").problems
    assert [(problem.code, problem.line) for problem in problems] == [("full-width-comma", 5)]
    assert problems[0].hint is not None
    assert problems[0].hint.say("zh") == "请用半角逗号：[a, b, c]。"
    assert problems[0].hint.say("en") == "Use a plain comma: [a, b, c]."
    assert "full-width" in problems[0].message.say("en") and "全角" in problems[0].message.say("zh")


def test_what_stands_in_quotation_marks_is_one_name_and_refused_as_such() -> None:
    problems = read_workflow(TEXT.replace("LEVELS", "['a，b', c]"), file="w.yaml").problems
    assert [problem.code for problem in problems] == ["bad-name"]


def test_commas_in_texts_that_are_no_names_are_left_alone() -> None:
    assert read_workflow(TEXT.replace("LEVELS", "[a, b, c]"), file="w.yaml").problems == ()
