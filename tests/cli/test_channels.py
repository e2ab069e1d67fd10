"""Several channels at the desk: which the house has, which a person goes by, and what a rehearsal plays of it."""

from __future__ import annotations

import pytest

from tests.cli.desk import PREPARATION, Clerk, flat
from tests.cli.test_doctor import change, codes
from tests.notifiers.servers import mail_server

BOTH = "smtp, dingtalk"
PHONE = "13800001111"


@pytest.fixture
def house(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """A rehearsal that plays mail and a group."""
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", BOTH)
    return launched


@pytest.fixture
def live(house: Clerk, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """The same house for good, its mail set up."""
    change(house, "UPDATE setting SET value = 'live' WHERE key = 'kind'")
    monkeypatch.setenv("CAMPAIGN_SMTP_HOST", "mail.example.org")
    return house


@pytest.mark.parametrize("named", ["smtp,dingtalk", "smtp dingtalk", "smtp、dingtalk", "smtp，smtp; dingtalk"])
def test_the_house_names_its_channels_the_usual_one_first(launched: Clerk, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", named)
    assert [(one["channel"], one["usual"]) for one in launched.does("mail", "channels", "--json").data] == [
        ("smtp", True),
        ("dingtalk", False),
    ]


def test_what_is_wrong_with_a_channel_is_said_of_it_and_to_the_doctor(live: Clerk) -> None:
    said = live("mail", "channels")
    assert said.code == 1 and "smtp      默认，可以使用" in said.out and "选项 url 没有给出" in said.out
    assert "no-mail" in codes(live)
    assert "dingtalk" in live("doctor").out
    assert "option url is missing" in live("mail", "channels", "--lang", "en").out


def test_every_channel_that_cannot_be_used_has_its_own_sentence(live: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMPAIGN_SMTP_HOST")
    said = flat(live("doctor").out)
    assert "通知方式 smtp 的选项" in said and "通知方式 dingtalk 的选项" in said


def test_the_doctor_calls_each_channel_if_he_is_asked_to(live: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as server:
        monkeypatch.setenv("CAMPAIGN_NOTIFIER", "smtp")
        for name, value in {"HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"CAMPAIGN_SMTP_{name}", value)
        assert codes(live, "--channels") == []
        assert server.contents() == []
    assert codes(live) == []
    assert codes(live, "--channels") == ["channel-out-of-reach"]
    assert "没有成功" in live("doctor", "--channels").out


def test_nothing_is_sent_while_one_channel_is_not_set_up(live: Clerk) -> None:
    said = live("deliver")
    assert said.code == 1 and "dingtalk" in said.err and "url" in said.err


def test_a_channel_that_is_none_is_refused_in_a_rehearsal_too(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", "smtp dingtlak")
    said = launched("deliver")
    assert said.code == 1 and "dingtalk" in said.err


def test_a_rehearsal_plays_the_channels_and_sends_nothing(house: Clerk) -> None:
    house.does("mail", "channels", "李明", "--set", f"钉钉={PHONE}、邮件", "--as", "管理员")
    house.does("sweep", "--now", "2010-06-12")
    assert "campaign.db.mail" in house.does("deliver").out
    assert list((house.folder / "campaign.db.mail").glob("*_li@example.org_*.eml"))
    told = house.does("explain-notice", "1", "--json").data["letter"]
    assert (told["channel"], told["contact"]) == ("dingtalk", PHONE)
    assert f"dingtalk，提醒 @{PHONE}" in house.does("explain-notice", "1").out


def test_what_tomorrow_brings_is_shown_with_its_channel(house: Clerk) -> None:
    house.does("mail", "channels", "李明", "--set", "钉钉", "--as", "管理员")
    said = house.does("tomorrow", "--on", "2010-06-11", "--now", "2010-06-10").out
    assert "李明  机电学院党支部  dingtalk li@example.org" in said and "smtp zhang@example.org" in flat(said)


def test_channels_are_shown_and_changed_and_given_back(house: Clerk) -> None:
    assert "走默认的渠道" in house.does("mail", "channels", "李明").out
    said = flat(house.does("mail", "channels", "U01/书记", "--set", f"dingtalk={PHONE},smtp", "--as", "管理员", "--lang", "en").out)
    assert f"dingtalk @{PHONE}, smtp <li@example.org>" in said
    house.does("mail", "channels", "李明", "--set", "默认", "--as", "管理员")
    assert house.does("mail", "channels", "李明", "--json").data["channels"] == []
    assert house.does("journal").out.splitlines()[-2].split()[2:] == ["改渠道", "管理员（代", "李明）", "dingtalk", "smtp"]


def test_a_channel_nobody_has_a_wish_for_nobody_and_a_wish_of_nobody_are_refused(house: Clerk) -> None:
    assert "是不是“钉钉”" in house("mail", "channels", "李明", "--set", "钉丁", "--as", "管理员").err
    assert house("mail", "channels", "--set", "钉钉").code == 2
    assert "--as" in house("mail", "channels", "李明", "--set", "钉钉").err
    assert house.does("mail", "channels", "李明", "--json").data["channels"] == []


def test_a_launch_does_not_miss_the_address_of_whom_a_group_reaches(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_NOTIFIER", "smtp dingtalk")
    for words in PREPARATION[:1]:
        clerk.does(*words)
    (clerk.folder / "units.csv").write_text("代码,名称,级别,上级\nU,大学,学校,\nA,甲,党支部,U\nB,乙,党支部,U\n", encoding="utf-8")
    posts = "单位,岗位,姓名,邮箱,渠道\nU,书记,王,wang@example.org,\nA,书记,张,,钉钉\nB,书记,李,,\n"
    (clerk.folder / "posts.csv").write_text(posts, encoding="utf-8")
    clerk.does("units", "import", ".", "--as", "管理员")
    clerk.does("load", "workflow.yaml", "--as", "管理员", "--now", "2010-05-04")
    unreached = clerk.does("launch", "--as", "管理员", "--json").data["unreachable"]
    assert [seat["unit"] for seat in unreached] == ["B"]


def test_without_any_channel_it_is_said_how_to_name_one(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    change(launched, "UPDATE setting SET value = 'live' WHERE key = 'kind'")
    said = launched("mail", "channels")
    assert said.code == 1 and "CAMPAIGN_NOTIFIER" in said.err
