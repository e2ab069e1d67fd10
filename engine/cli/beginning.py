"""Making a database: `init`. Only this command knows how, and loads what that takes."""

from __future__ import annotations

import sys

import click

from engine.cli.options import Call, command, option
from engine.cli.output import line
from engine.cli.typed import typed, with_database
from engine.errors import Echo
from engine.operations.naming import LONGEST_PERSON, expect_name
from engine.operations.office import LETTERS_LANG, OFFICE_ADDRESS, OFFICE_NAME
from engine.sentences import Sentence
from engine.store.schema import create_database
from engine.wiring.house import files_folder
from notifiers.base import NotSent, expect_sender, wire_address

_ITS_NAME = Sentence("活动办公室的名称（--office）", "The name of the campaign office (--office)")
_ROSTER = Sentence("template roster 花名册.xlsx", "template roster roster.xlsx")
# What is done in the database.
_IN_IT = (
    Sentence("units import 花名册.xlsx --as 您的名字", "units import roster.xlsx --as YOUR-NAME"),
    Sentence("load 工作流.yaml --as 您的名字", "load workflow.yaml --as YOUR-NAME"),
)


_CLOCK = Sentence(
    "它的时钟停在 2000-01-01。演练到哪一天，就在命令后写 --now（例如 --now 2010-05-02）；时间只能往前走。",
    "Its clock stands at 2000-01-01. Say with --now how far the rehearsal has come (as in --now 2010-05-02); time only goes forwards.",
)


class NotAnAddress(Echo):
    """“{text}”不是邮箱地址。请在 --office-address 后写一个，例如 office@example.org。

    “{text}” is no e-mail address. Give one with --office-address, such as office@example.org.
    """


class AddressNotPlain(Echo):
    """“{text}”的 @ 前面不是英文字母和数字，很多邮件服务器不收这样的信，回信也寄不回来。请写一个英文的邮箱，例如 office@example.org。

    Before the @ of “{text}” stand other characters than plain letters and digits: many mail servers take no such letters, and no answers
    to them. Give a plain address, such as office@example.org.
    """


class AddressSendsNothing(Echo):
    """信件以“{text}”的名义寄不出去，没有建立数据库。请写域名用英文的邮箱，例如 office@example.org；中文域名请写它的 xn-- 写法。

    No letter can go out in the name of “{text}”; no database was made. Give an address whose domain is in plain letters, such as
    office@example.org; of a Chinese domain its form that begins with xn--.
    """


@command(
    "init",
    "db",
    more=Sentence(
        "演练数据库用虚拟时钟（--now），信件只写成文件，绝不外发；正式数据库以系统时钟为准。\n"
        "信件用建库时的语言写：中文，加 --lang en（或设 CAMPAIGN_LANG=en）就是英文；以后要换，设 CAMPAIGN_MAIL_LANG。",
        "A rehearsal goes by a virtual clock (--now) and writes its letters to files only; a live one goes by the clock.\n"
        "Letters are written in the language in which the database is made (--lang, or CAMPAIGN_LANG); CAMPAIGN_MAIL_LANG changes it.",
    ),
)
@option("--rehearsal", words=Sentence("建立演练数据库", "make a rehearsal"))
@option("--office", words=Sentence("活动办公室的名称", "the name of the campaign office"), value=Sentence("名称", "NAME"))
@option("--office-address", words=Sentence("活动办公室的邮箱", "its e-mail address"), value=Sentence("邮箱", "ADDRESS"))
def init(call: Call, rehearsal: bool, office: str | None, office_address: str | None) -> None:
    """Make an empty database. Raises DatabaseExists, NoFolder, NotAnAddress, AddressNotPlain, AddressSendsNothing, BlankName, LongName."""
    if office_address is not None:
        _expect_address(office_address)
    name = None if office is None else expect_name(office, _ITS_NAME, LONGEST_PERSON)
    files_folder(call.settings)
    given = {OFFICE_NAME: name, OFFICE_ADDRESS: office_address, LETTERS_LANG: call.lang}
    settings = {"kind": "rehearsal" if rehearsal else "live", **{key: value for key, value in given.items() if value}}
    create_database(call.settings.database, settings).dispose()
    kind = Sentence("演练数据库", "rehearsal database") if rehearsal else Sentence("正式数据库", "live database")
    line(call.words("已建立{kind} {where}。", "Made the {kind} {where}.", kind=kind, where=_shown(call.settings.database)))
    if rehearsal:
        line(call.say(_CLOCK))
    click.echo(call.words("下一步：", "Next:"))
    click.echo("\n".join(f"  {typed(sys.argv[0])} {step}" for step in _next(call)))


def _next(call: Call) -> list[str]:
    return [call.say(_ROSTER), *(call.say(step) + with_database(call.db) for step in _IN_IT)]


def _expect_address(text: str) -> None:
    try:
        wire_address(text)
    except NotSent as error:
        raise NotAnAddress(text=text) from error
    # Every letter names it as the one to answer to, so a server that cannot take it takes none at all.
    if not text.rpartition("@")[0].isascii():
        raise AddressNotPlain(text=text)
    _expect_to_send(text)


def _expect_to_send(text: str) -> None:
    """Where no other sender is set, letters go in the name of the office."""
    try:
        expect_sender(text)
    except NotSent as error:
        raise AddressSendsNothing(text=text) from error
    if not text.rpartition("@")[2].isascii():
        raise AddressSendsNothing(text=text)


def _shown(database: str) -> str:
    """The address without what may be a password."""
    return database if "://" not in database else database.rpartition("@")[2]
