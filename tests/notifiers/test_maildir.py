"""Letters as files."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from notifiers.base import NotSent
from notifiers.maildir import MaildirNotifier, from_options
from notifiers.options import NotConfigured
from tests.notifiers.letters import NOW, letter, parsed


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_name_says_when_to_whom_and_which(tmp_path: Path) -> None:
    receipt = MaildirNotifier(tmp_path).send(letter(), NOW)
    assert names(tmp_path) == [receipt]
    assert receipt.startswith("20101008-093000_li.si@example.org_")
    assert receipt.endswith(".eml") and len(receipt.rpartition("_")[2]) == len("0123456789abcdef.eml")


def test_a_sorted_listing_is_in_the_order_of_sending(tmp_path: Path) -> None:
    channel = MaildirNotifier(tmp_path)
    letters = [letter(message_id=f"<{n}@example.org>", to_address=f"{9 - n}@example.org") for n in range(9)]
    sent = [channel.send(each, NOW + timedelta(hours=n)) for n, each in enumerate(letters)]
    assert names(tmp_path) == sent


def test_one_message_id_is_one_file_even_at_another_time_and_after_a_restart(tmp_path: Path) -> None:
    first = MaildirNotifier(tmp_path)
    receipt = first.send(letter(), NOW)
    assert first.send(letter(), NOW + timedelta(days=1)) == receipt
    assert MaildirNotifier(tmp_path).send(letter(text="更正\n", html=None), NOW + timedelta(days=2)) == receipt
    assert names(tmp_path) == [receipt]
    assert parsed((tmp_path / receipt).read_bytes()).get_content().startswith("更正")


def test_a_file_written_meanwhile_by_another_process_is_seen(tmp_path: Path) -> None:
    mine, other = MaildirNotifier(tmp_path), MaildirNotifier(tmp_path)
    mine.send(letter(message_id="<1@example.org>"), NOW)
    receipt = other.send(letter(message_id="<2@example.org>"), NOW)
    assert mine.send(letter(message_id="<2@example.org>"), NOW + timedelta(days=1)) == receipt
    assert len(names(tmp_path)) == 2


def test_a_file_that_was_taken_away_is_written_again(tmp_path: Path) -> None:
    channel = MaildirNotifier(tmp_path)
    (tmp_path / channel.send(letter(), NOW)).unlink()
    assert names(tmp_path) == [] and channel.send(letter(), NOW) and len(names(tmp_path)) == 1


def test_different_letters_to_one_person_at_one_time_are_different_files(tmp_path: Path) -> None:
    channel = MaildirNotifier(tmp_path)
    for number in range(50):
        channel.send(letter(message_id=f"<{number}@example.org>"), NOW)
    assert len(names(tmp_path)) == 50


def test_files_and_a_folder_made_here_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "mail"
    receipt = MaildirNotifier(folder).send(letter(), NOW)
    assert stat.S_IMODE((folder / receipt).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


ODD_ADDRESSES = ["../../etc/x@example.org", "a/b@example.org", "李四@example.org", "*?|&$@example.org", "字" * 80 + "@example.org"]


@pytest.mark.parametrize("address", ODD_ADDRESSES)
def test_no_address_leaves_the_folder_or_breaks_a_name(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "mail"
    receipt = MaildirNotifier(folder).send(letter(to_address=address), NOW)
    assert names(folder) == [receipt] and names(tmp_path) == ["mail"]
    assert len(receipt.encode()) <= 255 and not set("/*?|&$") & set(receipt)


def test_a_folder_that_cannot_be_written_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(NotSent) as failed:
        MaildirNotifier(tmp_path / "mail").send(letter(), NOW)
    assert (failed.value.cause, failed.value.permanent, failed.value.unknown) == ("storage", False, False)


def test_a_letter_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    channel = MaildirNotifier(tmp_path)
    receipt = channel.send(letter(), NOW)
    (tmp_path / receipt).unlink()
    (tmp_path / receipt).mkdir()
    (tmp_path / receipt / "in the way").touch()
    with pytest.raises(NotSent):
        channel.send(letter(), NOW)
    assert names(tmp_path) == [receipt]


def test_the_folder_must_be_named() -> None:
    with pytest.raises(NotConfigured, match="folder is missing"):
        from_options({})
