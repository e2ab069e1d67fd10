"""What the README tells people to type does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reading import HOUSE

README = HOUSE / "README.md"
BLOCK = re.compile(r"^<!-- test -->\n(?:[ \t]*\n)*```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPECTED = re.compile(r"\s+# exit (\d+)$")


def blocks(markdown: str) -> list[str]:
    """The commands of every ```sh block that stands under `<!-- test -->`, in their order."""
    return BLOCK.findall(markdown)


def commands(block: str) -> Iterator[str]:
    """The commands of a block, one at a time: a line that ends with a backslash goes on in the next."""
    parts: list[str] = []
    for line in block.splitlines():
        parts.append(line)
        if not line.endswith("\\"):
            yield "\n".join(parts)
            parts.clear()
    if parts:
        yield "\n".join(parts)


def script(block: str) -> str:
    """The block as bash runs it: as it stands, but that a command marked `# exit 1` has to end with that number."""
    return "\n".join(checked(command) for command in commands(block)) + "\n"


def checked(command: str) -> str:
    """A marked command with what checks its exit code; any other command as it is."""
    if not (mark := EXPECTED.search(command)):
        return command
    wrong = f'echo "this ended with $ended, not with {mark[1]}" >&2; exit 99'
    return f'ended=0\n{command[: mark.start()]} || ended=$?\nif [ "$ended" -ne {mark[1]} ]; then {wrong}; fi'


def run(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a block in a folder as somebody would who has the program installed and nothing set."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")}
    mine["PATH"] = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{mine['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", script(block)], cwd=folder, env=mine, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_the_commands_of_the_readme_do_what_it_says(tmp_path: Path) -> None:
    found = blocks(README.read_text(encoding="utf-8"))
    assert found, "README.md has no ```sh block under <!-- test -->"
    for block in found:
        ended = run(block, tmp_path)
        assert ended.returncode == 0, f"{block}\nended with {ended.returncode}\n{ended.stdout}\n{ended.stderr}"


def test_only_the_marked_blocks_are_run() -> None:
    marked = "<!-- test -->\n```sh\nfirst\n```\n\n<!-- test -->\n\n```sh\nsecond\nthird\n```\n"
    shown = "```sh\nrm -r all\n```\n\n" + marked + "\n<!-- test -->\n```\nno\n```\n"
    assert blocks(shown) == ["first\n", "second\nthird\n"]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("true\n", 0),
        ("false\ntrue\n", 1),
        ("sh -c 'exit 3'  # exit 3\ntrue\n", 0),
        ("sh -c 'exit 3'  # exit 1\n", 99),
        ("true  # exit 1\n", 99),
        ("true  # exit 0\n", 0),
        ("sh -c \\\n  'exit 3'  # exit 3\nfalse\n", 1),
        ("cat > list <<'END'\none\nEND\ntest -s list\n", 0),
        ("nobody-has-such-a-command\n", 127),
    ],
)
def test_a_block_fails_with_its_first_command_that_ends_otherwise_than_it_says(block: str, code: int, tmp_path: Path) -> None:
    assert run(block, tmp_path).returncode == code


def test_the_blocks_find_the_program_of_this_environment_first(tmp_path: Path) -> None:
    assert run("command -v python\n", tmp_path).stdout.strip() == str(Path(sys.prefix) / "bin" / "python")
