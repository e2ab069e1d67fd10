"""An office's own templates are tried before anything is sent with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifiers.trial import check_texts


def test_no_templates_are_no_mistake(tmp_path: Path) -> None:
    assert check_texts(tmp_path) == ()


def test_good_templates_are_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "_signature.j2").write_text("{{ letter.office_name }}\n", encoding="utf-8")
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "closing.j2").write_text('{% include "_signature.j2" %}', encoding="utf-8")
    assert check_texts(tmp_path) == ()


def test_every_mistake_is_told_once_with_its_line(tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        (tmp_path / lang).mkdir()
    (tmp_path / "zh" / "closing.j2").write_text("一\n{% if counts.waived %}{{ phone }}{% endif %}\n", encoding="utf-8")
    (tmp_path / "en" / "opening.j2").write_text("{{ letter.nickname }}\n", encoding="utf-8")
    found = [(Path(error.file).name, error.line) for error in check_texts(tmp_path)]
    assert sorted(found) == [("closing.j2", 2), ("opening.j2", 1)]


@pytest.mark.parametrize(("name", "near"), [("zh/subjct.j2", "zh/subject.j2"), ("htm.j2", "html.j2"), ("closing.j2", "closing.j2")])
def test_a_template_that_would_never_be_used_is_told_with_the_nearest_name(tmp_path: Path, name: str, near: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x", encoding="utf-8")
    [error] = check_texts(tmp_path)
    assert (error.file, error.line) == (str(path), 0)
    assert near in error.say("zh") and near in error.say("en")
