"""Handing in a folder of files named by unit code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from engine.errors import CampaignError, WrongUsage
from engine.evidence.reading import NotAFile
from engine.operations.assigning import HandIn
from engine.operations.campaigns import TaskRef, UnitHints, UnknownUnitCode, choose
from engine.operations.context import House
from engine.operations.handing_in import BulkLine, HandingIn, submit_many
from engine.operations.stepping import expect_known
from engine.sentences import Sentence, enumerated
from engine.store import paths, roster
from engine.unseen import has_unseen, marked


class NoFilesInFolder(CampaignError):
    """文件夹 {folder} 中没有以单位代码命名的文件（例如 {example}.docx）。

    The folder {folder} holds no file named by a unit code (such as {example}.docx).
    """


class SeveralFiles(CampaignError):
    """文件夹里有几个文件都是单位 {unit} 的：{files}。请只留一个。

    Several files of the folder are for the unit {unit}: {files}. Keep one of them.
    """


class NameRunsOn(CampaignError):
    """文件名 {name} 以单位代码 {unit} 开头，但代码后面没有空格或其他分隔。若是该单位的，请改名为“{better}”。

    The file name {name} begins with the unit code {unit}, but nothing parts the code from the rest. If it is that unit's, rename it
    to “{better}”.
    """


class NameNotReadable(CampaignError):
    """文件名 {name} 里有读不出来的字符（编码不是 UTF-8）或看不见的字符，没有收下。请给它改名后再报送。

    The file name {name} holds characters that cannot be read (its encoding is not UTF-8) or seen, so it was not taken. Rename the file
    and hand it in again.
    """


def submit_folder(
    house: House, campaign: str | None, folder: Path, ref: TaskRef, *, by: str | None, behalf: str | None, now: datetime
) -> tuple[BulkLine, ...]:
    """Hand in a folder of files named by unit code, each by itself: one that is refused holds up no other.

    Raises what is wrong with the campaign, the task, or the one who hands in.
    """
    if not folder.is_dir():
        raise WrongUsage(what=str(folder))
    with house.database.write() as connection:
        running = choose(connection, campaign, writing=True)
        expect_known(connection, running, by, behalf, now)
        known = frozenset(roster.codes_within(connection, paths.EVERYWHERE))
    # Word keeps a lock file ~$... beside every document that is open.
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))
    strange = [path for path in entries if has_unseen(path.name)]
    files = [path for path in entries if path.is_file() and path not in strange]
    no_files = [path for path in entries if not path.is_file() and path not in strange and _unit_in(path.stem, known) in known]
    units = {path: _unit_in(path.stem, known) for path in files}
    run_on = {path: code for path, unit in units.items() if unit not in known and (code := _code_before_more(path.stem, known))}
    units = {path: unit for path, unit in units.items() if path not in run_on}
    strangers = _strangers(house, [path for path, unit in units.items() if unit not in known])
    if not run_on and not any(unit in known for unit in units.values()) and not any(hint.say("zh") for hint in strangers.values()):
        raise NoFilesInFolder(folder=str(folder), example=min(known, default="GB01"))
    units = {path: unit for path, unit in units.items() if path not in strangers}
    counts = Counter(units.values())
    many = [HandingIn(unit=unit, given=HandIn(files={"": path}), by=by, behalf=behalf) for path, unit in units.items() if counts[unit] == 1]
    alone = iter(submit_many(house, campaign, ref, many, now=now))
    lines = [next(alone) if counts[unit] == 1 else _one_of_several(path, unit, units) for path, unit in units.items()]
    besides = [_running_on(path, unit) for path, unit in run_on.items()] + [_unknown(path, hint) for path, hint in strangers.items()]
    return (*lines, *besides, *(_no_file(path, _unit_in(path.stem, known)) for path in no_files), *map(_unreadable, strange))


def _unit_in(stem: str, known: frozenset[str]) -> str:
    """The code in a file's name: all of it, or the longest known code before something that is neither letter nor digit."""
    if stem in known:
        return stem
    ends = [end for end in range(len(stem) - 1, 0, -1) if stem[:end] in known and not stem[end].isalnum()]
    # `GB10-99` is no known code, and not the business of GB10 either.
    return next((stem[:end] for end in ends if not re.match(r"-[0-9]", stem[end:])), stem)


def _code_before_more(stem: str, known: frozenset[str]) -> str | None:
    """The longest known code that a name begins with, though nothing parts them; not 13 in 1399, nor U in U0199."""
    codes = (stem[:end] for end in range(len(stem) - 1, 0, -1) if stem[:end] in known and _another_kind(stem[end - 1], stem[end]))
    return next(codes, None)


def _another_kind(last: str, following: str) -> bool:
    if last.isascii() and following.isascii():
        return last.isdigit() and following.isalpha()
    return following.isalnum()


def _strangers(house: House, files: Sequence[Path]) -> Mapping[Path, Sentence]:
    """Files named by no unit, each with the unit that may be meant."""
    if not files:
        return {}
    with house.database.read() as connection:
        hints = UnitHints(connection)
    return {path: _meant(path.stem, hints) for path in files}


def _meant(stem: str, hints: UnitHints) -> Sentence:
    """The unit that a whole name is near to, or else its first word: `U2 总结` may be of U02."""
    found = hints.hint(stem)
    word = re.split(r"[^\w-]|_", stem, maxsplit=1)[0]
    return found if found.say("zh") or word in ("", stem) else hints.hint(word)


def _unknown(path: Path, hint: Sentence) -> BulkLine:
    return BulkLine(file=path.name, unit=path.stem, answer=None, error=UnknownUnitCode(code=path.stem, hint=hint))


def _no_file(path: Path, unit: str) -> BulkLine:
    """A folder, a pipe or a link to nothing that bears the name of a unit: nobody is to think that it was taken."""
    return BulkLine(file=path.name, unit=unit, answer=None, error=NotAFile(path=path.name))


def _running_on(path: Path, unit: str) -> BulkLine:
    better = f"{unit} {path.name[len(unit) :]}"
    return BulkLine(file=path.name, unit=unit, answer=None, error=NameRunsOn(name=path.name, unit=unit, better=better))


def _unreadable(path: Path) -> BulkLine:
    """A file whose name nobody could read in the journal, or type."""
    name = marked(path.name, "\ufffd")
    return BulkLine(file=name, unit="", answer=None, error=NameNotReadable(name=name))


def _one_of_several(path: Path, unit: str, units: Mapping[Path, str]) -> BulkLine:
    files = enumerated(other.name for other, theirs in units.items() if theirs == unit)
    return BulkLine(file=path.name, unit=unit, answer=None, error=SeveralFiles(unit=unit, files=files))
