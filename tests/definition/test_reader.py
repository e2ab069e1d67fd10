"""What a workflow file comes to when it is read."""

from __future__ import annotations

import pytest

from engine.definition.model import After, Allowances, Item, Part, Permission, Review, Rhythm, Rung, Task, Who, Workflow
from engine.definition.reader import read_workflow, read_workflow_bytes
from tests.definition.workflow_texts import FULL, HEAD


def read(text: str) -> Workflow:
    compiled = read_workflow(text, file="plan.yaml")
    assert compiled.workflow is not None, [(p.line, p.column, p.code, p.message.say("en")) for p in compiled.problems]
    return compiled.workflow


def task(lines: str) -> Task:
    """The one task written as a flow mapping: `task('owner: 院')`."""
    return read(f"{HEAD}tasks:\n  小结: {{{lines}}}\n").task("小结")


def codes(text: str) -> list[str]:
    return [problem.code for problem in read_workflow(text, file="plan.yaml").problems]


def who(*terms: str, where: str | None = None) -> Who:
    return Who(terms=terms, where=where)


@pytest.mark.parametrize(
    ("written", "subjects", "owner"),
    [
        ("owner: 院", who("院"), who("unit")),
        ("owner: [院, 班]", who("院", "班"), who("unit")),
        ("owner: 基层", who("基层"), who("unit")),
        ("owner: 文科院", who("文科院"), who("unit")),
        ("owner: 院.书记", who("院"), who("书记")),
        ("owner: 基层.书记", who("基层"), who("书记")),
        ("owner: [院.书记, 班.书记]", who("院", "班"), who("书记")),
        ("owner: 办公室", who("校"), who("办公室")),
        ("owner: 考评组", who("校", "院"), who("考评组")),
        ("owner: 院.考评组", who("院"), who("考评组")),
        ("owner: 机关", who("校"), who("办公室")),
        ("owner: {who: 院, where: 类型 == '文科'}", who("院", where="类型 == '文科'"), who("unit")),
        ("for: 院", who("院"), who("unit")),
        ("for: 基层, owner: superior", who("基层"), who("superior")),
        ("for: 班, owner: 上级.书记", who("班"), who("superior.书记")),
        ("对象: 班, 责任: 院.书记", who("班"), who("院.书记")),
    ],
)
def test_subjects_and_owner_follow_from_what_is_written(written: str, subjects: Who, owner: Who) -> None:
    found = task(written)
    assert (found.subjects, found.owner) == (subjects, owner)


def test_the_conditions_of_a_group_and_of_its_use_both_hold() -> None:
    text = HEAD.replace("机关: 校.办公室", "文科书记: {who: 院.书记, where: 类型 == '文科'}")
    found = read(text + "tasks: {小结: {owner: {who: 文科书记, where: 类型 != '理科'}}}\n").task("小结")
    assert found.subjects == who("院", where="(类型 != '理科') and (类型 == '文科')")
    assert found.owner == who("书记")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("due: 5月", "no-owner"),
        ("owner: superior", "needs-for"),
        ("owner: 上级.书记", "needs-for"),
        ("owner: 书记", "needs-for"),
        ("owner: [院, 院.书记]", "mixed-owner"),
        ("for: 校, owner: 班", "set-read-as-one"),
        ("owner: 院.学员", "not-yet"),
        ("owner: 学员", "not-yet"),
        ("owner: 院.群众", "not-yet"),
        ("for: 院, owner: 学员", "not-yet"),
        ("for: 院.书记", "not-yet"),
        ("for: 院.学员, owner: unit", "not-yet"),
        ("owner: 班.考评组", "unknown-who"),
        ("for: [院, {who: 班}], owner: unit", "not-yet"),
        ("owner: {who: 院, as_of: 2031-03-01}", "not-yet"),
        ("owner: {who: 院, sample: 10%}", "not-yet"),
    ],
)
def test_who_owes_what_is_refused_where_it_cannot_be_told(written: str, code: str) -> None:
    assert codes(f"{HEAD}tasks:\n  小结: {{{written}}}\n") == [code]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("every: quarter", Rhythm(each="quarter")),
        ("every: 2w", Rhythm(each="2w")),
        ("every: 每季度", Rhythm(each="每季度")),
        ("every: 每两个月", Rhythm(each="每两个月")),
        ("every: 每月8日、18日", Rhythm(days=("每月8日、18日",))),
        ("every: 每周二9:30", Rhythm(days=("每周二9:30",))),
        ("every: [2031-04-08, 2031-05-08]", Rhythm(days=("2031-04-08", "2031-05-08"))),
        ("every: {each: half, partial: drop_first}", Rhythm(each="half", partial="drop_first")),
        ("周期: {days: 每月底, from: 4月, until: 6月}", Rhythm(days=("每月底",), since="4月", until="6月")),
    ],
)
def test_a_rhythm_is_read_in_its_short_and_its_long_form(written: str, expected: Rhythm) -> None:
    assert task(f"owner: 院, {written}").every == expected


@pytest.mark.parametrize("word", ["should", "原则上"])
def test_a_modality_may_be_said_in_either_language(word: str) -> None:
    assert task(f"owner: 院, 要求: {word}").modality == "should"


def test_without_a_modality_a_task_must_be_done() -> None:
    assert task("owner: 院").modality == "must"


@pytest.mark.parametrize("written", ["2012-09-14", "09:30", "no", "1e3", "0x10", "8:15", "true", "012"])
def test_a_scalar_stays_the_text_that_was_written(written: str) -> None:
    assert task(f"owner: 院, due: {written}").due == written


def test_a_list_of_instants_stays_a_list() -> None:
    assert task("owner: 院, due: [5月底, 大会]").due == ("5月底", "大会")


def test_undated_may_be_said_in_chinese() -> None:
    assert task("owner: 院, due: 未定").due == "undated"


@pytest.mark.parametrize(
    ("written", "items"),
    [
        ("", ()),
        ("artifact: document", (Item(name="小结"),)),
        ("材料: {kind: document, 字数: 800字以上, formats: .DOCX}", (Item(name="小结", length="800字以上", formats=("docx",)),)),
        (
            "artifacts: {甲: document, 乙: {kind: document, count: han, length: 8字}}",
            (Item(name="甲"), Item(name="乙", count="han", length="8字")),
        ),
        ("artifact: {kind: document, parts: [经验, 不足]}", (Item(name="小结", parts=(Part(name="经验"), Part(name="不足"))),)),
        (
            "artifact: {kind: document, length: '>= 900 chars', parts: {经验: {length: 40%, parts: [一, 二]}}}",
            (Item(name="小结", length=">= 900 chars", parts=(Part(name="经验", length="40%", parts=(Part(name="一"), Part(name="二"))),)),),
        ),
    ],
)
def test_an_item_is_read_with_its_parts_and_its_length(written: str, items: tuple[Item, ...]) -> None:
    assert task(f"owner: 院, {written}" if written else "owner: 院").items == items


@pytest.mark.parametrize(
    ("written", "review"),
    [
        ("review: superior", Review(by=who("superior"))),
        ("审核: 上级", Review(by=who("superior"))),
        ("review: [校.办公室]", Review(by=who("校.办公室"))),
        ("review: {by: superior, title: 把关, rework: 3wd}", Review(by=who("superior"), title="把关", rework="3wd")),
        ("review: [{by: superior, title: 把关}]", Review(by=who("superior"), title="把关")),
        ("review: {who: 校, where: level == '校'}", Review(by=who("校", where="level == '校'"))),
    ],
)
def test_a_review_of_one_step_is_read_in_all_its_forms(written: str, review: Review) -> None:
    assert task(f"owner: 院, {written}").review == review


def test_what_must_be_done_before_is_a_task_a_stage_or_a_task_of_those_below() -> None:
    found = read(
        f"{HEAD}stages: {{准备: {{tasks: {{方案: {{owner: 基层}}}}}}}}\ntasks: {{小结: {{owner: 院, after: [方案, 准备, 下级.方案]}}}}\n"
    )
    assert found.task("小结").after == (After(name="方案"), After(name="准备"), After(name="方案", below=True))


HOUSE = (
    Rung(at="-7d"),
    Rung(at="-1d"),
    Rung(at="0d"),
    Rung(at="+1wd", every="3wd", most=3),
    Rung(at="+5wd", to=who("superior")),
)


@pytest.mark.parametrize(
    ("of_file", "of_stage", "of_task", "expected"),
    [
        ("", "", "", HOUSE),
        ("[{at: -3d}]", "", "", (Rung(at="-3d"),)),
        ("[{at: -3d}]", "[{at: -2d}]", "", (Rung(at="-2d"),)),
        ("[{at: -3d}]", "[{at: -2d}]", "[{at: -1d}]", (Rung(at="-1d"),)),
        ("", "[{at: -2d}]", "[]", ()),
    ],
)
def test_the_nearest_ladder_wins_whole(of_file: str, of_stage: str, of_task: str, expected: tuple[Rung, ...]) -> None:
    def ladder(written: str) -> str:
        return f"ladder: {written}, " if written else ""

    file = f"ladder: {of_file}\n" if of_file else ""
    text = f"{HEAD}{file}stages: {{准备: {{{ladder(of_stage)}tasks: {{小结: {{{ladder(of_task)}owner: 院}}}}}}}}\n"
    assert read(text).task("小结").ladder == expected


def test_allowances_are_taken_over_verb_by_verb() -> None:
    of_file = "allow: {waive: superior, extend: {by: superior, most: 7d}}\n"
    text = f"{HEAD}{of_file}tasks: {{小结: {{owner: 院, allow: {{extend: {{by: 校, times: 1}}}}}}}}\n"
    extend, waive = Permission(by=who("校"), times=1), Permission(by=who("superior"))
    assert read(text).task("小结").allow == Allowances(extend=extend, waive=waive)


def test_what_is_not_allowed_anywhere_is_not_allowed() -> None:
    assert task("owner: 院").allow == Allowances()


def test_a_stage_may_open_when_it_is_entered_and_keep_its_window() -> None:
    stage = read(f"{HEAD}stages: {{准备: {{window: 3月, opens: on_entry, tasks: {{小结: {{owner: 院}}}}}}}}\n").stages[0]
    assert (stage.window, stage.opens, stage.opens_on_entry) == ("3月", None, True)


@pytest.mark.parametrize(("block", "end"), [("小结", "due: 5月"), ("小结", "opens: 5月"), ("小结", "opens: [on_entry, 5月]")])
def test_an_end_said_twice_is_refused(block: str, end: str) -> None:
    assert codes(f"{HEAD}tasks: {{{block}: {{owner: 院, window: 5月, {end}}}}}\n") == ["said-twice"]


def test_the_file_and_a_stage_cannot_say_an_end_twice_either() -> None:
    assert codes(f"{HEAD}due: 6月\nstages: {{准备: {{window: 3月, due: 4月, tasks: {{小结: {{owner: 院}}}}}}}}\n") == [
        "said-twice",
        "said-twice",
    ]


@pytest.mark.parametrize(("posts", "acting"), [("{many: true}", [False, True]), ("{counted: true}", [False, True]), ("{}", [True, False])])
def test_a_post_that_many_hold_acts_for_no_unit_by_itself(posts: str, acting: list[bool]) -> None:
    head = HEAD.replace(
        "posts: {书记: {}, 联络员: {deputy: 书记}, 学员: {many: true}, 群众: {counted: true}}", f"posts: {{学员: {posts}, 书记: {{}}}}"
    )
    assert [post.acts for post in read(head + "tasks: {小结: {owner: 院}}").organisation.posts] == acting


def test_the_first_post_acts_for_its_unit_unless_another_says_so() -> None:
    assert [post.acts for post in read(HEAD + "tasks: {小结: {owner: 院}}").organisation.posts] == [True, False, False, False]
    chosen = HEAD.replace("联络员: {deputy: 书记}", "联络员: {acts: true}")
    assert [post.acts for post in read(chosen + "tasks: {小结: {owner: 院}}").organisation.posts] == [False, True, False, False]


def test_doubts_are_kept_with_the_place_where_they_stand() -> None:
    doubts = {doubt.path: doubt for doubt in read(FULL).doubts}
    assert doubts[""].settled == "办公室"
    assert doubts["stages.准备阶段"].says == "起止不明"
    assert doubts["stages.准备阶段.tasks.工作方案.review"].settled == ""
    assert len(doubts) == 10


def test_a_full_file_keeps_everything_that_was_written() -> None:
    workflow = read(FULL)
    plan = workflow.task("工作方案")
    assert (workflow.name, workflow.version, workflow.subjects) == ("spring-report", 3, who("学院", "班级"))
    assert (workflow.calendar.work_ends, workflow.calendar.attach) == ("17:30", True)
    assert [source.issued for source in workflow.sources] == ["2031-02-20", "undated"]
    assert [anchor.at for anchor in workflow.anchors] == ["2031-05-12", "undated"]
    assert workflow.organisation.attributes == {"学院": {"类型": ("文科", "理科"), "人数": "number"}}
    assert (plan.stage, plan.path) == ("准备阶段", "stages.准备阶段.tasks.工作方案")
    assert (plan.due, plan.grace, plan.lock, plan.urgent) == (("3月20日", "3月25日前"), "2d", "3月底", True)
    assert plan.deliver == (who("办公室"),)
    assert plan.allow.extend == Permission(by=who("学校"))
    assert [field.name for field in workflow.task("班会").items[0].fields] == ["held_at", "present", "agenda", "minutes"]
    assert [task.name for task in workflow.tasks] == ["工作方案", "工作点评", "情况表", "班会", "公示", "情况报告", "学院总结", "班级总结"]


@pytest.mark.parametrize("layer", ["extends: {workflow: spring-report}", "amends: {version: 1}"])
def test_of_a_layer_only_that_it_is_one_is_said(layer: str) -> None:
    text = f"workflow: spring-local\nversion: 1\n{layer}\ntasks: {{小结: {{artifact: {{length: 900字以上}}}}}}\n"
    assert codes(text) == ["not-yet"]


def test_either_spelling_of_a_key_finds_its_place() -> None:
    places = read_workflow(f"{HEAD}任务:\n  小结: {{责任: 院, 期限: 5月底前}}\n", file="plan.yaml").places
    assert places["任务.小结.期限"] == places["tasks.小结.due"] == places["任务.小结.due"] == (13, 19)
    assert places.value("tasks.小结.due").path == "任务.小结.期限"
    assert places.key("tasks.小结.due").column == 15


def test_a_place_that_is_not_written_is_that_of_what_it_would_stand_in() -> None:
    places = read_workflow(f"{HEAD}tasks:\n  小结: {{owner: 院}}\n", file="plan.yaml").places
    assert places.key("tasks.小结.due").path == "tasks.小结"
    assert "tasks.小结.due" not in places
    assert places.value("nowhere").line == 0


def test_a_file_is_utf_8_with_or_without_its_mark() -> None:
    text = HEAD + "tasks: {小结: {owner: 院}}\n"
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
        assert read_workflow_bytes(data, file="plan.yaml").workflow is not None


@pytest.mark.parametrize(("encoding", "advice"), [("gbk", "GBK"), ("utf-16", "UTF-16")])
def test_another_encoding_is_refused_with_advice(encoding: str, advice: str) -> None:
    (problem,) = read_workflow_bytes(("# a\ntitle: 小结\n").encode(encoding), file="plan.yaml").problems
    assert problem.code == "encoding"
    assert problem.hint is not None
    assert advice in problem.hint.say("zh")


def test_the_place_of_a_wrong_encoding_is_the_first_character_that_cannot_be_read() -> None:
    (problem,) = read_workflow_bytes("版本\n标题: ".encode() + "结".encode("gbk"), file="plan.yaml").problems
    assert (problem.line, problem.column) == (2, 5)
