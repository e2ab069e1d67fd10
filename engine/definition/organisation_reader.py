"""From the `organisation` of a file to the compiled one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definition.model import Body, Organisation, Post, Who
from engine.definition.names import Registry, check_name, duplicates
from engine.definition.parties import of_several, report_issues, who_of
from engine.definition.possible_keys import did_you_mean
from engine.definition.report import Report
from engine.definition.shapes import Value
from engine.definition.who_check import check_who
from engine.sentences import Sentence, plain

_LEVEL = Sentence("层级", "level")
_BODY = Sentence("机构", "body")
_POST = Sentence("职务", "post")
_GROUP = Sentence("组别", "group")
_OF_A_POST = Sentence("还不支持职务“{post}”的属性（后续版本提供）。", "Attributes of a post (`{post}`) are not yet supported.")
_OF_A_POST_HINT = Sentence("属性请写在层级下面。", "Give attributes to a level.")


def read_organisation(value: Value, registry: Registry) -> Organisation:
    """Levels, bodies, posts, attributes and groups; whatever they name that is not there is reported."""
    report = registry.report
    levels = _levels(value, registry)
    organisation = Organisation(
        levels=levels,
        posts=_posts(_entries(value, "posts", registry, _POST), report),
        bodies=_bodies(_entries(value, "bodies", registry, _BODY), levels, report),
        groups={name: who for name, found in _entries(value, "groups", registry, _GROUP).items() if (who := who_of(found))},
    )
    attributes = _attributes(value, organisation, report)
    organisation = Organisation(
        levels=levels, posts=organisation.posts, bodies=organisation.bodies, groups=organisation.groups, attributes=attributes
    )
    _check_selections(value, organisation, report)
    return organisation


def _entries(value: Value, key: str, registry: Registry, what: Sentence) -> Mapping[str, Value]:
    found = value.entries.get(key)
    entries = found.entries if found else {}
    for name, entry in entries.items():
        registry.declare(name, entry.key, what)
    return entries


def _levels(value: Value, registry: Registry) -> tuple[str, ...]:
    found = value.entries.get("levels")
    for leaf in found.leaves if found else ():
        registry.declare(leaf.text, leaf.spot, _LEVEL)
    return tuple(dict.fromkeys(found.texts)) if found else ()


def _posts(entries: Mapping[str, Value], report: Report) -> tuple[Post, ...]:
    for entry in entries.values():
        deputy = entry.entries.get("deputy")
        if deputy and deputy.text not in entries:
            _unknown(deputy, Sentence("职务", "post"), tuple(entries), report)
    chosen = any(entry.word("acts") == "true" for entry in entries.values())
    single = (name for name, entry in entries.items() if "true" not in (entry.word("many"), entry.word("counted")))
    first = next(single, None)
    return tuple(_post(name, entry, acts=entry.word("acts") == "true" if chosen else name == first) for name, entry in entries.items())


def _post(name: str, value: Value, *, acts: bool) -> Post:
    held_by = value.entries.get("held_by")
    return Post(
        name=name,
        title=value.word("title"),
        acts=acts and value.word("acts") != "false",
        deputy=value.word("deputy") or None,
        held_by=who_of(held_by) if held_by else None,
        many=value.word("many") == "true",
        counted=value.word("counted") == "true",
    )


def _bodies(entries: Mapping[str, Value], levels: tuple[str, ...], report: Report) -> tuple[Body, ...]:
    for entry in entries.values():
        at = entry.entries.get("at")
        _check_levels(at.leaves if at else (), levels, report)
    return tuple(Body(name=name, at=entry.words("at"), title=entry.word("title")) for name, entry in entries.items())


def _check_levels(leaves: tuple[Value, ...], levels: tuple[str, ...], report: Report) -> None:
    duplicates(leaves, report)
    for leaf in leaves:
        if leaf.text not in levels:
            _unknown(leaf, Sentence("层级", "level"), levels, report)


def _attributes(value: Value, organisation: Organisation, report: Report) -> dict[str, dict[str, tuple[str, ...] | str]]:
    found = value.entries.get("attributes")
    posts = tuple(post.name for post in organisation.posts)
    known = (*organisation.levels, *posts)
    read: dict[str, dict[str, tuple[str, ...] | str]] = {}
    for name, entry in found.entries.items() if found else ():
        if name not in known:
            _unknown(Value(spot=entry.key, key=entry.key, text=name), Sentence("层级或职务", "level or post"), known, report)
        if name in posts:
            report.add("not-yet", entry.key, Sentence(_OF_A_POST.zh, _OF_A_POST.en, {"post": plain(name)}), _OF_A_POST_HINT)
        read[name] = {attribute: _attribute(attribute, kind, report) for attribute, kind in entry.entries.items()}
    return read


def _attribute(name: str, value: Value, report: Report) -> tuple[str, ...] | str:
    if name == "level":
        message = Sentence(
            "“level”是每个单位都有的层级，不能另作属性。", "`level` is what every unit has already; it cannot be declared again."
        )
        report.add("reserved-name", value.key, message)
    check_name(name, value.key, report)
    duplicates(value.items, report)
    return value.text if value.text else value.texts


def _check_selections(value: Value, organisation: Organisation, report: Report) -> None:
    groups, posts = value.entries.get("groups"), value.entries.get("posts")
    for name, found in groups.entries.items() if groups else ():
        who = organisation.groups.get(name)
        if who:
            report_issues(check_who(_named(who, name, organisation), organisation, subject=True), found, report)
    for entry in posts.entries.values() if posts else ():
        held_by = entry.entries.get("held_by")
        who = who_of(held_by) if held_by else None
        if held_by and who:
            issues = check_who(who, organisation, subject=False)
            report_issues(issues, held_by, report)
            if not issues:
                of_several(who, held_by, report)


def _named(who: Who, name: str, organisation: Organisation) -> Who:
    """The selection of a group; the group itself where its terms are all known, so that a circle through it shows."""
    circular = any(word == name for term in who.terms for word in term.split("."))
    return Who(terms=(name,)) if circular and name in organisation.groups else who


def _unknown(leaf: Value, what: Sentence, known: tuple[str, ...], report: Report) -> None:
    values = {"name": plain(leaf.text), "what": what}
    message = Sentence("没有叫“{name}”的{what}。", "There is no {what} `{name}`.", values)
    report.add("unknown-name", leaf.spot, message, did_you_mean(leaf.text, known))
