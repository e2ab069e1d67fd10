"""Which channels there are. Each module is loaded only when its channel is made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

from notifiers.base import Notifier
from notifiers.options import NotConfigured, unknown_name

__all__ = ["NOTIFIERS", "NotConfigured", "make", "options_of"]


def make(name: str, options: Mapping[str, str]) -> Notifier:
    """The channel of that name; nothing is opened before its first letter. Raises NotConfigured."""
    if name not in NOTIFIERS:
        raise unknown_name("通知方式", "channel", name, NOTIFIERS)
    return NOTIFIERS[name](options)


def options_of(name: str) -> tuple[str, ...]:
    """The names of a channel's options: OPTIONS in the module of its name, which is loaded for it."""
    return tuple(import_module(f"notifiers.{name}").OPTIONS)


def _smtp(options: Mapping[str, str]) -> Notifier:
    from notifiers import smtp

    return smtp.from_options(options)


def _maildir(options: Mapping[str, str]) -> Notifier:
    from notifiers import maildir

    return maildir.from_options(options)


def _console(options: Mapping[str, str]) -> Notifier:
    from notifiers import console

    return console.from_options(options, sys.stdout)


NOTIFIERS: dict[str, Callable[[Mapping[str, str]], Notifier]] = {
    "smtp": _smtp,
    "maildir": _maildir,
    "console": _console,
}
