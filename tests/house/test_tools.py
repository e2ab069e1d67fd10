"""What tools find in the whole house: asked of them as `make` does, beside the other tests and not before them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house.reading import HOUSE


@pytest.mark.parametrize("check", ["types", "contracts"])
def test_the_tools_find_nothing(check: str) -> None:
    # Whatever runs this test is set up already.
    call = ["make", "--silent", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/.checks", check]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(call, cwd=HOUSE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
