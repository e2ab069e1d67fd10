"""How it is said that a channel is left alone for a while."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from engine.cli.options import Call
from engine.cli.time import iso, shown_exactly
from engine.operations.resting import Rest
from engine.sentences import Sentence


def rest_words(rest: Rest, zone: ZoneInfo) -> Sentence:
    """Since when, until when, and what ends it at once."""
    return Sentence(
        "渠道 {channel} 从 {since} 起一封也没有收下，为免反复打扰，停到 {until} 再试（越停越久，最多一小时）；"
        "问题解决后要马上再试：campaign mail retry。",
        "The channel {channel} has taken no letter since {since} and is left alone until {until} (for longer each time, an hour at most); "
        "once it is mended, to try at once: `campaign mail retry`.",
        {"channel": rest.channel, "since": shown_exactly(rest.since, zone), "until": until_shown(rest, zone)},
    )


def until_shown(rest: Rest, zone: ZoneInfo) -> str:
    """The minute is rounded up: whoever tries when it is shown must not be too early."""
    return shown_exactly(rest.until + timedelta(seconds=59), zone)


def rest_data(call: Call, rest: Rest, zone: ZoneInfo) -> dict[str, object]:
    """The same as data."""
    instants = {"since": iso(rest.since, zone), "until": iso(rest.until, zone)}
    return {"channel": rest.channel, **instants, "tries": rest.tries, "why": call.say(rest.why)}
