"""Writing rosters: what is written comes back, and the empty one invites to be filled in."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.exchange.files import CannotWrite, FileExists
from engine.exchange.grid import trimmed
from engine.exchange.roster import read_roster, write_roster, write_roster_template
from engine.exchange.template import NoWorkbook, UnwritableRoster
from engine.org.checks import check_roster
from engine.org.model import Person, Roster, Tenure, Unit
from engine.sentences import Lang
from engine.unseen import has_unseen
from tests.exchange.making import places_of

LANGS: list[Lang] = ["zh", "en"]


def _sound(text: str) -> bool:
    return trimmed(text) == text and not has_unseen(text)


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=12).filter(_sound)
TRICKY = st.sampled_from(
    ["007", "=1+1", "+1", "@x", "-", "_x0041_", "1e5", "TRUE", "2010-05-11", "''", "<&>\"'", "a/b", "http://x.example.org"]
)
NEEDED = st.one_of(TRICKY, TEXT.filter(bool))
DAYS = st.none() | st.dates()
PERIODS = st.tuples(DAYS, DAYS).map(lambda days: (days[0], days[1]) if None in days else tuple(sorted(days)))  # type: ignore[type-var]  # no None left
ATTRIBUTES = st.dictionaries(NEEDED, TEXT, max_size=3).filter(
    lambda found: not any(mark in key + value for key, value in found.items() for mark in ";；=＝")
)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    codes = draw(st.lists(NEEDED, min_size=1, max_size=6, unique=True))
    units = []
    for number, code in enumerate(codes):
        since, until = draw(PERIODS)
        units.append(
            Unit(
                code=code,
                name=draw(NEEDED),
                level=draw(NEEDED),
                kind=draw(TEXT),
                superior=draw(st.sampled_from([None, *codes[:number]])),
                since=since,
                until=until,
                attributes=draw(ATTRIBUTES),
            )
        )
    addresses = draw(st.lists(st.from_regex(r"[a-z]{1,5}@example\.org", fullmatch=True) | st.just(""), max_size=4))
    tenures = []
    for address in addresses:
        since, until = draw(PERIODS)
        person = Person(name=draw(NEEDED), email=address, telephone=draw(TEXT))
        tenures.append(Tenure(unit=draw(st.sampled_from(codes)), post=draw(NEEDED), person=person, since=since, until=until))
    return Roster(units=tuple(units), tenures=tuple(tenures))


@given(roster=rosters(), lang=st.sampled_from(LANGS))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_what_is_written_comes_back_exactly(tmp_path_factory: pytest.TempPathFactory, roster: Roster, lang: Lang) -> None:
    path = tmp_path_factory.getbasetemp() / "round.xlsx"
    if check_roster(roster):
        return
    write_roster(path, roster, lang)
    assert read_roster(path) == roster


@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(1900, 2, 28), date(1900, 3, 1), date(2010, 5, 11), date.max])
def test_days_on_both_sides_of_excels_false_leap_day_come_back(tmp_path: Path, day: date) -> None:
    roster = Roster(units=(Unit(code="u", name="U", level="x", since=day, until=day),))
    write_roster(tmp_path / "r.xlsx", roster, "zh")
    assert read_roster(tmp_path / "r.xlsx") == roster


@pytest.mark.parametrize(
    "unit",
    [
        Unit(code=" u", name="U", level="x"),
        Unit(code="u", name="U\n", level="x"),
        Unit(code="u", name="U\x07", level="x"),
        Unit(code="u", name="U" * 201, level="x"),
        Unit(code="u", name="U", level="x", attributes={"a=b": "c"}),
        Unit(code="u", name="U", level="x", attributes={"a": "b；c=d"}),
        Unit(code="u", name="U", level="x", attributes={"": "b"}),
    ],
)
def test_what_would_come_back_changed_is_refused_and_leaves_no_file(tmp_path: Path, unit: Unit) -> None:
    with pytest.raises(UnwritableRoster):
        write_roster(tmp_path / "r.xlsx", Roster(units=(unit,)), "zh")
    assert list(tmp_path.iterdir()) == []


def test_equal_rosters_give_equal_files_that_only_their_owner_may_read(tmp_path: Path) -> None:
    roster = Roster(units=(Unit(code="u", name="U", level="x", since=date(2010, 5, 11)),))
    write_roster(tmp_path / "a.xlsx", roster, "en")
    write_roster(tmp_path / "b.xlsx", roster, "en")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert stat.S_IMODE((tmp_path / "a.xlsx").stat().st_mode) == 0o600


@pytest.mark.parametrize("lang", LANGS)
def test_the_empty_roster_says_that_it_has_no_units(tmp_path: Path, lang: Lang) -> None:
    write_roster_template(tmp_path / "t.xlsx", lang, ["学院", "支部"], ["书记"])
    assert places_of(tmp_path / "t.xlsx") == [(0, 0, "", "no-units")]


@pytest.mark.parametrize(("lang", "names"), [("zh", ["单位", "任职", "说明"]), ("en", ["units", "posts", "notes"])])
def test_the_empty_roster_has_both_sheets_and_notes_in_the_language(tmp_path: Path, lang: Lang, names: list[str]) -> None:
    write_roster_template(tmp_path / "t.xlsx", lang)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == names
    assert book[names[0]].column_dimensions["A"].number_format == "@"
    assert len(book[names[2]]["A"]) > 8


def test_levels_and_posts_are_offered_as_lists(tmp_path: Path) -> None:
    write_roster_template(tmp_path / "t.xlsx", "zh", [f"级别{n}" for n in range(60)], ["书记", "组长"])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    (level,) = book["单位"].data_validations.dataValidation
    (post,) = book["任职"].data_validations.dataValidation
    assert (str(level.sqref), level.formula1) == ("C2:C1048576", "'说明'!$K$2:$K$61")
    assert (str(post.sqref), post.formula1) == ("B2:B1048576", "'说明'!$L$2:$L$3")
    assert [cell.value for cell in book["说明"]["K"]][:3] == ["级别", "级别0", "级别1"]
    assert [book["说明"][f"L{row}"].value for row in (1, 2, 3)] == ["岗位", "书记", "组长"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_empty_roster_can_be_filled_in_and_read(tmp_path: Path, lang: Lang) -> None:
    path = tmp_path / "t.xlsx"
    write_roster_template(path, lang)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].append(["007", "Unit", "branch", None, None, date(2010, 5, 11), None, "a=1"])
    book.worksheets[1].append(["007", "lead", "Jo", "jo@example.org"])
    book.save(path)
    roster = read_roster(path)
    assert roster.units == (Unit(code="007", name="Unit", level="branch", since=date(2010, 5, 11), attributes={"a": "1"}),)
    assert roster.tenures == (Tenure(unit="007", post="lead", person=Person(name="Jo", email="jo@example.org")),)


def test_the_empty_roster_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_text("mine")
    with pytest.raises(FileExists) as caught:
        write_roster_template(path, "zh")
    assert path.read_text() == "mine"
    assert "没有覆盖" in caught.value.say("zh")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        write_roster_template(tmp_path / "no" / "t.xlsx", "zh")
    with pytest.raises(CannotWrite):
        write_roster(tmp_path / "no" / "t.xlsx", Roster(), "zh")


def test_rosters_are_written_as_xlsx_only(tmp_path: Path) -> None:
    with pytest.raises(NoWorkbook):
        write_roster_template(tmp_path / "t.csv", "zh")
    with pytest.raises(NoWorkbook):
        write_roster(tmp_path / "t.xls", Roster(), "zh")
