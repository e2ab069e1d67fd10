"""The contracts on who imports whom can be broken: a contract that nothing breaks holds nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.reading import HOUSE, expect_nothing

STRANGERS = (
    "sqlalchemy",
    "transitions",
    "ruamel.yaml",
    "lark",
    "apscheduler",
    "click",
    "jinja2",
    "smtplib",
    "httpx",
    "chinese_calendar",
    "icalendar",
)
BREACHES = {
    "engine/errors.py": "import engine.clock",
    "engine/org/__init__.py": "\n".join(f"import {stranger}" for stranger in STRANGERS),
    "notifiers/__init__.py": "import engine.sentences",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what the contracts are about."""
    for room in ("engine", "notifiers"):
        shutil.copytree(HOUSE / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOUSE / "setup.cfg", tmp_path)
    return tmp_path


def verdicts(house: Path) -> list[str]:
    """The lines in which import-linter says what became of each contract."""
    # Wide enough for the longest name of a contract on one line.
    environment = {**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"}
    tool = Path(sys.prefix) / "bin" / "lint-imports"
    ended = subprocess.run([tool, "--no-cache", "--no-logo"], cwd=house, env=environment, capture_output=True, text=True, check=False)
    found = [line for line in ended.stdout.splitlines() if " KEPT" in line or " BROKEN" in line]
    assert found, ended.stdout + ended.stderr
    return found


def test_every_contract_is_broken_by_a_breach_of_it(house: Path) -> None:
    for place, breach in BREACHES.items():
        with (house / place).open("a", encoding="utf-8") as file:
            file.write(f"\n{breach}\n")
    found = verdicts(house)
    assert len(found) == (HOUSE / "setup.cfg").read_text(encoding="utf-8").count("[importlinter:contract:")
    expect_nothing(line for line in found if " BROKEN" not in line)
