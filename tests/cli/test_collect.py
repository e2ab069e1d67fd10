"""What was handed in comes out again, under names that say whose it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from engine.cli.demo import TRIES
from engine.cli.options import Command
from engine.cli.table import COMMANDS, load
from engine.operations.collecting import safe_name
from tests.cli.desk import Clerk


def test_the_newest_version_of_every_unit_is_copied(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    launched.does("submit", "U01", "实施方案", launched.document("方案.docx", 1200), "--as", "李明")
    launched.does("take-back", "U01", "实施方案", "--as", "李明")
    assert launched("collect", "实施方案", "out").code == 1, "what was taken back does not stand"
    launched.does("submit", "U01", "实施方案", launched.document("方案.docx", 1300), "--as", "李明")
    said = launched.does("collect", "实施方案", "out").out
    copy = launched.folder / "out" / "U01 方案.docx"
    assert copy.read_bytes() == (launched.folder / "方案.docx").read_bytes() and copy.stat().st_mode & 0o777 == 0o600
    assert "1 个文件" in said and "U02" in said and "U03" in said and "U01 机电" not in said
    launched.does("collect", "实施方案", "all", "--unit", "U01", "--all-versions")
    assert {path.name for path in (launched.folder / "all").iterdir()} == {"U01 v1 方案.docx", "U01 v2 方案.docx"}
    assert "第 2 版" in launched.does("status", "U01").out and "方案.docx" in launched.does("status", "U01").out


def hand_in(launched: Clerk, unit: str, person: str, characters: int) -> None:
    paper = launched.document(f"{unit} 方案.docx", characters)
    launched.does("submit", unit, "实施方案", paper, "--as", person)


@pytest.mark.parametrize(
    ("lang", "first", "again"),
    [("zh", "已取出 1 个文件", "另有 1 个文件已在 out"), ("en", "Copied 1 file of 1 unit", "1 file found in out already")],
)
def test_collecting_again_adds_what_is_new_and_leaves_what_is_there(launched: Clerk, lang: str, first: str, again: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    hand_in(launched, "U01", "李明", 1200)
    collect = ("collect", "实施方案", "out", "--lang", lang)
    assert first in launched.does(*collect).out
    kept = launched.folder / "out" / "U01 U01 方案.docx"
    before = kept.stat().st_mtime_ns
    hand_in(launched, "U02", "张三", 1300)
    said = launched.does(*collect).out
    assert first in said and again in said and kept.stat().st_mtime_ns == before
    assert (launched.folder / "out" / "U02 U02 方案.docx").read_bytes() == (launched.folder / "U02 方案.docx").read_bytes()
    assert [one["new"] for one in launched.does(*collect, "--json").data["files"]] == [False, False]


@pytest.mark.parametrize(("lang", "words"), [("zh", "内容不同，没有覆盖：U01 U01 方案.docx"), ("en", "not overwritten: U01 U01 方案.docx")])
def test_a_file_with_other_content_is_named_and_left_and_the_others_are_copied(launched: Clerk, lang: str, words: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    hand_in(launched, "U01", "李明", 1200)
    hand_in(launched, "U02", "张三", 1300)
    (launched.folder / "out").mkdir()
    mine = launched.folder / "out" / "U01 U01 方案.docx"
    mine.write_text("my notes", encoding="utf-8")
    said = launched("collect", "实施方案", "out", "--lang", lang)
    assert said.code == 1 and words in said.err
    assert mine.read_text(encoding="utf-8") == "my notes"
    assert (launched.folder / "out" / "U02 U02 方案.docx").exists()
    data = launched("collect", "实施方案", "out", "--json")
    assert data.code == 1 and data.data["in_the_way"] == ["U01 U01 方案.docx"]


def kept_file(launched: Clerk, unit: str) -> Path:
    """Where what the unit handed in stands in the vault."""
    digest = hashlib.sha256((launched.folder / f"{unit} 方案.docx").read_bytes()).hexdigest()
    return launched.folder / "campaign.db.files" / digest[:2] / digest[2:]


@pytest.mark.parametrize(
    ("lang", "changed", "lost"), [("zh", "与报送时不同", "已经丢失"), ("en", "it is not what was handed in", "it is lost")]
)
def test_what_was_changed_or_lost_in_the_vault_is_named_and_not_handed_out_and_the_others_are(
    launched: Clerk, lang: str, changed: str, lost: str
) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    for unit, person, characters in (("U01", "李明", 1200), ("U02", "张三", 1300), ("U03", "管理员", 1400)):
        paper = launched.document(f"{unit} 方案.docx", characters)
        launched.does("submit", unit, "实施方案", paper, "--as", person, *(("--for", "owner") if unit == "U03" else ()))
    kept_file(launched, "U01").write_bytes(b"tampered")
    kept_file(launched, "U02").unlink()
    said = launched("collect", "实施方案", "out", "--lang", lang)
    assert said.code == 1 and "实施方案" in said.err
    for unit, why in (("U01 机电学院党支部", changed), ("U02 文学院党支部", lost)):
        assert unit in said.err and why in said.err
    assert [path.name for path in (launched.folder / "out").iterdir()] == ["U03 U03 方案.docx"]
    data = launched("collect", "实施方案", "out", "--json")
    assert data.code == 1 and [one["unit"] for one in data.data["unsound"]] == ["U01", "U02"]


def test_where_nothing_was_handed_in_there_is_nothing_to_collect(launched: Clerk) -> None:
    said = launched("collect", "实施方案", "out")
    assert said.code == 1 and not Path("out").exists()
    assert launched("collect", "实施方案", "out", "--unit", "U01", "--under", "U").code == 2


def test_no_name_leads_out_of_the_folder() -> None:
    assert safe_name("../../etc/x.docx") == "__.._etc_x.docx"
    assert len(safe_name("字" * 300 + ".docx").encode()) <= 200 and safe_name("字" * 300 + ".docx").endswith(".docx")


@pytest.mark.parametrize("words", [words for words, _ in TRIES])
def test_every_hint_of_the_demo_can_be_typed(words: str) -> None:
    typed = words.split()
    path = " ".join(typed[:2]) if " ".join(typed[:2]) in COMMANDS else typed[0]
    made = load(path)
    assert isinstance(made, Command)
    made.make_context(path, typed[len(path.split()) :])


@pytest.mark.parametrize(("lang", "words"), [("zh", "是一个文件，不是文件夹"), ("en", "is a file, not a folder")])
def test_into_a_file_nothing_is_collected(launched: Clerk, lang: str, words: str) -> None:
    hand_in(launched, "U01", "李明", 1200)
    (launched.folder / "out").write_text("x", encoding="utf-8")
    said = launched("collect", "实施方案", "out", "--lang", lang)
    assert said.code == 1 and words in said.err
    assert (launched.folder / "out").read_text(encoding="utf-8") == "x"
