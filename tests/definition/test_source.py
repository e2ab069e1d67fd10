"""The text of a file becomes a tree of texts with places; whatever is no plain YAML is refused where it stands."""

from __future__ import annotations

import pytest

from engine.definition.report import Report
from engine.definition.source import DEEPEST, LARGEST, Listing, Scalar, Table, read_source


def read(text: str) -> Table:
    report = Report(file="plan.yaml")
    root = read_source(text, report)
    assert root is not None
    assert not report.problems
    return root


def refused(text: str) -> list[tuple[str, int, int, str]]:
    report = Report(file="plan.yaml")
    read_source(text, report)
    return [(problem.code, problem.line, problem.column, problem.path) for problem in report.problems]


def nested(depth: int) -> str:
    """A mapping that holds `depth - 1` lists in each other."""
    return f"a: {'[' * (depth - 1)}x{']' * (depth - 1)}"


@pytest.mark.parametrize("written", ["2012-09-14", "12:30", "no", "yes", "on", "1_000", "0o14", "1e3", ".5", "2012-09-14 12:30:00"])
def test_no_type_is_guessed(written: str) -> None:
    (entry,) = read(f"a: {written}").entries
    assert isinstance(entry.value, Scalar)
    assert entry.value.text == written


def test_every_key_and_value_has_its_place_counted_from_one() -> None:
    root = read("甲: 一\n乙:\n  - 二\n  - {丙: 三}\n")
    first, second = root.entries
    assert (first.key.line, first.key.column, first.value.line, first.value.column) == (1, 1, 1, 4)
    assert isinstance(second.value, Listing)
    inner = second.value.items[1]
    assert isinstance(inner, Table)
    assert (inner.entries[0].key.column, inner.entries[0].value.column) == (6, 9)


@pytest.mark.parametrize("written", ["", "~", "null", "Null", "NULL"])
def test_nothing_written_is_empty_unless_it_is_quoted(written: str) -> None:
    plain, quoted = read(f'a: {written}\nb: "{written}"').entries
    assert isinstance(plain.value, Scalar)
    assert isinstance(quoted.value, Scalar)
    assert (plain.value.empty, quoted.value.empty) == (True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1", ("yaml-anchor", 1, 4, "a")),
        ("a: !!int 1", ("yaml-tag", 1, 4, "a")),
        ("a: !secret x", ("yaml-tag", 1, 4, "a")),
        ("a: {<<: {b: 1}}", ("yaml-merge", 1, 5, "a.<<")),
        ("a: 1\na: 2", ("duplicate-key", 2, 1, "a")),
        ("a:\n  b: 1\n  'b': 2", ("duplicate-key", 3, 3, "a.b")),
        ("a: [{b: 1, b: 2}]", ("duplicate-key", 1, 12, "a[1].b")),
        ("? [a, b]\n: c", ("key-not-text", 1, 3, "")),
        ("a:\n\tb: 1", ("yaml-tab", 2, 1, "")),
        ("a: 1\n---\nb: 2", ("several-documents", 2, 1, "")),
        ("%YAML 1.1\n---\na: no", ("yaml-version", 2, 1, "")),
        ("a: [1", ("yaml", 1, 6, "")),
        ("a: b: c", ("yaml", 1, 5, "")),
        ("a: 'x", ("yaml", 1, 6, "")),
        ("a: \x07", ("unprintable", 1, 4, "")),
        ("", ("empty-file", 1, 1, "")),
        ("# nothing but a remark\n", ("empty-file", 1, 1, "")),
        ("{}", ("empty-file", 1, 1, "")),
        ("- a\n- b", ("not-a-mapping", 1, 1, "")),
        ("just words", ("not-a-mapping", 1, 1, "")),
    ],
)
def test_what_is_no_plain_yaml_is_refused_at_its_place(text: str, expected: tuple[str, int, int, str]) -> None:
    assert refused(text) == [expected]


def test_an_alias_is_refused_beside_the_anchor_it_uses() -> None:
    assert [(code, column) for code, _, column, _ in refused("{a: &x [1], b: *x, c: *x}")] == [
        ("yaml-anchor", 5),
        ("yaml-anchor", 16),
        ("yaml-anchor", 23),
    ]


def test_all_slips_are_found_at_once() -> None:
    assert [code for code, *_ in refused("a: &x 1\nb: !t 2\na: 3")] == ["yaml-anchor", "yaml-tag", "duplicate-key"]


def test_yaml_1_2_may_be_declared() -> None:
    assert read("%YAML 1.2\n---\na: no").entries


@pytest.mark.parametrize(("depth", "codes"), [(DEEPEST - 1, []), (DEEPEST, []), (DEEPEST + 1, ["too-deep"])])
def test_nesting_has_an_end(depth: int, codes: list[str]) -> None:
    assert [code for code, *_ in refused(nested(depth))] == codes


def test_nesting_far_beyond_the_end_is_harmless() -> None:
    assert [code for code, *_ in refused("a: " + "[" * 50_000)] == ["too-deep"]


@pytest.mark.parametrize(("size", "codes"), [(LARGEST - 1, []), (LARGEST, []), (LARGEST + 1, ["too-large"])])
def test_a_file_has_a_largest_size(size: int, codes: list[str]) -> None:
    assert [code for code, *_ in refused("a: 1 #" + "x" * (size - 6))] == codes
