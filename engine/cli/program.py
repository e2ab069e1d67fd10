"""The program: finds the command, says what went wrong, and ends with 0 (done), 1 (refused) or 2 (wrong usage)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from types import TracebackType
from typing import Any, TextIO

import click

from engine.cli import interrupts, layout
from engine.cli.answering import NoAnswer, OutputFailed, answer_lost, telling
from engine.cli.errors import tell
from engine.cli.options import SHARED_SIZES, Command
from engine.cli.table import COMMANDS, SECTIONS, below, load, program_version
from engine.cli.usage import ControlCharacters, NoCommand, NotText, OptionWantsValue, UnknownCommand, explained, hint
from engine.errors import CampaignError, WrongUsage
from engine.kept import something_kept
from engine.oserrors import is_full, why
from engine.sentences import Lang, Sentence, enumerated, plain
from engine.settings import LANGUAGES, debugging, read_lang
from engine.unseen import has_unseen, marked
from notifiers.errors import NotifierError

# In both languages: which one is meant cannot be asked any more without an error having words.
_WORDLESS = (
    "Python 以 -OO（或 PYTHONOPTIMIZE=2）启动时会丢掉程序要说的话，什么都没有办。请去掉这一项后重试。\n"
    "Started with -OO (or PYTHONOPTIMIZE=2), Python drops the words of this program; nothing was done. Start it without."
)


class Group(click.Group):
    """Commands out of the table, each loaded when it is used. path: '' for the outermost group."""

    def __init__(self, path: str = "") -> None:
        # Whoever types a group alone is told what there is below it.
        super().__init__(path.rpartition(" ")[2] or "campaign", params=[_version()] if not path else [], no_args_is_help=False)
        self.path = path

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names directly below this group."""
        return list(below(self.path))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        path = f"{self.path} {cmd_name}".strip()
        if cmd_name not in below(self.path):
            return None
        if not COMMANDS[path].module:
            return Group(path)
        found = load(path)
        assert isinstance(found, Command)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Shared options may stand before the command too: they are handed on to it, which knows whether it takes them."""
        given, rest = _leading(args)
        if rest[:1] == ["help"]:
            # Many programs are asked that way.
            given, rest = _leading([*given, *rest[1:], "--help"])
        if not rest:
            if not self.path:
                click.echo(self.get_help(ctx))
                ctx.exit(0 if all(word.startswith("--lang") for word in given[::2]) else 2)
            raise NoCommand(names=enumerated(f"campaign {self.path} {name}" for name in below(self.path)))
        meant = COMMANDS[self.path].otherwise if self.path else ""
        if meant and len(rest) > 1 and not rest[0].startswith("-") and rest[0] not in below(self.path):
            rest = [meant, *rest]
        if rest[0].startswith("-"):
            return super().parse_args(ctx, [rest[0], *_leading(rest[1:])[1]])
        return super().parse_args(ctx, [rest[0], *given, *rest[1:]])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command. Raises UnknownCommand with the nearest known one."""
        if args[0] not in below(self.path):
            raise UnknownCommand(name=f"{self.path} {args[0]}".strip(), hint=hint(args[0], below(self.path)))
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """The page that --help shows: every command with one line."""
        return _page(self.path, ctx.find_root().obj)


def _leading(args: list[str]) -> tuple[list[str], list[str]]:
    """The shared options at the beginning, and the rest. Raises OptionWantsValue."""
    at = 0
    while at < len(args) and (size := SHARED_SIZES.get(args[at].partition("=")[0])):
        at += 1 if "=" in args[at] else size
        if at > len(args):
            raise OptionWantsValue(option=args[-1], command="campaign")
    return args[:at], args[at:]


def _version() -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked:
            click.echo(f"campaign {program_version()}")
            ctx.exit()

    return click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show)


def _page(path: str, lang: Lang) -> str:
    name = f"campaign {path}".strip()
    usage = Sentence("用法：{name} 命令 [选项]", "Usage: {name} COMMAND [options]", {"name": name}).say(lang)
    if path:
        lines = [(one, COMMANDS[f"{path} {one}"].brief.say(lang)) for one in below(path)]
        return f"{usage}\n\n{COMMANDS[path].brief.say(lang)}\n\n{layout.definitions(lines)}"
    parts = [usage]
    for section in SECTIONS:
        lines = [(one, _brief(one, lang)) for one in section.names]
        parts.append(f"{section.title.say(lang)}\n{layout.definitions(lines)}")
    last = Sentence(
        "campaign 命令 --help 查看一条命令的用法；--lang en 换成英文；--version 查看版本。",
        "`campaign COMMAND --help` shows how one is used; --lang zh speaks Chinese; --version says which version this is.",
    )
    return "\n\n".join([*parts, layout.indented(last.say(lang), "")])


def _brief(name: str, lang: Lang) -> str:
    inner = f" ({', '.join(below(name))})" if not COMMANDS[name].module else ""
    return COMMANDS[name].brief.say(lang) + inner


def run(arguments: Sequence[str]) -> int:
    """Do what is asked and give the exit code. Whatever a person did wrong is said on standard error in one sentence, and its reasons."""
    lang: Lang = "zh"
    something_kept.clear()
    if CampaignError.__doc__ is None:
        click.echo(_WORDLESS, err=True)
        return 1
    try:
        lang = _lang(arguments)
        _readable(arguments)
        return int(Group().main(args=list(arguments), prog_name="campaign", standalone_mode=False, obj=lang) or 0)
    except click.UsageError as error:
        return tell(explained(error), lang)
    except (click.Abort, KeyboardInterrupt):
        click.echo(Sentence("已中断。", "Interrupted.").say(lang), err=True)
        return interrupts.INTERRUPTED
    except (CampaignError, NotifierError) as error:
        return _refused(error, lang, as_json="--json" in arguments)
    except OutputFailed as error:
        return tell(answer_lost(error), lang)
    except OSError as error:
        return tell(_trouble(error), lang)


def _refused(error: CampaignError | NotifierError, lang: Lang, *, as_json: bool) -> int:
    try:
        return tell(error, lang, as_json=as_json)
    except OutputFailed as failure:
        return tell(NoAnswer(why=why(failure)), lang)


class FileTrouble(CampaignError):
    """读写 {file} 时出错：{why}。请检查路径和权限。

    Reading or writing {file} failed: {why}. Check the path and your rights.
    """


class DiskFull(CampaignError):
    """{file} 所在的磁盘已满，没有写完。请清理该磁盘后重试。

    The disk that holds {file} is full; not everything was written. Make room there and try again.
    """


def _trouble(error: OSError) -> CampaignError:
    """A file that cannot be read or written, as a sentence."""
    file = plain(str(error.filename)) if error.filename else Sentence("文件", "a file")
    return DiskFull(file=file) if is_full(error) else FileTrouble(file=file, why=why(error))


def _lang(arguments: Sequence[str]) -> Lang:
    """The language asked for, found before anything else: complaints about the rest are said in it."""
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    said = [word.partition("=")[2] for word in words if word.startswith("--lang=")]
    said += [after for word, after in pairwise(words) if word == "--lang"]
    known = [lang for lang in LANGUAGES if said and lang == said[-1]]
    return known[0] if known else read_lang()


def _readable(arguments: Sequence[str]) -> None:
    """Raises NotText for words that are not text in the encoding of this machine: they could neither be kept nor shown."""
    broken = [word.encode("utf-8", "replace").decode() for word in arguments if not word.isprintable() and _has_surrogates(word)]
    if broken:
        raise NotText(words=" ".join(broken))
    hidden = [word for word in arguments if has_unseen(word)]
    if hidden:
        raise ControlCharacters(words=" ".join(marked(word, "?") for word in hidden))


def _has_surrogates(word: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in word)


def start() -> None:
    """Run the program on what was typed, and end the process."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows question marks; that is no reason to stop.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    if sys.stdout is None:
        # The next file opened would become standard output, and be written into: a database, say.
        if sys.stderr is not None:
            print(_NOWHERE.say(_lang_or_chinese(sys.argv[1:])), file=sys.stderr)
        sys.exit(1)
    sys.excepthook = partial(_broken, sys.argv[1:])
    sys.unraisablehook = interrupts.not_swallowed
    interrupts.hear(interrupts.end_in_order)
    sys.stdout = telling(sys.stdout)
    code = run(sys.argv[1:])
    if not _is_out(sys.stdout):
        code = code or 1
    interrupts.hear_no_more()
    sys.exit(code)


def _is_out(stream: TextIO) -> bool:
    """Whether all that was printed has left."""
    try:
        stream.flush()
    except OSError:
        # Nobody reads any more, or all was said of it; the interpreter must not find that out again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True


def _broken(arguments: Sequence[str], kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
    """A fault of the program itself: one line, and where it broke only for whoever asks."""
    if issubclass(kind, KeyboardInterrupt):
        interrupts.leave_at_once()
    if debugging():
        sys.__excepthook__(kind, error, trace)
        return
    words = Sentence(
        "程序内部出错（{kind}），请报告给维护者。设置 CAMPAIGN_DEBUG=1 后重试可看到细节。",
        "Internal error ({kind}); please report it. Try again with CAMPAIGN_DEBUG=1 to see where.",
        {"kind": kind.__name__},
    )
    print(words.say(_lang_or_chinese(arguments)), file=sys.stderr)


_NOWHERE = Sentence(
    "标准输出已经关闭，结果没有地方可写，所以什么都没有办。不要结果时请写 >/dev/null。",
    "Standard output is closed: there is nowhere to print to, so nothing was done. To see nothing, write >/dev/null.",
)


def _lang_or_chinese(arguments: Sequence[str]) -> Lang:
    """The language asked for, where that can be told."""
    try:
        return _lang(arguments)
    except WrongUsage:
        return "zh"
