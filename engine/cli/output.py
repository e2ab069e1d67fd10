"""What commands print: text for people, data for programs, and the house they do it in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from engine.cli import layout
from engine.cli.options import Call
from engine.cli.time import moment
from engine.clock import system_now
from engine.operations.context import House, effective_now
from engine.wiring import open_house, zone_of


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The house, the instant it is, and the zone in which times are read and shown."""

    house: House
    now: datetime
    zone: ZoneInfo


@contextmanager
def at_desk(call: Call) -> Iterator[Desk]:
    """The house of this call, closed at the end. Raises what is wrong with the database or with --now."""
    with open_house(call.settings) as house:
        zone = zone_of(house, call.campaign)
        asked = None if call.asked is None else moment(call.asked, zone)
        yield Desk(house=house, now=effective_now(house, asked, system_now()), zone=zone)


def emit(data: Any) -> None:
    """Print data as JSON; sentences in it keep their script."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def line(text: str, indent: str = "", *, first: str | None = None) -> None:
    """Print a text wrapped to the terminal."""
    click.echo(layout.indented(text, indent, first=first))


def heading(text: str) -> None:
    """Print a text that stands out in a terminal."""
    click.echo(click.style(layout.indented(text, ""), bold=True))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal."""
    click.echo(layout.table(headings, rows))


def listed(names: Sequence[str], most: int = 10) -> str:
    """Some of the names, and how many more there are."""
    more = len(names) - most
    return "、".join(names[:most]) + (f" … +{more}" if more > 0 else "")
