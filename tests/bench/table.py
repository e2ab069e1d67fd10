"""The table as it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from tests.bench.figures import Figure

HEADINGS = ("what", "where", "units", "ours", "plain", "ratio", "spread", "allowed", "")


def text(value: float, unit: str) -> str:
    """`3.1 ms`: a value as people read it."""
    if unit != "s":
        return f"{value:,.0f} {unit}" if unit in ("MiB", "/s") else f"{value:.2f} {unit}"
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.2f} ms" if value < 0.1 else f"{value * 1e3:.0f} ms"


def cells(figure: Figure) -> tuple[str, ...]:
    """One row."""
    return (
        figure.what,
        figure.where,
        f"{figure.size:,}",
        text(max(figure.ours) if figure.limit and figure.limit.worst else median(figure.ours), figure.unit),
        text(median(figure.plain), figure.unit) if figure.plain else "",
        f"{figure.ratio:.2f}" if figure.ratio is not None else "",
        f"{figure.spread:.2f}",
        allowed(figure),
        {True: "met", False: "MISSED", None: ""}[figure.met],
    )


def allowed(figure: Figure) -> str:
    """The limit in words."""
    if figure.limit is None:
        return ""
    bound = f"{figure.limit.bound:g} x" if figure.limit.of == "ratio" else text(figure.limit.bound, figure.unit)
    return f">= {bound}" if figure.limit.least else f"<= {bound}"


def rendered(figures: Iterable[Figure]) -> str:
    """The whole table, words to the left, numbers to the right."""
    rows = [HEADINGS, *map(cells, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(padded(row, widths)).rstrip() for row in rows)


def padded(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """The cells of a row, each as wide as its column."""
    left = {0, 1, len(HEADINGS) - 1}
    return [cell.ljust(width) if at in left else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))]
