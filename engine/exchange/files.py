"""Putting finished files in place: all of it or nothing, readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import CampaignError
from engine.kept import something_kept
from engine.oserrors import is_full, why


class CannotWrite(CampaignError):
    """无法写入 {file}（{why}）。请检查文件夹是否存在、有没有权限，并关闭正在使用它的程序。

    {file} cannot be written ({why}). Check that the folder exists and may be written to, and close programs that are using the file.
    """


class NoRoom(CannotWrite):
    """{folder} 所在的磁盘已满，{file} 没有写成，也没有留下半个文件。请清理该磁盘，或换一个磁盘，再试一次。

    The disk that holds {folder} is full: {file} was not written, and no part of it was left. Make room there, or choose another disk, then
    try again.
    """


class FileExists(CampaignError):
    """{file} 已经存在，没有覆盖。请另取一个文件名，或先把它移走。

    {file} exists already and was not overwritten. Choose another name, or move it away first.
    """


def refusal(error: OSError | ValueError, file: Path, folder: Path) -> CannotWrite:
    """Why `file` could not be written, and where that is so: NoRoom where the disk of `folder` is full, else CannotWrite."""
    return NoRoom(file=str(file), folder=os.path.abspath(folder)) if is_full(error) else CannotWrite(file=str(file), why=why(error))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`, mode 0600, that takes its place when the block ends well and vanishes otherwise.

    Raises CannotWrite when the folder refuses, NoRoom when its disk is full.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
        temporary = Path(name)
        os.close(handle)
        yield temporary
        os.replace(temporary, path)
        something_kept.set()
    except (OSError, ValueError) as error:
        raise refusal(error, path, path.parent) from error
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
        raise refusal(error, path, path.parent) from error
