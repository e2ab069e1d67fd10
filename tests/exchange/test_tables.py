"""Tables that people take away."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from engine.exchange.files import CannotWrite
from engine.exchange.tables import TableTooLong, WrongTableType, csv_text, display_width, write_table

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x.example.org")', "=cmd|' /C calc'!A0"]


def cells(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]


def test_texts_numbers_and_blanks_arrive_in_excel_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, ["单位", "n"], [["第一支部", 3], ["007", None], ["", -5], ["x", 10**17]])
    assert cells(path) == [["单位", "n"], ["第一支部", 3], ["007", None], [None, -5], ["x", str(10**17)]]


@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_becomes_a_formula_or_a_link_in_excel(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, [text], [[text]])
    book = openpyxl.load_workbook(path)
    assert [cell.data_type for row in book.active.iter_rows() for cell in row] == ["s", "s"]
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() == [[text], [text]]


@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_becomes_a_formula_in_a_csv(text: str) -> None:
    assert list(csv.reader(io.StringIO(csv_text([text], [[text]]), newline=""))) == [[f"'{text}"], [f"'{text}"]]


def test_numbers_in_a_csv_stay_numbers() -> None:
    assert csv_text(["a", "b"], [[-5, None], ["a,b", 'say "x"\n']]) == 'a,b\r\n-5,\r\n"a,b","say ""x""\n"\r\n'


def test_a_csv_file_carries_its_mark_for_excel(tmp_path: Path) -> None:
    write_table(tmp_path / "t.CSV", ["单位"], [["支部"]])
    assert (tmp_path / "t.CSV").read_bytes() == "\ufeff单位\r\n支部\r\n".encode()


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_an_existing_file_is_replaced_and_only_its_owner_may_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_text("old")
    path.chmod(0o644)
    write_table(path, ["new"], [])
    assert path.read_bytes() != b"old"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_failure_in_the_middle_leaves_the_old_file_as_it_was(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_text("old")

    def rows() -> Iterator[list[str]]:
        yield ["a"]
        raise LookupError("the source broke")

    with pytest.raises(LookupError):
        write_table(path, ["a"], rows())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongTableType) as caught:
        write_table(tmp_path / "t.xls", ["a"], [])
    assert caught.value.exit_code == 2


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        write_table(tmp_path / "no" / "t.csv", ["a"], [])
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(CannotWrite):
        write_table(tmp_path / "t.csv", ["a"], [])
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_more_rows_than_excel_takes_are_refused_before_the_file_is_there(tmp_path: Path) -> None:
    with pytest.raises(TableTooLong):
        write_table(tmp_path / "t.xlsx", ["a"], ([] for _ in range(1_048_576)))
    assert list(tmp_path.iterdir()) == []


def test_columns_are_as_wide_as_what_is_in_them(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, ["a", "单位", "c"], [["a" * 20, "中" * 20, "x" * 500], [None, 12345, "y"]])
    widths = openpyxl.load_workbook(path).active.column_dimensions
    assert 22 <= widths["A"].width < 24
    assert 42 <= widths["B"].width < 44
    assert 60 <= widths["C"].width < 62


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("中文", 4), ("ａ", 2), ("a\n中文字", 6)])
def test_chinese_characters_are_two_places_wide(text: str, width: int) -> None:
    assert display_width(text) == width


@pytest.mark.parametrize(("length", "end"), [(32766, "x"), (32767, "x"), (32768, "…")])
def test_a_text_too_long_for_a_cell_is_cut_visibly(tmp_path: Path, length: int, end: str) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, ["a"], [["x" * length]])
    text = cells(path)[1][0]
    assert isinstance(text, str)
    assert len(text) == min(length, 32767)
    assert text[-1] == end


@given(text=st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_text_at_all_can_be_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    for suffix in (".xlsx", ".csv"):
        path = tmp_path_factory.getbasetemp() / f"any{suffix}"
        write_table(path, ["a"], [[text + "\ud800\uffff"]])
        assert path.stat().st_size > 0
    assert openpyxl.load_workbook(tmp_path_factory.getbasetemp() / "any.xlsx").active.max_row == 2
