"""What the environment says, read in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import WrongUsage
from engine.settings import BadRate, BadUnsubscribeUrl, SecretTwice, SecretUnreadable, channel_options, debugging, read_lang, read_settings

SMTP = {"CAMPAIGN_NOTIFIER": "smtp"}


def test_nothing_set_means_the_file_in_this_folder_in_chinese() -> None:
    settings = read_settings({})
    assert (settings.database, settings.lang, settings.files, settings.mail_folder, settings.notifier) == (
        "campaign.db",
        "zh",
        None,
        None,
        "",
    )


def test_what_is_typed_counts_more_than_the_environment() -> None:
    environment = {"CAMPAIGN_DB": "a.db", "CAMPAIGN_LANG": "en"}
    assert (read_settings(environment).database, read_settings(environment).lang) == ("a.db", "en")
    assert read_settings(environment, database="b.db", lang="zh").database == "b.db"


def test_letters_have_a_language_of_their_own() -> None:
    settings = read_settings({"CAMPAIGN_LANG": "en", "CAMPAIGN_MAIL_LANG": "zh"}, lang="en")
    assert (settings.lang, settings.mail_lang, settings.usual_lang) == ("en", "zh", "en")
    assert read_settings({}, lang="en").mail_lang is None and read_settings({}, lang="en").usual_lang == "zh"
    with pytest.raises(WrongUsage, match="CAMPAIGN_MAIL_LANG"):
        read_settings({"CAMPAIGN_MAIL_LANG": "fr"})


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("活动办公室 <office@example.org>", "活动办公室", "office@example.org"),
        ('"Office, Campaign" <office@example.org>', "Office, Campaign", "office@example.org"),
        ("office@example.org", "", "office@example.org"),
        ("", "", ""),
    ],
)
def test_the_sender_has_a_name_and_an_address(text: str, name: str, address: str) -> None:
    settings = read_settings({"CAMPAIGN_SENDER": text})
    assert (settings.sender_name, settings.sender_address) == (name, address)


def test_the_options_of_the_mail_server_are_named_as_it_names_them() -> None:
    settings = read_settings({**SMTP, "CAMPAIGN_SMTP_HOST": "mail.example.org", "CAMPAIGN_SMTP_PORT": "25", "CAMPAIGN_OTHER": "x"})
    assert channel_options(settings) == {"host": "mail.example.org", "port": "25"}


def test_a_channel_that_is_added_is_given_its_own_options_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hidden\n", encoding="utf-8")
    mine = {"CAMPAIGN_PIGEON_LOFT": "roof", "CAMPAIGN_PIGEON_RING_FILE": "ring.txt", "CAMPAIGN_PIGEON_TOKEN_FILE": str(tmp_path / "token")}
    settings = read_settings({"CAMPAIGN_NOTIFIER": "pigeon", "CAMPAIGN_SMTP_HOST": "mail.example.org", **mine})
    assert channel_options(settings) == {"loft": "roof", "ring_file": "ring.txt", "token": "hidden"}
    assert "hidden" not in repr(settings)


def test_where_no_channel_is_named_there_are_no_options() -> None:
    assert channel_options(read_settings({"CAMPAIGN_SMTP_HOST": "mail.example.org", "CAMPAIGN__X": "y"})) == {}


def test_a_password_is_read_from_its_file_without_the_line_end(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a b \n", encoding="utf-8")
    options = channel_options(read_settings({**SMTP, "CAMPAIGN_SMTP_PASSWORD_FILE": str(tmp_path / "secret")}))
    assert options == {"password": "a b "}


def test_the_address_of_a_robot_is_a_secret_too(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://robot.example.org/send?key=hidden\n", encoding="utf-8")
    given = {"CAMPAIGN_NOTIFIER": "wecom", "CAMPAIGN_WECOM_URL_FILE": str(tmp_path / "url")}
    assert channel_options(read_settings(given)) == {"url": "https://robot.example.org/send?key=hidden"}
    assert "hidden" not in repr(read_settings({"CAMPAIGN_NOTIFIER": "wecom", "CAMPAIGN_WECOM_URL": "https://robot.example.org/hidden"}))


def test_a_password_is_given_once(tmp_path: Path) -> None:
    both = {**SMTP, "CAMPAIGN_SMTP_PASSWORD": "hidden", "CAMPAIGN_SMTP_PASSWORD_FILE": str(tmp_path)}
    with pytest.raises(SecretTwice) as caught:
        channel_options(read_settings(both))
    assert "hidden" not in caught.value.say("zh") + caught.value.say("en")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SecretUnreadable, match="secret"):
        channel_options(read_settings({**SMTP, "CAMPAIGN_SMTP_PASSWORD_FILE": str(tmp_path / "secret")}))


def test_settings_that_are_shown_hold_no_password() -> None:
    assert "hidden" not in repr(read_settings({**SMTP, "CAMPAIGN_SMTP_PASSWORD": "hidden"}))


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(WrongUsage):
        read_lang({"CAMPAIGN_LANG": "fr"})


@pytest.mark.parametrize(("value", "shown"), [("", False), ("0", False), ("1", True)])
def test_faults_are_shown_only_on_request(value: str, shown: bool) -> None:
    assert debugging({"CAMPAIGN_DEBUG": value}) is shown


@pytest.mark.parametrize(
    ("text", "count", "within"),
    [("600/h", 600, 3600), ("1 / min", 1, 60), ("5/s", 5, 1), ("20000/d", 20000, 86400)],
)
def test_a_rate_is_so_many_in_a_span(text: str, count: int, within: int) -> None:
    rate = read_settings({"CAMPAIGN_MAIL_RATE": text, "CAMPAIGN_MAIL_RATE_DOMAIN": "1/h"}).rate
    assert rate is not None and (rate.count, rate.within.total_seconds()) == (count, within)


@pytest.mark.parametrize("text", ["0/h", "600", "h", "600/w", "-1/h", "1e3/h", "9999999999/h", "６00/h"])
def test_a_rate_that_cannot_be_read_names_its_variable(text: str) -> None:
    with pytest.raises(BadRate, match="CAMPAIGN_MAIL_RATE_DOMAIN"):
        read_settings({"CAMPAIGN_MAIL_RATE_DOMAIN": text})


def test_without_a_rate_there_is_no_limit() -> None:
    settings = read_settings({"CAMPAIGN_MAIL_RATE": " "})
    assert (settings.rate, settings.rate_domain, settings.unsubscribe_url) == (None, None, "")


@pytest.mark.parametrize("text", ["http://example.org", "https://", "https://example.org/ a", "https://example.org/>", "example.org"])
def test_one_click_needs_a_page_that_can_be_trusted(text: str) -> None:
    with pytest.raises(BadUnsubscribeUrl):
        read_settings({"CAMPAIGN_UNSUBSCRIBE_URL": text})
