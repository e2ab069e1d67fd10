"""A mail server as far as a killed process can tell: what it has taken stays taken, and it knows no letter again."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifiers.base import Letter, as_mime
from notifiers.fake import FakeNotifier


def nothing(_: str) -> None:
    """Whoever does not care where we are."""


class Mailbox(FakeNotifier):
    """Appends a line for every letter. `reach` is told just before a letter is taken, and just after; `cost` is what taking one takes."""

    def __init__(self, file: Path, reach: Callable[[str], None] = nothing, cost: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._file, self._reach, self._cost = file, reach, cost

    def send(self, letter: Letter, now: datetime) -> str:
        """Take it."""
        as_mime(letter, now)
        self._reach("send")
        self._cost()
        words = f"{letter.subject}{letter.text}{letter.html}{''.join(file.text for file in letter.attachments)}"
        text = hashlib.sha256(words.encode()).hexdigest()
        _append(self._file, json.dumps([letter.message_id, letter.to_address, text]))
        self._reach("sent")
        return "taken"


def _append(file: Path, line: str) -> None:
    # In one write: two processes never mix their lines.
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


@dataclass(frozen=True)
class Taken:
    """What the server has: how often each Message-ID came, and the letters, each (address, digest of its words), once an id."""

    times: Counter[str]
    letters: Counter[tuple[str, str]]

    @property
    def doubled(self) -> set[str]:
        """The Message-IDs that came more than once."""
        return {number for number, times in self.times.items() if times > 1}


def read(file: Path) -> Taken:
    """All that was taken so far. Fails where one Message-ID stands over different words."""
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    by_number = {(number, address, text) for number, address, text in lines}
    times = Counter(number for number, _, _ in lines)
    assert len(by_number) == len(times), "one Message-ID over different words"
    return Taken(times, Counter((address, text) for _, address, text in by_number))
