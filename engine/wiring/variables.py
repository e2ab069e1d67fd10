"""Environment variables that look like ours and are none: somebody has mistyped a setting, which then has no effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.names import nearest
from engine.sentences import Sentence, plain
from engine.settings import OWN_VARIABLES, PREFIX, Settings, option_variables
from notifiers.registry import NOTIFIERS, options_of


def strange_variables(settings: Settings) -> tuple[Sentence, ...]:
    """Each by its name, with the nearest known one."""
    # A channel is loaded for its options, some with all that speaks HTTP: first only those that are named.
    named = [channel for channel in NOTIFIERS if any(name.startswith(f"{PREFIX}{channel.upper()}_") for name in settings.others)]
    strange = sorted(set(settings.others) - set(_known(named)))
    if not strange:
        return ()
    known = tuple(_known(NOTIFIERS))
    return tuple(_said(name, known) for name in strange)


def _known(channels: Iterable[str]) -> Iterator[str]:
    yield from OWN_VARIABLES
    for channel in channels:
        yield from option_variables(channel, options_of(channel))


def _said(name: str, known: tuple[str, ...]) -> Sentence:
    """Compared by what follows the beginning that all have."""
    close = nearest(name.removeprefix(PREFIX), (one.removeprefix(PREFIX) for one in known))
    hint = Sentence("是不是 {close}？", " Did you mean {close}?", {"close": PREFIX + close}) if close else plain("")
    return Sentence(
        "没有名为 {name} 的设置，它不起作用。{hint}", "There is no setting {name}; it has no effect.{hint}", {"name": name, "hint": hint}
    )
