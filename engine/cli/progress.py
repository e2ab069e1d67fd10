"""How far a long work has come, in one line of the terminal: said after a second, said again a few times a second, gone at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from engine.cli import layout
from engine.progress import Progress, Watch, unwatched
from engine.sentences import Lang

# Seconds: nobody wonders for so long, and nobody reads faster.
_PATIENCE, _EVERY = 1.0, 0.2
_BAR = 20


@contextmanager
def watched(lang: Lang, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> Iterator[Watch]:
    """Whoever is given this watch is seen at work, where there is a terminal to see it on."""
    shown = stream or sys.stderr
    if shown is None or not shown.isatty():
        yield unwatched
        return
    line = _Line(lang, shown, clock)
    try:
        yield line.show
    finally:
        line.wipe()


class _Line:
    """The last line of a terminal. Written over with blanks, not with codes that some terminals would show."""

    def __init__(self, lang: Lang, stream: TextIO, clock: Callable[[], float]) -> None:
        self._lang = lang
        self._stream = stream
        self._clock = clock
        self._next = clock() + _PATIENCE
        self._width = 0

    def show(self, progress: Progress) -> None:
        """Say it, unless it is too early."""
        now = self._clock()
        if now >= self._next:
            self._next = now + _EVERY
            self._write(text_of(progress, self._lang, layout.terminal_width() - 1))

    def wipe(self) -> None:
        """Leave nothing behind."""
        if self._width:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()

    def _write(self, text: str) -> None:
        used = layout.width(text)
        self._stream.write(f"\r{text}{' ' * (self._width - used)}")
        self._stream.flush()
        self._width = used


def text_of(progress: Progress, lang: Lang, columns: int) -> str:
    """`写入单位   45%  45,000/100,000  [#########           ]`; what there is no room for is left out."""
    what = progress.what.say(lang)
    if not progress.total:
        return _fitting([what, f"{progress.done:,}"] if progress.done else [what], columns)
    share = min(progress.done / progress.total, 1.0)
    bar = f"[{'#' * int(share * _BAR):{_BAR}}]"
    return _fitting([what, f"{share:4.0%}", f"{progress.done:,}/{progress.total:,}", bar], columns)


def _fitting(parts: list[str], columns: int) -> str:
    text = ""
    for part in parts:
        longer = f"{text}  {part}" if text else part
        if layout.width(longer) > columns:
            break
        text = longer
    return text
