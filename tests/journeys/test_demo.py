"""`campaign demo`: the whole story of 138 units, what it prints, what it leaves, and the folders it will not touch."""

from __future__ import annotations

import email
import email.policy
import json
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from engine.cli import layout
from engine.cli.program import run
from engine.evidence.vault import Vault
from engine.operations.burden import burden_of
from engine.operations.context import House
from engine.operations.journey_file import read_journey
from engine.store.database import Database, open_database
from tests.journeys.invariants import broken
from tests.journeys.make_roster import ROSTER


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "demo"


@pytest.fixture(scope="module")
def told(folder: Path) -> str:
    """All that the demo prints; it is played once."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        code, out = answer("demo", str(folder), "--lang", "zh")
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before
    assert code == 0, out
    return out


@pytest.fixture
def database(folder: Path, told: str) -> Iterator[Database]:
    """What the demo left."""
    opened = open_database(str(folder / "campaign.db"))
    yield opened
    opened.dispose()


def answer(*words: str) -> tuple[int, str]:
    """The exit code and all that a command prints."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(out):
        code = run(list(words))
    return code, out.getvalue()


def test_it_tells_the_plan_the_months_the_boards_the_letters_and_the_notices(told: str) -> None:
    expected = [
        "计划读成了什么",
        "2012-06-30",
        "138 个单位参加",
        "岗位空缺：GB05-03",
        "阶段“广泛发动，安排部署”",
        "看板 2010-06-08：卡住的单位 2 个",
        "看板 2011-01-10：卡住的单位 6 个",
        "看板 2011-07-06：卡住的单位 2 个",
        "986 字，还差 14 字",
        "看板 2012-07-05：卡住的单位 6 个",
        "每条提醒的去向",
        "没有下落的 0 条",
        "stuck --why",
    ]
    places = [told.find(words) for words in expected]
    assert -1 not in places, [words for words, place in zip(expected, places, strict=True) if place == -1]
    assert places == sorted(places)


def test_a_blocked_move_is_told_with_everything_that_is_missing_and_then_its_release(told: str) -> None:
    blocked = told[told.index("申请让 GB10-02") : told.index("自动放行：GB10-02")]
    assert "缺“评议制度”" in blocked and "2011年第二季度领导点评" in blocked


def test_every_line_fits_into_eighty_columns(told: str, folder: Path) -> None:
    # Commands to copy and paths are not broken, however long the folder's name is.
    assert [line for line in told.splitlines() if layout.width(line) > 80 and str(folder) not in line and "workflow.yaml" not in line] == []


def test_the_four_boards_of_the_story_name_units_and_what_blocks_them() -> None:
    boards = {
        f"{step.at:%Y-%m-%d}": step.expected.boards for step in read_journey(ROSTER.parent / "journey.yaml").steps if step.kind == "stuck"
    }
    assert {day: len(board or {}) for day, board in boards.items()} == {
        "2010-06-08": 2,
        "2011-01-10": 6,
        "2011-07-06": 2,
        "2012-07-05": 6,
    }


def test_nothing_is_broken_after_two_years(database: Database) -> None:
    assert broken(database) == []


def test_every_letter_is_a_file_that_mail_programs_open(told: str, folder: Path) -> None:
    files = sorted((folder / "campaign.db.mail").glob("*.eml"))
    assert f"一共 {len(files)} 封" in told
    letter = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    assert str(letter["To"]).endswith("@example.org>") and letter.get_body(("plain",)) is not None


def test_nobody_would_call_it_a_nuisance(database: Database, told: str, tmp_path: Path) -> None:
    found = burden_of(House(database=database, vault=Vault(tmp_path)), None, datetime(2012, 7, 5, tzinfo=UTC))
    assert found.people > 130 and found.a_month < 2 and found.most <= 12
    said = f"平均每人每月收到{float(found.a_month):.1f}封，最多的一位一个月收到{found.most}封"
    assert said in "".join(told.split())


def test_the_commands_it_names_answer(told: str, folder: Path) -> None:
    database = str(folder / "campaign.db")
    code, out = answer("--db", database, "stuck", "--why", "--json")
    causes = json.loads(out)
    assert code == 0
    assert [(cause["unit"], cause["task"], cause["holds"]) for cause in causes] == [("GB14-06", "总结", 2)]
    for words in (
        "status",
        "status GB14-06",
        "journal GB10-02",
        "notices --state suppressed",
        "notices --reconcile",
        "explain-notice 1",
        "units tree",
    ):
        assert answer("--db", database, *words.split())[0] == 0, words


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("x")
    code, out = answer("demo", str(tmp_path))
    assert code == 1 and "没有改动" in out
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_an_earlier_demo_with_something_of_yours_in_it_is_left_alone_too(tmp_path: Path) -> None:
    for name in (".campaign-demo", "campaign.db", "notes.txt"):
        (tmp_path / name).write_text("x")
    assert answer("demo", str(tmp_path))[0] == 1
    assert {path.name for path in tmp_path.iterdir()} == {".campaign-demo", "campaign.db", "notes.txt"}
