"""The writing guide says what is so: its keys are those of the table, its dates read as it says, its examples pass."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from engine.definition.consistency import check_whole
from engine.definition.keys import ELEMENTS
from engine.definition.projection import project
from engine.definition.reader import read_workflow
from engine.definition.words import english, spellings
from engine.timing.calendars import working_calendar
from engine.timing.context import PhraseContext
from engine.timing.phrases import read_phrase

PAGE = (Path(__file__).parents[2] / "workflows" / "README.md").read_text(encoding="utf-8")
COMMON = ("title", "cite", "doubt", "note")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
DATES = re.findall(r"^\| `([^`]+)` \| (\d{4}-\d\d-\d\d)—(\d{4}-\d\d-\d\d) \|$", PAGE, re.MULTILINE)
TABLES = dict(re.findall(r"^### \S+ (\w+)\n(.*?)(?=^###? |\Z)", PAGE, re.MULTILINE | re.DOTALL))
HEAD = """\
工作流: sample
版本: 1
日历: {时区: Asia/Shanghai, 节假日: CN}
时间: 2031年3月—4月底
组织: {级别: [科室, 班组], 岗位: {负责人: {}}, 属性: {班组: {人数: 数值}}}
"""


def keys_in(table: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| `([^`]+)` `([^`]+)`(?: \*\*必写\*\*)? \|", table, re.MULTILINE)


BUILT = {kind: [key for key, found in keys.items() if found.shape] for kind, keys in ELEMENTS.items()}


@pytest.mark.parametrize("kind", [kind for kind, keys in BUILT.items() if keys])
def test_the_guide_has_every_key_that_is_built_and_no_other(kind: str) -> None:
    built = BUILT[kind]
    own = [key for key in built if key not in COMMON] if set(COMMON) <= set(built) else built
    assert keys_in(TABLES[kind]) == [(spellings(key, kind)[1], key) for key in own]


def test_the_guide_has_no_element_that_is_not_there() -> None:
    assert set(TABLES) - {"common"} == {kind for kind, keys in BUILT.items() if keys}
    assert keys_in(TABLES["common"]) == [(spellings(key, "task")[1], key) for key in COMMON]


@pytest.mark.parametrize("kind", [kind for kind, keys in BUILT.items() if keys])
def test_what_must_be_written_is_marked(kind: str) -> None:
    marked = re.findall(r"`(\w+)` \*\*必写\*\*", TABLES[kind])
    assert marked == [key for key in BUILT[kind] if ELEMENTS[kind][key].required]


@pytest.mark.parametrize(("phrase", "first", "last"), DATES)
def test_a_date_reads_as_the_guide_says(phrase: str, first: str, last: str) -> None:
    window = (date(2031, 3, 1), date(2031, 12, 31))
    read = read_phrase(phrase, PhraseContext(calendar=working_calendar("CN"), window=window, issued=date(2031, 2, 20)))
    assert (str(read.first), str(read.last)) == (first, last)


def test_the_guide_has_examples_and_dates() -> None:
    assert len(BLOCKS) >= 4
    assert len(DATES) >= 10


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_passes(block: str) -> None:
    text = HEAD + block if block.startswith("# 片段") else block
    compiled = read_workflow(text, file="README.md")
    assert compiled.problems == ()
    assert compiled.workflow is not None
    projection, issues = project(compiled.workflow)
    assert issues == ()
    assert [issue for issue in check_whole(compiled.workflow, projection) if issue.severity == "error"] == []


def test_the_guide_speaks_of_keys_by_their_right_spelling() -> None:
    for zh, en in re.findall(r"([一-鿿]+) `(\w+)`[、；]", PAGE.split("## 还不支持的写法")[1].split("## ")[0]):
        assert english(zh) == en
