"""Comparing notices with what they have to be, and explaining one, at the command line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from engine.cli import layout
from tests.cli.desk import Clerk, flat


@pytest.fixture
def swept(launched: Clerk) -> Clerk:
    """A clerk whose campaign has told what was due by the middle of June."""
    launched.does("sweep", "--now", "2010-06-12")
    launched.does("deliver")
    return launched


def by_hand(clerk: Clerk, statement: str) -> None:
    """Somebody changes a table."""
    with sqlite3.connect(clerk.folder / "campaign.db") as connection:
        connection.execute(statement)
    connection.close()


def test_where_all_agrees_it_says_so_in_one_sentence(swept: Clerk) -> None:
    said = swept.does("notices", "--reconcile")
    assert said.out.startswith("全部相符：3 个单位，")
    assert len(said.out.splitlines()) == 1
    assert swept.does("notices", "--reconcile", "--lang", "en").out.startswith("All agrees: 3 units, ")


def test_what_is_behind_is_said_beside_the_answer(launched: Clerk) -> None:
    said = launched.does("notices", "--reconcile", "--now", "2010-06-12")
    assert "campaign sweep" in said.err


def test_a_lost_reminder_is_told_with_unit_task_rung_and_day_and_ends_with_1(swept: Clerk) -> None:
    by_hand(swept, "DELETE FROM notice WHERE id = 1")
    said = swept("notices", "--reconcile")
    assert said.code == 1
    assert "U01 机电学院党支部“实施方案”提醒 1（2010-06-11 08:30）：应当决定，却没有这条提醒。" in flat(said.out)
    english = swept("notices", "--reconcile", "--lang", "en")
    assert "U01 机电学院党支部 “实施方案” reminder 1 (2010-06-11 08:30): it had to be decided, and is not there." in flat(english.out)
    assert all(layout.width(line) <= 80 for line in (said.out + english.out).splitlines())
    assert swept("notices", "--reconcile", "--json").data["differences"][0]["code"] == "missing"


def test_one_unit_one_person_and_a_span_can_be_compared_by_themselves(swept: Clerk) -> None:
    by_hand(swept, "DELETE FROM notice WHERE id = 1")
    assert [swept("notices", "--reconcile", *words).code for words in (("--unit", "U01"), ("--unit", "U02"))] == [1, 0]
    assert swept("notices", "--reconcile", "--person", "张三").code == 0
    spans = (("--until", "2010-06-10"), ("--since", "2010-06-11", "--until", "2010-06-11"), ("--since", "2010-06-12"))
    codes = [swept("notices", "--reconcile", "--json", *words).data["count"] for words in spans]
    assert codes[0] == 0 < codes[1]


WRONG: list[tuple[tuple[str, ...], str, str]] = [
    (("notices", "--unit", "U01"), "只能和 --reconcile 一起用", "goes with --reconcile only"),
    (("notices", "--since", "2010-06-01"), "只能和 --reconcile 一起用", "goes with --reconcile only"),
    (("notices", "--reconcile", "--limit", "3"), "不能和 --reconcile 一起用", "does not go with --reconcile"),
    (("notices", "--reconcile", "--under", "U"), "不能和 --reconcile 一起用", "does not go with --reconcile"),
    (("notices", "--reconcile", "--unit", "U", "--person", "张三"), "只能写一个", "not both"),
    (("notices", "--reconcile", "--since", "soon"), "看不懂日期", "cannot be read"),
    (("explain-notice",), "缺少编号", "ID is missing"),
    (("explain-notice", "one"), "整数", "whole number"),
]


@pytest.mark.parametrize(("words", "zh", "en"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_what_is_typed_wrong_is_said_with_what_to_type(launched: Clerk, words: tuple[str, ...], zh: str, en: str) -> None:
    said = {lang: launched(*words, "--lang", lang) for lang in ("zh", "en")}
    assert {one.code for one in said.values()} == {2}
    assert zh in said["zh"].err
    assert en in said["en"].err


@pytest.mark.parametrize("words", [("--unit", "U9"), ("--unit", "U"), ("--person", "李四"), ("--campaign", "没有")])
def test_what_is_not_there_is_refused(launched: Clerk, words: tuple[str, ...]) -> None:
    assert launched("notices", "--reconcile", *words).code == 1


def number_of(clerk: Clerk, chosen: Callable[[dict[str, object]], bool]) -> str:
    return str(next(one["id"] for one in clerk.does("notices", "--json").data if chosen(one)))


def test_a_mail_is_explained_from_its_rung_to_its_last_attempt(swept: Clerk) -> None:
    number = number_of(swept, lambda one: one["unit"] == "U01" and one["state"] == "sent")
    said = swept.does("explain-notice", number)
    lines = [line for line in said.out.splitlines() if line]
    for word in ("关于", "出自", "到期", "决定", "发给", "结果", "信件", "信件编号", "写成", "第 1 次寄"):
        assert any(line.startswith(word) for line in lines), word
    for words in ("-7d", "期限 2010-06-18", "这件事由它负责", "李明", "<li@example.org>", "随信寄出。"):
        assert words in flat(said.out), words
    english = swept.does("explain-notice", number, "--lang", "en")
    assert "counted from the due day 2010-06-18" in flat(english.out)
    assert all(layout.width(line) <= 80 for line in (said.out + english.out).splitlines())


def test_whoever_stands_in_for_a_vacant_post_is_named(swept: Clerk) -> None:
    number = number_of(swept, lambda one: one["unit"] == "U03")
    assert "时这个岗位空缺，由 王书记（示范大学 书记）代" in flat(swept.does("explain-notice", number).out)


def test_an_id_that_is_not_there_is_refused_with_those_there_are(swept: Clerk) -> None:
    said = swept("explain-notice", "99999")
    assert said.code == 1
    assert "没有编号为 99999 的提醒" in said.err
