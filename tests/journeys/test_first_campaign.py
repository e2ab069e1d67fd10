"""The little campaign to begin with: sound, without a warning, and the same in both spellings."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definition.codec import encode
from engine.definition.model import Workflow
from engine.operations.loading import check_file

FOLDER = Path(__file__).parents[2] / "workflows" / "first-campaign"
FILES = ("workflow.yaml", "入门.yaml")


def workflow(name: str) -> Workflow:
    found = check_file(FOLDER / name).workflow
    assert found is not None
    return found


@pytest.mark.parametrize("name", FILES)
def test_it_is_sound_and_nothing_in_it_needs_a_warning(name: str) -> None:
    checked = check_file(FOLDER / name)
    assert checked.sound and checked.problems == ()


NAMES = {
    "春季安全检查": "Spring safety check", "科室": "office", "班组": "team", "负责人": "head", "准备": "prepare", "检查": "check",
    "方案": "plan", "交底": "briefing", "汇总": "report", "风险": "risks", "措施": "measures",
}  # fmt: skip


def translated(found: Workflow) -> str:
    """The workflow as stored, its names in English, without the paths, which are in the author's own words."""
    plain = replace(
        found, stages=tuple(replace(one, path="") for one in found.stages), tasks=tuple(replace(one, path="") for one in found.tasks)
    )
    text = json.dumps(encode(plain), ensure_ascii=False, sort_keys=True)
    for zh, en in NAMES.items():
        text = text.replace(f'"{zh}"', f'"{en}"')
    return text


def test_both_files_say_the_same() -> None:
    assert translated(workflow(FILES[0])) == translated(workflow(FILES[1]))


def test_every_folder_is_told_of_on_the_page_and_has_a_workflow() -> None:
    page = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in FOLDER.parent.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert set(re.findall(r"`([\w-]+)/`", page)) == folders
    assert all((FOLDER.parent / name / "workflow.yaml").is_file() for name in folders)
