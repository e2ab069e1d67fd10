"""The words of a selection: what each one means in an organisation. One place decides it, for checking and for resolving."""

from __future__ import annotations

from typing import Literal

from engine.definition.expressions_scope import english
from engine.definition.model import Body, Organisation

Meaning = Literal["unit", "superior", "subject", "owner", "level", "group", "body", "post", "many", "not_yet", "unknown"]

MANY = ("below", "peers")
NOT_YET = ("row", "raiser", "anyone", "person", "me", "it")
STEPS = ("unit", "superior", "subject", "owner", "level", "group")


def meaning(word: str, organisation: Organisation) -> Meaning:
    """What one word of a dotted term stands for. A relation cannot be hidden by a level or post of the same name."""
    match english(word):
        case "unit" | "superior" | "subject" | "owner" as relation:
            return relation
    if english(word) in MANY:
        return "many"
    if word in NOT_YET:
        return "not_yet"
    return _declared(word, organisation)


def english_path(path: str) -> str:
    """A dotted path with its relations in English."""
    return ".".join(map(english, path.split(".")))


def _declared(word: str, organisation: Organisation) -> Meaning:
    if word in organisation.levels:
        return "level"
    if word in organisation.groups:
        return "group"
    if body_named(word, organisation) is not None:
        return "body"
    return "post" if any(post.name == word for post in organisation.posts) else "unknown"


def body_named(word: str, organisation: Organisation) -> Body | None:
    """The body of that name, None if there is none."""
    return next((body for body in organisation.bodies if body.name == word), None)


def declared_names(organisation: Organisation) -> tuple[str, ...]:
    """Every name the organisation gives to levels, posts, bodies and groups."""
    posts = (post.name for post in organisation.posts)
    bodies = (body.name for body in organisation.bodies)
    return (*organisation.levels, *posts, *bodies, *organisation.groups)
