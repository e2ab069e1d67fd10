"""Every command stands in the table, loads, and can say in both languages what it does."""

from __future__ import annotations

import ast
import re

import click
import pytest

from engine.cli import layout
from engine.cli.options import SHARED_SIZES, Arg, Command, Opt, help_page
from engine.cli.reference import reference
from engine.cli.table import COMMANDS, SECTIONS, below, load
from engine.sentences import Lang
from tests.cli.desk import Clerk
from tests.house.reading import HOUSE, expect_nothing, sources
from tests.house.test_sentences import CHINESE, agree

LEAVES = [name for name, entry in COMMANDS.items() if entry.module]
LANGS: tuple[Lang, Lang] = ("zh", "en")


def command(name: str) -> Command:
    found = load(name)
    assert isinstance(found, Command)
    return found


def test_every_command_stands_in_exactly_one_section() -> None:
    listed = [name for section in SECTIONS for name in section.names]
    assert sorted(listed) == sorted(name for name in COMMANDS if " " not in name)


def test_the_contract_names_no_command_that_is_not_there() -> None:
    promised = "check schema timeline init template units load launch withdraw close submit take-back review waive extend advance override"
    promised += " status journal stuck notices sweep deliver run mail backup restore"
    assert set(promised.split()) <= set(below(""))


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_loads_under_its_own_name(name: str) -> None:
    assert command(name).path == name


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", LEAVES)
def test_every_command_has_help_in_that_language_that_fits_a_terminal(name: str, lang: Lang) -> None:
    page = help_page(command(name), lang)
    assert all(layout.width(line) <= 80 for line in page.splitlines()), page
    if lang == "zh":
        assert len(CHINESE.findall(page)) > 10
    else:
        assert not CHINESE.search(page), page


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_and_argument_says_what_it_is_in_both_languages(name: str) -> None:
    for param in command(name).params:
        assert isinstance(param, Opt | Arg), param
        assert CHINESE.search(param.words.say("zh")) and not CHINESE.search(param.words.say("en"))


@pytest.mark.parametrize("name", [name for name in COMMANDS if COMMANDS[name].module and "_" not in name])
def test_every_command_takes_the_language_and_the_database_where_it_has_one(name: str) -> None:
    options = {word for param in command(name).params if isinstance(param, Opt) for word in param.opts}
    assert "--lang" in options
    assert ("--db" in options) == (name not in ("check", "schema", "timeline", "demo"))


WRITING = ["units import", "load", "launch", "withdraw", "close", "submit", "take-back", "review", "waive", "extend", "advance", "override"]


@pytest.mark.parametrize("name", [*WRITING, "mail on", "mail off"])
def test_every_writing_command_says_who_acts(name: str) -> None:
    assert "by" in command(name).shared


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_page_lists_every_command_with_its_line(clerk: Clerk, lang: Lang) -> None:
    page = clerk.does("--lang", lang, "--help").out
    for name in below(""):
        assert re.search(rf"^  {name} +\S", page, re.MULTILINE), name
        assert COMMANDS[name].brief.say(lang) in page
    assert clerk.does("--lang", lang).out == page


def test_the_language_can_be_set_once_for_all(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_LANG", "en")
    assert clerk.does("stuck", "--help").out.startswith("Usage:")
    assert clerk.does("stuck", "--help", "--lang", "zh").out.startswith("用法")
    monkeypatch.setenv("CAMPAIGN_LANG", "fr")
    assert clerk("stuck", "--help").code == 2


def test_a_group_shows_what_is_in_it(clerk: Clerk) -> None:
    assert "import" in clerk.does("units", "--help").out


@pytest.mark.parametrize("path", ["", "units", "mail", "stuck", "units import"])
def test_the_language_of_help_may_be_said_before_and_after_it(clerk: Clerk, path: str) -> None:
    words = path.split()
    page = clerk.does("--lang", "en", *words, "--help").out
    assert page.startswith(f"Usage: campaign {path}".strip())
    for typed in (
        (*words, "--help", "--lang", "en"),
        (*words, "--help", "--lang=en"),
        ("help", *words, "--lang", "en"),
        ("help", "--lang", "en", *words),
        ("--lang", "en", "help", *words),
    ):
        assert clerk.does(*typed).out == page, typed
    assert clerk.does("help", *words).out == clerk.does(*words, "--help").out


def test_help_on_a_command_that_is_not_there_names_the_nearest(clerk: Clerk) -> None:
    said = clerk("help", "stuk")
    assert said.code == 2 and "是不是 stuck" in said.err


def test_what_is_no_shared_option_is_refused_after_help_too(clerk: Clerk) -> None:
    assert clerk("--help", "--bogus").code == 2


def test_the_version_can_be_asked(clerk: Clerk) -> None:
    assert re.fullmatch(r"campaign \d+\.\d+\S*\n", clerk.does("--version").out)


@pytest.mark.parametrize(
    "words", [("--json", "stuck"), ("stuck", "--json"), ("--lang=en", "--json", "stuck"), ("--db", "campaign.db", "stuck", "--json")]
)
def test_shared_options_may_stand_before_the_command_or_after_it(launched: Clerk, words: tuple[str, ...]) -> None:
    assert launched.does(*words).data == []


def test_a_shared_option_before_a_command_that_does_not_take_it_is_refused(clerk: Clerk) -> None:
    said = clerk("--now", "2010-06-01", "check", "workflow.yaml")
    assert said.code == 2 and "--now" in said.err


def test_the_options_that_may_stand_first_are_those_that_commands_share() -> None:
    shared = {}
    for name in LEAVES:
        made = command(name)
        for param in made.params:
            if isinstance(param, click.Option) and (param.name in made.shared or param.name == "lang"):
                shared[param.opts[0]] = 1 if param.is_flag else 2
    assert shared == SHARED_SIZES


@pytest.mark.parametrize("lang", LANGS)
def test_the_reference_names_every_command_and_its_options(lang: Lang) -> None:
    text = reference(lang)
    for name in LEAVES:
        assert f"`campaign {name} " in text
        own = [param for param in command(name).params if isinstance(param, Opt) and param.name not in command(name).shared]
        assert all(param.opts[0] in text for param in own)
    assert bool(CHINESE.search(text)) == (lang == "zh")


def test_texts_written_in_two_languages_say_the_same_values() -> None:
    calls = [
        (file.at(node), str(node.args[0].value), str(node.args[1].value))
        for file in sources("engine/cli")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "words" and len(node.args) == 2
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[1], ast.Constant)
    ]
    assert len(calls) > 20
    expect_nothing(place for place, zh, en in calls if not agree(zh, en) or CHINESE.search(en))


def test_only_what_a_command_needs_is_loaded_for_the_first_page() -> None:
    heavy = {"sqlalchemy", "engine.definition", "engine.operations", "engine.store", "apscheduler", "lark", "ruamel"}
    light = {"program", "table", "options", "usage", "layout", "errors", "__init__"}
    found = [
        f"{file.at(node)}"
        for file in sources("engine/cli")
        if file.place.rpartition("/")[2].removesuffix(".py") in light
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom) and any((node.module or "").startswith(name) for name in heavy)
    ]
    assert (HOUSE / "engine" / "cli" / "program.py").is_file()
    expect_nothing(found)
