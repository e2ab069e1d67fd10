"""Calendars for other programs to take in (iCalendar, RFC 5545, published as RFC 5546 has it): each entry is a day, or a moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar as Written
from icalendar import Event, vCalAddress, vText

from engine.errors import CampaignError
from engine.exchange.files import replacing
from engine.sentences import Lang
from engine.unseen import marked

_DAY = timedelta(days=1)
_EVENT = re.compile(r"^BEGIN:VEVENT\r\n(.*?)^END:VEVENT\r$", re.MULTILINE | re.DOTALL)
_UID = re.compile(r"^UID:(.*)\r$", re.MULTILINE)
_START = re.compile(r"^DTSTART(?:;VALUE=DATE)?:(.*)\r$", re.MULTILINE)


class NoCalendar(CampaignError):
    """日历只能写成 .ics 文件，{file} 不是。请把文件名的结尾改成 .ics。

    A calendar is written as .ics only, and {file} is not. Let the file name end in .ics.
    """

    exit_code = 2


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing in a calendar. at: its day, or an aware instant.

    uid: its own for ever, wherever it moves.  sequence: rises with every change; a program takes an entry in again only where it has risen.
    cancelled: a program that has taken it in takes it out again.
    """

    uid: str
    sequence: int
    changed_at: datetime
    at: date | datetime
    title: str
    text: str
    category: str
    cancelled: bool


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Entries under a name, as they stand at an instant. organiser: whom to ask, with an address; '' where there is none."""

    name: str
    lang: Lang
    organiser: str
    address: str
    now: datetime
    entries: tuple[Entry, ...]


def expect_suffix(path: Path) -> None:
    """Raises NoCalendar for a file that no program would take for a calendar."""
    if path.suffix.lower() != ".ics":
        raise NoCalendar(file=str(path))


def write_calendar(path: Path, calendar: Calendar) -> None:
    """Write it to a file; an existing one is replaced in one step, mode 0600. Raises NoCalendar, CannotWrite, NoRoom."""
    expect_suffix(path)
    with replacing(path) as temporary:
        temporary.write_bytes(calendar_bytes(calendar))


def calendar_bytes(calendar: Calendar) -> bytes:
    """The calendar as other programs read it: UTF-8, lines ending in CR LF. The same calendar gives the same bytes."""
    written = Written()
    for name, value in _head(calendar):
        written.add(name, value)
    for entry in calendar.entries:
        written.add_component(_event(entry, calendar))
    return bytes(written.to_ical())


def days_in(text: str) -> dict[str, str]:
    """At which day or moment each entry stands in a calendar that `calendar_bytes` made, as `day_of` says it, by uid."""
    events = _EVENT.findall(text.replace("\r\n ", ""))
    return {uid: at for event in events for uid, at in zip(_UID.findall(event), _START.findall(event), strict=True)}


def day_of(at: date | datetime) -> str:
    """A day, or an aware instant, as a calendar says it: `20101031`, `20101231T090000Z`."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if isinstance(at, datetime) else f"{at:%Y%m%d}"


def _head(calendar: Calendar) -> Iterator[tuple[str, Any]]:
    yield "version", "2.0"
    yield "prodid", f"-//campaign//campaign//{calendar.lang.upper()}"
    yield "calscale", "GREGORIAN"
    yield "method", "PUBLISH"
    # The second is the name as programs knew it before there was the first; unless told that it is text, the library escapes nothing in it.
    yield "name", vText(marked(calendar.name))
    yield "x-wr-calname", vText(marked(calendar.name))


def _event(entry: Entry, calendar: Calendar) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", calendar.now.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    for name, at in _when(entry.at):
        event.add(name, at)
    event.add("summary", marked(entry.title))
    event.add("description", "\n".join(map(marked, entry.text.splitlines())))
    event.add("categories", [marked(entry.category)])
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    # Whoever has a deadline is not busy all day.
    event.add("transp", "TRANSPARENT")
    if calendar.address:
        event.add("organizer", _organiser(calendar))
    return event


def _when(at: date | datetime) -> Iterator[tuple[str, date]]:
    """A day ends where the next begins; a moment has no length, and is said in UTC, which needs no rules of any zone beside it."""
    if isinstance(at, datetime):
        yield "dtstart", at.astimezone(UTC)
    else:
        yield "dtstart", at
        yield "dtend", at + _DAY


def _organiser(calendar: Calendar) -> vCalAddress:
    address = vCalAddress(f"mailto:{calendar.address}")
    if calendar.organiser != calendar.address:
        address.params["CN"] = marked(calendar.organiser)
    return address
