"""A backup holds everything as it stood at one instant, and comes back whole or not at all."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.machine.states import ObligationState
from engine.operations.backup import BackupExists, BackupFailed, backup, restore
from engine.operations.backup_reading import ArchiveDamaged, BackupIncomplete, NoSuchBackup, NotABackup
from engine.operations.context import House
from engine.org.model import Roster
from engine.sentences import Sentence
from engine.store import copies, handed_in, house, journal, notices, obligations, reports, roster
from engine.store import tables as t
from engine.store.archive import CopyUnsound, OtherVersion
from engine.store.codes import NoticeKind
from engine.store.database import SCHEMA, BadAddress, Database, DatabaseExists, open_database
from engine.store.failures import DatabaseFailed
from engine.store.handed_in import NewArtifact
from engine.store.in_hand import note_attempt
from tests.conftest import BACKENDS
from tests.counts import wrong_counts
from tests.store.samples import Plan, count, day, launch, occurrence, row, settle, sweep, unit

_S = ObligationState
NOW = day(12)
TABLES = t.metadata.sorted_tables


def everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in the order of its key."""
    return {table.name: [tuple(found) for found in connection.execute(select(table).order_by(*table.primary_key))] for table in TABLES}


@pytest.fixture
def running(database: Database, tmp_path: Path) -> House:
    """A campaign half-way: things handed in, returned, late, told, mailed; files in the vault."""
    vault = Vault(tmp_path / "files")
    for number in range(3):
        (tmp_path / f"总结{number}.docx").write_bytes(b"report" * 1000 * number)
    kept = [vault.keep(tmp_path / f"总结{number}.docx") for number in range(3)]
    with database.write() as connection:
        campaign = launch(connection, Plan(occurrences=[occurrence("总结", rungs=((1, 0, day(3)),)), occurrence("学习", due_at=None)]))
        connection.execute(t.campaign.update().values(mail_on=True))
        connection.execute(t.unit.update().where(t.unit.c.code == "B2").values(attributes={"党员": "名\"'\\\n{}"}, since=date(2029, 2, 28)))
    sweep(database, NOW)
    with database.write() as connection:
        for code, one in zip(("A1", "A2", "A3"), kept, strict=True):
            hand_in(connection, campaign, code, one.digest, one.size)
        settle(connection, campaign, "A1", "总结", _S.ACCEPTED, NOW)
        found = row(connection, campaign, "A2", "总结")
        obligations.tell(connection, found, NoticeKind.TO_REVIEW, 1, found.reviewer_id, "审核人", NOW)
        handed_in.set_refusal(connection, found, [{"code": "too-short", "shortfall": "还差 14 字"}], NOW)
        house.write_setting(connection, "office_mail", "office@example.org")
        message(connection, campaign)
        copies.keep(connection, found, 1, "正文", "“全文”\0\n😀", [-(2**31), 0, 2**31 - 1])
        copies.note(connection, 2, 1, 98, [{"text": "全文"}])
        journal.write(connection, journal.Line(kind="accepted", recorded_at=NOW, campaign_id=campaign, forced=True, data={"名": "争创"}))
    return House(database=database, vault=vault)


def hand_in(connection: Connection, campaign: int, code: str, digest: str, size: int) -> None:
    found = row(connection, campaign, code, "总结")
    handed_in.add_artifacts(connection, found, 1, [NewArtifact(item="正文", digest=digest, name="总结.docx", size=size)], NOW, 1)
    settle(connection, campaign, code, "总结", _S.SUBMITTED, NOW, version=1, handed_in_at=NOW)


def message(connection: Connection, campaign: int) -> None:
    values = {
        "campaign_id": campaign, "person_id": 1, "channel": "mail", "address": "a@example.org", "day": date(2030, 1, 12), "serial": 1,
        "token": "token", "subject": "催办", "text": "正文", "html": "<p>正文</p>", "composed_at": NOW, "next_try_at": NOW,
    }  # fmt: skip
    number = notices.add_message(connection, values, list(connection.execute(select(t.notice.c.id)).scalars()))
    note_attempt(connection, number, NOW, "refused", "450")
    came = reports.NewReport(
        source="a", message_id=number, person_id=1, at=NOW, outcome=reports.BOUNCED, words="550", dead=True, settled=False
    )
    reports.note(connection, came)


@pytest.fixture
def target(target_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where to restore to."""
    return str(tmp_path / "restored.db") if target_kind == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def opening() -> Iterator[Callable[[str], Database]]:
    """Opens databases and closes them in the end."""
    opened: list[Database] = []

    def open_it(address: str) -> Database:
        opened.append(open_database(address))
        return opened[-1]

    yield open_it
    for one in opened:
        one.dispose()


@pytest.mark.parametrize("target_kind", BACKENDS)
def test_whatever_was_backed_up_comes_back_into_either_kind_of_database(
    running: House, target: str, tmp_path: Path, opening: Callable[[str], Database]
) -> None:
    made = backup(running, tmp_path / "b.zip", NOW)
    report = restore(tmp_path / "b.zip", target, tmp_path / "restored")
    with running.database.read() as connection:
        before = everything(connection)
    with opening(target).read() as connection:
        after = everything(connection)
        assert wrong_counts(connection, 1) == []
    mail = [column.name for column in t.campaign.c].index("mail_on")
    assert [one[mail] for one in after["campaign"]] == [False]
    after["campaign"] = before["campaign"]
    assert after == before
    assert all(before[name] for name in before if name not in ("dependency", "ready"))
    assert made.rows == report.rows == sum(map(len, before.values()))
    assert (report.held, report.missing, report.made_at) == (("争创",), (), NOW)
    vault = Vault(tmp_path / "restored")
    assert all(vault.verify(digest) for digest in files_of(running)) and made.artifacts == report.artifacts == 3


def files_of(running: House) -> list[str]:
    with running.database.read() as connection:
        return list(connection.execute(select(t.artifact.c.digest)).scalars())


@pytest.mark.parametrize("target_kind", BACKENDS)
def test_a_restored_database_goes_on_counting_where_the_old_one_stood(
    running: House, target: str, tmp_path: Path, opening: Callable[[str], Database]
) -> None:
    backup(running, tmp_path / "b.zip", NOW)
    restore(tmp_path / "b.zip", target, tmp_path / "restored")
    restored = opening(target)
    with restored.write() as connection:
        last = connection.execute(select(t.event.c.id).order_by(t.event.c.id.desc()).limit(1)).scalar_one()
        journal.write(connection, journal.Line(kind="accepted", recorded_at=NOW))
        assert count(connection, t.event, t.event.c.id == last + 1) == 1
        launch(connection, Plan(occurrences=[occurrence("再来")]), "二")
        roster.import_roster(connection, Roster(units=(unit("C", "校"),)), NOW)
    sweep(restored, day(40))


def test_a_backup_is_private_and_a_plain_zip_with_a_manifest(running: House, tmp_path: Path) -> None:
    report = backup(running, tmp_path / "b.zip", NOW)
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    assert report.size == (tmp_path / "b.zip").stat().st_size
    with zipfile.ZipFile(tmp_path / "b.zip") as zip_file:
        assert zip_file.testzip() is None
        manifest = json.loads(zip_file.read("manifest.json"))
        assert set(manifest["members"]) == set(zip_file.namelist()) - {"manifest.json"}
    assert manifest["schema"] == SCHEMA and manifest["tables"]["unit"] == 8


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_backup_overwrites_nothing(running: House, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(BackupExists):
        backup(running, tmp_path / "b.zip", NOW)
    assert (tmp_path / "b.zip").read_text() == "mine"


def test_a_backup_does_not_follow_a_link_that_leads_nowhere(running: House, tmp_path: Path) -> None:
    (tmp_path / "b.zip").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BackupExists):
        backup(running, tmp_path / "b.zip", NOW)


def test_a_backup_into_a_folder_that_is_not_there_fails_clearly(running: House, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed):
        backup(running, tmp_path / "none" / "b.zip", NOW)


class Interrupting(Vault):
    """A vault whose reader presses Ctrl-C at the second file."""

    asked = 0

    def open(self, digest: str) -> Path:
        self.asked += 1
        if self.asked == 2:
            raise KeyboardInterrupt
        return super().open(digest)


def test_an_interrupted_backup_leaves_nothing(running: House, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt):
        backup(House(database=running.database, vault=Interrupting(running.vault.root)), folder / "b.zip", NOW)
    assert left(folder) == set()


class Taking(Vault):
    """A vault during whose reading somebody else takes the name of the backup."""

    def trouble(self, digest: str) -> Sentence | None:
        (self.root.parent / "b.zip").write_text("theirs")
        return super().trouble(digest)


def test_whoever_takes_the_name_first_keeps_it(running: House, tmp_path: Path) -> None:
    with pytest.raises(BackupExists):
        backup(House(database=running.database, vault=Taking(running.vault.root)), tmp_path / "b.zip", NOW)
    assert (tmp_path / "b.zip").read_text() == "theirs"


@pytest.mark.parametrize("harm", [lambda file: file.write_bytes(b"rotten"), Path.unlink])
def test_a_lost_artifact_is_named_and_the_rest_is_saved(running: House, tmp_path: Path, harm: Callable[[Path], object]) -> None:
    digest = files_of(running)[1]
    harm(running.vault.open(digest))
    made = backup(running, tmp_path / "b.zip", NOW)
    assert ([(one.digest, one.file) for one in made.missing], made.artifacts) == ([(digest, "总结.docx")], 2)
    report = restore(tmp_path / "b.zip", str(tmp_path / "restored.db"), tmp_path / "restored")
    assert (report.missing, report.artifacts) == ((digest,), 2)


WRITER = """
import sys
from engine.store import house
from engine.store.database import open_database
database = open_database(sys.argv[1])
print("ready", flush=True)
number = 0
while not sys.stdin.closed and number < 3000:
    number += 1
    with database.write() as connection:
        house.write_setting(connection, "one", str(number))
        house.write_setting(connection, "two", str(number))
    if number % 20 == 0:
        print(number, flush=True)
"""


@pytest.fixture
def writer(running: House) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes pairs of equal values without an end."""
    address = running.database.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", WRITER, address], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline() == "20\n"
        yield process
        process.kill()


def test_a_backup_made_while_another_process_writes_holds_one_instant(
    running: House, writer: subprocess.Popen[str], tmp_path: Path, opening: Callable[[str], Database]
) -> None:
    backup(running, tmp_path / "b.zip", NOW)
    assert writer.poll() is None
    restore(tmp_path / "b.zip", str(tmp_path / "restored.db"), tmp_path / "restored")
    with opening(str(tmp_path / "restored.db")).read() as connection:
        values = house.read_setting(connection, "one"), house.read_setting(connection, "two")
    assert values[0] == values[1] and int(values[0] or 0) >= 20


def test_a_restore_into_what_is_there_already_changes_nothing(running: House, tmp_path: Path) -> None:
    backup(running, tmp_path / "b.zip", NOW)
    with running.database.read() as connection:
        before = everything(connection)
    address = running.database.url.render_as_string(hide_password=False)
    with pytest.raises(DatabaseExists):
        restore(tmp_path / "b.zip", address, tmp_path / "restored")
    with running.database.read() as connection:
        assert everything(connection) == before
    assert not (tmp_path / "restored").exists()


# From here on damage: what a copy is made of does not matter, so SQLite alone is enough.


@pytest.fixture
def saved(running: House, tmp_path: Path) -> Path:
    """A sound backup."""
    backup(running, tmp_path / "b.zip", NOW)
    return tmp_path / "b.zip"


ONE_KIND = pytest.mark.parametrize("backend", ["sqlite"])


def refused(archive: Path, tmp_path: Path, error: type[CampaignError]) -> None:
    """The restore is refused with that error in both languages, and nothing is left."""
    with pytest.raises(error) as caught:
        restore(archive, str(tmp_path / "restored.db"), tmp_path / "restored")
    assert type(caught.value) is error and caught.value.say("zh") and caught.value.say("en")
    assert not {"restored.db", "restored.db-wal", "restored.db-shm", "restored"} & left(tmp_path)


@ONE_KIND
def test_damage_anywhere_in_the_file_is_found_and_nothing_is_restored(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            restore(saved, str(tmp_path / f"restored{place}.db"), tmp_path / f"restored{place}")
        except (ArchiveDamaged, BackupIncomplete, NotABackup):
            assert f"restored{place}.db" not in left(tmp_path) and f"restored{place}" not in left(tmp_path)
        else:
            # A byte that says nothing (a time, a permission) may be anything.
            with zipfile.ZipFile(saved) as zip_file:
                assert zip_file.testzip() is None


@ONE_KIND
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_called_incomplete(saved: Path, tmp_path: Path, kept: float) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(len(whole) * kept)])
    refused(saved, tmp_path, BackupIncomplete)


@ONE_KIND
def test_a_file_cut_short_behind_an_artifact_that_is_a_zip_itself_is_called_incomplete(running: House, tmp_path: Path) -> None:
    with running.database.write() as connection:
        with zipfile.ZipFile(tmp_path / "总结9.docx", "w") as paper:
            paper.writestr("word/document.xml", "字" * 100)
        kept = running.vault.keep(tmp_path / "总结9.docx")
        connection.execute(t.artifact.update().values(digest=kept.digest, size=kept.size))
    backup(running, tmp_path / "b.zip", NOW)
    whole = (tmp_path / "b.zip").read_bytes()
    paper_end = whole.rindex(b"PK\x05\x06", 0, whole.rindex(b"PK\x05\x06")) + 22
    (tmp_path / "b.zip").write_bytes(whole[:paper_end])
    assert zipfile.is_zipfile(tmp_path / "b.zip")
    refused(tmp_path / "b.zip", tmp_path, BackupIncomplete)


def rewritten(saved: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with other members."""
    with zipfile.ZipFile(saved) as zip_file:
        members = {name: zip_file.read(name) for name in zip_file.namelist()}
    change(members)
    changed = saved.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as zip_file:
        for name, content in members.items():
            zip_file.writestr(name, content)
    return changed


def with_manifest(**changes: object) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), **changes}).encode()

    return change


def slip(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    members["../../slipped"] = b""
    manifest["members"]["../../slipped"] = {"size": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    members["manifest.json"] = json.dumps(manifest).encode()


def swap(members: dict[str, bytes]) -> None:
    """Two artifacts under each other's name, and a manifest that says so."""
    manifest = json.loads(members["manifest.json"])
    one, other = [name for name in members if name.startswith("artifacts/")][:2]
    members[one], members[other] = members[other], members[one]
    told = manifest["members"]
    told[one], told[other] = told[other], told[one]
    members["manifest.json"] = json.dumps(manifest).encode()


def forget_artifact(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    name = next(name for name in members if name.startswith("artifacts/"))
    del members[name], manifest["members"][name]
    members["manifest.json"] = json.dumps(manifest).encode()


@ONE_KIND
@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda members: members.pop("manifest.json"), BackupIncomplete),
        (lambda members: members.pop("database.sqlite"), ArchiveDamaged),
        (lambda members: members.update({"more": b""}), ArchiveDamaged),
        (lambda members: members.update({"../more": b""}), ArchiveDamaged),
        (lambda members: members.update({"database.sqlite": b"rotten"}), ArchiveDamaged),
        (lambda members: members.update({"manifest.json": b"{"}), ArchiveDamaged),
        (lambda members: members.update({"manifest.json": b"[]"}), ArchiveDamaged),
        (lambda members: members.update({"manifest.json": b"[" * 100000}), ArchiveDamaged),
        (with_manifest(format=2), ArchiveDamaged),
        (with_manifest(members={}), ArchiveDamaged),
        (with_manifest(members={"database.sqlite": 3}), ArchiveDamaged),
        (with_manifest(tables={"unit": 8}), ArchiveDamaged),
        (with_manifest(missing=["../../x"]), ArchiveDamaged),
        (slip, ArchiveDamaged),
        (swap, ArchiveDamaged),
        (forget_artifact, ArchiveDamaged),
    ],
)
def test_a_file_that_is_not_what_its_manifest_says_is_refused(
    saved: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], error: type[CampaignError]
) -> None:
    refused(rewritten(saved, change), tmp_path, error)
    assert not (tmp_path.parent.parent / "slipped").exists()


@ONE_KIND
def test_a_member_that_stands_there_twice_is_refused(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved, "a") as zip_file, pytest.warns(UserWarning, match="Duplicate name"):
        zip_file.writestr("database.sqlite", b"other")
    refused(saved, tmp_path, ArchiveDamaged)


@ONE_KIND
def test_what_is_no_backup_at_all_is_called_so(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("不是备份")
    for name in ("text", "files"):
        refused(tmp_path / name, tmp_path, NotABackup)
    refused(tmp_path / "none", tmp_path, NoSuchBackup)


def with_database(harm: str) -> Callable[[dict[str, bytes]], None]:
    """A backup whose copy was changed by a statement, with a manifest that fits."""

    def change(members: dict[str, bytes]) -> None:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(members["database.sqlite"])
        connection.executescript(harm)
        members["database.sqlite"] = connection.serialize()
        manifest = json.loads(members["manifest.json"])
        content = members["database.sqlite"]
        manifest["members"]["database.sqlite"] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


@ONE_KIND
@pytest.mark.parametrize(
    ("harm", "error"),
    [
        ("UPDATE setting SET value = '9999' WHERE key = 'schema'", OtherVersion),
        ("DROP TABLE setting", CopyUnsound),
        ("DROP TABLE ready", CopyUnsound),
        ("ALTER TABLE person ADD COLUMN more TEXT", CopyUnsound),
        ("DELETE FROM person WHERE id = 1", CopyUnsound),
        ("DELETE FROM tenure", ArchiveDamaged),
    ],
)
def test_a_copy_that_does_not_fit_is_refused(saved: Path, tmp_path: Path, harm: str, error: type[CampaignError]) -> None:
    refused(rewritten(saved, with_database(harm)), tmp_path, error)


@ONE_KIND
def test_a_restore_into_a_vault_that_cannot_be_used_leaves_no_database(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "restored").write_text("a file")
    with pytest.raises(CampaignError):
        restore(saved, str(tmp_path / "restored.db"), tmp_path / "restored")
    assert "restored.db" not in left(tmp_path)
    assert (tmp_path / "restored").read_text() == "a file"


@ONE_KIND
def test_a_failed_restore_leaves_the_files_that_were_there_before(saved: Path, running: House, tmp_path: Path) -> None:
    there = Vault(tmp_path / "there")
    mine = there.keep(tmp_path / "总结1.docx").digest
    # The folder of one of the others is taken by a file, so that keeping it fails half-way.
    for digest in set(files_of(running)) - {mine}:
        if not (there.root / digest[:2]).exists():
            (there.root / digest[:2]).write_text("in the way")
            break
    before = sorted(there.root.rglob("*"))
    with pytest.raises(CampaignError):
        restore(saved, str(tmp_path / "restored.db"), there.root)
    assert sorted(there.root.rglob("*")) == before and there.verify(mine)
    assert "restored.db" not in left(tmp_path)


@ONE_KIND
@pytest.mark.parametrize(("address", "error"), [("mysql://x", BadAddress), ("", BadAddress)])
def test_a_restore_to_an_address_that_cannot_be_read_is_refused(saved: Path, tmp_path: Path, address: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        restore(saved, address, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_a_database_that_fails_fails_the_backup_and_leaves_nothing(running: House, tmp_path: Path) -> None:
    with running.database.write() as connection:
        connection.execute(t.setting.delete())
        connection.exec_driver_sql("DROP TABLE agenda")
    with pytest.raises(DatabaseFailed):
        backup(running, tmp_path / "b.zip", NOW)
    assert not [name for name in left(tmp_path) if name.startswith((".campaign", "b.zip"))]
