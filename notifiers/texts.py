"""The words of a letter: one message with all a person has to know on one day, as subject, plain text and HTML.

Nobody should load this module before there is a letter to compose: Jinja2 comes with it.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifiers.base import LANGUAGE_TAGS, clean_text, one_line
from notifiers.errors import Lang, NotifierError
from notifiers.filters import filters
from notifiers.parts import Parts, ordered, section
from notifiers.subjects import short_title
from notifiers.views import DutyLine, LaggardLine, LetterView
from notifiers.wrap import shorten, wrap

# The office's own templates, (name, source) by name: they take the place of the house's of the same name.
Texts = tuple[tuple[str, str], ...]
HOUSE_TEXTS = Path(__file__).with_name("texts")
# The text of one duty by itself, for calendars: the house's own, which nothing takes the place of.
DUTY = "duty"
# What may be in the words of one task, or of one reminder: what stands around a letter that speaks of nothing else.
VOICED = ("subject", "opening", "closing")
# And what is said beside each duty of it.
BESIDE = "line"
_PARAGRAPHS = ("reason", "chased", "notes", "tried", "done", "note")
_TITLE_COLUMNS = 40
_SUBJECT_COLUMNS = 200
# Characters of the text, or of the page; a letter about a hundred duties has a tenth of it.
LARGEST_PART = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A letter's words. html: a whole page that loads nothing from outside.

    text: lines of at most 78 columns; those that go on end in a blank, see `unwrap`.
    """

    subject: str
    text: str
    html: str


class TextError(NotifierError):
    """A mail template cannot be used. file: its path, '' where it is not known which; line: from 1, 0 where the place is the whole file.

    why: in both languages.
    """

    def __init__(self, file: str, line: int, zh: str, en: str) -> None:
        where = f"{file}:{line}" if line else file
        super().__init__(f"邮件模板 {where}：{zh}" if where else f"邮件模板：{zh}", f"Mail template {where}".rstrip() + f": {en}")
        self.file = file
        self.line = line
        self.why = (zh, en)

    def within(self, folder: Path) -> TextError:
        """The same of a template that lies in a folder."""
        return TextError(str(folder / self.file), self.line, *self.why)


def compose(view: LetterView, own: Texts = ()) -> Composed:
    """The letter's words. Raises TextError."""
    known = _known_names(_cleaned(view), own)
    names = {part: (f"{view.lang}/{part}.j2", f"{part}.j2") for part in ("text", "html")}
    # What a template writes itself (`{{ "\ud800" }}`) is no cleaner than what people write.
    return Composed(
        subject=shorten(one_line(_render(own, known["voice"]["subject"], known, html=False)), _SUBJECT_COLUMNS),
        text=_tidy(clean_text(_render(own, names["text"], known, html=False))),
        html=clean_text(_render(own, names["html"], known, html=True)).strip() + "\n",
    )


def duty_text(line: DutyLine, kind: str, *, state: str, office: tuple[str, str], lang: Lang) -> str:
    """One duty by itself, as a letter would say it in the part `kind`, a line for each thing; nothing is wrapped.

    state: in words.  office: its name and address, '' where it has none.
    """
    letter = {"office_name": one_line(office[0]), "office_address": one_line(office[1])}
    known = {"lang": lang, "line": _cleaned(line), "kind": kind, "state": state, "letter": letter}
    return _render((), (f"{lang}/{DUTY}.j2", f"{DUTY}.j2"), known, html=False).strip("\n")


def _known_names(view: LetterView, own: Texts) -> dict[str, Any]:
    """Every name a template may use, beside the filters `hang`, `unbroken`, `inside` and `titled`."""
    parts = _noted(ordered(view), view, own)
    lines = [(kind, line) for kind, lines in parts.items() for line in lines]
    return {
        "voice": _voice(view.lang, [line for _, line in lines], {name for name, _ in own}),
        "letter": view,
        "lang": view.lang,
        "language_tag": LANGUAGE_TAGS[view.lang],
        "title": short_title(view.campaign_title, _TITLE_COLUMNS),
        "sections": tuple(section(kind, lines, view.lang) for kind, lines in parts.items() if lines),
        "counts": {kind: len(lines) for kind, lines in parts.items()},
        "nearest": min((line.days for line in parts["due_soon"] if line.days is not None), default=None),
        "only": lines[0] if len(lines) == 1 else None,
    }


def _voice(lang: Lang, lines: Sequence[DutyLine | LaggardLine], there: Set[str]) -> dict[str, tuple[str, ...]]:
    """Where the parts around the list are looked for; the first that is there is used."""
    return {part: (*_spoken(lines, f"{lang}/{part}.j2", there), f"{lang}/{part}.j2") for part in VOICED}


def _spoken(lines: Sequence[DutyLine | LaggardLine], name: str, there: Set[str]) -> list[str]:
    """The templates of that name in whose words these lines are."""
    return [found for folder in _folders(lines) if (found := f"{folder}/{name}") in there]


def _folders(lines: Sequence[DutyLine | LaggardLine]) -> list[str]:
    """In whose words these lines are: those of the reminder that all of them come from, before those of their one task."""
    says, tasks = {line.say for line in lines}, {line.task for line in lines}
    found = [("says", says), ("tasks", tasks)]
    return [f"{kind}/{name}" for kind, names in found if len(names) == 1 for name in names if name]


def _noted(parts: Parts, view: LetterView, own: Texts) -> Parts:
    """The lines with what the office has to say beside each duty."""
    there = {name for name, _ in own}
    if not there:
        return parts
    return {kind: tuple(_with_note(line, kind, view, own, there) for line in lines) for kind, lines in parts.items()}


def _with_note(line: DutyLine | LaggardLine, kind: str, view: LetterView, own: Texts, there: Set[str]) -> DutyLine | LaggardLine:
    names = _spoken([line], f"{view.lang}/{BESIDE}.j2", there)
    if not names or isinstance(line, LaggardLine):
        return line
    known = {"line": line, "kind": kind, "letter": view, "lang": view.lang, "title": short_title(view.campaign_title, _TITLE_COLUMNS)}
    return replace(line, note=clean_text(_render(own, names, known, html=False)).strip())


_Data = TypeVar("_Data", DutyLine, LaggardLine, LetterView)


def _cleaned(data: _Data) -> _Data:
    """The same data without control characters; line breaks stay only where paragraphs are meant."""
    values: dict[str, Any] = {each.name: _clean_value(each.name, getattr(data, each.name)) for each in fields(data)}
    return replace(data, **values)


def _clean_value(name: str, value: object) -> object:
    match value:
        case str():
            return clean_text(value).strip() if name in _PARAGRAPHS else one_line(value)
        case tuple():
            return tuple(_clean_value(name, item) for item in value)
        case DutyLine():
            return _cleaned(value)
        case LaggardLine():
            return _cleaned(value)
        case _:
            return value


def _tidy(text: str) -> str:
    """Wrapped, without two empty lines in a row."""
    return re.sub(r"\n{3,}", "\n\n", wrap(text)).strip("\n") + "\n"


@lru_cache(maxsize=16)
def _environment(own: Texts, html: bool) -> Environment:
    """For text and for pages, because what is escaped must not depend on which file a sentence stands in.

    The house's texts are as trusted as its code; only what an office has written runs in a sandbox, where each look at a field costs more.
    """
    house, sources = FileSystemLoader(HOUSE_TEXTS), dict(own)

    def source(name: str) -> tuple[str, str, None] | None:
        # Under its name, so that an error can say where it is.
        return (sources[name], name, None) if name in sources else None

    kind = ImmutableSandboxedEnvironment if own else Environment
    environment = kind(
        loader=ChoiceLoader([FunctionLoader(source), house, PrefixLoader({"standard": house})]),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        # Jinja2 drops the line end after a block: a file that is included must bring its own.
        keep_trailing_newline=True,
        # Nobody writes in the house's texts while letters are written, and the office's own are known by what they say.
        auto_reload=False,
    )
    environment.filters.update(filters(html))
    return environment


@lru_cache(maxsize=64)
def _template(own: Texts, names: tuple[str, ...], html: bool) -> Template:
    """The first of these that is there; looked for once."""
    return _environment(own, html).select_template(list(names))


# What a template can make go wrong while it runs: `1/0`, `'a' + 1`, `{}['x']`, a template that includes itself, `'x' | truncate(1)`.
_FAULTS = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError),
    *(RuntimeError, OSError, AssertionError, MemoryError),
)


def _render(own: Texts, names: Sequence[str], known: Mapping[str, object], *, html: bool) -> str:
    try:
        template = _template(own, tuple(names), html)
        return _bounded(template.generate(known), names[0]) if own else template.render(known)
    except _FAULTS as error:
        raise _explained(error, names[0]) from error


def _bounded(pieces: Iterator[str], name: str) -> str:
    """All of it, unless that is more than any letter. Raises TextError."""
    kept, size = [], 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > LARGEST_PART:
            raise TextError(name, 0, *_TOO_LARGE)
    return "".join(kept)


_TOO_LARGE = ("写出的信超过 256 KiB。", "the letter it makes is larger than 256 KiB.")


def _explained(error: Exception, name: str) -> TextError:
    file, line = place_of(error)
    words = one_line(str(error) or type(error).__name__)
    return TextError(file or name, line, f"写法有误，或用到了没有的名称（{words}）", f"wrong wording or an unknown name ({words})")


def place_of(error: BaseException) -> tuple[str, int]:
    """The template and line in which it went wrong: Jinja2 writes both into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or error.name or "", error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
