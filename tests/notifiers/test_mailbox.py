"""Mail that came in, as files: every kind of place is read, and none is changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notifiers.mailbox import MOST, mails
from tests.notifiers.returned import QMAIL, postfix


def contents(place: Path) -> list[bytes | None]:
    return [mail.content for mail in mails(place)]


def test_a_maildir_gives_what_is_new_and_what_was_seen(tmp_path: Path) -> None:
    for part, name in (("new", "2.x"), ("cur", "1.x:2,S"), ("tmp", "0.x")):
        (tmp_path / part).mkdir()
        (tmp_path / part / name).write_bytes(part.encode())
    (tmp_path / "dovecot.index").write_bytes(b"x")
    assert contents(tmp_path) == [b"cur", b"new"]


def test_a_folder_gives_every_file_but_what_is_hidden_or_would_never_end(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(b"b")
    (tmp_path / "a.eml").write_bytes(b"a")
    (tmp_path / ".c.eml.tmp").write_bytes(b"c")
    (tmp_path / "deeper").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert contents(tmp_path) == [b"a", b"b"]


def test_an_mbox_gives_its_mails_and_a_line_that_begins_like_one_in_a_text_is_none(tmp_path: Path) -> None:
    mine = tmp_path / "mbox"
    mine.write_bytes(
        b"From x Mon May 24\n" + postfix() + b"\nFrom y Mon May 24\nSubject: 2\n\nhe said:\nFrom now on\n\nFrom z\nSubject: 3\n"
    )
    assert contents(mine) == [postfix() + b"\n", b"Subject: 2\n\nhe said:\nFrom now on\n\n", b"Subject: 3\n"]
    assert [mail.name for mail in mails(mine)] == ["mbox 1", "mbox 2", "mbox 3"]


def test_a_single_mail_is_read_as_one(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(QMAIL)
    assert contents(tmp_path / "a.eml") == [QMAIL]


@pytest.mark.parametrize(("size", "read"), [(MOST - 1, MOST - 1), (MOST, MOST), (MOST + 1, MOST)])
def test_of_a_huge_mail_the_beginning_is_read(tmp_path: Path, size: int, read: int) -> None:
    (tmp_path / "a.eml").write_bytes(b"x" * size)
    assert [len(content or b"") for content in contents(tmp_path)] == [read]


def test_of_a_huge_mail_in_an_mbox_the_beginning_is_read_and_the_next_one_whole(tmp_path: Path) -> None:
    (tmp_path / "mbox").write_bytes(b"From x\n" + b"y" * (3 * MOST) + b"\n\nFrom z\nSubject: 2\n")
    first, second = contents(tmp_path / "mbox")
    assert first is not None and MOST <= len(first) < 2 * MOST
    assert second == b"Subject: 2\n"


def test_where_there_is_no_such_place_the_system_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        contents(tmp_path / "none")


def test_a_link_that_leads_to_itself_hides_no_mail_beside_it(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "one.eml").write_bytes(b"one")
    assert [mail.name for mail in mails(tmp_path)] == ["one.eml"]


def test_a_pipe_or_a_device_is_no_place_for_mail(tmp_path: Path) -> None:
    """Nobody may ever write into the one, and the other never ends."""
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(FileNotFoundError):
            mails(place)
