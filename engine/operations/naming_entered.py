"""Whom and which unit somebody means who fills in a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.errors import CampaignError
from engine.names import nearest
from engine.operations.campaigns import Running
from engine.operations.people import UnknownPerson, person_id
from engine.sentences import Sentence
from engine.store import people, roster
from engine.store.database import Connection


@dataclass(frozen=True)
class RosterNaming:
    """Names as the roster has them on a day; units those of the campaign."""

    connection: Connection
    campaign: Running
    day: date

    def person(self, text: str) -> int | Sentence:
        """The person's number, by name, address or UNIT/POST."""
        try:
            return person_id(self.connection, text, self.day)[0]
        except UnknownPerson:
            close = nearest(text, people.person_names(self.connection))
            values = {"text": text, "close": close or ""}
            if close:
                return Sentence("花名册中没有“{text}”，是不是“{close}”", "“{text}” is not in the roster; did you mean “{close}”", values)
            return Sentence("花名册中没有“{text}”", "“{text}” is not in the roster", values)
        except CampaignError as error:
            return _phrase(error)

    def unit(self, text: str) -> int | Sentence:
        """The unit's number, by its code, or by its name where one unit of the campaign has it."""
        found = roster.by_code(self.connection, text)
        if found is not None and found.path.startswith(self.campaign.root_path):
            return found.id
        named = roster.ids_named(self.connection, text, self.campaign.root_path)
        if len(named) == 1:
            return named[0]
        values = {"text": text, "n": len(named)}
        if named:
            return Sentence("名为“{text}”的单位有 {n} 个，请写代码", "{n} units are named “{text}”; give the code", values)
        return Sentence("没有“{text}”这个单位", "there is no unit “{text}”", values)


def _phrase(error: CampaignError) -> Sentence:
    """A sentence as a part of another: without its full stop."""
    values = {"zh": error.sentence.say("zh").rstrip("。 "), "en": error.sentence.say("en").rstrip(". ")}
    return Sentence("{zh}", "{en}", values)
