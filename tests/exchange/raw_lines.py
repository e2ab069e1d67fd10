"""A calendar read by hand, line by line, so that what our library writes is not only understood by itself."""

from __future__ import annotations

import re


def unfolded(data: bytes) -> list[str]:
    """The lines of an iCalendar file (RFC 5545, 3.1): CR LF ends one, unless a blank follows."""
    assert data.endswith(b"\r\n")
    return data.replace(b"\r\n ", b"").decode("utf-8").removesuffix("\r\n").split("\r\n")


def text_of(value: str) -> str:
    """A text as it was before it was escaped (RFC 5545, 3.3.11)."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def events(data: bytes) -> list[dict[str, str]]:
    """Each event as its properties: the name with its parameters, and the value as it stands there."""
    found: list[dict[str, str]] = []
    for line in unfolded(data):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and line not in ("END:VEVENT", "END:VCALENDAR"):
            assert name not in found[-1], line
            found[-1][name] = value
    return found
