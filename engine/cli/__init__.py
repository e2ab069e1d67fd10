"""The command line."""

from __future__ import annotations


def main() -> None:
    """The program `campaign`."""
    from engine.cli.program import start

    start()
