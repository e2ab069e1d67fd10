"""Workflow files, each as small as what it is there to show; all of them run in 2010."""

from __future__ import annotations

_HEAD = """
workflow: {name}
version: 1
title: {title}
calendar: {{timezone: Asia/Shanghai, holidays: CN}}
window: 2010年5月中旬—2010年底
organisation:
  levels: [学校, 党总支, 党支部]
  posts: {{书记: {{deputy: 副书记}}, 副书记: {{}}}}
"""


def head(name: str, title: str = "春季活动") -> str:
    """The beginning of a file: the calendar, the window and the organisation."""
    return _HEAD.format(name=name, title=title)


# A stage with a document that is reviewed, and one with a rhythm, a limited extension and a roll-up.
SPRING = (
    head("spring")
    + """
stages:
  动员:
    window: 2010年5月中旬—5月底
    tasks:
      方案: {owner: [党总支, 党支部], artifact: {kind: document, length: 100字以上}, review: superior}
      动员会: {owner: 学校}
  推进:
    window: 2010年6月—2010年底
    tasks:
      点评: {for: [党总支, 党支部], owner: superior.书记, every: {each: quarter, partial: drop}, modality: should}
      总结: {owner: 党支部, due: 10月底前, review: superior, allow: {extend: {by: superior, most: 20d, times: 1}, waive: superior}}
      汇总: {owner: 党总支, after: below.总结}
"""
)

# The same, with calendars that go with letters.
CALENDARS = SPRING.replace("holidays: CN", "holidays: CN, attach: true")

# Two stages, one act in each: the smallest walk there is.
WALK = (
    head("walk")
    + """
stages:
  一: {window: 2010年5月中旬—5月底, tasks: {甲: {owner: 党支部}}}
  二: {window: 2010年6月—6月底, tasks: {乙: {owner: 党支部}}}
"""
)

# Grace and lock apart from the due.
STRICT = (
    head("strict")
    + """
tasks:
  快报: {owner: 党支部, due: 6月10日前, grace: 2d, lock: due + 5d, allow: {extend: {by: superior, most: 10d}}}
  急件: {owner: 党支部, due: 6月20日前, lock: due, urgent: true}
"""
)

# What waits for what.
CHAIN = (
    head("chain")
    + """
stages:
  准备:
    window: 2010年5月中旬—5月底
    tasks:
      计划: {owner: 党支部}
      选读: {owner: 党支部, modality: may}
  落实:
    window: 2010年6月—2010年底
    tasks:
      实施: {owner: 党支部, after: 计划, due: 8月底前, review: superior}
      复盘: {owner: 党支部, after: [计划, 实施], due: 9月底前}
      收官: {owner: 党支部, after: 准备, due: 11月底前}
      座谈: {owner: 党总支, after: below.实施, due: 10月底前}
      月报: {owner: 党支部, every: {each: quarter, partial: drop}}
      月评: {for: 党支部, owner: superior, every: {each: quarter, partial: drop}, after: 月报}
"""
)

# The second stage lets nobody in before the first is done.
ENTRY = (
    head("entry")
    + """
stages:
  一: {window: 2010年5月中旬—5月底, tasks: {甲: {owner: 党支部}}}
  二: {window: 2010年6月—6月底, opens: on_entry, tasks: {乙: {owner: 党支部}}}
"""
)

# must, should and may, owed by the branches themselves.
MODALITY = (
    head("modality")
    + """
stages:
  一:
    window: 2010年5月中旬—5月底
    tasks:
      必须: {owner: 党支部}
      原则: {owner: 党支部, modality: should}
      可以: {owner: 党支部, modality: may}
  二: {window: 2010年6月—6月底, tasks: {乙: {owner: 党支部}}}
"""
)

# Reviewed by one post of the level above, where a unit may stand directly below the top; another post may act for a unit.
BY_POST = (
    head("by_post").replace("{书记: {deputy: 副书记}, 副书记: {}}", "{组织委员: {}, 书记: {}}")
    + """
tasks:
  报告: {owner: 党支部.书记, due: 6月底前, review: 党总支.书记}
"""
)

# A package of two documents, and a review that gives time for mending.
PACKAGE = (
    head("package")
    + """
tasks:
  成套:
    owner: 党支部
    due: 6月底前
    artifacts: {报告: {kind: document, length: 50字以上}, 附表: document}
    review: {by: superior, rework: 10d}
"""
)

# A ladder that names the top of the tree, and one that names nobody but the owner.
LADDERS = (
    head("ladders")
    + """
tasks:
  上报: {owner: 党总支, due: 6月10日前, ladder: [{at: -2d}, {at: +1d, to: superior}]}
  校报: {owner: 党支部, due: 6月10日前, ladder: [{at: +1d, to: 学校.书记}]}
  家常: {owner: 党总支, due: 6月10日前}
"""
)

# Something with a day that nobody has named yet.
UNDATED = (
    head("undated")
    + """
tasks:
  适时: {owner: 党支部, due: 适时, modality: should}
  总结: {owner: 党支部, due: 6月底前}
"""
)

# One thing to be reminded of in the morning, and one that cannot wait.
URGENT = (
    head("urgent")
    + """
tasks:
  甲: {owner: 党总支, due: 6月10日前}
  乙: {owner: 党支部, due: 8月底前, urgent: true, review: superior}
"""
)

# Whoever stands above the branches hears of a laggard every few days.
SUMMARIES = (
    head("summaries")
    + """
ladder: [{at: +1d, to: superior}]
tasks:
  甲: {owner: 党支部, due: 6月1日前}
  乙: {owner: 党支部, due: 6月3日前}
  丙: {owner: 党支部, due: 6月8日前}
  丁: {owner: 党支部, due: 6月17日前}
  急: {owner: 党支部, due: 6月20日前, urgent: true}
"""
)
