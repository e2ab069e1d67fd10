"""A clerk in an empty folder, and one whose campaign has been launched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.desk import PREPARATION, Clerk, type_all, write_inputs


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings, and a terminal as everybody has it."""
    for name in [name for name in os.environ if name.startswith("CAMPAIGN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clerk:
    """A clerk in an empty folder with a roster and a workflow file."""
    write_inputs(tmp_path)
    monkeypatch.chdir(tmp_path)
    return Clerk(tmp_path, capsys)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the campaign was launched on 4 May 2010, in a rehearsal; made once."""
    folder = tmp_path_factory.mktemp("prepared")
    write_inputs(folder)
    type_all(folder, PREPARATION)
    return folder


@pytest.fixture
def launched(prepared: Path, clerk: Clerk) -> Clerk:
    """A clerk whose campaign was launched on 4 May 2010."""
    shutil.copytree(prepared, clerk.folder, dirs_exist_ok=True)
    return clerk
