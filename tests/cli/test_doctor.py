"""The doctor says what is wrong, what it means and what to do; and that nothing is."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.cli import layout
from engine.cli.examining import bytes_words
from tests.cli.desk import Clerk


def change(clerk: Clerk, *statements: str) -> None:
    """What no operation does."""
    with closing(sqlite3.connect(clerk.folder / "campaign.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def codes(clerk: Clerk, *words: str) -> list[str]:
    """What is wrong, by name."""
    said = clerk("doctor", "--json", *words)
    assert said.code == (1 if said.data["findings"] else 0)
    assert said.data["sound"] is not bool(said.data["findings"])
    return [finding["code"] for finding in said.data["findings"]]


@pytest.mark.parametrize(("lang", "well"), [("zh", "没有发现问题"), ("en", "Nothing is wrong")])
def test_a_sound_database_is_said_to_be_so(launched: Clerk, lang: str, well: str) -> None:
    said = launched.does("doctor", "--lang", lang)
    assert well in said.out
    assert "synchronous = 2" in said.out


def test_counts_that_differ_are_named_with_their_unit_and_what_to_do(launched: Clerk) -> None:
    change(launched, "UPDATE progress SET missing = missing + 2 WHERE stage = 0")
    said = launched("doctor", "--lang", "en")
    assert said.code == 1
    assert "- U01 动员部署: kept as 3, counted 1" in said.out
    assert "What to do:" in said.out and "1 problem found." in said.out
    assert codes(launched) == ["wrong-progress"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whatever_is_found_fits_a_terminal(launched: Clerk, lang: str) -> None:
    change(
        launched,
        "UPDATE progress SET missing = missing + 2",
        "UPDATE tally SET n = n + 1",
        "UPDATE obligation SET waits = 7",
        "DELETE FROM ready",
        "DROP INDEX ix_cases_stage",
        "INSERT INTO overdue SELECT case_id, occurrence_id, 0, 1, 'x', 0 FROM obligation LIMIT 1",
        "UPDATE obligation SET state = 10",
    )
    said = launched("doctor", "--lang", lang)
    assert all(layout.width(line) <= 80 for line in said.out.splitlines()), said.out
    assert {"missing-index", "wrong-progress", "wrong-tally", "wrong-overdue", "wrong-waits"} <= set(codes(launched))


def test_files_are_read_only_where_that_is_asked_for(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-05-10")
    launched.does("submit", "U01", "实施方案", launched.document("方案.docx", 1200), "--as", "李明")
    assert codes(launched, "--files") == []
    [kept] = [path for path in (launched.folder / "campaign.db.files").rglob("*") if path.is_file()]
    kept.write_bytes(b"something else")
    assert codes(launched) == []
    said = launched("doctor", "--files", "--lang", "en")
    assert "U01 方案.docx" in said.out
    kept.unlink()
    assert codes(launched, "--files") == ["lost-file"]


@pytest.fixture
def harmed(launched: Clerk) -> Clerk:
    """A clerk in whose vault one paper was changed, one is lost, and one cannot be read."""
    launched.does("sweep", "--now", "2010-05-10")
    for number, unit in enumerate(("U01", "U02", "U03")):
        paper = launched.document(f"{unit}.docx", 1200 + number)
        launched.does("submit", unit, "实施方案", paper, "--as", "管理员", "--for", "owner")
    changed, lost, unreadable = (kept_file(launched, f"{unit}.docx") for unit in ("U01", "U02", "U03"))
    changed.write_bytes(b"something else")
    lost.unlink()
    unreadable.unlink()
    unreadable.symlink_to("/proc/self/mem")
    return launched


def kept_file(clerk: Clerk, name: str) -> Path:
    digest = hashlib.sha256((clerk.folder / name).read_bytes()).hexdigest()
    return clerk.folder / "campaign.db.files" / digest[:2] / digest[2:]


WHY = pytest.mark.parametrize(
    ("lang", "reasons"),
    [("zh", ("与报送时不同", "已经丢失", "读不了（")), ("en", ("it is not what was handed in", "it is lost", "it cannot be read ("))],
)


@WHY
def test_every_file_that_is_not_what_it_was_is_named_with_what_is_wrong(harmed: Clerk, lang: str, reasons: tuple[str, ...]) -> None:
    said = harmed("doctor", "--files", "--lang", lang)
    assert said.code == 1 and all(reason in said.out for reason in reasons), said.out
    assert all(f"{unit} {unit}.docx" in said.out for unit in ("U01", "U02", "U03"))


@WHY
def test_a_backup_without_some_artifacts_is_made_and_names_them_and_ends_with_1(harmed: Clerk, lang: str, reasons: tuple[str, ...]) -> None:
    said = harmed("backup", "b.zip", "--lang", lang)
    assert said.code == 1 and all(reason in said.err for reason in reasons), said.err
    assert all(unit in said.err for unit in ("U01", "U02", "U03"))
    assert len(harmed("backup", "c.zip", "--json").data["missing"]) == 3
    harmed.does("restore", "b.zip", "--db", "new.db")
    assert "方案" in harmed.does("status", "U01", "--db", "new.db").out


@pytest.mark.parametrize(("lost", "more"), [(10, False), (11, True)])
def test_beyond_ten_files_they_are_counted(launched: Clerk, lost: int, more: bool) -> None:
    launched.does("sweep", "--now", "2010-05-10")
    launched.does("submit", "U01", "实施方案", launched.document("方案.docx", 1200), "--as", "李明")
    columns = "case_id, occurrence_id, subject, item, name, size, statement, handed_in_at, person_id, verdicts"
    change(
        launched,
        f"INSERT INTO artifact ({columns}, version, digest) WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
        f" WHERE i <= {lost}) SELECT {columns}, i, printf('%064x', i) FROM artifact, n",
    )
    said = launched("doctor", "--files", "--lang", "zh")
    assert said.out.count("方案.docx：") == 10 and (f"共 {lost} 处" in said.out) == more, said.out


def test_a_journal_from_the_future_is_found_in_a_live_database_only(clerk: Clerk) -> None:
    clerk.does("init")
    clerk.does("units", "import", "roster.xlsx", "--as", "管理员")
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    assert codes(clerk) == []
    change(clerk, "UPDATE event SET recorded_at = recorded_at + 86400")
    assert codes(clerk) == ["journal-ahead"]
    change(clerk, "UPDATE setting SET value = 'rehearsal' WHERE key = 'kind'")
    assert codes(clerk) == []


def test_where_there_is_no_database_there_is_nothing_to_examine(clerk: Clerk) -> None:
    said = clerk("doctor")
    assert said.code == 1 and "campaign init" in said.err
    assert not Path("campaign.db").exists()


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (5 * 2**30, "5.0 GiB"), (3000 * 2**40, "3,000.0 TiB")]
)
def test_sizes_are_said_as_people_read_them(size: int, said: str) -> None:
    assert bytes_words(size) == said


def test_a_live_campaign_from_which_no_letter_can_leave_is_said_to_be_so(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    change(launched, "UPDATE setting SET value = 'live' WHERE key = 'kind'")
    monkeypatch.delenv("CAMPAIGN_NOTIFIER", raising=False)
    assert "no-mail" in codes(launched)
    said = launched.does("mail", "on", "--as", "管理员", "--lang", "zh")
    assert "邮件已放行" in said.out and "可是现在寄不出去" in said.out and "CAMPAIGN_NOTIFIER" in said.out
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", "maildir")
    assert "no-mail" not in codes(launched)
    assert "寄不出去" not in launched.does("mail", "on", "--as", "管理员", "--lang", "zh").out


@pytest.mark.parametrize("sender", ["活动办公室 office@example.org", "张三 <zs@例子.中国>"])
def test_a_sender_that_cannot_be_loses_no_letter(launched: Clerk, monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    launched.does("sweep", "--now", "2010-06-20")
    monkeypatch.setenv("CAMPAIGN_SENDER", sender)
    said = launched("deliver", "--lang", "zh")
    assert said.code == 1 and "CAMPAIGN_SENDER" in said.err
    monkeypatch.delenv("CAMPAIGN_SENDER")
    launched.does("deliver", "--now", "2010-06-20")
    assert launched.letters


MISSPELT = [
    ("CAMPAIGN_SMTP_HOTS", "CAMPAIGN_SMTP_HOST"),
    ("CAMPAIGN_SMTP_PASSWORD_FIEL", "CAMPAIGN_SMTP_PASSWORD_FILE"),
    ("CAMPAIGN_SMPT_PORT", "CAMPAIGN_SMTP_PORT"),
    ("CAMPAIGN_SENDR", "CAMPAIGN_SENDER"),
    ("CAMPAIGN_MAILDIR_FOLDR", "CAMPAIGN_MAILDIR_FOLDER"),
    ("CAMPAIGN_DINGTALK_SECRT", "CAMPAIGN_DINGTALK_SECRET"),
    ("CAMPAIGN_WECOM_URL_FIEL", "CAMPAIGN_WECOM_URL_FILE"),
]


@pytest.mark.parametrize(("lang", "asked"), [("zh", "是不是 {}？"), ("en", "Did you mean {}?")])
@pytest.mark.parametrize(("name", "meant"), MISSPELT)
def test_a_setting_that_is_misspelt_is_named_with_the_nearest_known_one(
    launched: Clerk, monkeypatch: pytest.MonkeyPatch, name: str, meant: str, lang: str, asked: str
) -> None:
    monkeypatch.setenv(name, "s3cret")
    monkeypatch.setenv("COLUMNS", "200")
    assert codes(launched) == ["unknown-variable"]
    for said in (launched("doctor", "--lang", lang).out, launched.does("deliver", "--lang", lang).err):
        assert name in said and asked.format(meant) in said and "s3cret" not in said


def test_a_setting_that_is_like_no_other_is_named_alone(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_ZZZ", "x")
    said = launched("doctor", "--lang", "en").out
    assert "no setting CAMPAIGN_ZZZ; it has no effect." in said and "Did you mean" not in said


def test_settings_that_are_known_are_not_named(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("SMTP_HOST", "SMTP_PASSWORD_FILE", "SMTP_PASSWORD", "MAILDIR_DURABLE", "DEBUG", "LANG", "MAIL_FOLDER", "SENDER", "FILES")
    for name in (*names, "WECOM_URL", "WECOM_URL_FILE", "FEISHU_SECRET_FILE", "WEBHOOK_PLAIN_HTTP"):
        monkeypatch.setenv(f"CAMPAIGN_{name}", "zh" if name == "LANG" else "")
    assert codes(launched) == []
    assert launched.does("deliver").err == ""


@pytest.mark.parametrize("command", ["run", "deliver"])
def test_whoever_sends_nothing_because_a_setting_is_misspelt_is_told_which(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    clerk.does("init")
    monkeypatch.setenv("CAMPAIGN_NOTIFIR", "smtp")
    said = clerk(command)
    assert said.code == 1
    assert "是不是 CAMPAIGN_NOTIFIER？" in said.err and "还没有配置怎样发信" in said.err


def test_how_things_stand_with_the_mail_is_said_before_any_campaign_runs_and_after(clerk: Clerk) -> None:
    clerk.does("init", "--rehearsal", "--office-address", "office@example.org")
    said = clerk("doctor").out
    assert "发信渠道" in said and "maildir" in said and "office@example.org" in said and "还没有寄出过信" in said
    assert "no letter has gone yet" in clerk("doctor", "--lang", "en").out


def test_what_is_held_and_when_a_letter_last_went_is_said_too(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-14T09:00")
    launched.does("deliver")
    mail = launched("doctor", "--json").data["mail"]
    assert (mail["on"], mail["held"], mail["last"]) == (["春季总结工作"], [], "2010-06-14T09:00:00+08:00")
    launched.does("mail", "off", "--as", "管理员")
    assert "暂存邮件的活动" in launched("doctor").out
