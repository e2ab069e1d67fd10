"""A backup file as it is read: every name, size and SHA-256 is compared with the manifest before anything is used."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from engine.errors import CampaignError

FORMAT = 1
DATABASE = "database.sqlite"
MANIFEST = "manifest.json"
_CHUNK = 2**20
_LONGEST_MANIFEST = 2**30
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_MEMBER = re.compile(r"database\.sqlite|artifacts/[0-9a-f]{2}/[0-9a-f]{62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENCRYPTED = 0x1
# How the heading of a zip's first member begins, and its length.
_FIRST = b"PK\x03\x04"
_HEADING = 30


class NotABackup(CampaignError):
    """{where} 不是 campaign 的备份文件，什么都没有改动。请核对文件名。

    {where} is not a backup made by campaign; nothing was changed. Check the name of the file.
    """


class NoSuchBackup(CampaignError):
    """没有备份文件 {where}，什么都没有改动。请核对文件名和文件夹。

    There is no backup file {where}; nothing was changed. Check the name of the file and its folder.
    """


class BackupIncomplete(CampaignError):
    """备份文件 {where} 不完整或已损坏（只有 {size} 字节，结尾读不出来），什么都没有改动。可能没有拷贝完：请重新拷贝，或改用另一份备份。

    The backup {where} is incomplete or damaged (its {size} byte(s) have no proper end); nothing was changed. It may not have been copied
    wholly: copy it again, or use another backup.
    """


class ArchiveDamaged(CampaignError):
    """备份文件 {where} 已损坏（{member}），什么都没有改动。请改用另一份备份。

    The backup {where} is damaged ({member}); nothing was changed. Use another backup.
    """


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file inside. size: bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What the backup says of itself. missing: digests of artifacts that were lost already when it was made."""

    made_at: datetime
    db_schema: str
    kind: str
    tables: dict[str, int]
    members: dict[str, Member]
    missing: tuple[str, ...]

    def text(self) -> str:
        """As it stands in the file."""
        members = {name: {"size": member.size, "sha256": member.sha256} for name, member in self.members.items()}
        facts = {"format": FORMAT, "made_at": self.made_at.isoformat(), "schema": self.db_schema, "kind": self.kind}
        return json.dumps({**facts, "tables": self.tables, "members": members, "missing": list(self.missing)}, indent=1)

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Raises ValueError, KeyError or TypeError where it is no manifest of ours."""
        data: dict[str, Any] = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(data["format"])
        return cls(
            made_at=_instant(data["made_at"]),
            db_schema=str(data["schema"]),
            kind=str(data["kind"]),
            tables={str(name): int(count) for name, count in data["tables"].items()},
            members={_name(name): _member(said) for name, said in data["members"].items()},
            missing=tuple(_digest(digest) for digest in data["missing"]),
        )


def _instant(text: str) -> datetime:
    """An instant that can be shown in any zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError(text)
    return found


def artifact_name(digest: str) -> str:
    """Where an artifact stands inside."""
    return f"artifacts/{digest[:2]}/{digest[2:]}"


def _name(name: str) -> str:
    # No name that we did not choose is ever made a path: that is what keeps `../` out.
    if not _MEMBER.fullmatch(name):
        raise ValueError(name)
    return name


def _digest(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError(text)
    return text


def _member(said: dict[str, Any]) -> Member:
    return Member(size=int(said["size"]), sha256=_digest(said["sha256"]))


class Archive:
    """A backup whose every byte has been checked against its manifest."""

    def __init__(self, path: Path, zip_file: ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._zip = zip_file

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Archive]:
        """Open and check wholly. Raises NoSuchBackup, NotABackup, BackupIncomplete, ArchiveDamaged, OSError."""
        with _opened(path) as zip_file:
            archive = cls(path, zip_file, _manifest(path, zip_file))
            archive._check()
            yield archive

    def extract(self, name: str, folder: Path) -> Path:
        """A member as a file in `folder`. Raises ArchiveDamaged, OSError."""
        target = folder / name.replace("/", "-")
        with target.open("xb") as file:
            self._read(name, file)
        return target

    def _check(self) -> None:
        members = self.manifest.members
        for info in self._zip.infolist():
            if info.filename != MANIFEST and (info.filename not in members or info.file_size != members[info.filename].size):
                raise ArchiveDamaged(where=str(self.path), member=_shown(info.filename))
        for name, member in members.items():
            # An artifact stands under its own digest.
            if name != DATABASE and artifact_name(member.sha256) != name:
                raise ArchiveDamaged(where=str(self.path), member=name)
            self._read(name, None)

    def _read(self, name: str, target: IO[bytes] | None) -> None:
        member, digest, size = self.manifest.members[name], hashlib.sha256(), 0
        with _damage(self.path, name), self._zip.open(name) as source:
            # One byte more than there should be is enough to know; a member that never ends is not read to its end.
            while chunk := source.read(min(_CHUNK, member.size - size + 1)):
                digest.update(chunk)
                size += len(chunk)
                if size > member.size:
                    break
                if target is not None:
                    target.write(chunk)
        if size != member.size or digest.hexdigest() != member.sha256:
            raise ArchiveDamaged(where=str(self.path), member=name)


@contextmanager
def _opened(path: Path) -> Iterator[ZipFile]:
    if not path.exists():
        raise NoSuchBackup(where=str(path))
    if not path.is_file():
        raise NotABackup(where=str(path))
    try:
        zip_file = ZipFile(path)
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise _no_backup(path) from error
    with zip_file:
        yield zip_file


def _no_backup(path: Path) -> CampaignError:
    """What a file is called whose end is not that of a backup. Cut short within an artifact, it may end as that artifact does."""
    return BackupIncomplete(where=str(path), size=path.stat().st_size) if _begins_as_ours(path) else NotABackup(where=str(path))


def _begins_as_ours(path: Path) -> bool:
    """Whether a backup may have begun like that: the name of the first member stands behind the 30 bytes of its heading."""
    with path.open("rb") as file:
        heading, name = file.read(_HEADING), file.read(len(DATABASE))
    return _FIRST.startswith(heading[: len(_FIRST)]) and DATABASE.encode().startswith(name)


def _manifest(path: Path, zip_file: ZipFile) -> Manifest:
    if MANIFEST not in zip_file.namelist():
        raise _no_backup(path)
    seen: set[str] = set()
    for info in zip_file.infolist():
        if not _is_plain(info) or info.filename in seen:
            raise ArchiveDamaged(where=str(path), member=_shown(info.filename))
        seen.add(info.filename)
    with _damage(path, MANIFEST), zip_file.open(MANIFEST) as file:
        text = file.read(_LONGEST_MANIFEST)
    try:
        return Manifest.read(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArchiveDamaged(where=str(path), member=MANIFEST) from error


def _is_plain(info: ZipInfo) -> bool:
    return info.compress_type in (ZIP_STORED, ZIP_DEFLATED) and not info.flag_bits & _ENCRYPTED


def _shown(name: str) -> str:
    return ascii(name[:80])


@contextmanager
def _damage(path: Path, name: str) -> Iterator[None]:
    try:
        yield
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ArchiveDamaged(where=str(path), member=name) from error
