"""Instants as people see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.model import Rhythm
from engine.definition.projection import project
from engine.definition.projection_text import last_day, midnight, shown_end, shown_start
from tests.definition.projection_samples import stage, task, workflow

# In Beirut the clocks jump at midnight: 27 March 2022 begins at 01:00.
SHANGHAI, BERLIN, BEIRUT = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Beirut")


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2010-12-31T15:59:59", "2010-12-31 23:59"),
        ("2010-12-31T16:00:00", "2010-12-31"),
        ("2010-12-31T16:00:01", "2011-01-01 00:00"),
        ("2010-12-31T09:00:01", "2010-12-31 17:00"),
    ],
)
def test_an_end_is_shown_as_the_last_day_that_counts(instant: str, shown: str) -> None:
    assert shown_end(datetime.fromisoformat(instant).replace(tzinfo=UTC), SHANGHAI) == shown


@pytest.mark.parametrize(
    ("instant", "shown"),
    [("2010-05-31T15:59:00", "2010-05-31 23:59"), ("2010-05-31T16:00:00", "2010-06-01"), ("2010-05-31T16:01:00", "2010-06-01 00:01")],
)
def test_an_opening_is_shown_as_its_day(instant: str, shown: str) -> None:
    assert shown_start(datetime.fromisoformat(instant).replace(tzinfo=UTC), SHANGHAI) == shown


def test_nothing_is_shown_of_what_is_not_dated() -> None:
    assert (shown_start(None, SHANGHAI), shown_end(None, SHANGHAI)) == (None, None)


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, BEIRUT])
@pytest.mark.parametrize("day", [date(2022, month, number) for month, first in ((3, 26), (10, 29)) for number in range(first, first + 3)])
def test_every_day_is_shown_as_itself_also_when_the_clocks_change(zone: ZoneInfo, day: date) -> None:
    end = midnight(day + timedelta(days=1), zone)
    assert (shown_start(midnight(day, zone), zone), shown_end(end, zone), last_day(end, zone)) == (day.isoformat(), day.isoformat(), day)


PIECES = (
    "2031年", "3月", "20日", "31日", "月底", "上旬", "前", "后", "—", "至", "左右", "10日内", "个工作日", "七一", "春节", "次月", "适时",
    "立即", "每月", "。", "congress", "received", "opens", "due", "other.due", "+", "-", "8d", "1mo", "6h", "9:30", "x.", "month",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)


@settings(max_examples=120, deadline=None)
@given(opens=WORDS, due=WORDS, window=WORDS, each=WORDS)
def test_whatever_is_written_becomes_a_date_or_an_issue(opens: str, due: str, window: str, each: str) -> None:
    tasks = (
        task("plan", "spring", opens=opens, due=due, grace=due, lock=opens),
        task("other", window=window),
        task("again", every=Rhythm(each=each), due=due),
    )
    projection, issues = project(workflow(*tasks, stages=(stage("spring", window),)))
    assert {one.task for one in projection.occurrences} == {"plan", "other", "again"}
    for one in projection.occurrences:
        assert one.due is not None or one.pending_on
        assert one.due is None or not one.pending_on
    assert all(issue.message.say("zh") and issue.message.say("en") for issue in issues)
