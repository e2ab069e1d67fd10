"""Whether a selection means something in an organisation, at the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from engine.definition import who_sentences as said
from engine.definition.expressions_check import check_expression
from engine.definition.model import Organisation, Who
from engine.definition.who_paths import STEPS, body_named, declared_names, meaning
from engine.definition.words import WHO_WORDS
from engine.names import nearest
from engine.sentences import Sentence

DEEPEST = 40
_RELATIONS = ("unit", "superior", "owner", "subject")


@dataclass(frozen=True, kw_only=True)
class WhoIssue:
    """Something wrong in a selection. term: the term as written, or the condition.

    code: unknown-who, set-read-as-one, not-yet, cycle; for a condition the code of the expression's issue, and `position` in it.
    """

    code: str
    term: str
    message: Sentence
    hint: Sentence | None = None
    position: int = 0


def check_who(
    who: Who,
    organisation: Organisation,
    *,
    subject: bool,
    standpoint: tuple[str, ...] | None = None,
    elsewhere: frozenset[str] = frozenset(),
) -> tuple[WhoIssue, ...]:
    """What is wrong with a selection; nothing if all is well.

    subject: it names subjects, read from the top (`for`, groups); else it is an owner, a reviewer, a receiver, read from a subject.
    standpoint: the levels of those subjects, where known.  elsewhere: names of tasks, stages, flows: known, but not readable yet.
    """
    check = _Check(organisation, subject, standpoint, elsewhere)
    found = [issue for term in who.terms if (issue := check.term(term)) is not None]
    if not found and (tangle := _tangle(who, organisation)) is not None:
        found.append(tangle)
    if not found and who.where is not None:
        found.extend(_of_condition(who, organisation, levels_of(who, organisation), elsewhere))
    return tuple(found)


def _of_condition(who: Who, organisation: Organisation, levels: tuple[str, ...], elsewhere: frozenset[str]) -> list[WhoIssue]:
    where = who.where or ""
    return [
        WhoIssue(code=issue.code, term=where, message=issue.message, hint=issue.hint, position=issue.position)
        for issue in check_expression(where, organisation, standpoint=levels, elsewhere=elsewhere)
    ]


@dataclass(frozen=True)
class _Check:
    organisation: Organisation
    subject: bool
    standpoint: tuple[str, ...] | None
    elsewhere: frozenset[str]

    def term(self, term: str) -> WhoIssue | None:
        words = term.split(".")
        for place, word in enumerate(words):
            issue = self._word(term, word, first=place == 0, last=place == len(words) - 1)
            if issue is not None:
                return issue
        return self._body_place(term, words) or self._many(term, words)

    def _word(self, term: str, word: str, *, first: bool, last: bool) -> WhoIssue | None:
        found = meaning(word, self.organisation)
        if found == "unknown" and word not in self.elsewhere:
            return WhoIssue(code="unknown-who", term=term, message=said.unknown(word), hint=self._instead(word))
        if found in ("unknown", "not_yet", "many"):
            return WhoIssue(code="not-yet", term=term, message=said.not_yet(word))
        if self.subject and found in _RELATIONS:
            return WhoIssue(code="unknown-who", term=term, message=said.no_standpoint(word), hint=said.name_a_level())
        if word in self._persons():
            return WhoIssue(code="not-yet", term=term, message=said.persons(word), hint=said.name_a_unit_or_post())
        if not last and found not in STEPS:
            return WhoIssue(code="not-yet", term=term, message=said.nothing_after(word))
        if not first and found in self._only_first():
            return WhoIssue(code="not-yet", term=term, message=said.only_first(word))
        return None

    def _only_first(self) -> tuple[str, ...]:
        return ("level", "group") if self.subject else ("subject", "owner")

    def _persons(self) -> frozenset[str]:
        return frozenset(post.name for post in self.organisation.posts if post.many or post.counted)

    def _instead(self, word: str) -> Sentence:
        names = declared_names(self.organisation)
        relations = () if self.subject else (*_RELATIONS, *(WHO_WORDS[one] for one in _RELATIONS if one in WHO_WORDS))
        guess = nearest(word, (*names, *relations))
        return said.did_you_mean(guess, names) if guess or self.subject else said.possible(names)

    def _body_place(self, term: str, words: list[str]) -> WhoIssue | None:
        """`省.领导小组` where that body is at no province."""
        body = body_named(words[-1], self.organisation)
        if body is None or len(words) < 2 or words[-2] not in self.organisation.levels or words[-2] in body.at:
            return None
        return WhoIssue(code="unknown-who", term=term, message=said.no_such_body(body.name, words[-2]), hint=said.body_is_at(body.at))

    def _many(self, term: str, words: list[str]) -> WhoIssue | None:
        """A level read from above is all its units; a seat is one."""
        levels = self.organisation.levels
        if self.subject or not self.standpoint or words[0] not in levels:
            return None
        if all(at in levels and levels.index(at) < levels.index(words[0]) for at in self.standpoint):
            return WhoIssue(code="set-read-as-one", term=term, message=said.many(words[0]), hint=said.make_them_subjects())
        return None


def levels_of(who: Who, organisation: Organisation) -> tuple[str, ...]:
    """The levels whose units a selection may mean, from the top down; all levels where its terms do not say."""
    found = _Levels(organisation).of(who)
    return tuple(level for level in organisation.levels if level in found)


class _Levels:
    """Looks up levels; what a group comes to is kept."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self._groups: dict[str, set[str]] = {}

    def of(self, who: Who) -> set[str]:
        return set().union(*(self._of_term(term) for term in who.terms))

    def _of_term(self, term: str) -> set[str]:
        possible = set(self.organisation.levels)
        for word in term.split("."):
            match meaning(word, self.organisation):
                case "level":
                    possible = {word}
                case "group":
                    possible = self._of_group(word)
                case "body":
                    body = body_named(word, self.organisation)
                    possible = possible.intersection(body.at if body is not None else ())
                case "superior" | "owner" | "subject":
                    possible = set(self.organisation.levels)
        return possible

    def _of_group(self, word: str) -> set[str]:
        if word not in self._groups:
            self._groups[word] = set()
            self._groups[word] = self.of(self.organisation.groups[word])
        return self._groups[word]


def _tangle(who: Who, organisation: Organisation) -> WhoIssue | None:
    """A group that, followed through its terms, comes back to itself or goes on without end."""
    harmless: set[str] = set()

    def follow(inner: Who, path: tuple[str, ...]) -> WhoIssue | None:
        for word in (word for term in inner.terms for word in term.split(".")):
            if word in path:
                return WhoIssue(code="cycle", term=word, message=said.cycle(word))
            if len(path) > DEEPEST:
                return WhoIssue(code="cycle", term=word, message=said.too_deep(word, DEEPEST))
            if word in organisation.groups and word not in harmless:
                found = follow(organisation.groups[word], (*path, word))
                if found is not None:
                    return found
                harmless.add(word)
        return None

    return follow(who, ())
