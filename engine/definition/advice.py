"""Advice in the spelling of the file it is about: whoever writes 审核 is not told to write `review`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from engine.definition.words import ENTRY, KEYS, KINDS, UNDATED, WHO_WORDS, Spelling
from engine.sentences import Sentence

_VALUES = {**WHO_WORDS, **UNDATED, **ENTRY, **KINDS}
_LATIN = r"[A-Za-z0-9_.\-/]"
# A place for a value; a word in Latin letters with the blanks beside it, behind it perhaps its Chinese spelling in brackets.
_WORD = re.compile(
    rf"\{{\w+\}}|(?P<before>: | )?(?<!{_LATIN})(?P<word>[a-z_]+)(?!{_LATIN})(?:（[\u4e00-\u9fff]{{1,5}}）)?(?P<after> )?",
)
_IN_BRACES = re.compile(r"\{[^{}]*$")
_QUOTED = re.compile(r"`[^`]*`")


def spelled(sentence: Sentence, spelling: Spelling) -> Sentence:
    """The sentence with the words of the language as the author of the file writes them.

    In Chinese every Latin word that is a word of the language, in English those in backquotes. What fills its places is left alone, but
    for sentences of ours.
    """
    if not spelling.in_chinese:
        return sentence
    values = {name: spelled(value, spelling) if isinstance(value, Sentence) else value for name, value in sentence.values.items()}
    zh = _WORD.sub(partial(_own, spelling=spelling, alone="“{}”"), sentence.zh)
    within = partial(_WORD.sub, partial(_own, spelling=spelling, alone=""))
    return replace(sentence, zh=zh, en=_QUOTED.sub(lambda found: within(found[0]), sentence.en), values=values)


def _own(found: re.Match[str], spelling: Spelling, alone: str) -> str:
    """The word as the author writes it. alone: how one is marked that stands in our words, not in a piece of a file; '' for not at all."""
    word, before, after = (found[name] or "" for name in ("word", "before", "after"))
    chinese = _chinese(word, spelling, is_value=before == ": ")
    if chinese is None:
        return found[0]
    text = found.string[: found.start("word")]
    colon = found.string[found.end() :].startswith(":")
    in_file = colon or before == ": " or _IN_BRACES.search(text) or text.endswith(("“", "`"))
    return f"{before}{chinese}{after}" if in_file or not alone else alone.format(chinese)


def _chinese(word: str, spelling: Spelling, *, is_value: bool) -> str | None:
    """The Chinese spelling where the author would use it; what stands after a colon is no key."""
    if word in _VALUES:
        return _VALUES[word] if 2 * len(spelling.in_chinese) > len(KEYS) else None
    return KEYS[word] if word in spelling.in_chinese and not is_value else None
