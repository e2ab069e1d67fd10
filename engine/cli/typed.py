"""How the program can be typed where it was started."""

from __future__ import annotations

import os
import shlex
import shutil

NAME = "campaign"


def typed(started_by: str, search: str | None = None) -> str:
    """`campaign`, or the path it was started by where that name is not found. search: the folders to look in, PATH by default."""
    if shutil.which(NAME, path=search) or not os.access(started_by, os.X_OK) or os.sep not in started_by:
        return NAME
    return shlex.quote(started_by)
