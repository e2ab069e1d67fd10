"""What every command is made of: options and arguments with words in both languages, and the call they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import click

from engine.cli import layout
from engine.cli.table import COMMANDS
from engine.cli.usage import EmptyWord, NotANumber, NotOneOf, OptionTwice, TooMuch
from engine.sentences import Lang, Sentence, plain
from engine.settings import Settings, read_settings

Answer = int | None
Run = Callable[..., Answer]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One use of a command, with what was said by the options that many commands share. asked: --now as typed."""

    lang: Lang
    db: str | None = None
    campaign: str | None = None
    by: str | None = None
    behalf: str | None = None
    asked: str | None = None
    as_json: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The settings of this process, with the database and the language named here."""
        return read_settings(database=self.db, lang=self.lang)

    def say(self, sentence: Sentence) -> str:
        """The sentence in the language of this call."""
        return sentence.say(self.lang)

    def words(self, zh: str, en: str, **values: object) -> str:
        """One of two texts with the values filled in."""
        return Sentence(zh, en, values).say(self.lang)


class Opt(click.Option):
    """An option. words: what it does.  value: how its value is called; a flag has none."""

    def __init__(self, names: Sequence[str], *, words: Sentence, value: Sentence | None = None, **more: Any) -> None:
        super().__init__(list(names), is_flag=True if value is None else None, **more)
        self.words = words
        self.value = value

    def usage(self, lang: Lang) -> str:
        """`--to DATE`."""
        return self.opts[0] if self.value is None else f"{self.opts[0]} {self.value.say(lang)}"


class Arg(click.Argument):
    """An argument. words: how it is called."""

    def __init__(self, name: str, *, words: Sentence, **more: Any) -> None:
        super().__init__([name], **more)
        self.words = words

    def usage(self, lang: Lang) -> str:
        """`FILE`, `[UNIT]`, `FILE...`."""
        shown = self.words.say(lang) + ("..." if self.nargs == -1 else "")
        return shown if self.required else f"[{shown}]"


class Choice(click.ParamType[str]):
    """One of some words. also: further words, each with the one that it stands for."""

    name = "choice"

    def __init__(self, *choices: str, also: Mapping[str, str] | None = None) -> None:
        self.choices = choices
        self.also = also or {}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word. Raises NotOneOf."""
        value = self.also.get(value, value)
        if value not in self.choices:
            raise NotOneOf(option=param.opts[0] if param else "", choices=plain(" | ".join(self.choices)), given=value)
        return str(value)


def _called(param: click.Parameter | None) -> Sentence:
    """An option by its name, an argument by what it is."""
    known: Sentence = getattr(param, "words", plain(""))
    return known if isinstance(param, click.Argument) else plain(param.opts[0] if param else "")


class Number(click.ParamType[int]):
    """A whole number from `least` to `most`."""

    name = "number"

    def __init__(self, least: int = 1, most: int = 999_999_999) -> None:
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Raises NotANumber."""
        text = str(value)
        # So many digits are no number that anybody means, and slow to read.
        if not (text.isascii() and text.isdecimal() and len(text) <= 20 and self.least <= int(text) <= self.most):
            raise NotANumber(option=_called(param), least=self.least, most=self.most, given=text)
        return int(text)


_LANG = Opt(
    ["--lang"],
    words=Sentence("语言：zh 或 en（也可用环境变量 CAMPAIGN_LANG）", "the language, zh or en (or CAMPAIGN_LANG)"),
    value=Sentence("语言", "LANG"),
    type=Choice("zh", "en"),
    expose_value=False,
)


def _shared() -> dict[str, Opt]:
    return {
        "db": Opt(
            ["--db"],
            words=Sentence(
                "数据库：文件名或 postgresql:// 地址（也可用 CAMPAIGN_DB；默认 campaign.db）",
                "the database, a file or a postgresql:// address (or CAMPAIGN_DB; campaign.db if neither)",
            ),
            value=Sentence("数据库", "URL"),
        ),
        "campaign": Opt(["--campaign"], words=Sentence("哪个活动（有几个时）", "which campaign, where there are several"), value=_NAME),
        "by": Opt(
            ["--as", "by"], words=Sentence("谁在办理：姓名、邮箱或“单位/岗位”", "who acts: a name, an address or UNIT/POST"), value=_WHO
        ),
        "behalf": Opt(
            ["--for", "behalf"],
            words=Sentence("替谁代办（owner 表示责任人）", "on whose behalf (`owner`: whoever owes it)"),
            value=_WHO,
        ),
        "asked": Opt(
            ["--now", "asked"],
            words=Sentence("演练的时间（只用于演练数据库）", "the time of a rehearsal (rehearsal databases only)"),
            value=Sentence("时间", "TIME"),
        ),
        "as_json": Opt(["--json", "as_json"], words=Sentence("输出 JSON", "print JSON")),
    }


_NAME = Sentence("名称", "NAME")
_WHO = Sentence("谁", "WHO")
# With how many words each may stand before the command too.
SHARED_SIZES = {"--db": 2, "--campaign": 2, "--as": 2, "--for": 2, "--now": 2, "--lang": 2, "--json": 1}
READS = ("db", "campaign", "asked", "as_json")
# Options that name a file or a folder.
_PLACES = ("db", "folder", "output", "workflow")
ACTS = ("db", "campaign", "by", "behalf", "asked", "as_json")


class Command(click.Command):
    """A command whose help and complaints are in the language of the call."""

    def __init__(self, path: str, run: Run, params: list[click.Parameter], shared: Sequence[str], more: Sentence) -> None:
        super().__init__(path.rpartition(" ")[2], callback=run, params=params, context_settings={"allow_extra_args": True})
        self.path = path
        self.more = more
        self.shared = tuple(shared)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuses what is too much with our own words."""
        given = list(args)
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            # The parser does not always say whose option it was.
            error.ctx = error.ctx or ctx
            raise
        _expect_once(self.make_parser(ctx).parse_args(args=list(given))[2])
        if rest:
            raise TooMuch(words=" ".join(rest), command=ctx.command_path)
        for param in self.params:
            _expect_words(param, ctx.params.get(param.name or ""))
        return rest

    def get_help(self, ctx: click.Context) -> str:
        """The page that --help shows."""
        return help_page(self, ctx.find_root().obj)


def _expect_once(order: Sequence[click.Parameter]) -> None:
    """Raises OptionTwice: of two values one would count and the other be forgotten, and nobody would be told which."""
    valued = [param for param in order if isinstance(param, Opt) and not (param.is_flag or param.multiple)]
    twice = next((param for place, param in enumerate(valued) if param in valued[:place]), None)
    if twice is not None:
        raise OptionTwice(option=twice.opts[0])


def _expect_words(param: click.Parameter, given: object) -> None:
    """Raises EmptyWord: an empty argument is no unit and no task, and an empty path would be the folder one is in."""
    if isinstance(param, Arg) and "" in (given if isinstance(given, tuple) else (given,)):
        raise EmptyWord(what=param.words)
    if isinstance(param, Opt) and given == "" and param.name in _PLACES:
        raise EmptyWord(what=Sentence("选项 {option} ", "Option {option}", {"option": param.opts[0]}))


def command(path: str, *shared: str, more: Sentence | None = None) -> Callable[[Run], Command]:
    """Make a command of a function that takes a `Call` and what its own options and arguments say.

    path: its name in the table.  shared: which of the shared options it takes.  more: what help says after the one line.
    """

    def made(function: Run) -> Command:
        own: list[click.Parameter] = list(reversed(getattr(function, "__click_params__", [])))
        options = _shared()

        def run(**values: Any) -> Answer:
            said = {name: values.pop(name) for name in shared}
            return function(Call(lang=click.get_current_context().find_root().obj, **said), **values)

        return Command(path, run, [*own, *(options[name] for name in shared), _LANG], shared, more or plain(""))

    return made


def option(*names: str, words: Sentence, value: Sentence | None = None, **more: Any) -> Callable[[Run], Run]:
    """An option of one command; without `value` it is a flag."""
    return _with(Opt(names, words=words, value=value, **more))


def argument(name: str, words: Sentence, **more: Any) -> Callable[[Run], Run]:
    """An argument of one command."""
    return _with(Arg(name, words=words, **more))


def _with(param: click.Parameter) -> Callable[[Run], Run]:
    def added(function: Run) -> Run:
        known: list[click.Parameter] = getattr(function, "__click_params__", [])
        vars(function)["__click_params__"] = [*known, param]
        return function

    return added


def usage_line(made: Command, lang: Lang) -> str:
    """`campaign status [options] [UNIT]`."""
    words = [param.usage(lang) for param in made.params if isinstance(param, Arg)]
    return " ".join(["campaign", made.path, Sentence("[选项]", "[options]").say(lang), *words])


def option_lines(made: Command, lang: Lang, *, shared: bool) -> list[tuple[str, str]]:
    """Its options with what they do: its own, or those that many commands share."""
    common = {*made.shared, "lang"}
    found = [param for param in made.params if isinstance(param, Opt) and (param.name in common) == shared]
    return [(param.usage(lang), param.words.say(lang)) for param in found]


def help_page(made: Command, lang: Lang) -> str:
    """The page that --help shows."""
    parts = [
        layout.indented(usage_line(made, lang), " " * 6, first=Sentence("用法：", "Usage: ").say(lang)),
        layout.indented(COMMANDS[made.path].brief.say(lang), ""),
    ]
    if made.more.say(lang):
        parts.append("\n".join(layout.indented(line, "") for line in made.more.say(lang).splitlines()))
    for title, shared in ((Sentence("选项：", "Options:"), False), (Sentence("通用选项：", "Common options:"), True)):
        if lines := option_lines(made, lang, shared=shared):
            parts.append(f"{title.say(lang)}\n{layout.definitions(lines)}")
    return "\n\n".join(parts)
