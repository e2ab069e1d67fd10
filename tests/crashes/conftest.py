"""Rooms for the stories, on SQLite and on PostgreSQL in turn."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crashes.rooms import Rooms, make_rooms


@pytest.fixture
def rooms(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Rooms:
    """Rooms of this test's own."""
    return make_rooms(tmp_path, None if backend == "sqlite" else request.getfixturevalue("postgres"))


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say a figure to whoever runs the proof, also past the workers of xdist."""

    def said(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}", file=sys.stderr, flush=True)

    return said
