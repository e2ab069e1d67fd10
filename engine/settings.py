"""What the machine's environment says: the one reader of `os.environ`. Secrets come by it or by file, and are never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import CampaignError, WrongUsage
from engine.oserrors import why
from engine.sentences import Lang, Sentence

DEFAULT_DATABASE = "campaign.db"
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
PREFIX = "CAMPAIGN_"
# Besides these each channel has its options, as in CAMPAIGN_SMTP_HOST.
OWN_VARIABLES = tuple(PREFIX + name for name in ("DB", "FILES", "NOTIFIER", "SENDER", "LANG", "MAIL_FOLDER", "DEBUG"))
# Options of a channel that may stand in a file of their own; the URL of a robot holds its key.
_SECRETS = ("password", "token", "secret", "url")
_NAMED_ADDRESS = re.compile(r"\s*(?P<name>.*?)\s*<(?P<address>[^<>]*)>\s*")


class SecretUnreadable(CampaignError):
    """读不了环境变量 {variable} 所指的文件 {file}：{why}。请检查路径和权限。

    The file {file}, named by {variable}, cannot be read: {why}. Check the path and your rights.
    """


class SecretTwice(CampaignError):
    """{variable} 和 {variable}_FILE 只能设置一个，请去掉其中一个。

    Set only one of {variable} and {variable}_FILE; remove the other.
    """


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where things are kept and how letters leave. `files`, `mail_folder`: None where the place beside the database is meant.

    notifier: the channel's name, '' where none is set.  channel: its options as they stand in the environment (CAMPAIGN_SMTP_HOST for
    the `host` of smtp), a password among them, so never shown.  others: names of variables of ours that are no setting of the house.
    """

    database: str
    lang: Lang
    debug: bool
    files: Path | None
    mail_folder: Path | None
    notifier: str
    sender_name: str
    sender_address: str
    channel: Mapping[str, str] = field(repr=False)
    others: tuple[str, ...] = ()


def read_settings(environ: Mapping[str, str] | None = None, *, database: str | None = None, lang: Lang | None = None) -> Settings:
    """The settings of this process; what is given counts more than the environment. Secrets are read when a channel is opened."""
    env = os.environ if environ is None else environ
    name, address = _sender(env.get("CAMPAIGN_SENDER", ""))
    notifier = env.get("CAMPAIGN_NOTIFIER", "").strip()
    return Settings(
        database=database or env.get("CAMPAIGN_DB") or DEFAULT_DATABASE,
        lang=lang or read_lang(env),
        debug=debugging(env),
        files=_path(env.get("CAMPAIGN_FILES")),
        mail_folder=_path(env.get("CAMPAIGN_MAIL_FOLDER")),
        notifier=notifier,
        sender_name=name,
        sender_address=address,
        channel={key: value for key, value in env.items() if notifier and key.startswith(_prefix(notifier))},
        others=tuple(sorted(key for key in env if key.startswith(PREFIX) and key not in OWN_VARIABLES)),
    )


def read_lang(environ: Mapping[str, str] | None = None) -> Lang:
    """The language of CAMPAIGN_LANG, Chinese where it is not set. Raises WrongUsage for any other language."""
    env = os.environ if environ is None else environ
    said = env.get("CAMPAIGN_LANG", "").strip() or "zh"
    if said not in LANGUAGES:
        raise WrongUsage(what=Sentence("CAMPAIGN_LANG 只能是 zh 或 en。", "CAMPAIGN_LANG is zh or en."))
    return said


def debugging(environ: Mapping[str, str] | None = None) -> bool:
    """Whether whoever runs the program wants to see where it broke (CAMPAIGN_DEBUG=1)."""
    env = os.environ if environ is None else environ
    return env.get("CAMPAIGN_DEBUG", "") not in ("", "0")


def channel_options(settings: Settings) -> dict[str, str]:
    """The options of the channel by their names there; a secret is read from its file where a file is named.

    Raises SecretTwice, SecretUnreadable.
    """
    prefix = _prefix(settings.notifier)
    options = {key.removeprefix(prefix).lower(): value for key, value in settings.channel.items()}
    for name in _SECRETS:
        file, variable = options.pop(f"{name}_file", ""), f"{prefix}{name.upper()}"
        if file and options.get(name):
            raise SecretTwice(variable=variable)
        if file:
            options[name] = _secret(f"{variable}_FILE", Path(file))
    return options


def option_variables(notifier: str, options: Iterable[str]) -> tuple[str, ...]:
    """The variables that give a channel its options, a secret by itself or by its file."""
    names = [name for option in options for name in ((option, f"{option}_file") if option in _SECRETS else (option,))]
    return tuple(_prefix(notifier) + name.upper() for name in names)


def _prefix(notifier: str) -> str:
    """What the variables of a channel's options begin with: CAMPAIGN_SMTP_ for smtp."""
    return f"{PREFIX}{notifier.upper()}_"


def _secret(variable: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        # `from None` would lose the reason; what was read is not in it.
        raise SecretUnreadable(variable=variable, file=str(file), why="UTF-8") from error
    except OSError as error:
        raise SecretUnreadable(variable=variable, file=str(file), why=why(error)) from error


def _sender(text: str) -> tuple[str, str]:
    """`Name <address>` or an address alone as (name, address)."""
    found = _NAMED_ADDRESS.fullmatch(text)
    return (found["name"].strip('"'), found["address"].strip()) if found else ("", text.strip())


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
