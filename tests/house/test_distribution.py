"""What is installed is what stands here, and the lock files say where every byte comes from."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.reading import HOUSE, MADE_HERE, expect_nothing, imports, sources

ROOMS = ("engine", "notifiers", "workflows")
LOCKS = ("requirements.lock", ".ci/requirements.lock")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$", re.MULTILINE)
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def ours(house: Path) -> set[str]:
    """The files of the rooms that are installed."""
    return {
        path.relative_to(house).as_posix()
        for room in ROOMS
        for path in (house / room).rglob("*")
        if path.is_file() and not MADE_HERE & set(path.parts)
    }


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel built from a copy, since building leaves its traces where it is done."""
    for room in ROOMS:
        shutil.copytree(HOUSE / room, tmp_path / "house" / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(HOUSE / name, tmp_path / "house")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), "."]
    subprocess.run(build, cwd=tmp_path / "house", check=True)
    return next(tmp_path.glob("campaign-*.whl"))


def test_a_wheel_carries_every_file_of_the_rooms_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as parts:
        carried = {name for name in parts.namelist() if ".dist-info/" not in name}
        entry = next(parts.read(name).decode() for name in parts.namelist() if name.endswith("entry_points.txt"))
    expect_nothing(ours(HOUSE) ^ carried)
    assert "campaign = engine.cli:main" in entry


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_place_to_fetch_from_and_has_a_hash_for_everything(name: str) -> None:
    text = (HOUSE / name).read_text(encoding="utf-8")
    without_hashes = HASH.sub("", text)
    assert "://" not in without_hashes
    assert "--" not in without_hashes
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:])
    assert len(PIN.findall(text)) > 20


def test_no_version_is_locked_twice() -> None:
    first, second = ({name for name, _ in PIN.findall((HOUSE / lock).read_text(encoding="utf-8"))} for lock in LOCKS)
    assert first & second == set()


def declared(*, also: str = "") -> set[str]:
    """The distributions that setup.cfg asks for: those of the program, and those of an extra too where one is named."""
    settings = ConfigParser()
    settings.read(HOUSE / "setup.cfg", encoding="utf-8")
    asked = settings["options"]["install_requires"] + (settings["options.extras_require"][also] if also else "")
    return {spelled(name) for name in re.findall(r"^[A-Za-z0-9._-]+", asked, re.MULTILINE)}


def spelled(distribution: str) -> str:
    """A distribution's name in the one spelling in which two can be compared."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def strangers(*rooms: str) -> dict[str, str]:
    """What rooms import that is neither Python's nor ours, with one place each."""
    known = {*sys.stdlib_module_names, *ROOMS, "tests"}
    found = {module.split(".")[0]: file.at(node) for file in sources(*rooms) for node, module, _ in imports(file.tree)}
    return {name: place for name, place in found.items() if name not in known}


@pytest.mark.parametrize(("rooms", "extra"), [(("engine", "notifiers"), ""), (("tests",), "dev")])
def test_whatever_is_imported_is_asked_for_by_name(rooms: tuple[str, ...], extra: str) -> None:
    owners, asked = packages_distributions(), declared(also=extra)
    expect_nothing(f"{place} {name}" for name, place in strangers(*rooms).items() if not {spelled(owner) for owner in owners[name]} & asked)


# Read by Python where the system has no time zones of its own; loaded by SQLAlchemy for an address that names it.
NEVER_IMPORTED = {"tzdata", "psycopg"}


def test_whatever_the_program_asks_for_is_imported() -> None:
    owners = packages_distributions()
    used = {spelled(owner) for name in strangers("engine", "notifiers") for owner in owners[name]}
    expect_nothing(declared() - used - NEVER_IMPORTED)
