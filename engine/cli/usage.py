"""What is wrong with how a command was typed, in our own words and in both languages."""

from __future__ import annotations

import click

from engine.errors import CampaignError, Echo
from engine.names import nearest
from engine.sentences import Sentence, plain


class _Wrong(Echo):
    """用法不对。

    Wrong usage.
    """

    exit_code = 2


class UnknownCommand(_Wrong):
    """没有命令“{name}”。{hint}运行 campaign --help 查看所有命令。

    There is no command “{name}”. {hint}`campaign --help` lists them all.
    """


class NoCommand(_Wrong):
    """请写明要运行哪条命令：{names}。

    Say which command: {names}.
    """


class UnknownOption(_Wrong):
    """这条命令没有选项 {option}。{hint}运行 {command} --help 查看用法。

    This command has no option {option}. {hint}`{command} --help` shows how it is used.
    """


class OptionWantsValue(_Wrong):
    """选项 {option} 后面要写一个值。运行 {command} --help 查看用法。

    Option {option} needs a value. `{command} --help` shows how it is used.
    """


class OptionTwice(_Wrong):
    """选项 {option} 写了两次，不知道以哪个为准。请只写一次。

    Option {option} was given twice; it cannot be told which one is meant. Give it once.
    """


class OptionTakesNoValue(_Wrong):
    """选项 {option} 后面不写值。

    Option {option} takes no value.
    """


class SomethingMissing(_Wrong):
    """缺少{what}。运行 {command} --help 查看用法。

    {what} is missing. `{command} --help` shows how it is used.
    """


class EmptyWord(_Wrong):
    """{what}是空的。请写明，或去掉这一项。

    {what} is empty. Say what is meant, or leave it out.
    """


class TooMuch(_Wrong):
    """多写了：{words}。运行 {command} --help 查看用法。

    Too much was given: {words}. `{command} --help` shows how it is used.
    """


class NotOneOf(_Wrong):
    """{option} 只能是 {choices} 之一，不能是“{given}”。

    {option} is one of {choices}, not “{given}”.
    """


class NotANumber(_Wrong):
    """{option} 要写 {least} 到 {most} 的整数，不能是“{given}”。

    {option} is a whole number from {least} to {most}, not “{given}”.
    """


class OtherUsage(_Wrong):
    """用法不对：{what}

    Wrong usage: {what}
    """


class ControlCharacters(_Wrong):
    """参数“{words}”里有看不见的控制字符（如换行、颜色代码），请去掉。

    The words “{words}” hold characters that cannot be seen (a line break, a colour code); remove them.
    """


class NotText(_Wrong):
    """命令行里有无法识别的字符：{words}。请检查终端的编码（应为 UTF-8）。

    The command line holds characters that cannot be read: {words}. Check the encoding of the terminal (it should be UTF-8).
    """


def hint(word: str, known: tuple[str, ...]) -> Sentence:
    """`Did you mean ...?` with a blank after it, where something is near enough."""
    close = nearest(word, known)
    return Sentence("是不是 {close}？", "Did you mean {close}? ", {"close": close}) if close else plain("")


def explained(error: click.UsageError) -> CampaignError:
    """click's complaint as one of ours."""
    command = error.ctx.command_path if error.ctx else "campaign"
    match error:
        case click.NoSuchOption():
            return UnknownOption(option=error.option_name, hint=hint(error.option_name, _options(error.ctx)), command=command)
        case click.MissingParameter():
            return SomethingMissing(what=_parameter(error.param), command=command)
        case click.BadOptionUsage():
            takes = _takes_value(error.ctx, error.option_name)
            return OptionWantsValue(option=error.option_name, command=command) if takes else OptionTakesNoValue(option=error.option_name)
        case _:
            return OtherUsage(what=error.format_message())


def _options(context: click.Context | None) -> tuple[str, ...]:
    if context is None:
        return ()
    return tuple(name for param in context.command.params if isinstance(param, click.Option) for name in param.opts)


def _takes_value(context: click.Context | None, option: str) -> bool:
    params = context.command.params if context else []
    return any(isinstance(param, click.Option) and option in param.opts and not param.is_flag for param in params)


def _parameter(param: click.Parameter | None) -> Sentence:
    if param is None:
        return Sentence("参数", "an argument")
    words: Sentence = getattr(param, "words", plain(param.opts[0] if param.opts else ""))
    # Between Chinese and what is typed stands a blank; before a full stop none.
    return Sentence(f" {param.opts[0]}", param.opts[0]) if isinstance(param, click.Option) else words
