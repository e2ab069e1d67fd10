"""Plans to plain data and back, without loss."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.definition.codec import Json, Undecodable, decode, encode
from engine.definition.model import Calendar, Organisation, Part, Post, Task, Who, Workflow
from engine.definition.projection_model import Projection
from engine.sentences import Sentence

WORDS = st.text(max_size=4)
INSTANTS = st.datetimes(timezones=st.just(UTC))
SENTENCES = st.recursive(
    st.builds(Sentence, WORDS, WORDS),
    lambda inner: st.builds(Sentence, WORDS, WORDS, st.dictionaries(WORDS, WORDS | st.integers() | st.booleans() | inner, max_size=2)),
    max_leaves=3,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: st.integers(),
    bool: st.booleans(),
    NoneType: st.none(),
    datetime: INSTANTS,
    Sentence: SENTENCES,
}


def later(hint: Any) -> st.SearchStrategy[Any]:
    """The same, looked up only when it is needed: parts have parts."""
    return st.deferred(lambda: anything(hint))


@cache
def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type, every field filled in: hypothesis by itself leaves out whatever has a default."""
    if hint in PLAIN:
        return PLAIN[hint]
    arguments = get_args(hint)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(cast("type[Any]", hint), **{name: later(inner) for name, inner in hints.items()})
    if get_origin(hint) is Literal:
        return st.sampled_from(arguments)
    if get_origin(hint) is tuple:
        return st.lists(anything(arguments[0]), max_size=1).map(tuple)
    if get_origin(hint) is Mapping:
        return st.dictionaries(WORDS, anything(arguments[1]), max_size=1)
    return st.one_of([anything(argument) for argument in arguments])


def through_json(value: object) -> Any:
    return json.loads(json.dumps(encode(value), ensure_ascii=False))


@given(anything(Workflow))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_workflow_comes_back_as_it_was(workflow: Workflow) -> None:
    assert decode(Workflow, through_json(workflow)) == workflow


@given(anything(Projection))
@settings(max_examples=60, deadline=None)
def test_any_projection_comes_back_as_it_was(projection: Projection) -> None:
    assert decode(Projection, through_json(projection)) == projection


@given(anything(Task))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_task_comes_back_as_it_was(task: Task) -> None:
    assert decode(Task, through_json(task)) == task


def plan() -> Workflow:
    task = Task(
        name="总结",
        path="tasks.总结",
        stage=None,
        subjects=Who(terms=("党支部",), where="superior.level == '学校'"),
        owner=Who(terms=("unit",)),
        due=("2012-09-30", "总结.opens + 8d"),
        opens="2012-07-01",
    )
    organisation = Organisation(
        levels=("学校", "党支部"),
        posts=(Post(name="书记", acts=True),),
        attributes={"党支部": {"kind": ("学院", "机关"), "staff": "number"}},
        groups={"基层": Who(terms=("党支部",))},
    )
    return Workflow(
        name="总结2012", version=1, language=1, calendar=Calendar(timezone="Asia/Shanghai"), organisation=organisation, tasks=(task,)
    )


def test_a_real_plan_comes_back_with_its_lists_told_from_its_texts() -> None:
    again = decode(Workflow, through_json(plan()))
    assert again == plan()
    assert again.tasks[0].due == ("2012-09-30", "总结.opens + 8d")
    assert again.tasks[0].opens == "2012-07-01"
    assert again.organisation.attributes["党支部"] == {"kind": ("学院", "机关"), "staff": "number"}


def test_every_field_is_written_so_that_a_changed_default_changes_no_stored_version() -> None:
    data = cast("dict[str, Json]", encode(Calendar(timezone="Asia/Shanghai")))
    assert list(data) == [field.name for field in fields(Calendar)]


def test_a_field_that_an_older_program_did_not_know_takes_its_default() -> None:
    assert decode(Calendar, {"timezone": "Asia/Shanghai"}) == Calendar(timezone="Asia/Shanghai")


def damaged(path: str, value: object) -> Any:
    """The plan as data, with one place changed. `path`: keys and indexes joined by slashes."""
    data = through_json(plan())
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = data
    for step in way:
        place = place[step]
    place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "place", "named"),
    [
        ("tasks/0/owner/wher", "x", "/tasks/0/owner", "wher"),
        ("colour", "red", "/", "colour"),
        ("version", "1", "/version", "'1'"),
        ("version", True, "/version", "True"),
        ("name", None, "/name", "None"),
        ("tasks", {}, "/tasks", "{}"),
        ("tasks/0", "总结", "/tasks/0", "总结"),
        ("tasks/0/due", 3, "/tasks/0/due", "3"),
        ("tasks/0/due", ["2012-09-30", 3], "/tasks/0/due/1", "3"),
        ("tasks/0/modality", "shall", "/tasks/0/modality", "shall"),
        ("tasks/0/urgent", 1, "/tasks/0/urgent", "1"),
        ("organisation/groups", [], "/organisation/groups", "[]"),
        ("organisation/attributes/党支部/kind", 3, "/organisation/attributes/党支部/kind", "3"),
        ("organisation/posts/0/name", 3, "/organisation/posts/0/name", "3"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(path: str, value: object, place: str, named: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(Workflow, damaged(path, value))
    assert caught.value.place == (place if place != "/" else "")
    for lang in ("zh", "en"):
        said = caught.value.say(lang)
        assert place in said and named in said


def test_a_field_without_a_default_must_be_there() -> None:
    with pytest.raises(Undecodable, match="`terms` is missing"):
        decode(Who, {"where": None})


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An instant and a day."""

    at: datetime
    on: date = date(2031, 9, 1)
    about: Mapping[str, int | None] | None = None


def test_an_instant_is_kept_in_utc_whatever_zone_it_came_in() -> None:
    shanghai = timezone(timedelta(hours=8))
    data = encode(Moment(at=datetime(2031, 9, 1, tzinfo=shanghai)))
    assert data == {"at": "2031-08-31T16:00:00+00:00", "on": "2031-09-01", "about": None}
    again = decode(Moment, data)
    assert again.at == datetime(2031, 8, 31, 16, tzinfo=UTC)
    assert again.at.tzinfo is UTC


def test_an_instant_without_a_zone_is_neither_written_nor_read() -> None:
    with pytest.raises(TypeError, match="zone"):
        encode(Moment(at=datetime(2031, 9, 1)))  # noqa: DTZ001 - the naive instant is what is refused
    with pytest.raises(Undecodable):
        decode(Moment, {"at": "2031-09-01T00:00:00"})


@pytest.mark.parametrize("value", ["yesterday", "", 3, None, "2031-13-01T00:00:00+00:00"])
def test_what_is_no_instant_is_refused(value: object) -> None:
    with pytest.raises(Undecodable, match="/at"):
        decode(Moment, {"at": value})


@pytest.mark.parametrize("value", [b"bytes", 1.5, {1: "one"}, {"set"}, Moment])
def test_what_has_no_plain_form_is_not_stored(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_a_sentence_keeps_the_sentences_in_it() -> None:
    sentence = Sentence("{a}字", "{a} of {b}", {"a": 3, "b": Sentence("甲", "A", {})})
    assert decode(Sentence, through_json(sentence)) == sentence


@dataclass(frozen=True)
class Doubtful:
    """A union whose members look alike when stored."""

    value: Who | Part


def test_a_union_that_could_not_be_told_apart_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TypeError, match="look alike"):
        decode(Doubtful, {"value": {}})


def test_every_class_of_a_workflow_can_be_read() -> None:
    assert is_dataclass(decode(Workflow, through_json(plan())).tasks[0].allow)


def test_importing_it_loads_neither_a_parser_nor_a_validator() -> None:
    program = "import sys, engine.definition.codec; print([name for name in ('lark', 'pydantic', 'ruamel') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_expressions_load_the_parser_only_when_one_is_read() -> None:
    program = "import sys, engine.definition.who; print('lark' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
