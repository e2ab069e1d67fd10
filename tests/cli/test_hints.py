"""What is told to whoever typed a name that there is not."""

from __future__ import annotations

import pytest

from tests.cli.desk import UNITS, WORKFLOW, Clerk, flat, write_inputs

MANY = "".join(f"\n      任务{number}: {{owner: 党支部, due: 12月20日前}}" for number in range(9))


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "任务有：实施方案、领导点评、总结会。"), ("en", "The tasks: 实施方案, 领导点评, 总结会.")],
)
def test_whoever_names_an_unknown_task_is_told_which_there_are(launched: Clerk, lang: str, words: str) -> None:
    said = launched("submit", "U01", "读书计划", "x.docx", "--as", "李明", "--lang", lang)
    assert said.code == 1 and words in said.err


@pytest.mark.parametrize(("lang", "words"), [("zh", "任务3、任务4 等 12 项。"), ("en", "任务3, 任务4 and others, 12 in all.")])
def test_of_many_tasks_the_first_are_named_and_all_are_counted(clerk: Clerk, lang: str, words: str) -> None:
    write_inputs(clerk.folder, workflow=WORKFLOW.rstrip("\n") + MANY + "\n")
    clerk.does("init", "--rehearsal")
    clerk.does("units", "import", "roster.xlsx", "--as", "管理员")
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    clerk.does("launch", "--as", "管理员", "--yes", "--now", "2010-05-04")
    assert words in clerk("collect", "xyz", "out", "--lang", lang).err


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("U01小结.docx", "改名为“U01 小结.docx”", "rename it to “U01 小结.docx”"),
        ("U01plan.docx", "改名为“U01 plan.docx”", "rename it to “U01 plan.docx”"),
        ("U0199.docx", "没有代码为“U0199”的单位", "no unit with the code “U0199”"),
    ],
)
def test_a_file_name_that_runs_on_after_the_code_is_told_its_better_name(launched: Clerk, name: str, zh: str, en: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    (launched.folder / "in").mkdir()
    launched.document(f"in/{name}", 1200)
    launched.document("in/U02 方案.docx", 1200)
    for lang, words in (("zh", zh), ("en", en)):
        said = launched("submit", "--folder", "in", "实施方案", "--as", "管理员", "--for", "owner", "--lang", lang)
        assert said.code == 1 and words in flat(said.out)
    assert "U02" in launched.does("status", "U02").out and "待审核" in launched.does("status", "U02").out


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("U1.docx", "是不是“U01”？", "Did you mean “U01”?"),
        ("U2 总结.docx", "是不是“U02”？", "Did you mean “U02”?"),
        ("机电学院党支部.docx", "代码是 U01。", "has the code U01."),
    ],
)
@pytest.mark.parametrize("others", [(), ("U03.docx",)])
def test_a_file_named_by_no_unit_is_told_which_one_may_be_meant(
    launched: Clerk, name: str, zh: str, en: str, others: tuple[str, ...]
) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    (launched.folder / "in").mkdir()
    for file in (name, "zzzz.docx", *others):
        launched.document(f"in/{file}", 900)
    for lang, words in (("zh", zh), ("en", en)):
        said = launched("submit", "--folder", "in", "实施方案", "--as", "管理员", "--for", "owner", "--lang", lang)
        assert said.code == 1 and words in flat(said.out) and "zzzz" in said.out, said
    assert f"{2 + len(others)} refused" in said.out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_code_is_suggested_that_is_only_the_beginning_of_what_was_typed(launched: Clerk, lang: str) -> None:
    said = launched("status", "U01X", "--lang", lang)
    assert said.code == 1 and "“U01”" not in said.err


@pytest.mark.parametrize(
    ("lang", "note", "cause"),
    [
        ("zh", "没有填“上级”的单位有 2 个：U、U03。", "其中 U03 不是“学校”一级，多半是花名册里漏填了“上级”"),
        ("en", "2 units have no superior: U, U03.", "U03 is not of the level “学校”; its superior seems to be missing"),
    ],
)
def test_a_unit_whose_superior_was_left_out_is_named(clerk: Clerk, lang: str, note: str, cause: str) -> None:
    units = (*UNITS[:4], (*UNITS[4][:4], "", *UNITS[4][5:]))
    write_inputs(clerk.folder, units=units)
    clerk.does("init", "--rehearsal")
    for more in (("--dry-run",), ()):
        assert note in flat(clerk.does("units", "import", "roster.xlsx", "--as", "管理员", "--lang", lang, *more).out)
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    said = clerk("launch", "--as", "管理员", "--now", "2010-05-04", "--lang", lang)
    assert said.code == 1 and cause in said.err and "--at" in said.err
    clerk.does("launch", "--as", "管理员", "--now", "2010-05-04", "--at", "U")


@pytest.mark.parametrize(
    ("lang", "nothing", "loaded"),
    [
        ("zh", "请先用 campaign load", "已经载入 spring-report，还没有发动。"),
        ("en", "Load a workflow file", "Loaded, but not launched yet: spring-report."),
    ],
)
def test_what_comes_next_is_told_before_and_after_the_loading(clerk: Clerk, lang: str, nothing: str, loaded: str) -> None:
    clerk.does("init", "--rehearsal")
    assert nothing in clerk("stuck", "--lang", lang).err
    clerk.does("load", "workflow.yaml", "--as", "管理员")
    said = clerk("stuck", "--lang", lang)
    assert said.code == 1 and loaded in said.err and "campaign launch" in said.err and nothing not in said.err


@pytest.mark.parametrize(("lang", "words"), [("zh", "缺少 --to。"), ("en", "--to is missing.")])
def test_a_missing_option_is_named_without_stray_blanks(launched: Clerk, lang: str, words: str) -> None:
    said = launched("extend", "U01", "实施方案", "--reason", "x", "--as", "王书记", "--lang", lang)
    assert said.code == 2 and said.err.startswith(words)


@pytest.mark.parametrize(("lang", "words"), [("zh", "内容却是"), ("en", "but the content is")])
def test_a_file_under_a_wrong_name_is_called_so_once(launched: Clerk, lang: str, words: str) -> None:
    launched.does("sweep", "--now", "2010-05-20")
    (launched.folder / "U01.docx").write_bytes(b"MZ" + bytes(200))
    said = launched("submit", "U01", "实施方案", "U01.docx", "--as", "李明", "--lang", lang)
    assert said.code == 1 and said.err.count(words) == 1
    assert "内容与后缀名不符" not in said.err and "is not what its name says" not in said.err
