"""Backup and restore: database and artifacts as they stood at one instant, in one file, whole or not at all.

The file is a plain zip: `database.sqlite` (all tables, whatever kind of database they came from), `artifacts/ab/cdef...`, and
`manifest.json` with the version of the tables, the rows of each, and size and SHA-256 of every member.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from engine.errors import CampaignError
from engine.evidence.vault import Vault, VaultFull
from engine.kept import something_kept
from engine.operations.backup_reading import DATABASE, MANIFEST, Archive, ArchiveDamaged, Manifest, Member, artifact_name
from engine.operations.context import House
from engine.oserrors import is_full, why
from engine.sentences import Sentence
from engine.store import archive as store
from engine.store.archive import Contents, CopyHasNoRoom
from engine.store.database import SCHEMA

_CHUNK = 2**20
_PREFIX = ".campaign-backup-"
# A zip knows no year before it.
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


class BackupExists(CampaignError):
    """{where} 已经有文件，没有覆盖它。请换一个文件名。

    There is a file at {where} already; it was not overwritten. Give another name.
    """


class BackupFailed(CampaignError):
    """没有备份成，{where} 处没有留下任何文件：{why}。请检查文件夹、权限和磁盘空间，再试一次。

    The backup failed and nothing was left at {where}: {why}. Check the folder, its permissions and the room on the disk, then try again.
    """


class BackupHasNoRoom(CampaignError):
    """没有备份成，{where} 处没有留下任何文件：{folder} 所在的磁盘已满。请清理该磁盘，或备份到另一个磁盘，再试一次。

    The backup failed and nothing was left at {where}: the disk that holds {folder} is full. Make room there, or back up to another disk,
    then try again.
    """


class RestoreFailed(CampaignError):
    """没有恢复成，什么都没有留下：{why}。请检查文件夹、权限和磁盘空间，再试一次。

    The restore failed and nothing of it was kept: {why}. Check the folder, its permissions and the room on the disk, then try again.
    """


class RestoreHasNoRoom(CampaignError):
    """没有恢复成，什么都没有留下：{folder} 所在的磁盘已满。请清理该磁盘，或恢复到另一个磁盘，再试一次。

    The restore failed and nothing of it was kept: the disk that holds {folder} is full. Make room there, or restore to another disk, then
    try again.
    """


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """An artifact that is not in the backup. why: it is lost, cannot be read, or is not what was handed in."""

    digest: str
    unit: str
    file: str
    why: Sentence


@dataclass(frozen=True, kw_only=True)
class BackupReport:
    """What a backup holds. rows: of all tables; size: bytes of the file.

    missing: what rows speak of, but the vault lacks, cannot read or has otherwise than it was handed in; it is not in the backup. All else
    is: a backup without three papers is worth more than none, as long as whoever made it is told, and the program that called it.
    """

    where: str
    made_at: datetime
    size: int
    rows: int
    artifacts: int
    missing: tuple[Lacking, ...]


@dataclass(frozen=True, kw_only=True)
class RestoreReport:
    """What was put back. missing: digests that were lost before the backup was made. older: an older program made it; it was upgraded.

    held: campaigns whose mail was on and is held now, since what went out after the backup would go out again (`campaign mail on`).
    """

    made_at: datetime
    rows: int
    artifacts: int
    missing: tuple[str, ...]
    held: tuple[str, ...]
    older: bool


def expect_room(target: Path) -> None:
    """Raises BackupExists, or BackupFailed where its folder takes no new file; whoever asks this first blames no database for it."""
    if os.path.lexists(target):
        raise BackupExists(where=str(target))
    if target.parent.is_dir() and not os.access(target.parent, os.W_OK | os.X_OK):
        raise BackupFailed(where=str(target), why=why(PermissionError(errno.EACCES, "")))


@contextmanager
def _workroom(parent: Path) -> Iterator[Path]:
    """A folder of our own in `parent`, locked while we live; those of backups that were killed are taken away first."""
    for left in parent.glob(f"{_PREFIX}*"):
        handle = _lock(left)
        if handle is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(handle)
    room, held = Path(), None
    while held is None:
        # Another backup may take it for a leftover before it is locked.
        room = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        held = _lock(room)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
        os.close(held)


def _lock(folder: Path) -> int | None:
    """The folder opened and locked; None where somebody else holds it, or it is gone."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    if folder.exists():
        return handle
    os.close(handle)
    return None


def backup(house: House, target: Path, now: datetime) -> BackupReport:
    """Write everything into one new file, 0600, while others go on working.

    Raises BackupExists, BackupFailed, BackupHasNoRoom, DatabaseFailed.
    """
    expect_room(target)
    try:
        with _workroom(target.parent) as folder:
            contents = store.copy_out(house.database, folder / DATABASE)
            manifest, missing = _write(folder, house.vault, contents, now)
            size = _settle(folder / "backup.zip", target)
    except (OSError, CopyHasNoRoom) as error:
        raise _failure(error, target) from error
    artifacts = len(manifest.members) - 1
    rows = sum(manifest.tables.values())
    return BackupReport(where=str(target), made_at=now, size=size, rows=rows, artifacts=artifacts, missing=missing)


def _failure(error: OSError | CopyHasNoRoom, target: Path) -> CampaignError:
    if isinstance(error, OSError) and not is_full(error):
        return BackupFailed(where=str(target), why=why(error))
    return BackupHasNoRoom(where=str(target), folder=os.path.abspath(target.parent))


def _write(folder: Path, vault: Vault, contents: Contents, now: datetime) -> tuple[Manifest, tuple[Lacking, ...]]:
    """The zip file in `folder`, out of the copy that lies there and the vault; what the vault lacks."""
    members: dict[str, Member] = {}
    missing: list[Lacking] = []
    with ZipFile(folder / "backup.zip", "x") as zip_file:
        members[DATABASE] = _add(zip_file, folder / DATABASE, DATABASE, now, ZIP_DEFLATED)
        for digest, file, unit in contents.files:
            trouble = vault.trouble(digest)
            if trouble is not None:
                missing.append(Lacking(digest=digest, unit=unit, file=file, why=trouble))
                continue
            name = artifact_name(digest)
            members[name] = _add(zip_file, vault.open(digest), name, now, ZIP_STORED)
        lost = tuple(one.digest for one in missing)
        manifest = Manifest(
            made_at=now, db_schema=contents.schema, kind=contents.kind, tables=contents.tables, members=members, missing=lost
        )
        zip_file.writestr(_info(MANIFEST, now, ZIP_DEFLATED), manifest.text())
    return manifest, tuple(missing)


def _info(name: str, now: datetime, compression: int) -> ZipInfo:
    written = max(now.astimezone(UTC), _EARLIEST)
    info = ZipInfo(name, date_time=(written.year, written.month, written.day, written.hour, written.minute, written.second))
    info.compress_type = compression
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def _add(zip_file: ZipFile, path: Path, name: str, now: datetime, compression: int) -> Member:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, zip_file.open(_info(name, now, compression), "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Member(size=size, sha256=digest.hexdigest())


def _settle(made: Path, target: Path) -> int:
    """Give the finished file its name, unless somebody else has taken that meanwhile; its size."""
    made.chmod(0o600)
    _sync(made)
    try:
        os.link(made, target)
    except FileExistsError as error:
        raise BackupExists(where=str(target)) from error
    except OSError:
        # Some file systems know no links; there a second backup of that name in this very moment would win.
        if os.path.lexists(target):
            raise BackupExists(where=str(target)) from None
        made.rename(target)
    _sync(target.parent)
    something_kept.set()
    return target.stat().st_size


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def restore(archive: Path, address: str, files: Path) -> RestoreReport:
    """Put a backup back: its rows into a new database of either kind, under their old ids, its artifacts into the folder `files`.

    The archive is checked wholly first; the tables of an older program are upgraded. Raises DatabaseExists, NotABackup and its kin,
    ArchiveDamaged, CopyUnsound, OtherVersion, RestoreFailed, RestoreHasNoRoom; then nothing is left behind.
    """
    try:
        with ExitStack() as stack:
            opened = stack.enter_context(Archive.open(archive))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="campaign-restore-")))
            return _restore(opened, address, Vault(files), folder)
    except VaultFull as error:
        raise RestoreHasNoRoom(folder=os.path.abspath(files)) from error
    except CopyHasNoRoom as error:
        raise RestoreHasNoRoom(folder=tempfile.gettempdir()) from error
    except OSError as error:
        # What the vault and the database are refused, they say themselves: what is left is the folder for passing files.
        raise RestoreHasNoRoom(folder=tempfile.gettempdir()) if is_full(error) else RestoreFailed(why=why(error)) from error


def _restore(opened: Archive, address: str, vault: Vault, folder: Path) -> RestoreReport:
    manifest = opened.manifest
    contents = store.look_into(opened.extract(DATABASE, folder))
    _expect_agreement(opened, contents)
    # The artifacts are let go last: the database may fail in the very end, when all of it has to reach the disk.
    with _all_or_none(vault) as kept, store.copy_in(folder / DATABASE, address) as restored:
        for digest in contents.digests:
            if digest not in manifest.missing and not vault.verify(digest):
                if not vault.holds(digest):
                    kept.append(digest)
                _keep(opened, vault, digest, folder)
    return RestoreReport(
        made_at=manifest.made_at,
        rows=sum(restored.tables.values()),
        artifacts=len(contents.digests) - len(manifest.missing),
        missing=manifest.missing,
        held=restored.held,
        older=contents.schema != SCHEMA,
    )


def _expect_agreement(opened: Archive, contents: Contents) -> None:
    """The rows must be as many as the manifest says, and every artifact they speak of must be there or be said to be lost."""
    manifest = opened.manifest
    if contents.tables != manifest.tables:
        raise ArchiveDamaged(where=str(opened.path), member=DATABASE)
    for digest in contents.digests:
        if digest not in manifest.missing and artifact_name(digest) not in manifest.members:
            raise ArchiveDamaged(where=str(opened.path), member=artifact_name(digest))


def _keep(opened: Archive, vault: Vault, digest: str, folder: Path) -> None:
    file = opened.extract(artifact_name(digest), folder)
    kept = vault.keep(file)
    file.unlink()
    if kept.digest != digest:
        raise ArchiveDamaged(where=str(opened.path), member=artifact_name(digest))


@contextmanager
def _all_or_none(vault: Vault) -> Iterator[list[str]]:
    """The digests put into this list are taken out of the vault again if anything fails; so are folders that were not there."""
    absent = [folder for folder in (vault.root, *vault.root.parents) if not folder.exists()]
    kept: list[str] = []
    try:
        yield kept
    except BaseException:
        for digest in kept:
            vault.discard(digest)
        for folder in absent:
            # Somebody else may have put something there meanwhile.
            with suppress(OSError):
                folder.rmdir()
        raise
