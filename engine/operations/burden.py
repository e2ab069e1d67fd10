"""What a campaign asks of people's attention: how many letters each of them had."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from engine.operations.campaigns import choose
from engine.operations.context import House
from engine.store import burden


@dataclass(frozen=True, kw_only=True)
class Burden:
    """Letters to those who hold posts. a_month: on average to each of them; most: that anybody had in one month, which is `month`."""

    people: int
    letters: int
    a_month: Fraction
    most: int
    month: str


def burden_of(house: House, campaign: str | None, now: datetime) -> Burden:
    """The letters of a campaign until now, over all months since its launch, begun ones counted whole."""
    with house.database.read() as connection:
        running = choose(connection, campaign)
        rows = burden.letters_by_month(connection, running.id)
    first, last = running.day(running.launched_at), running.day(running.instant(now))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    each = Counter[int]()
    for person, _, letters in rows:
        each[person] += letters
    most, month = max(((letters, month) for _, month, letters in rows), default=(0, ""))
    total = sum(each.values())
    return Burden(people=len(each), letters=total, a_month=Fraction(total, max(len(each), 1) * months), most=most, month=month)
