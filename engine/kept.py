"""Whether this process has done something that stays: an answer lost on its way must not make anybody do it twice."""

from __future__ import annotations

from threading import Event

# Set by whoever commits a transaction or gives a finished file its name; cleared where a command begins.
something_kept = Event()
