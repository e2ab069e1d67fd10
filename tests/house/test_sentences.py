"""What is said is said in both languages, with the same values."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from tests.house.reading import Source, dotted, expect_nothing, nodes, sources

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")


def places(text: str) -> set[str]:
    """The names of the `{places}` in a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def agree(zh: str, en: str) -> bool:
    """Whether both sentences have the same places; `{zh}` and `{en}` are one value, written out in each language."""
    one, other = ({"said" if name in {"zh", "en"} else name for name in places(text)} for text in (zh, en))
    return one == other


def error_classes() -> Iterator[tuple[Source, ast.ClassDef]]:
    """The classes of the error tree, wherever they stand: known by descending from `CampaignError`, over any number of files."""
    classes = [(file, node) for file in sources("engine") for node in nodes(file.tree) if isinstance(node, ast.ClassDef)]
    known = {"CampaignError"}
    while grown := {node.name for _, node in classes if known & {dotted(base).split(".")[-1] for base in node.bases}} - known:
        known |= grown
    return ((file, node) for file, node in classes if node.name in known)


def sentences() -> Iterator[tuple[Source, ast.Call, str, str]]:
    """Every `Sentence(...)` whose Chinese and English are written where it is made."""
    for file in sources("engine", "notifiers"):
        for node in nodes(file.tree):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "Sentence":
                named = {keyword.arg: keyword.value for keyword in node.keywords} | dict(zip(("zh", "en"), node.args, strict=False))
                zh, en = named.get("zh"), named.get("en")
                if isinstance(zh, ast.Constant) and isinstance(en, ast.Constant):
                    yield file, node, str(zh.value), str(en.value)


def paragraphs(node: ast.ClassDef) -> list[str]:
    """The paragraphs of a class's docstring."""
    return inspect.cleandoc(ast.get_docstring(node) or "").split("\n\n")


def test_every_error_says_what_happened_first_in_chinese_then_in_english() -> None:
    found = list(error_classes())
    assert {"Refused", "WrongUsage"} <= {node.name for _, node in found}
    expect_nothing(f"{file.at(node)} {node.name}" for file, node in found if not in_both_languages(paragraphs(node)))


def in_both_languages(said: list[str]) -> bool:
    """Whether there are two paragraphs, one Chinese, one English (that may cite Chinese examples)."""
    return len(said) == 2 and bool(CHINESE.search(said[0])) and len(LATIN.findall(said[1])) > 2 * len(CHINESE.findall(said[1]))


def test_every_error_says_the_same_values_in_both_languages() -> None:
    pairs = [(file.at(node), *paragraphs(node)) for file, node in error_classes() if len(paragraphs(node)) == 2]
    expect_nothing(place for place, zh, en in pairs if not agree(zh, en))


def test_every_sentence_says_the_same_values_in_both_languages() -> None:
    expect_nothing(file.at(node) for file, node, zh, en in sentences() if not agree(zh, en))


def test_no_sentence_forgets_a_language() -> None:
    expect_nothing(file.at(node) for file, node, zh, en in sentences() if bool(zh.strip()) != bool(en.strip()))


def test_every_sentence_with_written_values_fills_every_place_and_no_other() -> None:
    given = [(file.at(node), written_values(node), places(zh) | places(en)) for file, node, zh, en in sentences()]
    expect_nothing(place for place, values, wanted in given if values is not None and values != wanted)


def written_values(call: ast.Call) -> set[str] | None:
    """The names of the values given to a `Sentence(...)`, where they stand as a dictionary; a model gets them later."""
    values = call.args[2] if len(call.args) > 2 else next((word.value for word in call.keywords if word.arg == "values"), None)
    if not isinstance(values, ast.Dict) or not all(isinstance(key, ast.Constant) for key in values.keys):
        return None
    return {str(key.value) for key in values.keys if isinstance(key, ast.Constant)}


def test_every_file_in_which_a_person_is_told_something_is_looked_at() -> None:
    assert len(list(sentences())) > 50


@pytest.mark.parametrize(
    ("zh", "en", "same"),
    [
        ("还差 {n} 字", "{n} characters short", True),
        ("还差 {n} 字", "{m} characters short", False),
        ("可写 {zh}", "write {en}", True),
        ("可写 {zh}", "write it", False),
        ("用法不对", "wrong usage: {what}", False),
    ],
)
def test_two_sentences_agree_when_they_say_the_same_values(zh: str, en: str, same: bool) -> None:
    assert agree(zh, en) == same
