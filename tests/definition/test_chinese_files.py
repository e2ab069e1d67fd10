"""A file can be written wholly in Chinese: keys, words in values, and what is said about it."""

from __future__ import annotations

import json

import pytest

from engine.definition.codec import encode
from engine.definition.keys import ELEMENTS
from engine.definition.model import Workflow
from engine.definition.reader import read_workflow
from engine.definition.spelling import rewrite_keys
from engine.definition.words import KEYS, english, spellings
from engine.sentences import Problem
from tests.definition.workflow_texts import HEAD

ENGLISH = """\
workflow: 春检
version: 1
language: 1
title: 春季检查
sources: {文: {file: a.txt, number: 1号, issued: 2031-02-20, url: x, title: 通知}}
calendar: {timezone: Asia/Shanghai, holidays: CN, before: excludes, on_holiday: next, work_ends: 17:30, about: 2d, attach: true}
window: 2031年3月—6月底
organisation:
  levels: [学校, 学院]
  bodies: {办公室: {at: 学校}}
  posts: {书记: {acts: true, deputy: 干事}, 干事: {acts: false}, 组长: {held_by: 学校.书记}, 学员: {many: true}, 群众: {counted: true}}
  attributes: {学院: {人数: number, 成立: date}}
allow: {extend: {by: superior, most: 10d, times: 2}, waive: superior}
doubt: {says: 甲, read: 乙, why: 丙, settled: 丁}
stages:
  一:
    window: 3月
    tasks:
      方案: {owner: 学院, artifact: {kind: document, count: han, length: 100字以上}, review: {by: superior, rework: 3d}, urgent: true}
  二:
    opens: on_entry
    due: 6月底
    tasks:
      点评: {owner: 学校, due: undated, opens: on_entry, modality: may, ladder: [{at: -3d, every: 2d, most: 2, to: superior}]}
      月报: {for: {who: 学院, where: 人数 > 3}, owner: unit, every: {each: month, from: 4月1日, until: 6月底, partial: drop_first}}
      日报: {owner: 学院, every: {days: [4月1日, 5月1日]}, deliver: [{to: 办公室}]}
"""
CHINESE = """\
工作流: 春检
版本: 1
语言: 1
标题: 春季检查
来源: {文: {文件: a.txt, 文号: 1号, 印发: 2031-02-20, 网址: x, 标题: 通知}}
日历: {时区: Asia/Shanghai, 节假日: CN, 之前: 不含当日, 遇节假日: 顺延, 下班: 17:30, 左右: 2d, 随信附上: 是}
时间: 2031年3月—6月底
组织:
  级别: [学校, 学院]
  部门: {办公室: {设在: 学校}}
  岗位: {书记: {代表: 是, 副职: 干事}, 干事: {代表: 否}, 组长: {兼任: 学校.书记}, 学员: {多人: 是}, 群众: {只计人数: 是}}
  属性: {学院: {人数: 数值, 成立: 日期}}
准许: {延期: {由: 上级, 最多: 10d, 次数: 2}, 免报: 上级}
存疑: {原文: 甲, 读作: 乙, 理由: 丙, 认定: 丁}
阶段:
  一:
    时间: 3月
    任务:
      方案: {责任: 学院, 材料: {类型: 文档, 份数: 汉字, 字数: 100字以上}, 审核: {由: 上级, 重做: 3d}, 紧急: 是}
  二:
    开始: 进入时
    期限: 6月底
    任务:
      点评: {责任: 学校, 期限: 未定, 开始: 进入时, 要求: 可, 提醒: [{时刻: -3d, 周期: 2d, 最多: 2, 发给: 上级}]}
      月报: {对象: {谁: 学院, 其中: 人数 > 3}, 责任: 本单位, 周期: {每: month, 自: 4月1日, 至: 6月底, 零头: 去首}}
      日报: {责任: 学院, 周期: {日子: [4月1日, 5月1日]}, 报送: [{发给: 办公室}]}
"""


def workflow(text: str) -> Workflow:
    compiled = read_workflow(text, file="plan.yaml")
    assert compiled.problems == ()
    assert compiled.workflow is not None
    return compiled.workflow


def without_paths(text: str) -> str:
    """Everything the file says; terms keep the author's 上级, which the resolver reads."""
    said = json.dumps(encode(workflow(text)), ensure_ascii=False)
    for zh, en in (("上级", "superior"), ("本单位", "unit"), ("阶段", "stages"), ("任务", "tasks"), ("存疑", "doubt")):
        said = said.replace(zh, en)
    return said


def test_a_file_wholly_in_chinese_says_the_same() -> None:
    assert without_paths(CHINESE) == without_paths(ENGLISH)


def test_every_built_key_can_be_written_in_chinese() -> None:
    built = {(kind, key) for kind, keys in ELEMENTS.items() for key, found in keys.items() if found.shape}
    assert [key for kind, key in built if len(spellings(key, kind)) < 2] == []


@pytest.mark.parametrize("kind", ELEMENTS)
def test_no_two_keys_of_an_element_share_a_spelling(kind: str) -> None:
    spelled = [spelling for key in ELEMENTS[kind] for spelling in spellings(key, kind)]
    assert len(spelled) == len(set(spelled))
    assert all(english(spelling, kind) == key for key in ELEMENTS[kind] for spelling in spellings(key, kind))


def problems(body: str) -> tuple[Problem, ...]:
    """What is wrong with it, below a head in the body's own spelling."""
    head = rewrite_keys(HEAD, "en" if body.startswith("tasks") else "zh")
    return read_workflow(f"{head}{body}\n", file="plan.yaml").problems


@pytest.mark.parametrize(
    ("body", "path", "hint"),
    [
        ("任务: {小结: {责任: 院, 提醒: [{设在: -3d}]}}", "任务.小结.提醒[1].设在", "时刻"),
        ("任务: {小结: {责任: 院, 兼任: 院}}", "任务.小结.兼任", "责任"),
        ("任务: {小结: {责任: 院, 期现: 5月}}", "任务.小结.期现", "期限"),
        ("tasks: {小结: {owner: 院, 顺延: 5月}}", "tasks.小结.顺延", "这里可以写：title、cite、doubt、note、for、owner、after、opens等"),
        ("任务: {小结: {责任: 院, qqq: 5月}}", "任务.小结.qqq", "标题、依据、存疑、说明、对象、责任、先办、开始等"),
        ("任务: {小结: {责任: 院, 审核: {由: 上级, 时刻: 5月}}}", "任务.小结.审核.时刻", "它可以写在：材料、提醒。这里可以写：标题、依据"),
    ],
)
def test_a_chinese_key_out_of_place_is_unknown_and_what_is_possible_is_said(body: str, path: str, hint: str) -> None:
    [found] = [one for one in problems(body) if one.code == "unknown-key"]
    assert found.path == path
    assert found.hint is not None
    assert hint in found.hint.say("zh")
    assert found.hint.say("en")


@pytest.mark.parametrize("key", sorted(KEYS))
def test_both_spellings_of_one_key_are_refused(key: str) -> None:
    kind = next(kind for kind, keys in ELEMENTS.items() if key in keys)
    if kind != "task" or ELEMENTS["task"][key].shape is None:
        return
    found = [one.code for one in problems(f"tasks: {{小结: {{{key}: 院, {KEYS[key]}: 院}}}}")]
    assert "two-spellings" in found


def test_both_spellings_of_at_are_refused_in_a_body() -> None:
    text = HEAD.replace("{at: 校}", "{at: 校, 设在: 校}", 1) + "tasks: {小结: {owner: 院}}\n"
    assert [one.code for one in read_workflow(text, file="plan.yaml").problems] == ["two-spellings"]
