"""Reading .pdf: text, pages, scans, passwords, damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.evidence.child import read
from engine.evidence.facts import DocumentFacts
from tests.evidence.papers import PICTURE, pdf_file

LONG = ["各级党组织认真贯彻上级要求，结合实际开展工作，", "取得了明显成效，得到了广大群众的一致好评。"]


def code_of(facts: DocumentFacts) -> tuple[str, str]:
    assert facts.reason is not None
    return facts.readable, facts.reason.code


def test_chinese_text_is_counted_over_all_pages_with_its_headings(tmp_path: Path) -> None:
    pages = [["一、成绩", "我们做了很多工作，成效明显。"], ["二、问题", "Some work is not done."]]
    facts = read(pdf_file(tmp_path / "a.pdf", pages), "pdf", "pdf")
    assert (facts.readable, facts.words, facts.han, facts.pages) == ("yes", 4 + 14 + 4 + 5, 3 + 12 + 3, 2)
    assert facts.headings == ("一、成绩", "二、问题")
    assert [section.words for section in facts.sections] == [14, 5]


def test_a_radical_is_read_as_the_character_it_looks_like(tmp_path: Path) -> None:
    facts = read(pdf_file(tmp_path / "a.pdf", [["⼀年⼤事"]]), "pdf", "pdf")
    assert (facts.text, facts.han) == ("一年大事", 4)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([PICTURE], ("cannot_tell", "scan")),
        ([PICTURE, PICTURE], ("cannot_tell", "scan")),
        ([()], ("no", "empty")),
        ([(), PICTURE], ("cannot_tell", "scan")),
    ],
)
def test_pictures_alone_are_a_scan_and_nothing_at_all_is_empty(tmp_path: Path, pages: list[str], expected: tuple[str, str]) -> None:
    facts = read(pdf_file(tmp_path / "a.pdf", pages), "pdf", "pdf")
    assert code_of(facts) == expected
    assert facts.pages == len(pages)


def test_a_scanned_page_between_pages_of_text_is_remembered(tmp_path: Path) -> None:
    facts = read(pdf_file(tmp_path / "a.pdf", [LONG, PICTURE, LONG]), "pdf", "pdf")
    assert (facts.readable, facts.pages, facts.picture_pages, facts.han) == ("yes", 3, 1, 80)


def test_a_password_is_named(tmp_path: Path) -> None:
    assert code_of(read(pdf_file(tmp_path / "a.pdf", [LONG], password=True), "pdf", "pdf")) == ("no", "encrypted")


def test_a_torn_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4\nnothing that follows is a document")
    assert code_of(read(path, "pdf", "pdf")) == ("no", "damaged")


def test_letters_without_an_encoding_go_to_the_reviewer(tmp_path: Path) -> None:
    facts = read(pdf_file(tmp_path / "a.pdf", [["\ue123\ue456\ue789" * 20]]), "pdf", "pdf")
    assert code_of(facts) == ("cannot_tell", "garbled")
