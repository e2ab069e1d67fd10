"""What used to puzzle whoever looked at a terminal: each is said plainly, in both languages."""

from __future__ import annotations

import pytest

from engine.cli import layout
from tests.cli.desk import Clerk, flat

LATE = ("--now", "2010-07-02")
UNTIL = ("--to", "2010-08-01")


def both(clerk: Clerk, *words: str) -> tuple[str, str]:
    """What a command that is refused says, in Chinese and in English."""
    zh, en = clerk(*words), clerk(*words, "--lang", "en")
    assert (zh.code, en.code) == (2, 2) and not zh.out + en.out
    return zh.err, en.err


def test_a_span_that_ends_before_it_begins_is_no_agreement(launched: Clerk) -> None:
    span = ("notices", "--reconcile", "--since", "2010-06-12", "--until", "2010-06-11")
    zh, en = both(launched, *span)
    assert "--since 2010-06-12 晚于 --until 2010-06-11" in zh and "later than --until 2010-06-11" in en
    for until in ("2010-06-12", "2010-06-13"):
        assert launched(*span[:-1], until).code == 0


def test_whoever_denies_names_no_day(launched: Clerk) -> None:
    zh, en = both(launched, "extend", "U01", "实施方案", *UNTIL, "--deny", "--reason", "不", "--as", "王书记")
    assert "请去掉 --to" in zh and "leave out --to" in en


@pytest.mark.parametrize("which", ["--ask", "--deny"])
def test_more_time_is_asked_for_and_denied_one_by_one(launched: Clerk, which: str) -> None:
    zh, en = both(launched, "extend", "--task", "实施方案", "--under", "U", which, *UNTIL, "--as", "王书记")
    assert "一次只办一个单位的一项任务" in zh and "one task of one unit" in en


def test_a_wrong_choice_is_told_all_there_are(launched: Clerk) -> None:
    zh, en = both(launched, "preview", "U01", "实施方案", "--kind", "nosuch")
    assert "asked | denied 之一" in zh and "asked | denied, not" in en


def test_of_commands_in_a_group_all_are_named(clerk: Clerk) -> None:
    zh, en = both(clerk, "mail")
    assert "campaign mail retry、campaign mail digest。" in zh and "campaign mail retry, campaign mail digest." in en


def test_a_number_that_is_none_is_called_what_it_stands_for(launched: Clerk) -> None:
    zh, en = both(launched, "explain-notice", "abc")
    assert zh.startswith("编号") and en.startswith("ID ")


def test_a_chase_of_nobody_does_not_say_that_it_goes_out(launched: Clerk) -> None:
    launched.does("sweep", *LATE)
    words = ("chase", "--task", "实施方案", "--as", "王书记", "--yes", *LATE)
    assert "随各人的下一封信寄出" in launched.does(*words).out
    again = launched.does(*words)
    assert "没有新的催办：今天都已经催过，或者已经催满。" in again.out and "寄出" not in again.out
    assert "Nobody is chased anew" in launched.does(*words, "--lang", "en").out


def test_a_day_without_letters_is_said_to_have_none(launched: Clerk) -> None:
    quiet = ("tomorrow", "--on", "2010-05-09", "--now", "2010-05-08")
    assert launched.does(*quiet).out.endswith("这一天没有信要寄。\n")
    assert launched.does(*quiet, "--lang", "en").out.endswith("No letter leaves on this day.\n")


def test_why_it_was_not_told_stands_after_a_colon_of_its_language(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-12")
    launched.does("extend", "U01", "实施方案", "--to", "2010-06-25", "--as", "王书记", "--reason", "出差", "--now", "2010-06-12")
    launched.does("deliver")
    zh, en = launched.does("notices").out, launched.does("notices", "--lang", "en").out
    assert "不再发：" in flat(zh) and "不再发:" not in flat(zh) and "suppressed: " in flat(en)
    assert all(layout.width(line) <= 80 for line in (zh + en).splitlines())
