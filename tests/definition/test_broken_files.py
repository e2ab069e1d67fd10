"""Every file in `broken` is refused for exactly the reasons in its own first lines: place, code, path, and the sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.operations.loading import check_bytes
from engine.sentences import Problem

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def expected(text: str) -> list[tuple[str, str]]:
    """The pairs of lines a file begins with: `# LINE:COLUMN CODE PATH`, then the sentence."""
    header = []
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        header.append(line.removeprefix("# "))
    return list(zip(header[::2], header[1::2], strict=True))


def errors(path: Path) -> list[Problem]:
    """All that is wrong with a file, its dates and the whole of it included; there is always something."""
    checked = check_bytes(path.read_bytes(), path.name)
    assert not checked.sound
    return [problem for problem in checked.problems if problem.severity == "error"]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_says_what_is_wrong_and_where(path: Path) -> None:
    said = [
        (
            f"{problem.line}:{problem.column} {problem.code} {problem.path}".rstrip(),
            problem.message.say("zh") + (problem.hint.say("zh") if problem.hint else ""),
        )
        for problem in errors(path)
    ]
    assert said == expected(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_sentence_can_be_said_in_english_and_names_the_file(path: Path) -> None:
    for problem in errors(path):
        assert problem.message.say("en").strip()
        assert problem.file == path.name


def test_there_are_enough_broken_files() -> None:
    assert len(BROKEN) >= 60


@pytest.mark.parametrize("path", [path for path in BROKEN if path.stem.startswith("not_yet")], ids=lambda path: path.stem)
def test_what_is_not_built_is_refused_as_not_yet(path: Path) -> None:
    problems = errors(path)
    assert {problem.code for problem in problems} == {"not-yet"}
    assert all("yet" in problem.message.say("en") for problem in problems)
    assert all("还不" in problem.message.say("zh") or "还不能" in problem.message.say("zh") for problem in problems)
