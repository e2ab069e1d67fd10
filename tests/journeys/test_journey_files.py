"""Stories as written, and the papers that are made for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.definition.model import Item, Part
from engine.errors import FileProblems
from engine.evidence.reading import read_document
from engine.operations.journey_file import read_journey
from engine.operations.journey_papers import write_paper

HEAD = """\
journey: tale
workflow: workflow.yaml
roster: roster.xlsx
office: office
address: office@example.org
begins: 2031-03-01 09:00
ends: 2031-06-30 18:00
"""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("steps:\n  - {at: 2031-03-02 09:00, do: dance}\n", 9, "dance"),
        ("steps:\n  - {at: 2031-03-02 09:00, do: hand in, unti: A}\n", 9, "unit"),
        ("steps:\n  - {do: stages}\n", 9, "at"),
        ("steps:\n  - {at: tomorrow, do: stages}\n", 9, "2010-05-11 09:30"),
        ("steps: []\nhabits:\n  - {do: hand in, tasks: [A]}\n", 10, "days"),
        ("steps: []\nhabits:\n  - {do: hand in, tasks: [A], days: soon}\n", 10, "whole number"),
        ("steps: []\nhabits:\n  - {do: hand in, tasks: [A], days: -3, time: noon}\n", 10, "2010-05-11 09:30"),
    ],
)
def test_a_slip_in_a_story_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "journey.yaml").write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(FileProblems) as told:
        read_journey(tmp_path / "journey.yaml")
    assert (told.value.problems[0].line, said in told.value.problems[0].message.say("en")) == (line, True)


def test_a_story_without_its_head_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "journey.yaml").write_text("journey: tale\nsteps: []\n", encoding="utf-8")
    with pytest.raises(FileProblems) as told:
        read_journey(tmp_path / "journey.yaml")
    assert "address, begins, ends, office, roster, workflow" in told.value.problems[0].message.say("en")


@pytest.mark.parametrize("chars", [200, 986, 1000, 1001])
@pytest.mark.parametrize("parts", [(), ("经验",), ("经验", "不足", "改进措施")])
def test_a_paper_has_exactly_as_many_characters_and_every_heading(tmp_path: Path, chars: int, parts: tuple[str, ...]) -> None:
    item = Item(name="总结", parts=tuple(Part(name=name) for name in parts))
    path = write_paper(tmp_path / "paper.txt", item, chars=chars, about="A1：总结")
    facts = read_document(path, name=path.name)
    assert (facts.words, facts.readable) == (chars, "yes")
    assert [heading for heading in facts.headings if any(name in heading for name in parts)] == [
        f"{number}、{name}" for number, name in zip("一二三", parts, strict=False)
    ]


def test_a_paper_that_has_no_room_for_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hold no text"):
        write_paper(tmp_path / "paper.txt", Item(name="总结"), chars=20, about="A1：总结")
