"""Broken rosters: each problem at its row and column, with its code, all of them at once."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from engine.errors import FileProblems
from engine.exchange.roster import read_roster
from engine.org.model import Roster, Unit
from tests.exchange.making import POST_HEADINGS, UNIT_HEADINGS, changed, places_of, problems_of, units_and_posts, workbook

LEVELS = frozenset({"branch", "school"})
U = ("u", "Unit", "branch")
KNOWN = Roster(units=(Unit(code="known", name="Known", level="school"),))

BROKEN_UNITS = [
    (("", "Unit", "branch"), [(3, 1, "units!A3 code", "empty-code")]),
    (("x", "", "branch"), [(3, 2, "units!B3 name", "empty-name")]),
    (("x", "Unit", None), [(3, 3, "units!C3 level", "empty-level")]),
    (("x", "Unit", "brnch"), [(3, 3, "units!C3 level", "unknown-level")]),
    (("u", "Unit", "branch"), [(3, 1, "units!A3 code", "duplicate-code")]),
    (("x", "Unit", "branch", "", "y"), [(3, 5, "units!E3 superior", "unknown-superior")]),
    (("x", "Unit", "branch", "", "x"), [(3, 5, "units!E3 superior", "cycle")]),
    (("x", "Unit", "branch", "", "", "2010-13-01"), [(3, 6, "units!F3 from", "bad-date")]),
    (("x", "Unit", "branch", "", "", 20100511), [(3, 6, "units!F3 from", "bad-date")]),
    (("x", "Unit", "branch", "", "", datetime.combine(date(2010, 5, 11), time(9, 30))), [(3, 6, "units!F3 from", "bad-date")]),
    (("x", "Unit", "branch", "", "", time(9, 30)), [(3, 6, "units!F3 from", "bad-date")]),
    (("x", "Unit", "branch", "", "", "2010-05-12", "2010-05-11"), [(3, 7, "units!G3 until", "from-after-until")]),
    (("x", "Unit", "branch", "", "", "", "", "phone"), [(3, 8, "units!H3 attributes", "bad-attribute")]),
    (("x", "Unit", "branch", "", "", "", "", "=1; a=2"), [(3, 8, "units!H3 attributes", "formula")]),
    (("x", "Unit", "branch", "", "", "", "", "a=1; a=2"), [(3, 8, "units!H3 attributes", "attribute-twice")]),
    (("x", "Unit\nagain", "branch"), [(3, 2, "units!B3 name", "control-character")]),
    (("x", "U" * 201, "branch"), [(3, 2, "units!B3 name", "too-long")]),
    (("x" * 81, "Unit", "branch"), [(3, 1, "units!A3 code", "too-long")]),
    (("x", "Unit", "branch", "k" * 81), [(3, 4, "units!D3 kind", "too-long")]),
    ((date(2010, 3, 1), "Unit", "branch"), [(3, 1, "units!A3 code", "became-a-date")]),
    ((110101199003071234, "Unit", "branch"), [(3, 1, "units!A3 code", "too-many-digits")]),
    (("=1+1", "Unit", "branch"), [(3, 1, "units!A3 code", "formula")]),
    (("x", "Unit", "branch", "", "", "", "", "", "more"), [(3, 9, "units!I3", "no-heading")]),
    (
        ("", "", "", "kind"),
        [(3, 1, "units!A3 code", "empty-code"), (3, 2, "units!B3 name", "empty-name"), (3, 3, "units!C3 level", "empty-level")],
    ),
]


@pytest.mark.parametrize(("row", "expected"), BROKEN_UNITS)
def test_a_broken_unit_is_told_at_its_cell(tmp_path: Path, row: tuple[object, ...], expected: list[object]) -> None:
    path = units_and_posts(tmp_path / "r.xlsx", [U, row])
    assert places_of(path, levels=LEVELS) == expected


BROKEN_POSTS = [
    (("", "lead", "Jo"), [(2, 1, "posts!A2 unit", "empty-unit")]),
    (("u", "", "Jo"), [(2, 2, "posts!B2 post", "empty-post")]),
    (("u", "lead", ""), [(2, 3, "posts!C2 person", "empty-person")]),
    (("U", "lead", "Jo"), [(2, 1, "posts!A2 unit", "unknown-unit")]),
    (("u", "lead", "Jo", "jo at example.org"), [(2, 4, "posts!D2 e-mail", "bad-email")]),
    (("u", "lead", "Jo", "", "", "2010-05-12", "2010-05-11"), [(2, 7, "posts!G2 until", "from-after-until")]),
    (("u", "lead", "Jo", "", "", "soon", "later"), [(2, 6, "posts!F2 from", "bad-date"), (2, 7, "posts!G2 until", "bad-date")]),
]


@pytest.mark.parametrize(("row", "expected"), BROKEN_POSTS)
def test_a_broken_post_is_told_at_its_cell(tmp_path: Path, row: tuple[object, ...], expected: list[object]) -> None:
    assert places_of(units_and_posts(tmp_path / "r.xlsx", [U], [row])) == expected


def test_a_second_term_in_one_post_is_told_at_its_day_with_the_row_of_the_first(tmp_path: Path) -> None:
    rows = [("u", "lead", "Jo", "", "", "2029-01-01"), ("u", "lead", "Jo", "", "", "2020-01-01", "2022-12-31")]
    (problem,) = problems_of(units_and_posts(tmp_path / "r.xlsx", [U], rows))
    assert (problem.line, problem.column, problem.path, problem.code) == (3, 6, "posts!F3 from", "two-terms")
    assert problem.hint is not None and "第 2 行" in problem.hint.say("zh")


def test_everything_wrong_is_told_at_once_units_before_posts_in_the_order_of_rows(tmp_path: Path) -> None:
    path = units_and_posts(
        tmp_path / "r.xlsx",
        [("a", "A", "branch", "", "b"), ("b", "B", "branch", "", "a"), ("", "C", "brnch"), ("a", "D", "school", "", "zz", "never")],
        [("a", "lead", "Jo", "jo@example.org"), ("a", "lead", "Jo", "JO@example.org"), ("q", "lead", "Al", "al@")],
    )
    assert places_of(path, levels=LEVELS) == [
        (2, 5, "units!E2 superior", "cycle"),
        (4, 1, "units!A4 code", "empty-code"),
        (4, 3, "units!C4 level", "unknown-level"),
        (5, 1, "units!A5 code", "duplicate-code"),
        (5, 5, "units!E5 superior", "unknown-superior"),
        (5, 6, "units!F5 from", "bad-date"),
        (3, 3, "posts!C3 person", "same-row-twice"),
        (4, 1, "posts!A4 unit", "unknown-unit"),
        (4, 4, "posts!D4 e-mail", "bad-email"),
    ]


def test_a_collision_names_the_other_row(tmp_path: Path) -> None:
    (problem,) = problems_of(units_and_posts(tmp_path / "r.xlsx", [U, (), U]))
    assert problem.line == 4
    assert problem.hint is not None and "第 2 行" in problem.hint.say("zh") and "row 2" in problem.hint.say("en")


def test_the_error_counts_its_problems_and_names_the_file(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx", [("", "", "")])
    with pytest.raises(FileProblems) as caught:
        read_roster(path)
    assert "r.xlsx" in caught.value.say("zh")
    assert {problem.file for problem in caught.value.problems} == {str(path)}


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (("code", "name", "levl"), [(1, 0, "units", "missing-heading"), (1, 3, "units!C1 levl", "unknown-heading")]),
        (("code", "name", "level", "colour"), [(1, 4, "units!D1 colour", "unknown-heading")]),
        (("code", "name", "level", "级别"), [(1, 4, "units!D1 级别", "heading-twice")]),
        (("name", "level"), [(1, 0, "units", "missing-heading")]),
        (("unit name",), [(1, 0, "units", "missing-heading")] * 3 + [(1, 1, "units!A1 unit name", "unknown-heading")]),
    ],
)
def test_wrong_headings_are_told_without_the_noise_that_follows_from_them(
    tmp_path: Path, headings: tuple[str, ...], expected: list[object]
) -> None:
    rows = [headings, ("x",), ("y",)] if headings[0] == "unit name" else [headings, tuple("x" * len(headings)), tuple("y" * len(headings))]
    path = workbook(tmp_path / "r.xlsx", {"units": rows, "posts": [POST_HEADINGS, ("z", "lead", "Jo")]})
    assert places_of(path) == expected


def test_an_unknown_heading_is_answered_with_the_nearest(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", {"单位": [("代码", "名称", "级别", "上及")]})
    (problem,) = problems_of(path)
    assert problem.hint is not None and "“上级”" in problem.hint.say("zh")


def test_the_words_of_the_author_are_used_in_the_path(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", {"单位": [("名称", "代码", "层级"), ("甲", "", "支部")]})
    assert places_of(path) == [(2, 2, "单位!B2 代码", "empty-code")]


def test_a_formula_is_told_even_where_its_last_result_looks_sound(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx", [U, ("x", "=B2", "branch")])
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v></v>", b"<v>5</v>").replace(b"<v />", b"<v>5</v>"))
    assert places_of(path) == [(3, 2, "units!B3 name", "formula")]


def test_a_shared_formula_without_a_text_of_its_own_is_told_too(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx", [U, ("x", "=B2", "branch")])
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<f>B2</f>", b'<f t="shared" si="0"/>'))
    assert places_of(path) == [(3, 2, "units!B3 name", "formula")]


def test_an_error_value_is_told(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx", [U, ("x", "#N/A", "branch")])
    assert places_of(path) == [(3, 2, "units!B3 name", "error-value")]


def test_drop_down_lists_kept_in_extensions_are_not_taken_for_formulas(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx")
    extension = b'<extLst><ext xmlns:xm="urn:x"><xm:f>notes!$A$1:$A$3</xm:f></ext></extLst></worksheet>'
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</worksheet>", extension))
    assert len(read_roster(path).units) == 1


def test_formulas_on_other_sheets_do_not_matter(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", {"units": [UNIT_HEADINGS, U], "posts": [POST_HEADINGS], "sums": [("=1+1",)]})
    assert len(read_roster(path).units) == 1


def test_a_text_in_excel_that_only_looks_like_a_formula_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "units"
    book.active.append(UNIT_HEADINGS)
    book.active.append(("+1", "x", "branch"))
    book.active["B2"].value = "=1+1"
    book.active["B2"].data_type = "s"
    book.save(path)
    assert [(unit.code, unit.name) for unit in read_roster(path).units] == [("+1", "=1+1")]


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"unts": [UNIT_HEADINGS, U]}, ["unknown-sheet"]),
        ({"Sheet1": [UNIT_HEADINGS, U]}, ["unknown-sheet"]),
        ({"units": [UNIT_HEADINGS, U], "任职表": [("单位", "岗位", "姓名")]}, ["unknown-sheet"]),
        ({"units": [UNIT_HEADINGS, U], "单位": [UNIT_HEADINGS, U]}, ["sheet-twice", "duplicate-code"]),
        ({"units": []}, ["empty-sheet"]),
        ({"units": [UNIT_HEADINGS]}, ["no-units"]),
        ({"notes": [("code", "name", "level")]}, ["no-units"]),
        ({"posts": [POST_HEADINGS, ("u", "lead", "Jo")]}, ["no-units"]),
    ],
)
def test_wrong_sheets_are_told(tmp_path: Path, sheets: dict[str, list[tuple[object, ...]]], expected: list[str]) -> None:
    assert [code for *_, code in places_of(workbook(tmp_path / "r.xlsx", sheets))] == expected


def test_posts_alone_will_do_where_units_are_known(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", {"posts": [POST_HEADINGS, ("known", "lead", "Jo"), ("knwn", "lead", "Al")]})
    assert places_of(path, existing=KNOWN) == [(3, 1, "posts!A3 unit", "unknown-unit")]


def test_a_circle_through_known_units_is_told(tmp_path: Path) -> None:
    known = Roster(units=(Unit(code="a", name="A", level="x"), Unit(code="b", name="B", level="x", superior="a")))
    path = units_and_posts(tmp_path / "r.xlsx", [("a", "A", "x", "", "b")])
    assert places_of(path, existing=known) == [(2, 5, "units!E2 superior", "cycle")]
