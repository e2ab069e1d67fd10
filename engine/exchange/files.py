"""Putting finished files in place: all of it or nothing, readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import CampaignError


class CannotWrite(CampaignError):
    """无法写入 {file}。请检查文件夹是否存在、有没有权限，并关闭正在使用它的程序。

    {file} cannot be written. Check that the folder exists and may be written to, and close programs that are using the file.
    """


class FileExists(CampaignError):
    """{file} 已经存在，没有覆盖。请另取一个文件名，或先把它移走。

    {file} exists already and was not overwritten. Choose another name, or move it away first.
    """


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`, mode 0600, that takes its place when the block ends well and vanishes otherwise.

    Raises CannotWrite when the folder or the disk refuses.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
        temporary = Path(name)
        os.close(handle)
        yield temporary
        os.replace(temporary, path)
    except (OSError, ValueError) as error:
        raise CannotWrite(file=str(path)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextmanager
def creating(path: Path) -> Iterator[Path]:
    """As `replacing`, but refuses with FileExists when there is something at `path` already."""
    _reserve(path)
    done = False
    try:
        with replacing(path) as temporary:
            yield temporary
        done = True
    finally:
        if not done:
            with suppress(OSError):
                path.unlink()


def _reserve(path: Path) -> None:
    """Take the name by creating it empty, so that of two writers at once only one goes on."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise FileExists(file=str(path)) from error
    except (OSError, ValueError) as error:
        raise CannotWrite(file=str(path)) from error
