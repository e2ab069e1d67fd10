"""The program as a process: how it ends, whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import PREPARATION, write_inputs

PROGRAM = "from engine.cli import main; main()"


def ended(folder: Path, *words: str, program: str = PROGRAM, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")} | environment
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(command, cwd=folder, env=mine, capture_output=True, text=True, errors="replace", check=False)


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
    assert said.returncode == 130
    assert said.stderr.strip() == "已中断。"


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


def test_run_ends_cleanly_when_it_is_told_to(tmp_path: Path) -> None:
    write_inputs(tmp_path)
    for words in PREPARATION:
        assert ended(tmp_path, *words).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-u", "-c", PROGRAM, "run"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
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
