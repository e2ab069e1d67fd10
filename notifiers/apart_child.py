"""The child process that writes letters in an office's own words: `python -m notifiers.apart_child MEMORY`.

It reads jobs (see `apart`), each as its length and a pickle, and answers each with its length and a line of JSON. It limits itself: MEMORY
bytes of address space, processor seconds per letter, no file may be written. Whatever kills it kills nobody else.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import resource
import signal
import sys
from collections.abc import Mapping
from time import process_time
from types import FrameType
from typing import Any, BinaryIO

from notifiers.texts import TextError, Texts, compose, place_of

_LENGTH = 4
_AGAIN = 0.5


class _TooLong(Exception):
    """The letter has taken its time."""


def main() -> None:
    """Answer jobs until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints must not print into an answer.
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGPROF, _give_up)
    texts: dict[str, Texts] = {}
    while (job := _next(sys.stdin.buffer)) is not None:
        if job["texts"] is not None:
            texts = {job["key"]: job["texts"]}
        begun = process_time()
        came_to = _answer(job, texts[job["key"]])
        answer = json.dumps({**came_to, "spent": process_time() - begun}).encode()
        answers.write(len(answer).to_bytes(_LENGTH, "big") + answer)
        answers.flush()


def _next(jobs: BinaryIO) -> Any:
    """The next job, which our own parent wrote; None where there is none any more."""
    head = jobs.read(_LENGTH)
    return pickle.loads(jobs.read(int.from_bytes(head, "big"))) if len(head) == _LENGTH else None


def _answer(job: Mapping[str, Any], own: Texts) -> dict[str, Any]:
    seconds = job["seconds"]
    _limit_seconds(seconds)
    try:
        # Again and again: Jinja2 forgives whatever goes wrong while it works out what never changes.
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
        try:
            return vars(compose(job["view"], own))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TextError as error:
        return {"file": error.file, "line": error.line, "why": error.why}
    except _TooLong as error:
        file, line = place_of(error)
        return {"file": file, "line": line, "slow": True}


def _give_up(_: int, __: FrameType | None) -> None:
    raise _TooLong


def _limit_seconds(seconds: float) -> None:
    """A second later the system itself gives up on what never comes back to Python, such as a number with a million digits."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
