"""Judging documents: what passes, what is missing and by how much, and what only a reviewer can tell."""

from __future__ import annotations

import pytest

from engine.evidence.checks import DocumentDemand, PartDemand, judge_document
from engine.evidence.counting import count_han, count_words
from engine.evidence.facts import DocumentFacts
from engine.evidence.headings import Line, outline
from engine.evidence.reasons import unread
from engine.ranges import parse_range
from engine.sentences import Verdict


def facts_of(*lines: str | tuple[int, str], **more: object) -> DocumentFacts:
    """The facts of a .docx with these lines; a pair is a heading with its level."""
    read = [Line(text=line) if isinstance(line, str) else Line(level=line[0], text=line[1]) for line in lines]
    text, sections = "\n".join(line.text for line in read), outline(read)
    values: dict[str, object] = {
        "format": "docx",
        "suffix": "docx",
        "readable": "yes",
        "words": count_words(text),
        "han": count_han(text),
        "headings": tuple(section.heading for section in sections),
        "sections": sections,
        "text": text,
    }
    return DocumentFacts(**(values | more))  # type: ignore[arg-type]  # the tests name the fields themselves


def long(words: int) -> DocumentFacts:
    return DocumentFacts(format="docx", readable="yes", words=words, han=words - 1, suffix="docx")


def only(code: str, verdicts: tuple[Verdict, ...]) -> Verdict:
    (found,) = [verdict for verdict in verdicts if verdict.code == code]
    return found


def parts(facts: DocumentFacts, *names: str) -> list[str]:
    verdicts = judge_document(facts, DocumentDemand(parts=tuple(PartDemand(name=name) for name in names)))
    return [verdict.outcome for verdict in verdicts if verdict.code == "parts"]


@pytest.mark.parametrize(
    ("words", "outcome", "zh", "en"),
    [
        (986, "fail", "986 字，还差 14 字", "986 characters, 14 short"),
        (999, "fail", "999 字，还差 1 字", "999 characters, 1 short"),
        (1000, "pass", None, None),
        (1500, "pass", None, None),
        (1501, "fail", "1501 字，多出 1 字", "1501 characters, 1 too many"),
    ],
)
def test_a_length_says_the_count_and_what_is_missing(words: int, outcome: str, zh: str | None, en: str | None) -> None:
    verdict = only("length", judge_document(long(words), DocumentDemand(length=parse_range("1000..1500字"))))
    assert verdict.outcome == outcome
    said = (verdict.shortfall.say("zh"), verdict.shortfall.say("en")) if verdict.shortfall else (None, None)
    assert said == (zh, en)
    if zh and en:
        assert zh in verdict.sentence.say("zh")
        assert en in verdict.sentence.say("en")


@pytest.mark.parametrize(("count_by", "outcome"), [("word", "pass"), ("han", "fail")])
def test_han_characters_alone_are_counted_if_the_file_says_so(count_by: str, outcome: str) -> None:
    demand = DocumentDemand(length=parse_range(">= 1000字"), count_by="han" if count_by == "han" else "word")
    assert only("length", judge_document(long(1000), demand)).outcome == outcome


@pytest.mark.parametrize(("pages", "outcome", "zh"), [(4, "pass", None), (5, "pass", None), (6, "fail", "6 页，多出 1 页")])
def test_pages_of_a_pdf_are_judged(pages: int, outcome: str, zh: str | None) -> None:
    facts = DocumentFacts(format="pdf", readable="yes", words=9, han=9, pages=pages)
    verdict = only("length", judge_document(facts, DocumentDemand(length=parse_range("<= 5页"))))
    assert verdict.outcome == outcome
    assert (verdict.shortfall.say("zh") if verdict.shortfall else None) == zh


def test_pages_of_a_scan_are_judged_and_those_of_a_word_file_cannot_be_told() -> None:
    demand = DocumentDemand(length=parse_range("<= 5页"))
    assert only("length", judge_document(unread("scan", format="pdf", pages=6), demand)).outcome == "fail"
    assert only("length", judge_document(long(10), demand)).outcome == "cannot_tell"


def test_a_short_count_goes_to_the_reviewer_where_pages_are_pictures_but_a_long_one_does_not() -> None:
    facts = DocumentFacts(format="pdf", readable="yes", words=10, han=10, pages=2, picture_pages=1)
    assert only("length", judge_document(facts, DocumentDemand(length=parse_range(">= 11字")))).outcome == "cannot_tell"
    assert only("length", judge_document(facts, DocumentDemand(length=parse_range(">= 10字")))).outcome == "pass"
    assert only("length", judge_document(facts, DocumentDemand(length=parse_range("<= 9字")))).outcome == "fail"


def test_every_check_has_its_verdict_also_when_all_pass() -> None:
    facts = facts_of((1, "成绩"), "做了很多工作。", (1, "问题"), "有。")
    wanted = parse_range("5字以上")
    demand = DocumentDemand(parts=(PartDemand(name="成绩", length=wanted), PartDemand(name="问题")), length=wanted)
    verdicts = judge_document(facts, demand)
    assert [(v.code, v.outcome) for v in verdicts] == [
        ("format", "pass"),
        ("readable", "pass"),
        ("length", "pass"),
        ("parts", "pass"),
        ("part-length", "pass"),
        ("parts", "pass"),
    ]
    for verdict in verdicts:
        assert "{" not in verdict.sentence.say("zh") + verdict.sentence.say("en")


@pytest.mark.parametrize(
    ("format", "suffix", "formats", "outcome"),
    [
        ("docx", "docx", (), "pass"),
        ("doc", "doc", (), "pass"),
        ("other", "xlsx", (), "fail"),
        ("other", "xlsx", ("xlsx",), "pass"),
        ("other", "jpeg", (".JPG",), "pass"),
        ("pdf", "pdf", ("docx",), "fail"),
        ("doc", "doc", ("docx", "pdf"), "fail"),
        ("pdf", "docx", ("pdf",), "pass"),
        ("other", "", (), "fail"),
        ("other", "pdf", (), "fail"),
    ],
)
def test_the_format_is_the_content_not_the_name(format: str, suffix: str, formats: tuple[str, ...], outcome: str) -> None:
    facts = DocumentFacts(format=format, readable="yes", suffix=suffix)
    assert only("format", judge_document(facts, DocumentDemand(formats=formats))).outcome == outcome


def test_a_program_that_calls_itself_a_picture_is_not_the_picture_asked_for() -> None:
    facts = unread("wrong-type", format="other", suffix="jpg", actual="a program", advice="")
    assert only("format", judge_document(facts, DocumentDemand(formats=("jpg",)))).outcome == "fail"


@pytest.mark.parametrize(
    "heading",
    ["改进措施", "三、改进措施", "（三）改进措施及建议", "3. 改 进 措 施", "改进-措施", "下一步的改进措施"],
)
def test_a_part_is_found_in_a_heading_whatever_its_number_and_signs(heading: str) -> None:
    assert parts(facts_of((1, heading), "一、", "还要做很多工作。"), "改进措施") == ["pass"]


def test_a_missing_part_is_named() -> None:
    facts = facts_of("一、成绩", "做了很多工作。")
    verdict = only("parts", judge_document(facts, DocumentDemand(parts=(PartDemand(name="改进措施"),))))
    assert verdict.outcome == "fail"
    assert verdict.shortfall is not None
    assert (verdict.shortfall.say("zh"), verdict.shortfall.say("en")) == ("缺“改进措施”", 'missing "改进措施"')
    assert "缺“改进措施”" in verdict.sentence.say("zh")


def test_each_missing_part_has_its_own_verdict() -> None:
    assert parts(facts_of("一、成绩", "做了很多工作。"), "成绩", "问题", "努力方向") == ["pass", "fail", "fail"]


def test_a_part_that_the_text_only_mentions_fails_where_there_are_headings() -> None:
    facts = facts_of("一、成绩", "我们还将研究改进措施。")
    verdict = only("parts", judge_document(facts, DocumentDemand(parts=(PartDemand(name="改进措施"),))))
    assert verdict.outcome == "fail"
    assert "没有写成标题" in verdict.sentence.say("zh")


def test_a_part_that_the_text_mentions_goes_to_the_reviewer_where_there_are_no_headings() -> None:
    facts = facts_of("今年我们取得了成绩，也制定了改进措施。")
    assert parts(facts, "改进措施", "经验") == ["cannot_tell", "fail"]


def test_a_title_that_names_the_parts_proves_none_of_them() -> None:
    facts = facts_of((0, "关于成绩、问题和改进措施的报告"), (1, "成绩"), "做了很多工作。")
    assert parts(facts, "成绩", "改进措施") == ["pass", "fail"]


def test_a_first_line_that_is_just_the_part_is_its_heading() -> None:
    assert parts(facts_of("成绩", "做了很多工作。"), "成绩") == ["pass"]


def test_a_heading_without_a_word_under_it_goes_to_the_reviewer() -> None:
    assert parts(facts_of("一、成绩", "做了很多工作。", "二、改进措施"), "成绩", "改进措施") == ["pass", "cannot_tell"]


@pytest.mark.parametrize("more", [{"text_cut": True}, {"picture_pages": 1}])
def test_a_part_that_may_stand_where_nothing_was_read_cannot_be_told(more: dict[str, object]) -> None:
    assert parts(facts_of("一、成绩", "做了很多工作。", **more), "改进措施") == ["cannot_tell"]


@pytest.mark.parametrize("code", ["scan", "old-doc", "too-slow", "garbled", "reader-failed", "too-heavy", "other-type"])
def test_what_cannot_be_told_goes_to_the_reviewer_check_by_check(code: str) -> None:
    demand = DocumentDemand(parts=(PartDemand(name="成绩", length=parse_range(">= 5字")),), length=parse_range(">= 5字"))
    verdicts = judge_document(unread(code, format="pdf", seconds=20), demand)
    assert [(v.code, v.outcome) for v in verdicts] == [
        ("format", "pass"),
        ("readable", "cannot_tell"),
        ("length", "cannot_tell"),
        ("parts", "cannot_tell"),
        ("part-length", "cannot_tell"),
    ]


def test_an_unreadable_document_fails_once_and_says_why() -> None:
    demand = DocumentDemand(parts=(PartDemand(name="成绩"),), length=parse_range(">= 5字"))
    verdicts = judge_document(unread("encrypted", format="docx"), demand)
    assert [v.code for v in verdicts if v.outcome == "fail"] == ["readable"]
    assert "密码" in only("readable", verdicts).sentence.say("zh")


def part_length(facts: DocumentFacts, name: str, length: str) -> Verdict:
    demand = DocumentDemand(parts=(PartDemand(name=name, length=parse_range(length)),))
    return only("part-length", judge_document(facts, demand))


@pytest.mark.parametrize(
    ("length", "outcome", "zh"),
    [
        (">= 29字", "pass", None),
        (">= 30字", "pass", None),
        (">= 31字", "fail", "30 字，还差 1 字"),
        ("<= 29字", "fail", "30 字，多出 1 字"),
    ],
)
def test_the_length_of_a_part_is_what_stands_under_its_heading(length: str, outcome: str, zh: str | None) -> None:
    facts = facts_of((1, "成绩"), "字" * 20, (2, "学"), "字" * 9, (1, "问题"), "字" * 50)
    verdict = part_length(facts, "成绩", length)
    assert verdict.outcome == outcome
    assert (verdict.shortfall.say("zh") if verdict.shortfall else None) == zh


@pytest.mark.parametrize(
    ("length", "outcome", "zh"),
    [
        (">= 29%", "pass", None),
        (">= 30%", "pass", None),
        (">= 31%", "fail", "30%，还差 1 个百分点"),
        ("超过30%", "fail", "30%，还差 0.1 个百分点"),
        ("<= 29%", "fail", "30%，多出 1 个百分点"),
        ("不足30%", "fail", "30%，多出 0.1 个百分点"),
    ],
)
def test_a_share_is_of_the_whole_text(length: str, outcome: str, zh: str | None) -> None:
    facts = facts_of((1, "成绩"), "字" * 30, (1, "问题"), "字" * 66)
    assert facts.words == 100
    verdict = part_length(facts, "成绩", length)
    assert verdict.outcome == outcome
    assert (verdict.shortfall.say("zh") if verdict.shortfall else None) == zh


def test_a_share_that_misses_by_a_hair_does_not_look_like_a_hit() -> None:
    facts = facts_of((1, "成绩"), "字" * 2999, (1, "问题"), "字" * 6997)
    verdict = part_length(facts, "成绩", ">= 30%")
    assert verdict.shortfall is not None
    assert verdict.shortfall.say("zh") == "29.9%，还差 0.1 个百分点"


def test_parts_inside_a_part_are_looked_for_there_and_shares_are_of_it() -> None:
    facts = facts_of((1, "成绩"), (2, "学习"), "字" * 8, (1, "问题"), (2, "宣传"), "字" * 50)
    inner = (PartDemand(name="学习", length=parse_range(">= 80%")), PartDemand(name="宣传"))
    verdicts = judge_document(facts, DocumentDemand(parts=(PartDemand(name="成绩", parts=inner),)))
    assert [(v.code, v.outcome) for v in verdicts[2:]] == [("parts", "pass"), ("parts", "pass"), ("part-length", "pass"), ("parts", "fail")]


def test_the_length_under_an_uncertain_heading_goes_to_the_reviewer_where_it_falls_short() -> None:
    facts = facts_of("今年做了很多工作。", "成绩", "做了很多工作。")
    assert part_length(facts, "成绩", ">= 7字").outcome == "pass"
    assert part_length(facts, "成绩", ">= 8字").outcome == "cannot_tell"


def test_headings_alone_are_enough_to_find_parts_but_not_to_measure_them() -> None:
    facts = DocumentFacts(format="docx", readable="yes", words=9, han=9, headings=("一、成绩",), text="一、成绩")
    assert parts(facts, "成绩", "问题") == ["pass", "fail"]
    assert part_length(facts, "成绩", ">= 1字").outcome == "cannot_tell"


def test_a_length_in_a_unit_that_no_text_has_goes_to_the_reviewer() -> None:
    assert only("length", judge_document(long(10), DocumentDemand(length=parse_range("5d")))).outcome == "cannot_tell"


def test_braces_in_names_are_only_braces() -> None:
    facts = facts_of("一、{成绩}", "做了{很多}工作。")
    for verdict in judge_document(facts, DocumentDemand(parts=(PartDemand(name="{0}"), PartDemand(name="{成绩}")))):
        assert verdict.sentence.say("zh")
