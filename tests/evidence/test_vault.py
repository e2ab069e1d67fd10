"""The vault keeps bytes under their digest, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

import pytest

from engine.evidence.vault import NotAsKept, NotInVault, NotKeepable, SourceUnreadable, Vault, VaultFull, VaultUnusable


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if not path.is_dir())


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "总结.docx"
    path.write_bytes(b"report" * 1000)
    return path


def test_a_file_is_kept_under_its_digest_and_opened_again(tmp_path: Path, report: Path) -> None:
    vault = Vault(tmp_path / "deep" / "vault")
    kept = vault.keep(report)
    digest = hashlib.sha256(report.read_bytes()).hexdigest()
    assert (kept.digest, kept.size) == (digest, 6000)
    assert vault.open(digest) == vault.root / digest[:2] / digest[2:]
    assert vault.open(digest).read_bytes() == report.read_bytes()
    assert vault.verify(digest)


def test_files_and_folders_are_private(tmp_path: Path, report: Path) -> None:
    vault = Vault(tmp_path / "vault")
    place = vault.open(vault.keep(report).digest)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (vault.root, place.parent, place)] == [0o700, 0o700, 0o600]


def test_identical_bytes_stand_there_once_whatever_their_name(tmp_path: Path, report: Path) -> None:
    vault, other = Vault(tmp_path / "vault"), tmp_path / "other.pdf"
    other.write_bytes(report.read_bytes())
    assert vault.keep(report) == vault.keep(other)
    assert len(files(vault.root)) == 1


def test_an_empty_file_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert Vault(tmp_path / "vault").keep(tmp_path / "empty").size == 0


def test_damage_on_the_disk_is_noticed_and_mended_by_keeping_again(tmp_path: Path, report: Path) -> None:
    vault = Vault(tmp_path / "vault")
    digest = vault.keep(report).digest
    vault.open(digest).write_bytes(b"rotten")
    assert not vault.verify(digest)
    vault.keep(report)
    assert vault.verify(digest)


def trouble(vault: Vault, digest: str) -> str:
    """What is wrong with an artifact, '' where nothing is."""
    found = vault.trouble(digest)
    return found.say("zh") if found else ""


def test_a_copy_is_compared_with_what_was_kept_on_the_way(tmp_path: Path, report: Path) -> None:
    vault, copy = Vault(tmp_path / "vault"), tmp_path / "copy"
    digest = vault.keep(report).digest
    vault.copy(digest, copy)
    assert copy.read_bytes() == report.read_bytes() and vault.trouble(digest) is None
    place = vault.open(digest)
    for harm, words in ((lambda: place.write_bytes(b"rotten"), "与报送时不同"), (place.unlink, "已经丢失")):
        harm()
        with pytest.raises(NotAsKept) as refusal:
            vault.copy(digest, copy)
        assert words in refusal.value.say("zh") and words in trouble(vault, digest)


def test_what_cannot_be_read_is_not_called_lost(tmp_path: Path, report: Path) -> None:
    vault = Vault(tmp_path / "vault")
    digest = vault.keep(report).digest
    vault.open(digest).unlink()
    (vault.root / digest[:2] / digest[2:]).symlink_to("/proc/self/mem")
    assert "读不了（" in trouble(vault, digest) and not vault.verify(digest)
    with pytest.raises(NotAsKept, match="cannot be read"):
        vault.copy(digest, tmp_path / "copy")


def test_what_is_discarded_takes_its_folder_along_where_nothing_else_is_in_it(tmp_path: Path, report: Path) -> None:
    vault = Vault(tmp_path / "vault")
    digest = vault.keep(report).digest
    other = vault.root / digest[:2] / "other"
    other.write_bytes(b"")
    vault.discard(digest)
    assert not vault.holds(digest) and other.exists()
    vault.keep(report)
    other.unlink()
    vault.discard(digest)
    assert list(vault.root.iterdir()) == []


class FullDisk(Vault):
    """A vault on a disk without room: the new file is the device that is always full."""

    def _incoming(self) -> tuple[int, str]:
        descriptor, name = super()._incoming()
        os.close(descriptor)
        return os.open("/dev/full", os.O_WRONLY), name


def test_a_full_disk_is_named_and_leaves_nothing_behind(tmp_path: Path, report: Path) -> None:
    vault = FullDisk(tmp_path / "vault")
    with pytest.raises(VaultFull) as refusal:
        vault.keep(report)
    assert "总结.docx" in refusal.value.say("zh") and str(vault.root) in refusal.value.say("zh")
    assert "full" in refusal.value.say("en")
    assert files(vault.root) == []


def test_a_root_that_is_no_folder_is_named(tmp_path: Path, report: Path) -> None:
    (tmp_path / "vault").write_bytes(b"")
    with pytest.raises(VaultUnusable):
        Vault(tmp_path / "vault").keep(report)


def test_a_link_a_folder_a_pipe_a_socket_and_a_device_are_refused(tmp_path: Path, report: Path) -> None:
    (tmp_path / "link").symlink_to(report)
    os.mkfifo(tmp_path / "pipe")
    vault = Vault(tmp_path / "vault")
    for path in (tmp_path / "link", tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(NotKeepable) as refusal:
            vault.keep(path)
        assert str(path) in refusal.value.say("zh")
    assert not vault.root.exists()


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    for name in ("none", "a\0b"):
        with pytest.raises(SourceUnreadable):
            Vault(tmp_path / "vault").keep(tmp_path / name)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "0" * 63, "0" * 65, "G" * 64, "0" * 64, "0" * 64 + "\n"])
def test_only_a_digest_that_is_there_opens(tmp_path: Path, digest: str) -> None:
    vault = Vault(tmp_path / "vault")
    assert not vault.verify(digest)
    with pytest.raises(NotInVault):
        vault.open(digest)


def test_a_copy_that_was_broken_off_is_not_an_artifact(tmp_path: Path, report: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.keep(report)
    with tempfile.NamedTemporaryFile(prefix="incoming-", dir=vault.root):
        assert vault.verify(vault.keep(report).digest)
