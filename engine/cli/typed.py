"""How the program can be typed where it was started."""

from __future__ import annotations

import os
import re
import shlex
import shutil

NAME = "campaign"
_HARMLESS = re.compile(r"[\w@%+=:,./-]+")
_PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^@]*@")
_STARS = r"\1:***@"


def typed(started_by: str, search: str | None = None) -> str:
    """`campaign`, or the path it was started by where that name is not found. search: the folders to look in, PATH by default."""
    if shutil.which(NAME, path=search) or not os.access(started_by, os.X_OK) or os.sep not in started_by:
        return NAME
    return shlex.quote(started_by)


def quoted(word: str) -> str:
    """A word as a shell takes it for one; Chinese needs no quotation marks."""
    return word if _HARMLESS.fullmatch(word) else shlex.quote(word)


def with_database(db: str | None) -> str:
    """` --db 演练.db`, as it was typed but for a password; nothing where it was not typed."""
    return "" if db is None else f" --db {quoted(_PASSWORD.sub(_STARS, db))}"
