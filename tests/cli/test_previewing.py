"""`campaign preview`: a letter on the terminal or in a file, and what cannot be looked at."""

from __future__ import annotations

import pytest

from engine.cli import layout
from engine.operations.previewing import KINDS
from engine.sentences import Lang
from tests.cli.desk import Clerk
from tests.house.test_sentences import CHINESE
from tests.notifiers.letters import parsed, part

LOOKED_AT = ("preview", "U01", "实施方案")


def test_without_more_words_the_next_reminder_is_shown_whole(launched: Clerk) -> None:
    said = launched.does(*LOOKED_AT).out
    assert said.startswith("机电学院党支部（U01）“实施方案”：提醒 1，2010-06-11 08:30\n")
    assert "收件人：机电学院党支部 联络员 赵小 <zhao@example.org>" in said or "李明 <li@example.org>" in said
    assert "主题：还有 7 天到期：实施方案" in said and "截止日期：2010年6月18日（周五），还有 7 天" in said


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "accepted"])
def test_every_kind_fits_a_terminal_in_both_languages(launched: Clerk, kind: str, lang: Lang) -> None:
    page = launched.does(*LOOKED_AT, "--kind", kind, "--lang", lang).out
    assert all(layout.width(line) <= 80 for line in page.splitlines()), page
    labels = page.replace("\n", " ").split()
    assert ("To:" in labels) == (lang == "en") and bool(CHINESE.search(page))


def test_a_kind_may_be_said_in_chinese(launched: Clerk) -> None:
    assert launched.does(*LOOKED_AT, "--kind", "报上级").out == launched.does(*LOOKED_AT, "--kind", "escalation").out


def test_the_text_alone_the_page_and_the_whole_letter_are_the_same_letter(launched: Clerk) -> None:
    text = launched.does(*LOOKED_AT, "--text").out
    launched.does(*LOOKED_AT, "--html", "letter.html")
    launched.does(*LOOKED_AT, "--eml", "letter.eml")
    whole = parsed((launched.folder / "letter.eml").read_bytes())
    assert part(whole, "plain") == text and text in launched.does(*LOOKED_AT).out
    assert part(whole, "html").strip() == (launched.folder / "letter.html").read_text(encoding="utf-8").strip()
    assert str(whole["date"]) == "Fri, 11 Jun 2010 08:30:00 +0800"
    assert (launched.folder / "letter.eml").stat().st_mode & 0o777 == 0o600


def test_on_another_day_it_says_what_it_would_say_then(launched: Clerk) -> None:
    assert "已逾期 12 天" in launched.does(*LOOKED_AT, "--on", "2010-06-30").out
    assert "今天到期" in launched.does(*LOOKED_AT, "--on", "2010年6月18日").out


def test_who_cannot_be_told_is_said(launched: Clerk) -> None:
    said = launched.does("preview", "U03", "实施方案").out
    assert "王书记（代）" in said


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--text", "--html", "x.html"), 2, "只能写一个"),
        (("--json", "--eml", "x.eml"), 2, "只能写一个"),
        (("--kind", "waived", "--rung", "1"), 2, "--rung"),
        (("--kind", "chase"), 2, "--kind"),
        (("--on", "6月1日"), 2, "年份"),
        (("--rung", "8"), 1, "没有第 8 次提醒"),
        (("--kind", "accepted"), 1, "不通知任何人"),
        (("--eml", "nowhere/x.eml"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_one_sentence(launched: Clerk, words: tuple[str, ...], code: int, told: str) -> None:
    said = launched(*LOOKED_AT, *words)
    assert said.code == code and ("--json" in words or not said.out)
    assert told in said.err + said.out and not list(launched.folder.glob("x.*"))
