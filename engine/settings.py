"""What the machine's environment says: the one reader of `os.environ`. Secrets come by it or by file, and are never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from engine.errors import CampaignError, WrongUsage
from engine.oserrors import why
from engine.sentences import Lang, Sentence

DEFAULT_DATABASE = "campaign.db"
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
PREFIX = "CAMPAIGN_"
# Besides these each channel has its options, as in CAMPAIGN_SMTP_HOST.
_RATES = ("CAMPAIGN_MAIL_RATE", "CAMPAIGN_MAIL_RATE_DOMAIN")
OWN_VARIABLES = (
    *(PREFIX + name for name in ("DB", "FILES", "NOTIFIER", "SENDER", "LANG", "MAIL_LANG", "MAIL_FOLDER", "UNSUBSCRIBE_URL", "DEBUG")),
    *_RATES,
)
# Options of a channel that may stand in a file of their own; the URL of a robot holds its key.
_SECRETS = ("password", "token", "secret", "url")
_RATE = re.compile(r"(?P<count>[1-9]\d{0,8})\s*/\s*(?P<span>s|min|h|d)", re.ASCII)
# It stands between angle brackets in a header, which takes neither blanks nor what is not ASCII.
_HTTPS = re.compile(r"https://[!-;=?-~]{1,300}")
_SPANS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
# What may stand between the names of channels.
_BETWEEN = re.compile(r"[\s,;，；、]+")
_NAMED_ADDRESS = re.compile(r"\s*(?P<name>.*?)\s*<(?P<address>[^<>]*)>\s*")


class SecretUnreadable(CampaignError):
    """读不了环境变量 {variable} 所指的文件 {file}：{why}。请检查路径和权限。

    The file {file}, named by {variable}, cannot be read: {why}. Check the path and your rights.
    """


class SecretTwice(CampaignError):
    """{variable} 和 {variable}_FILE 只能设置一个，请去掉其中一个。

    Set only one of {variable} and {variable}_FILE; remove the other.
    """


class BadRate(CampaignError):
    """环境变量 {variable} 应写成“600/h”这样：多少封，每 s（秒）、min（分）、h（小时）或 d（天）；不能是“{text}”。

    {variable} says how many letters may go in what time, as in 600/h, with s, min, h or d behind the stroke; it cannot be “{text}”.
    """


class BadUnsubscribeUrl(CampaignError):
    """环境变量 CAMPAIGN_UNSUBSCRIBE_URL 应是 https:// 开头的网址，不能是“{text}”。没有这样的网页就不要设。

    CAMPAIGN_UNSUBSCRIBE_URL is an address that begins with https://, not “{text}”. Where there is no such page, do not set it.
    """


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most so many letters within any span of that length."""

    count: int
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where things are kept and how letters leave. `files`, `mail_folder`: None where the place beside the database is meant.

    rate, rate_domain: how many letters may go, in all and to one domain; None where as many as there are.
    lang: of this command.  mail_lang: in which letters are written, whatever was said when the database was made; None where it is not
    set.  usual_lang: of the environment, for letters of databases that do not say.  unsubscribe_url: where a mail program asks for the
    digest with one click; '' where there is no such page.

    notifiers: the names of the channels, the usual one first; none where none is set.  channel: their options as they stand in the
    environment (CAMPAIGN_SMTP_HOST for the `host` of smtp), a password among them, so never shown.  others: names of variables of ours
    that are no setting of the house.
    """

    database: str
    lang: Lang
    debug: bool
    files: Path | None
    mail_folder: Path | None
    notifiers: tuple[str, ...]
    sender_name: str
    sender_address: str
    channel: Mapping[str, str] = field(repr=False)
    others: tuple[str, ...] = ()
    rate: Rate | None = None
    rate_domain: Rate | None = None
    unsubscribe_url: str = ""
    mail_lang: Lang | None = None
    usual_lang: Lang = "zh"

    @property
    def notifier(self) -> str:
        """The channel by which letters go where nothing says another; '' where none is set."""
        return self.notifiers[0] if self.notifiers else ""


def read_settings(environ: Mapping[str, str] | None = None, *, database: str | None = None, lang: Lang | None = None) -> Settings:
    """The settings of this process; what is given counts more than the environment. Secrets are read when a channel is opened.

    Raises BadRate, BadUnsubscribeUrl, WrongUsage.
    """
    env = os.environ if environ is None else environ
    name, address = _sender(env.get("CAMPAIGN_SENDER", ""))
    notifiers = tuple(dict.fromkeys(filter(None, _BETWEEN.split(env.get("CAMPAIGN_NOTIFIER", "")))))
    prefixes = tuple(map(_prefix, notifiers))
    return Settings(
        database=database or env.get("CAMPAIGN_DB") or DEFAULT_DATABASE,
        lang=lang or read_lang(env),
        debug=debugging(env),
        files=_path(env.get("CAMPAIGN_FILES")),
        mail_folder=_path(env.get("CAMPAIGN_MAIL_FOLDER")),
        notifiers=notifiers,
        sender_name=name,
        sender_address=address,
        channel={key: value for key, value in env.items() if prefixes and key.startswith(prefixes)},
        rate=_rate(env, _RATES[0]),
        rate_domain=_rate(env, _RATES[1]),
        unsubscribe_url=_unsubscribe_url(env.get("CAMPAIGN_UNSUBSCRIBE_URL", "").strip()),
        mail_lang=read_lang(env, "CAMPAIGN_MAIL_LANG") if env.get("CAMPAIGN_MAIL_LANG", "").strip() else None,
        usual_lang=read_lang(env),
        others=tuple(sorted(key for key in env if key.startswith(PREFIX) and key not in OWN_VARIABLES)),
    )


_NOT_UTF8 = Sentence("不是 UTF-8 编码的文字", "it is no text in UTF-8")


def read_lang(environ: Mapping[str, str] | None = None, variable: str = "CAMPAIGN_LANG") -> Lang:
    """The language of that variable, Chinese where it is not set. Raises WrongUsage for any other language."""
    env = os.environ if environ is None else environ
    said = env.get(variable, "").strip() or "zh"
    if said not in LANGUAGES:
        raise WrongUsage(what=Sentence("{variable} 只能是 zh 或 en。", "{variable} is zh or en.", {"variable": variable}))
    return said


def debugging(environ: Mapping[str, str] | None = None) -> bool:
    """Whether whoever runs the program wants to see where it broke (CAMPAIGN_DEBUG=1)."""
    env = os.environ if environ is None else environ
    return env.get("CAMPAIGN_DEBUG", "") not in ("", "0")


def channel_options(settings: Settings, notifier: str | None = None) -> dict[str, str]:
    """The options of a channel (None: the usual one) by their names there; a secret is read from its file where a file is named.

    Raises SecretTwice, SecretUnreadable.
    """
    prefix = _prefix(settings.notifier if notifier is None else notifier)
    options = {key.removeprefix(prefix).lower(): value for key, value in settings.channel.items() if key.startswith(prefix)}
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
        raise SecretUnreadable(variable=variable, file=str(file), why=_NOT_UTF8) from error
    except OSError as error:
        raise SecretUnreadable(variable=variable, file=str(file), why=why(error)) from error


def _sender(text: str) -> tuple[str, str]:
    """`Name <address>` or an address alone as (name, address)."""
    found = _NAMED_ADDRESS.fullmatch(text)
    return (found["name"].strip('"'), found["address"].strip()) if found else ("", text.strip())


def _rate(env: Mapping[str, str], variable: str) -> Rate | None:
    text = env.get(variable, "").strip()
    found = _RATE.fullmatch(text)
    if found is None and text:
        raise BadRate(variable=variable, text=text[:80])
    return None if found is None else Rate(count=int(found["count"]), within=_SPANS[found["span"]])


def _unsubscribe_url(text: str) -> str:
    if text and not _HTTPS.fullmatch(text):
        raise BadUnsubscribeUrl(text=text[:80])
    return text


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
