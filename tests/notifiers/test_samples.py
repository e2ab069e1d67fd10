"""The sample letters are letters of the program: the campaign they come from is played again."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from notifiers.errors import Lang
from notifiers.samples import samples, write_samples
from notifiers.texts import compose
from notifiers.views import DutyLine, LaggardLine, LetterView
from tests.notifiers.stories import letters


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_sample_is_a_letter_the_program_writes(lang: Lang) -> None:
    """After a change of the letters: python -m tests.notifiers.stories."""
    assert samples(lang) == letters(lang)


def test_between_them_the_samples_have_every_part_and_every_field() -> None:
    for lang in ("zh", "en"):
        views = samples(lang).values()
        lines = [line for view in views for name in _parts() for line in getattr(view, name)]
        assert {each.name for each in fields(LetterView) if any(getattr(view, each.name) for view in views)} == _names(LetterView)
        for kind in (DutyLine, LaggardLine):
            mine = [line for line in lines if isinstance(line, kind)]
            assert {each for each in _names(kind) if any(getattr(line, each) for line in mine)} == _names(kind), kind


# What only an office's own words have.
_OWN = {"note", "say"}


def _names(kind: type[LetterView] | type[DutyLine] | type[LaggardLine]) -> set[str]:
    return {each.name for each in fields(kind)} - _OWN


def _parts() -> list[str]:
    return [each.name for each in fields(LetterView) if each.type.startswith("tuple") and each.name != "notes"]


def test_samples_that_are_written_read_back_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "samples.json"
    write_samples({lang: samples(lang) for lang in ("zh", "en")}, file)
    assert file.read_bytes() == (Path(compose.__code__.co_filename).with_name("texts") / "samples.json").read_bytes()


def test_no_sample_names_a_command_but_the_offices() -> None:
    for lang in ("zh", "en"):
        told = {name: compose(view) for name, view in samples(lang).items()}
        assert {name for name, words in told.items() if "campaign stuck" in words.text and "campaign stuck" in words.html} == {"debtors"}
        assert samples(lang)["debtors"].recipient_name == samples(lang)["office"].recipient_name
        assert not any("campaign submit" in words.text or "campaign review" in words.text for words in told.values())
