"""The command reference as Markdown, made from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

from engine.cli.options import Command, option_lines, usage_line
from engine.cli.table import COMMANDS, SECTIONS, below, load
from engine.sentences import Lang, Sentence


def reference(lang: Lang) -> str:
    """Every command with its usage and options, in the sections of --help; options that many share stand once at the end."""
    parts: list[str] = []
    shared: dict[str, str] = {}
    for section in SECTIONS:
        parts.append(f"### {section.title.say(lang)}")
        for name in section.names:
            for path in _paths(name):
                made = _loaded(path)
                parts.append(_entry(made, lang))
                shared |= dict(option_lines(made, lang, shared=True))
    title = Sentence("通用选项", "Common options").say(lang)
    return "\n\n".join([*parts, f"### {title}", _table(list(shared.items()), lang)]) + "\n"


def _paths(name: str) -> Iterator[str]:
    if COMMANDS[name].module:
        yield name
    else:
        yield from (f"{name} {one}" for one in below(name))


def _loaded(path: str) -> Command:
    found = load(path)
    assert isinstance(found, Command)
    return found


def _entry(made: Command, lang: Lang) -> str:
    parts = [f"#### `{usage_line(made, lang)}`", COMMANDS[made.path].brief.say(lang) + Sentence("。", ".").say(lang)]
    if made.more.say(lang):
        parts.append(made.more.say(lang))
    if lines := option_lines(made, lang, shared=False):
        parts.append(_table(lines, lang))
    return "\n\n".join(parts)


def _table(lines: list[tuple[str, str]], lang: Lang) -> str:
    head = Sentence("| 选项 | 作用 |", "| option | what it does |").say(lang)
    rows = [f"| `{_cell(word)}` | {_cell(meaning)} |" for word, meaning in lines]
    return "\n".join([head, "| --- | --- |", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
