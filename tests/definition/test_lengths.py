"""What is longer than the database can keep is refused at its place, in threes: just below, at, just above."""

from __future__ import annotations

import pytest

from engine.definition.reader import read_workflow
from engine.sentences import Problem
from tests.definition.workflow_texts import HEAD

TASK = "tasks: {小结: {owner: 院}}\n"
PLACES = {
    "workflow": (HEAD.replace("spring-report", "{}") + TASK, "workflow"),
    "task": (HEAD + "tasks: {{}: {owner: 院}}\n", "tasks.{}"),
    "stage": (HEAD + "stages: {{}: {window: 3月, tasks: {小结: {owner: 院}}}}\n", "stages.{}"),
    "level": (HEAD.replace("[校, 院, 班]", "[校, 院, 班, {}]") + TASK, "organisation.levels[4]"),
    "post": (HEAD.replace("{书记: {}, ", "{书记: {}, {}: {}, ", 1).replace("书记: 甲", "书记: {}") + TASK, "organisation.posts.{}"),
    "body": (HEAD.replace("{办公室: {at: 校}", "{{}: {at: 校}, 办公室: {at: 校}") + TASK, "organisation.bodies.{}"),
    "group": (HEAD.replace("{基层: ", "{{}: 院, 基层: ") + TASK, "organisation.groups.{}"),
    "anchor": (HEAD + "anchors: {{}: 2031-05-01}\n" + TASK, "anchors.{}"),
}


def too_long(text: str) -> list[Problem]:
    return [found for found in read_workflow(text, file="plan.yaml").problems if found.code.endswith("-too-long")]


def filled(text: str, name: str) -> str:
    """The text with its hole filled; `书记: {}` is no hole."""
    return text.replace("书记: {}", "书记: { }").replace("{}", name, 1)


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize(("length", "refused"), [(79, False), (80, False), (81, True)])
def test_a_name_has_at_most_eighty_characters(kind: str, length: int, refused: bool) -> None:
    text, path = PLACES[kind]
    name = "长" * length
    problems = too_long(filled(text, name))
    assert [(found.code, found.path) for found in problems] == ([("name-too-long", path.format(name))] if refused else [])
    assert all(found.line and found.column for found in problems)


@pytest.mark.parametrize(("length", "refused"), [(199, False), (200, False), (201, True)])
def test_a_title_has_at_most_two_hundred_characters(length: int, refused: bool) -> None:
    title = "题" * length
    problems = too_long(f"{HEAD}title: {title}\ntasks: {{小结: {{owner: 院, title: {title}}}}}\n")
    assert [found.path for found in problems] == (["title", "tasks.小结.title"] if refused else [])


def test_the_sentences_say_how_long_it_is_and_may_be() -> None:
    [found] = too_long(HEAD + "tasks: {" + "长" * 81 + ": {owner: 院}}\n")
    assert "81" in found.message.say("zh")
    assert "80" in found.message.say("en")
