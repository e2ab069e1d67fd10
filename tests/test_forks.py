"""What is forked is as good as a program started anew: it prints, ends and complains as that does, and has everything loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forks import ended, together


def test_a_fork_finds_the_program_loaded_and_its_statements_compiled(tmp_path: Path) -> None:
    asked = "import sys; print(*('engine.cli.asking' in sys.modules, 'tests.crashes.warm' in sys.modules))"
    assert ended(tmp_path, program=asked).stdout == "True True\n"


def test_it_stands_in_its_folder_with_the_words_and_the_environment_it_was_given(tmp_path: Path) -> None:
    asked = "import os, sys; print(os.getcwd(), sys.argv[1:], os.environ['CAMPAIGN_LANG'])"
    assert ended(tmp_path, "甲", "--乙", program=asked, CAMPAIGN_LANG="en").stdout == f"{tmp_path} ['甲', '--乙'] en\n"


@pytest.mark.parametrize(("ends", "code", "complains"), [("0", 0, ""), ("3", 3, ""), ("'不行'", 1, "不行\n")])
def test_all_that_it_says_is_heard_and_how_it_ended(tmp_path: Path, ends: str, code: int, complains: str) -> None:
    said = ended(tmp_path, program=f"import sys; print('甲' * 100_000); sys.exit({ends})")
    assert (said.returncode, said.stdout, said.stderr) == (code, "甲" * 100_000 + "\n", complains)


def test_what_it_prints_can_go_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    assert ended(tmp_path, program="print('甲')", output=str(tmp_path / "out")).stdout == ""
    assert (tmp_path / "out").read_text("utf-8") == "甲\n"


def test_of_scripts_that_run_together_those_that_fail_say_why() -> None:
    complaints = together("甲", "everybody.wait()", "everybody.wait(); raise ValueError(address)")
    assert len(complaints) == 1 and "ValueError: 甲" in complaints[0]
