"""Reports as units write them: the same beginning and end for all, stock sentences that many use, and sentences of their own.

Words are made up of random Chinese characters, used as unevenly as words are. Copies are planted: a report taken over whole, in which
every twentieth word is another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

CHANGED = 0.05
LONG = 1_000
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3_500)]
Sentence = list[str]
Report = list[Sentence]


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Texts, and of each which text it goes back to: its own number, but for a copy that of what was copied."""

    texts: tuple[str, ...]
    origins: tuple[int, ...]

    @property
    def copies(self) -> int:
        """How many are copies."""
        return sum(number != origin for number, origin in enumerate(self.origins))


class _Writer:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        pairs = [chance.choice(_HAN) + chance.choice(_HAN) for _ in range(4_000)]
        self.words = pairs + chance.sample(_HAN, 300)
        chance.shuffle(self.words)
        self._often = list(accumulate(1 / (rank + 10) for rank in range(len(self.words))))
        self.shared = [self.sentence() for _ in range(8)]
        self.stock = [self.sentence() for _ in range(400)]
        self._stocked = list(accumulate(1 / (rank + 5) for rank in range(len(self.stock))))

    def sentence(self) -> Sentence:
        return self.chance.choices(self.words, cum_weights=self._often, k=self.chance.randint(8, 18))

    def report(self) -> Report:
        """About a fifth is shared by all, a quarter stock, the rest its own."""
        body = self.chance.choices(self.stock, cum_weights=self._stocked, k=10)
        while sum(len(word) for sentence in body for word in sentence) < 0.78 * LONG:
            body.append(self.sentence())
        self.chance.shuffle(body)
        return [*self.shared[:6], *body, *self.shared[6:]]

    def copy(self, report: Report) -> Report:
        return [[self.chance.choice(self.words) if self.chance.random() < CHANGED else word for word in sentence] for sentence in report]


def reports(number: int, planted: int, seed: int = 7) -> Reports:
    """So many reports, so many of which are copies of others, all in random order."""
    writer = _Writer(Random(seed))
    own = [writer.report() for _ in range(number - planted)]
    copied = [writer.chance.randrange(len(own)) for _ in range(planted)]
    written = [*own, *(writer.copy(own[source]) for source in copied)]
    sources = [*range(len(own)), *copied]
    order = writer.chance.sample(range(number), number)
    place = {old: new for new, old in enumerate(order)}
    return Reports(texts=tuple(_text(written[old]) for old in order), origins=tuple(place[sources[old]] for old in order))


def _text(report: Report) -> str:
    return "".join(_punctuated(report))


def _punctuated(report: Sequence[Sentence]) -> Iterator[str]:
    for number, sentence in enumerate(report, 1):
        yield "".join(sentence)
        yield "。\n" if number % 6 == 0 else "，"
