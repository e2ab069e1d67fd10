"""An administrator's own mail templates: read out of their folder, and tried before anything is sent with them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from notifiers.base import LANGUAGE_TAGS
from notifiers.samples import samples
from notifiers.texts import BESIDE, DUTY, HOUSE_TEXTS, VOICED, TextError, Texts, compose
from notifiers.views import DutyLine, LaggardLine, LetterView

# Together; what a workflow says in all its letters is a few pages.
LARGEST = 512 * 1024


@dataclass(frozen=True, kw_only=True)
class OwnTexts:
    """The templates of a folder, and what is wrong with them."""

    texts: Texts
    errors: tuple[TextError, ...]


def check_texts(folder: Path, tasks: Collection[str] = (), says: Collection[str] = ()) -> OwnTexts:
    """The templates in the folder; names that would never be used, and whatever fails on the sample letters, are errors.

    tasks, says: of the workflow that they belong to. A file whose name begins with `_` is the office's own, to be included by others.
    """
    read, unread = _read(folder)
    found = [error.within(folder) for error in (*unread, *_unused(read, tasks, says), *_failing(read, tasks, says))]
    errors = tuple({(error.file, error.line): error for error in reversed(found)}.values())[::-1]
    return OwnTexts(texts=tuple(sorted(read.items())), errors=errors)


def _read(folder: Path) -> tuple[dict[str, str], list[TextError]]:
    read: dict[str, str] = {}
    errors = []
    left = LARGEST
    for path in sorted(folder.rglob("*.j2")):
        name = path.relative_to(folder).as_posix()
        try:
            data = path.read_bytes()
            left -= len(data)
            if left < 0:
                return read, [TextError(name, 0, *_TOO_LARGE)]
            read[name] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            errors.append(TextError(name, 0, *_NOT_UTF8))
        except OSError as error:
            errors.append(TextError(name, 0, f"读不了：{error.strerror}", f"cannot be read: {error.strerror}"))
    return read, errors


_TOO_LARGE = ("全部邮件模板合计超过 512 KiB。", "the mail templates are larger than 512 KiB together.")
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


def _failing(read: Mapping[str, str], tasks: Collection[str], says: Collection[str]) -> Iterator[TextError]:
    """Every sample letter as it is, and about each task and by each reminder that has words of its own."""
    texts = tuple(sorted(read.items()))
    spoken = [{"task": name} for name in tasks if _has_words(read, f"tasks/{name}/")]
    spoken += [{"say": name} for name in says if _has_words(read, f"says/{name}/")]
    for lang in LANGUAGE_TAGS:
        for view in samples(lang).values():
            for about in ({}, *spoken):
                try:
                    compose(_about(view, about), texts)
                except TextError as error:
                    yield error


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
