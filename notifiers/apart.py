"""Letters in an office's own words, written apart: in a child process with limits of memory and time, so that no template can stop ours.

The house's own texts are as trusted as its code, and are written here.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import selectors
import signal
import subprocess
import sys
import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from notifiers.texts import Composed, TextError, Texts, compose
from notifiers.views import LetterView

# Processor seconds for one letter, which takes a hundredth of one.
SECONDS: float = 5
MEMORY = 512 * 2**20
# It ends by its processor time; the clock runs on while the processor is with others, and has the word only where nothing else helps.
_PATIENCE = 60
_MOST_ANSWER = 4 * 2**20
_LENGTH = 4
_OURS = str(Path(__file__).resolve().parents[1])


class TooHeavy(TextError):
    """A mail template that takes too long, or too much memory: it would do so in the next letter as well."""


def write(view: LetterView, own: Texts, *, seconds: float = SECONDS) -> Composed:
    """The letter's words. seconds: of processor time. Raises TextError, TooHeavy."""
    return _CHILD.write(view, own, seconds) if own else compose(view)


def spent() -> float:
    """Processor seconds that letters have taken apart so far: where the machine is busy the clock says more."""
    return _CHILD.spent


class _Gone(Exception):
    """The child gave no answer."""


class _Child:
    """One child, started when first needed and again after it died; a process that was forked off has its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._parent = 0
        self._knows = ""
        self.spent = 0.0

    def write(self, view: LetterView, own: Texts, seconds: float) -> Composed:
        with self._lock:
            try:
                answer = self._ask(view, own, seconds)
            except _Gone:
                self.stop()
                raise TooHeavy("", 0, *_TOO_HEAVY) from None
        self.spent += answer.pop("spent")
        if "subject" in answer:
            return Composed(**answer)
        if "slow" in answer:
            raise TooHeavy(answer["file"], answer["line"], *_TOO_HEAVY)
        raise TextError(answer["file"], answer["line"], *answer["why"])

    def _ask(self, view: LetterView, own: Texts, seconds: float) -> Any:
        process, key = self._running(), _key(own)
        job = {"key": key, "texts": None if key == self._knows else own, "view": view, "seconds": seconds}
        self._knows = key
        content = pickle.dumps(job)
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(len(content).to_bytes(_LENGTH, "big") + content)
            process.stdin.flush()
        except BrokenPipeError as error:
            raise _Gone from error
        end, pipe = time.monotonic() + _PATIENCE, process.stdout.fileno()
        size = int.from_bytes(_read(pipe, _LENGTH, end), "big")
        if size > _MOST_ANSWER:
            raise _Gone
        return json.loads(_read(pipe, size, end))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._parent != os.getpid():
            # Forked off: the child is our parent's, and so is whatever it answers.
            self._process, self._parent = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = _start()
        return self._process

    def stop(self) -> None:
        """End the child."""
        process, self._process, self._knows = self._process, None, ""
        if process is None or self._parent != os.getpid():
            return
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        assert process.stdin is not None and process.stdout is not None
        # Closing the input of a dead child flushes what it never read.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        process.wait()


def _read(pipe: int, size: int, end: float) -> bytes:
    """So many bytes that come through the pipe before the instant `end` of the monotonic clock. Raises _Gone."""
    taken = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(taken) < size:
            if not selector.select(max(0.0, end - time.monotonic())):
                raise _Gone
            piece = os.read(pipe, size - len(taken))
            if not piece:
                raise _Gone
            taken += piece
    return bytes(taken)


@lru_cache(maxsize=16)
def _key(own: Texts) -> str:
    digest = sha256()
    for name, source in own:
        digest.update(f"{name}\0{source}\0".encode())
    return digest.hexdigest()


def _start() -> subprocess.Popen[bytes]:
    # It sees no environment but where the modules are: secrets come by environment, and what it runs is not ours.
    places = os.pathsep.join([_OURS, *map(os.path.abspath, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-S", "-m", "notifiers.apart_child", str(MEMORY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": places, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        start_new_session=True,
    )


_TOO_HEAVY = (
    "写成一封信所用的时间或内存太多（如循环太长、文字太大），已经中断。",
    "a letter takes too much time or memory (a loop that is too long, a text that is too large) and was broken off.",
)
_CHILD = _Child()
atexit.register(_CHILD.stop)
