"""What comes back, and who wants fewer letters, at the command line."""

from __future__ import annotations

import email
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.desk import Clerk, flat
from tests.cli.test_json import CONTRACTS
from tests.notifiers.returned import LETTER, postfix, wish


@pytest.fixture
def told(launched: Clerk) -> Clerk:
    """Everybody has been told of what is due."""
    launched.does("sweep", "--now", "2010-06-14")
    launched.does("deliver")
    return launched


def head(clerk: Clerk, address: str, name: str) -> str:
    """A line in the head of the letter to an address."""
    [letter] = [path for path in clerk.letters if address in path.name]
    return str(email.message_from_bytes(letter.read_bytes())[name])


def comes_back(clerk: Clerk, address: str) -> Path:
    """A folder in which the letter to that address lies, returned."""
    box = clerk.folder / "退信"
    box.mkdir()
    (box / "1.eml").write_bytes(postfix().replace(LETTER.encode(), head(clerk, address, "Message-ID").encode()))
    return box


def test_a_letter_that_came_back_is_read_listed_and_written_again_once_the_roster_is_right(told: Clerk) -> None:
    box = comes_back(told, "li@example.org")
    said = told.does("mail", "read", str(box))
    assert "读了 1 封：退信 1 封" in said.out and "campaign mail failures" in said.out
    listed = told.does("mail", "failures")
    assert "U01 机电学院党支部 书记  李明 <li@example.org>" in listed.out
    assert (
        "退信：<li@mail.example.org> 550 5.1.1" in flat(listed.out)
        and "机电学院党支部 实施方案" in listed.out
        and "units import" in listed.out
    )
    assert all(len(line.encode("gb18030")) <= 80 for line in listed.out.splitlines())
    assert "被退回" in told.does("notices", "--state", "被退回").out
    assert "退信" in told.does("journal").out
    contract = next(contract for words, contract in CONTRACTS if words == ("mail", "failures"))
    data = told.does("mail", "failures", "--json").data
    Draft202012Validator(contract).validate(data)
    assert [one["task"] for one in data[0]["duties"]] == ["实施方案"]


def test_a_returned_letter_that_is_none_of_ours_is_named_with_the_address_it_is_about(told: Clerk) -> None:
    (told.folder / "fremd.eml").write_bytes(postfix())
    said = told.does("mail", "read", "fremd.eml")
    assert "fremd.eml <li@mail.example.org>" in flat(said.out)
    assert told.does("mail", "read", "fremd.eml", "--json").data["unmatched"] == ["fremd.eml <li@mail.example.org>"]


def test_who_is_owed_letters_and_has_no_address_is_listed_until_she_has_one(told: Clerk) -> None:
    (told.folder / "units.csv").write_text("代码,名称,级别,上级\n", encoding="utf-8")
    (told.folder / "posts.csv").write_text("单位,岗位,人员,邮箱\nU02,书记,张三,\n", encoding="utf-8")
    told.does("units", "import", ".", "--as", "管理员")
    told.does("sweep", "--now", "2010-06-19T09:00")
    told.does("deliver")
    listed = told.does("mail", "failures").out
    assert "却没有地址可寄的 1 处" in listed and "U02 文学院党支部" in listed and "没有邮箱" in listed
    [one] = told.does("mail", "failures", "--json").data
    assert (one["unit"], one["person"], one["outcome"], one["letters"]) == ("U02", "张三", "no-address", 0)
    (told.folder / "posts.csv").write_text("单位,岗位,人员,邮箱\nU02,书记,张三,zhang2@example.org\n", encoding="utf-8")
    told.does("units", "import", ".", "--as", "管理员")
    assert "没有寄不到的邮件" in told.does("mail", "failures").out


def test_who_is_written_to_again_is_off_the_list(told: Clerk) -> None:
    told.does("mail", "read", str(comes_back(told, "li@example.org")))
    assert "1 条提醒" in told.does("mail", "retry", "李明", "--as", "管理员").out
    assert "没有寄不到的邮件" in told.does("mail", "failures").out
    assert "不用改动" in told.does("mail", "retry", "李明", "--as", "管理员").out


def test_who_has_another_address_by_now_needs_no_retry_and_is_told_so(told: Clerk) -> None:
    told.does("mail", "read", str(comes_back(told, "li@example.org")))
    (told.folder / "posts.csv").write_text("单位,岗位,人员,邮箱\nU01,书记,李明,liming@example.org\n", encoding="utf-8")
    (told.folder / "units.csv").write_text("代码,名称,级别,上级\n", encoding="utf-8")
    said = told.does("units", "import", ".", "--as", "管理员")
    assert "姓名、邮箱或电话有改动的：李明" in said.out
    assert "退信的是李明以前的邮箱；现在的是 liming@example.org" in flat(told.does("mail", "retry", "李明", "--as", "管理员").out)
    assert "mail-retried" not in told.does("journal", "--json").out
    told.does("deliver")
    assert any("liming@example.org" in path.name for path in told.letters)


def test_english_says_the_same(told: Clerk) -> None:
    box = comes_back(told, "li@example.org")
    assert "1 came back" in flat(told.does("mail", "read", str(box), "--lang", "en").out)
    listed = told.does("mail", "failures", "--lang", "en").out
    assert "came back: <li@mail.example.org> 550 5.1.1" in flat(listed) and "mail retry PERSON" in listed
    assert "bounced" in told.does("notices", "--lang", "en", "--state", "bounced").out


def test_a_wish_out_of_a_mail_program_is_read_and_can_be_taken_back(told: Clerk) -> None:
    mark = head(told, "wang@example.org", "List-Unsubscribe").partition("subject=")[2].removesuffix(">")
    (told.folder / "wish.eml").write_bytes(wish(mark))
    assert "改为每周汇总 1 人" in flat(told.does("mail", "read", "wish.eml").out)
    assert "随时告知；本人该办的事照常提醒" in flat(told.does("mail", "digest", "王书记", "--off", "--as", "管理员").out)
    assert "（原来就是）" in told.does("mail", "digest", "王书记", "--off", "--as", "管理员").out
    assert "改为每周汇总" in told.does("journal").out


@pytest.mark.parametrize("switches", [(), ("--on", "--off")])
def test_the_digest_is_on_or_off(told: Clerk, switches: tuple[str, ...]) -> None:
    said = told("mail", "digest", "王书记", *switches, "--as", "管理员")
    assert said.code == 2 and "--on" in said.err and "--off" in said.err


def test_nobody_is_nobody(told: Clerk) -> None:
    for words in (("digest", "无此人", "--on"), ("retry", "无此人")):
        said = told("mail", *words, "--as", "管理员")
        assert said.code == 1 and "无此人" in said.err
    assert told("mail", "retry", "李明").code == 1


def test_where_there_is_no_mailbox_that_is_said(told: Clerk) -> None:
    said = told("mail", "read", "没有")
    assert said.code == 1 and "没有 没有 这个文件夹或文件" in said.err


def test_what_is_no_mail_is_named(told: Clerk) -> None:
    box = told.folder / "box"
    box.mkdir()
    (box / "图.png").write_bytes(b"\x89PNG" + bytes(5000))
    assert "图.png" in told.does("mail", "read", "box").out


def test_only_so_many_letters_go_and_that_is_said(launched: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_MAIL_RATE", "1/h")
    launched.does("sweep", "--now", "2010-06-14")
    said = flat(launched.does("deliver").out)
    assert "寄出 1 封" in said and "已到限速" in said and "最早的一封：2010-06-14 01:00" in said
    monkeypatch.setenv("CAMPAIGN_MAIL_RATE", "many")
    said_no = launched("deliver")
    assert said_no.code == 1 and "CAMPAIGN_MAIL_RATE" in said_no.err and "600/h" in said_no.err


def test_a_delivery_that_writes_to_nobody_says_why(told: Clerk) -> None:
    told.does("sweep", "--now", "2010-06-14T09:00")
    assert "每天一封" not in told.does("deliver").out
    told.does("sweep", "--now", "2010-06-17T09:00")
    told.does("deliver")
    told.does("extend", "U01", "实施方案", "--to", "2010-06-22", "--reason", "外出", "--as", "王书记", "--now", "2010-06-17T10:00")
    assert "今天已有过一封信（每人每天一封），等到明天的 1 处" in flat(told.does("deliver").out)
    assert told.does("deliver", "--json").data["put_off"] == {"letter-today": 1}
    assert "one a day): 1" in flat(told.does("deliver", "--lang", "en").out)
    told.does("mail", "off", "--as", "管理员")
    assert "campaign mail on" in told.does("deliver").out
