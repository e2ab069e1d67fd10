"""In which language letters are written: that of the house, whoever sends them and in whatever language she reads the terminal."""

from __future__ import annotations

import email
from email.policy import default

import pytest

from tests.cli.desk import PREPARATION, Clerk


def texts(clerk: Clerk) -> list[str]:
    """What the letters say."""
    mails = [email.message_from_bytes(path.read_bytes(), policy=default) for path in clerk.letters]
    return [str(mail.get_body(("plain",)).get_content()) for mail in mails]  # type: ignore[union-attr]  # each has a text


def test_whoever_reads_the_terminal_in_english_sends_letters_in_the_language_of_the_house(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-14T09:00")
    assert "sent" in launched.does("deliver", "--lang", "en").out
    assert texts(launched) and all("您好" in text for text in texts(launched))
    seen = launched.does("preview", "U01", "实施方案", "--lang", "en").out
    assert "To: " in seen and "您好" in seen


def test_a_house_made_in_english_writes_english_whoever_sends(clerk: Clerk) -> None:
    for words in PREPARATION:
        clerk.does(*words, *(("--lang", "en") if words[0] == "init" else ()))
    clerk.does("sweep", "--now", "2010-06-14T09:00")
    clerk.does("deliver")
    assert texts(clerk) and all("Dear" in text for text in texts(clerk))


def test_the_language_of_letters_can_be_changed_later(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_MAIL_LANG", "en")
    launched.does("sweep", "--now", "2010-06-14T09:00")
    launched.does("deliver")
    assert texts(launched) and all("Dear" in text for text in texts(launched))
