"""Ctrl-C and SIGTERM: one sentence and one exit code, whatever moment they come in."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
_STOPPING = (signal.SIGINT, signal.SIGTERM)
# While the program is being loaded nobody has read yet which language is meant.
_SAID = "已中断。Interrupted.\n"


def leave_at_once(_: int = 0, __: FrameType | None = None) -> None:
    """End the process here and now. Nothing is half done by it: what a transaction has not committed has not happened."""
    with suppress(OSError):
        os.write(2, _SAID.encode())
    os._exit(INTERRUPTED)


def end_in_order(_: int, __: FrameType | None) -> None:
    """Let what is begun be wound up, by way of KeyboardInterrupt. Whoever is still waited for then can be left by a second signal."""
    hear(leave_at_once)
    raise KeyboardInterrupt


def not_swallowed(lost: sys.UnraisableHookArgs) -> None:
    """The hook for errors that Python has nobody to give to: an interrupt among them must not be lost with a trace on the screen."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        leave_at_once()
    sys.__unraisablehook__(lost)


def hear(act: Callable[[int, FrameType | None], None]) -> None:
    """From now on both signals do this. Those that whoever started us asked not to hear stay unheard."""
    for number in _STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, act)


def hear_no_more() -> None:
    """All is done: how the program ends is decided."""
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
