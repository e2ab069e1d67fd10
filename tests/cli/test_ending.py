"""The end of a campaign is looked at before it comes, has its reason, and says afterwards what it said at the time."""

from __future__ import annotations

import pytest

from tests.cli.desk import Clerk, flat

WHY = ("--as", "管理员", "--reason", "提前结束")


@pytest.mark.parametrize(
    ("lang", "shown", "added"),
    [("zh", "未完成的单位 3 个；未办完的任务", "--reason 理由 --yes"), ("en", "3 units not finished", "--yes")],
)
def test_closing_is_shown_first_and_changes_nothing_without_yes(launched: Clerk, lang: str, shown: str, added: str) -> None:
    preview = launched.does("close", *WHY, "--lang", lang)
    assert shown in preview.out and added in preview.out
    assert launched.does("status", "--json").data["state"] == "running"


@pytest.mark.parametrize(("lang", "warned"), [("zh", "下面的结果不全"), ("en", "what follows is not all")])
def test_a_preview_of_the_end_says_that_something_due_would_be_done_before(launched: Clerk, lang: str, warned: str) -> None:
    behind = launched.does("close", "--now", "2010-06-14", "--lang", lang)
    assert warned in behind.err
    launched.does("sweep", "--now", "2010-06-14")
    assert warned not in launched.does("close", "--lang", lang).err


def test_what_ends_is_counted_and_with_yes_it_ends(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-14")
    launched.does("submit", "U01", "实施方案", launched.document("good.docx", 1200), "--as", "李明")
    before = launched.does("close", "--json").data
    after = launched.does("close", *WHY, "--yes", "--json").data
    assert (before["done"], before["state"], after["done"], after["state"]) == (False, "running", True, "closed")
    assert {**before, "done": True, "state": "closed"} == after
    assert (after["units"], after["to_review"]) == (3, 1) and after["letters"] > 0


@pytest.mark.parametrize("words", [("close", "--yes"), ("withdraw", "--yes")])
def test_an_end_without_a_reason_is_refused(launched: Clerk, words: tuple[str, ...]) -> None:
    for lang in ("zh", "en"):
        said = launched(*words, "--as", "管理员", "--lang", lang)
        assert said.code == 1 and "--reason" in said.err
    assert launched.does("status", "--json").data["state"] == "running"


def test_a_withdrawn_launch_says_under_which_name_it_is_kept(launched: Clerk) -> None:
    said = launched.does("withdraw", "--as", "管理员", "--reason", "花名册有误", "--yes", "--json").data
    assert said == {"campaign": "spring-report", "state": "withdrawn", "done": True, "kept_as": "spring-report~1"}
    assert launched.does("status", "--campaign", "spring-report~1").out
    launched.does("launch", "--as", "管理员", "--yes")
    again = launched.does("withdraw", "--as", "管理员", "--reason", "again", "--yes", "--lang", "en")
    assert "kept to be read as “spring-report~2”" in " ".join(again.out.split())


@pytest.mark.parametrize(("lang", "shown"), [("zh", "涉及 3 个单位"), ("en", "3 units and")])
def test_taking_a_launch_back_is_shown_first_and_changes_nothing_without_yes(launched: Clerk, lang: str, shown: str) -> None:
    preview = launched.does("withdraw", *WHY, "--lang", lang)
    assert shown in flat(preview.out) and "--yes" in preview.out
    assert launched.does("withdraw", "--json").data == {"campaign": "spring-report", "state": "running", "done": False, "kept_as": None}
    assert launched.does("status", "--json").data["state"] == "running"


def test_after_the_end_status_stuck_and_why_say_what_they_said_then(launched: Clerk) -> None:
    launched.does("sweep", "--now", "2010-06-20")
    launched.does("close", *WHY, "--yes")
    for now in ("2010-06-20", "2011-01-01"):
        stuck = launched.does("stuck", "--json", "--now", now).data
        assert [one["unit"] for one in stuck] == ["U01", "U02", "U03"]
        assert launched.does("status", "--json", "--now", now).data["stuck"] == 3
        assert len(launched.does("stuck", "--why", "--json", "--now", now).data) == 3


def test_who_had_done_all_before_the_end_does_not_get_stuck_after_it(launched: Clerk) -> None:
    launched.does("close", *WHY, "--yes")
    assert launched.does("stuck", "--json", "--now", "2011-01-01").data == []
    assert launched.does("status", "--json", "--now", "2011-01-01").data["stuck"] == 0
