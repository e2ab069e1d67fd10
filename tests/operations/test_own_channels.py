"""Which channels somebody is to be told by: as people write them, as a roster brings them in, as one says it of a person."""

from __future__ import annotations

import pytest

from engine.errors import CampaignError, FileProblems
from engine.operations import own_channels
from engine.operations.channels import (
    BadContact,
    ChannelTwice,
    NoContactThere,
    OwnChannel,
    UnknownChannel,
    kept,
    read_channels,
)
from engine.operations.rosters import import_roster
from tests.operations import world as w

HOUSE = ("smtp", "dingtalk", "webhook")
MOBILE = "13800001111"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("钉钉=13800001111、邮件", "dingtalk=13800001111 smtp"),
        ("smtp,DingTalk", "smtp dingtalk"),
        ("企业微信：li.si；  飞书＝ou_84aad35d", "wecom=li.si feishu=ou_84aad35d"),
        ("dingtalk = +852-51234567", "dingtalk=+852-51234567"),
        ("", ""),
        ("默认", ""),
        ("Default", ""),
    ],
)
def test_channels_are_read_as_people_write_them_and_stored_alike(written: str, read: str) -> None:
    assert kept(read_channels(written)) == read
    assert kept(read_channels(read)) == read


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("钉丁", UnknownChannel),
        ("smtp dingtalk 邮件", ChannelTwice),
        ("dingtalk=all", BadContact),
        ("wecom=@all", BadContact),
        ("feishu=<at>", BadContact),
        ("smtp=a@example.org", NoContactThere),
    ],
)
def test_what_cannot_be_a_channel_is_refused_in_both_languages(written: str, error: type[CampaignError]) -> None:
    with pytest.raises(error) as caught:
        read_channels(written)
    assert all("{" not in caught.value.say(lang) for lang in ("zh", "en"))


def bring_in(spring: w.World, *posts: str) -> None:
    folder = spring.folder / "roster"
    folder.mkdir(exist_ok=True)
    (folder / "units.csv").write_text("代码,名称,级别,上级\nG1B1,单位G1B1,党支部,G1\nG1B2,单位G1B2,党支部,G1\n", encoding="utf-8")
    (folder / "posts.csv").write_text("\n".join(["单位,岗位,姓名,邮箱,渠道", *posts, ""]), encoding="utf-8")
    import_roster(spring.house, folder, by=w.ADMIN, now=w.BEFORE, dry=False)


def named(spring: w.World, code: str) -> tuple[OwnChannel, ...]:
    return own_channels.told(spring.house, f"书记{code}", HOUSE, w.BEFORE).named


def test_a_roster_gives_channels_a_blank_leaves_them_and_default_takes_them_away(spring: w.World) -> None:
    row = "G1B1,书记,书记G1B1,g1b1@example.org,"
    bring_in(spring, f"{row}钉钉={MOBILE}、邮件")
    assert named(spring, "G1B1") == (OwnChannel(name="dingtalk", contact=MOBILE), OwnChannel(name="smtp"))
    bring_in(spring, row)
    assert named(spring, "G1B1") == (OwnChannel(name="dingtalk", contact=MOBILE), OwnChannel(name="smtp"))
    bring_in(spring, f"{row}默认")
    assert named(spring, "G1B1") == ()


@pytest.mark.parametrize(
    ("posts", "line", "code"),
    [
        (["G1B1,书记,书记G1B1,g1b1@example.org,微信"], 2, "unknown-channel"),
        (["G1B1,书记,书记G1B1,g1b1@example.org,", "G1B2,书记,书记G1B2,g1b2@example.org,邮件=1"], 3, "no-contact-there"),
        (["G1B1,书记,甲,a@example.org,邮件", "G1B2,书记,甲,a@example.org,钉钉"], 3, "two-orders"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_with_its_row_and_column(spring: w.World, posts: list[str], line: int, code: str) -> None:
    before = spring.rows("person")
    with pytest.raises(FileProblems) as caught:
        bring_in(spring, *posts)
    [problem] = caught.value.problems
    assert (problem.line, problem.column, problem.code) == (line, 5, code)
    assert spring.rows("person") == before


def test_whoever_holds_two_posts_may_say_it_once(spring: w.World) -> None:
    bring_in(spring, "G1B1,书记,书记G1B1,g1b1@example.org,钉钉", "G1B2,书记,书记G1B1,g1b1@example.org,")
    assert named(spring, "G1B1") == (OwnChannel(name="dingtalk"),)


def test_the_journal_keeps_who_changed_channels_and_not_what_she_is_called_by(spring: w.World) -> None:
    for changed in (True, False):
        said = own_channels.tell_by(spring.house, "书记G1B1", f"dingtalk={MOBILE}", HOUSE, by=w.ADMIN, now=w.BEFORE)
        assert said.changed is changed
    [line] = spring.journal("channels-set")
    assert line.data["channels"] == "dingtalk" and MOBILE not in str(line)
