"""Trying an administrator's own mail templates before anything is sent with them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from notifiers.base import LANGUAGE_TAGS
from notifiers.samples import samples
from notifiers.texts import DUTY, HOUSE_TEXTS, TextError, compose


def check_texts(folder: Path) -> tuple[TextError, ...]:
    """What is wrong with the templates in the folder: names that would never be used, and whatever fails on the sample letters.

    A file whose name begins with `_` is the office's own, to be included by others.
    """
    found = [*_unused(folder), *_failing(folder)]
    return tuple({(error.file, error.line): error for error in reversed(found)}.values())[::-1]


def _unused(folder: Path) -> Iterator[TextError]:
    known = _known_files()
    for path in sorted(folder.rglob("*.j2")):
        name = path.relative_to(folder).as_posix()
        if name not in known and not path.name.startswith("_"):
            near = difflib.get_close_matches(name, known, n=1)
            yield _never_used(path, near[0] if near else "")


def _never_used(path: Path, near: str) -> TextError:
    zh, en = (f"是否指 {near}？", f" Did you mean {near}?") if near else ("", "")
    return TextError(str(path), 0, f"没有叫这个名称的模板，它不会被用到。{zh}", f"no template has this name; it would never be used.{en}")


def _known_files() -> list[str]:
    shared = ("text.j2", "html.j2")
    house = {path.relative_to(HOUSE_TEXTS).as_posix() for path in HOUSE_TEXTS.rglob("*.j2") if path.stem != DUTY}
    return sorted(house | {f"{lang}/{name}" for lang in LANGUAGE_TAGS for name in shared})


def _failing(folder: Path) -> Iterator[TextError]:
    for lang in LANGUAGE_TAGS:
        for view in samples(lang).values():
            try:
                compose(view, folder)
            except TextError as error:
                yield error
