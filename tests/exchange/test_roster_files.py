"""What a roster may look like as a file, and files that are no rosters."""

from __future__ import annotations

import os
import random
import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FileProblems
from engine.exchange.csvfile import csv_grid
from engine.exchange.grid import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, column_letters
from engine.exchange.roster import read_roster, write_roster
from engine.org.model import Person, Roster, Tenure, Unit
from tests.exchange.making import POST_HEADINGS, UNIT_HEADINGS, changed, places_of, units_and_posts, with_shared_strings, workbook

ROSTER = Roster(
    units=(
        Unit(code="007", name="示例学院", level="学院", kind="教学", since=date(2010, 5, 11), attributes={"电话": "5551234", "a": "b=c"}),
        Unit(code="0071", name="第一支部", level="支部", superior="007", until=date(2012, 6, 30)),
    ),
    tenures=(Tenure(unit="007", post="书记", person=Person(name="张三", email="zhang@example.org", telephone="+86 555")),),
)
UNITS_CSV = """代码,名称,层级,类别,上级单位代码,自,至,属性
007,示例学院,学院,教学,,2010年5月11日,,电话=5551234；a＝b=c
0071,第一支部,支部,,007,,2012/6/30,
"""
POSTS_CSV = "职务,单位,邮箱,人员,电话\n书记,007,zhang@example.org,张三,+86 555\n"


def test_a_workbook_with_chinese_sheets_in_any_column_order(tmp_path: Path) -> None:
    units = [tuple(reversed(line.split(","))) for line in UNITS_CSV.splitlines()]
    posts = [line.split(",") for line in POSTS_CSV.splitlines()]
    assert read_roster(workbook(tmp_path / "r.xlsx", {"岗位": posts, "说明": [("任何内容",)], "单位": units})) == ROSTER


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_folder_with_two_csv_files(tmp_path: Path, encoding: str, line_end: str) -> None:
    (tmp_path / "units.csv").write_bytes(UNITS_CSV.replace("\n", line_end).encode(encoding))
    (tmp_path / "任职.CSV").write_bytes(POSTS_CSV.replace("\n", line_end).encode(encoding))
    (tmp_path / "other.csv").write_bytes(b"\xff\xff")
    assert read_roster(tmp_path) == ROSTER


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_one_csv_is_told_by_its_headings(tmp_path: Path, delimiter: str) -> None:
    units, posts = tmp_path / "a.csv", tmp_path / "b.csv"
    units.write_text(UNITS_CSV.replace(",", delimiter), "utf-8")
    posts.write_text(POSTS_CSV.replace(",", delimiter), "utf-8")
    assert read_roster(units) == Roster(units=ROSTER.units)
    assert read_roster(posts, existing=ROSTER) == Roster(tenures=ROSTER.tenures)


def test_rows_of_a_csv_are_counted_as_excel_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('\ncode,name,level,attributes\na,A,x,"p=1\nq=2"\n\n,B,x,\n', "utf-8")
    assert places_of(path) == [(5, 1, "list!A5 code", "empty-code")]


@pytest.mark.parametrize("cell", ["=1+1", "=HYPERLINK(1)", '"=""007"""'])
def test_a_formula_in_a_csv_is_told(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"code,name,level\nx,+name,-level\n{cell},@name,x\n", "utf-8")
    assert places_of(path) == [(3, 1, "list!A3 code", "formula")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [(7, "7"), (7.0, "7"), (7.5, "7.5"), ("007", "007"), (" 007　", "007"), (True, "TRUE"), (0.1 + 0.2, "0.3"), (-3, "-3")],
)
def test_codes_are_text(tmp_path: Path, cell: object, code: str) -> None:
    (unit,) = read_roster(units_and_posts(tmp_path / "r.xlsx", [(cell, "Unit", "branch")])).units
    assert unit.code == code


@pytest.mark.parametrize(("number", "fine"), [(10**15 - 1, True), (10**15, False), (10**15 + 1, False)])
def test_numbers_are_trusted_up_to_fifteen_digits(tmp_path: Path, number: int, fine: bool) -> None:
    path = units_and_posts(tmp_path / "r.xlsx", [(number, "Unit", "branch")])
    if fine:
        assert read_roster(path).units[0].code == str(number)
    else:
        assert places_of(path) == [(2, 1, "units!A2 code", "too-many-digits")]


@pytest.mark.parametrize(
    "cell",
    [
        *(date(2010, 5, 1), datetime.combine(date(2010, 5, 1), time()), "2010-05-01", "2010-5-1", "2010/5/1", "2010.5.1"),
        *("2010年5月1日", "2010 年 5 月 1 号", "２０１０年５月１日"),
    ],
)
def test_days_in_every_way_that_people_write_them(tmp_path: Path, cell: object) -> None:
    (unit,) = read_roster(units_and_posts(tmp_path / "r.xlsx", [("u", "Unit", "branch", "", "", cell)])).units
    assert unit.since == date(2010, 5, 1)


@pytest.mark.parametrize(
    "cell", ["2010-5/1", "10-5-1", "2010-05", "2010-02-29", "5月1日", "2010-05-01 9:30", "20100501", 40299, True, "۲۰۱۰-۰۵-۰۱"]
)
def test_anything_else_is_no_day(tmp_path: Path, cell: object) -> None:
    path = units_and_posts(tmp_path / "r.xlsx", [("u", "Unit", "branch", "", "", cell)])
    assert places_of(path) == [(2, 6, "units!F2 from", "bad-date")]


def test_blank_rows_and_sheets_of_other_things_are_left_alone(tmp_path: Path) -> None:
    units = [(), UNIT_HEADINGS, (), ("u", "Unit", "branch"), ("  ", "　"), ("v", "Unit", "branch")]
    path = workbook(tmp_path / "r.xlsx", {"Sheet3": [], "statistics": [("a", "b"), (1, 2)], "units": units, "posts": [POST_HEADINGS]})
    assert [unit.code for unit in read_roster(path).units] == ["u", "v"]


def test_rare_characters_in_names_are_kept(tmp_path: Path) -> None:
    name = "\U0002ebf0\U000f0001é·O’Neill"
    (unit,) = read_roster(units_and_posts(tmp_path / "r.xlsx", [("u", name, "branch")])).units
    assert unit.name == name


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NO_FILES: list[tuple[str, bytes, str]] = [
    ("r.xlsx", b"", "empty-file"),
    ("r.csv", b" \r\n\r\n", "empty-file"),
    ("r.csv", b"\xef\xbb\xbf", "unknown-table"),
    ("r.xlsx", b"code,name,level\n", "not-xlsx"),
    ("r.xlsx", OLE, "protected-or-old"),
    ("r.xlsx", b"PK\x05\x06" + bytes(18), "not-xlsx"),
    ("r.xls", OLE, "wrong-file-type"),
    ("r", b"code,name,level\n", "wrong-file-type"),
    ("r.csv", b"\xff\xfe\x00\x00\xff", "undecodable"),
    ("r.csv", "code,name,level\n".encode("utf-16"), "undecodable"),
    ("r.csv", b"a,b,c\n1,2,3\n", "unknown-table"),
    ("r.csv", b'code,name,level\na,"b,c\n', "bad-csv"),
    ("r.csv", b'code,name,level\na,"b"c,d\n', "bad-csv"),
]


@pytest.mark.parametrize(("name", "content", "code"), NO_FILES)
def test_a_file_that_is_no_roster_is_told_so(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert [found for *_, found in places_of(tmp_path / name)] == [code]


def test_a_broken_row_of_a_csv_is_told_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(b'code,name,level\na,"A\n\nA",x\nb,"B"B,x\nc,C,x\n')
    assert [(row, code) for row, _, _, code in places_of(tmp_path / "r.csv")] == [(3, "bad-csv")]


def test_missing_files_folders_and_odd_things(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.xlsx").mkdir()
    expected = {
        "nothing.xlsx": "missing-file",
        "a\0b.xlsx": "missing-file",
        "pipe.csv/r.xlsx": "missing-file",
        "folder": "empty-folder",
        "folder.xlsx": "empty-folder",
        "pipe.csv": "not-a-file",
        "x" * 300 + ".csv": "unreadable",
    }
    for name, wanted in expected.items():
        assert [code for *_, code in places_of(tmp_path / name)] == [wanted]


def test_both_files_of_a_folder_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_bytes(b"\xff\xff")
    (tmp_path / "posts.csv").write_bytes(b"")
    assert sorted(code for *_, code in places_of(tmp_path)) == ["empty-file", "undecodable"]


def test_a_file_of_too_many_bytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    with path.open("wb") as out:
        out.truncate(MAX_FILE_BYTES + 1)
    assert [code for *_, code in places_of(path)] == ["too-big"]


@pytest.mark.parametrize(("more", "fine"), [(-1, True), (0, True), (1, False)])
def test_the_number_of_columns_is_limited(more: int, fine: bool) -> None:
    content = ("," * (MAX_COLUMNS + more - 1)).encode()
    if fine:
        assert len(csv_grid(content, "r.csv", "r").rows[0]) == MAX_COLUMNS + more
    else:
        with pytest.raises(FileProblems):
            csv_grid(content, "r.csv", "r")


@pytest.mark.parametrize(("more", "fine"), [(0, True), (1, False)])
def test_the_number_of_rows_is_limited(more: int, fine: bool) -> None:
    content = b"\n" * (MAX_ROWS + more)
    if fine:
        assert len(csv_grid(content, "r.csv", "r").rows) == MAX_ROWS
    else:
        with pytest.raises(FileProblems) as caught:
            csv_grid(content, "r.csv", "r")
        assert caught.value.problems[0].code == "too-many-rows"


def test_a_strange_sheet_beside_the_roster_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("far").write_row(1000, 16000, [1, 2])
        sheet = book.add_worksheet("units")
        sheet.write_row(0, 0, ["code", "name", "level"])
        sheet.write_row(1, 0, ["u", "Unit", "branch"])
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=units!$A$2:$A$2"})
        book.add_chartsheet("chart").set_chart(chart)
    assert [unit.code for unit in read_roster(path).units] == ["u"]


def test_one_cell_in_the_last_corner_does_not_eat_the_memory(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx")
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", corner))
    assert [code for *_, code in places_of(path)] == ["too-wide"]


def test_texts_in_a_table_of_shared_strings_are_read(tmp_path: Path) -> None:
    units = [line.split(",") for line in UNITS_CSV.splitlines()]
    posts = [line.split(",") for line in POSTS_CSV.splitlines()]
    assert read_roster(with_shared_strings(tmp_path / "r.xlsx", {"单位": units, "任职": posts})) == ROSTER


@pytest.mark.parametrize("part", ["worksheets/sheet1", "workbook", "sharedStrings", "styles", "_rels/workbook.xml.rels"])
def test_entities_are_never_expanded(tmp_path: Path, part: str) -> None:
    path = with_shared_strings(tmp_path / "r.xlsx", {"units": [UNIT_HEADINGS, ("u", "Unit", "branch")]})
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    assert len(read_roster(path).units) == 1
    changed(path, f"xl/{part}" if part.endswith("rels") else f"xl/{part}.xml", lambda xml: bomb + xml.partition(b"?>")[2])
    assert [code for *_, code in places_of(path)] == ["not-xlsx"]


def test_an_archive_that_unpacks_to_far_too_much_is_refused_before_it_does(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx")
    content = bytearray(path.read_bytes())
    central = content.rindex(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 0xF0000000)
    path.write_bytes(content)
    assert [code for *_, code in places_of(path)] == ["unpacks-too-large"]


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = units_and_posts(tmp_path / "r.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/sheet1.xml", b"<worksheet/>")
    assert [code for *_, code in places_of(path)] == ["not-xlsx"]


@pytest.mark.parametrize(("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")])
def test_columns_have_the_letters_that_excel_shows(column: int, letters: str) -> None:
    assert column_letters(column) == letters


def read_or_be_told(path: Path) -> None:
    try:
        read_roster(path)
    except FileProblems as error:
        assert all(problem.message.say("zh") and problem.message.say("en") for problem in error.problems)


@given(content=st.binary(max_size=400), suffix=st.sampled_from([".xlsx", ".csv"]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_at_all_bring_anything_but_sentences(tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    read_or_be_told(path)


@given(text=st.text(alphabet='代码名称级别codenamelevel=;,"\n\r\t07-\0', max_size=80))
@settings(max_examples=150, deadline=None)
def test_no_text_brings_anything_but_sentences(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(f"code,name,level\n{text}", "utf-8")
    read_or_be_told(path)


PARTS = ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
GRAFTS = [b"0", b"-1", b"99999999999999", b"1e400", b"<f>", b"&lt;", b't="e"', b't="s"', b'r="XFD1048576"', b's="999"', b"\xff", b""]


@pytest.mark.parametrize("part", PARTS)
def test_damaged_workbooks_bring_nothing_but_sentences(tmp_path: Path, part: str) -> None:
    path = tmp_path / "r.xlsx"
    chance = random.Random(part)
    for _ in range(30):
        write_roster(path, ROSTER, "zh")
        changed(path, part, lambda xml: _damage(xml, chance))
        read_or_be_told(path)


def _damage(xml: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(xml))
    return xml[:place] + chance.choice(GRAFTS) + xml[place + chance.choice([0, 1, 1, 7]) :]


SPANS = [b"1e300", b"1e11", b"-1e11", b"-2e11", b"-1e300", b"-9e9999", b"-<!-- -->2e11", b"&#45;2e11", b"-1e9x"]


@pytest.mark.parametrize("number", SPANS)
def test_absurd_spans_of_time_are_told_as_damage_and_nothing_else_is_said(
    tmp_path: Path, number: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.xlsx"
    write_roster(path, ROSTER, "zh")
    changed(path, "xl/styles.xml", lambda xml: xml.replace(b"yyyy-mm-dd", b"[h]:mm"))
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>40309</v>", b"<v>" + number + b"</v>"))
    assert [code for *_, code in places_of(path)] == ["not-xlsx"]
    assert capfd.readouterr().err == ""
