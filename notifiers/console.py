"""Letters shown on a stream: for looking before the mail is turned on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TextIO

from notifiers.base import Letter, NotSent, as_mime, clean_text, one_line
from notifiers.options import Options

_RULE = "-" * 78


class ConsoleNotifier:
    """Writes each letter's address lines and plain text to a text stream, which stays open."""

    name = "console"
    attaches = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, letter: Letter, now: datetime) -> str:
        """Show the letter; the receipt says to whom it would have gone."""
        # What mail would refuse is refused here too, so that a trial on the screen is a trial.
        as_mime(letter, now)
        try:
            self._stream.write(_shown(letter, now))
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise NotSent(str(error), cause="storage") from error
        return f"shown {letter.to_address}"

    def close(self) -> None:
        """Nothing is held; the stream belongs to the caller."""

    def hang_up(self) -> None:
        """Nobody is talked to."""


def _shown(letter: Letter, now: datetime) -> str:
    head = [
        _RULE,
        f"Date:    {now:%Y-%m-%d %H:%M %z}",
        f"From:    {one_line(letter.sender_name)} <{letter.sender_address}>",
        f"To:      {one_line(letter.to_name)} <{letter.to_address}>",
        f"Subject: {one_line(letter.subject)}",
        "",
    ]
    return "\n".join(head) + "\n" + clean_text(letter.text).rstrip() + "\n"


OPTIONS: tuple[str, ...] = ()


def from_options(options: Mapping[str, str], stream: TextIO) -> ConsoleNotifier:
    """A console channel takes no options; raises NotConfigured when one is given."""
    Options("console", options, OPTIONS)
    return ConsoleNotifier(stream)
