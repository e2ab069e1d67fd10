"""Mail that came in, as files: a maildir, an mbox, or a folder of single mails. Nothing is changed, moved or deleted."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# What a delivery report says stands in its first few thousand bytes; what follows is the letter that came back.
MOST = 128 * 1024
_LINE = 64 * 1024
_MAILDIR = ("new", "cur")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail as it lies there. name: its file, with its number in an mbox.  content: its first bytes, at most MOST; None: unreadable."""

    name: str
    content: bytes | None


def mails(place: Path) -> Iterator[Mail]:
    """Every mail there, in the order of names, or of an mbox. Raises OSError where there is no such place, or it cannot be read."""
    # What is neither (a pipe, a device) may never end, or never begin.
    if not (place.is_dir() or place.is_file()):
        raise FileNotFoundError(place)
    return _of_folder(place) if place.is_dir() else _of_file(place)


def _of_folder(place: Path) -> Iterator[Mail]:
    parts = [place / name for name in _MAILDIR if (place / name).is_dir()] or [place]
    files = sorted((entry.name, entry.path) for part in parts for entry in os.scandir(part) if _is_mail(entry))
    return (Mail(name=name, content=_beginning(Path(path))) for name, path in files)


def _is_mail(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file at all: what waits for somebody to write into it (a pipe) would never end, a link may lead to itself."""
    try:
        return not entry.name.startswith(".") and entry.is_file()
    except OSError:
        return False


def _beginning(file: Path) -> bytes | None:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST)
    except OSError:
        return None


def _of_file(place: Path) -> Iterator[Mail]:
    with place.open("rb") as opened:
        if opened.read(5) != b"From ":
            return iter([Mail(name=place.name, content=_beginning(place))])
    return _of_mbox(place)


def _of_mbox(place: Path) -> Iterator[Mail]:
    with place.open("rb") as opened:
        for number, content in enumerate(_split(_lines(opened)), 1):
            yield Mail(name=f"{place.name} {number}", content=content)


def _lines(opened: BinaryIO) -> Iterator[bytes]:
    """Its lines; one without an end comes in pieces."""
    while line := opened.readline(_LINE):
        yield line


def _split(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The mails of an mbox: each begins with a line `From ` after a blank one, or after none."""
    parts: list[bytes] = []
    size, blank, begun = 0, True, False
    for line in lines:
        if blank and line.startswith(b"From "):
            if begun:
                yield b"".join(parts)
            parts, size, begun = [], 0, True
        elif size < MOST:
            parts.append(line)
            size += len(line)
        blank = not line.strip(b"\r\n")
    if begun:
        yield b"".join(parts)
