"""What the program tells people to type can be typed where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.typed import typed
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
