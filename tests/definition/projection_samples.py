"""Workflows as the compiler makes them, small and in the words of the notices: material for the tests of dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.definition.model import (
    Anchor,
    Body,
    Calendar,
    Item,
    Organisation,
    Post,
    Review,
    Rhythm,
    Source,
    Stage,
    Task,
    Who,
    Workflow,
)

CHINA = Calendar(timezone="Asia/Shanghai", holidays="CN")
BERLIN = Calendar(timezone="Europe/Berlin")


def who(*terms: str) -> Who:
    """A WHO of these terms."""
    return Who(terms=terms)


def task(name: str, stage: str | None = None, owner: str = "branch", **fields: Any) -> Task:
    """A task of one owner, at file level unless a stage is named."""
    path = f"stages.{stage}.tasks.{name}" if stage else f"tasks.{name}"
    return Task(name=name, path=path, stage=stage, subjects=who(owner), owner=who(owner), **fields)


def stage(name: str, window: str | None = None, **fields: Any) -> Stage:
    """A stage with its window as worded."""
    return Stage(name=name, path=f"stages.{name}", window=window, **fields)


def workflow(*tasks: Task, stages: tuple[Stage, ...] = (), window: str | None = "2031年3月—6月", **fields: Any) -> Workflow:
    """A workflow of a college and its branches in China, unless said otherwise."""
    given: dict[str, Any] = {
        "name": "sample",
        "version": 1,
        "language": 1,
        "calendar": CHINA,
        "organisation": Organisation(levels=("college", "branch"), posts=(Post(name="clerk"),)),
    }
    return Workflow(**(given | fields), window=window, stages=stages, tasks=tasks)


DOCUMENT = (Item(name="document"),)
SUPERIOR = Review(by=who("superior"))
S1, S2, S3 = "广泛发动安排部署", "全面争创扎实推进", "系统总结完善机制"


def notice_001() -> Workflow:
    """The opinion of 2010-2012 with its stages, rhythms and dates; items and conditions only where a test wants them."""
    basic = "基层党组织"
    halves = Rhythm(each="half", partial="drop")
    tasks = (
        task("成立领导小组", S1, "学校", items=DOCUMENT),
        task("动员部署会", S1, "学校", items=DOCUMENT),
        task("实施方案", S1, basic, items=DOCUMENT, review=SUPERIOR),
        task("个人打算", S1, "党员", items=DOCUMENT, review=Review(by=who("unit"))),
        task("学习", S1, basic, items=DOCUMENT),
        task("开展活动", S2, "总支和直属支部"),
        task("党性分析和党员评议", S2, basic, due="2010年底前", items=DOCUMENT),
        task("党性分析报告", S2, "党员", due="2010年底前", modality="should", items=DOCUMENT, review=Review(by=who("unit"))),
        task("服务群众", S2, basic, items=DOCUMENT),
        replace(task("评议组织", S2, basic, every=halves, modality="should", items=DOCUMENT), owner=who("superior")),
        replace(task("评议党员", S2, "党员", every=halves, modality="should", items=DOCUMENT), owner=who("unit")),
        task("总结", S3, basic, items=DOCUMENT, review=SUPERIOR),
        task("专项表彰", S3, "学校", due="2012年“七一”前", items=DOCUMENT),
        task("完善机制", S3, "学校", items=DOCUMENT),
        task("表彰优秀党员", None, "学校", due="2011年“七一”前", items=DOCUMENT),
        replace(
            task("领导点评", None, basic, every=Rhythm(each="quarter", partial="drop_first"), modality="should", items=DOCUMENT),
            owner=who("superior.书记"),
        ),
        task("适时表彰", None, "学校", due="适时", modality="should", items=DOCUMENT),
        task("继续深化", None, basic, due="党的十八大前", modality="should"),
    )
    return Workflow(
        name="strive-2010",
        version=1,
        language=1,
        title="在全校党的基层组织和党员中深入开展创先争优活动",
        calendar=CHINA,
        window="2010年5月中旬—2012年6月底",
        sources=(Source(name="意见", title="实施意见"),),
        organisation=Organisation(
            levels=("学校", "党总支", "党支部"),
            posts=(Post(name="书记"), Post(name="党员")),
            bodies=(Body(name="党委工作部", at=("学校",)),),
            groups={
                "基层党组织": who("党总支", "党支部"),
                "总支和直属支部": Who(terms=("党总支", "党支部"), where="superior.level == '学校'"),
            },
        ),
        anchors=(Anchor(name="建党90周年", at="2011-07-01"), Anchor(name="党的十八大", at="undated")),
        stages=(stage(S1, "2010年5月中旬—5月底"), stage(S2, "2010年6月—2011年6月底"), stage(S3, "2011年7月—2012年6月底")),
        tasks=tasks,
    )
