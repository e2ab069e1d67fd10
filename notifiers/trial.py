"""An administrator's own mail templates: read out of their folder, and tried before anything is sent with them."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from notifiers.apart import TooHeavy, spent, write
from notifiers.base import LANGUAGE_TAGS
from notifiers.samples import samples
from notifiers.texts import BESIDE, DUTY, HOUSE_TEXTS, VOICED, TextError, Texts
from notifiers.views import DutyLine, LaggardLine, LetterView

# Together; what a workflow says in all its letters is a few pages.
LARGEST = 512 * 1024
MOST = 1000
# Of processor time for one letter: what was loaded has longer once it is in earnest.
SECONDS: float = 3
# The same for each of the sample letters, were all the same; most take a hundredth of one.
EACH: float = 0.3


@dataclass(frozen=True, kw_only=True)
class OwnTexts:
    """The templates of a folder, and what is wrong with them."""

    texts: Texts
    errors: tuple[TextError, ...]


def check_texts(folder: Path, tasks: Collection[str] = (), says: Collection[str] = (), *, each: float = EACH) -> OwnTexts:
    """The templates in the folder; names that would never be used, and whatever fails on the sample letters, are errors.

    tasks, says: of the workflow that they belong to.  each: processor seconds that a sample letter may take, were all the same.
    A file whose name begins with `_` is the office's own, to be included by others.
    """
    read, unread = _read(folder)
    found = [error.within(folder) for error in (*unread, *_unused(read, tasks, says), *_failing(read, tasks, says, each))]
    errors = tuple({(error.file, error.line): error for error in reversed(found)}.values())[::-1]
    return OwnTexts(texts=tuple(sorted(read.items())), errors=errors)


def _read(folder: Path) -> tuple[dict[str, str], list[TextError]]:
    read: dict[str, str] = {}
    errors: list[TextError] = []
    left = LARGEST
    for path in _files(folder, errors):
        name = path.relative_to(folder).as_posix()
        try:
            data = _content(path, left)
            left -= len(data)
            if left < 0:
                return read, [TextError(name, 0, *_TOO_LARGE)]
            read[name] = _decoded(data)
        except UnicodeDecodeError:
            errors.append(TextError(name, 0, *_NOT_UTF8))
        except OSError as error:
            errors.append(_unreadable(name, error))
    return read, errors


def _files(folder: Path, errors: list[TextError]) -> list[Path]:
    """The templates in the folder and those below it, in the order of their names; what cannot be one is entered as an error."""

    def unreadable(error: OSError) -> None:
        errors.append(_unreadable(Path(error.filename).relative_to(folder).as_posix(), error))

    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=unreadable):
        # Editors, and the systems of other machines, leave hidden files beside those that one writes.
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(place, name) for name in (*folders, *files) if not name.startswith(".")):
            why = _unfit(path)
            if why is not None:
                errors.append(TextError(_shown(path.relative_to(folder).as_posix()), 0, *why))
            elif path.suffix == _ENDING:
                found.append(path)
        if len(found) > MOST:
            errors.append(TextError("", 0, *_TOO_MANY))
            return []
    return sorted(found)


def _unfit(path: Path) -> tuple[str, str] | None:
    """Why it cannot be a template, nor a folder of them; None where it can, or is any other file."""
    mode = path.lstat().st_mode
    if not path.name.isprintable():
        return _STRANGE_NAME
    if stat.S_ISDIR(mode):
        return _FOLDER if path.suffix == _ENDING else None
    return None if stat.S_ISREG(mode) else _LINK if stat.S_ISLNK(mode) else _NO_FILE


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "·" for char in name)


def _content(path: Path, most: int) -> bytes:
    """At most one byte more than that. It may have become a pipe meanwhile: opening it does not wait."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
        return file.read(most + 1)


def _decoded(data: bytes) -> str:
    text = data.decode("utf-8-sig")
    if "\0" in text:
        raise UnicodeDecodeError("utf-8", data, 0, 1, "a null")
    return text


def _unreadable(name: str, error: OSError) -> TextError:
    return TextError(name, 0, f"读不了（{error.strerror}），请检查权限。", f"cannot be read ({error.strerror}); check its permissions.")


_ENDING = ".j2"
_LINK = ("这是链接，不会被读。请把它所指的文件复制到这里。", "this is a link, which is not read; put a copy of the file here.")
_NO_FILE = ("这是管道、设备或套接字，不是文件，请移走。", "this is a pipe, a device or a socket, no file; take it away.")
_FOLDER = ("这是文件夹，不是模板，请改名或移走。", "this is a folder, no template; rename it or take it away.")
_STRANGE_NAME = ("名称里有看不见或读不出的字符，请改名。", "its name holds characters that cannot be seen or read; rename it.")
_TOO_LARGE = ("全部邮件模板合计超过 512 KiB。", "the mail templates are larger than 512 KiB together.")
_TOO_MANY = ("这里的模板超过 1,000 个。", "more than 1,000 templates lie here.")
_NOT_UTF8 = ("文件不是 UTF-8 编码，请另存为 UTF-8。", "the file is not UTF-8; save it as UTF-8.")


def _unused(read: Mapping[str, str], tasks: Collection[str], says: Collection[str]) -> Iterator[TextError]:
    known = _known_files(tasks, says)
    for name in read:
        if name not in known and not name.rpartition("/")[2].startswith("_"):
            near = difflib.get_close_matches(name, known, n=1)
            yield _never_used(name, near[0] if near else "")


def _never_used(name: str, near: str) -> TextError:
    zh, en = (f"是否指 {near}？", f" Did you mean {near}?") if near else ("", "")
    return TextError(name, 0, f"没有叫这个名称的模板，它不会被用到。{zh}", f"no template has this name; it would never be used.{en}")


def _known_files(tasks: Collection[str], says: Collection[str]) -> list[str]:
    shared = ("text.j2", "html.j2")
    house = {path.relative_to(HOUSE_TEXTS).as_posix() for path in HOUSE_TEXTS.rglob("*.j2") if path.stem != DUTY}
    folders = [f"tasks/{name}" for name in tasks] + [f"says/{name}" for name in says]
    spoken = {f"{folder}/{lang}/{part}.j2" for folder in folders for lang in LANGUAGE_TAGS for part in (*VOICED, BESIDE)}
    return sorted(house | spoken | {f"{lang}/{name}" for lang in LANGUAGE_TAGS for name in shared})


def _failing(read: Mapping[str, str], tasks: Collection[str], says: Collection[str], each: float) -> Iterator[TextError]:
    """Every sample letter, and about each task and by each reminder that has words of its own; none after one that takes too long."""
    texts = tuple(sorted(read.items()))
    spoken = [{"task": name} for name in tasks if _has_words(read, f"tasks/{name}/")]
    spoken += [{"say": name} for name in says if _has_words(read, f"says/{name}/")]
    views = [view for lang in LANGUAGE_TAGS for view in samples(lang).values()]
    end = spent() + each * len(views) * (1 + len(spoken))
    for view in views:
        for about in ({}, *spoken):
            if spent() > end:
                yield TextError("", 0, *_TOO_SLOW)
                return
            try:
                write(_about(view, about), texts, seconds=SECONDS)
            except TooHeavy as error:
                yield error
                return
            except TextError as error:
                yield error


_TOO_SLOW = (
    "写信太慢：样信平均一封要 0.3 秒以上，几千封就要写很久。",
    "letters take too long to write: more than 0.3 seconds for each of the samples, so thousands would take hours.",
)


def _has_words(read: Mapping[str, str], folder: str) -> bool:
    return any(name.startswith(folder) for name in read)


def _about(view: LetterView, changes: Mapping[str, str]) -> LetterView:
    """The letter with every line changed like that."""
    if not changes:
        return view
    parts: dict[str, Any] = {}
    for name, value in vars(view).items():
        if isinstance(value, tuple) and value and isinstance(value[0], DutyLine | LaggardLine):
            parts[name] = tuple(replace(line, **changes) for line in value)
    return replace(view, **parts)
