"""A full disk: it is called that, the folder is named, and nothing half done is left."""

from __future__ import annotations

import os
import random
import resource
import zipfile
from pathlib import Path

import pytest

from engine.store.database import Database, address
from tests.cli.desk import Clerk, flat
from tests.evidence.papers import word_file
from tests.forks import PROGRAM, ended
from tests.store.test_upgrade import first_tables

# No file grows beyond so many bytes, and what the system says of such a limit is taken for what it says of a full disk.
FULL = (
    "import errno, importlib, resource, engine.oserrors; errno.ENOSPC, errno.EFBIG = errno.EFBIG, errno.ENOSPC; "
    "importlib.reload(engine.oserrors); "
    f"resource.setrlimit(resource.RLIMIT_FSIZE, ({{size}}, {resource.RLIM_INFINITY})); " + PROGRAM
)
# What writes a long table, as `stuck --output` does.
WRITING = """
import sys
from pathlib import Path
from engine.errors import CampaignError
from engine.exchange.tables import write_table
try:
    write_table(Path(sys.argv[1]), ["a"], [["x" * 1000]] * 10)
except CampaignError as error:
    sys.exit(error.say({lang!r}))
"""
LANGS = pytest.mark.parametrize(("lang", "words"), [("zh", "所在的磁盘已满"), ("en", "is full")])


def named(said: str, folder: Path) -> bool:
    """Whether the folder is named, wherever the lines end."""
    return str(folder) in "".join(said.split())


def test_an_empty_roster_for_which_there_is_no_room_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    # Each of its parts is smaller than that; the whole is not.
    said = ended(tmp_path, "template", "roster", "t.xlsx", program=FULL.format(size=7200))
    assert said.returncode == 1 and flat(said.stderr).startswith(f"{tmp_path} 所在的磁盘已满，t.xlsx 没有写成"), said.stderr
    assert flat(said.stderr).endswith("再试一次。") and os.listdir(tmp_path) == []


@LANGS
def test_a_table_for_which_there_is_no_room_is_one_sentence_and_no_file(tmp_path: Path, lang: str, words: str) -> None:
    (tmp_path / "out").mkdir()
    program = FULL.format(size=3000).replace(PROGRAM, WRITING.format(lang=lang))
    for name in ("out/t.csv", "out/t.xlsx"):
        said = ended(tmp_path, name, program=program)
        assert said.returncode == 1 and said.stderr.count("\n") == 1 and words in said.stderr and name in said.stderr, said.stderr
        assert os.listdir(tmp_path / "out") == []


@LANGS
def test_where_the_folder_for_passing_files_is_full_that_is_named_and_left_empty(tmp_path: Path, lang: str, words: str) -> None:
    passing = tmp_path / "passing"
    passing.mkdir()
    said = ended(tmp_path, "template", "roster", "t.xlsx", "--lang", lang, program=FULL.format(size=1000), TMPDIR=str(passing))
    assert said.returncode == 1 and words in flat(said.stderr) and named(said.stderr, passing), said.stderr
    assert "Traceback" not in said.stderr and "Exception" not in said.stderr
    assert os.listdir(passing) == [] and os.listdir(tmp_path) == ["passing"]


def hand_in(clerk: Clerk, *papers: tuple[str, str]) -> None:
    """A paper of every unit, by its secretary; the one of U02 is long and cannot be packed."""
    clerk.does("sweep", "--now", "2010-05-20")
    dice = random.Random(1)
    for unit, person in papers:
        text = "".join(chr(dice.randrange(0x4E00, 0x9F00)) for _ in range(40_000 if unit == "U02" else 1200))
        clerk.does("submit", unit, "实施方案", str(word_file(clerk.folder / f"{unit}.docx", [text])), "--as", person)


@LANGS
def test_collecting_that_runs_out_of_disk_says_what_is_there_and_is_completed_by_the_same_command(
    launched: Clerk, lang: str, words: str
) -> None:
    hand_in(launched, ("U01", "李明"), ("U02", "张三"))
    collect = ("collect", "实施方案", "out", "--lang", lang)
    said = ended(launched.folder, *collect, program=FULL.format(size=60_000))
    assert said.returncode == 1 and named(said.stderr, launched.folder / "out"), said.stderr
    told = (
        ("磁盘已满", "2 个文件已有 1 个，还差 1 个", "运行同一条命令")
        if lang == "zh"
        else ("the disk is full", "1 of 2 files are there", "again")
    )
    assert all(part in flat(said.stderr) for part in told), said.stderr
    assert os.listdir(launched.folder / "out") == ["U01 U01.docx"]
    launched.does(*collect)
    assert sorted(os.listdir(launched.folder / "out")) == ["U01 U01.docx", "U02 U02.docx"]
    assert (launched.folder / "out" / "U02 U02.docx").read_bytes() == (launched.folder / "U02.docx").read_bytes()


@LANGS
def test_a_backup_for_which_there_is_no_room_blames_its_own_disk_and_leaves_nothing(launched: Clerk, lang: str, words: str) -> None:
    (launched.folder / "out").mkdir()
    said = ended(launched.folder, "backup", "out/b.zip", "--lang", lang, program=FULL.format(size=100_000))
    assert said.returncode == 1 and words in flat(said.stderr) and named(said.stderr, launched.folder / "out"), said.stderr
    assert "campaign.db" not in said.stderr and os.listdir(launched.folder / "out") == []


@LANGS
def test_a_restore_whose_last_step_finds_the_disk_full_leaves_neither_database_nor_artifacts(
    launched: Clerk, lang: str, words: str
) -> None:
    hand_in(launched, ("U01", "李明"), ("U02", "张三"))
    launched.does("backup", "b.zip")
    with zipfile.ZipFile(launched.folder / "b.zip") as backup:
        # The copy can be taken out; the write-ahead log through which all of it has to go is longer.
        size = backup.getinfo("database.sqlite").file_size
    before = sorted(os.listdir(launched.folder))
    said = ended(launched.folder, "restore", "b.zip", "--db", "new.db", "--lang", lang, program=FULL.format(size=size))
    assert said.returncode == 1 and words in flat(said.stderr) and "new.db" in said.stderr, said.stderr
    assert sorted(os.listdir(launched.folder)) == before
    launched.does("restore", "b.zip", "--db", "new.db")
    launched.does("doctor", "--files", "--db", "new.db")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_upgrade_without_room_for_its_copy_changes_nothing_and_can_be_repeated(tmp_path: Path, lang: str) -> None:
    (tmp_path / "campaign.db").touch()
    database = Database(address(str(tmp_path / "campaign.db")), new=True)
    with database.write() as connection:
        first_tables(connection)
        connection.exec_driver_sql("INSERT INTO setting (key, value) VALUES ('kind', 'live'), ('schema', '0001')")
    database.dispose()
    told = {"zh": ("磁盘已满", "数据库没有改动"), "en": ("the disk is full", "was not changed")}[lang]
    said = ended(tmp_path, "upgrade", "--lang", lang, program=FULL.format(size=100_000))
    assert said.returncode == 1 and all(part in flat(said.stderr) for part in told) and named(said.stderr, tmp_path), said.stderr
    assert not list(tmp_path.glob("*before*"))
    assert ended(tmp_path, "upgrade", "--lang", lang).returncode == 0
    assert len(list(tmp_path.glob("*before*"))) == 1


@pytest.mark.parametrize(
    ("lang", "kept", "nothing"), [("zh", "已经办理并保存", "没有因此改动"), ("en", "done and is kept", "nothing was changed")]
)
def test_an_answer_that_cannot_be_printed_says_whether_the_act_was_kept(launched: Clerk, lang: str, kept: str, nothing: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    paper = launched.document("方案.docx", 1200)
    submit = ("submit", "U01", "实施方案", paper, "--as", "李明", "--lang", lang)
    for typed, words in ((submit, kept), ((*submit, "--json"), kept), (("status", "--lang", lang), nothing)):
        said = ended(launched.folder, *typed, output="/dev/full")
        assert said.returncode == 1 and words in flat(said.stderr) and "Traceback" not in said.stderr, said.stderr
    assert "第 1 版" in launched.does("status", "U01", "--lang", "zh").out


def test_a_refusal_whose_data_cannot_be_printed_is_said_all_the_same(launched: Clerk) -> None:
    said = ended(launched.folder, "take-back", "U01", "实施方案", "--as", "李明", "--json", output="/dev/full")
    assert said.returncode == 1 and "现在不能这样做" in said.stderr and "没有因此改动" in flat(said.stderr), said.stderr
