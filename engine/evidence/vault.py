"""Artifacts on disk, kept under the digest of their bytes; the name somebody gave a file never becomes a path."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.errors import CampaignError
from engine.oserrors import is_full, why
from engine.sentences import Sentence, plain

_CHUNK = 2**20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LOST = Sentence("已经丢失", "it is lost")
_CHANGED = Sentence("与报送时不同", "it is not what was handed in")


class VaultFull(CampaignError):
    """存放材料的文件夹“{root}”所在的磁盘已满，“{path}”没有收下，什么都没有改动。请联系管理员清理该磁盘后再报送。

    The disk that holds the folder of the artifacts, "{root}", is full; "{path}" was not taken and nothing was changed. Ask the
    administrator to make room there, then hand it in again.
    """


class VaultUnusable(CampaignError):
    """存放材料的文件夹“{root}”不能使用（{reason}），“{path}”没有收下。请联系管理员检查文件夹及其权限。

    The folder that keeps the artifacts, "{root}", cannot be used ({reason}); "{path}" was not taken. Ask the administrator to check the
    folder and its permissions.
    """


class NotKeepable(CampaignError):
    """“{path}”不是普通文件（是链接、文件夹、管道或设备），不能收下。请报送文件本身。

    "{path}" is not an ordinary file (it is a link, a folder, a pipe or a device) and cannot be taken. Hand in the file itself.
    """


class SourceUnreadable(CampaignError):
    """读不了“{path}”（{reason}）。请检查文件是否存在、是否有权限读取。

    "{path}" cannot be read ({reason}). Check that it exists and that you may read it.
    """


class NotAsKept(CampaignError):
    """编号为“{digest}”的材料{why}。请联系管理员核对备份。

    The artifact with the digest "{digest}": {why}. Ask the administrator to compare with the backup.
    """

    def __init__(self, *, digest: str, why: Sentence) -> None:
        super().__init__(digest=digest, why=why)
        self.why = why


class NotInVault(CampaignError):
    """材料库里没有编号为“{digest}”的材料。请联系管理员核对备份。

    The vault has no artifact with the digest "{digest}". Ask the administrator to compare with the backup.
    """


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An artifact in the vault. digest: SHA-256 of its bytes, 64 hexadecimal digits; size: bytes."""

    digest: str
    size: int


class Vault:
    """A folder of artifacts, each at `ab/cdef...` by its digest; identical bytes stand there once. Folders are 0700, files 0600."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, path: Path) -> Kept:
        """Take a copy of the file; the copy appears whole or not at all, also after a power cut.

        Raises NotKeepable, SourceUnreadable, VaultFull or VaultUnusable.
        """
        source = _open_source(path)
        try:
            return self._take(source, path)
        except OSError as error:
            if is_full(error):
                raise VaultFull(root=os.path.abspath(self.root), path=str(path)) from error
            raise VaultUnusable(root=str(self.root), path=str(path), reason=why(error)) from error
        finally:
            os.close(source)

    def open(self, digest: str) -> Path:
        """Where the bytes with this digest stand. Raises NotInVault."""
        place = self._place(digest)
        if place is None or not place.is_file():
            raise NotInVault(digest=digest)
        return place

    def holds(self, digest: str) -> bool:
        """Whether something stands there under this digest, whatever has become of it."""
        place = self._place(digest)
        return place is not None and os.path.lexists(place)

    def discard(self, digest: str) -> None:
        """Take the bytes out again, and their folder where it holds nothing else; what the disk does not let go stays."""
        place = self._place(digest)
        if place is not None:
            with suppress(OSError):
                place.unlink(missing_ok=True)
                place.parent.rmdir()

    def verify(self, digest: str) -> bool:
        """Whether the bytes are there, can be read, and are still those of the digest."""
        return self.trouble(digest) is None

    def trouble(self, digest: str) -> Sentence | None:
        """Why the bytes of that digest cannot be had (lost, unreadable, changed); None where they can."""
        try:
            with self.open(digest).open("rb") as file:
                return None if hashlib.file_digest(file, "sha256").hexdigest() == digest else _CHANGED
        except NotInVault:
            return _LOST
        except OSError as error:
            return _unreadable(error)

    def copy(self, digest: str, target: Path) -> None:
        """Copy the bytes into the file `target`, comparing them with the digest on the way.

        Raises NotAsKept, also where they are lost or cannot be read, and OSError where `target` refuses.
        """
        source = self._source(digest)
        try:
            with target.open("wb", buffering=0) as file:
                kept = _copy(source, file.fileno(), target)
        except SourceUnreadable as error:
            raise NotAsKept(digest=digest, why=_unreadable(error.__cause__)) from error
        finally:
            os.close(source)
        if kept.digest != digest:
            raise NotAsKept(digest=digest, why=_CHANGED)

    def _source(self, digest: str) -> int:
        try:
            return os.open(self.open(digest), os.O_RDONLY | os.O_CLOEXEC)
        except NotInVault as error:
            raise NotAsKept(digest=digest, why=_LOST) from error
        except OSError as error:
            raise NotAsKept(digest=digest, why=_unreadable(error)) from error

    def sizes(self) -> tuple[int, int]:
        """(files, bytes) of everything in the folder that can be looked at; nothing where there is no folder yet."""
        found = [size for folder, _, names in os.walk(self.root) for name in names if (size := _size(Path(folder, name))) is not None]
        return len(found), sum(found)

    def _place(self, digest: str) -> Path | None:
        # Anything but a digest could lead out of the folder.
        return self.root / digest[:2] / digest[2:] if _DIGEST.fullmatch(digest) else None

    def _take(self, source: int, path: Path) -> Kept:
        _make_private(self.root)
        target, name = self._incoming()
        try:
            try:
                kept = _copy(source, target, path)
                os.fsync(target)
            finally:
                os.close(target)
            self._put(name, kept.digest)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return kept

    def _incoming(self) -> tuple[int, str]:
        """A new private file in the vault to copy into: its descriptor and its path."""
        return tempfile.mkstemp(prefix="incoming-", dir=self.root)

    def _put(self, name: str, digest: str) -> None:
        folder = self.root / digest[:2]
        _make_private(folder)
        # Replacing an equal file changes nothing, and mends one that the disk has damaged.
        os.replace(name, folder / digest[2:])
        _settle(folder)


def _size(path: Path) -> int | None:
    """Bytes of an ordinary file; None of anything else, and where the system does not say."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _unreadable(error: BaseException | None) -> Sentence:
    reason = why(error) if isinstance(error, OSError) else plain(type(error).__name__)
    return Sentence("读不了（{why}）", "it cannot be read ({why})", {"why": reason})


def _open_source(path: Path) -> int:
    try:
        # Not following links, and not waiting for the other end of a pipe.
        source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ELOOP, errno.ENXIO):
            raise NotKeepable(path=str(path)) from error
        raise SourceUnreadable(path=str(path), reason=why(error)) from error
    if not stat.S_ISREG(os.fstat(source).st_mode):
        os.close(source)
        raise NotKeepable(path=str(path))
    return source


def _copy(source: int, target: int, path: Path) -> Kept:
    digest, size = hashlib.sha256(), 0
    while chunk := _read(source, path):
        digest.update(chunk)
        size += len(chunk)
        _write(target, chunk)
    return Kept(digest=digest.hexdigest(), size=size)


def _read(source: int, path: Path) -> bytes:
    try:
        return os.read(source, _CHUNK)
    except OSError as error:
        raise SourceUnreadable(path=str(path), reason=why(error)) from error


def _write(target: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(target, rest) :]


def _make_private(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_private(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        # Somebody else made it just now; if it is no folder, the next step says so.
        return
    _settle(folder.parent)


def _settle(folder: Path) -> None:
    """Write the folder itself to the disk, so that a new name in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
