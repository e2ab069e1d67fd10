"""What is known of a document after reading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from engine.sentences import Outcome, Sentence, Verdict

Readable = Literal["yes", "no", "cannot_tell"]
Sign = Literal["title", "styled", "numbered", "line"]

FORMATS = ("docx", "pdf", "txt", "md", "doc", "other")
MOST_TEXT = 200_000
# With a picture and fewer characters than this, the words are taken to be in the picture (scanning apps write a line of their own).
FEW = 30


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and how much stands under it.

    depth: 0 for a title, then growing inwards.  sign: how the heading was recognised; 'line' is a mere short line, not certain.
    words, han: from this heading to the next one that is not deeper, the heading itself left out.
    """

    heading: str
    depth: int
    sign: Sign
    words: int
    han: int


@dataclass(frozen=True, kw_only=True)
class DocumentFacts:
    """What a document is and holds.

    format: what the bytes are ('docx', 'pdf', 'txt', 'md', 'doc' or 'other').  suffix: the ending of the name, lower case, no dot.
    reason: why it is not readable, or why that cannot be told.  words: 字数 as a word processor shows it; han: Han characters alone;
    both None where there was nothing to count.  pages: of a pdf only.  picture_pages: pages of a pdf that are mere pictures, whose words
    are not in the count.  headings: in order, as written.  sections: the same with depth and length.  text: what was read, cut after
    `MOST_TEXT` characters (text_cut).
    """

    format: str
    readable: Readable
    reason: Verdict | None = None
    words: int | None = None
    han: int | None = None
    pages: int | None = None
    headings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    picture_pages: int = 0
    text: str = ""
    text_cut: bool = False
    suffix: str = ""

    @property
    def outlined(self) -> bool:
        """Whether the document surely has headings, so that a missing one is really missing."""
        if not self.sections:
            return bool(self.headings)
        return any(section.sign in ("styled", "numbered") for section in self.sections)

    def to_json(self) -> dict[str, object]:
        """The facts as plain data for `json.dumps`."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        sections = [{name: getattr(section, name) for name in _SECTION} for section in self.sections]
        return plain | {"reason": _verdict_out(self.reason), "headings": list(self.headings), "sections": sections}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> DocumentFacts:
        """The facts out of `to_json`. Raises ValueError where the data is anything else."""
        if _take(data, "format", str) not in FORMATS or _take(data, "readable", str) not in get_args(Readable):
            raise ValueError("unknown format or readability")
        values: dict[str, object] = {name: _take(data, name, *kinds) for name, kinds in _PLAIN.items()}
        values["reason"] = _verdict_in(data.get("reason"))
        values["headings"] = tuple(_checked(heading, str) for heading in _rows(data, "headings"))
        values["sections"] = tuple(_section_in(section) for section in _rows(data, "sections"))
        return cls(**values)  # type: ignore[arg-type]  # every value was checked against its kind just above


_NUMBER = (int, type(None))
_PLAIN: dict[str, tuple[type, ...]] = {
    "format": (str,),
    "readable": (str,),
    "words": _NUMBER,
    "han": _NUMBER,
    "pages": _NUMBER,
    "picture_pages": (int,),
    "text": (str,),
    "text_cut": (bool,),
    "suffix": (str,),
}
_SECTION: dict[str, tuple[type, ...]] = {"heading": (str,), "depth": (int,), "sign": (str,), "words": (int,), "han": (int,)}


def _checked(value: object, *kinds: type) -> object:
    if not isinstance(value, kinds):
        raise ValueError(f"{value!r} is not one of {kinds}")
    return value


def _take(data: object, name: str, *kinds: type) -> object:
    if not isinstance(data, Mapping) or name not in data:
        raise ValueError(f"{name} is missing")
    return _checked(data[name], *kinds)


def _rows(data: Mapping[str, object], name: str) -> list[object]:
    rows = data.get(name)
    if not isinstance(rows, list):
        raise ValueError(f"{name} is not a list")
    return rows


def _section_in(data: object) -> Section:
    values = {name: _take(data, name, *kinds) for name, kinds in _SECTION.items()}
    if values["sign"] not in get_args(Sign):
        raise ValueError("unknown sign")
    return Section(**values)  # type: ignore[arg-type]  # every value was checked against its kind just above


def _sentence_out(sentence: Sentence | None) -> object:
    if sentence is None:
        return None
    values = {name: _sentence_out(value) if isinstance(value, Sentence) else value for name, value in sentence.values.items()}
    return {"zh": sentence.zh, "en": sentence.en, "values": values}


def _sentence_in(data: object) -> Sentence:
    values = _take(data, "values", dict)
    assert isinstance(values, dict)
    inner = {str(name): _sentence_in(value) if isinstance(value, dict) else _checked(value, str, int) for name, value in values.items()}
    return Sentence(str(_take(data, "zh", str)), str(_take(data, "en", str)), inner)


def _verdict_out(verdict: Verdict | None) -> object:
    if verdict is None:
        return None
    shared = {"outcome": verdict.outcome, "code": verdict.code}
    return shared | {"sentence": _sentence_out(verdict.sentence), "shortfall": _sentence_out(verdict.shortfall)}


def _verdict_in(data: object) -> Verdict | None:
    if data is None:
        return None
    outcome = _take(data, "outcome", str)
    if outcome not in get_args(Outcome):
        raise ValueError("unknown outcome")
    sentence, shortfall = _sentence_in(_take(data, "sentence", dict)), _take(data, "shortfall", dict, type(None))
    missing = None if shortfall is None else _sentence_in(shortfall)
    return Verdict(outcome=outcome, code=str(_take(data, "code", str)), sentence=sentence, shortfall=missing)  # type: ignore[arg-type]  # is one of its three words
