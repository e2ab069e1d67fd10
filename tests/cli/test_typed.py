"""What the program tells people to type can be typed where they are."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from engine.cli.typed import quoted, typed, with_database
from tests.cli.desk import Clerk


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program called `campaign` in a folder of its own."""
    folder = tmp_path / "my tools"
    folder.mkdir()
    (folder / "campaign").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "campaign").chmod(0o755)
    return folder / "campaign"


def test_a_program_that_is_not_found_by_its_name_is_named_by_its_path(program: Path) -> None:
    assert typed(str(program), search="/nowhere") == f"'{program}'"


def test_a_program_that_is_found_by_its_name_is_named_by_it(program: Path) -> None:
    assert typed(str(program), search=str(program.parent)) == "campaign"


@pytest.mark.parametrize("started_by", ["-c", "campaign", "/nowhere/campaign"])
def test_what_cannot_be_typed_is_not_told(started_by: str) -> None:
    assert typed(started_by, search="/nowhere") == "campaign"


def test_the_steps_after_init_are_whole_commands(clerk: Clerk) -> None:
    assert " units import " in clerk.does("init", "--rehearsal").out


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["演练.db", "my rehearsal.db"])
def test_the_steps_after_init_work_as_they_are_printed_in_the_database_that_was_named(clerk: Clerk, name: str, lang: str) -> None:
    said = clerk.does("init", "--rehearsal", "--db", name, "--lang", lang).out
    steps = [shlex.split(line)[1:] for line in said.splitlines() if line.startswith("  ")]
    roster, workflow = ("花名册.xlsx", "工作流.yaml") if lang == "zh" else ("roster.xlsx", "workflow.yaml")
    shutil.copy(clerk.folder / "workflow.yaml", clerk.folder / "copy.yaml")
    (clerk.folder / "copy.yaml").replace(clerk.folder / workflow)
    filled = (clerk.folder / "roster.xlsx").read_bytes()
    (clerk.folder / "roster.xlsx").unlink()
    clerk.does(*steps[0])
    (clerk.folder / roster).write_bytes(filled)
    for step in steps[1:]:
        clerk.does(*step)


def test_the_steps_after_init_name_no_database_where_none_was_named(clerk: Clerk) -> None:
    assert "--db" not in clerk.does("init", "--rehearsal").out


@pytest.mark.parametrize(("word", "said"), [("演练.db", "演练.db"), ("a b", "'a b'"), ("a'b", "'a'\"'\"'b'"), ("$x", "'$x'")])
def test_a_word_is_quoted_only_where_a_shell_needs_it(word: str, said: str) -> None:
    assert quoted(word) == said


def test_a_password_is_not_printed_with_the_database() -> None:
    said = with_database("postgresql+psycopg://clerk:s3cret@db.example.org/campaign")
    assert said == " --db 'postgresql+psycopg://clerk:***@db.example.org/campaign'"
