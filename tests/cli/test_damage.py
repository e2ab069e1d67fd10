"""A database that the disk has damaged: every command says one sentence, or does its work on what is whole."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.cli.desk import Clerk

COMMANDS = (
    ("stuck", "--all"),
    ("status", "U01"),
    ("journal",),
    ("notices",),
    ("units", "tree"),
    ("sweep", "--now", "2010-06-20"),
    ("stuck", "--why"),
    ("backup", "copy.zip"),
)
PAGE = 4096
SAID_SO = ("已经损坏", "不是 campaign 的数据库", "数据库出错")


@pytest.fixture
def whole(launched: Clerk) -> bytes:
    """The bytes of a sound database."""
    (launched.folder / "campaign.db-wal").unlink(missing_ok=True)
    return (launched.folder / "campaign.db").read_bytes()


def put(clerk: Clerk, content: bytes) -> None:
    """Let the database be these bytes and nothing else."""
    for path in [*clerk.folder.glob("campaign.db-*"), *clerk.folder.glob("copy.zip*")]:
        path.unlink()
    (clerk.folder / "campaign.db").write_bytes(content)


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bytes_are_named_or_did_no_harm(launched: Clerk, whole: bytes, seed: int) -> None:
    dice = random.Random(seed)
    content = bytearray(whole)
    for _ in range(3):
        start = dice.randrange(PAGE, len(content) - 200)
        content[start : start + 200] = dice.randbytes(200)
    for words in COMMANDS:
        put(launched, bytes(content))
        said = launched(*words)
        assert said.code in (0, 1), words
        assert said.code == 0 or said.err, words


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_pages_of_noise_are_called_damage(launched: Clerk, whole: bytes, words: tuple[str, ...]) -> None:
    put(launched, whole[: 2 * PAGE] + random.Random(1).randbytes(len(whole) - 2 * PAGE))
    said = launched(*words)
    assert said.code == 1
    assert any(sentence in said.err for sentence in SAID_SO), said.err


@pytest.mark.parametrize("size", [PAGE // 2, PAGE, 3 * PAGE, 20 * PAGE])
def test_a_file_cut_short_is_called_damage(launched: Clerk, whole: bytes, size: int) -> None:
    put(launched, whole[:size])
    said = launched("stuck")
    assert said.code == 1
    assert any(sentence in said.err for sentence in SAID_SO), said.err


def test_a_damaged_database_says_in_english_what_to_do(launched: Clerk, whole: bytes) -> None:
    put(launched, whole[: 2 * PAGE] + bytes(len(whole) - 2 * PAGE))
    said = launched("journal", "--lang", "en")
    assert "is damaged" in said.err and "campaign restore" in said.err


def test_a_backup_of_a_damaged_database_leaves_no_file(launched: Clerk, whole: bytes, tmp_path: Path) -> None:
    put(launched, whole[: 2 * PAGE] + random.Random(2).randbytes(len(whole) - 2 * PAGE))
    assert launched("backup", "copy.zip").code == 1
    assert not list(tmp_path.glob("copy.zip*"))


def test_work_goes_on_once_the_backup_is_restored(launched: Clerk, whole: bytes) -> None:
    launched.does("backup", "sound.zip")
    put(launched, whole[: 3 * PAGE])
    assert launched("stuck").code == 1
    (launched.folder / "campaign.db").unlink()
    shutil.rmtree(launched.folder / "campaign.db.files", ignore_errors=True)
    launched.does("restore", "sound.zip")
    assert launched.does("stuck", "--all").out
