"""Whoever writes keys in Chinese is advised in Chinese keys; whoever writes them in English, in English ones."""

from __future__ import annotations

import re

import pytest

from engine.definition.advice import spelled
from engine.definition.reader import read_workflow
from engine.definition.spelling import rewrite_keys
from engine.definition.words import KEYS, Spelling
from engine.operations.loading import check_bytes
from engine.sentences import Lang, Sentence

CHINESE = Spelling(in_chinese=frozenset(KEYS))
BROKEN = """\
工作流: 春季活动
版本: 1
日历: {时区: Asia/Shanghai, 节假日: CN}
组织: {级别: [学校, 支部], 岗位: {书记: {}}}
时间: 2010年3月—6月底
任务:
  方案: {期限: 3月15日前}
  汇报: {责任: 支部, 期限: 3月16日前, 准许: 1, 审核: [], 材料: 1, 考核期: 3月, 周期: 每月}
  1a: {责任: 小组, 期限: 3月20日前}
  检查: {对象: 支部, 责任: 大组, 期限: 3月20日前}
"""
SOUND = """\
工作流: 春季活动
版本: 1
日历: {时区: Asia/Shanghai, 节假日: CN}
组织: {级别: [学校, 支部], 岗位: {书记: {}}}
时间: 2010年3月—6月底
任务:
  方案: {责任: 支部, 期限: 3月15日前, 材料: 文档}
"""
KEY = re.compile(rf"(?<![A-Za-z_])({'|'.join(sorted(KEYS, key=len, reverse=True))}|superior|unit|document)(?![A-Za-z_])")


def advice(text: str, lang: Lang) -> str:
    problems = check_bytes(text.encode(), "w.yaml").problems
    return "\n".join(f"{problem.message.say(lang)} {problem.hint.say(lang) if problem.hint else ''}" for problem in problems)


@pytest.mark.parametrize("text", [BROKEN, SOUND])
def test_a_file_in_chinese_is_advised_in_chinese_keys(text: str) -> None:
    assert KEY.findall(advice(text, "zh")) == []
    assert [word for quoted in re.findall("`[^`]*`", advice(text, "en")) for word in KEY.findall(quoted)] == []


def test_the_advice_names_the_keys_as_they_are_typed() -> None:
    assert "请写“审核”，例如 审核: 上级。" in advice(SOUND, "zh") and "`审核: 上级`" in advice(SOUND, "en")
    said = advice(BROKEN, "zh")
    assert "写上“责任”，需要时写上“对象”。" in said and "或 {类型: 文档, ...}" in said and "本单位”、“上级" in said


def test_a_file_in_english_is_advised_in_english_keys() -> None:
    assert "请写 review，例如 review: superior。" in advice(rewrite_keys(SOUND, "en"), "zh")
    assert "`review: superior`" in advice(rewrite_keys(SOUND, "en"), "en")


@pytest.mark.parametrize(
    ("zh", "said"),
    [
        ("请更正 window，或补上年份。", "请更正“时间”，或补上年份。"),
        ("在 doubt 里写上 settled: 姓名", "在“存疑”里写上 认定: 姓名"),
        ("最早写 lock: due", "最早写 截止: due"),
        ("{length}、{title}", "{length}、{title}"),
        ("写 Asia/Shanghai 或 on-time", "写 Asia/Shanghai 或 on-time"),
        ("请用 campaign check", "请用 campaign check"),
    ],
)
def test_only_words_of_the_language_are_spelled_otherwise(zh: str, said: str) -> None:
    assert spelled(Sentence(zh, "x"), CHINESE).zh == said


def test_what_an_author_wrote_himself_is_never_respelled() -> None:
    text = SOUND.replace("责任: 支部", "责任: title").replace("方案:", "owner_x: {责任: review}\n  方案:")
    problems = read_workflow(text, file="w.yaml").problems
    assert [problem.message.say("zh")[:12] for problem in problems] == ["组织里没有“review"[:12], "组织里没有“title”"[:12]]
