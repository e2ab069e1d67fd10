"""By which channels somebody is told: what is written for her, in her order, and which of them can reach her."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.errors import Echo
from engine.names import nearest
from engine.sentences import Sentence, plain
from engine.store import house as facts
from engine.store import reports
from engine.store.database import Connection
from engine.store.people import Holder
from notifiers.contacts import is_contact
from notifiers.registry import CALLED, GROUPS, NOTIFIERS

# Under which the channels stand that the house had when letters were sent last, the usual one first.
CHANNELS = "channels"
# What is written where somebody is to be told by the house's usual channel again: in a roster a blank changes nothing.
USUAL = ("默认", "default")
_BETWEEN = re.compile(r"[\s,;、]+")
_CALLED_BY = re.compile(r"\s*[=:]\s*")
_NAMES = {called.casefold(): name for name in NOTIFIERS for called in (name, *CALLED.get(name, ()))}


class UnknownChannel(Echo):
    """没有名为“{name}”的渠道。{hint}可用的有：{known}。

    There is no channel “{name}”. {hint}Known: {known}.
    """


class ChannelTwice(Echo):
    """渠道“{name}”写了两次，请只写一次，写在先后合适的地方。

    The channel “{name}” is written twice; write it once, in its place in the order.
    """


class BadContact(Echo):
    """“{contact}”不能用来在“{name}”群里提醒一个人。请写手机号（+852-51234567 这样的带国家号）或她在那里的用户编号，不能是全体。

    “{contact}” is nothing by which one person can be called in a group of {name}. Give a mobile number (abroad as in +852-51234567) or her
    id there, and never everybody.
    """


class NoContactThere(Echo):
    """渠道“{name}”用的是花名册里的邮箱，后面不用写“{contact}”。

    Letters by {name} go to the e-mail address in the roster; leave “{contact}” out.
    """


@dataclass(frozen=True, kw_only=True)
class OwnChannel:
    """A channel in somebody's order. contact: by which she is called in a group, '' where she is not."""

    name: str
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How one person can be reached. channel: '' for the house's usual one, whichever it is."""

    channel: str
    address: str
    contact: str = ""


def read_channels(text: str) -> tuple[OwnChannel, ...]:
    """What somebody wrote (`钉钉=13800001111、邮件`), in that order; nothing for the house's usual channel.

    Raises UnknownChannel, ChannelTwice, BadContact, NoContactThere.
    """
    written = _CALLED_BY.sub("=", unicodedata.normalize("NFKC", text).strip())
    if written.casefold() in USUAL:
        return ()
    found: dict[str, OwnChannel] = {}
    for part in filter(None, _BETWEEN.split(written)):
        one = _channel(part)
        if one.name in found:
            raise ChannelTwice(name=one.name)
        found[one.name] = one
    return tuple(found.values())


def _channel(part: str) -> OwnChannel:
    written, _, contact = part.partition("=")
    name = channel_named(written)
    if contact and name not in GROUPS:
        raise NoContactThere(name=name, contact=contact)
    if contact and not is_contact(contact):
        raise BadContact(name=name, contact=contact)
    return OwnChannel(name=name, contact=contact)


def channel_named(written: str) -> str:
    """The name of the channel that somebody means. Raises UnknownChannel."""
    name = _NAMES.get(written.casefold())
    if name is None:
        close = nearest(written, _NAMES)
        hint = Sentence("是不是“{close}”？", "Did you mean “{close}”? ", {"close": close}) if close else plain("")
        raise UnknownChannel(name=written, hint=hint, known=listed())
    return name


def channel_meant(written: str) -> str:
    """The same of what was read before, '' where nobody knows it any more."""
    return _NAMES.get(written.casefold(), "")


def listed() -> Sentence:
    """All channels, each as people call it."""
    return Sentence("、".join(_both(name) for name in NOTIFIERS), ", ".join(NOTIFIERS))


def _both(name: str) -> str:
    called = CALLED.get(name)
    return f"{name}（{called[0]}）" if called else name


def kept(channels: Iterable[OwnChannel]) -> str:
    """As it is stored: `dingtalk=13800001111 smtp`."""
    return " ".join(f"{one.name}={one.contact}" if one.contact else one.name for one in channels)


@lru_cache(maxsize=4096)
def own_channels(stored: str) -> tuple[OwnChannel, ...]:
    """What is stored, read again."""
    parts = (part.partition("=") for part in stored.split())
    return tuple(OwnChannel(name=name, contact=contact) for name, _, contact in parts)


def house_channels(connection: Connection) -> tuple[str, ...]:
    """The channels that the house had when letters were sent last; before the first time one without a name, taken for mail."""
    return tuple((facts.read_setting(connection, CHANNELS) or "").split()) or ("",)


def note_channels(connection: Connection, channels: Sequence[str]) -> None:
    """Keep which channels the house has, so that whoever sends nothing knows whom letters reach."""
    said = " ".join(channels)
    if facts.read_setting(connection, CHANNELS) != said:
        facts.write_setting(connection, CHANNELS, said)


class Ways:
    """Finds by which channels of the house persons can be reached. channels: those it has; None: those it had last."""

    def __init__(self, connection: Connection, channels: Sequence[str] | None = None) -> None:
        self._connection = connection
        self._channels = channels
        self._dead: dict[int, frozenset[tuple[str, str]]] = {}

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """The house's, the usual one first."""
        return house_channels(self._connection) if self._channels is None else tuple(self._channels)

    def of(self, holder: Holder) -> tuple[Way, ...]:
        """Hers in her order; where she names none that the house has, the usual one. Only those that reach her."""
        hers = [one for one in own_channels(holder.channels) if one.name in self.channels]
        return tuple(self._open(holder, hers or [OwnChannel(name=self.channels[0])]))

    def besides(self, holder: Holder) -> tuple[Way, ...]:
        """The others of the house that would reach her, for what has to go by one of them."""
        if len(self.channels) < 2:
            return ()
        hers = {one.name: one for one in own_channels(holder.channels)}
        taken = {way.channel for way in self.of(holder)}
        return tuple(self._open(holder, [hers.get(name, OwnChannel(name=name)) for name in self.channels if name not in taken]))

    def _open(self, holder: Holder, channels: Iterable[OwnChannel]) -> Iterator[Way]:
        for one in channels:
            if self._reaches(holder, one):
                yield Way(channel=one.name, address=holder.email, contact=one.contact)

    def _reaches(self, holder: Holder, one: OwnChannel) -> bool:
        # Where there is but one channel, nobody's is closed for another.
        if (one.contact or len(self.channels) > 1) and (one.name, one.contact or holder.email) in self._dead_ends(holder.person_id):
            return False
        return bool(one.contact) or one.name in GROUPS or (bool(holder.email) and not holder.dead)

    def _dead_ends(self, person_id: int) -> frozenset[tuple[str, str]]:
        if person_id not in self._dead:
            self._dead[person_id] = reports.dead_ends(self._connection, person_id)
        return self._dead[person_id]
