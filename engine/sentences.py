"""What the house says to people: one sentence in both languages, and the judgements that carry one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["zh", "en"]
Outcome = Literal["pass", "fail", "cannot_tell"]


@dataclass(frozen=True)
class Sentence:
    """One sentence in Chinese and English with the values that fill its `{places}`.

    A value may itself be a `Sentence`; it is said in the same language.
    """

    zh: str
    en: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, lang: Lang) -> str:
        """The sentence in the language asked for, values filled in."""
        template = self.zh if lang == "zh" else _counted(self.en, self.values)
        return template.format_map({name: _said(value, lang) for name, value in self.values.items()}) if self.values else template


_COUNTED = re.compile(r"\{(\w+)\}( [a-z]+)\(s\)")


def _counted(template: str, values: Mapping[str, object]) -> str:
    """`{n} unit(s)` as one unit, or several."""
    if "(s)" not in template:
        return template
    return _COUNTED.sub(lambda found: f"{{{found[1]}}}{found[2]}{'' if values.get(found[1]) == 1 else 's'}", template)


def enumerated(names: Iterable[str]) -> Sentence:
    """Names one after the other, as each language lists them."""
    known = tuple(names)
    return Sentence("、".join(known), ", ".join(known))


def some_of(names: Iterable[str], most: int = 8) -> Sentence:
    """The first of the names, and how many there are where that is not all: `甲、乙 等 12 项`."""
    known = tuple(names)
    if len(known) <= most:
        return enumerated(known)
    values = {"some": enumerated(known[:most]), "n": len(known)}
    return Sentence("{some} 等 {n} 项", "{some} and others, {n} in all", values)


def _said(value: object, lang: Lang) -> object:
    return value.say(lang) if isinstance(value, Sentence) else value


def plain(text: str) -> Sentence:
    """A text that is the same in both languages (a name, a date, somebody's own words)."""
    return Sentence("{text}", "{text}", {"text": text})


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A judgement with its reason: the same value feeds the command's answer, the mail and *stuck*.

    code: a stable kebab-case name.  sentence: what is wrong and what to do.
    shortfall: how much is missing (`986 字，还差 14 字`), where that can be said.
    """

    outcome: Outcome
    code: str
    sentence: Sentence
    shortfall: Sentence | None = None

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in the way."""
        return self.outcome == "pass"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong at a place in a file somebody wrote: a workflow file or a roster.

    line, column: counted from 1; 0 where the place is the whole file.  path: the place in the author's words.
    """

    file: str
    line: int
    column: int
    path: str
    code: str
    message: Sentence
    hint: Sentence | None = None
    severity: Literal["error", "warning"] = "error"
