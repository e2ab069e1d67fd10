"""The program as a process: how it ends, whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import Clerk
from tests.forks import PROGRAM

# Whoever runs the tests in the background has them started deaf.
HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"


def ended(folder: Path, *words: str, program: str = PROGRAM, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a Python started anew: how it begins and ends is what these tests are about."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")} | environment
    command = [sys.executable, "-c", HEARING + program, *words]
    return subprocess.run(command, cwd=folder, env=mine, capture_output=True, text=True, errors="replace", check=False)


def expect_interrupted(said: subprocess.CompletedProcess[str], *sentences: str) -> None:
    """It ended as whatever is interrupted does, with one of these sentences and nothing else."""
    assert said.returncode == 130
    assert said.stderr.strip() in sentences


BROKEN = "import engine.cli.table as t; t.COMMANDS['stuck'] = t.Entry(module='json', brief=t.COMMANDS['stuck'].brief); " + PROGRAM


def test_a_fault_of_the_program_is_one_line_and_shows_where_only_on_request(tmp_path: Path) -> None:
    quiet = ended(tmp_path, "stuck", program=BROKEN)
    assert quiet.returncode == 1
    assert "程序内部出错" in quiet.stderr and "Traceback" not in quiet.stderr and quiet.stderr.count("\n") == 1
    assert "Internal error" in ended(tmp_path, "stuck", "--lang", "en", program=BROKEN).stderr
    assert "Traceback" in ended(tmp_path, "stuck", program=BROKEN, CAMPAIGN_DEBUG="1").stderr


def test_an_interrupt_is_one_line(tmp_path: Path) -> None:
    program = "import engine.cli.program as p, signal, os; p.load = lambda name: os.kill(os.getpid(), signal.SIGINT); " + PROGRAM
    said = ended(tmp_path, "stuck", program=program)
    expect_interrupted(said, "已中断。")


# Sends the process a signal the moment it begins to load a module.
AT_A_MODULE = """
import os, signal, sys
class Signals:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.{signal})
sys.meta_path.insert(0, Signals())
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("module", ["engine.cli.program", "click", "engine.cli.errors", "engine.cli.asking", "sqlalchemy", "sqlite3"])
def test_an_interrupt_while_the_program_is_being_loaded_is_one_line(tmp_path: Path, module: str, number: str) -> None:
    said = ended(tmp_path, "stuck", program=AT_A_MODULE.format(module=module, signal=number) + PROGRAM)
    expect_interrupted(said, "已中断。", "已中断。Interrupted.")
    assert said.stdout == ""


def test_an_interrupt_while_an_error_is_being_said_is_one_line_too(tmp_path: Path) -> None:
    program = "import engine.cli.program as p, signal, os; p.tell = lambda *_, **__: os.kill(os.getpid(), signal.SIGINT); " + PROGRAM
    said = ended(tmp_path, "stuk", program=program)
    expect_interrupted(said, "已中断。Interrupted.")


def test_an_interrupt_that_python_would_swallow_is_one_line_too(tmp_path: Path) -> None:
    program = (
        "import engine.cli.program as p, signal, os\n"
        "class Thing:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT)\n"
        f"p.load = lambda name: Thing() and 1 / 0\n{PROGRAM}"
    )
    said = ended(tmp_path, "stuck", program=program)
    expect_interrupted(said, "已中断。Interrupted.")


def test_a_second_interrupt_waits_for_nothing(tmp_path: Path) -> None:
    program = (
        "import engine.cli.program as p, signal, os\n"
        "def load(name):\n"
        "    try: os.kill(os.getpid(), signal.SIGINT)\n"
        "    finally: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"p.load = load\n{PROGRAM}"
    )
    said = ended(tmp_path, "stuck", program=program)
    expect_interrupted(said, "已中断。Interrupted.")


def test_whoever_is_started_without_an_ear_for_interrupts_stays_deaf(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    program = deaf + "import os, engine.cli.program as p; p.load = lambda name: os.kill(os.getpid(), signal.SIGINT); " + PROGRAM
    assert ended(tmp_path, "stuck", program=program).returncode != 130


@pytest.mark.parametrize("words", [("stuck",), ("stuck", "--lang", "en"), ("--version",), ("nonsense",)])
def test_a_python_that_drops_docstrings_is_refused_in_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = ended(tmp_path, *words, PYTHONOPTIMIZE="2")
    assert said.returncode == 1 and said.stdout == ""
    assert "-OO" in said.stderr and "什么都没有办" in said.stderr and "nothing was done" in said.stderr


def test_a_python_without_assertions_says_the_same_as_any_other(tmp_path: Path) -> None:
    assert "是不是 stuck" in ended(tmp_path, "stuk", PYTHONOPTIMIZE="1").stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "schema"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_a_terminal_that_cannot_show_chinese_shows_something(tmp_path: Path, encoding: str) -> None:
    said = ended(tmp_path, "--help", PYTHONIOENCODING=encoding)
    assert said.returncode == 0 and "stuck" in said.stdout and said.stderr == ""


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-c", PROGRAM, "schema"]
        said = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert said.returncode == 1
    assert "磁盘已满" in said.stderr and "Traceback" not in said.stderr


@pytest.mark.parametrize(("lang", "words"), [("zh", "什么都没有办"), ("en", "nothing was done")])
def test_with_standard_output_closed_nothing_is_done_and_that_is_said(tmp_path: Path, lang: str, words: str) -> None:
    command = ["sh", "-c", f'exec "{sys.executable}" -c "{PROGRAM}" init --rehearsal --lang {lang} >&-']
    said = subprocess.run(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, check=False)
    assert said.returncode == 1 and words in said.stderr and len(said.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_run_ends_cleanly_when_it_is_told_to(launched: Clerk) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-c", PROGRAM, "run"], cwd=launched.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        # What was due at the launch has been done by it: the first round has nothing to tell.
        lines = [process.stdout.readline().decode() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        rest, complaints = process.communicate(timeout=30)
    assert "演练" in lines[0] and "开始运行" in lines[1]
    assert "已停止" in rest.decode()
    assert complaints == b"" and process.returncode == 0


def test_the_first_page_does_without_the_database_and_the_reader_of_files(tmp_path: Path) -> None:
    program = f"import sys\ntry:\n    {PROGRAM}\nfinally:\n    print(sorted({{m.split('.')[0] for m in sys.modules}}), file=sys.stderr)"
    for words in (("--help",), ("--version",)):
        loaded = ended(tmp_path, *words, program=program).stderr
        assert "click" in loaded
        assert not any(
            f"'{name}'" in loaded for name in ("sqlalchemy", "lark", "ruamel", "apscheduler", "jinja2", "xlsxwriter", "transitions")
        )


def test_looking_does_without_what_only_others_need(tmp_path: Path) -> None:
    assert ended(tmp_path, "init").returncode == 0
    program = f"import sys\ntry:\n    {PROGRAM}\nfinally:\n    print(sorted(sys.modules), file=sys.stderr)"
    loaded = ended(tmp_path, "stuck", program=program).stderr
    assert "'engine.operations.asking'" in loaded
    for name in (
        "alembic",
        "lark",
        "ruamel",
        "apscheduler",
        "jinja2",
        "xlsxwriter",
        "docx",
        "transitions",
        "sqlalchemy.dialects.postgresql",
    ):
        assert f"'{name}'" not in loaded, name
    for name in ("notifiers.base", "engine.operations.stepping", "engine.store.launching", "engine.definition.expressions_check"):
        assert f"'{name}'" not in loaded, name
