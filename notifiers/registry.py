"""Which channels there are. Each module is loaded only when its channel is made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from notifiers.options import NotConfigured, unknown_name

if TYPE_CHECKING:
    # Whoever only asks which channels there are loads nothing that writes letters.
    from notifiers.base import Notifier

__all__ = ["CALLED", "GROUPS", "NOTIFIERS", "TAKING_FILES", "NotConfigured", "make", "options_of"]

# Those with whose letters attachments go: known without loading or making any.
TAKING_FILES = frozenset({"smtp", "maildir"})
# Those that speak to a group: whoever is in it needs no address, and may be called by what she is known by there.
GROUPS = frozenset({"dingtalk", "wecom", "feishu"})
# What people write for a channel, besides its name.
CALLED: Mapping[str, tuple[str, ...]] = {
    "smtp": ("邮件", "邮箱", "电子邮件", "mail", "email", "e-mail"),
    "dingtalk": ("钉钉",),
    "wecom": ("企业微信", "企微"),
    "feishu": ("飞书",),
}


def make(name: str, options: Mapping[str, str]) -> Notifier:
    """The channel of that name; nothing is opened before its first letter. Raises NotConfigured."""
    if name not in NOTIFIERS:
        raise unknown_name("通知方式", "channel", name, NOTIFIERS)
    return NOTIFIERS[name](options)


def options_of(name: str) -> tuple[str, ...]:
    """The names of a channel's options: OPTIONS in the module of its name, which is loaded for it."""
    return tuple(import_module(f"notifiers.{name}").OPTIONS)


def _of(module: str) -> Callable[[Mapping[str, str]], Notifier]:
    def from_options(options: Mapping[str, str]) -> Notifier:
        made: Notifier = import_module(f"notifiers.{module}").from_options(options)
        return made

    return from_options


def _console(options: Mapping[str, str]) -> Notifier:
    from notifiers import console

    return console.from_options(options, sys.stdout)


NOTIFIERS: dict[str, Callable[[Mapping[str, str]], Notifier]] = {
    "smtp": _of("smtp"),
    "maildir": _of("maildir"),
    "console": _console,
    "dingtalk": _of("dingtalk"),
    "wecom": _of("wecom"),
    "feishu": _of("feishu"),
    "webhook": _of("webhook"),
}
