"""Times of day as notices write them: `9:15`, `上午8时`, `下午3:40`, `16时20分`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from engine.timing.errors import NoSuchTime


def read_clock(parts: Sequence[str], text: str, position: int) -> time:
    """The time of the parts of a clock. Raises NoSuchTime for 24:00, for what contradicts itself, and for what has two readings.

    A day ends by itself; 上午13时 contradicts itself; 上午12时 is noon to some and midnight to others.
    """
    half = parts[0] if parts[0] in ("上午", "下午") else ""
    numbers = [int(piece) if len(piece) <= 2 else 99 for part in parts for piece in part.split(":") if piece.isdecimal()]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    spoken = "".join(parts)
    contradicts = (half == "上午" and hour >= 12) or (half == "下午" and hour == 0)
    if hour > 23 or minute > 59 or contradicts:
        raise NoSuchTime(text=text, position=position, time=spoken)
    if half == "下午" and hour < 12:
        hour += 12
    return time(hour, minute)
