"""Near-copies: which passages of a text stand, nearly word for word, in another one.

A text is read as a row of signs: a Han character is one, a word or a number of another script is one; case, width, blanks and
punctuation do not count. Of its runs of `GRAM` signs some are kept as keys by winnowing (Schleimer, Wilkerson and Aiken, "Winnowing",
SIGMOD 2003): of so many neighbouring ones that with the least hash. Two texts that share a passage of `GRAM + WINDOW - 1` signs letter by
letter share a key; so whoever shares some keys is compared, and nobody else. What very many texts have (headings, the words of the
notice) is known by its keys, and does not count.

The hash is of the standard library because keys are kept for years. MinHash over whole texts (rensa, 32 bands) was tried first: among
10,000 reports of 1,000 signs it finds whole copies as well, but of copied passages of 250 signs one in eleven, and none worth keeping
for the judgement: runs that are exactly the same, joined over small gaps, need no other library (`make bench ROWS=copies`).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

GRAM = 8
WINDOW = 40
# Of a long text every second, fourth ... key is kept: a key of a wider window is one of a narrower window too, so texts stay comparable.
_MOST_KEYS = 300
_MOST_SIGNS = 20_000
LEAST_SIGNS = 200

# What stands in so many texts of one duty is nobody's own; where there are few texts, in a third of them.
MANY = 50
_FEW = 5
_SHARED_KEYS = 2
_MOST_CANDIDATES = 8

_GAP = 16
_ALIKE = 0.7
_LEAST_PASSAGE = 60
# Either so much of what is its own is taken over, or a passage of so many signs.
_SHARE = 30
_LONG_PASSAGE = 150

_WIDE = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufad9\U00020000-\U0003fffd"
_RUN = re.compile(f"([{_WIDE}]+)|[^\\W_{_WIDE}]+")
_WORDS, _MANY_WORDS = 0xF0000, 0x1FFF0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A text as a row of signs. starts, ends: where each stands in the text."""

    signs: str
    starts: Sequence[int]
    ends: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Key:
    """The hash of a run of signs (32 bits with a sign, as databases keep whole numbers), and where the run begins."""

    value: int
    at: int


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What stands in both texts nearly the same: where in one and in the other (characters, the end excluded), and how many signs count."""

    start: int
    end: int
    other_start: int
    other_end: int
    signs: int


@dataclass(frozen=True, kw_only=True)
class Copy:
    """How much of a text's own signs stands in another one, in whole per cent, and the passages, the longest first."""

    percent: int
    passages: tuple[Passage, ...]


def read(text: str) -> Reading:
    """The text as signs; of a very long one its beginning."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        if run[1]:
            signs.append(run[1])
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            signs.append(_word(run[0]))
            starts.append(start)
            ends.append(end)
        if len(starts) > _MOST_SIGNS:
            break
    return Reading(signs="".join(signs)[:_MOST_SIGNS], starts=starts[:_MOST_SIGNS], ends=ends[:_MOST_SIGNS])


def _word(word: str) -> str:
    """One sign for a word, always the same, from planes that no script uses."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return chr(_WORDS + zlib.crc32(plain.encode("utf-8", "replace")) % _MANY_WORDS)


def is_comparable(reading: Reading) -> bool:
    """Whether the text is long enough to be compared with others."""
    return len(reading.signs) >= LEAST_SIGNS


def keys_of(reading: Reading, item: str = "") -> tuple[Key, ...]:
    """The keys of a text, in order. item: texts of different items of a package share none."""
    seed = zlib.crc32(item.encode())
    signs, size = reading.signs.encode("utf-32-le", "surrogatepass"), 4 * GRAM
    hashes = [zlib.crc32(signs[at : at + size], seed) for at in range(0, len(signs) - size + 1, 4)]
    window = WINDOW
    while 2 * len(hashes) > window * _MOST_KEYS:
        window *= 2
    return tuple(Key(value=hashes[at] - 2**31, at=at) for at in _least(hashes, window))


def _least(hashes: Sequence[int], window: int) -> Iterator[int]:
    """The places of the least in every window; of equal ones the last."""
    least = -1
    for at, value in enumerate(hashes):
        if least <= at - window or least < 0:
            least = _last_least(hashes, max(0, at - window + 1), max(at + 1, min(window, len(hashes))))
        elif value > hashes[least] or at < window:
            continue
        else:
            least = at
        yield least


def _last_least(hashes: Sequence[int], start: int, end: int) -> int:
    part = hashes[start:end]
    return end - 1 - part[::-1].index(min(part))


def common_keys(holders: Iterable[tuple[int, int]], texts: int) -> frozenset[int]:
    """The keys that very many texts have. holders: key and number of a text that has it, each once; texts: how many there are."""
    counts = Counter(key for key, _ in holders)
    return frozenset(key for key, n in counts.items() if n >= many(texts))


def many(texts: int) -> int:
    """In how many of so many texts something stands that is nobody's own."""
    return min(MANY, max(_FEW, texts // 3))


def full_keys(holders: Iterable[tuple[int, int]]) -> frozenset[int]:
    """The keys that need not be kept of another text: by them nothing would be found."""
    return common_keys(holders, 3 * MANY)


def candidates(holders: Iterable[tuple[int, int]], common: Set[int]) -> tuple[int, ...]:
    """The numbers of the texts worth comparing, those that share the most first."""
    shared = Counter(number for key, number in holders if key not in common)
    return tuple(number for number, n in shared.most_common(_MOST_CANDIDATES) if n >= _SHARED_KEYS)


def compare(mine: Reading, keys: Sequence[Key], other: Reading, common: Set[int]) -> Copy | None:
    """What of the first text stands in the other, leaving out what is common; None where it is too little to speak of."""
    own = _own(len(mine.signs), keys, common)
    total = own.count(1)
    found = [one for span in _spans(mine.signs, other.signs) if (one := _passage(span, own, mine, other)).signs >= _LEAST_PASSAGE]
    taken = sum(passage.signs for passage in found)
    if total < LEAST_SIGNS // 2 or not found:
        return None
    percent = taken * 100 // total
    found.sort(key=lambda passage: -passage.signs)
    return Copy(percent=percent, passages=tuple(found)) if percent >= _SHARE or found[0].signs >= _LONG_PASSAGE else None


def _own(length: int, keys: Sequence[Key], common: Set[int]) -> bytearray:
    """For every sign 1, or 0 where the key next to it is common."""
    own = bytearray(b"\1") * length
    middles = [0, *((a.at + b.at + GRAM) // 2 for a, b in pairwise(keys)), length]
    for key, (start, end) in zip(keys, pairwise(middles), strict=False):
        if key.value in common:
            own[start:end] = bytes(end - start)
    return own


@dataclass(kw_only=True)
class _Span:
    """A passage while it grows, in signs. same: how many of them are exactly the same."""

    start: int
    end: int
    other_start: int
    other_end: int
    same: int

    def reaches(self, start: int, other_start: int) -> bool:
        """Whether a run that begins there goes on with this one, over a small gap."""
        return 0 <= start - self.end <= _GAP and 0 <= other_start - self.other_end <= _GAP

    @property
    def alike(self) -> bool:
        """Whether it is long enough, and nearly the same."""
        longest = max(self.end - self.start, self.other_end - self.other_start)
        return longest >= _LEAST_PASSAGE and self.same >= _ALIKE * longest


def _spans(mine: str, other: str) -> list[_Span]:
    """The passages that are nearly the same, none of which lies in another one's place of the first text."""
    spans: list[_Span] = []
    for start, other_start, length in _runs(mine, other):
        span = next((one for one in reversed(spans[-4:]) if one.reaches(start, other_start)), None)
        if span is None:
            spans.append(_Span(start=start, end=start + length, other_start=other_start, other_end=other_start + length, same=length))
        else:
            span.end, span.other_end, span.same = start + length, other_start + length, span.same + length
    return list(_apart(sorted((span for span in spans if span.alike), key=lambda span: span.start - span.end)))


def _apart(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Those that do not overlap one that came before."""
    ends: list[int] = []
    starts: list[int] = []
    for span in spans:
        place = bisect_right(starts, span.start)
        if (place == 0 or ends[place - 1] <= span.start) and (place == len(starts) or starts[place] >= span.end):
            starts.insert(place, span.start)
            ends.insert(place, span.end)
            yield span


def _runs(mine: str, other: str) -> Iterator[tuple[int, int, int]]:
    """Runs of at least `GRAM` signs that are the same in both: place, place in the other, length; in the order of the first text.

    Where the other text says it several times, the place at which both go on from the run before is taken, else the last.
    """
    places = {other[at : at + GRAM]: at for at in range(len(other) - GRAM + 1)}
    at, ahead = 0, 0
    while at <= len(mine) - GRAM:
        gram = mine[at : at + GRAM]
        there = places.get(gram)
        if there is None:
            at += 1
            continue
        if other.startswith(gram, max(0, at + ahead)):
            there = max(0, at + ahead)
        length = _same(mine, at, other, there)
        yield at, there, length
        at, ahead = at + length, there - at


def _same(mine: str, at: int, other: str, there: int) -> int:
    """How many signs from these places on are the same."""
    most = min(len(mine) - at, len(other) - there)
    return next((n for n in range(GRAM, most) if mine[at + n] != other[there + n]), most)


def _passage(span: _Span, own: bytearray, mine: Reading, other: Reading) -> Passage:
    return Passage(
        start=mine.starts[span.start],
        end=mine.ends[span.end - 1],
        other_start=other.starts[span.other_start],
        other_end=other.ends[span.other_end - 1],
        signs=own.count(1, span.start, span.end),
    )
