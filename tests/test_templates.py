"""What databases have in common is filled once, and what one adds is not in the others."""

from __future__ import annotations

from pathlib import Path

from tests.templates import Files, Prepare, Upon


def writing(word: str, filled: list[str]) -> Prepare:
    """Adds a word to a file."""

    def write(url: str) -> None:
        filled.append(word)
        with Path(url.removeprefix("sqlite:///")).open("a", encoding="utf-8") as file:
            file.write(word)

    return write


def test_what_two_rest_on_is_filled_once_and_each_adds_to_a_copy_of_its_own(tmp_path: Path) -> None:
    filled: list[str] = []
    base = writing("底", filled)
    one, other = (Upon(base, writing(word, filled)) for word in ("甲", "乙"))
    files = Files(folder=tmp_path)
    read = [files.template(each).read_text("utf-8") for each in (one, other, Upon(one, writing("丙", filled)), one, base)]
    assert read == ["底甲", "底乙", "底甲丙", "底甲", "底"]
    assert filled == ["底", "甲", "乙", "丙"]


def test_a_copy_may_be_changed(tmp_path: Path) -> None:
    files, prepare = Files(folder=tmp_path), writing("底", [])
    for _ in range(2):
        assert Path(files.copy(prepare, tmp_path / "copy.db").removeprefix("sqlite:///")).read_text("utf-8") == "底"
        (tmp_path / "copy.db").write_text("别的", encoding="utf-8")


def test_filled_at_one_go_it_holds_the_same(tmp_path: Path) -> None:
    Upon(writing("底", []), writing("甲", []))(f"sqlite:///{tmp_path / 'whole.db'}")
    assert (tmp_path / "whole.db").read_text("utf-8") == "底甲"
