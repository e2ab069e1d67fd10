"""Whoever names a time in a rehearsal and is refused is told whether the clock has moved."""

from __future__ import annotations

from tests.cli.desk import Clerk


def clock(clerk: Clerk) -> str:
    """Where the rehearsal stands."""
    return str(clerk.does("sweep", "--json").data["now"])[:16]


def test_what_was_refused_before_anything_was_due_has_not_moved_the_clock_and_says_so(launched: Clerk) -> None:
    before = clock(launched)
    said = launched("advance", "U01", "--as", "王书记", "--now", "2010-06-01T09:00")
    assert said.code == 1 and "演练的时钟没有动，仍是 2010-05-04 00:00" in said.err
    assert clock(launched) == before


def test_where_something_fell_due_up_to_then_it_has_moved_and_that_is_said(launched: Clerk) -> None:
    said = launched("advance", "U01", "--as", "王书记", "--now", "2010-06-12T09:00", "--lang", "en")
    assert said.code == 1 and "has come to 2010-06-12 09:00: all that was due has been done" in said.err
    assert clock(launched) == "2010-06-12T09:00"


def test_what_is_wrong_with_the_names_does_not_move_it(launched: Clerk) -> None:
    said = launched("waive", "U02", "无此任务", "--reason", "x", "--as", "王书记", "--now", "2010-06-12T09:00", "--json")
    assert said.code == 1 and "没有动" in said.err and "没有动" in said.data["error"]["notes"][0]
    assert clock(launched) == "2010-05-04T00:00"


def test_without_a_time_nothing_is_said_of_the_clock(launched: Clerk) -> None:
    assert "时钟" not in launched("advance", "U01", "--as", "王书记").err
