"""A clerk at her desk: types commands in a folder and reads what they say. All names are made up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from engine.cli.program import run
from tests.evidence.papers import word_file
from tests.exchange.making import workbook

WORKFLOW = """\
workflow: spring-report
version: 1
language: 1
title: 春季总结工作
sources: {通知: {file: n.txt, issued: 2010-05-01}}
calendar: {timezone: Asia/Shanghai, holidays: CN}
window: 2010年5月—2010年12月底
organisation:
  levels: [学校, 党支部]
  posts: {书记: {}, 联络员: {deputy: 书记}}
stages:
  动员部署:
    window: 2010年5月—6月底
    tasks:
      实施方案:
        owner: 党支部
        due: 6月18日前
        artifact: {kind: document, length: 1000字以上}
        review: superior
        allow: {extend: {by: superior, most: 10d, times: 1}, waive: superior}
  总结提高:
    window: 2010年7月—12月底
    tasks:
      领导点评: {owner: 党支部, every: quarter, modality: should, artifact: document}
      总结会: {owner: 党支部, due: 12月20日前}
"""
UNITS = (
    ("代码", "名称", "级别", "类别", "上级", "起始", "截止", "属性"),
    ("U", "示范大学", "学校", "", "", "", "", ""),
    ("U01", "机电学院党支部", "党支部", "", "U", "", "", ""),
    ("U02", "文学院党支部", "党支部", "", "U", "", "", ""),
    ("U03", "化学学院党支部", "党支部", "", "U", "", "", ""),
)
POSTS = (
    ("单位", "岗位", "姓名", "邮箱", "电话", "起始", "截止"),
    ("U", "书记", "王书记", "wang@example.org", "", "", ""),
    ("U01", "书记", "李明", "li@example.org", "", "", ""),
    ("U01", "联络员", "赵小", "zhao@example.org", "", "", ""),
    ("U02", "书记", "张三", "zhang@example.org", "", "", ""),
)
OFFICE = ("--office", "活动办公室", "--office-address", "office@example.org")
PREPARATION = (
    ("init", "--rehearsal", *OFFICE),
    ("units", "import", "roster.xlsx", "--as", "管理员"),
    ("load", "workflow.yaml", "--as", "管理员", "--now", "2010-05-04"),
    ("launch", "--as", "管理员", "--yes"),
    ("mail", "on", "--as", "管理员"),
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command came to. err: what stood on standard error, in one line."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)


class Clerk:
    """Types commands."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(self, *words: str) -> Said:
        """Type a command, whatever comes of it."""
        self.capsys.readouterr()
        code = run(words)
        said = self.capsys.readouterr()
        return Said(code=code, out=said.out, err=flat(said.err))

    def does(self, *words: str) -> Said:
        """Type a command that has to succeed."""
        said = self(*words)
        assert said.code == 0, f"{' '.join(words)}\n{said.out}\n{said.err}"
        return said

    def document(self, name: str, characters: int) -> str:
        """A document of so many characters; its path."""
        return str(word_file(self.folder / name, ["字" * characters]))

    @property
    def letters(self) -> list[Path]:
        """The letters of the rehearsal, in the order sent."""
        return sorted((self.folder / "campaign.db.mail").glob("*.eml"))


def type_all(folder: Path, commands: Iterable[Sequence[str]]) -> None:
    """Type commands in a folder that have to succeed, before there is a clerk."""
    with chdir(folder), redirect_stdout(StringIO()) as out, redirect_stderr(out):
        codes = [run(words) for words in commands]
    assert not any(codes), out.getvalue()


def flat(text: str) -> str:
    """A text without the line ends that a terminal needed."""
    return "".join(line.strip() if _is_wide(line.strip()[-1:]) else f"{line.strip()} " for line in text.splitlines()).strip()


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\uffef"


def write_inputs(folder: Path, workflow: str = WORKFLOW, units: Sequence[Sequence[object]] = UNITS) -> None:
    """The roster and the workflow file."""
    workbook(folder / "roster.xlsx", {"单位": units, "任职": POSTS})
    (folder / "workflow.yaml").write_text(workflow, encoding="utf-8")
