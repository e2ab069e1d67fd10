"""Processes of their own that need not load the program first: forked off one that has loaded everything and does nothing else."""

from __future__ import annotations

import multiprocessing
import os
import selectors
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from engine.cli.table import COMMANDS

PATIENCE = 600
PROGRAM = "from engine.cli import main; main()"
# A fork of the process that runs the tests would take its threads' locks with it.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        *("pytest", "tests.crashes.dying", "tests.crashes.working", "tests.store.samples", "engine.cli.program"),
        *sorted({entry.module for entry in COMMANDS.values() if entry.module}),
        "tests.crashes.warm",
    ]
)


def start(act: Callable[..., None], *values: Any) -> BaseProcess:
    """A process that does that; values as they are."""
    process = FORKS.Process(target=act, args=values)
    process.start()
    return process


def finish(process: BaseProcess) -> int | None:
    """How it ended: 0, or the signal that killed it, negative."""
    process.join(PATIENCE)
    return process.exitcode


def ended(folder: Path, *words: str, program: str = PROGRAM, output: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """What the program came to, with these words, in that folder.

    program: what is run instead of it.  output: where what it prints goes instead.  It finds every module loaded already: what is said
    of a program that is being loaded is tried with a Python started anew.
    """
    mine = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")} | environment
    ears, mouths = zip(FORKS.Pipe(duplex=False), FORKS.Pipe(duplex=False), strict=True)
    process = start(_live, folder, words, program, mine, output, *mouths)
    for mouth in mouths:
        mouth.close()
    said, complained = _heard(*ears)
    code = finish(process)
    assert code is not None
    return subprocess.CompletedProcess(words, code, said, complained)


def together(address: str, *scripts: str) -> list[str]:
    """Run scripts, each in a process of its own; what those that failed complained of.

    They find a database's `address`, and `everybody`: whoever waits there goes on when all have come.
    """
    everybody, complaints = FORKS.Barrier(len(scripts), timeout=PATIENCE), FORKS.SimpleQueue()
    processes = [start(_take_part, script, address, everybody, complaints) for script in scripts]
    failed = [code for code in map(finish, processes) if code != 0]
    return [f"ended with {code}" if complaints.empty() else str(complaints.get()) for code in failed]


def _take_part(script: str, address: str, everybody: Any, complaints: Any) -> None:
    try:
        exec(script, {"address": address, "everybody": everybody})
    except BaseException:
        complaints.put(traceback.format_exc())
        raise


def _heard(*ears: Connection) -> list[str]:
    """All that comes through these pipes, until nobody is left who could write into them."""
    heard = {ear.fileno(): bytearray() for ear in ears}
    with selectors.DefaultSelector() as selector:
        for pipe in heard:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, 65536)
                heard[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fd)
    for ear in ears:
        ear.close()
    return [said.decode(errors="replace") for said in heard.values()]


def _live(
    folder: Path, words: tuple[str, ...], program: str, environment: Mapping[str, str], output: str, out: Connection, err: Connection
) -> None:
    """Be what a shell would have started there."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # Whoever loads a module may have asked where it is.
    tempfile.tempdir = None
    os.dup2(os.open(output, os.O_WRONLY) if output else out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.argv = ["-c", *words]
    exec(program, {"__name__": "__main__"})
