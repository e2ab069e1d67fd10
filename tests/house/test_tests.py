"""A test that can be passed over tests nothing."""

from __future__ import annotations

import ast

from tests.house.reading import dotted, expect_nothing, imports, nodes, sources

PASSES_OVER = {"skip", "skipif", "skipIf", "skipUnless", "skipTest", "importorskip", "xfail", "expectedFailure", "SkipTest"}
PATCHES = {"mock", "unittest.mock", "pytest_mock"}


def test_no_test_is_passed_over_or_expected_to_fail() -> None:
    used = [
        file.at(node)
        for file in sources("tests")
        for node in nodes(file.tree)
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node).split(".")[-1] in PASSES_OVER
    ]
    expect_nothing(used)


def test_no_test_patches_what_it_tests() -> None:
    imported = {
        file.at(node)
        for file in sources("tests")
        for node, module, name in imports(file.tree)
        if module in PATCHES or f"{module}.{name}" in PATCHES
    }
    expect_nothing(imported)
