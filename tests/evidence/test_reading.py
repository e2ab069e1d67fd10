"""Reading through the child process: whatever a file is, the answer is facts with a reason, never an exception."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import CampaignError
from engine.evidence.facts import DocumentFacts
from engine.evidence.reading import NoSuchFile, NotAFile, read_document, read_documents
from tests.evidence.papers import PICTURE, ole_file, pdf_file, word_file

MIB = 2**20


def reason(facts: DocumentFacts) -> tuple[str, str]:
    assert facts.reason is not None
    assert facts.reason.sentence.say("zh")
    assert facts.reason.sentence.say("en")
    return facts.readable, facts.reason.code


@pytest.fixture
def bag(tmp_path: Path) -> dict[str, Path]:
    """One good file of each kind, stored under names that say nothing, as the vault does."""
    (tmp_path / "text").write_text("一、成绩\n我们做了很多工作。\n", encoding="utf-8")
    (tmp_path / "program").write_bytes(b"MZ\x90\x00" + bytes(200))
    (tmp_path / "photo").write_bytes(b"\xff\xd8\xff\xe0" + bytes(200))
    (tmp_path / "bytes").write_bytes(bytes(range(256)))
    (tmp_path / "empty").write_bytes(b"")
    return {
        "docx": word_file(tmp_path / "word", ["我们做了很多工作。"]),
        "pdf": pdf_file(tmp_path / "pdf", [["我们做了很多工作。"]]),
        "scan": pdf_file(tmp_path / "scan", [PICTURE]),
        "doc": ole_file(tmp_path / "old", "WordDocument"),
    } | {name: tmp_path / name for name in ("text", "program", "photo", "bytes", "empty")}


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        ("docx", "总结.docx", "docx"),
        ("docx", "总结.DOCX", "docx"),
        ("docx", "总结.wps", "docx"),
        ("docx", "没有后缀", "docx"),
        ("pdf", "总结.pdf", "pdf"),
        ("pdf", "没有后缀", "pdf"),
        ("text", "总结.txt", "txt"),
        ("text", "总结.md", "md"),
        ("text", "没有后缀", "txt"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_read(bag: dict[str, Path], content: str, name: str, format: str) -> None:
    facts = read_document(bag[content], name=name)
    assert (facts.format, facts.readable, facts.reason) == (format, "yes", None)
    assert facts.words is not None
    assert facts.words >= 9


@pytest.mark.parametrize(
    ("content", "name", "expected", "said"),
    [
        ("pdf", "a.docx", ("no", "wrong-type"), "PDF"),
        ("docx", "a.pdf", ("no", "wrong-type"), "Word"),
        ("docx", "a.txt", ("no", "wrong-type"), "Word"),
        ("docx", "a.doc", ("no", "wrong-type"), "Word"),
        ("doc", "a.docx", ("no", "wrong-type"), "旧版 Word"),
        ("doc", "a.pdf", ("no", "wrong-type"), "旧版 Word"),
        ("program", "a.pdf", ("no", "wrong-type"), "请不要打开"),
        ("program", "a.docx", ("no", "wrong-type"), "可执行程序"),
        ("program", "a.jpg", ("no", "wrong-type"), "可执行程序"),
        ("photo", "a.docx", ("no", "wrong-type"), "JPEG"),
        ("text", "a.docx", ("no", "wrong-type"), "纯文本"),
        ("text", "a.pdf", ("no", "wrong-type"), "纯文本"),
        ("bytes", "a.docx", ("no", "damaged"), "损坏"),
        ("bytes", "a.pdf", ("no", "damaged"), "损坏"),
        ("bytes", "a.txt", ("no", "unknown-encoding"), "编码"),
        ("empty", "a.docx", ("no", "empty"), "空"),
        ("doc", "a.doc", ("cannot_tell", "old-doc"), "旧版"),
        ("scan", "a.pdf", ("cannot_tell", "scan"), "图片"),
        ("photo", "a.jpg", ("cannot_tell", "other-type"), "jpg"),
        ("bytes", "a.cad", ("cannot_tell", "other-type"), "cad"),
        ("bytes", "没有后缀", ("cannot_tell", "no-ending"), "没有后缀"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(bag: dict[str, Path], content: str, name: str, expected: tuple[str, str], said: str) -> None:
    facts = read_document(bag[content], name=name)
    assert reason(facts) == expected
    assert facts.reason is not None
    assert said in facts.reason.sentence.say("zh")


@pytest.mark.parametrize(("size", "code"), [(5 * MIB - 1, "damaged"), (5 * MIB, "damaged"), (5 * MIB + 1, "too-big")])
def test_a_file_is_refused_by_size_beyond_the_largest(tmp_path: Path, size: int, code: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"PK\x03\x04")
    os.truncate(path, size)
    assert reason(read_document(path, name="a.docx", largest=5 * MIB)) == ("no", code)


def test_three_hundred_megabytes_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4")
    os.truncate(path, 300 * MIB)
    begun = time.monotonic()
    facts = read_document(path, name="a.pdf")
    assert time.monotonic() - begun < 2
    assert reason(facts) == ("no", "too-big")
    assert facts.reason is not None
    assert "300 MB" in facts.reason.sentence.say("zh")


@pytest.mark.parametrize("seconds", [0.0, 0.001])
def test_a_file_that_is_not_read_in_time_goes_to_the_reviewer(bag: dict[str, Path], seconds: float) -> None:
    assert reason(read_document(bag["docx"], name="a.docx", seconds=seconds)) == ("cannot_tell", "too-slow")


def test_a_file_that_kills_the_child_spoils_only_itself(bag: dict[str, Path]) -> None:
    # PDFium aborts its process when it gets too little memory; a small .docx is read in less.
    paths = [bag["docx"], bag["pdf"], bag["pdf"], bag["docx"]]
    facts = read_documents(paths, names=["a.docx", "b.pdf", "c.pdf", "d.docx"], memory=32 * MIB)
    assert [f.readable for f in facts] == ["yes", "cannot_tell", "cannot_tell", "yes"]
    assert reason(facts[1]) == reason(facts[2]) == ("cannot_tell", "reader-failed")


def test_a_text_that_needs_more_memory_than_allowed_goes_to_the_reviewer(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(("好" * 1000 + "\n").encode() * 20_000)
    assert reason(read_document(path, name="a.txt", memory=230 * MIB)) == ("cannot_tell", "too-heavy")


def test_one_slow_file_among_many_spoils_only_itself(tmp_path: Path, bag: dict[str, Path]) -> None:
    slow = tmp_path / "slow"
    slow.write_bytes(("好" * 1000 + "\n").encode() * 30_000)
    paths = [bag["docx"], slow, bag["pdf"], bag["empty"], bag["text"]]
    facts = read_documents(paths, names=["a.docx", "b.txt", "c.pdf", "d.txt", "e.txt"], seconds=2.5)
    assert [(f.format, f.readable) for f in facts] == [
        ("docx", "yes"),
        ("txt", "cannot_tell"),
        ("pdf", "yes"),
        ("txt", "no"),
        ("txt", "yes"),
    ]


def test_many_files_are_answered_in_their_order(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(60)]
    for n, path in enumerate(paths):
        path.write_text("字" * (n + 1), encoding="utf-8")
    assert [facts.words for facts in read_documents(paths)] == list(range(1, 61))
    assert read_documents([]) == []


@pytest.mark.parametrize("name", [b"a\nb.txt", "总 结".encode(), b"\xff\xfe.txt", b"-rf", b"{x}"])
def test_a_path_with_strange_characters_is_only_a_path(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_text("一个字", encoding="utf-8")
    assert read_document(path, name="{a}\n总结.txt").words == 3


def test_a_missing_file_a_folder_and_a_pipe_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NoSuchFile) as missing:
        read_document(tmp_path / "none.docx", name="none.docx")
    assert "none.docx" in missing.value.say("zh")
    assert "none.docx" in missing.value.say("en")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(NotAFile):
            read_document(path, name="a.docx")
    with pytest.raises(CampaignError):
        read_document(tmp_path / "a\0b", name="a.docx")


def test_a_missing_file_in_a_pile_is_named_before_anything_is_read(tmp_path: Path, bag: dict[str, Path]) -> None:
    with pytest.raises(NoSuchFile):
        read_documents([bag["docx"], tmp_path / "none"])


NAMES = ["a.docx", "a.doc", "a.pdf", "a.txt", "a.md", "a.wps", "a.xlsx", "a.exe", "a", ".docx", "a."]
SIGNS = [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf", b"# "]


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_under_any_name_are_never_an_exception(tmp_path: Path, data: st.DataObject) -> None:
    contents = data.draw(st.lists(st.tuples(st.sampled_from(SIGNS), st.binary(max_size=400)), min_size=4, max_size=4))
    assert all(map(complete, answered(tmp_path, [sign + rest for sign, rest in contents])))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Two good documents."""
    folder = tmp_path_factory.mktemp("whole")
    word, pdf = word_file(folder / "w", ["一、成绩", "做了很多工作。"]), pdf_file(folder / "p", [["一、成绩"], PICTURE])
    return [word.read_bytes(), pdf.read_bytes()]


@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_good_document_with_some_bytes_changed_is_never_an_exception(tmp_path: Path, whole: list[bytes], data: st.DataObject) -> None:
    spoilt = []
    for content in whole:
        changes = data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=12))
        damaged = bytearray(content)
        for place, byte in changes:
            damaged[place] = byte
        spoilt.append(bytes(damaged))
    assert all(map(complete, answered(tmp_path, spoilt)))


def answered(folder: Path, contents: list[bytes]) -> list[DocumentFacts]:
    """The facts of each of these contents under each of the names."""
    paths, names = [], []
    for number, content in enumerate(contents):
        (folder / str(number)).write_bytes(content)
        paths += [folder / str(number)] * len(NAMES)
        names += NAMES
    return read_documents(paths, names=names)


def complete(facts: DocumentFacts) -> bool:
    """Whether these are words, or a reason why there are none, and travel as JSON."""
    again = DocumentFacts.from_json(json.loads(json.dumps(facts.to_json())))
    return again == facts and (facts.readable == "yes") == (facts.reason is None) == (facts.words is not None)
