"""A channel out of reach is left alone for a while, twice as long each time; the first letter that is taken ends that.

All processes share it: it is kept as a setting of the house, one for each channel.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.sentences import Sentence
from engine.store import house as facts
from engine.store.database import Connection
from notifiers.base import Cause, NotSent

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
# After so many letters in a row that were put off, whoever they were to, it is no longer about the letters.
IN_A_ROW = 20
# Trouble of the whole channel, not of one letter: every other letter would wait for nothing, too.
HOPELESS: frozenset[Cause] = frozenset({"unreachable", "insecure", "login", "stranger", "busy", "sender", "storage"})
# A folder that cannot be written is nobody else's machine, and may be tried as often as one likes.
_OUR_OWN: frozenset[Cause] = frozenset({"storage"})
_KEY = "rest:"


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A channel that nothing goes by before `until`. since: the first time that it took nothing, of `tries` in a row.  zh, en: why."""

    channel: str
    since: datetime
    until: datetime
    tries: int
    zh: str
    en: str

    @property
    def why(self) -> Sentence:
        """In the channel's own words."""
        return Sentence("{zh}", "{en}", {"zh": self.zh, "en": self.en})


class Resting:
    """What one round knows of a channel. rest: the rest that it found or made; None while letters are taken."""

    def __init__(self, channel: str, rest: Rest | None = None) -> None:
        self.channel = channel
        self.rest = rest
        self._put_off = 0
        self._over = False

    def holds(self, now: datetime) -> bool:
        """Whether nothing may be tried yet, or no more in this round."""
        return self._over or (self.rest is not None and now < self.rest.until)

    def is_out_of_reach(self, error: NotSent) -> bool:
        """Whether no other letter would go either, by what came of this one and of those before it."""
        if error.permanent:
            self._put_off = 0
            return False
        self._put_off += 1
        return error.cause in HOPELESS or self._put_off >= IN_A_ROW

    def begin(self, connection: Connection, error: NotSent, now: datetime) -> None:
        """Nothing is tried for a while, longer than the last time; in the transaction that writes down the attempt."""
        self._over = True
        if error.cause in _OUR_OWN:
            return
        last = of_channel(connection, self.channel)
        if last is None or now >= last.until:
            last = _longer(last, self.channel, error, now)
            _keep(connection, last)
        # Otherwise somebody else has found the same just before us.
        self.rest = last

    def end(self, connection: Connection) -> None:
        """A letter was taken."""
        self._put_off, self._over = 0, False
        if self.rest is not None:
            facts.forget_setting(connection, _KEY + self.channel)
            self.rest = None


class AtRest:
    """The same of all channels of the house: what goes by one does not wait for another. rests: as they are kept."""

    def __init__(self, rests: Iterable[Rest] = ()) -> None:
        self._found = {rest.channel: Resting(rest.channel, rest) for rest in rests}

    def of(self, channel: str) -> Resting:
        """One of them."""
        return self._found.setdefault(channel, Resting(channel))

    def away(self, now: datetime) -> frozenset[str]:
        """The names of those by which nothing may be tried."""
        return frozenset(channel for channel, one in self._found.items() if one.holds(now))

    def until(self, channel: str) -> datetime | None:
        """Until when one of them is left alone; None where it is not."""
        rest = self.of(channel).rest
        return None if rest is None else rest.until

    @property
    def rests(self) -> tuple[Rest, ...]:
        """Those that are left alone, in the order in which that was found."""
        return tuple(one.rest for one in self._found.values() if one.rest is not None)


def _longer(last: Rest | None, channel: str, error: NotSent, now: datetime) -> Rest:
    tries = 1 if last is None else last.tries + 1
    wait = min(SHORTEST * 2 ** min(tries - 1, 10), LONGEST)
    return Rest(channel=channel, since=now if last is None else last.since, until=now + wait, tries=tries, zh=error.zh, en=error.en)


def _keep(connection: Connection, rest: Rest) -> None:
    instants = {"since": rest.since.isoformat(), "until": rest.until.isoformat()}
    facts.write_setting(connection, _KEY + rest.channel, json.dumps({**vars(rest), **instants}, ensure_ascii=False))


def of_channel(connection: Connection, channel: str) -> Rest | None:
    """The rest of a channel; None while it takes letters."""
    kept = facts.read_setting(connection, _KEY + channel)
    return None if kept is None else _read(kept)


def _read(kept: str) -> Rest:
    values = json.loads(kept)
    instants = {name: datetime.fromisoformat(values[name]) for name in ("since", "until")}
    return Rest(**{**values, **instants})


def rests(connection: Connection) -> Iterator[Rest]:
    """Every channel that is left alone."""
    yield from (_read(kept) for _, kept in facts.settings_of(connection, _KEY))


def forget(connection: Connection) -> tuple[str, ...]:
    """Every channel is tried again at once: which were left alone."""
    found = tuple(rest.channel for rest in rests(connection))
    for channel in found:
        facts.forget_setting(connection, _KEY + channel)
    return found
