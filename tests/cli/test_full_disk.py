"""A full disk: it is called that, the folder is named, and nothing half done is left."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from tests.cli.desk import flat
from tests.cli.test_process import PROGRAM, ended

# No file grows beyond so many bytes, and what the system says of such a limit is taken for what it says of a full disk.
FULL = (
    "import errno, resource; errno.ENOSPC, errno.EFBIG = errno.EFBIG, errno.ENOSPC; "
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
