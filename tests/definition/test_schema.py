"""The JSON Schema takes exactly what the reader takes for a well-shaped file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.definition.keys import ELEMENTS, Shape, Word, is_built
from engine.definition.report import Places, Report
from engine.definition.schema import schema
from engine.definition.shapes import Shaper
from engine.definition.source import read_source
from engine.definition.words import spellings

Json = st.SearchStrategy[object]

VALIDATOR = Draft202012Validator(schema())
# Whether a span or range can be read is not a matter of shape.
MEASURES = {"bad-span", "bad-range"}
ODD: Json = st.sampled_from(
    [None, True, 0, 3, -1, 1.5, "", " ", "null", "document", "form", "must", "必须", [], {}, ["甲", "乙"], {"per": "x"}, [[]]]
)
NAMES = st.sampled_from(["甲", "乙", "plan", "任务", "tasks", "per", "<<", "~"])


def well_shaped(instance: object) -> bool:
    """The reader's verdict about an instance written down as JSON, which is YAML as well."""
    report = Report(file="plan.yaml")
    root = read_source(json.dumps(instance, ensure_ascii=False), report)
    if root is not None:
        Shaper(report, Places()).file(root)
    return not [problem for problem in report.problems if problem.code not in MEASURES]


def words(word: Word) -> Json:
    match word.kind:
        case "integer":
            return st.sampled_from([1, 2, "3", 999_999])
        case "yes_no":
            return st.sampled_from([True, False, *(word.choices or {})])
        case "choice":
            return st.sampled_from([*(word.choices or {}), *(int(found) for found in word.choices or {} if found.isdecimal())])
        case _:
            return st.sampled_from(["甲", "superior", "-3d", "800字以上", 12, True, "a: b", "  两 端  "])


def shapes(shape: Shape, odd: bool) -> Json:
    ways: list[Json] = [words(shape.word)] if shape.word else []
    if shape.items:
        longest = shape.least + 2 if odd or shape.most is None else shape.most
        ways.append(st.lists(st.deferred(lambda: shapes(shape.items, odd)), min_size=0 if odd else shape.least, max_size=longest))  # type: ignore[arg-type]  # checked above
    if shape.names:
        names = NAMES if odd else st.sampled_from(["甲", "乙", "丙"])
        ways.append(st.dictionaries(names, st.deferred(lambda: shapes(shape.names, odd)), min_size=0 if odd else shape.least, max_size=2))  # type: ignore[arg-type]  # checked above
    ways.extend(elements(kind, odd) for kind in shape.elements if odd or is_built(kind))
    # One value in sixteen is odd: enough to reach every refusal, not so many that nothing passes.
    return st.one_of(*ways) if not odd else st.integers(0, 15).flatmap(lambda dice: st.one_of(*ways) if dice else ODD)


@st.composite
def elements(draw: st.DrawFn, kind: str, odd: bool) -> dict[str, object]:
    table = ELEMENTS[kind]
    built = [name for name, key in table.items() if key.shape]
    chosen = [name for name in built if table[name].required] + draw(st.lists(st.sampled_from(built), max_size=2) if built else st.just([]))
    if odd and draw(st.integers(0, 15)) == 0:
        chosen = draw(st.lists(st.sampled_from(list(table)), max_size=3))
    found: dict[str, object] = {}
    for name in dict.fromkeys(chosen):
        shape = table[name].shape
        spelling = draw(st.sampled_from(spellings(name, kind)))
        found[spelling] = draw(shapes(shape, odd)) if shape else "x"
        if odd and draw(st.integers(0, 20)) == 0:
            found[draw(st.sampled_from([*spellings(name, kind), name + "s", "时刻", "设在", "per"]))] = draw(ODD)
    return found


@settings(max_examples=120, deadline=None)
@given(instance=elements("file", odd=False))
def test_what_the_table_allows_passes_both(instance: dict[str, object]) -> None:
    assert VALIDATOR.is_valid(instance)
    assert well_shaped(instance)


@settings(max_examples=250, deadline=None)
@given(instance=elements("file", odd=True))
def test_the_schema_and_the_reader_agree(instance: dict[str, object]) -> None:
    assert VALIDATOR.is_valid(instance) == (well_shaped(instance) if instance else False)


@pytest.mark.parametrize("odd", [None, 3, "text", [], ["a"], {}])
def test_what_is_no_mapping_passes_neither(odd: object) -> None:
    assert not VALIDATOR.is_valid(odd)
    assert not well_shaped(odd)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_built_key_is_in_the_schema_in_both_spellings_and_no_other() -> None:
    definitions = schema()["$defs"]
    assert isinstance(definitions, dict)
    for kind, keys in ELEMENTS.items():
        built = {spelling for name, key in keys.items() if key.shape for spelling in spellings(name, kind)}
        assert set(definitions[kind]["properties"] if kind in definitions else ()) == built


def test_the_schema_is_plain_data() -> None:
    assert json.loads(json.dumps(schema())) == schema()


SMALL: dict[str, object] = {"workflow": "x", "version": 1, "calendar": {"timezone": "UTC"}, "organisation": {"levels": ["校"]}}


@pytest.mark.parametrize(
    ("more", "passes"),
    [
        ({}, True),
        ({"title": "甲"}, True),
        ({"标题": "甲"}, True),
        ({"title": "甲", "标题": "乙"}, False),
        ({"tasks": {}, "任务": {}}, False),
        ({"tasks": {"小结": {"due": "5月", "期限": "6月"}}}, False),
        ({"titel": "甲"}, False),
        ({"flows": {}}, False),
        ({"旁支": {}}, False),
        ({"calendar": {}}, False),
        ({"calendar": {"timezone": "UTC", "before": "perhaps"}}, False),
        ({"version": 0}, False),
        ({"version": "1"}, True),
        ({"version": None}, False),
        ({"language": 1}, True),
        ({"language": 2}, False),
        ({"stages": {}}, False),
        ({"tasks": {}}, True),
        ({"for": []}, False),
        ({"for": ["校", {"who": "班"}]}, False),
        ({"for": {"who": ["校"], "where": "x"}}, True),
        ({"tasks": {"小结": {"review": ["superior"]}}}, True),
        ({"tasks": {"小结": {"review": ["superior", "校"]}}}, False),
        ({"tasks": {"小结": {"due": {"per": "x", "else": "5月"}}}}, False),
        (
            {"tasks": {"小结": {"artifact": {"kind": "form", "fields": {"甲": "person", "乙": ["一"], "丙": {"choice": ["一"]}}}}}},
            True,
        ),
        ({"tasks": {"小结": {"artifact": {"kind": "form", "fields": {"甲": "persons"}}}}}, False),
        ({"tasks": {"小结": {"artifact": "ballot"}}}, False),
        ({"tasks": {"小结": {"要求": "原则上", "urgent": True}}}, True),
        ({"tasks": {"小结": {"urgent": "yes"}}}, False),
    ],
)
def test_the_schema_and_the_reader_agree_about(more: dict[str, object], passes: bool) -> None:
    instance = SMALL | more
    assert VALIDATOR.is_valid(instance) == passes
    assert well_shaped(instance) == passes
