"""A mail server that refuses letters for some addresses, for a while or for good; a working one."""

from __future__ import annotations

from datetime import datetime

from notifiers.base import Letter, NotSent
from notifiers.fake import FakeNotifier

# The channels of the house: mail, which has its moods, and a group, which takes every letter.
MAIL, GROUP = "smtp", "dingtalk"
REFUSALS = {
    "busy": NotSent("busy"),
    "lost": NotSent("lost", unknown=True, cause="lost"),
    "full": NotSent("full", permanent=True, cause="refused"),
    "unknown": NotSent("unknown", permanent=True, cause="recipient"),
}


class Server(FakeNotifier):
    """moods: how it takes letters, by address; those that it does not name are taken."""

    def __init__(self) -> None:
        super().__init__(MAIL)
        self.moods: dict[str, str] = {}

    def send(self, letter: Letter, now: datetime) -> str:
        """Take the letter, or refuse it as its address is treated at present."""
        mood = self.moods.get(letter.to_address, "")
        if mood and mood != "lost":
            raise REFUSALS[mood]
        receipt = super().send(letter, now)
        if mood:
            raise REFUSALS[mood]
        return receipt
