"""What bounds a conversation with a server: how long it lasts, how much is heard, and that another thread can break it off.

The limits of the libraries are for each piece of an answer: whoever says a line a minute, or never stops, would hold us for ever.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

# Of all answers about one letter; a mail server says a few hundred bytes.
MOST_HEARD = 65_536
# So many times as long as one answer may take.
ANSWERS = 3
# Whoever is there answers a call at once.
CONNECTING = 10.0
PARTING = 2.0


class Conversation:
    """One at a time, over one connection or several. answer: seconds for one answer."""

    def __init__(self, answer: float) -> None:
        self._answer = answer
        self._end = 0.0
        self._heard = 0
        self._over = False
        self._socket: socket.socket | None = None

    @property
    def connecting(self) -> float:
        """Seconds for reaching somebody."""
        return min(self._answer, CONNECTING)

    def begin(self, seconds: float | None = None) -> None:
        """Another conversation begins. seconds: how long it may last at most; None: as long as one may."""
        self._end = time.monotonic() + (ANSWERS * self._answer if seconds is None else seconds)
        self._heard = 0

    def over(self, connection: socket.socket | None) -> None:
        """It goes over this connection from now on."""
        self._socket = connection

    def left(self) -> float:
        """Seconds for the next answer; raises TimeoutError where none are left."""
        left = self._end - time.monotonic()
        if self._over or left <= 0:
            raise TimeoutError("broken off" if self._over else "timed out")
        return min(self._answer, left)

    def hear(self, size: int) -> None:
        """So many bytes were said; raises OSError where that is more than anybody has to say."""
        self._heard += size
        if self._heard > MOST_HEARD:
            raise OSError("the server does not stop talking")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """What is inside is broken off when its time is over, where nobody asks for what is left."""
        if self._over:
            raise TimeoutError("broken off")
        ended = Event()
        Thread(target=self._watch, args=(ended,), daemon=True).start()
        try:
            yield
        finally:
            ended.set()

    def _watch(self, ended: Event) -> None:
        if not ended.wait(ANSWERS * self._answer):
            self._cut()

    def hang_up(self) -> None:
        """Break off what is in hand, and begin nothing more; from any thread."""
        self._over = True
        self._cut()

    def _cut(self) -> None:
        connection = self._socket
        if connection is not None:
            with suppress(OSError):
                # An encrypted one would first forget how to read, under the hands of whoever reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class Answers(io.RawIOBase):
    """What is said over a connection, within what is left of the conversation."""

    def __init__(self, connection: socket.socket, conversation: Conversation) -> None:
        super().__init__()
        self._connection = connection
        self._conversation = conversation

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._conversation.left())
        size = self._connection.recv_into(buffer)
        self._conversation.hear(size)
        return size
