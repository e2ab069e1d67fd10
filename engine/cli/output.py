"""What commands print: text for people, data for programs, and the house they do it in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from engine.cli import layout
from engine.cli.options import Call
from engine.cli.time import moment, shown_exactly
from engine.clock import system_now
from engine.errors import CampaignError
from engine.operations.campaigns import choose
from engine.operations.context import House, TimeGoesBack, clock_of, effective_now
from engine.sentences import Lang, Sentence
from engine.store.codes import CampaignState
from engine.wiring.house import due_since, open_house, zone_of

# Between words of one kind that stand side by side.
SEPARATOR = Sentence("、", ", ")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The house, the instant it is, and the zone in which times are read and shown."""

    house: House
    now: datetime
    zone: ZoneInfo


@contextmanager
def at_desk(call: Call, zone_in: Callable[[House], ZoneInfo | None] = lambda _: None) -> Iterator[Desk]:
    """The house of this call, closed at the end. zone_in: the zone of times typed, where it is not the campaign's.

    Raises what is wrong with the database or with --now.
    """
    with open_house(call.settings) as house:
        zone = zone_in(house) or zone_of(house, call.campaign)
        desk = Desk(house=house, now=_now(call, house, zone), zone=zone)
        begun = None if call.asked is None else clock_of(house)
        try:
            yield desk
        except CampaignError as error:
            # Where the database itself has failed there is nothing to be said of its clock.
            with suppress(CampaignError):
                if begun is not None:
                    error.add_note(call.say(_clock_words(desk, begun)))
            raise


def _clock_words(desk: Desk, begun: datetime) -> Sentence:
    """Whoever names a time in a rehearsal, and is refused, has to know whether it is that time now."""
    stands = clock_of(desk.house)
    values = {"at": shown_exactly(stands, desk.zone)}
    if stands > begun:
        return Sentence(
            "演练的时钟已走到 {at}：到那时为止的事已经办理。",
            "The rehearsal's clock has come to {at}: all that was due has been done.",
            values,
        )
    return Sentence("演练的时钟没有动，仍是 {at}。", "The rehearsal's clock has not moved; it stands at {at}.", values)


def _now(call: Call, house: House, zone: ZoneInfo) -> datetime:
    asked = None if call.asked is None else moment(call.asked, zone)
    try:
        return effective_now(house, asked, system_now())
    except TimeGoesBack as error:
        # It knows no campaign, and so no zone to say its times in.
        said = {name: shown_exactly(datetime.fromisoformat(str(at)), zone) for name, at in error.values.items()}
        raise TimeGoesBack(**said) from error


def warn_if_behind(call: Call, desk: Desk) -> None:
    """Say on standard error that something due has not been done yet, so that nobody takes what follows for the whole truth."""
    due = due_since(desk.house, desk.now)
    if due is not None:
        at = shown_exactly(due, desk.zone)
        said = call.words(
            "注意：自 {at} 起有到期事项尚未办理，下面的结果不全。请先运行 campaign sweep，或让 campaign run 一直运行。",
            "Note: things due since {at} have not been done; what follows is not all. Run `campaign sweep`, or keep `campaign run` going.",
            at=at,
        )
        click.echo(click.style(layout.indented(said, ""), fg="yellow"), err=True)


def say_if_over(call: Call, desk: Desk) -> None:
    """Say that the campaign has come to its end, where it has, so that nobody waits for what will not happen any more."""
    with desk.house.database.read() as connection:
        running = choose(connection, call.campaign)
    if running.state == CampaignState.CLOSED:
        line(call.words("活动“{name}”已结束，以下是结束时的情况。", "“{name}” is closed; this is how it ended.", name=running.name))
    elif running.state == CampaignState.WITHDRAWN:
        line(call.words("活动“{name}”的发动已撤销。", "The launch of “{name}” was taken back.", name=running.name))


def emit(data: Any) -> None:
    """Print data as JSON; sentences in it keep their script."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def emit_each(items: Iterable[Any]) -> None:
    """Print a list as `emit` does, one item after the other: never all of it in memory."""
    begun = False
    for item in items:
        text = json.dumps(item, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        click.echo(f"{',' if begun else '['}\n  {text}", nl=False)
        begun = True
    click.echo("\n]" if begun else "[]")


def emit_around(head: dict[str, Any], name: str, items: Iterable[Any], tail: Callable[[], dict[str, Any]]) -> None:
    """Print an object as `emit` does, whose list `name` comes one item after the other; what `tail` says is known only behind it."""
    click.echo(json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}") + f',\n  "{name}": [', nl=False)
    begun = False
    for item in items:
        text = json.dumps(item, ensure_ascii=False, indent=2).replace("\n", "\n    ")
        click.echo(f"{',' if begun else ''}\n    {text}", nl=False)
        begun = True
    rest = json.dumps(tail(), ensure_ascii=False, indent=2).removeprefix("{")
    click.echo(("\n  ]" if begun else "]") + "," + rest)


def line(text: str, indent: str = "", *, first: str | None = None) -> None:
    """Print a text wrapped to the terminal."""
    click.echo(layout.indented(text, indent, first=first))


def heading(text: str) -> None:
    """Print a text that stands out in a terminal."""
    click.echo(click.style(layout.indented(text, ""), bold=True))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal."""
    click.echo(layout.table(headings, rows))


def listed(names: Sequence[str], lang: Lang, most: int = 10) -> str:
    """Some of the names, and how many more there are."""
    more = len(names) - most
    return SEPARATOR.say(lang).join(names[:most]) + (f" … +{more}" if more > 0 else "")
