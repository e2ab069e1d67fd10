"""Disks, permissions and strange files: what is said is what is so, and what to do is what helps."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.store.failures import DatabaseBusy, DatabaseDiskFull, NotKept, in_batches
from tests.cli.desk import PREPARATION, UNITS, WORKFLOW, Clerk, flat, write_inputs
from tests.forks import PROGRAM, ended

LANGS = ("zh", "en")
# No file grows beyond so many bytes: the disk is full, for this process only.
FULL = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({{size}}, {resource.RLIM_INFINITY})); " + PROGRAM


@pytest.mark.parametrize(("lang", "words"), [("zh", "此前办完的都已保存"), ("en", "what was done before is kept")])
def test_a_sweep_that_runs_out_of_disk_says_that_what_was_done_is_kept(launched: Clerk, lang: str, words: str) -> None:
    size = (launched.folder / "campaign.db").stat().st_size + 20_000
    said = ended(launched.folder, "sweep", "--now", "2011-01-01", "--lang", lang, program=FULL.format(size=size))
    assert said.returncode == 1 and words in flat(said.stderr), said.stderr
    launched.does("sweep", "--now", "2011-01-01")


def test_extending_many_that_runs_out_of_disk_says_that_what_was_done_is_kept(clerk: Clerk) -> None:
    branches = [(f"U{number:02}", f"第{number}党支部", "党支部", "", "U", "", "", "") for number in range(1, 61)]
    write_inputs(clerk.folder, units=(*UNITS[:2], *branches))
    for words in (*PREPARATION, ("sweep", "--now", "2010-06-14")):
        clerk.does(*words)
    every = ("extend", "--task", "实施方案", "--under", "U", "--to", "2010-06-25", "--reason", "暴雨", "--as", "王书记")
    size = (clerk.folder / "campaign.db").stat().st_size + 20_000
    said = ended(clerk.folder, *every, program=FULL.format(size=size))
    assert said.returncode == 1 and "此前办完的都已保存" in flat(said.stderr), said.stderr
    again = clerk(*every)
    assert "未准" in again.out and "已延期 0 个" not in again.out and "已延期 60 个" not in again.out


@pytest.mark.parametrize("error", [DatabaseDiskFull(where="x"), DatabaseBusy()])
def test_one_failure_says_both_according_to_what_failed(error: NotKept) -> None:
    assert "nothing of this operation was kept" in error.say("en") and "没有留下任何改动" in error.say("zh")
    with pytest.raises(type(error)) as caught, in_batches():
        raise error
    assert "what was done before is kept" in caught.value.say("en") and "没有留下任何改动" not in caught.value.say("zh")


def test_a_file_name_that_cannot_be_read_is_one_line_and_the_others_go_on(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    folder = launched.folder / "in"
    folder.mkdir()
    for name in (b"U01.docx", b"U02\xff.docx", b"U03 \x1b[31m.docx"):
        os.link(launched.document("paper.docx", 1200), os.fsencode(folder) + b"/" + name)
    said = launched("submit", "--folder", "in", "实施方案", "--as", "管理员", "--for", "owner")
    assert said.code == 1
    assert "U02\ufffd.docx" in said.out and "U03 \ufffd[31m.docx" in said.out and "改名" in said.out
    assert "收下 1 份" in said.out and "未收 2 份" in said.out
    english = launched("submit", "--folder", "in", "实施方案", "--as", "管理员", "--for", "owner", "--lang", "en")
    assert "Rename the file" in flat(english.out)


UNSEEN = ["\\ud800x", "a\\u001bb", "a\\u0007b", "a\\rb", "a\\u202eb"]


@pytest.mark.parametrize("title", [f'"{text}"' for text in UNSEEN] + ["a\u202eb", "a\u200bb"])
def test_a_title_with_what_nobody_sees_is_refused_at_its_place(clerk: Clerk, title: str) -> None:
    write_inputs(clerk.folder, workflow=WORKFLOW.replace("春季总结工作", title))
    clerk.does("init", "--rehearsal")
    for lang, words in (("zh", "不可见的控制字符"), ("en", "unprintable")):
        checked = clerk("check", "workflow.yaml", "--lang", lang)
        assert checked.code == 1 and "workflow.yaml:4:" in checked.out and words in checked.out
        assert clerk("load", "workflow.yaml", "--as", "管理员", "--lang", lang).code == 1


def test_a_note_may_have_lines(clerk: Clerk) -> None:
    write_inputs(clerk.folder, workflow=WORKFLOW + "note: |\n  first\n  second\n")
    clerk.does("check", "workflow.yaml")


def test_a_roster_with_what_turns_a_text_around_is_refused_at_its_row(clerk: Clerk) -> None:
    write_inputs(clerk.folder, units=(("代码", "名称", "级别"), ("A", "甲\u202e乙", "学校")))
    clerk.does("init", "--rehearsal")
    for lang, words in (("zh", "不可见的控制字符"), ("en", "invisible control character")):
        said = clerk("units", "import", "roster.xlsx", "--as", "管理员", "--lang", lang)
        assert said.code == 1 and "roster.xlsx:2:2" in said.err and words in said.err


def due_letters(clerk: Clerk) -> None:
    """Letters wait to be written."""
    clerk.does("sweep", "--now", "2010-06-14")


def test_a_delivery_that_wrote_no_letter_ends_with_1_and_says_why_in_the_language_asked_for(launched: Clerk) -> None:
    due_letters(launched)
    for lang, words in (("zh", "没有这个文件或文件夹"), ("en", "there is no such file or folder")):
        said = ended(launched.folder, "deliver", "--lang", lang, CAMPAIGN_MAIL_FOLDER="/proc/self/nowhere")
        assert said.returncode == 1 and words in flat(said.stdout), said.stdout
        assert lang == "en" or "No such" not in said.stdout
        launched.does("sweep", "--now", "2010-06-14 12:00")
    assert launched.does("deliver", "--now", "2010-06-15").code == 0


@pytest.mark.parametrize(("lang", "words"), [("zh", "同名的文件"), ("en", "a file of that name is in its place")])
def test_a_file_in_the_place_of_the_mail_folder_is_called_that(launched: Clerk, lang: str, words: str) -> None:
    due_letters(launched)
    (launched.folder / "campaign.db.mail").write_text("", encoding="utf-8")
    said = launched("deliver", "--lang", lang)
    assert said.code == 1 and words in said.err


def test_a_backup_that_was_killed_is_tidied_up_by_the_next_and_a_living_one_is_not(launched: Clerk) -> None:
    dead, alive = (launched.folder / f".campaign-backup-{name}" for name in ("dead", "alive"))
    for room in (dead, alive):
        room.mkdir()
        (room / "database.sqlite").write_bytes(b"x")
    held = os.open(alive, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    launched.does("backup", "one.zip")
    os.close(held)
    assert not dead.exists() and (alive / "database.sqlite").exists()
    launched.does("backup", "two.zip")
    assert not list(launched.folder.glob(".campaign-backup-*"))


@pytest.mark.parametrize("words", [("units", "import", "roster.xlsx", "--dry-run"), ("launch", "--name", "second")], ids=" ".join)
def test_a_preview_does_not_read_the_whole_file_for_damage(launched: Clerk, words: tuple[str, ...]) -> None:
    file = launched.folder / "campaign.db"
    with closing(sqlite3.connect(file)) as connection:
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'attempt'").fetchone()
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    assert launched(*words, "--as", "管理员").code == 0
    assert launched("backup", "copy.zip").code == 1


def test_a_damaged_page_that_nobody_reads_keeps_a_backup_from_being_made(launched: Clerk) -> None:
    content = bytearray((launched.folder / "campaign.db").read_bytes())
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    # Two pages that change places: each is sound, and neither is where it belongs.
    pages[-1], pages[-2] = pages[-2], pages[-1]
    (launched.folder / "campaign.db").write_bytes(b"".join(pages))
    for lang, words in (("zh", "已经损坏"), ("en", "is damaged")):
        said = launched("backup", "copy.zip", "--lang", lang)
        assert said.code == 1 and words in said.err
    assert not (launched.folder / "copy.zip").exists()


@pytest.mark.parametrize(("lang", "words"), [("zh", "文件已经损坏"), ("en", "the file is damaged")])
def test_a_file_whose_beginning_is_noise_may_be_a_damaged_database(launched: Clerk, lang: str, words: str) -> None:
    path = launched.folder / "campaign.db"
    path.write_bytes(b"\xa5" * 100 + path.read_bytes()[100:])
    said = launched("status", "--lang", lang)
    assert said.code == 1 and words in said.err and "campaign restore" in said.err


@pytest.mark.parametrize(("lang", "words"), [("zh", "大部分是空白"), ("en", "mostly blanks")])
def test_a_workbook_swollen_with_blanks_is_refused_before_it_is_read(clerk: Clerk, lang: str, words: str) -> None:
    swollen(clerk.folder / "roster.xlsx")
    clerk.does("init", "--rehearsal")
    said = clerk("units", "import", "roster.xlsx", "--as", "管理员", "--lang", lang)
    assert said.code == 1 and words in said.err


def swollen(path: Path) -> None:
    """Let the first sheet of a workbook be 32 MB of blanks longer."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content + b" " * (32 * 2**20 if name.endswith("sheet1.xml") else 0))


@pytest.mark.parametrize(("lang", "words"), [("zh", "……另有 75 处"), ("en", "…and 75 more")])
def test_of_many_wrong_rows_the_first_are_printed_and_with_json_all(clerk: Clerk, lang: str, words: str) -> None:
    rows = [(f"A{number}", "甲", "系") for number in range(121)]
    write_inputs(clerk.folder, units=(("代码", "名称", "级别"), *rows))
    clerk.does("init", "--rehearsal")
    typed = ("units", "import", "roster.xlsx", "--as", "管理员", "--workflow", "workflow.yaml", "--lang", lang)
    said = clerk(*typed)
    assert said.code == 1 and words in said.err and "roster.xlsx:51:" in said.err and "roster.xlsx:52:" not in said.err
    assert len(clerk(*typed, "--json").data["error"]["problems"]) > 121


# The program as somebody whom permissions bind; what it loads later is loaded before.
ANYBODY = (
    "import os; from engine.cli.table import load; [load(name) for name in ('status', 'backup', 'sweep', 'template roster')]; "
    "os.getuid() or os.setuid(65534); " + PROGRAM
)


@pytest.fixture
def shelf(prepared: Path) -> Iterator[Path]:
    """A folder that anybody may go into, with a database that anybody may write."""
    folder = Path(tempfile.mkdtemp(prefix="campaign-shelf-"))
    shutil.copy(prepared / "campaign.db", folder)
    (folder / "campaign.db").chmod(0o666)
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("lang", "words", "other"), [("zh", "没有读取的权限", "不能写入"), ("en", "the right to read it is missing", "written")]
)
def test_a_database_that_may_not_be_read_is_called_that(shelf: Path, lang: str, words: str, other: str) -> None:
    (shelf / "campaign.db").chmod(0)
    for typed in (("status",), ("sweep",)):
        said = ended(shelf, *typed, "--lang", lang, program=ANYBODY)
        assert said.returncode == 1 and words in flat(said.stderr) and other not in flat(said.stderr), said.stderr


@pytest.mark.parametrize(("lang", "words"), [("zh", "文件夹也必须可以写"), ("en", "its folder, which must be writable too")])
def test_a_database_in_a_folder_that_may_not_be_written_says_so(shelf: Path, lang: str, words: str) -> None:
    shelf.chmod(0o555)
    assert words in flat(ended(shelf, "status", "--lang", lang, program=ANYBODY).stderr)


def test_what_is_to_be_written_into_such_a_folder_blames_no_database(shelf: Path) -> None:
    shelf.chmod(0o555)
    for typed, words in ((("backup", "x.zip"), "没有备份成"), (("template", "roster", "x.xlsx"), "无法写入 x.xlsx")):
        said = ended(shelf, *typed, program=ANYBODY)
        assert said.returncode == 1 and words in said.stderr and "数据库" not in said.stderr


@pytest.mark.parametrize(("lang", "words"), [("zh", "不能读写"), ("en", "cannot be read and written")])
def test_a_log_that_was_left_read_only_is_named_with_what_to_do(shelf: Path, lang: str, words: str) -> None:
    with closing(sqlite3.connect(shelf / "campaign.db")) as reader:
        reader.execute("SELECT count(*) FROM unit").fetchone()
        (shelf / "campaign.db-shm").chmod(0o400)
        (shelf / "campaign.db-wal").chmod(0o666)
        said = ended(shelf, "sweep", "--now", "2010-06-14", "--lang", lang, program=ANYBODY)
        assert said.returncode == 1 and words in flat(said.stderr) and "chmod u+rw campaign.db-shm" in flat(said.stderr), said.stderr
        (shelf / "campaign.db-shm").chmod(0o666)
        assert ended(shelf, "sweep", "--now", "2010-06-14", "--lang", lang, program=ANYBODY).returncode == 0


@pytest.mark.parametrize("lang", LANGS)
def test_a_file_that_the_system_refuses_to_read_is_the_reviewers_word_not_the_systems(launched: Clerk, lang: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    said = launched("submit", "U01", "实施方案", "/proc/self/mem", "--as", "李明", "--lang", lang)
    assert said.code == 1 and "docx" in said.err and "Input/output" not in said.err


@pytest.mark.parametrize(
    ("lang", "now_due", "later_due"),
    [
        ("zh", "还有 3 封等着再试，最早的一封：下一次 deliver 时。", "还有 3 封等着再试，最早的一封：2010-06-14 00:05。"),
        (
            "en",
            "3 letters wait to be tried again, the first: with the next `deliver`.",
            "wait to be tried again, the first: 2010-06-14 00:05.",
        ),
    ],
)
def test_letters_that_wait_to_be_tried_again_are_told_though_this_time_none_was_tried(
    launched: Clerk, monkeypatch: pytest.MonkeyPatch, lang: str, now_due: str, later_due: str
) -> None:
    launched.does("sweep", "--now", "2010-06-14")
    monkeypatch.setenv("CAMPAIGN_MAIL_FOLDER", "roster.xlsx/mail")
    assert now_due in flat(launched("deliver", "--lang", lang).out)
    launched("deliver")
    launched("deliver")
    said = launched.does("deliver", "--lang", lang)
    assert later_due in flat(said.out)
    data = launched.does("deliver", "--json").data
    assert (data["later"], data["waiting"], data["next_try"]) == (0, 3, "2010-06-14T00:05:00+08:00")
    monkeypatch.delenv("CAMPAIGN_MAIL_FOLDER")
    assert "等着再试" not in launched.does("deliver", "--now", "2010-06-14T00:05").out
    assert len(launched.letters) == 3
