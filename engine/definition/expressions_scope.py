"""Which names an expression about a unit may use, and of what type each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from engine.definition.model import Organisation

TypeName = Literal["number", "text", "date", "time", "yes_no", "span", "unit", "person", "row", "any"]

SAME_WORDS = {"上级": "superior", "下级": "below", "同级": "peers", "本单位": "unit"}
_RELATIONS = ("unit", "superior")
_OF_THE_OBLIGATION = frozenset({"owner", "subject", "person", "period", "due", "late", "late_by", "overdue", "attempt", "previous"})
_NOT_YET = _OF_THE_OBLIGATION | {"me", "it", "now", "row", "raiser", "anyone", "below", "peers", "issued", "received", "start"}
_OWN_TYPES: dict[str, TypeName] = {"number": "number", "text": "text", "date": "date", "yes_no": "yes_no", "span": "span", "unit": "unit"}


@dataclass(frozen=True)
class Type:
    """What a value is. labels: the only texts it can be, where they are declared.

    many: it is a set of such values.  inside: what each of them has by name.
    """

    name: TypeName
    labels: tuple[str, ...] = ()
    many: bool = False
    inside: TypedNames | None = field(default=None, compare=False)

    def joined(self, other: Type) -> Type:
        """The type of what may be either."""
        if self.name != other.name:
            return ANY
        both = self.labels and other.labels
        return Type(self.name, tuple(dict.fromkeys(self.labels + other.labels)) if both else ())


ANY = Type("any")
NUMBER = Type("number")
TEXT = Type("text")
DATE = Type("date")
YES_NO = Type("yes_no")
UNIT = Type("unit")
# What the condition of a reminder may say of the duty itself: whether it is overdue; which attempt it is, after redoing.
OF_A_REMINDER: Mapping[str, Type] = {"overdue": YES_NO, "attempt": NUMBER}


class UnknownName(Exception):
    """A name that nobody declared, and those that could stand there."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


class NotYet(Exception):
    """A name that is known and cannot be read in an expression yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def english(word: str) -> str:
    """`superior` for `上级`, and so on; any other word as it is."""
    return SAME_WORDS.get(word, word)


class TypedNames(Protocol):
    """What names there are somewhere, and of what type each is."""

    def type_of(self, path: str) -> Type:
        """The type of a dotted path. UnknownName or NotYet where it has none."""
        ...


class Inside:
    """The names as seen from a member of a set: `it` and its own first, then those around it."""

    def __init__(self, member: Type, outer: TypedNames) -> None:
        self.member = member
        self.outer = outer

    def type_of(self, path: str) -> Type:
        """The type of a dotted path. UnknownName or NotYet where it has none."""
        if path == "it":
            return Type(self.member.name, self.member.labels)
        if path == "me" or self.member.inside is None:
            return self.outer.type_of(path)
        try:
            return self.member.inside.type_of(path.removeprefix("it."))
        except UnknownName:
            return self.outer.type_of(path)


class Scope:
    """The names at a unit of one of some levels.

    standpoint: those levels; None for all.  elsewhere: names of other things of the file (tasks, stages, flows).
    besides: names of what is no unit's, with their types.
    """

    def __init__(
        self,
        organisation: Organisation,
        standpoint: tuple[str, ...] | None,
        elsewhere: frozenset[str],
        besides: Mapping[str, Type] | None = None,
    ) -> None:
        self.organisation = organisation
        self.besides = besides or {}
        self.standpoint = organisation.levels if standpoint is None else standpoint
        self.elsewhere = elsewhere

    def type_of(self, path: str) -> Type:
        """The type of a dotted path. UnknownName or NotYet where it has none."""
        if path in self.besides:
            return self.besides[path]
        words = path.split(".")
        levels = self.standpoint
        while words and english(words[0]) in _RELATIONS:
            if english(words.pop(0)) == "superior":
                levels = self._above(levels)
        if not words:
            return UNIT
        if len(words) == 1:
            found = self._own(words[0], levels)
            if found is not None:
                return found
        if english(words[0]) in _NOT_YET or words[0] in self._who_words():
            raise NotYet(words[0])
        raise UnknownName(self._culprit(words, levels), self._known(levels))

    def _above(self, levels: tuple[str, ...]) -> tuple[str, ...]:
        """The levels a superior may be of: levels can be skipped (a branch directly under the school)."""
        order = self.organisation.levels
        deepest = max((order.index(level) for level in levels if level in order), default=0)
        return order[:deepest]

    def _own(self, word: str, levels: tuple[str, ...]) -> Type | None:
        declared = [self.organisation.attributes[level][word] for level in levels if word in self.organisation.attributes.get(level, {})]
        if word == "level":
            return Type("text", self.organisation.levels)
        if declared:
            return _joined(_declared(kind) for kind in declared)
        return TEXT if word in ("kind", "name", "code") else None

    def _who_words(self) -> frozenset[str]:
        organisation = self.organisation
        posts = (post.name for post in organisation.posts)
        bodies = (body.name for body in organisation.bodies)
        return self.elsewhere.union(organisation.levels, organisation.groups, posts, bodies)

    def _culprit(self, words: list[str], levels: tuple[str, ...]) -> str:
        """Of `level.x` it is the `x` that is wrong, of `levle` the word itself."""
        return words[1] if len(words) > 1 and self._own(words[0], levels) is not None else words[0]

    def _known(self, levels: tuple[str, ...]) -> tuple[str, ...]:
        attributes = (name for level in levels for name in self.organisation.attributes.get(level, {}))
        return tuple(dict.fromkeys([*attributes, "level", "kind", "name", "code", *_RELATIONS, *self.besides]))


def _declared(kind: tuple[str, ...] | str) -> Type:
    if isinstance(kind, tuple):
        return Type("text", kind)
    return Type(_OWN_TYPES.get(kind, "any"))


def _joined(types: Iterable[Type]) -> Type:
    first, *others = types
    for other in others:
        first = first.joined(other)
    return first
