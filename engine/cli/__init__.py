"""The command line."""

from __future__ import annotations

from engine.cli import interrupts


def main() -> None:
    """The program `campaign`."""
    interrupts.hear(interrupts.leave_at_once)
    from engine.cli.program import start

    start()
