"""Which lines are headings, how deep, and how much stands under them."""

from __future__ import annotations

import pytest

from engine.evidence.headings import Line, outline, unnumbered

BODY = "各级党组织认真贯彻上级要求，结合实际开展工作，取得了明显成效。"


def headings(*lines: str) -> list[str]:
    return [section.heading for section in outline(Line(text=line) for line in lines)]


@pytest.mark.parametrize(
    "line",
    [
        "一、基本情况",
        "十二、下一步打算",
        "（一）加强组织领导",
        "(三) 主要成绩",
        "1. 存在的问题",
        "1、存在的问题",
        "１．存在的问题",
        "2.1 改进措施",
        "第一章 总则",
        "第3部分 经验",
        "第二节 做法",
        "（2）宣传发动",
        "③ 宣传发动",
        "Chapter 2 Results",
        "一、组织领导。",
    ],
)
def test_a_short_numbered_line_is_a_heading(line: str) -> None:
    sections = outline([Line(text=BODY), Line(text=line), Line(text=BODY)])
    assert [(section.sign, section.words) for section in sections] == [("numbered", 31)]


@pytest.mark.parametrize(
    "line",
    [
        BODY,
        "1.开展学习；",
        "2010年12月1日",
        "二〇一〇年十二月",
        "3.5亿元投入",
        "12.5%的增长",
        "一、成绩 …………………… 3",
        "一、成绩......12",
        "一、成绩\t3",
        "一次会议，两次活动",
        "一、" + "很长的一段话没有标点" * 5,
        "2010",
        "——",
    ],
)
def test_running_text_dates_lists_and_tables_of_contents_are_no_headings(line: str) -> None:
    assert headings(BODY, line, BODY) == []


def test_a_heading_that_runs_into_its_paragraph_ends_at_the_full_stop() -> None:
    (section,) = outline([Line(text="（一）提高认识。各级党组织认真学习。")])
    assert (section.heading, section.words) == ("（一）提高认识", 10)


def test_a_short_line_alone_is_an_uncertain_heading() -> None:
    sections = outline([Line(text=BODY), Line(text="改进措施："), Line(text=BODY)])
    assert [(s.heading, s.sign, s.words) for s in sections] == [("改进措施", "line", 31)]


@pytest.mark.parametrize(("length", "found"), [(19, 1), (20, 1), (21, 0)])
def test_a_line_stands_alone_up_to_twenty_characters(length: int, found: int) -> None:
    assert len(headings(BODY, "字" * length, BODY)) == found


@pytest.mark.parametrize(("length", "found"), [(38, 1), (39, 0)])
def test_a_numbered_line_is_a_heading_up_to_forty_characters(length: int, found: int) -> None:
    assert len(headings(BODY, "一、" + "字" * length, BODY)) == found


def test_a_cell_of_a_table_is_no_heading() -> None:
    assert outline([Line(text=BODY), Line(text="改进措施", standalone=False)]) == ()


def test_the_first_short_line_is_the_title() -> None:
    title, _ = outline([Line(text="创先争优工作总结"), Line(text=BODY), Line(text="一、成绩")])
    assert (title.sign, title.depth) == ("title", 0)


def test_a_styled_heading_keeps_its_level_and_a_long_one_is_text() -> None:
    sections = outline([Line(text="成绩", level=2), Line(text=BODY * 3, level=1)])
    assert [(s.heading, s.depth, s.sign) for s in sections] == [("成绩", 2, "styled")]


def test_a_section_reaches_to_the_next_heading_that_is_not_deeper() -> None:
    lines = ["一、成绩", BODY, "（一）学习", BODY, "1. 集中学习", BODY, "（二）宣传", BODY, "二、问题", BODY]
    sections = {s.heading: s.words for s in outline(Line(text=line) for line in lines)}
    inner = 31 * 4 + len("（一）学习（二）宣传") + len("x集中学习")
    assert sections["一、成绩"] == inner
    assert sections["（一）学习"] == 31 * 2 + len("x集中学习")
    assert sections["1. 集中学习"] == 31
    assert sections["二、问题"] == 31


def test_the_line_that_follows_a_contents_line_is_still_read() -> None:
    lines = [Line(text="一、成绩 3", contents=True), Line(text="一、成绩"), Line(text=BODY)]
    assert [s.heading for s in outline(lines)] == ["一、成绩"]


@pytest.mark.parametrize(
    ("heading", "bare"),
    [("一、成绩", "成绩"), ("（三）改进措施", "改进措施"), ("1.2 方法", "方法"), ("第一章 总则", "总则"), ("成绩", "成绩")],
)
def test_a_number_before_a_heading_can_be_left_out(heading: str, bare: str) -> None:
    assert unnumbered(heading) == bare
