"""Who a selection of the file means, and who owes what about whom (LANGUAGE sections 6 and 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.definition.expressions_check import check_expression
from engine.definition.expressions_scope import OF_A_REMINDER
from engine.definition.model import Organisation, Who
from engine.definition.report import Report, Spot
from engine.definition.shapes import Value
from engine.definition.who_check import WhoIssue, check_who, levels_of
from engine.definition.who_paths import meaning
from engine.definition.words import english_word
from engine.sentences import Sentence, plain

_UNIT = "unit"
_RELATIVE = ("unit", "superior", "subject", "owner", "many")


def who_of(value: Value) -> Who | None:
    """The selection of a value, its words in English; None where a part of it was refused."""
    chosen = value.entries.get("who") if value.kind == "who" else value
    if chosen is None or value.refused:
        return None
    terms = tuple(_term(text) for text in chosen.texts)
    return Who(terms=terms, where=value.word("where") or None) if terms else None


def _term(text: str) -> str:
    return ".".join(english_word(word.strip()) for word in text.split("."))


def report_issues(issues: Iterable[WhoIssue], value: Value, report: Report) -> None:
    """Every issue of a selection at the term or condition it is about."""
    chosen = value.entries.get("who", value)
    spots = {_term(leaf.text): leaf.spot for leaf in reversed(chosen.leaves)}
    where = value.entries.get("where")
    for issue in issues:
        spot = spots.get(issue.term, value.spot)
        if issue.position and where:
            spot = replace(where.spot, column=where.spot.column + (issue.position - 1 if where.verbatim else 0))
        report.add(issue.code, spot, issue.message, issue.hint)


def of_several(who: Who, value: Value, report: Report) -> bool:
    """Whether one seat is wanted and several terms are written: only the first would be heard, so it is refused at the second."""
    if len(who.terms) < 2:
        return False
    leaves = value.entries.get("who", value).leaves
    message = Sentence(_SEVERAL.zh, _SEVERAL.en, {"zh": "、".join(who.terms), "en": ", ".join(who.terms)})
    report.add("not-yet", leaves[1].spot, message, _SEVERAL_HINT)
    return True


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Reads the selections of one file. `elsewhere`: the names of its tasks and stages."""

    organisation: Organisation
    elsewhere: frozenset[str]
    report: Report

    def subjects(self, value: Value) -> Who | None:
        """Who gets a case: read from the top. Persons are not built yet."""
        who = who_of(value)
        return who if who and self.sound(who, value, subject=True) and not self.of_posts(who, value) else None

    def seen_from(self, value: Value, subjects: Who | None) -> Who | None:
        """An owner, reviewer or receiver, read from the subjects: one seat."""
        who = who_of(value)
        if who is None or not self.sound(who, value, subject=False, seen_from=subjects):
            return None
        return None if of_several(who, value, self.report) or self.of_a_group_of_roles(who, value) else who

    def condition(self, value: Value, subjects: Who | None) -> None:
        """Reports what is wrong with the `when` of a reminder: read from the unit that it is about."""
        when = value.entries.get("when")
        if when is None:
            return
        levels = levels_of(subjects, self.organisation) if subjects else None
        for issue in check_expression(when.text, self.organisation, standpoint=levels, elsewhere=self.elsewhere, besides=OF_A_REMINDER):
            spot = replace(when.spot, column=when.spot.column + (issue.position - 1 if when.verbatim else 0))
            self.report.add(issue.code, spot, issue.message, issue.hint)

    def of_a_group_of_roles(self, who: Who, value: Value) -> bool:
        """Whether a seat is named by a group of posts or bodies: the unit would be found, and which of them is meant be lost."""
        groups = [word for term in who.terms for word in term.split(".") if word in self.organisation.groups]
        for group in groups:
            if any(self.pair(term)[1] != _UNIT for term in self.spread(self.organisation.groups[group])):
                message = Sentence(_OF_ROLES.zh, _OF_ROLES.en, {"group": plain(group)})
                self.report.add("not-yet", self.spot_of(who.terms[0], value), message, _OF_ROLES_HINT)
                return True
        return False

    def sound(self, who: Who, value: Value, *, subject: bool, seen_from: Who | None = None) -> bool:
        levels = levels_of(seen_from, self.organisation) if seen_from else None
        issues = check_who(who, self.organisation, subject=subject, standpoint=levels, elsewhere=self.elsewhere)
        report_issues(issues, value, self.report)
        return not issues

    def spread(self, who: Who, seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The terms with groups that stand alone replaced by what they hold."""
        found: list[str] = []
        for term in who.terms:
            inner = self.organisation.groups.get(term)
            found.extend(self.spread(inner, seen | {term}) if inner and term not in seen else (term,))
        return tuple(found)

    def spot_of(self, term: str, value: Value) -> Spot:
        chosen = value.entries.get("who", value)
        return next((leaf.spot for leaf in chosen.leaves if _term(leaf.text) == term), value.spot)

    def of_posts(self, who: Who, value: Value) -> bool:
        """Whether it names holders of posts as subjects: one obligation for each person is not built."""
        posts = [term for term in self.spread(who) if meaning(term.split(".")[-1], self.organisation) == "post"]
        if posts:
            message = Sentence("还不支持以个人为对象（“{term}”，后续版本提供）。", "Persons as subjects (`{term}`) are not yet supported.")
            spot = self.spot_of(posts[0], value)
            values = {"term": plain(posts[0])}
            hint = Sentence("对象请写单位，职务写在 owner 里。", "Name the units here, and the post as `owner`.")
            self.report.add("not-yet", spot, Sentence(message.zh, message.en, values), hint)
        return bool(posts)

    def of_task(self, task: Value) -> tuple[Who, Who] | None:
        """Subjects and owner of a task: either alone stands for both. None where they were refused, which is reported."""
        about, owner = task.entries.get("for"), task.entries.get("owner")
        if not task.written("for") and not task.written("owner"):
            self.report.add("no-owner", task.key, _NO_OWNER, _NO_OWNER_HINT)
            return None
        if about and owner:
            subjects = self.subjects(about)
            seen = self.seen_from(owner, subjects)
            return (subjects, seen) if subjects and seen else None
        if task.written("for") and task.written("owner"):
            for value, read in ((about, self.subjects), (owner, lambda value: self.seen_from(value, None))):
                if value:
                    read(value)
            return None
        return self.alone(owner) if owner else self.alone(about, is_subject=True) if about else None

    def alone(self, value: Value, *, is_subject: bool = False) -> tuple[Who, Who] | None:
        """What follows where only the owner, or only the subjects, are written."""
        who = who_of(value)
        if who is None or self.relative(who, value) or not self.sound(who, value, subject=True):
            return None
        if is_subject and self.of_posts(who, value):
            return None
        return self.split(who, value)

    def relative(self, who: Who, value: Value) -> bool:
        """Whether it is a word that needs somebody to be seen from."""
        words = [term for term in who.terms if meaning(term.split(".")[0], self.organisation) in _RELATIVE]
        single = {post.name for post in self.organisation.posts if not (post.many or post.counted)}
        bare = [term for term in who.terms if term in single and meaning(term, self.organisation) == "post"]
        for term in (*words, *bare):
            message = Sentence("“{term}”要从对象单位看，这里没有写对象。", "`{term}` is seen from a subject, and none is named.")
            hint = Sentence("加上 for（对象），或写成“层级.职务”。", "Add `for`, or write LEVEL.POST.")
            values = {"term": plain(term)}
            self.report.add("needs-for", self.spot_of(term, value), Sentence(message.zh, message.en, values), hint)
        return bool(words or bare)

    def split(self, who: Who, value: Value) -> tuple[Who, Who] | None:
        """The units of the terms, and the one seat at each of them."""
        terms, where = self.unfolded(who)
        pairs = [self.pair(term) for term in terms]
        if not all(units for units, _ in pairs):
            self.report.add("needs-for", value.spot, _NO_UNITS, _NO_OWNER_HINT)
            return None
        owners = tuple(dict.fromkeys(owner for _, owner in pairs))
        if len(owners) > 1:
            values = {"owners": plain("、".join(owners))}
            self.report.add("mixed-owner", value.spot, Sentence(_MIXED.zh, _MIXED.en, values), _MIXED_HINT)
            return None
        subjects = tuple(dict.fromkeys(unit for units, _ in pairs for unit in units))
        return Who(terms=subjects, where=where), Who(terms=owners)

    def unfolded(self, who: Who) -> tuple[tuple[str, ...], str | None]:
        """The terms; where one group stands alone and holds posts or bodies, what it holds."""
        group = self.organisation.groups.get(who.terms[0]) if len(who.terms) == 1 else None
        if group is None or all(self.pair(term)[1] == _UNIT for term in self.spread(group)):
            return who.terms, who.where
        terms, inner = self.unfolded(group)
        conditions = [condition for condition in (who.where, inner) if condition]
        return terms, " and ".join(f"({condition})" for condition in conditions) or None

    def pair(self, term: str) -> tuple[tuple[str, ...], str]:
        """The units a term stands at, and who there: `LEVEL.POST` -> (LEVEL,), POST."""
        before, _, last = term.rpartition(".")
        kind = meaning(last, self.organisation)
        if kind == "body":
            at = next(body.at for body in self.organisation.bodies if body.name == last)
            return ((before,) if before else at), last
        return (((before,) if before else ()), last) if kind == "post" else ((term,), _UNIT)


_OF_ROLES = Sentence(
    "组别“{group}”里有职务或机构，这里还不支持这样写。", "The group `{group}` holds posts or bodies, which is not yet supported here."
)
_OF_ROLES_HINT = Sentence("请直接写职务或机构。", "Name the post or body itself.")
_SEVERAL = Sentence("这里还不支持写几个（{zh}），只能写一个。", "Several at once ({en}) are not yet supported here; name one.")
_SEVERAL_HINT = Sentence(
    "请只留一个；几个都要的，分成几项任务、几条报送或几条提醒来写。",
    "Keep one of them; where each is meant, write several tasks, deliveries or rungs.",
)
_NO_OWNER = Sentence("没有写由谁来做。", "Nobody is named to do this.")
_NO_OWNER_HINT = Sentence("写上 owner（责任），需要时写上 for（对象）。", "Add `owner`, and `for` where needed.")
_NO_UNITS = Sentence("看不出是哪些单位。", "It does not say which units.")
_MIXED = Sentence("一项任务只能由一种身份来做，这里写了：{owners}。", "One task is owed in one capacity; here are several: {owners}.")
_MIXED_HINT = Sentence("分成几项任务来写。", "Write them as separate tasks.")
