"""Reads documents in a child process with limits of memory and time: nothing in a file can harm or stop the program itself."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.errors import CampaignError
from engine.evidence import kinds
from engine.evidence.facts import DocumentFacts
from engine.evidence.reasons import unread, wrong_type

MIB = 2**20
SECONDS: float = 20
MEMORY = 1024 * MIB
LARGEST = 100 * MIB
_MOST_ANSWER = 16 * MIB
# Where this program is, however it was installed.
_OURS = str(Path(__file__).resolve().parents[2])


class NoSuchFile(CampaignError):
    """找不到文件“{path}”。请检查路径和文件名是否写对。

    There is no file "{path}". Check its folder and name.
    """


class NotAFile(CampaignError):
    """“{path}”不是普通文件（是文件夹、管道或设备）。请指明要报送的那个文件。

    "{path}" is not an ordinary file (it is a folder, a pipe or a device). Name the file to hand in.
    """


class NotPermitted(CampaignError):
    """没有权限读取“{path}”。请修改文件的权限，或复制一份后再报送。

    There is no permission to read "{path}". Change its permissions, or hand in a copy.
    """


def read_document(path: Path, *, name: str, seconds: float = SECONDS, memory: int = MEMORY, largest: int = LARGEST) -> DocumentFacts:
    """What the file is and holds. name: as its owner calls it; seconds: for reading; memory, largest: bytes.

    Whatever is wrong with the file is a reason inside the facts. Raises NoSuchFile, NotAFile or NotPermitted.
    """
    return read_documents([path], names=[name], seconds=seconds, memory=memory, largest=largest)[0]


def read_documents(
    paths: Sequence[Path],
    *,
    names: Sequence[str] | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    largest: int = LARGEST,
) -> list[DocumentFacts]:
    """The facts of many files, in their order, read by one child that is started again when a file kills it.

    names: as their owners call them, by default the names of the paths; seconds: for each file.
    Raises NoSuchFile, NotAFile or NotPermitted before anything is read.
    """
    sizes = [_size(path) for path in paths]
    with _Reader(memory=memory) as reader:
        facts = []
        for path, size, name in zip(paths, sizes, names or [path.name for path in paths], strict=True):
            first = _first_look(path, size, kinds.suffix_of(name), largest)
            facts.append(first if isinstance(first, DocumentFacts) else reader.read(first, seconds))
        return facts


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A file for the child. format: which reader; suffix: the ending of its name."""

    path: Path
    format: str
    suffix: str


def _size(path: Path) -> int:
    try:
        found = path.stat()
    except PermissionError as error:
        raise NotPermitted(path=str(path)) from error
    except (OSError, ValueError) as error:
        raise NoSuchFile(path=str(path)) from error
    if not stat.S_ISREG(found.st_mode):
        raise NotAFile(path=str(path))
    if not os.access(path, os.R_OK):
        raise NotPermitted(path=str(path))
    return found.st_size


def _first_look(path: Path, size: int, suffix: str, largest: int) -> DocumentFacts | _Job:
    """What can be said without opening the file as a document, else the job for the child."""
    format = kinds.format_by_name(suffix)
    if size > largest:
        megabytes = {"megabytes": -(-size // MIB), "limit": -(-largest // MIB)}
        return unread("too-big", format=format, suffix=suffix, **megabytes)
    if size == 0:
        return unread("empty", format=format, suffix=suffix)
    return _decide(path, kinds.kind_of(_head(path), suffix=suffix), suffix)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(kinds.HEAD)
    except FileNotFoundError as error:
        raise NoSuchFile(path=str(path)) from error
    except OSError as error:
        raise NotPermitted(path=str(path)) from error


# Archives and old Office files are opened whatever their name, so that a wrong name can be answered with what is really inside.
_READER_OF = {"zip": "docx", "ole": "ole"}
_OWN_READER = {("pdf", "pdf"): "pdf", ("txt", "text"): "txt", ("md", "text"): "md"}


def _decide(path: Path, kind: kinds.Kind | None, suffix: str) -> DocumentFacts | _Job:
    format = kinds.format_by_name(suffix)
    if suffix == "" and kind is not None:
        format, suffix = _nameless(kind)
    if format == "other":
        return _other(kind, suffix)
    if kind is None and format in ("txt", "md"):
        return unread("unknown-encoding", format=format, suffix=suffix)
    if kind is None:
        return unread("damaged", format=format, suffix=suffix)
    reader = _READER_OF.get(kind.family) or _OWN_READER.get((format, kind.family))
    if reader is None:
        return wrong_type(kind, format=_format_of(kind), suffix=suffix)
    return _Job(path=path.absolute(), format=reader, suffix=suffix)


def _nameless(kind: kinds.Kind) -> tuple[str, str]:
    """A name without an ending promises nothing: the bytes decide."""
    suffix = {"pdf": "pdf", "zip": "docx", "ole": "doc", "text": "txt"}.get(kind.family, "")
    return kinds.format_by_name(suffix), suffix


def _format_of(kind: kinds.Kind) -> str:
    return {"pdf": "pdf", "text": "txt"}.get(kind.family, "other")


def _other(kind: kinds.Kind | None, suffix: str) -> DocumentFacts:
    if kind is not None and kinds.known(suffix) and suffix not in kind.suffixes:
        return wrong_type(kind, format=_format_of(kind), suffix=suffix)
    return unread("other-type" if suffix else "no-ending", format="other", suffix=suffix)


class _ChildFailed(Exception):
    """The child gave no answer; the argument is the code of the reason."""


class _Reader:
    """One child at a time, started when first needed and again after it died."""

    def __init__(self, *, memory: int) -> None:
        self.memory = memory
        self.child: subprocess.Popen[bytes] | None = None
        self.answers = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def read(self, job: _Job, seconds: float) -> DocumentFacts:
        """The facts that the child answers, or those that say why it did not."""
        used = self.answers > 0
        facts = self.once(job, seconds)
        if facts.reason is None or facts.reason.code not in ("reader-failed", "too-heavy"):
            return facts
        self.stop()
        # What a file before this one left behind in the child may be to blame: it gets a child of its own.
        return self.once(job, seconds) if used else facts

    def once(self, job: _Job, seconds: float) -> DocumentFacts:
        try:
            facts = DocumentFacts.from_json(json.loads(self.answer(job, seconds)))
        except _ChildFailed as failure:
            code = str(failure)
        except (ValueError, TypeError, RecursionError):
            code = "reader-failed"
        else:
            self.answers += 1
            return facts
        self.stop()
        format = "doc" if job.format == "ole" else job.format
        return unread(code, format=format, suffix=job.suffix, seconds=f"{seconds:g}")

    def answer(self, job: _Job, seconds: float) -> bytes:
        """One line from the child. Raises _ChildFailed."""
        line = json.dumps({"path": os.fspath(job.path), "format": job.format, "suffix": job.suffix, "seconds": seconds}) + "\n"
        child = self.running()
        assert child.stdin is not None and child.stdout is not None
        try:
            child.stdin.write(line.encode("ascii"))
            child.stdin.flush()
        except BrokenPipeError as error:
            raise _ChildFailed(self.died()) from error
        return self.line(child.stdout.fileno(), time.monotonic() + seconds)

    def line(self, pipe: int, end: float) -> bytes:
        """What comes through the pipe up to the end of a line, before the instant `end` of the monotonic clock."""
        taken = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not taken.endswith(b"\n"):
                if not selector.select(max(0.0, end - time.monotonic())):
                    raise _ChildFailed("too-slow")
                chunk = os.read(pipe, MIB)
                taken += chunk
                if not chunk or len(taken) > _MOST_ANSWER:
                    raise _ChildFailed(self.died() if not chunk else "reader-failed")
        return bytes(taken)

    def running(self) -> subprocess.Popen[bytes]:
        if self.child is None or self.child.poll() is not None:
            self.stop()
            self.child = _start(self.memory)
        return self.child

    def died(self) -> str:
        """Why the child died: of its limit of processor time, or otherwise."""
        assert self.child is not None
        try:
            status = self.child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "reader-failed"
        return "too-slow" if status == -signal.SIGXCPU else "reader-failed"

    def stop(self) -> None:
        """End the child and whatever it may have started."""
        child, self.child, self.answers = self.child, None, 0
        if child is None:
            return
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        assert child.stdin is not None and child.stdout is not None
        # Closing the input of a dead child flushes what it never read.
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        child.stdout.close()
        child.wait()


def _start(memory: int) -> subprocess.Popen[bytes]:
    # The child sees no environment but where the modules are: secrets come by environment, and it opens strangers' files.
    places = os.pathsep.join([_OURS, *map(os.path.abspath, sys.path)])
    return subprocess.Popen(
        # It needs nothing of what `site` looks for each time a Python starts: where everything is stands in its path.
        [sys.executable, "-S", "-m", "engine.evidence.child", str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": places, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        start_new_session=True,
    )
