"""Workflow files that the tests of reading share. All names are made up."""

from __future__ import annotations

import random

HEAD = """\
workflow: spring-report
version: 1
language: 1
calendar: {timezone: Asia/Shanghai, holidays: CN}
window: 2031年3月—6月底
organisation:
  levels: [校, 院, 班]
  bodies: {办公室: {at: 校}, 考评组: {at: [校, 院]}}
  posts: {书记: {}, 联络员: {deputy: 书记}, 学员: {many: true}, 群众: {counted: true}}
  attributes: {院: {类型: [文科, 理科]}}
  groups: {基层: [院, 班], 文科院: {who: 院, where: 类型 == '文科'}, 机关: 校.办公室}
"""

# Every key that is built stands here at least once; a test holds this against the table.
FULL = """\
workflow: spring-report
version: 3
language: 1
title: 关于开展春季工作总结的通知
note: 供测试使用
cite: 校发 一
doubt: {says: 三月起, read: 三月一日起, why: 原文缺日, settled: 办公室}
sources:
  校发: {file: notice.txt, number: 校发〔2031〕7号, title: 春季总结通知, issued: 2031-02-20, url: "https://example.org/7"}
  院发: {issued: undated}
calendar: {timezone: Asia/Shanghai, holidays: CN, before: includes, on_holiday: next, work_ends: 17:30, about: 2d, attach: true}
window: 2031年3月—6月底
organisation:
  levels: [学校, 学院, 班级]
  bodies: {办公室: {at: [学校, 学院], title: 综合办公室}}
  posts:
    书记: {title: 书记, acts: true}
    联络员: {deputy: 书记, acts: false}
    组长: {held_by: 学校.书记}
    学员: {many: true}
    群众: {counted: true}
  attributes:
    学院: {类型: [文科, 理科], 人数: number}
  groups: {基层: [学院, 班级], 文科院: {who: 学院, where: 类型 == '文科'}}
anchors: {开放日: 2031-05-12, 大会: undated}
for: [学院, 班级]
ladder: [{at: -5d}]
allow: {waive: superior, extend: {by: superior, most: 10d, times: 2}, chase: 2}
stages:
  准备阶段:
    title: 动员准备
    cite: [校发 二(一), 院发 一]
    doubt: 起止不明
    note: 第一阶段
    opens: 3月
    due: 3月底
    ladder: [{at: -2d, title: 预告, cite: 校发 五, note: 温和一些, doubt: 几天不明}]
    allow: {extend: 学校}
    tasks:
      工作方案:
        title: 制定方案
        cite: 校发 二(一)1
        doubt: {says: 尽快}
        note: 一式一份
        owner: 基层
        opens: 3月5日
        due: [3月20日, 3月25日前]
        grace: 2d
        lock: 3月底
        modality: must
        artifacts:
          方案正文:
            kind: document
            title: 方案
            cite: 校发 二
            note: 正文
            doubt: 篇幅不明
            length: 800字以上
            count: han
            formats: [docx, pdf]
            parts:
              工作目标: {length: 30%, parts: [任务, 指标], title: 目标, cite: 校发 二, note: 具体, doubt: 比例不明}
          日程表: document
        review: {by: superior, title: 审核, rework: 3d, cite: 校发 四, note: 书面, doubt: 时限不明}
        deliver: [{to: 办公室, title: 备查, cite: 校发 六, note: 一份, doubt: 方式不明}]
        ladder: [{at: -3d}, {at: +1wd, every: 2wd, most: 3, to: superior, say: final, via: dingtalk, when: overdue}]
        urgent: true
  总结阶段:
    window: 4月—6月底
    tasks:
      工作点评:
        for: 文科院
        owner: 学校.书记
        after: [工作方案, 准备阶段]
        every: {each: month, from: 4月1日, until: 6月底, partial: drop}
        artifact: document
      情况表:
        owner: 班级
        artifact:
          kind: form
          fields:
            人数: {type: number, count: 1, range: 1..40, modality: may, title: 到场人数, cite: 校发 二, note: 备, doubt: 人数不明}
            形式: {choice: [讲座, 参观]}
        checks:
          - {that: 人数 == 人数, say: 要填人数, modality: should, title: 人数, cite: 校发 二, note: 备, doubt: 不明}
          - 形式 == '讲座'
      班会: {owner: 班级, artifact: {kind: meeting, agenda: [通报, 讨论]}}
      公示: {owner: 班级, artifact: {kind: publication, places: [公告栏]}}
      情况报告: {owner: 学院.联络员, every: {days: [4月10日, 5月10日]}, artifact: {kind: document}}
      学院总结: {owner: 学院, after: below.班级总结, window: 6月, review: 学校.办公室, period: 2031年上半年}
tasks:
  班级总结: {owner: 班级, due: 6月10日前, allow: {waive: {by: 学院}}}
"""


def slipped(word: str, dice: random.Random) -> str:
    """The word with one letter dropped, doubled or exchanged with its neighbour."""
    at = dice.randrange(len(word))
    kind = dice.choice(["drop", "double", "exchange"])
    if kind == "drop" and len(word) > 1:
        return word[:at] + word[at + 1 :]
    if kind == "exchange" and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[: at + 1] + word[at:]


def replaced_at(text: str, line: int, column: int, old: str, new: str) -> str:
    """The text with `old`, which stands at a line and column counted from 1, replaced."""
    lines = text.split("\n")
    row = lines[line - 1]
    assert row[column - 1 :].startswith(old), (row, column, old)
    lines[line - 1] = row[: column - 1] + new + row[column - 1 + len(old) :]
    return "\n".join(lines)
