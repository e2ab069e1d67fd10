"""The one error of the notifiers. It knows nothing of letters: whoever only has to say what went wrong loads nothing of e-mail."""

from __future__ import annotations

from typing import Literal

Lang = Literal["zh", "en"]


class NotifierError(Exception):
    """An error that can be said to people: one sentence in Chinese, one in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def say(self, lang: Lang) -> str:
        """The sentence in the language asked for."""
        return self.zh if lang == "zh" else self.en
