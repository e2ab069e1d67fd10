"""The contract every channel keeps."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifiers.base import Notifier, NotSent, as_mime
from notifiers.console import ConsoleNotifier
from notifiers.fake import FakeNotifier
from notifiers.maildir import MaildirNotifier
from notifiers.registry import GROUPS, NOTIFIERS, TAKING_FILES, make
from tests.notifiers.conftest import Certificates
from tests.notifiers.letters import CALENDAR, NOW, files_in, letter, name_in, parsed, part
from tests.notifiers.servers import mail_server
from tests.notifiers.services import options, service


@dataclass(frozen=True)
class Received:
    """What came out at the other end. A robot tells a group the name only: an address is nobody else's business."""

    to_name: str
    to_address: str | None
    subject: str
    text: str
    files: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Channel:
    notifier: Notifier
    received: Callable[[], list[Received]]


Making = Callable[[Path, Certificates], AbstractContextManager[Channel]]


def _from_bytes(content: bytes) -> Received:
    message = parsed(content)
    address = message["To"].addresses[0].addr_spec
    return Received(name_in(content, "To"), address, message["Subject"], part(message, "plain"), files_in(message))


def _from_stream(stream: io.StringIO) -> list[Received]:
    letters = stream.getvalue().split("-" * 78 + "\n")[1:]
    found = []
    for shown in letters:
        head, _, text = shown.partition("\n\n")
        lines = {name: value.strip() for name, _, value in (line.partition(":") for line in head.splitlines())}
        name, _, address = lines["To"].rpartition(" <")
        found.append(Received(name, address.rstrip(">"), lines["Subject"], text))
    return found


@contextmanager
def _smtp(tmp_path: Path, certificates: Certificates) -> Iterator[Channel]:
    with mail_server(tls=certificates.server, login=True) as server:
        where = {"host": "127.0.0.1", "port": str(server.port), "ca_file": certificates.ca_file}
        notifier = make("smtp", where | {"user": "office", "password": "correct horse", "timeout": "10"})
        yield Channel(notifier, lambda: [_from_bytes(content) for content in server.contents()])
        notifier.close()


@contextmanager
def _maildir(tmp_path: Path, certificates: Certificates) -> Iterator[Channel]:
    folder = tmp_path / "mail"
    yield Channel(MaildirNotifier(folder), lambda: [_from_bytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))])


@contextmanager
def _console(tmp_path: Path, certificates: Certificates) -> Iterator[Channel]:
    stream = io.StringIO()
    yield Channel(ConsoleNotifier(stream), lambda: _from_stream(stream))


@contextmanager
def _fake(tmp_path: Path, certificates: Certificates) -> Iterator[Channel]:
    fake = FakeNotifier()
    yield Channel(fake, lambda: [_from_bytes(as_mime(sent.letter, sent.now).as_bytes()) for sent in fake.sent])


def _said_by_robot(headline: str, text: str) -> Received:
    name, _, subject = headline.partition("：")
    return Received(name, None, subject, text)


def _from_dingtalk(values: Any) -> Received:
    headline, _, text = values["text"]["content"].partition("\n\n")
    return _said_by_robot(headline, text)


def _from_wecom(values: Any) -> Received:
    headline, _, text = values[values["msgtype"]]["content"].partition("\n\n")
    return _said_by_robot(headline, text)


def _from_feishu(values: Any) -> Received:
    post = values["content"]["post"]["zh_cn"]
    only = post["content"][-1][0]
    return _said_by_robot(post["title"], only["text"])


def _from_webhook(values: Any) -> Received:
    return Received(values["recipient"]["name"], values["recipient"]["address"], values["subject"], values["text"])


def _posted(name: str, read: Callable[[Any], Received]) -> Making:
    @contextmanager
    def channel(tmp_path: Path, certificates: Certificates) -> Iterator[Channel]:
        with service(name, tls=certificates.server) as state:
            notifier = make(name, options(state, ca_file=certificates.ca_file))
            yield Channel(notifier, lambda: [read(request.values) for request in state.taken])
            notifier.close()

    return channel


_CHANNELS: dict[str, Making] = {
    "smtp": _smtp,
    "maildir": _maildir,
    "console": _console,
    "fake": _fake,
    "dingtalk": _posted("dingtalk", _from_dingtalk),
    "wecom": _posted("wecom", _from_wecom),
    "feishu": _posted("feishu", _from_feishu),
    "webhook": _posted("webhook", _from_webhook),
}


@pytest.fixture(params=_CHANNELS)
def channel(request: pytest.FixtureRequest, tmp_path: Path, certificates: Certificates) -> Iterator[Channel]:
    with _CHANNELS[request.param](tmp_path, certificates) as made:
        assert made.notifier.name == request.param
        yield made


def test_no_channel_is_left_out_of_the_contract() -> None:
    assert set(_CHANNELS) == {*NOTIFIERS, "fake"}


def test_a_letter_arrives_whole_and_the_receipt_says_something(channel: Channel) -> None:
    receipt = channel.notifier.send(letter(), NOW)
    [got] = channel.received()
    assert receipt.strip()
    assert (got.to_name, got.to_address or "li.si@example.org", got.subject) == ("李四", "li.si@example.org", letter().subject)
    assert "\n.开头的点\n领导点评还差 14 字。" in got.text


def test_a_long_chinese_name_arrives_whole(channel: Channel) -> None:
    name = "中国共产党某某大学计算机科学与技术学院软件工程系学生第二支部委员会全体同志"
    channel.notifier.send(letter(to_name=name, subject=name * 4), NOW)
    assert [(got.to_name, got.subject) for got in channel.received()] == [(name, name * 4)]


def test_an_attachment_goes_along_whole_or_is_left_out_as_the_channel_says(channel: Channel) -> None:
    channel.notifier.send(letter(attachments=(CALENDAR,)), NOW)
    [got] = channel.received()
    assert "\n.开头的点\n领导点评还差 14 字。" in got.text
    assert got.files == ([("期限.ics", "text/calendar; PUBLISH", CALENDAR.text)] if channel.notifier.attaches else [])


def test_which_channels_take_files_is_known_without_making_any(channel: Channel) -> None:
    assert channel.notifier.attaches == (channel.notifier.name in TAKING_FILES | {"fake"})


def test_several_letters_arrive_in_the_order_of_sending(channel: Channel) -> None:
    for number in range(5):
        channel.notifier.send(letter(message_id=f"<{number}@example.org>", subject=f"第 {number} 封"), NOW + timedelta(seconds=number))
    assert [got.subject for got in channel.received()] == [f"第 {number} 封" for number in range(5)]


_NO_ADDRESSES = ["", "li.si", "li si@example.org", "a@b@example.org", "a@example.org\r\nBcc: x@example.org", "<a@example.org>"]


@pytest.mark.parametrize("address", _NO_ADDRESSES)
def test_an_unusable_address_is_refused_for_good_and_nothing_goes_out(channel: Channel, address: str) -> None:
    if not address and channel.notifier.name in GROUPS:
        return
    with pytest.raises(NotSent) as refused:
        channel.notifier.send(letter(to_address=address), NOW)
    assert refused.value.permanent and not refused.value.unknown
    assert channel.received() == []


def test_only_in_a_group_can_somebody_do_without_an_address(channel: Channel) -> None:
    if channel.notifier.name in GROUPS:
        channel.notifier.send(letter(to_address=""), NOW)
    assert [got.to_name for got in channel.received()] == (["李四"] if channel.notifier.name in GROUPS else [])


@pytest.mark.parametrize("contact", ["13800001111", "li.si", "all", "@all", "a b", "<at>"])
def test_a_letter_to_somebody_who_may_be_called_arrives_whole_all_the_same(channel: Channel, contact: str) -> None:
    channel.notifier.send(letter(contact=contact), NOW)
    [got] = channel.received()
    assert got.to_name == "李四" and got.subject.startswith(letter().subject) and "\n.开头的点\n领导点评还差 14 字。" in got.text


def test_after_a_refused_letter_the_next_one_goes_out(channel: Channel) -> None:
    with pytest.raises(NotSent):
        channel.notifier.send(letter(to_address="nobody"), NOW)
    channel.notifier.send(letter(), NOW)
    assert len(channel.received()) == 1


def test_a_line_break_in_a_name_or_subject_becomes_a_blank(channel: Channel) -> None:
    channel.notifier.send(letter(to_name="李\r\n四", subject="甲\nBcc: x@example.org"), NOW)
    assert [(got.to_name, got.subject) for got in channel.received()] == [("李 四", "甲 Bcc: x@example.org")]


def test_control_characters_never_reach_the_reader(channel: Channel) -> None:
    channel.notifier.send(letter(subject="红\x1b[31m色\x00", text="一\x1b[2J二\x07三\u202e四\n"), NOW)
    [got] = channel.received()
    assert not set("\x1b\x00\x07\u202e") & set(got.subject + got.text)


def test_broken_halves_of_characters_do_not_stop_a_letter(channel: Channel) -> None:
    channel.notifier.send(letter(to_name="李\ud800四", text="半个\udfff字\n"), NOW)
    assert [got.to_name for got in channel.received()] == ["李 四"]


def test_an_instant_without_a_zone_is_a_mistake_of_the_caller(channel: Channel) -> None:
    with pytest.raises(ValueError, match="aware"):
        channel.notifier.send(letter(), NOW.replace(tzinfo=None))


def test_a_channel_may_be_closed_twice_and_used_again(channel: Channel) -> None:
    channel.notifier.close()
    channel.notifier.send(letter(message_id="<1@example.org>"), NOW)
    channel.notifier.close()
    channel.notifier.close()
    channel.notifier.send(letter(message_id="<2@example.org>"), NOW)
    assert len(channel.received()) == 2
