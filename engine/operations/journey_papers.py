"""Papers for journeys: documents of an exact length, with the headings that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.definition.model import Item, Part
from engine.evidence.counting import count_words

_NUMBERS = "一二三四五六七八九十"
# Sentences of our own, every sign of which counts as one.
_FILLER = (
    "本单位按照实施方案开展活动，党员普遍参加，工作有布置、有检查、有结果。"
    "存在的问题是活动形式不够多样，联系群众还不够经常。"
    "下一步将对照要求逐项改进，把行之有效的做法坚持下去。"
)
SHORTEST = 60
_USUAL = 320


def write_paper(path: Path, item: Item, *, chars: int = 0, parts: Sequence[str] | None = None, about: str = "") -> Path:
    """Write a .txt of exactly `chars` characters as a word processor counts them (0: 320), with a heading for each part.

    parts: the headings, None for those that the item asks for.  about: a first line. ValueError where it cannot be so short.
    """
    names = tuple(parts) if parts is not None else tuple(map(_heading, item.parts))
    headings = [f"{_NUMBERS[number]}、{name}" for number, name in enumerate(names)]
    lines = [*([about] if about else []), *headings]
    left = (chars or _USUAL) - sum(map(count_words, lines))
    if left < SHORTEST:
        raise ValueError(f"{path.name}: {chars} characters hold no text beside {lines}")
    path.write_text("\n".join(_body(about, headings, left)) + "\n", encoding="utf-8")
    return path


def _heading(part: Part) -> str:
    return part.title or part.name


def _body(about: str, headings: list[str], left: int) -> list[str]:
    sections = headings or [""]
    share, rest = divmod(left, len(sections))
    lines = [about]
    for number, heading in enumerate(sections):
        lines += [heading, _text(share + (rest if number == 0 else 0))]
    return [line for line in lines if line]


def _text(count: int) -> str:
    return (_FILLER * (count // len(_FILLER) + 1))[:count]
