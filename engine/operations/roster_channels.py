"""The channels that a roster gives persons: each cell read as people write it, or complained of at its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.errors import CampaignError
from engine.operations.channels import kept, read_channels
from engine.org.checks import RosterProblem
from engine.org.model import USUAL_CHANNEL, Person, Roster, person_key
from engine.sentences import Sentence


def channel_problems(roster: Roster) -> Iterator[RosterProblem]:
    """Channels that nobody knows, or that cannot be used so; and persons to whom two rows give different ones."""
    given: dict[str, tuple[int, str]] = {}
    for index, tenure in enumerate(roster.tenures):
        if not tenure.person.channels:
            continue
        try:
            said = _as_kept(tenure.person)
        except CampaignError as error:
            yield _problem(index, error.code, error.sentence)
            continue
        first, before = given.setdefault(person_key(tenure.person, tenure.unit), (index, said))
        if said != before:
            yield _problem(index, "two-orders", _TWO, _ONE_ORDER, first)


def _problem(index: int, code: str, message: Sentence, hint: Sentence | None = None, other: int | None = None) -> RosterProblem:
    return RosterProblem(table="posts", index=index, field="channels", code=code, message=message, hint=hint, other=other)


def with_channels(roster: Roster) -> Roster:
    """The same roster, its channels as they are stored. Raises what is wrong with them."""
    tenures = (
        replace(tenure, person=replace(tenure.person, channels=_as_kept(tenure.person))) if tenure.person.channels else tenure
        for tenure in roster.tenures
    )
    return replace(roster, tenures=tuple(tenures))


def _as_kept(person: Person) -> str:
    return kept(read_channels(person.channels)) or USUAL_CHANNEL


_TWO = Sentence("同一个人的渠道写得不一样。", "One person is given different channels.")
_ONE_ORDER = Sentence("请写成一样的，或只在一行里填写。", "Write them alike, or in one of the rows only.")
