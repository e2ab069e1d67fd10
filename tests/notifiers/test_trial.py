"""An office's own templates are tried before anything is sent with them."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from notifiers.trial import LARGEST, MOST, check_texts


def test_no_templates_are_no_mistake(tmp_path: Path) -> None:
    assert check_texts(tmp_path).errors == ()


def test_good_templates_are_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "_signature.j2").write_text("{{ letter.office_name }}\n", encoding="utf-8")
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "closing.j2").write_text('{% include "_signature.j2" %}', encoding="utf-8")
    assert check_texts(tmp_path).errors == ()


def test_every_mistake_is_told_once_with_its_line(tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        (tmp_path / lang).mkdir()
    (tmp_path / "zh" / "closing.j2").write_text("一\n{% if counts.waived %}{{ phone }}{% endif %}\n", encoding="utf-8")
    (tmp_path / "en" / "opening.j2").write_text("{{ letter.nickname }}\n", encoding="utf-8")
    found = [(Path(error.file).name, error.line) for error in check_texts(tmp_path).errors]
    assert sorted(found) == [("closing.j2", 2), ("opening.j2", 1)]


@pytest.mark.parametrize(("name", "near"), [("zh/subjct.j2", "zh/subject.j2"), ("htm.j2", "html.j2"), ("closing.j2", "closing.j2")])
def test_a_template_that_would_never_be_used_is_told_with_the_nearest_name(tmp_path: Path, name: str, near: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x", encoding="utf-8")
    [error] = check_texts(tmp_path).errors
    assert (error.file, error.line) == (str(path), 0)
    assert near in error.say("zh") and near in error.say("en")


def _write(folder: Path, **contents: str) -> Path:
    """Templates in a folder: `tasks__方案__zh__line` is tasks/方案/zh/line.j2."""
    for name, content in contents.items():
        path = folder / f"{name.replace('__', '/')}.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def test_words_of_a_task_or_a_reminder_are_known_by_its_name_alone(tmp_path: Path) -> None:
    _write(tmp_path, tasks__方案__zh__line="x", tasks__总结__zh__subject="x", says__final__en__closing="x", says__finl__zh__opening="x")
    found = check_texts(tmp_path, tasks=["方案"], says=["final"]).errors
    assert [Path(error.file).parts[-4:-2] for error in found] == [("says", "finl"), ("tasks", "总结")]
    assert "says/final/zh/opening.j2" in found[0].say("zh")


@pytest.mark.parametrize(
    "name", ["tasks__方案__zh__line", "tasks__方案__en__subject", "says__final__zh__closing", "says__final__en__opening"]
)
def test_a_mistake_in_the_words_of_a_task_or_a_reminder_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    _write(tmp_path, **{name: "一\n{{ line.nickname }}"})
    [error] = check_texts(tmp_path, tasks=["方案"], says=["final"]).errors
    assert (error.file, error.line) == (str(tmp_path / f"{name.replace('__', '/')}.j2"), 2)


@pytest.mark.parametrize(("size", "errors"), [(LARGEST - 1, 0), (LARGEST, 0), (LARGEST + 1, 1)])
def test_templates_that_are_too_large_together_are_refused(tmp_path: Path, size: int, errors: int) -> None:
    _write(tmp_path, _notes="x" * size)
    assert len(check_texts(tmp_path).errors) == errors


@pytest.mark.parametrize("each", [0.001, 5])
def test_templates_that_are_slow_with_every_letter_are_refused_before_all_are_written(tmp_path: Path, each: float) -> None:
    _write(tmp_path, zh__opening="{% for i in range(9999) %}{% endfor %}")
    assert [error.file for error in check_texts(tmp_path, each=each).errors] == [str(tmp_path)] * (each < 1)


def test_a_template_that_never_ends_is_a_mistake_in_it(tmp_path: Path) -> None:
    _write(tmp_path, zh__opening="一\n{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}")
    [error] = check_texts(tmp_path).errors
    assert (error.file, error.line) == (str(tmp_path / "zh/opening.j2"), 2)


def test_templates_come_out_by_name_whatever_the_order_of_the_disk(tmp_path: Path) -> None:
    _write(tmp_path, zh__opening="b", zh__closing="a", _c="c")
    assert check_texts(tmp_path).texts == (("_c.j2", "c"), ("zh/closing.j2", "a"), ("zh/opening.j2", "b"))


@pytest.mark.parametrize("slip", ["{{ 'abcdefghijkl' | truncate(1) }}", "{{ cycler() }}", "{{ 'a' * 10 ** 18 }}"])
def test_whatever_a_template_makes_go_wrong_is_a_mistake_in_it(tmp_path: Path, slip: str) -> None:
    _write(tmp_path, zh__opening=slip)
    [error] = check_texts(tmp_path).errors
    assert error.file == str(tmp_path / "zh/opening.j2")


def _socket(path: Path) -> None:
    # The name of a socket may not be long, as that of a test's folder is.
    before = os.getcwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


STRANGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "closing.j2": (os.mkfifo, "pipe"),
    "notes.txt": (os.mkfifo, "pipe"),
    "opening.j2": (lambda path: path.symlink_to("/dev/zero"), "link"),
    "ask.j2": (lambda path: path.symlink_to("ask.j2"), "link"),
    "words.j2": (Path.mkdir, "folder"),
    "subject.j2": (_socket, "socket"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_file_is_refused_by_name_and_never_waited_for(tmp_path: Path, name: str) -> None:
    make, said = STRANGE[name]
    (tmp_path / "zh").mkdir()
    make(tmp_path / "zh" / name)
    [error] = check_texts(tmp_path).errors
    assert (error.file, error.line) == (str(tmp_path / "zh" / name), 0)
    assert said in error.say("en")


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    _write(tmp_path, zh__opening="x")
    os.truncate(tmp_path / "zh" / "opening.j2", 2**40)
    [error] = check_texts(tmp_path).errors
    assert "512 KiB" in error.say("zh")


@pytest.mark.parametrize(("count", "errors"), [(MOST - 1, 0), (MOST, 0), (MOST + 1, 1)])
def test_more_templates_than_anybody_writes_are_refused(tmp_path: Path, count: int, errors: int) -> None:
    for number in range(count):
        (tmp_path / f"_{number}.j2").touch()
    assert len(check_texts(tmp_path).errors) == errors


@pytest.mark.parametrize("name", [b"_\xff.j2", "_\u202ej2.j2".encode(), b"_\n.j2"])
def test_a_name_that_cannot_be_seen_or_read_is_refused(tmp_path: Path, name: bytes) -> None:
    with open(os.fsencode(tmp_path) + b"/" + name, "wb"):
        pass
    [error] = check_texts(tmp_path).errors
    assert error.file.isprintable() and "·" in error.file


def test_what_an_editor_hides_beside_a_template_is_none(tmp_path: Path) -> None:
    (tmp_path / ".#closing.j2").symlink_to("somebody@example.org.4711")
    (tmp_path / "._closing.j2").write_bytes(b"\x00\xff")
    assert check_texts(tmp_path).errors == ()


def test_a_null_is_no_character_of_a_template(tmp_path: Path) -> None:
    _write(tmp_path, zh__opening="a\0b")
    [error] = check_texts(tmp_path).errors
    assert error.file == str(tmp_path / "zh/opening.j2")
