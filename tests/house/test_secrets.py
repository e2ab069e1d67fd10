"""Nothing in the house tells on a machine or on a person."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.reading import HOUSE, expect_nothing, files, texts

# Taken apart, or this file would tell on itself.
FOLDERS = "|".join(("work", "root", "tmp/team", "tmp/bash_jobs", "opt/pypi", "opt/wheels", r"home/\w+", r"Users/\w+"))
MACHINE = re.compile(r"(?<![\w.~})/-])/(?:" + FOLDERS + r")(?=[/\s'\"`:,)]|$)")
ADDRESS = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
# `-example.org` cannot be registered: it stands for an address that was mistyped.
MADE_UP_ADDRESS = re.compile(r"@(?:[a-z0-9-]+\.)*-?example\.org$", re.IGNORECASE)
TELEPHONE = re.compile(r"(?<![\w.])(?:\+?86[ -]?)?(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8})(?![\w.])")
# Nobody is given a number with four zeros or four fives in a row after the network's or the town's.
MADE_UP_TELEPHONE = re.compile(r"0000|5555")
IDENTITY = re.compile(r"(?<![\w.])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\w.])")


def machine_paths(text: str) -> list[str]:
    return MACHINE.findall(text)


def addresses(text: str) -> list[str]:
    return [found for found in ADDRESS.findall(text) if not MADE_UP_ADDRESS.search(found)]


def telephones(text: str) -> list[str]:
    return [found for found in TELEPHONE.findall(text) if not MADE_UP_TELEPHONE.search(found)]


def identities(text: str) -> list[str]:
    return [found for found in IDENTITY.findall(text) if checks_out(found)]


def checks_out(identity: str) -> bool:
    """Whether the last digit of an identity number fits the others (GB 11643); a number that does not fit is nobody's."""
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(identity[:17]))
    return "10X98765432"[weighed % 11] == identity[17].upper()


def found_in_the_house(search: Callable[[str], list[str]]) -> list[tuple[str, str]]:
    """Which file tells what."""
    return [(path.relative_to(HOUSE).as_posix(), found) for path in files() for text in texts(path) for found in search(text)]


@pytest.mark.parametrize("search", [machine_paths, addresses, telephones, identities])
def test_no_file_tells_on_a_machine_or_a_person(search: Callable[[str], list[str]]) -> None:
    expect_nothing(f"{place}: {found}" for place, found in found_in_the_house(search))


@pytest.mark.parametrize(
    ("search", "told", "kept"),
    [
        (machine_paths, "open('/" + "root/x')", "engine/work"),
        (machine_paths, "/" + "work/main", "see notes/work/x and https://example.org/work/x"),
        (addresses, "写信到 li.ming@" + "example.edu.cn", "li.ming@example.org, office@mail.example.org"),
        (addresses, "someone@" + "notexample.org", "@pytest.fixture"),
        (telephones, "电话" + " 139" + "12345678", "电话 13900001234"),
        (telephones, "010" + "-62345678", "010-55550123, 2010-06-30, 1290000000"),
        (identities, "1101" + "0519491231002X", "110105194912310021, 20101231000000"),
    ],
)
def test_what_tells_is_found_and_what_does_not_is_left_alone(search: Callable[[str], list[str]], told: str, kept: str) -> None:
    assert search(told) != []
    assert search(kept) == []


def test_a_workbook_is_searched_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "roster.xlsx", "w") as parts:
        parts.writestr("xl/sharedStrings.xml", "<t>li@" + "example.edu.cn</t>")
    assert [found for text in texts(tmp_path / "roster.xlsx") for found in addresses(text)] != []
