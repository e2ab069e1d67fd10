"""What is found wrong in a selection at the place where it stands."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.model import Body, Organisation, Post, Who
from engine.definition.who import Seat, seat, selects
from engine.definition.who_check import WhoIssue, check_who, levels_of

SCHOOL = Organisation(
    levels=("学校", "党总支", "党支部"),
    posts=(Post(name="书记"), Post(name="党员", many=True), Post(name="群众", counted=True)),
    bodies=(Body(name="党委工作部", at=("学校",)), Body(name="领导小组", at=("学校", "党总支"))),
    attributes={"党支部": {"身份": ("在职", "学生")}},
    groups={
        "基层党组织": Who(terms=("党总支", "党支部")),
        "总支和直属支部": Who(terms=("基层党组织",), where="superior.level == '学校'"),
    },
)


def issues(*terms: str, subject: bool, where: str | None = None, standpoint: tuple[str, ...] | None = None) -> tuple[WhoIssue, ...]:
    who = Who(terms=terms, where=where)
    return check_who(who, SCHOOL, subject=subject, standpoint=standpoint, elsewhere=frozenset({"考核", "总结"}))


@pytest.mark.parametrize(
    "term", ["党支部", "基层党组织", "总支和直属支部", "领导小组", "学校.领导小组", "党支部.书记", "书记", "基层党组织.书记"]
)
def test_what_can_be_a_subject_is_left_alone(term: str) -> None:
    assert issues(term, subject=True) == ()


@pytest.mark.parametrize(
    "term",
    [
        "unit",
        "本单位",
        "superior",
        "上级",
        "subject",
        "owner",
        "superior.书记",
        "上级.书记",
        "superior.superior",
        "owner.superior",
        "学校",
        "学校.书记",
        "党委工作部",
        "学校.党委工作部",
        "superior.领导小组",
        "总支和直属支部",
        "总支和直属支部.书记",
        "书记",
    ],
)
def test_what_can_be_a_seat_is_left_alone(term: str) -> None:
    assert issues(term, subject=False, standpoint=("党支部",)) == ()


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("基层党组只", "基层党组织"),
        ("书纪", "书记"),
        ("领导小姐", "领导小组"),
        ("学校.书纪", "书记"),
        ("学较.书记", "学校"),
        ("Superior", "superior"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(term: str, hint: str) -> None:
    (issue,) = issues(term, subject=False)
    assert (issue.code, issue.term) == ("unknown-who", term)
    assert issue.hint is not None and hint in issue.hint.say("zh")


@pytest.mark.parametrize("term", ["unit", "上级", "owner", "subject", "superior.书记"])
def test_a_relation_cannot_name_subjects(term: str) -> None:
    (issue,) = issues(term, subject=True)
    assert issue.code == "unknown-who"
    assert "从某个单位看" in issue.message.say("zh")


@pytest.mark.parametrize(
    "term",
    [
        "below",
        "下级",
        "peers",
        "同级",
        "anyone",
        "raiser",
        "row",
        "row.lead",
        "考核.组长",
        "总结",
        "superior.below",
        "党员",
        "党支部.党员",
        "群众",
        "书记.superior",
        "领导小组.书记",
        "学校.owner",
        "superior.subject",
    ],
)
def test_what_cannot_be_a_seat_yet_is_refused_as_such(term: str) -> None:
    assert [issue.code for issue in issues(term, subject=False)] == ["not-yet"]


@pytest.mark.parametrize("term", ["below", "党员", "党支部.党员", "考核.组长", "学校.党支部", "学校.基层党组织"])
def test_what_cannot_be_a_subject_yet_is_refused_as_such(term: str) -> None:
    assert [issue.code for issue in issues(term, subject=True)] == ["not-yet"]


def test_a_body_is_only_where_it_is_declared() -> None:
    (issue,) = issues("党支部.领导小组", subject=True)
    assert issue.code == "unknown-who"
    assert issue.hint is not None and "学校、党总支" in issue.hint.say("zh")


@pytest.mark.parametrize(
    ("standpoint", "refused"),
    [(("学校",), True), (("党总支",), False), (("党支部",), False), (("学校", "党支部"), False), (None, False)],
)
def test_a_level_below_every_subject_is_many(standpoint: tuple[str, ...] | None, refused: bool) -> None:
    for term in ("党总支", "党总支.书记"):
        codes = [issue.code for issue in issues(term, subject=False, standpoint=standpoint)]
        assert codes == (["set-read-as-one"] if refused else [])


def test_every_wrong_term_is_told() -> None:
    assert [issue.term for issue in issues("党支步", "学校", "下级", subject=True)] == ["党支步", "下级"]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("身份 == '在识'", "unknown-label"),
        ("身分 == '在职'", "unknown-name"),
        ("superior.level == '学交'", "unknown-label"),
        ("level ==", "unreadable"),
    ],
)
def test_a_condition_is_checked_at_the_levels_that_the_terms_mean(where: str, code: str) -> None:
    (issue,) = issues("党支部", subject=True, where=where)
    assert (issue.code, issue.term) == (code, where)
    assert issue.position > 0


def test_an_attribute_of_another_level_is_unknown() -> None:
    assert [issue.code for issue in issues("党总支", subject=True, where="身份 == '在职'")] == ["unknown-name"]
    assert issues("基层党组织", subject=True, where="身份 == '在职'") == ()


def tangled(groups: dict[str, Who]) -> list[str]:
    organisation = Organisation(levels=("学校",), groups=groups)
    return [issue.code for issue in check_who(Who(terms=("g0",)), organisation, subject=True)]


def test_groups_may_meet_again_but_not_contain_themselves() -> None:
    top = {"g0": Who(terms=("g1", "g2")), "g1": Who(terms=("g3",)), "g2": Who(terms=("g3",))}
    assert tangled(top | {"g3": Who(terms=("学校",))}) == []
    assert tangled(top | {"g3": Who(terms=("学校", "g1"))}) == ["cycle"]
    assert tangled({"g0": Who(terms=("g0",))}) == ["cycle"]


@pytest.mark.parametrize(("groups", "refused"), [(39, False), (40, False), (41, True), (5_000, True)])
def test_groups_in_groups_have_an_end(groups: int, refused: bool) -> None:
    chain = {f"g{n}": Who(terms=(f"g{n + 1}", f"g{n + 1}")) for n in range(groups - 1)} | {f"g{groups - 1}": Who(terms=("学校",))}
    assert tangled(chain) == (["cycle"] if refused else [])


@pytest.mark.parametrize(
    ("terms", "levels"),
    [
        (["党支部", "学校"], ("学校", "党支部")),
        (["总支和直属支部"], ("党总支", "党支部")),
        (["领导小组"], ("学校", "党总支")),
        (["党总支.领导小组"], ("党总支",)),
        (["基层党组织.领导小组"], ("党总支",)),
        (["基层党组织.书记"], ("党总支", "党支部")),
        (["书记"], ("学校", "党总支", "党支部")),
        (["superior"], ("学校", "党总支", "党支部")),
    ],
)
def test_the_levels_a_selection_may_mean_come_from_the_top_down(terms: list[str], levels: tuple[str, ...]) -> None:
    assert levels_of(Who(terms=tuple(terms)), SCHOOL) == levels


WORDS = [*SCHOOL.levels, *SCHOOL.groups, "书记", "领导小组", "unit", "上级", "owner", "below", "row", "", "x"]
TERMS = st.lists(st.sampled_from(WORDS), max_size=4).map(".".join)
TOP = SimpleNamespace(code="1", name="", level="学校", kind="", attributes={}, superior=None)
BOTTOM = SimpleNamespace(code="11", name="", level="党支部", kind="", attributes={}, superior=TOP)


@given(TERMS | st.text(max_size=8), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_term_is_either_refused_or_resolved(term: str, subject: bool) -> None:
    refused = issues(term, subject=subject)
    assert all(issue.message.say("zh") and issue.message.say("en") for issue in refused)
    assert selects(Who(terms=(term,)), BOTTOM, SCHOOL) in (True, False)
    found = seat(Who(terms=(term,)), BOTTOM, SCHOOL, owner=Seat(TOP))
    assert found is None or found.unit in (TOP, BOTTOM)
