"""The options of a channel: read by name, with an error that says which one is missing or wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from notifiers.errors import NotifierError


class NotConfigured(NotifierError):
    """A channel cannot be made from these options. Its words never hold the value of an option."""


class Options:
    """The options of one channel, text by name. A value that is only spaces counts as not given."""

    def __init__(self, channel: str, values: Mapping[str, str], known: Iterable[str]) -> None:
        """Raises NotConfigured for a name that is not among `known`."""
        self._channel = channel
        self._values = {name: value for name, value in values.items() if value.strip()}
        for name in values:
            _refuse_unknown("通知方式 " + channel + " 的选项", f"option of channel {channel}", name, list(known))

    def get(self, name: str, default: str = "") -> str:
        """The option's text, or the default."""
        return self._values.get(name, default)

    def required(self, name: str) -> str:
        """The option's text; raises NotConfigured when it is not given."""
        if name not in self._values:
            raise self.wrong(name, "没有给出，请补上", "is missing; give it")
        return self._values[name]

    def number(self, name: str, default: int, *, most: int) -> int:
        """The option as a whole number from 1 to `most`."""
        text = self.get(name, str(default)).strip()
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
            raise self.wrong(name, f"应为 1 到 {most} 之间的整数", f"must be a whole number from 1 to {most}")
        return int(text)

    def yes(self, name: str) -> bool:
        """Whether the option says yes; not given means no."""
        text = self.choice(name, "no", ("yes", "no"))
        return text == "yes"

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """The option as one of the allowed words."""
        text = self.get(name, default).strip()
        if text not in allowed:
            raise self.wrong(name, "应为以下之一：" + "、".join(allowed), "must be one of: " + ", ".join(allowed))
        return text

    def wrong(self, name: str, zh: str, en: str) -> NotConfigured:
        """The error about one option."""
        return NotConfigured(f"通知方式 {self._channel} 的选项 {name} {zh}。", f"Channel {self._channel}: option {name} {en}.")


def unknown_name(zh_what: str, en_what: str, name: str, known: Iterable[str]) -> NotConfigured:
    """The error about a name nobody knows, with the nearest known one."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    zh_hint, en_hint = (f"是否指 {near[0]}？", f"Did you mean {near[0]}?") if near else ("", "")
    return NotConfigured(
        f"没有名为 {name} 的{zh_what}。{zh_hint}可用的有：{'、'.join(names)}。",
        f"There is no {en_what} named {name}. {en_hint} Known: {', '.join(names)}.".replace("  ", " "),
    )


def _refuse_unknown(zh_what: str, en_what: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise unknown_name(zh_what, en_what, name, known)
