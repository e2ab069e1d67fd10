"""Letters as files in a folder: one .eml a message, to be opened with any mail program."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from notifiers.base import Letter, NotSent, as_mime
from notifiers.options import Options


class MaildirNotifier:
    """Writes `20101008-093000_li.si@example.org_<digest of the message id>.eml`, mode 0600, so that a sorted listing reads in order.

    A message id that already has a file keeps that file and its name; only its content is written anew.
    durable: a letter that was taken is still there after a power cut; only a show that can be played again does without.
    """

    name = "maildir"
    attaches = True

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder
        self._durable = durable
        self._names: dict[str, str] = {}
        self._listed_at = -1

    def send(self, letter: Letter, now: datetime) -> str:
        """Write the letter; the receipt is the name of its file. Raises NotSent, temporary, when the disk refuses."""
        content = as_mime(letter, now).as_bytes()
        digest = _digest(letter.message_id)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._look()
            name = self._names.get(digest) or _file_name(letter.to_address, digest, now)
            _write(self._folder, name, content, durable=self._durable)
            self._names[digest] = name
            self._listed_at = self._folder.stat().st_mtime_ns
        except OSError as error:
            raise NotSent(str(error), cause="storage") from error
        return name

    def close(self) -> None:
        """Nothing is held open."""

    def hang_up(self) -> None:
        """Nobody is talked to."""

    def _look(self) -> None:
        """List the folder again if somebody else changed it; listing it for every letter would make 100,000 of them take hours."""
        if self._folder.stat().st_mtime_ns != self._listed_at:
            self._names = {name[:-4].rpartition("_")[2]: name for name in os.listdir(self._folder) if name.endswith(".eml")}


def _digest(message_id: str) -> str:
    return base64.b32encode(hashlib.sha256(message_id.encode()).digest()[:10]).decode().lower()


def _file_name(address: str, digest: str, now: datetime) -> str:
    shown = "".join(char if char.isalnum() or char in "@.+-" else "_" for char in address)
    # A file name has at most 255 bytes, and a Chinese character takes three or four.
    return f"{now:%Y%m%d-%H%M%S}_{shown[:50]}_{digest}.eml"


def _write(folder: Path, name: str, content: bytes, *, durable: bool) -> None:
    """All or nothing, and if it is to last on the disk when this returns."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(temporary, folder / name)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    if durable:
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


OPTIONS = ("folder", "durable")


def from_options(options: Mapping[str, str]) -> MaildirNotifier:
    """Options: `folder`, made when the first letter is written; `durable`: yes (the default) or no. Raises NotConfigured."""
    given = Options("maildir", options, OPTIONS)
    durable = given.choice("durable", "yes", ("yes", "no")) == "yes"
    return MaildirNotifier(Path(given.required("folder")), durable=durable)
