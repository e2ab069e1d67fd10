"""The words of a round's letters: the office's own, and where those cannot be written for somebody, the house's."""

from __future__ import annotations

from collections import Counter

from engine.operations.campaigns import Running
from engine.operations.own_texts import FOLDER
from notifiers import apart
from notifiers.texts import Composed, TextError, compose
from notifiers.views import LetterView

# Each time one takes too long the others wait: after so many the office's own words rest until the next round.
_ENOUGH = 3


class Wording:
    """faults: in how many letters a template could not be used, by its place: `zh/closing.j2:2`, or `mail` where nobody knows."""

    def __init__(self, seconds: float = apart.SECONDS) -> None:
        self._seconds = seconds
        self.faults: Counter[str] = Counter()
        self._heavy: dict[int, list[str]] = {}

    def words(self, view: LetterView, campaign: Running) -> tuple[Composed, str]:
        """A letter's words, and where the template stands that could not be used for it, as in `faults`; '' where all could."""
        heavy = self._heavy.setdefault(campaign.id, [])
        if len(heavy) >= _ENOUGH:
            return self._of_the_house(view, heavy[-1])
        try:
            return apart.write(view, campaign.texts, seconds=self._seconds), ""
        except TextError as error:
            place = f"{error.file}:{error.line}" if error.line else error.file or FOLDER
            if isinstance(error, apart.TooHeavy):
                heavy.append(place)
            return self._of_the_house(view, place)

    def _of_the_house(self, view: LetterView, place: str) -> tuple[Composed, str]:
        self.faults[place] += 1
        return compose(view), place
