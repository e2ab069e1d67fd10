"""The line that says how far a long work has come."""

from __future__ import annotations

import io

import pytest

from engine.cli.progress import text_of, watched
from engine.progress import Progress
from engine.sentences import Sentence

WRITING = Sentence("写入单位", "writing units")


class Terminal(io.StringIO):
    """Whatever is written to it stays."""

    def isatty(self) -> bool:
        return True


def shown(*instants: float) -> str:
    """What a terminal has been told, where the work says at these seconds how far it has come."""
    terminal, times = Terminal(), iter((0.0, *instants))
    with watched("zh", terminal, clock=lambda: next(times)) as watch:
        for done in range(len(instants)):
            watch(Progress(what=WRITING, done=done, total=10))
    return terminal.getvalue()


@pytest.mark.parametrize(("instants", "said"), [((0.1, 0.99), []), ((0.5, 1.0), ["1/10"]), ((1.0, 1.1, 1.2), ["0/10", "2/10"])])
def test_it_is_said_after_a_second_and_then_a_few_times_a_second(instants: tuple[float, ...], said: list[str]) -> None:
    text = shown(*instants)
    assert [f"{n}/10" for n in range(10) if f" {n}/10" in text] == said


def test_nothing_of_it_is_left_at_the_end() -> None:
    terminal = shown(1.0, 2.0)
    *_, last, rest = terminal.split("\r")
    assert last.strip() == "" and last and rest == ""


def test_a_shorter_line_leaves_nothing_of_a_longer_one() -> None:
    terminal, times = Terminal(), iter((0.0, 1.0, 2.0))
    with watched("en", terminal, clock=lambda: next(times)) as watch:
        watch(Progress(what=WRITING, done=5, total=10))
        watch(Progress(what=Sentence("完", "end"), done=0))
    _, long, short, *_ = terminal.getvalue().split("\r")
    assert short.startswith("end ") and len(short) == len(long)


def test_where_nobody_looks_nothing_is_said() -> None:
    pipe = io.StringIO()
    with watched("zh", pipe) as watch:
        watch(Progress(what=WRITING, done=1, total=2))
    assert pipe.getvalue() == ""


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (80, "写入单位   45%  45,000/100,000  [#########           ]"),
        (40, "写入单位   45%  45,000/100,000"),
        (16, "写入单位   45%"),
        (8, "写入单位"),
    ],
)
def test_what_there_is_no_room_for_is_left_out(columns: int, text: str) -> None:
    assert text_of(Progress(what=WRITING, done=45_000, total=100_000), "zh", columns) == text


def test_where_nobody_knows_how_much_it_is_what_is_done_is_counted() -> None:
    assert text_of(Progress(what=WRITING, done=1_200), "en", 80) == "writing units  1,200"
    assert text_of(Progress(what=WRITING, done=0), "en", 80) == "writing units"
