"""Facts travel as JSON between processes and into the store."""

from __future__ import annotations

import json

import pytest

from engine.evidence.facts import DocumentFacts, Section
from engine.evidence.kinds import DOCX
from engine.evidence.reasons import unread, wrong_type

FULL = DocumentFacts(
    format="pdf",
    readable="yes",
    words=10,
    han=8,
    pages=2,
    headings=("一、成绩",),
    sections=(Section(heading="一、成绩", depth=13, sign="numbered", words=6, han=5),),
    picture_pages=1,
    text="一、成绩\n做了\ud800{很多}",
    suffix="pdf",
)


@pytest.mark.parametrize(
    "facts",
    [
        FULL,
        DocumentFacts(format="txt", readable="yes"),
        unread("too-big", format="docx", suffix="docx", megabytes=300, limit=100),
        wrong_type(DOCX, format="docx", suffix="pdf"),
        unread("scan", format="pdf", suffix="pdf", pages=3),
    ],
)
def test_facts_come_back_from_json_as_they_were(facts: DocumentFacts) -> None:
    again = DocumentFacts.from_json(json.loads(json.dumps(facts.to_json())))
    assert again == facts
    if facts.reason and again.reason:
        assert again.reason.sentence.say("zh") == facts.reason.sentence.say("zh")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "exe"},
        {"readable": "maybe"},
        {"words": "ten"},
        {"text": None},
        {"headings": "一、成绩"},
        {"headings": [1]},
        {"sections": [{}]},
        {"sections": [{"heading": "a", "depth": 1, "sign": "x", "words": 1, "han": 1}]},
        {"reason": "bad"},
        {"reason": {"outcome": "perhaps", "code": "a", "sentence": {"zh": "", "en": "", "values": {}}, "shortfall": None}},
        {"reason": {"outcome": "fail", "code": "a", "sentence": {"zh": "", "en": "", "values": {"x": [1]}}, "shortfall": None}},
    ],
)
def test_anything_else_is_no_facts(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        DocumentFacts.from_json(FULL.to_json() | change)


def test_missing_values_are_no_facts() -> None:
    for name in FULL.to_json():
        data = {key: value for key, value in FULL.to_json().items() if key != name}
        if name != "reason":
            with pytest.raises(ValueError, match=r".+"):
                DocumentFacts.from_json(data)


def test_a_document_is_outlined_by_sure_headings_only() -> None:
    line = Section(heading="成绩", depth=20, sign="line", words=1, han=1)
    assert FULL.outlined
    assert not DocumentFacts(format="txt", readable="yes", headings=("成绩",), sections=(line,)).outlined
    assert DocumentFacts(format="txt", readable="yes", headings=("成绩",)).outlined
    assert not DocumentFacts(format="txt", readable="yes").outlined
